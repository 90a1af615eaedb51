//! The body of a text as lines: paragraphs, headings, signatures; and where it may be cut.

use super::head;
use super::lines::{COLUMNS, width, wrap};
use crate::record::{Paragraph, Record};
use crate::{blocks, body};

/// What may happen in front of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// A new section may begin, and a new page.
    Section,
    /// A new page may begin. A section may, in need.
    Page,
    /// Neither: the line and the one above are read together.
    Nothing,
}

/// A line of the body.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) before: Before,
    /// The number of the paragraph that begins here.
    pub(super) number: Option<u32>,
}

/// Blanks in front of a line of a list, so that its number begins no paragraph.
const LIST_INDENT: &str = "     ";

/// The paragraphs and the signatures.
pub(super) fn lines(record: &Record) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut numbered = false;
    let mut push =
        |text: String, before: Before, number: Option<u32>| lines.push(Line { text, before, number });
    for (index, paragraph) in record.paragraphs.iter().enumerate() {
        let of = &paragraph.value;
        numbered |= of.number.is_some();
        // A paragraph without a number isn't told from the one before it across a page.
        let own = of.number.is_some() || of.portion.is_some() && !numbered;
        let mut before = if own && index > 0 { Before::Section } else { Before::Nothing };
        if index > 0 {
            push(String::new(), Before::Nothing, None);
        }
        if let Some(heading) = &of.heading {
            // Behind a sentence that is open, a heading in another section is read as its end.
            if index > 0 && !ends_sentence(&record.paragraphs[index - 1].value.text) {
                before = Before::Nothing;
            }
            push(heading.clone(), before, of.number);
            if !stands_alone(heading) {
                push("-".repeat(heading.chars().count().clamp(3, COLUMNS)), Before::Nothing, None);
            }
            push(String::new(), Before::Nothing, None);
            before = Before::Nothing;
        }
        let first = start(of);
        for (at, line) in of.text.split('\n').enumerate() {
            if at == 0 {
                push(format!("{first}{line}").trim_end().to_owned(), before, of.number);
            } else if body::paragraph_start(line).is_some_and(|start| start.number.is_some()) {
                push(format!("{LIST_INDENT}{line}"), Before::Page, None);
            } else {
                push(line.to_owned(), Before::Page, None);
            }
        }
    }
    for (index, signature) in record.signatures.iter().enumerate() {
        if index > 0 || !record.paragraphs.is_empty() {
            push(String::new(), Before::Nothing, None);
        }
        push(signature.value.clone(), Before::Nothing, None);
    }
    // A blank line inside a paragraph is lost at a page's end.
    for at in 1..lines.len() {
        if lines[at].before == Before::Page && (lines[at].text.is_empty() || lines[at - 1].text.is_empty()) {
            lines[at].before = Before::Nothing;
        }
    }
    lines
}

/// What stands in front of a paragraph's text: `2. (C) `.
fn start(of: &Paragraph) -> String {
    let mut first = String::new();
    if let Some(number) = of.number {
        let printed = of.number_printed.as_deref().filter(|printed| printed.parse() == Ok(number));
        first += &printed.map_or_else(|| number.to_string(), str::to_owned);
        first += ". ";
    }
    if let Some(portion) = &of.portion {
        first += &format!("({portion}) ");
    }
    first
}

/// Breaks the lines of a paragraph that are longer than [`COLUMNS`].
pub(super) fn fit(of: &mut Paragraph) {
    let first = start(of);
    let mut lines: Vec<String> = Vec::new();
    for (at, line) in of.text.split('\n').enumerate() {
        let list = at > 0 && body::paragraph_start(line).is_some_and(|start| start.number.is_some());
        let before = match at {
            0 => first.as_str(),
            _ if list => LIST_INDENT,
            _ => "",
        };
        if width(before) + width(line) <= COLUMNS {
            lines.push(line.to_owned());
            continue;
        }
        let mut broken = wrap(before, line, "", may_begin);
        if let Some(line) = broken.first_mut() {
            *line = line[before.len()..].to_owned();
        }
        lines.append(&mut broken);
    }
    of.text = lines.join("\n");
}

/// Whether a line of running text may begin so: not as a paragraph, a block, or a line of the form does.
pub(super) fn may_begin(rest: &str) -> bool {
    let word = rest.split(' ').next().unwrap_or("");
    body::paragraph_start(rest).is_none()
        && blocks::opening(rest).is_none()
        && !matches!(word, "BT" | "NNN" | "NNNN" | "PAGE" | "BEGIN" | "QUOTE" | "UNQUOTE")
        && !word.starts_with(['#', '-', '<', '*'])
}

/// Whether a line within a paragraph goes on with the sentence above it, and is read so in another section too.
pub(super) fn runs_on(body: &[Line], at: usize) -> bool {
    body[at].before == Before::Page && !ends_sentence(&body[at - 1].text) && !head::takes(&body[at].text)
}

fn ends_sentence(text: &str) -> bool {
    text.ends_with(['.', '"', '?', '!', ')'])
}

/// Takes the first `at` lines off a body, without blank ones at their end.
pub(super) fn take(body: &mut Vec<Line>, at: usize) -> Vec<Line> {
    let rest = body.split_off(at);
    while body.last().is_some_and(|line| line.text.is_empty()) {
        body.pop();
    }
    std::mem::replace(body, rest)
}

/// Whether a heading is known as one without a rule below it.
fn stands_alone(heading: &str) -> bool {
    let lower = heading.bytes().any(|b| b.is_ascii_lowercase());
    let open = heading.ends_with(['.', ',', ';', ':', '"', '!', ')']);
    let short = heading.len() <= 72 && heading.split(' ').count() <= 12;
    let capital = heading.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    !open && (!lower || short && capital)
}
