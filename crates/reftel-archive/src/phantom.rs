//! A telegram that is cited and isn't here: when it must have been sent, what those who cite it say of it, and
//! which telegram here it may be after all.

use jiff::civil::{Date, DateTime};
use reftel_telegram::{Card, in_series};
use rusqlite::{Connection, params};

use crate::books::{citing, missing};
use crate::resolve::{self, Citing};
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
    (phantom.after, phantom.before) = bounds(&phantom.between, &entries);
    let mut citing = Vec::new();
    for (at, entry) in entries.into_iter().enumerate() {
        let mut sentence = None;
        if at < READ_MAX {
            let (said, printed) = said_of(archive, connection, &entry, &phantom.mrn)?;
            sentence = said;
            phantom.year_printed |= printed;
            citing.push((entry.card.clone(), printed));
        }
        phantom.cited_by.push((entry, sentence));
    }
    phantom.alternatives = alternatives(connection, &phantom.mrn, &citing)?;
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
    let (after, before) = bounds(&beside(connection, post, year, serial)?, &citing(connection, mrn)?);
    let first = after.map(DateTime::date).or_else(|| Date::new(year?, 1, 1).ok());
    let end = before.map(DateTime::date).or_else(|| Date::new(year?, 12, 31).ok());
    Ok(first.zip(end.and_then(|last| last.tomorrow().ok())))
}

/// When it was sent at the earliest, with the one before it in the series, and at the latest, with the one behind it or
/// with the first that cites it.
fn bounds(
    between: &(Option<Entry>, Option<Entry>),
    citing: &[Entry],
) -> (Option<DateTime>, Option<DateTime>) {
    let sent = |entry: &Option<Entry>| entry.as_ref().and_then(|entry| entry.card.dtg);
    let first_citing = citing.iter().filter_map(|entry| entry.card.dtg).min();
    let before = [sent(&between.1), first_citing].into_iter().flatten().min();
    // Where numbers weren't given in order, or one of them is damaged, neither bound says anything.
    let after = sent(&between.0).filter(|after| before.is_none_or(|before| *after <= before));
    (after, before)
}

/// The last telegram of a series before a serial that says when it was sent.
pub(crate) fn preceding(
    connection: &Connection,
    post: &str,
    year: Option<i16>,
    serial: u32,
) -> Result<Option<Entry>> {
    let rest = "WHERE serial IS NOT NULL AND dtg IS NOT NULL AND post = ? AND year = ? AND serial < ? \
                ORDER BY serial DESC, id LIMIT 1";
    Ok(store::cards(connection, rest, params![post, year, serial])?.pop())
}

/// The telegrams of a series on either side of a serial.
fn beside(
    connection: &Connection,
    post: &str,
    year: Option<i16>,
    serial: u32,
) -> Result<(Option<Entry>, Option<Entry>)> {
    let rest = "WHERE serial IS NOT NULL AND dtg IS NOT NULL AND post = ? AND year = ? AND serial > ? \
                ORDER BY serial, id LIMIT 1";
    let following = store::cards(connection, rest, params![post, year, serial])?.pop();
    Ok((preceding(connection, post, year, serial)?, following))
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
    let printed = resolve::year_printed(&record, &bytes, mrn);
    if let Some(mention) = record.mentions.iter().find(|mention| mention.value.mrn.as_deref() == Some(mrn)) {
        let text = index::readable_part(&record, mention.span);
        if let Some(sentence) = text.and_then(|(text, at)| sentence(&text, at)) {
            return Ok((Some(sentence), printed));
        }
    }
    let reference = record.references.iter().find(|reference| reference.value.mrn.as_deref() == Some(mrn));
    Ok((reference.map(|reference| reference.value.printed.clone()), printed))
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

/// What the number may mean to those who cite it: of each telegram what it is to the one that fits it best.
fn alternatives(connection: &Connection, mrn: &str, citing: &[(Card, bool)]) -> Result<Vec<Alternative>> {
    let mut found: Vec<Alternative> = Vec::new();
    let posts = resolve::posts(connection)?;
    for (card, year_printed) in citing {
        let citing = Citing { card, year_printed: *year_printed };
        for other in resolve::resolve(connection, &posts, &citing, mrn)?.telegrams {
            match found.iter_mut().find(|known| known.entry.id == other.entry.id) {
                Some(known) if known.confidence >= other.confidence => {}
                Some(known) => *known = other,
                None => found.push(other),
            }
        }
    }
    found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.entry.id.cmp(&b.entry.id)));
    found.truncate(5);
    Ok(found)
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
    fn numbers_of_a_series_have_parts() {
        assert_eq!(in_series("09STATE54767"), Some((9, "STATE", 54767)));
        for mrn in ["75VALDORIA-A123", "", "é9", "09VALDORIA"] {
            assert_eq!(in_series(mrn), None, "{mrn}");
        }
    }

    #[test]
    fn a_year_is_no_later_than_who_cites_it() {
        assert_eq!(full_year(99, Some(2000)), Some(1999));
        assert_eq!(full_year(0, Some(2000)), Some(2000));
        assert_eq!(full_year(5, None), None);
    }
}
