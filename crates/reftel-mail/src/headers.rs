//! Which field of a telegram is in which header.

use std::fmt::Write as _;

use jiff::civil::DateTime;
use reftel_telegram::record::{Addressee, Classification, Precedence, Record};
use reftel_telegram::{Spanned, write};

/// The domain of addresses that stand for stations: one that no mail reaches.
///
/// Source: RFC 2606, section 2.
pub const DOMAIN: &str = "mmhs.invalid";

/// The headers that a record gives, in order: names and values, as a person reads them. Names are RFC 5322's, RFC
/// 6477's and RFC 7444's. Values have no control characters.
///
/// - `From`, `To`, `Cc`: format lines 6 to 8, each station at an address of [`DOMAIN`]
/// - `Subject`: the subject; `Date` and `MMHS-Extended-Authorisation-Info`: the date-time group
/// - `Message-ID`: made of number and date-time group
/// - `MMHS-Originator-PLAD`, `MMHS-Originator-Reference`: originator and number
/// - `MMHS-Acp127-Message-Identifier`: format line 3
/// - `MMHS-Primary-Precedence`, `MMHS-Copy-Precedence`: for action and for information
/// - `MMHS-Exempted-Address`: `XMT`; `MMHS-Other-Recipients-Indicator-To`, `-CC`: those behind `ZEN/`
/// - `MMHS-Handling-Instructions`: format line 4, captions, who must act by night
/// - `MMHS-Message-Instructions`: operating signals of format line 5
/// - `SIO-Label`: the classification, with controls and NOFORN
pub fn headers(record: &Record) -> Vec<(&'static str, String)> {
    let mut list: Vec<(&'static str, String)> = Vec::new();
    list.extend(["From", "To", "Cc"].map(|name| (name, mailboxes(record, name))));
    if let Some(subject) = &record.subject {
        list.push(("Subject", subject.value.printed.clone()));
    }
    if let Some(dtg) = &record.dtg {
        list.push(("Date", date(dtg.value)));
    }
    list.push(("Message-ID", identification(record)));
    if let Some(from) = &record.from {
        list.push(("MMHS-Originator-PLAD", from.value.plad.clone()));
    }
    let number = record.mrn_printed.clone().or_else(|| record.mrn.as_deref().cloned());
    list.extend(number.map(|number| ("MMHS-Originator-Reference", number)));
    list.push(("MMHS-Acp127-Message-Identifier", identifier(record)));
    if let Some(dtg) = &record.dtg {
        list.push(("MMHS-Extended-Authorisation-Info", date(dtg.value)));
    }
    for (name, precedence) in
        [("MMHS-Primary-Precedence", &record.precedence), ("MMHS-Copy-Precedence", &record.precedence_info)]
    {
        list.extend(precedence.as_ref().map(|found| (name, precedence_word(found.value).to_owned())));
    }
    let exempt = "MMHS-Exempted-Address";
    list.push((exempt, mailboxes(record, exempt)));
    list.push(("MMHS-Other-Recipients-Indicator-To", others(&record.to)));
    list.push(("MMHS-Other-Recipients-Indicator-CC", others(&record.info)));
    list.push(("MMHS-Handling-Instructions", handling(record)));
    list.push(("MMHS-Message-Instructions", write::signals(record).1.join("; ")));
    list.extend(marking(record).map(|marking| ("SIO-Label", format!("marking=\"{marking}\""))));
    list.retain(|(_, value)| !value.is_empty());
    for (_, value) in &mut list {
        *value = in_line(value);
    }
    list
}

/// A value without control characters, at the ends of lines or elsewhere.
pub(crate) fn in_line(value: &str) -> String {
    let plain: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// `Thu, 11 Jun 2009 15:28:00 +0000`
pub(crate) fn date(minute: DateTime) -> String {
    minute.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// The words of RFC 6477, section 4.1.
pub(crate) const PRECEDENCES: &[(&str, Precedence)] = &[
    ("override", Precedence::FlashOverride),
    ("flash", Precedence::Flash),
    ("immediate", Precedence::Immediate),
    ("priority", Precedence::Priority),
    ("routine", Precedence::Routine),
];

fn precedence_word(precedence: Precedence) -> &'static str {
    PRECEDENCES.iter().find(|(_, known)| *known == precedence).map_or("routine", |(word, _)| word)
}

/// The local part of a station's address: `amembassy.valdoria`.
pub(crate) fn local_part(plad: &str) -> String {
    let mut local = String::new();
    for word in plad.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if !local.is_empty() {
            local.push('.');
        }
        local.push_str(&word.to_ascii_lowercase());
    }
    // A name without a letter of ASCII has an address all the same. RFC 5321 allows 64 bytes.
    local.truncate(64);
    let local = local.trim_end_matches('.');
    if local.is_empty() { "station".to_owned() } else { local.to_owned() }
}

/// A station's address.
pub(crate) fn address(plad: &str) -> String {
    format!("{}@{DOMAIN}", local_part(plad))
}

/// The stations that a header of mailboxes names. One whose name is cut off has no mailbox.
pub(crate) fn stations(record: &Record, header: &str) -> Vec<String> {
    let plads = |list: &[Spanned<Addressee>]| -> Vec<String> {
        list.iter().map(|entry| entry.value.station.plad.clone()).collect()
    };
    let mut list: Vec<String> = match header {
        "From" => record.from.iter().map(|from| from.value.plad.clone()).collect(),
        "To" => plads(&record.to),
        "Cc" => plads(&record.info),
        _ => {
            let all = record.to.iter().chain(&record.info);
            all.flat_map(|entry| entry.value.exempt.iter().cloned()).collect()
        }
    };
    list.retain(|plad| !in_line(plad).is_empty());
    list
}

/// Mailboxes as a person reads them: `"AMEMBASSY LISBON" <amembassy.lisbon@mmhs.invalid>`.
fn mailboxes(record: &Record, header: &str) -> String {
    let each = stations(record, header).into_iter().map(|plad| {
        // A quoted string ends at a quote, and a backslash takes the next sign with it.
        let name: String = plad.chars().filter(|c| !matches!(c, '"' | '\\')).collect();
        format!("\"{}\" <{}>", in_line(&name), address(&plad))
    });
    each.collect::<Vec<_>>().join(", ")
}

fn is_other(entry: &Addressee) -> bool {
    entry.station.routing_indicator.as_deref() == Some("ZEN")
}

/// Addressees that are served by other means.
fn others(list: &[Spanned<Addressee>]) -> String {
    let others = list.iter().filter(|entry| is_other(&entry.value));
    others.map(|entry| entry.value.station.plad.clone()).collect::<Vec<_>>().join("; ")
}

/// Number and date-time group as an identification of mail.
fn identification(record: &Record) -> String {
    let mut id = record.mrn.as_deref().map_or("telegram", String::as_str).to_owned();
    if let Some(dtg) = &record.dtg {
        let _ = write!(id, ".{}", dtg.value.strftime("%Y%m%dT%H%MZ"));
    }
    for section in &record.sections.present {
        let _ = write!(id, ".{section}");
    }
    let legal = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    let id: String = id.chars().map(|c| if legal(c) { c } else { '-' }).collect();
    format!("<{id}@{DOMAIN}>")
}

/// Format line 3: `RUEHVX 1000 1621528`.
fn identifier(record: &Record) -> String {
    let own = &record.transmission;
    let filed = own.filed.as_ref().map(|filed| filed.value.strftime("%j%H%M").to_string());
    let words = [own.station.as_deref().cloned(), own.station_serial.as_deref().cloned(), filed];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Format line 4, captions, and who must act by night.
fn handling(record: &Record) -> String {
    let own = &record.transmission;
    let security: Vec<&str> =
        [&own.warning, &own.class_characters].into_iter().flatten().map(|word| word.value.as_str()).collect();
    let mut items = vec![security.join(" ")];
    items.extend(write::signals(record).0.into_iter().map(str::to_owned));
    items.extend(record.captions.iter().map(|caption| caption.value.clone()));
    let night = record.to.iter().chain(&record.info).filter(|entry| entry.value.niact);
    items.extend(night.map(|entry| format!("NIACT {}", entry.value.station.plad)));
    items.retain(|item| !item.is_empty());
    items.join("; ")
}

/// Captions that belong to the label, because they say who may read, whatever the channel.
const CONTROLS: &[&str] = &["NOFORN", "NOCONTRACT", "ORCON", "PROPIN"];

/// The classification with its controls and the dissemination controls among the captions:
/// `CONFIDENTIAL//NOFORN`.
fn marking(record: &Record) -> Option<String> {
    let mut marking = record.classification.as_ref()?.value.name().to_owned();
    for control in &record.controls {
        marking.push_str("//");
        marking.push_str(&control.value);
    }
    for caption in record.captions.iter().filter(|caption| CONTROLS.contains(&caption.value.as_str())) {
        marking.push_str("//");
        marking.push_str(&caption.value);
    }
    Some(marking.chars().filter(|c| !matches!(c, '"' | '\\')).collect())
}

/// The classification that a marking begins with.
pub(crate) fn classification(marking: &str) -> Option<Classification> {
    let word = marking.split("//").next().unwrap_or("").trim();
    [
        Classification::Unclassified,
        Classification::Restricted,
        Classification::Confidential,
        Classification::Secret,
        Classification::TopSecret,
    ]
    .into_iter()
    .find(|class| class.name().eq_ignore_ascii_case(word))
}
