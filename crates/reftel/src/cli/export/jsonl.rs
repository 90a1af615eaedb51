//! `jsonl`: the record as `reftel parse` prints it, and where it came from.

use reftel_archive::{Archive, Telegram};
use serde::Serialize;

use super::super::Failure;
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
}

pub(super) fn form() -> Lines {
    Lines::new("", "", "", one)
}

fn one(telegram: &Telegram, _: &Archive) -> Result<Piece, Failure> {
    let sources = telegram.sources.iter().map(|source| Source {
        path: source.path.display().to_string(),
        span: json::range(source.span),
        hash: &source.hash,
        at: json::range(source.at),
        retransmission: source.retransmission,
    });
    let line = Line {
        record: json::Telegram::new(&telegram.record, None).with_corrections(&telegram.corrected),
        archive_id: telegram.id.0,
        sources: sources.collect(),
    };
    Ok((json::print(&line, false)? + "\n").into())
}
