//! A record put right by hand, field by field.
//!
//! A value is typed as a telegram prints it, and read by what reads telegrams; so a correction can hold what a telegram
//! could say, and nothing else. The text isn't touched: a corrected value keeps the place of what was read there.

use jiff::civil::{Date, DateTime};

use crate::record::{
    Addressee, Classification, Office, Passing, Precedence, Reference, ReferenceKind, Sections, Station,
    Subject, Tag,
};
use crate::{Context, Record, Span, Spanned, address, datetime, marking, mrn, parse, tables};

/// The fields that can be corrected: their names in the JSON record, and how a value is typed. An empty value says that
/// there is none.
pub const FIELDS: &[(&str, &str)] = &[
    ("mrn", "a number: 09VALDORIA1000, or 09 VALDORIA 1000"),
    ("dtg", "a time in UTC or a day: 110928Z JUN 09, 2009-06-11T09:28Z, 2009-06-11"),
    ("precedence", "ROUTINE, PRIORITY, IMMEDIATE, FLASH"),
    ("from", "an address: AMEMBASSY VALDORIA"),
    ("to", "addresses, a semicolon between them: SECSTATE WASHDC PRIORITY; AMEMBASSY NORTHMARK"),
    ("info", "addresses, a semicolon between them"),
    ("classification", "UNCLASSIFIED, RESTRICTED, CONFIDENTIAL, SECRET, TOP SECRET"),
    ("controls", "SBU, LOU, FOUO, EFTO, a semicolon between them"),
    ("captions", "captions, a semicolon between them: SIPDIS; EXDIS"),
    ("sections", "those that are here, and how many there are in all: 1, 2 of 3"),
    ("passing", "instructions, a semicolon between them: STATE FOR EUR; STATE PASS USTR"),
    ("executive_order", "as on the line: 12958: DECL: 06/10/2019"),
    ("tags", "as on the line: PREL, OVIP (DOE, JANE), VD"),
    ("subject", "the subject in one line"),
    ("references", "as in the block, a semicolon between them: 09 STATE 54767; 08 VALDORIA 1402"),
    ("classified_by", "as on the line: Economic Counselor Jane Q. Roe, reasons 1.4 (b) and (d)"),
    ("signatures", "names, a semicolon between them"),
    ("workflow/drafted_by", "names, a semicolon between them"),
    ("workflow/cleared_by", "names, a semicolon between them"),
    ("workflow/approved_by", "names, a semicolon between them"),
    ("workflow/released_by", "names, a semicolon between them"),
    ("distribution/action", "offices with the number of copies, a comma between them: EUR-12"),
    ("distribution/info", "offices with the number of copies, a comma between them"),
    ("paragraphs/N/number", "the number of the paragraph at place N, counted from 0"),
    ("paragraphs/N/portion", "its portion mark, without parentheses: C"),
    ("paragraphs/N/heading", "the heading above it"),
    ("paragraphs/N/text", "its words"),
];

/// The characters of a value at most.
const VALUE_MAX: usize = 100_000;

/// Why a correction can't be made, in words for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no such field, or it can't be corrected.
    Field(String),
    /// The field can't hold the value.
    Value(String),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refused::Field(why) | Refused::Value(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Refused {}

/// A field's name as it is kept: without a slant in front, in small letters. Paragraphs keep their place.
pub fn field(name: &str) -> Result<String, Refused> {
    let name = name.trim().trim_start_matches('/').to_ascii_lowercase();
    let known = match paragraph(&name) {
        Some((_, part)) => FIELDS.iter().any(|(known, _)| *known == format!("paragraphs/N/{part}")),
        None => FIELDS.iter().any(|(known, _)| *known == name),
    };
    if known {
        return Ok(name);
    }
    let names: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
    Err(Refused::Field(format!("`{name}` can't be corrected; what can: {}", names.join(", "))))
}

/// How a value of a field is typed.
fn form(name: &str) -> &'static str {
    let part = paragraph(name).map(|(_, part)| format!("paragraphs/N/{part}"));
    let name = part.as_deref().unwrap_or(name);
    FIELDS.iter().find(|(known, _)| *known == name).map_or("", |(_, form)| form)
}

/// `paragraphs/3/text`
fn paragraph(name: &str) -> Option<(usize, &str)> {
    let (place, part) = name.strip_prefix("paragraphs/")?.split_once('/')?;
    Some((place.parse().ok()?, part))
}

/// Puts one field of a record right. The record is as it was where that can't be done.
pub fn correct(record: &mut Record, name: &str, value: &str) -> Result<(), Refused> {
    let name = field(name)?;
    let value = value.trim();
    let fits = value.chars().count() <= VALUE_MAX;
    let typed = fits && !value.chars().any(|char| char.is_control() && char != '\n' && char != '\t');
    let lines = paragraph(&name).is_some_and(|(_, part)| part == "text");
    let one_line = lines || !value.contains('\n');
    let done = typed && one_line && set(record, &name, value).is_some();
    if done {
        return Ok(());
    }
    if let Some((place, _)) = paragraph(&name).filter(|(place, _)| *place >= record.paragraphs.len()) {
        let last = record.paragraphs.len();
        return Err(Refused::Value(format!(
            "there is no paragraph at place {place}: there are {last}, from 0"
        )));
    }
    if !fits {
        return Err(Refused::Value(format!(
            "the value has more than {VALUE_MAX} characters, and `{name}` takes {}",
            form(&name)
        )));
    }
    let short: String = value.chars().take(60).collect();
    Err(Refused::Value(format!("`{short}` is no value of `{name}`: {}", form(&name))))
}

/// Sets a field, if the value can be read.
fn set(record: &mut Record, name: &str, value: &str) -> Option<()> {
    let year = year(record);
    match name {
        "mrn" => optional(&mut record.mrn, value, |value| number(value, year))?,
        "dtg" => {
            optional(&mut record.dtg, value, |value| moment(value, year))?;
            record.dtg_printed = record.dtg.as_ref().map(|dtg| printed(dtg.value, value));
        }
        "precedence" => optional(&mut record.precedence, value, precedence)?,
        "from" => optional(&mut record.from, value, |value| station(value, year))?,
        "to" => record.to = list(value, all_spans(&record.to), ';', |value| addressee(value, year))?,
        "info" => record.info = list(value, all_spans(&record.info), ';', |value| addressee(value, year))?,
        "classification" => optional(&mut record.classification, value, classification)?,
        "sections" => record.sections = sections(value)?,
        "subject" => {
            let portion = record.subject.as_ref().and_then(|subject| subject.value.portion.clone());
            optional(&mut record.subject, value, |value| Some(subject(value, portion)))?;
        }
        "controls" => record.controls = list(value, all_spans(&record.controls), ';', control)?,
        "captions" => record.captions = list(value, all_spans(&record.captions), ';', words)?,
        "signatures" => record.signatures = list(value, all_spans(&record.signatures), ';', words)?,
        _ if name.starts_with("paragraphs/") => set_paragraph(record, paragraph(name)?, value)?,
        _ => return set_line(record, name, value, year),
    }
    Some(())
}

/// Sets what is read as a line, or as offices and names.
fn set_line(record: &mut Record, name: &str, value: &str, year: Option<i16>) -> Option<()> {
    let fragment = |text: &str| parse(text, &Context { year }).into_record();
    match name {
        "executive_order" => optional(&mut record.executive_order, value, |value| {
            let read = fragment(&labelled("E.O. ", value)).executive_order?.value;
            (read.order.is_some() || read.instruction.is_some()).then_some(read)
        })?,
        "tags" => {
            let span = all_spans(&record.tags);
            let read = if value.is_empty() { Vec::new() } else { fragment(&labelled("TAGS: ", value)).tags };
            if !read.iter().all(|tag| is_tag(&tag.value)) {
                return None;
            }
            record.tags = all_placed(value, span, read)?;
        }
        "references" => {
            let span = all_spans(&record.references);
            record.references = all_placed(value, span, references(value, year))?;
            let last = record.references.len();
            for mention in &mut record.mentions {
                mention.value.reference = mention.value.reference.filter(|at| *at < last);
            }
        }
        "classified_by" => {
            let span = all_spans(&record.classified_by);
            let text = labelled("CLASSIFIED BY: ", value);
            let read = if value.is_empty() { Vec::new() } else { fragment(&text).classified_by };
            record.classified_by = all_placed(value, span, read)?;
        }
        "passing" => {
            record.passing = list(value, all_spans(&record.passing), ';', |line| passing(line, year))?;
        }
        "distribution/action" => {
            record.distribution.action = list(value, all_spans(&record.distribution.action), ',', office)?;
        }
        "distribution/info" => {
            record.distribution.info = list(value, all_spans(&record.distribution.info), ',', office)?;
        }
        _ => {
            let workflow = &mut record.workflow;
            let hands = match name {
                "workflow/drafted_by" => &mut workflow.drafted_by,
                "workflow/cleared_by" => &mut workflow.cleared_by,
                "workflow/approved_by" => &mut workflow.approved_by,
                "workflow/released_by" => &mut workflow.released_by,
                _ => return None,
            };
            *hands = list(value, all_spans(hands), ';', words)?;
        }
    }
    Some(())
}

fn set_paragraph(record: &mut Record, (place, part): (usize, &str), value: &str) -> Option<()> {
    let paragraph = &mut record.paragraphs.get_mut(place)?.value;
    let some = || (!value.is_empty()).then(|| value.to_owned());
    match part {
        "number" if value.is_empty() => paragraph.number = None,
        "number" => paragraph.number = Some(value.parse().ok()?),
        "portion" => {
            let mark = value.trim_matches(['(', ')']);
            marking::portion_level(mark).is_some().then_some(()).or(value.is_empty().then_some(()))?;
            paragraph.portion = (!mark.is_empty()).then(|| mark.to_owned());
        }
        "heading" => paragraph.heading = some(),
        "text" => {
            value.clone_into(&mut paragraph.text);
            // Where the words stand is known no longer than they are those of the text.
            paragraph
                .lines
                .iter_mut()
                .for_each(|line| line.0 = line.0.min(value.floor_char_boundary(line.0)));
        }
        _ => return None,
    }
    Some(())
}

/// What a field holds, as it would be typed. Empty where it has nothing.
pub fn shown(record: &Record, name: &str) -> String {
    let one = |value: Option<&Spanned<String>>| value.map(|value| value.value.clone()).unwrap_or_default();
    let strings = |list: &[Spanned<String>]| joined(list, "; ", String::clone);
    match name {
        "mrn" => one(record.mrn.as_ref()),
        "dtg" => record.dtg.as_ref().map(|dtg| format!("{}Z", dtg.value)).unwrap_or_default(),
        "precedence" => record.precedence.as_ref().map(|value| value.name().to_owned()).unwrap_or_default(),
        "from" => record.from.as_ref().map(|from| plad(from)).unwrap_or_default(),
        "to" => joined(&record.to, "; ", |to| plad(&to.station)),
        "info" => joined(&record.info, "; ", |info| plad(&info.station)),
        "classification" => {
            record.classification.as_ref().map(|value| value.name().to_owned()).unwrap_or_default()
        }
        "controls" => strings(&record.controls),
        "captions" => strings(&record.captions),
        "sections" => {
            let present: Vec<String> = record.sections.present.iter().map(u32::to_string).collect();
            let total = record.sections.total.map(|total| format!(" of {total}")).unwrap_or_default();
            present.join(", ") + &total
        }
        "subject" => record.subject.as_ref().map(|subject| subject.text.clone()).unwrap_or_default(),
        "signatures" => strings(&record.signatures),
        "tags" => joined(&record.tags, ", ", |tag| {
            let person = tag.person.as_ref().map(|person| format!("({person})"));
            tag.code.clone().into_iter().chain(person).collect::<Vec<_>>().join(" ")
        }),
        "references" => joined(&record.references, "; ", |entry| {
            entry.mrn.clone().unwrap_or_else(|| entry.printed.clone())
        }),
        "executive_order" => {
            let order = record.executive_order.as_ref();
            let parts = order.map(|order| {
                let date = order.date.map(|date| date.to_string());
                let parts = [order.order.clone(), order.instruction.clone(), date, order.event.clone()];
                parts.into_iter().flatten().chain(order.exemptions.iter().cloned()).collect::<Vec<_>>()
            });
            parts.unwrap_or_default().join(": ")
        }
        "classified_by" => joined(&record.classified_by, "; ", |by| {
            let parts = [by.title.as_deref(), by.name.as_deref()];
            let who = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
            [who, by.reasons.join(", ")]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(", ")
        }),
        "passing" => joined(&record.passing, "; ", |passing| {
            let verb = if passing.kind == crate::record::PassingKind::For { "FOR" } else { "PASS" };
            let words = [passing.via.as_deref().unwrap_or_default(), verb, &passing.to.join(", ")];
            words.join(" ").trim().to_owned()
        }),
        "workflow/drafted_by" => strings(&record.workflow.drafted_by),
        "workflow/cleared_by" => strings(&record.workflow.cleared_by),
        "workflow/approved_by" => strings(&record.workflow.approved_by),
        "workflow/released_by" => strings(&record.workflow.released_by),
        "distribution/action" => offices(&record.distribution.action),
        "distribution/info" => offices(&record.distribution.info),
        _ => shown_paragraph(record, name).unwrap_or_default(),
    }
}

fn shown_paragraph(record: &Record, name: &str) -> Option<String> {
    let (place, part) = paragraph(name)?;
    let paragraph = &record.paragraphs.get(place)?.value;
    match part {
        "number" => paragraph.number.map(|number| number.to_string()),
        "portion" => paragraph.portion.clone(),
        "heading" => paragraph.heading.clone(),
        _ => Some(paragraph.text.clone()),
    }
}

fn joined<T>(list: &[Spanned<T>], between: &str, of: impl Fn(&T) -> String) -> String {
    list.iter().map(|value| of(&value.value)).collect::<Vec<_>>().join(between)
}

fn offices(list: &[Spanned<Office>]) -> String {
    joined(list, ", ", |office| format!("{}-{:02}", office.office, office.copies))
}

fn plad(station: &Station) -> String {
    station.plad.clone()
}

// ---- Values --------------------------------------------------------------------------------------

/// The year of a telegram, by which years with two figures are read.
fn year(record: &Record) -> Option<i16> {
    let number = || mrn::parts(&record.mrn.as_ref()?.value).map(|parts| datetime::full_year(parts.0, None));
    record.dtg.as_ref().map(|dtg| dtg.value.year()).or_else(number)
}

/// Sets a field that has a value or none; it keeps its place.
fn optional<T>(
    field: &mut Option<Spanned<T>>,
    value: &str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Option<()> {
    let span = field.as_ref().map(|field| field.span).unwrap_or_default();
    *field = if value.is_empty() { None } else { Some(Spanned::new(read(value)?, span)) };
    Some(())
}

fn list<T>(
    value: &str,
    span: Span,
    between: char,
    read: impl Fn(&str) -> Option<T>,
) -> Option<Vec<Spanned<T>>> {
    let values = value.split(between).map(str::trim).filter(|value| !value.is_empty());
    values.map(|value| Some(Spanned::new(read(value)?, span))).collect()
}

fn all_placed<T>(value: &str, span: Span, read: Vec<Spanned<T>>) -> Option<Vec<Spanned<T>>> {
    let lost = read.is_empty() && !value.is_empty();
    (!lost).then(|| read.into_iter().map(|value| Spanned::new(value.value, span)).collect())
}

fn all_spans<T>(list: &[Spanned<T>]) -> Span {
    list.iter().map(|value| value.span).reduce(Span::cover).unwrap_or_default()
}

/// A value with the label of its line, as a telegram begins one.
fn labelled(label: &str, value: &str) -> String {
    let has =
        value.get(..label.trim_end().len()).is_some_and(|start| start.eq_ignore_ascii_case(label.trim_end()));
    if has { format!("{value}\n") } else { format!("{label}{value}\n") }
}

/// Whether somebody can mean this by a TAG: one that a table has, a person, or a new code of the usual form.
fn is_tag(tag: &Tag) -> bool {
    let Some(code) = &tag.code else { return tag.person.is_some() };
    let usual = (2..=5).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_uppercase());
    usual || tables::tag(code, None).is_some()
}

fn number(value: &str, year: Option<i16>) -> Option<String> {
    mrn::mrn(value, &Context { year })
}

fn moment(value: &str, year: Option<i16>) -> Option<DateTime> {
    let upper = value.to_ascii_uppercase();
    if let Some(found) = datetime::find(&upper, 0).filter(|found| found.end == upper.len()) {
        let year = found.group.year.map(|printed| datetime::full_year(printed, year)).or(year)?;
        return found.group.resolve(year);
    }
    let plain = upper.strip_suffix('Z').unwrap_or(&upper);
    let date = || plain.parse::<Date>().ok().map(|date| date.to_datetime(jiff::civil::Time::midnight()));
    // A day alone is one also for who reads times.
    if plain.len() <= 10 { date() } else { plain.parse::<DateTime>().ok() }
}

/// A time as a telegram prints it; a day alone as it was typed.
fn printed(dtg: DateTime, value: &str) -> String {
    let day_alone = value.len() <= 10 && value.contains('-');
    let group = || dtg.strftime("%d%H%MZ %b %y").to_string().to_ascii_uppercase();
    if day_alone { value.to_owned() } else { group() }
}

fn precedence(value: &str) -> Option<Precedence> {
    let value = value.to_ascii_uppercase();
    let all = [
        Precedence::Routine,
        Precedence::Priority,
        Precedence::Immediate,
        Precedence::Flash,
        Precedence::FlashOverride,
    ];
    all.into_iter().find(|precedence| precedence.name() == value)
}

fn classification(value: &str) -> Option<Classification> {
    let upper = value.to_ascii_uppercase();
    let words = marking::class_words(&upper)?;
    (words.end == upper.len() && words.control.is_none()).then_some(words.classification)
}

fn station(value: &str, year: Option<i16>) -> Option<Station> {
    let mut station = address::station(&value.to_uppercase());
    if let Some(year) = year {
        address::name_of_year(&mut station, year);
    }
    station.plad.contains(char::is_alphabetic).then_some(station)
}

fn addressee(value: &str, year: Option<i16>) -> Option<Addressee> {
    let upper = value.to_uppercase();
    let mut addressee = address::addressee(&upper).addressee?;
    if let Some(year) = year {
        address::name_of_year(&mut addressee.station, year);
    }
    addressee.station.plad.contains(char::is_alphabetic).then_some(addressee)
}

fn subject(value: &str, portion: Option<String>) -> Subject {
    let printed = match &portion {
        Some(portion) => format!("({portion}) {value}"),
        None => value.to_owned(),
    };
    Subject { text: value.to_owned(), printed, portion }
}

fn control(value: &str) -> Option<String> {
    let value = value.to_ascii_uppercase();
    matches!(value.as_str(), "SBU" | "LOU" | "FOUO" | "EFTO").then_some(value)
}

/// A caption or a name: something with a letter in it.
fn words(value: &str) -> Option<String> {
    value.contains(char::is_alphabetic).then(|| value.to_uppercase())
}

/// `1, 2 of 3`
fn sections(value: &str) -> Option<Sections> {
    if value.is_empty() {
        return Some(Sections::default());
    }
    let (present, total) =
        value.split_once(" of ").map_or((value, None), |(present, total)| (present, Some(total)));
    let read = |number: &str| number.trim().parse::<u32>().ok().filter(|number| (1..=999).contains(number));
    let mut present = present
        .split([',', ' '])
        .filter(|number| !number.is_empty())
        .map(read)
        .collect::<Option<Vec<_>>>()?;
    present.sort_unstable();
    present.dedup();
    let total = match total {
        Some(total) => Some(read(total)?),
        None => None,
    };
    let within = total.is_none_or(|total| present.iter().all(|section| *section <= total));
    (within && !present.is_empty()).then_some(Sections { present, total })
}

/// `EUR-12`
fn office(value: &str) -> Option<Office> {
    let (office, copies) = value.rsplit_once('-')?;
    let named =
        !office.is_empty() && office.chars().all(|char| char.is_ascii_alphanumeric() || "/&-".contains(char));
    named.then_some(Office { office: office.to_ascii_uppercase(), copies: copies.parse().ok()? })
}

fn references(value: &str, year: Option<i16>) -> Vec<Spanned<Reference>> {
    let entries: Vec<&str> = value.split(';').map(str::trim).filter(|entry| !entry.is_empty()).collect();
    let mut text = String::from("REF: ");
    for (at, entry) in entries.iter().enumerate() {
        if at > 0 {
            text.push_str("\n     ");
        }
        // `A. 09 STATE 54767`, or without a letter.
        let lettered = entry.as_bytes().get(1) == Some(&b'.') || entries.len() == 1;
        if let (false, Some(letter)) = (lettered, u8::try_from(at).ok().filter(|at| *at < 26)) {
            text.push(char::from(b'A' + letter));
            text.push_str(". ");
        }
        // A canonical number is printed in parts.
        let spaced = mrn::in_series(entry).map(|(year, post, serial)| format!("{year:02} {post} {serial}"));
        text.push_str(&spaced.unwrap_or_else(|| entry.to_uppercase()));
    }
    text.push('\n');
    let read = parse(&text, &Context { year }).into_record().references;
    // What would only be kept as words is a slip more often than not.
    let told = read.iter().all(|entry| entry.value.kind != ReferenceKind::Other);
    if told && read.len() == entries.len() { read } else { Vec::new() }
}

fn passing(line: &str, year: Option<i16>) -> Option<Passing> {
    let text = format!("UNCLAS VALDORIA 000001\n\n{}\n\nE.O. 12958: N/A\nTAGS: PREL\n", line.to_uppercase());
    parse(&text, &Context { year }).into_record().passing.pop().map(|passing| passing.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        let text = "P 110928Z JUN 09\nFM AMEMBASSY VALDORIA\nTO SECSTATE WASHDC PRIORITY\nBT\n\
                    C O N F I D E N T I A L VALDORIA 001000\n\nSIPDIS\n\nE.O. 12958: DECL: 06/10/2019\n\
                    TAGS: ETRD, VD\nSUBJECT: (C) FERRY TARIFF\n\nREF: STATE 54767\n\n\
                    1. (C) The cabinet will set the tariff.\n\n2. (C) We expect it in July.\nDOE\nBT\n";
        parse(text, &Context::default()).into_record()
    }

    #[test]
    fn every_field_takes_what_it_can_hold_and_shows_it() {
        for (name, value, want) in [
            ("mrn", "09 VALDORIA 1001", "09VALDORIA1001"),
            ("dtg", "120930Z JUN 09", "2009-06-12T09:30:00Z"),
            ("dtg", "2009-06-12T09:30:00Z", "2009-06-12T09:30:00Z"),
            ("dtg", "2009-06-12", "2009-06-12T00:00:00Z"),
            ("precedence", "immediate", "IMMEDIATE"),
            ("from", "amembassy northmark", "AMEMBASSY NORTHMARK"),
            (
                "to",
                "SECSTATE WASHDC PRIORITY 1234; AMEMBASSY NORTHMARK",
                "SECSTATE WASHDC; AMEMBASSY NORTHMARK",
            ),
            ("info", "AMCONSUL PORT ALDER", "AMCONSUL PORT ALDER"),
            ("classification", "Secret", "SECRET"),
            ("classification", "TOP SECRET", "TOP SECRET"),
            ("controls", "sbu", "SBU"),
            ("captions", "EXDIS; NOFORN", "EXDIS; NOFORN"),
            ("sections", "2, 1 of 3", "1, 2 of 3"),
            ("passing", "STATE FOR EUR/XX", "STATE FOR EUR/XX"),
            ("executive_order", "12958: DECL: 06/10/2024", "12958: DECL: 2024-06-10"),
            ("tags", "PREL, OVIP (DOE, JANE), VD", "PREL, OVIP (DOE, JANE), VD"),
            ("subject", "Ferry tariff again", "Ferry tariff again"),
            ("references", "09STATE54768; 08 VALDORIA 1402", "09STATE54768; 08VALDORIA1402"),
            ("references", "STATE 54768", "09STATE54768"),
            ("signatures", "Roe; Doe", "ROE; DOE"),
            ("workflow/drafted_by", "EUR/XX:JQDOE", "EUR/XX:JQDOE"),
            ("distribution/action", "EUR-12, ISO-00", "EUR-12, ISO-00"),
            ("paragraphs/1/number", "3", "3"),
            ("paragraphs/1/portion", "(S/NF)", "S/NF"),
            ("paragraphs/1/heading", "COMMENT", "COMMENT"),
            ("/paragraphs/0/text", "Two\nlines.", "Two\nlines."),
        ] {
            let mut record = record();
            correct(&mut record, name, value).unwrap_or_else(|why| panic!("{name} {value}: {why}"));
            assert_eq!(shown(&record, &field(name).unwrap()), want, "{name} {value}");
            let _ = record.spans();
        }
    }

    #[test]
    fn an_empty_value_is_none() {
        for (name, _) in FIELDS.iter().filter(|(name, _)| !name.contains('N')) {
            let mut record = record();
            correct(&mut record, name, " ").unwrap();
            assert_eq!(shown(&record, name), "", "{name}");
        }
    }

    #[test]
    fn what_a_field_cannot_hold_is_refused() {
        for (name, value) in [
            ("mrn", "FERRY"),
            ("dtg", "yesterday"),
            ("dtg", "320930Z JUN 09"),
            ("dtg", "2009-02-30"),
            ("precedence", "SOON"),
            ("from", "12"),
            ("classification", "SECRET NOFORN"),
            ("classification", "HUSH"),
            ("controls", "SECRET"),
            ("captions", "1; 2"),
            ("sections", "4 of 3"),
            ("sections", "x"),
            ("executive_order", "HUSH"),
            ("references", "nobody knows; nothing"),
            ("distribution/action", "EUR"),
            ("subject", "two\nlines"),
            ("subject", "\u{1b}[2J"),
            ("paragraphs/0/number", "one"),
            ("paragraphs/0/portion", "HUSH"),
            ("paragraphs/9/text", "x"),
        ] {
            let mut record = record();
            let before = format!("{record:?}");
            let refused = correct(&mut record, name, value);
            assert!(matches!(refused, Err(Refused::Value(_))), "{name} {value}: {refused:?}");
            assert_eq!(format!("{record:?}"), before, "{name} {value}");
        }
        for name in ["colour", "paragraphs", "paragraphs/0/colour", "paragraphs/x/text", "dtg_printed", ""] {
            assert!(matches!(correct(&mut record(), name, "x"), Err(Refused::Field(_))), "{name}");
        }
    }
}
