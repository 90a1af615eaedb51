//! The printed head of a document: `Cablegram 1199 WASHINGTON, 23 December 1941`, `Telegram 722 From the Embassy in Iran …`.

use std::ops::Range;

use jiff::civil::Date;

use crate::datetime::{self, words};
use crate::{mrn, tables};

/// The parts of a printed head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// The series and the serial: `UN970`, `Hag 181`.
    pub(super) number: Option<String>,
    pub(super) place: String,
    /// Where number and place are printed, in the line.
    pub(super) printed: Range<usize>,
    pub(super) place_at: Range<usize>,
    pub(super) date: Option<Date>,
    pub(super) date_at: Range<usize>,
    pub(super) minute: Option<(i8, i8)>,
}

/// The canonical number of a printed head, `Cablegram 1199 WASHINGTON, 23 December 1941` or
/// `Telegram 722 From the Embassy in Iran …, May 5, 1971`.
pub(crate) fn number_of_head(line: &str) -> Option<String> {
    if let Some(number) = embassy_head(line) {
        return Some(number);
    }
    let head = head(line)?;
    number(head.number.as_deref()?, &head.place, head.date?)
}

pub(super) fn number(printed: &str, place: &str, date: Date) -> Option<String> {
    let capitals = |text: &str| {
        text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
    };
    let letters = printed.bytes().take_while(|b| !b.is_ascii_digit()).count();
    let (series, place) = (capitals(&printed[..letters]), capitals(place));
    let serial = printed[letters..].split(['/', '-']).next()?;
    let serial = capitals(serial.trim_start_matches('0'));
    (!place.is_empty() && !serial.is_empty())
        .then(|| format!("{:02}{place}{series}{serial}", date.year().rem_euclid(100)))
}

/// The words that begin a head.
fn kind(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("Circular ").map_or(line, |rest| rest.trim_start());
    for word in ["Cablegram", "cablegram", "Savingram", "Telegram", "Teletype", "Cable"] {
        if let Some(after) = rest.strip_prefix(word) {
            let after = after.strip_prefix('s').unwrap_or(after);
            return after.starts_with([' ', ',', '.']).then(|| after.trim_start_matches([' ', ',', '.']));
        }
    }
    None
}

/// A head without its editor's signs, and where each of its bytes stood.
struct Plain {
    text: String,
    places: Vec<usize>,
}

impl Plain {
    /// The place in the line of a range of the text.
    fn at(&self, range: Range<usize>) -> Range<usize> {
        let start = self.places.get(range.start).copied().unwrap_or(0);
        start..range.end.checked_sub(1).and_then(|last| self.places.get(last)).map_or(start, |last| last + 1)
    }
}

/// Leaves out the marks of footnotes, `[1]`, and the brackets around what an editor supplied, `[12 August
/// 1946]`, `194[8]`; parts joined words, `1946,10.47`.
fn plain(line: &str) -> Plain {
    let mut plain = Plain { text: String::with_capacity(line.len() + 4), places: Vec::new() };
    let mut push = |text: &mut String, char: char, at: usize| {
        text.push(char);
        plain.places.extend(std::iter::repeat_n(at, char.len_utf8()));
    };
    let mut text = std::mem::take(&mut plain.text);
    let mut skip_to = 0;
    let mut parenthesis = false;
    for (at, char) in line.char_indices() {
        if at < skip_to {
            continue;
        }
        match char {
            '[' => {
                let inside = line[at + 1..].split(']').next().unwrap_or("");
                let rest = line.get(at + inside.len() + 2..).unwrap_or("");
                if is_footnote(&text, inside, rest) {
                    skip_to = at + inside.len() + 2;
                } else if text.ends_with(|c: char| c == '.' || c.is_ascii_digit()) && inside.len() > 2 {
                    push(&mut text, ' ', at);
                }
            }
            ']' => {}
            '(' => parenthesis = true,
            ')' => {
                parenthesis = false;
                push(&mut text, ' ', at);
            }
            _ if parenthesis => {}
            // `29 0ctober`
            '0' if text.ends_with(' ') && line[at + 1..].starts_with(|c: char| c.is_ascii_lowercase()) => {
                push(&mut text, 'O', at);
            }
            // `unnumbered6 December`, `1946,10.47`
            _ if char.is_ascii_digit() && (text.ends_with("unnumbered") || text.ends_with(',')) => {
                push(&mut text, ' ', at);
                push(&mut text, char, at);
            }
            _ => push(&mut text, char, at),
        }
    }
    plain.text = text;
    plain
}

/// Whether brackets behind `before` hold the number of a footnote, and not a part of the head.
fn is_footnote(before: &str, inside: &str, rest: &str) -> bool {
    if inside.is_empty() || inside.len() > 2 || !inside.bytes().all(|b| b.is_ascii_digit()) {
        return inside.is_empty();
    }
    // Another footnote may stand between a day and its month.
    let next = rest.trim_start_matches([' ', ',']);
    let next =
        next.strip_prefix('[').map_or(next, |inner| inner.split_once(']').map_or(inner, |split| split.1));
    let word = next.trim_start().split([' ', ',']).next().unwrap_or("");
    // `[15] [1] October`: the second is a footnote, for there is a day.
    let has_day = before.ends_with(' ') && before.trim_end().ends_with(|c: char| c.is_ascii_digit());
    let day = datetime::month(word).is_some() && !(has_day && before.contains(','));
    let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    let year = digits > 0 && digits + inside.len() == 4 && !before[..before.len() - digits].trim().is_empty();
    !(day || year || before.is_empty())
}

/// Reads `[number] [PLACE], date[, time]` behind the word that begins a head.
pub(super) fn head(line: &str) -> Option<Head> {
    let rest = kind(line)?;
    let base = line.len() - rest.len();
    read_head(rest, base, true)
}

/// Reads `PLACE, date` or a date alone, where the title says what the document is.
pub(super) fn bare_head(line: &str) -> Option<Head> {
    let alone = |head: &Head| head.date_at.start == 0 && line.len() < 40;
    read_head(line, 0, false).filter(|head| head.date.is_some() && (!head.place.is_empty() || alone(head)))
}

fn read_head(rest: &str, base: usize, numbered: bool) -> Option<Head> {
    if rest.len() > 160 {
        return None;
    }
    let plain = plain(rest);
    let text = plain.text.as_str();
    let date = datetime::written_date(text);
    let end = date.map(|(_, at, _)| at).into_iter().chain(text.find("n.d.")).min();
    // A year that lost a figure is none.
    let date = date.filter(|(date, ..)| (1800..2100).contains(&date.year()));
    let before = match end {
        Some(at) => &text[..at],
        None => undated(text).filter(|_| numbered)?,
    };
    let (number, place) = number_and_place(before, numbered);
    if date.is_none() && (number.is_none() || before.split_ascii_whitespace().count() > 6) {
        return None;
    }
    let at = |range: Range<usize>| {
        let range = plain.at(range);
        range.start + base..range.end + base
    };
    let mut head = Head { number: number.map(|range| before[range].to_owned()), ..Head::default() };
    head.place_at = at(place.clone());
    before[place.clone()].clone_into(&mut head.place);
    let end = if place.is_empty() { before.trim_end_matches([' ', ',']).len() } else { place.end };
    head.printed = base..at(0..end).end;
    // `K121 [PORT ALDER]`
    let printed = rest.get(..head.printed.end - base).unwrap_or("");
    if printed.matches('[').count() > printed.matches(']').count() && rest[printed.len()..].starts_with(']') {
        head.printed.end += 1;
    }
    if let Some((date, from, to)) = date {
        head.date = Some(date);
        head.date_at = at(from..to).start..base + rest.len();
        head.minute = clock(&text[to..]);
    }
    Some(head)
}

/// What stands before the date that a head doesn't have: `194,`, `Austdel 372, PARIS, 1.50 p.m.`
fn undated(text: &str) -> Option<&str> {
    let text = text.trim_end();
    if let Some(before) = text.strip_suffix(',') {
        return Some(before);
    }
    let (before, last) = text.rsplit_once(',')?;
    clock(last).map(|_| before)
}

/// Offices that a head names before their place.
const OFFICES: &[&str] = &["Embassy", "Legation", "Commission", "Consulate", "Mission", "Delegation"];

/// The number and the place of `UN970 NEW YORK`, `Hag 181 THE HAGUE`, `unnumbered LONDON`, `SYDNEY`.
fn number_and_place(text: &str, numbered: bool) -> (Option<Range<usize>>, Range<usize>) {
    let list: Vec<(usize, &str)> =
        words(text).filter(|(_, word)| word.bytes().any(|b| b.is_ascii_alphanumeric())).collect();
    let end = |index: usize| list[index].0 + list[index].1.trim_end_matches([',', '.']).len();
    let mut number = None;
    let mut from = 0;
    if list.first().is_some_and(|(_, word)| word.to_ascii_lowercase().starts_with("unnumbered")) {
        from = 1;
    } else if let Some(at) =
        list.iter().position(|(_, word)| word.bytes().any(|b| b.is_ascii_digit())).filter(|_| numbered)
    {
        // The series is the words before it, `United Nations 12`, unless they are a sentence.
        let named =
            at <= 2 && list[..at].iter().all(|(_, word)| word.starts_with(|c: char| c.is_ascii_uppercase()));
        number = Some(list[if named { 0 } else { at }].0..end(at));
        from = at + 1;
    }
    // `Australian Embassy, Washington`: the place is behind the office.
    let office = list
        .iter()
        .skip(from)
        .position(|(_, word)| OFFICES.contains(&word.trim_end_matches(',')) && word.ends_with(','));
    from += office.map_or(0, |at| at + 1);
    let name = &list[from.min(list.len())..];
    let legal = !name.is_empty()
        && name.len() <= 6
        && !name[0].1.starts_with("Received")
        && name[0].1.starts_with(|c: char| c.is_ascii_uppercase())
        && name.iter().all(|(_, word)| word.starts_with(|c: char| c.is_ascii_uppercase()) || word.len() <= 2);
    let place = if legal { name[0].0..end(list.len() - 1) } else { 0..0 };
    (number, place)
}

/// The time behind the date: `, 7.29 p.m.`, `, noon`, `, 1402Z`.
pub(crate) fn clock(text: &str) -> Option<(i8, i8)> {
    let text = text.trim_start_matches([',', ' ', ']']).replace(' ', "").to_ascii_lowercase();
    let zulu = text.split_once('z').map(|split| split.0);
    if let Some(digits) = zulu.filter(|digits| digits.len() == 4 && digits.is_ascii()) {
        return Some((digits[..2].parse().ok()?, digits[2..].parse().ok()?))
            .filter(|&(hour, minute): &(i8, i8)| (0..24).contains(&hour) && (0..60).contains(&minute));
    }
    if text.starts_with("noon") || text.starts_with("12noon") || text.starts_with("12.00noon") {
        return Some((12, 0));
    }
    if text.starts_with("midnight") || text.starts_with("12midnight") {
        return Some((0, 0));
    }
    let digits = text.bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b':' | b'-')).count();
    let (figures, after) = text.split_at(digits);
    let figures = figures.trim_end_matches('.');
    let (hour, minute) = figures.split_once(['.', ':', '-']).unwrap_or((figures, "0"));
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
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
    let name = post_of_embassy(after, date)?;
    (digits > 0).then(|| {
        format!("{:02}{name}{}", date.year().rem_euclid(100), rest[..digits].trim_start_matches('0'))
    })
}

/// The post of `the Embassy in Iran`, `the Consulate General at Port Alder`, `the Department of State`, as it was called
/// on that day.
pub(crate) fn post_of_embassy(party: &str, date: Date) -> Option<String> {
    let lower = party.to_ascii_lowercase();
    if lower.starts_with("the department of state") || lower.trim_end().ends_with("secretary of state") {
        return Some("STATE".to_owned());
    }
    let at = lower.find(" in ").or_else(|| lower.find(" at "))?;
    let named = party.get(at + 4..)?;
    let named = named.split([',', '(', '…', '.']).next().unwrap_or(named);
    let named = named.split(" to ").next().unwrap_or(named);
    let named = named.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let capital = embassy_in(named).map(|post| tables::former_name(post, date.year()).unwrap_or(post));
    capital.map(str::to_owned).or_else(|| mrn::post_name(named, date.year()).map(|name| name.0.into_owned()))
}

/// States that the list of TAGS of today's countries hasn't, with the post of their capital.
const FORMER_STATES: &[(&str, &str)] = &[
    ("Burma", "RANGOON"),
    ("Cambodia", "PHNOMPENH"),
    ("Ceylon", "COLOMBO"),
    ("Czechoslovakia", "PRAGUE"),
    ("Federal Republic of Germany", "BONN"),
    ("German Democratic Republic", "BERLIN"),
    ("Germany", "BONN"),
    ("Khmer Republic", "PHNOMPENH"),
    ("Republic of China", "TAIPEI"),
    ("Soviet Union", "MOSCOW"),
    ("United Arab Republic", "CAIRO"),
    ("Vietnam", "SAIGON"),
    ("Yugoslavia", "BELGRADE"),
    ("Zaire", "KINSHASA"),
];

/// The embassy in a country, by the country's name: of a state of its time, or in the list of TAGS.
fn embassy_in(country: &str) -> Option<&'static str> {
    let country = country.strip_prefix("the ").unwrap_or(country);
    if let Some((_, post)) = FORMER_STATES.iter().find(|(name, _)| name.eq_ignore_ascii_case(country)) {
        return Some(post);
    }
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
            ("Cablegram 361 VALDORIA, [15] [1] October 1947", Some("47VALDORIA361"), None),
            ("Cablegram UN4, NEW YORK, 6 January 194[8],10.47 P.M.", Some("48NEWYORKUN4"), Some((22, 47))),
            ("Cablegram 34[1] , CANBERRA, [17 September] 1949", Some("49CANBERRA34"), None),
            ("Cablegram [14] [2] LONDON, 2[3] May 1940", Some("40LONDON14"), None),
            ("Cablegram 30[A] LONDON, 17 February 1942", Some("42LONDON30A"), None),
            ("Cablegram, Washington, 16 March 1949", None, None),
            ("Cablegram unnumbered6 December 1938,", None, None),
        ] {
            let head = head(line).unwrap_or_else(|| panic!("{line}"));
            let mrn_read =
                head.number.as_deref().and_then(|read| number(read, &head.place, head.date.unwrap()));
            assert_eq!((mrn_read.as_deref(), head.minute), (mrn, time), "{line}");
        }
        assert_eq!(head("Cablegram 15 LONDON, n.d.").map(|head| head.date), Some(None));
        assert_eq!(head("Cablegram 12 approved this proposed text"), None);
    }
}
