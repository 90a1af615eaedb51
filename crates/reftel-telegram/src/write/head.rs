//! The head of the text: classification line, captions, passing instructions, labels.

use super::lines::wrap;
use super::{Part, heading};
use crate::record::{
    Classification, ClassifiedBy, ExecutiveOrder, Passing, PassingKind, Record, ReferenceKind, Tag,
    YearSource,
};
use crate::{Spanned, body, datetime, head, marking, mrn, order, reference, tagline};

/// The head of one part, line by line. Sections behind the first have no references and no classifier.
pub(super) fn lines(record: &Record, part: &Part) -> Vec<String> {
    let mut lines = class_line(record, part);
    let mut groups: Vec<Vec<String>> = vec![captions(record)];
    groups.push(record.passing.iter().map(|passing| self::passing(&passing.value)).collect());
    let year = year(record);
    let mut labels = Vec::new();
    if let Some(order) = &record.executive_order {
        let mut lines = self::order(&order.value, year);
        if let (Some(line), Some(name)) = (lines.last_mut(), in_order_line(record)) {
            *line += &format!(" ({name})");
        }
        labels.extend(lines);
    }
    if !record.tags.is_empty() {
        labels.extend(tags(&record.tags));
    }
    if let Some(subject) = &record.subject {
        let set = general(record);
        let (first, end) = if set { ("SUBJ/", "//") } else { ("SUBJECT: ", "") };
        let text = format!("{}{end}", subject.value.printed);
        labels.extend(wrap(first, &text, "", |rest| {
            may_continue(rest) && !body::opens_block(rest) && !rest.starts_with('/')
        }));
    }
    groups.push(labels);
    if part.first {
        groups.push(references(record));
        if !in_paragraph(record) && in_order_line(record).is_none() {
            groups.extend(record.classified_by.iter().map(|by| classified_by(&by.value)));
        }
    }
    for group in groups.into_iter().filter(|group| !group.is_empty()) {
        if !lines.is_empty() && !general(record) {
            lines.push(String::new());
        }
        lines.extend(group);
    }
    lines
}

/// The year that numbers inherit.
pub(super) fn year(record: &Record) -> Option<i16> {
    let number = || {
        let parts = mrn::parts(record.mrn.as_ref()?.value.as_str())?;
        Some(datetime::full_year(parts.0, None))
    };
    record.dtg.as_ref().map(|dtg| dtg.value.year()).or_else(number)
}

/// Whether it is a general message, whose text is in sets.
pub(super) fn general(record: &Record) -> bool {
    record.mrn_printed.as_deref().is_some_and(|printed| mrn::general_message(printed).is_some())
}

/// Classification words as they are printed: `C O N F I D E N T I A L`, or, not spaced, those of a banner.
pub(super) fn class_words(record: &Record, spaced: bool) -> Option<String> {
    let class = record.classification.as_ref()?.value;
    let first = record.controls.first().map(|control| control.value.as_str());
    let words = match (class, first) {
        (Classification::Unclassified, Some("LOU")) => return Some("LIMITED OFFICIAL USE".to_owned()),
        (Classification::Unclassified, _) if spaced => return Some("UNCLAS".to_owned()),
        (class, _) => class.name(),
    };
    if !spaced {
        return Some(words.to_owned());
    }
    Some(marking::letter_spaced(words))
}

/// The controls that stand on the classification line, and those that stand below it.
fn controls(record: &Record) -> (Vec<&str>, Vec<&str>) {
    let unclassified =
        record.classification.as_ref().is_some_and(|class| class.value == Classification::Unclassified);
    let sensitive = record.captions.iter().any(|caption| caption.value == "SENSITIVE");
    let (mut line, mut below) = (Vec::new(), Vec::new());
    for (index, control) in record.controls.iter().enumerate() {
        match control.value.as_str() {
            // The caption SENSITIVE says it.
            "SBU" if sensitive => {}
            "LOU" if unclassified && index == 0 => {}
            "EFTO" if unclassified => line.push("E F T O"),
            control @ ("SBU" | "FOUO") if unclassified => line.push(control),
            control => below.push(control),
        }
    }
    (line, below)
}

/// `C O N F I D E N T I A L SECTION 01 OF 02 VALDORIA 001000`
fn class_line(record: &Record, part: &Part) -> Vec<String> {
    let mut words: Vec<String> = class_words(record, true).into_iter().collect();
    words.extend(controls(record).0.into_iter().map(str::to_owned));
    if let (Some(number), Some(total)) = (part.section, record.sections.total) {
        words.push(format!("SECTION {number:02} OF {total:02}"));
    }
    if general(record) {
        let number = record.mrn_printed.iter().cloned();
        let class = (!words.is_empty()).then(|| words.join(" "));
        return class.into_iter().chain(number).collect();
    }
    words.extend(number(record));
    let others =
        record.other_numbers.iter().map(|number| format!("{} {}", number.value.mark, number.value.serial));
    words.extend(others);
    if record.dtg_printed.is_none() && record.dtg.is_none() {
        // A service message has no preamble.
        words.extend(heading::signals(record).1.into_iter().map(str::to_owned));
    }
    if words.is_empty() { Vec::new() } else { vec![words.join(" ")] }
}

/// Post and serial as they were printed, unless the copy damaged them.
fn number(record: &Record) -> Option<String> {
    let printed = record.mrn_printed.as_deref()?;
    let Some(number) = &record.mrn else { return Some(printed.to_owned()) };
    let sound = printed.rsplit_once(' ').is_some_and(|(post, serial)| {
        year(record)
            .and_then(|year| mrn::canonical(year, post, serial))
            .is_some_and(|found| found.mrn == number.value)
    });
    if sound {
        return Some(printed.to_owned());
    }
    let (_, post, serial) = mrn::parts(&number.value)?;
    // `1199 WASHINGTON`, as edited volumes print it.
    let words = printed.split_once(' ').filter(|(serial, _)| serial.bytes().all(|b| b.is_ascii_digit()));
    if let Some((_, name)) = words.filter(|(_, name)| mrn::key(name) == post) {
        return Some(format!("{name} {serial}"));
    }
    let width = printed.bytes().rev().take_while(|b| b.is_ascii_digit() || *b == b'O').count();
    Some(format!("{post} {serial:0width$}", width = width.clamp(1, 8)))
}

fn captions(record: &Record) -> Vec<String> {
    let captions = record.captions.iter().map(|caption| caption.value.clone());
    captions.chain(controls(record).1.into_iter().map(str::to_owned)).collect()
}

/// `STATE FOR EUR, EB`, `DEPT PASS TO USTR`
fn passing(of: &Passing) -> String {
    let via = of.via.as_ref().map_or_else(String::new, |via| format!("{via} "));
    let word = match of.kind {
        PassingKind::For => "FOR",
        PassingKind::Pass => "PASS TO",
    };
    let to = of.to.join(", ");
    let from = of.from.as_ref().map_or_else(String::new, |from| format!(" FROM {from}"));
    let note = of.note.as_ref().map_or_else(String::new, |note| format!(" {note}"));
    // An order to all has no other word, and a sender alone none for whom.
    let all = to.starts_with("ALL ADD") && of.note.is_some() && of.via.is_none();
    let start = if all || to.is_empty() { String::new() } else { format!("{via}{word} ") };
    format!("{start}{to}{from}{note}").trim_start().to_owned()
}

/// `E.O. 12958: DECL: 06/10/2019`
pub(super) fn order(of: &ExecutiveOrder, year: Option<i16>) -> Vec<String> {
    let number = of.order.as_deref().unwrap_or("");
    let label = if number.is_empty() { "E.O.:".to_owned() } else { format!("E.O. {number}:") };
    let short = matches!(number, "11652" | "12065");
    let date = of.date.map(|date| {
        let two = short && datetime::full_year(date.year().rem_euclid(100), year) == date.year();
        date.strftime(if two { "%m/%d/%y" } else { "%m/%d/%Y" }).to_string()
    });
    let event = of.event.as_ref().map(|event| format!("UPON {event}"));
    let instruction = of.instruction.as_deref().unwrap_or("DECL");
    let text = match instruction {
        "N/A" => "N/A".to_owned(),
        "DECL" => {
            let when = of.exemptions.iter().cloned().chain(date).chain(event);
            format!("DECL: {}", when.collect::<Vec<_>>().join(", "))
        }
        schedule => {
            let mut text = of.exemptions.first().cloned().unwrap_or_else(|| schedule.to_owned());
            let named = matches!(schedule, "ADS" | "XGDS" | "XDS" | "AGDS") || event.is_some();
            if let Some(when) = date.or(event) {
                text += if named { ", DECLAS " } else { " " };
                text += &when;
            }
            text
        }
    };
    let text = if of.instruction.is_none() && of.date.is_none() && of.exemptions.is_empty() {
        of.event.clone().unwrap_or_default()
    } else {
        text
    };
    vec![format!("{label} {text}").trim_end().to_owned()]
}

/// `TAGS: PREL, OVIP (DOE, JANE), VD`
pub(super) fn tags(tags: &[Spanned<Tag>]) -> Vec<String> {
    let each = tags.iter().map(|tag| {
        let person = tag.value.person.as_ref().map(|person| format!("({person})"));
        let words = tag.value.code.iter().cloned().chain(person);
        words.collect::<Vec<_>>().join(" ")
    });
    let text = each.collect::<Vec<_>>().join(", ");
    // A line that goes on must begin with a TAG that is known as one, and not inside of a name.
    wrap("TAGS: ", &text, "      ", |rest| {
        let whole = rest.matches(')').count() == rest.matches('(').count();
        whole && rest.starts_with(|c: char| c != '(') && tagline::continues(rest)
    })
}

/// Whether a line that begins so still belongs to the label above it.
fn may_continue(rest: &str) -> bool {
    head::label(rest).is_none() && body::paragraph_start(rest).is_none() && !rest.starts_with("---")
}

/// The classifier, where the E.O. line names him in brackets, as orders 11652 and 12065 had it.
fn in_order_line(record: &Record) -> Option<&str> {
    let number = record.executive_order.as_ref()?.value.order.as_deref();
    let [by] = &record.classified_by[..] else { return None };
    let name = by.value.name.as_deref()?;
    let bracketed = order::classifier(&format!("({name})")) == Some(name);
    (matches!(number, Some("11652" | "12065"))
        && bracketed
        && by.value.title.is_none()
        && by.value.reasons.is_empty())
    .then_some(name)
}

/// Whether a paragraph names the classifier, as `1. (U) Classified by …` does.
fn in_paragraph(record: &Record) -> bool {
    let mut first = record.paragraphs.iter().take(3);
    first.any(|paragraph| body::classified_by_label(&paragraph.value.text).is_some())
}

/// `Classified By: Jane Q. Roe, Economic Counselor, for reasons 1.4 (b) and (d).`
fn classified_by(of: &ClassifiedBy) -> Vec<String> {
    let reasons = reasons(&of.reasons);
    let because = match of.reasons.len() {
        0 => String::new(),
        1 => format!(" for reason {reasons}."),
        _ => format!(" for reasons {reasons}."),
    };
    let (name, title) = (of.name.as_deref(), of.title.as_deref());
    let forms = match (name, title) {
        (Some(name), Some(title)) => vec![format!("{title} {name}"), format!("{name}, {title}")],
        (name, title) => vec![name.or(title).unwrap_or("").to_owned()],
    };
    let reads = |form: &&String| {
        let got = body::name_and_title(form);
        (got.0.as_deref(), got.1.as_deref()) == (name, title)
    };
    let who = forms.iter().find(reads).or(forms.last()).cloned().unwrap_or_default();
    let line = format!("{who}{because}");
    // A text in capitals has its label in capitals.
    let capitals = !who.is_empty() && !who.bytes().any(|b| b.is_ascii_lowercase());
    let (label, line) =
        if capitals { ("CLASSIFIED BY: ", line.to_uppercase()) } else { ("Classified By: ", line) };
    wrap(label, line.trim_start(), "", |rest| may_continue(rest) && !body::opens_block(rest))
}

/// `1.4 (b) and (d)`
fn reasons(list: &[String]) -> String {
    let mut text = String::new();
    let mut before = "";
    for (index, reason) in list.iter().enumerate() {
        let (section, letter) = reason.split_at(reason.find('(').unwrap_or(reason.len()));
        if index > 0 {
            text += if index + 1 == list.len() { " and " } else { ", " };
        }
        if section != before {
            text += section;
            text += " ";
        }
        text += letter;
        before = section;
    }
    text
}

/// The reference block, one entry after another.
fn references(record: &Record) -> Vec<String> {
    let sets = general(record);
    let mut lines = Vec::new();
    let mut narrative = Vec::new();
    for (label, text) in items(record, sets) {
        if sets {
            let end = if text.ends_with('/') { " //" } else { "//" };
            lines.extend(wrap("REF/", &format!("{text}{end}"), "/", |rest| {
                rest.len() > 3 && !rest.starts_with('/')
            }));
            continue;
        }
        let first = if lines.is_empty() { "REF: " } else { "     " };
        let first = label.map_or_else(|| first.to_owned(), |label| format!("{first}{label}. "));
        lines.extend(wrap(&first, &text, "     ", |rest| {
            may_continue(rest)
                && reference::continues(rest)
                && !reference::is_item(rest)
                && head::read_passing(rest).is_none()
        }));
    }
    if sets {
        for entry in &record.references {
            if let (Some(label), Some(number)) = (&entry.value.label, &entry.value.mrn)
                && let Some(words) = general_number(number)
                && !entry.value.printed.contains(&words)
            {
                narrative.push(format!("REF {label} IS {words}."));
            }
        }
        if !narrative.is_empty() {
            lines.extend(wrap("NARR/", &format!("{}//", narrative.join(" ")), "", |rest| {
                !rest.starts_with('/')
            }));
        }
    }
    lines
}

/// `15NAVADMIN123` as it is printed: `NAVADMIN 123/15`.
fn general_number(number: &str) -> Option<String> {
    let (year, series, serial) = mrn::parts(number)?;
    Some(format!("{series} {serial:03}/{year:02}"))
}

/// The entries as they stood: numbers of one entry are put together again.
fn items(record: &Record, sets: bool) -> Vec<(Option<&str>, String)> {
    let mut items: Vec<(Option<&str>, String)> = Vec::new();
    let mut tail = String::new();
    for (index, entry) in record.references.iter().enumerate() {
        let of = &entry.value;
        let label = of.label.as_deref();
        let bare = of.printed.strip_prefix("A-").unwrap_or(&of.printed);
        let number = bare.bytes().all(|b| b.is_ascii_digit()) && !bare.is_empty();
        let cited = matches!(of.kind, ReferenceKind::Telegram | ReferenceKind::Airgram);
        let own = if sets || number { String::new() } else { self::tail(of) };
        let same = index > 0
            && !sets
            && cited
            && record.references[index - 1].value.label.as_deref() == label
            && (label.is_some() || number || !tail.is_empty() || !own.is_empty());
        match items.last_mut().filter(|_| same) {
            // What stands behind the last number of a post is said of all of them.
            Some((_, text)) if number => {
                text.push_str(" AND ");
                text.push_str(&of.printed);
                continue;
            }
            Some((_, text)) => {
                text.push_str(&tail);
                text.push_str(", ");
                text.push_str(&of.printed);
            }
            None => {
                if let Some((_, text)) = items.last_mut() {
                    text.push_str(&tail);
                }
                items.push((label, of.printed.clone()));
            }
        }
        tail = own;
    }
    if let Some((_, text)) = items.last_mut() {
        text.push_str(&tail);
    }
    items
}

/// What stood behind a number and isn't printed with it: the year, NOTAL, captions, AND PREVIOUS.
fn tail(of: &crate::record::Reference) -> String {
    let mut tail = String::new();
    let undated = || {
        reference::relative_at(&of.printed).is_none()
            && reference::cite(&of.printed, 0).is_some_and(|cite| cite.year.is_none())
    };
    if of.year == Some(YearSource::Printed) && undated() {
        let year = of.mrn.as_deref().and_then(|mrn| mrn.get(..2));
        tail += &year.map(|year| format!(" ({year})")).unwrap_or_default();
    }
    let mut marks: Vec<&str> = Vec::new();
    if of.notal && !of.printed.contains("NOTAL") {
        marks.push("NOTAL");
    }
    marks.extend(of.captions.iter().map(String::as_str).filter(|caption| !of.printed.contains(caption)));
    if !marks.is_empty() {
        tail += &format!(" ({})", marks.join(", "));
    }
    if of.and_previous && !of.printed.contains("AND PREVIOUS") {
        tail += " AND PREVIOUS";
    }
    tail
}

/// Whether a line below the head would be read as part of it.
pub(super) fn takes(line: &str) -> bool {
    head::label(line).is_some()
        || head::is_caption_line(line)
        || head::read_passing(line).is_some()
        || marking::class_words(line).is_some()
        || tagline::unlabelled(line)
        || order::label(line).is_some()
}
