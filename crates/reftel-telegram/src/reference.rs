//! References: the REF block, and citations of telegrams in any text.

use crate::diagnostic::{Code, Confidence, Diagnostic};
use crate::record::{Addressee, Record, Reference, ReferenceKind, Resolved, ResolvedBy, Station, YearSource};
use crate::source::{Source, one_line};
use crate::{Spanned, datetime, mrn, tables};

/// What stands behind the label of a reference block.
pub(crate) fn label(line: &str) -> Option<&str> {
    let first = line.as_bytes();
    if !matches!(first.first(), Some(b'R' | b'r')) {
        return None;
    }
    let letters = first.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let words = ["REF", "REFS", "REFTEL", "REFTELS", "RETEL", "RETELS", "REFERENCE", "REFERENCES"];
    if !words.iter().any(|word| word.eq_ignore_ascii_case(&line[..letters])) {
        return None;
    }
    let mut rest = &line[letters..];
    for plural in ["(S)", "(s)"] {
        rest = rest.strip_prefix(plural).unwrap_or(rest);
    }
    let after = rest.trim_start();
    if let Some(after) = after.strip_prefix([':', ';']) {
        return Some(after.trim_start());
    }
    if let Some(after) = rest.strip_prefix('.') {
        let after = after.trim_start();
        return (item_label(after).is_some() || cite(after, 0).is_some()).then_some(after);
    }
    // Without a colon: `REF A. STATE 12345`, `REF STATE 12345`, in capitals only.
    let capitals = !line.bytes().any(|b| b.is_ascii_lowercase());
    (capitals
        && rest.starts_with([' ', '\t'])
        && (item_label(after).is_some_and(|l| l.1 < after.len())
            || cite(after, 0).is_some_and(|c| c.start == 0)))
    .then_some(after)
}

/// Whether a line begins with the label of an entry: `B. `, `(B)`, `- [B.`, `¶B.`
pub(crate) fn is_item(line: &str) -> bool {
    let line = line.trim_start_matches(['-', ' ', '¶', '*']);
    item_label(line).is_some()
}

/// Whether an unlabelled line still belongs to the block.
pub(crate) fn continues(line: &str) -> bool {
    line.len() < 100
        && (line.bytes().any(|b| b.is_ascii_digit())
            || line.contains("NOTAL")
            || line.starts_with('(')
            || line.ends_with(')')
            || document_kind(line) != ReferenceKind::Other)
}

/// An entry's label at the start of a text: the letter, and where what it labels begins.
fn item_label(text: &str) -> Option<(char, usize)> {
    let bytes = text.as_bytes();
    let (letter, mut end) = match bytes {
        [b'(', letter @ b'A'..=b'Z', b')', ..] | [b'[', letter @ b'A'..=b'Z', b']', ..] => (*letter, 3),
        [letter @ b'A'..=b'Z', b'.' | b')' | b':', next, ..]
            if !(next.is_ascii_alphabetic() && bytes.get(3) == Some(&b'.')) =>
        {
            (*letter, 2)
        }
        _ => return None,
    };
    while matches!(bytes.get(end), Some(b'.' | b':' | b')' | b' ' | b'-')) {
        end += 1;
    }
    Some((char::from(letter), end))
}

/// A cable cited in a text: post and numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cite<'t> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// As printed: two or four digits.
    pub(crate) year: Option<i16>,
    pub(crate) post: &'t str,
    /// Offset and digits (or `A-123`).
    pub(crate) numbers: Vec<(usize, &'t str)>,
}

/// Words that stand before numbers without being posts.
const NOT_POSTS: &[&str] = &[
    "A",
    "ABOUT",
    "ACT",
    "AFTER",
    "ALL",
    "AN",
    "AND",
    "ANNEX",
    "APPENDIX",
    "APPROXIMATELY",
    "APR",
    "APRIL",
    "ARE",
    "ART",
    "ARTICLE",
    "AS",
    "AT",
    "AUG",
    "AUGUST",
    "BE",
    "BEFORE",
    "BETWEEN",
    "BLDG",
    "BOX",
    "BY",
    "CABLE",
    "CASE",
    "CELL",
    "CFR",
    "CHAPTER",
    "CLASS",
    "CODE",
    "DATED",
    "DEC",
    "DECEMBER",
    "DECREE",
    "DOC",
    "DOCUMENT",
    "DTG",
    "E-MAIL",
    "EMAIL",
    "EMAILS",
    "EO",
    "EURO",
    "EXT",
    "EXTENSION",
    "FAH",
    "FAM",
    "FAX",
    "FEB",
    "FEBRUARY",
    "FIGURE",
    "FILE",
    "FLIGHT",
    "FOR",
    "FORM",
    "FROM",
    "FY",
    "GDS",
    "GP",
    "GRADE",
    "GROUP",
    "IN",
    "IS",
    "IT",
    "ITEM",
    "ITS",
    "JAN",
    "JANUARY",
    "JUL",
    "JULY",
    "JUN",
    "JUNE",
    "LAW",
    "LEAST",
    "LETTER",
    "LINE",
    "LTR",
    "MAR",
    "MARCH",
    "MAY",
    "MEETING",
    "MEMO",
    "MEMORANDUM",
    "MIG",
    "MOBILE",
    "MSG",
    "NEARLY",
    "NIGHT",
    "NO",
    "NOS",
    "NOTE",
    "NOV",
    "NOVEMBER",
    "NUMBER",
    "OCT",
    "OCTOBER",
    "OF",
    "ON",
    "ONLY",
    "OR",
    "ORDER",
    "OTHER",
    "OVER",
    "PAGE",
    "PARA",
    "PARAGRAPH",
    "PARAGRAPHS",
    "PARAS",
    "PART",
    "PER",
    "PERCENT",
    "PHASE",
    "PHONE",
    "POINT",
    "POINTS",
    "PREVIOUS",
    "REF",
    "REFS",
    "REFTEL",
    "REPORT",
    "RESOLUTION",
    "ROOM",
    "ROUND",
    "ROUTE",
    "RULE",
    "SAID",
    "SAY",
    "SEC",
    "SECTION",
    "SENTENCE",
    "SEP",
    "SEPT",
    "SEPTEMBER",
    "SINCE",
    "SOME",
    "STAGE",
    "SUITE",
    "TAB",
    "TABLE",
    "TEAM",
    "TEL",
    "TELCON",
    "TELEGRAM",
    "THAN",
    "THAT",
    "THE",
    "THIS",
    "THROUGH",
    "THRU",
    "TITLE",
    "TO",
    "TYPE",
    "UN",
    "UNIT",
    "UNSCR",
    "UNTIL",
    "UP",
    "USC",
    "USD",
    "VIA",
    "VOL",
    "VOLUME",
    "WAS",
    "WERE",
    "WITH",
    "XGDS",
    "ZIP",
];

/// Finds the first cable cited at or after `from`.
pub(crate) fn cite(text: &str, from: usize) -> Option<Cite<'_>> {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        let boundary = at == 0
            || !(bytes[at - 1].is_ascii_alphanumeric()
                || bytes[at - 1] == b'/' && bytes[at].is_ascii_digit());
        if boundary
            && bytes[at].is_ascii_alphanumeric()
            && let Some(cite) = cite_at(text, at)
        {
            return Some(cite);
        }
        at += 1;
    }
    None
}

/// A cable cited exactly at `start`.
pub(crate) fn cite_at(text: &str, start: usize) -> Option<Cite<'_>> {
    let bytes = text.as_bytes();
    let (year, at) = leading_year(text, start);
    let first = *bytes.get(at)?;
    if !first.is_ascii_uppercase() {
        return None;
    }
    // The post's words, up to the number.
    let mut end = at;
    let mut count = 0;
    let mut stopped = false;
    loop {
        let word_end = end + word_length(&bytes[end..]);
        let word = text[end..word_end].trim_end_matches(['.', '-']);
        let named = word.starts_with(|c: char| c.is_ascii_uppercase()) || (count > 0 && word == "of");
        if word.len() > 24 || !named {
            return None;
        }
        // `A STATE 12` is a label and a post.
        stopped |= is_no_post(word) || (count == 0 && word.len() < 2);
        count += 1;
        end = word_end;
        let gap = bytes[end..].iter().take_while(|b| b.is_ascii_whitespace()).count();
        let post = text[at..end].trim_end_matches(['.', '-', ' ']);
        if let Some(number_at) = number_behind(text, end, gap, word) {
            // `TEL AVIV` and `PORT OF SPAIN` are posts, with words that are none.
            if stopped && tables::canonical_post(post).is_none() {
                return None;
            }
            return numbers(text, start, year, post, number_at);
        }
        if gap == 0 || count == 5 || (stopped && count == 3) {
            return None;
        }
        end += gap;
    }
}

fn word_length(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b'\'' | b'.')).count()
}

/// The same as numbers that sort as the words do: these are compared much faster.
static NOT_POSTS_AS_NUMBERS: [u128; NOT_POSTS.len()] = {
    let mut numbers = [0; NOT_POSTS.len()];
    let mut at = 0;
    while at < NOT_POSTS.len() {
        numbers[at] = as_number(NOT_POSTS[at].as_bytes());
        at += 1;
    }
    numbers
};

/// A word of up to sixteen letters, in capitals, as a number.
const fn as_number(word: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    let mut at = 0;
    while at < word.len() {
        bytes[at] = word[at].to_ascii_uppercase();
        at += 1;
    }
    u128::from_be_bytes(bytes)
}

pub(crate) fn is_no_post(word: &str) -> bool {
    word.len() <= 10 && NOT_POSTS_AS_NUMBERS.binary_search(&as_number(word.as_bytes())).is_ok()
}

/// Where the number behind a post's last word begins.
fn number_behind(text: &str, end: usize, gap: usize, word: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let at = end + gap;
    let next = *bytes.get(at)?;
    let airgram =
        next == b'A' && bytes.get(at + 1) == Some(&b'-') && bytes.get(at + 2).is_some_and(u8::is_ascii_digit);
    if next.is_ascii_digit() || airgram {
        let glued = gap == 0 && !(bytes[end - 1] == b'-' && word.len() >= 3);
        return (!glued || tables::canonical_post(word).is_some()).then_some(at);
    }
    let mark = ["NO. ", "NO ", "NR ", "#", "No. "].iter().find(|mark| text[at..].starts_with(**mark))?;
    bytes.get(at + mark.len()).is_some_and(u8::is_ascii_digit).then_some(at + mark.len())
}

/// `09 `, `2009 `, `'09 ` or `09` glued to the post.
fn leading_year(text: &str, start: usize) -> (Option<i16>, usize) {
    let rest = &text[start..];
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits != 2 && digits != 4 {
        return (None, start);
    }
    let Ok(year) = rest[..digits].parse::<i16>() else { return (None, start) };
    if digits == 4 && !(1900..2100).contains(&year) {
        return (None, start);
    }
    let gap = rest[digits..].bytes().take_while(u8::is_ascii_whitespace).count();
    (Some(year), start + digits + gap)
}

fn numbers<'t>(
    text: &'t str,
    start: usize,
    mut year: Option<i16>,
    post: &'t str,
    from: usize,
) -> Option<Cite<'t>> {
    let bytes = text.as_bytes();
    let mut at = from;
    let mut list = Vec::new();
    let mut end;
    loop {
        let airgram = text[at..].starts_with("A-");
        let digits_at = if airgram { at + 2 } else { at };
        let digits = bytes[digits_at..].iter().take_while(|b| b.is_ascii_digit()).count();
        let after = bytes.get(digits_at + digits);
        let pair = pair_behind(&bytes[digits_at..], digits);
        let whole = (1..=8).contains(&digits)
            && !after.filter(|_| !pair).is_some_and(|b| {
                b.is_ascii_alphabetic()
                    || (matches!(b, b'.' | b'/' | b'-' | b':')
                        && bytes.get(digits_at + digits + 1).is_some_and(u8::is_ascii_digit))
            });
        if !whole || bytes[digits_at..digits_at + digits].iter().all(|b| *b == b'0') {
            if list.is_empty() {
                return None;
            }
            end = list.last().map_or(from, |last: &(usize, &str)| last.0 + last.1.len());
            break;
        }
        list.push((at, &text[at..digits_at + digits]));
        end = digits_at + digits;
        match next_number(text, end) {
            _ if pair => at = end + 1,
            Some(next) => at = next,
            None => break,
        }
    }
    if year.is_none() {
        year = year_of_date(&text[end..]);
    }
    // A year in parentheses behind the number: `STATE 12345 (08)`.
    if year.is_none() {
        let rest = text[end..].trim_start();
        let inside = rest
            .strip_prefix('(')
            .and_then(|rest| rest.split_once(')'))
            .map(|split| split.0.trim_start_matches('\''));
        if let Some(inside) = inside
            .filter(|inside| matches!(inside.len(), 2 | 4) && inside.bytes().all(|b| b.is_ascii_digit()))
        {
            year = inside.parse().ok();
            end += text[end..].find(')')? + 1;
        }
    }
    Some(Cite { start, end, year, post, numbers: list })
}

/// Whether a number of four figures or more has another of the same length behind a slant or a dash:
/// `STATE 37566/37570`.
fn pair_behind(bytes: &[u8], digits: usize) -> bool {
    let count = |bytes: &[u8]| bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    digits >= 4
        && matches!(bytes.get(digits), Some(b'/' | b'-'))
        && count(&bytes[digits + 1..]) == digits
        && bytes[..digits] < bytes[digits + 1..=2 * digits]
}

/// The year of a date that stands right behind a number: `, DEC 24, 1974`, `OF 2003`, `(24 DEC 74)`.
fn year_of_date(behind: &str) -> Option<i16> {
    let rest = behind.trim_start_matches([',', ' ', '(']);
    let rest = ["OF ", "DATED ", "DTD "].iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
    let window = crate::source::prefix(rest, 24);
    if !window.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let (word, after) = window.split_at(window.bytes().take_while(u8::is_ascii_digit).count());
    let ends = !after.starts_with(|c: char| c.is_ascii_alphanumeric() || "/-".contains(c));
    if word.len() == 4 && ends && behind.trim_start_matches([',', ' ']).starts_with("OF ") {
        return word.parse().ok().filter(|year| (1900..2100).contains(year));
    }
    let (date, 0, _) = datetime::written_date(window)? else { return None };
    Some(date.year())
}

/// Where the next number of a list begins: behind a comma, `AND`, `THROUGH`, `&` or a slant, and not a year before a post.
fn next_number(text: &str, end: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = end;
    let mut separated = false;
    loop {
        match bytes.get(at)? {
            b' ' | b'\n' | b'\r' | b'\t' => at += 1,
            b',' | b'&' | b';' | b'/' => {
                separated = true;
                at += 1;
            }
            b'A' | b'a' if text[at..].get(..4).is_some_and(|word| word.eq_ignore_ascii_case("and ")) => {
                separated = true;
                at += 4;
            }
            b'T' | b't' if let Some(word) = through(&text[at..]) => {
                separated = true;
                at += word;
            }
            b'-' if is_range(text, end, at) => {
                separated = true;
                at += 2;
            }
            digit if digit.is_ascii_digit() && separated => {
                let digits = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
                let rest = text[at + digits..].trim_start();
                let word = rest.bytes().take_while(u8::is_ascii_uppercase).count();
                let year = matches!(digits, 2 | 4)
                    && word >= 2
                    && !matches!(&rest[..word], "AND" | "NOTAL" | "EXDIS");
                let time = rest.starts_with('Z') || word >= 3 && datetime::month(&rest[..word]).is_some();
                return (!year && !time).then_some(at);
            }
            _ => return None,
        }
    }
}

/// Whether the dash at `at` stands between blanks and two numbers of one length: `VALDORIA 1234 - 1236`.
fn is_range(text: &str, end: usize, at: usize) -> bool {
    let Some(behind) = text[at..].strip_prefix("- ") else { return false };
    let first = text[..end].bytes().rev().take_while(u8::is_ascii_digit).count();
    first >= 3 && behind.bytes().take_while(u8::is_ascii_digit).count() == first
}

/// `THROUGH` or `THRU` at the start of a text: its length.
fn through(text: &str) -> Option<usize> {
    ["THROUGH ", "THRU "]
        .iter()
        .find(|word| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))
        .map(|word| word.len())
}

/// Reads a reference block into `record`. `text` is a part of `source`.
pub(crate) fn block(source: &Source<'_>, text: &str, year: Option<i16>, record: &mut Record) {
    let mut last: Option<char> =
        record.references.last().and_then(|entry| entry.label.as_ref()?.chars().next());
    for (label, item) in items(text) {
        if let Some(letter) = label {
            let expected = last.map_or('A', |last| char::from_u32(u32::from(last) + 1).unwrap_or('A'));
            if letter != expected && last.is_some() {
                record.diagnostics.push(Diagnostic::new(
                    Code::ReferenceLabelsIrregular,
                    source.span(item),
                    format!("{letter} where {expected} is due"),
                ));
            }
            last = Some(letter);
        }
        entry(source, label, item, year, record);
    }
}

/// Cuts a block into its entries, at labels in sequence; without labels at line ends and semicolons.
fn items(text: &str) -> Vec<(Option<char>, &str)> {
    let mut cuts: Vec<(usize, usize, Option<char>)> = Vec::new(); // label's start, item's start
    let mut expected = 'A';
    let mut line_start = true;
    let mut before = '\n';
    for (at, char) in text.char_indices() {
        let boundary = line_start || matches!(before, ' ' | '\n' | ';' | ',' | '\t' | ')' | '¶');
        if boundary
            && matches!(char, 'A'..='Z' | '(' | '[')
            && let Some((letter, len)) = item_label(&text[at..])
        {
            let ahead = u32::from(letter).wrapping_sub(u32::from(expected));
            let first = cuts.is_empty();
            let again = line_start && !first && cite_at(text, at + len).is_some();
            if ahead == 0 || again || (line_start && (first || ahead <= 3)) || (first && char == '(') {
                cuts.push((at, at + len, Some(letter)));
                expected = char::from_u32(u32::from(letter) + 1).unwrap_or('A');
            }
        }
        line_start =
            char == '\n' || (line_start && matches!(char, ' ' | '\t' | '\r' | '-' | '*' | '¶' | '['));
        before = char;
    }
    if cuts.is_empty() {
        return text
            .split(['\n', ';'])
            .map(|part| (None, part.trim_matches(|c: char| c.is_ascii_whitespace() || c == ',')))
            .filter(|(_, part)| !part.is_empty())
            .collect();
    }
    let mut list = Vec::new();
    let head = text[..cuts[0].0].trim_matches(|c: char| c.is_ascii_whitespace() || "-[¶".contains(c));
    if cite(head, 0).is_some() {
        list.push((None, head));
    }
    for (index, &(_, start, letter)) in cuts.iter().enumerate() {
        let end = cuts.get(index + 1).map_or(text.len(), |next| next.0).max(start);
        let item = text[start..end].trim_matches(|c: char| c.is_ascii_whitespace() || "-[;,¶".contains(c));
        list.push((letter, item));
    }
    list
}

/// Reads one entry: a cable or several, or another document.
fn entry(source: &Source<'_>, label: Option<char>, item: &str, year: Option<i16>, record: &mut Record) {
    let item = item.trim_ascii();
    if item.is_empty() {
        return;
    }
    if relative(source, label, item, year, record) {
        return;
    }
    let sent = record.dtg.as_deref().copied();
    let whole = |kind, mrn: Option<String>| Reference {
        label: label.map(String::from),
        kind,
        printed: printed(item),
        year: mrn.as_ref().map(|_| YearSource::Printed),
        mrn,
        notal: item.contains("NOTAL"),
        captions: captions(item),
        and_previous: item.contains("AND PREVIOUS"),
        dtg: if kind == ReferenceKind::Dtg { group_of(item, sent, year) } else { None },
        resolved: None,
    };
    let own = record.mrn.as_ref().and_then(|mrn| mrn::parts(&mrn.value)).map(|parts| parts.1);
    let general = (0..item.len())
        .filter(|&at| item.is_char_boundary(at) && (at == 0 || item.as_bytes()[at - 1] == b' '))
        .find_map(|at| crate::general::numbered_in_series(&item[at..], own));
    if let Some(number) = general {
        let reference = whole(ReferenceKind::Telegram, Some(number));
        record.references.push(Spanned::new(reference, source.span(item)));
        return;
    }
    let kind = document_kind(item);
    let cites = cites(item);
    let documentary = !matches!(kind, ReferenceKind::Other | ReferenceKind::Dtg | ReferenceKind::Airgram);
    let known = |cite: &Cite<'_>| tables::canonical_post(cite.post).is_some();
    if cites.is_empty() || documentary && !cites.iter().any(known) {
        let reference = whole(kind, None);
        if kind == ReferenceKind::Other {
            let shown = crate::clean::printable(&reference.printed);
            let message = format!("`{shown}` names no telegram in a known form");
            record.diagnostics.push(Diagnostic::new(Code::ReferenceUnreadable, source.span(item), message));
        }
        record.references.push(Spanned::new(reference, source.span(item)));
        return;
    }
    let single = cites.iter().map(|cite| cite.numbers.len()).sum::<usize>() == 1;
    let ends = cites.iter().skip(1).map(|next| next.start).chain([item.len()]);
    for (cite, end) in cites.iter().zip(ends) {
        let entry = Entry { label, item, tail: &item[cite.end.min(end)..end], single, year };
        entry.push(source, cite, record);
    }
}

fn printed(text: &str) -> String {
    let text = text.trim_ascii();
    let single =
        |pair: &[u8]| !(pair[0].is_ascii_whitespace() && pair[1].is_ascii_whitespace()) && pair[0] != b'\n';
    if text.as_bytes().windows(2).all(single) {
        return text.trim_end_matches(['.', ';', ',']).to_owned();
    }
    let line = one_line(text);
    line.trim_end_matches(['.', ';', ',']).to_owned()
}

fn cites(item: &str) -> Vec<Cite<'_>> {
    let mut list = Vec::new();
    let mut at = 0;
    while let Some(found) = cite(item, at) {
        at = found.end;
        list.push(found);
    }
    list
}

/// What the references of one citation share.
struct Entry<'i> {
    label: Option<char>,
    item: &'i str,
    /// What stands behind the citation, up to the next.
    tail: &'i str,
    /// Whether the entry is this one number.
    single: bool,
    year: Option<i16>,
}

impl Entry<'_> {
    fn push(&self, source: &Source<'_>, cite: &Cite<'_>, record: &mut Record) {
        let printed_year = cite.year.map(|printed| datetime::full_year(printed, self.year));
        let whose = Whose::of(cite.post, record.from.as_ref(), &record.to);
        let post = whose.post(cite.post);
        for (index, &(at, number)) in cite.numbers.iter().enumerate() {
            let canonical = printed_year.or(self.year).and_then(|year| mrn::canonical(year, post?, number));
            let repaired = canonical.as_ref().and_then(|number| number.repaired_post);
            if let (Some(repaired), 0) = (repaired, index) {
                let message = format!("`{}` is read as {repaired}", cite.post);
                let found = Diagnostic::new(Code::PostRepaired, source.span(cite.post), message);
                record.diagnostics.push(found.mended(mrn::spaced(repaired), Confidence::Certain));
            }
            let part = match (self.single, index) {
                (true, _) => self.item,
                (false, 0) => &self.item[cite.start..at + number.len()],
                (false, _) => number,
            };
            let span = source.span(part);
            let mrn = canonical.map(|number| number.mrn);
            let mrn_known = mrn.is_some();
            if mrn.is_some() && mrn.as_deref() == record.mrn.as_ref().map(|own| own.value.as_str()) {
                let message = "this is the telegram's own number";
                record.diagnostics.push(Diagnostic::new(Code::ReferenceToItself, span, message));
            }
            let source_of_year =
                if cite.year.is_some() { YearSource::Printed } else { YearSource::Inherited };
            let reference = Reference {
                label: self.label.map(String::from),
                kind: if number.starts_with('A') { ReferenceKind::Airgram } else { ReferenceKind::Telegram },
                printed: printed(part),
                year: mrn.as_ref().map(|_| source_of_year),
                mrn,
                notal: self.tail.len() >= 5 && self.tail.contains("NOTAL"),
                captions: captions(self.tail),
                and_previous: self.tail.len() >= 12 && self.tail.contains("AND PREVIOUS"),
                dtg: None,
                resolved: whose.resolved(mrn_known),
            };
            record.references.push(Spanned::new(reference, span));
        }
    }
}

/// Whose telegram a citation names.
pub(crate) enum Whose {
    /// The post that is printed.
    Printed,
    /// The post that `YOURTEL`, `MYTEL` or `DEPTEL` stand for in this telegram, if it can be said, and by which rule.
    Relative(Option<String>, ResolvedBy),
}

impl Whose {
    /// Reads the words before a number.
    pub(crate) fn of(printed: &str, from: Option<&Spanned<Station>>, to: &[Spanned<Addressee>]) -> Whose {
        let is =
            |words: &[&str]| words.iter().any(|word| printed.bytes().filter(|b| *b != b' ').eq(word.bytes()));
        if is(&["YOURTEL", "URTEL", "YOURTELEGRAM"]) {
            Whose::yours(to)
        } else if is(&["MYTEL", "OURTEL", "EMBTEL", "CONTEL", "MYTELEGRAM"]) {
            Whose::mine(from)
        } else if is(&["DEPTEL", "DEPTELS"]) {
            Whose::Relative(Some("STATE".to_owned()), ResolvedBy::Department)
        } else {
            Whose::Printed
        }
    }

    /// The only action addressee's. Of several it can't be said whose.
    fn yours(to: &[Spanned<Addressee>]) -> Whose {
        let post = match to {
            [only] => only.value.station.post.clone(),
            _ => None,
        };
        Whose::Relative(post, ResolvedBy::Addressee)
    }

    fn mine(from: Option<&Spanned<Station>>) -> Whose {
        Whose::Relative(from.and_then(|from| from.value.post.clone()), ResolvedBy::Sender)
    }

    /// How a number was resolved, if it was and named no post.
    fn resolved(&self, known: bool) -> Option<Resolved> {
        let Whose::Relative(Some(_), rule) = self else { return None };
        let confidence = match rule {
            ResolvedBy::Sender | ResolvedBy::Department => Confidence::Certain,
            ResolvedBy::Addressee | ResolvedBy::SenderYearBefore => Confidence::Likely,
        };
        known.then_some(Resolved { rule: *rule, confidence })
    }

    /// The post, given the one that is printed.
    pub(crate) fn post<'p>(&'p self, printed: &'p str) -> Option<&'p str> {
        match self {
            Whose::Printed => Some(printed),
            Whose::Relative(post, _) => post.as_deref(),
        }
    }
}

/// A number or a date-time group that says only whose it is: `MY 123`, `YOUR TELEGRAM NO. 326`, `Your 1199`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Relative<'t> {
    /// Whether it is the sender's own.
    pub(crate) mine: bool,
    /// Whether a word for a telegram stands before the number.
    pub(crate) named: bool,
    /// The number, and where it ends.
    pub(crate) number: &'t str,
    pub(crate) end: usize,
}

/// Reads a number that says only whose it is, at the start of a text.
pub(crate) fn relative_at(text: &str) -> Option<Relative<'_>> {
    const WORDS: &[&str] = &[
        "TELEGRAM",
        "TELEGRAMS",
        "CABLEGRAM",
        "CABLEGRAMS",
        "CABLE",
        "TEL",
        "TELS",
        "TELNO",
        "TELNOS",
        "MESSAGE",
        "MSG",
        "NO",
        "NOS",
        "NUMBER",
        "NR",
        "IMMEDIATELY",
        "PRECEDING",
    ];
    let mut at = 0;
    let word = |at: usize| {
        let rest = &text[at..];
        let len = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        &rest[..len]
    };
    let first = word(0);
    let mine = ["MY", "OUR"].iter().any(|known| known.eq_ignore_ascii_case(first));
    if !mine && !["YOUR", "UR", "YR"].iter().any(|known| known.eq_ignore_ascii_case(first)) {
        return None;
    }
    at += first.len();
    let mut named = false;
    for _ in 0..3 {
        at += text[at..].bytes().take_while(|b| matches!(b, b' ' | b'\n' | b'\r' | b'.')).count();
        let next = word(at);
        if !WORDS.iter().any(|known| known.eq_ignore_ascii_case(next)) {
            break;
        }
        named = true;
        at += next.len();
    }
    let rest = &text[at..];
    let len = rest.bytes().take_while(u8::is_ascii_digit).count();
    let after = rest.as_bytes().get(len);
    let more = rest.as_bytes().get(len + 1).is_some_and(u8::is_ascii_digit);
    let whole =
        !after.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'/' | b'-' | b',') && more);
    ((1..=6).contains(&len) && whole && at > first.len()).then(|| Relative {
        mine,
        named,
        number: &rest[..len],
        end: at + len,
    })
}

/// The number in full, and by which rule. A number of the sender's that is above the telegram's own is of the year
/// before: a telegram cites what was sent.
pub(crate) fn resolve(
    found: &Relative<'_>,
    (from, to): (Option<&Spanned<Station>>, &[Spanned<Addressee>]),
    own: Option<u32>,
    year: Option<i16>,
) -> Option<(String, Resolved)> {
    let mut whose = if found.mine { Whose::mine(from) } else { Whose::yours(to) };
    let mut year = year?;
    let above = || found.number.parse::<u32>().ok().zip(own).is_some_and(|(number, own)| number >= own);
    if let (true, Whose::Relative(_, rule)) = (found.mine && above(), &mut whose) {
        *rule = ResolvedBy::SenderYearBefore;
        year -= 1;
    }
    // A station's post is canonical already; the place of an edited volume stays as it is printed.
    let number = found.number.trim_start_matches('0');
    let post = whose.post("").filter(|post| !post.is_empty() && !number.is_empty())?;
    Some((mrn::put_together(year, [post, number]), whose.resolved(true)?))
}

/// An entry that says only whose telegram it is. `false` where it isn't one.
fn relative(
    source: &Source<'_>,
    label: Option<char>,
    item: &str,
    year: Option<i16>,
    record: &mut Record,
) -> bool {
    if !matches!(item.as_bytes()[0], b'M' | b'm' | b'O' | b'o' | b'Y' | b'y' | b'U' | b'u') {
        return false;
    }
    let Some(found) = relative_at(item) else { return false };
    let own = record.mrn.as_ref().and_then(|mrn| mrn::parts(&mrn.value)).map(|parts| parts.2);
    // `OF 23 DECEMBER 1978` behind it says the year.
    let printed_year = datetime::written_date(&item[found.end..]).map(|date| date.0.year());
    let own = own.filter(|_| printed_year.is_none());
    let number = resolve(&found, (record.from.as_ref(), &record.to), own, printed_year.or(year));
    let (mrn, resolved) = number.map_or((None, None), |(mrn, resolved)| (Some(mrn), Some(resolved)));
    let year_source = if printed_year.is_some() { YearSource::Printed } else { YearSource::Inherited };
    let reference = Reference {
        label: label.map(String::from),
        kind: ReferenceKind::Telegram,
        printed: printed(item),
        year: mrn.as_ref().map(|_| year_source),
        mrn,
        notal: item.contains("NOTAL"),
        captions: captions(item),
        and_previous: item.contains("AND PREVIOUS"),
        dtg: None,
        resolved,
    };
    record.references.push(Spanned::new(reference, source.span(item)));
    true
}

/// The minute of a date-time group in an entry: with its month, or, as `051200Z` has none, that day next before the
/// telegram.
fn group_of(
    item: &str,
    sent: Option<jiff::civil::DateTime>,
    year: Option<i16>,
) -> Option<jiff::civil::DateTime> {
    let bytes = item.as_bytes();
    let places = (0..bytes.len())
        .filter(|&at| bytes[at].is_ascii_digit() && (at == 0 || matches!(bytes[at - 1], b' ' | b'/' | b'(')));
    for at in places {
        if let Some(found) = datetime::find(item, at) {
            let year = found.group.year.map(|printed| datetime::full_year(printed, year)).or(year)?;
            let minute = found.group.resolve(year)?;
            // Without a year it is one that has been.
            let later = found.group.year.is_none() && sent.is_some_and(|sent| minute > sent);
            return if later { found.group.resolve(year - 1) } else { Some(minute) };
        }
        if let Some(minute) = bare_group(&item[at..]).zip(sent).and_then(|(group, sent)| before(group, sent))
        {
            return Some(minute);
        }
    }
    None
}

/// `051200Z` without a month.
fn bare_group(text: &str) -> Option<(i8, i8, i8)> {
    let bytes = text.as_bytes();
    let whole = bytes.len() >= 7
        && bytes[..6].iter().all(u8::is_ascii_digit)
        && bytes[6] == b'Z'
        && !bytes.get(7).is_some_and(u8::is_ascii_alphanumeric);
    let two = |at: usize| text[at..at + 2].parse().ok();
    if whole { Some((two(0)?, two(2)?, two(4)?)) } else { None }
}

/// The last such day and time before a minute.
fn before((day, hour, minute): (i8, i8, i8), sent: jiff::civil::DateTime) -> Option<jiff::civil::DateTime> {
    let time = jiff::civil::Time::new(hour, minute, 0, 0).ok()?;
    let first = sent.date().first_of_month();
    (0..3).find_map(|months| {
        let month = first.checked_sub(jiff::Span::new().months(months)).ok()?;
        let found = jiff::civil::Date::new(month.year(), month.month(), day).ok()?.to_datetime(time);
        (found <= sent).then_some(found)
    })
}

/// Captions in parentheses: `(EXDIS)`, `(NOTAL, NODIS)`.
fn captions(item: &str) -> Vec<String> {
    let mut list = Vec::new();
    for part in item.split('(').skip(1) {
        let inside = part.split(')').next().unwrap_or("");
        for word in inside.split([',', ';', '/', ' ']) {
            let word = word.trim();
            let caption = word.len() >= 5 && word != "NOTAL" && tables::caption(word).is_some();
            if caption && !list.iter().any(|have| have == word) {
                list.push(word.to_owned());
            }
        }
    }
    list
}

/// The words that tell other documents, sorted.
const DOCUMENTS: &[(&str, ReferenceKind)] = &[
    ("CFR", ReferenceKind::Book),
    ("CONVERSATION", ReferenceKind::Meeting),
    ("CONVERSATIONS", ReferenceKind::Meeting),
    ("DISCUSSION", ReferenceKind::Meeting),
    ("DISCUSSIONS", ReferenceKind::Meeting),
    ("E-MAIL", ReferenceKind::Email),
    ("E-MAILS", ReferenceKind::Email),
    ("EMAIL", ReferenceKind::Email),
    ("EMAILS", ReferenceKind::Email),
    ("FAH", ReferenceKind::Book),
    ("FAM", ReferenceKind::Book),
    ("FAX", ReferenceKind::Fax),
    ("FAXES", ReferenceKind::Fax),
    ("FBIS", ReferenceKind::Report),
    ("FONCON", ReferenceKind::Telephone),
    ("HANDBOOK", ReferenceKind::Book),
    ("HTTP", ReferenceKind::Web),
    ("HTTPS", ReferenceKind::Web),
    ("IIR", ReferenceKind::Report),
    ("LETTER", ReferenceKind::Letter),
    ("LETTERS", ReferenceKind::Letter),
    ("LTR", ReferenceKind::Letter),
    ("MANUAL", ReferenceKind::Book),
    ("MEETING", ReferenceKind::Meeting),
    ("MEETINGS", ReferenceKind::Meeting),
    ("MEMCON", ReferenceKind::Memorandum),
    ("MEMO", ReferenceKind::Memorandum),
    ("MEMORANDUM", ReferenceKind::Memorandum),
    ("MEMOS", ReferenceKind::Memorandum),
    ("PHONCON", ReferenceKind::Telephone),
    ("PHONE", ReferenceKind::Telephone),
    ("PHONECON", ReferenceKind::Telephone),
    ("REPORT", ReferenceKind::Report),
    ("REPORTS", ReferenceKind::Report),
    ("STUDY", ReferenceKind::Report),
    ("TALKS", ReferenceKind::Meeting),
    ("TELCALL", ReferenceKind::Telephone),
    ("TELCON", ReferenceKind::Telephone),
    ("TELCONS", ReferenceKind::Telephone),
    ("TELECON", ReferenceKind::Telephone),
    ("TELEFAX", ReferenceKind::Fax),
    ("TELEPHONE", ReferenceKind::Telephone),
    ("WEB", ReferenceKind::Web),
    ("WEBSITE", ReferenceKind::Web),
    ("WWW", ReferenceKind::Web),
];

/// What kind of document an entry names, by its words: the first kind, in the order of the enumeration.
fn document_kind(item: &str) -> ReferenceKind {
    let word_kind = |word: &[u8]| {
        let mut upper = [0; 13];
        let upper = upper.get_mut(..word.len()).filter(|upper| upper.len() >= 3)?;
        upper.copy_from_slice(word);
        upper.make_ascii_uppercase();
        let found = DOCUMENTS.binary_search_by(|(name, _)| name.as_bytes().cmp(upper));
        found.ok().map(|at| DOCUMENTS[at].1)
    };
    let words = item.as_bytes().split(|b| !(b.is_ascii_alphanumeric() || *b == b'-'));
    if let Some(kind) = words.filter_map(word_kind).min() {
        return kind;
    }
    let bytes = item.as_bytes();
    let starts = |at: &usize| *at == 0 || bytes[*at - 1] == b' ';
    let group = (0..bytes.len())
        .filter(|at| bytes[*at].is_ascii_digit() && starts(at))
        .any(|at| datetime::find(item, at).is_some() || bare_group(&item[at..]).is_some());
    if group {
        return ReferenceKind::Dtg;
    }
    let airgram =
        |at: &usize| bytes.get(at + 1) == Some(&b'-') && bytes.get(at + 2).is_some_and(u8::is_ascii_digit);
    let found = memchr::memchr_iter(b'A', bytes).any(|at| starts(&at) && airgram(&at));
    if found { ReferenceKind::Airgram } else { ReferenceKind::Other }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_lists_are_sorted() {
        assert!(NOT_POSTS.is_sorted());
        assert!(DOCUMENTS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn citations_and_what_is_none() {
        for (text, post, numbers) in [
            ("STATE 12345", "STATE", vec!["12345"]),
            ("08 PORT ALDER 114", "PORT ALDER", vec!["114"]),
            ("TEL AVIV 12", "TEL AVIV", vec!["12"]),
            ("PORT OF SPAIN 12 AND 13", "PORT OF SPAIN", vec!["12", "13"]),
            ("VALDORIA A-123", "VALDORIA", vec!["A-123"]),
            ("A STATE 12", "STATE", vec!["12"]),
        ] {
            let cite = cite(text, 0).unwrap_or_else(|| panic!("{text}"));
            let got: Vec<&str> = cite.numbers.iter().map(|number| number.1).collect();
            assert_eq!((cite.post, got), (post, numbers), "{text}");
        }
        for text in ["EMAIL 06/09/09", "PARA 4", "JUNE 5", "IN MAY 1974", "STATE 12.5", "the 12 ships"] {
            assert_eq!(cite(text, 0), None, "{text}");
        }
    }
}
