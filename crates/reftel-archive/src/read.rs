//! From a file to what is to be kept of it.
//!
//! This half of an import touches neither database nor index, so that any number of threads can do
//! it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use reftel_telegram::{Card, Context, Span};
use tantivy::TantivyDocument;

use crate::index::{self, Fields};
use crate::store;
use crate::walk::Seen;

/// The most bytes that are read as one file: 128 MB. Larger ones are refused. The largest known file of telegrams,
/// a year's in one, has 60 MB; reading takes memory of twenty times a file's size, and of fifty times where
/// somebody wants it to.
pub const FILE_BYTES_MAX: u64 = 128 << 20;

/// The start of the BLAKE3 of a telegram's bytes without white space around them: long enough that nobody
/// can make two telegrams that have the same.
pub(crate) type Digest = [u8; 16];

/// What a file is.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It can't be read, for this reason.
    Failed(String),
    /// There is no telegram in it, for this reason.
    NotTelegram(&'static str),
    /// It holds telegrams.
    Telegrams(Box<Text>),
}

/// A file with telegrams in it.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) hash: [u8; 32],
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
    /// For the index; all but the number, which it has yet to get.
    pub(crate) document: TantivyDocument,
}

/// Reads a file that was seen, and puts its bytes behind those that are in `bytes`.
pub(crate) fn file(seen: &Seen, bytes: &mut Vec<u8>, fields: &Fields) -> Outcome {
    if let Some(fault) = &seen.fault {
        return Outcome::Failed(fault.clone());
    }
    if seen.size > FILE_BYTES_MAX {
        return Outcome::Failed(too_large(seen.size));
    }
    let start = bytes.len();
    let read = read(&seen.path, seen.size, bytes);
    let file = bytes.get(start..).unwrap_or_default();
    match read {
        Ok(()) if file.len() as u64 > FILE_BYTES_MAX => Outcome::Failed(too_large(file.len() as u64)),
        Ok(()) => text(file, fields),
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

/// Why a file of this size isn't read.
fn too_large(size: u64) -> String {
    let (size, most) = (size.div_ceil(1 << 20), FILE_BYTES_MAX >> 20);
    format!("it has {size} MB, and at most {most} MB are read as one file; divide it between two telegrams")
}

/// A file's bytes; hardly more than a file may have, should it have grown.
fn read(path: &Path, size: u64, bytes: &mut Vec<u8>) -> std::io::Result<()> {
    use std::io::Read;
    bytes.reserve(usize::try_from(size).unwrap_or_default() + 1);
    std::fs::File::open(path)?.take(FILE_BYTES_MAX + 1).read_to_end(bytes).map(|_| ())
}

/// Reads a file's bytes. A fault in the reader costs this file and not the import.
pub(crate) fn text(bytes: &[u8], fields: &Fields) -> Outcome {
    catch_unwind(AssertUnwindSafe(|| parse(bytes, fields))).unwrap_or_else(|_| {
        Outcome::Failed("the reader broke down on it, which is a fault of ours".to_owned())
    })
}

fn parse(bytes: &[u8], fields: &Fields) -> Outcome {
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
            let document = index::document(fields, bytes, span, &reading.record, &card);
            let digest = if single { whole } else { hashes(&bytes[span.range()]).1 };
            Telegram { span, digest, card, document }
        })
        .collect();
    Outcome::Telegrams(Box::new(Text { hash, telegrams }))
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
