//! From a text to records: cutting it into telegrams, joining their sections, and reading each.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::body::{self, BodyLine};
use crate::diagnostic::{Code, Confidence, Diagnostic};
use crate::head::{self, Head};
use crate::heading::{self, Heading};
use crate::line::Line;
use crate::marking::{self, Noise};
use crate::mention::Mentions;
use crate::offsets::OffsetMap;
use crate::record::{Classification, CopyKind as Origin, Detection, Dialect, Record};
use crate::source::{Source, one_line};
use crate::{
    Context, Findings, Span, Spanned, clean, decode, editorial, findings, general, glance, joined, line,
    restore, schedule, section, skip, volume,
};

/// How deep a telegram may be quoted in another. Real traffic knows two.
const NESTED_MAX: u8 = 3;

/// One telegram read from an input of bytes.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The bytes of the input that are this telegram. The spans of an input's readings tile the input.
    pub span: Span,
    /// What it says. All spans are in bytes of the input.
    pub record: Record,
}

/// An input of bytes, decoded, cut into telegrams, and read.
///
/// Sections of one telegram that stand together in the input are one reading, also when they are out of
/// order. Never fails: what is no telegram is read as a fragment, as far as it goes. Always returns at least
/// one reading.
pub fn read(bytes: &[u8], context: &Context) -> Vec<Reading> {
    let decoded = decode::decode(bytes);
    let suspect = clean::first_suspect(decoded.text.as_bytes(), 0);
    if suspect.is_some() && is_binary(&decoded) {
        let span = Span::new(0, bytes.len());
        let head = Span::new(0, bytes.len().min(1));
        let found = Diagnostic::new(Code::NotText, head, "the input is binary, and is not read");
        let diagnostics = std::iter::once(found).collect();
        return vec![Reading { span, record: Record { diagnostics, ..Record::default() } }];
    }
    let mut readings = read_text(&decoded.text, suspect, context);
    if decoded.encoding != "utf-8" || has_lost_characters(&decoded.text) {
        lost_characters(&decoded.text, &mut readings);
    }
    if !decoded.map.is_identity() {
        for reading in &mut readings {
            remap(reading, &decoded.map);
        }
    }
    tile(&mut readings, bytes.len());
    settle(&mut readings);
    readings
}

/// Puts the findings of all telegrams in order, and says how many aren't among them.
fn settle(readings: &mut [Reading]) {
    for reading in readings {
        reading.record.each_findings(&mut Findings::close);
    }
}

/// Whether an input is visibly no text. A capture from a line has bells and nulls, but not this many.
fn is_binary(decoded: &decode::Decoded<'_>) -> bool {
    const LOOKED_AT: usize = 64 * 1024;
    let head = &decoded.text.as_bytes()[..decoded.text.len().min(LOOKED_AT)];
    // Most texts have too few to count them all.
    let mut from = 0;
    for _ in 0..32 {
        match skip::find(head, from, clean::is_control) {
            Some(at) => from = at + 1,
            None => return false,
        }
    }
    // The shifts of a line's five units count where there is more than seven bits.
    let seven = head.is_ascii();
    let odd = |byte: &&u8| clean::is_control(**byte) && !(seven && matches!(byte, 0x1B | 0x1F));
    head.iter().filter(odd).count() * 10 >= head.len()
}

/// A text that is one telegram, and everything about it. Printed, it is the text.
#[derive(Clone, Debug)]
pub struct Parse<'t> {
    text: &'t str,
    record: Record,
    lines: Vec<Line>,
}

/// Reads one telegram.
///
/// Every byte of `text` is in exactly one [`Line`], whatever the text is. A text that holds several telegrams
/// is read as its first; [`read`] reads them all.
pub fn parse<'t>(text: &'t str, context: &Context) -> Parse<'t> {
    let mut readings = read_text(text, clean::first_suspect(text.as_bytes(), 0), context);
    settle(&mut readings);
    let record = readings.swap_remove(0).record;
    let lines = line::lines(text, &record);
    Parse { text, record, lines }
}

impl<'t> Parse<'t> {
    /// The lines, which tile the text.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// What the telegram says.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The same, without the lines.
    pub fn into_record(self) -> Record {
        self.record
    }

    /// The text of a line, with its line end.
    pub fn text(&self, line: &Line) -> &'t str {
        &self.text[line.span.range()]
    }
}

impl fmt::Display for Parse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| f.write_str(self.text(line)))
    }
}

/// Reads a text. `suspect` is where [`clean::first_suspect`] found the first byte that may be to be cleaned away.
fn read_text(text: &str, suspect: Option<usize>, context: &Context) -> Vec<Reading> {
    let restored = restore::restore(text);
    let Cow::Owned(mended) = &restored.text else { return read_restored(text, suspect, context) };
    let suspect = suspect.and_then(|_| clean::first_suspect(mended.as_bytes(), 0));
    let mut readings = read_restored(mended, suspect, context);
    for reading in &mut readings {
        remap(reading, &restored.map);
    }
    tile(&mut readings, text.len());
    let mut giver = Giver::new(&mut readings, text.len());
    for (span, sign) in restore::signs(text) {
        giver.give(restore::code(span), span, || restore::report(text, span, sign));
    }
    readings
}

/// Reads a text as it was sent, without putting lost signs back.
pub(crate) fn read_as_sent(text: &str, context: &Context) -> Vec<Reading> {
    let mut readings = read_restored(text, clean::first_suspect(text.as_bytes(), 0), context);
    settle(&mut readings);
    readings
}

/// Reads a text whose lost signs were put back.
fn read_restored(text: &str, suspect: Option<usize>, context: &Context) -> Vec<Reading> {
    let cleaned = clean::clean_from(text, suspect);
    let mut source = Source::new(&cleaned.text);
    let joined = joined::cut(&mut source);
    general::unfold(&mut source);
    let noise = marking::noise(&source, 0..source.lines.len());
    let parts = cut(&source, &noise);
    let mut readings: Vec<Reading> = Vec::new();
    let mut edited = Vec::new();
    let mut room = findings::room(text.len());
    for group in group(&source, &noise, parts, context) {
        edited.push(group.first().is_some_and(|part| part.edited));
        let mut reading = telegram(&source, &noise, group, context, 0);
        if room == 0 {
            reading.record.each_findings(&mut |found| found.thin(findings::KEPT_IN_A_CROWD));
        }
        reading.record.each_findings(&mut |found| room = room.saturating_sub(found.len()));
        readings.push(reading);
    }
    if readings.is_empty() {
        readings.push(Reading { span: Span::new(0, source.text.len()), record: Record::default() });
    }
    let mut giver = Giver::new(&mut readings, text.len());
    for found in joined {
        giver.give(found.code, found.span, || found);
    }
    if let Cow::Owned(_) = cleaned.text {
        for reading in &mut readings {
            remap(reading, &cleaned.map);
        }
    }
    tile(&mut readings, text.len());
    let exported = (0..source.lines.len().min(4)).any(|index| source.line(index).starts_with("Message Text"));
    if let Cow::Owned(_) = cleaned.text {
        let mut giver = Giver::new(&mut readings, text.len());
        for cut in clean::cuts(text, suspect) {
            let Some(code) = cut.code else { continue };
            if !(volume::is_usual(code) && edited.get(giver.at(cut.span)) == Some(&true)) {
                giver.give(code, cut.span, || clean::report(text, code, &cut));
            }
        }
    }
    for (index, reading) in readings.iter_mut().enumerate() {
        origin(&mut reading.record, edited.get(index) == Some(&true), exported);
    }
    readings
}

/// Gives what was found in a text to the telegram that it stands in. Places come in order.
struct Giver<'r> {
    readings: &'r mut [Reading],
    at: usize,
    /// How many more the whole input keeps.
    room: usize,
}

impl<'r> Giver<'r> {
    fn new(readings: &'r mut [Reading], bytes: usize) -> Giver<'r> {
        let kept: usize = readings.iter().map(|reading| reading.record.diagnostics.len()).sum();
        Giver { readings, at: 0, room: findings::room(bytes).saturating_sub(kept) }
    }

    /// Which telegram a place is in.
    fn at(&mut self, place: Span) -> usize {
        while self.at + 1 < self.readings.len() && self.readings[self.at].span.end <= place.start {
            self.at += 1;
        }
        self.at
    }

    fn give(&mut self, code: Code, span: Span, make: impl FnOnce() -> Diagnostic) {
        let at = self.at(span);
        let most = if self.room == 0 { findings::KEPT_IN_A_CROWD } else { findings::KEPT };
        let findings = &mut self.readings[at].record.diagnostics;
        let before = findings.len();
        findings.add(code, span, most, make);
        self.room = self.room.saturating_sub(findings.len() - before);
    }
}

/// What kind of copy a telegram came as, and what tells it.
fn origin(record: &mut Record, edited: bool, exported: bool) {
    use Confidence::{Certain, Likely};
    let has = |code: Code| record.diagnostics.iter().any(|found| found.code == code);
    let (kind, confidence, reason) = if edited {
        (Origin::EditedVolume, Certain, "front matter, or the head of a document of a volume")
    } else if exported {
        (Origin::ArchiveExport, Certain, "`Message Text` above it")
    } else if has(Code::TagRemoved) || has(Code::EntityDecoded) {
        (Origin::WebPage, Certain, "tags or entities of HTML")
    } else if has(Code::EscapeRemoved) || has(Code::LinkRemoved) {
        (Origin::Markdown, Certain, "escapes or links of Markdown")
    } else if record.dialect == Dialect::Archive1970s {
        record.copy = Origin::ArchiveCopy;
        record.copy_found.clone_from(&record.dialect_found);
        return;
    } else if !record.sets.is_empty() && record.transmission.station.is_none() {
        (Origin::Gateway, Likely, "sets, and no routing lines above them")
    } else if record.dialect.is_routed() {
        let confidence = if record.transmission.validation.is_some() { Certain } else { Likely };
        (Origin::Line, confidence, "routing lines, as relays write them")
    } else {
        (Origin::Unknown, Certain, "no mark of a line, an archive or a page")
    };
    record.copy = kind;
    record.copy_found = Some(Detection { confidence, reason: reason.into() });
}

fn remap(reading: &mut Reading, map: &OffsetMap) {
    reading.span = map.span(reading.span);
    reading.record.each_span(&mut |span| *span = map.span(*span));
}

/// Makes the readings' spans tile the input: what stands between two belongs to the first.
fn tile(readings: &mut [Reading], len: usize) {
    let mut end = len;
    for reading in readings.iter_mut().rev() {
        reading.span.end = end;
        end = reading.span.start;
    }
    if let Some(first) = readings.first_mut() {
        first.span.start = 0;
    }
}

/// A character that stands for a byte without one.
fn is_lost(char: char) -> bool {
    matches!(char, '\u{fffd}' | '\u{80}'..='\u{9f}')
}

/// Whether decoders have put U+FFFD into a text. Its first byte is rare, and soon found.
fn has_lost_characters(text: &str) -> bool {
    memchr::memchr(0xEF, text.as_bytes()).is_some_and(|at| text[at..].contains('\u{fffd}'))
}

fn lost_characters(text: &str, readings: &mut [Reading]) {
    let mut giver = Giver::new(readings, text.len());
    for (at, found) in text.match_indices(is_lost) {
        let (code, span) = (Code::CharacterLost, Span::new(at, at + found.len()));
        giver.give(code, span, || Diagnostic::new(code, span, "a byte here is no character"));
    }
}

/// One transmission: a heading, a text, an ending.
#[derive(Clone, Debug)]
struct Part {
    lines: Range<usize>,
}

/// Cuts a source into transmissions.
fn cut(source: &Source<'_>, noise: &[Option<Noise>]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut cutter = Cutter::default();
    let mut index = 0;
    while index < source.lines.len() {
        if cutter.begins(source, noise, index) {
            // A banner above `PAGE 01` is the next part's.
            let mut at = index;
            while at > start + 1
                && (noise[at - 1] == Some(Noise::Blank)
                    || (cutter.archive && noise[at - 1] == Some(Noise::Banner)))
            {
                at -= 1;
                if noise[at] == Some(Noise::Banner) {
                    break;
                }
            }
            if at > start {
                parts.push(Part { lines: start..at });
                start = at;
            }
            cutter = Cutter::default();
        }
        cutter.note(source, noise, index);
        index += 1;
    }
    if start < source.lines.len() || parts.is_empty() {
        parts.push(Part { lines: start..source.lines.len() });
    }
    parts
}

/// What a transmission has shown so far.
#[derive(Clone, Copy, Debug, Default)]
struct Cutter {
    preamble: bool,
    text: bool,
    breaks: u8,
    ended: bool,
    archive: bool,
}

impl Cutter {
    /// Whether another transmission begins at this line.
    fn begins(&mut self, source: &Source<'_>, noise: &[Option<Noise>], index: usize) -> bool {
        if !(self.text || self.breaks > 0 || self.ended) {
            return false;
        }
        let closed = self.ended || self.breaks >= 2;
        if !closed && !source.may_be(glance::TRANSMISSION, index) {
            return false;
        }
        let line = source.line(index);
        let first = line.as_bytes().first().copied().unwrap_or(0);
        match first {
            b'V' if line.starts_with("VZCZC") => true,
            b'Z' if line.starts_with("ZCZC") => true,
            b'N' if self.ended => false,
            b'P' if noise[index] == Some(Noise::Page) && first_page(line) && self.preamble => {
                self.archive = true;
                true
            }
            b'M' if line.starts_with("Message Text") => true,
            b'C' | b'T' if self.ended && line.starts_with("Message Attributes") => false,
            b'Y' | b'Z' | b'O' | b'P' | b'R' if closed => {
                heading::is_preamble(line)
                    || line.as_bytes().get(1) == Some(&first) && line.as_bytes().get(2) == Some(&b' ')
                    || is_janap(line)
            }
            b'D' if self.ended => {
                line.starts_with("DE ")
                    && line.split_ascii_whitespace().nth(1).is_some_and(heading::is_routing_indicator)
            }
            b'-' if self.ended => line == "---",
            _ => false,
        }
    }

    fn note(&mut self, source: &Source<'_>, noise: &[Option<Noise>], index: usize) {
        match noise[index] {
            Some(Noise::Break) => self.breaks = self.breaks.saturating_add(1),
            Some(Noise::End) => self.ended = true,
            Some(_) => {}
            None if self.text => {}
            None => {
                let line = source.line(index);
                if heading::is_preamble(line) {
                    self.preamble = true;
                } else if self.preamble
                    && (marking::class_words(line).is_some()
                        || head::is_label_line(line)
                        || body::paragraph_start(line).is_some())
                {
                    self.text = true;
                }
            }
        }
    }
}

fn first_page(line: &str) -> bool {
    let number = line[5..].trim_start();
    number.starts_with("01") || number.starts_with("1 ") || number == "1" || number.starts_with("001")
}

fn is_janap(line: &str) -> bool {
    let mut words = line.split_ascii_whitespace();
    words.next().is_some_and(|word| word.len() == 8)
        && words.next().is_some_and(|word| word.len() >= 8)
        && words.next().is_some_and(|word| word.contains("--"))
}

/// A part whose heading and head of text were read.
#[derive(Debug)]
struct Opened {
    lines: Range<usize>,
    record: Record,
    heading: Heading,
    head: Head,
    /// Whether the text is in sets, as that of a general message.
    general: bool,
    /// Whether it is a document of an edited volume.
    edited: bool,
    /// The section this part is, if it is one.
    section: Option<(u32, u32)>,
}

/// Reads the heading and the head of one part.
fn open(source: &Source<'_>, noise: &[Option<Noise>], lines: Range<usize>, context: &Context) -> Opened {
    let mut record = Record::default();
    let front = volume::front_matter(source, &lines);
    let text_from = volume::read(source, lines.clone(), front, &mut record)
        .or_else(|| volume::foreign_relations::read(source, lines.clone(), &mut record));
    if let Some(text_from) = text_from {
        let head = Head { body_from: text_from, ..Head::default() };
        let heading = Heading::default();
        return Opened { lines, record, heading, head, general: false, edited: true, section: None };
    }
    let below = front.map_or(lines.start, |front| front.end)..lines.end;
    let heading = heading::read(source, below.clone(), &noise[below], context, &mut record);
    let sets = general::first_set(source, heading.text_from..lines.end);
    let head_lines = heading.text_from..sets.unwrap_or(lines.end);
    let mut head = head::read(source, head_lines, (0, noise), context, &mut record);
    if let Some(first) = sets {
        let places = (heading.text_from, first);
        head.body_from = general::read(source, lines.clone(), places, context, &mut record);
    }
    let mut section = head.section.map(|label| (label.number, label.total));
    page_line_identity(source, noise, &lines, context, &mut record, &mut section);
    let section =
        section.or_else(|| record.transmission.station_section.as_ref().map(|number| (number.value, 0)));
    Opened { lines, record, heading, head, general: sets.is_some(), edited: front.is_some(), section }
}

/// What the first page line of an archive copy says of number and section, where the text itself doesn't.
fn page_line_identity(
    source: &Source<'_>,
    noise: &[Option<Noise>],
    lines: &Range<usize>,
    context: &Context,
    record: &mut Record,
    section: &mut Option<(u32, u32)>,
) {
    if record.dialect != Dialect::Archive1970s || (record.mrn_printed.is_some() && section.is_some()) {
        return;
    }
    let pages =
        (lines.start..lines.end.min(lines.start + 4)).filter(|&index| noise[index] == Some(Noise::Page));
    for index in pages {
        let line = source.line(index);
        let rest = match line.strip_prefix("PAGE ") {
            Some(rest) => rest.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()).trim_start(),
            None => line,
        };
        if section.is_none() {
            let list: Vec<&str> = rest.split_ascii_whitespace().collect();
            *section = list.windows(3).find_map(|words| match words {
                [number, "OF", total] => Some((number.parse().ok()?, total.parse().ok()?)),
                _ => None,
            });
        }
        let cite = crate::reference::cite(rest, 0).filter(|cite| cite.start == 0);
        let year = record.dtg.as_ref().map(|dtg| dtg.value.year()).or(context.year);
        if let (None, Some(cite), Some(year)) = (&record.mrn_printed, cite, year) {
            let Some(&(at, serial)) = cite.numbers.first() else { continue };
            if let Some(number) = crate::mrn::canonical(year, cite.post, serial) {
                let printed = &rest[..at + serial.len()];
                record.mrn = Some(Spanned::new(number.mrn, source.span(printed)));
                record.mrn_printed = Some(one_line(printed));
            }
        }
    }
}

/// Gathers neighbouring parts that are sections of one telegram.
fn group(
    source: &Source<'_>,
    noise: &[Option<Noise>],
    parts: Vec<Part>,
    context: &Context,
) -> Vec<Vec<Opened>> {
    let mut groups: Vec<Vec<Opened>> = Vec::new();
    for part in parts {
        let opened = open(source, noise, part.lines.clone(), context);
        if let Some(last) = groups.last_mut() {
            let empty = |opened: &Opened| {
                opened.record.dialect == Dialect::Fragment && is_telegram(&opened.record).is_err()
            };
            if last.first().is_some_and(|first| belongs(first, &opened)) {
                last.push(opened);
                continue;
            }
            // What stands behind the end and is no telegram is the tail of the one before.
            if empty(&opened)
                && !last.iter().all(empty)
                && let Some(tail) = last.last_mut()
            {
                tail.lines.end = opened.lines.end;
                continue;
            }
        }
        groups.push(vec![opened]);
    }
    groups
}

fn belongs(a: &Opened, b: &Opened) -> bool {
    let number = |opened: &Opened| opened.record.mrn.as_ref().map(|mrn| mrn.value.clone());
    let time = |opened: &Opened| opened.record.dtg.as_ref().map(|dtg| dtg.value);
    match (a.section, b.section) {
        (Some((_, of_a)), Some((_, of_b))) => {
            number(a).is_some()
                && number(a) == number(b)
                && time(a) == time(b)
                && (of_a == of_b || of_a == 0 || of_b == 0)
        }
        _ => false,
    }
}

/// Reads one telegram from its parts.
fn telegram(
    source: &Source<'_>,
    noise: &[Option<Noise>],
    mut parts: Vec<Opened>,
    context: &Context,
    depth: u8,
) -> Reading {
    let first_line = parts.iter().map(|part| part.lines.start).min().unwrap_or(0);
    let last_line = parts.iter().map(|part| part.lines.end).max().unwrap_or(0);
    let span = span_of(source, first_line..last_line);
    let sections = sections(source, &mut parts);
    let mut body = Vec::with_capacity(last_line - first_line + 1);
    let mut gaps = Vec::new();
    let mut due = None;
    for part in &mut parts {
        endings(source, noise, part);
        let number = part.section.map(|section| section.0);
        if due.is_some_and(|due| number.is_some_and(|number| number > due)) {
            gaps.push(part.head.body_from);
        }
        due = number.map(|number| number + 1);
        body_lines(source, noise, part, &mut body);
    }
    let whole = sections.present.first().is_none_or(|first| *first == 1);
    let mut parts = parts.into_iter();
    let Some(primary) = parts.next() else { return Reading { span, record: Record::default() } };
    let mut record = primary.record;
    for other in parts {
        record.transmission.ids.extend(other.record.transmission.ids);
        record.diagnostics.append(other.record.diagnostics);
        record.other_numbers.extend(other.record.other_numbers);
        record.reviews.extend(other.record.reviews);
    }
    record.sections = crate::record::Sections { present: sections.present, total: sections.total };
    record.diagnostics.extend(sections.diagnostics);
    fallback_classification(&mut record, &primary.heading);
    check_security(&mut record);
    let quoted = nested(source, noise, &body, context, depth, &mut record);
    let mut reader = body::Reader::new(source, &mut record, whole, quoted);
    reader.gaps = gaps;
    reader.read(&body);
    classified_in_paragraph(source, &mut record);
    if !primary.edited {
        joined::keep(source, first_line..primary.head.body_from, &mut record);
    }
    mentions(source, &body, (context, primary.edited), &mut record);
    if primary.edited {
        volume::notes(source, first_line..last_line, &mut record);
    }
    if primary.general {
        let text = span_of(source, primary.heading.text_from..last_line);
        general::mentions(source, text.start, text.end, &mut record);
        general::forgive(&mut record);
    }
    check(&primary.head, &mut record);
    fall_due(&mut record);
    record.diagnostics.each_span(&mut |span| *span = crate::source::whole(source.text, *span));
    if primary.edited {
        record.diagnostics.forget(volume::is_usual);
    }
    Reading { span, record }
}

/// When the text falls due, by the order that its E.O. line names.
fn fall_due(record: &mut Record) {
    let (Some(order), Some(class), Some(dtg)) =
        (&mut record.executive_order, &record.classification, &record.dtg)
    else {
        return;
    };
    let (class, sent) = (class.value, dtg.value.date());
    order.value.due = schedule::due(&order.value, class, sent);
    order.value.downgrades = schedule::downgrades(&order.value, class, sent);
}

fn span_of(source: &Source<'_>, lines: Range<usize>) -> Span {
    let start = source.lines.get(lines.start).map_or(source.text.len(), |line| line.start);
    let end =
        lines.end.checked_sub(1).and_then(|last| source.lines.get(last)).map_or(start, |line| line.next);
    Span::new(start, end.max(start))
}

#[derive(Default)]
struct SectionsFound {
    present: Vec<u32>,
    total: Option<u32>,
    diagnostics: Vec<Diagnostic>,
}

/// Puts the parts in the order of their numbers, each once, and says what was out of order, twice or missing.
fn sections(source: &Source<'_>, parts: &mut Vec<Opened>) -> SectionsFound {
    let mut found = SectionsFound::default();
    let place = |part: &Opened| {
        part.record
            .mrn
            .as_ref()
            .map_or_else(|| span_of(source, part.lines.start..part.lines.start + 1), |mrn| mrn.span)
    };
    let order = |part: &Opened| part.section.map_or(0, |section| section.0);
    let disorder =
        parts.iter().zip(parts.iter().skip(1)).find(|(first, second)| order(first) > order(second));
    if let Some((first, second)) = disorder {
        let message = format!("section {} stands behind section {}", order(second), order(first));
        found.diagnostics.push(Diagnostic::new(Code::SectionsOutOfOrder, place(second), message));
        parts.sort_by_key(|part| part.section.map(|section| section.0));
    }
    let mut index = 1;
    while index < parts.len() {
        if parts[index].section.is_some()
            && parts[index].section.map(|s| s.0) == parts[index - 1].section.map(|s| s.0)
        {
            let repeated = parts.remove(index);
            let number = repeated.section.map_or(0, |section| section.0);
            found.diagnostics.push(Diagnostic::new(
                Code::SectionRepeated,
                place(&repeated),
                format!("section {number} stands here a second time"),
            ));
        } else {
            index += 1;
        }
    }
    found.present = parts.iter().filter_map(|part| part.section.map(|section| section.0)).collect();
    found.total = parts
        .iter()
        .filter_map(|part| part.section.map(|section| section.1))
        .filter(|total| *total > 0)
        .max();
    found.total_from_pages(source, parts);
    let Some(total) = found.total.filter(|total| *total > 1) else {
        return found;
    };
    let missing: Vec<String> = (1..=total.min(99))
        .filter(|number| !found.present.contains(number))
        .map(|number| number.to_string())
        .collect();
    if let (false, Some(part)) = (missing.is_empty(), parts.first()) {
        found.diagnostics.push(Diagnostic::new(
            Code::SectionMissing,
            place(part),
            format!("section {} of {total} isn't here", missing.join(", ")),
        ));
    }
    found
}

impl SectionsFound {
    /// A copy that joined its sections keeps the first label alone; its page lines tell that the rest is there.
    fn total_from_pages(&mut self, source: &Source<'_>, parts: &[Opened]) {
        let (Some(total), [only]) = (self.total, parts) else { return };
        for index in only.head.body_from..only.lines.end {
            let line = source.line(index);
            if let Some((before, of)) = line.rsplit_once(" OF ").filter(|_| line.len() < 60) {
                let page = before
                    .rsplit(' ')
                    .next()
                    .and_then(|page| page.split('.').next())
                    .and_then(|page| page.parse::<u32>().ok());
                if let (Some(page), Ok(of)) = (page, of.trim().parse::<u32>())
                    && of == total
                    && page <= total
                    && !self.present.contains(&page)
                {
                    self.present.push(page);
                }
            }
            if let Some(label) = section::find(line).filter(|label| {
                label.total == total && label.start < 40 && marking::class_words(line).is_some()
            }) && !self.present.contains(&label.number)
            {
                self.present.push(label.number);
            }
        }
        self.present.sort_unstable();
    }
}

/// The lines of a part's body, without its end.
fn body_lines(source: &Source<'_>, noise: &[Option<Noise>], part: &Opened, body: &mut Vec<BodyLine>) {
    let lines = part.head.body_from..part.lines.end;
    for (index, &kind) in (lines.start..).zip(noise.get(lines).unwrap_or_default()) {
        if kind == Some(Noise::End) {
            break;
        }
        let line = source.line(index);
        if kind.is_none()
            && (is_tail(line)
                || part.edited && (volume::is_tail(line) || volume::foreign_relations::is_note(line)))
        {
            break;
        }
        body.push(BodyLine { index, noise: kind });
    }
    // Between two sections a paragraph may run on.
    body.push(BodyLine { index: part.lines.end.saturating_sub(1), noise: Some(Noise::Page) });
}

/// Whether the archive's own description of the telegram begins here.
fn is_tail(line: &str) -> bool {
    match line.as_bytes().first() {
        Some(b'M') => line.starts_with("Message Attributes"),
        Some(b'*') => line.starts_with("***  Current"),
        _ => line == "_",
    }
}

fn fallback_classification(record: &mut Record, heading: &Heading) {
    let Some((banner, control, span)) = heading.banner else { return };
    match &record.classification {
        None => {
            record.classification = Some(Spanned::new(banner, span));
            if let Some(control) = control {
                record.controls.push(Spanned::new(control.to_owned(), span));
            }
        }
        Some(line) if line.value != banner => {
            let message = format!("{banner} above the heading, {} in the text", line.value);
            record.diagnostics.push(Diagnostic::new(Code::ClassificationConflict, span, message));
        }
        Some(_) => {}
    }
}

/// Format lines 13 to 16 of one part, stamps and page lines, and what must agree with the heading.
fn endings(source: &Source<'_>, noise: &[Option<Noise>], part: &mut Opened) {
    let record = &mut part.record;
    let mut breaks = 0;
    for index in part.lines.clone() {
        let line = source.line(index);
        match noise[index] {
            Some(Noise::Break) => breaks += 1,
            Some(Noise::Validation) => {
                let digits = &line[1..];
                record.transmission.validation = Some(Spanned::new(digits.to_owned(), source.span(digits)));
            }
            Some(Noise::End) if line.contains("VZCZ") => {
                let message = "the end of a message and the start of the next ran together";
                record.diagnostics.push(Diagnostic::new(Code::MessagesFused, source.span(line), message));
            }
            Some(Noise::Stamp) => {
                let message = "a stamp of the archive is left out";
                record.diagnostics.push(Diagnostic::new(Code::ReleaseStamp, source.span(line), message));
                editorial::add(editorial::review(line), source.span(line), &mut record.reviews);
            }
            Some(Noise::Page) => check_page_number(source, line, record),
            _ => {}
        }
    }
    if part.heading.opened && breaks % 2 == 1 {
        let last = span_of(source, part.lines.end.saturating_sub(1)..part.lines.end);
        record.diagnostics.push(Diagnostic::new(Code::TextUnclosed, last, "the text isn't closed by `BT`"));
    }
    let transmission = &record.transmission;
    if let (Some(serial), Some(validation)) = (&transmission.station_serial, &transmission.validation) {
        let number = |text: &str| text.trim_start_matches('0').to_owned();
        // Zeros alone hold the place of a number that the gateway didn't know.
        let known = [serial, validation].iter().all(|number| number.value.bytes().any(|b| b != b'0'));
        if known && number(&serial.value) != number(&validation.value) {
            let message = format!("#{} here, but {} in the heading", validation.value, serial.value);
            let span = validation.span;
            record.diagnostics.push(Diagnostic::new(Code::ValidationDiffers, span, message));
        }
    }
}

/// The number on a page line is the telegram's, or the station's serial number.
fn check_page_number(source: &Source<'_>, line: &str, record: &mut Record) {
    let Some(own) = record.mrn.as_ref().and_then(|mrn| crate::mrn::parts(&mrn.value)).map(|parts| parts.2)
    else {
        return;
    };
    let printed = line
        .split_ascii_whitespace()
        .find(|word| (4..=8).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit()));
    let Some((printed, number)) = printed.and_then(|word| Some((word, word.parse::<u32>().ok()?))) else {
        return;
    };
    let serial =
        record.transmission.station_serial.as_ref().and_then(|serial| serial.value.parse::<u32>().ok());
    if number != own && serial != Some(number) {
        let message = format!("{printed} here, {own} on the classification line");
        record.diagnostics.push(Diagnostic::new(Code::NumberDamaged, source.span(printed), message));
    }
}

/// Format line 4 against the classification line.
fn check_security(record: &mut Record) {
    let (Some(characters), Some(class)) = (&record.transmission.class_characters, &record.classification)
    else {
        return;
    };
    let said = match characters.value.as_bytes().first() {
        Some(b'U' | b'E') => Classification::Unclassified,
        Some(b'R') => Classification::Restricted,
        Some(b'C') => Classification::Confidential,
        Some(b'S') => Classification::Secret,
        Some(b'T') => Classification::TopSecret,
        _ => return,
    };
    let limited = record.controls.iter().any(|control| control.value == "LOU");
    if said != class.value && !(limited && said <= Classification::Restricted) {
        let message = format!("`{}` in the heading, {} in the text", characters.value, class.value);
        let span = characters.span;
        record.diagnostics.push(Diagnostic::new(Code::ClassificationDisagrees, span, message));
    }
}

/// Telegrams quoted whole in the body: `QUOTE`, a classification line within three lines, `UNQUOTE`.
fn nested(
    source: &Source<'_>,
    noise: &[Option<Noise>],
    body: &[BodyLine],
    context: &Context,
    depth: u8,
    record: &mut Record,
) -> Vec<Range<usize>> {
    let mut quoted = Vec::new();
    if depth >= NESTED_MAX {
        return quoted;
    }
    for (first, last) in quotations(source, body) {
        let range = body[first].index + 1..body[last].index;
        if range.start < range.end {
            let own = Context { year: record.dtg.as_ref().map(|dtg| dtg.value.year()).or(context.year) };
            let inner = open(source, noise, range.clone(), &own);
            let reading = telegram(source, noise, vec![inner], &own, depth + 1);
            record.nested.push(Spanned::new(reading.record, reading.span));
            quoted.push(range);
        }
    }
    quoted
}

static QUOTE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("QUOTE"));

/// The outermost pairs of `QUOTE` and `UNQUOTE` around a whole telegram, as places in `body`.
fn quotations(source: &Source<'_>, body: &[BodyLine]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let place = |line: Option<&BodyLine>| line.and_then(|line| source.lines.get(line.index));
    let (Some(first), Some(last)) = (place(body.first()), place(body.last())) else { return found };
    let range = first.start.min(last.start)..last.end.max(first.end);
    if QUOTE.find(source.text[range].as_bytes()).is_none() {
        return found;
    }
    let mut stack: Vec<Option<usize>> = Vec::new();
    let mut whole = 0;
    for (at, line) in body.iter().enumerate().filter(|(_, line)| line.noise.is_none()) {
        let text = source.line(line.index);
        for quote in skip::places(&QUOTE, text.as_bytes()) {
            if text[..quote].ends_with("UN") {
                if let Some(first) = stack.pop().flatten() {
                    whole -= 1;
                    if whole == 0 {
                        found.push((first, at));
                    }
                }
            } else {
                let opens = text[quote + 5..].trim_matches([':', '.', ' ']).is_empty()
                    && telegram_below(source, &body[at + 1..]);
                whole += usize::from(opens);
                stack.push(opens.then_some(at));
            }
        }
    }
    found
}

/// Whether the next lines look like the start of a telegram.
fn telegram_below(source: &Source<'_>, body: &[BodyLine]) -> bool {
    body.iter().filter(|line| line.noise.is_none()).take(3).any(|next| {
        let line = source.line(next.index);
        marking::class_words(line).is_some_and(|words| words.spaced || line.len() > words.end + 3)
            || heading::is_preamble(line)
    })
}

/// `1. (U) Classified by …`: a paragraph that names the classifier.
fn classified_in_paragraph(source: &Source<'_>, record: &mut Record) {
    if !record.classified_by.is_empty() {
        return;
    }
    for index in 0..record.paragraphs.len().min(3) {
        let paragraph = &record.paragraphs[index].value;
        let Some(rest) = body::classified_by_label(&paragraph.text) else { continue };
        let (Some((_, first)), Some((_, last))) = (paragraph.lines.first(), paragraph.lines.last()) else {
            continue;
        };
        let skipped = paragraph.text.len() - rest.len();
        let from = (first.start + skipped).min(first.end);
        let text = &source.text[from..last.end];
        body::classified_by(source, text, record);
        return;
    }
}

fn mentions(
    source: &Source<'_>,
    body: &[BodyLine],
    (context, edited): (&Context, bool),
    record: &mut Record,
) {
    let year = record.dtg.as_ref().map(|dtg| dtg.value.year()).or(context.year);
    let mut scanner = Mentions::new(source, record, year);
    scanner.edited = edited;
    // Runs of lines between page breaks are contiguous text.
    let mut run: Option<Span> = None;
    for line in body {
        let place = source.lines.get(line.index).map(|line| Span::new(line.start, line.end));
        match (line.noise, place) {
            (None | Some(Noise::Blank), Some(place)) if run.is_none_or(|run| run.end <= place.start) => {
                run = Some(run.map_or(place, |run| run.cover(place)));
            }
            _ => {
                if let Some(run) = run.take() {
                    scanner.scan(run.start, run.end);
                }
            }
        }
    }
    if let Some(run) = run {
        scanner.scan(run.start, run.end);
    }
    scanner.finish();
}

/// What a telegram with a heading or TAGS must have.
fn check(head: &Head, record: &mut Record) {
    let headed = record.dtg.is_some() && record.from.is_some() && record.dialect != Dialect::Fragment;
    if headed && record.classification.is_none() && record.controls.is_empty() {
        let span = record.dtg.as_ref().map_or(Span::default(), |dtg| dtg.span);
        record.diagnostics.push(Diagnostic::new(
            Code::ClassificationMissing,
            span,
            "no classification at the start of the text",
        ));
    }
    if let (Some(tag), true) = (record.tags.first(), headed && record.subject.is_none() && !head.subject) {
        let span = tag.span;
        record.diagnostics.push(Diagnostic::new(Code::SubjectMissing, span, "TAGS, but no subject line"));
    }
}

/// Whether a reading has the marks of a telegram; if not, why not, in a few words.
pub fn is_telegram(record: &Record) -> Result<(), &'static str> {
    if record.dialect != Dialect::Fragment || record.mrn_printed.is_some() || record.mrn.is_some() {
        return Ok(());
    }
    let marks = [
        record.dtg.is_some(),
        record.from.is_some(),
        record.classification.is_some() || !record.captions.is_empty(),
        record.executive_order.is_some(),
        !record.tags.is_empty(),
        record.subject.is_some(),
        !record.references.is_empty(),
        !record.classified_by.is_empty(),
    ];
    if record.diagnostics.iter().any(|found| found.code == Code::NotText) {
        return Err("binary, not text");
    }
    match marks.iter().filter(|mark| **mark).count() {
        0 if record.paragraphs.is_empty() => Err("empty"),
        0 => Err("no heading, number, TAGS, subject or references"),
        1 => Err("only one mark of a telegram, and no heading or number"),
        _ => Ok(()),
    }
}
