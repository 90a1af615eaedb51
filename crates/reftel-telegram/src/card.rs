//! What a registry clerk writes on an index card: who, to whom, when, which number.
//!
//! The card is the seam between crates: the format makes cards, the archive stores them, analysis
//! reads them.

use jiff::civil::DateTime;

use crate::Spanned;
use crate::record::{Addressee, Record};

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
        let mrn = record.mrn.as_ref().map(|mrn| mrn.value.clone());
        let parts = mrn.as_deref().and_then(crate::mrn::parts);
        let dtg = record.dtg.as_ref().map(|dtg| dtg.value);
        let from = record
            .from
            .as_ref()
            .map(|from| from.value.post.clone().unwrap_or_else(|| from.value.plad.clone()));
        Card {
            serial: parts.map(|parts| parts.2),
            year: dtg
                .map(DateTime::year)
                .or_else(|| parts.map(|parts| crate::datetime::full_year(parts.0, None))),
            dtg,
            post: parts.map(|parts| parts.1.to_owned()).or(from),
            to: names(&record.to),
            info: names(&record.info),
            classification: record.classification.as_ref().map(|class| class.value.name()),
            captions: record.captions.iter().map(|caption| caption.value.clone()).collect(),
            precedence: record.precedence.as_ref().map(|precedence| precedence.value.name()),
            tags: record.tags.iter().filter_map(|tag| tag.value.code.clone()).collect(),
            subject: record.subject.as_ref().map(|subject| subject.value.text.clone()),
            signed: record.signatures.iter().map(|name| name.value.clone()).collect(),
            cites: cites(record, mrn.as_deref()),
            sections: record.sections.clone(),
            mrn,
        }
    }
}

fn names(list: &[Spanned<Addressee>]) -> Vec<String> {
    list.iter()
        .map(|entry| {
            let station = &entry.value.station;
            station.post.clone().unwrap_or_else(|| station.plad.clone())
        })
        .collect()
}

fn cites(record: &Record, own: Option<&str>) -> Vec<String> {
    let block = record.references.iter().filter_map(|reference| reference.value.mrn.as_ref());
    let text = record.mentions.iter().filter_map(|mention| mention.value.mrn.as_ref());
    let mut list: Vec<String> = Vec::new();
    for mrn in block.chain(text) {
        if own != Some(mrn) && !list.contains(mrn) {
            list.push(mrn.clone());
        }
    }
    list
}
