//! The copies of one telegram, for the terminal and the pages.

use std::time::{Duration, Instant};

use reftel_analysis::{Passage, collate};
use reftel_archive::{Archive, Result, Telegram};
use reftel_telegram::Record;

/// How long copies that have little in common are aligned.
const ALIGNED_WITHIN: Duration = Duration::from_secs(5);

/// More copies than this are not set against one another.
pub(crate) const COPIES_MAX: usize = 20;

/// The telegrams that carry one number, and what they say together.
pub(crate) struct Copies {
    /// The telegrams, in the order in which they came in.
    pub(crate) telegrams: Vec<Telegram>,
    /// The composite of their texts.
    pub(crate) passages: Vec<Passage>,
}

impl Copies {
    /// The copies of a number; none where it isn't held.
    pub(crate) fn of(archive: &Archive, mrn: &str) -> Result<Copies> {
        let mut telegrams = Vec::new();
        for entry in archive.by_mrn(mrn)?.into_iter().take(COPIES_MAX) {
            telegrams.push(archive.telegram(entry.id)?);
        }
        let texts: Vec<String> = telegrams.iter().map(|telegram| text(&telegram.record)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let passages = collate(&texts, Some(Instant::now() + ALIGNED_WITHIN));
        Ok(Copies { telegrams, passages })
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
