//! `csl-json`: what Zotero, pandoc and other readers of the Citation Style Language take.

use reftel_archive::{Archive, Telegram};
use serde::Serialize;

use super::super::Failure;
use super::citation::Citation;
use super::key;
use super::lines::{Lines, Piece};
use crate::json;

/// An item. CSL has no type for telegrams; its letter is a personal communication with a genre.
#[derive(Serialize)]
struct Item<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    genre: &'static str,
    title: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    author: Vec<Name>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recipient: Vec<Name>,
    number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    archive: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    archive_location: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    note: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    keyword: String,
}

#[derive(Serialize)]
struct Name {
    literal: String,
}

#[derive(Serialize)]
struct Date {
    #[serde(rename = "date-parts")]
    parts: [Vec<i16>; 1],
}

pub(super) fn form() -> Lines {
    Lines::new("[\n", ",\n", "\n]\n", one)
}

fn one(telegram: &Telegram, archive: &Archive) -> Result<Piece, Failure> {
    let citation = Citation::of(telegram);
    let names = |name: &Option<String>| name.iter().map(|name| Name { literal: name.clone() }).collect();
    let day = citation.day().map(|day| vec![day.year(), day.month().into(), day.day().into()]);
    let item = Item {
        id: key(telegram, archive)?,
        kind: "personal_communication",
        genre: "Telegram",
        title: citation.title(),
        author: names(&citation.from),
        recipient: names(&citation.to),
        number: citation.number.clone(),
        issued: day.or_else(|| Some(vec![telegram.card.year?])).map(|parts| Date { parts: [parts] }),
        archive: citation.archive(),
        archive_location: citation.series().map(str::to_owned).or_else(|| citation.file()),
        note: citation.handling().join("; "),
        keyword: telegram.card.tags.join(", "),
    };
    Ok(json::print(&item, false)?.into())
}
