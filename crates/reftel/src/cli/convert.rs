//! `reftel convert`

use std::path::PathBuf;

use clap::builder::PossibleValue;
use reftel_telegram::Context;
use reftel_telegram::record::{Dialect, Record};
use reftel_telegram::write::{self, Difference, Printed};

use super::fmt::{self, Form};
use super::terminal::{Screen, clean};
use super::written::{self, Written};
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum To {
    Eml,
    Json,
    Dialect(Form),
}

impl clap::ValueEnum for To {
    fn value_variants<'a>() -> &'a [To] {
        &[
            To::Eml,
            To::Json,
            To::Dialect(Form::Acp127Us),
            To::Dialect(Form::Acp127),
            To::Dialect(Form::Janap128),
            To::Dialect(Form::Acp126),
            To::Dialect(Form::Archive1970s),
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            To::Eml => Some(PossibleValue::new("eml").help("Internet mail; one telegram a file")),
            To::Json => Some(PossibleValue::new("json").help("The record as JSON, one a line")),
            To::Dialect(form) => form.to_possible_value(),
        }
    }
}

/// What an input gave.
#[derive(Debug, Default)]
struct Taken {
    /// Each with its print in its own dialect, where that was made already.
    records: Vec<(Record, Option<Printed>)>,
    /// Whether places in the records are bytes of the input.
    placed: bool,
    remarks: Vec<String>,
}

impl Convert {
    pub(crate) fn run(&self, screen: &mut Screen) -> Result<Status, Failure> {
        let terminal = screen.terminal;
        written::each(&self.files, screen, |name, bytes| {
            self.file(name, bytes, terminal).map_err(|failure| vec![failure])
        })
    }

    fn file(&self, name: &str, bytes: &[u8], terminal: bool) -> Result<Written, Failure> {
        let taken = self.take(name, bytes)?;
        if self.to == To::Eml && (taken.records.len() > 1 || self.files.len() > 1) {
            let message = format!("a mail holds one telegram, and `{name}` isn't the only one");
            return Err(Failure::new(message).help("convert them one by one"));
        }
        let mut done = Written { losses: taken.remarks, ..Written::default() };
        for (record, own) in taken.records {
            self.put(name, &record, own, taken.placed, terminal, &mut done)?;
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
        for record in input::records(name, bytes, &Context { year: self.year })? {
            let own = write::print(&record, record.dialect);
            prints += &own.text;
            taken.records.push((record, Some(own)));
        }
        taken.remarks = fmt::left_out(name, bytes, &prints);
        Ok(taken)
    }

    /// Writes one record.
    fn put(
        &self,
        name: &str,
        record: &Record,
        own: Option<Printed>,
        placed: bool,
        terminal: bool,
        done: &mut Written,
    ) -> Result<(), Failure> {
        let print = |dialect: Dialect| {
            own.filter(|_| dialect == record.dialect).unwrap_or_else(|| write::print(record, dialect))
        };
        match self.to {
            To::Json => {
                let telegram =
                    if placed { json::Telegram::new(record, None) } else { json::Telegram::alone(record) };
                done.text += &json::print(&telegram, terminal)?;
                done.text.push('\n');
            }
            To::Eml => {
                let text = print(record.dialect).text;
                let structured = json::print(&json::Telegram::alone(record), true)?;
                let mail = reftel_mail::compose(record, &text, structured.as_bytes());
                done.text += &String::from_utf8_lossy(&mail);
            }
            To::Dialect(form) => {
                let printed = print(form.into());
                done.text += &printed.text;
                done.losses.extend(fmt::remarks(name, record, &printed));
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
        taken.records.push((record, None));
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
    input::must_be_telegram(name, &record)?;
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
    taken.records.push((record, None));
    Ok(taken)
}
