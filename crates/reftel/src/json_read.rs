//! The JSON record, read back.
//!
//! The reader takes what [`crate::json`] prints, and what another program made of it: fields that are missing are
//! empty, names that aren't the record's are passed over. Places belong to a text that isn't here, and mentions and
//! diagnostics to its reading; a record that was read from JSON has none of them.

use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use reftel_telegram::diagnostic::Confidence;
use reftel_telegram::record::{
    self, BlockKind, Classification, Dialect, Precedence, ReferenceKind, TagKind, YearSource,
};
use reftel_telegram::{Record, Span, Spanned};
use serde::Deserialize;
use serde_json::Value;

use crate::json::SCHEMA;

/// Reads one record. The error is a message for a person.
pub(crate) fn read(bytes: &[u8]) -> Result<Record, String> {
    record(serde_json::from_slice(bytes).map_err(|error| error.to_string())?)
}

/// Reads one record that is JSON already.
pub(crate) fn record(value: Value) -> Result<Record, String> {
    let telegram: Telegram = serde_json::from_value(value).map_err(|error| error.to_string())?;
    match telegram.schema {
        Some(SCHEMA) => telegram.record(0),
        Some(other) => Err(format!("`schema` is {other}, and this program reads {SCHEMA}")),
        None => Err("no `schema`: not a record".to_owned()),
    }
}

/// How deep a telegram may be quoted in another.
///
/// The reader of telegrams goes three deep.
const NESTED_MAX: u8 = 8;

type Read<T> = Result<T, String>;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Telegram {
    schema: Option<u32>,
    mrn: Option<String>,
    mrn_printed: Option<String>,
    other_numbers: Vec<OtherNumber>,
    dialect: Option<String>,
    dialect_found: Option<Found>,
    copy: CopyKind,
    transmission: Transmission,
    precedence: Precedences,
    dtg: Option<String>,
    dtg_printed: Option<String>,
    from: Option<Address>,
    to: Vec<Address>,
    info: Vec<Address>,
    classification: Option<String>,
    controls: Vec<String>,
    captions: Vec<String>,
    sections: Sections,
    passing: Vec<Passing>,
    executive_order: Option<ExecutiveOrder>,
    tags: Vec<Tag>,
    subject: Option<Subject>,
    references: Vec<Reference>,
    classified_by: Vec<ClassifiedBy>,
    paragraphs: Vec<Paragraph>,
    blocks: Vec<Block>,
    signatures: Vec<String>,
    workflow: Workflow,
    distribution: Distribution,
    sets: Vec<Set>,
    readdressal: Option<Readdressal>,
    reviews: Vec<Review>,
    editorial_notes: Vec<String>,
    /// Each is read when it is come to, so that depth is bounded before it costs anything.
    nested: Vec<Value>,
}

#[derive(Debug, Deserialize)]
struct Found {
    confidence: String,
    #[serde(default)]
    reason: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CopyKind {
    kind: Option<String>,
    found: Option<Found>,
}

#[derive(Debug, Deserialize)]
struct Due {
    date: String,
    action: String,
    rule: String,
}

#[derive(Debug, Deserialize)]
struct Downgrade {
    date: String,
    classification: String,
}

#[derive(Debug, Deserialize)]
struct Resolved {
    by: String,
    confidence: String,
}

#[derive(Debug, Deserialize)]
struct Set {
    name: String,
    #[serde(default)]
    fields: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Readdressal {
    precedence: Option<String>,
    dtg: Option<String>,
    dtg_printed: Option<String>,
    from: Option<Address>,
    to: Vec<Address>,
    info: Vec<Address>,
}

#[derive(Debug, Deserialize)]
struct OtherNumber {
    mark: String,
    serial: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Review {
    action: String,
    authority: String,
    by: Option<String>,
    date: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Transmission {
    ids: Vec<TransmissionId>,
    routing_precedence: Option<String>,
    called: Vec<String>,
    station: Option<String>,
    station_serial: Option<String>,
    station_section: Option<u32>,
    filed: Option<String>,
    media: Option<String>,
    content: Option<String>,
    warning: Option<String>,
    class_characters: Option<String>,
    signals: Vec<String>,
    validation: Option<String>,
    relay_counter: Option<String>,
    relayed: Option<String>,
    relay_code: Option<String>,
}

#[derive(Debug, Deserialize)]
struct TransmissionId {
    designator: String,
    serial: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Precedences {
    action: Option<String>,
    info: Option<String>,
}

/// A station, or an addressee.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Address {
    plad: String,
    routing_indicator: Option<String>,
    post: Option<String>,
    precedence: Option<String>,
    niact: bool,
    continuity_number: Option<String>,
    collective: bool,
    exempt: Vec<String>,
    delivery: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sections {
    present: Vec<u32>,
    total: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct Passing {
    kind: String,
    #[serde(default)]
    via: Option<String>,
    #[serde(default)]
    to: Vec<String>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    note: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ExecutiveOrder {
    order: Option<String>,
    instruction: Option<String>,
    date: Option<String>,
    event: Option<String>,
    exemptions: Vec<String>,
    due: Option<Due>,
    downgrades: Vec<Downgrade>,
}

#[derive(Debug, Deserialize)]
struct Tag {
    #[serde(default)]
    code: Option<String>,
    kind: String,
    #[serde(default)]
    person: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Subject {
    text: String,
    printed: String,
    portion: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reference {
    label: Option<String>,
    kind: String,
    printed: String,
    mrn: Option<String>,
    year: Option<String>,
    notal: bool,
    captions: Vec<String>,
    and_previous: bool,
    dtg: Option<String>,
    resolved: Option<Resolved>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ClassifiedBy {
    name: Option<String>,
    title: Option<String>,
    reasons: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Paragraph {
    number: Option<u32>,
    number_printed: Option<String>,
    portion: Option<String>,
    heading: Option<String>,
    text: String,
}

#[derive(Debug, Deserialize)]
struct Block {
    kind: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    paragraphs: Vec<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[allow(clippy::struct_field_names, reason = "the record's names")]
struct Workflow {
    drafted_by: Vec<String>,
    cleared_by: Vec<String>,
    approved_by: Vec<String>,
    released_by: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Distribution {
    action: Vec<Office>,
    info: Vec<Office>,
    total: Option<u32>,
    flag: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Office {
    office: String,
    copies: u32,
}

fn at<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Span::default())
}

fn each<T, U>(values: Vec<T>, read: impl Fn(T) -> Read<U>) -> Read<Vec<Spanned<U>>> {
    values.into_iter().map(|value| read(value).map(at)).collect()
}

fn texts(values: Vec<String>) -> Vec<Spanned<String>> {
    values.into_iter().map(at).collect()
}

fn some<T>(value: Option<String>, read: impl Fn(&str) -> Read<T>) -> Read<Option<Spanned<T>>> {
    value.map(|value| read(&value).map(at)).transpose()
}

/// One of `all` by its name.
fn named<T: Copy>(what: &str, name: &str, all: &[T], of: impl Fn(T) -> &'static str) -> Read<T> {
    let found = all.iter().copied().find(|one| of(*one) == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|one| of(*one)).collect();
        format!("`{what}` is `{name}`, and none of {}", names.join(", "))
    })
}

fn time(text: &str) -> Read<DateTime> {
    let utc = text.strip_suffix('Z').ok_or_else(|| format!("`{text}` is no time in UTC"))?;
    DateTime::from_str(utc).map_err(|error| format!("`{text}` is no time: {error}"))
}

fn confidence(name: &str) -> Read<Confidence> {
    named("confidence", name, &[Confidence::Likely, Confidence::Certain], Confidence::name)
}

fn copy(name: &str) -> Read<record::CopyKind> {
    use record::CopyKind::{
        ArchiveCopy, ArchiveExport, EditedVolume, Gateway, Line, Markdown, Unknown, WebPage,
    };
    let all = [Line, ArchiveCopy, ArchiveExport, WebPage, Markdown, EditedVolume, Gateway, Unknown];
    named("copy/kind", name, &all, record::CopyKind::name)
}

fn date(text: &str) -> Read<Date> {
    Date::from_str(text).map_err(|error| format!("`{text}` is no date: {error}"))
}

fn precedence(name: &str) -> Read<Precedence> {
    use Precedence::{Flash, FlashOverride, Immediate, Priority, Routine};
    named("precedence", name, &[Routine, Priority, Immediate, Flash, FlashOverride], Precedence::name)
}

fn classification(name: &str) -> Read<Classification> {
    use Classification::{Confidential, Restricted, Secret, TopSecret, Unclassified};
    let all = [Unclassified, Restricted, Confidential, Secret, TopSecret];
    named("classification", name, &all, Classification::name)
}

fn dialect(name: &str) -> Read<Dialect> {
    use Dialect::{Acp126, Acp127, Acp127Us, Archive1970s, Fragment, Janap128};
    let all = [Acp127Us, Acp127, Janap128, Acp126, Archive1970s, Fragment];
    named("dialect", name, &all, Dialect::name)
}

fn reference_kind(name: &str) -> Read<ReferenceKind> {
    use ReferenceKind::{
        Airgram, Book, Dtg, Email, Fax, Letter, Meeting, Memorandum, Other, Report, Telegram, Telephone, Web,
    };
    let all = [
        Telegram, Airgram, Email, Telephone, Memorandum, Letter, Fax, Meeting, Report, Web, Book, Dtg, Other,
    ];
    named("references/kind", name, &all, ReferenceKind::name)
}

impl Telegram {
    fn record(self, depth: u8) -> Read<Record> {
        if depth > NESTED_MAX {
            return Err(format!("telegrams are nested more than {NESTED_MAX} deep"));
        }
        let nested = each(self.nested, |nested| {
            let nested: Telegram = serde_json::from_value(nested).map_err(|error| error.to_string())?;
            nested.record(depth + 1)
        })?;
        Ok(Record {
            mrn: self.mrn.map(at),
            mrn_printed: self.mrn_printed,
            other_numbers: each(self.other_numbers, |number| {
                Ok(record::OtherNumber { mark: number.mark, serial: number.serial })
            })?,
            dialect: self.dialect.as_deref().map_or(Ok(Dialect::Fragment), dialect)?,
            dialect_found: self.dialect_found.map(Found::record).transpose()?,
            copy: self.copy.kind.as_deref().map_or(Ok(record::CopyKind::Unknown), copy)?,
            copy_found: self.copy.found.map(Found::record).transpose()?,
            transmission: self.transmission.record()?,
            precedence: some(self.precedence.action, precedence)?,
            precedence_info: some(self.precedence.info, precedence)?,
            dtg: some(self.dtg, time)?,
            dtg_printed: self.dtg_printed,
            from: self.from.map(|from| at(from.station())),
            to: each(self.to, Address::addressee)?,
            info: each(self.info, Address::addressee)?,
            classification: some(self.classification, classification)?,
            controls: texts(self.controls),
            captions: texts(self.captions),
            sections: record::Sections { present: self.sections.present, total: self.sections.total },
            passing: each(self.passing, Passing::record)?,
            executive_order: self.executive_order.map(|order| order.record().map(at)).transpose()?,
            tags: each(self.tags, Tag::record)?,
            subject: self.subject.map(|subject| {
                at(record::Subject { text: subject.text, printed: subject.printed, portion: subject.portion })
            }),
            references: each(self.references, Reference::record)?,
            classified_by: each(self.classified_by, |by| {
                Ok(record::ClassifiedBy { name: by.name, title: by.title, reasons: by.reasons })
            })?,
            paragraphs: each(self.paragraphs, |paragraph| Ok(paragraph.record()))?,
            blocks: each(self.blocks, Block::record)?,
            signatures: texts(self.signatures),
            workflow: record::Workflow {
                drafted_by: texts(self.workflow.drafted_by),
                cleared_by: texts(self.workflow.cleared_by),
                approved_by: texts(self.workflow.approved_by),
                released_by: texts(self.workflow.released_by),
            },
            distribution: record::Distribution {
                action: offices(self.distribution.action),
                info: offices(self.distribution.info),
                total: self.distribution.total.map(at),
                flag: self.distribution.flag.map(at),
            },
            sets: each(self.sets, |set| Ok(record::Set { name: set.name, fields: set.fields }))?,
            readdressal: self.readdressal.map(|heading| heading.record().map(at)).transpose()?,
            reviews: each(self.reviews, Review::record)?,
            editorial_notes: texts(self.editorial_notes),
            nested,
            ..Record::default()
        })
    }
}

impl Found {
    fn record(self) -> Read<record::Detection> {
        Ok(record::Detection { confidence: confidence(&self.confidence)?, reason: self.reason.into() })
    }
}

impl Due {
    fn record(self) -> Read<record::Due> {
        use record::DueRule::{
            FiftyYears, GeneralSchedule, ObsoleteMark, Printed, SeventyFiveYears, SixYears, TenYears,
            ThirtyYears, TwentyYears,
        };
        let rules = [
            Printed,
            GeneralSchedule,
            ThirtyYears,
            SixYears,
            TwentyYears,
            TenYears,
            ObsoleteMark,
            FiftyYears,
            SeventyFiveYears,
        ];
        let actions = [record::DueAction::Declassify, record::DueAction::Review];
        Ok(record::Due {
            date: date(&self.date)?,
            action: named("due/action", &self.action, &actions, record::DueAction::name)?,
            rule: named("due/rule", &self.rule, &rules, record::DueRule::name)?,
        })
    }
}

impl Resolved {
    fn record(self) -> Read<record::Resolved> {
        use record::ResolvedBy::{Addressee, Department, Sender, SenderYearBefore};
        let all = [Sender, SenderYearBefore, Addressee, Department];
        let rule = named("resolved/by", &self.by, &all, record::ResolvedBy::name)?;
        Ok(record::Resolved { rule, confidence: confidence(&self.confidence)? })
    }
}

impl Readdressal {
    fn record(self) -> Read<record::Readdressal> {
        let addressees =
            |list: Vec<Address>| list.into_iter().map(Address::addressee).collect::<Read<Vec<_>>>();
        Ok(record::Readdressal {
            precedence: self.precedence.as_deref().map(precedence).transpose()?,
            dtg: self.dtg.as_deref().map(time).transpose()?,
            dtg_printed: self.dtg_printed,
            from: self.from.map(Address::station),
            to: addressees(self.to)?,
            info: addressees(self.info)?,
        })
    }
}

impl Review {
    fn record(self) -> Read<record::Review> {
        let Review { action, authority, by, date: day } = self;
        Ok(record::Review { action, authority, by, date: day.as_deref().map(date).transpose()? })
    }
}

impl Transmission {
    fn record(self) -> Read<record::Transmission> {
        Ok(record::Transmission {
            ids: each(self.ids, |id| {
                Ok(record::TransmissionId { designator: id.designator, serial: id.serial })
            })?,
            routing_precedence: some(self.routing_precedence, precedence)?,
            called: texts(self.called),
            station: self.station.map(at),
            station_serial: self.station_serial.map(at),
            station_section: self.station_section.map(at),
            filed: some(self.filed, time)?,
            media: self.media.map(at),
            content: self.content.map(at),
            warning: self.warning.map(at),
            class_characters: self.class_characters.map(at),
            signals: texts(self.signals),
            validation: self.validation.map(at),
            relay_counter: self.relay_counter.map(at),
            relayed: some(self.relayed, time)?,
            relay_code: self.relay_code.map(at),
        })
    }
}

impl Address {
    fn station(self) -> record::Station {
        record::Station { plad: self.plad, routing_indicator: self.routing_indicator, post: self.post }
    }

    fn addressee(mut self) -> Read<record::Addressee> {
        let precedence = self.precedence.take().map(|name| precedence(&name)).transpose()?;
        Ok(record::Addressee {
            precedence,
            niact: self.niact,
            continuity_number: self.continuity_number.take(),
            collective: self.collective,
            exempt: std::mem::take(&mut self.exempt),
            delivery: self.delivery.take(),
            station: self.station(),
        })
    }
}

impl Passing {
    fn record(self) -> Read<record::Passing> {
        let kind = match self.kind.as_str() {
            "for" => record::PassingKind::For,
            "pass" => record::PassingKind::Pass,
            other => return Err(format!("`passing/kind` is `{other}`, and none of for, pass")),
        };
        Ok(record::Passing { kind, via: self.via, to: self.to, from: self.from, note: self.note })
    }
}

impl ExecutiveOrder {
    fn record(self) -> Read<record::ExecutiveOrder> {
        Ok(record::ExecutiveOrder {
            order: self.order,
            instruction: self.instruction,
            date: self.date.as_deref().map(date).transpose()?,
            event: self.event,
            exemptions: self.exemptions,
            due: self.due.map(Due::record).transpose()?,
            downgrades: self
                .downgrades
                .into_iter()
                .map(|step| Ok((date(&step.date)?, classification(&step.classification)?)))
                .collect::<Read<_>>()?,
        })
    }
}

impl Tag {
    fn record(self) -> Read<record::Tag> {
        use TagKind::{Geographic, Organization, Person, Program, Subject, Unknown};
        let all = [Subject, Program, Geographic, Organization, Person, Unknown];
        let kind = named("tags/kind", &self.kind, &all, TagKind::name)?;
        Ok(record::Tag { code: self.code, kind, person: self.person })
    }
}

impl Reference {
    fn record(self) -> Read<record::Reference> {
        let year = |name: String| {
            named("references/year", &name, &[YearSource::Printed, YearSource::Inherited], YearSource::name)
        };
        Ok(record::Reference {
            label: self.label,
            kind: reference_kind(&self.kind)?,
            printed: self.printed,
            mrn: self.mrn,
            year: self.year.map(year).transpose()?,
            notal: self.notal,
            captions: self.captions,
            and_previous: self.and_previous,
            dtg: self.dtg.as_deref().map(time).transpose()?,
            resolved: self.resolved.map(Resolved::record).transpose()?,
        })
    }
}

impl Paragraph {
    fn record(self) -> record::Paragraph {
        record::Paragraph {
            number: self.number,
            number_printed: self.number_printed,
            portion: self.portion,
            heading: self.heading,
            text: self.text,
            lines: Vec::new(),
        }
    }
}

impl Block {
    fn record(self) -> Read<record::Block> {
        use BlockKind::{ActionRequest, Comment, Note, Quote, Summary, Text, Translation};
        let all = [Summary, Comment, Note, ActionRequest, Text, Translation, Quote];
        let kind = named("blocks/kind", &self.kind, &all, BlockKind::name)?;
        Ok(record::Block { kind, text: self.text, paragraphs: self.paragraphs })
    }
}

fn offices(list: Vec<Office>) -> Vec<Spanned<record::Office>> {
    list.into_iter()
        .map(|office| at(record::Office { office: office.office, copies: office.copies }))
        .collect()
}

#[cfg(test)]
mod tests {
    use reftel_telegram::{Context, write};

    use super::*;
    use crate::json;

    #[test]
    fn every_telegram_of_the_sample_comes_back() {
        let mut read_back = 0;
        for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/sample/telegrams")).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            for reading in reftel_telegram::read(&bytes, &Context::default()) {
                let printed = json::print(&json::Telegram::new(&reading.record, None), false).unwrap();
                let back = read(printed.as_bytes()).unwrap();
                assert_eq!(write::compare(&reading.record, &back), [], "{printed}");
                read_back += 1;
            }
        }
        assert!(read_back > 100);
    }

    #[test]
    fn what_is_no_record_says_why() {
        for (text, why) in [
            ("{", "EOF while parsing"),
            ("[]", "no `schema`"),
            ("{}", "no `schema`"),
            (r#"{"schema": 2}"#, "`schema` is 2"),
            (r#"{"schema": 1, "dtg": "yesterday"}"#, "`yesterday` is no time"),
            (r#"{"schema": 1, "classification": "PRIVATE"}"#, "none of UNCLASSIFIED, RESTRICTED"),
            (r#"{"schema": 1, "to": 3}"#, "invalid type"),
        ] {
            let said = read(text.as_bytes()).unwrap_err();
            assert!(said.contains(why), "{text}: {said}");
        }
        let deep = format!("{}{}", r#"{"schema":1,"nested":["#.repeat(60), "]}".repeat(60));
        assert!(read(deep.as_bytes()).unwrap_err().contains("nested more than 8 deep"));
        assert!(read(br#"{"schema": 1, "more": [1, {}]}"#).is_ok(), "names that aren't ours are passed over");
    }
}
