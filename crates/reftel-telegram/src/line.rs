//! What each line of a telegram is.
//!
//! Lines tile the text, so a telegram printed line by line is the telegram. Their kinds are a view of the
//! record: a line is what the fields read from it are.

use crate::Span;
use crate::marking::{self, Noise};
use crate::record::Record;
use crate::source::Source;

/// One line of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its bytes, with the line end.
    pub span: Span,
    /// What it is.
    pub kind: LineKind,
}

/// What a line is. The numbers are the format lines of ACP 127(G), Annex B.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LineKind {
    /// 1: transmission identification, `VZCZCXRO6229`.
    Transmission,
    /// 2: routing indicators called.
    Routing,
    /// 3: `DE` and the calling station.
    Calling,
    /// 4: security warning.
    Security,
    /// 5: precedence and date-time group.
    Preamble,
    /// 6: the originator.
    From,
    /// 7: action addressees.
    To,
    /// 8: information addressees.
    Info,
    /// 11 and 13: `BT`.
    Break,
    /// 12: the classification line.
    Classification,
    /// Captions.
    Caption,
    /// Passing and attention instructions.
    Passing,
    /// The E.O. line.
    ExecutiveOrder,
    /// TAGS.
    Tags,
    /// The subject.
    Subject,
    /// References.
    Reference,
    /// Who classified it.
    ClassifiedBy,
    /// The first line of a paragraph, and those that continue it.
    Paragraph,
    /// The signature.
    Signature,
    /// A page or section continuation line.
    Page,
    /// A classification above or below a page line.
    Banner,
    /// A stamp of the archive.
    Stamp,
    /// Offices that get copies.
    Distribution,
    /// Drafting and clearance.
    Workflow,
    /// 15: the validation number.
    Validation,
    /// 16: `NNNN`.
    End,
    /// Nothing.
    Blank,
    /// Anything else. Kept, and not guessed at.
    Other,
}

/// Cuts `text` into lines and says what each is, given what was read from it.
pub(crate) fn lines(text: &str, record: &Record) -> Vec<Line> {
    let source = Source::new(text);
    let noise = marking::noise(&source, 0..source.lines.len());
    let mut kinds = fields(record);
    kinds.sort_by_key(|(span, _)| *span);
    let mut lines: Vec<Line> = source
        .lines
        .iter()
        .zip(&noise)
        .map(|(line, noise)| Line {
            span: Span::new(line.start, line.next),
            kind: noise.map_or(LineKind::Other, of_noise),
        })
        .collect();
    for (span, kind) in kinds {
        let first = lines.partition_point(|line| line.span.end <= span.start);
        for line in lines[first..].iter_mut().take_while(|line| line.span.start < span.end) {
            if line.kind == LineKind::Other {
                line.kind = kind;
            }
        }
    }
    lines
}

fn of_noise(noise: Noise) -> LineKind {
    match noise {
        Noise::Page => LineKind::Page,
        Noise::Banner => LineKind::Banner,
        Noise::Stamp => LineKind::Stamp,
        Noise::Break => LineKind::Break,
        Noise::Validation => LineKind::Validation,
        Noise::End => LineKind::End,
        Noise::Blank => LineKind::Blank,
    }
}

fn fields(record: &Record) -> Vec<(Span, LineKind)> {
    let mut list = Vec::new();
    for (pointer, span) in record.spans() {
        let kind = match pointer.split('/').nth(1).unwrap_or("") {
            "dtg" | "precedence" => LineKind::Preamble,
            "from" => LineKind::From,
            "to" => LineKind::To,
            "info" => LineKind::Info,
            "classification" | "controls" | "mrn" => LineKind::Classification,
            "captions" => LineKind::Caption,
            "passing" => LineKind::Passing,
            "executive_order" => LineKind::ExecutiveOrder,
            "tags" => LineKind::Tags,
            "subject" => LineKind::Subject,
            "references" => LineKind::Reference,
            "classified_by" => LineKind::ClassifiedBy,
            "paragraphs" => LineKind::Paragraph,
            "signatures" => LineKind::Signature,
            "workflow" => LineKind::Workflow,
            "distribution" => LineKind::Distribution,
            "transmission" => match pointer.split('/').nth(2).unwrap_or("") {
                "ids" => LineKind::Transmission,
                "called" | "routing_precedence" => LineKind::Routing,
                "station" | "station_serial" | "station_section" | "filed" => LineKind::Calling,
                "warning" | "class_characters" => LineKind::Security,
                _ => continue,
            },
            _ => continue,
        };
        list.push((span, kind));
    }
    list
}
