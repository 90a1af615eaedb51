//! What a registry clerk writes on an index card: who, to whom, when, which number.
//!
//! The card is the seam between crates: the format makes cards, the archive stores them, analysis
//! reads them.

use jiff::civil::DateTime;

use crate::Record;

/// One telegram's index card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// Canonical number: `09VALDORIA1000`.
    pub mrn: Option<String>,
    /// The serial within the number: 1000.
    pub serial: Option<u32>,
    /// The year sent, four digits.
    pub year: Option<i16>,
    /// When, in UTC.
    pub dtg: Option<DateTime>,
    /// The originating post as in the number; else the originator's address as printed.
    pub post: Option<String>,
    /// Action addressees: post, else address.
    pub to: Vec<String>,
    /// Information addressees: post, else address.
    pub info: Vec<String>,
    /// The classification's word.
    pub classification: Option<&'static str>,
    /// Captions.
    pub captions: Vec<String>,
    /// The action precedence's word.
    pub precedence: Option<&'static str>,
    /// TAGS codes.
    pub tags: Vec<String>,
    /// The subject in one line.
    pub subject: Option<String>,
    /// Surnames signed.
    pub signed: Vec<String>,
    /// Canonical numbers this telegram cites, each once, in order: its reference block, then its text.
    pub cites: Vec<String>,
    /// Sections present, and how many there should be.
    pub sections: crate::record::Sections,
}

impl Card {
    /// The card of a record.
    pub fn of(record: &Record) -> Card {
        let _ = record;
        Card::default()
    }
}
