//! Message text formatting sets of general messages: `SUBJ/…//`, `REF/A/…//`, `NARR/…//`, `RMKS/1. …`.

use std::ops::Range;

use crate::record::{Record, Reference, ReferenceKind, Subject, YearSource};
use crate::source::Source;
use crate::{Context, Spanned, datetime, mrn};

/// The names of the sets that are read.
const SETS: &[&str] = &["MSGID", "SUBJ", "REF", "NARR", "AMPN", "POC", "RMKS", "GENTEXT", "EXER", "OPER"];

/// A set's name at the start of a line, in any letters, and what stands behind its slant.
fn set(line: &str) -> Option<(&'static str, &str)> {
    let slant = line.as_bytes()[..line.len().min(12)].iter().position(|b| *b == b'/')?;
    let name = line[..slant].trim_end();
    let set = SETS.iter().find(|set| set.eq_ignore_ascii_case(name))?;
    Some((set, &line[slant + 1..]))
}

/// A line without the name of the set that holds the remarks: `RMKS/1. …`.
pub(crate) fn words_of(line: &str) -> &str {
    if !matches!(line.as_bytes().first(), Some(b'R' | b'G' | b'r' | b'g')) {
        return line;
    }
    match set(line) {
        Some(("RMKS", rest)) => rest.trim_ascii_start(),
        Some(("GENTEXT", rest)) => rest.split_once('/').map_or(rest, |split| split.1).trim_ascii_start(),
        _ => line,
    }
}

/// Reads the sets that begin at `lines.start`; the line where the remarks begin. `None` where there are none.
pub(crate) fn read<'t>(
    source: &Source<'t>,
    lines: Range<usize>,
    context: &Context,
    record: &mut Record,
) -> Option<usize> {
    let first =
        (lines.start..lines.end.min(lines.start + 40)).find(|&index| set(source.line(index)).is_some())?;
    number_above(source, lines.start..first, record);
    let mut index = first;
    let mut labelled = false;
    while index < lines.end {
        let line = source.line(index);
        match set(line) {
            Some(("RMKS" | "GENTEXT", _)) => return Some(index),
            Some((name, rest)) => {
                let end = set_end(source, index, lines.end);
                let from = source.span(rest).start;
                let text = source.text[from..source.lines[end - 1].end].trim_ascii();
                let text = text.split("//").next().unwrap_or(text);
                match name {
                    "SUBJ" => subject(source, text, record),
                    "REF" => {
                        labelled = true;
                        reference(source, text, context, record);
                    }
                    "NARR" | "AMPN" => narrative(text, record),
                    _ => {}
                }
                index = end;
            }
            None if line.is_empty() || labelled => index += 1,
            None => index += 1,
        }
    }
    Some(index.min(lines.end))
}

/// The number of a general message may stand above the sets: `NAVADMIN 123/15`.
fn number_above(source: &Source<'_>, lines: Range<usize>, record: &mut Record) {
    if record.mrn.is_some() {
        return;
    }
    for index in lines {
        let line = source.line(index);
        if let Some((number, len)) = mrn::general_message(line) {
            record.mrn = Some(Spanned::new(number, source.span(&line[..len])));
            record.mrn_printed = Some(line[..len].to_owned());
            return;
        }
    }
}

/// The line after the one that closes the set with `//`, or where the next set begins.
fn set_end(source: &Source<'_>, start: usize, end: usize) -> usize {
    let mut index = start;
    loop {
        let line = source.line(index);
        index += 1;
        if line.contains("//") || index >= end {
            return index;
        }
        if set(source.line(index)).is_some() {
            return index;
        }
    }
}

fn subject(source: &Source<'_>, text: &str, record: &mut Record) {
    if record.subject.is_some() {
        return;
    }
    let printed = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    if printed.is_empty() {
        return;
    }
    let subject = Subject { text: printed.clone(), printed, portion: None };
    record.subject = Some(Spanned::new(subject, source.span(text)));
}

/// `A/DOC/DOD CIO/09MAY2019`, `B/MSG/CNO WASHINGTON DC/141554ZJAN15`
fn reference(source: &Source<'_>, text: &str, context: &Context, record: &mut Record) {
    let fields: Vec<&str> = text.split('/').map(str::trim).collect();
    let label =
        fields.first().filter(|label| label.len() == 1 && label.bytes().all(|b| b.is_ascii_alphabetic()));
    let numbered = (0..text.len())
        .filter(|&at| {
            text.is_char_boundary(at) && (at == 0 || matches!(text.as_bytes()[at - 1], b'/' | b' '))
        })
        .find_map(|at| mrn::general_message(&text[at..]));
    let kind = match fields.get(1).map(|kind| kind.to_ascii_uppercase()).as_deref() {
        _ if numbered.is_some() => ReferenceKind::Telegram,
        Some("MSG" | "RMG" | "GENADMIN" | "NAVGRAM") => ReferenceKind::Dtg,
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
    let _ = context;
    let reference = Reference {
        label: label.map(|label| label.to_ascii_uppercase()),
        kind,
        printed: text.split_ascii_whitespace().collect::<Vec<_>>().join(" "),
        year: numbered.as_ref().map(|_| YearSource::Printed),
        mrn: numbered.map(|number| number.0),
        notal: text.contains("NOTAL"),
        captions: Vec::new(),
        and_previous: false,
    };
    record.references.push(Spanned::new(reference, source.span(text)));
}

/// `REF D IS NAVADMIN 011/15, …`: the narrative says which general message a lettered reference is.
fn narrative(text: &str, record: &mut Record) {
    let mut at = 0;
    let upper = text.to_ascii_uppercase();
    let mut letter: Option<char> = None;
    while at < upper.len() {
        if !upper.is_char_boundary(at) || (at > 0 && upper.as_bytes()[at - 1].is_ascii_alphanumeric()) {
            at += 1;
            continue;
        }
        if let Some(rest) = ["REF ", "REF (", "REFERENCE ", "REFERENCE ("]
            .iter()
            .find_map(|word| upper[at..].strip_prefix(word))
        {
            let bytes = rest.trim_start_matches(['(', ' ']).as_bytes();
            if let [found @ b'A'..=b'Z', after, ..] = bytes {
                if !after.is_ascii_alphanumeric() {
                    letter = Some(char::from(*found));
                }
            }
        } else if let Some((number, len)) = mrn::general_message(&upper[at..]) {
            if let Some(letter) = letter.take() {
                let label = letter.to_string();
                if let Some(entry) = record
                    .references
                    .iter_mut()
                    .find(|entry| entry.value.label.as_deref() == Some(&label) && entry.value.mrn.is_none())
                {
                    entry.value.mrn = Some(number);
                    entry.value.kind = ReferenceKind::Telegram;
                    entry.value.year = Some(YearSource::Printed);
                }
            }
            at += len;
            continue;
        }
        at += 1;
    }
}
