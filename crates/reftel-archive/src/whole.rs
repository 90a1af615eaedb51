//! An archive as what can't be made again: its tables and its originals, to be carried to another machine.
//!
//! Cards, references and the index are made from the originals and so stay behind. Which tables go is a list here;
//! a test sees to it that each table of the schema is either in it or said to be made again.

use std::path::PathBuf;

use jiff::Timestamp;
use reftel_telegram::{Card, Span};
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::import::state;
use crate::store::{self, Blocks};
use crate::{Archive, Error, ErrorKind, Id, Result};

/// Tables that nothing else has, in an order in which they can be entered.
const KEPT: [&str; 13] = [
    "profile",
    "collection",
    "original",
    "folder",
    "file",
    "origin",
    "part",
    "brought",
    "decision",
    "correction",
    "saved",
    "watchlist",
    "watchword",
];

/// Tables that are made from those, or hold what is true of one machine only.
#[cfg(test)]
const MADE: [&str; 8] = ["meta", "block", "telegram", "cite", "volume", "tail", "sketch", "pair"];

/// Where an original's bytes lie in this database.
const PLACES: [&str; 2] = ["block", "offset"];

/// A value of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// Another number.
    Real(f64),
    /// A text.
    Text(String),
    /// Bytes: a hash, or a path that isn't UTF-8.
    Bytes(Vec<u8>),
}

/// What goes through all of something gives: the archive's error, or that of whoever is told.
pub type Told<E> = Result<std::result::Result<(), E>>;

/// An archive in one view of it, however much is written meanwhile.
#[derive(Debug)]
pub struct Whole<'a> {
    connection: &'a Connection,
    blocks: &'a Blocks,
}

/// A line of the books: a file that was seen, or a document in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    /// Its path, in a container with the way in it behind: to be shown, not opened.
    pub path: PathBuf,
    /// What became of it: `kept`, `duplicate`, `not a telegram`, `failed`, `earlier` (kept before the file changed),
    /// `container`.
    pub state: &'static str,
    /// Why.
    pub reason: Option<String>,
    /// BLAKE3 of its bytes in hexadecimal, where they are kept.
    pub hash: Option<String>,
    /// What the user calls what it came with.
    pub collection: Option<String>,
    /// When it came in.
    pub at: Option<Timestamp>,
}

/// A telegram, and of which bytes it is made.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its number in the archive.
    pub id: Id,
    /// Its card.
    pub card: Card,
    /// The bytes, in order of sections, each followed by its retransmissions.
    pub parts: Vec<MadePart>,
}

/// Bytes that a telegram, or a section of one, is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadePart {
    /// The number of the first section in them.
    pub section: i64,
    /// 0, or counts where that section came again by another way.
    pub copy: i64,
    /// BLAKE3 of the original in hexadecimal.
    pub hash: String,
    /// The bytes of it.
    pub span: Span,
    /// What reads it.
    pub reader: String,
    /// Which version of that read it last.
    pub reader_version: u32,
}

impl Archive {
    /// The archive as a whole, all that is asked in `work` in one view of it.
    pub fn whole<T>(&self, work: impl FnOnce(&Whole<'_>) -> T) -> Result<T> {
        self.reading(|connection| Ok(work(&Whole { connection, blocks: &self.blocks })))
    }
}

impl Whole<'_> {
    /// The archive's own name: sixteen digits that were drawn when it was made.
    pub fn name(&self) -> Result<String> {
        store::name(self.connection)
    }

    /// The tables that have what can't be made again, in an order in which they can be entered.
    pub fn tables() -> &'static [&'static str] {
        &KEPT
    }

    /// How many telegrams and originals there are.
    pub fn counts(&self) -> Result<(u64, u64)> {
        let count = |table| store::count(self.connection, &format!("SELECT count(*) FROM {table}"));
        Ok((count("telegram")?, count("original")?))
    }

    /// Every row of a table, in the order of its key: the names of its columns and its values.
    pub fn rows<E>(
        &self,
        table: &str,
        mut each: impl FnMut(&[String], &[Value]) -> std::result::Result<(), E>,
    ) -> Told<E> {
        let (columns, key) = columns(self.connection, table)?;
        let sql = format!("SELECT {} FROM {table} ORDER BY {}", columns.join(", "), key.join(", "));
        let mut statement = self.connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let mut values = Vec::with_capacity(columns.len());
        while let Some(row) = rows.next()? {
            values.clear();
            for at in 0..columns.len() {
                values.push(value(row.get_ref(at)?));
            }
            if let Err(error) = each(&columns, &values) {
                return Ok(Err(error));
            }
        }
        Ok(Ok(()))
    }

    /// Every original with its hash in hexadecimal, as it was kept: each is hashed again, and the first that isn't
    /// what its hash says ends it with [`ErrorKind::Damaged`].
    pub fn originals<E>(&self, mut each: impl FnMut(&str, &[u8]) -> std::result::Result<(), E>) -> Told<E> {
        let mut statement =
            self.connection.prepare("SELECT id, lower(hex(hash)), len FROM original ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, hash, len): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let bytes = self.blocks.bytes(self.connection, id, Span::new(0, store::size(len)))?;
            if blake3::hash(&bytes).to_hex().as_str() != hash {
                let message = format!("original {id} isn't as it was kept: its bytes don't have its hash");
                return Err(Error::new(ErrorKind::Damaged, message));
            }
            if let Err(error) = each(&hash, &bytes) {
                return Ok(Err(error));
            }
        }
        Ok(Ok(()))
    }

    /// The books, in the order in which files were seen.
    pub fn books<E>(&self, mut each: impl FnMut(Booked) -> std::result::Result<(), E>) -> Told<E> {
        let sql = "SELECT folder.path, file.name, file.inner, file.state, file.reason, lower(hex(original.hash)), \
                   collection.name, file.at FROM file JOIN folder ON folder.id = file.folder \
                   LEFT JOIN original ON original.id = file.original \
                   LEFT JOIN collection ON collection.id = file.collection ORDER BY file.id";
        let mut statement = self.connection.prepare(sql)?;
        let booked = statement.query_map([], |row| {
            let inner: Option<String> = row.get(2)?;
            Ok(Booked {
                path: store::file_path(row.get(0)?, row.get(1)?, inner.as_deref()),
                state: state::name(row.get(3)?),
                reason: row.get(4)?,
                hash: row.get::<_, Option<String>>(5)?.filter(|hash| !hash.is_empty()),
                collection: row.get(6)?,
                at: row.get::<_, Option<i64>>(7)?.and_then(|at| Timestamp::from_second(at).ok()),
            })
        });
        for booked in booked? {
            if let Err(error) = each(booked?) {
                return Ok(Err(error));
            }
        }
        Ok(Ok(()))
    }

    /// Every telegram, and of which bytes it is made, in the order in which they came.
    pub fn made<E>(&self, mut each: impl FnMut(Made) -> std::result::Result<(), E>) -> Told<E> {
        let sql = format!("SELECT {} FROM telegram ORDER BY id", store::CARD);
        let mut cards = self.connection.prepare(&sql)?;
        let mut parts = self.connection.prepare(
            "SELECT section, copy, lower(hex(hash)), start, end, reader, reader_version FROM part \
                 JOIN original ON original.id = part.original WHERE telegram = ? ORDER BY section, copy",
        )?;
        for entry in cards.query_map([], store::card_from)? {
            let entry = entry?;
            let made = parts.query_map([entry.id.0], |row| {
                let (start, end) = (store::size(row.get(3)?), store::size(row.get(4)?));
                Ok(MadePart {
                    section: row.get(0)?,
                    copy: row.get(1)?,
                    hash: row.get(2)?,
                    span: Span::new(start, end.max(start)),
                    reader: row.get(5)?,
                    reader_version: row.get(6)?,
                })
            });
            let parts = made?.collect::<rusqlite::Result<_>>()?;
            if let Err(error) = each(Made { id: entry.id, card: entry.card, parts }) {
                return Ok(Err(error));
            }
        }
        Ok(Ok(()))
    }
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        // Only text that isn't UTF-8, which nobody writes, would be kept as bytes.
        ValueRef::Text(text) => {
            String::from_utf8(text.to_vec()).map_or_else(|_| Value::Bytes(text.to_vec()), Value::Text)
        }
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    }
}

/// The columns of a table that go to another machine, and those of its key.
pub(crate) fn columns(connection: &Connection, table: &str) -> Result<(Vec<String>, Vec<String>)> {
    let mut statement = connection.prepare("SELECT name, pk FROM pragma_table_info(?)")?;
    let mut rows = statement.query([table])?;
    let (mut columns, mut key) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let (name, place): (String, i64) = (row.get(0)?, row.get(1)?);
        if place > 0 {
            key.push((place, name.clone()));
        }
        if table != "original" || !PLACES.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    if columns.is_empty() {
        return Err(Error::new(ErrorKind::Damaged, format!("the table `{table}` isn't there")));
    }
    key.sort_unstable();
    let key = if key.is_empty() { columns.clone() } else { key.into_iter().map(|(_, name)| name).collect() };
    Ok((columns, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_either_carried_or_made_again() {
        let fresh = Connection::open_in_memory().unwrap();
        fresh.execute_batch(store::SCHEMA).unwrap();
        let mut names = fresh
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            .unwrap();
        let names = names.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let mut here: Vec<String> = names.map(rusqlite::Result::unwrap).collect();
        let mut known: Vec<String> = KEPT.iter().chain(&MADE).map(|name| (*name).to_owned()).collect();
        here.sort();
        known.sort();
        assert_eq!(here, known, "a new table is carried to another machine (KEPT) or made there (MADE)");
    }
}
