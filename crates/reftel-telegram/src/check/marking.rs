//! Rules on classification, captions and portion marks.

use super::Checker;
use crate::diagnostic::{Code, Confidence, Diagnostic};
use crate::record::Classification;
use crate::{Span, marking, record, tables};

pub(super) fn check(checker: &mut Checker<'_>) {
    spacing(checker);
    captions(checker);
    caption_order(checker);
    portions(checker);
    controls_of_portions(checker);
}

/// RESTRICTED and higher are written with a blank between the letters.
fn spacing(checker: &mut Checker<'_>) {
    let Some(class) = &checker.record.classification else { return };
    if class.value == Classification::Unclassified {
        return;
    }
    let Some(printed) = checker.text.and_then(|text| text.get(class.span.range())) else { return };
    let word = class.value.name();
    if printed.trim() == word && checker.record.dialect.is_routed() {
        let spaced = marking::letter_spaced(word);
        let found =
            Diagnostic::new(Code::ClassificationNotSpaced, class.span, format!("`{word}` without blanks"));
        checker.found.push(found.mended(spaced, Confidence::Certain));
    }
}

fn captions(checker: &mut Checker<'_>) {
    let record = checker.record;
    let mut channels = record.captions.iter().filter(|caption| tables::is_channel(&caption.value));
    if let (Some(first), Some(second)) = (channels.next(), channels.next())
        && first.value != second.value
    {
        let message = format!("{} beside {}", second.value, first.value);
        checker.report(Code::ChannelsSeveral, second.span, message);
    }
    if let Some(alone) = record.captions.iter().find(|caption| tables::goes_alone(&caption.value)) {
        let other = record.captions.iter().find(|caption| caption.value != alone.value);
        if let Some(other) = other.filter(|other| !tables::is_channel(&other.value)) {
            let message = format!("{} beside {}", other.value, alone.value);
            checker.report(Code::CaptionBesideChannel, other.span, message);
        }
        let open = checker.unclassified() && record.controls.is_empty() && !checker.caption("SENSITIVE");
        if alone.value == "AGREMENT CHANNEL" && open {
            checker.report(Code::AgrementUnmarked, alone.span, "neither classified nor controlled");
        }
    }
    let informal = record.captions.iter().find(|caption| caption.value == "OFFICIAL INFORMAL");
    if let Some(informal) = informal {
        let subject =
            record.subject.as_ref().map(|subject| subject.text.replace('-', " ").to_ascii_uppercase());
        let repeated = subject.is_some_and(|subject| {
            subject
                .split_once("OFFICIAL INFORMAL")
                .is_some_and(|(_, rest)| rest.contains(|c: char| c.is_ascii_digit()))
        });
        if !repeated {
            let message = "the subject doesn't say OFFICIAL INFORMAL and a number";
            checker.report(Code::OfficialInformalSubject, informal.span, message);
        }
    }
}

fn caption_order(checker: &mut Checker<'_>) {
    let record = checker.record;
    let mut most: Option<(u8, &str)> = None;
    let mut seen: Vec<&str> = Vec::new();
    for caption in &record.captions {
        let name = caption.value.as_str();
        if seen.contains(&name) {
            checker.report(Code::CaptionRepeated, caption.span, format!("{name} stands here a second time"));
            continue;
        }
        // A text has a handful of captions; there are few names.
        seen.push(name);
        let Some(rank) = tables::restriction(name) else { continue };
        if let Some((_, before)) = most.filter(|(least, _)| *least > rank) {
            let message = format!("{name} is more restrictive than {before} above it");
            checker.report(Code::CaptionsOutOfOrder, caption.span, message);
        }
        if most.is_none_or(|(least, _)| rank >= least) {
            most = Some((rank, name));
        }
    }
}

/// What a portion mark says of the classification.
fn class_of(portion: &str) -> Option<Classification> {
    let first = portion.split(['/', '-', ',', ' ']).next().unwrap_or_default();
    match first.to_ascii_uppercase().as_str() {
        "U" | "SBU" | "LOU" | "FOUO" | "CUI" => Some(Classification::Unclassified),
        "R" => Some(Classification::Restricted),
        "C" => Some(Classification::Confidential),
        "S" => Some(Classification::Secret),
        "TS" => Some(Classification::TopSecret),
        _ => None,
    }
}

/// Portion marks with their places: the subject's and the paragraphs'.
fn marks(record: &record::Record) -> impl Iterator<Item = (&str, Span)> {
    let subject = record.subject.iter().filter_map(|s| Some((s.value.portion.as_deref()?, s.span)));
    let paragraphs = record
        .paragraphs
        .iter()
        .filter_map(|p| Some((p.value.portion.as_deref()?, p.value.lines.first()?.1)));
    subject.chain(paragraphs)
}

fn portions(checker: &mut Checker<'_>) {
    let record = checker.record;
    let Some(class) = record.classification.as_ref().filter(|_| checker.classified()) else { return };
    let highest = marks(record).filter_map(|(mark, _)| class_of(mark)).max();
    if let Some(highest) = highest.filter(|highest| *highest < class.value) {
        let message = format!("{} as a whole, but no paragraph is above {highest}", class.value);
        checker.report(Code::OverallAbovePortions, class.span, message);
    }
    if let Some(subject) = record.subject.as_ref().filter(|subject| subject.portion.is_none()) {
        checker.report(Code::PortionMissing, subject.span, "the subject has no portion mark");
    }
    let numbered = record.paragraphs.iter().filter(|paragraph| paragraph.value.number.is_some());
    for paragraph in numbered.filter(|paragraph| paragraph.value.portion.is_none()) {
        let number = paragraph.value.number.unwrap_or_default();
        let span = paragraph.value.lines.first().map_or(paragraph.span, |line| line.1);
        checker.report(Code::PortionMissing, span, format!("paragraph {number} has no portion mark"));
    }
}

fn controls_of_portions(checker: &mut Checker<'_>) {
    let record = checker.record;
    let sensitive = |mark: &str| mark.to_ascii_uppercase().starts_with("SBU");
    let no_foreign = |mark: &str| {
        let mark = mark.to_ascii_uppercase();
        mark.split(['/', '-', ',', ' ']).any(|part| matches!(part, "NF" | "NOFORN" | "N"))
    };
    let marked = checker.control("SBU") || checker.caption("SENSITIVE") || checker.control("LOU");
    if checker.unclassified()
        && !marked
        && let Some((mark, span)) = marks(record).find(|(mark, _)| sensitive(mark))
    {
        checker.report(Code::SensitiveUnmarked, span, format!("({mark}) in a text without SENSITIVE"));
    }
    if !checker.caption("NOFORN")
        && !checker.control("NOFORN")
        && let Some((mark, span)) = marks(record).find(|(mark, _)| no_foreign(mark))
    {
        checker.report(Code::NoForeignUnmarked, span, format!("({mark}) in a text without NOFORN"));
    }
}
