//! What goes in: files, and standard input as `-`.

use std::fs;
use std::io::{self, BufRead, Read};
use std::ops::ControlFlow;
use std::path::Path;

use reftel_archive::FILE_BYTES_MAX;
use reftel_sources::{Collections, Found, Input as Source, Limits};
use reftel_telegram::{Context, Diagnostic, Purpose, Reading, Record, is_telegram};

use super::failure::Failure;
use crate::fault;

/// The name of an input, for a person. `-` is standard input.
pub(crate) fn name(path: &Path) -> String {
    if path == Path::new("-") { "<stdin>".to_owned() } else { path.display().to_string() }
}

/// All bytes of an input, as long as they aren't more than are read as one file; some inputs never end.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    not_a_directory(path)?;
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)
    } else {
        fs::File::open(path).and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| Failure::file(name(path), &error))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        let most = FILE_BYTES_MAX >> 20;
        return Err(Failure::new(format!("`{}` has more than {most} MB, which is the most", name(path)))
            .help("divide it between two telegrams"));
    }
    Ok(bytes)
}

/// Goes through an input, whatever it is, to its documents.
pub(crate) fn open(
    path: &Path,
    collections: &Collections,
    found: &mut dyn FnMut(Found) -> ControlFlow<()>,
) -> Result<(), Failure> {
    not_a_directory(path)?;
    let limits = Limits { item: FILE_BYTES_MAX, ..Limits::default() };
    let name = name(path);
    if path == Path::new("-") {
        let _ =
            reftel_sources::open(&name, Source::Stream(&mut io::stdin().lock()), collections, &limits, found);
        return Ok(());
    }
    let mut file = fs::File::open(path).map_err(|error| Failure::file(&name, &error))?;
    // What isn't a file, such as a pipe, can be read only once.
    let seeks = file.metadata().is_ok_and(|metadata| metadata.is_file());
    let source = if seeks { Source::Seek(&mut file) } else { Source::Stream(&mut file) };
    let _ = reftel_sources::open(&name, source, collections, &limits, found);
    Ok(())
}

/// Refuses a directory, which no system has clear words for.
pub(crate) fn not_a_directory(path: &Path) -> Result<(), Failure> {
    if path != Path::new("-") && path.is_dir() {
        return Err(Failure::new(format!("`{}` is a directory", path.display()))
            .help("give its files, or `reftel import` it"));
    }
    Ok(())
}

/// What the reader makes of an input. A fault in the reader costs this input alone.
pub(crate) fn telegrams(name: &str, bytes: &[u8], context: &Context) -> Result<Vec<Reading>, Failure> {
    fault::guarded(|| reftel_telegram::read(bytes, context))
        .ok_or_else(|| Failure::new(format!("{name}: a fault of ours: please report")))
}

/// The records of an input, each of which must be a telegram.
pub(crate) fn records(name: &str, bytes: &[u8], context: &Context) -> Result<Vec<Record>, Failure> {
    let records: Vec<Record> =
        telegrams(name, bytes, context)?.into_iter().map(|reading| reading.record).collect();
    records.iter().try_for_each(|record| must_be_telegram(name, record))?;
    Ok(records)
}

/// Refuses a record that is none of a telegram.
pub(crate) fn must_be_telegram(name: &str, record: &Record) -> Result<(), Failure> {
    is_telegram(record).map_err(|why| Failure::new(format!("`{name}` holds no telegram: {why}")))
}

/// What is odd about an input. A fault in a rule costs this input alone.
pub(crate) fn questioned(
    name: &str,
    bytes: &[u8],
    readings: &[Reading],
    purpose: Purpose,
) -> Result<Vec<Diagnostic>, Failure> {
    fault::guarded(|| reftel_telegram::check(bytes, readings, purpose))
        .ok_or_else(|| Failure::new(format!("{name}: a fault of ours: please report")))
}

/// What some programs put in front of UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The bytes of an input's first line without the mark in front that says that it is UTF-8.
pub(crate) fn without_mark(line: &[u8]) -> &[u8] {
    line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line)
}

/// A line of an input, which may have no end.
#[derive(Debug)]
pub(crate) enum Line {
    /// Its bytes, with its end.
    Whole(Vec<u8>),
    /// It is longer than is read as one file, and was passed over.
    TooLong,
}

/// How far the end of a line that is too long is sought. An endless one ends here.
const LINE_SKIP_MAX: u64 = 1 << 30;

/// The next line; `None` at the end.
pub(crate) fn next_line(source: &mut impl BufRead) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    source.by_ref().take(FILE_BYTES_MAX + 1).read_until(b'\n', &mut line)?;
    if line.len() as u64 <= FILE_BYTES_MAX {
        return Ok(if line.is_empty() { None } else { Some(Line::Whole(line)) });
    }
    if line.last() != Some(&b'\n') {
        drop(line);
        let skipped = source.by_ref().take(LINE_SKIP_MAX).skip_until(b'\n')?;
        if skipped as u64 == LINE_SKIP_MAX {
            return Err(io::Error::other("a line doesn't end within a gigabyte"));
        }
    }
    Ok(Some(Line::TooLong))
}

/// A line's bytes without its end.
pub(crate) fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
