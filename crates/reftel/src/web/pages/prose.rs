//! The text of a telegram, set to be read: paragraphs, blocks, links and short forms.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use maud::{Markup, html};
use reftel_archive::Entry;
use reftel_telegram::record::{Block, Mention, Paragraph};
use reftel_telegram::{Record, Span, Spanned};

use crate::web::fields::Fields;
use crate::web::text::{Decoded, clean, size};
use crate::web::{address, explain};
use crate::wording::unslanted;

/// How much text a page sets, in bytes: more than the longest telegram of many sections. The rest is in
/// the raw twin.
const TEXT_MAX: usize = 400 * 1024;

/// How many short forms are explained in one paragraph.
const ACRONYMS: usize = 24;

/// What is needed to set a text.
#[derive(Debug)]
pub(crate) struct Prose<'a> {
    /// The record whose text it is.
    pub(crate) record: &'a Record,
    /// The original.
    pub(crate) decoded: &'a Decoded<'a>,
    /// The page's fields.
    pub(crate) fields: &'a Fields<'a>,
    /// The numbers that the telegram cites, and who of them is here.
    pub(crate) cites: &'a BTreeMap<&'a str, &'a [Entry]>,
    /// In front of the paragraphs' anchors, so that a quoted telegram's are its own.
    pub(crate) anchor: &'a str,
}

/// A stretch of a paragraph's text, set as one.
#[derive(Debug, PartialEq, Eq)]
struct Chunk {
    range: Range<usize>,
    kind: ChunkKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ChunkKind {
    Prose,
    /// `-- praised the candor`
    Item,
    /// Columns: set as printed.
    Table,
    /// A line of dashes.
    Rule,
}

/// A part of the text that leads somewhere.
#[derive(Debug)]
struct Link {
    range: Range<usize>,
    address: String,
    held: bool,
}

impl Prose<'_> {
    /// All paragraphs.
    pub(crate) fn set(&self) -> Markup {
        let anchors = reftel_archive::anchors(self.record, self.anchor);
        let mut labelled = BTreeSet::new();
        let mut room = TEXT_MAX;
        let mut left_out = 0;
        html! {
            @for (paragraph, anchor) in self.record.paragraphs.iter().zip(&anchors) {
                @if paragraph.text.len() <= room {
                    ({ room -= paragraph.text.len(); self.paragraph(paragraph, anchor, &mut labelled) })
                } @else {
                    ({ left_out += paragraph.text.len(); room = 0; html! {} })
                }
            }
            @if left_out > 0 {
                p.note { (size(left_out as u64)) " more of the text are not set here: see the raw original." }
            }
        }
    }

    fn paragraph(
        &self,
        paragraph: &Spanned<Paragraph>,
        anchor: &str,
        labelled: &mut BTreeSet<usize>,
    ) -> Markup {
        let spans: Vec<Span> = paragraph.lines.iter().map(|line| line.1).collect();
        let field =
            self.fields.add(if spans.is_empty() { std::slice::from_ref(&paragraph.span) } else { &spans });
        let chunks = chunks(&paragraph.text);
        let blocks: Vec<Option<usize>> = chunks.iter().map(|chunk| self.block_of(paragraph, chunk)).collect();
        let whole =
            blocks.first().copied().flatten().filter(|first| blocks.iter().all(|b| *b == Some(*first)));
        let links = self.links(paragraph);
        let mut seen = BTreeSet::new();
        let mut lead = Some(Self::lead(paragraph, anchor));
        let what = paragraph.number.map_or("Text".to_owned(), |n| format!("Paragraph {n}"));
        html! {
            @if let Some(heading) = &paragraph.heading { h2.heading { (clean(heading)) } }
            div.para.caps[is_capitals(&paragraph.text)].(field.class()).(whole.map(|b| self.block_class(b)).unwrap_or_default()) #(anchor) {
                @if let Some(label) = whole.and_then(|b| self.label(b, labelled)) { (label) }
                @for (chunk, block) in chunks.iter().zip(&blocks) {
                    @let inner = block.filter(|_| whole.is_none());
                    @if let Some(label) = inner.and_then(|b| self.label(b, labelled)) { (label) }
                    @let class = inner.map(|b| self.block_class(b)).unwrap_or_default();
                    @let text = inline(&paragraph.text, chunk.range.clone(), &links, &mut seen);
                    @match chunk.kind {
                        ChunkKind::Prose => p.(class) { (lead.take().unwrap_or_default()) (text) },
                        ChunkKind::Item => p.item.(class) { (lead.take().unwrap_or_default()) (text) },
                        ChunkKind::Rule => hr;,
                        ChunkKind::Table => { (lead.take().unwrap_or_default()) pre.table.(class) tabindex="0" { (text) } }
                    }
                }
                @if let Some(lead) = lead { p { (lead) } }
                (field.pin(&what))
            }
        }
    }

    /// The number and the portion mark.
    fn lead(paragraph: &Paragraph, anchor: &str) -> Markup {
        let printed = paragraph.number_printed.as_deref();
        let repaired = paragraph.number.zip(printed).filter(|(n, printed)| n.to_string() != *printed);
        html! {
            @if let Some(n) = paragraph.number {
                a.num href={ "#" (anchor) } title=[repaired.map(|(_, printed)| format!("printed as {}", clean(printed)))] {
                    (n) "."
                }
                " "
            }
            @if let Some(mark) = &paragraph.portion {
                abbr.portion.(explain::portion_class(mark)) title=[explain::portion(mark)] { "(" (clean(mark)) ")" }
                " "
            }
        }
    }

    /// The block in which the middle of a chunk stands: the innermost.
    fn block_of(&self, paragraph: &Paragraph, chunk: &Chunk) -> Option<usize> {
        let middle = chunk.range.start + chunk.range.len() / 2;
        let line = paragraph.lines.iter().rev().find(|line| line.0 <= middle)?;
        let byte = line.1.start + (middle - line.0).min(line.1.len());
        let covers = |block: &Spanned<Block>| block.span.start <= byte && byte < block.span.end;
        let blocks = self.record.blocks.iter().enumerate().filter(|(_, block)| covers(block));
        blocks.min_by_key(|(_, block)| block.span.len()).map(|(index, _)| index)
    }

    fn block_class(&self, block: usize) -> String {
        format!("block {}", explain::block(self.record.blocks[block].kind).1)
    }

    /// The block's name, the first time it is seen.
    fn label(&self, block: usize, labelled: &mut BTreeSet<usize>) -> Option<Markup> {
        let name = explain::block(self.record.blocks[block].kind).0;
        labelled.insert(block).then(|| html! { p.label { (name) } })
    }

    /// The mentions that stand in this paragraph, in order, without overlaps.
    fn links(&self, paragraph: &Paragraph) -> Vec<Link> {
        let mut links: Vec<Link> = Vec::new();
        for mention in &self.record.mentions {
            let Some(range) = self.range_in(paragraph, mention.span) else { continue };
            if links.last().is_some_and(|last| last.range.end > range.start) {
                continue;
            }
            if let Some((address, held)) = self.target(mention) {
                links.push(Link { range, address, held });
            }
        }
        links
    }

    /// Where a mention leads, and whether anything is there.
    fn target(&self, mention: &Mention) -> Option<(String, bool)> {
        let reference = mention.reference.and_then(|index| Some((index, self.record.references.get(index)?)));
        let mrn = mention.mrn.as_deref().or_else(|| reference.and_then(|(_, entry)| entry.mrn.as_deref()));
        match (mrn, reference) {
            (Some(mrn), _) => {
                let held = self.cites.get(mrn).is_none_or(|entries| !entries.is_empty());
                Some((address::number(mrn), held))
            }
            (None, Some((index, _))) => Some((format!("#{}ref-{index}", self.anchor), true)),
            (None, None) => None,
        }
    }

    /// A span of the original as a range of the paragraph's text. Cleaning may have changed the line, so
    /// the words themselves are looked for, nearest to where they should be.
    fn range_in(&self, paragraph: &Paragraph, span: Span) -> Option<Range<usize>> {
        let index =
            paragraph.lines.iter().position(|line| line.1.start <= span.start && span.start < line.1.end)?;
        let (offset, line) = paragraph.lines[index];
        let next = paragraph.lines.get(index + 1);
        let line_end = next.map_or(paragraph.text.len(), |next| next.0);
        let words = self.decoded.span(Span::new(span.start, span.end.min(line.end)));
        let words = self.decoded.text.get(words.range())?.trim();
        let guess = offset + self.decoded.place(span.start) - self.decoded.place(line.start);
        let printed = paragraph.text.get(offset..line_end)?;
        let (start, found) = printed
            .match_indices(words)
            .filter(|(_, found)| !found.is_empty())
            .map(|(at, found)| (offset + at, found))
            .min_by_key(|(at, _)| at.abs_diff(guess))?;
        if span.end <= line.end {
            return Some(start..start + found.len());
        }
        // It goes on in the next line.
        let (offset, line) = *next?;
        let end = offset + self.decoded.place(span.end).checked_sub(self.decoded.place(line.start))?;
        paragraph.text.get(start..end).map(|_| start..end)
    }
}

/// A paragraph's text in chunks: at blank lines, at list marks, and where columns begin and end.
fn chunks(text: &str) -> Vec<Chunk> {
    let text = unslanted(text);
    let mut chunks: Vec<Chunk> = Vec::new();
    let mut marks = Marks::default();
    let mut open = false;
    for (range, columns) in lines(text) {
        let line = &text[range.clone()];
        // Slants alone end a set.
        if line.trim().trim_matches('/').is_empty() {
            open = false;
            continue;
        }
        let kind = if columns {
            ChunkKind::Table
        } else if is_rule(line) {
            ChunkKind::Rule
        } else if marks.begins(line) {
            ChunkKind::Item
        } else {
            ChunkKind::Prose
        };
        let joins = |last: &Chunk| match kind {
            ChunkKind::Table => open && last.kind == ChunkKind::Table,
            ChunkKind::Prose => {
                matches!(last.kind, ChunkKind::Prose | ChunkKind::Item)
                    && (open || goes_on(&text[last.range.clone()], line))
            }
            ChunkKind::Rule | ChunkKind::Item => false,
        };
        match chunks.last_mut() {
            Some(last) if joins(last) => last.range.end = range.end,
            _ => chunks.push(Chunk { range, kind }),
        }
        open = kind != ChunkKind::Rule;
    }
    // A line under a heading that follows, or over nothing.
    while chunks.last().is_some_and(|chunk| chunk.kind == ChunkKind::Rule) {
        chunks.pop();
    }
    chunks
}

/// The lines of a text, and whether each stands in columns together with the line before or behind it.
fn lines(text: &str) -> Vec<(Range<usize>, bool)> {
    let mut at = 0;
    let lines: Vec<_> = text
        .split_inclusive('\n')
        .map(|line| {
            let range = at..at + line.trim_end().len();
            at += line.len();
            range
        })
        .collect();
    let gaps: Vec<Vec<(usize, usize)>> = lines.iter().map(|range| gaps(&text[range.clone()])).collect();
    let clear = |gaps: &[(usize, usize)]| gaps.len() > 1 || gaps.iter().any(|gap| gap.1 > 2);
    let alike = |a: &[(usize, usize)], b: &[(usize, usize)]| {
        !a.is_empty()
            && !b.is_empty()
            && (clear(a) && clear(b) || a.iter().any(|x| b.iter().any(|y| x.0 == y.0)))
    };
    let columns = |index: usize| {
        let beside = [index.checked_sub(1), Some(index + 1)];
        beside
            .into_iter()
            .flatten()
            .filter_map(|other| gaps.get(other))
            .any(|other| alike(&gaps[index], other))
    };
    lines.iter().cloned().enumerate().map(|(index, range)| (range, columns(index))).collect()
}

/// The gaps of two spaces and more within a line that aren't those behind a sentence or a list mark: the
/// column at which each ends, and its width.
fn gaps(line: &str) -> Vec<(usize, usize)> {
    let mut gaps = Vec::new();
    let mut width = 0;
    let mut before = ' ';
    for (column, c) in line.trim_end().chars().enumerate() {
        match c {
            ' ' => width += 1,
            '\t' => width += 3,
            _ => {
                if width > 1 && column > width && !".?!:;)-\"'*".contains(before) {
                    gaps.push((column, width));
                }
                width = 0;
                before = c;
            }
        }
    }
    gaps
}

/// Whether a text came over a circuit that had capitals only.
fn is_capitals(text: &str) -> bool {
    !text.contains(|c: char| c.is_lowercase())
}

/// Whether a sentence goes on over a gap, as where a page line was taken out.
fn goes_on(before: &str, line: &str) -> bool {
    before.ends_with(|c: char| c.is_alphanumeric() || c == ',')
        && line.trim_start().starts_with(char::is_lowercase)
}

/// Whether a line is drawn, not written.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() > 3 && line.chars().all(|c| "-_=*".contains(c))
}

/// The list marks seen so far. A letter or a number with a full stop counts only in its turn: else each
/// initial at the head of a line would be one.
#[derive(Debug, Default)]
struct Marks {
    letter: Option<char>,
    number: Option<u32>,
}

impl Marks {
    /// Whether a line begins an entry of a list: `--`, `- `, `* `, `(a)`, `(12)`, `1)`, `a.`, `1.`.
    fn begins(&mut self, line: &str) -> bool {
        let line = line.trim_start();
        let words = line.strip_prefix("--").or_else(|| line.strip_prefix('-'));
        if words.is_some_and(|words| words.starts_with(|c: char| c.is_alphabetic() || c.is_whitespace()))
            || line.starts_with("* ")
        {
            return true;
        }
        let (bracket, line) = line.strip_prefix('(').map_or((false, line), |line| (true, line));
        let mark = line.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let mut behind = line[mark.len()..].chars();
        let sign = behind.next();
        let apart = behind.next().is_some_and(char::is_whitespace);
        match sign {
            Some(')') if bracket => apart && is_mark(mark) && !matches!(mark, "U" | "C" | "S" | "R"),
            Some(')') => apart && is_mark(mark),
            Some('.') if !bracket && apart => self.in_turn(mark),
            _ => false,
        }
    }

    fn in_turn(&mut self, mark: &str) -> bool {
        let mut letters = mark.chars();
        if let (Some(letter), None) = (letters.next().filter(char::is_ascii_alphabetic), letters.next()) {
            let follows = |last: char| u32::from(last) + 1 == u32::from(letter);
            let turn = matches!(letter, 'a' | 'A') || self.letter.is_some_and(follows);
            self.letter = if turn { Some(letter) } else { self.letter };
            return turn;
        }
        let Ok(number) = mark.parse::<u32>() else { return false };
        let turn = number == 1 || self.number.is_some_and(|last| last.saturating_add(1) == number);
        self.number = if turn { Some(number) } else { self.number };
        turn
    }
}

/// Whether brackets make a mark of it: a letter, a small Roman number, a number of two digits.
fn is_mark(mark: &str) -> bool {
    mark.len() == 1
        || mark.len() == 2 && mark.bytes().all(|b| b.is_ascii_digit())
        || (2..5).contains(&mark.len()) && mark.bytes().all(|b| b"ivx".contains(&b))
}

/// The text of a chunk, with its links, and its short forms explained once in a paragraph.
fn inline<'t>(text: &'t str, range: Range<usize>, links: &[Link], seen: &mut BTreeSet<&'t str>) -> Markup {
    let capitals = is_capitals(text);
    let mut at = range.start;
    html! {
        @for link in links.iter().filter(|link| link.range.start >= range.start && link.range.end <= range.end) {
            (explained(&text[at..link.range.start], capitals, seen))
            @let words = clean(&text[link.range.clone()]);
            @if link.held {
                a.reftel href=(link.address) { (words) }
            } @else {
                a.reftel.absent href=(link.address) title="not in this archive" { (words) }
            }
            ({ at = link.range.end; html! {} })
        }
        (explained(&text[at..range.end], capitals, seen))
    }
}

/// Plain text, each known acronym explained at its first place.
fn explained<'t>(text: &'t str, capitals: bool, seen: &mut BTreeSet<&'t str>) -> Markup {
    let mut pieces: Vec<(&str, Option<&'static str>)> = Vec::new();
    let mut plain = 0;
    let mut at = 0;
    for word in text.split_inclusive(|c: char| !(c.is_alphanumeric() || c == '/')) {
        let bare = word.trim_end_matches(|c: char| !(c.is_alphanumeric() || c == '/'));
        if seen.len() < ACRONYMS
            && let Some(meaning) = explain::acronym(bare, capitals)
            && seen.insert(bare)
        {
            pieces.push((&text[plain..at], None));
            pieces.push((bare, Some(meaning)));
            plain = at + bare.len();
        }
        at += word.len();
    }
    pieces.push((&text[plain..], None));
    html! {
        @for (piece, meaning) in pieces {
            @match meaning {
                Some(meaning) => abbr title=(meaning) { (piece) },
                None => (clean(piece)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sub_paragraphs_keep_their_lines() {
        let text = "THE FLEET WILL:\na.  PAINT THE\nBUOYS.  THEN\n(1) REST\n(2)  EAT\nb. SEE\nJ. DOE, AND\n1) SLEEP\n\n2. NOTHING\n-- END.//\n";
        let got: Vec<_> = chunks(text).into_iter().map(|c| (&text[c.range], c.kind)).collect();
        let item = |text: &'static str| (text, ChunkKind::Item);
        assert_eq!(
            got,
            [
                ("THE FLEET WILL:", ChunkKind::Prose),
                item("a.  PAINT THE\nBUOYS.  THEN"),
                item("(1) REST"),
                item("(2)  EAT"),
                item("b. SEE\nJ. DOE, AND"),
                item("1) SLEEP"),
                ("2. NOTHING", ChunkKind::Prose),
                item("-- END."),
            ]
        );
    }

    #[test]
    fn any_text_makes_chunks_in_order() {
        let alphabet = ["(", ")", "a", "1", ".", " ", "\n", "-", "’", "/"];
        for number in 0..alphabet.len().pow(5) {
            let text: String =
                (0..5).map(|i| alphabet[number / alphabet.len().pow(i) % alphabet.len()]).collect();
            let chunks = chunks(&text);
            assert!(chunks.is_sorted_by_key(|chunk| chunk.range.start), "{text:?}");
            assert!(chunks.iter().all(|chunk| text.get(chunk.range.clone()).is_some()), "{text:?}");
        }
    }

    #[test]
    fn columns_are_kept_and_the_prose_around_them_is_not() {
        let text = "These are the boats.  They\nhave come.  See:\nNAME  PORT\nOTTER  ALDER\nSTOAT     EAST  2\nHERON     WEST  3\nand no more.  They\nare few  and old.";
        let got: Vec<_> = chunks(text).into_iter().map(|c| (&text[c.range], c.kind)).collect();
        assert_eq!(
            got,
            [
                ("These are the boats.  They\nhave come.  See:\nNAME  PORT\nOTTER  ALDER", ChunkKind::Prose),
                ("STOAT     EAST  2\nHERON     WEST  3", ChunkKind::Table),
                ("and no more.  They\nare few  and old.", ChunkKind::Prose),
            ]
        );
    }

    #[test]
    fn lists_and_tables_are_told_from_prose() {
        let text = "On June 10, Roe:\n\n-- praised the\nferry; and\n-- left by\n\nnight.\n\nPORT      TONS\nALDER     12\n\nEnd.\n-----\n";
        let got: Vec<_> = chunks(text).into_iter().map(|c| (&text[c.range], c.kind)).collect();
        assert_eq!(
            got,
            [
                ("On June 10, Roe:", ChunkKind::Prose),
                ("-- praised the\nferry; and", ChunkKind::Item),
                ("-- left by\n\nnight.", ChunkKind::Item),
                ("PORT      TONS\nALDER     12", ChunkKind::Table),
                ("End.", ChunkKind::Prose),
            ]
        );
    }
}
