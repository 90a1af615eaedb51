//! Records in lines of JSON that carry the bytes which they were read from, as our own export writes them.
//!
//! The bytes are the document, with the reader that they had: what comes of them is read anew. What the line says
//! beside is where they came from, and is kept as what it is, something that was said.

use std::collections::BTreeSet;

use reftel_telegram::Span;
use serde::Deserialize;

use crate::Error;
use crate::recognise::Reader;

/// The longest path that is taken over, in bytes.
const PATH_MAX: usize = 4096;

/// The bytes of all documents of a line: 256 MB, twice the longest line. A file that was there a hundred times is there a
/// hundred times.
const BYTES_MAX: usize = 256 << 20;

/// A document that a line of JSON carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Its own bytes.
    pub bytes: Vec<u8>,
    /// What reads them.
    pub reader: Reader,
    /// Where they were before, as the line says.
    pub origin: Origin,
}

/// Where a document was in the archive that it was exported from, as the export says: to be shown, not opened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The file, and the way in it.
    pub path: String,
    /// BLAKE3 of that file's, or document's, bytes, in hexadecimal.
    pub hash: String,
    /// Where in it these bytes began.
    pub start: usize,
}

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    sources: Vec<Source>,
}

#[derive(Deserialize)]
struct Source {
    path: String,
    hash: String,
    span: [usize; 2],
    reader: Option<String>,
    original: Option<Original>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Original {
    Text(String),
    Bytes { hex: String },
}

/// The documents that a record carries, in order; none where it carries no bytes.
///
/// A source without bytes of its own has those of the one before, if it is of the same bytes: two files that were
/// alike.
pub fn carried(line: &[u8]) -> Result<Vec<Carried>, Error> {
    let record: Line = serde_json::from_slice(line)
        .map_err(|error| Error::at(format!("not a record: {error}"), error.column()))?;
    if record.sources.iter().all(|source| source.original.is_none()) {
        return Ok(Vec::new());
    }
    let mut documents: Vec<Carried> = Vec::new();
    let (mut met, mut total) = (BTreeSet::new(), 0);
    for source in record.sources {
        let [start, end] = source.span;
        let span = Span::new(start, end.max(start));
        let (bytes, reader) = match (source.original, documents.last()) {
            (Some(original), _) => (unwrapped(original)?, named(source.reader.as_deref())?),
            (None, Some(last)) if last.origin.hash == source.hash => {
                (last.bytes.clone(), last.reader.clone())
            }
            (None, _) => continue,
        };
        // Of telegrams as they are it is the part; of what another reader reads the whole document.
        let start = if reader == Reader::Telegrams { span.start } else { 0 };
        let origin = Origin { path: source.path, hash: source.hash, start };
        check(&bytes, &reader, &origin, span)?;
        total += bytes.len();
        if total > BYTES_MAX {
            return Err(Error::new("its sources have more than 256 MB in all"));
        }
        if met.insert((origin.path.clone(), origin.start)) {
            documents.push(Carried { bytes, reader, origin });
        }
    }
    Ok(documents)
}

fn unwrapped(original: Original) -> Result<Vec<u8>, Error> {
    let hex = match original {
        Original::Text(text) => return Ok(text.into_bytes()),
        Original::Bytes { hex } => hex.into_bytes(),
    };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = hex.chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    });
    pairs.collect::<Option<_>>().ok_or_else(|| Error::new("its `hex` isn't bytes in hexadecimal"))
}

fn named(name: Option<&str>) -> Result<Reader, Error> {
    match name.map(|name| (name, Reader::from_name(name))) {
        None => Ok(Reader::Telegrams),
        Some((_, Some(reader))) if reader != Reader::Record => Ok(reader),
        Some((name, _)) => Err(Error::new(format!("the reader `{name}` isn't known"))),
    }
}

/// Whether the bytes are what the line says that they are, as far as that can be seen.
fn check(bytes: &[u8], reader: &Reader, origin: &Origin, span: Span) -> Result<(), Error> {
    let hash = &origin.hash;
    if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Error::new("a `hash` of its sources isn't a BLAKE3 in hexadecimal"));
    }
    if origin.path.is_empty() || origin.path.len() > PATH_MAX {
        return Err(Error::new(format!("a `path` of its sources isn't 1 to {PATH_MAX} bytes long")));
    }
    if *reader == Reader::Telegrams && bytes.len() != span.len() {
        let (has, says) = (bytes.len(), span.len());
        return Err(Error::new(format!("its `original` has {has} bytes, and its `span` says {says}")));
    }
    if *reader != Reader::Telegrams && blake3::hash(bytes).to_hex().as_str() != hash {
        return Err(Error::new("its `original` isn't what it was: it doesn't have its `hash`"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(sources: &str) -> Vec<u8> {
        format!("{{\"schema\": 1, \"paragraphs\": [], \"sources\": [{sources}]}}").into_bytes()
    }

    #[test]
    fn bytes_come_with_where_they_were() {
        let hash = "ab".repeat(32);
        let first = format!(
            r#"{{"path": "a.txt", "hash": "{hash}", "span": [10, 14], "reader": "telegrams", "original": "text"}}"#
        );
        let same = format!(r#"{{"path": "b.txt", "hash": "{hash}", "span": [10, 14]}}"#);
        let other = format!(
            r#"{{"path": "c.txt", "hash": "{hash}", "span": [0, 2], "original": {{"hex": "00fF"}}}}"#
        );
        let list = carried(&line(&[first.clone(), same, first, other].join(","))).unwrap();
        let seen: Vec<_> = list
            .iter()
            .map(|one| (one.origin.path.as_str(), one.origin.start, one.bytes.as_slice()))
            .collect();
        assert_eq!(
            seen,
            [("a.txt", 10, b"text".as_slice()), ("b.txt", 10, b"text"), ("c.txt", 0, b"\x00\xff")]
        );
        assert_eq!(carried(&line("")).unwrap(), []);
        assert_eq!(carried(br#"{"schema": 1}"#).unwrap(), []);
    }

    #[test]
    fn what_a_line_says_wrongly_is_refused() {
        let hash = "ab".repeat(32);
        for (source, why) in [
            (format!(r#"{{"path": "a", "hash": "{hash}", "span": [0, 9], "original": "text"}}"#), "4 bytes"),
            (
                format!(
                    r#"{{"path": "a", "hash": "{hash}", "span": [0, 4], "reader": "nara", "original": "text"}}"#
                ),
                "doesn't have its `hash`",
            ),
            (
                format!(
                    r#"{{"path": "a", "hash": "{hash}", "span": [0, 4], "reader": "oracle", "original": "text"}}"#
                ),
                "`oracle` isn't known",
            ),
            (r#"{"path": "a", "hash": "12", "span": [0, 4], "original": "text"}"#.to_owned(), "BLAKE3"),
            (format!(r#"{{"path": "", "hash": "{hash}", "span": [0, 4], "original": "text"}}"#), "1 to 4096"),
            (
                format!(r#"{{"path": "a", "hash": "{hash}", "span": [0, 1], "original": {{"hex": "0"}}}}"#),
                "hexadecimal",
            ),
            (r#"{"path": 3}"#.to_owned(), "not a record"),
        ] {
            let said = carried(&line(&source)).unwrap_err();
            assert!(said.to_string().contains(why), "{source}: {said}");
        }
    }
}
