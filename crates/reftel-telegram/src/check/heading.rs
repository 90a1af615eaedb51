//! Rules on format lines 1 to 11: who sends, to whom, how fast, over which circuits.

use super::Checker;
use crate::diagnostic::Code;
use crate::record::{Addressee, Dialect, Precedence};
use crate::{Spanned, heading};

/// JANAP 128 splits a message that has more.
const ROUTING_INDICATORS_MAX: usize = 500;

pub(super) fn check(checker: &mut Checker<'_>) {
    disorder(checker);
    originators(checker);
    addressees(checker);
    night_action(checker);
    precedence(checker);
    routing(checker);
    identification(checker);
    security(checker);
    preamble(checker);
}

/// FM, TO, INFO, and the text behind them.
fn disorder(checker: &mut Checker<'_>) {
    let record = checker.record;
    let (Some(from), Some(dtg), true) = (&record.from, &record.dtg, record.dialect != Dialect::Fragment)
    else {
        return;
    };
    let first = |list: &[Spanned<Addressee>]| list.iter().map(|entry| entry.span).min();
    let last = |list: &[Spanned<Addressee>]| list.iter().map(|entry| entry.span).max();
    if let Some(to) = first(&record.to).filter(|to| (dtg.span..from.span).contains(to)) {
        checker.report(Code::FormatLinesInDisorder, to, "an addressee stands above the originator");
    }
    if let (Some(to), Some(info)) = (last(&record.to), first(&record.info))
        && info < to
        && dtg.span < info
    {
        let message = "an addressee for information stands above one for action";
        checker.report(Code::FormatLinesInDisorder, info, message);
    }
}

/// A second `FM` without a date-time group of its own, which a readdressal has.
fn originators(checker: &mut Checker<'_>) {
    let record = checker.record;
    if record.dialect == Dialect::Fragment || record.from.is_none() {
        return;
    }
    let mut seen = false;
    let mut twice = None;
    for (span, line) in checker.lines() {
        let line = line.trim();
        if line == "BT" || record.classification.as_ref().is_some_and(|class| class.span.start < span.end) {
            break;
        }
        if heading::is_preamble(line) {
            seen = false;
        } else if line.starts_with("FM ") {
            twice = twice.or(seen.then_some(span));
            seen = true;
        }
    }
    if let Some(span) = twice {
        checker.report(Code::OriginatorRepeated, span, "a second originator in one heading");
    }
}

fn addressees(checker: &mut Checker<'_>) {
    let record = checker.record;
    if let (true, Some(info)) = (record.to.is_empty(), record.info.first()) {
        checker.report(Code::ActionAddresseeMissing, info.span, "nobody is asked for action");
    }
    let mut seen = std::collections::HashSet::new();
    for entry in record.to.iter().chain(&record.info) {
        let station = &entry.value.station;
        if !seen.insert(station.plad.as_str()) {
            let message = format!("{} stands here a second time", station.plad);
            checker.report(Code::AddresseeRepeated, entry.span, message);
        }
        let routed = !record.transmission.called.is_empty() && !entry.value.collective;
        let delivered = checker
            .text
            .and_then(|text| text.get(entry.span.range()))
            .is_none_or(|line| line.contains("ZEN/"));
        if routed && station.routing_indicator.is_none() && !delivered {
            let message = format!("nothing says who delivers to {}", station.plad);
            checker.report(Code::DeliveryUnsaid, entry.span, message);
        }
        let plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, ' ' | '-' | '/');
        if let Some(char) = station.plad.chars().find(|char| !plain(*char)) {
            let message = format!("`{}` in an address", crate::clean::printable(&char.to_string()));
            checker.report(Code::AddressCharacter, entry.span, message);
        }
    }
}

fn night_action(checker: &mut Checker<'_>) {
    let record = checker.record;
    let night = |list: &'_ [Spanned<Addressee>]| list.iter().find(|entry| entry.value.niact).map(|e| e.span);
    for entry in record.to.iter().chain(&record.info).filter(|entry| entry.value.niact) {
        if let Some(other) = entry.value.precedence.filter(|sign| *sign != Precedence::Immediate) {
            let message = format!("night action at {other}");
            checker.report(Code::NightActionNotImmediate, entry.span, message);
        }
    }
    if let (None, Some(span)) = (night(&record.to), night(&record.info)) {
        let message = "night action is asked of addressees for information alone";
        checker.report(Code::NightActionForInformation, span, message);
    }
    let Some(span) = night(&record.to) else { return };
    let first = record.paragraphs.first().map(|paragraph| paragraph.value.text.to_ascii_uppercase());
    let explained =
        first.is_some_and(|text| ["NIACT", "NIGHT", "IMMEDIATE"].iter().any(|w| text.contains(w)));
    if !explained {
        checker.report(Code::NightActionUnexplained, span, "paragraph 1 doesn't say why at night");
    }
}

fn precedence(checker: &mut Checker<'_>) {
    let record = checker.record;
    let Some(own) = &record.precedence else { return };
    for entry in record.to.iter().chain(&record.info) {
        if let Some(higher) = entry.value.precedence.filter(|sign| *sign > own.value) {
            let message = format!("{higher} here, {} in format line 5", own.value);
            checker.report(Code::AddresseePrecedenceHigher, entry.span, message);
        }
    }
    let flash = Precedence::Flash;
    let lower = record.precedence_info.as_ref().is_some_and(|sign| sign.value < flash)
        || record.to.iter().chain(&record.info).any(|e| e.value.precedence.is_some_and(|sign| sign < flash));
    if own.value == flash && lower {
        checker.report(Code::FlashNotSeparate, own.span, "FLASH and a lower precedence in one transmission");
    }
    let since_2017 = checker.date().is_some_and(|date| date.year() > 2017);
    if own.value == Precedence::Priority && since_2017 && checker.of_state_series() {
        checker.report(Code::PriorityAbolished, own.span, "PRIORITY is no longer a precedence");
    }
    let words: usize = record.paragraphs.iter().map(|p| p.value.text.split_ascii_whitespace().count()).sum();
    if own.value >= Precedence::Immediate && words > 200 {
        let message = format!("{words} words at {}", own.value);
        checker.report(Code::UrgentTextLong, own.span, message);
    }
}

/// Second letters of routing indicators: the nation or the alliance.
const NATIONS: &[u8] = b"ABCDEFGHIKNOPQUXYZ";

fn routing(checker: &mut Checker<'_>) {
    let transmission = &checker.record.transmission;
    let strict = checker.purpose == crate::Purpose::Release;
    for called in transmission.called.iter().chain(&transmission.station) {
        let letters = called.value.as_bytes();
        let form = (4..=7).contains(&letters.len())
            && letters.iter().all(u8::is_ascii_uppercase)
            && matches!(letters[0], b'R' | b'Q' | b'U');
        let nation = letters.get(1).is_some_and(|letter| NATIONS.contains(letter));
        if !form || strict && !(nation && letters[0] != b'U') {
            let shown = crate::clean::printable(&called.value);
            checker.found.push(crate::Diagnostic::new(
                Code::RoutingIndicatorForm,
                called.span,
                format!("`{shown}` is no routing indicator"),
            ));
        } else if letters.starts_with(b"RUCR") {
            let message = format!("{} was delivered to a collective already", called.value);
            checker.found.push(crate::Diagnostic::new(Code::CollectiveRouted, called.span, message));
        }
    }
    let many = transmission.called.len();
    if let Some(first) = transmission.called.get(ROUTING_INDICATORS_MAX) {
        checker.report(Code::RoutingTooLong, first.span, format!("{many} routing indicators"));
    }
}

fn identification(checker: &mut Checker<'_>) {
    let transmission = &checker.record.transmission;
    for id in &transmission.ids {
        let (letters, serial) = (&id.value.designator, &id.value.serial);
        if !heading::is_transmission_id(letters, serial) {
            let message = format!("`{letters}{serial}` is no transmission identification");
            checker.report(Code::TransmissionIdForm, id.span, message);
        } else if let Some(letter) = letters.chars().find(|letter| matches!(letter, 'H' | 'U')) {
            checker.report(Code::TransmissionIdLetters, id.span, format!("{letter} in `{letters}`"));
        }
    }
    let mut starts = 0;
    for (span, line) in checker.lines() {
        if line.trim() == "NNNN" {
            starts = 0;
        } else if line.starts_with("VZCZC") || line.starts_with("ZCZC") {
            starts += 1;
            if starts == 2 {
                checker.report(Code::StartRepeated, span, "a second start in one transmission");
            }
        }
    }
    if !checker.record.dialect.is_routed() || transmission.called.is_empty() && transmission.station.is_none()
    {
        return;
    }
    let missing: Vec<&str> = [
        (transmission.station.is_none(), "routing indicator"),
        (transmission.station_serial.is_none(), "serial number"),
        (transmission.filed.is_none() && !checker.raised(Code::FilingTimeInvalid), "filing time"),
    ]
    .into_iter()
    .filter_map(|(missing, name)| missing.then_some(name))
    .collect();
    if !missing.is_empty() {
        let span = transmission.station.as_ref().map_or_else(|| checker.whole(), |station| station.span);
        checker.report(Code::CallingLineIncomplete, span, format!("no {}", missing.join(", no ")));
    }
}

fn security(checker: &mut Checker<'_>) {
    let transmission = &checker.record.transmission;
    let characters = transmission.class_characters.as_ref();
    let Some(characters) = characters else {
        if let (true, Some(station)) = (checker.record.dialect.is_routed(), &transmission.station) {
            checker.report(Code::SecurityLineMissing, station.span, "no format line 4 below");
        }
        return;
    };
    if let &[class, _, _, first, second, ..] = characters.value.as_bytes()
        && first != class
        && first > second
        && !checker.raised(Code::SecurityCharactersInvalid)
    {
        let message =
            format!("`{}{}` is not in the order of the alphabet", char::from(first), char::from(second));
        checker.report(Code::ReleaseCodesInvalid, characters.span, message);
    }
    let only = characters.value.starts_with('E');
    let known = checker.record.classification.is_some() || checker.control("EFTO");
    if known && only != checker.control("EFTO") && (only || characters.value.starts_with('U')) {
        let (above, below) = if only { ("EFTO", "not") } else { ("not EFTO", "EFTO") };
        let message = format!("{above} in the heading, {below} in the text");
        checker.report(Code::EncryptionOnlyDisagrees, characters.span, message);
    }
}

fn preamble(checker: &mut Checker<'_>) {
    let record = checker.record;
    let Some(dtg) = &record.dtg else {
        if !checker.raised(Code::DateTimeGroupInvalid) {
            checker.report(Code::PreambleMissing, checker.start(), "no precedence and date-time group");
        }
        return;
    };
    let printed = record.dtg_printed.as_deref().unwrap_or_default();
    let year = printed.bytes().rev().take_while(u8::is_ascii_digit).count();
    if record.dialect == Dialect::Acp127 && dtg.value.year() >= 2006 && year == 2 {
        checker.report(Code::YearWidth, dtg.span, format!("`{printed}` has a year of two figures"));
    }
    if record.mrn_printed.is_none() && checker.of_state_series() {
        checker.report(Code::NumberMissing, checker.whole(), "no number of a post's series");
    }
}
