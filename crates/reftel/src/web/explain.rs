//! What the short forms on a telegram mean, in words for a reader who wasn't there.

use jiff::civil::{Date, DateTime};
use reftel_telegram::record::{BlockKind, ExecutiveOrder, Precedence, ReferenceKind, TagKind};
use reftel_telegram::tables;

/// `Thursday 11 June 2009, 09:28 UTC`.
pub(crate) fn moment(at: DateTime) -> String {
    at.strftime("%A %-d %B %Y, %H:%M UTC").to_string()
}

/// `11 June 2009`.
pub(crate) fn day(at: Date) -> String {
    at.strftime("%-d %B %Y").to_string()
}

/// What a TAG stands for, in a telegram of that year.
pub(crate) fn tag(code: &str, year: Option<i16>) -> Option<&'static str> {
    tables::tag(code, year).map(|tag| tag.label)
}

/// What kind of thing a TAG names.
pub(crate) fn tag_kind(kind: TagKind) -> &'static str {
    match kind {
        TagKind::Subject => "Subject",
        TagKind::Program => "Program",
        TagKind::Geographic => "Place",
        TagKind::Organization => "Organization",
        TagKind::Person => "Person",
        TagKind::Unknown => "Not in the tables",
    }
}

/// Acronyms that are words too: in a text of capitals nothing tells which is meant.
const WORDS: [&str; 61] = [
    "AC", "ACTION", "AID", "ALL", "AM", "ARC", "ARENA", "AS", "BIT", "BOG", "CAN", "CARE", "CHARGE", "CLASS",
    "COM", "DOT", "ECO", "ELF", "FOR", "GO", "GOES", "GOT", "GREENS", "GUAM", "HA", "ICE", "IN", "INFO",
    "INS", "IS", "IT", "LAB", "LES", "LET", "LOT", "MAP", "MEND", "NO", "ON", "OR", "PACE", "PAL", "PAN",
    "PARA", "PASS", "PER", "QUAD", "RE", "SALT", "SEED", "SHAPE", "SMART", "SO", "SOFA", "START", "TIP",
    "TO", "US", "WARDEN", "WHO", "YES",
];

/// What an acronym in running text stands for; `capitals` says that the whole text is in capitals.
pub(crate) fn acronym(word: &str, capitals: bool) -> Option<&'static str> {
    let form =
        word.len() >= 2 && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'/');
    let doubtful = capitals && WORDS.contains(&word) || matches!(word, "IT" | "NO" | "OR" | "IS" | "AS");
    (form && !doubtful).then(|| tables::acronym(word)).flatten()
}

/// What a caption orders.
pub(crate) fn caption(name: &str) -> Option<&'static str> {
    tables::caption(name).map(|caption| caption.meaning)
}

/// A control on an unclassified text.
pub(crate) fn control(name: &str) -> Option<&'static str> {
    Some(match name {
        "SBU" => "Sensitive but unclassified",
        "LOU" => "Limited official use",
        "FOUO" => "For official use only",
        "EFTO" => "Encrypted for transmission only",
        _ => return None,
    })
}

/// Where a post is, if the tables know it.
pub(crate) fn post(name: &str) -> Option<&'static str> {
    tables::post_of_any_time(name).map(|post| post.display)
}

/// An office behind its symbol: `EUR/RPM` is found under itself, else under `EUR`.
pub(crate) fn office(symbol: &str) -> Option<&'static str> {
    tables::office(symbol).or_else(|| tables::office(symbol.split('/').next()?))
}

/// What a precedence asks for.
pub(crate) fn precedence(precedence: Precedence) -> &'static str {
    match precedence {
        Precedence::Routine => "Routine: handled in its turn",
        Precedence::Priority => "Priority: before routine traffic",
        Precedence::Immediate => "Immediate: before priority traffic, at once",
        Precedence::Flash => "Flash: before everything else",
        Precedence::FlashOverride => "Flash override: interrupts even flash traffic",
    }
}

/// A portion mark: `S/NF`.
pub(crate) fn portion(mark: &str) -> Option<String> {
    let mut parts = mark.split(['/', ',', '-', ' ']).filter(|part| !part.is_empty());
    let class = match parts.next()? {
        "U" => "Unclassified",
        "SBU" => "Sensitive but unclassified",
        "LOU" => "Limited official use",
        "R" => "Restricted",
        "C" => "Confidential",
        "S" => "Secret",
        "TS" => "Top secret",
        _ => return None,
    };
    let mut words = class.to_owned();
    for part in parts {
        words.push_str(", ");
        words.push_str(match part {
            "NF" | "NOFORN" => "not for foreign nationals",
            "REL" => "releasable to those named",
            "OC" | "ORCON" => "originator controls further use",
            other => other,
        });
    }
    Some(words)
}

/// The style of a portion mark.
pub(crate) fn portion_class(mark: &str) -> &'static str {
    match mark.split(['/', ',', '-', ' ']).next().unwrap_or_default() {
        "TS" => "p-ts",
        "S" => "p-s",
        "C" => "p-c",
        "R" => "p-r",
        _ => "p-u",
    }
}

/// What the E.O. line says, in a sentence.
pub(crate) fn executive_order(line: &ExecutiveOrder) -> String {
    let order = match line.order.as_deref() {
        Some(order) => format!("Executive Order {order}"),
        None => "Executive order not named".to_owned(),
    };
    let instruction = match line.instruction.as_deref() {
        Some("N/A" | "NA") => "does not apply: the text is not classified".to_owned(),
        Some("GDS") => "general declassification schedule".to_owned(),
        Some("ADS") => "advanced declassification schedule".to_owned(),
        Some("XGDS") => "exempt from the general declassification schedule".to_owned(),
        Some("RDS" | "XDS") => "review for declassification, later than the schedule".to_owned(),
        Some("DECL" | "DECLAS") => "to be declassified".to_owned(),
        Some(other) => other.to_owned(),
        None => String::new(),
    };
    let mut words = if instruction.is_empty() { order } else { format!("{order}: {instruction}") };
    if let Some(date) = line.date {
        words = format!("{words} on {}", day(date));
    }
    if let Some(event) = &line.event {
        words = format!("{words} after: {event}");
    }
    if !line.exemptions.is_empty() {
        words = format!("{words} ({})", line.exemptions.join(", "));
    }
    words
}

/// A kind of reference, where it isn't a telegram.
pub(crate) fn reference(kind: ReferenceKind) -> &'static str {
    match kind {
        ReferenceKind::Telegram => "telegram",
        ReferenceKind::Airgram => "airgram",
        ReferenceKind::Email => "e-mail",
        ReferenceKind::Telephone => "telephone conversation",
        ReferenceKind::Memorandum => "memorandum",
        ReferenceKind::Letter => "letter",
        ReferenceKind::Fax => "fax",
        ReferenceKind::Meeting => "meeting",
        ReferenceKind::Report => "report",
        ReferenceKind::Web => "web page",
        ReferenceKind::Book => "book",
        ReferenceKind::Dtg => "message known by its date-time group",
        ReferenceKind::Other => "other",
    }
}

/// A block's name, and its style.
pub(crate) fn block(kind: BlockKind) -> (&'static str, &'static str) {
    match kind {
        BlockKind::Summary => ("Summary", "b-summary"),
        BlockKind::Comment => ("Comment", "b-comment"),
        BlockKind::Note => ("Note", "b-note"),
        BlockKind::ActionRequest => ("Action request", "b-action"),
        BlockKind::Text => ("Text", "b-quoted"),
        BlockKind::Translation => ("Translation", "b-quoted"),
        BlockKind::Quote => ("Quotation", "b-quoted"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executive_order_becomes_a_sentence() {
        let line = ExecutiveOrder {
            order: Some("12958".into()),
            instruction: Some("DECL".into()),
            date: Some(jiff::civil::date(2019, 6, 10)),
            exemptions: vec!["X1".into()],
            ..ExecutiveOrder::default()
        };
        assert_eq!(executive_order(&line), "Executive Order 12958: to be declassified on 10 June 2019 (X1)");
    }

    #[test]
    fn words_in_capitals_are_no_acronyms() {
        assert!(acronym("WHO", false).is_some());
        assert_eq!(acronym("WHO", true), None);
        assert!(acronym("OSCE", true).is_some());
        assert!(WORDS.is_sorted());
    }

    #[test]
    fn portion_marks_are_spelled_out() {
        assert_eq!(portion("S/NF").as_deref(), Some("Secret, not for foreign nationals"));
        assert_eq!(portion("SBU").as_deref(), Some("Sensitive but unclassified"));
        assert_eq!(portion("onload=x"), None);
    }
}
