//! The documents of a file, read by their readers and given out in order.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;
use reftel_archive::Writer;
use reftel_sources::{Collections, Found, Item, Profile, Reader, Reading};
use reftel_telegram::{Context, Record, Span, is_telegram, write};
use serde_json::Value;

use super::terminal::clean;
use super::{Failure, input};
use crate::{fault, hand, json, json_read};

/// How many documents wait to be read together, and how many bytes of them.
const WAITING_MAX: usize = 512;
const WAITING_BYTES_MAX: usize = 16 << 20;

/// How many remarks of one kind are made on one file; those beyond are counted.
const REMARKS_MAX: usize = 20;

/// Gives whoever imports what reads PDFs, with `ocr` also scans, what prints records, and a clock.
pub(super) fn equip(writer: &mut Writer, ocr: bool) {
    writer.read_pdf_by(crate::pdf::reader(ocr));
    writer.print_records_by(Arc::new(printed));
    writer.tell_time_by(Arc::new(hand::now));
}

/// The text of a telegram of which there is only the record: printed in its own dialect, if that carries all of it.
fn printed(record: &[u8]) -> Result<String, String> {
    let record = json_read::read(record)?;
    let printed = write::print(&record, record.dialect);
    let lost: Vec<&str> = printed
        .differences
        .iter()
        .filter(|found| found.before.is_some())
        .map(|found| found.pointer.as_str())
        .collect();
    match lost.first() {
        None => Ok(printed.text),
        Some(first) => {
            let more = if lost.len() > 1 { format!(" and {} more", lost.len() - 1) } else { String::new() };
            Err(format!(
                "a record without the text that it was read from, and printed as a telegram it would lose {first}{more}; \
                 import the text, or an export of this program's"
            ))
        }
    }
}

/// The profiles that are known: the built-in ones and those of these files.
pub(super) fn known(files: &[PathBuf]) -> Result<Collections, Failure> {
    let mut collections = Collections::built_in();
    collections.read_pdf_by(Some(crate::pdf::reader(false)));
    own(files)?.into_iter().for_each(|profile| collections.add(profile));
    Ok(collections)
}

/// The profiles in these files.
pub(super) fn own(files: &[PathBuf]) -> Result<Vec<Profile>, Failure> {
    let read = |path: &PathBuf| {
        let name = input::name(path);
        let text = fs::read_to_string(path).map_err(|error| Failure::file(&name, &error))?;
        Profile::parse(&text).map_err(|error| {
            let line = error.place().map(|at| text.get(..at).unwrap_or(&text).matches('\n').count() + 1);
            let place = line.map_or_else(String::new, |line| format!(", line {line}"));
            Failure::new(format!("`{name}`{place} isn't a profile: {error}"))
                .help("docs/collections.md says what one has")
        })
    };
    files.iter().map(read).collect()
}

/// What is to be said when a file is through.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) notes: Vec<String>,
    pub(super) refused: Vec<Failure>,
    unsaid: (usize, usize),
}

impl Given {
    fn note(&mut self, note: String) {
        if self.notes.len() < REMARKS_MAX { self.notes.push(note) } else { self.unsaid.0 += 1 }
    }

    fn refuse(&mut self, failure: Failure) {
        if self.refused.len() < REMARKS_MAX { self.refused.push(failure) } else { self.unsaid.1 += 1 }
    }
}

/// Reads documents as they come, many at a time, and gives out their records.
pub(super) struct Giving<'c, F> {
    name: String,
    collections: &'c Collections,
    context: Context,
    give: F,
    waiting: Vec<Item>,
    bytes: usize,
    given: Given,
    failure: Option<Failure>,
}

impl<'c, F: FnMut(&json::Telegram<'_>) -> Result<(), Failure>> Giving<'c, F> {
    pub(super) fn new(
        name: String,
        collections: &'c Collections,
        context: Context,
        give: F,
    ) -> Giving<'c, F> {
        let (waiting, given) = (Vec::new(), Given::default());
        Giving { name, collections, context, give, waiting, bytes: 0, given, failure: None }
    }

    /// Takes what was found; breaks when nobody wants more.
    pub(super) fn take(&mut self, found: Found) -> ControlFlow<()> {
        match found {
            Found::Item(item) => {
                self.bytes += item.bytes.len();
                self.waiting.push(item);
                if self.waiting.len() >= WAITING_MAX || self.bytes >= WAITING_BYTES_MAX {
                    self.failure = self.read().err();
                }
            }
            Found::Refused(refused) => {
                self.failure = self.read().err();
                let message = format!("`{}` isn't read: {}", refused.path, refused.why);
                self.given.refuse(Failure::new(message));
            }
        }
        if self.failure.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Reads what still waits.
    pub(super) fn finish(mut self) -> Result<Given, Failure> {
        if self.failure.is_none() {
            self.failure = self.read().err();
        }
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let (notes, refused) = self.given.unsaid;
        if notes > 0 {
            self.given
                .notes
                .push(format!("note: {}: {notes} more documents are no telegrams", clean(&self.name)));
        }
        if refused > 0 {
            self.given
                .refused
                .push(Failure::new(format!("`{}`: {refused} more documents aren't read", self.name)));
        }
        Ok(self.given)
    }

    fn read(&mut self) -> Result<(), Failure> {
        self.bytes = 0;
        let items = std::mem::take(&mut self.waiting);
        let (collections, context) = (self.collections, self.context);
        let read: Vec<_> = items.par_iter().map(|item| readings(item, collections, &context)).collect();
        for (item, read) in items.iter().zip(read) {
            match read {
                Ok(readings) => self.put(item, &readings)?,
                Err(why) => self.given.refuse(Failure::new(format!("`{}` can't be read: {why}", item.path))),
            }
        }
        Ok(())
    }

    fn put(&mut self, item: &Item, readings: &[Reading]) -> Result<(), Failure> {
        let alone = item.path == self.name;
        for reading in readings {
            let plain = alone && item.reader == Reader::Telegrams;
            let is = match reading.telegram {
                Some(false) => Err("the edition calls it otherwise"),
                _ => is_telegram(&reading.record),
            };
            if let (Err(why), false) = (is, alone) {
                self.given.note(format!("note: {} is no telegram: {why}", clean(&item.path)));
                continue;
            }
            let telegram = match item.reader {
                Reader::Record => json::Telegram::alone(&reading.record),
                _ => json::Telegram::new(&reading.record, None),
            };
            let source = json::Source::of(&item.path, &item.reader, Some(&item.recognised), reading);
            (self.give)(&if plain { telegram } else { telegram.with_source(source) })?;
        }
        Ok(())
    }
}

/// The telegrams of a document. A fault in a reader costs this document alone.
fn readings(item: &Item, collections: &Collections, context: &Context) -> Result<Vec<Reading>, String> {
    if item.reader == Reader::Record {
        let value: Value = serde_json::from_slice(&item.bytes).map_err(|error| error.to_string())?;
        let record: Record = json_read::record(value)?;
        let span = Span::new(0, item.bytes.len());
        return Ok(vec![Reading {
            span,
            record,
            filled: Vec::new(),
            stated: Vec::new(),
            notes: Vec::new(),
            telegram: None,
        }]);
    }
    fault::guarded(|| reftel_sources::read(&item.bytes, &item.reader, collections, context))
        .ok_or_else(|| "a fault of ours: please report".to_owned())?
        .map_err(|error| match error.place() {
            Some(at) => format!("byte {at}: {error}"),
            None => error.to_string(),
        })
}
