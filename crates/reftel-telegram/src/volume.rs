//! Telegrams as edited volumes print them: front matter, then `Cablegram 1199 WASHINGTON, 23 December 1941`.

use std::ops::Range;

use jiff::civil::Date;

use crate::datetime::{self, words};
use crate::diagnostic::Code;
use crate::record::{Addressee, Classification, Precedence, Record, Reference, ReferenceKind, Station};
use crate::source::{Source, one_line};
use crate::{Spanned, mrn, tables};

/// The parts of a printed head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Head {
    /// The series and the serial: `UN970`, `Hag 181`.
    number: Option<String>,
    place: String,
    /// Where number and place are printed, in the line.
    printed: Range<usize>,
    place_at: Range<usize>,
    date: Option<Date>,
    date_at: Range<usize>,
    minute: Option<(i8, i8)>,
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

fn number(printed: &str, place: &str, date: Date) -> Option<String> {
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
fn head(line: &str) -> Option<Head> {
    let rest = kind(line)?;
    let base = line.len() - rest.len();
    read_head(rest, base, true)
}

/// Reads `PLACE, date` or a date alone, where the title says what the document is.
fn bare_head(line: &str) -> Option<Head> {
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
    let found = within.clone().find_map(|index| Some((index, head(source.line(index))?)));
    let said = title.as_ref().is_some_and(|title| title.telegram);
    let bare = || within.take(3).find_map(|index| Some((index, bare_head(source.line(index))?)));
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
        record.mrn = number(serial, &place, date).map(|mrn| Spanned::new(mrn, source.span(printed)));
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

/// How much of a line is markings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Marks {
    None,
    Some,
    All,
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
fn read_marks(line: &str) -> Marks {
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
    if record.classification.is_none() {
        record.classification = [
            ("MOST SECRET", Classification::TopSecret),
            ("TOP SECRET", Classification::TopSecret),
            ("SECRET", Classification::Secret),
            ("CONFIDENTIAL", Classification::Confidential),
            ("RESTRICTED", Classification::Restricted),
            ("UNCLASSIFIED", Classification::Unclassified),
        ]
        .iter()
        .find_map(|(name, class)| {
            Some(Spanned::new(*class, source.span(&line[find(name)?..][..name.len()])))
        });
    }
    if record.precedence.is_none() {
        record.precedence = [
            ("MOST IMMEDIATE", Precedence::Flash),
            ("FLASH", Precedence::Flash),
            ("IMMEDIATE", Precedence::Immediate),
            ("IMPORTANT", Precedence::Priority),
            ("PRIORITY", Precedence::Priority),
            ("ROUTINE", Precedence::Routine),
        ]
        .iter()
        .find_map(|(name, level)| {
            Some(Spanned::new(*level, source.span(&line[find(name)?..][..name.len()])))
        });
    }
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
