//! `sqlite`: a database of plain tables, for whoever asks in SQL.
//!
//! It is not the archive's own database, whose tables change with the program: these are documented in
//! docs/export.md and stay.

use std::io::Read as _;
use std::sync::{Mutex, PoisonError};

use reftel_archive::{Archive, Telegram};
use reftel_telegram::Spanned;
use reftel_telegram::record::{Addressee, Precedence, YearSource};
use rusqlite::{Connection, params};
use tempfile::NamedTempFile;

use super::super::Failure;
use super::Form;
use super::out::{Out, Place, beside, cannot, keep};
use crate::json;
use crate::wording::unslanted;

/// The tables, as docs/export.md explains them. A change that breaks a query raises `user_version`.
const SCHEMA: &str = "
CREATE TABLE telegrams (
    id INTEGER PRIMARY KEY, mrn TEXT, mrn_printed TEXT, dtg TEXT, dtg_printed TEXT, year INTEGER, post TEXT,
    sender TEXT, precedence TEXT, classification TEXT, subject TEXT, declassify_on TEXT, dialect TEXT NOT NULL,
    sections_present TEXT, sections_total INTEGER, diagnostics INTEGER NOT NULL, text TEXT NOT NULL
);
CREATE TABLE addressees (
    telegram INTEGER NOT NULL REFERENCES telegrams, place INTEGER NOT NULL, role TEXT NOT NULL, address TEXT NOT NULL,
    post TEXT, precedence TEXT
);
CREATE TABLE marks (telegram INTEGER NOT NULL REFERENCES telegrams, kind TEXT NOT NULL, mark TEXT NOT NULL);
CREATE TABLE tags (
    telegram INTEGER NOT NULL REFERENCES telegrams, place INTEGER NOT NULL, code TEXT, kind TEXT NOT NULL, person TEXT
);
CREATE TABLE citations (
    telegram INTEGER NOT NULL REFERENCES telegrams, place INTEGER NOT NULL, part TEXT NOT NULL, label TEXT, kind TEXT,
    printed TEXT, mrn TEXT, year TEXT
);
CREATE TABLE paragraphs (
    telegram INTEGER NOT NULL REFERENCES telegrams, place INTEGER NOT NULL, number INTEGER, portion TEXT, heading TEXT,
    text TEXT NOT NULL
);
CREATE TABLE signatures (telegram INTEGER NOT NULL REFERENCES telegrams, place INTEGER NOT NULL, name TEXT NOT NULL);
CREATE TABLE sources (
    telegram INTEGER NOT NULL REFERENCES telegrams, path TEXT NOT NULL, hash TEXT NOT NULL, start INTEGER NOT NULL,
    end INTEGER NOT NULL, retransmission INTEGER NOT NULL
);
PRAGMA user_version = 1;
BEGIN;
";

/// Made at the end, which is quicker.
const INDEXES: &str = "
CREATE INDEX telegrams_mrn ON telegrams (mrn);
CREATE INDEX telegrams_dtg ON telegrams (dtg);
CREATE INDEX addressees_telegram ON addressees (telegram);
CREATE INDEX marks_telegram ON marks (telegram);
CREATE INDEX tags_telegram ON tags (telegram);
CREATE INDEX tags_code ON tags (code);
CREATE INDEX citations_telegram ON citations (telegram);
CREATE INDEX citations_mrn ON citations (mrn);
CREATE INDEX paragraphs_telegram ON paragraphs (telegram);
CREATE INDEX signatures_telegram ON signatures (telegram);
CREATE INDEX sources_telegram ON sources (telegram);
COMMIT;
";

/// A database that is being written, beside its place until it is whole.
pub(super) struct Sqlite {
    file: Option<NamedTempFile>,
    /// Behind a lock only because forms are shared between threads.
    connection: Mutex<Connection>,
    to: Option<Place>,
}

/// A count as the database has it. None comes near the limit.
fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn refused(error: &rusqlite::Error) -> Failure {
    Failure::because("can't write the database", error)
}

impl Sqlite {
    /// For a file at `to`, or for standard output, where it goes when it is whole.
    pub(super) fn new(to: Option<Place>) -> Result<Sqlite, Failure> {
        let file = match &to {
            Some(place) => beside(&place.path)?,
            None => NamedTempFile::new()
                .map_err(|error| Failure::because("can't make a file for what is on its way", &error))?,
        };
        let connection = Connection::open(file.path()).map_err(|error| refused(&error))?;
        // Nobody else sees the file before it is whole, and one that isn't is thrown away.
        connection
            .query_row("PRAGMA journal_mode = off", [], |_| Ok(()))
            .and_then(|()| connection.execute_batch("PRAGMA synchronous = off"))
            .and_then(|()| connection.execute_batch(SCHEMA))
            .map_err(|error| refused(&error))?;
        Ok(Sqlite { file: Some(file), connection: Mutex::new(connection), to })
    }
}

/// Rows on their way into the tables.
struct Rows<'c>(&'c Connection);

impl Rows<'_> {
    fn telegram(&self, telegram: &Telegram) -> rusqlite::Result<()> {
        let (id, card, record) = (telegram.id.0, &telegram.card, &telegram.record);
        let body = record.paragraphs.iter().map(|paragraph| unslanted(&paragraph.text).trim());
        let order = record.executive_order.as_ref();
        let due = order.and_then(|order| order.date.or(order.due.map(|due| due.date)));
        let present: Vec<String> = card.sections.present.iter().map(u32::to_string).collect();
        self.row(
            "INSERT INTO telegrams VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                id,
                card.mrn,
                record.mrn_printed,
                card.dtg.map(json::time),
                record.dtg_printed,
                card.year,
                card.post,
                record.from.as_ref().map(|from| &from.plad),
                card.precedence,
                card.classification,
                card.subject,
                due.map(|date| date.to_string()),
                record.dialect.name(),
                (!present.is_empty()).then(|| present.join(" ")),
                card.sections.total,
                number(record.diagnostics.len()),
                body.collect::<Vec<_>>().join("\n\n"),
            ],
        )?;
        self.addressees(id, "action", &record.to)?;
        self.addressees(id, "info", &record.info)?;
        for (kind, marks) in [("caption", &record.captions), ("control", &record.controls)] {
            for mark in marks {
                self.row("INSERT INTO marks VALUES (?, ?, ?)", params![id, kind, mark.value])?;
            }
        }
        for (place, tag) in (0_i64..).zip(record.tags.iter()) {
            let insert = "INSERT INTO tags VALUES (?, ?, ?, ?, ?)";
            self.row(insert, params![id, place, tag.code, tag.kind.name(), tag.person])?;
        }
        for (place, paragraph) in (0_i64..).zip(record.paragraphs.iter()) {
            self.row(
                "INSERT INTO paragraphs VALUES (?, ?, ?, ?, ?, ?)",
                params![
                    id,
                    place,
                    paragraph.number,
                    paragraph.portion,
                    paragraph.heading,
                    unslanted(&paragraph.text).trim()
                ],
            )?;
        }
        for (place, name) in (0_i64..).zip(record.signatures.iter()) {
            self.row("INSERT INTO signatures VALUES (?, ?, ?)", params![id, place, name.value])?;
        }
        self.citations(telegram)?;
        self.sources(telegram)
    }

    fn addressees(&self, id: i64, role: &str, list: &[Spanned<Addressee>]) -> rusqlite::Result<()> {
        for (place, addressee) in (0_i64..).zip(list.iter()) {
            let precedence = addressee.precedence.map(Precedence::name);
            let station = &addressee.station;
            self.row(
                "INSERT INTO addressees VALUES (?, ?, ?, ?, ?, ?)",
                params![id, place, role, station.plad, station.post, precedence],
            )?;
        }
        Ok(())
    }

    fn citations(&self, telegram: &Telegram) -> rusqlite::Result<()> {
        let insert = "INSERT INTO citations VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        let (id, record) = (telegram.id.0, &telegram.record);
        for (place, reference) in (0_i64..).zip(record.references.iter()) {
            self.row(
                insert,
                params![
                    id,
                    place,
                    "block",
                    reference.label,
                    reference.kind.name(),
                    reference.printed,
                    reference.mrn,
                    reference.year.map(YearSource::name)
                ],
            )?;
        }
        let printed = |mrn: &&String| record.references.iter().any(|each| each.mrn.as_ref() == Some(*mrn));
        let only = telegram.card.cites.iter().filter(|mrn| !printed(mrn));
        for (place, mrn) in (number(record.references.len())..).zip(only) {
            let none: Option<&str> = None;
            self.row(insert, params![id, place, "text", none, none, none, mrn, none])?;
        }
        Ok(())
    }

    fn sources(&self, telegram: &Telegram) -> rusqlite::Result<()> {
        for source in &telegram.sources {
            self.row(
                "INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?)",
                params![
                    telegram.id.0,
                    source.path.to_string_lossy(),
                    source.hash,
                    number(source.span.start),
                    number(source.span.end),
                    source.retransmission
                ],
            )?;
        }
        Ok(())
    }

    fn row(&self, insert: &str, row: impl rusqlite::Params) -> rusqlite::Result<()> {
        self.0.prepare_cached(insert)?.execute(row)?;
        Ok(())
    }
}

impl Form for Sqlite {
    type Piece = Telegram;

    fn begin(&mut self, _: &mut Out<'_>) -> Result<(), Failure> {
        Ok(())
    }

    fn piece(&self, telegram: &Telegram, _: &Archive) -> Result<Telegram, Failure> {
        Ok(telegram.clone())
    }

    fn put(&mut self, telegram: Telegram, _: &mut Out<'_>) -> Result<(), Failure> {
        let connection = self.connection.get_mut().unwrap_or_else(PoisonError::into_inner);
        Rows(connection).telegram(&telegram).map_err(|error| refused(&error))
    }

    fn end(&mut self, out: &mut Out<'_>) -> Result<(), Failure> {
        let connection = self.connection.get_mut().unwrap_or_else(PoisonError::into_inner);
        connection.execute_batch(INDEXES).map_err(|error| refused(&error))?;
        let Some(mut file) = self.file.take() else { return Ok(()) };
        if let Some(place) = &self.to {
            let unreadable = |error: std::io::Error| cannot("write", &place.path, &error);
            out.bytes += file.as_file().metadata().map_err(unreadable)?.len();
            return keep(file, place);
        }
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = file.as_file_mut().read(&mut buffer).map_err(|error| Failure::output(&error))?;
            if read == 0 {
                return Ok(());
            }
            out.write(&buffer[..read])?;
        }
    }
}
