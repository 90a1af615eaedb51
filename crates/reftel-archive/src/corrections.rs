//! What persons corrected in records.
//!
//! A correction is a field and its value, with who, when and why. It is kept apart from the text and put on top of the
//! record whenever that is read: shown, searched, exported, linked. So it survives whatever reads the text next.

use jiff::Timestamp;
use reftel_telegram::{Record, correct};
use rusqlite::{Connection, OptionalExtension, params};

use crate::copies::{self, Hand};
use crate::{Archive, Error, ErrorKind, Id, Result, Writer, kept};

/// A correction as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Of which telegram.
    pub telegram: Id,
    /// Of which field, as the JSON record names it: `subject`, `paragraphs/0/text`.
    pub field: String,
    /// Its value as a telegram prints it; empty: there is none.
    pub value: String,
    /// Who, when, why.
    pub hand: Hand,
    /// Who took it back, if somebody did.
    pub undone: Option<Hand>,
}

/// A correction, and what was read before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrected {
    /// The correction.
    pub correction: Correction,
    /// What the text says, or seems to; empty: nothing.
    pub read: String,
}

const COLUMNS: &str = "telegram, field, value, by, at, because, undone_by, undone_at, undone_because";

/// The corrections of a telegram that hold: of each field the last.
pub(crate) fn of(connection: &Connection, id: Id) -> Result<Vec<Correction>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM correction WHERE telegram = ? AND undone_at IS NULL ORDER BY id"
    ))?;
    let mut last: Vec<Correction> = Vec::new();
    for correction in statement.query_map([id.0], from_row)? {
        let correction = correction?;
        last.retain(|earlier| earlier.field != correction.field);
        last.push(correction);
    }
    Ok(last)
}

fn from_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Correction> {
    let undone = match row.get::<_, Option<i64>>(7)? {
        Some(at) => Some(Hand {
            by: row.get::<_, Option<String>>(6)?.unwrap_or_default(),
            at: copies::time(at),
            because: row.get::<_, Option<String>>(8)?.unwrap_or_default(),
        }),
        None => None,
    };
    Ok(Correction {
        telegram: Id(row.get(0)?),
        field: row.get(1)?,
        value: row.get(2)?,
        hand: Hand { by: row.get(3)?, at: copies::time(row.get(4)?), because: row.get(5)? },
        undone,
    })
}

/// Puts corrections on top of a record. One that the field can no longer hold is left out.
pub(crate) fn apply(record: &mut Record, corrections: Vec<Correction>) -> Vec<Corrected> {
    let mut corrected = Vec::with_capacity(corrections.len());
    for correction in corrections {
        let read = correct::shown(record, &correction.field);
        if correct::correct(record, &correction.field, &correction.value).is_ok() {
            corrected.push(Corrected { correction, read });
        }
    }
    corrected
}

impl Archive {
    /// All corrections, or those of one telegram, in the order in which they were made, with those that were taken back.
    pub fn corrections(&self, id: Option<Id>) -> Result<Vec<Correction>> {
        self.reading(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM correction WHERE ?1 IS NULL OR telegram = ?1 ORDER BY id"
            ))?;
            let rows = statement.query_map([id.map(|id| id.0)], from_row)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}

impl Writer {
    /// Corrects a field of a telegram's record. [`ErrorKind::Input`] where there is no such field or it can't hold the
    /// value.
    ///
    /// Card, references and index follow at once.
    pub fn correct(&mut self, id: Id, field: &str, value: &str, hand: &Hand) -> Result<()> {
        let refused = |why: correct::Refused| Error::new(ErrorKind::Input, why.to_string());
        let field = correct::field(field).map_err(refused)?;
        let kept = kept::of(&self.connection, &self.blocks, id)?;
        let mut record = kept.read_text(&self.collections)?.record;
        correct::correct(&mut record, &field, value).map_err(refused)?;
        self.follow(id, |connection| {
            connection.execute(
                "INSERT INTO correction (telegram, field, value, by, at, because) VALUES (?, ?, ?, ?, ?, ?)",
                params![id.0, field, value.trim(), hand.by, hand.at.as_second(), hand.because],
            )?;
            Ok(())
        })
    }

    /// Takes back the last correction of a field. [`ErrorKind::NotFound`] where there is none.
    pub fn undo_correction(&mut self, id: Id, field: &str, hand: &Hand) -> Result<()> {
        let field = correct::field(field).map_err(|why| Error::new(ErrorKind::Input, why.to_string()))?;
        let at: Timestamp = hand.at;
        self.follow(id, |connection| {
            let last = connection.query_row(
                "SELECT id FROM correction WHERE telegram = ? AND field = ? AND undone_at IS NULL \
                 ORDER BY id DESC LIMIT 1",
                params![id.0, field],
                |row| row.get::<_, i64>(0),
            );
            let none =
                || Error::new(ErrorKind::NotFound, format!("`{field}` of telegram {} isn't corrected", id.0));
            let last = last.optional()?.ok_or_else(none)?;
            connection.execute(
                "UPDATE correction SET undone_by = ?, undone_at = ?, undone_because = ? WHERE id = ?",
                params![hand.by, at.as_second(), hand.because, last],
            )?;
            Ok(())
        })
    }

    /// Changes something, and makes all anew that follows from a telegram's record.
    fn follow(&mut self, id: Id, change: impl FnOnce(&Connection) -> Result<()>) -> Result<()> {
        let sketched = "SELECT 1 FROM sketch WHERE telegram = ?";
        let sketched = self.connection.prepare_cached(sketched)?.exists([id.0])?;
        self.derive_one(id, change)?;
        if sketched {
            self.find_copies(&mut |_| true)?;
        }
        Ok(())
    }
}
