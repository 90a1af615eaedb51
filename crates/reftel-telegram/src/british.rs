//! Telegrams of the British diplomatic service, as they were printed up to the 1990s.
//!
//! `FM POST 030915Z APR 82`, `TO IMMEDIATE FCO`, `TELEGRAM NUMBER 112 OF 3 APRIL`, `INFO PRIORITY …`; below them a line
//! that says what it is about, without a label, behind the telegrams it refers to: `MY TELNO 108: FERRY DISPUTE`.
//! They have the originator and the addressees of ACP 127, and their number where no other service has it.

use crate::record::{Addressee, Record};
use crate::source::{Source, one_line};
use crate::{Spanned, address, datetime, head, mrn, reference, tables};

/// The number of a line `TELEGRAM NUMBER 112 OF 3 APRIL` or `TELNO 112`.
fn number(line: &str) -> Option<&str> {
    let rest = ["TELEGRAM NUMBER ", "TELEGRAM NO. ", "TELEGRAM NO ", "TELNO ", "TEL NO "]
        .iter()
        .find_map(|words| line.strip_prefix(words))?
        .trim_ascii_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let ends = rest[digits..].is_empty() || rest[digits..].starts_with([' ', ',', '.']);
    ((1..=5).contains(&digits) && ends).then(|| &rest[..digits])
}

/// Reads the line that has the telegram's number. `false` where it is another line.
pub(crate) fn number_line(source: &Source<'_>, line: &str, year: Option<i16>, record: &mut Record) -> bool {
    let Some(serial) = number(line).filter(|_| record.mrn_printed.is_none()) else { return false };
    let Some(from) = &mut record.from else { return false };
    from.value.post = post(&from.value.plad);
    // Not through the table of posts, to which WASHINGTON is a department.
    let digits = serial.trim_start_matches('0');
    let number = from.value.post.as_deref().zip(year).filter(|_| !digits.is_empty());
    let number = number.map(|(post, year)| mrn::put_together(year, [post, digits]));
    record.mrn = number.map(|number| Spanned::new(number, source.span(serial)));
    let end = source.span(serial).end - source.span(line).start;
    record.mrn_printed = Some(one_line(&line[..end]));
    true
}

/// The post of a name: that of the tables, but WASHINGTON is the embassy there and no department.
fn post(name: &str) -> Option<String> {
    if let Some(known) = tables::canonical_post(name).filter(|known| *known != "STATE") {
        return Some(known.to_owned());
    }
    let letters = name.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b' ' | b'-' | b'\'' | b'.'));
    Some(mrn::key(name)).filter(|key| letters && !key.is_empty())
}

/// Whether the telegram's number was read from such a line.
pub(crate) fn is_numbered(record: &Record) -> bool {
    record.mrn_printed.as_deref().is_some_and(|printed| number(printed).is_some())
}

/// Reads addressees behind their precedence, `IMMEDIATE UKMIS NEW YORK, WASHINGTON`; none where the line is of another
/// form.
pub(crate) fn addressees(line: &str) -> Vec<(&str, Addressee)> {
    let Some((word, names)) = line.split_once(' ') else { return Vec::new() };
    let Some((precedence, true)) = address::precedence_word(word) else { return Vec::new() };
    let mut depth = 0;
    let apart = names.split(|c: char| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        c == ',' && depth <= 0
    });
    apart
        .map(str::trim_ascii)
        .filter_map(|name| {
            // `IMMEDIATE UKMIS NEW YORK, PRIORITY VALDORIA`
            let (own, name) =
                match name.split_once(' ').map(|(word, rest)| (address::precedence_word(word), rest)) {
                    Some((Some((own, true)), rest)) => (own, rest.trim_ascii()),
                    _ => (precedence, name),
                };
            let mut addressee = address::addressee(name).addressee?;
            addressee.precedence = addressee.precedence.or(Some(own));
            addressee.station.post = post(name);
            Some((name, addressee))
        })
        .collect()
}

/// The originator and the date-time group of a line that has both.
pub(crate) fn name_and_group(line: &str) -> Option<(&str, datetime::Found)> {
    let at = line.find(|c: char| c.is_ascii_digit()).filter(|at| line[..*at].ends_with(' '))?;
    let found = datetime::find(line, at)?;
    Some((line[..at].trim_ascii(), found)).filter(|(name, _)| !name.is_empty())
}

/// Reads what a telegram is about, and what it refers to, from the lines between the addressees and the first
/// paragraph. `text` is a part of `source`.
pub(crate) fn subject(source: &Source<'_>, text: &str, year: Option<i16>, record: &mut Record) {
    let refers = |words: &str| {
        ["TELNO", "TELNOS", "MIPT", "MIFT", "TELEGRAM", "TELEGRAMS"]
            .iter()
            .any(|word| words.split(|c: char| !c.is_ascii_alphanumeric()).any(|other| other == *word))
    };
    let (before, about) = match text.split_once(':') {
        Some((before, about)) if refers(before) => (before, about),
        _ if refers(text) => (text, ""),
        _ => ("", text),
    };
    for part in apart(before) {
        reference::block(source, part, year, record);
    }
    head::plain_subject(source, about, record);
}

/// Cuts `MY TELNO 108 AND YOUR TELNO 85` where the next begins to say whose it is.
fn apart(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices([' ', ',']) {
        // Of several blanks the first has cut already.
        if at < start {
            continue;
        }
        let next = text[at..].trim_start_matches([' ', ',']);
        if ["MY ", "YOUR ", "OUR "].iter().any(|word| next.starts_with(word)) {
            parts.push(&text[start..at]);
            start = text.len() - next.len();
        }
    }
    parts.push(&text[start..]);
    parts
        .iter()
        .map(|part| part.trim_ascii().trim_end_matches(" AND").trim_end_matches(','))
        .filter(|part| !part.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_cut_apart_whatever_stands_between_them() {
        for (text, want) in [
            ("MY TELNO 108 AND YOUR TELNO 85", ["MY TELNO 108", "YOUR TELNO 85"]),
            ("MY TELNO 108,  YOUR TELNO 85", ["MY TELNO 108", "YOUR TELNO 85"]),
            ("MY TELNO 108 AND   YOUR TELNO 85 ", ["MY TELNO 108", "YOUR TELNO 85"]),
        ] {
            assert_eq!(apart(text), want, "{text}");
        }
    }
}
