//! Message text formatting sets of general messages: `SUBJ/…//`, `REF/A/…//`, `NARR/…//`, `RMKS/1. …`.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::diagnostic::Code;
use crate::record::{Mention, MentionKind, Record, Reference, ReferenceKind, Set, Subject, YearSource};
use crate::source::{Source, one_line};
use crate::{Context, Spanned, body, datetime, glance, heading, marking, mrn, skip};

/// The names of the sets that are read, and how they are written.
const SETS: &[(&str, &str)] = &[
    ("MSGID", "MSGID"),
    ("SUBJ", "SUBJ"),
    ("SUBJECT", "SUBJ"),
    ("REF", "REF"),
    ("NARR", "NARR"),
    ("AMPN", "AMPN"),
    ("APMN", "AMPN"),
    ("POC", "POC"),
    ("RMKS", "RMKS"),
    ("REMARKS", "RMKS"),
    ("GENTEXT", "GENTEXT"),
    ("EXER", "EXER"),
    ("OPER", "OPER"),
];

/// Series of general messages whose numbers are known without a heading that names them.
const SERIES: &[&str] = &[
    "NAVADMIN",
    "MARADMIN",
    "ALNAV",
    "ALMAR",
    "ALCOAST",
    "ALARACT",
    "ALNAVRESFOR",
    "ALPERSRU",
    "ALPERSCOM",
    "ALSTACON",
    "ALCGPSC",
    "ALCGRSV",
    "ALSAFE",
    "NAVOP",
    "NAVRESFOR",
];

/// Whether a word names a series of general messages: a known one, one of that form, or the message's own.
pub(crate) fn is_series(word: &str, own: Option<&str>) -> bool {
    SERIES.contains(&word) || word.ends_with("ADMIN") || own == Some(word)
}

/// How many lines from the start of the text the first set may stand.
const SETS_WITHIN: usize = 60;

/// How many lines a line that is no set may be away from the next set, and still stand between two.
const SET_AHEAD: usize = 16;

/// How many references a narrative can tell apart by their letters.
const LETTERED: usize = 64;

/// Whether a line begins a set.
pub(crate) fn is_set(line: &str) -> bool {
    set(line).is_some()
}

/// A set's name at the start of a line, in any letters, and what stands behind its slant.
#[inline]
fn set(line: &str) -> Option<(&'static str, &str)> {
    if glance::may_be(glance::SET, line) { named_set(line) } else { None }
}

fn named_set(line: &str) -> Option<(&'static str, &str)> {
    let start = line.as_bytes().first_chunk::<3>()?.map(|byte| byte & 0xDF);
    if !matches!(
        &start,
        b"MSG"
            | b"SUB"
            | b"REF"
            | b"NAR"
            | b"AMP"
            | b"APM"
            | b"POC"
            | b"RMK"
            | b"REM"
            | b"GEN"
            | b"EXE"
            | b"OPE"
    ) {
        return None;
    }
    let slant = line.as_bytes()[..line.len().min(12)].iter().position(|b| *b == b'/')?;
    let name = line[..slant].trim_ascii_end();
    if let Some(&(_, set)) = SETS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return Some((set, &line[slant + 1..]));
    }
    // `REF A/…`, where the slant behind the name is lost.
    let label = name.strip_prefix("REF ")?.trim_matches(' ');
    (label.len() == 1 && label.as_bytes()[0].is_ascii_uppercase())
        .then(|| ("REF", &line[slant - label.len()..]))
}

/// Whether a line of the heading is the text's already: a set, the message's own number, or `UNCLASS //N01300//`.
pub(crate) fn begins_text(line: &str) -> bool {
    set(line).is_some()
        || (line.len() < 60 && mrn::general_message(line).is_some())
        || line.starts_with("UNCLAS")
}

/// The first set of the text that begins at `lines.start`, if it is one in sets.
pub(crate) fn first_set(source: &Source<'_>, lines: Range<usize>) -> Option<usize> {
    let mut first = None;
    for index in lines.start..lines.end.min(lines.start + SETS_WITHIN) {
        let line = source.line(index);
        match set(line) {
            Some(("MSGID" | "SUBJ" | "RMKS" | "GENTEXT", _)) => return first.or(Some(index)),
            Some(_) => first = first.or(Some(index)),
            None if body::paragraph_start(line).is_some_and(|start| start.number.is_some()) => return None,
            None => {}
        }
    }
    None
}

/// A line without the name of the set that holds the remarks: `RMKS/1. …`, `GENTEXT/REMARKS/1. …`.
#[inline]
pub(crate) fn words_of(line: &str) -> &str {
    if glance::may_be(glance::SET, line) { words_of_set(line) } else { line }
}

fn words_of_set(line: &str) -> &str {
    match set(line) {
        Some(("RMKS", rest)) => rest.trim_start_matches(['/', ' ']),
        Some(("GENTEXT", rest)) => {
            let words = rest.split_once('/').filter(|(title, _)| {
                title.len() <= 16 && title.bytes().all(|b| b.is_ascii_alphabetic() || b == b' ')
            });
            words.map_or(rest, |(_, words)| words).trim_start_matches(['/', ' '])
        }
        _ => line,
    }
}

static SUBJ: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("SUBJ"));
static MSGID: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("MSGID/"));
static INSIDE_FM: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(" FM "));
static CLOSE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("//"));

/// Cuts lines apart that a gateway ran together: `FM … TO … INFO … BT UNCLAS`, and sets that follow one
/// another in one line. Texts without sets are left as they are.
pub(crate) fn unfold(source: &mut Source<'_>) {
    let bytes = source.text.as_bytes();
    let messages = MSGID.find(bytes).is_some();
    if !messages && SUBJ.find(bytes).is_none() {
        return;
    }
    let mut cuts = Vec::new();
    unfold_headings(source, messages, &mut cuts);
    for close in skip::places(&CLOSE, bytes) {
        let rest = &source.text[close + 2..];
        let gap = rest.bytes().take_while(|b| *b == b' ').count();
        let rest = &rest[gap..];
        let ends = rest.starts_with("BT") && !rest[2..].starts_with(|c: char| !c.is_ascii_whitespace());
        // A name takes no more than a few bytes, and a line may be long.
        if ends || set(crate::source::prefix(rest, 16)).is_some() {
            cuts.push(close + 2 + gap);
        }
    }
    cuts.sort_unstable();
    source.recut(&cuts);
}

/// Where lines of a heading, and of the few lines below it, must be cut. `messages`: whether `MSGID/` is in the text.
fn unfold_headings(source: &Source<'_>, messages: bool, cuts: &mut Vec<usize>) {
    // Hardly any text has an originator inside a line: lines are searched for one only where it has.
    let originators = INSIDE_FM.find(source.text.as_bytes()).is_some();
    let mut addresses = false;
    let mut to = false;
    let mut head = 0;
    for whole in &source.lines {
        let line = whole.text;
        // Most lines are text, and none of these.
        let looked_for = match head {
            0 => glance::PREAMBLE | glance::N_LAST,
            _ => !(glance::BLOCK | glance::DIGIT_LAST),
        };
        let searched = head > 0 && (addresses || originators || messages);
        if whole.kinds & looked_for == 0 && !searched {
            head = usize::saturating_sub(head, 1);
            continue;
        }
        if whole.kinds & glance::N_LAST != 0 && line.ends_with("NNNN") && line.len() < 60 {
            // `N1.// BT #0001 NNNN`
            let at = source.span(line).start;
            let found = [(" BT ", 1), (" BT ", 4), ("BT ", 3), (" NNNN", 1)];
            let end = |(word, skip): (&str, usize)| line.find(word).map(|found| at + found + skip);
            cuts.extend(found.into_iter().filter_map(end));
        }
        if line.starts_with("FM ") {
            (addresses, to, head) = (true, false, 40);
        } else if whole.kinds & glance::PREAMBLE != 0 && heading::is_preamble(line) {
            head = 40;
        }
        if head == 0 {
            continue;
        }
        head -= 1;
        // Behind the first set there is no heading.
        if set(line).is_some() {
            (addresses, head) = (false, 0);
            continue;
        }
        let at = source.span(line).start;
        if originators
            && !addresses
            && let Some(found) = line.find(" FM ")
        {
            cuts.push(at + found + 1);
            (addresses, to) = (true, false);
        }
        let unclassified = line.starts_with("UNCLAS");
        // Behind the classification line there are no addresses, also where no `BT` says so.
        addresses = addresses && line != "BT" && !unclassified && marking::class_words(line).is_none();
        let mut broken = None;
        if addresses {
            broken = cut_addresses(line, at, &mut to, cuts);
        }
        if line.starts_with("BT ") {
            cuts.push(at + "BT ".len());
            addresses = false;
        } else if let Some(found) = broken {
            cuts.push(at + found + " BT ".len());
            addresses = false;
        }
        if messages {
            cuts.extend(line.find(" MSGID/").map(|found| at + found + 1));
        }
        if unclassified {
            let number = memchr::memchr_iter(b' ', line.as_bytes())
                .map(|blank| blank + 1)
                .find(|&word| mrn::general_message(&line[word..]).is_some());
            cuts.extend(number.map(|word| at + word));
        }
    }
}

/// Where one line of an address block must be cut. `to` says whether the block has come to its action addressees.
/// Returns where a ` BT ` stands, if one does.
fn cut_addresses(line: &str, at: usize, to: &mut bool, cuts: &mut Vec<usize>) -> Option<usize> {
    let bytes = line.as_bytes();
    *to |= line.starts_with("TO ");
    let (mut info, mut broken, mut class) = (false, None, false);
    let mut word = 0;
    for place in memchr::memchr2_iter(b' ', b'/', bytes) {
        if bytes[place] == b' ' {
            word = place + 1;
            // The first of each is where something begins.
            let again = match &bytes[word..] {
                [b'T', b'O', b' ', ..] => std::mem::replace(to, true),
                [b'I', b'N', b'F', b'O', b' ', ..] => std::mem::replace(&mut info, true),
                [b'B', b'T', b' ', ..] => *broken.get_or_insert(place) != place,
                [b'U', b'N', b'C', b'L', b'A', b'S', ..] => std::mem::replace(&mut class, true),
                _ => continue,
            };
            if !again {
                cuts.push(at + word);
            }
        } else {
            // `… ZEN/CNO WASHINGTON DC RUENAAA/CNO WASHINGTON DC`
            let name = &line[word..place];
            let station = name == "ZEN"
                || (name.len() >= 6 && name.starts_with('R') && heading::is_routing_indicator(name));
            if station && !matches!(line[..word].trim_end(), "" | "TO" | "INFO" | "FM") {
                cuts.push(at + word);
            }
        }
    }
    if let Some(before) = line.strip_suffix(" INFO") {
        cuts.push(at + before.len() + 1);
    }
    broken
}

/// Reads the sets that begin at line `first`, in a text that begins at `text_from`; the line where the remarks
/// begin.
pub(crate) fn read(
    source: &Source<'_>,
    lines: Range<usize>,
    (text_from, first): (usize, usize),
    context: &Context,
    record: &mut Record,
) -> usize {
    above(source, text_from..first, context, record);
    number_above(source, lines.start..first, record);
    let mut index = first;
    let mut subject_read = false;
    while index < lines.end {
        let line = source.line(index);
        let label = || line.strip_prefix("SUBJ:").filter(|_| !subject_read).map(|rest| ("SUBJ", rest));
        match set(line).or_else(label).or_else(|| other_set(line)) {
            Some(("RMKS" | "GENTEXT", _)) => break,
            Some((name, rest)) => {
                let end = set_end(source, index, lines.end, name == "SUBJ");
                let from = source.span(rest).start;
                let text = &source.text[from..source.lines[end - 1].end];
                let text = text[..closing(text).unwrap_or(text.len())].trim_ascii();
                keep(source, name, text, record);
                match name {
                    "SUBJ" if !subject_read => subject_read = subject(source, text, record),
                    "REF" => reference(source, text, record),
                    "NARR" | "AMPN" => narrative(text, record),
                    _ => {}
                }
                index = end;
            }
            None if line.is_empty() || set_ahead(source, index + 1, lines.end) => index += 1,
            None => break,
        }
    }
    number_above(source, first..index, record);
    sets_below(source, index..lines.end, record);
    if !subject_read {
        shorten_subject(source, record);
    }
    index.min(lines.end)
}

/// A set that only a formatted text has, and that says nothing the record has a field for: `DECL/X1//`,
/// `ORDTYP/ORDER/CNO//`. It must be closed on its line.
fn other_set(line: &str) -> Option<(&str, &str)> {
    let slant = line.as_bytes()[..line.len().min(10)].iter().position(|b| *b == b'/')?;
    let name = &line[..slant];
    let named = (3..=8).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && name.as_bytes()[0].is_ascii_uppercase();
    (named && line.ends_with("//")).then(|| (name, &line[slant + 1..]))
}

/// Keeps a set with its fields. Free text is one field, whatever slants are in it.
fn keep(source: &Source<'_>, name: &str, text: &str, record: &mut Record) {
    let fields = match name {
        "SUBJ" | "NARR" | "AMPN" | "RMKS" => vec![joined(text)],
        // An office behind two slants, `CNO//N1`, is a field of its own; what is empty is written `-`.
        _ => joined(text)
            .split('/')
            .map(str::trim)
            .filter(|field| !field.is_empty())
            .map(str::to_owned)
            .collect(),
    };
    record.sets.push(Spanned::new(Set { name: name.to_owned(), fields }, source.span(text)));
}

/// Sets below the remarks: `DECL/ORIG:CNO/…//`. Their lines stay text too, for a sentence may look like one.
fn sets_below(source: &Source<'_>, lines: Range<usize>, record: &mut Record) {
    for index in lines {
        let line = source.line(index);
        if !line.ends_with("//") || line.len() > 200 {
            continue;
        }
        let found = set(line).filter(|(name, _)| !matches!(*name, "RMKS" | "GENTEXT" | "REF" | "SUBJ"));
        if let Some((name, rest)) = found.or_else(|| other_set(line)) {
            keep(source, name, rest[..closing(rest).unwrap_or(rest.len())].trim_ascii(), record);
        }
    }
}

/// Whether another set comes before the text does.
fn set_ahead(source: &Source<'_>, from: usize, end: usize) -> bool {
    for index in from - 1..end.min(from + SET_AHEAD) {
        let line = source.line(index);
        if body::paragraph_start(line).is_some() || matches!(line, "BT" | "NNNN") {
            return false;
        }
        if set(line).is_some() {
            return true;
        }
    }
    false
}

/// What stands above the sets and belongs to the heading: the date-time group, the classification.
fn above(source: &Source<'_>, lines: Range<usize>, context: &Context, record: &mut Record) {
    for index in lines {
        let line = source.line(index);
        if record.dtg.is_none() && heading::is_preamble(line) {
            heading::late_preamble(source, line, context, record);
        } else if record.classification.is_none() {
            let unclassified = ["UNCLASS ", "UNCLASS/"].iter().any(|word| line.starts_with(word));
            if let Some(words) = marking::class_words(line) {
                record.classification =
                    Some(Spanned::new(words.classification, source.span(&line[..words.end])));
            } else if unclassified {
                record.classification = Some(Spanned::new(
                    crate::record::Classification::Unclassified,
                    source.span(&line[.."UNCLASS".len()]),
                ));
            }
        }
    }
}

/// The number of a general message stands above the sets or between them: `NAVADMIN 123/15`.
fn number_above(source: &Source<'_>, lines: Range<usize>, record: &mut Record) {
    if record.mrn.is_some() {
        return;
    }
    for index in lines {
        let line = source.line(index);
        if set(line).is_some() || line.len() > 90 {
            continue;
        }
        let starts = mrn::general_message(line).map(|(mrn, end)| Found { start: 0, end, mrn });
        if let Some(found) = starts.or_else(|| Numbers::new(line, 0, None).next()) {
            let printed = &line[found.start..found.end];
            record.mrn = Some(Spanned::new(found.mrn, source.span(printed)));
            record.mrn_printed = Some(one_line(printed));
            return;
        }
    }
}

/// Where a set is closed: two slants at the end of a line or before a blank. `DC//N1//` and `http://` close none.
fn closing(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    skip::places(&CLOSE, bytes).find(|&at| bytes.get(at + 2).is_none_or(u8::is_ascii_whitespace))
}

/// The line after the one that closes the set with `//`, or where the next set or the text begins. A subject that
/// nobody closed ends at a blank line or where the message's number or an address follows.
fn set_end(source: &Source<'_>, start: usize, end: usize, subject: bool) -> usize {
    let mut index = start;
    loop {
        let line = source.line(index);
        index += 1;
        if index >= end || closing(line).is_some() {
            return index;
        }
        let next = source.line(index);
        if set(next).is_some() || matches!(next, "BT" | "NNNN") {
            return index;
        }
        let addressed = || next.starts_with("PASS TO ") || heading::keyword(next, "FM").is_some();
        if subject && (next.is_empty() || begins_text(next) || addressed()) {
            return index;
        }
        if next.is_empty() {
            // A set that nobody closed ends at a blank line, unless its words go on below.
            let below = (index..end).find(|&index| !source.line(index).is_empty());
            match below {
                Some(below) if !ends_set(source.line(below)) => index = below,
                _ => return index,
            }
        }
    }
}

/// Whether a line can't go on with a set.
fn ends_set(line: &str) -> bool {
    set(line).is_some() || body::paragraph_start(line).is_some() || matches!(line, "BT" | "NNNN")
}

/// The words of a set in one line. A line that continues a set begins with a slant.
fn joined(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_ascii();
        let line = if index == 0 { line } else { line.strip_prefix('/').unwrap_or(line) };
        for word in line.split_ascii_whitespace() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
    }
    words
}

fn subject(source: &Source<'_>, text: &str, record: &mut Record) -> bool {
    let text = text.trim_end_matches(['/', ' ', '\n', '\r']);
    let printed = joined(text);
    if printed.is_empty() {
        return false;
    }
    let (portion, rest) = match marking::portion(&printed) {
        Some((mark, end)) => (Some(mark.to_owned()), printed[end..].trim_start().to_owned()),
        None => (None, printed.clone()),
    };
    record.subject = Some(Spanned::new(Subject { text: rest, printed, portion }, source.span(text)));
    true
}

/// A subject that a gateway put above the text has the text's first lines behind it.
fn shorten_subject(source: &Source<'_>, record: &mut Record) {
    let Some(read) = &record.subject else { return };
    let text = &source.text[read.span.range()];
    let end = ["UNCLASSIFIED/", "//", "PASS TO ", "UNCLAS "].iter().filter_map(|word| text.find(word)).min();
    if let Some(end) = end.filter(|end| *end > 0) {
        subject(source, text[..end].trim_ascii_end(), record);
    }
}

/// A general message's number whose series is one: `GAZETTE 188/01` isn't.
pub(crate) fn numbered_in_series(text: &str, own: Option<&str>) -> Option<String> {
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    is_series(&text[..letters], own).then(|| mrn::general_message(text)).flatten().map(|found| found.0)
}

/// `A/DOC/DOD CIO/09MAY2019`, `B/MSG/CNO WASHINGTON DC/141554ZJAN15`
fn reference(source: &Source<'_>, text: &str, record: &mut Record) {
    let fields: Vec<&str> = text.split('/').map(str::trim).collect();
    let label = fields
        .first()
        .map(|label| label.trim_matches(['(', ')', '.']))
        .filter(|label| (1..=2).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphabetic()));
    let numbered = (0..text.len())
        .filter(|&at| {
            text.is_char_boundary(at) && (at == 0 || matches!(text.as_bytes()[at - 1], b'/' | b' ' | b':'))
        })
        .find_map(|at| numbered_in_series(&text[at..], own_series(record).as_deref()))
        .or_else(|| Numbers::new(text, 0, own_series(record).as_deref()).next().map(|found| found.mrn));
    let kind = fields.get(1).map(|kind| kind.to_ascii_uppercase());
    let kind = kind.as_deref().map(|kind| kind.trim_start_matches("DESC:"));
    let kind = match kind {
        _ if numbered.is_some() => ReferenceKind::Telegram,
        Some("MSG" | "RMG" | "GENADMIN" | "NAVGRAM" | "MSGID") => ReferenceKind::Dtg,
        Some("DOC" | "INST" | "PUB") => ReferenceKind::Book,
        Some("LTR" | "LET") => ReferenceKind::Letter,
        Some("EMAIL" | "EML" | "MAIL" | "E-MAIL") => ReferenceKind::Email,
        Some("TEL" | "TELCON" | "PHONE") => ReferenceKind::Telephone,
        Some("MEMO" | "MEMORANDUM") => ReferenceKind::Memorandum,
        Some("CONF" | "MTG" | "MEETING") => ReferenceKind::Meeting,
        Some("REPORT" | "RPT") => ReferenceKind::Report,
        _ if fields.iter().any(|field| datetime::find(field, 0).is_some()) => ReferenceKind::Dtg,
        _ => ReferenceKind::Other,
    };
    let reference = Reference {
        label: label.map(str::to_ascii_uppercase),
        kind,
        printed: joined(text),
        year: numbered.as_ref().map(|_| YearSource::Printed),
        mrn: numbered,
        notal: text.contains("NOTAL"),
        captions: Vec::new(),
        and_previous: false,
        dtg: if kind == ReferenceKind::Dtg { group_in(&fields, record) } else { None },
        resolved: None,
    };
    record.references.push(Spanned::new(reference, source.span(text)));
}

/// The date-time group among the fields of a reference, with the telegram's year where it has none.
fn group_in(fields: &[&str], record: &Record) -> Option<jiff::civil::DateTime> {
    let near = record.dtg.as_ref().map(|dtg| dtg.value.year());
    let found = fields.iter().find_map(|field| datetime::find(field, 0))?;
    let year = found.group.year.map(|year| datetime::full_year(year, near)).or(near)?;
    found.group.resolve(year)
}

/// `REF D IS NAVADMIN 011/15, …`: the narrative says which general message a lettered reference is.
fn narrative(text: &str, record: &mut Record) {
    let upper = text.to_ascii_uppercase();
    let own = own_series(record);
    let bytes = upper.as_bytes();
    // The letters that the next numbers are for: `REFS A AND B ARE NAVADMINS 1/15 AND 2/15`.
    let mut letters: Vec<String> = Vec::new();
    let mut numbers = Numbers::new(&upper, 0, own.as_deref());
    let mut next = numbers.next();
    let mut at = 0;
    while at < bytes.len() {
        if let Some(number) = next.take_if(|number| number.start <= at) {
            if !letters.is_empty() {
                identify(&letters.remove(0), number.mrn, record);
            }
            at = number.end.max(at + 1);
            next = numbers.next();
            continue;
        }
        let starts = bytes[at] == b'R' && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric());
        if let Some(found) = starts.then(|| lettered(&upper[at..])).flatten() {
            letters = found.0;
            at += found.1;
        } else {
            at += 1;
        }
    }
}

/// The letters behind `REF`, `REFS`, `REFERENCE (`, and where they end.
fn lettered(text: &str) -> Option<(Vec<String>, usize)> {
    let word = ["REFERENCES", "REFERENCE", "REFS", "REF"].iter().find(|word| text.starts_with(**word))?;
    let mut letters = Vec::new();
    let mut end = word.len();
    loop {
        let rest = text[end..].trim_start_matches([' ', '\n', '\r', '(', ')', '.', ',', '/']);
        let rest = rest.strip_prefix("AND ").unwrap_or(rest).trim_start_matches(['(', ' ']);
        match rest.as_bytes() {
            // `A LETTER` after a letter is the article.
            [letter @ b'A'..=b'Z', after, ..]
                if !(after.is_ascii_alphanumeric() || letters.len() == 1 && *letter == b'A') =>
            {
                letters.push(char::from(*letter).to_string());
                end = text.len() - rest.len() + 1;
            }
            _ => break,
        }
    }
    (!letters.is_empty()).then_some((letters, end))
}

fn identify(label: &str, number: String, record: &mut Record) {
    let entry = record
        .references
        .iter_mut()
        .take(LETTERED)
        .find(|entry| entry.value.label.as_deref() == Some(label) && entry.value.mrn.is_none());
    if let Some(entry) = entry {
        entry.value.mrn = Some(number);
        entry.value.kind = ReferenceKind::Telegram;
        entry.value.year = Some(YearSource::Printed);
    }
}

/// A general message's number in running text.
#[derive(Debug)]
struct Found {
    start: usize,
    end: usize,
    mrn: String,
}

/// Finds the numbers of general messages in running text: `NAVADMIN 123/15`, `NAVADMINs 123/15 and 124/15`.
struct Numbers<'t> {
    text: &'t str,
    /// The message's own series, which no list may know.
    own: Option<&'t str>,
    at: usize,
    from: usize,
    /// The series and the end of the number before: a list names its series once.
    last: Option<(&'t str, usize)>,
}

impl<'t> Numbers<'t> {
    fn new(text: &'t str, from: usize, own: Option<&'t str>) -> Numbers<'t> {
        Numbers { text, own, at: from, from, last: None }
    }

    /// The number whose serial ends at `slant`.
    fn number(&mut self, slant: usize) -> Option<Found> {
        let bytes = self.text.as_bytes();
        let digits = bytes[self.from..slant].iter().rev().take_while(|b| b.is_ascii_digit()).count();
        let year_len = bytes[slant + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
        if !(1..=4).contains(&digits) || !matches!(year_len, 2 | 4) {
            return None;
        }
        let serial = self.text[slant - digits..slant].trim_start_matches('0');
        let before = &self.text[self.from..slant - digits];
        let words = before.trim_end_matches([' ', '\n', '\r', '\t', '(', '/', '#']);
        // `NAVADMIN NUMBER 123/15`
        let words = [" NUMBER", " NO.", " NO", " NR", " number"]
            .iter()
            .find_map(|word| words.strip_suffix(word))
            .unwrap_or(words);
        let gap = before.len() - words.len();
        let letters = words.bytes().rev().take_while(u8::is_ascii_alphabetic).count();
        let start = slant - digits - gap - letters;
        let named = (gap <= 12 && (4..=12).contains(&letters))
            .then(|| series(&words[words.len() - letters..], self.own))
            .flatten();
        let (series, start) = match (named, &self.last) {
            (Some(series), _) => (series, start),
            (None, &Some((series, end))) if self.text.get(end..slant - digits).is_some_and(joins) => {
                (series, slant - digits)
            }
            _ => return None,
        };
        if serial.is_empty() || (bytes[slant] == b'-' && year_len != 2) {
            return None;
        }
        let year: i16 = self.text[slant + 1..=slant + year_len].parse().ok()?;
        let year = datetime::full_year(year, None);
        let end = slant + 1 + year_len;
        let mrn = mrn::put_together(year, [series, serial]);
        self.last = Some((series, end));
        Some(Found { start, end, mrn })
    }
}

impl Iterator for Numbers<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            let slant = self.at + memchr::memchr2(b'/', b'-', &self.text.as_bytes()[self.at..])?;
            self.at = slant + 1;
            if let Some(found) = self.number(slant) {
                self.at = found.end;
                return Some(found);
            }
        }
    }
}

/// A known series, also in the plural or in small letters.
fn series<'s>(word: &str, own: Option<&'s str>) -> Option<&'s str> {
    let word = word.strip_suffix(['s', 'S']).unwrap_or(word);
    SERIES.iter().copied().chain(own).find(|known| known.eq_ignore_ascii_case(word))
}

/// The series of this message, if it is numbered in one.
fn own_series(record: &Record) -> Option<String> {
    mrn::general_message(record.mrn_printed.as_deref()?)?;
    mrn::parts(&record.mrn.as_ref()?.value).map(|parts| parts.1.to_owned())
}

/// Whether only a comma or `and` stands between two numbers of a list.
fn joins(between: &str) -> bool {
    between.len() <= 8
        && between
            .split(|c: char| c.is_ascii_whitespace() || matches!(c, ',' | ';'))
            .all(|word| matches!(word, "" | "AND" | "and" | "OR" | "or" | "&"))
}

/// Adds the general messages that the text names: those of a list, in small letters, and in the sets.
pub(crate) fn mentions(source: &Source<'_>, from: usize, to: usize, record: &mut Record) {
    let own = record.mrn.as_ref().map(|mrn| mrn.value.clone());
    let series = own_series(record);
    let mut by_number = BTreeMap::new();
    for (index, entry) in record.references.iter().enumerate() {
        if let Some(number) = &entry.value.mrn {
            by_number.entry(number.clone()).or_insert(index);
        }
    }
    let mut found = Vec::new();
    for number in Numbers::new(&source.text[..to], from, series.as_deref()) {
        let span = crate::Span::new(number.start, number.end);
        let within = |place: &crate::Span| place.start < span.end && span.start < place.end;
        let entry = record.references.partition_point(|entry| entry.span.end <= span.start);
        if own.as_deref() == Some(&*number.mrn)
            || record.references.get(entry).is_some_and(|entry| within(&entry.span))
        {
            continue;
        }
        let after = record.mentions.partition_point(|mention| mention.span.end <= span.start);
        if record.mentions.get(after).is_some_and(|mention| within(&mention.span)) {
            continue;
        }
        let reference = by_number.get(&number.mrn).copied();
        let (kind, printed) = (MentionKind::Number, one_line(&source.text[span.range()]));
        found.push(Spanned::new(Mention { kind, printed, mrn: Some(number.mrn), reference }, span));
    }
    if !found.is_empty() {
        record.mentions.extend(found);
        record.mentions.sort_by_key(|mention| mention.span);
    }
}

/// Takes back what is odd in a telegram, and usual in a general message: its blocks are paragraphs, its addresses known.
pub(crate) fn forgive(record: &mut Record) {
    // A series has one originator and one collective; notices of a number give neither.
    let series = own_series(record);
    record.diagnostics.retain(|diagnostic| match diagnostic.code {
        Code::BlockUnclosed => false,
        Code::OriginatorMissing | Code::AddresseeMissing => series.is_none(),
        _ => true,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_by_their_names() {
        for (line, want) in [
            ("SUBJ/FERRIES//", Some(("SUBJ", "FERRIES//"))),
            ("Rmks/1. X", Some(("RMKS", "1. X"))),
            ("REF A/DOC/X//", Some(("REF", "A/DOC/X//"))),
            ("REF AND/OR", None),
            ("AND/OR", None),
            ("SUBJ: FERRIES", None),
        ] {
            assert_eq!(set(line), want, "{line}");
        }
        assert_eq!(words_of("GENTEXT/REMARKS/1. X AND/OR Y"), "1. X AND/OR Y");
        assert_eq!(words_of("GENTEXT/1. X AND/OR Y"), "1. X AND/OR Y");
    }

    #[test]
    fn numbers_in_running_text() {
        let list =
            |text: &str| Numbers::new(text, 0, Some("VALADMIN")).map(|found| found.mrn).collect::<Vec<_>>();
        assert_eq!(list("PER NAVADMIN 123/15 AND 007/2016, SEE"), ["15NAVADMIN123", "16NAVADMIN7"]);
        assert_eq!(list("navadmins 1/15, 2/15 and\n3/15"), ["15NAVADMIN1", "15NAVADMIN2", "15NAVADMIN3"]);
        assert_eq!(list("NAVADMIN 142-03, ALNAV 1/09"), ["03NAVADMIN142", "09ALNAV1"]);
        assert_eq!(list("ON 12/15 AND 24/7, NAVADMIN 5 OF 1/15"), [""; 0]);
    }

    #[test]
    fn lines_that_ran_together_are_cut_above_the_text_alone() {
        let lines = |text: &'static str| {
            let mut source = Source::new(text);
            unfold(&mut source);
            (0..source.lines.len()).map(|index| source.line(index)).collect::<Vec<_>>()
        };
        assert_eq!(
            lines("FM CNO WASHINGTON DC TO NAVADMIN INFO CNO BT UNCLAS //N01000//\nSUBJ/FERRIES//"),
            ["FM CNO WASHINGTON DC", "TO NAVADMIN", "INFO CNO", "BT", "UNCLAS //N01000//", "SUBJ/FERRIES//"]
        );
        let plain = "FM CNO WASHINGTON DC\nC O N F I D E N T I A L VALDORIA 12\nSUBJ: FERRIES\nSENT TO ALL";
        assert_eq!(lines(plain), plain.lines().collect::<Vec<_>>());
    }

    #[test]
    fn a_set_ends_at_slants_before_a_blank() {
        assert_eq!(closing("CNO//N1//"), Some(7));
        assert_eq!(closing("SEE http://x.example/ FOR"), None);
        assert_eq!(joined("STATION\n/(PCS) AND/OR\n TDY"), "STATION (PCS) AND/OR TDY");
    }
}
