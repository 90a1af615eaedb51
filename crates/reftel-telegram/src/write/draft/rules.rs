//! What must hold between the parts of a draft: classification, E.O. line, portion marks, captions, TAGS.

use jiff::civil::Date;

use super::Complaints;
use super::form::{Form, Name};
use super::head::missing;
use crate::marking;
use crate::order::{ERAS, SECTION_1_4, STATE_SERIES};
use crate::record::{Classification, ExecutiveOrder, Record, TagKind};
use crate::{Span, Spanned, schedule, tables};

/// Checks a draft whose headers and text were read.
pub(super) fn check(form: &Form<'_>, record: &mut Record, complaints: &mut Complaints) {
    let Some(day) = record.dtg.as_ref().map(|dtg| dtg.value.date()) else { return };
    let Some(class) = record.classification.as_ref().map(|class| class.value) else { return };
    let secret = class >= Classification::Confidential;
    let due = ERAS.iter().find(|era| era.has(day)).filter(|_| day >= STATE_SERIES);
    if let Some(number) = due.map(|era| era.order) {
        order(form, record, (number, day, secret), complaints);
        if secret && number != "11652" {
            portions(record, class, complaints);
        }
        if secret && matches!(number, "12356" | "12958" | "13526") {
            classifier(form, record, (number, day), complaints);
        }
    }
    captions(record, complaints);
    let subject = record.tags.iter().any(|tag| tag.value.kind == TagKind::Subject);
    if let (false, Some(first)) = (subject, record.tags.first()) {
        complaints.refuse(
            first.span,
            "no TAG of a subject",
            "at least one of four letters, such as PREL or ETRD",
        );
    }
}

/// The E.O. line: there, of its time, and in accord with the classification.
fn order(
    form: &Form<'_>,
    record: &mut Record,
    (number, day, secret): (&str, Date, bool),
    complaints: &mut Complaints,
) {
    let Some(line) = &mut record.executive_order else {
        if secret {
            return missing(form, Name::Order, complaints);
        }
        let order = ExecutiveOrder {
            order: Some(number.to_owned()),
            instruction: Some("N/A".to_owned()),
            ..ExecutiveOrder::default()
        };
        complaints.assume("E.O.", &format!("{number}: N/A"));
        record.executive_order = Some(Spanned::new(order, Span::new(form.end, form.end)));
        return;
    };
    let (at, value) = (line.span, &mut line.value);
    match value.order.as_deref() {
        None => {
            complaints.assume("E.O.", number);
            value.order = Some(number.to_owned());
        }
        Some(given) => {
            if !ERAS.iter().any(|era| era.order == given && era.has(day)) {
                let message = format!("E.O. {given} on a telegram of {day}");
                complaints.refuse(at, message, format!("at that time it is E.O. {number}"));
            }
        }
    }
    let none = value.instruction.as_deref() == Some("N/A");
    if none && secret {
        complaints.refuse(at, "N/A on a classified telegram", "say until when: `E.O.: DECL: 06/10/2034`");
    } else if !none && !secret {
        complaints.refuse(
            at,
            "a date of declassification on a telegram that isn't classified",
            "write `E.O.: N/A`",
        );
    }
    if value.date.is_some_and(|date| date <= day) {
        complaints.refuse(
            at,
            "a date of declassification that has passed",
            "a day behind that of the telegram",
        );
    }
    let has = |code: &str| value.exemptions.iter().any(|exemption| exemption == code);
    let open = has("50X1-HUM") || has("50X2-WMD");
    if open && (value.date.is_some() || value.event.is_some()) {
        complaints.refuse(at, "a date beside an exemption that has none", "leave the date out");
    }
    if value.instruction.as_deref() == Some("ADS") && value.date.is_none() && value.event.is_none() {
        complaints.refuse(at, "ADS without a date or an event", "write `ADS, DECLAS 12-31-79`");
    }
    let old =
        |code: &String| schedule::life(code).is_some_and(|(first, last)| !(first..=last).contains(&day));
    if let Some(code) = value.exemptions.iter().find(|code| old(code)) {
        let message = format!("`{code}`, which is not of that time");
        complaints.refuse(at, message, "say until when: `E.O.: DECL: 06/10/2034`");
    }
}

/// Who classified, and reasons of the section of the time.
fn classifier(form: &Form<'_>, record: &Record, (number, day): (&str, Date), complaints: &mut Complaints) {
    let Some(by) = record.classified_by.first() else {
        return missing(form, Name::ClassifiedBy, complaints);
    };
    if number == "12356" {
        return;
    }
    let section = if day < SECTION_1_4 { "1.5" } else { "1.4" };
    if by.value.reasons.is_empty() {
        let help = format!("write them behind the name: `, reasons {section} (b) and (d)`");
        complaints.refuse(by.span, "a classifier without reasons", help);
    } else if !by.value.reasons.iter().all(|reason| reason.starts_with(section)) {
        let message = format!("reasons that aren't of section {section}");
        complaints.refuse(by.span, message, format!("at that time they are `{section} (a)` to `(h)`"));
    }
}

/// Every paragraph is marked, none above the whole, and one as high.
fn portions(record: &Record, class: Classification, complaints: &mut Complaints) {
    let entire = record.paragraphs.first().and_then(|first| first.value.portion.as_deref());
    let entire = entire.is_some_and(|mark| mark.contains("ENTIRE TEXT"));
    let level = |mark: Option<&String>| mark.and_then(|mark| marking::portion_level(mark));
    for paragraph in record.paragraphs.iter().filter(|paragraph| paragraph.value.portion.is_none() && !entire)
    {
        let start = Span::new(paragraph.span.start, paragraph.span.start + 1);
        complaints.refuse(start, "a paragraph without a portion mark", "write `1. (C) `, or `1. (U) `");
    }
    let marks = record.paragraphs.iter().map(|paragraph| paragraph.value.portion.as_ref());
    let highest = marks.filter_map(level).max();
    if let Some(highest) = highest.filter(|highest| *highest < class) {
        let at = record.classification.as_ref().map_or(Span::default(), |class| class.span);
        let message = format!("{class}, and no paragraph above {highest}");
        complaints.refuse(at, message, "the whole is as high as its highest paragraph");
    }
}

/// One channel at most, and nothing beside those that go alone.
///
/// Source: 5 FAH-2 H-442.
fn captions(record: &Record, complaints: &mut Complaints) {
    let channels: Vec<_> =
        record.captions.iter().filter(|caption| tables::is_channel(&caption.value)).collect();
    if let [_, second, ..] = channels[..] {
        complaints.refuse(second.span, "a second channel caption", "a telegram goes through one channel");
    }
    let alone = channels.iter().find(|caption| tables::goes_alone(&caption.value));
    if let (Some(alone), Some(other)) =
        (alone, record.captions.iter().find(|caption| !tables::is_channel(&caption.value)))
    {
        let message = format!("{} beside {}", other.value, alone.value);
        complaints.refuse(other.span, message, "nothing is added to that channel");
    }
}
