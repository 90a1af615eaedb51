//! Telegrams as edited volumes print them: front matter, then `Cablegram 1199 WASHINGTON, 23 December 1941`.

use std::ops::Range;

use crate::datetime::{self, words};
use crate::record::{Addressee, Classification, Precedence, Record, Station};
use crate::source::Source;
use crate::{Spanned, heading, mrn, tables};

/// The parts of a printed head.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Head<'t> {
    /// Digits, perhaps with the letters of a series before them: `UN970`.
    number: Option<&'t str>,
    place: &'t str,
    date: jiff::civil::Date,
    date_at: usize,
    date_end: usize,
    minute: Option<(i8, i8)>,
}

/// The canonical number of a printed head, `Cablegram 1199 WASHINGTON, 23 December 1941` or
/// `Telegram 722 From the Embassy in Iran …, May 5, 1971`.
pub(crate) fn number_of_head(line: &str) -> Option<String> {
    if let Some(number) = embassy_head(line) {
        return Some(number);
    }
    let head = head(line)?;
    number(&head)
}

fn number(head: &Head<'_>) -> Option<String> {
    let serial = head.number?;
    let letters = serial.bytes().take_while(|b| !b.is_ascii_digit()).count();
    let place: String =
        head.place.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    if place.is_empty() {
        return None;
    }
    let digits = serial[letters..].trim_start_matches('0');
    let series: String = serial[..letters]
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    (!digits.is_empty()).then(|| format!("{:02}{place}{series}{digits}", head.date.year().rem_euclid(100)))
}

/// The words that begin a head.
fn kind(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("Circular ").map_or(line, |rest| rest.trim_start());
    for word in ["Cablegram", "cablegram", "Savingram", "Telegram", "Teletype", "Cable"] {
        if let Some(after) = rest.strip_prefix(word) {
            let after = after.strip_prefix('s').unwrap_or(after);
            return after.starts_with([' ', ',']).then(|| after.trim_start_matches([' ', ',']));
        }
    }
    None
}

/// Reads `[number] [PLACE], date[, time]`.
fn head(line: &str) -> Option<Head<'_>> {
    let rest = kind(line)?;
    if line.len() > 160 {
        return None;
    }
    let (date, date_at, date_end) = datetime::written_date(rest)?;
    let before = rest[..date_at].trim_end_matches([' ', ',', '[', '(']);
    let (number, place) = number_and_place(before);
    let base = line.len() - rest.len();
    let minute = clock(&rest[date_end..]);
    Some(Head { number, place, date, date_at: base + date_at, date_end: base + date_end, minute })
}

/// The number and the place of `UN970 (extract) NEW YORK`.
fn number_and_place(text: &str) -> (Option<&str>, &str) {
    let list: Vec<(usize, &str)> = words(text).collect();
    let mut number = None;
    let mut place_from = text.len();
    for (index, &(at, word)) in list.iter().enumerate() {
        let core = word.trim_matches(['[', ']', ',', '(', ')', '.']);
        let capitals = core.len() >= 3
            && core.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b'-' | b'\'' | b'.'));
        if core.bytes().any(|b| b.is_ascii_digit()) && !word.starts_with('[') && number.is_none() {
            // `Hag 181`, `United Nations 12`: the series is the words before it.
            let start = if index > 0 && core.bytes().all(|b| b.is_ascii_digit()) { list[0].0 } else { at };
            let end = at + word.trim_end_matches([',', '.', ')', ']']).len();
            number = Some(text[start..end].split(['[', '/']).next().unwrap_or(""))
                .filter(|n| n.bytes().last().is_some_and(|b| b.is_ascii_alphanumeric()));
        } else if capitals
            && (number.is_some()
                || list.iter().skip(index).all(|(_, w)| !w.bytes().any(|b| b.is_ascii_digit())))
        {
            place_from = at;
            break;
        }
    }
    (number, text[place_from.min(text.len())..].trim_end_matches([',', ' ', '.', ']']))
}

/// The time behind the date: `, 7.29 p.m.`, `, noon`, `, 1402Z`.
fn clock(text: &str) -> Option<(i8, i8)> {
    let text = text.trim_start_matches([',', ' ', ']']);
    if let Some((digits, _)) = text.split_once('Z')
        && digits.len() == 4
    {
        return Some((digits[..2].parse().ok()?, digits[2..].parse().ok()?));
    }
    if text.starts_with("noon") || text.starts_with("12 noon") {
        return Some((12, 0));
    }
    if text.starts_with("midnight") {
        return Some((0, 0));
    }
    let digits = text.bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b':')).count();
    let (figures, after) = text.split_at(digits);
    let figures = figures.trim_end_matches('.');
    let (hour, minute) = figures.split_once(['.', ':']).unwrap_or((figures, "0"));
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    let after = after.trim_start();
    let hour = match (
        after.starts_with("p.m") || after.starts_with("pm"),
        after.starts_with("a.m") || after.starts_with("am"),
    ) {
        (true, _) if hour < 12 => hour + 12,
        (_, true) if hour == 12 => 0,
        (true, _) | (_, true) => hour,
        _ => return None,
    };
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some((hour, minute))
}

/// `Telegram 722 From the Embassy in Iran to the Department of State, May 5, 1971`
fn embassy_head(line: &str) -> Option<String> {
    let rest = kind(line)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let after = rest[digits..].trim_start();
    let lower = after.to_ascii_lowercase();
    let from = lower.strip_prefix("from ")?;
    let after = &after[after.len() - from.len()..];
    let (date, at, _) = datetime::written_date(rest).or_else(|| year_alone(rest))?;
    let _ = at;
    let place = after.to_ascii_lowercase();
    let name = if place.starts_with("the department of state") {
        "STATE".to_owned()
    } else {
        let at = place.find(" in ").or_else(|| place.find(" at "))?;
        let stop = place[at + 4..].find([',', '(']).unwrap_or(place.len() - at - 4);
        let named = &after[at + 4..at + 4 + stop];
        let named = named
            .split(" to the ")
            .next()
            .unwrap_or(named)
            .split(" to ")
            .next()
            .unwrap_or(named)
            .trim()
            .trim_end_matches(['.', '…', ' ']);
        embassy_in(named).map(str::to_owned).or_else(|| mrn::post_name(named).map(|name| name.0))?
    };
    (digits > 0).then(|| {
        format!("{:02}{name}{}", date.year().rem_euclid(100), rest[..digits].trim_start_matches('0'))
    })
}

/// The embassy in a country, by the country's name in the list of TAGS.
fn embassy_in(country: &str) -> Option<&'static str> {
    let year = Some(2005);
    tables::posts()
        .filter(|post| post.plad.starts_with("AMEMBASSY"))
        .find(|post| {
            tables::tag(post.country_tag, year).is_some_and(|tag| tag.label.eq_ignore_ascii_case(country))
        })
        .map(|post| post.name)
}

/// A year of four digits as the last word, where no date can be read.
fn year_alone(text: &str) -> Option<(jiff::civil::Date, usize, usize)> {
    let (at, word) = words(text).last()?;
    let word = word.trim_end_matches(['.', ',', ')', ']']);
    let year: i16 = word.parse().ok().filter(|year| (1700..2200).contains(year) && word.len() == 4)?;
    Some((jiff::civil::Date::new(year, 1, 1).ok()?, at, at + word.len()))
}

/// Reads a volume's document into `record`; the line where its text begins. `None` where it is none.
pub(crate) fn read(source: &Source<'_>, lines: Range<usize>, record: &mut Record) -> Option<usize> {
    let mut from = lines.start;
    while from < lines.end && source.line(from).is_empty() {
        from += 1;
    }
    let mut title = None;
    if source.line(from) == "---" {
        let close = (from + 1..lines.end.min(from + 80)).find(|&index| source.line(index) == "---")?;
        title =
            (from + 1..close).map(|index| source.line(index)).find_map(|line| line.strip_prefix("title:"));
        from = close + 1;
    }
    let at = (from..lines.end.min(from + 12)).find(|&index| kind(source.line(index)).is_some())?;
    let line = source.line(at);
    let head = head(line)?;
    let printed_to = if head.place.is_empty() {
        head.date_at
    } else {
        source.span(head.place).end - source.span(line).start
    };
    if let Some(mrn) = number(&head) {
        let printed = line[..printed_to].trim_end_matches([' ', ',']);
        record.mrn = Some(Spanned::new(mrn, source.span(printed)));
        record.mrn_printed = Some(printed.to_owned());
    }
    let (hour, minute) = head.minute.unwrap_or((0, 0));
    let printed = &line[head.date_at..];
    record.dtg = Some(Spanned::new(head.date.at(hour, minute, 0, 0), source.span(printed)));
    record.dtg_printed = Some(printed.to_owned());
    if let Some(title) = title {
        parties(source, title, head.place, record);
    }
    if record.from.is_none() && !head.place.is_empty() {
        record.from = Some(Spanned::new(heading::named(head.place), source.span(head.place)));
    }
    Some(markings(source, at + 1..lines.end, record))
}

/// `Embassy in Washington to Department of External Affairs`
fn parties(source: &Source<'_>, title: &str, place: &str, record: &mut Record) {
    let title = title.trim().trim_matches(['\'', '"']);
    let Some((from, to)) = title.split_once(" to ") else { return };
    let (from, to) = (from.trim_end_matches([',', ' ']), to.trim());
    let post: String = place.chars().filter(char::is_ascii_alphanumeric).collect();
    let post = (!post.is_empty()).then_some(post);
    record.from = Some(Spanned::new(
        Station { plad: from.to_owned(), routing_indicator: None, post },
        source.span(from),
    ));
    let station = Station { plad: to.to_owned(), routing_indicator: None, post: None };
    record.to.push(Spanned::new(Addressee { station, ..Addressee::default() }, source.span(to)));
}

/// The line of markings below the head: `MOST IMMEDIATE SECRET`. Returns where the text begins.
fn markings(source: &Source<'_>, lines: Range<usize>, record: &mut Record) -> usize {
    let mut index = lines.start;
    while index < lines.end && index < lines.start + 6 {
        let line = source.line(index);
        if line.is_empty() {
            index += 1;
            continue;
        }
        if line.bytes().any(|b| b.is_ascii_lowercase()) || line.len() > 90 {
            break;
        }
        let mut found = false;
        for (word, class) in [
            ("MOST SECRET", Classification::TopSecret),
            ("TOP SECRET", Classification::TopSecret),
            ("SECRET", Classification::Secret),
            ("CONFIDENTIAL", Classification::Confidential),
            ("RESTRICTED", Classification::Restricted),
            ("UNCLASSIFIED", Classification::Unclassified),
        ] {
            if let Some(at) = line.find(word) {
                record.classification = Some(Spanned::new(class, source.span(&line[at..at + word.len()])));
                found = true;
                break;
            }
        }
        for (word, precedence) in [
            ("MOST IMMEDIATE", Precedence::Flash),
            ("IMMEDIATE", Precedence::Immediate),
            ("IMPORTANT", Precedence::Priority),
            ("PRIORITY", Precedence::Priority),
            ("ROUTINE", Precedence::Routine),
        ] {
            if let Some(at) = line.find(word) {
                record.precedence = Some(Spanned::new(precedence, source.span(&line[at..at + word.len()])));
                found = true;
                break;
            }
        }
        if !found {
            break;
        }
        index += 1;
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_edited_volumes() {
        for (line, mrn, time) in [
            ("Cablegram 1199 WASHINGTON, 23 December 1941", Some("41WASHINGTON1199"), None),
            ("Cablegram UN970 NEW YORK, 10 December 1946, 2.49 a.m.", Some("46NEWYORKUN970"), Some((2, 49))),
            (
                "Cablegram Hag 181 THE HAGUE, 24 November 1948, 6.10 p.m.",
                Some("48THEHAGUEHAG181"),
                Some((18, 10)),
            ),
            ("Cablegram 12 [13] CANBERRA, 2 May 1946, 12 noon", Some("46CANBERRA12"), Some((12, 0))),
            ("Cablegram unnumbered LONDON, 3 March 1941, 5 p.m.", None, Some((17, 0))),
            ("Circular cablegram D12 LONDON, 3 March 1941", Some("41LONDOND12"), None),
        ] {
            let head = head(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((number(&head).as_deref(), head.minute), (mrn, time), "{line}");
        }
        assert_eq!(head("Cablegram 12 approved this proposed text"), None);
    }
}
