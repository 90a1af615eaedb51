//! What a cited number means here: the telegram of that number, another one of which the number is a slip, or one
//! that isn't here.
//!
//! Everything that the number may mean is weighed against everything else by what a slip of its kind is worth, how much
//! of the series is held, and what the telegrams say: when they were sent, between whom, and of what. The weights are
//! estimates; `cargo xtask bench resolve` sets the answers against traffic whose answers are known.

use jiff::civil::DateTime;
use reftel_telegram::record::YearSource;
use reftel_telegram::{Card, Record, in_series, tables};
use rusqlite::{Connection, params};

use crate::phantom::{full_year, preceding};
use crate::query::edits;
use crate::words::words;
use crate::{Alternative, Archive, Entry, Result, Telegram, store};

/// From here on a number means the telegram that carries it.
const FOUND_MIN: f32 = 0.99;

/// From here on it means the likeliest of those that it may mean.
const PROBABLE_MIN: f32 = 0.8;

/// Alternatives below this aren't told.
const TOLD_MIN: f32 = 0.02;

/// So many alternatives are told.
const TOLD_MAX: usize = 5;

/// How far a serial's neighbours are looked at to say how much of a series is held.
const NEIGHBOURS: u32 = 50;

/// What a cited number turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A telegram of this number is here, and nothing speaks against it.
    Found,
    /// It is likely one that is here: another than it says, or the one that it says although something speaks
    /// against that.
    Probable,
    /// The telegram isn't here.
    Phantom,
}

impl Standing {
    /// `found`, `probable`, `phantom`.
    pub const fn name(self) -> &'static str {
        match self {
            Standing::Found => "found",
            Standing::Probable => "probable",
            Standing::Phantom => "phantom",
        }
    }
}

/// What a number that a telegram cites means.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The number, as it is read: `09STATE54767`.
    pub mrn: String,
    /// What it turned out to be.
    pub standing: Standing,
    /// How likely that is, from 0 to 1: of what is found or probable the first telegram's, of a phantom that none of
    /// them is meant.
    pub confidence: f32,
    /// The telegrams here that it may mean, likeliest first.
    pub telegrams: Vec<Alternative>,
}

/// A telegram that cites another, as far as it tells which.
pub(crate) struct Citing<'a> {
    pub(crate) card: &'a Card,
    /// Whether it prints the year.
    pub(crate) year_printed: bool,
}

impl Archive {
    /// What the numbers that a telegram cites mean, in the order of [`Card::cites`].
    pub fn resolve(&self, telegram: &Telegram) -> Result<Vec<Resolved>> {
        let Telegram { card, record, bytes, .. } = telegram;
        if card.cites.is_empty() {
            return Ok(Vec::new());
        }
        self.reading(|connection| {
            let posts = posts(connection)?;
            card.cites
                .iter()
                .map(|mrn| {
                    let year_printed = year_printed(record, bytes, mrn);
                    resolve(connection, &posts, &Citing { card, year_printed }, mrn)
                })
                .collect()
        })
    }
}

/// Whether a telegram prints the year of a number that it cites.
pub(crate) fn year_printed(record: &Record, text: &[u8], mrn: &str) -> bool {
    let mut block = record.references.iter().filter(|reference| reference.value.mrn.as_deref() == Some(mrn));
    let mut mentions = record.mentions.iter().filter(|mention| mention.value.mrn.as_deref() == Some(mrn));
    block.any(|reference| reference.value.year == Some(YearSource::Printed))
        || mentions.any(|mention| {
            // `09 STATE 123`, `NAVADMIN 123/15`
            let printed = text.get(mention.span.range()).unwrap_or_default();
            printed.first().is_some_and(u8::is_ascii_digit) || printed.contains(&b'/')
        })
}

/// Weighs what a number may mean to one that cites it, in an archive that has telegrams of these posts.
pub(crate) fn resolve(
    connection: &Connection,
    posts: &[String],
    citing: &Citing<'_>,
    mrn: &str,
) -> Result<Resolved> {
    let mut may: Vec<Meaning> = store::cards(connection, "WHERE mrn = ? ORDER BY id", [mrn])?
        .into_iter()
        .map(|entry| (entry, EXACT, "the same number"))
        .collect();
    let exact = may.len();
    let series = in_series(mrn).and_then(|(year, post, serial)| {
        Some(Series { year: full_year(year, citing.card.year)?, post, serial })
    });
    let mut absent = if exact == 0 { 1.0 } else { 0.0 };
    if let Some(series) = &series {
        slips(connection, posts, series, citing, &mut may)?;
        absent = not_held(connection, series, citing.card, exact > 0)?;
    }
    let mut weighed: Vec<(f32, Alternative)> = Vec::with_capacity(may.len());
    for (entry, worth, reason) in may {
        let mut reasons = vec![reason];
        let weight = worth * evidence(citing, &entry.card, &mut reasons);
        weighed.push((weight, Alternative { entry, confidence: 0.0, reasons }));
    }
    let sum = absent + weighed.iter().map(|(weight, _)| weight).sum::<f32>();
    let share = |weight: f32| if sum > 0.0 { weight / sum } else { 0.0 };
    let same: f32 = weighed[..exact].iter().map(|(weight, _)| share(*weight)).sum();
    let mut telegrams: Vec<Alternative> = weighed
        .into_iter()
        .map(|(weight, alternative)| Alternative { confidence: share(weight), ..alternative })
        .collect();
    if exact > 0 && same >= FOUND_MIN {
        telegrams.truncate(exact);
        return Ok(Resolved { mrn: mrn.to_owned(), standing: Standing::Found, confidence: same, telegrams });
    }
    telegrams.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.entry.id.cmp(&b.entry.id)));
    telegrams.retain(|alternative| alternative.confidence >= TOLD_MIN);
    telegrams.truncate(TOLD_MAX);
    let best = telegrams.first().map_or(0.0, |first| first.confidence);
    let (standing, confidence) = if best >= PROBABLE_MIN || exact > 0 && !telegrams.is_empty() {
        (Standing::Probable, best)
    } else {
        (Standing::Phantom, share(absent))
    };
    Ok(Resolved { mrn: mrn.to_owned(), standing, confidence, telegrams })
}

// ---- What it may be ------------------------------------------------------------------------------

/// Of so many in one, a reference is printed as it was meant.
const EXACT: f32 = 0.97;
/// And so often the telegram's year, where it isn't printed, is not the one of the telegram that cites it: in the
/// first days of a year, and later.
const YEAR_LEFT_OUT: [f32; 2] = [0.12, 0.02];
const YEAR_TURN_DAYS: i16 = 60;
/// A year that is printed is wrong.
const YEAR_WRONG: f32 = 0.001;
/// A letter of the post is wrong.
const POST_GARBLED: f32 = 0.005;
/// The same of the telegram that is meant, where its post looks like a garbled one.
const HEADING_GARBLED: f32 = 0.2;
/// A post of which nothing is here, and that the tables don't know, is one.
const POST_UNKNOWN: f32 = 0.003;
/// How much of a series isn't here, where its name doesn't say which it is.
const SERIES_LACKING: f32 = 0.2;
/// A digit of the serial is wrong, or two have changed places: all those that it may be, together.
const SERIAL_GARBLED: f32 = 0.01;

/// A telegram here that a number may mean, what that is worth before the two are compared, and why.
type Meaning = (Entry, f32, &'static str);

/// A number's parts.
struct Series<'a> {
    year: i16,
    post: &'a str,
    serial: u32,
}

/// Adds the telegrams here of which a number may be a slip.
fn slips(
    connection: &Connection,
    posts: &[String],
    series: &Series<'_>,
    citing: &Citing<'_>,
    may: &mut Vec<Meaning>,
) -> Result<()> {
    let Series { year, post, serial } = *series;
    let mut add = |post: &str, year: i16, serial: u32, worth: f32, reason: &'static str| -> Result<()> {
        let rest = "WHERE post = ? AND year = ? AND serial = ? AND serial IS NOT NULL ORDER BY id LIMIT 4";
        let entries = store::cards(connection, rest, params![post, year, serial])?;
        may.extend(
            entries
                .into_iter()
                .filter(|entry| entry.card != *citing.card)
                .map(|entry| (entry, worth, reason)),
        );
        Ok(())
    };
    let early = citing.card.dtg.is_some_and(|sent| sent.day_of_year() <= YEAR_TURN_DAYS);
    let before = match (citing.year_printed, early) {
        (true, _) => YEAR_WRONG,
        (false, true) => YEAR_LEFT_OUT[0],
        (false, false) => YEAR_LEFT_OUT[1],
    };
    for (other, worth) in [(year - 1, before), (year + 1, YEAR_WRONG)] {
        add(post, other, serial, worth, "the same post and serial, a year off")?;
    }
    for other in posts.iter().filter(|other| is_alike(other, post)) {
        let worth = if is_stray(connection, other)? { HEADING_GARBLED } else { POST_GARBLED };
        add(other, year, serial, worth, "the post differs in one letter")?;
    }
    let numbers = serials_alike(serial);
    #[allow(clippy::cast_precision_loss, reason = "at most some hundred")]
    let each = SERIAL_GARBLED / numbers.len().max(1) as f32;
    for other in numbers {
        add(post, year, other, each, "the serial differs in one digit, or two have changed places")?;
    }
    Ok(())
}

/// The posts here that have numbers of a series.
pub(crate) fn posts(connection: &Connection) -> Result<Vec<String>> {
    // From each name to the next in the index: there are many telegrams and few posts.
    let mut statement = connection.prepare_cached(
        "WITH RECURSIVE name (post) AS (SELECT min(post) FROM telegram WHERE serial IS NOT NULL \
         UNION ALL SELECT (SELECT min(post) FROM telegram WHERE post > name.post AND serial IS NOT NULL) \
         FROM name WHERE name.post IS NOT NULL) SELECT post FROM name WHERE post IS NOT NULL",
    )?;
    let posts = statement.query_map([], |row| row.get(0))?;
    Ok(posts.collect::<rusqlite::Result<_>>()?)
}

/// Whether the names of two posts are one letter apart.
fn is_alike(other: &str, post: &str) -> bool {
    post.len() >= 4 && other.len().abs_diff(post.len()) <= 1 && edits(other.as_bytes(), post.as_bytes()) == 1
}

/// Whether a post looks like a garbled one: the tables don't know it, and hardly anything here is from it.
fn is_stray(connection: &Connection, post: &str) -> Result<bool> {
    if tables::post(post).is_some() {
        return Ok(false);
    }
    let third = "SELECT 1 FROM telegram WHERE post = ? AND serial IS NOT NULL LIMIT 1 OFFSET 2";
    Ok(!connection.prepare_cached(third)?.exists([post])?)
}

/// The serials that differ from one in a digit, or by two neighbours that have changed places; none of one that
/// has less than three digits.
pub(crate) fn serials_alike(serial: u32) -> Vec<u32> {
    let digits = serial.to_string().into_bytes();
    if digits.len() < 3 {
        return Vec::new();
    }
    let mut alike = Vec::new();
    let mut push = |digits: &[u8]| {
        let number = std::str::from_utf8(digits).ok().filter(|text| !text.starts_with('0'));
        if let Some(number) = number.and_then(|text| text.parse().ok()).filter(|number| *number != serial)
            && !alike.contains(&number)
        {
            alike.push(number);
        }
    };
    for at in 0..digits.len() {
        let mut other = digits.clone();
        for digit in b'0'..=b'9' {
            other[at] = digit;
            push(&other);
        }
        if at > 0 {
            let mut other = digits.clone();
            other.swap(at - 1, at);
            push(&other);
        }
    }
    alike
}

/// What it is worth that the reference is right, or isn't, and the telegram isn't here.
fn not_held(connection: &Connection, series: &Series<'_>, citing: &Card, exact: bool) -> Result<f32> {
    let Series { year, post, serial } = series;
    let first = serial.saturating_sub(NEIGHBOURS).max(1);
    let last = serial.saturating_add(NEIGHBOURS);
    let held: u32 = connection
        .prepare_cached(
            "SELECT count(DISTINCT serial) FROM telegram \
             WHERE post = ? AND year = ? AND serial BETWEEN ? AND ? AND serial IS NOT NULL",
        )?
        .query_row(params![post, year, first, last], |row| row.get(0))?;
    #[allow(clippy::cast_precision_loss, reason = "at most a hundred")]
    let lacking = (1.0 - held as f32 / (last - first + 1) as f32).clamp(0.005, 1.0);
    // A slip of any kind for one that isn't here.
    let slip = 1.0 - EXACT;
    if exact {
        return Ok(slip * lacking);
    }
    let known = tables::post(post).is_some()
        || connection
            .prepare_cached("SELECT 1 FROM telegram WHERE post = ? AND serial IS NOT NULL")?
            .exists([post])?;
    let (right, slip) = if known { (EXACT, slip) } else { (EXACT * POST_UNKNOWN, slip * SERIES_LACKING) };
    // The one before it in the series was sent: then it can't be earlier.
    let before = preceding(connection, post, Some(*year), *serial)?.and_then(|entry| entry.card.dtg);
    let late = match (before.and_then(store::seconds), citing.dtg.and_then(store::seconds)) {
        (Some(before), Some(citing)) => before > citing + DAY,
        _ => false,
    };
    Ok(slip * lacking + right * lacking * if late { 0.01 } else { 1.0 })
}

// ---- What the telegrams say ----------------------------------------------------------------------

const DAY: i64 = 24 * 60 * 60;

/// How much likelier what two telegrams say is if the one means the other than if they only happen to be here.
/// Adds what speaks for it to the reasons.
fn evidence(citing: &Citing<'_>, cited: &Card, reasons: &mut Vec<&'static str>) -> f32 {
    let mut odds = 1.0;
    if let (Some(own), Some(sent)) = (citing.card.dtg, cited.dtg) {
        odds *= timing(own, sent, citing.year_printed, reasons);
    }
    let citing = citing.card;
    let (about, other) = (telling(citing), telling(cited));
    if !about.is_empty() && !other.is_empty() {
        odds *= match about.iter().filter(|word| other.contains(word)).count() {
            0 => 0.5,
            1 => 1.5,
            _ => {
                reasons.push("its subject has the same words");
                8.0
            }
        };
    }
    let tags = citing.tags.iter().filter(|tag| cited.tags.contains(tag)).count();
    if !citing.tags.is_empty() && !cited.tags.is_empty() {
        odds *= match tags {
            0 => 0.6,
            1 => 1.3,
            _ => 2.0,
        };
    }
    if let Some(own) = &citing.post
        && !cited.to.is_empty()
    {
        let party =
            cited.post.as_ref() == Some(own) || cited.to.iter().chain(&cited.info).any(|to| to == own);
        if party {
            reasons.push("who cites it sent or received it");
        }
        odds *= if party { 2.0 } else { 0.25 };
    }
    odds
}

/// When it was sent: most that are cited are weeks old, and none is yet to come. Who prints the year says that it is
/// older.
fn timing(citing: DateTime, sent: DateTime, year_printed: bool, reasons: &mut Vec<&'static str>) -> f32 {
    let (Some(citing), Some(sent)) = (store::seconds(citing), store::seconds(sent)) else { return 1.0 };
    match (citing - sent).div_euclid(DAY) {
        ..-1 => 0.0002,
        -1..=30 => {
            reasons.push("it was sent within a month before");
            6.0
        }
        31..=90 => {
            reasons.push("it was sent within three months before");
            2.0
        }
        _ if year_printed => 1.0,
        91..=365 => 0.4,
        _ => 0.1,
    }
}

/// The words of a subject that tell one from another.
fn telling(card: &Card) -> Vec<String> {
    let mut list = words(card.subject.as_deref().unwrap_or_default());
    list.retain(|word| word.chars().count() >= 4 && word.parse::<u32>().is_err());
    list.sort_unstable();
    list.dedup();
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_that_are_alike() {
        let alike = serials_alike(123);
        assert!([124, 132, 213, 923].iter().all(|other| alike.contains(other)), "{alike:?}");
        assert!(![123, 321, 1234, 23].iter().any(|other| alike.contains(other)), "{alike:?}");
        assert!(serials_alike(12).is_empty());
        assert!(serials_alike(u32::MAX).len() > 40);
    }
}
