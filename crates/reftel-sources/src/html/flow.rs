//! A page without `pre`: its words in paragraphs, its footnotes apart.

use reftel_telegram::Span;

use super::{Piece, pieces, write};
use crate::Field;
use crate::document::{Note, Places, Stated, Writer};

/// Elements whose words are the page's, and not the text's.
const BESIDE: &[&str] =
    &["script", "style", "head", "nav", "header", "footer", "aside", "form", "select", "noscript", "button"];

/// Elements that begin and end a paragraph.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "tr",
    "table",
    "blockquote",
    "section",
    "article",
    "main",
    "hr",
];

/// The figures of a footnote's mark at most.
const MARK_MAX: usize = 4;

struct Flow {
    out: Writer,
    notes: Vec<Note>,
    /// Marks of notes that were met: the figures, and where they stood.
    marks: Vec<(String, usize)>,
    /// White space stands before what comes next.
    gap: bool,
    /// The element that is passed over, and how often it is open.
    beside: Option<(String, u32)>,
    /// The words of a mark, while it is open.
    mark: Option<String>,
    /// The footnote that is open: its words.
    note: Option<Writer>,
}

/// The text of a page and its footnotes. Where the page says which part is its matter, that part.
pub(super) fn read(page: &str) -> (Writer, Vec<Note>) {
    let matter = ["<main", "<article"].into_iter().find_map(|tag| page.find(tag)).unwrap_or(0);
    let mut flow = Flow {
        out: Writer::default(),
        notes: Vec::new(),
        marks: Vec::new(),
        gap: false,
        beside: None,
        mark: None,
        note: None,
    };
    for piece in pieces(&page[matter..]) {
        match piece {
            Piece::Tag(name, closes, start, end) => {
                let (start, end) = (start + matter, end + matter);
                if matter > 0 && closes && matches!(name.as_str(), "main" | "article") {
                    break;
                }
                flow.tag(&name, closes, (start, end), page);
            }
            Piece::Text(text, at) => flow.text(text, at + matter),
        }
    }
    flow.end_note();
    flow.out.end_line();
    let marks = flow.marks;
    for note in &mut flow.notes {
        note.mark = marks.iter().find(|(label, _)| *label == note.label).map(|(_, at)| *at);
    }
    (flow.out, flow.notes)
}

impl Flow {
    fn tag(&mut self, name: &str, closes: bool, (start, end): (usize, usize), page: &str) {
        if let Some((open, depth)) = &mut self.beside {
            if open == name {
                *depth = if closes { depth.saturating_sub(1) } else { *depth + 1 };
            }
            if *depth == 0 {
                self.beside = None;
            }
            return;
        }
        if BESIDE.contains(&name) {
            self.beside = (!closes).then(|| (name.to_owned(), 1));
            return;
        }
        match name {
            "sup" if closes => self.end_mark(),
            "sup" => self.mark = Some(String::new()),
            "br" => {
                self.gap = false;
                self.into().put("\n", start, end - start);
            }
            "li" if !closes && is_footnote(page.get(start..end).unwrap_or_default()) => {
                self.end_note();
                self.note = Some(Writer::default());
            }
            "li" | "ol" if closes && self.note.is_some() => self.end_note(),
            name if BLOCKS.contains(&name) => {
                self.gap = false;
                self.into().end_paragraph();
            }
            _ => {}
        }
    }

    /// What text is added to.
    fn into(&mut self) -> &mut Writer {
        self.note.as_mut().unwrap_or(&mut self.out)
    }

    fn text(&mut self, text: &str, at: usize) {
        if self.beside.is_some() {
            return;
        }
        if let Some(mark) = &mut self.mark {
            if mark.len() + text.len() <= 100 {
                mark.push_str(text);
            }
            return;
        }
        let mut from = 0;
        for word in text.split_inclusive(char::is_whitespace) {
            let place = at + from;
            from += word.len();
            let bare = word.trim_end();
            if !bare.is_empty() {
                let gap = self.gap;
                let out = self.into();
                if gap && !out.text.is_empty() && !out.text.ends_with('\n') {
                    out.put(" ", place - 1, 1);
                }
                write(bare, place, out);
                self.gap = false;
            }
            self.gap |= bare.len() < word.len();
        }
    }

    /// A raised figure is the mark of a note; other raised words are words.
    fn end_mark(&mut self) {
        let Some(mark) = self.mark.take() else { return };
        let figures = mark.trim();
        if !figures.is_empty() && figures.len() <= MARK_MAX && figures.bytes().all(|b| b.is_ascii_digit()) {
            if self.note.is_none() {
                self.marks.push((figures.to_owned(), self.out.text.len()));
            }
        } else {
            self.into().add(figures);
        }
    }

    fn end_note(&mut self) {
        let Some(note) = self.note.take() else { return };
        let text = note.text.trim().to_owned();
        if !text.is_empty() {
            let label = (self.notes.len() + 1).to_string();
            self.notes.push(Note { label, text, mark: None, links: Vec::new() });
        }
        self.gap = false;
    }
}

/// An edition's head and date line stand among the first lines.
const HEAD_LINES: usize = 20;

/// What the head says that an edition puts above a telegram, `113. Telegram 722 From the Embassy in Iran to the Department of
/// State`, and the date line below it.
pub(super) fn head(text: &str, places: &Places) -> Vec<Stated> {
    let mut stated = Vec::new();
    let mut start = 0;
    let mut state = |field, name: &str, at: usize, value: &str| {
        let span = places.origin(Span::new(at, at + value.len()));
        stated.push(Stated { field, name: name.to_owned(), value: value.to_owned(), span });
    };
    let (mut headed, mut dated) = (false, false);
    for line in text.split_inclusive('\n').take(2 * HEAD_LINES) {
        let printed = line.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' '));
        let numbered = printed
            .strip_prefix("Telegram ")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if !headed && numbered {
            headed = true;
            state(Field::Number, "head", start + line.len() - printed.len(), printed.trim_end());
        }
        if headed
            && !dated
            && let Some((at, value)) = dated_by(line)
        {
            dated = true;
            state(Field::Date, "date line", start + at, value);
        }
        start += line.len();
    }
    let parties = stated.first().map(crate::tei::parties).unwrap_or_default();
    // Which year's number it is, the line below says.
    if let [number, date] = stated.as_mut_slice()
        && dated_by(&number.value).is_none()
    {
        number.value = format!("{}, {}", number.value, date.value);
    }
    stated.extend(parties);
    stated
}

/// The date in a line: `May 5, 1971, 1001Z`, or without the time.
fn dated_by(line: &str) -> Option<(usize, &str)> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let at = MONTHS.iter().filter_map(|month| line.find(&format!("{month} "))).min()?;
    let ends = line[at..].match_indices([' ', '.', '\n']).map(|(end, _)| end).chain([line.len() - at]);
    let values = ends.take(6).map(|end| line[at..at + end].trim_end_matches([',', '.']));
    let value = values.filter(|value| super::date(value).is_some()).last()?;
    Some((at, value))
}

/// Whether a tag opens a footnote.
fn is_footnote(tag: &str) -> bool {
    tag.contains("footnote") || tag.contains("id=\"fn")
}
