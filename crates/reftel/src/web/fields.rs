//! Which field of the reading stands where in the original, and the original with those places
//! marked.
//!
//! Fields overlap (a reference lies within a paragraph), so the original is cut into pieces that
//! each carry the numbers of all fields that cover it. `fields.css` lights a field and its pieces
//! together.

use std::cell::RefCell;

use maud::{Markup, html};
use reftel_telegram::Span;

use super::text::{Decoded, clean, cut};

/// How many fields of one page can be lit; what comes after them is shown without.
pub(crate) const FIELDS_MAX: usize = 320;

/// How much of an original a page shows, in bytes of text: some 3,500 lines. The rest is in the raw
/// twin.
const ORIGINAL_MAX: usize = 256 * 1024;

/// The fields of one page, numbered as they are shown.
#[derive(Debug)]
pub(crate) struct Fields<'d> {
    decoded: &'d Decoded<'d>,
    /// The pieces of the decoded text that belong to each.
    pieces: RefCell<Vec<Vec<Span>>>,
}

/// One field's number; `None` past [`FIELDS_MAX`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field(Option<usize>);

impl<'d> Fields<'d> {
    /// None yet.
    pub(crate) fn new(decoded: &'d Decoded<'d>) -> Fields<'d> {
        Fields { decoded, pieces: RefCell::default() }
    }

    /// A field that was read from these bytes.
    pub(crate) fn add(&self, bytes: &[Span]) -> Field {
        let pieces: Vec<_> =
            bytes.iter().map(|&span| self.decoded.span(span)).filter(|span| !span.is_empty()).collect();
        let mut all = self.pieces.borrow_mut();
        if all.len() >= FIELDS_MAX || pieces.is_empty() || pieces[0].start >= ORIGINAL_MAX {
            return Field(None);
        }
        all.push(pieces);
        Field(Some(all.len() - 1))
    }

    /// The original, line by line, each piece with the fields it belongs to.
    pub(crate) fn original(&self) -> Markup {
        let text = cut(&self.decoded.text, ORIGINAL_MAX);
        let pieces = self.pieces.borrow();
        let mut starts: Vec<(usize, usize, usize)> = Vec::new();
        let mut edges: Vec<usize> = vec![text.len()];
        for (n, spans) in pieces.iter().enumerate() {
            for span in spans {
                starts.push((span.start, span.end, n));
                edges.extend([span.start, span.end]);
            }
        }
        starts.sort_unstable();
        edges.sort_unstable();
        edges.dedup();
        let mut cutter = Cutter { edges: &edges, starts: &starts, ..Cutter::default() };
        let mut at = 0;
        html! {
            @for line in text.split_inclusive('\n') {
                ({ let from = at; at += line.len(); cutter.line(text, from, from + line.trim_end_matches(['\r', '\n']).len()) })
            }
        }
    }

    /// How many bytes of text the page leaves out.
    pub(crate) fn left_out(&self) -> usize {
        self.decoded.text.len() - cut(&self.decoded.text, ORIGINAL_MAX).len()
    }
}

/// Walks the original once, with the fields that cover the place where it is.
#[derive(Default)]
struct Cutter<'a> {
    edges: &'a [usize],
    starts: &'a [(usize, usize, usize)],
    next_edge: usize,
    next_start: usize,
    /// `(end, field)`.
    covering: Vec<(usize, usize)>,
    /// Fields whose first piece was marked.
    marked: Vec<bool>,
}

impl Cutter<'_> {
    fn line(&mut self, text: &str, from: usize, to: usize) -> Markup {
        let mut at = from;
        html! {
            span.l {
                @while at < to {
                    ({ let start = at; at = self.edge_after(at).min(to); self.piece(text, start, at) })
                }
                "\n"
            }
        }
    }

    fn edge_after(&mut self, at: usize) -> usize {
        while self.edges.get(self.next_edge).is_some_and(|&edge| edge <= at) {
            self.next_edge += 1;
        }
        self.edges.get(self.next_edge).copied().unwrap_or(usize::MAX)
    }

    fn piece(&mut self, text: &str, from: usize, to: usize) -> Markup {
        self.covering.retain(|&(end, _)| end > from);
        let mut new = Vec::new();
        while let Some(&(start, end, n)) = self.starts.get(self.next_start)
            && start <= from
        {
            self.next_start += 1;
            if end > from {
                self.covering.push((end, n));
                if self.marked.len() <= n {
                    self.marked.resize(n + 1, false);
                }
                if !std::mem::replace(&mut self.marked[n], true) {
                    new.push(n);
                }
            }
        }
        let shown = clean(&text[from..to]);
        let mut class = String::new();
        for (_, n) in &self.covering {
            class.push_str(if class.is_empty() { "o o" } else { " o" });
            class.push_str(&n.to_string());
        }
        html! {
            @for n in new { a.at #{ "o-" (n) } {} }
            @if class.is_empty() { (shown) } @else { span class=(class) { (shown) } }
        }
    }
}

impl Field {
    /// The class by which it is lit.
    pub(crate) fn class(self) -> String {
        self.0.map(|n| format!("f f{n}")).unwrap_or_default()
    }

    /// A small link to its place in the original.
    pub(crate) fn pin(self, what: &str) -> Markup {
        html! {
            @if let Some(n) = self.0 {
                a.pin href={ "#o-" (n) } aria-label={ (clean(what)) ": see it in the original" } {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_fields_are_cut_into_pieces() {
        let bytes = b"FM VALDORIA\r\r\nREF: <A>\n";
        let decoded = Decoded::new(bytes);
        let fields = Fields::new(&decoded);
        fields.add(&[Span::new(3, 11)]);
        fields.add(&[Span::new(14, 22)]);
        fields.add(&[Span::new(19, 20), Span::new(21, 22)]);
        assert_eq!(
            fields.original().into_string(),
            "<span class=\"l\">FM <a class=\"at\" id=\"o-0\"></a><span class=\"o o0\">VALDORIA</span>\n</span>\
             <span class=\"l\"><a class=\"at\" id=\"o-1\"></a><span class=\"o o1\">REF: </span>\
             <a class=\"at\" id=\"o-2\"></a><span class=\"o o1 o2\">&lt;</span>\
             <span class=\"o o1\">A</span><span class=\"o o1 o2\">&gt;</span>\n</span>"
        );
    }

    #[test]
    fn a_span_that_is_off_the_text_harms_nothing() {
        let decoded = Decoded::new("żółw\n".as_bytes());
        let fields = Fields::new(&decoded);
        fields.add(&[Span::new(1, 2)]);
        fields.add(&[Span::new(5, 900)]);
        fields.add(&[Span::new(900, 901)]);
        assert!(fields.original().into_string().contains("ż"));
    }
}
