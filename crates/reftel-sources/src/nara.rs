//! Exported texts of the Central Foreign Policy Files: `Message Text`, and `Message Attributes` below it.

use std::ops::Range;

use jiff::civil::DateTime;
use reftel_telegram::Span;

use crate::Field;
use crate::document::{Document, Places, Stated};

/// The keys of the attributes, longest first where one begins another, and what they mean.
///
/// Source: docs/format.md; the keys are those of the Archives' exported files.
const KEYS: &[(&str, Field)] = &[
    ("Automatic Decaptioning", Field::Other),
    ("Capture Date", Field::Other),
    ("Channel Indicators", Field::Other),
    ("Concepts", Field::Other),
    ("Control Number", Field::Other),
    ("Copy", Field::Other),
    ("Current Classification", Field::Other),
    ("Current Handling Restrictions", Field::Other),
    ("Decaption Date", Field::Other),
    ("Decaption Note", Field::Other),
    ("Disposition Action", Field::Other),
    ("Disposition Approved on Date", Field::Other),
    ("Disposition Authority", Field::Other),
    ("Disposition Case Number", Field::Other),
    ("Disposition Comment", Field::Other),
    ("Disposition Date", Field::Other),
    ("Disposition Event", Field::Other),
    ("Disposition History", Field::Other),
    ("Disposition Reason", Field::Other),
    ("Disposition Remarks", Field::Other),
    ("Document Number", Field::Number),
    ("Document Source", Field::Other),
    ("Document Unique ID", Field::Other),
    ("Draft Date", Field::Date),
    ("Drafter", Field::Drafter),
    ("Enclosure", Field::Other),
    ("Errors", Field::Other),
    ("Executive Order", Field::Other),
    ("Film Number", Field::Source),
    ("From", Field::From),
    ("Handling Restrictions", Field::Other),
    ("Image Path", Field::Other),
    ("ISecure", Field::Other),
    ("Legacy Key", Field::Id),
    ("Line Count", Field::Other),
    ("Litigation Code Aliases", Field::Other),
    ("Litigation Codes", Field::Other),
    ("Litigation History", Field::Other),
    ("Locator", Field::Other),
    ("Markings", Field::Other),
    ("Message ID", Field::Other),
    ("Office", Field::Other),
    ("Original Classification", Field::Classification),
    ("Original Handling Restrictions", Field::Caption),
    ("Original Previous Classification", Field::Other),
    ("Original Previous Handling Restrictions", Field::Other),
    ("Page Count", Field::Other),
    ("Previous Channel Indicators", Field::Other),
    ("Previous Classification", Field::Other),
    ("Previous Handling Restrictions", Field::Other),
    ("Reference", Field::References),
    ("Retention", Field::Other),
    ("Review Action", Field::Other),
    ("Review Authority", Field::Other),
    ("Review Comment", Field::Other),
    ("Review Content Flags", Field::Other),
    ("Review Date", Field::Other),
    ("Review Event", Field::Other),
    ("Review Exemptions", Field::Other),
    ("Review History", Field::Other),
    ("Review Markings", Field::Other),
    ("Review Media Identifier", Field::Other),
    ("Review Referrals", Field::Other),
    ("Review Release Date", Field::Other),
    ("Review Release Event", Field::Other),
    ("Review Transfer Date", Field::Other),
    ("Review Withdrawn Fields", Field::Withheld),
    ("SAS ID", Field::Other),
    ("Secure", Field::Other),
    ("Sent Date", Field::Date),
    ("Status", Field::Other),
    ("Subject", Field::Subject),
    ("TAGS", Field::Tags),
    ("To", Field::To),
    ("Type", Field::Other),
    ("Withdrawal", Field::Withheld),
];

/// How the Archives write dates: four forms.
const DATES: &[&str] = &["%d %b %Y", "%d-%b-%Y %I:%M:%S %p", "%d-%b-%Y", "%d/%m/%Y", "%Y-%m-%d"];

/// A date, unless it is one of the two that stand for none: 1 January 1960, and 1 January 1994, when all was taken in.
pub(crate) fn date(value: &str) -> Option<DateTime> {
    let value = value.trim();
    let date = DATES.iter().find_map(|form| {
        let read = jiff::fmt::strtime::parse(form, value).ok()?;
        read.to_datetime().or_else(|_| read.to_date().map(|date| date.at(0, 0, 0, 0))).ok()
    })?;
    let none = [jiff::civil::date(1960, 1, 1), jiff::civil::date(1994, 1, 1)];
    (!none.contains(&date.date())).then_some(date)
}

/// Lines: where each begins and ends, without its end.
fn lines(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]).map(move |end| {
        let line = start..end;
        start = end + 1;
        line
    })
}

fn is(bytes: &[u8], line: &Range<usize>, words: &str) -> bool {
    let line = bytes.get(line.clone()).unwrap_or_default().trim_ascii();
    line.strip_suffix(b":").unwrap_or(line) == words.as_bytes()
}

/// Cuts a file at its documents. One file has one, as a rule.
pub(crate) fn split(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut cuts = vec![0];
    let mut closed = false;
    for line in lines(bytes) {
        let attributes = is(bytes, &line, "Message Attributes");
        if closed && (attributes || is(bytes, &line, "Message Text")) {
            cuts.push(line.start);
            closed = false;
        }
        closed |= attributes;
    }
    let ends = cuts.iter().skip(1).copied().chain([bytes.len()]).collect::<Vec<_>>();
    cuts.into_iter().zip(ends).map(|(start, end)| start..end).collect()
}

/// Where the attributes begin: there the telegram's text ends.
pub(crate) fn text_end(bytes: &[u8]) -> usize {
    lines(bytes).find(|line| is(bytes, line, "Message Attributes")).map_or(bytes.len(), |line| line.start)
}

/// Reads a document: its text up to the attributes, and the attributes.
pub(crate) fn document(bytes: &[u8]) -> Document {
    let end = text_end(bytes);
    let text = reftel_telegram::decode(&bytes[..end]).0.into_owned();
    let mut stated = attributes(bytes, end);
    let own = text.trim().strip_prefix("Message Text").map_or(text.trim(), str::trim);
    let upper = own.get(..own.floor_char_boundary(600)).unwrap_or("").to_ascii_uppercase();
    let withdrawn = ["WITHDRAWN", "WITHDRAWAL"].iter().any(|word| upper.contains(word))
        && own.lines().filter(|line| !line.trim().is_empty()).count() <= 12;
    if withdrawn || own.is_empty() {
        let value = if withdrawn { "withdrawn" } else { "no text" };
        let span = Span::new(0, end);
        stated.push(Stated {
            field: Field::Withheld,
            name: "Message Text".to_owned(),
            value: value.to_owned(),
            span,
        });
    }
    Document { text, places: Places::default(), stated, notes: Vec::new(), telegram: Some(true) }
}

/// The attributes. A value may go on in the lines below it.
fn attributes(bytes: &[u8], from: usize) -> Vec<Stated> {
    let mut list: Vec<Stated> = Vec::new();
    for line in lines(&bytes[from.min(bytes.len())..]).skip(1) {
        let line = line.start + from..line.end + from;
        let text = String::from_utf8_lossy(bytes.get(line.clone()).unwrap_or_default());
        let key = text.split_once(':').and_then(|(name, value)| {
            let (name, field) = KEYS.iter().find(|(key, _)| *key == name.trim())?;
            Some((*name, *field, value))
        });
        match key {
            Some((name, field, value)) => {
                let value = value.trim().to_owned();
                list.push(Stated {
                    field,
                    name: name.to_owned(),
                    value,
                    span: Span::new(line.start, line.end),
                });
            }
            None => {
                if let Some(last) = list.last_mut().filter(|_| !text.trim().is_empty()) {
                    if !last.value.is_empty() {
                        last.value.push(' ');
                    }
                    last.value.push_str(text.trim());
                    last.span.end = line.end;
                }
            }
        }
    }
    list.retain(|stated| !matches!(stated.value.as_str(), "" | "n/a" | "N/A"));
    for stated in &mut list {
        if stated.field == Field::Date && date(&stated.value).is_none()
            || stated.field == Field::Withheld && stated.value.eq_ignore_ascii_case("none")
        {
            stated.field = Field::Other;
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_forms_of_dates_and_two_that_say_nothing() {
        for (value, want) in [
            ("05 NOV 1974", Some("1974-11-05T00:00:00")),
            ("05-Nov-1974 03:30:00 pm", Some("1974-11-05T15:30:00")),
            ("20 Mar 2014", Some("2014-03-20T00:00:00")),
            ("31/12/2019", Some("2019-12-31T00:00:00")),
            ("01 JAN 1960", None),
            ("01-Jan-1960 12:00:00 am", None),
            ("01 JAN 1994", None),
            ("n/a", None),
        ] {
            assert_eq!(date(value).map(|date| date.to_string()).as_deref(), want, "{value}");
        }
    }

    #[test]
    fn a_value_goes_on_in_the_next_line() {
        let text = b"Message Text\n\n\n\n\n\nMessage Attributes\n\nSubject: FERRY\n  TARIFF\nDraft Date: 01 JAN 1960\nTo: STATE\n";
        let document = document(text);
        let find = |field| {
            document.stated.iter().find(|stated| stated.field == field).map(|stated| stated.value.as_str())
        };
        assert_eq!(
            (find(Field::Subject), find(Field::Date), find(Field::To)),
            (Some("FERRY TARIFF"), None, Some("STATE"))
        );
        assert_eq!(find(Field::Withheld), Some("no text"));
    }

    #[test]
    fn documents_behind_one_another_are_cut() {
        let text = b"Message Text\na\nMessage Attributes\nTo: X\nMessage Text\nb\nMessage Attributes\nTo: Y\nMessage Attributes\nTo: Z\n";
        assert_eq!(split(text).len(), 3);
        assert_eq!(split(b"").len(), 1);
    }
}
