//! From a file to what is to be kept of it.
//!
//! This half of an import touches neither database nor index, so that any number of threads can do
//! it.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use reftel_sources::{Collections, HEAD, InVolume, Kind, Plain, Reader, kind};
use reftel_telegram::{Card, Context, Span};
use tantivy::TantivyDocument;

use crate::index::{self, Fields};
use crate::kept::is_one;
use crate::store;
use crate::walk::Seen;

/// The most bytes that are read as one file: 128 MB. Larger ones are refused. The largest known file of telegrams,
/// a year's in one, has 60 MB; reading takes memory of twenty times a file's size, and of fifty times where
/// somebody wants it to.
pub const FILE_BYTES_MAX: u64 = 128 << 20;

/// The start of the BLAKE3 of a telegram's bytes without white space around them: long enough that nobody
/// can make two telegrams that have the same.
pub(crate) type Digest = [u8; 16];

/// What is needed to read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tools<'t> {
    pub(crate) fields: &'t Fields,
    pub(crate) model: Option<&'t reftel_meaning::Model>,
    pub(crate) collections: &'t Collections,
}

/// What a file is.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It can't be read, for this reason.
    Failed(String),
    /// There is no telegram in it, for this reason.
    NotTelegram(&'static str),
    /// It may hold several documents, which come one by one.
    Container,
    /// All documents of it came.
    Through,
    /// It holds telegrams.
    Telegrams(Box<Text>),
}

/// A file, or a document of one, with telegrams in it.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) hash: [u8; 32],
    pub(crate) reader: Reader,
    pub(crate) telegrams: Vec<Telegram>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Telegram {
    /// The bytes of the file.
    pub(crate) span: Span,
    /// Same bytes, same digest.
    pub(crate) digest: Digest,
    pub(crate) card: Card,
    /// Its place in an edited volume.
    pub(crate) volume: InVolume,
    /// For the index; all but the number, which it has yet to get.
    pub(crate) document: TantivyDocument,
}

/// Reads a file that was seen, and puts its bytes behind those that are in `bytes`.
pub(crate) fn file(seen: &Seen, bytes: &mut Vec<u8>, tools: Tools<'_>) -> Outcome {
    if let Some(fault) = &seen.fault {
        return Outcome::Failed(fault.clone());
    }
    let start = bytes.len();
    match read(seen, bytes, tools) {
        Ok(reader) => document(bytes.get(start..).unwrap_or_default(), &reader, tools),
        Err(outcome) => outcome,
    }
}

/// A file's bytes, hardly more than a file may have, should it have grown; and their reader, if it is one document.
/// Of a container not more is read than shows that it is one.
fn read(seen: &Seen, bytes: &mut Vec<u8>, tools: Tools<'_>) -> Result<Reader, Outcome> {
    let failed = |error: std::io::Error| Outcome::Failed(error.to_string());
    let start = bytes.len();
    bytes.reserve(usize::try_from(seen.size.min(FILE_BYTES_MAX)).unwrap_or_default() + 1);
    let mut file = std::fs::File::open(&seen.path).map_err(failed)?;
    file.by_ref().take(HEAD as u64).read_to_end(bytes).map_err(failed)?;
    let reader = match kind(&bytes[start..], tools.collections) {
        Kind::Document(Reader::Tei | Reader::Record | Reader::Csv(_) | Reader::Jsonl(_))
        | Kind::Zip
        | Kind::Tar
        | Kind::Gzip
        | Kind::Zstd
        | Kind::Mbox
        | Kind::Pdf => return Err(Outcome::Container),
        Kind::Document(reader) => reader,
        Kind::Other(needs) => return Err(Outcome::Failed(needs.to_owned())),
    };
    if seen.size > FILE_BYTES_MAX {
        return Err(Outcome::Failed(too_large(seen.size)));
    }
    let head = bytes.len() - start;
    file.take(FILE_BYTES_MAX + 1 - head as u64).read_to_end(bytes).map_err(failed)?;
    let whole = &bytes[start..];
    if whole.len() as u64 > FILE_BYTES_MAX {
        return Err(Outcome::Failed(too_large(whole.len() as u64)));
    }
    if whole.len() == head && reader == Reader::Telegrams {
        return Ok(reader);
    }
    reftel_sources::sole(whole, tools.collections).ok_or(Outcome::Container)
}

/// Reads bytes from memory, as if they were a file's.
pub(crate) fn memory(bytes: &[u8], tools: Tools<'_>) -> Outcome {
    match reftel_sources::sole(bytes, tools.collections) {
        Some(reader) => document(bytes, &reader, tools),
        None => Outcome::Container,
    }
}

/// Why a file of this size isn't read.
fn too_large(size: u64) -> String {
    let (size, most) = (size.div_ceil(1 << 20), FILE_BYTES_MAX >> 20);
    format!("it has {size} MB, and at most {most} MB are read as one file; divide it between two telegrams")
}

/// Reads a document's bytes. A fault in the reader costs this document and not the import.
pub(crate) fn document(bytes: &[u8], reader: &Reader, tools: Tools<'_>) -> Outcome {
    let read = || match reader {
        Reader::Telegrams => telegrams(bytes, tools),
        // What a record was read from isn't in it.
        Reader::Record => Outcome::Failed(RECORD.to_owned()),
        _ => collected(bytes, reader, tools),
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        Outcome::Failed("the reader broke down on it, which is a fault of ours".to_owned())
    })
}

/// Why a record can't be kept.
const RECORD: &str = "a record without the text that it was read from, and an archive keeps texts; \
                      `reftel convert` prints the telegram";

/// The text of a telegram of which there is only the record.
pub(crate) fn print_record(record: &[u8], tools: Tools<'_>) -> Result<String, String> {
    let Some(print) = tools.collections.record() else { return Err(RECORD.to_owned()) };
    let broke = |_| Err("the reader broke down on it, which is a fault of ours".to_owned());
    catch_unwind(AssertUnwindSafe(|| print(record))).unwrap_or_else(broke)
}

fn telegrams(bytes: &[u8], tools: Tools<'_>) -> Outcome {
    let mut readings = reftel_telegram::read(bytes, &Context::default());
    let mut why = "empty";
    readings.retain(|reading| match reftel_telegram::is_telegram(&reading.record) {
        Ok(()) => true,
        Err(reason) => {
            why = reason;
            false
        }
    });
    if readings.is_empty() || bytes.is_empty() {
        return Outcome::NotTelegram(why);
    }
    // A file with one telegram in it is that telegram, with whatever stands around it.
    let single = readings.len() == 1;
    let (hash, whole) = hashes(bytes);
    let telegrams = readings
        .into_iter()
        .map(|reading| {
            let span = if single { Span::new(0, bytes.len()) } else { reading.span };
            let card = Card::of(&reading.record);
            let mut document =
                index::document(tools.fields, bytes, span, &reading.record, &card, tools.model);
            index::add_standing(&mut document, tools.fields, (bytes, span), &reading.record, &[]);
            let digest = if single { whole } else { hashes(&bytes[span.range()]).1 };
            Telegram { span, digest, card, volume: InVolume::default(), document }
        })
        .collect();
    Outcome::Telegrams(Box::new(Text { hash, reader: Reader::Telegrams, telegrams }))
}

/// A document of a collection.
fn collected(bytes: &[u8], reader: &Reader, tools: Tools<'_>) -> Outcome {
    let mut list = match reftel_sources::plain(bytes, reader, tools.collections, &Context::default()) {
        Ok(list) => list,
        Err(error) => {
            let place = error.place().map_or_else(String::new, |at| format!("byte {at}: "));
            return Outcome::Failed(format!("{place}{error}"));
        }
    };
    let mut why = "empty";
    if let Some(first) = list.first()
        && first.reading.telegram == Some(false)
        && let Err(reason) = is_one(&first.reading)
    {
        return Outcome::NotTelegram(reason);
    }
    list.retain(|plain| is_one(&plain.reading).map_err(|reason| why = reason).is_ok());
    if list.is_empty() {
        return Outcome::NotTelegram(why);
    }
    let single = list.len() == 1;
    let (hash, whole) = hashes(bytes);
    let telegrams = list
        .into_iter()
        .map(|Plain { text, reading, span }| {
            let span = if single { Span::new(0, bytes.len()) } else { span };
            let card = Card::of(&reading.record);
            let all = Span::new(0, text.len());
            let mut document = index::document(tools.fields, &text, all, &reading.record, &card, tools.model);
            index::add_standing(&mut document, tools.fields, (&text, all), &reading.record, &reading.stated);
            let digest = if single { whole } else { hashes(&bytes[span.range()]).1 };
            let volume = InVolume::of(&reading, reader);
            Telegram { span, digest, card, volume, document }
        })
        .collect();
    Outcome::Telegrams(Box::new(Text { hash, reader: reader.clone(), telegrams }))
}

/// Whether these bytes are a telegram, or a section of one, that only came another way: alike from the line of
/// the date-time group on but for white space, and above it, where the routing stands, as they may be.
pub(crate) fn retransmits(bytes: &[u8], first: &[u8]) -> bool {
    match (below_routing(bytes), below_routing(first)) {
        (Some(bytes), Some(first)) => printed(bytes).eq(printed(first)),
        _ => false,
    }
}

/// The runs of what isn't white space.
fn printed(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(u8::is_ascii_whitespace).filter(|run| !run.is_empty())
}

/// What follows the routing lines: from the line on that is precedence and date-time group. `None` where there is
/// no such line.
fn below_routing(bytes: &[u8]) -> Option<&[u8]> {
    let dtg = store::record(bytes).dtg?.span.start;
    let above = bytes.get(..dtg)?;
    let start = above.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |at| at + 1);
    let is_precedence = |run: &[u8]| matches!(run, b"Z" | b"O" | b"P" | b"R" | b"ZZ" | b"OO" | b"PP" | b"RR");
    printed(&above[start..]).all(is_precedence).then(|| &bytes[start..])
}

/// The hash of these bytes, and their digest. Most texts have white space only behind, and are hashed once
/// for both.
pub(crate) fn hashes(bytes: &[u8]) -> ([u8; 32], Digest) {
    let trimmed = bytes.trim_ascii_end();
    let mut hasher = blake3::Hasher::new();
    hasher.update(trimmed);
    let start = match trimmed.trim_ascii_start() {
        inner if inner.len() < trimmed.len() => blake3::hash(inner),
        _ => hasher.finalize(),
    };
    hasher.update(&bytes[trimmed.len()..]);
    let mut digest = Digest::default();
    digest.copy_from_slice(&start.as_bytes()[..16]);
    (*hasher.finalize().as_bytes(), digest)
}
