//! The way back: a record printed in the canonical form of a dialect.
//!
//! [`print()`] writes what a record says as the dialect has it, reads its own print, and lists every value that
//! didn't come back as it was: what the dialect can't carry, what it demands besides, and what it writes
//! otherwise. So nothing is left out unsaid, whatever the record holds.
//!
//! ```
//! use reftel_telegram::record::Dialect;
//! use reftel_telegram::{Context, parse, write};
//!
//! let text = "P R 111528Z JUN 09\nFM AMEMBASSY LISBON\nTO RUEHC/SECSTATE WASHDC PRIORITY 4821\nBT\n\
//!             UNCLAS LISBON 001000\nSUBJ: FERRIES\n1. NO CHANGE.\n2. NONE IS DUE.\nDOE\nBT\nNNNN\n";
//! let telegram = parse(text, &Context::default()).into_record();
//!
//! let printed = write::print(&telegram, Dialect::Acp126);
//! assert!(printed.text.contains("\n\nSUBJECT: FERRIES\n\n1. NO CHANGE.\n\n2. NONE IS DUE.\n\nDOE\n"));
//! assert_eq!(printed.differences, []); // read again, it is the same
//! ```

#![allow(clippy::format_push_string, reason = "the other way can fail, and a string can't")]

pub mod draft;

mod body;
mod fields;
mod head;
mod heading;
mod lines;
mod pages;
mod residue;
mod wire;

use std::collections::{BTreeMap, BTreeSet};

use crate::record::{Dialect, Record, TransmissionId};
use crate::{Context, Spanned, marking, parse};
use body::{Before, Line};
use draft::Charset;

pub use heading::signals;
pub use lines::COLUMNS;
pub(crate) use pages::{PAGE_LINES, SECTION_LINES};
pub use residue::left_out;
pub use wire::Uncarried;

/// A record as a text, and what the text doesn't say as the record does.
#[derive(Clone, Debug)]
pub struct Printed {
    /// The text, with line feeds.
    pub text: String,
    /// What is not the same when the text is read again, in the order of the record.
    pub differences: Vec<Difference>,
}

/// A value that a printed record doesn't carry as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where in the record: a JSON pointer.
    pub pointer: String,
    /// What the record says; `None` for what the form demands besides.
    pub before: Option<String>,
    /// What the text says; `None` for what it can't carry.
    pub after: Option<String>,
    /// Why.
    pub reason: &'static str,
}

/// One transmission of a telegram: a section, or all of it.
#[derive(Clone, Copy, Debug)]
struct Part {
    dialect: Dialect,
    /// Its section number, where there are sections.
    section: Option<u32>,
    /// Which of the transmissions it is, from 0, and of how many.
    index: usize,
    of: usize,
    /// Whether it has the whole head of the text.
    first: bool,
}

impl Part {
    /// Its share of the transmission identifications: those of a telegram that came in sections are one list.
    fn ids<'r>(&self, ids: &'r [Spanned<TransmissionId>]) -> &'r [Spanned<TransmissionId>] {
        let each = ids.len() / self.of;
        if each * self.of == ids.len() {
            &ids[self.index * each..][..each]
        } else if self.index == 0 {
            ids
        } else {
            &[]
        }
    }
}

/// Prints a record in the canonical form of a dialect.
///
/// Lines of the text stand as they are; labels, addresses and references are set anew. A record of a telegram
/// in sections is printed in as many. What stands in the input and in no field of the record isn't printed:
/// [`left_out`] finds it.
pub fn print(record: &Record, dialect: Dialect) -> Printed {
    let text = compose(record, dialect);
    let differences = differences(record, dialect, &text);
    Printed { text, differences }
}

/// Prints a record as it is transmitted: lines of the text broken at [`COLUMNS`], sections of 100 lines, pages of 20,
/// each with its line in front, as a draft is. On a circuit (`wire`) with its ends of lines, its shifts and the functions
/// that end a message; a character that it doesn't carry and nothing stands for is refused.
///
/// The form of an archive copy, a fragment and a general message are broken at [`COLUMNS`] only. Lines that can't be
/// broken so that they are read again as they were stay long. Breaks of lines aren't listed among the differences;
/// sections are.
pub fn transmit(record: &Record, dialect: Dialect, wire: Option<Charset>) -> Result<Printed, Vec<Uncarried>> {
    let mut fitted = record.clone();
    let replaced = wire.map(|charset| replace(&mut fitted, charset)).unwrap_or_default();
    fitted.paragraphs.iter_mut().for_each(|paragraph| body::fit(&mut paragraph.value));
    let mut cut = fitted.clone();
    let paged = matches!(dialect, Dialect::Acp127Us | Dialect::Acp127 | Dialect::Janap128 | Dialect::Acp126)
        && !head::general(record);
    let mut text = if paged {
        let body = body::lines(&cut);
        pages::compose(&mut cut, dialect, body, wire.is_some())
    } else {
        compose(&cut, dialect)
    };
    if let Some(charset) = wire {
        let (sent, refused) = wire::in_charset(&text, charset, &mut false);
        if !refused.is_empty() {
            return Err(refused);
        }
        text = wire::wire(&sent, charset, |line| marking::own_noise(line) == Some(marking::Noise::Page));
    }
    let mut differences = differences(&fitted, dialect, &text);
    let sectioned = cut.sections != record.sections;
    for found in &mut differences {
        let of = ["/sections/", "/transmission/ids", "/transmission/station_section"];
        if sectioned && of.iter().any(|start| found.pointer.starts_with(start)) {
            found.reason = "the text is cut into sections of 100 lines";
        }
    }
    differences.extend(replaced);
    Ok(Printed { text, differences })
}

/// Puts what a circuit carries into subject and paragraphs, before their lines are broken, and lists those that it changes.
/// What nothing stands for stays.
fn replace(record: &mut Record, charset: Charset) -> Vec<Difference> {
    let mut list = Vec::new();
    let mut send = |pointer: String, value: &mut String, open: &mut bool| {
        let (after, refused) = wire::in_charset(value, charset, open);
        if refused.is_empty() && after != *value {
            let before = std::mem::replace(value, after.clone());
            let reason = "the circuit has other signs";
            list.push(Difference { pointer, before: Some(before), after: Some(after), reason });
        }
    };
    if let Some(subject) = &mut record.subject {
        send("/subject/text".to_owned(), &mut subject.value.text, &mut false);
        send("/subject/printed".to_owned(), &mut subject.value.printed, &mut false);
    }
    let mut open = false;
    for (index, paragraph) in record.paragraphs.iter_mut().enumerate() {
        let of = &mut paragraph.value;
        if let Some(heading) = &mut of.heading {
            send(format!("/paragraphs/{index}/heading"), heading, &mut false);
        }
        send(format!("/paragraphs/{index}/text"), &mut of.text, &mut open);
    }
    list
}

/// What two records don't say alike. Spans, mentions and diagnostics belong to a text and don't count.
pub fn compare(before: &Record, after: &Record) -> Vec<Difference> {
    let (old, new) = (fields::fields(before), fields::fields(after));
    let by_pointer: BTreeMap<&str, &str> = new.iter().map(|(p, v)| (p.as_str(), v.as_str())).collect();
    let known: BTreeSet<&str> = old.iter().map(|(pointer, _)| pointer.as_str()).collect();
    let mut list = Vec::new();
    let mut add = |pointer: &str, before: Option<&str>, after: Option<&str>| {
        let (before, after) = (before.map(str::to_owned), after.map(str::to_owned));
        let reason = "is read otherwise";
        list.push(Difference { pointer: pointer.to_owned(), before, after, reason });
    };
    for (pointer, value) in &old {
        let after = by_pointer.get(pointer.as_str()).copied();
        if after != Some(value) {
            add(pointer, Some(value), after);
        }
    }
    for (pointer, value) in new.iter().filter(|(pointer, _)| !known.contains(pointer.as_str())) {
        add(pointer, None, Some(value));
    }
    list
}

/// What is known of a record's year, for whoever reads its print.
fn context(record: &Record) -> Context {
    Context { year: head::year(record) }
}

fn differences(record: &Record, dialect: Dialect, text: &str) -> Vec<Difference> {
    let readings = parse::read(text.as_bytes(), &context(record));
    let Some(back) = readings.first() else { return Vec::new() };
    let mut list = compare(record, &back.record);
    list.retain(|found| !(found.pointer == "/dialect" && found.after.as_deref() == Some(dialect.name())));
    for found in &mut list {
        found.reason = reason(found, dialect);
    }
    if readings.len() > 1 {
        list.push(Difference {
            pointer: String::new(),
            before: Some("one telegram".to_owned()),
            after: Some(format!("{} telegrams", readings.len())),
            reason: "is read otherwise",
        });
    }
    list
}

/// Why a value isn't the same.
fn reason(found: &Difference, dialect: Dialect) -> &'static str {
    let routed = dialect.is_routed();
    let pointer = found.pointer.as_str();
    match (&found.before, &found.after) {
        (Some(_), None) if pointer.starts_with("/transmission/relay") => {
            "only an archive copy has a dash line"
        }
        (Some(_), None) if pointer.starts_with("/transmission/") && !routed => {
            "the form has no format lines 1 to 4"
        }
        (Some(_), None) if pointer == "/transmission/validation" => "the form has no format line 15",
        (Some(_), None) if pointer == "/transmission/station_section" => {
            "the form has no section number in the heading"
        }
        (Some(_), None) if pointer.starts_with("/workflow/") || pointer.starts_with("/distribution/") => {
            "only an archive copy has drafting and distribution lines"
        }
        (None, Some(_)) if pointer.starts_with("/transmission/") && routed => {
            "the form demands it, and it follows from the rest"
        }
        (Some(_), Some(_)) if pointer == "/dialect" => "what the form's heading needs isn't known",
        (Some(_), Some(_)) if pointer.ends_with("_printed") || pointer.ends_with("/printed") => {
            "is printed in its canonical form"
        }
        (Some(_), None) => "the form has no place for it",
        _ => "is read otherwise",
    }
}

/// The record as a text.
fn compose(record: &Record, dialect: Dialect) -> String {
    // An edited document with a date has all that the shortest heading needs.
    let dated = record.dtg.is_some() || record.dtg_printed.is_some();
    let dialect = if dialect == Dialect::Fragment && dated { Dialect::Acp126 } else { dialect };
    let body = body::lines(record);
    let numbers = &record.sections.present;
    let of = numbers.len().max(1);
    let mut lines = Vec::new();
    for (index, chunk) in cut(body, numbers).into_iter().enumerate() {
        let part = Part { dialect, section: numbers.get(index).copied(), index, of, first: index == 0 };
        transmission(record, &part, chunk, &mut lines);
    }
    lines.into_iter().map(|line| in_line(line) + "\n").collect()
}

/// A line as one line: a value that was made elsewhere may have ends of lines in it, or other control characters.
fn in_line(line: String) -> String {
    let odd = |c: char| c.is_ascii_control() && c != '\t' || matches!(c, '\u{2028}' | '\u{2029}');
    if line.contains(odd) { line.replace(odd, " ") } else { line }
}

/// One transmission: heading, text, ending.
fn transmission(record: &Record, part: &Part, body: Vec<Line>, lines: &mut Vec<String>) {
    let archive = part.dialect == Dialect::Archive1970s;
    let (heading, _) = heading::lines(record, part);
    let headed = !heading.is_empty() && part.dialect != Dialect::Fragment;
    lines.extend(heading);
    if headed && !archive {
        lines.push("BT".to_owned());
    }
    let head = head::lines(record, part);
    if !head.is_empty() && !body.is_empty() && !head::general(record) {
        lines.extend(head);
        lines.push(String::new());
    } else {
        lines.extend(head);
    }
    let mut remarks = if head::general(record) { "RMKS/" } else { "" };
    for line in body {
        lines.push(format!("{}{}", std::mem::take(&mut remarks), line.text));
    }
    if archive {
        lines.push(String::new());
        if let Some(banner) = head::class_words(record, false) {
            lines.extend([banner, String::new()]);
        }
        lines.push("NNN".to_owned());
    } else if headed {
        lines.push("BT".to_owned());
        let validated =
            matches!(part.dialect, Dialect::Acp127Us | Dialect::Janap128) || record.dialect == part.dialect;
        let derived = || heading::Envelope::of(record, record.dialect != part.dialect).serial;
        let own = record.transmission.validation.as_deref().cloned();
        let number = own.or_else(|| derived().filter(|_| record.dialect != part.dialect));
        lines.extend(number.filter(|_| validated).map(|number| format!("#{number}")));
        lines.push("NNNN".to_owned());
    }
}

/// Cuts a body into as many pieces as there are sections, at paragraphs where that is possible; behind a section
/// that isn't here, where the numbers jump.
fn cut(mut body: Vec<Line>, numbers: &[u32]) -> Vec<Vec<Line>> {
    let mut pieces = Vec::new();
    for (index, pair) in numbers.windows(2).enumerate() {
        let ideal = body.len() / (numbers.len() - index);
        let missing = pair[1] > pair[0] + 1;
        let at = place(&body, ideal, missing);
        pieces.push(body::take(&mut body, at));
        body.drain(..body.iter().take_while(|line| line.text.is_empty()).count());
    }
    pieces.push(body);
    pieces
}

/// Where to cut, near `ideal`.
fn place(body: &[Line], ideal: usize, missing: bool) -> usize {
    let nearest = |places: &mut dyn Iterator<Item = usize>| places.min_by_key(|at| at.abs_diff(ideal));
    if missing {
        let mut last = None;
        let jumps = (0..body.len()).filter(|&at| {
            let number = body[at].number;
            let jump = last.zip(number).is_some_and(|(last, number): (u32, u32)| number > last + 1);
            last = number.or(last);
            jump && body[at].before == Before::Section
        });
        if let Some(at) = nearest(&mut jumps.collect::<Vec<_>>().into_iter()) {
            return at;
        }
    }
    let all = || 1..body.len();
    nearest(&mut all().filter(|&at| body[at].before == Before::Section))
        .or_else(|| nearest(&mut all().filter(|&at| body::runs_on(body, at))))
        .unwrap_or(body.len())
}
