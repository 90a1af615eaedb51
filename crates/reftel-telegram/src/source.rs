//! A text and the lines that tile it.

use crate::{Span, glance};

/// One line: `[start, end)` without its line end, `[start, next)` with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line<'t> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) next: usize,
    /// Its text without white space at either end. Every reader looks at it, so it is cut out once.
    pub(crate) text: &'t str,
    /// What it may be, as [`glance::kinds`] tells.
    pub(crate) kinds: u8,
}

/// How many blank lines in a row are lines.
const BLANK_MAX: usize = 64;

/// A text cut into lines. Lines tile the text: each starts where the last one ended.
#[derive(Clone, Debug)]
pub(crate) struct Source<'t> {
    pub(crate) text: &'t str,
    pub(crate) lines: Vec<Line<'t>>,
}

impl<'t> Source<'t> {
    /// Cuts at line feeds; a text that has none is cut at carriage returns. Of blank lines in a row, those behind the
    /// first [`BLANK_MAX`] go with the last: they say nothing more, and a line takes far more room than its end.
    pub(crate) fn new(text: &'t str) -> Source<'t> {
        let bytes = text.as_bytes();
        let feed = if memchr::memchr(b'\n', bytes).is_some() { b'\n' } else { b'\r' };
        let mut lines: Vec<Line<'t>> = Vec::with_capacity(bytes.len() / 32 + 1);
        let mut start = 0;
        let mut blank = 0;
        for at in memchr::memchr_iter(feed, bytes) {
            let line = line(text, start, at, at + 1);
            start = at + 1;
            blank = if line.text.is_empty() { blank + 1 } else { 0 };
            match lines.last_mut() {
                Some(last) if blank > BLANK_MAX => last.next = start,
                _ => lines.push(line),
            }
        }
        if start < bytes.len() {
            lines.push(line(text, start, bytes.len(), bytes.len()));
        }
        Source { text, lines }
    }

    /// Cuts lines apart at these places, which must be in order.
    pub(crate) fn recut(&mut self, cuts: &[usize]) {
        let mut cuts = cuts.iter().copied().peekable();
        if cuts.peek().is_none() {
            return;
        }
        let text = self.text;
        let mut lines = Vec::with_capacity(self.lines.len() + cuts.len());
        for whole in std::mem::take(&mut self.lines) {
            let mut start = whole.start;
            while let Some(cut) = cuts.next_if(|cut| *cut < whole.end) {
                if cut > start {
                    lines.push(line(text, start, cut, cut));
                    start = cut;
                }
            }
            lines.push(line(text, start, whole.end, whole.next));
        }
        self.lines = lines;
    }

    /// A line's text without white space at either end.
    pub(crate) fn line(&self, index: usize) -> &'t str {
        self.lines.get(index).map_or("", |line| line.text)
    }

    /// Whether a line isn't ruled out to be of these kinds.
    #[inline]
    pub(crate) fn may_be(&self, kinds: u8, index: usize) -> bool {
        self.lines.get(index).is_some_and(|line| line.kinds & kinds != 0)
    }

    /// How far a line is indented, in bytes.
    pub(crate) fn indent(&self, index: usize) -> usize {
        let line = &self.lines[index];
        self.span(line.text).start - line.start
    }

    /// The place of a part of this text.
    pub(crate) fn span(&self, part: &str) -> Span {
        place(self.text, part)
    }
}

/// The place of a part of a text.
#[inline]
pub(crate) fn place(text: &str, part: &str) -> Span {
    let start = (part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    debug_assert!(start + part.len() <= text.len(), "not a part of this text");
    Span::new(start, start + part.len())
}

fn line(text: &str, start: usize, at: usize, next: usize) -> Line<'_> {
    let bytes = text.as_bytes();
    let mut end = at;
    while end > start && bytes[end - 1] == b'\r' {
        end -= 1;
    }
    let (mut first, mut last) = (start, end);
    while first < last && bytes[first].is_ascii_whitespace() {
        first += 1;
    }
    while last > first && bytes[last - 1].is_ascii_whitespace() {
        last -= 1;
    }
    let text = &text[first..last];
    Line { start, end, next, text, kinds: glance::kinds(text) }
}

/// The words of a text in one line, with one blank between them.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_ascii_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// A span moved to character boundaries, outwards.
pub(crate) fn whole(text: &str, span: Span) -> Span {
    let mut span = Span::new(span.start.min(text.len()), span.end.min(text.len()));
    while !text.is_char_boundary(span.start) {
        span.start -= 1;
    }
    while !text.is_char_boundary(span.end) {
        span.end += 1;
    }
    span
}

/// The first `len` bytes of a text, or a few less where a character stands there.
pub(crate) fn prefix(text: &str, len: usize) -> &str {
    &text[..text.floor_char_boundary(len)]
}
