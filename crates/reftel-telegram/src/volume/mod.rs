//! Telegrams as edited volumes print them: front matter, then `Cablegram 1199 WASHINGTON, 23 December 1941`.

pub(crate) mod foreign_relations;
mod head;
mod marks;

use std::ops::Range;

use crate::datetime::words;
use crate::diagnostic::Code;
use crate::record::{Addressee, Record, Reference, ReferenceKind, Station};
use crate::source::{Source, one_line};
use crate::{Spanned, mrn};

pub(crate) use head::number_of_head;
use marks::{Marks, mark, markings, read_marks};

/// What stands above a document of an edited volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Front<'t> {
    /// The title, perhaps folded over lines.
    title: Option<&'t str>,
    /// The line below it.
    pub(crate) end: usize,
}

/// The front matter at `lines.start`.
pub(crate) fn front_matter<'t>(source: &Source<'t>, lines: &Range<usize>) -> Option<Front<'t>> {
    let from = lines.clone().find(|&index| !source.line(index).is_empty())?;
    if source.line(from) != "---" {
        return None;
    }
    let close = (from + 1..lines.end.min(from + 80)).find(|&index| source.line(index) == "---")?;
    let at = (from + 1..close).find(|&index| source.line(index).starts_with("title:"));
    let title = at.map(|at| {
        let folded = (at + 1..close).take_while(|&index| source.indent(index) > 0).count();
        let start = source.span(source.line(at)).start + "title:".len();
        &source.text[start..source.lines[at + folded].end]
    });
    Some(Front { title, end: close + 1 })
}

/// Reads a volume's document into `record`; the line where its text begins. `None` where it is no telegram.
pub(crate) fn read(
    source: &Source<'_>,
    lines: Range<usize>,
    front: Option<Front<'_>>,
    record: &mut Record,
) -> Option<usize> {
    let from = front.map_or(lines.start, |front| front.end);
    let from = (from..lines.end).find(|&index| !source.line(index).is_empty())?;
    let within = from..lines.end.min(from + 12);
    let title = front.and_then(|front| front.title).map(parties);
    let found = within.clone().find_map(|index| Some((index, head::head(source.line(index))?)));
    let said = title.as_ref().is_some_and(|title| title.telegram);
    let bare = || within.take(3).find_map(|index| Some((index, head::bare_head(source.line(index))?)));
    let (at, head) = found.or_else(|| said.then(bare).flatten())?;
    let line = source.line(at);
    let mut below = Below {
        next: at + 1,
        number: head.number.as_ref().map(|_| &line[head.printed.clone()]),
        place: &line[head.place_at.clone()],
    };
    let mut place = head.place.clone();
    if head.number.is_none() {
        below.read(source, lines.end, said, record);
        if place.is_empty() {
            below.place.clone_into(&mut place);
        }
    }
    let serial = head.number.as_deref().or(below.number);
    if let (Some(serial), Some(date), Some(printed)) = (serial, head.date, below.number) {
        record.mrn = head::number(serial, &place, date).map(|mrn| Spanned::new(mrn, source.span(printed)));
    }
    record.mrn_printed = below.number.map(str::to_owned);
    if let Some(date) = head.date {
        let (hour, minute) = head.minute.unwrap_or((0, 0));
        let printed = &line[head.date_at.clone()];
        record.dtg = Some(Spanned::new(date.at(hour, minute, 0, 0), source.span(printed)));
        record.dtg_printed = Some(printed.to_owned());
    }
    stations(source, title, (&place, below.place), record);
    Some(markings(source, below.next..lines.end, record))
}

/// What stands below a head that has no number.
struct Below<'t> {
    next: usize,
    number: Option<&'t str>,
    place: &'t str,
}

impl<'t> Below<'t> {
    /// Reads the number, and where the head is a date alone the place, from the next lines.
    fn read(&mut self, source: &Source<'t>, end: usize, said: bool, record: &mut Record) {
        for index in self.next..end.min(self.next + 6) {
            let line = source.line(index);
            if line.is_empty() {
                continue;
            }
            if let Some((number, marks)) = number_line(line).filter(|_| self.number.is_none()) {
                self.number = Some(number);
                let after = source.span(number).end - source.span(line).start;
                mark(source, line[after..].trim_start_matches(['.', '\\', ' ', ',']), record);
                if marks != Marks::All {
                    return;
                }
            } else if said && self.place.is_empty() && is_place(line) {
                self.place = line;
            } else if said && self.place.is_empty() && read_marks(line) == Marks::All {
                mark(source, line, record);
            } else {
                return;
            }
            self.next = index + 1;
        }
    }
}

/// A line of one to three words in capitals that are no markings.
fn is_place(line: &str) -> bool {
    line.len() <= 30
        && line.split(' ').count() <= 3
        && line.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b' ' | b'-' | b'.'))
        && read_marks(line) == Marks::None
}

/// Who sent a document to whom, as its title says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Title<'t> {
    /// Whether it says that the document is a telegram.
    telegram: bool,
    from: Option<&'t str>,
    to: Option<&'t str>,
}

/// `Embassy in Washington to Department of External Affairs`, `Cablegram From Doe To Roe`
fn parties(title: &str) -> Title<'_> {
    let signs = |c: char| c.is_ascii_whitespace() || matches!(c, '\'' | '"' | ',');
    let mut rest = title.trim_matches(signs);
    let mut read = Title::default();
    for word in ["cablegram", "telegram", "savingram"] {
        if crate::source::prefix(rest, word.len()).eq_ignore_ascii_case(word) {
            read.telegram = true;
            rest = rest[word.len()..].trim_start_matches('s').trim_start();
        }
    }
    if rest.ends_with(']') {
        rest = rest.rsplit_once('[').map_or(rest, |(rest, _)| rest.trim_end());
    }
    if crate::source::prefix(rest, 5).eq_ignore_ascii_case("from ") {
        rest = &rest[5..];
    }
    if read.telegram && crate::source::prefix(rest, 3).eq_ignore_ascii_case("to ") {
        read.to = Some(rest[3..].trim_matches(signs));
        return read;
    }
    if let Some(at) = addressed(rest) {
        let (from, to) = (rest[..at].trim_matches(signs), rest[at + 2..].trim_matches(signs));
        read.from = Some(from).filter(|from| !from.is_empty());
        read.to = Some(to).filter(|to| !to.is_empty());
    }
    read
}

/// Where the word `to` between the parties of a title stands. `High Commissioner to Canada, to …` has two: the
/// one behind a comma is meant, or the one that follows no office.
fn addressed(title: &str) -> Option<usize> {
    const OFFICES: &[&str] = &[
        "Commissioner",
        "Minister",
        "Ambassador",
        "Representative",
        "Counsellor",
        "Envoy",
        "Delegate",
        "Adviser",
        "Delegation",
        "Representatives",
        "route",
    ];
    let list: Vec<(usize, &str)> = words(title).collect();
    let places = || (1..list.len()).filter(|&index| list[index].1.eq_ignore_ascii_case("to"));
    let comma = places().find(|&index| list[index - 1].1.ends_with(','));
    let plain = places().find(|&index| !OFFICES.contains(&list[index - 1].1));
    let found = match (comma, plain) {
        (Some(comma), Some(plain)) => Some(comma.min(plain)),
        (found, other) => found.or(other).or_else(|| places().next()),
    };
    found.map(|index| list[index].0)
}

/// Originator and addressee: the title's, or the place of the head.
fn stations(source: &Source<'_>, title: Option<Title<'_>>, place: (&str, &str), record: &mut Record) {
    let title = title.unwrap_or_default();
    if let Some(from) = title.from {
        let post: String = place.0.chars().filter(char::is_ascii_alphanumeric).collect();
        let post = (!post.is_empty()).then(|| post.to_ascii_uppercase());
        let station = Station { plad: one_line(from), routing_indicator: None, post };
        record.from = Some(Spanned::new(station, source.span(from)));
    } else if !place.0.is_empty() {
        let post = Some(place.0.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
        let post = post.map(|post| post.to_ascii_uppercase());
        let station = Station { plad: place.0.to_owned(), routing_indicator: None, post };
        record.from = Some(Spanned::new(station, source.span(place.1)));
    }
    if let Some(to) = title.to {
        let post = post_of_party(&one_line(to), source.text);
        let station = Station { plad: one_line(to), routing_indicator: None, post };
        record.to.push(Spanned::new(Addressee { station, ..Addressee::default() }, source.span(to)));
    }
}

/// The post of a party to a title: `Legation in Washington`, `High Commissioner in London`; a department of the state
/// whose archive the volume draws on is in its capital.
fn post_of_party(party: &str, text: &str) -> Option<String> {
    if let Some(at) = party.find(" in ").or_else(|| party.find(" at ")) {
        let place = party[at + 4..].split([',', '(', ';']).next().unwrap_or("").trim();
        let short = place.split(' ').count() <= 3 && place.starts_with(|c: char| c.is_ascii_uppercase());
        return short.then(|| mrn::key(place)).filter(|key| key.len() >= 2);
    }
    let department = ["Department of External Affairs", "Department of Foreign Affairs"];
    let own = department.iter().any(|name| party.starts_with(name));
    (own && (text.contains("[AA") || text.contains("[NAA"))).then(|| "CANBERRA".to_owned())
}

/// The editor's notes that name documents of the volume: `_1 Document 105._`, `2 See Documents 12 and 13.` Each
/// document is a reference by its number, under the note's.
pub(crate) fn notes(source: &Source<'_>, lines: Range<usize>, record: &mut Record) {
    for index in lines {
        let line = source.line(index).trim_start_matches(['_', '*', '[', ' ']);
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        if !(1..=3).contains(&digits) {
            continue;
        }
        let words = line[digits..].trim_start_matches([']', ' ']);
        let named = words.strip_prefix("See ").unwrap_or(words);
        let Some(list) = named.strip_prefix("Documents ").or_else(|| named.strip_prefix("Document ")) else {
            continue;
        };
        let mut rest = list;
        for _ in 0..8 {
            let number = rest.bytes().take_while(u8::is_ascii_digit).count();
            if !(1..=5).contains(&number) {
                break;
            }
            let label = line[..digits].to_owned();
            record.references.push(note(source, label, &rest[..number]));
            rest = &rest[number..];
            rest = [", ", " and "].iter().find_map(|join| rest.strip_prefix(join)).unwrap_or("");
        }
    }
}

fn note(source: &Source<'_>, label: String, number: &str) -> Spanned<Reference> {
    let reference = Reference {
        label: Some(label),
        kind: ReferenceKind::Book,
        printed: format!("Document {number}"),
        mrn: None,
        year: None,
        notal: false,
        captions: Vec::new(),
        and_previous: false,
        dtg: None,
        resolved: None,
    };
    Spanned::new(reference, source.span(number))
}

/// `1238. Secret Guard`, `No 624. CONFIDENTIAL PRIORITY`, `O.VA0533 SECRET`: the number below a head that has none.
fn number_line(line: &str) -> Option<(&str, Marks)> {
    let start = line.strip_prefix("No. ").or_else(|| line.strip_prefix("No ")).unwrap_or(line);
    let letters = start.bytes().take_while(u8::is_ascii_uppercase).count();
    let series = letters + usize::from((1..=6).contains(&letters) && start[letters..].starts_with(' '));
    let from = if series > letters && start[series..].starts_with(|c: char| c.is_ascii_digit()) {
        series
    } else {
        0
    };
    let token = start[from..].split(' ').next()?;
    let digit = token.bytes().position(|b| b.is_ascii_digit())?;
    let digits = token[digit..].bytes().take_while(|b| b.is_ascii_digit() || *b == b'/').count();
    let legal = digit <= 5 && token[..digit].bytes().all(|b| b.is_ascii_uppercase() || b == b'.');
    let end = from + digit + digits;
    let stop = start[end..].starts_with(['.', '\\', ' ', ',']) || start.len() == end;
    if !legal || digits > 9 || !stop {
        return None;
    }
    let rest = start[end..].trim_start_matches(['.', '\\', ' ', ',']);
    let marks = if rest.is_empty() { Marks::All } else { read_marks(rest) };
    // `1.` and `2.` begin paragraphs, unless markings follow.
    let paragraph = digits < 3 && (from > 0 || digits < 2);
    (marks != Marks::None || !paragraph).then(|| (&start[..end], marks))
}

/// Whether the editor's notes begin here: `_1 Document 198.`, `_[AA : A1608]_`, `[NAA: A1838, 494/2/10]`. Words that
/// the editor put into the text, `_[matter omitted]_`, are the text's.
pub(crate) fn is_tail(line: &str) -> bool {
    let rest = line.strip_prefix('_').unwrap_or(line);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let note = rest.len() < line.len() && digits > 0 && rest[digits..].starts_with(' ');
    let file = rest.strip_prefix('[').is_some_and(|inside| {
        let letters = inside.bytes().take_while(u8::is_ascii_uppercase).count();
        (2..=12).contains(&letters) && inside[letters..].trim_start().starts_with(':')
    });
    line == "_" || note || file
}

/// Whether a finding is usual in an edited volume: it leaves out paragraphs, and its pages are Markdown.
pub(crate) fn is_usual(code: Code) -> bool {
    matches!(
        code,
        Code::ParagraphNumberJumps
            | Code::EscapeRemoved
            | Code::LinkRemoved
            | Code::EntityDecoded
            | Code::BlockUnclosed
            | Code::EditorialRemark
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_and_what_an_editor_put_into_the_text() {
        for line in [
            "_",
            "_1 Document 8.",
            "_[AA : A1608, 41/1]_",
            "[NAA: A1838, 494/2/10, iv]",
            "_[DEFENCE: BOX 5]_",
        ] {
            assert!(is_tail(line), "{line}");
        }
        for line in [
            "_[matter omitted]_",
            "[matter omitted]",
            "_1. Ferries_",
            "1 Document 8.",
            "[The office is closed]",
        ] {
            assert!(!is_tail(line), "{line}");
        }
    }

    #[test]
    fn parties_of_a_title() {
        for (title, from, to) in [
            ("Embassy in Valdoria to Department of Roads", "Embassy in Valdoria", "Department of Roads"),
            (
                "Mr Doe, Commissioner to Estmere, to Ferry Office",
                "Mr Doe, Commissioner to Estmere",
                "Ferry Office",
            ),
            ("Doe, Minister to Estmere, to Roe", "Doe, Minister to Estmere", "Roe"),
            ("Prime Minister to Roe", "Prime Minister", "Roe"),
            ("Cablegram From Doe To Roe [1]", "Doe", "Roe"),
            ("'CABLEGRAM TO VALDORIA'", "", "VALDORIA"),
        ] {
            let read = parties(title);
            assert_eq!((read.from.unwrap_or(""), read.to.unwrap_or("")), (from, to), "{title}");
        }
    }

    #[test]
    fn numbers_and_markings_below_a_head() {
        assert_eq!(number_line("1238. Secret Guard"), Some(("1238", Marks::All)));
        assert_eq!(number_line("O.VA0533 SECRET AUSTEO IMMEDIATE"), Some(("O.VA0533", Marks::All)));
        assert_eq!(number_line("No 624. CONFIDENTIAL PRIORITY"), Some(("624", Marks::All)));
        assert_eq!(number_line("1. The ferry has come."), None);
        assert_eq!(read_marks("MOST IMMEDIATE MOST SECRET AND PERSONAL"), Marks::All);
        assert_eq!(read_marks("RESTRICTED Reference conclusions"), Marks::Some);
        assert_eq!(read_marks("Secret arrangements were made"), Marks::None);
        assert_eq!(read_marks("The Secretary came"), Marks::None);
    }
}
