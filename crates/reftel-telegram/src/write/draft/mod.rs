//! A telegram made of a draft: a short plain file as an officer types it.
//!
//! Headers (`From:`, `To:`, `Classification:`, `TAGS:` and so on), a blank line, numbered paragraphs, a signature.
//! [`draft`] checks them, fills the text to 69 columns, cuts it into sections and pages, and sets format lines 1 to
//! 16 around it. The result is read again: it must say what the draft says, and raise nothing. What is missing, or
//! what no line can carry, is refused with its place in the draft; what is sent otherwise is listed.

mod charset;
mod form;
mod head;
mod rules;
mod text;

use super::lines::{COLUMNS, width};
use crate::record::{Dialect, Record};
use crate::{Context, Diagnostic, Span, parse};
use form::Form;

pub(crate) use charset::in_ita2;
pub use charset::{Charset, Replacement};

/// In which form a draft is sent.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The dialect: one of those that are transmitted, or ACP 126.
    pub dialect: Dialect,
    /// What the circuit carries.
    pub charset: Charset,
}

impl Default for Options {
    fn default() -> Options {
        Options { dialect: Dialect::Acp127Us, charset: Charset::Ascii }
    }
}

/// A telegram that was made of a draft.
#[derive(Clone, Debug)]
pub struct Drafted {
    /// The telegram, with line feeds.
    pub text: String,
    /// What it says. Places are the draft's.
    pub record: Record,
    /// What isn't sent as it was typed, in the order of the draft.
    pub replacements: Vec<Replacement>,
    /// What the draft doesn't say and the form needs: which line, and what was set.
    pub assumed: Vec<(String, String)>,
}

/// Why a draft can't be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is the matter, in one line.
    pub message: String,
    /// Bytes of the draft. Where something is missing, the place where it would stand.
    pub span: Span,
    /// What to do.
    pub help: String,
}

/// What was found wrong, and what was replaced, while a draft is read.
#[derive(Debug, Default)]
struct Complaints {
    refusals: Vec<Refusal>,
    replacements: Vec<Replacement>,
    assumed: Vec<(String, String)>,
}

impl Complaints {
    fn refuse(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.refusals.push(Refusal { message: message.into(), span, help: help.into() });
    }

    fn assume(&mut self, line: &str, value: &str) {
        self.assumed.push((line.to_owned(), value.to_owned()));
    }

    /// A text as the circuit carries it; what it can't carry is refused.
    fn send(&mut self, charset: Charset, text: &str, at: usize) -> String {
        let sent = charset.send(text, at);
        self.replacements.extend(sent.replacements);
        for (char, span) in sent.refused {
            let message = match char {
                '"' => "a quotation that isn't closed".to_owned(),
                char if char.is_control() => format!("U+{:04X}, a control character", u32::from(char)),
                char => format!("`{char}` (U+{:04X}), which no circuit carries", u32::from(char)),
            };
            self.refuse(span, message, "write it in letters, figures and common signs");
        }
        sent.text
    }
}

/// Makes a telegram of a draft, or says everything that is in the way.
pub fn draft(text: &str, options: &Options) -> Result<Drafted, Vec<Refusal>> {
    let form = form::read(text);
    let mut complaints = Complaints::default();
    let mut record = Record { dialect: options.dialect, ..Record::default() };
    head::read(text, &form, options, &mut record, &mut complaints);
    text::read(&form, options.charset, &mut record, &mut complaints);
    rules::check(&form, &mut record, &mut complaints);
    head::transmission(&form, options, &mut record, &mut complaints);
    if complaints.refusals.is_empty() {
        let body = super::body::lines(&record);
        let telegram = super::pages::compose(&mut record, options.dialect, body, false);
        read_again(&telegram, &form, &record, &mut complaints);
        // A word of a header that is longer than a line has no place to be broken.
        for line in telegram.lines().filter(|line| width(line) > COLUMNS) {
            let message = format!("`{}` has {} columns; {COLUMNS} is the most", short(line), width(line));
            complaints.refuse(Span::new(0, form.end), message, "put a blank where the line may end");
        }
        if complaints.refusals.is_empty() {
            complaints.replacements.sort_by_key(|found| found.span);
            let Complaints { replacements, assumed, .. } = complaints;
            return Ok(Drafted { text: telegram, record, replacements, assumed });
        }
    }
    for refusal in &mut complaints.refusals {
        refusal.span = crate::source::whole(text, refusal.span);
    }
    complaints.refusals.sort_by_key(|refusal| refusal.span);
    complaints.refusals.dedup();
    Err(complaints.refusals)
}

/// The telegram must say what the draft does, and raise nothing.
fn read_again(telegram: &str, form: &Form<'_>, record: &Record, complaints: &mut Complaints) {
    let context = Context { year: super::head::year(record) };
    // Commas that were put for apostrophes must be read as commas here: the draft's text has them now.
    let readings = parse::read_as_sent(telegram, &context);
    let whole = Span::new(0, form.end);
    let [reading] = &readings[..] else {
        let message = format!("a telegram that reads as {} telegrams", readings.len());
        return complaints.refuse(whole, message, "see that no line of the text looks like a heading");
    };
    let back = &reading.record;
    let spans = record.spans();
    let place = |pointer: &str| {
        let within = |known: &str| {
            pointer.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        spans.iter().filter(|(known, _)| within(known)).map(|(_, span)| *span).next_back().unwrap_or(whole)
    };
    let mut typed = record.clone();
    for paragraph in &mut typed.paragraphs {
        // Blanks in front of a line are layout, and no part of what is read.
        let lines = paragraph.value.text.lines().map(|line| line.trim_start_matches(' '));
        paragraph.value.text = lines.collect::<Vec<_>>().join("\n");
    }
    for found in super::compare(&typed, back) {
        let follows =
            ["/blocks/", "/nested/", "/dialect"].iter().any(|start| found.pointer.starts_with(start));
        if !follows {
            let (before, after) = (found.before.unwrap_or_default(), found.after.unwrap_or_default());
            let message =
                format!("{}: `{}` would be read as `{}`", found.pointer, short(&before), short(&after));
            complaints.refuse(place(&found.pointer), message, "write it in another way");
        }
    }
    let back_spans = back.spans();
    for diagnostic in &back.diagnostics {
        let holds = |span: &Span| span.start <= diagnostic.span.start && diagnostic.span.start < span.end;
        // The smallest place that the draft has too.
        let about = back_spans
            .iter()
            .filter(|(pointer, span)| holds(span) && spans.iter().any(|(known, _)| known == pointer))
            .min_by_key(|(_, span)| span.len());
        let span = about.map_or(whole, |(pointer, _)| place(pointer));
        complaints.refuse(span, raised(diagnostic), format!("expected {}", diagnostic.code.expected()));
    }
}

fn raised(diagnostic: &Diagnostic) -> String {
    format!("{} [{}]", diagnostic.message, diagnostic.code.name())
}

/// The beginning of a value.
fn short(value: &str) -> String {
    let line = value.replace('\n', " ");
    match line.char_indices().nth(50) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
