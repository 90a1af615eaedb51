//! `reftel convert`

use std::path::{Path, PathBuf};

use reftel_telegram::record::{Dialect, Record};
use reftel_telegram::write::{self, Difference};
use reftel_telegram::{Context, is_telegram};

use super::fmt::{self, Form};
use super::terminal::{Screen, clean};
use super::{Failure, Status, input};
use crate::{json, json_read};

/// Convert telegrams between dialects, mail and JSON
///
/// Reads telegrams in any dialect, records as `reftel parse` prints them, and mail as this command makes it, and
/// writes each in the form asked for. What the input is, it says itself.
///
/// A mail has the headers of military messages (RFC 6477: originator, precedences, handling instructions and so
/// on), a security label (RFC 7444), the telegram as text, and its record as a JSON part, from which it is read
/// again. A mail from elsewhere is read from its text and headers. Stations have addresses at mmhs.invalid, which
/// no mail reaches.
///
/// What the form asked for can't carry is listed on standard error, and so is what a mail's headers say otherwise
/// than its record.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 everything was carried, 1 something wasn't and is listed, 2 a file could not be read or holds
no telegram.

Examples:
  reftel convert --to eml telegram.txt > telegram.eml
  reftel convert --to acp127-us telegram.eml
  reftel convert --to json telegram.eml | jq .subject.text
  reftel convert --to janap128 record.json")]
pub(crate) struct Convert {
    /// The files; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The form to write
    #[arg(long, value_name = "FORM")]
    to: To,

    /// The year, where the text doesn't say it
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,
}

/// What can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum To {
    /// Internet mail; one telegram a file
    Eml,
    /// The record as JSON, one a line
    Json,
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

impl To {
    /// The dialect, if it is one.
    fn dialect(self) -> Option<Dialect> {
        Some(match self {
            To::Eml | To::Json => return None,
            To::Acp127Us => Form::Acp127Us.into(),
            To::Acp127 => Form::Acp127.into(),
            To::Janap128 => Form::Janap128.into(),
            To::Acp126 => Form::Acp126.into(),
            To::Archive1970s => Form::Archive1970s.into(),
        })
    }
}

/// What an input gave.
#[derive(Debug, Default)]
struct Taken {
    records: Vec<Record>,
    /// Whether places in the records are bytes of the input.
    placed: bool,
    remarks: Vec<String>,
}

/// What is written for one input.
#[derive(Debug, Default)]
struct Done {
    bytes: Vec<u8>,
    remarks: Vec<String>,
}

impl Convert {
    pub(crate) fn run(&self, screen: &mut Screen) -> Result<Status, Failure> {
        let mut status = Status::Fine;
        for path in &self.files {
            match self.file(path, screen.terminal) {
                Ok(done) => {
                    screen.text(&String::from_utf8_lossy(&done.bytes))?;
                    screen.flush()?;
                    for remark in &done.remarks {
                        screen.say(remark);
                    }
                    if !done.remarks.is_empty() && status == Status::Fine {
                        status = Status::Negative;
                    }
                }
                Err(failure) => {
                    screen.flush()?;
                    screen.complain(&failure);
                    status = Status::Trouble;
                }
            }
        }
        Ok(status)
    }

    fn file(&self, path: &Path, terminal: bool) -> Result<Done, Failure> {
        let name = input::name(path);
        let bytes = input::read(path)?;
        let taken = self.take(&name, &bytes)?;
        if self.to == To::Eml && (taken.records.len() > 1 || self.files.len() > 1) {
            let message = format!("a mail holds one telegram, and `{name}` isn't the only one");
            return Err(Failure::new(message).help("convert them one by one"));
        }
        let mut done = Done { bytes: Vec::new(), remarks: taken.remarks };
        for record in &taken.records {
            self.put(&name, record, taken.placed, terminal, &mut done)?;
        }
        Ok(done)
    }

    /// Reads an input, whatever it is.
    fn take(&self, name: &str, bytes: &[u8]) -> Result<Taken, Failure> {
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        if first == Some(&b'{') {
            return records(name, bytes);
        }
        if reftel_mail::is_mail(bytes) {
            return mail(name, bytes);
        }
        let mut taken = Taken { placed: true, ..Taken::default() };
        let mut prints = String::new();
        for reading in input::telegrams(name, bytes, &Context { year: self.year })? {
            is_telegram(&reading.record)
                .map_err(|why| Failure::new(format!("`{name}` holds no telegram: {why}")))?;
            prints += &write::print(&reading.record, reading.record.dialect).text;
            taken.records.push(reading.record);
        }
        taken.remarks = fmt::left_out(name, bytes, &prints);
        Ok(taken)
    }

    /// Writes one record.
    fn put(
        &self,
        name: &str,
        record: &Record,
        placed: bool,
        terminal: bool,
        done: &mut Done,
    ) -> Result<(), Failure> {
        match self.to {
            To::Json => {
                let telegram =
                    if placed { json::Telegram::new(record, None) } else { json::Telegram::alone(record) };
                done.bytes.extend(json::print(&telegram, terminal)?.into_bytes());
                done.bytes.push(b'\n');
            }
            To::Eml => {
                let text = write::print(record, record.dialect).text;
                let structured = json::print(&json::Telegram::alone(record), true)?;
                done.bytes.extend(reftel_mail::compose(record, &text, structured.as_bytes()));
            }
            to => {
                let Some(dialect) = to.dialect() else { return Ok(()) };
                let printed = write::print(record, dialect);
                done.bytes.extend(printed.text.into_bytes());
                let about = record.mrn.as_ref().map_or("", |mrn| mrn.value.as_str());
                done.remarks.extend(printed.differences.iter().map(|found| fmt::remark(name, about, found)));
            }
        }
        Ok(())
    }
}

/// Records, one or several.
fn records(name: &str, bytes: &[u8]) -> Result<Taken, Failure> {
    let mut taken = Taken::default();
    let stream = serde_json::Deserializer::from_slice(bytes).into_iter::<serde_json::Value>();
    for (number, each) in (1..).zip(stream) {
        let read = each.map_err(|error| error.to_string()).and_then(json_read::record);
        let record =
            read.map_err(|why| Failure::new(format!("{name}: record {number} can't be read: {why}")))?;
        taken.records.push(record);
    }
    Ok(taken)
}

/// A mail: its record, and what its headers say otherwise.
fn mail(name: &str, bytes: &[u8]) -> Result<Taken, Failure> {
    let mail =
        reftel_mail::read(bytes).ok_or_else(|| Failure::new(format!("`{name}` can't be read as mail")))?;
    let mut taken = Taken::default();
    let structured = mail.structured.as_deref().map(json_read::read).transpose();
    let structured =
        structured.map_err(|why| Failure::new(format!("the record in `{name}` can't be read: {why}")))?;
    let record = structured.unwrap_or_else(|| mail.record());
    is_telegram(&record).map_err(|why| Failure::new(format!("`{name}` holds no telegram: {why}")))?;
    let remark = |found: &Difference| match &found.after {
        Some(said) => format!(
            "{}: {}: `{}`, but the record says `{}`",
            clean(name),
            found.pointer,
            clean(said),
            clean(found.before.as_deref().unwrap_or(""))
        ),
        None => format!("{}: {}: the header is missing", clean(name), found.pointer),
    };
    if mail.structured.is_some() {
        taken.remarks = mail.disagreements(&record).iter().map(remark).collect();
    }
    taken.records.push(record);
    Ok(taken)
}
