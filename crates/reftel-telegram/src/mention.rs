//! What the running text says of telegrams: `reftel B`, `refs A and C`, `STATE 12345`, `NAVADMIN 123/15`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::diagnostic::{Code, Confidence, Diagnostic};
use crate::record::{Addressee, Mention, MentionKind, Record, Reference, Station};
use crate::reference::{self, Whose, cite_at, is_no_post};
use crate::source::{Source, one_line};
use crate::{Findings, Spanned, datetime, mrn, skip, tables};

static EF: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| ["ef", "EF"].map(Finder::new));

/// Words that follow the number of a telegram, and no count of things.
const AFTER_NUMBER: [&str; 14] = [
    "of ", "and ", "para", "says", "said", "is ", "was ", "has ", "had ", "refers", "reports", "reported",
    "dated", "crossed",
];

/// Finds what the running text says of telegrams: `reftel B`, `refs A and C`, `STATE 12345`, `NAVADMIN 123/15`.
pub(crate) struct Mentions<'a, 't> {
    source: &'a Source<'t>,
    from: Option<&'a Spanned<Station>>,
    to: &'a [Spanned<Addressee>],
    references: &'a [Spanned<Reference>],
    found: &'a mut Vec<Spanned<Mention>>,
    diagnostics: &'a mut Findings,
    /// Whether the telegram has a date-time group.
    dated: bool,
    year: Option<i16>,
    /// Posts named in the heading and the reference block, which no table may know.
    posts: Vec<&'a str>,
    /// The series of this general message, if it is one.
    series: Option<&'a str>,
    /// The serial of this telegram.
    serial: Option<u32>,
    /// Whether it is a document of an edited volume, whose words are in small letters.
    pub(crate) edited: bool,
    /// The first reference of each letter, and of each number.
    by_letter: [Option<usize>; 26],
    by_number: BTreeMap<&'a str, usize>,
}

impl<'a, 't> Mentions<'a, 't> {
    pub(crate) fn new(source: &'a Source<'t>, record: &'a mut Record, year: Option<i16>) -> Mentions<'a, 't> {
        let Record { mrn, dtg, from, to, info, references, mentions, diagnostics, .. } = record;
        let (from, to, references) = (from.as_ref(), &to[..], &references[..]);
        let sender = from.and_then(|from| from.value.post.as_deref());
        let addressees = to.iter().chain(&*info).filter_map(|entry| entry.value.station.post.as_deref());
        let mut posts: Vec<&str> = sender.into_iter().chain(addressees).collect();
        let mut by_letter = [None; 26];
        let mut by_number = BTreeMap::new();
        for (index, reference) in references.iter().enumerate() {
            if let Some([letter @ b'A'..=b'Z']) = reference.value.label.as_deref().map(str::as_bytes) {
                by_letter[usize::from(letter - b'A')].get_or_insert(index);
            }
            if let Some(number) = &reference.value.mrn {
                by_number.entry(number.as_str()).or_insert(index);
                posts.extend(mrn::parts(number).map(|parts| parts.1));
            }
        }
        posts.sort_unstable();
        posts.dedup();
        let own = mrn.as_ref().and_then(|mrn| mrn::parts(&mrn.value));
        let (dated, series) = (dtg.is_some(), own.map(|parts| parts.1));
        let serial = own.map(|parts| parts.2);
        Mentions {
            source,
            from,
            to,
            references,
            found: mentions,
            diagnostics,
            dated,
            year,
            posts,
            series,
            serial,
            edited: false,
            by_letter,
            by_number,
        }
    }

    /// Puts what was found in order.
    pub(crate) fn finish(self) {
        self.found.sort_by_key(|mention| mention.span);
    }

    /// Scans `[from, to)` of the source.
    pub(crate) fn scan(&mut self, from: usize, to: usize) {
        let text = &self.source.text[..to];
        self.letters(text, from);
        self.numbers(text, from);
    }

    fn letters(&mut self, text: &str, from: usize) {
        let bytes = text.as_bytes();
        // `ef` is rarer than any of its letters.
        let [mut small, mut capital] =
            EF.each_ref().map(|finder| skip::places(finder, &bytes[from..]).peekable());
        let found = std::iter::from_fn(|| match (small.peek(), capital.peek()) {
            (Some(first), Some(second)) if first < second => small.next(),
            (Some(_), None) => small.next(),
            _ => capital.next(),
        });
        let mut at = from;
        for place in found.map(|place| from + place) {
            if place < at.max(from + 1) || bytes[place - 1] | 32 != b'r' {
                continue;
            }
            let start = place - 1;
            if start > 0 && bytes[start - 1].is_ascii_alphanumeric() {
                continue;
            }
            let letters = bytes[start..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
            let word = &text[start..start + letters];
            let words = ["ref", "refs", "reftel", "reftels", "reference", "references"];
            if !words.iter().any(|known| known.eq_ignore_ascii_case(word)) {
                continue;
            }
            let mut next = start + letters;
            for plural in ["(s)", "(S)"] {
                if text[next..].starts_with(plural) {
                    next += 3;
                }
            }
            at = self
                .after_word(text, start, next, letters >= 6 && word[..6].eq_ignore_ascii_case("reftel"))
                .max(at);
        }
    }

    /// The letters behind `ref`: `A`, `(A)`, `A and C`, `A, B and C`, `¶1F`. Returns where it stopped.
    fn after_word(&mut self, text: &str, start: usize, mut at: usize, reftel: bool) -> usize {
        let mut from = start;
        let mut any = false;
        loop {
            let gap_from = at;
            let rest = &text[at..];
            let trimmed = rest.trim_start_matches([' ', '\n', '\r', '.', '(', '¶', '1', '[', '"']);
            let skipped = rest.len() - trimmed.len();
            let bytes = trimmed.as_bytes();
            let parenthesised = rest[..skipped].contains(['(', '[']);
            let marked = rest[..skipped].contains('¶');
            if rest[..skipped].contains('1') && !marked || skipped == 0 {
                break;
            }
            let letter = match bytes {
                [letter @ b'A'..=b'Z', rest @ ..] if !rest.first().is_some_and(u8::is_ascii_alphanumeric) => {
                    *letter
                }
                [letter @ b'a'..=b'z', b')', ..] if parenthesised => letter.to_ascii_uppercase(),
                _ => break,
            };
            // `REF A MEETING` is a mention; `Ref. A minister` can't be told from one, and is rare.
            let end = at + skipped + 1;
            any = true;
            self.letter(text, char::from(letter), from, end, marked.then_some(gap_from));
            at = end + usize::from(bytes.get(1).is_some_and(|b| matches!(b, b')' | b']')));
            let after = text[at..].trim_start_matches([' ', '\n', '\r']);
            let joined =
                [",", "and ", "AND ", "&", "or ", "OR ", "-"].iter().find(|join| after.starts_with(**join));
            let Some(join) = joined else { break };
            let join_end = text.len() - after.len() + join.len();
            // A joining word keeps its last blank for the gap.
            let next = join_end - usize::from(join.ends_with(' '));
            let peek = text[next..].trim_start_matches([' ', '\n', '\r', ',', '(']);
            let peek = peek
                .strip_prefix("and ")
                .or_else(|| peek.strip_prefix("AND "))
                .unwrap_or(peek)
                .trim_start_matches([' ', '(']);
            if !matches!(peek.as_bytes(), [b'A'..=b'Z', rest @ ..] if !rest.first().is_some_and(u8::is_ascii_alphanumeric))
                && !matches!(peek.as_bytes(), [b'a'..=b'z', b')', ..])
            {
                break;
            }
            from = text.len() - peek.len();
            at = from.saturating_sub(1);
        }
        let end = start + text[start..].bytes().take_while(u8::is_ascii_alphabetic).count();
        if !any && reftel && self.references.is_empty() && self.dated {
            let span = self.source.span(&text[start..end]);
            let message = "a reference, and no reference block";
            self.diagnostics.push(Diagnostic::new(Code::MentionUnresolved, span, message));
        }
        if !any && reftel && self.references.len() == 1 {
            self.push(MentionKind::Label, &text[start..end], self.references[0].mrn.clone(), Some(0));
        }
        at
    }

    fn letter(&mut self, text: &str, letter: char, start: usize, end: usize, marked: Option<usize>) {
        let place = u8::try_from(letter).map_or(0, |letter| letter.wrapping_sub(b'A'));
        let reference = self.by_letter.get(usize::from(place)).copied().flatten();
        let part = &text[start..end];
        if let Some(from) = marked {
            let printed = &text[from..end];
            let message = format!("`{}` is read as reference {letter}", crate::clean::printable(part));
            let blanks = printed.len() - printed.trim_ascii_start().len();
            let after = format!("{}{letter}", &printed[..blanks]);
            let found = Diagnostic::new(Code::MentionRepaired, self.source.span(printed), message);
            self.diagnostics.push(found.mended(after, Confidence::Certain));
        }
        match reference {
            Some(index) => {
                self.push(MentionKind::Label, part, self.references[index].mrn.clone(), reference);
            }
            None if !self.references.is_empty() => self.diagnostics.push(Diagnostic::new(
                Code::MentionUnresolved,
                self.source.span(part),
                format!("there is no reference {letter}"),
            )),
            None => {}
        }
    }

    /// Adds a mention. `printed` is a part of the source.
    fn push(&mut self, kind: MentionKind, printed: &str, mrn: Option<String>, reference: Option<usize>) {
        let mention = Mention { kind, printed: one_line(printed), mrn, reference };
        self.found.push(Spanned::new(mention, self.source.span(printed)));
    }

    fn numbers(&mut self, text: &str, from: usize) {
        let bytes = text.as_bytes();
        let mut at = from;
        while at < bytes.len() {
            let Some(digits_at) = skip::find(bytes, at, |byte| byte.wrapping_sub(b'0') < 10) else { return };
            let digits = bytes[digits_at..].iter().take_while(|b| b.is_ascii_digit()).count();
            at = digits_at + digits;
            if digits > 8 || digits_at == from {
                continue;
            }
            if self.edited
                && let Some(end) = self.relative_before(text, from, digits_at)
            {
                at = end.max(at);
                continue;
            }
            // A post's last letter stands before the number, behind a blank, a line end or a hyphen.
            let gap =
                bytes[from..digits_at].iter().rev().take_while(|b| matches!(b, b' ' | b'\n' | b'\r')).count();
            let before = digits_at - gap;
            let hyphen = gap == 0 && bytes[digits_at - 1] == b'-';
            if before == from || !(hyphen || gap > 0 && bytes[before - 1].is_ascii_uppercase()) {
                continue;
            }
            if let Some(end) = self.number(text, from, digits_at) {
                at = end.max(at);
            }
        }
    }

    /// A number in the text whose words before it name a post. Returns its end.
    fn number(&mut self, text: &str, from: usize, digits_at: usize) -> Option<usize> {
        let before = text[from..digits_at].trim_end_matches([' ', '\n', '\r']);
        if !before.as_bytes().last()?.is_ascii_uppercase() {
            return None;
        }
        // One to four words in capitals, the longest that names a post.
        let mut starts = [0; 4];
        let mut words = 0;
        let mut end = before.len();
        while words < starts.len() {
            let word = before[..end]
                .bytes()
                .rev()
                .take_while(|b| b.is_ascii_uppercase() || matches!(b, b'-' | b'\''))
                .count();
            if word == 0 {
                break;
            }
            starts[words] = end - word;
            words += 1;
            let trimmed = before[..end - word].trim_end_matches([' ', '\n', '\r']);
            if trimmed.len() == end - word {
                break;
            }
            end = trimmed.len();
        }
        let starts = &starts[..words];
        let first = *starts.first()?;
        if let Some((number, len)) =
            mrn::general_message(&text[from + first..]).filter(|_| self.is_series(&before[first..]))
        {
            let start = from + first;
            self.push(MentionKind::Number, &text[start..start + len], Some(number), None);
            return Some(start + len);
        }
        if let Some(end) = starts.iter().find_map(|&start| self.relative(text, from + start, digits_at)) {
            return Some(end);
        }
        if is_no_post(&before[first..]) {
            return None;
        }
        for &start in starts.iter().rev() {
            let post = &before[start..];
            let whose = Whose::of(post, self.from, self.to);
            let relative = matches!(whose, Whose::Relative(..));
            if !(relative || self.is_local(post) || tables::canonical_post(post).is_some()) {
                continue;
            }
            let year_at = Self::year_before(text, from, from + start);
            let cite = cite_at(text, year_at)?;
            let named = whose.post(cite.post)?;
            let year = cite.year.map(|year| datetime::full_year(year, self.year)).or(self.year)?;
            for (index, &(at, number)) in cite.numbers.iter().enumerate() {
                let Some(found) = mrn::canonical(year, named, number) else { continue };
                let reference = self.by_number.get(&*found.mrn).copied();
                let start = if index == 0 { cite.start } else { at };
                let kind = if relative { MentionKind::Relative } else { MentionKind::Number };
                self.push(kind, &text[start..at + number.len()], Some(found.mrn), reference);
            }
            return Some(cite.end);
        }
        None
    }

    /// `MY TELEGRAM 326`, `YOUR 1199`: a number whose words at `start` say only whose it is. Returns its end.
    fn relative(&mut self, text: &str, start: usize, digits_at: usize) -> Option<usize> {
        if !matches!(text.as_bytes()[start], b'M' | b'O' | b'Y' | b'U' | b'm' | b'o' | b'y' | b'u') {
            return None;
        }
        let found = reference::relative_at(&text[start..])?;
        let end = start + found.end;
        let digits = found.number.len();
        // `OUR 12 DELEGATES`, `MY 1975 BUDGET`: a bare number must look like a telegram's, and end there.
        let year = digits == 4 && matches!(&found.number[..2], "19" | "20");
        let rest = text[end..].trim_start_matches(' ');
        let ends = !rest.starts_with(|c: char| c.is_ascii_alphabetic())
            || AFTER_NUMBER
                .iter()
                .any(|word| crate::source::prefix(rest, word.len()).eq_ignore_ascii_case(word));
        if end != digits_at + digits || !(found.named || digits >= 3 && !year && ends) {
            return None;
        }
        let number = reference::resolve(&found, (self.from, self.to), self.serial, self.year);
        let mrn = number.map(|number| number.0);
        let reference = mrn.as_deref().and_then(|mrn| self.by_number.get(mrn).copied());
        if mrn.is_some() {
            self.push(MentionKind::Relative, &text[start..end], mrn, reference);
        }
        Some(end)
    }

    /// The same where the words are in small letters: `your telegram No. 326`.
    fn relative_before(&mut self, text: &str, from: usize, digits_at: usize) -> Option<usize> {
        let mut start = digits_at;
        for _ in 0..3 {
            let before = text[from..start].trim_end_matches([' ', '\n', '\r', '.']);
            let word = before.bytes().rev().take_while(u8::is_ascii_alphabetic).count();
            if word == 0 || before.len() == start - from {
                return None;
            }
            start = from + before.len() - word;
            if let Some(end) = self.relative(text, start, digits_at) {
                return Some(end);
            }
        }
        None
    }

    /// Where a two-digit year right before the post begins, else where the post does.
    fn year_before(text: &str, from: usize, post_at: usize) -> usize {
        let before = text[from..post_at].trim_end_matches(' ');
        let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
        let boundary = before[..before.len() - digits]
            .bytes()
            .last()
            .is_none_or(|b| !b.is_ascii_alphanumeric() && b != b'.');
        if matches!(digits, 2 | 4) && boundary && before.len() < post_at - from {
            from + before.len() - digits
        } else {
            post_at
        }
    }

    fn is_local(&self, post: &str) -> bool {
        let is_known = |key: &str| self.posts.binary_search(&key).is_ok();
        if post.bytes().all(|b| b.is_ascii_uppercase()) {
            return is_known(post);
        }
        // The last word tells most.
        let last = post.rsplit([' ', '\n', '\r', '-']).next().unwrap_or("");
        self.posts.iter().any(|local| local.ends_with(last)) && is_known(&mrn::key(post))
    }

    fn is_series(&self, word: &str) -> bool {
        crate::general::is_series(word, self.series)
    }
}
