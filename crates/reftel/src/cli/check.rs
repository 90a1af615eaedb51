//! `reftel check`

mod explain;
mod mend;
mod sarif;

use std::path::{Path, PathBuf};

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use reftel_telegram::{Context, Diagnostic, Purpose, Severity};
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
/// An old copy is held to less than a telegram that is about to be sent: `--for release` adds the rules of
/// the line (69 columns, its characters, pages, sections, end) and of the sender (markings, order, TAGS).
///
/// With `--format json`, one object a line: `file`, `code`, `severity`, `message`, `at` (bytes of the file,
/// from and up to), `line`, `column`, `rule`, `source`, and `repair` (`after`, `confidence`) where there is one.
/// With `--format sarif`, one log in SARIF 2.1.0, for editors and build servers.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 nothing odd, 1 something odd, 2 a file could not be read.

Examples:
  reftel check inbox/*.txt
  reftel check --for release draft.txt
  reftel check --for release --fix --dry-run draft.txt
  reftel check --explain T042")]
pub(crate) struct Check {
    /// The files; `-` is standard input
    #[arg(required_unless_present = "explain", value_name = "FILE")]
    files: Vec<PathBuf>,

    /// What they are questioned for
    #[arg(long = "for", value_name = "PURPOSE", default_value = "archive")]
    purpose: For,

    /// For people or for programs
    #[arg(long, default_value = "text")]
    format: Format,

    /// The year, where the text doesn't say it
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,

    /// Say what a rule is for, and how to mend what breaks it
    #[arg(long, value_name = "CODE", conflicts_with_all = ["files", "fix"])]
    explain: Option<String>,

    /// Make the repairs that are safe, and show the difference; with `-`, print the mended text
    #[arg(long)]
    fix: bool,

    /// With `--fix`: show the difference and change nothing
    #[arg(long, requires = "fix")]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum For {
    /// An old copy, to be read and kept
    Archive,
    /// A telegram that is about to be sent
    Release,
}

impl From<For> for Purpose {
    fn from(purpose: For) -> Purpose {
        match purpose {
            For::Archive => Purpose::Archive,
            For::Release => Purpose::Release,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// The place shown, as compilers do
    Text,
    /// One object a line
    Json,
    /// A log in SARIF 2.1.0
    Sarif,
}

/// What was seen, for the summary.
#[derive(Debug, Default)]
struct Tally {
    files: u64,
    telegrams: u64,
    errors: u64,
    warnings: u64,
    notes: u64,
    repairs: u64,
    /// Whether repairs were shown and not made.
    pending: bool,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    repair: Option<Mend<'a>>,
}

/// What to write instead.
#[derive(Debug, Serialize)]
struct Mend<'a> {
    after: &'a str,
    confidence: &'static str,
}

impl Check {
    pub(crate) fn run(&self, screen: &mut Screen) -> Result<Status, Failure> {
        if let Some(typed) = &self.explain {
            let code = explain::find(typed)?;
            let shown = explain::text(code, screen.color, screen.width());
            screen.bytes(shown.as_bytes())?;
            return Ok(Status::Fine);
        }
        let mut tally = Tally::default();
        let mut log = (self.format == Format::Sarif).then(|| sarif::Log::new(self.purpose.into()));
        for path in &self.files {
            let name = input::name(path);
            let done = input::read(path).and_then(|bytes| {
                if self.fix {
                    self.mend(path, &name, &bytes, &mut tally, screen)
                } else {
                    self.file(&name, &bytes, &mut tally, &mut log, screen)
                }
            });
            match done {
                Ok(()) => tally.files += 1,
                Err(Failure::BrokenPipe) => return Err(Failure::BrokenPipe),
                Err(failure) => {
                    tally.unread += 1;
                    screen.flush()?;
                    screen.complain(&failure);
                }
            }
        }
        if let Some(log) = log.filter(|_| !self.fix) {
            screen.line(&json::print(&log.finish(tally.unread == 0), true)?)?;
        }
        screen.flush()?;
        screen.say(&tally.summary());
        Ok(tally.status())
    }

    /// Shows what is odd about a file.
    fn file(
        &self,
        name: &str,
        bytes: &[u8],
        tally: &mut Tally,
        log: &mut Option<sarif::Log>,
        screen: &mut Screen,
    ) -> Result<(), Failure> {
        let readings = input::telegrams(name, bytes, &Context { year: self.year })?;
        tally.telegrams += readings.len() as u64;
        let found = input::questioned(name, bytes, &readings, self.purpose.into())?;
        let mut places = None;
        for diagnostic in &found {
            let severity = self.severity(diagnostic);
            tally.add(severity);
            let places = places.get_or_insert_with(|| Places::new(bytes));
            match (self.format, log.as_mut()) {
                (Format::Sarif, Some(log)) => log.push(name, diagnostic, places),
                (Format::Json, _) => screen.line(&json(name, diagnostic, severity, places)?)?,
                _ => {
                    let excerpt = places.excerpt(diagnostic.span);
                    screen.line(&(text(name, diagnostic, severity, &excerpt, screen.color) + "\n"))?;
                }
            }
        }
        Ok(())
    }

    /// Mends a file, or standard input.
    fn mend(
        &self,
        path: &Path,
        name: &str,
        bytes: &[u8],
        tally: &mut Tally,
        screen: &mut Screen,
    ) -> Result<(), Failure> {
        let mended = mend::mend(name, bytes, &Context { year: self.year }, self.purpose.into())?;
        let changed = mended.before != mended.after;
        let piped = path == Path::new("-");
        if changed && !piped && !self.dry_run {
            mend::replace(path, &mended.after)?;
        }
        if piped && !self.dry_run {
            screen.bytes(mended.after.as_bytes())?;
            screen.flush()?;
            if changed {
                screen.say_painted(mend::difference(name, &mended, screen.error_color).trim_end());
            }
        } else if changed {
            screen.bytes(mend::difference(name, &mended, screen.color).as_bytes())?;
        }
        tally.repairs += mended.repairs;
        tally.pending |= changed && self.dry_run;
        tally.telegrams += mended.telegrams;
        mended.left.iter().for_each(|found| tally.add(self.severity(found)));
        Ok(())
    }

    fn severity(&self, diagnostic: &Diagnostic) -> Severity {
        diagnostic.code.severity_for(self.purpose.into()).unwrap_or(diagnostic.code.severity())
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
        if self.repairs > 0 {
            summary += &format!("{}, then ", counted(self.repairs, "repair"));
        }
        summary += &if found.is_empty() { "nothing odd".to_owned() } else { found.join(", ") };
        if self.unread > 0 {
            summary += &format!("; {} could not be read", count(self.unread));
        }
        summary
    }

    fn status(&self) -> Status {
        if self.unread > 0 {
            Status::Trouble
        } else if self.pending || self.errors + self.warnings + self.notes > 0 {
            Status::Negative
        } else {
            Status::Fine
        }
    }
}

/// An irregularity for a person.
fn text(file: &str, diagnostic: &Diagnostic, severity: Severity, excerpt: &Excerpt, color: bool) -> String {
    let level = match severity {
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
    drawn(report, color)
}

/// A report of one place, drawn.
pub(crate) fn drawn(report: Group<'_>, color: bool) -> String {
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

fn json(file: &str, diagnostic: &Diagnostic, severity: Severity, places: &Places) -> Result<String, Failure> {
    let (line, column) = places.line_and_column(diagnostic.span.start);
    let finding = Finding {
        file,
        code: diagnostic.code.name(),
        severity: severity.name(),
        message: &diagnostic.message,
        at: json::range(diagnostic.span),
        line,
        column,
        rule: diagnostic.code.rule(),
        source: diagnostic.code.source(),
        repair: diagnostic
            .repair
            .as_ref()
            .map(|repair| Mend { after: &repair.after, confidence: repair.confidence.name() }),
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
        let diagnostic = Diagnostic { code, message: "day 32".into(), span: Span::new(7, 21), repair: None };
        let excerpt = Places::new(bytes).excerpt(diagnostic.span);
        let shown = text("in\x1b.txt", &diagnostic, Severity::Info, &excerpt, false);
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
