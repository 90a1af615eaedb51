//! Kept bytes, read by the reader that they were kept for.
//!
//! A telegram is mostly one original, or a part of one. What came in a collection is read whole by its reader, which
//! makes a text of it; sections that came in several originals are put together as texts. What is shown, searched and
//! compared is that text, and for telegrams that came as they are it is their bytes.

use reftel_sources::{Collections, Plain, Reader, Reading};
use reftel_telegram::{Context, Record, Span, is_telegram};
use rusqlite::Connection;

use crate::corrections::{self, Corrected, Correction};
use crate::store::{self, Blocks, Part};
use crate::{Error, ErrorKind, Id, Result, index};

/// The bytes of a telegram, not yet read, and what a person corrected in its record.
#[derive(Debug)]
pub(crate) struct Kept(Vec<Piece>, Vec<Correction>);

#[derive(Debug)]
struct Piece {
    part: Part,
    reader: Reader,
    bytes: Vec<u8>,
}

/// A telegram as its originals tell it.
#[derive(Debug)]
pub(crate) struct Told {
    /// Its text. Sections that came apart follow one another, each on a line of its own.
    pub(crate) text: Vec<u8>,
    /// Where each part stands in it.
    pub(crate) places: Vec<(Part, Span)>,
    /// What it says; places are in `text`.
    pub(crate) record: Record,
    /// Its first part, where that came in a collection.
    pub(crate) item: Option<Item>,
    /// What a person corrected in the record.
    pub(crate) corrected: Vec<Corrected>,
}

/// A document of a collection.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) reader: Reader,
    pub(crate) bytes: Vec<u8>,
    /// Which of them are the telegram.
    pub(crate) span: Span,
    /// What stands beside the text; its record is [`Told::record`].
    pub(crate) beside: Reading,
}

/// A telegram's bytes.
pub(crate) fn of(connection: &Connection, blocks: &Blocks, id: Id) -> Result<Kept> {
    let mut pieces = Vec::new();
    for part in store::parts(connection, id)?.into_iter().filter(|part| part.copy == 0) {
        let (reader, bytes) = blocks.part(connection, part)?;
        pieces.push(Piece { part, reader, bytes });
    }
    if pieces.is_empty() {
        Err(store::no_telegram(id))
    } else {
        Ok(Kept(pieces, corrections::of(connection, id)?))
    }
}

impl Kept {
    /// How many bytes there are.
    pub(crate) fn len(&self) -> u64 {
        self.0.iter().map(|piece| piece.bytes.len() as u64).sum()
    }

    /// Reads it, and puts right what a person corrected.
    pub(crate) fn read(mut self, collections: &Collections) -> Result<Told> {
        let corrections = std::mem::take(&mut self.1);
        let mut told = self.read_text(collections)?;
        told.corrected = corrections::apply(&mut told.record, corrections);
        Ok(told)
    }

    /// Reads it as it stands.
    pub(crate) fn read_text(self, collections: &Collections) -> Result<Told> {
        let mut pieces = self.0.into_iter();
        let (Some(first), rest) = (pieces.next(), pieces) else {
            return Err(Error::new(ErrorKind::Damaged, "a telegram without a text"));
        };
        let single = rest.len() == 0;
        let part = first.part;
        let (mut text, record, mut item) = first.told(collections)?;
        let mut places = vec![(part, Span::new(0, text.len()))];
        if let (true, Some(record)) = (single, record) {
            return Ok(Told { text, places, record, item, corrected: Vec::new() });
        }
        for piece in rest {
            let part = piece.part;
            let start = store::append(&mut text, &piece.told(collections)?.0);
            places.push((part, Span::new(start, text.len())));
        }
        let mut record = store::record(&text);
        if let Some(item) = &mut item {
            reftel_sources::complete(&mut record, &item.beside.stated, &item.reader, collections);
        }
        Ok(Told { text, places, record, item, corrected: Vec::new() })
    }
}

impl Told {
    /// The text as it is searched.
    pub(crate) fn readable(&self) -> String {
        index::readable(&self.text, Span::new(0, self.text.len()), &self.record)
    }
}

impl Piece {
    /// Its text; and, where a collection's reader had to read it for that, the record and the rest.
    fn told(self, collections: &Collections) -> Result<(Vec<u8>, Option<Record>, Option<Item>)> {
        if self.reader == Reader::Telegrams {
            let record = None;
            return Ok((self.bytes, record, None));
        }
        let Plain { text, mut reading, span } = plain(&self.bytes, &self.reader, collections, self.part)?;
        let record = std::mem::take(&mut reading.record);
        let item = Item { reader: self.reader, bytes: self.bytes, span, beside: reading };
        Ok((text, Some(record), Some(item)))
    }
}

/// The telegram of an item that is this part of it.
pub(crate) fn plain(bytes: &[u8], reader: &Reader, collections: &Collections, part: Part) -> Result<Plain> {
    let refused = |why: &str| {
        let message = format!("original {} can't be read as `{reader}`: {why}", part.original);
        Error::new(ErrorKind::Damaged, message)
    };
    let read = reftel_sources::plain(bytes, reader, collections, &Context::default());
    let mut list = read.map_err(|error| refused(&error.to_string()))?;
    let at = sought(list.iter().map(|plain| (plain.span, &plain.reading)), part.span);
    at.map(|at| list.swap_remove(at)).ok_or_else(|| refused("there is nothing in it"))
}

/// Which of an item's telegrams is the one at this place: the last that begins there or before.
pub(crate) fn sought<'r>(readings: impl Iterator<Item = (Span, &'r Reading)>, place: Span) -> Option<usize> {
    let (mut any, mut first, mut last) = (None, None, None);
    for (at, (span, reading)) in readings.enumerate() {
        any = any.or(Some(at));
        if is_one(reading).is_ok() {
            first = first.or(Some(at));
            last = if span.start <= place.start { Some(at) } else { last };
        }
    }
    last.or(first).or(any)
}

/// Whether a reading is a telegram: by what the collection says, or by what it has.
pub(crate) fn is_one(reading: &Reading) -> std::result::Result<(), &'static str> {
    match reading.telegram {
        Some(true) => Ok(()),
        Some(false) => Err("the edition calls it otherwise"),
        None => is_telegram(&reading.record),
    }
}
