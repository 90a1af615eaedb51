//! `reftel parse`

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};

use rayon::prelude::*;
use reftel_archive::FILE_BYTES_MAX;
use reftel_sources::Collections;
use reftel_telegram::{Context, is_telegram, read};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::input::Line;
use super::terminal::Screen;
use super::{Failure, Status, collection, input};
use crate::{fault, json};

/// Read telegrams and print what they say, as JSON
///
/// Prints one record for each telegram in the files, with all its fields, what is odd about it, and the
/// bytes that each value was read from: in one line each in a pipe, indented on a terminal. A text that is
/// no whole telegram is read as far as it goes.
///
/// A file may also be a collection: a zip or tar, a table, a volume, a mailbox; `reftel sources` lists what is read.
/// Then each document in it is read by its own reader, what is no telegram is named on standard error, and the record
/// says in `source` where it is from, what the collection states about it, and which fields it gave.
///
/// With `--jsonl`, each line of input is an object `{"id": …, "text": "…", "year": 2008}`, of which only
/// `text` must be there, and each line of output is its record with the same `id`. A line that can't be
/// read gives `{"id": …, "error": "…"}` in its place and a message on standard error.
///
/// A file, and a line with `--jsonl`, may have up to 128 MB.
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

    /// A profile of a collection, beside those that are built in; may be given several times
    #[arg(long, value_name = "FILE", conflicts_with = "jsonl")]
    profile: Vec<PathBuf>,

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
        let collections = collection::known(&self.profile)?;
        for path in files {
            let done =
                if self.jsonl { self.lines(path, screen) } else { self.file(path, &collections, screen) };
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

    fn file(&self, path: &Path, collections: &Collections, screen: &mut Screen) -> Result<Status, Failure> {
        let pretty = self.pretty || screen.terminal;
        let context = Context { year: self.year };
        let mut giving = collection::Giving::new(input::name(path), collections, context, |line: &_| {
            screen.json(line, pretty)
        });
        input::open(path, collections, &mut |found| giving.take(found))?;
        let given = giving.finish()?;
        screen.flush()?;
        given.notes.iter().for_each(|note| screen.say(note));
        given.refused.iter().for_each(|failure| screen.complain(failure));
        Ok(if given.refused.is_empty() { Status::Fine } else { Status::Trouble })
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
        let mut first = true;
        while let Some(batch) = next_batch(&lines) {
            let answers: Vec<Result<Answer, Failure>> = batch
                .into_par_iter()
                .enumerate()
                .map(|(index, line)| match line {
                    Ok(Line::Whole(line)) if first && index == 0 => {
                        answer(input::without_mark(&line), self.year)
                    }
                    Ok(Line::Whole(line)) => answer(&line, self.year),
                    Ok(Line::TooLong) => refusal(None, &too_long()),
                    Err(error) => Err(Failure::file(&name, &error)),
                })
                .collect();
            first = false;
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

/// Places for lines that wait to be read, and how many bytes take up one: 64 MB can wait in all.
const WAITING_MAX: usize = 1024;
const PLACE_BYTES: usize = 64 << 10;

/// What waits in a place: a line, or room that a long line takes up beyond its own place.
type Place = Option<io::Result<Line>>;

/// The lines of a source, read on a thread of their own so that whatever has come can be answered at once.
fn lines_of(mut source: Box<dyn BufRead + Send>) -> Receiver<Place> {
    let (sender, receiver) = sync_channel(WAITING_MAX);
    std::thread::spawn(move || {
        while let Some(line) = input::next_line(&mut source).transpose() {
            let last = line.is_err();
            let more = if let Ok(Line::Whole(line)) = &line { line.len() / PLACE_BYTES } else { 0 };
            let places = std::iter::repeat_with(|| None).take(more).chain([Some(line)]);
            for place in places {
                if sender.send(place).is_err() {
                    return;
                }
            }
            if last {
                return;
            }
        }
    });
    receiver
}

/// Waits for a line and takes those that have come with it. `None` at the end.
fn next_batch(places: &Receiver<Place>) -> Option<Vec<io::Result<Line>>> {
    let first = places.iter().flatten().next()?;
    Some(std::iter::once(first).chain(places.try_iter().take(WAITING_MAX).flatten()).collect())
}

/// Why a line isn't read.
fn too_long() -> String {
    format!("longer than {} MB, which is the most", FILE_BYTES_MAX >> 20)
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
        Err((id, error)) => return refusal(id, &error),
    };
    let Some(readings) = fault::guarded(|| read(request.text.as_bytes(), &request.context)) else {
        return refusal(request.id, "a fault of ours: please report");
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

/// The answer to a line that isn't read.
fn refusal(id: Option<&RawValue>, error: &str) -> Result<Answer, Failure> {
    #[derive(Serialize)]
    struct Refusal<'a> {
        id: Option<&'a RawValue>,
        error: &'a str,
    }
    let line = json::print(&Refusal { id, error }, false)?;
    Ok(Answer { line, error: Some(error.to_owned()), remark: None })
}

/// One line of input. The id is given back as it was written, to the last digit.
#[derive(Debug)]
struct Request<'l> {
    id: Option<&'l RawValue>,
    text: Cow<'l, str>,
    context: Context,
}

/// What is in a line, not yet looked at.
#[derive(Deserialize)]
struct Fields<'l> {
    #[serde(default, borrow, deserialize_with = "given")]
    id: Option<&'l RawValue>,
    #[serde(default, borrow, deserialize_with = "given")]
    text: Option<&'l RawValue>,
    #[serde(default)]
    year: Option<Value>,
}

/// A value that is there, be it `null`.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(from).map(Some)
}

/// A string, borrowed where nothing in it is escaped.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'l>(#[serde(borrow)] Cow<'l, str>);

/// Why a line isn't read, and its id as far as there is one.
type Refused<'l> = (Option<&'l RawValue>, Cow<'static, str>);

impl<'l> Request<'l> {
    /// Reads a line.
    fn read(line: &'l [u8], year: Option<i16>) -> Result<Request<'l>, Refused<'l>> {
        let not_json = |error: serde_json::Error| (None, format!("not JSON: {error}").into());
        if line.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
            // What isn't JSON at all says so.
            serde_json::from_slice::<IgnoredAny>(line).map_err(not_json)?;
            return Err((None, "not an object".into()));
        }
        let Fields { id, text, year: given } = serde_json::from_slice(line).map_err(not_json)?;
        let Some(text) = text else { return Err((id, "no `text`".into())) };
        if !text.get().starts_with('"') {
            return Err((id, "`text` is not a string".into()));
        }
        let Text(text) =
            serde_json::from_str(text.get()).map_err(|error| (id, format!("`text`: {error}").into()))?;
        let year = match given {
            None | Some(Value::Null) => year,
            Some(given) => match given.as_i64().and_then(|given| i16::try_from(given).ok()) {
                Some(given) => Some(given),
                None => return Err((id, "`year` is not a year".into())),
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
        assert_eq!(request.id.map(RawValue::get), Some("[1]"));
        assert_eq!((&*request.text, request.context.year), ("X", Some(1974)));
        let request = Request::read(br#"{"text": ""}"#, Some(2008)).unwrap();
        assert!(request.id.is_none() && request.context.year == Some(2008));
    }

    #[test]
    fn an_id_is_given_back_as_it_was_written() {
        for id in ["123456789012345678901234567890", "1.10", "1e400", "null", "-0", r#""\u0041""#] {
            let line = format!(r#"{{"id": {id}, "text": "SUBJECT: X"}}"#);
            let answer = answer(line.as_bytes(), None).unwrap();
            assert!(answer.line.contains(&format!("\"id\":{id},")), "{}", answer.line);
        }
    }

    #[test]
    fn a_long_line_takes_the_places_of_many() {
        let long = format!("{}\n", "x".repeat(PLACE_BYTES * (WAITING_MAX + 10)));
        let source = std::io::Cursor::new(format!("a\n{long}b"));
        let places = lines_of(Box::new(source));
        let mut lines = Vec::new();
        while let Some(batch) = next_batch(&places) {
            lines.extend(batch.into_iter().map(|line| match line.unwrap() {
                Line::Whole(line) => line.len(),
                Line::TooLong => 0,
            }));
        }
        assert_eq!(lines, [2, long.len(), 1]);
    }

    #[test]
    fn any_other_line_says_why_not() {
        for (line, id, why) in [
            ("", None, "not JSON"),
            ("{", None, "not JSON"),
            ("\u{fffd}", None, "not JSON"),
            ("[]", None, "not an object"),
            ("[\"id\", \"text\"]", None, "not an object"),
            (r#"{"id": 7}"#, Some("7"), "no `text`"),
            (r#"{"id": "a", "text": 7}"#, Some("\"a\""), "`text` is not a string"),
            (r#"{"id": "a", "text": null}"#, Some("\"a\""), "`text` is not a string"),
            (r#"{"id": "a", "text": "\ud800"}"#, Some("\"a\""), "`text`: "),
            (r#"{"id": "a", "text": "", "year": "x"}"#, Some("\"a\""), "`year` is not a year"),
            (r#"{"id": "a", "text": "", "year": 99999}"#, Some("\"a\""), "`year` is not a year"),
        ] {
            let (got, error) = Request::read(line.as_bytes(), None).unwrap_err();
            assert_eq!(got.map(RawValue::get), id, "{line}");
            assert!(error.starts_with(why), "{line}: {error}");
        }
    }
}
