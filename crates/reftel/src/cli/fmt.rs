//! `reftel fmt`

use std::path::PathBuf;

use reftel_telegram::Context;
use reftel_telegram::record::{Dialect, Record};
use reftel_telegram::write::{self, Difference, Printed};

use super::draft::Charset;
use super::terminal::{Screen, clean, counted};
use super::written::{self, Written};
use super::{Failure, Status, input};

/// Print telegrams in the canonical form of a dialect
///
/// Reads the telegrams in the files and writes each anew: heading, labels, addresses and references in the
/// dialect's form, the text line by line as it stands. Without `--dialect`, each in its own.
///
/// What is printed is read again, and each value that isn't the same is listed on standard error: what the
/// dialect can't carry, what it demands besides, and what was damaged and is printed in its proper form. So
/// are lines of the file with words that are in no field and therefore not printed.
///
/// With `--fit` a telegram is set as it is transmitted, and as `reftel draft` sets one: no line of the text longer than
/// 69 columns, sections of 100 lines, pages of 20 with a line in front of each. With `--wire` it has, besides, what goes
/// over the line: CR CR LF behind each, five bells before a FLASH, line feeds between pages and before `NNNN`; with
/// `--charset ita2` also capitals, and the shifts between letters and figures.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 read again it is the same, 1 something isn't and is listed, 2 a file could not be read or
holds no telegram.

Examples:
  reftel fmt damaged.txt > clean.txt
  reftel fmt --dialect janap128 telegram.txt
  reftel fmt --dialect acp126 - < telegram.txt
  reftel fmt --wire --charset ita2 telegram.txt > tape.bin")]
pub(crate) struct Fmt {
    /// The files; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The form to print in; without it, each telegram's own
    #[arg(long, value_name = "DIALECT")]
    dialect: Option<Form>,

    /// Break lines at 69 columns, and cut sections and pages
    #[arg(long)]
    fit: bool,

    /// Print what goes over the line, with ends of lines, bells and the end of the message
    #[arg(long)]
    wire: bool,

    /// What the circuit carries
    #[arg(long, value_name = "CHARSET", default_value = "ascii", requires = "wire")]
    charset: Charset,

    /// The year, where the text doesn't say it
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,
}

/// The forms of a heading that a telegram can be printed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Form {
    /// ACP 127 with the US supplement, as State transmits
    Acp127Us,
    /// Plain ACP 127, as allies transmit
    Acp127,
    /// JANAP 128: a routing line in fixed columns
    Janap128,
    /// ACP 126: from the date-time group on, without routing lines
    Acp126,
    /// An archive copy of the 1970s
    #[value(name = "archive-1970s")]
    Archive1970s,
}

impl From<Form> for Dialect {
    fn from(form: Form) -> Dialect {
        match form {
            Form::Acp127Us => Dialect::Acp127Us,
            Form::Acp127 => Dialect::Acp127,
            Form::Janap128 => Dialect::Janap128,
            Form::Acp126 => Dialect::Acp126,
            Form::Archive1970s => Dialect::Archive1970s,
        }
    }
}

impl Fmt {
    pub(crate) fn run(&self, screen: &mut Screen) -> Result<Status, Failure> {
        written::each(&self.files, screen, |name, bytes| {
            self.file(name, bytes).map_err(|failure| vec![failure])
        })
    }

    fn print(&self, name: &str, record: &Record, dialect: Dialect) -> Result<Printed, Failure> {
        if !self.fit && !self.wire {
            return Ok(write::print(record, dialect));
        }
        write::transmit(record, dialect, self.wire.then(|| self.charset.into())).map_err(|refused| {
            let each = refused.iter().take(10).map(|one| {
                format!(
                    "{} (U+{:04X}) in line {}",
                    clean(&one.char.to_string()),
                    u32::from(one.char),
                    one.line
                )
            });
            let all = each.collect::<Vec<_>>().join(", ");
            Failure::new(format!("{}: the circuit has no sign for {all} of the print", clean(name)))
        })
    }

    fn file(&self, name: &str, bytes: &[u8]) -> Result<Written, Failure> {
        let (mut done, mut own) = (Written::default(), String::new());
        for record in input::records(name, bytes, &Context { year: self.year })? {
            let dialect = self.dialect.map_or(record.dialect, Dialect::from);
            let printed = self.print(name, &record, dialect)?;
            done.notes.extend(long(name, done.text.matches('\n').count(), &printed));
            done.text += &printed.text;
            done.losses.extend(remarks(name, &record, &printed));
            // What a line of the file says is looked for in the form that the file has.
            let same = dialect == record.dialect && !self.wire;
            own += &if same { printed.text } else { write::print(&record, record.dialect).text };
        }
        done.losses.extend(left_out(name, bytes, &own));
        Ok(done)
    }
}

/// A note of lines that are too long for a teletype, in a print behind so many lines. They are the text's own,
/// and stand as they are.
fn long(name: &str, before: usize, printed: &Printed) -> Option<String> {
    let long: Vec<usize> = (before + 1..)
        .zip(printed.text.lines())
        .filter(|(_, line)| line.chars().filter(|c| !c.is_control()).count() > write::COLUMNS)
        .map(|(number, _)| number)
        .collect();
    let first = long.first()?;
    Some(format!(
        "{}: {} of the print longer than {} columns, first line {first}",
        clean(name),
        counted(long.len() as u64, "line"),
        write::COLUMNS
    ))
}

/// Lines of a file with words that the prints of its telegrams don't have.
pub(super) fn left_out(name: &str, bytes: &[u8], prints: &str) -> Vec<String> {
    let text = reftel_telegram::decode(bytes).0;
    let (mut line, mut seen) = (1, 0);
    let each = write::left_out(&text, prints).into_iter().map(|span| {
        line += text[seen..span.start].matches('\n').count();
        seen = span.start;
        let words = shorten(&text[span.range()]);
        format!("{}:{line}: `{words}` isn't printed as it stands", clean(name))
    });
    each.collect()
}

/// What isn't the same in a print, a line each.
pub(super) fn remarks(name: &str, record: &Record, printed: &Printed) -> Vec<String> {
    let about = record.mrn.as_ref().map_or("", |mrn| mrn.value.as_str());
    printed.differences.iter().map(|found| remark(name, about, found)).collect()
}

/// A difference for a person: the file, the telegram, the place, what becomes of the value.
fn remark(name: &str, about: &str, found: &Difference) -> String {
    let what = match (&found.before, &found.after) {
        (Some(before), Some(after)) => format!("`{}` becomes `{}`", shorten(before), shorten(after)),
        (Some(before), None) => format!("`{}` is left out", shorten(before)),
        (None, Some(after)) => format!("`{}` is added", shorten(after)),
        (None, None) => String::new(),
    };
    let about = if about.is_empty() { String::new() } else { format!("{}, ", clean(about)) };
    format!("{}: {about}{}: {what}: {}", clean(name), found.pointer, found.reason)
}

/// The beginning of a value, in one line.
fn shorten(value: &str) -> String {
    const SHOWN: usize = 60;
    let line = clean(value);
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_says_what_becomes_of_a_value() {
        let found = Difference {
            pointer: "/dtg_printed".into(),
            before: Some("25\u{1b}1346 Z JUN 7 3".into()),
            after: Some("251346Z JUN 73".into()),
            reason: "is printed in its canonical form",
        };
        assert_eq!(
            remark("in.txt", "73LISBON1", &found),
            "in.txt: 73LISBON1, /dtg_printed: `25␛1346 Z JUN 7 3` becomes `251346Z JUN 73`: is printed in its \
             canonical form"
        );
        let lost = Difference { after: None, before: Some("X".repeat(80)), ..found };
        assert!(remark("in.txt", "", &lost).contains(&format!("`{}…` is left out", "X".repeat(60))));
    }
}
