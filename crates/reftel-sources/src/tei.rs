//! Volumes of *Foreign Relations of the United States* in TEI: cut into documents, and each read.
//!
//! An edition prints a telegram in one of three styles: with a source line `740.0011/755: Telegram` above its head
//! (before 1950), with a head `Telegram From … to …` (from then on), or with the telegram's own heading as lists
//! (electronic volumes). Its notes are the editors' and are kept apart from the text. Entities that a file declares
//! are not resolved: none of the edition's does, and they are how a small file becomes a large one.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use reftel_telegram::Span;

use crate::document::{Document, Note, Stated, Writer};
use crate::{Error, Field, html};

/// A volume's documents, each with its own bytes.
pub(crate) struct Volume {
    pub(crate) documents: Vec<(String, Vec<u8>)>,
    /// Where the volume can't be read on.
    pub(crate) fault: Option<Error>,
}

/// The most bytes of an entry in the lists of persons and terms, and the most entries that a document takes along.
const ENTRY_BYTES_MAX: usize = 2000;
const ENTRIES_MAX: usize = 400;

/// How deep elements may lie in one another.
const DEPTH_MAX: usize = 200;

fn reader(bytes: &[u8]) -> Reader<&[u8]> {
    let mut reader = Reader::from_reader(bytes);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    reader.config_mut().allow_dangling_amp = true;
    reader
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().with_checks(false).flatten().find(|found| found.key.as_ref() == name)?;
    Some(found.value.into_owned())
}

fn is_document(tag: &BytesStart<'_>) -> bool {
    tag.local_name().as_ref() == "div" && attribute(tag, "type").as_deref() == Some("document")
}

/// Cuts a volume into documents. Each takes along the volume's name and title, and the entries of the lists of
/// persons and terms that it points to.
pub(crate) fn split(bytes: &[u8], name: &str) -> Volume {
    let mut cut = Cutter { name: volume_of_file(name), ..Cutter::default() };
    let mut reader = reader(bytes);
    let fault = loop {
        let start = position(&reader);
        match reader.read_event() {
            Ok(Event::Eof) => break None,
            Ok(Event::Start(tag)) => {
                if cut.stack.len() >= DEPTH_MAX {
                    break Some(Error::at("elements lie too deep in one another", start));
                }
                cut.open(&tag, start, bytes, position(&reader));
            }
            Ok(Event::End(tag)) => cut.end(tag.local_name().as_ref(), position(&reader)),
            Ok(_) => {}
            Err(error) => break Some(Error::at(format!("not XML at byte {start}: {error}"), start)),
        }
    };
    let fault = fault.or_else(|| {
        cut.open.as_ref().map(|(id, ..)| Error::at(format!("document {id} has no end"), bytes.len()))
    });
    let documents = cut.documents.iter().map(|(id, range)| (id.clone(), cut.own_bytes(bytes, range.clone())));
    Volume { documents: documents.collect(), fault }
}

#[derive(Default)]
struct Cutter {
    name: String,
    title: Range<usize>,
    stack: Vec<String>,
    /// The document that is open, where it began, and how deep.
    open: Option<(String, usize, usize)>,
    /// Entries that are open: where, how deep, and their identifier.
    items: Vec<(usize, usize, Option<String>)>,
    entries: BTreeMap<String, Range<usize>>,
    documents: Vec<(String, Range<usize>)>,
}

impl Cutter {
    fn open(&mut self, tag: &BytesStart<'_>, start: usize, bytes: &[u8], end: usize) {
        self.stack.push(tag.local_name().as_ref().to_owned());
        let depth = self.stack.len();
        match tag.local_name().as_ref() {
            "TEI" => {
                if let Some(id) = attribute(tag, "xml:id") {
                    self.name = id;
                }
            }
            "title" if self.title.is_empty() && self.documents.is_empty() => {
                let close = memchr::memmem::find(&bytes[end..bytes.len().min(end + 1000)], b"</title>");
                self.title = close.map_or(0..0, |close| start..end + close + "</title>".len());
            }
            "item" if self.open.is_none() => self.items.push((start, depth, None)),
            _ if self.open.is_none() && is_document(tag) => {
                let id = attribute(tag, "xml:id").or_else(|| attribute(tag, "n").map(|n| format!("d{n}")));
                let id = id.unwrap_or_else(|| format!("d?{}", self.documents.len() + 1));
                self.open = Some((id, start, depth));
            }
            _ => {
                if let Some(last) = self.items.last_mut()
                    && last.2.is_none()
                {
                    last.2 = attribute(tag, "xml:id");
                }
            }
        }
    }

    /// Ends the innermost element of this name, and those in it that have no end. An end of nothing is passed over.
    fn end(&mut self, name: &str, end: usize) {
        let open = self.stack.iter().rposition(|open| open == name);
        while open.is_some_and(|at| self.stack.len() > at) {
            self.close(end);
            self.stack.pop();
        }
    }

    fn close(&mut self, end: usize) {
        let depth = self.stack.len();
        if let Some((start, _, Some(id))) = self.items.pop_if(|item| item.1 == depth)
            && end - start <= ENTRY_BYTES_MAX
        {
            self.entries.insert(id, start..end);
        }
        if let Some((id, start, _)) = self.open.take_if(|open| open.2 == depth) {
            self.documents.push((id, start..end));
        }
    }

    fn own_bytes(&self, bytes: &[u8], range: Range<usize>) -> Vec<u8> {
        let own = &bytes[range];
        let mut out = format!("<TEI xml:id=\"{}\">\n", self.name).into_bytes();
        out.extend_from_slice(&bytes[self.title.clone()]);
        let mut taken = Vec::new();
        for at in memchr::memmem::find_iter(own, b"\"#") {
            let name = &own[at + 2..own.len().min(at + 102)];
            let Some(end) = memchr::memchr(b'"', name) else { continue };
            let name = String::from_utf8_lossy(&name[..end]);
            if let Some(entry) = self.entries.get(name.as_ref())
                && taken.len() < ENTRIES_MAX
                && !taken.contains(&entry)
            {
                taken.push(entry);
                out.push(b'\n');
                out.extend_from_slice(&bytes[entry.clone()]);
            }
        }
        out.push(b'\n');
        out.extend_from_slice(own);
        out.extend_from_slice(b"\n</TEI>\n");
        out
    }
}

/// The volume that a file's name says, `frus1941v06` of `x/frus1941v06.xml`: nothing else says it in a piece of one.
fn volume_of_file(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or("");
    let stem = name.split(['.', '#']).next().unwrap_or("");
    let documents =
        stem.match_indices("-d").find(|(at, _)| stem[at + 2..].starts_with(|c: char| c.is_ascii_digit()));
    let stem = &stem[..documents.map_or(stem.len(), |(at, _)| at)];
    let legal = stem.starts_with("frus") && stem.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if legal { stem.to_owned() } else { String::new() }
}

/// Reads a document.
pub(crate) fn document(bytes: &[u8]) -> Result<Document, Error> {
    let mut reading = Reading::default();
    let mut reader = reader(bytes);
    loop {
        let start = position(&reader);
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(Event::Start(tag)) => {
                if reading.stack.len() >= DEPTH_MAX {
                    return Err(Error::at("elements lie too deep in one another", start));
                }
                reading.open(&tag, start);
                let name = tag.local_name().as_ref().to_owned();
                reading.stack.push(name);
            }
            Ok(Event::Empty(tag)) => {
                if tag.local_name().as_ref() == "lb" {
                    reading.out().end_line();
                }
            }
            Ok(Event::End(tag)) => {
                let open = reading.stack.iter().rposition(|open| open == tag.local_name().as_ref());
                while open.is_some_and(|at| reading.stack.len() > at) {
                    let name = reading.stack.pop().unwrap_or_default();
                    reading.close(&name, position(&reader));
                }
            }
            Ok(Event::Text(_) | Event::CData(_) | Event::GeneralRef(_)) => {
                let end = position(&reader);
                let piece = String::from_utf8_lossy(&bytes[start..end]);
                reading.text(&piece, start, end - start);
            }
            Ok(_) => {}
            Err(error) => return Err(Error::at(format!("not XML: {error}"), start)),
        }
    }
    reading.finish()
}

/// A piece of the edition's own words that is being read.
struct Aside {
    /// The name of the element, and how deep it lies.
    name: String,
    depth: usize,
    out: Writer,
    start: usize,
    /// What the element's attributes say: a note's label, a date.
    label: String,
    kind: String,
    mark: Option<usize>,
    links: Vec<String>,
}

#[derive(Default)]
struct Reading {
    stack: Vec<String>,
    body: Writer,
    asides: Vec<Aside>,
    /// How deep the document's element lies.
    inside: Option<usize>,
    lists: usize,
    stated: Vec<Stated>,
    notes: Vec<Note>,
    volume: String,
    id: String,
}

impl Reading {
    fn out(&mut self) -> &mut Writer {
        self.asides.last_mut().map_or(&mut self.body, |aside| &mut aside.out)
    }

    fn aside(&mut self, name: &str, start: usize, label: String, kind: String) {
        let mark = (self.asides.is_empty()).then_some(self.body.text.len());
        let aside = Aside {
            name: name.to_owned(),
            depth: self.stack.len(),
            out: Writer::default(),
            start,
            label,
            kind,
            mark,
            links: Vec::new(),
        };
        self.asides.push(aside);
    }

    fn open(&mut self, tag: &BytesStart<'_>, start: usize) {
        let name = tag.local_name();
        let name = name.as_ref();
        let kind = || attribute(tag, "type").unwrap_or_default();
        if self.inside.is_none() {
            match name {
                "TEI" => self.volume = attribute(tag, "xml:id").unwrap_or_default(),
                "title" | "item" => self.aside(name, start, String::new(), String::new()),
                "persName" | "gloss" | "term" if !self.asides.is_empty() => {
                    let kind = name.to_owned();
                    self.aside(name, start, String::new(), kind);
                }
                _ if is_document(tag) => {
                    self.inside = Some(self.stack.len());
                    self.id = attribute(tag, "xml:id").unwrap_or_default();
                }
                _ => {}
            }
            return;
        }
        match name {
            "note" => {
                let label = attribute(tag, "n").or_else(|| attribute(tag, "xml:id")).unwrap_or_default();
                self.aside(name, start, label, kind());
            }
            "head" if self.lists == 0 => self.aside(name, start, String::new(), String::new()),
            "dateline" => self.aside(name, start, String::new(), String::new()),
            "date" if self.within("dateline") => {
                let when = attribute(tag, "when").or_else(|| attribute(tag, "from")).unwrap_or_default();
                self.state(Field::Date, "date", when, start, start);
            }
            "placeName" if self.within("dateline") => {
                let at = self.out().text.len();
                self.asides.last_mut().into_iter().for_each(|aside| aside.label = at.to_string());
            }
            "list" => self.lists += 1,
            "p" | "quote" | "closer" | "signed" | "table" => self.out().end_paragraph(),
            "label" | "head" | "row" => self.out().end_line(),
            "ref" => {
                let target = attribute(tag, "target");
                if let (Some(aside), Some(target)) = (self.asides.last_mut(), target) {
                    aside.links.push(target);
                }
            }
            _ => {}
        }
    }

    fn within(&self, name: &str) -> bool {
        self.asides.last().is_some_and(|aside| aside.name == name)
    }

    fn state(&mut self, field: Field, name: &str, value: String, start: usize, end: usize) {
        if !value.is_empty() {
            self.stated.push(Stated { field, name: name.to_owned(), value, span: Span::new(start, end) });
        }
    }

    fn text(&mut self, piece: &str, at: usize, len: usize) {
        if self.inside.is_none() && self.asides.is_empty() {
            return;
        }
        let out = self.out();
        let piece: Cow<'_, str> =
            match piece.strip_prefix("<![CDATA[").and_then(|rest| rest.strip_suffix("]]>")) {
                Some(inner) => Cow::Owned(inner.replace('&', "&amp;")),
                None => Cow::Borrowed(piece),
            };
        if piece.starts_with('&')
            && let Some((char, _)) = html::entity(&piece)
        {
            out.put(char.encode_utf8(&mut [0; 4]), at, len);
            return;
        }
        // White space is one blank, and none at the start of a line.
        let mut from = 0;
        while from < piece.len() {
            let rest = &piece[from..];
            let blank = rest.len() - rest.trim_start_matches([' ', '\n', '\r', '\t']).len();
            if blank > 0 {
                if !out.text.is_empty() && !out.text.ends_with([' ', '\n']) {
                    out.put(" ", at + from, blank);
                }
                from += blank;
                continue;
            }
            let word = rest.find([' ', '\n', '\r', '\t']).unwrap_or(rest.len());
            out.copy(&rest[..word], at + from);
            from += word;
        }
    }

    fn close(&mut self, name: &str, end: usize) {
        if self.inside == Some(self.stack.len()) {
            self.inside = None;
            return;
        }
        let depth = self.stack.len();
        if let Some(aside) = self.asides.pop_if(|aside| aside.depth == depth) {
            self.end_aside(aside, end);
            return;
        }
        if self.inside.is_none() {
            return;
        }
        match name {
            "p" | "quote" | "closer" | "signed" | "table" => self.out().end_paragraph(),
            "list" => {
                self.lists = self.lists.saturating_sub(1);
                self.out().end_line();
            }
            "item" | "row" => self.out().end_line(),
            "label" | "cell" | "head" => self.out().add(" "),
            "placeName" if self.within("dateline") => {
                let from = self.asides.last().and_then(|aside| aside.label.parse().ok()).unwrap_or(0usize);
                let place = self.out().text.get(from..).unwrap_or("").trim().to_owned();
                self.state(Field::Other, "place", place, end, end);
            }
            _ => {}
        }
    }

    fn end_aside(&mut self, aside: Aside, end: usize) {
        let text = aside.out.text.trim().to_owned();
        let span = Span::new(aside.start, end);
        match aside.name.as_str() {
            "note" => {
                let head = self.asides.last().is_some_and(|outer| outer.name == "head");
                if aside.kind == "source" {
                    self.state(Field::Source, "source note", text.clone(), span.start, span.end);
                }
                let mark = aside.mark.filter(|_| !head && aside.kind.is_empty());
                self.notes.push(Note { label: aside.label, text, mark, links: aside.links });
            }
            "head" => self.state(Field::Title, "head", text, span.start, span.end),
            "dateline" => self.state(Field::Other, "dateline", text, span.start, span.end),
            "title" => self.state(Field::Other, "volume", text, span.start, span.end),
            "item" => {
                let key = aside.label.trim().to_owned();
                let value = text
                    .strip_prefix(key.as_str())
                    .unwrap_or(&text)
                    .trim_start_matches([',', ' ', ':'])
                    .to_owned();
                let field = if aside.kind == "persName" { Field::Person } else { Field::Term };
                let name = if key.is_empty() { text.chars().take(40).collect() } else { key };
                self.state(field, &name, value, span.start, span.end);
            }
            // The name in an entry of a list: it is the entry's key and a part of its text.
            _ => {
                if let Some(outer) = self.asides.last_mut() {
                    outer.out.put(&text, span.start, span.len());
                    if outer.label.is_empty() {
                        outer.label = text;
                        outer.kind = aside.kind;
                    }
                }
            }
        }
    }

    fn finish(mut self) -> Result<Document, Error> {
        if self.id.is_empty() && self.body.text.trim().is_empty() {
            return Err(Error::new("no document in it"));
        }
        if !self.volume.is_empty() && !self.id.is_empty() {
            let url = format!("https://history.state.gov/historicaldocuments/{}/{}", self.volume, self.id);
            self.state(Field::Url, "address", url, 0, 0);
        }
        let find = |name: &str| self.stated.iter().find(|stated| stated.name == name).cloned();
        let (head, source, place) = (find("head"), find("source note"), find("place"));
        let mut more = source.as_ref().map(markings).unwrap_or_default();
        let urgent = more.iter().any(|stated| stated.field == Field::Precedence);
        let telegram = kind(head.as_ref(), source.as_ref(), urgent, &self.body.text);
        more.extend(head.as_ref().map(parties).unwrap_or_default());
        more.extend(printed_number(&self.body.text));
        let text = if telegram == Some(true) {
            let before = self.body.text.len();
            let (number, text) = numbered(self.body, place.as_ref(), head.as_ref());
            more.extend(number);
            // What was taken away stood in front of them.
            for mark in self.notes.iter_mut().filter_map(|note| note.mark.as_mut()) {
                *mark = mark.saturating_sub(before - text.text.len());
            }
            text
        } else {
            self.body
        };
        self.stated.extend(more);
        let (text, places) = text.finish();
        for stated in self.stated.iter_mut().filter(|stated| stated.name == "heading") {
            stated.span = places.origin(stated.span);
        }
        Ok(Document { text, places, stated: self.stated, notes: self.notes, telegram })
    }
}

/// Whether the edition calls the document a telegram, or says how urgent it was, which only telegrams are. `None` where
/// it says nothing of the kind.
fn kind(head: Option<&Stated>, source: Option<&Stated>, urgent: bool, text: &str) -> Option<bool> {
    const TELEGRAMS: &[&str] = &[
        "Telegram",
        "Circular Telegram",
        "Airgram",
        "Circular Airgram",
        "Cable",
        "Message From the Embassy",
        "Backchannel Message",
    ];
    const OTHERS: &[&str] = &[
        "Memorandum",
        "Letter",
        "Paper",
        "Minutes",
        "Editorial Note",
        "National Intelligence Estimate",
        "Report",
        "Despatch",
        "Draft",
        "Record",
        "Summary",
        "Address",
        "Statement",
        "Note ",
        "Notes",
        "Transcript",
        "Special National",
        "Intelligence",
        "Briefing",
        "Conversation",
        "Action Memorandum",
        "Information Memorandum",
        "Attachment",
        "Tab ",
        "Study",
    ];
    let head = head.map_or("", |head| {
        head.value.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' ' | '[' | ']'))
    });
    let source = source.map_or("", |source| source.value.as_str());
    let printed = source.rsplit(':').next().unwrap_or("").trim().trim_end_matches(['.', ']']);
    let short = printed.len() < 40 && (printed.contains("Telegram") || printed.contains("Airgram"));
    if short || TELEGRAMS.iter().any(|word| head.starts_with(word)) {
        return Some(true);
    }
    if OTHERS.iter().any(|word| head.starts_with(word) || printed.starts_with(word)) {
        return Some(false);
    }
    (urgent || text.trim_start().starts_with("TELEGRAM")).then_some(true)
}

/// Who wrote to whom, as a head says: `Telegram 722 From the Embassy in Valdoria to the Department of State, May 5, 1971`.
pub(crate) fn parties(head: &Stated) -> Vec<Stated> {
    let text = head.value.as_str();
    let lower = text.to_ascii_lowercase();
    let from = lower.find(" from ").map_or_else(
        || text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' ')).len(),
        |at| at + " from ".len(),
    );
    let Some(to) = lower.get(from..).and_then(|rest| rest.find(" to ")).map(|at| at + from) else {
        return Vec::new();
    };
    let receiver = &text[to + " to ".len()..];
    let date = receiver.split(", ").skip(1).find(|part| part.bytes().any(|b| b.is_ascii_digit()));
    let end = date.map_or(receiver.len(), |date| {
        (date.as_ptr() as usize - receiver.as_ptr() as usize).saturating_sub(2)
    });
    let stated = |field, value: &str| Stated {
        field,
        name: "head".to_owned(),
        value: value.trim().trim_end_matches(',').to_owned(),
        span: head.span,
    };
    vec![stated(Field::From, &text[from..to]), stated(Field::To, &receiver[..end])]
}

/// Classification, precedence and captions in a source note: `Source: …, Box 1. Secret; Priority; Exdis. Repeated to …`.
fn markings(source: &Stated) -> Vec<Stated> {
    const WORDS: &[(&str, Field)] = &[
        ("top secret", Field::Classification),
        ("secret", Field::Classification),
        ("confidential", Field::Classification),
        ("restricted", Field::Classification),
        ("unclassified", Field::Classification),
        ("official use only", Field::Classification),
        ("limited official use", Field::Classification),
        ("flash", Field::Precedence),
        ("niact immediate", Field::Precedence),
        ("immediate", Field::Precedence),
        ("priority", Field::Precedence),
        ("routine", Field::Precedence),
        ("exdis", Field::Caption),
        ("nodis", Field::Caption),
        ("limdis", Field::Caption),
        ("stadis", Field::Caption),
        ("roger channel", Field::Caption),
        ("eyes only", Field::Caption),
    ];
    let mut list: Vec<Stated> = Vec::new();
    for part in source.value.split(['.', ';']) {
        let part = part.trim();
        let Some((_, field)) = WORDS.iter().find(|(word, _)| part.eq_ignore_ascii_case(word)) else {
            continue;
        };
        if *field == Field::Caption || list.iter().all(|stated| stated.field != *field) {
            let (name, value) = ("source note".to_owned(), part.to_ascii_uppercase());
            list.push(Stated { field: *field, name, value, span: source.span });
        }
    }
    list
}

/// The number in the printed heading of an electronic volume: `TEHRAN 495` in one of the first lines.
fn printed_number(text: &str) -> Option<Stated> {
    let line = text.lines().take(6).map(str::trim).find(|line| {
        let (post, serial) = line.rsplit_once(' ').unwrap_or_default();
        (1..=6).contains(&serial.len())
            && serial.bytes().all(|b| b.is_ascii_digit())
            && post.len() >= 3
            && post.bytes().all(|b| b.is_ascii_uppercase() || b == b' ')
    })?;
    let at = line.as_ptr() as usize - text.as_ptr() as usize;
    let span = Span::new(at, at + line.len());
    Some(Stated { field: Field::Number, name: "heading".to_owned(), value: line.to_owned(), span })
}

/// The telegram's number: the head's, or the figures that begin the text, `705. For the Secretary`, which are then no
/// part of it.
fn numbered(body: Writer, place: Option<&Stated>, head: Option<&Stated>) -> (Option<Stated>, Writer) {
    let text = body.text.as_str();
    if let Some(head) = head {
        let printed = head.value.find("Telegram ").map(|at| &head.value[at..]);
        let digit = |printed: &&str| printed["Telegram ".len()..].starts_with(|c: char| c.is_ascii_digit());
        if let Some(printed) = printed.filter(digit) {
            let (name, value) = ("head".to_owned(), printed.to_owned());
            return (Some(Stated { field: Field::Number, name, value, span: head.span }), body);
        }
    }
    let start = text.len() - text.trim_start().len();
    let digits = text[start..].bytes().take_while(u8::is_ascii_digit).count();
    let Some(place) = place.filter(|_| (1..=5).contains(&digits) && text[start + digits..].starts_with(". "))
    else {
        return (None, body);
    };
    let next = text[start..start + digits].parse::<u32>().map_or(0, |number| number + 1);
    let next = format!("{next}. ");
    if text.lines().any(|line| line.starts_with(&next)) {
        return (None, body);
    }
    let secretary = head.is_some_and(|head| {
        let head = head.value.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' '));
        [
            "The Secretary of State",
            "The Acting Secretary of State",
            "The Department of State",
            "The Under Secretary of State",
        ]
        .iter()
        .any(|name| head.starts_with(name))
    });
    let post = if secretary { "STATE" } else { place.value.as_str() };
    let value = format!("{post} {}", &text[start..start + digits]);
    let (whole, places) = body.finish();
    let at = places.origin(Span::new(start, start + digits));
    let stated = Stated { field: Field::Number, name: "first figures".to_owned(), value, span: at };
    let rest = start + digits + 2;
    (Some(stated), crate::document::without(&whole, &places, rest))
}
