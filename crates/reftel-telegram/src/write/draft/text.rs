//! The text of a draft: its paragraphs, filled to 69 columns, and its signature.

use super::Complaints;
use super::charset::Charset;
use super::form::Form;
use crate::record::{Paragraph, Record};
use crate::write::body::may_begin;
use crate::write::lines::{COLUMNS, width, wrap};
use crate::{Span, Spanned, body, signature};

/// A run of lines without a blank one, and its first byte in the draft.
#[derive(Clone, Copy, Debug)]
struct Chunk<'t> {
    text: &'t str,
    at: usize,
}

impl Chunk<'_> {
    fn span(&self) -> Span {
        Span::new(self.at, self.at + self.text.len())
    }

    fn first(&self) -> &str {
        self.text.lines().next().unwrap_or("")
    }
}

/// Reads paragraphs and signature into the record. Spans are the draft's.
pub(super) fn read(form: &Form<'_>, charset: Charset, record: &mut Record, complaints: &mut Complaints) {
    let mut chunks = chunks(form);
    let Some(last) = chunks.last().copied() else {
        complaints.refuse(
            Span::new(form.end, form.end),
            "there is no text",
            "leave a blank line behind the headers, and write it there",
        );
        return;
    };
    match signature::name(last.text.trim(), true).filter(|_| !last.text.trim().contains('\n')) {
        Some(name) => {
            record.signatures.push(Spanned::new(name.to_uppercase(), last.span()));
            chunks.pop();
        }
        None => complaints.refuse(
            last.span(),
            "the text isn't signed",
            "leave a blank line behind the text, and write the surname alone on the last line",
        ),
    }
    let mut reader = Reader { charset, record, complaints, heading: None, next: 1 };
    for (index, chunk) in chunks.iter().enumerate() {
        let before_number = chunks
            .get(index + 1)
            .is_some_and(|next| start(next.first()).is_some_and(|start| start.number.is_some()));
        reader.chunk(*chunk, before_number);
    }
    reader.finish();
}

/// The text cut at blank lines.
fn chunks<'t>(form: &Form<'t>) -> Vec<Chunk<'t>> {
    let mut chunks: Vec<Chunk<'t>> = Vec::new();
    let mut at = 0;
    let mut open: Option<usize> = None;
    let mut end = 0;
    let mut close = |open: &mut Option<usize>, end: usize| {
        if let Some(from) = open.take() {
            chunks.push(Chunk { text: &form.text[from..end], at: form.text_at + from });
        }
    };
    for line in form.text.split_inclusive('\n') {
        let words = line.trim_end();
        if words.is_empty() {
            close(&mut open, end);
        } else {
            // A numbered line at the margin begins a paragraph, blank line or not.
            if start(line).is_some_and(|start| start.number.is_some()) {
                close(&mut open, end);
            }
            open.get_or_insert(at);
            end = at + words.len();
        }
        at += line.len();
    }
    close(&mut open, end);
    chunks
}

/// The start of a paragraph at the margin.
fn start(line: &str) -> Option<body::Start<'_>> {
    body::paragraph_start(line)
}

struct Reader<'a> {
    charset: Charset,
    record: &'a mut Record,
    complaints: &'a mut Complaints,
    heading: Option<String>,
    next: u32,
}

impl Reader<'_> {
    fn chunk(&mut self, chunk: Chunk<'_>, before_number: bool) {
        let found = start(chunk.first());
        let Some(found) = found else {
            let heading = before_number && !chunk.text.contains('\n') && !chunk.text.ends_with(['.', ':']);
            if heading {
                self.heading = Some(self.send(chunk.text.trim(), chunk.at + indent(chunk.text)));
            } else {
                self.more(chunk);
            }
            return;
        };
        let number = found.number.map(|number| number.0);
        if let Some(number) = number {
            if number != self.next {
                let at = Span::new(chunk.at, chunk.at + chunk.first().len());
                let message = format!("paragraph {number} where {} is due", self.next);
                self.complaints.refuse(at, message, "number the paragraphs from 1 on, without a gap");
            }
            self.next = number + 1;
        }
        let portion = found.portion.map(str::to_owned);
        let first = match (number, &portion) {
            (Some(number), Some(mark)) => format!("{number}. ({mark}) "),
            (Some(number), None) => format!("{number}. "),
            (None, Some(mark)) => format!("({mark}) "),
            (None, None) => String::new(),
        };
        let text = self.fill(&chunk.text[found.text_at..], chunk.at + found.text_at, &first);
        let paragraph = Paragraph {
            number,
            number_printed: number.map(|number| number.to_string()),
            portion,
            heading: self.heading.take(),
            text,
            lines: Vec::new(),
        };
        self.record.paragraphs.push(Spanned::new(paragraph, chunk.span()));
    }

    /// Lines below a blank one that begin no paragraph: they go on with the one before.
    fn more(&mut self, chunk: Chunk<'_>) {
        let text = self.fill(chunk.text, chunk.at, "");
        let last = self.record.paragraphs.last_mut().filter(|last| last.value.number.is_some());
        if let Some(last) = last {
            last.value.text.push_str(
                "

",
            );
            last.value.text.push_str(&text);
            last.span.end = chunk.span().end;
        } else {
            let paragraph = Paragraph { text, ..Paragraph::default() };
            self.record.paragraphs.push(Spanned::new(paragraph, chunk.span()));
        }
    }

    fn send(&mut self, text: &str, at: usize) -> String {
        self.complaints.send(self.charset, text, at)
    }

    /// Fills lines at the margin to [`COLUMNS`]; lines that are indented stand as they were typed.
    fn fill(&mut self, text: &str, at: usize, first: &str) -> String {
        let mut lines: Vec<String> = Vec::new();
        let mut words = String::new();
        let mut start = first;
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let own = line.trim_end();
            let place = at + offset;
            let typed = indent(own) > 0;
            offset += line.len();
            let sent = self.send(own, place);
            if typed {
                flush(&mut words, &mut start, first, &mut lines);
                self.measure(&sent, Span::new(place, place + own.len()));
                lines.push(sent);
                start = "";
            } else {
                for word in sent.split_ascii_whitespace() {
                    if !words.is_empty() {
                        words.push(' ');
                    }
                    words.push_str(word);
                    self.measure(word, Span::new(place, place + own.len()));
                }
            }
        }
        flush(&mut words, &mut start, first, &mut lines);
        lines.join("\n")
    }

    fn measure(&mut self, text: &str, at: Span) {
        if width(text) > COLUMNS {
            let message = format!("{} columns that can't be broken; {COLUMNS} is the most", width(text));
            self.complaints.refuse(at, message, "a line that is indented stands as typed; break it yourself");
        }
    }

    fn finish(&mut self) {
        let numbered =
            self.record.paragraphs.iter().filter(|paragraph| paragraph.value.number.is_some()).count();
        let all = self.record.paragraphs.len();
        let Some(first) = self.record.paragraphs.first() else { return };
        if all > 1 && numbered < all {
            let bare = self.record.paragraphs.iter().find(|paragraph| paragraph.value.number.is_none());
            let at = bare.map_or(first.span, |bare| bare.span);
            let help = "write `1. ` in front of the first, and so on; a line that belongs to the one before is indented";
            self.complaints.refuse(at, "a paragraph without a number, in a text of several", help);
        } else if all == 1 && numbered == 1 {
            self.complaints.refuse(first.span, "a single paragraph has no number", "leave the number out");
        }
    }
}

/// Blanks in front of a line.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// Breaks the words gathered so far into lines.
fn flush(words: &mut String, start: &mut &str, first: &str, lines: &mut Vec<String>) {
    if words.is_empty() {
        return;
    }
    let mut filled = wrap(start, words, "", may_begin);
    // The number and the mark are the paragraph's, not the text's.
    if !start.is_empty() {
        if let Some(line) = filled.first_mut() {
            *line = line[first.len()..].to_owned();
        }
        *start = "";
    }
    lines.append(&mut filled);
    words.clear();
}
