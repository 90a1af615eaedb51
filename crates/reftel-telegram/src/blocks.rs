//! Marked blocks: summary, comment, note, action request, quoted and translated texts.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::diagnostic::{Code, Diagnostic};
use crate::record::{Block, BlockKind, Paragraph, Record};
use crate::{Span, Spanned, glance, skip};

/// The words that open a block, its kind, and whether `BEGIN` must stand before them.
const FORMS: &[(&str, BlockKind, bool)] = &[
    ("EXECUTIVE SUMMARY", BlockKind::Summary, false),
    ("SUMMARY AND ACTION REQUEST", BlockKind::Summary, false),
    ("SUMMARY AND COMMENT", BlockKind::Summary, false),
    ("SUMMARY", BlockKind::Summary, false),
    ("ACTION REQUESTED", BlockKind::ActionRequest, false),
    ("ACTION REQUEST", BlockKind::ActionRequest, false),
    ("COMMENTS", BlockKind::Comment, false),
    ("COMMENT", BlockKind::Comment, false),
    ("BIO NOTE", BlockKind::Note, false),
    ("NOTE", BlockKind::Note, false),
    ("UNOFFICIAL TRANSLATION", BlockKind::Translation, true),
    ("INFORMAL TRANSLATION", BlockKind::Translation, true),
    ("TRANSLATION", BlockKind::Translation, true),
    ("TEXT", BlockKind::Text, true),
    ("QUOTE", BlockKind::Quote, false),
];

/// A block's opening words at the start of a text: its kind, and where its own words begin.
pub(crate) fn opening(text: &str) -> Option<(BlockKind, usize)> {
    if !glance::may_be(glance::BLOCK, text) {
        return None;
    }
    let bytes = text.as_bytes();
    let start = bytes.first_chunk::<4>()?.map(|b| b & 0xDF);
    // Most of the others are told by their first four letters; the mask makes capitals of them, and NUL of a blank.
    if !matches!(
        &start,
        b"SUMM"
            | b"COMM"
            | b"NOTE"
            | b"BEGI"
            | b"ACTI"
            | b"BIO\0"
            | b"UNOF"
            | b"INFO"
            | b"TRAN"
            | b"TEXT"
            | b"QUOT"
            | b"EXEC"
    ) {
        return None;
    }
    let begin = ["BEGIN ", "Begin ", "begin "]
        .iter()
        .find_map(|word| text.strip_prefix(word).map(|_| word.len()))
        .unwrap_or(0);
    let rest = &text[begin..];
    let (word, kind, _) = FORMS.iter().find(|(word, _, needs_begin)| {
        rest.len() >= word.len()
            && rest.is_char_boundary(word.len())
            && rest[..word.len()].eq_ignore_ascii_case(word)
            && (begin > 0 || !needs_begin)
    })?;
    let capitals = rest[..word.len()].bytes().all(|b| b.is_ascii_uppercase() || b == b' ');
    let after = &rest[word.len()..];
    let gap = after.len() - after.trim_start_matches(' ').len();
    let sign = after[gap..].chars().next();
    let ends = match sign {
        None | Some('\n') => capitals || begin > 0 || gap == 0 && word.len() < 20,
        Some(':') => true,
        Some('.' | '-' | '–') => {
            capitals
                || begin > 0
                || (rest.starts_with(['S', 'C']) && matches!(kind, BlockKind::Summary | BlockKind::Comment))
        }
        Some('(') => (capitals || begin > 0) && *kind != BlockKind::Quote,
        _ => (begin > 0 || *kind == BlockKind::Quote && gap > 0) && capitals,
    };
    if !ends {
        return None;
    }
    // `BEGIN TEXT OF LETTER:`
    let titled = after.strip_prefix(" OF ").filter(|_| begin > 0).and_then(|title| {
        let colon = title.find([':', '\n']).filter(|colon| *colon < 60)?;
        title[colon..].strip_prefix(':')
    });
    let own = titled.unwrap_or(after).trim_start_matches([' ', ':', '.', '-', '–', '\n']);
    Some((*kind, text.len() - own.len()))
}

/// Where and what a marker is.
#[derive(Clone, Copy, Debug)]
enum Marker {
    Open { kind: BlockKind, at: usize, text_at: usize },
    Close { kind: BlockKind, at: usize, end: usize },
}

impl Marker {
    fn at(self) -> usize {
        match self {
            Marker::Open { at, .. } | Marker::Close { at, .. } => at,
        }
    }
}

/// The markers in a paragraph's text, in order. `open` counts blocks that are open before it, and after it: only
/// where there are any is it worth looking for an end.
fn markers(paragraph: &Paragraph, open: &mut usize) -> Vec<Marker> {
    let text = paragraph.text.as_str();
    let mut list = Vec::new();
    for &(at, _) in &paragraph.lines {
        line_start(text, at, &mut list);
    }
    for at in memchr::memchr2_iter(b'(', b':', text.as_bytes()) {
        match text.as_bytes()[at] {
            b':' => inline(text, at, &mut list),
            _ => open_at(text, at + 1, &mut list),
        }
    }
    *open += list.len();
    if *open == 0 {
        return list;
    }
    let opened = list.len();
    closings(text, &mut list);
    // `END` at a line's end and `NOTE` on the next is one marker.
    let mut closed: Vec<(usize, usize)> = list[opened..]
        .iter()
        .filter_map(|marker| match *marker {
            Marker::Close { at, end, .. } => Some((at, end)),
            Marker::Open { .. } => None,
        })
        .collect();
    closed.sort_unstable();
    list.retain(|marker| match *marker {
        Marker::Open { at, .. } => {
            let after = closed.partition_point(|(from, _)| *from <= at);
            after == 0 || closed[after - 1].1 <= at
        }
        Marker::Close { .. } => true,
    });
    list.sort_by_key(|marker| marker.at());
    *open = open.saturating_sub(list.iter().filter(|marker| matches!(marker, Marker::Close { .. })).count());
    list
}

fn open_at(text: &str, at: usize, list: &mut Vec<Marker>) {
    if let Some((kind, own)) = opening(&text[at..]) {
        list.push(Marker::Open { kind, at, text_at: at + own });
    }
}

fn line_start(text: &str, at: usize, list: &mut Vec<Marker>) {
    let lead = text.as_bytes()[at..].iter().take_while(|b| matches!(b, b' ' | b'[')).count();
    open_at(text, at + lead, list);
}

/// `… in Corfu. COMMENT: It is obvious …` in the middle of a line: behind a sentence's end, in capitals, with a colon.
fn inline(text: &str, at: usize, list: &mut Vec<Marker>) {
    let bytes = text.as_bytes();
    let word =
        bytes[..at].iter().rev().take(40).take_while(|b| b.is_ascii_uppercase() || **b == b' ').count();
    let start = at - word + bytes[at - word..at].iter().take_while(|b| **b == b' ').count();
    let before = bytes[..start].iter().rev().find(|b| **b != b' ');
    if start < at && matches!(before, Some(b'.' | b'"' | b'?' | b'!')) {
        open_at(text, start, list);
    }
}

/// Finders are costly to make, so they are made once.
static ENDS_FINDERS: LazyLock<[Finder<'static>; 3]> =
    LazyLock::new(|| ["END", "End", "end"].map(Finder::new));
static UNQUOTE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("UNQUOTE"));

/// `END SUMMARY`, `End note`, `UNQUOTE`.
fn closings(text: &str, list: &mut Vec<Marker>) {
    const ENDS: &[(&str, BlockKind)] = &[
        ("SUMMARY", BlockKind::Summary),
        ("EXECUTIVE SUMMARY", BlockKind::Summary),
        ("COMMENT", BlockKind::Comment),
        ("NOTE", BlockKind::Note),
        ("BIO NOTE", BlockKind::Note),
        ("ACTION REQUEST", BlockKind::ActionRequest),
        ("TEXT", BlockKind::Text),
        ("UNOFFICIAL TRANSLATION", BlockKind::Translation),
        ("INFORMAL TRANSLATION", BlockKind::Translation),
        ("TRANSLATION", BlockKind::Translation),
    ];
    let bytes = text.as_bytes();
    for finder in ENDS_FINDERS.iter() {
        for at in skip::places(finder, bytes) {
            if at > 0 && bytes[at - 1].is_ascii_alphanumeric() {
                continue;
            }
            let after = &text[at + 3..];
            let mut rest = after.trim_start_matches([' ', '\n']);
            if rest.len() == after.len() {
                continue;
            }
            rest = rest.strip_prefix("OF ").or_else(|| rest.strip_prefix("of ")).unwrap_or(rest);
            let found = ENDS.iter().find(|(name, _)| {
                rest.len() >= name.len()
                    && rest.is_char_boundary(name.len())
                    && rest[..name.len()].eq_ignore_ascii_case(name)
                    && !rest.as_bytes().get(name.len()).is_some_and(u8::is_ascii_alphabetic)
            });
            if let Some((name, kind)) = found {
                let end = text.len() - rest.len() + name.len();
                list.push(Marker::Close { kind: *kind, at, end });
            }
        }
    }
    for at in skip::places(&UNQUOTE, bytes) {
        list.push(Marker::Close { kind: BlockKind::Quote, at, end: at + 7 });
    }
}

/// A block that is open.
struct Open {
    kind: BlockKind,
    paragraph: usize,
    text_at: usize,
    start: usize,
}

/// Finds the blocks of a record's paragraphs.
pub(crate) fn find(record: &mut Record) {
    let headed = |paragraph: &&Spanned<Paragraph>| {
        paragraph.value.heading.as_deref().is_some_and(|heading| opening(heading).is_some())
    };
    let mut open = record.paragraphs.iter().filter(headed).count();
    let all: Vec<Vec<Marker>> =
        record.paragraphs.iter().map(|paragraph| markers(&paragraph.value, &mut open)).collect();
    if all.iter().all(Vec::is_empty)
        && record.paragraphs.iter().all(|paragraph| paragraph.value.heading.is_none())
    {
        return;
    }
    let closes_later = closes_later(&all);
    let mut finder = Gatherer { record, blocks: Vec::new(), unclosed: Vec::new(), open: Vec::new() };
    for (index, markers) in all.iter().enumerate() {
        finder.paragraph(index, markers);
        finder.end_of_paragraph(index, closes_later[index]);
    }
    let (mut blocks, unclosed) = (finder.blocks, finder.unclosed);
    // In the order of reading: sections may have come in another.
    blocks.sort_by_key(|(place, block)| (*place, block.span.start, block.span.end));
    record.blocks = blocks.into_iter().map(|(_, block)| block).collect();
    for (kind, start) in unclosed {
        let span = Span::new(start, start + 1);
        let message = format!("the {} that opens here isn't closed", kind.name());
        record.diagnostics.push(Diagnostic::new(Code::BlockUnclosed, span, message));
    }
}

/// For each paragraph and kind, whether the next marker of that kind behind the paragraph closes.
fn closes_later(all: &[Vec<Marker>]) -> Vec<[bool; 7]> {
    let mut next = [false; 7];
    let mut list = vec![next; all.len()];
    for (index, markers) in all.iter().enumerate().rev() {
        list[index] = next;
        for marker in markers.iter().rev() {
            match marker {
                Marker::Open { kind, .. } => next[*kind as usize] = false,
                Marker::Close { kind, .. } => next[*kind as usize] = true,
            }
        }
    }
    list
}

struct Gatherer<'r> {
    record: &'r Record,
    /// The paragraph in which each opens, and the block.
    blocks: Vec<(usize, Spanned<Block>)>,
    unclosed: Vec<(BlockKind, usize)>,
    open: Vec<Open>,
}

impl Gatherer<'_> {
    fn push(&mut self, open: &Open, block: Spanned<Block>) {
        self.blocks.push((open.paragraph, block));
    }

    fn paragraph(&mut self, index: usize, markers: &[Marker]) {
        let paragraph = &self.record.paragraphs[index];
        if let Some(heading) = &paragraph.value.heading
            && let Some((kind, _)) = opening(heading).filter(|(_, own)| *own == heading.len())
        {
            self.open.push(Open { kind, paragraph: index, text_at: 0, start: paragraph.span.start });
        }
        for marker in markers {
            match *marker {
                Marker::Open { kind, at, text_at } => {
                    let again = self
                        .open
                        .iter()
                        .any(|block| block.kind == kind && block.paragraph == index && block.text_at == 0);
                    if self.open.len() < OPEN_MAX && !again {
                        self.open.push(Open {
                            kind,
                            paragraph: index,
                            text_at,
                            start: place(&paragraph.value, at),
                        });
                    }
                }
                Marker::Close { kind, at, end } => self.close(index, kind, at, end),
            }
        }
    }

    fn close(&mut self, index: usize, kind: BlockKind, at: usize, end: usize) {
        let Some(which) = self.open.iter().rposition(|block| block.kind == kind) else { return };
        let paragraph = &self.record.paragraphs[index].value;
        for block in self.open.split_off(which + 1) {
            self.unclosed.push((block.kind, block.start));
            self.push(&block, build(self.record, &block, index, at, place(paragraph, at)));
        }
        if let Some(block) = self.open.pop() {
            self.push(&block, build(self.record, &block, index, at, place_end(paragraph, end)));
        }
    }

    /// Ends, with their paragraph, the blocks that no later marker closes.
    fn end_of_paragraph(&mut self, index: usize, closes_later: [bool; 7]) {
        let paragraph = &self.record.paragraphs[index];
        for block in std::mem::take(&mut self.open) {
            if closes_later[block.kind as usize] {
                self.open.push(block);
                continue;
            }
            let text = &paragraph.value.text;
            self.unclosed.push((block.kind, block.start));
            self.push(&block, build(self.record, &block, index, text.len(), paragraph.span.end));
        }
    }
}

/// Blocks inside one another, at most: none in real traffic goes beyond three.
const OPEN_MAX: usize = 8;

fn build(record: &Record, block: &Open, last: usize, at: usize, stop: usize) -> Spanned<Block> {
    let mut text = String::new();
    for index in block.paragraph..=last {
        let words = &record.paragraphs[index].value.text;
        let from = if index == block.paragraph { block.text_at } else { 0 };
        let to = if index == last { at.max(from) } else { words.len() };
        let piece = words[from..to].trim_matches(|c: char| c.is_ascii_whitespace() || c == '(' || c == '[');
        let piece = piece.trim_end_matches(|c: char| c.is_ascii_whitespace() || c == '-');
        if !text.is_empty() && !piece.is_empty() {
            text.push('\n');
        }
        text.push_str(piece);
    }
    let paragraphs = record.paragraphs[block.paragraph..=last]
        .iter()
        .filter_map(|paragraph| paragraph.value.number)
        .collect();
    Spanned::new(Block { kind: block.kind, text, paragraphs }, Span::new(block.start, stop.max(block.start)))
}

/// The input's byte for an offset in a paragraph's text.
fn place(paragraph: &Paragraph, offset: usize) -> usize {
    match paragraph.lines.partition_point(|(at, _)| *at <= offset) {
        0 => paragraph.lines.first().map_or(0, |line| line.1.start),
        n => {
            let (at, span) = paragraph.lines[n - 1];
            (span.start + (offset - at)).min(span.end)
        }
    }
}

/// The same for an end: behind the byte before it.
fn place_end(paragraph: &Paragraph, offset: usize) -> usize {
    offset.checked_sub(1).map_or_else(|| place(paragraph, offset), |before| place(paragraph, before) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openings() {
        for (text, kind, own) in [
            ("SUMMARY: X", BlockKind::Summary, "X"),
            ("SUMMARY. X", BlockKind::Summary, "X"),
            ("SUMMARY -- X", BlockKind::Summary, "X"),
            ("BEGIN SUMMARY: X", BlockKind::Summary, "X"),
            ("SUMMARY AND ACTION REQUEST: X", BlockKind::Summary, "X"),
            ("Comment: X", BlockKind::Comment, "X"),
            ("BEGIN TEXT:", BlockKind::Text, ""),
            ("NOTE: X", BlockKind::Note, "X"),
            ("ACTION REQUEST: X", BlockKind::ActionRequest, "X"),
        ] {
            assert_eq!(opening(text).map(|(kind, own)| (kind, &text[own..])), Some((kind, own)), "{text}");
        }
        for text in [
            "SUMMARY RECORD OF",
            "COMMENTS BY THE MINISTER",
            "NOTEWORTHY",
            "TEXT: X",
            "Note that",
            "COMMENT ON THE TARIFF",
        ] {
            assert_eq!(opening(text), None, "{text}");
        }
    }
}
