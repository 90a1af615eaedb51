//! The JSON record: names and shapes that other programs rely on.
//!
//! The types here are the program's own, so that the format crate is free to change its types and this
//! page's names stay. Fields are declared in the order in which they are printed. A change that breaks a
//! reader raises [`SCHEMA`].

use std::collections::BTreeMap;
use std::io;

use reftel_sources::{Confidence, Reader};
use reftel_telegram::record::{self, Precedence};
use reftel_telegram::{Diagnostic, Record, Span, Spanned};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// The version of these names and shapes.
pub(crate) const SCHEMA: u32 = 1;

/// One telegram.
#[derive(Debug, Serialize)]
pub(crate) struct Telegram<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a RawValue>,
    mrn: Option<&'a str>,
    mrn_printed: Option<&'a str>,
    other_numbers: Vec<OtherNumber<'a>>,
    dialect: &'static str,
    dialect_found: Option<Found<'a>>,
    copy: CopyKind<'a>,
    transmission: Transmission<'a>,
    precedence: Precedences,
    dtg: Option<String>,
    dtg_printed: Option<&'a str>,
    from: Option<Station<'a>>,
    to: Vec<Addressee<'a>>,
    info: Vec<Addressee<'a>>,
    classification: Option<&'static str>,
    controls: Vec<&'a str>,
    captions: Vec<&'a str>,
    sections: Sections<'a>,
    passing: Vec<Passing<'a>>,
    executive_order: Option<ExecutiveOrder<'a>>,
    tags: Vec<Tag<'a>>,
    subject: Option<Subject<'a>>,
    references: Vec<Reference<'a>>,
    classified_by: Vec<ClassifiedBy<'a>>,
    paragraphs: Vec<Paragraph<'a>>,
    blocks: Vec<Block<'a>>,
    signatures: Vec<&'a str>,
    workflow: Workflow<'a>,
    distribution: Distribution<'a>,
    sets: Vec<Set<'a>>,
    readdressal: Option<Readdressal<'a>>,
    reviews: Vec<Review<'a>>,
    editorial_notes: Vec<&'a str>,
    mentions: Vec<Mention<'a>>,
    nested: Vec<Telegram<'a>>,
    diagnostics: Vec<Oddity<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spans: Option<Spans>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    corrected: Vec<Corrected<'a>>,
}

/// A field that a person corrected: the record has the corrected value.
#[derive(Debug, Serialize)]
struct Corrected<'a> {
    field: &'a str,
    value: &'a str,
    read: &'a str,
    #[serde(flatten)]
    by_hand: ByHand<'a>,
}

impl<'a> Corrected<'a> {
    fn of(corrected: &'a reftel_archive::Corrected) -> Corrected<'a> {
        Corrected {
            field: &corrected.correction.field,
            value: &corrected.correction.value,
            read: &corrected.read,
            by_hand: ByHand::of(&corrected.correction.hand),
        }
    }
}

/// Where a telegram of a collection is from, and what the collection says about it.
#[derive(Debug, Serialize)]
pub(crate) struct Source<'a> {
    path: &'a str,
    reader: String,
    reader_version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    recognised: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
    filled: BTreeMap<&'static str, &'a str>,
    stated: Vec<Stated<'a>>,
    notes: Vec<Note<'a>>,
}

#[derive(Debug, Serialize)]
struct Stated<'a> {
    field: &'static str,
    name: &'a str,
    value: &'a str,
    at: [usize; 2],
}

#[derive(Debug, Serialize)]
struct Note<'a> {
    label: &'a str,
    text: &'a str,
    mark: Option<usize>,
    links: &'a [String],
}

impl<'a> Source<'a> {
    /// What is to be said of a reading's source. How it was recognised is known only where the file is.
    pub(crate) fn of(
        path: &'a str,
        reader: &Reader,
        recognised: Option<&'a (Confidence, String)>,
        reading: &'a reftel_sources::Reading,
    ) -> Source<'a> {
        Source {
            path,
            reader: reader.name(),
            reader_version: reader.version(),
            recognised: recognised.map(|how| how.0.name()),
            because: recognised.map(|how| how.1.as_str()),
            filled: reading.filled.iter().map(|(pointer, name)| (*pointer, name.as_str())).collect(),
            stated: reading.stated.iter().map(Stated::of).collect(),
            notes: reading.notes.iter().map(Note::of).collect(),
        }
    }
}

impl<'a> Stated<'a> {
    fn of(stated: &'a reftel_sources::Stated) -> Stated<'a> {
        let at = [stated.span.start, stated.span.end];
        Stated { field: stated.field.name(), name: &stated.name, value: &stated.value, at }
    }
}

impl<'a> Note<'a> {
    fn of(note: &'a reftel_sources::Note) -> Note<'a> {
        Note { label: &note.label, text: &note.text, mark: note.mark, links: &note.links }
    }
}

impl<'a> Telegram<'a> {
    /// A telegram of the archive: as `reftel parse` reads what it came in. `path` is its first source's.
    pub(crate) fn kept(telegram: &'a reftel_archive::Telegram, path: &'a str) -> Telegram<'a> {
        let kept = match &telegram.collected {
            None => Telegram::new(&telegram.record, None),
            Some(collected) => Telegram::new(&collected.reading.record, None).with_source(Source::of(
                path,
                &collected.reader,
                None,
                &collected.reading,
            )),
        };
        kept.with_corrections(&telegram.corrected)
    }

    /// The record, which has the corrected values, with what a person corrected.
    pub(crate) fn with_corrections(mut self, corrected: &'a [reftel_archive::Corrected]) -> Telegram<'a> {
        self.corrected = corrected.iter().map(Corrected::of).collect();
        if let (false, Some(spans)) = (corrected.is_empty(), &mut self.spans) {
            // A value that isn't in the text has no place there.
            spans.0.retain(|(_, span)| !span.is_empty());
        }
        self
    }

    /// The record with its source.
    pub(crate) fn with_source(mut self, source: Source<'a>) -> Telegram<'a> {
        self.source = Some(source);
        self
    }

    /// The record as it is printed. `id` is whatever came with the input.
    pub(crate) fn new(record: &'a Record, id: Option<&'a RawValue>) -> Telegram<'a> {
        Telegram { schema: Some(SCHEMA), id, spans: Some(Spans(record.spans())), ..Telegram::body(record) }
    }

    /// The record without its text: what it says, and neither places nor what is odd.
    pub(crate) fn alone(record: &'a Record) -> Telegram<'a> {
        let mut telegram = Telegram::body(record);
        telegram.forget();
        Telegram { schema: Some(SCHEMA), spans: Some(Spans(Vec::new())), ..telegram }
    }

    fn forget(&mut self) {
        self.mentions.clear();
        self.diagnostics.clear();
        self.nested.iter_mut().for_each(Telegram::forget);
    }

    /// The record without what only the outermost has: a version, an id, and spans.
    fn body(record: &'a Record) -> Telegram<'a> {
        Telegram {
            schema: None,
            id: None,
            mrn: text(record.mrn.as_ref()),
            mrn_printed: record.mrn_printed.as_deref(),
            other_numbers: each(&record.other_numbers, OtherNumber::of),
            dialect: record.dialect.name(),
            dialect_found: record.dialect_found.as_ref().map(Found::of),
            copy: CopyKind { kind: record.copy.name(), found: record.copy_found.as_ref().map(Found::of) },
            transmission: Transmission::of(&record.transmission),
            precedence: Precedences {
                action: name(record.precedence.as_ref()),
                info: name(record.precedence_info.as_ref()),
            },
            dtg: record.dtg.as_ref().map(|dtg| time(dtg.value)),
            dtg_printed: record.dtg_printed.as_deref(),
            from: record.from.as_ref().map(|from| Station::of(from)),
            to: each(&record.to, Addressee::of),
            info: each(&record.info, Addressee::of),
            classification: record.classification.as_ref().map(|class| class.name()),
            controls: each(&record.controls, String::as_str),
            captions: each(&record.captions, String::as_str),
            sections: Sections { present: &record.sections.present, total: record.sections.total },
            passing: each(&record.passing, Passing::of),
            executive_order: record.executive_order.as_ref().map(|order| ExecutiveOrder::of(order)),
            tags: each(&record.tags, |tag| Tag::of(tag, year(record))),
            subject: record.subject.as_ref().map(|subject| Subject::of(subject)),
            references: each(&record.references, Reference::of),
            classified_by: each(&record.classified_by, ClassifiedBy::of),
            paragraphs: each(&record.paragraphs, Paragraph::of),
            blocks: each(&record.blocks, Block::of),
            signatures: each(&record.signatures, String::as_str),
            workflow: Workflow::of(&record.workflow),
            distribution: Distribution::of(&record.distribution),
            sets: each(&record.sets, |set| Set { name: &set.name, fields: &set.fields }),
            readdressal: record.readdressal.as_ref().map(|heading| Readdressal::of(heading)),
            reviews: each(&record.reviews, Review::of),
            editorial_notes: each(&record.editorial_notes, String::as_str),
            mentions: each(&record.mentions, |mention| Mention::of(mention, &record.references)),
            nested: record.nested.iter().map(|nested| Telegram::body(nested)).collect(),
            diagnostics: record.diagnostics.iter().map(Oddity::of).collect(),
            spans: None,
            source: None,
            corrected: Vec::new(),
        }
    }
}

/// The year by which codes are read: that of the date-time group, else of the number.
fn year(record: &Record) -> Option<i16> {
    let number = || reftel_telegram::parts(&record.mrn.as_ref()?.value).map(|parts| parts.0);
    let of_number = || number().map(|year| reftel_telegram::datetime::full_year(year, None));
    record.dtg.as_ref().map(|dtg| dtg.value.year()).or_else(of_number)
}

fn each<'a, T, U>(values: &'a [Spanned<T>], of: impl Fn(&'a T) -> U) -> Vec<U> {
    values.iter().map(|value| of(&value.value)).collect()
}

fn text(value: Option<&Spanned<String>>) -> Option<&str> {
    value.map(|value| value.value.as_str())
}

fn name(value: Option<&Spanned<Precedence>>) -> Option<&'static str> {
    value.map(|value| value.value.name())
}

/// RFC 3339 in UTC: `2009-06-11T09:28:00Z`.
pub(crate) fn time(time: jiff::civil::DateTime) -> String {
    format!("{}Z", time.strftime("%Y-%m-%dT%H:%M:%S"))
}

/// How sure something is that was told by a mark, and by which.
#[derive(Debug, Serialize)]
struct Found<'a> {
    confidence: &'static str,
    reason: &'a str,
}

impl<'a> Found<'a> {
    fn of(of: &'a record::Detection) -> Found<'a> {
        Found { confidence: of.confidence.name(), reason: &of.reason }
    }
}

#[derive(Debug, Serialize)]
struct CopyKind<'a> {
    kind: &'static str,
    found: Option<Found<'a>>,
}

#[derive(Debug, Serialize)]
struct Set<'a> {
    name: &'a str,
    fields: &'a [String],
}

#[derive(Debug, Serialize)]
struct Readdressal<'a> {
    precedence: Option<&'static str>,
    dtg: Option<String>,
    dtg_printed: Option<&'a str>,
    from: Option<Station<'a>>,
    to: Vec<Addressee<'a>>,
    info: Vec<Addressee<'a>>,
}

impl<'a> Readdressal<'a> {
    fn of(of: &'a record::Readdressal) -> Readdressal<'a> {
        Readdressal {
            precedence: of.precedence.map(Precedence::name),
            dtg: of.dtg.map(time),
            dtg_printed: of.dtg_printed.as_deref(),
            from: of.from.as_ref().map(Station::of),
            to: of.to.iter().map(Addressee::of).collect(),
            info: of.info.iter().map(Addressee::of).collect(),
        }
    }
}

/// A place in the text that points to a telegram, and the entry of `references` that it means.
#[derive(Debug, Serialize)]
struct Mention<'a> {
    kind: &'static str,
    printed: &'a str,
    mrn: Option<&'a str>,
    label: Option<&'a str>,
    reference: Option<usize>,
}

impl<'a> Mention<'a> {
    fn of(of: &'a record::Mention, references: &'a [Spanned<record::Reference>]) -> Mention<'a> {
        let entry = of.reference.and_then(|index| references.get(index));
        Mention {
            kind: of.kind.name(),
            printed: &of.printed,
            mrn: of.mrn.as_deref(),
            label: entry.and_then(|entry| entry.value.label.as_deref()),
            reference: of.reference,
        }
    }
}

#[derive(Debug, Serialize)]
struct OtherNumber<'a> {
    mark: &'a str,
    serial: &'a str,
}

impl<'a> OtherNumber<'a> {
    fn of(of: &'a record::OtherNumber) -> OtherNumber<'a> {
        OtherNumber { mark: &of.mark, serial: &of.serial }
    }
}

#[derive(Debug, Serialize)]
struct Review<'a> {
    action: &'a str,
    authority: &'a str,
    by: Option<&'a str>,
    date: Option<String>,
}

impl<'a> Review<'a> {
    fn of(of: &'a record::Review) -> Review<'a> {
        Review {
            action: &of.action,
            authority: &of.authority,
            by: of.by.as_deref(),
            date: of.date.map(|date| date.to_string()),
        }
    }
}

#[derive(Debug, Serialize)]
struct Transmission<'a> {
    ids: Vec<TransmissionId<'a>>,
    routing_precedence: Option<&'static str>,
    called: Vec<&'a str>,
    station: Option<&'a str>,
    station_serial: Option<&'a str>,
    station_section: Option<u32>,
    filed: Option<String>,
    media: Option<&'a str>,
    content: Option<&'a str>,
    warning: Option<&'a str>,
    class_characters: Option<&'a str>,
    signals: Vec<&'a str>,
    validation: Option<&'a str>,
    relay_counter: Option<&'a str>,
    relayed: Option<String>,
    relay_code: Option<&'a str>,
}

impl<'a> Transmission<'a> {
    fn of(of: &'a record::Transmission) -> Transmission<'a> {
        Transmission {
            ids: each(&of.ids, |id| TransmissionId { designator: &id.designator, serial: &id.serial }),
            routing_precedence: name(of.routing_precedence.as_ref()),
            called: each(&of.called, String::as_str),
            station: text(of.station.as_ref()),
            station_serial: text(of.station_serial.as_ref()),
            station_section: of.station_section.as_ref().map(|section| section.value),
            filed: of.filed.as_ref().map(|filed| time(filed.value)),
            media: text(of.media.as_ref()),
            content: text(of.content.as_ref()),
            warning: text(of.warning.as_ref()),
            class_characters: text(of.class_characters.as_ref()),
            signals: each(&of.signals, String::as_str),
            validation: text(of.validation.as_ref()),
            relay_counter: text(of.relay_counter.as_ref()),
            relayed: of.relayed.as_ref().map(|relayed| time(relayed.value)),
            relay_code: text(of.relay_code.as_ref()),
        }
    }
}

#[derive(Debug, Serialize)]
struct TransmissionId<'a> {
    designator: &'a str,
    serial: &'a str,
}

#[derive(Debug, Serialize)]
struct Precedences {
    action: Option<&'static str>,
    info: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Station<'a> {
    plad: &'a str,
    routing_indicator: Option<&'a str>,
    post: Option<&'a str>,
}

impl<'a> Station<'a> {
    fn of(of: &'a record::Station) -> Station<'a> {
        Station {
            plad: &of.plad,
            routing_indicator: of.routing_indicator.as_deref(),
            post: of.post.as_deref(),
        }
    }
}

#[derive(Debug, Serialize)]
struct Addressee<'a> {
    plad: &'a str,
    routing_indicator: Option<&'a str>,
    post: Option<&'a str>,
    precedence: Option<&'static str>,
    niact: bool,
    continuity_number: Option<&'a str>,
    collective: bool,
    exempt: &'a [String],
    delivery: Option<&'a str>,
}

impl<'a> Addressee<'a> {
    fn of(of: &'a record::Addressee) -> Addressee<'a> {
        Addressee {
            plad: &of.station.plad,
            routing_indicator: of.station.routing_indicator.as_deref(),
            post: of.station.post.as_deref(),
            precedence: of.precedence.map(Precedence::name),
            niact: of.niact,
            continuity_number: of.continuity_number.as_deref(),
            collective: of.collective,
            exempt: &of.exempt,
            delivery: of.delivery.as_deref(),
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Sections<'a> {
    pub(crate) present: &'a [u32],
    pub(crate) total: Option<u32>,
}

#[derive(Debug, Serialize)]
struct Passing<'a> {
    kind: &'static str,
    via: Option<&'a str>,
    to: &'a [String],
    from: Option<&'a str>,
    note: Option<&'a str>,
}

impl<'a> Passing<'a> {
    fn of(of: &'a record::Passing) -> Passing<'a> {
        let kind = match of.kind {
            record::PassingKind::For => "for",
            record::PassingKind::Pass => "pass",
        };
        Passing {
            kind,
            via: of.via.as_deref(),
            to: &of.to,
            from: of.from.as_deref(),
            note: of.note.as_deref(),
        }
    }
}

#[derive(Debug, Serialize)]
struct ExecutiveOrder<'a> {
    order: Option<&'a str>,
    instruction: Option<&'a str>,
    date: Option<String>,
    event: Option<&'a str>,
    exemptions: &'a [String],
    due: Option<Due>,
    downgrades: Vec<Downgrade>,
}

#[derive(Debug, Serialize)]
struct Due {
    date: String,
    action: &'static str,
    rule: &'static str,
}

#[derive(Debug, Serialize)]
struct Downgrade {
    date: String,
    classification: &'static str,
}

impl<'a> ExecutiveOrder<'a> {
    fn of(of: &'a record::ExecutiveOrder) -> ExecutiveOrder<'a> {
        ExecutiveOrder {
            order: of.order.as_deref(),
            instruction: of.instruction.as_deref(),
            date: of.date.map(|date| date.to_string()),
            event: of.event.as_deref(),
            exemptions: &of.exemptions,
            due: of.due.map(|due| Due {
                date: due.date.to_string(),
                action: due.action.name(),
                rule: due.rule.name(),
            }),
            downgrades: of
                .downgrades
                .iter()
                .map(|(date, class)| Downgrade { date: date.to_string(), classification: class.name() })
                .collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct Tag<'a> {
    code: Option<&'a str>,
    kind: &'static str,
    person: Option<&'a str>,
    meaning: Option<&'static str>,
}

impl<'a> Tag<'a> {
    /// `RS` is Russia in 2009, and Serbia in 2020: the year decides what a code means.
    fn of(of: &'a record::Tag, year: Option<i16>) -> Tag<'a> {
        let meaning = of.code.as_deref().and_then(|code| reftel_telegram::tables::tag(code, year));
        Tag {
            code: of.code.as_deref(),
            kind: of.kind.name(),
            person: of.person.as_deref(),
            meaning: meaning.map(|tag| tag.label),
        }
    }
}

#[derive(Debug, Serialize)]
struct Subject<'a> {
    text: &'a str,
    printed: &'a str,
    portion: Option<&'a str>,
}

impl<'a> Subject<'a> {
    fn of(of: &'a record::Subject) -> Subject<'a> {
        Subject { text: &of.text, printed: &of.printed, portion: of.portion.as_deref() }
    }
}

#[derive(Debug, Serialize)]
struct Reference<'a> {
    label: Option<&'a str>,
    kind: &'static str,
    printed: &'a str,
    mrn: Option<&'a str>,
    year: Option<&'static str>,
    notal: bool,
    captions: &'a [String],
    and_previous: bool,
    dtg: Option<String>,
    resolved: Option<Resolved>,
}

#[derive(Debug, Serialize)]
struct Resolved {
    by: &'static str,
    confidence: &'static str,
}

impl<'a> Reference<'a> {
    fn of(of: &'a record::Reference) -> Reference<'a> {
        Reference {
            label: of.label.as_deref(),
            kind: of.kind.name(),
            printed: &of.printed,
            mrn: of.mrn.as_deref(),
            year: of.year.map(record::YearSource::name),
            notal: of.notal,
            captions: &of.captions,
            and_previous: of.and_previous,
            dtg: of.dtg.map(time),
            resolved: of
                .resolved
                .map(|how| Resolved { by: how.rule.name(), confidence: how.confidence.name() }),
        }
    }
}

#[derive(Debug, Serialize)]
struct ClassifiedBy<'a> {
    name: Option<&'a str>,
    title: Option<&'a str>,
    reasons: &'a [String],
}

impl<'a> ClassifiedBy<'a> {
    fn of(of: &'a record::ClassifiedBy) -> ClassifiedBy<'a> {
        ClassifiedBy { name: of.name.as_deref(), title: of.title.as_deref(), reasons: &of.reasons }
    }
}

#[derive(Debug, Serialize)]
struct Paragraph<'a> {
    number: Option<u32>,
    number_printed: Option<&'a str>,
    portion: Option<&'a str>,
    heading: Option<&'a str>,
    text: &'a str,
}

impl<'a> Paragraph<'a> {
    fn of(of: &'a record::Paragraph) -> Paragraph<'a> {
        Paragraph {
            number: of.number,
            number_printed: of.number_printed.as_deref(),
            portion: of.portion.as_deref(),
            heading: of.heading.as_deref(),
            text: &of.text,
        }
    }
}

#[derive(Debug, Serialize)]
struct Block<'a> {
    kind: &'static str,
    text: &'a str,
    paragraphs: &'a [u32],
}

impl<'a> Block<'a> {
    fn of(of: &'a record::Block) -> Block<'a> {
        Block { kind: of.kind.name(), text: &of.text, paragraphs: &of.paragraphs }
    }
}

#[derive(Debug, Serialize)]
#[allow(clippy::struct_field_names, reason = "the record's names")]
struct Workflow<'a> {
    drafted_by: Vec<&'a str>,
    cleared_by: Vec<&'a str>,
    approved_by: Vec<&'a str>,
    released_by: Vec<&'a str>,
}

impl<'a> Workflow<'a> {
    fn of(of: &'a record::Workflow) -> Workflow<'a> {
        Workflow {
            drafted_by: each(&of.drafted_by, String::as_str),
            cleared_by: each(&of.cleared_by, String::as_str),
            approved_by: each(&of.approved_by, String::as_str),
            released_by: each(&of.released_by, String::as_str),
        }
    }
}

#[derive(Debug, Serialize)]
struct Distribution<'a> {
    action: Vec<Office<'a>>,
    info: Vec<Office<'a>>,
    total: Option<u32>,
    flag: Option<&'a str>,
}

impl<'a> Distribution<'a> {
    fn of(of: &'a record::Distribution) -> Distribution<'a> {
        Distribution {
            action: each(&of.action, Office::of),
            info: each(&of.info, Office::of),
            total: of.total.as_ref().map(|total| total.value),
            flag: text(of.flag.as_ref()),
        }
    }
}

#[derive(Debug, Serialize)]
struct Office<'a> {
    office: &'a str,
    copies: u32,
}

impl<'a> Office<'a> {
    fn of(of: &'a record::Office) -> Office<'a> {
        Office { office: &of.office, copies: of.copies }
    }
}

#[derive(Debug, Serialize)]
struct Oddity<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    at: [usize; 2],
}

impl<'a> Oddity<'a> {
    fn of(of: &'a Diagnostic) -> Oddity<'a> {
        Oddity {
            code: of.code.name(),
            severity: of.code.severity().name(),
            message: &of.message,
            at: range(of.span),
        }
    }
}

/// A span as `[start, end)`.
pub(crate) const fn range(span: Span) -> [usize; 2] {
    [span.start, span.end]
}

/// JSON pointers and the bytes they were read from.
#[derive(Debug)]
struct Spans(Vec<(String, Span)>);

impl Serialize for Spans {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (pointer, span) in &self.0 {
            map.serialize_entry(pointer, &range(*span))?;
        }
        map.end()
    }
}

/// A telegram that a number may mean: its card, and how likely and why.
#[derive(Debug, Serialize)]
pub(crate) struct Likely<'a> {
    #[serde(flatten)]
    card: Card<'a>,
    confidence: f32,
    reasons: &'a [&'static str],
}

impl<'a> Likely<'a> {
    pub(crate) fn of(other: &'a reftel_archive::Alternative) -> Likely<'a> {
        let card = Card::of(other.entry.id, &other.entry.card);
        Likely { card, confidence: other.confidence, reasons: &other.reasons }
    }
}

/// An index card: a telegram in brief, as lists of telegrams carry it.
#[derive(Debug, Serialize)]
pub(crate) struct Card<'a> {
    id: i64,
    mrn: Option<&'a str>,
    dtg: Option<String>,
    year: Option<i16>,
    from: Option<&'a str>,
    to: &'a [String],
    info: &'a [String],
    precedence: Option<&'static str>,
    classification: Option<&'static str>,
    captions: &'a [String],
    tags: &'a [String],
    subject: Option<&'a str>,
    signed: &'a [String],
    cites: &'a [String],
    sections: Sections<'a>,
}

impl<'a> Card<'a> {
    pub(crate) fn of(id: reftel_archive::Id, card: &'a reftel_telegram::Card) -> Card<'a> {
        Card {
            id: id.0,
            mrn: card.mrn.as_deref(),
            dtg: card.dtg.map(time),
            year: card.year,
            from: card.post.as_deref(),
            to: &card.to,
            info: &card.info,
            precedence: card.precedence,
            classification: card.classification,
            captions: &card.captions,
            tags: &card.tags,
            subject: card.subject.as_deref(),
            signed: &card.signed,
            cites: &card.cites,
            sections: Sections { present: &card.sections.present, total: card.sections.total },
        }
    }
}

/// Who did something by hand, when and why.
#[derive(Debug, Serialize)]
pub(crate) struct ByHand<'a> {
    by: &'a str,
    at: String,
    because: &'a str,
}

impl<'a> ByHand<'a> {
    pub(crate) fn of(hand: &'a reftel_archive::Hand) -> ByHand<'a> {
        ByHand { by: &hand.by, at: hand.at.to_string(), because: &hand.because }
    }
}

/// A value as JSON, in one line or indented.
///
/// Characters that could steer a terminal or turn the direction of a line are written as `\u` escapes;
/// a reader of JSON gets them back as they were.
pub(crate) fn print(value: &impl Serialize, pretty: bool) -> serde_json::Result<String> {
    let mut text = Vec::new();
    write(&mut text, value, pretty)?;
    String::from_utf8(text).map_err(serde::ser::Error::custom)
}

/// Writes what [`print()`] prints, piece by piece: the JSON of a long telegram is longer than the telegram.
pub(crate) fn write(
    out: &mut impl io::Write,
    value: &impl Serialize,
    pretty: bool,
) -> serde_json::Result<()> {
    if pretty {
        serde_json::to_writer_pretty(Escaping(out), value)
    } else {
        serde_json::to_writer(Escaping(out), value)
    }
}

/// Writes the characters that serde leaves and [`needs_escape`] doesn't as escapes. serde writes whole characters.
struct Escaping<'o, W>(&'o mut W);

impl<W: io::Write> io::Write for Escaping<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n');
        if bytes.iter().all(plain) {
            self.0.write_all(bytes)?;
            return Ok(bytes.len());
        }
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        let mut done = 0;
        for (at, char) in text.char_indices().filter(|(_, char)| needs_escape(*char)) {
            self.0.write_all(&bytes[done..at])?;
            done = at + char.len_utf8();
            if matches!(char, '\t' | '\r') {
                // In strings serde has escaped them: these stand between the parts of a value that came as it is.
                self.0.write_all(b" ")?;
            } else {
                // All of them are in the basic plane, so one escape is enough.
                write!(self.0, "\\u{:04x}", u32::from(char))?;
            }
        }
        self.0.write_all(&bytes[done..])?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Whether serde leaves a character as it is that [`crate::cli::terminal::clean`] would not. In JSON they
/// can stand within strings only.
fn needs_escape(char: char) -> bool {
    char != '\n' && crate::cli::terminal::is_unsafe(char)
}

/// How a query could go on.
#[derive(Serialize)]
pub(crate) struct Completion<'a> {
    query: &'a str,
    added: &'a str,
    what: &'a str,
    telegrams: Option<u64>,
}

/// How a query could go on, for the room's script.
pub(crate) fn completions(list: &[reftel_archive::Completion]) -> Vec<Completion<'_>> {
    list.iter()
        .map(|one| Completion {
            query: &one.query,
            added: &one.added,
            what: &one.what,
            telegrams: one.telegrams,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use reftel_telegram::record::{Classification, Paragraph, Reference, ReferenceKind, Subject};
    use serde_json::{Value, json};

    use super::*;

    fn at<T>(value: T, start: usize, end: usize) -> Spanned<T> {
        Spanned::new(value, Span::new(start, end))
    }

    #[test]
    fn an_empty_record_has_every_name_in_order() {
        let text = print(&Telegram::new(&Record::default(), None), false).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
        let want = "schema mrn mrn_printed other_numbers dialect dialect_found copy transmission precedence dtg dtg_printed from to info \
                    classification controls captions sections passing executive_order tags subject \
                    references classified_by paragraphs blocks signatures workflow distribution sets readdressal reviews \
                    editorial_notes mentions nested \
                    diagnostics spans";
        assert_eq!(keys, want.split_whitespace().collect::<Vec<_>>());
        assert_eq!(value["sections"], json!({"present": [], "total": null}));
        assert_eq!(value["precedence"], json!({"action": null, "info": null}));
        assert_eq!(value["distribution"], json!({"action": [], "info": [], "total": null, "flag": null}));
        assert_eq!(value["from"], Value::Null);
        assert_eq!(value["dialect"], "fragment");
        assert_eq!(value["spans"], json!({}));
    }

    #[test]
    fn values_have_the_shapes_of_the_page() {
        let record = Record {
            dtg: Some(at(jiff::civil::date(2009, 6, 11).at(9, 28, 0, 0), 0, 14)),
            classification: Some(at(Classification::TopSecret, 20, 30)),
            subject: Some(at(
                Subject {
                    text: "FERRY TARIFF".into(),
                    printed: "(C) FERRY TARIFF".into(),
                    portion: Some("C".into()),
                },
                40,
                56,
            )),
            references: vec![at(
                Reference {
                    label: Some("A".into()),
                    kind: ReferenceKind::Telegram,
                    printed: "NORTHMARK 12".into(),
                    mrn: Some("09NORTHMARK12".into()),
                    year: Some(record::YearSource::Inherited),
                    notal: false,
                    captions: vec![],
                    and_previous: false,
                    dtg: None,
                    resolved: None,
                },
                60,
                72,
            )],
            paragraphs: vec![at(Paragraph { number: Some(1), ..Paragraph::default() }, 80, 90)],
            nested: vec![at(Record::default(), 91, 99)],
            ..Record::default()
        };
        let value = serde_json::to_value(Telegram::new(
            &record,
            Some(&RawValue::from_string(r#"{"any": 1}"#.to_owned()).unwrap()),
        ))
        .unwrap();
        assert_eq!(value["id"], json!({"any": 1}));
        assert_eq!(value["dtg"], "2009-06-11T09:28:00Z");
        assert_eq!(value["classification"], "TOP SECRET");
        assert_eq!(value["references"][0]["year"], "inherited");
        assert_eq!(value["paragraphs"][0]["number_printed"], Value::Null);
        assert_eq!(value["spans"]["/references/0"], json!([60, 72]));
        assert!(value["nested"][0].get("schema").is_none() && value["nested"][0].get("spans").is_none());
    }

    #[test]
    fn nothing_in_the_text_can_steer_a_terminal() {
        let record = Record {
            mrn_printed: Some("\u{1b}[2J \u{9b}31m \u{202e} \u{7f} é".into()),
            ..Record::default()
        };
        let text = print(&Telegram::new(&record, None), true).unwrap();
        assert!(!text.chars().any(|char| char != '\n' && crate::cli::terminal::is_unsafe(char)), "{text}");
        let back: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back["mrn_printed"], "\u{1b}[2J \u{9b}31m \u{202e} \u{7f} é");
    }
}
