//! Lines of markings below a head: `MOST IMMEDIATE SECRET`.

use std::ops::Range;

use crate::datetime::words;
use crate::record::{Classification, Precedence, Record};
use crate::source::Source;
use crate::{Span, Spanned};

/// How much of a line is markings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marks {
    None,
    Some,
    All,
}

/// Words that mark a telegram: classification, precedence, and for whose eyes.
const MARKS: &[&str] = &[
    "SECRET",
    "MOST",
    "TOP",
    "CONFIDENTIAL",
    "RESTRICTED",
    "UNCLASSIFIED",
    "IMMEDIATE",
    "IMPORTANT",
    "PRIORITY",
    "ROUTINE",
    "FLASH",
    "URGENT",
    "PERSONAL",
    "AUSTEO",
    "GUARD",
    "EMERGENCY",
];

/// Words that may stand among markings.
const AMONG: &[&str] = &["AND", "&", "STRICTLY", "HIMSELF", "ALONE", "ONLY", "FOR", "THE", "LINE"];

/// How much of a line is markings.
pub(super) fn read_marks(line: &str) -> Marks {
    let capitals = !line.bytes().any(|b| b.is_ascii_lowercase());
    // Words in small letters mark only where nothing else stands on the line.
    let (mut marks, mut soft, mut others) = (0, 0, 0);
    for word in line.split([' ', '/', ',', '.', '(', ')', '-']).filter(|word| !word.is_empty()) {
        let shout = word.bytes().all(|b| !b.is_ascii_lowercase());
        let known = MARKS.iter().any(|mark| mark.eq_ignore_ascii_case(word));
        if known && shout {
            marks += 1;
        } else if known && word.as_bytes()[0].is_ascii_uppercase() {
            soft += 1;
        } else if !capitals && !AMONG.contains(&word) && !word.starts_with('[') {
            others += 1;
            if marks == 0 || !shout {
                break;
            }
        }
    }
    match (marks, soft, others) {
        (0, 0, _) => Marks::None,
        (_, _, 0) if line.len() <= 120 => Marks::All,
        (0, ..) => Marks::None,
        _ => Marks::Some,
    }
}

/// Reads the markings of one line.
pub(crate) fn mark(source: &Source<'_>, line: &str, record: &mut Record) {
    let end = marked_length(line);
    let upper = line[..end].to_ascii_uppercase();
    let find = |name: &str| {
        upper.match_indices(name).map(|(at, _)| at).find(|&at| {
            let letter = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
            !letter(at.checked_sub(1).and_then(|before| upper.as_bytes().get(before)))
                && !letter(upper.as_bytes().get(at + name.len()))
        })
    };
    let place = |name: &str| Some(source.span(&line[find(name)?..][..name.len()]));
    if record.classification.is_none() {
        record.classification = first_of(CLASSIFICATIONS, place);
    }
    if record.precedence.is_none() {
        record.precedence = first_of(PRECEDENCES, place);
    }
}

/// Words for classifications; those that hold another stand before it.
const CLASSIFICATIONS: &[(&str, Classification)] = &[
    ("MOST SECRET", Classification::TopSecret),
    ("TOP SECRET", Classification::TopSecret),
    ("SECRET", Classification::Secret),
    ("CONFIDENTIAL", Classification::Confidential),
    ("RESTRICTED", Classification::Restricted),
    ("UNCLASSIFIED", Classification::Unclassified),
];

/// Words for precedences; those that hold another stand before it.
const PRECEDENCES: &[(&str, Precedence)] = &[
    ("MOST IMMEDIATE", Precedence::Flash),
    ("FLASH", Precedence::Flash),
    ("IMMEDIATE", Precedence::Immediate),
    ("IMPORTANT", Precedence::Priority),
    ("PRIORITY", Precedence::Priority),
    ("ROUTINE", Precedence::Routine),
];

/// What the first of some words that has a place says.
fn first_of<T: Copy>(words: &[(&str, T)], place: impl Fn(&str) -> Option<Span>) -> Option<Spanned<T>> {
    words.iter().find_map(|(word, value)| Some(Spanned::new(*value, place(word)?)))
}

/// How far the markings reach that a line begins with: to the first word in small letters that is none.
fn marked_length(line: &str) -> usize {
    let small = words(line).find(|(_, word)| {
        let core = word.trim_matches([',', '.', '(', ')']);
        core.bytes().any(|b| b.is_ascii_lowercase())
            && !MARKS.iter().any(|mark| mark.eq_ignore_ascii_case(core))
    });
    small.map_or(line.len(), |(at, _)| at)
}

/// The lines of markings below the head: `MOST IMMEDIATE SECRET`. Returns where the text begins.
pub(crate) fn markings(source: &Source<'_>, lines: Range<usize>, record: &mut Record) -> usize {
    let mut index = lines.start;
    while index < lines.end && index < lines.start + 6 {
        let line = source.line(index);
        match read_marks(line) {
            _ if line.is_empty() => {}
            Marks::All => mark(source, line, record),
            Marks::Some => {
                mark(source, line, record);
                break;
            }
            Marks::None => break,
        }
        index += 1;
    }
    index
}
