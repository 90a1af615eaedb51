//! `reftel show`

use std::path::Path;

use reftel_archive::{Archive, Corrected, Telegram, Web};
use reftel_sources::Field;
use reftel_telegram::Record;
use reftel_telegram::record::{Addressee, ExecutiveOrder, Paragraph, Reference, Station};

use super::correct::{by, said};
use super::number::{self, Wanted};
use super::terminal::{BAD, GOOD, LABEL, STRONG, Screen, clean, clean_lines, paint, wrap};
use super::{Failure, Status};
use crate::json;
use crate::wording::{Clock, behind_label, clock, unslanted};

/// Show a telegram
///
/// Prints what it says in a readable order: heading, subject, references with a mark whether they are held
/// here, paragraphs. All telegrams of that number are shown if there are several. A number without its year,
/// such as `VALDORIA 1402`, is of any year: the one that it means is shown, or those that it may mean are
/// listed. If there is none, the nearest numbers of that post are suggested.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 found, 1 not held, 2 an error.

Examples:
  reftel show 09VALDORIA1000
  reftel show --raw 09VALDORIA1000 > telegram.txt")]
pub(crate) struct Show {
    /// The number, in any form, or a document of a volume, `frus1941v06/d73`; or `id:` and the number in the archive
    #[arg(required = true, value_name = "MRN")]
    mrn: Vec<String>,

    /// The year of a number that is given without one
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,

    /// The original bytes as they came (on a terminal with control characters shown)
    #[arg(long, conflicts_with = "json")]
    raw: bool,

    /// The record, as `reftel parse` prints it
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let archive = super::archive(dir)?;
        let wanted = Wanted::of(&self.mrn, self.year, &archive)?;
        let entries = wanted.find(&archive)?;
        if let (Wanted::Mrn(mrn) | Wanted::AnyYear(mrn), []) = (&wanted, entries.as_slice()) {
            number::not_held(mrn, &archive, screen)?;
            return Ok(Status::Negative);
        }
        if number::differ(&entries) && !self.json && !self.raw {
            number::choices(&entries, screen)?;
            return Ok(Status::Fine);
        }
        if let (Wanted::Mrn(mrn) | Wanted::AnyYear(mrn), [_, _, ..]) = (&wanted, entries.as_slice()) {
            number::several(mrn, &entries, screen);
            if self.raw {
                return Err(
                    Failure::new("which one is not said").help("give its `id:` instead of the number")
                );
            }
        }
        for (index, entry) in entries.iter().enumerate() {
            if index > 0 && !self.json {
                screen.line(&format!("\n{}\n", "═".repeat(69)))?;
            }
            self.print(&archive.telegram(entry.id)?, &archive, screen)?;
        }
        Ok(Status::Fine)
    }

    fn print(&self, telegram: &Telegram, archive: &Archive, screen: &mut Screen) -> Result<(), Failure> {
        if self.raw && screen.terminal {
            let (text, _) = reftel_telegram::decode(telegram.original());
            screen.line(&clean_lines(&text))
        } else if self.raw {
            screen.bytes(telegram.original())
        } else if self.json {
            let path = telegram.sources.first().map(|source| source.path.display().to_string());
            let record = json::Telegram::kept(telegram, path.as_deref().unwrap_or_default());
            screen.line(&json::print(&record, screen.terminal)?)
        } else {
            let web = archive.web(telegram.id)?;
            screen.line(&Sheet::of(telegram, &web, screen.color, screen.width()).lines.join("\n"))
        }
    }
}

/// The columns that a paragraph takes at most, however wide the terminal is.
const WIDTH_MAX: u16 = 80;

/// A telegram as a person reads it, without colour and in lines as they came.
pub(super) fn sheet(telegram: &Telegram, web: &Web) -> String {
    Sheet::of(telegram, web, false, None).lines.join("\n")
}

/// A telegram as lines for a person.
struct Sheet {
    color: bool,
    /// The columns that paragraphs may take; none: as they are.
    width: Option<u16>,
    lines: Vec<String>,
}

impl Sheet {
    fn of(telegram: &Telegram, web: &Web, color: bool, width: Option<u16>) -> Sheet {
        let record = &telegram.record;
        let mut sheet = Sheet { color, width: width.map(|width| width.min(WIDTH_MAX)), lines: Vec::new() };
        sheet.head(telegram);
        sheet.envelope(record);
        sheet.matter(record);
        sheet.references(record, web);
        for paragraph in &record.paragraphs {
            sheet.paragraph(paragraph);
        }
        if !record.signatures.is_empty() {
            let names: Vec<&str> = record.signatures.iter().map(|name| name.as_str()).collect();
            sheet.lines.push(String::new());
            sheet.field("Signed", &names.join(", "));
        }
        for (index, nested) in record.nested.iter().enumerate() {
            sheet.lines.push(String::new());
            let number = nested.mrn.as_ref().map_or("a telegram", |mrn| mrn.as_str());
            sheet.field(if index == 0 { "Quotes" } else { "" }, number);
        }
        sheet.edition(telegram);
        sheet.foot(telegram, web);
        sheet
    }

    fn field(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            let label = paint(self.color, LABEL, &format!("{name:<14}"));
            self.lines.push(format!("{label}{}", clean(value)));
        }
    }

    /// The number and the classification.
    fn head(&mut self, telegram: &Telegram) {
        let record = &telegram.record;
        let number = match (&record.mrn, &record.mrn_printed) {
            (Some(mrn), Some(printed)) => format!("{} (printed {printed})", mrn.value),
            (Some(mrn), None) => mrn.value.clone(),
            (None, Some(printed)) => format!("id:{} (printed {printed})", telegram.id.0),
            (None, None) => format!("id:{} (no number)", telegram.id.0),
        };
        self.lines.push(paint(self.color, STRONG, &clean(&number)));
        let marks = record.classification.iter().map(|class| class.name());
        let marks = marks.chain(record.controls.iter().map(|control| control.as_str()));
        let marks: Vec<&str> = marks.chain(record.captions.iter().map(|caption| caption.as_str())).collect();
        if !marks.is_empty() {
            self.lines.push(paint(self.color, STRONG, &clean(&marks.join("  "))));
        }
        self.lines.push(String::new());
    }

    /// Precedence, date, and who writes to whom.
    fn envelope(&mut self, record: &Record) {
        let precedences = [&record.precedence, &record.precedence_info];
        let precedences: Vec<&str> = precedences.into_iter().flatten().map(|value| value.name()).collect();
        self.field("Precedence", &precedences.join(", for information "));
        if let Some(dtg) = &record.dtg {
            let form = match clock(dtg.value, record.dtg_printed.as_deref()) {
                Clock::Utc => "%Y-%m-%d %H:%MZ",
                Clock::Local => "%Y-%m-%d %H:%M local time",
                Clock::Unknown => "%Y-%m-%d",
            };
            self.field("Date", &dtg.value.strftime(form).to_string());
        } else if let Some(printed) = &record.dtg_printed {
            self.field("Date", &format!("{printed} (as printed)"));
        }
        self.field("From", &record.from.as_ref().map(|from| station(from)).unwrap_or_default());
        for (name, addressees) in [("To", &record.to), ("Info", &record.info)] {
            for (index, each) in addressees.iter().enumerate() {
                self.field(if index == 0 { name } else { "" }, &addressee(each));
            }
        }
        let sections = &record.sections;
        if !sections.present.is_empty() {
            let present: Vec<String> = sections.present.iter().map(ToString::to_string).collect();
            let total = sections.total.map_or("?".to_owned(), |total| total.to_string());
            let missing =
                sections.total.is_some_and(|total| (sections.present.len() as u64) < u64::from(total));
            let remark = if missing { " (not all are here)" } else { "" };
            self.field("Sections", &format!("{} of {total}{remark}", present.join(", ")));
        }
        for passing in &record.passing {
            let via = passing.via.as_deref().unwrap_or_default();
            let verb = match passing.kind {
                reftel_telegram::record::PassingKind::For => "for",
                reftel_telegram::record::PassingKind::Pass => "pass",
            };
            let from = passing.from.as_ref().map_or_else(String::new, |from| format!(" from {from}"));
            let note = passing.note.as_ref().map_or_else(String::new, |note| format!(": {note}"));
            let line = format!("{via} {verb} {}{from}{note}", passing.to.join(", "));
            self.field("Passing", line.trim());
        }
    }

    /// E.O., TAGS, subject, and who classified it.
    fn matter(&mut self, record: &Record) {
        self.field(
            "E.O.",
            &record.executive_order.as_ref().map(|order| executive_order(order)).unwrap_or_default(),
        );
        let tags: Vec<String> = record
            .tags
            .iter()
            .map(|tag| match (&tag.code, &tag.person) {
                (Some(code), Some(person)) => format!("{code} ({person})"),
                (Some(code), None) => code.clone(),
                (None, person) => format!("({})", person.as_deref().unwrap_or_default()),
            })
            .collect();
        self.field("TAGS", &tags.join(", "));
        if let Some(subject) = &record.subject {
            let label = paint(self.color, LABEL, &format!("{:<14}", "Subject"));
            let text = paint(self.color, STRONG, &clean(&subject.printed));
            self.lines.push(format!("{label}{text}"));
        }
        for by in &record.classified_by {
            let parts = [by.name.as_deref(), by.title.as_deref()].into_iter().flatten();
            let mut line = parts.collect::<Vec<_>>().join(", ");
            if !by.reasons.is_empty() {
                line += &format!(" (reasons {})", by.reasons.join(", "));
            }
            self.field("Classified by", line.trim());
        }
    }

    fn references(&mut self, record: &Record, web: &Web) {
        for (index, reference) in record.references.iter().enumerate() {
            let label = if index == 0 { "References" } else { "" };
            let label = paint(self.color, LABEL, &format!("{label:<14}"));
            self.lines.push(format!("{label}{}", self.reference(reference, web)));
        }
    }

    /// `A  09NORTHMARK54  held     NORTHMARK 54`
    fn reference(&self, reference: &Reference, web: &Web) -> String {
        let letter = reference.label.as_deref().unwrap_or("-");
        let printed = clean(behind_label(reference.label.as_deref(), &reference.printed));
        let letter = clean(letter);
        let Some(mrn) = &reference.mrn else {
            return format!("{letter:<3}{printed}  ({})", reference.kind.name());
        };
        let held = web.cites.iter().find(|(cited, _)| cited == mrn).and_then(|(_, held)| held.first());
        let mark = match held {
            Some(_) => paint(self.color, GOOD, "held   "),
            None => paint(self.color, BAD, "missing"),
        };
        let what = match held.map(|entry| &entry.card) {
            Some(card) => super::search::title(card).into(),
            None => printed,
        };
        format!("{letter:<3}{mark}  {:<16}  {what}", clean(mrn))
    }

    fn paragraph(&mut self, paragraph: &Paragraph) {
        self.lines.push(String::new());
        if let Some(heading) = &paragraph.heading {
            self.lines.push(paint(self.color, STRONG, &clean_lines(heading)));
        }
        let number = paragraph.number.map(|number| format!("{number}. ")).unwrap_or_default();
        let portion =
            paragraph.portion.as_ref().map(|mark| format!("({}) ", clean(mark))).unwrap_or_default();
        let text = format!("{number}{portion}{}", clean_lines(unslanted(&paragraph.text).trim_end()));
        self.lines.push(match self.width {
            Some(width) => wrap(&text, usize::from(width)),
            None => text,
        });
    }

    /// What an edition has beside the text: its title, where the paper lies, and its notes.
    fn edition(&mut self, telegram: &Telegram) {
        let Some(collected) = &telegram.collected else { return };
        self.lines.push(String::new());
        for (name, field) in [
            ("Edited as", Field::Title),
            ("Paper", Field::Source),
            ("Address", Field::Url),
            ("Withheld", Field::Withheld),
        ] {
            let stated = collected.reading.stated.iter().filter(|stated| stated.field == field);
            for (index, stated) in stated.enumerate() {
                self.field(if index == 0 { name } else { "" }, &stated.value);
            }
        }
        for (index, note) in collected.notes.iter().enumerate() {
            let text = format!("[{}] {}", clean(&note.label), clean(&note.text));
            let text = self.width.map_or_else(|| text.clone(), |width| wrap(&text, usize::from(width)));
            if index == 0 {
                self.lines.push(paint(self.color, LABEL, "Editor's notes"));
            }
            self.lines.push(text);
        }
    }

    /// Who cites it, other copies, and where it came from.
    fn foot(&mut self, telegram: &Telegram, web: &Web) {
        self.lines.push(String::new());
        let handles = |entries: &[reftel_archive::Entry]| {
            let handles: Vec<String> =
                entries.iter().map(|entry| super::search::handle(entry.id, &entry.card)).collect();
            handles.join(", ")
        };
        self.field("Cited by", &handles(&web.cited_by));
        let others: Vec<String> = web.same_number.iter().map(|entry| format!("id:{}", entry.id.0)).collect();
        self.field("Same number", &others.join(", "));
        for (index, Corrected { correction, read }) in telegram.corrected.iter().enumerate() {
            let (value, read) = (said(&correction.value), said(read));
            let line = format!("{}: {value}, read as {read} ({})", correction.field, by(&correction.hand));
            self.field(if index == 0 { "Corrected" } else { "" }, &line);
        }
        for (index, source) in telegram.sources.iter().enumerate() {
            let path = source.path.display();
            let place = format!("{path}, bytes {} to {}", source.span.start, source.span.end);
            self.field(if index == 0 { "Source" } else { "" }, &place);
        }
        let odd = telegram.record.diagnostics.len();
        if odd > 0 {
            let them = if odd == 1 { "1 irregularity" } else { &format!("{odd} irregularities") };
            self.field("Odd", &format!("{them}; `reftel check` shows them in the source"));
        }
    }
}

fn station(station: &Station) -> String {
    match &station.routing_indicator {
        Some(indicator) => format!("{indicator} {}", unslanted(&station.plad)),
        None => unslanted(&station.plad).to_owned(),
    }
}

fn addressee(addressee: &Addressee) -> String {
    let mut line = station(&addressee.station);
    if addressee.niact {
        line += " NIACT";
    }
    if let Some(precedence) = addressee.precedence {
        line += &format!(" {precedence}");
    }
    if let Some(number) = &addressee.continuity_number {
        line += &format!(" {number}");
    }
    if !addressee.exempt.is_empty() {
        line += &format!(" except {}", addressee.exempt.join(", "));
    }
    line
}

fn executive_order(order: &ExecutiveOrder) -> String {
    let date = order.date.map(|date| date.to_string());
    let parts = [&order.order, &order.instruction, &date, &order.event];
    let parts = parts.into_iter().flatten().map(String::as_str);
    parts.chain(order.exemptions.iter().map(String::as_str)).collect::<Vec<_>>().join("  ")
}

#[cfg(test)]
mod tests {
    use reftel_archive::{Entry, Id};
    use reftel_telegram::record::{ReferenceKind, Subject};
    use reftel_telegram::{Card, Span, Spanned};

    use super::*;

    fn at<T>(value: T) -> Spanned<T> {
        Spanned::new(value, Span::new(0, 0))
    }

    fn reference(label: &str, mrn: Option<&str>) -> Spanned<Reference> {
        at(Reference {
            label: Some(label.into()),
            kind: if mrn.is_some() { ReferenceKind::Telegram } else { ReferenceKind::Email },
            printed: format!("AS PRINTED {label}"),
            mrn: mrn.map(str::to_owned),
            year: None,
            notal: false,
            captions: vec![],
            and_previous: false,
            dtg: None,
            resolved: None,
        })
    }

    #[test]
    fn a_sheet_reads_from_heading_to_signature() {
        let record = Record {
            mrn: Some(at("09VALDORIA1000".into())),
            from: Some(at(Station { plad: "AMEMBASSY VALDORIA".into(), ..Station::default() })),
            subject: Some(at(Subject {
                text: "FERRY\u{1b}[2J TARIFF".into(),
                printed: "(C) FERRY\u{1b}[2J TARIFF".into(),
                portion: Some("C".into()),
            })),
            references: vec![
                reference("A", Some("09NORTHMARK2")),
                reference("B", Some("09STATE3")),
                reference("C", None),
            ],
            paragraphs: vec![at(Paragraph {
                number: Some(1),
                portion: Some("C".into()),
                text: "ONE\nTWO\u{9b}\n".into(),
                ..Paragraph::default()
            })],
            signatures: vec![at("DOE".into())],
            ..Record::default()
        };
        let held = Card { subject: Some("HELD SUBJECT".into()), ..Card::default() };
        let web = Web {
            cites: vec![
                ("09NORTHMARK2".into(), vec![Entry { id: Id(2), card: held }]),
                ("09STATE3".into(), vec![]),
            ],
            ..Web::default()
        };
        let (card, sources) = (Card::default(), Vec::new());
        let telegram =
            Telegram { id: Id(1), card, bytes: vec![], record, sources, collected: None, corrected: vec![] };
        let sheet = Sheet::of(&telegram, &web, false, None).lines.join("\n");
        for part in [
            "09VALDORIA1000\n",
            "From          AMEMBASSY VALDORIA\n",
            "Subject       (C) FERRY␛[2J TARIFF\n",
            "References    A  held     09NORTHMARK2      HELD SUBJECT\n",
            "              B  missing  09STATE3          AS PRINTED B\n",
            "              C  AS PRINTED C  (email)\n",
            "1. (C) ONE\nTWO\\u{9b}\n",
            "Signed        DOE\n",
        ] {
            assert!(sheet.contains(part), "{part:?} in\n{sheet}");
        }
    }
}
