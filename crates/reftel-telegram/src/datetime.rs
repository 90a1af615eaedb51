//! Date-time groups, filing times and dates: as written, and as resolved.
//!
//! `101530Z MAR 79` names a minute but not a century. Reading and resolving are two steps, and the second
//! asks the context. Where the caller gives none, the form itself decides: a date-time group with month and
//! year is no older than the 1940s, so each two-digit year has exactly one reading from 1940 to 2039.

use jiff::civil::{Date, DateTime};

/// The first year of the hundred in which a two-digit year is read when nothing else is known.
///
/// Source: allied radio procedure brought the form in during the Second World War (CCBP 3; later ACP 121).
pub const FIRST_YEAR: i16 = 1940;

/// A date-time group as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTimeGroup {
    /// 1–31, not yet checked against the month.
    pub day: u8,
    /// 0–24.
    pub hour: u8,
    /// 0–59.
    pub minute: u8,
    /// The zone letter.
    pub zone: char,
    /// 1–12.
    pub month: u8,
    /// As printed: two or four digits; `None` where the copy has none.
    pub year: Option<i16>,
}

/// Minutes east of UTC for a military zone letter.
///
/// `Z` is 0; `A`–`M` without `J` are +60 to +720; `N`–`Y` are −60 to −720. `None` for `J`, which means
/// local time and so has no offset, and for anything that isn't `A`–`Z`.
///
/// Source: ACP 121, time zone suffixes.
pub fn zone_minutes_east(zone: char) -> Option<i16> {
    let letter = i16::try_from(u32::from(zone)).ok()?;
    match zone {
        'Z' => Some(0),
        'A'..='I' => Some((letter - 64) * 60),
        'K'..='M' => Some((letter - 65) * 60),
        'N'..='Y' => Some((77 - letter) * 60),
        _ => None,
    }
}

/// The month that a name begins: at least its first three letters, in capitals or not.
pub fn month(name: &str) -> Option<u8> {
    const NAMES: [&str; 12] = [
        "JANUARY",
        "FEBRUARY",
        "MARCH",
        "APRIL",
        "MAY",
        "JUNE",
        "JULY",
        "AUGUST",
        "SEPTEMBER",
        "OCTOBER",
        "NOVEMBER",
        "DECEMBER",
    ];
    let name = name.as_bytes();
    if name.len() < 3 {
        return None;
    }
    let at = NAMES.iter().position(|month| {
        let month = month.as_bytes();
        // A name with one letter lost to a digit (`DECEM0ER`) is still that month.
        name.len() <= month.len()
            && name[..3].eq_ignore_ascii_case(&month[..3])
            && name[3..].iter().zip(&month[3..]).filter(|(a, b)| !a.eq_ignore_ascii_case(b)).count() <= 1
    })?;
    u8::try_from(at + 1).ok()
}

impl DateTimeGroup {
    /// The minute in UTC. `year` is the year as the context resolves it. `None` where day or time don't exist.
    pub fn resolve(self, year: i16) -> Option<DateTime> {
        let date = Date::new(year, i8::try_from(self.month).ok()?, i8::try_from(self.day).ok()?).ok()?;
        let (date, hour) = match self.hour {
            24 if self.minute == 0 => (date.tomorrow().ok()?, 0),
            hour => (date, hour),
        };
        let local = date.to_datetime(
            jiff::civil::Time::new(i8::try_from(hour).ok()?, i8::try_from(self.minute).ok()?, 0, 0).ok()?,
        );
        let east = zone_minutes_east(self.zone)?;
        local.checked_sub(jiff::Span::new().minutes(i64::from(east))).ok()
    }
}

/// The full year of a printed one: four digits stand for themselves; two are read next to `near`, or, where
/// that is unknown, in the hundred years from [`FIRST_YEAR`].
pub fn full_year(printed: i16, near: Option<i16>) -> i16 {
    if printed >= 100 {
        return printed;
    }
    match near {
        Some(near) => {
            let same = near - near.rem_euclid(100) + printed;
            [same - 100, same, same + 100].into_iter().min_by_key(|year| (year - near).abs()).unwrap_or(same)
        }
        None => FIRST_YEAR + (printed - FIRST_YEAR).rem_euclid(100),
    }
}

/// A date-time group found in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) group: DateTimeGroup,
    /// Bytes of the line.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether spaces had to be left out, or a zone letter was missing.
    pub(crate) repaired: bool,
}

/// Finds a date-time group with its month that begins at `at` in `line`, tolerant of spaces that an archive's
/// processing put into it (`251346 Z JUN 7 3`). Day and time may not exist: the caller resolves.
pub(crate) fn find(line: &str, at: usize) -> Option<Found> {
    let bytes = line.as_bytes();
    let mut reader = Tolerant { bytes, at, gaps: 0 };
    let digits = reader.digits(6)?;
    let mut repaired = reader.gaps > 0;
    let gap = reader.spaces();
    let mut zone = 'Z';
    let letters = reader.letters();
    let rest = match letters {
        [one] => {
            zone = char::from(one.to_ascii_uppercase());
            repaired |= gap > 0;
            reader.spaces();
            reader.letters()
        }
        // `110928ZJUN09` and, with the zone letter lost, `110928 JUN 09`.
        [first, rest @ ..] if month_of(rest).is_some() && month_of(letters).is_none() => {
            zone = char::from(first.to_ascii_uppercase());
            rest
        }
        letters => {
            repaired = true;
            letters
        }
    };
    let month = month_of(rest).or_else(|| reader.split_month(rest, &mut repaired))?;
    let end_of_month = reader.at;
    reader.spaces();
    let (year, year_repaired) = reader.year();
    if year.is_none() {
        reader.at = end_of_month;
    }
    let two = |i: usize| digits[i] * 10 + digits[i + 1];
    let group = DateTimeGroup { day: two(0), hour: two(2), minute: two(4), zone, month, year };
    Some(Found { group, start: at, end: reader.at, repaired: repaired || year_repaired })
}

fn month_of(letters: &[u8]) -> Option<u8> {
    month(std::str::from_utf8(letters).ok()?)
}

struct Tolerant<'l> {
    bytes: &'l [u8],
    at: usize,
    gaps: usize,
}

impl<'l> Tolerant<'l> {
    fn digits(&mut self, count: usize) -> Option<[u8; 6]> {
        let mut digits = [0; 6];
        for (index, digit) in digits.iter_mut().enumerate().take(count) {
            if index > 0 && self.bytes.get(self.at) == Some(&b' ') && self.gaps < 3 {
                self.at += 1;
                self.gaps += 1;
            }
            let mut byte = *self.bytes.get(self.at)?;
            if byte == b'O' && index > 0 {
                byte = b'0'; // a zero read as the letter
                self.gaps += 1;
            }
            if !byte.is_ascii_digit() {
                return None;
            }
            *digit = byte - b'0';
            self.at += 1;
        }
        (!self.bytes.get(self.at).is_some_and(u8::is_ascii_digit)).then_some(digits)
    }

    fn spaces(&mut self) -> usize {
        let from = self.at;
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        self.at - from
    }

    fn letters(&mut self) -> &'l [u8] {
        let from = self.at;
        while self
            .bytes
            .get(self.at)
            .is_some_and(|b| b.is_ascii_alphabetic() || (*b == b'0' && self.within_word(from)))
        {
            self.at += 1;
        }
        &self.bytes[from..self.at]
    }

    /// Whether a zero stands for a letter of a month (`DECEM0ER`), and doesn't begin a year (`ZOCT06`).
    fn within_word(&self, from: usize) -> bool {
        self.at > from + 3 && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_alphabetic)
    }

    /// A month with a space in it: `JU N`.
    fn split_month(&mut self, first: &[u8], repaired: &mut bool) -> Option<u8> {
        if first.is_empty() || first.len() > 2 {
            return None;
        }
        self.spaces();
        let mut whole = first.to_vec();
        whole.extend_from_slice(self.letters());
        *repaired = true;
        month_of(&whole)
    }

    fn year(&mut self) -> (Option<i16>, bool) {
        let from = self.at;
        let mut value = 0;
        let mut count = 0;
        let mut repaired = false;
        while count < 4 {
            match self.bytes.get(self.at) {
                Some(b'O') if self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit) || count > 0 => {
                    value *= 10;
                    count += 1;
                    self.at += 1;
                    repaired = true;
                }
                Some(b) if b.is_ascii_digit() => {
                    value = value * 10 + i16::from(b - b'0');
                    count += 1;
                    self.at += 1;
                }
                // One space inside a two-digit year.
                Some(b' ')
                    if count == 1
                        && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit)
                        && !self.bytes.get(self.at + 2).is_some_and(u8::is_ascii_alphanumeric) =>
                {
                    self.at += 1;
                    repaired = true;
                }
                _ => break,
            }
        }
        if matches!(count, 2 | 4) && !self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            (Some(value), repaired)
        } else {
            self.at = from;
            (None, false)
        }
    }
}

/// A filing time: `1620928` (day of year and time) or `11/1215Z` (day and time).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filing {
    Julian { day: i16, hour: i8, minute: i8 },
    Slant { day: i8, hour: i8, minute: i8 },
}

impl Filing {
    /// Reads exactly one of the two forms.
    pub(crate) fn read(text: &str) -> Option<Filing> {
        let bytes = text.strip_suffix('Z').unwrap_or(text).as_bytes();
        let number = |range: std::ops::Range<usize>| {
            bytes
                .get(range)?
                .iter()
                .try_fold(0i16, |n, b| b.is_ascii_digit().then(|| n * 10 + i16::from(b - b'0')))
        };
        let small = |range| number(range).and_then(|n| i8::try_from(n).ok());
        match bytes.len() {
            7 if bytes[2] == b'/' => {
                Some(Filing::Slant { day: small(0..2)?, hour: small(3..5)?, minute: small(5..7)? })
            }
            7 => Some(Filing::Julian { day: number(0..3)?, hour: small(3..5)?, minute: small(5..7)? }),
            _ => None,
        }
    }

    /// The minute, given the message's date-time group (or any day near it): the year and month nearest to it.
    pub(crate) fn resolve(self, near: DateTime) -> Option<DateTime> {
        match self {
            Filing::Julian { day, hour, minute } => {
                let time = jiff::civil::Time::new(hour, minute, 0, 0).ok()?;
                [near.year() - 1, near.year(), near.year() + 1]
                    .into_iter()
                    .filter_map(|year| {
                        let date =
                            Date::new(year, 1, 1).ok()?.checked_add(jiff::Span::new().days(day - 1)).ok()?;
                        (day >= 1 && date.year() == year).then(|| date.to_datetime(time))
                    })
                    .min_by_key(|filed| minutes_between(*filed, near).abs())
            }
            Filing::Slant { day, hour, minute } => {
                let time = jiff::civil::Time::new(hour, minute, 0, 0).ok()?;
                let first = near.date().first_of_month();
                [-1i64, 0, 1]
                    .into_iter()
                    .filter_map(|months| {
                        let month = first.checked_add(jiff::Span::new().months(months)).ok()?;
                        Date::new(month.year(), month.month(), day).ok().map(|date| date.to_datetime(time))
                    })
                    .min_by_key(|filed| minutes_between(*filed, near).abs())
            }
        }
    }
}

/// Minutes from `b` to `a`.
pub(crate) fn minutes_between(a: DateTime, b: DateTime) -> i64 {
    a.duration_since(b).as_secs() / 60
}

/// A calendar date in words, `23 December 1941`, `May 5, 1971` or `7th March 1946`, anywhere in a text.
pub(crate) fn written_date(text: &str) -> Option<(Date, usize, usize)> {
    let words: Vec<(usize, &str)> = words(text).collect();
    for (index, &(at, word)) in words.iter().enumerate() {
        let Some(month) =
            month(word.trim_end_matches(['.', ','])).filter(|_| word.as_bytes()[0].is_ascii_alphabetic())
        else {
            continue;
        };
        let number = |index: usize| {
            let word = words.get(index)?.1.trim_end_matches(|c: char| !c.is_ascii_digit());
            word.parse::<i16>().ok().filter(|_| word.len() <= 4)
        };
        let month = i8::try_from(month).ok()?;
        let date = |day: i16, year: i16| {
            (year > 99).then(|| Date::new(year, month, i8::try_from(day).ok()?).ok()).flatten()
        };
        let end = |index: usize| {
            words.get(index).map_or(text.len(), |(at, word)| at + word.trim_end_matches(['.', ',']).len())
        };
        if let (Some(day), Some(year)) = (index.checked_sub(1).and_then(number), number(index + 1))
            && let Some(date) = date(day, year)
        {
            return Some((date, words[index - 1].0, end(index + 1)));
        }
        if let (Some(day), Some(year)) = (number(index + 1), number(index + 2))
            && let Some(date) = date(day, year)
        {
            return Some((date, at, end(index + 2)));
        }
    }
    None
}

/// A date in figures: `06/10/2019`, `2019/06/10`, `12-31-74`, `20190610`, `6.10.19`. A two-digit year is read near `near`.
pub(crate) fn figures_date(text: &str, near: Option<i16>) -> Option<Date> {
    if !text.is_ascii() || text.len() > 20 {
        return None;
    }
    let parts: Vec<&str> = text.split(['/', '-', '.', ' ']).filter(|part| !part.is_empty()).collect();
    let number = |part: &str| part.parse::<i16>().ok();
    let make = |y: i16, m: i16, d: i16| Date::new(y, i8::try_from(m).ok()?, i8::try_from(d).ok()?).ok();
    match parts[..] {
        [all] if all.len() == 8 => make(number(&all[..4])?, number(all.get(4..6)?)?, number(all.get(6..)?)?),
        [y, m, d] if y.len() == 4 => make(number(y)?, number(m)?, number(d)?),
        [m, d, y] if y.len() == 4 || y.len() == 2 => {
            let year = full_year(number(y)?, near);
            make(year, number(m)?, number(d)?).or_else(|| make(year, number(d)?, number(m)?))
        }
        _ => None,
    }
}

/// Whether a word is a day and a time, as page lines and dash lines have them: `120930Z`.
pub(crate) fn is_day_and_time(word: &str) -> bool {
    word.strip_suffix('Z')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// Words with their offsets, at ASCII white space.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_ascii_whitespace().map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_cover_the_day_once() {
        let mut minutes: Vec<_> = ('A'..='Z').filter_map(zone_minutes_east).collect();
        minutes.sort_unstable();
        let want: Vec<_> = (-12..=12).map(|hour| hour * 60).collect();
        assert_eq!(minutes, want);
    }

    #[test]
    fn finds_groups_and_says_what_it_repaired() {
        for (line, want, repaired) in [
            ("101530Z MAR 79", "1979-03-10T15:30:00", false),
            ("110928Z JUN 2009", "2009-06-11T09:28:00", false),
            ("101530ZMAR79", "1979-03-10T15:30:00", false),
            ("251346 Z JUN 7 3", "1973-06-25T13:46:00", true),
            ("2 51346Z JU N 73", "1973-06-25T13:46:00", true),
            ("101530 MARCH 79", "1979-03-10T15:30:00", true),
            ("11O915Z JUN O9", "2009-06-11T09:15:00", true),
            ("102330R MAR 79", "1979-03-11T04:30:00", false), // five hours west
            ("102400Z MAR 79", "1979-03-11T00:00:00", false),
        ] {
            let found = find(line, 0).unwrap_or_else(|| panic!("{line:?}"));
            let year = full_year(found.group.year.unwrap(), None);
            assert_eq!(found.group.resolve(year).unwrap().to_string(), want, "{line:?}");
            assert_eq!((found.end, found.repaired), (line.len(), repaired), "{line:?}");
        }
        for line in ["1015304 MAR 79", "+01530Z MAR 79", "10153Z MAR 79", "101530Z", "101530Z MXR 79"] {
            assert_eq!(find(line, 0), None, "{line:?}");
        }
        let day32 = find("321530Z MAR 79", 0).unwrap();
        assert_eq!(day32.group.resolve(1979), None);
    }

    #[test]
    fn a_two_digit_year_has_one_reading() {
        assert_eq!(full_year(9, None), 2009);
        assert_eq!(full_year(79, None), 1979);
        assert_eq!(full_year(41, None), 1941);
        assert_eq!(full_year(39, Some(1941)), 1939);
        assert_eq!(full_year(99, Some(2001)), 1999);
    }

    #[test]
    fn filing_times_take_the_nearest_day() {
        let near = jiff::civil::date(2009, 6, 11).at(9, 28, 0, 0);
        let filed = Filing::read("1620928").unwrap().resolve(near).unwrap();
        assert_eq!(filed, near);
        let new_year = jiff::civil::date(2009, 1, 1).at(0, 30, 0, 0);
        let filed = Filing::read("3662359").and_then(|f| f.resolve(new_year)).unwrap();
        assert_eq!(filed.to_string(), "2008-12-31T23:59:00");
        let slant = Filing::read("31/2350Z").unwrap().resolve(new_year).unwrap();
        assert_eq!(slant.to_string(), "2008-12-31T23:50:00");
        assert_eq!(Filing::read("162092"), None);
    }

    #[test]
    fn dates_in_words_and_figures() {
        let day = |text: &str| written_date(text).map(|found| found.0.to_string());
        assert_eq!(day("WASHINGTON, 23 December 1941, 4.50 p.m.").as_deref(), Some("1941-12-23"));
        assert_eq!(day("May 5, 1971, 1402Z").as_deref(), Some("1971-05-05"));
        assert_eq!(day("7th March 1946").as_deref(), Some("1946-03-07"));
        assert_eq!(day("in May 1946"), None);
        let near = Some(2009);
        for text in ["06/10/2019", "2019/06/10", "6-10-19", "20190610"] {
            assert_eq!(figures_date(text, near).unwrap().to_string(), "2019-06-10", "{text}");
        }
        assert_eq!(figures_date("13/13/2019", near), None);
    }
}
