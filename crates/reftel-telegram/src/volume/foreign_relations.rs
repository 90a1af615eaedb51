//! Documents of *Foreign Relations of the United States* as plain text, as they are copied from a page or a book:
//! `Telegram From the Embassy in Iran to the Department of State`, a line of place and date, and the telegram's number
//! before its first words.

use std::ops::Range;

use jiff::civil::Date;

use super::{head, marks};
use crate::record::{Addressee, Record, Station};
use crate::source::{Source, one_line, prefix};
use crate::{Spanned, datetime, reference};

/// How far below the start of the text the title and the date may stand, in lines.
const WITHIN: usize = 12;

/// The parts of a title, as they are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Title<'t> {
    /// The number, where the title has it.
    number: Option<&'t str>,
    from: &'t str,
    to: &'t str,
}

/// Reads a title: `123. Telegram 722 From the Embassy in Iran to the Department of State`, `The Ambassador in France (Doe)
/// to the Secretary of State`.
fn title(line: &str) -> Option<Title<'_>> {
    let line =
        unnumbered(line).trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '*' | '[' | ']' | ' '));
    let kind = ["Circular Telegram", "Telegram", "Airgram"].iter().find_map(|word| line.strip_prefix(word));
    if let Some(rest) = kind {
        let rest = rest.trim_start();
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = rest.split_at(digits);
        let parties = rest.trim_start();
        let parties = parties.strip_prefix("From ").or_else(|| parties.strip_prefix("from "))?;
        let (from, to) = parties.split_once(" to ")?;
        return Some(Title { number: Some(number).filter(|number| !number.is_empty()), from, to });
    }
    let (from, to) = line.split_once(" to the ")?;
    let officer = |words: &str| OFFICERS.iter().any(|title| words.starts_with(title));
    let from_office = from.strip_prefix("The ").or_else(|| from.strip_prefix("the "))?;
    let to_office = to.strip_prefix("Acting ").unwrap_or(to);
    let named = from.contains(" in ") || from.contains(" at ") || from.ends_with("Secretary of State");
    (named
        && line.len() < 160
        && officer(from_office.strip_prefix("Acting ").unwrap_or(from_office))
        && officer(to_office))
    .then(|| Title { number: None, from, to: &line[line.len() - to.len() - 4..] })
}

/// How the editors name those who send and receive.
const OFFICERS: &[&str] = &[
    "Ambassador",
    "Appointed Ambassador",
    "Minister",
    "Chargé",
    "Consul",
    "Secretary of State",
    "Under Secretary of State",
    "Department of State",
    "Embassy",
    "Legation",
    "High Commissioner",
    "United States ",
    "Political Adviser",
    "Diplomatic Agent",
    "Officer in Charge",
];

/// A title without the number of the document: `[123]`, `123.`
fn unnumbered(line: &str) -> &str {
    let rest = line.strip_prefix('[').unwrap_or(line);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=4).contains(&digits) {
        return line;
    }
    rest[digits..].trim_start_matches([']', '.']).trim_start()
}

/// Place and date of a line `Paris, July 12, 1948—8 p.m.`
struct Dateline<'t> {
    place: &'t str,
    date: Date,
    printed: &'t str,
    minute: Option<(i8, i8)>,
}

fn dateline(line: &str) -> Option<Dateline<'_>> {
    if line.len() > 90 {
        return None;
    }
    let apart = line.replace('—', ", ");
    let (date, at, _) = datetime::written_date(&apart)?;
    let place = line.get(..at)?.trim_end_matches([' ', ',']);
    let name = !place.is_empty()
        && place.split(' ').count() <= 4
        && place.starts_with(char::is_uppercase)
        && !place.contains(':');
    // The signs between year and time are of several bytes.
    let year = date.year().to_string();
    let end = line.find(&year)? + year.len();
    name.then(|| Dateline {
        place,
        date,
        printed: line[at..].strip_suffix('.').filter(|rest| !rest.ends_with('m')).unwrap_or(&line[at..]),
        minute: head::clock(line[end..].trim_start_matches(['—', '–', ',', ' '])),
    })
}

/// Reads a document into `record`; the line where its text begins. `None` where it is none.
pub(crate) fn read(source: &Source<'_>, lines: Range<usize>, record: &mut Record) -> Option<usize> {
    let within = lines.start..lines.end.min(lines.start + WITHIN);
    let (at, title) = within.clone().find_map(|index| Some((index, title(source.line(index))?)))?;
    let below = at + 1..lines.end.min(at + WITHIN);
    let (date_at, line) = below.clone().find_map(|index| Some((index, dateline(source.line(index))?)))?;
    for index in below.clone().take_while(|index| *index < date_at) {
        marks::mark(source, source.line(index), record);
    }
    let mut text_from = date_at + 1;
    while text_from < lines.end && is_marking(source.line(text_from)) {
        marks::mark(source, source.line(text_from), record);
        text_from += 1;
    }
    let (hour, minute) = line.minute.unwrap_or((0, 0));
    record.dtg = Some(Spanned::new(line.date.at(hour, minute, 0, 0), source.span(line.printed)));
    record.dtg_printed = Some(line.printed.to_owned());
    let first = (text_from..lines.end).find(|&index| !source.line(index).is_empty())?;
    let number = title.number.or_else(|| number(source.line(first)));
    let post = |party: &str| head::post_of_embassy(party, line.date);
    let from_post = post(title.from).or_else(|| Some(crate::mrn::key(line.place)));
    if let (Some(number), Some(post)) = (number, &from_post) {
        let own = crate::mrn::canonical(line.date.year(), post, number);
        record.mrn = own.map(|own| Spanned::new(own.mrn, source.span(number)));
        record.mrn_printed = Some(number.to_owned());
    }
    let station = |party: &str, post| Station { plad: one_line(party), routing_indicator: None, post };
    record.from = Some(Spanned::new(station(title.from, from_post), source.span(title.from)));
    let to = Addressee { station: station(title.to, post(title.to)), ..Addressee::default() };
    record.to.push(Spanned::new(to, source.span(title.to)));
    labels(source, source.line(first), record);
    Some(first)
}

/// Whether a line below the date is blank, or says nothing but how secret and how urgent it is.
fn is_marking(line: &str) -> bool {
    const MARKS: &[&str] = &[
        "top",
        "secret",
        "confidential",
        "restricted",
        "unclassified",
        "priority",
        "niact",
        "urgent",
        "immediate",
        "plain",
    ];
    line.split_ascii_whitespace().all(|word| MARKS.iter().any(|mark| mark.eq_ignore_ascii_case(word)))
}

/// The telegram's number before its first words: `3622. Reference Deptel 2633`, `1284. My 1279`.
fn number(line: &str) -> Option<&str> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let stop = line[digits..].starts_with(". ") || line[digits..].starts_with('/');
    ((1..=6).contains(&digits) && stop && &line[..digits] != "1").then(|| &line[..digits])
}

/// Subject and references within the first line of the text: `Subj: Ferry tariffs. Ref: State 98123.`
fn labels(source: &Source<'_>, line: &str, record: &mut Record) {
    let year = record.dtg.as_ref().map(|dtg| dtg.value.year());
    let behind = |words: &[&str]| words.iter().find_map(|word| Some(&line[line.find(word)? + word.len()..]));
    let sentence = |rest: &'_ str| rest.find(". ").unwrap_or(rest.trim_end_matches('.').len());
    if let Some(rest) = behind(&["Subject: ", "Subj: "]) {
        crate::head::plain_subject(source, &rest[..sentence(rest)], record);
    }
    if let Some(rest) = behind(&["Refs: ", "Ref: ", "Reftel: "]) {
        reference::block(source, prefix(rest, sentence(rest)), year, record);
    }
}

/// Whether the editors' notes begin here: `1 Source: National Archives`, `1 Not printed.`
pub(crate) fn is_note(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&digits)
        && [" Source: ", " Not printed", "Source: "].iter().any(|start| line[digits..].starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_both_styles() {
        for (line, from, to) in [
            (
                "123. Telegram From the Embassy in Estmere to the Department of State1",
                "the Embassy in Estmere",
                "the Department of State",
            ),
            (
                "Telegram 722 From the Embassy in Estmere to the Department of State",
                "the Embassy in Estmere",
                "the Department of State",
            ),
            (
                "The Ambassador in Estmere (Doe) to the Secretary of State",
                "The Ambassador in Estmere (Doe)",
                "the Secretary of State",
            ),
            (
                "[47] The Acting Secretary of State to the Embassy in Valdoria",
                "The Acting Secretary of State",
                "the Embassy in Valdoria",
            ),
        ] {
            let read = title(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((read.from, read.to), (from, to), "{line}");
        }
        for line in [
            "The Minister in the chair gave the floor to the delegate",
            "Memorandum From Doe to Roe",
            "Telegram for you",
        ] {
            assert_eq!(title(line), None, "{line}");
        }
    }

    #[test]
    fn lines_of_place_and_date() {
        for (line, place, minute) in [
            ("Port Alder, July 12, 1948—8 p.m.", "Port Alder", Some((20, 0))),
            ("Valdoria, June 11, 1971, 1340Z.", "Valdoria", Some((13, 40))),
            ("Valdoria, June 11, 1949—noon", "Valdoria", Some((12, 0))),
            ("Valdoria, June 11, 1949.", "Valdoria", None),
        ] {
            let read = dateline(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((read.place, read.minute), (place, minute), "{line}");
        }
    }
}
