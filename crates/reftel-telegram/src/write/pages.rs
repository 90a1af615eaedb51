//! A telegram to be transmitted: cut into sections and pages, with a line in front of each page.
//!
//! Source: ACP 127(G) ¶208: pages of 20 lines from format line 5 on, sections of five pages of text; the page
//! lines of State telegrams.

use super::body::{self, Before, Line};
use super::{Part, head, heading};
use crate::record::{Dialect, Record, Sections, TransmissionId};
use crate::{Span, Spanned, mrn};

/// Lines of text in a section.
pub(crate) const SECTION_LINES: usize = 100;

/// Lines of a page, its own page line not counted.
pub(crate) const PAGE_LINES: usize = 20;

/// The record as transmissions. Sets its sections, unless one of them isn't here. Pages that are `apart`, with line feeds
/// between them, end within a sentence or with a paragraph: what ends with a sentence is read as a paragraph.
pub(super) fn compose(record: &mut Record, dialect: Dialect, body: Vec<Line>, apart: bool) -> String {
    let own = &record.sections;
    let whole = (1..).zip(&own.present).all(|(due, number)| due == *number)
        && own.total.is_none_or(|total| usize::try_from(total) == Ok(own.present.len()));
    if !whole {
        let pieces = super::cut(body, &own.present.clone());
        return transmissions(record, dialect, pieces, apart);
    }
    record.sections = Sections::default();
    let pieces = sections(record, dialect, body);
    let of = pieces.len();
    if of > 1 {
        let total = u32::try_from(of).unwrap_or(u32::MAX);
        record.sections = Sections { present: (1..=total).collect(), total: Some(total) };
        numbered(record, of, dialect);
    }
    transmissions(record, dialect, pieces, apart)
}

/// Each piece of a body as a transmission of its own.
fn transmissions(record: &Record, dialect: Dialect, pieces: Vec<Vec<Line>>, apart: bool) -> String {
    let of = pieces.len();
    let mut text = String::new();
    for (index, body) in pieces.into_iter().enumerate() {
        let section = record.sections.present.get(index).copied();
        let part = Part { dialect, section, index, of, first: index == 0 };
        for line in paged(record, &part, body, apart) {
            text.push_str(&(super::in_line(line) + "\n"));
        }
    }
    text
}

/// Gives each section a transmission of its own: the next number on the channel, the section behind the serial.
fn numbered(record: &mut Record, of: usize, dialect: Dialect) {
    let own = &mut record.transmission;
    // A telegram that came in as many sections has a number for each.
    let each = own.ids.len() == of;
    if let (false, Some(only)) = (each, own.ids.first())
        && let Ok(first) = only.value.serial.parse::<usize>()
    {
        let width = only.value.serial.len();
        let serial = |index: usize| format!("{:0width$}", if first == 0 { 0 } else { first + index });
        let id = |index| TransmissionId { designator: only.value.designator.clone(), serial: serial(index) };
        own.ids = (0..of).map(|index| Spanned::new(id(index), only.span)).collect();
    }
    if dialect == Dialect::Acp127Us {
        let span = own.station_serial.as_ref().map_or(Span::default(), |serial| serial.span);
        own.station_section = Some(Spanned::new(1, span));
    }
}

/// Cuts the body so that each section has at most [`SECTION_LINES`] lines with its head, at the last paragraph that
/// begins within them; a paragraph that is longer than a section, at a line that is read on.
fn sections(record: &Record, dialect: Dialect, mut body: Vec<Line>) -> Vec<Vec<Line>> {
    let mut pieces = Vec::new();
    loop {
        let part = Part { dialect, section: Some(1), index: 0, of: 1, first: pieces.is_empty() };
        let room = SECTION_LINES.saturating_sub(head::lines(record, &part).len() + 1).max(PAGE_LINES);
        if body.len() <= room {
            break;
        }
        let paragraph = (1..=room).rev().find(|&at| body[at].before == Before::Section);
        let line = || (1..=room).rev().find(|&at| body::runs_on(&body, at));
        let at = paragraph.or_else(line).unwrap_or(room);
        pieces.push(body::take(&mut body, at));
    }
    pieces.push(body);
    pieces
}

/// One transmission, with a line in front of each page but the first.
fn paged(record: &Record, part: &Part, body: Vec<Line>, apart: bool) -> Vec<String> {
    let above = heading::lines(record, part).1;
    let mut whole = Vec::new();
    let from = body.len();
    let ends = |at: usize| match body[at].before {
        Before::Section => true,
        Before::Page => !apart || at > 0 && body::runs_on(&body, at),
        Before::Nothing => false,
    };
    let breaks: Vec<bool> = (0..body.len()).map(ends).collect();
    super::transmission(record, part, body, &mut whole);
    // The body stands before the ending, whose length is what is left.
    let ending = whole.len() - whole.iter().rposition(|line| line == "BT").unwrap_or(whole.len());
    let body_at = whole.len() - ending - from;
    if whole.len() - above - ending < PAGE_LINES {
        return whole;
    }
    let text_at = whole.iter().position(|line| line == "BT").unwrap_or(0);
    let may_break = |at: usize| match at.checked_sub(body_at) {
        Some(line) if line < from => breaks[line],
        Some(_) => false,
        // Addresses are read across a page line; a label's lines are not.
        None => at <= text_at || whole[at - 1].is_empty(),
    };
    let mut starts = Vec::new();
    let mut start = above;
    while whole.len() - ending - start > PAGE_LINES {
        let last = start + PAGE_LINES;
        let at = (start + 1..=last).rev().find(|at| may_break(*at)).unwrap_or(last);
        starts.push(at);
        start = at;
    }
    let mut lines = Vec::with_capacity(whole.len() + starts.len());
    let mut page = 1;
    for (index, line) in whole.into_iter().enumerate() {
        if starts.contains(&index) {
            page += 1;
            lines.push(page_line(record, part, page));
        }
        lines.push(line);
    }
    lines
}

/// The line in front of a page: `VALDORIA 00001000  001.2 OF 002` at State; elsewhere
/// `PAGE 2 RUEHVX 1000 C O N F I D E N T I A L`.
fn page_line(record: &Record, part: &Part, page: usize) -> String {
    let number = record.mrn.as_ref().and_then(|number| mrn::parts(&number.value));
    let post =
        record.mrn_printed.as_deref().and_then(|printed| printed.rsplit_once(' ')).map(|split| split.0);
    if let (Dialect::Acp127Us, Some((_, _, serial)), Some(post)) = (part.dialect, number, post) {
        let section = part.section.unwrap_or(1);
        let of = record.sections.total.map_or(part.of, |total| total as usize);
        return format!("{post} {serial:08}  {section:03}.{page} OF {of:03}");
    }
    let own = &record.transmission;
    let words = [own.station.as_ref(), own.station_serial.as_ref()]
        .into_iter()
        .flatten()
        .map(|word| word.value.clone());
    let words = words.chain(head::class_words(record, true)).collect::<Vec<_>>().join(" ");
    format!("PAGE {page} {words}").trim_end().to_owned()
}
