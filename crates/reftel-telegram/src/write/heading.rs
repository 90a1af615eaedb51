//! Format lines 1 to 10 of a record in each dialect, and what an archive copy prints above them.

use jiff::civil::DateTime;

use super::lines::{COLUMNS, width, wrap};
use super::{Part, head};
use crate::record::{Addressee, Classification, Dialect, Precedence, Record, Station};
use crate::{Spanned, datetime, heading, mrn, tables};

/// Operating signals that stand behind the date-time group; all others are format line 4's.
///
/// Source: ACP 127(G) ¶206c, ¶438b; the preambles of State telegrams.
const PREAMBLE_SIGNALS: &[&str] = &["ZDF", "ZDK", "ZDS", "ZEX", "ZFF", "ZFG", "ZFR", "ZOJ", "ZPG", "ZUI"];

/// The heading of one part, line by line; and how many of the lines stand above format line 5.
pub(super) fn lines(record: &Record, part: &Part) -> (Vec<String>, usize) {
    let mut lines = Vec::new();
    if part.dialect == Dialect::Archive1970s {
        archive(record, part, &mut lines);
    } else {
        transmission(record, part, &mut lines);
    }
    let above = lines.len();
    preamble(record, part, &mut lines);
    if let Some(from) = &record.from {
        lines.push(format!("FM {}", station(from)));
    }
    addressees("TO", &record.to, &mut lines);
    addressees("INFO", &record.info, &mut lines);
    (lines, above)
}

/// The operating signals of format line 4, or of pilots, and those of format line 5.
pub fn signals(record: &Record) -> (Vec<&str>, Vec<&str>) {
    let mut all: Vec<&str> = record.transmission.signals.iter().map(|signal| signal.value.as_str()).collect();
    // A signal with another number stands on the classification line.
    for number in &record.other_numbers {
        if let Some(at) = all.iter().rposition(|signal| *signal == number.value.mark) {
            all.remove(at);
        }
    }
    let at = all.iter().position(|signal| PREAMBLE_SIGNALS.iter().any(|known| signal.starts_with(known)));
    let (above, behind) = all.split_at(at.unwrap_or(all.len()));
    (above.to_vec(), behind.to_vec())
}

/// What stands in format lines 2 to 4 of a telegram that came without them, where it follows from the rest.
///
/// The station's serial number is the telegram's, as at State; the filing time the date-time group.
#[derive(Clone, Debug, Default)]
pub(super) struct Envelope {
    pub(super) precedence: Option<Precedence>,
    pub(super) called: Vec<String>,
    pub(super) station: Option<String>,
    pub(super) serial: Option<String>,
    pub(super) filed: Option<DateTime>,
    pub(super) warning: Option<&'static str>,
    pub(super) characters: Option<String>,
}

impl Envelope {
    /// What the record has, and, if `derive`, what follows.
    pub(super) fn of(record: &Record, derive: bool) -> Envelope {
        let own = &record.transmission;
        let mut envelope = Envelope {
            precedence: own.routing_precedence.as_deref().copied(),
            called: own.called.iter().map(|called| called.value.clone()).collect(),
            station: own.station.as_deref().cloned(),
            serial: own.station_serial.as_deref().cloned(),
            filed: own.filed.as_deref().copied(),
            warning: None,
            characters: own.class_characters.as_deref().cloned(),
        };
        if !derive {
            return envelope;
        }
        let number = record.mrn.as_ref().and_then(|mrn| mrn::parts(&mrn.value)).map(|parts| parts.2);
        envelope.precedence = envelope.precedence.or_else(|| highest(record));
        if envelope.called.is_empty() {
            envelope.called = called(record);
        }
        let station = record.from.as_ref().and_then(|from| indicator_of(&from.value));
        envelope.station = envelope.station.or(station);
        envelope.serial = envelope.serial.or(number.map(|number| format!("{:04}", number % 10_000)));
        envelope.filed = envelope.filed.or(record.dtg.as_deref().copied());
        if own.warning.is_none() && own.class_characters.is_none() {
            (envelope.warning, envelope.characters) = security(record);
        }
        envelope
    }
}

/// The highest precedence that the record names.
fn highest(record: &Record) -> Option<Precedence> {
    let each = record.to.iter().chain(&record.info).filter_map(|entry| entry.value.precedence);
    each.chain(record.precedence.as_deref().copied()).max()
}

/// The routing indicators of the addressees, each once; those that are delivered by other means have none.
fn called(record: &Record) -> Vec<String> {
    let mut called = Vec::new();
    for indicator in
        record.to.iter().chain(&record.info).filter_map(|entry| indicator_of(&entry.value.station))
    {
        if !called.contains(&indicator) {
            called.push(indicator);
        }
    }
    called
}

/// A station's routing indicator: the one in front of it, else the only one that the tables have for the post.
pub(super) fn indicator_of(station: &Station) -> Option<String> {
    if let Some(indicator) = &station.routing_indicator {
        return heading::is_routing_indicator(indicator).then(|| indicator.clone());
    }
    if let Some(collective) = tables::collective(&station.plad) {
        return (!collective.routing_indicator.is_empty()).then(|| collective.routing_indicator.to_owned());
    }
    match tables::post(station.post.as_deref()?)?.routing_indicators {
        [only] => Some((*only).to_owned()),
        [first, ..] if *first == "RUEHC" => Some((*first).to_owned()),
        _ => None,
    }
}

/// Format line 4: `ZNR UUUUU` or `ZNY` and the letter of the class.
///
/// Source: ACP 127(G) ¶124.
pub(super) fn security(record: &Record) -> (Option<&'static str>, Option<String>) {
    let Some(class) = &record.classification else { return (None, None) };
    let encrypted = record.controls.iter().any(|control| control.value == "EFTO");
    let (warning, letter) = match class.value {
        Classification::Unclassified if encrypted => ("ZNY", "E"),
        Classification::Unclassified => ("ZNR", "U"),
        Classification::Restricted => ("ZNY", "R"),
        Classification::Confidential => ("ZNY", "C"),
        Classification::Secret => ("ZNY", "S"),
        Classification::TopSecret => ("ZNY", "T"),
    };
    (Some(warning), Some(letter.repeat(5)))
}

/// Format lines 1 to 4.
fn transmission(record: &Record, part: &Part, lines: &mut Vec<String>) {
    // What a copy in this form has all the same is printed in it.
    if !part.dialect.is_routed() && record.dialect != part.dialect {
        return;
    }
    let own = &record.transmission;
    let envelope = Envelope::of(record, record.dialect != part.dialect);
    let ids: String = part.ids(&own.ids).iter().map(|id| id.designator.clone() + &id.serial).collect();
    if !ids.is_empty() {
        lines.push(format!("VZCZC{ids}"));
    }
    let (above, _) = signals(record);
    let warning = own.warning.as_ref().map(|warning| warning.value.as_str()).or(envelope.warning);
    let behind = if warning.is_some() { &above[..] } else { &[] };
    if part.dialect == Dialect::Janap128 {
        lines.extend(janap(record, &envelope));
    } else {
        let precedence = envelope.precedence.or_else(|| highest(record)).unwrap_or(Precedence::Routine);
        if !envelope.called.is_empty() {
            let first = format!("{0}{0} ", prosign(precedence));
            lines.extend(wrap(&first, &envelope.called.join(" "), "", |_| true));
        }
        if warning.is_none() && part.dialect.is_routed() {
            lines.extend(above.iter().map(|signal| (*signal).to_owned()));
        }
        lines.extend(calling(&envelope, part, own.station_section.is_some()));
    }
    if let Some(warning) = warning {
        let characters = envelope.characters.as_deref();
        let words = [Some(warning), characters].into_iter().flatten().chain(behind.iter().copied());
        lines.push(words.collect::<Vec<_>>().join(" "));
    }
}

/// Format line 3: `DE RUEHVX #1000/01 1621530`, or, outside the US, `DE RXDB 123 11/1215Z`.
fn calling(envelope: &Envelope, part: &Part, sectioned: bool) -> Option<String> {
    let station = envelope.station.as_deref()?;
    let us = part.dialect == Dialect::Acp127Us;
    let mut line = format!("DE {station}");
    if let Some(serial) = &envelope.serial {
        line += &format!(" {}{serial}", if us { "#" } else { "" });
        if let Some(section) = part.section.filter(|_| sectioned) {
            line += &format!("/{section:02}");
        }
    }
    if let Some(filed) = envelope.filed {
        line += " ";
        line += &if us { julian(filed) } else { filed.strftime("%d/%H%MZ").to_string() };
    }
    Some(line)
}

/// `1621530`: day of the year, hour, minute.
pub(super) fn julian(filed: DateTime) -> String {
    filed.strftime("%j%H%M").to_string()
}

/// Teletype, in the media code of JANAP 128.
pub(super) const MEDIA: &str = "TT";

/// Narrative, in its content indicator code.
pub(super) const CONTENT: &str = "ZYUW";

/// Format line 2 of JANAP 128: `PTTCZYUW RUEHVXA1000 1621530-CCCC--RUEHC RUEHPQ.`
///
/// Media and content are the record's, or `TT` and `ZYUW`: teletype and narrative.
fn janap(record: &Record, envelope: &Envelope) -> Vec<String> {
    let (Some(station), Some(serial), Some(filed)) =
        (envelope.station.as_deref(), envelope.serial.as_deref(), envelope.filed)
    else {
        return Vec::new();
    };
    let digits = serial.bytes().all(|b| b.is_ascii_digit());
    let serial = if digits && serial.len() < 4 { format!("{serial:0>4}") } else { serial.to_owned() };
    let precedence = envelope.precedence.or_else(|| highest(record)).unwrap_or(Precedence::Routine);
    let characters = envelope.characters.clone().unwrap_or_else(|| "UUUU".to_owned());
    let four = characters.get(..4).unwrap_or("UUUU");
    let class = four.get(..1).unwrap_or("U");
    let code = |code: &Option<Spanned<String>>, len: usize, other: &str| {
        let code = code.as_ref().map(|code| code.value.as_str()).filter(|code| code.len() == len);
        code.unwrap_or(other).to_owned()
    };
    let (media, content) =
        (code(&record.transmission.media, 2, MEDIA), code(&record.transmission.content, 4, CONTENT));
    let first = format!(
        "{}{media}{class}{content} {station}{serial} {}-{four}--",
        prosign(precedence),
        julian(filed)
    );
    wrap(&first, &format!("{}.", envelope.called.join(" ")), "", |_| true)
}

/// The letter of a precedence.
pub(super) const fn prosign(precedence: Precedence) -> char {
    match precedence {
        Precedence::FlashOverride => 'Y',
        Precedence::Flash => 'Z',
        Precedence::Immediate => 'O',
        Precedence::Priority => 'P',
        Precedence::Routine => 'R',
    }
}

/// Format line 5.
fn preamble(record: &Record, part: &Part, lines: &mut Vec<String>) {
    let Some(group) = group(record) else {
        // Mail gateways print the word alone.
        lines.extend(record.precedence.as_ref().map(|precedence| precedence.value.name().to_owned()));
        return;
    };
    let (above, behind) = signals(record);
    let mut words = Vec::new();
    for precedence in [&record.precedence, &record.precedence_info].into_iter().flatten() {
        words.push(prosign(precedence.value).to_string());
    }
    words.push(group);
    let own = record.dialect == part.dialect && record.transmission.warning.is_none();
    if own && !part.dialect.is_routed() {
        words.extend(above.iter().map(|signal| (*signal).to_owned()));
    }
    words.extend(behind.iter().map(|signal| (*signal).to_owned()));
    lines.push(words.join(" "));
}

/// The date-time group as it was printed, unless the copy damaged it.
fn group(record: &Record) -> Option<String> {
    let printed = record.dtg_printed.as_deref();
    let Some(minute) = record.dtg.as_deref().copied() else { return printed.map(str::to_owned) };
    let sound = printed.filter(|printed| {
        datetime::find(printed, 0).is_some_and(|found| {
            let year = found.group.year.map(|year| datetime::full_year(year, Some(minute.year())));
            !found.repaired
                && found.end == printed.len()
                && year.and_then(|year| found.group.resolve(year)) == Some(minute)
        })
    });
    Some(sound.map_or_else(|| date_time_group(minute), str::to_owned))
}

/// `111528Z JUN 09`; with four digits where two would be read as another year.
pub(super) fn date_time_group(minute: DateTime) -> String {
    let two = datetime::full_year(minute.year().rem_euclid(100), None) == minute.year();
    let form = if two { "%d%H%MZ %b %y" } else { "%d%H%MZ %b %Y" };
    minute.strftime(form).to_string().to_ascii_uppercase()
}

/// `RUEHC/SECSTATE WASHDC`
fn station(of: &Station) -> String {
    match &of.routing_indicator {
        Some(indicator) => format!("{indicator}/{}", of.plad),
        None => of.plad.clone(),
    }
}

fn addressees(word: &str, list: &[Spanned<Addressee>], lines: &mut Vec<String>) {
    let mut named = false;
    for entry in list {
        let of = &entry.value;
        let mut line = if named { String::new() } else { format!("{word} ") };
        line += &station(&of.station);
        if of.niact {
            line += " NIACT";
        }
        if let Some(precedence) = of.precedence {
            line += " ";
            line += precedence.name();
        }
        if let Some(number) = &of.continuity_number {
            line += " ";
            line += number;
        }
        if let Some(way) = &of.delivery {
            line += &if way.starts_with("BY ") || way.starts_with("VIA ") {
                format!(" {way}")
            } else {
                format!(" ({way})")
            };
        }
        lines.push(line);
        named = true;
        for (index, exempt) in of.exempt.iter().enumerate() {
            lines.push(format!("{}{exempt}", if index == 0 { "XMT " } else { "" }));
            // Below exempt stations the next addressee needs the word again.
            named = false;
        }
    }
}

/// Banner, page line, offices and drafting lines of an archive copy.
fn archive(record: &Record, part: &Part, lines: &mut Vec<String>) {
    if let Some(banner) = head::class_words(record, false) {
        lines.extend([banner, String::new()]);
    }
    lines.extend([page_line(record, part, 1), String::new()]);
    let own = &record.transmission;
    let code = own.relay_code.as_ref().map(|code| code.value.as_str());
    if own.relayed.is_none() {
        lines.extend(code.map(str::to_owned));
    }
    let copies = |list: &[Spanned<crate::record::Office>]| {
        list.iter()
            .map(|office| format!("{}-{:02}", office.value.office, office.value.copies))
            .collect::<Vec<_>>()
    };
    let (mut action, mut info) = (copies(&record.distribution.action), copies(&record.distribution.info));
    if let Some(total) = &record.distribution.total {
        let last = if info.is_empty() { &mut action } else { &mut info };
        let flag =
            record.distribution.flag.as_ref().map_or_else(String::new, |flag| format!(" {}", flag.value));
        last.push(format!("/{:03}{flag}", total.value));
    }
    let outgoing = record.from.as_ref().and_then(|from| from.value.post.as_deref()) == Some("STATE");
    for (word, list) in [(if outgoing { "ORIGIN" } else { "ACTION" }, action), ("INFO ", info)] {
        if !list.is_empty() {
            lines.extend(wrap(&format!("{word} "), &list.join("  "), "      ", |rest| rest.len() > 2));
        }
    }
    let workflow = &record.workflow;
    for (word, list) in [
        ("DRAFTED BY ", &workflow.drafted_by),
        ("APPROVED BY ", &workflow.approved_by),
        ("RELEASED BY ", &workflow.released_by),
        ("CLEARED BY ", &workflow.cleared_by),
    ] {
        lines.extend(list.iter().map(|entry| format!("{word}{}", entry.value)));
    }
    let counter = own.relay_counter.as_ref().map_or("", |counter| counter.value.as_str());
    lines.push(match &own.relayed {
        // Since December 1976 the time stands on the line, and the two figures behind it.
        Some(time) => {
            let code = code.map_or_else(String::new, |code| format!(" /{code}"));
            format!("------------------{counter} {}{code}", time.value.strftime("%d%H%MZ"))
        }
        None => format!("                  ---------------------  {counter}").trim_end().to_owned(),
    });
}

/// `PAGE 02        VALDOR  01234  01 OF 02  120930Z`
pub(super) fn page_line(record: &Record, part: &Part, page: usize) -> String {
    let mut line = format!("PAGE {page:02}");
    if let Some((_, post, serial)) = record.mrn.as_ref().and_then(|mrn| mrn::parts(&mrn.value)) {
        let post = post.get(..6).unwrap_or(post);
        line += &format!("        {post}  {serial:05}");
    }
    if let (Some(number), Some(total)) = (part.section, record.sections.total) {
        line += &format!("  {number:02} OF {total:02}");
    }
    if let Some(minute) = &record.transmission.filed {
        line += &minute.value.strftime("  %d%H%MZ").to_string();
    }
    debug_assert!(width(&line) <= COLUMNS, "a page line of {} columns", width(&line));
    line
}
