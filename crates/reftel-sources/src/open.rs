//! Through containers and volumes to their documents, as a stream.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::limits::{Packed, Unpacked, is_limit, met};
use crate::recognise::{Confidence, HEAD, Kind, Reader, Recognised, kind, recognise};
use crate::{Collections, Limits, csv, mail, nara, tei};

/// What can be read from any place.
pub trait ReadSeek: Read + Seek {}

impl<R: Read + Seek> ReadSeek for R {}

/// Where a file's bytes come from.
#[expect(missing_debug_implementations, reason = "a stream has nothing to show")]
pub enum Input<'r> {
    /// They are all here.
    Bytes(&'r [u8]),
    /// They can be read from any place: a file.
    Seek(&'r mut dyn ReadSeek),
    /// They come once, in order.
    Stream(&'r mut dyn Read),
}

/// What was met on the way.
#[derive(Clone, Debug)]
pub enum Found {
    /// A document.
    Item(Item),
    /// Something that isn't read.
    Refused(Refused),
}

/// A document of a file, with all that is needed to read it again.
#[derive(Clone, Debug)]
pub struct Item {
    /// Where it was: `box.zip/1974/x.txt`, `cables.csv#12`, `frus1969.xml#d113`. For people; never a path to use.
    pub path: String,
    /// What reads it.
    pub reader: Reader,
    /// How sure that is, and why.
    pub recognised: (Confidence, String),
    /// Its own bytes, with the column names or the volume's head that they need.
    pub bytes: Vec<u8>,
}

/// Something that isn't read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Where it was.
    pub path: String,
    /// What is the matter.
    pub kind: Refusal,
    /// The same for a person.
    pub why: String,
}

/// Why something isn't read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is of a kind that isn't read; the reason says what would be needed.
    Unknown,
    /// It is damaged.
    Damaged,
    /// It is larger, deeper or more than the limits allow.
    Limit,
    /// It can't be read without a password.
    Encrypted,
}

type Flow = ControlFlow<()>;

/// Goes through a file and hands out its documents, in order. Ends early when `found` breaks.
pub fn open(
    name: &str,
    input: Input<'_>,
    collections: &Collections,
    limits: &Limits,
    found: &mut dyn FnMut(Found) -> Flow,
) -> Flow {
    let mut walk = Walk { collections, limits: *limits, total: Rc::new(Cell::new(0)), members: 0, found };
    match input {
        Input::Bytes(bytes) => walk.seek(name, &mut Cursor::new(bytes), 0),
        Input::Seek(file) => walk.seek(name, file, 0),
        Input::Stream(stream) => walk.stream(name, stream, 0),
    }
}

/// The reader of a file that is one document, whole, which needs no walk. `None` where it may have several, or isn't
/// read; then [`open`] says more.
pub fn sole(bytes: &[u8], collections: &Collections) -> Option<Reader> {
    let Kind::Document(reader) = kind(&bytes[..bytes.len().min(HEAD)], collections) else {
        return None;
    };
    let reader = match reader {
        Reader::Telegrams if bytes.len() > HEAD => match kind(bytes, collections) {
            Kind::Document(reader) => reader,
            _ => Reader::Telegrams,
        },
        reader => reader,
    };
    match reader {
        Reader::Telegrams | Reader::Mail | Reader::Html | Reader::FrontMatter(_) => Some(reader),
        Reader::Nara => (nara::split(bytes).len() == 1).then_some(reader),
        Reader::Tei | Reader::Record | Reader::Csv(_) | Reader::Jsonl(_) => None,
    }
}

struct Walk<'w> {
    collections: &'w Collections,
    limits: Limits,
    total: Rc<Cell<u64>>,
    members: u64,
    found: &'w mut dyn FnMut(Found) -> Flow,
}

impl Walk<'_> {
    fn refuse(&mut self, path: &str, kind: Refusal, why: impl Into<String>) -> Flow {
        (self.found)(Found::Refused(Refused { path: path.to_owned(), kind, why: why.into() }))
    }

    fn fault(&mut self, path: &str, error: &io::Error) -> Flow {
        let kind = if is_limit(error) { Refusal::Limit } else { Refusal::Damaged };
        self.refuse(path, kind, error.to_string())
    }

    /// Counts a document or a file. Breaks behind the last that is allowed.
    fn count(&mut self, path: &str) -> Flow {
        self.members += 1;
        if self.members > self.limits.members {
            self.refuse(path, Refusal::Limit, "there are more documents in it than may be in one file")?;
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    fn item(
        &mut self,
        path: String,
        reader: Reader,
        recognised: (Confidence, String),
        bytes: Vec<u8>,
    ) -> Flow {
        self.count(&path)?;
        (self.found)(Found::Item(Item { path, reader, recognised, bytes }))
    }

    fn seek(&mut self, path: &str, file: &mut dyn ReadSeek, depth: u32) -> Flow {
        let head = match head(file) {
            Ok(head) => head,
            Err(error) => return self.fault(path, &error),
        };
        let seen = recognise(&head, self.collections);
        if seen.kind == Kind::Zip {
            if let Err(error) = file.seek(SeekFrom::Start(0)) {
                return self.fault(path, &error);
            }
            return self.zip(path, file, depth);
        }
        self.enter(path, seen, head, file, depth)
    }

    fn stream(&mut self, path: &str, stream: &mut dyn Read, depth: u32) -> Flow {
        let head = match head(stream) {
            Ok(head) => head,
            Err(error) => return self.fault(path, &error),
        };
        let seen = recognise(&head, self.collections);
        if seen.kind == Kind::Zip {
            // Its list of contents is at its end.
            return match self.whole(head, stream) {
                Ok(bytes) => self.zip(path, &mut Cursor::new(bytes), depth),
                Err(error) => self.fault(path, &error),
            };
        }
        self.enter(path, seen, head, stream, depth)
    }

    /// All bytes, if they aren't more than a document may have.
    fn whole(&self, mut bytes: Vec<u8>, rest: &mut dyn Read) -> io::Result<Vec<u8>> {
        let most = (self.limits.item + 1).saturating_sub(bytes.len() as u64);
        rest.take(most).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > self.limits.item {
            return Err(met(format!(
                "it has more than {} MB, which is the most for one document",
                self.limits.item >> 20
            )));
        }
        Ok(bytes)
    }

    fn enter(
        &mut self,
        path: &str,
        seen: Recognised,
        head: Vec<u8>,
        rest: &mut dyn Read,
        depth: u32,
    ) -> Flow {
        let packed = matches!(seen.kind, Kind::Tar | Kind::Gzip | Kind::Zstd);
        if packed && depth >= self.limits.depth {
            return self.refuse(path, Refusal::Limit, "containers lie too deep in one another");
        }
        let how = (seen.confidence, seen.because);
        match seen.kind {
            Kind::Other(needs) => self.refuse(path, Refusal::Unknown, needs),
            Kind::Gzip => self.unpack(path, Cursor::new(head).chain(rest), depth, |packed| {
                Ok(flate2::read::MultiGzDecoder::new(packed))
            }),
            Kind::Zstd => {
                self.unpack(path, Cursor::new(head).chain(rest), depth, zstd::stream::read::Decoder::new)
            }
            Kind::Tar => self.tar(path, &mut Cursor::new(head).chain(rest), depth),
            Kind::Pdf => match self.whole(head, rest) {
                Ok(bytes) => self.pdf(path, how, &bytes),
                Err(error) => self.fault(path, &error),
            },
            Kind::Mbox => self.mbox(path, &how, BufReader::new(Cursor::new(head).chain(rest))),
            Kind::Document(Reader::Csv(name)) => {
                self.rows(path, &name, &how, BufReader::with_capacity(1 << 16, Cursor::new(head).chain(rest)))
            }
            Kind::Document(reader @ (Reader::Jsonl(_) | Reader::Record)) => {
                self.lines(path, &reader, &how, BufReader::new(Cursor::new(head).chain(rest)))
            }
            Kind::Document(reader) => match self.whole(head, rest) {
                Ok(bytes) => self.documents(path, reader, how, bytes),
                Err(error) => self.fault(path, &error),
            },
            Kind::Zip => ControlFlow::Continue(()),
        }
    }

    /// The documents of a file that is read whole.
    fn documents(&mut self, path: &str, reader: Reader, how: (Confidence, String), bytes: Vec<u8>) -> Flow {
        let (reader, how) = match reader {
            // What marks it may stand behind the part that was looked at.
            Reader::Telegrams if bytes.len() > HEAD => match recognise(&bytes, self.collections) {
                Recognised { kind: Kind::Document(reader), confidence, because } => {
                    (reader, (confidence, because))
                }
                _ => (Reader::Telegrams, how),
            },
            reader => (reader, how),
        };
        match reader {
            Reader::Tei => {
                let volume = tei::split(&bytes, path);
                for (id, own) in volume.documents {
                    self.item(format!("{path}#{id}"), Reader::Tei, how.clone(), own)?;
                }
                match volume.fault {
                    Some(error) => self.refuse(path, Refusal::Damaged, error.to_string()),
                    None => ControlFlow::Continue(()),
                }
            }
            Reader::Nara => {
                let cuts = nara::split(&bytes);
                for (number, cut) in (1..).zip(&cuts) {
                    let name = if cuts.len() > 1 { format!("{path}#{number}") } else { path.to_owned() };
                    self.item(name, Reader::Nara, how.clone(), bytes[cut.clone()].to_vec())?;
                }
                ControlFlow::Continue(())
            }
            reader => self.item(path.to_owned(), reader, how, bytes),
        }
    }

    /// The text of a PDF is its document: telegrams as they are, one or many.
    fn pdf(&mut self, path: &str, how: (Confidence, String), bytes: &[u8]) -> Flow {
        let Some(read) = self.collections.pdf() else {
            return self.refuse(path, Refusal::Unknown, "a PDF, which isn't read here");
        };
        match read(bytes) {
            Ok(text) if text.len() as u64 > self.limits.item => {
                self.refuse(path, Refusal::Limit, "its text is larger than a document may be")
            }
            Ok(text) => self.item(path.to_owned(), Reader::Telegrams, how, text.into_bytes()),
            Err(why) => self.refuse(path, Refusal::Unknown, why),
        }
    }

    fn unpack<'r, R: Read + 'r, D: Read + 'r>(
        &mut self,
        path: &str,
        packed: R,
        depth: u32,
        decoder: impl FnOnce(Packed<R>) -> io::Result<D>,
    ) -> Flow {
        let count = Rc::new(Cell::new(0));
        match decoder(Packed { inner: packed, count: Rc::clone(&count) }) {
            Ok(inner) => {
                let mut unpacked = self.counted(inner, count);
                self.stream(path, &mut unpacked, depth + 1)
            }
            Err(error) => self.fault(path, &error),
        }
    }

    fn counted<R: Read>(&self, inner: R, packed: Rc<Cell<u64>>) -> Unpacked<R> {
        Unpacked { inner, packed, out: 0, total: Rc::clone(&self.total), limits: self.limits }
    }

    fn zip(&mut self, path: &str, file: &mut dyn ReadSeek, depth: u32) -> Flow {
        if depth >= self.limits.depth {
            return self.refuse(path, Refusal::Limit, "containers lie too deep in one another");
        }
        let mut archive = match zip::ZipArchive::new(file) {
            Ok(archive) => archive,
            Err(error) => return self.refuse(path, Refusal::Damaged, error.to_string()),
        };
        if archive.index_for_name("[Content_Types].xml").is_some() {
            return self.refuse(path, Refusal::Unknown, "an Office document; save it as text first");
        }
        for index in 0..archive.len() {
            let (name, size, encrypted) = match archive.by_index_raw(index) {
                Ok(member) if member.is_file() => {
                    let name = member.name().map_or_else(|_| Shown("?".to_owned()), |name| shown(&name));
                    (name, member.compressed_size(), member.encrypted())
                }
                Ok(_) => continue,
                Err(error) => {
                    self.refuse(&format!("{path}/member {index}"), Refusal::Damaged, error.to_string())?;
                    continue;
                }
            };
            let Some(name) = name.filter_hidden() else { continue };
            let name = format!("{path}/{name}");
            self.count(&name)?;
            if encrypted {
                self.refuse(&name, Refusal::Encrypted, "it needs a password; unpack it first")?;
                continue;
            }
            match archive.by_index(index) {
                Ok(member) => {
                    let mut unpacked = self.counted(member, Rc::new(Cell::new(size)));
                    self.stream(&name, &mut unpacked, depth + 1)?;
                }
                Err(error) => self.refuse(&name, Refusal::Damaged, error.to_string())?,
            }
        }
        ControlFlow::Continue(())
    }

    fn tar(&mut self, path: &str, rest: &mut dyn Read, depth: u32) -> Flow {
        let mut archive = tar::Archive::new(rest);
        let entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.fault(path, &error),
        };
        for entry in entries {
            let mut entry = match entry {
                Ok(entry) => entry,
                // Behind a damaged header nothing can be found.
                Err(error) => return self.fault(path, &error),
            };
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let name = shown(&String::from_utf8_lossy(&entry.path_bytes()));
            let Some(name) = name.filter_hidden() else { continue };
            let name = format!("{path}/{name}");
            self.count(&name)?;
            self.stream(&name, &mut entry, depth + 1)?;
        }
        ControlFlow::Continue(())
    }

    /// The rows of a table. A row whose quotes never close is refused, and the line below it is the next.
    fn rows(
        &mut self,
        path: &str,
        profile: &str,
        how: &(Confidence, String),
        mut rest: impl BufRead,
    ) -> Flow {
        let Some(profile) = self.collections.get(profile) else { return ControlFlow::Continue(()) };
        let reader = Reader::Csv(profile.name.clone());
        let mut rows = Rows::new(profile.dialect, self.limits.item);
        let mut names = Vec::new();
        let mut number = 0u64;
        loop {
            let row = match rows.next(&mut rest) {
                Ok(Some(Row::Whole(row))) => row,
                Ok(Some(Row::Open(line))) => {
                    let why = format!("a quote in the row at line {line} doesn't close where it should");
                    self.refuse(&format!("{path}#{}", number + 1), Refusal::Damaged, why)?;
                    number += 1;
                    continue;
                }
                Ok(None) => return ControlFlow::Continue(()),
                Err(error) => return self.fault(path, &error),
            };
            if row.trim_ascii().is_empty() {
                continue;
            }
            if profile.header && names.is_empty() {
                names = row;
                continue;
            }
            number += 1;
            let mut bytes = names.clone();
            bytes.extend_from_slice(&row);
            self.item(format!("{path}#{number}"), reader.clone(), how.clone(), bytes)?;
        }
    }

    fn lines(
        &mut self,
        path: &str,
        reader: &Reader,
        how: &(Confidence, String),
        mut rest: impl BufRead,
    ) -> Flow {
        let mut number = 0u64;
        loop {
            let mut line = Vec::new();
            match rest.by_ref().take(self.limits.item + 1).read_until(b'\n', &mut line) {
                Ok(0) => return ControlFlow::Continue(()),
                Ok(_) => number += 1,
                Err(error) => return self.fault(path, &error),
            }
            if line.len() as u64 > self.limits.item {
                return self.refuse(
                    &format!("{path}#{number}"),
                    Refusal::Limit,
                    "the line is longer than a document may be",
                );
            }
            if !line.trim_ascii().is_empty() {
                self.item(format!("{path}#{number}"), reader.clone(), how.clone(), line)?;
            }
        }
    }

    fn mbox(&mut self, path: &str, how: &(Confidence, String), mut rest: impl BufRead) -> Flow {
        let mut messages = mail::Messages::new(self.limits.item);
        let mut number = 0u64;
        loop {
            match messages.next(&mut rest) {
                Ok(None) => return ControlFlow::Continue(()),
                Ok(Some(message)) => {
                    number += 1;
                    self.item(format!("{path}#{number}"), Reader::Mail, how.clone(), message)?;
                }
                Err(error) => return self.fault(path, &error),
            }
        }
    }
}

/// The first bytes, as many as are looked at.
fn head(from: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    from.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// A row of a table.
enum Row {
    Whole(Vec<u8>),
    /// Its quotes don't close where they should; the line where it begins.
    Open(u64),
}

/// The most bytes of a row: 16 MB. The longest telegrams have less than one.
const ROW_BYTES_MAX: u64 = 16 << 20;

/// How many bytes of a file are read again because a quote didn't close, in all: 256 MB.
const AGAIN_BYTES_MAX: usize = 256 << 20;

/// Reads rows.
struct Rows {
    dialect: csv::Dialect,
    most: u64,
    /// Bytes that were read behind a row that doesn't close, to be read again from `at`.
    again: Vec<u8>,
    at: usize,
    line: u64,
    /// How many bytes were read again.
    spent: usize,
}

impl Rows {
    fn new(dialect: csv::Dialect, most: u64) -> Rows {
        Rows { dialect, most: most.min(ROW_BYTES_MAX), again: Vec::new(), at: 0, line: 1, spent: 0 }
    }

    fn next(&mut self, rest: &mut impl BufRead) -> io::Result<Option<Row>> {
        let mut splitter = csv::Splitter::new(self.dialect);
        if let Some(len) = splitter.feed(&self.again[self.at..]) {
            let row = self.again[self.at..self.at + len].to_vec();
            let torn = splitter.is_torn() && memchr::memchr(b'\n', &row[..len - 1]).is_some();
            if torn && self.spent < AGAIN_BYTES_MAX {
                self.spent += len;
                self.at += memchr::memchr(b'\n', &row).map_or(len, |end| end + 1);
                return Ok(Some(self.open()));
            }
            self.at += len;
            return Ok(Some(self.whole(row)));
        }
        let mut row = self.again.split_off(self.at);
        (self.again, self.at) = (Vec::new(), 0);
        let mut ended = false;
        while !ended && row.len() as u64 <= self.most {
            let buffer = rest.fill_buf()?;
            if buffer.is_empty() {
                break;
            }
            let end = splitter.feed(buffer);
            let len = end.unwrap_or(buffer.len());
            row.extend_from_slice(&buffer[..len]);
            rest.consume(len);
            ended = end.is_some();
        }
        let lines = memchr::memchr(b'\n', &row[..row.len().saturating_sub(1)]).is_some();
        if splitter.is_open() || ended && splitter.is_torn() && lines {
            self.spent += row.len();
            match memchr::memchr(b'\n', &row).filter(|_| self.spent < AGAIN_BYTES_MAX) {
                Some(end) => self.again = row.split_off(end + 1),
                // The rest isn't rows of this table.
                None => io::copy(rest, &mut io::sink()).map(drop)?,
            }
            return Ok(Some(self.open()));
        }
        if row.len() as u64 > self.most {
            return Err(met("a row is longer than a document may be"));
        }
        Ok((!row.is_empty()).then(|| self.whole(row)))
    }

    /// A row that doesn't close, and is left for the next line.
    fn open(&mut self) -> Row {
        self.line += 1;
        Row::Open(self.line - 1)
    }

    fn whole(&mut self, row: Vec<u8>) -> Row {
        self.line += memchr::memchr_iter(b'\n', &row).count() as u64;
        Row::Whole(row)
    }
}

/// A member's name as it is shown: without what climbs, and without characters that do something to a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown(String);

fn shown(name: &str) -> Shown {
    let name = name.replace('\\', "/");
    let parts = name.split('/').filter(|part| !matches!(*part, "" | "." | ".."));
    let name = parts.collect::<Vec<_>>().join("/");
    Shown(name.chars().take(500).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect())
}

impl Shown {
    /// Hidden files are passed over in containers as in folders.
    fn filter_hidden(self) -> Option<String> {
        let hidden = |part: &str| part.starts_with('.') || part == "__MACOSX";
        (!self.0.is_empty() && !self.0.split('/').any(hidden)).then_some(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_climb_are_shown_without() {
        for (name, want) in [
            ("../../etc/passwd", Some("etc/passwd")),
            ("/abs/x.txt", Some("abs/x.txt")),
            ("a\\..\\b.txt", Some("a/b.txt")),
            ("a/\u{1b}[2Jb", Some("a/\u{fffd}[2Jb")),
            ("__MACOSX/._a.txt", None),
            ("..", None),
        ] {
            assert_eq!(shown(name).filter_hidden().as_deref(), want, "{name}");
        }
    }
}
