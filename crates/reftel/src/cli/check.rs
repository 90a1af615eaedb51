//! `reftel check`

use std::path::{Path, PathBuf};

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use reftel_telegram::{Context, Diagnostic, Reading, Severity};
use serde::Serialize;

use super::place::{Excerpt, Places};
use super::terminal::{Screen, clean, count, counted};
use super::{Failure, Status, input};
use crate::json;

/// Say what is odd about telegrams
///
/// Prints each irregularity with its code, the line and the place in it, the rule and the publication that
/// the rule is from. A summary goes to standard error. Bytes that could steer a terminal are shown
/// escaped.
///
/// With `--format json`, one object a line: `file`, `code`, `severity`, `message`, `at` (bytes of the file,
/// from and up to), `line`, `column`, `rule`, `source`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 nothing odd, 1 something odd, 2 a file could not be read.

Example: reftel check inbox/*.txt")]
pub(crate) struct Check {
    /// The files; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// For people or for programs
    #[arg(long, default_value = "text")]
    format: Format,

    /// The year, where the text doesn't say it
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// The place shown, as compilers do
    Text,
    /// One object a line
    Json,
}

/// What was seen, for the summary.
#[derive(Debug, Default)]
struct Tally {
    files: u64,
    telegrams: u64,
    errors: u64,
    warnings: u64,
    notes: u64,
    unread: u64,
}

/// An irregularity as JSON.
#[derive(Debug, Serialize)]
struct Finding<'a> {
    file: &'a str,
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    at: [usize; 2],
    line: usize,
    column: usize,
    rule: &'static str,
    source: &'static str,
}

impl Check {
    pub(crate) fn run(&self, screen: &mut Screen) -> Result<Status, Failure> {
        let mut tally = Tally::default();
        for path in &self.files {
            let context = Context { year: self.year };
            let read = input::read(path).and_then(|bytes| {
                let readings = input::telegrams(&input::name(path), &bytes, &context)?;
                Ok((bytes, readings))
            });
            match read {
                Ok((bytes, readings)) => self.file(path, &bytes, &readings, &mut tally, screen)?,
                Err(failure) => {
                    tally.unread += 1;
                    screen.flush()?;
                    screen.complain(&failure);
                }
            }
        }
        screen.flush()?;
        screen.say(&tally.summary());
        Ok(tally.status())
    }

    fn file(
        &self,
        path: &Path,
        bytes: &[u8],
        readings: &[Reading],
        tally: &mut Tally,
        screen: &mut Screen,
    ) -> Result<(), Failure> {
        let name = input::name(path);
        tally.files += 1;
        tally.telegrams += readings.len() as u64;
        let mut places = None;
        for diagnostic in readings.iter().flat_map(|reading| &reading.record.diagnostics) {
            tally.add(diagnostic.code.severity());
            let places = places.get_or_insert_with(|| Places::new(bytes));
            let line = match self.format {
                Format::Text => {
                    text(&name, diagnostic, &places.excerpt(diagnostic.span), screen.color) + "\n"
                }
                Format::Json => json(&name, diagnostic, places)?,
            };
            screen.line(&line)?;
        }
        Ok(())
    }
}

impl Tally {
    fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Info => self.notes += 1,
        }
    }

    fn summary(&self) -> String {
        let mut found = Vec::new();
        for (number, name) in [(self.errors, "error"), (self.warnings, "warning"), (self.notes, "note")] {
            if number > 0 {
                found.push(counted(number, name));
            }
        }
        let mut summary =
            format!("{}, {}: ", counted(self.files, "file"), counted(self.telegrams, "telegram"));
        summary += &if found.is_empty() { "nothing odd".to_owned() } else { found.join(", ") };
        if self.unread > 0 {
            summary += &format!("; {} could not be read", count(self.unread));
        }
        summary
    }

    fn status(&self) -> Status {
        if self.unread > 0 {
            Status::Trouble
        } else if self.errors + self.warnings + self.notes > 0 {
            Status::Negative
        } else {
            Status::Fine
        }
    }
}

/// An irregularity for a person.
fn text(file: &str, diagnostic: &Diagnostic, excerpt: &Excerpt, color: bool) -> String {
    let level = match diagnostic.code.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::NOTE,
    };
    let rule = diagnostic.code.rule().trim_end_matches('.');
    let rule = format!("rule: {rule} ({})", diagnostic.code.source());
    let snippet = Snippet::source(excerpt.text.as_str())
        .line_start(excerpt.line)
        .annotation(AnnotationKind::Primary.span(excerpt.span.clone()));
    let report = level
        .primary_title(clean(&diagnostic.message))
        .id(diagnostic.code.name())
        .element(Origin::path(clean(file)).line(excerpt.line).char_column(excerpt.column))
        .element(snippet)
        .element(Level::NOTE.message(rule))
        .element(Level::HELP.message(format!("expected {}", diagnostic.code.expected())));
    // The renderer takes the line for one of another file, since only a piece of it is shown, and sets a
    // line of colons in front. The place is said above already.
    let shown = renderer(color).render(&[report]);
    let lines = shown.lines().enumerate().filter(|(index, line)| *index != 3 || !line.contains(":::"));
    lines.map(|(_, line)| line).collect::<Vec<_>>().join("\n")
}

/// What draws a place in a text.
pub(crate) fn renderer(color: bool) -> Renderer {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    renderer.decor_style(DecorStyle::Ascii)
}

fn json(file: &str, diagnostic: &Diagnostic, places: &Places) -> Result<String, Failure> {
    let (line, column) = places.line_and_column(diagnostic.span.start);
    let finding = Finding {
        file,
        code: diagnostic.code.name(),
        severity: diagnostic.code.severity().name(),
        message: &diagnostic.message,
        at: json::range(diagnostic.span),
        line,
        column,
        rule: diagnostic.code.rule(),
        source: diagnostic.code.source(),
    };
    Ok(json::print(&finding, false)?)
}

#[cfg(test)]
mod tests {
    use reftel_telegram::{Code, Span};

    use super::*;

    #[test]
    fn an_irregularity_shows_its_place() {
        let bytes = b"P R\r\nR 321530Z MAR 79\x1b\r\n";
        let code = Code::ALL[0];
        let diagnostic = Diagnostic { code, message: "day 32".into(), span: Span::new(7, 21) };
        let excerpt = Places::new(bytes).excerpt(diagnostic.span);
        let shown = text("in\x1b.txt", &diagnostic, &excerpt, false);
        let [title, origin, _, line, carets, _, note, ..] = shown.lines().collect::<Vec<_>>()[..] else {
            panic!("{shown}");
        };
        assert!(title.ends_with(&format!("[{}]: day 32", code.name())), "{shown}");
        assert_eq!(origin.trim(), "--> in␛.txt:2:3", "{shown}");
        assert_eq!(line, "2 | R 321530Z MAR 79␛", "{shown}");
        assert_eq!(carets, "  |   ^^^^^^^^^^^^^^", "{shown}");
        assert!(note.contains("= note: rule: ") && note.contains(code.source()), "{shown}");
    }

    #[test]
    fn the_summary_and_the_status_agree() {
        let mut tally = Tally { files: 3, telegrams: 5, ..Tally::default() };
        assert_eq!(
            (tally.summary().as_str(), tally.status()),
            ("3 files, 5 telegrams: nothing odd", Status::Fine)
        );
        tally.add(Severity::Warning);
        tally.add(Severity::Info);
        assert_eq!(tally.summary(), "3 files, 5 telegrams: 1 warning, 1 note");
        assert_eq!(tally.status(), Status::Negative);
        tally.unread = 1;
        assert_eq!(tally.status(), Status::Trouble);
    }
}
