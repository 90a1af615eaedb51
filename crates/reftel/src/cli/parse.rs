//! `reftel parse`

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};

use rayon::prelude::*;
use reftel_telegram::{Context, is_telegram, read};
use serde_json::{Value, json};

use super::terminal::Screen;
use super::{Failure, Status, input};
use crate::{fault, json};

/// Read telegrams and print what they say, as JSON
///
/// Prints one record for each telegram in the files, with all its fields, what is odd about it, and the
/// bytes that each value was read from: in one line each in a pipe, indented on a terminal. A text that is
/// no whole telegram is read as far as it goes.
///
/// With `--jsonl`, each line of input is an object `{"id": …, "text": "…", "year": 2008}`, of which only
/// `text` must be there, and each line of output is its record with the same `id`. A line that can't be
/// read gives `{"id": …, "error": "…"}` in its place and a message on standard error.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done, 2 a file or a line could not be read.

Examples:
  reftel parse telegram.txt
  reftel parse telegram.txt | jq -r '.references[].mrn'
  reftel parse --jsonl < texts.jsonl > records.jsonl")]
pub(crate) struct Parse {
    /// The files; `-` is standard input
    #[arg(required_unless_present = "jsonl", value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Read one JSON object a line; without files from standard input
    #[arg(long)]
    jsonl: bool,

    /// The century, and the year that references inherit, where the text has no date
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,

    /// Indent also in a pipe
    #[arg(long, conflicts_with = "jsonl")]
    pretty: bool,
}

impl Parse {
    pub(crate) fn run(&self, screen: &mut Screen) -> Result<Status, Failure> {
        let mut status = Status::Fine;
        let standard_input = [PathBuf::from("-")];
        let files =
            if self.jsonl && self.files.is_empty() { &standard_input[..] } else { self.files.as_slice() };
        for path in files {
            let done = if self.jsonl { self.lines(path, screen) } else { self.file(path, screen) };
            match done {
                Ok(Status::Fine) => {}
                Ok(other) => status = other,
                Err(Failure::BrokenPipe) => return Err(Failure::BrokenPipe),
                Err(failure) => {
                    screen.flush()?;
                    screen.complain(&failure);
                    status = Status::Trouble;
                }
            }
        }
        Ok(status)
    }

    fn file(&self, path: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let bytes = input::read(path)?;
        for reading in input::telegrams(&input::name(path), &bytes, &Context { year: self.year })? {
            let record = json::Telegram::new(&reading.record, None);
            screen.line(&json::print(&record, self.pretty || screen.terminal)?)?;
        }
        Ok(Status::Fine)
    }

    fn lines(&self, path: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let name = input::name(path);
        let source: Box<dyn BufRead + Send> = if path == Path::new("-") {
            Box::new(BufReader::new(io::stdin()))
        } else {
            input::not_a_directory(path)?;
            let file = File::open(path).map_err(|error| Failure::file(&name, &error))?;
            Box::new(BufReader::new(file))
        };
        let lines = lines_of(source);
        let mut status = Status::Fine;
        let mut number = 0u64;
        while let Some(batch) = next_batch(&lines) {
            let answers: Vec<Result<Answer, Failure>> = batch
                .into_par_iter()
                .map(|line| match line {
                    Ok(line) => answer(&line, self.year),
                    Err(error) => Err(Failure::file(&name, &error)),
                })
                .collect();
            for each in answers {
                number += 1;
                let Answer { line, error, remark } = each?;
                if let Some(what) = error {
                    screen.complain(&Failure::new(format!("{name}, line {number}: {what}")));
                    status = Status::Trouble;
                }
                if let Some(what) = remark {
                    screen.say(&format!("note: {name}, line {number}: {what}"));
                }
                screen.line(&line)?;
            }
            screen.flush()?;
        }
        Ok(status)
    }
}

/// Lines that may wait to be read.
const WAITING_MAX: usize = 1024;

/// The lines of a source, read on a thread of their own so that whatever has come can be answered at once.
fn lines_of(mut source: Box<dyn BufRead + Send>) -> Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = sync_channel(WAITING_MAX);
    std::thread::spawn(move || {
        loop {
            let mut line = Vec::new();
            let read = source.read_until(b'\n', &mut line);
            let message = match read {
                Ok(0) => return,
                Ok(_) => Ok(line),
                Err(error) => Err(error),
            };
            let last = message.is_err();
            if sender.send(message).is_err() || last {
                return;
            }
        }
    });
    receiver
}

/// Waits for a line and takes those that have come with it. `None` at the end.
fn next_batch<T>(lines: &Receiver<T>) -> Option<Vec<T>> {
    let mut batch = vec![lines.recv().ok()?];
    batch.extend(lines.try_iter().take(WAITING_MAX));
    Some(batch)
}

/// What one line of input gives.
struct Answer {
    /// The line of output.
    line: String,
    /// Why it isn't a record.
    error: Option<String>,
    /// What else there is to say.
    remark: Option<String>,
}

fn answer(line: &[u8], year: Option<i16>) -> Result<Answer, Failure> {
    let request = match Request::read(input::without_end(line), year) {
        Ok(request) => request,
        Err((id, error)) => {
            let line = json::print(&json!({ "id": id, "error": error }), false)?;
            return Ok(Answer { line, error: Some(error.into_owned()), remark: None });
        }
    };
    let Some(readings) = fault::guarded(|| read(request.text.as_bytes(), &request.context)) else {
        let error = "a fault of ours: please report";
        let line = json::print(&json!({ "id": request.id, "error": error }), false)?;
        return Ok(Answer { line, error: Some(error.to_owned()), remark: None });
    };
    // One line in, one line out: of several telegrams in one text, the first.
    let telegram = readings.iter().find(|reading| is_telegram(&reading.record).is_ok());
    let Some(reading) = telegram.or(readings.first()) else {
        return Err(Failure::new("the reader returned nothing"));
    };
    let record = json::Telegram::new(&reading.record, request.id);
    let remark = (readings.len() > 1)
        .then(|| format!("the text holds {} telegrams; this is the record of one", readings.len()));
    Ok(Answer { line: json::print(&record, false)?, error: None, remark })
}

/// One line of input.
#[derive(Debug)]
struct Request {
    id: Option<Value>,
    text: String,
    context: Context,
}

impl Request {
    /// Reads a line; if it can't, the line's id as far as there is one, and why not.
    fn read(line: &[u8], year: Option<i16>) -> Result<Request, (Value, Cow<'static, str>)> {
        let value: Value = serde_json::from_slice(line)
            .map_err(|error| (Value::Null, format!("not JSON: {error}").into()))?;
        let Value::Object(mut object) = value else {
            return Err((Value::Null, "not an object".into()));
        };
        let id = object.remove("id");
        let refuse = |why: &'static str| (id.clone().unwrap_or(Value::Null), Cow::Borrowed(why));
        let text = match object.remove("text") {
            Some(Value::String(text)) => text,
            Some(_) => return Err(refuse("`text` is not a string")),
            None => return Err(refuse("no `text`")),
        };
        let year = match object.remove("year") {
            None | Some(Value::Null) => year,
            Some(given) => match given.as_i64().and_then(|given| i16::try_from(given).ok()) {
                Some(given) => Some(given),
                None => return Err(refuse("`year` is not a year")),
            },
        };
        Ok(Request { id, text, context: Context { year } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_an_object_with_a_text() {
        let request =
            Request::read(br#"{"id": [1], "text": "X", "year": 1974, "more": true}"#, None).unwrap();
        assert_eq!(request.id, Some(json!([1])));
        assert_eq!((request.text.as_str(), request.context.year), ("X", Some(1974)));
        let request = Request::read(br#"{"text": ""}"#, Some(2008)).unwrap();
        assert_eq!((request.id, request.context.year), (None, Some(2008)));
    }

    #[test]
    fn any_other_line_says_why_not() {
        for (line, id, why) in [
            ("", Value::Null, "not JSON"),
            ("{", Value::Null, "not JSON"),
            ("\u{fffd}", Value::Null, "not JSON"),
            ("[]", Value::Null, "not an object"),
            (r#"{"id": 7}"#, json!(7), "no `text`"),
            (r#"{"id": "a", "text": 7}"#, json!("a"), "`text` is not a string"),
            (r#"{"id": "a", "text": "", "year": "x"}"#, json!("a"), "`year` is not a year"),
            (r#"{"id": "a", "text": "", "year": 99999}"#, json!("a"), "`year` is not a year"),
        ] {
            let (got, error) = Request::read(line.as_bytes(), None).unwrap_err();
            assert_eq!(got, id, "{line}");
            assert!(error.starts_with(why), "{line}: {error}");
        }
    }
}
