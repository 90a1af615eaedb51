//! A telegram that is cited and isn't here: when it must have been sent, what those who cite it say of it, and
//! which telegram here it may be after all.

use jiff::Span as Time;
use jiff::civil::{Date, DateTime};
use reftel_telegram::record::YearSource;
use reftel_telegram::{Card, Record, in_series};
use rusqlite::{Connection, params};

use crate::books::{citing, missing};
use crate::query::edits;
use crate::words::words;
use crate::{Archive, Entry, Result, index, store};

/// So many of those who cite it are read for what they say.
const READ_MAX: usize = 12;

/// A sentence is cut to so many characters.
const SENTENCE_MAX: usize = 400;

/// A telegram that is cited and isn't here.
#[derive(Clone, Debug, Default)]
pub struct Phantom {
    /// Its number: `09STATE54767`.
    pub mrn: String,
    /// The post that sent it, as in its number.
    pub post: String,
    /// The year in its number.
    pub year: Option<i16>,
    /// Its serial.
    pub serial: u32,
    /// The telegrams of the same series on either side of it: it was sent between them.
    pub between: (Option<Entry>, Option<Entry>),
    /// The earliest it can have been sent: with the telegram before it in the series.
    pub after: Option<DateTime>,
    /// The latest: with the one behind it in the series, or with the first that cites it.
    pub before: Option<DateTime>,
    /// Who cites it, oldest first, and the sentence in which the first of them do.
    pub cited_by: Vec<(Entry, Option<String>)>,
    /// Whether one that cites it prints the year.
    pub year_printed: bool,
    /// Telegrams here that it may be, likeliest first.
    pub alternatives: Vec<Alternative>,
}

/// A telegram that a number which isn't held may mean.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// The telegram.
    pub entry: Entry,
    /// How likely it is, from 0 to 1: a rule's estimate, not a frequency.
    pub confidence: f32,
    /// Why, each in a few words.
    pub reasons: Vec<&'static str>,
}

impl Archive {
    /// What is known of a telegram that isn't here; `None` where its number isn't one of a post's series.
    pub fn phantom(&self, mrn: &str) -> Result<Option<Phantom>> {
        self.reading(|connection| phantom(self, connection, mrn))
    }

    /// Numbers that are cited and not held, the most cited first, each with how many cite it.
    pub fn phantoms(&self, offset: usize, limit: usize) -> Result<Vec<(String, u64)>> {
        self.reading(|connection| missing(connection, offset, limit))
    }
}

fn phantom(archive: &Archive, connection: &Connection, mrn: &str) -> Result<Option<Phantom>> {
    let Some((year, post, serial)) = in_series(mrn) else { return Ok(None) };
    let entries = citing(connection, mrn)?;
    let year = full_year(year, entries.iter().filter_map(|entry| entry.card.year).min());
    let between = beside(connection, post, year, serial)?;
    let (mrn, post) = (mrn.to_owned(), post.to_owned());
    let mut phantom = Phantom { mrn, post, year, serial, between, ..Phantom::default() };
    let sent = |entry: &Option<Entry>| entry.as_ref().and_then(|entry| entry.card.dtg);
    phantom.after = sent(&phantom.between.0);
    let first_citing = entries.iter().filter_map(|entry| entry.card.dtg).min();
    phantom.before = [sent(&phantom.between.1), first_citing].into_iter().flatten().min();
    if phantom.before < phantom.after && phantom.before.is_some() {
        // Numbers weren't given in order, or one of them is damaged: then neither bound says anything.
        phantom.after = None;
    }
    for (at, entry) in entries.into_iter().enumerate() {
        let (sentence, printed) =
            if at < READ_MAX { said_of(archive, connection, &entry, &phantom.mrn)? } else { (None, false) };
        phantom.year_printed |= printed;
        phantom.cited_by.push((entry, sentence));
    }
    phantom.alternatives = alternatives(connection, &phantom)?;
    Ok(Some(phantom))
}

/// The year in full: of those that end so, the last that is no later than the first citing telegram.
pub(crate) fn full_year(year: u8, first_citing: Option<i16>) -> Option<i16> {
    let first = first_citing?;
    let century = first - first.rem_euclid(100) + i16::from(year);
    Some(if century > first { century - 100 } else { century })
}

/// The days between which it was sent: the first, and the one behind the last. `None` where nothing tells more than
/// its year.
pub(crate) fn window(
    connection: &Connection,
    mrn: &str,
    post: &str,
    year: Option<i16>,
    serial: u32,
) -> Result<Option<(Date, Date)>> {
    let sent = |entry: &Option<Entry>| entry.as_ref().and_then(|entry| entry.card.dtg);
    let between = beside(connection, post, year, serial)?;
    let citing = citing(connection, mrn)?.iter().filter_map(|entry| entry.card.dtg).min();
    let before = [sent(&between.1), citing].into_iter().flatten().min();
    let after = sent(&between.0).filter(|after| before.is_none_or(|before| *after <= before));
    let first = after.map(DateTime::date).or_else(|| Date::new(year?, 1, 1).ok());
    let end = before.map(DateTime::date).or_else(|| Date::new(year?, 12, 31).ok());
    Ok(first.zip(end.and_then(|last| last.tomorrow().ok())))
}

/// The telegrams of a series on either side of a serial.
fn beside(
    connection: &Connection,
    post: &str,
    year: Option<i16>,
    serial: u32,
) -> Result<(Option<Entry>, Option<Entry>)> {
    let one = |rest: &str| -> Result<Option<Entry>> {
        Ok(store::cards(connection, rest, params![post, year, serial])?.pop())
    };
    let before = "WHERE serial IS NOT NULL AND dtg IS NOT NULL AND post = ? AND year = ? AND serial < ? \
                  ORDER BY serial DESC, id LIMIT 1";
    let after = "WHERE serial IS NOT NULL AND dtg IS NOT NULL AND post = ? AND year = ? AND serial > ? \
                 ORDER BY serial, id LIMIT 1";
    Ok((one(before)?, one(after)?))
}

/// The sentence of a telegram in which it mentions another, else the reference as it is printed; and whether the year
/// is printed with it.
fn said_of(
    archive: &Archive,
    connection: &Connection,
    entry: &Entry,
    mrn: &str,
) -> Result<(Option<String>, bool)> {
    let collections = archive.collections(connection)?;
    let told = crate::kept::of(connection, &archive.blocks, entry.id)?.read(&collections)?;
    let (bytes, record) = (told.text, told.record);
    if let Some(mention) = record.mentions.iter().find(|mention| mention.value.mrn.as_deref() == Some(mrn)) {
        let text = index::readable_part(&record, mention.span);
        if let Some(sentence) = text.and_then(|(text, at)| sentence(&text, at)) {
            // `09 STATE 123`, `NAVADMIN 123/15`
            let mention = bytes.get(mention.span.range()).unwrap_or_default();
            let printed = mention.first().is_some_and(u8::is_ascii_digit) || mention.contains(&b'/');
            return Ok((Some(sentence), printed || year_printed(&record, mrn)));
        }
    }
    let reference = record.references.iter().find(|reference| reference.value.mrn.as_deref() == Some(mrn));
    Ok((reference.map(|reference| reference.value.printed.clone()), year_printed(&record, mrn)))
}

fn year_printed(record: &Record, mrn: &str) -> bool {
    record.references.iter().any(|reference| {
        reference.value.mrn.as_deref() == Some(mrn) && reference.value.year == Some(YearSource::Printed)
    })
}

/// The sentence around a place, in one line.
fn sentence(text: &str, at: usize) -> Option<String> {
    let at = text.floor_char_boundary(at.min(text.len()));
    let ends = |c: char| matches!(c, '.' | '?' | '!');
    let is_end = |end: usize| text[end + 1..].starts_with(char::is_whitespace);
    let start = text[..at].match_indices(ends).rev().map(|found| found.0).find(|end| is_end(*end));
    let start = start.map_or(0, |end| end + 1);
    let end = text[at..]
        .match_indices(ends)
        .map(|found| at + found.0)
        .find(|end| *end + 1 == text.len() || is_end(*end));
    let end = end.map_or(text.len(), |end| end + 1);
    let line = text[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(SENTENCE_MAX).collect();
    (!short.is_empty()).then_some(short)
}

// ---- What it may be ------------------------------------------------------------------------------

fn alternatives(connection: &Connection, phantom: &Phantom) -> Result<Vec<Alternative>> {
    let mut found: Vec<Alternative> = Vec::new();
    let mut add = |entries: Vec<Entry>, confidence: f32, reason: &'static str| {
        for entry in entries {
            if found.iter().all(|other| other.entry.id != entry.id) {
                found.push(Alternative { entry, confidence, reasons: vec![reason] });
            }
        }
    };
    let Phantom { post, year, serial, .. } = phantom;
    if let Some(year) = year {
        // A citation in January leaves out the year that has just ended.
        let off = if phantom.year_printed { [0.1, 0.05] } else { [0.7, 0.3] };
        for (other, confidence) in [year - 1, year + 1].into_iter().zip(off) {
            let same = "WHERE post = ? AND year = ? AND serial = ? ORDER BY id LIMIT 4";
            let entries = store::cards(connection, same, params![post, other, serial])?;
            add(entries, confidence, "the same post and serial, a year off");
        }
        let others = "WHERE year = ? AND serial = ? AND post <> ? ORDER BY id LIMIT 200";
        let entries = store::cards(connection, others, params![year, serial, post])?;
        let garbled = entries.into_iter().filter(|entry| {
            let other = entry.card.post.as_deref().unwrap_or_default();
            post.len() >= 4 && edits(other.as_bytes(), post.as_bytes()) == 1
        });
        add(garbled.collect(), 0.7, "the post differs in one letter");
        let near = "WHERE post = ? AND year = ? AND serial IS NOT NULL ORDER BY id LIMIT 20000";
        let digits = serial.to_string();
        let entries = store::cards(connection, near, params![post, year])?;
        let slips = entries.into_iter().filter(|entry| {
            let other = entry.card.serial.unwrap_or_default().to_string();
            digits.len() >= 3 && slip(&other, &digits)
        });
        add(slips.collect(), 0.1, "the serial differs in one digit, or two have changed places");
    }
    let about: Vec<Vec<String>> = phantom.cited_by.iter().map(|(entry, _)| telling(&entry.card)).collect();
    let last = phantom.cited_by.iter().filter_map(|(entry, _)| entry.card.dtg).min();
    found.retain_mut(|alternative| weigh(alternative, &about, last));
    found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.entry.id.cmp(&b.entry.id)));
    found.truncate(5);
    Ok(found)
}

/// Takes date and subject into account; `false` where it can't be the telegram.
fn weigh(alternative: &mut Alternative, about: &[Vec<String>], citing: Option<DateTime>) -> bool {
    if let (Some(sent), Some(citing)) = (alternative.entry.card.dtg, citing) {
        if sent > citing {
            return false;
        }
        let recent = citing.checked_sub(Time::new().days(60)).is_ok_and(|recent| sent >= recent);
        if recent {
            alternative.confidence += 0.15;
            alternative.reasons.push("it was sent within two months before");
        }
    }
    let own = telling(&alternative.entry.card);
    let shared = about.iter().map(|words| words.iter().filter(|word| own.contains(word)).count()).max();
    if shared.unwrap_or_default() >= 2 {
        alternative.confidence += 0.45;
        alternative.reasons.push("its subject has the same words");
    }
    alternative.confidence = alternative.confidence.min(0.97);
    alternative.confidence >= 0.2
}

/// The words of a subject that tell one from another.
fn telling(card: &Card) -> Vec<String> {
    let mut list = words(card.subject.as_deref().unwrap_or_default());
    list.retain(|word| word.chars().count() >= 4 && word.parse::<u32>().is_err());
    list.sort_unstable();
    list.dedup();
    list
}

/// Whether two numbers differ in one digit of the same length, or in two neighbours that have changed places.
fn slip(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let different: Vec<usize> = (0..one.len()).filter(|at| one[*at] != other[*at]).collect();
    match different[..] {
        [_] => true,
        [a, b] => b == a + 1 && one[a] == other[b] && one[b] == other[a],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_cut_around_a_place() {
        let text = "First one. As ref A said,\nthe ferry left. Third (see U.S. note).";
        assert_eq!(sentence(text, 15).as_deref(), Some("As ref A said, the ferry left."));
        assert_eq!(sentence(text, 2).as_deref(), Some("First one."));
        assert_eq!(sentence("no end", 3).as_deref(), Some("no end"));
        assert_eq!(sentence("", 3), None);
    }

    #[test]
    fn slips_of_the_pen() {
        for (one, other, want) in [
            ("123", "124", true),
            ("123", "132", true),
            ("123", "321", false),
            ("123", "1234", false),
            ("1", "1", false),
        ] {
            assert_eq!(slip(one, other), want, "{one} {other}");
        }
    }

    #[test]
    fn numbers_of_a_series_have_parts() {
        assert_eq!(in_series("09STATE54767"), Some((9, "STATE", 54767)));
        for mrn in ["75VALDORIA-A123", "", "é9", "09VALDORIA"] {
            assert_eq!(in_series(mrn), None, "{mrn}");
        }
    }
}
