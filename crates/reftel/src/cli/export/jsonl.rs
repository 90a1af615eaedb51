//! `jsonl`: the record as `reftel parse` prints it, where it came from, and the bytes that came, so that `reftel import`
//! makes the telegram of them again.

use reftel_archive::{Archive, Telegram};
use reftel_sources::Reader;
use serde::Serialize;

use super::super::Failure;
use super::super::bag::hex;
use super::lines::{Lines, Piece};
use crate::json;

/// A line.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    record: json::Telegram<'a>,
    archive_id: i64,
    sources: Vec<Source<'a>>,
}

#[derive(Serialize)]
struct Source<'a> {
    path: String,
    span: [usize; 2],
    hash: &'a str,
    at: [usize; 2],
    retransmission: bool,
    #[serde(flatten)]
    carried: Option<Carried>,
}

/// The bytes of a source that none before it has.
#[derive(Serialize)]
struct Carried {
    reader: String,
    original: Original,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Original {
    Text(String),
    /// They aren't UTF-8.
    Bytes {
        hex: String,
    },
}

impl Carried {
    fn of((reader, bytes): (Reader, Vec<u8>)) -> Carried {
        let original = String::from_utf8(bytes)
            .map_or_else(|error| Original::Bytes { hex: hex(error.as_bytes()) }, Original::Text);
        Carried { reader: reader.name(), original }
    }
}

pub(super) fn form() -> Lines {
    Lines::new("", "", "", one)
}

fn one(telegram: &Telegram, archive: &Archive) -> Result<Piece, Failure> {
    let mut parts: Vec<Option<(Reader, Vec<u8>)>> =
        archive.parts(telegram.id)?.into_iter().map(Some).collect();
    let sources = telegram.sources.iter().map(|source| Source {
        path: source.path.display().to_string(),
        span: json::range(source.span),
        hash: &source.hash,
        at: json::range(source.at),
        retransmission: source.retransmission,
        carried: parts.get_mut(source.part).and_then(Option::take).map(Carried::of),
    });
    let line = Line {
        record: json::Telegram::new(&telegram.record, None).with_corrections(&telegram.corrected),
        archive_id: telegram.id.0,
        sources: sources.collect(),
    };
    Ok((json::print(&line, false)? + "\n").into())
}
