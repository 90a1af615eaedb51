//! The rules on a finished record.
//!
//! The reader reports what it stumbled over while reading. What can only be asked of the whole (does the order
//! named fit the date, do the portion marks bear out the classification, would the line carry these characters)
//! is asked here, for a [`Purpose`]: an old copy is held to less than a telegram that is about to be sent.
//!
//! Some rules of the publications can't be checked on a text, and aren't: whether an exempt post belongs to the
//! collective, whether continuity numbers run on, whether somebody may use a caption.

mod explanation;
mod form;
mod heading;
mod marking;
mod order;
mod text;
mod topics;

use std::ops::Range;

use jiff::civil::Date;

use crate::diagnostic::{Code, Diagnostic, Purpose};
use crate::order::STATE_SERIES;
use crate::record::Classification;
use crate::{Findings, Reading, Record, Span, decode, findings};

pub use explanation::{Explanation, explain};

/// What is odd about the telegrams of an input, for a purpose: what [`crate::read`] reported and what the
/// rules on the finished record say, in the order of the places.
///
/// `bytes` is the input, `readings` what [`crate::read`] made of it.
///
/// ```
/// use reftel_telegram::{Context, Purpose, check, read};
///
/// let text = b"R 110915Z JUN 09\nFM AMEMBASSY LISBON\nTO SECSTATE WASHDC\nBT\nUNCLAS LISBON 1234\n\
///     E.O. 11652: GDS\nTAGS: PREL, PO\nSUBJECT: FERRIES\nNO CHANGE.\nDOE\nBT\n";
/// let found = check(text, &read(text, &Context::default()), Purpose::Archive);
/// assert_eq!(found[0].code.name(), "T121"); // not the order of 2009
/// ```
pub fn check(bytes: &[u8], readings: &[Reading], purpose: Purpose) -> Vec<Diagnostic> {
    let decoded = decode::decode(bytes);
    // Places are bytes of the input: only where the input is its own text can its lines be looked at.
    let text = (decoded.encoding == "utf-8" && decoded.text.len() == bytes.len()).then_some(&*decoded.text);
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut room = findings::room(bytes.len());
    for reading in readings {
        let mut checker = Checker::new(reading, text, purpose);
        heading::check(&mut checker);
        marking::check(&mut checker);
        order::check(&mut checker);
        text::check(&mut checker);
        topics::check(&mut checker);
        form::check(&mut checker);
        checker.found.forget(|code| code.severity_for(purpose).is_none());
        if room == 0 {
            checker.found.thin(findings::KEPT_IN_A_CROWD);
        }
        checker.found.close();
        room = room.saturating_sub(checker.found.len());
        found.extend(checker.found);
    }
    sections_agree(readings, &mut found);
    found.retain(|diagnostic| diagnostic.code.severity_for(purpose).is_some());
    found.sort_by_key(|diagnostic| (diagnostic.span.start, diagnostic.code));
    found
}

/// Sections of one number that came as telegrams of their own, because their times differ.
fn sections_agree(readings: &[Reading], found: &mut Vec<Diagnostic>) {
    for pair in readings.windows(2) {
        let [first, second] = [&pair[0].record, &pair[1].record];
        let parts = [first, second].iter().all(|record| {
            record.sections.total.is_some_and(|total| total > 1) && record.sections.present.len() == 1
        });
        let (Some(mrn), Some(other)) = (&first.mrn, &second.mrn) else { continue };
        let (Some(dtg), Some(own)) = (&first.dtg, &second.dtg) else { continue };
        let alike = mrn.value == other.value && first.sections.present != second.sections.present;
        if parts && alike && dtg.value != own.value {
            let message = format!("section {} has another time", first.sections.present[0]);
            found.push(Diagnostic::new(Code::SectionsDiffer, own.span, message));
        }
    }
}

/// A telegram under question.
struct Checker<'r> {
    record: &'r Record,
    /// The bytes of the input that are this telegram.
    span: Span,
    /// The input, where places are places in it.
    text: Option<&'r str>,
    purpose: Purpose,
    /// What the reader reported, and what the rules add.
    found: Findings,
}

impl<'r> Checker<'r> {
    fn new(reading: &'r Reading, text: Option<&'r str>, purpose: Purpose) -> Checker<'r> {
        let found = reading.record.diagnostics.clone();
        Checker { record: &reading.record, span: reading.span, text, purpose, found }
    }

    fn report(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.found.push(Diagnostic::new(code, span, message));
    }

    /// The first place that says something about the whole, for what isn't there.
    fn whole(&self) -> Span {
        let record = self.record;
        let first = [
            record.classification.as_ref().map(|class| class.span),
            record.mrn.as_ref().map(|mrn| mrn.span),
            record.dtg.as_ref().map(|dtg| dtg.span),
            record.from.as_ref().map(|from| from.span),
        ];
        first.into_iter().flatten().next().unwrap_or(self.start())
    }

    /// The telegram's first byte.
    fn start(&self) -> Span {
        let start = self.span.start;
        Span::new(start, (start + 1).min(self.span.end))
    }

    /// Whether the reader reported this already.
    fn raised(&self, code: Code) -> bool {
        self.record.diagnostics.iter().any(|found| found.code == code)
    }

    fn date(&self) -> Option<Date> {
        self.record.dtg.as_ref().map(|dtg| dtg.value.date())
    }

    /// Whether the text is classified: CONFIDENTIAL or higher.
    fn classified(&self) -> bool {
        self.record.classification.as_ref().is_some_and(|class| class.value >= Classification::Confidential)
    }

    fn unclassified(&self) -> bool {
        self.record.classification.as_ref().is_some_and(|class| class.value == Classification::Unclassified)
    }

    fn caption(&self, name: &str) -> bool {
        self.record.captions.iter().any(|caption| caption.value == name)
    }

    fn control(&self, name: &str) -> bool {
        self.record.controls.iter().any(|control| control.value == name)
    }

    /// Whether the telegram is of the State series, which has E.O. line, TAGS and subject since March 1973.
    fn of_state_series(&self) -> bool {
        let of_post = self.record.from.as_ref().is_some_and(|from| from.value.post.is_some());
        let since = self.date().is_none_or(|date| date >= STATE_SERIES);
        let service = self.record.subject.is_none() && self.record.paragraphs.is_empty();
        of_post && since && !service && !self.caption("AIDAC")
    }

    /// The telegram's lines: the place of each in the input, without its end.
    fn lines(&self) -> Vec<(Span, &'r str)> {
        let Some(text) = self.text.and_then(|text| text.get(self.span.range())) else { return Vec::new() };
        let mut lines = Vec::new();
        let mut at = self.span.start;
        for line in text.split_inclusive('\n') {
            let bare = line.trim_end_matches(['\n', '\r']);
            lines.push((Span::new(at, at + bare.len()), bare));
            at += line.len();
        }
        lines
    }
}

/// The texts of a transmission: the lines between one `BT` and the next.
fn texts(lines: &[(Span, &str)]) -> Vec<Range<usize>> {
    let breaks: Vec<usize> =
        lines.iter().enumerate().filter(|(_, (_, line))| line.trim() == "BT").map(|(at, _)| at).collect();
    breaks.chunks_exact(2).map(|pair| pair[0] + 1..pair[1]).collect()
}
