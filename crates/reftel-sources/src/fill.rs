//! From an item's bytes to records: the telegram reader on the text, and the collection's fields where it is silent.

use jiff::civil::DateTime;
use reftel_telegram::record::{
    Addressee, Classification, Precedence, Record, Reference, ReferenceKind, Station, Subject,
};
use reftel_telegram::{Context, Span, Spanned, parse};

use crate::document::{Document, Field, Note, Places, Stated, Writer};
use crate::recognise::Reader;
use crate::{Collections, Error, Profile, csv, front, html, json, mail, nara, tei};

/// A telegram of a collection.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The bytes of the item that are this telegram.
    pub span: Span,
    /// What it says. All places are in the item's bytes; those of values that the collection gave are where it gives
    /// them.
    pub record: Record,
    /// Fields of the record that the text doesn't have and the collection gave: the JSON pointer, and what the
    /// collection calls it.
    pub filled: Vec<(&'static str, String)>,
    /// All that the collection says about it.
    pub stated: Vec<Stated>,
    /// The editor's notes, their marks in the item's bytes.
    pub notes: Vec<Note>,
    /// Whether the collection calls it a telegram.
    pub telegram: Option<bool>,
}

fn profile<'c>(collections: &'c Collections, name: &str) -> Result<&'c Profile, Error> {
    collections.get(name).ok_or_else(|| Error::new(format!("no profile `{name}` is known")))
}

/// Makes a document of an item's bytes.
pub fn document(bytes: &[u8], reader: &Reader, collections: &Collections) -> Result<Document, Error> {
    match reader {
        Reader::Telegrams => {
            let text = reftel_telegram::decode(bytes).0.into_owned();
            Ok(Document { text, ..Document::default() })
        }
        Reader::Nara => Ok(nara::document(bytes)),
        Reader::Tei => tei::document(bytes),
        Reader::Html => html::document(bytes),
        Reader::Mail => mail::document(bytes).map(|read| read.0),
        Reader::Record => {
            Err(Error::new("a record is JSON of the program's; it is read as JSON and not as a text"))
        }
        Reader::Csv(name) => row(bytes, profile(collections, name)?),
        Reader::FrontMatter(name) => {
            let (text, encoding) = reftel_telegram::decode(bytes);
            let mut document = front::document(&text, profile(collections, name)?);
            for stated in &mut document.stated {
                let place = |at| place_in_bytes(bytes, &text, encoding, at);
                stated.span = Span::new(place(stated.span.start), place(stated.span.end));
            }
            Ok(document)
        }
        Reader::Jsonl(name) => json::document(bytes, profile(collections, name)?),
    }
}

/// The byte of an input that a place in its decoded text was read from.
fn place_in_bytes(bytes: &[u8], text: &str, encoding: &str, at: usize) -> usize {
    let before = || text.get(..at).unwrap_or(text).chars();
    let at = match encoding {
        // A byte for each character.
        "windows-1252" => before().count(),
        "utf-16le" | "utf-16be" => before().map(char::len_utf16).sum::<usize>() * 2,
        _ => at,
    };
    let mark =
        [&b"\xEF\xBB\xBF"[..], b"\xFF\xFE", b"\xFE\xFF"].into_iter().find(|mark| bytes.starts_with(mark));
    (at + mark.map_or(0, <[u8]>::len)).min(bytes.len())
}

/// A row of a table, below the row of its column names where it has one.
fn row(bytes: &[u8], profile: &Profile) -> Result<Document, Error> {
    let (names, start) = if profile.header {
        let len = csv::Splitter::new(profile.dialect)
            .feed(bytes)
            .ok_or_else(|| Error::new("no row below the names"))?;
        let names = csv::fields(profile.dialect, &bytes[..len]);
        (names.iter().map(|name| name.text(bytes)).collect(), len)
    } else {
        (profile.columns.clone(), 0)
    };
    let mut values = csv::fields(profile.dialect, &bytes[start..]);
    for value in &mut values {
        value.start += start;
        value.end += start;
        value.pieces.iter_mut().for_each(|piece| *piece = (piece.0 + start, piece.1 + start));
    }
    if values.len() < names.len() {
        return Err(Error::at(format!("it has {} columns instead of {}", values.len(), names.len()), start));
    }
    let column = crate::recognise::column;
    let place = |name: &String| names.iter().position(|known: &String| column(known) == column(name));
    let mut out = Writer::default();
    for value in profile.text.iter().filter_map(place).filter_map(|at| values.get(at)) {
        out.end_line();
        value.write(bytes, &mut out);
    }
    let mut stated = Vec::new();
    for (at, value) in values.iter().enumerate() {
        let name = names.get(at).cloned().unwrap_or_else(|| format!("column {}", at + 1));
        if profile.text.iter().any(|text| column(text) == column(&name)) {
            continue;
        }
        let same = |from: &String| column(from) == column(&name);
        let field = profile.fields.iter().find(|mapping| mapping.from.iter().any(same));
        let text = value.text(bytes).trim().to_owned();
        if !text.is_empty() {
            let field = field.map_or(Field::Other, |mapping| mapping.field);
            stated.push(Stated { field, name, value: text, span: Span::new(value.start, value.end) });
        }
    }
    let (text, places) = out.finish();
    Ok(Document { text, places, stated, ..Document::default() })
}

/// Reads an item's bytes on to records. There is at least one; [`reftel_telegram::is_telegram`] says whether it is
/// one, unless the collection says that it isn't.
pub fn read(
    bytes: &[u8],
    reader: &Reader,
    collections: &Collections,
    context: &Context,
) -> Result<Vec<Reading>, Error> {
    let whole = Whole::of(bytes, reader, collections)?;
    let places = &whole.document.places;
    let readings = whole.readings(bytes, context);
    let mut list: Vec<Reading> = readings.into_iter().map(|reading| placed(reading, places)).collect();
    if let Some(first) = list.first_mut() {
        first.span.start = 0;
        whole.complete(first, *context, false);
        for mark in first.notes.iter_mut().filter_map(|note| note.mark.as_mut()) {
            *mark = places.origin(Span::new(*mark, *mark)).start;
        }
    }
    if let Some(last) = list.last_mut() {
        last.span.end = bytes.len();
    }
    Ok(list)
}

/// A telegram of a collection in its own text, for who shows, searches or compares what is printed.
#[derive(Clone, Debug)]
pub struct Plain {
    /// What the telegram reader took: the item's bytes, or the text that was made of them.
    pub text: Vec<u8>,
    /// The same telegram with its places in `text`: those of the notes' marks too. What the collection gave has
    /// none, unless the text is the item's bytes.
    pub reading: Reading,
    /// The bytes of the item that are this telegram.
    pub span: Span,
}

/// The same as [`read`], each telegram in its own text. One that is alone has the whole of it.
pub fn plain(
    bytes: &[u8],
    reader: &Reader,
    collections: &Collections,
    context: &Context,
) -> Result<Vec<Plain>, Error> {
    let whole = Whole::of(bytes, reader, collections)?;
    let places = &whole.document.places;
    let text = if places.are_same() { bytes } else { whole.document.text.as_bytes() };
    let readings = whole.readings(bytes, context);
    let count = readings.len();
    let mut list = Vec::with_capacity(count);
    for (at, reading) in readings.into_iter().enumerate() {
        let start = if at == 0 { 0 } else { reading.span.start };
        let end = if at + 1 == count { text.len() } else { reading.span.end };
        let mut span = places.origin(Span::new(start, end));
        if at == 0 {
            span.start = 0;
        }
        if at + 1 == count {
            span.end = bytes.len();
        }
        let mut reading = placed(reading, &Places::default());
        reading.span = Span::new(0, end - start);
        reading.record.each_span(&mut |span| *span = moved(*span, start));
        if at == 0 {
            whole.complete(&mut reading, *context, !places.are_same());
        }
        let text = text.get(start..end).unwrap_or_default().to_vec();
        list.push(Plain { text, reading, span });
    }
    Ok(list)
}

/// A place in a text that begins at `start` of another.
fn moved(span: Span, start: usize) -> Span {
    Span::new(span.start.saturating_sub(start), span.end.saturating_sub(start))
}

/// A telegram put together of the texts of several items, which are its sections: what the collection says of the
/// first of them is put where the text is silent.
pub fn complete(record: &mut Record, stated: &[Stated], reader: &Reader, collections: &Collections) {
    let profile = reader.profile().and_then(|name| collections.get(name));
    let fill = Fill { profile, stated, placeless: true };
    let year = record.dtg.as_ref().map(|dtg| dtg.value.year()).or(fill.date().map(DateTime::year));
    fill.fill(record, Context { year });
}

/// A document, and what else is needed to read it on.
struct Whole<'c> {
    document: Document,
    mail: Option<reftel_mail::Mail>,
    nara: bool,
    profile: Option<&'c Profile>,
}

impl<'c> Whole<'c> {
    fn of(bytes: &[u8], reader: &Reader, collections: &'c Collections) -> Result<Whole<'c>, Error> {
        let (document, mail) = match reader {
            Reader::Mail => mail::document(bytes).map(|(document, mail)| (document, Some(mail)))?,
            reader => (document(bytes, reader, collections)?, None),
        };
        let profile = reader.profile().map(|name| profile(collections, name)).transpose()?;
        Ok(Whole { document, mail, nara: *reader == Reader::Nara, profile })
    }

    fn fill(&self, placeless: bool) -> Fill<'_> {
        Fill { profile: self.profile, stated: &self.document.stated, placeless }
    }

    fn context(&self, context: &Context) -> Context {
        Context { year: context.year.or(self.fill(false).date().map(DateTime::year)) }
    }

    /// What the telegram reader makes of the text.
    fn readings(&self, bytes: &[u8], context: &Context) -> Vec<reftel_telegram::Reading> {
        let context = self.context(context);
        // Where text and bytes are one, the telegram reader decodes them, and knows the places of what it decodes.
        match &self.document {
            _ if self.nara => reftel_telegram::read(&bytes[..nara::text_end(bytes)], &context),
            document if document.places.are_same() => reftel_telegram::read(bytes, &context),
            document => reftel_telegram::read(document.text.as_bytes(), &context),
        }
    }

    /// Puts beside the first telegram what the collection says.
    fn complete(&self, first: &mut Reading, context: Context, placeless: bool) {
        first.telegram = self.document.telegram;
        if first.telegram != Some(false) {
            if let Some(mail) = &self.mail {
                mail.fill(&mut first.record);
            }
            first.filled = self.fill(placeless).fill(&mut first.record, self.context(&context));
        }
        first.stated.clone_from(&self.document.stated);
        first.notes.clone_from(&self.document.notes);
    }
}

/// A reading with its places in the item's bytes.
fn placed(mut reading: reftel_telegram::Reading, places: &Places) -> Reading {
    if !places.are_same() {
        reading.span = places.origin(reading.span);
        reading.record.each_span(&mut |span| *span = places.origin(*span));
    }
    let reftel_telegram::Reading { span, record } = reading;
    Reading { span, record, filled: Vec::new(), stated: Vec::new(), notes: Vec::new(), telegram: None }
}

/// What a collection says, to be put where a record is silent.
struct Fill<'d> {
    profile: Option<&'d Profile>,
    stated: &'d [Stated],
    /// Whether what it gives has no place, because places are elsewhere than the collection's.
    placeless: bool,
}

impl Fill<'_> {
    /// The place of a value.
    fn at(&self, stated: &Stated) -> Span {
        if self.placeless { Span::default() } else { stated.span }
    }

    fn get(&self, field: Field) -> Option<&Stated> {
        self.stated.iter().find(|stated| stated.field == field)
    }

    fn date(&self) -> Option<DateTime> {
        self.stated
            .iter()
            .filter(|stated| stated.field == Field::Date)
            .find_map(|stated| self.read_date(&stated.value))
    }

    fn read_date(&self, value: &str) -> Option<DateTime> {
        let by_profile =
            self.profile.and_then(|profile| profile.mapping(Field::Date)).map(|mapping| mapping.date(value));
        match by_profile {
            Some(read) => read,
            None => nara::date(value).or_else(|| iso(value)).or_else(|| html::date(value)),
        }
    }

    /// Values of a field that has several in one.
    fn several<'s>(&self, stated: &'s Stated) -> Vec<&'s str> {
        let mapped = self.profile.and_then(|profile| profile.mapping(stated.field));
        let parts: Vec<&str> = match mapped.and_then(|mapping| mapping.separator.as_deref()) {
            Some(separator) => stated.value.split(separator).collect(),
            None => stated.value.split(';').collect(),
        };
        parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).take(1000).collect()
    }

    fn fill(&self, record: &mut Record, context: Context) -> Vec<(&'static str, String)> {
        let mut filled = Vec::new();
        if record.dtg.is_none()
            && let Some((stated, date)) = self
                .stated
                .iter()
                .filter(|stated| stated.field == Field::Date)
                .find_map(|stated| Some((stated, self.read_date(&stated.value)?)))
        {
            record.dtg = Some(Spanned::new(date, self.at(stated)));
            record.dtg_printed = Some(stated.value.clone());
            filled.push(("/dtg", stated.name.clone()));
        }
        let context = Context { year: context.year.or(record.dtg.as_ref().map(|dtg| dtg.value.year())) };
        let mut numbers =
            self.stated.iter().filter(|stated| stated.field == Field::Number && record.mrn.is_none());
        let found = numbers.find_map(|stated| Some((stated, number_of(&stated.value, context)?)));
        if let Some((stated, mrn)) = found {
            record.mrn = Some(Spanned::new(mrn, self.at(stated)));
            filled.push(("/mrn", stated.name.clone()));
        }
        self.stations(record, &mut filled);
        self.markings(record, &mut filled);
        if let Some(stated) = self.get(Field::Subject).filter(|_| record.subject.is_none()) {
            let text = one_line(&stated.value);
            let subject = Subject { text: text.clone(), printed: text, portion: None };
            record.subject = Some(Spanned::new(subject, self.at(stated)));
            filled.push(("/subject", stated.name.clone()));
        }
        if let Some(stated) = self.get(Field::Tags).filter(|_| record.tags.is_empty()) {
            let line = format!("TAGS: {}\n", one_line(&codes(&stated.value)));
            let read = parse(&line, &context).into_record().tags;
            record.tags = read.into_iter().map(|tag| Spanned::new(tag.value, self.at(stated))).collect();
            filled.push(("/tags", stated.name.clone()));
        }
        if let Some(stated) = self.get(Field::References).filter(|_| record.references.is_empty()) {
            record.references = self
                .several(stated)
                .into_iter()
                .map(|part| Spanned::new(reference(part, context), self.at(stated)))
                .collect();
            filled.push(("/references", stated.name.clone()));
        }
        filled
    }

    fn stations(&self, record: &mut Record, filled: &mut Vec<(&'static str, String)>) {
        let station = |name: &str, post: Option<String>| Station {
            plad: one_line(name),
            routing_indicator: None,
            post,
        };
        if let Some(stated) = self.get(Field::From).filter(|_| record.from.is_none()) {
            let post = record.mrn.as_ref().and_then(|mrn| post_of(&mrn.value));
            record.from = Some(Spanned::new(station(&stated.value, post), self.at(stated)));
            filled.push(("/from", stated.name.clone()));
        }
        if let Some(stated) = self.get(Field::To).filter(|_| record.to.is_empty() && record.info.is_empty()) {
            for part in self.several(stated) {
                let to = Addressee { station: station(part, None), ..Addressee::default() };
                record.to.push(Spanned::new(to, self.at(stated)));
            }
            filled.push(("/to", stated.name.clone()));
        }
    }

    fn markings(&self, record: &mut Record, filled: &mut Vec<(&'static str, String)>) {
        let found = self.get(Field::Classification).filter(|_| record.classification.is_none());
        if let Some((stated, (class, control))) =
            found.and_then(|stated| Some((stated, classification(&stated.value)?)))
        {
            record.classification = Some(Spanned::new(class, self.at(stated)));
            if record.controls.is_empty() {
                record
                    .controls
                    .extend(control.map(|control| Spanned::new(control.to_owned(), self.at(stated))));
            }
            filled.push(("/classification", stated.name.clone()));
        }
        let found = self.get(Field::Precedence).filter(|_| record.precedence.is_none());
        if let Some((stated, precedence)) =
            found.and_then(|stated| Some((stated, precedence(&stated.value)?)))
        {
            record.precedence = Some(Spanned::new(precedence, self.at(stated)));
            filled.push(("/precedence/action", stated.name.clone()));
        }
        if record.captions.is_empty() {
            for stated in self.stated.iter().filter(|stated| stated.field == Field::Caption) {
                for part in stated.value.split([';', ',']).map(str::trim).filter(|part| !part.is_empty()) {
                    record.captions.push(Spanned::new(part.to_ascii_uppercase(), self.at(stated)));
                }
                filled.push(("/captions", stated.name.clone()));
            }
        }
    }
}

/// TAGS as a line has them, of `BG - Bangladesh | ECON - Economic Conditions`, or as they are.
fn codes(value: &str) -> String {
    let code = |part: &str| match part.split_once(" - ") {
        Some((code, _)) if code.trim().bytes().all(|byte| byte.is_ascii_uppercase()) => {
            code.trim().to_owned()
        }
        _ => part.trim().to_owned(),
    };
    value.split(['|', ';']).map(code).collect::<Vec<_>>().join(", ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `2009-06-11T09:28:00Z`, `1941-12-08T12:00:00-05:00`, `1941-12-08`.
fn iso(value: &str) -> Option<DateTime> {
    let value = value.trim();
    if let Ok(stamp) = value.parse::<jiff::Timestamp>() {
        return Some(jiff::tz::TimeZone::UTC.to_datetime(stamp));
    }
    value.parse::<DateTime>().ok()
}

/// The canonical number of a collection's, also one with its year in four figures: `1974STATE296107`.
fn number_of(value: &str, context: Context) -> Option<String> {
    let value = value.trim();
    // `1974STATE150591_b`: one of two copies in a collection.
    let value = match value.split_once('_') {
        Some((number, copy)) if copy.len() == 1 && number.ends_with(|c: char| c.is_ascii_digit()) => number,
        _ => value,
    };
    let year = value.bytes().take_while(u8::is_ascii_digit).count();
    if year == 4
        && value.as_bytes().get(4).is_some_and(u8::is_ascii_alphabetic)
        && value.starts_with(['1', '2'])
    {
        return reftel_telegram::mrn(&value[2..], &context);
    }
    reftel_telegram::mrn(value, &context)
}

/// The post of a canonical number: `VALDORIA` of `09VALDORIA1000`.
fn post_of(mrn: &str) -> Option<String> {
    let post: String = mrn.chars().skip(2).take_while(char::is_ascii_alphabetic).collect();
    (!post.is_empty()).then_some(post)
}

fn classification(value: &str) -> Option<(Classification, Option<&'static str>)> {
    let value = value.trim().to_ascii_uppercase();
    let control = [
        ("FOR OFFICIAL USE ONLY", "FOUO"),
        ("LIMITED OFFICIAL USE", "LOU"),
        ("SENSITIVE BUT", "SBU"),
        ("EFTO", "EFTO"),
    ]
    .iter()
    .find(|(words, _)| value.contains(words))
    .map(|(_, control)| *control);
    let class = [
        Classification::Unclassified,
        Classification::Restricted,
        Classification::Confidential,
        Classification::Secret,
        Classification::TopSecret,
    ]
    .into_iter()
    .find(|class| {
        value
            .strip_prefix(class.name())
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    });
    class.or(control.map(|_| Classification::Unclassified)).map(|class| (class, control))
}

fn precedence(value: &str) -> Option<Precedence> {
    let value = value.trim().to_ascii_uppercase();
    let value = value.strip_prefix("NIACT ").unwrap_or(&value);
    [
        Precedence::Routine,
        Precedence::Priority,
        Precedence::Immediate,
        Precedence::Flash,
        Precedence::FlashOverride,
    ]
    .into_iter()
    .find(|precedence| precedence.name() == value)
}

/// One reference of a list.
fn reference(part: &str, context: Context) -> Reference {
    let mrn = number_of(part, context);
    Reference {
        label: None,
        kind: if mrn.is_some() { ReferenceKind::Telegram } else { ReferenceKind::Other },
        printed: one_line(part),
        year: mrn.as_ref().map(|_| reftel_telegram::record::YearSource::Printed),
        mrn,
        notal: false,
        captions: Vec::new(),
        and_previous: false,
        dtg: None,
        resolved: None,
    }
}
