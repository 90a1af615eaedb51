//! The copies of one telegram, for the terminal and the pages.

#![allow(clippy::format_push_string, reason = "the other way can fail, and a string can't")]

use std::time::{Duration, Instant};

use reftel_analysis::{Passage, collate};
use reftel_archive::{Archive, Entry, Found, Gathered, Id, Kinship, Result, Telegram};
use reftel_telegram::Record;

/// How long copies that have little in common are aligned.
const ALIGNED_WITHIN: Duration = Duration::from_secs(5);

/// More copies than this are not set against one another.
pub(crate) const COPIES_MAX: usize = 20;

/// The copies of one telegram, and what they say together.
pub(crate) struct Copies {
    /// The telegrams, in the order in which they came in.
    pub(crate) telegrams: Vec<Telegram>,
    /// Why they are copies of one.
    pub(crate) joined: Vec<Kinship>,
    /// What is kept apart from them, and why.
    pub(crate) apart: Vec<(Entry, Kinship)>,
    /// The composite of their texts.
    pub(crate) passages: Vec<Passage>,
}

impl Copies {
    /// The copies of a telegram, with itself.
    pub(crate) fn of(archive: &Archive, id: Id) -> Result<Copies> {
        let Gathered { telegrams: entries, joined, apart } = archive.copies(id)?;
        let mut telegrams = Vec::new();
        for entry in entries.into_iter().take(COPIES_MAX) {
            telegrams.push(archive.telegram(entry.id)?);
        }
        let texts: Vec<String> = telegrams.iter().map(|telegram| text(&telegram.record)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let passages = collate(&texts, Some(Instant::now() + ALIGNED_WITHIN));
        Ok(Copies { telegrams, joined, apart, passages })
    }

    /// The place of a telegram among the copies, from 1.
    pub(crate) fn place(&self, id: Id) -> Option<usize> {
        self.telegrams.iter().position(|telegram| telegram.id == id).map(|at| at + 1)
    }

    /// Whether all copies have a passage, and nothing stands in its stead.
    pub(crate) fn agreed(&self, passage: &Passage) -> bool {
        passage.copies.len() == self.telegrams.len() && !passage.withheld
    }

    /// The share of the words that all copies have, in percent: 100 only where they say the same.
    pub(crate) fn percent(&self) -> String {
        format!("{:.1}", (self.shared() * 1000.0).floor() / 10.0)
    }

    /// The share of the words that all copies have, from 0 to 1.
    pub(crate) fn shared(&self) -> f64 {
        let words = |passage: &Passage| passage.text.split_whitespace().count();
        let all: usize = self.passages.iter().map(words).sum();
        let shared: usize = self.passages.iter().filter(|passage| self.agreed(passage)).map(words).sum();
        let float = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        if all == 0 { 1.0 } else { float(shared) / float(all) }
    }
}

/// Leaves out hits that are copies of one before them. Of each that stays, all its other copies, also those that weren't
/// found.
pub(crate) fn fold(archive: &Archive, found: &mut Found) -> Result<Vec<Vec<Entry>>> {
    let ids: Vec<Id> = found.hits.iter().map(|hit| hit.id).collect();
    let mut others = archive.other_copies(&ids)?.into_iter();
    let mut met: Vec<Id> = Vec::new();
    let mut kept = Vec::new();
    found.hits.retain(|hit| {
        let others = others.next().unwrap_or_default();
        let new = !met.contains(&hit.id);
        if new {
            met.extend(others.iter().map(|entry| entry.id));
            kept.push(others);
        }
        new
    });
    Ok(kept)
}

/// `and 2 copies`; nothing where there is none.
pub(crate) fn and_copies(copies: usize) -> String {
    match copies {
        0 => String::new(),
        1 => "and a copy".to_owned(),
        n => format!("and {n} copies"),
    }
}

/// Why two telegrams are copies of one, or aren't, in one line: the reasons, and who decided it.
pub(crate) fn why(kinship: &Kinship) -> String {
    let mut why = kinship.reasons.join("; ");
    if let Some(hand) = &kinship.by_hand {
        let day = hand.at.strftime("%Y-%m-%d");
        why += &format!(" ({}, {day}: {})", hand.by, hand.because);
    }
    why
}

/// A telegram's text as its paragraphs say it, with their numbers and marks.
fn text(record: &Record) -> String {
    let mut text = String::new();
    for paragraph in record.paragraphs.iter().map(|paragraph| &paragraph.value) {
        if let Some(heading) = &paragraph.heading {
            text.push_str(heading);
            text.push('\n');
        }
        if let Some(number) = paragraph.number {
            text.push_str(&number.to_string());
            text.push_str(". ");
        }
        if let Some(portion) = &paragraph.portion {
            text.extend(["(", portion, ") "]);
        }
        text.push_str(&paragraph.text);
        text.push_str("\n\n");
    }
    text
}
