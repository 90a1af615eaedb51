//! The one that keeps: each file that was read into the database, within the transaction of its batch.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use reftel_sources::Reader;
use reftel_telegram::{Card, Span};
use rusqlite::{Connection, OptionalExtension, params};
use tantivy::TantivyDocument;

use super::pack::{BLOCK_BYTES, Job, Packer};
use super::{Booked, Intake, split, state};
use crate::read::{self, Outcome};
use crate::store::{self, Part, integer};
use crate::{Id, Imported, Result, index, kept};

/// With so many telegrams of its number and date-time group is a new one compared. More than two or three have
/// never been seen.
const COPIES_COMPARED_MAX: usize = 16;

/// One batch on its way into the database.
pub(super) struct Keeping<'c> {
    connection: &'c Connection,
    blocks: &'c store::Blocks,
    intake: &'c Intake<'c>,
    /// What the collection is called.
    collection: Option<String>,
    /// The bytes of each bundle.
    texts: &'c [Vec<u8>],
    pub(super) folders: HashMap<PathBuf, i64>,
    /// This batch's originals are those from here on,
    first_original: i64,
    /// and lie there: in which bundle, and where in it; with what reads them.
    places: Vec<(usize, Span)>,
    readers: Vec<Reader>,
    /// When they came in, in seconds since 1970.
    at: Option<i64>,
    /// Those of them whose bundles aren't kept whole.
    loose: Vec<i64>,
    next_block: i64,
    pub(super) next_telegram: i64,
    next_file: i64,
    pub(super) change: i64,
    cites: Vec<(String, Id)>,
    /// New telegrams.
    pub(super) fresh: BTreeMap<Id, TantivyDocument>,
    /// Telegrams of before that got another section.
    pub(super) gathered: BTreeSet<Id>,
    pub(super) imported: Imported,
}

/// A telegram that is here.
struct Here {
    id: Id,
    present: Vec<u32>,
    total: Option<u32>,
}

impl<'c> Keeping<'c> {
    #[allow(clippy::too_many_arguments, reason = "what a batch is, in one place")]
    pub(super) fn new(
        connection: &'c Connection,
        blocks: &'c store::Blocks,
        intake: &'c Intake<'c>,
        texts: &'c [Vec<u8>],
        folders: HashMap<PathBuf, i64>,
        change: i64,
        at: Option<i64>,
        imported: Imported,
    ) -> Result<Keeping<'c>> {
        let mut named = connection.prepare_cached("SELECT name FROM collection WHERE id = ?")?;
        let named = intake.collection.map(|id| named.query_row([id], |row| row.get(0)));
        Ok(Keeping {
            connection,
            blocks,
            intake,
            collection: named.transpose()?,
            texts,
            folders,
            first_original: next_id(connection, "original")?,
            places: Vec::new(),
            readers: Vec::new(),
            at,
            loose: Vec::new(),
            next_block: next_id(connection, "block")?,
            next_telegram: next_id(connection, "telegram")?,
            next_file: next_id(connection, "file")?,
            change,
            cites: Vec::new(),
            fresh: BTreeMap::new(),
            gathered: BTreeSet::new(),
            imported,
        })
    }

    /// Keeps the files of a bundle, and its block if all of it is new.
    pub(super) fn keep_bundle(
        &mut self,
        bundle: usize,
        files: Vec<(Job<'_>, Outcome, Span)>,
        packed: Result<Vec<u8>>,
    ) -> Result<()> {
        let before = self.places.len();
        for (mut job, outcome, span) in files {
            if let Some(inner) = &job.inner {
                job.booked = self.booked_inside(&job, inner)?;
            }
            match outcome {
                Outcome::Failed(reason) => {
                    self.imported.failed += 1;
                    self.book(&job, state::FAILED, None, Some(&reason))?;
                }
                Outcome::NotTelegram(reason) => {
                    self.imported.not_telegrams += 1;
                    self.book(&job, state::NOT_TELEGRAM, None, Some(reason))?;
                }
                Outcome::Telegrams(text) => self.keep_text(&job, *text, (bundle, span))?,
                // Its documents came as jobs of their own.
                Outcome::Container => {}
                Outcome::Through => self.book(&job, state::CONTAINER, None, None)?,
            }
        }
        let kept: usize = self.places[before..].iter().map(|(_, span)| span.len()).sum();
        if kept == self.texts[bundle].len() && kept > 0 {
            self.write_block(&packed?)?;
        } else {
            self.loose.extend((before..self.places.len()).map(|place| self.first_original + integer(place)));
        }
        Ok(())
    }

    fn write_block(&mut self, packed: &[u8]) -> Result<()> {
        let mut insert = self.connection.prepare_cached("INSERT INTO block VALUES (?, ?)")?;
        insert.execute(params![self.next_block, packed])?;
        self.next_block += 1;
        Ok(())
    }

    /// Writes what waited for the batch's end: originals of bundles that aren't kept whole, and references in
    /// the order of their table.
    pub(super) fn finish(&mut self) -> Result<()> {
        let mut blocks: Vec<Vec<u8>> = Vec::new();
        for original in std::mem::take(&mut self.loose) {
            let bytes = self.recent(original).unwrap_or_default();
            if blocks.last().is_none_or(|block| block.len() + bytes.len() > BLOCK_BYTES) {
                blocks.push(Vec::new());
            }
            let block = self.next_block + integer(blocks.len()) - 1;
            let Some(last) = blocks.last_mut() else { continue };
            self.connection
                .prepare_cached("UPDATE original SET block = ?, offset = ? WHERE id = ?")?
                .execute([block, integer(last.len()), original])?;
            last.extend_from_slice(bytes);
        }
        let packed: Vec<_> =
            blocks.par_iter().map_init(Packer::new, |packer, block| packer.pack(block)).collect();
        for packed in packed {
            self.write_block(&packed?)?;
        }
        self.cites.sort_unstable();
        let mut insert = self.connection.prepare_cached("INSERT OR IGNORE INTO cite VALUES (?, ?)")?;
        for (mrn, id) in self.cites.drain(..) {
            insert.execute(params![mrn, id.0])?;
        }
        Ok(())
    }

    /// The bytes of one of this batch's originals.
    fn recent(&self, original: i64) -> Option<&'c [u8]> {
        let place = usize::try_from(original - self.first_original).ok()?;
        let (bundle, span) = self.places.get(place)?;
        self.texts.get(*bundle)?.get(span.range())
    }

    fn keep_text(&mut self, job: &Job<'_>, text: read::Text, place: (usize, Span)) -> Result<()> {
        if let Some(original) = self.same(&text.hash)? {
            return self.keep_same(job, original);
        }
        let mut fresh = Vec::new();
        let (mut twin, mut twins) = (None, Vec::new());
        for telegram in text.telegrams {
            match self.twin(telegram.digest)? {
                Some((original, id)) => {
                    twin = twin.or(Some(original));
                    twins.push(id);
                }
                None => fresh.push(telegram),
            }
        }
        self.bring(&twins)?;
        if fresh.is_empty() {
            self.imported.duplicates += 1;
            let reason = format!("the same text as {}", self.first_path(twin)?);
            return self.book(job, state::DUPLICATE_TEXT, None, Some(&reason));
        }
        let original = self.first_original + integer(self.places.len());
        self.places.push(place);
        self.connection.prepare_cached("INSERT INTO original VALUES (?, ?, ?, ?, ?, ?, ?)")?.execute(
            params![
                original,
                text.hash,
                self.next_block,
                integer(place.1.start),
                integer(place.1.len()),
                text.reader.name(),
                text.reader.version()
            ],
        )?;
        self.keep_profile(&text.reader)?;
        self.readers.push(text.reader);
        let mut kept = HashSet::new();
        let (mut repeated, mut new) = (None, false);
        for telegram in fresh {
            // The same telegram twice in one file is one.
            if kept.insert(telegram.digest) {
                match self.keep_telegram(original, telegram)? {
                    Some(original) => repeated = repeated.or(Some(original)),
                    None => new = true,
                }
            }
        }
        if new {
            self.imported.kept += 1;
            return self.book(job, state::KEPT, Some(original), None);
        }
        self.imported.duplicates += 1;
        let reason = format!("a retransmission of {}", self.first_path(repeated)?);
        self.book(job, state::RETRANSMISSION, Some(original), Some(&reason))?;
        self.name(job, original)
    }

    /// Keeps the profile that a reader needs, if it is the user's.
    fn keep_profile(&self, reader: &Reader) -> Result<()> {
        let profile = reader.profile().and_then(|name| self.intake.collections.get(name));
        if let Some(profile) = profile.filter(|profile| !profile.is_built_in()) {
            self.connection
                .prepare_cached("INSERT OR IGNORE INTO profile VALUES (?, ?)")?
                .execute([profile.name.as_str(), profile.toml()])?;
        }
        Ok(())
    }

    /// Sees to it that telegrams that were here are found by their new collection.
    fn name(&mut self, job: &Job<'_>, original: i64) -> Result<()> {
        let before = job.booked.filter(|booked| booked.original == Some(original));
        let named = before.and_then(|booked| booked.collection);
        if self.intake.collection.is_some() && named != self.intake.collection {
            let mut statement =
                self.connection.prepare_cached("SELECT telegram FROM part WHERE original = ?")?;
            for id in statement.query_map([original], |row| Ok(Id(row.get(0)?)))? {
                let id = id?;
                self.fresh.remove(&id);
                self.gathered.insert(id);
            }
        }
        Ok(())
    }

    /// What the books say of a document in a file.
    fn booked_inside(&self, job: &Job<'_>, inner: &str) -> Result<Option<Booked>> {
        let (folder, name) = split(&job.seen.path);
        let Some(folder) = self.folders.get(folder) else { return Ok(None) };
        let mut statement = self.connection.prepare_cached(
            "SELECT id, size, modified, state, original, collection FROM file \
             WHERE folder = ? AND name = ? AND inner = ? AND state <> 5",
        )?;
        let booked =
            statement.query_row(params![folder, store::path_value(Path::new(&name)), inner], |row| {
                Ok(Booked {
                    row: row.get(0)?,
                    size: row.get::<_, i64>(1)?.cast_unsigned(),
                    modified: row.get(2)?,
                    state: row.get(3)?,
                    original: row.get(4)?,
                    collection: row.get(5)?,
                })
            });
        Ok(booked.optional()?)
    }

    /// The path from which an original was first kept, to be named in a reason.
    fn first_path(&self, original: Option<i64>) -> Result<String> {
        let path = original.map(|original| first_path(self.connection, original)).transpose()?.flatten();
        Ok(path.map_or_else(|| "another file".to_owned(), |path| path.display().to_string()))
    }

    /// A file whose bytes are in the store.
    fn keep_same(&mut self, job: &Job<'_>, original: i64) -> Result<()> {
        if let Some(booked) = job.booked
            && booked.original == Some(original)
        {
            self.imported.known += 1;
            let reason = booked_reason(self.connection, booked.row)?;
            self.book(job, booked.state, Some(original), reason.as_deref())?;
            return self.name(job, original);
        }
        self.imported.duplicates += 1;
        self.book(job, state::DUPLICATE, Some(original), None)?;
        self.name(job, original)
    }

    /// The original that has these bytes.
    fn same(&self, hash: &[u8; 32]) -> Result<Option<i64>> {
        let mut statement = self.connection.prepare_cached("SELECT id FROM original WHERE hash = ?")?;
        Ok(statement.query_row([hash], |row| row.get(0)).optional()?)
    }

    /// The original in which a telegram of the same bytes is, and which that is.
    fn twin(&self, digest: read::Digest) -> Result<Option<(i64, Id)>> {
        let mut statement =
            self.connection.prepare_cached("SELECT original, telegram FROM part WHERE digest = ?")?;
        Ok(statement.query_row([digest], |row| Ok((row.get(0)?, Id(row.get(1)?)))).optional()?)
    }

    /// Notes that this collection brought telegrams that are here.
    fn bring(&mut self, telegrams: &[Id]) -> Result<()> {
        let Some(collection) = self.intake.collection else { return Ok(()) };
        for id in telegrams {
            let noted = self
                .connection
                .prepare_cached("INSERT OR IGNORE INTO brought VALUES (?, ?)")?
                .execute([id.0, collection])?;
            if noted > 0 {
                self.fresh.remove(id);
                self.gathered.insert(*id);
            }
        }
        Ok(())
    }

    /// Keeps a telegram, or a section of one; where it only repeats what is here, says in which original that is.
    fn keep_telegram(&mut self, original: i64, telegram: read::Telegram) -> Result<Option<i64>> {
        let section = telegram.card.sections.present.first().copied().unwrap_or(1);
        let here = self.here(&telegram.card)?;
        if let Some((id, copy, repeated)) = self.repeats(&here, section, original, telegram.span)? {
            self.put_part(id, section, copy, original, &telegram)?;
            return Ok(Some(repeated));
        }
        let gathers = self.gathers(&here, &telegram.card)?;
        let id = gathers.unwrap_or(Id(self.next_telegram));
        self.put_part(id, section, 0, original, &telegram)?;
        if gathers.is_some() {
            self.fresh.remove(&id);
            self.gathered.insert(id);
            return Ok(None);
        }
        self.next_telegram += 1;
        self.imported.telegrams += 1;
        store::add_card(self.connection, id, &telegram.card)?;
        store::put_volume(self.connection, id, &telegram.volume)?;
        self.cites.extend(telegram.card.cites.into_iter().map(|mrn| (mrn, id)));
        let mut document = telegram.document;
        index::add_collections(&mut document, &self.intake.fields, self.collection.as_slice());
        self.fresh.insert(id, document);
        Ok(None)
    }

    fn put_part(&self, id: Id, section: u32, copy: i64, original: i64, part: &read::Telegram) -> Result<()> {
        self.connection.prepare_cached("INSERT INTO part VALUES (?, ?, ?, ?, ?, ?, ?)")?.execute(params![
            id.0,
            section,
            copy,
            original,
            integer(part.span.start),
            integer(part.span.end),
            part.digest
        ])?;
        Ok(())
    }

    /// The telegrams here that have the number and the date-time group of `card`.
    fn here(&self, card: &Card) -> Result<Vec<Here>> {
        let (Some(mrn), Some(dtg)) = (&card.mrn, card.dtg.and_then(store::seconds)) else {
            return Ok(Vec::new());
        };
        // The `+` keeps the index of dates out of it: many telegrams may have one date, and few have one number.
        let mut statement = self.connection.prepare_cached(
            "SELECT id, present, total FROM telegram WHERE mrn = ? AND +dtg = ? ORDER BY id",
        )?;
        let here = statement.query_map(params![mrn, dtg], |row| {
            let present: Option<String> = row.get(1)?;
            let present = present.unwrap_or_default();
            Ok(Here {
                id: Id(row.get(0)?),
                present: present.split(' ').filter_map(|number| number.parse().ok()).collect(),
                total: row.get(2)?,
            })
        })?;
        Ok(here.collect::<rusqlite::Result<_>>()?)
    }

    /// The telegram whose section these bytes only send again: its number, that of the copy, and the original
    /// which they repeat.
    fn repeats(
        &self,
        here: &[Here],
        section: u32,
        original: i64,
        span: Span,
    ) -> Result<Option<(Id, i64, i64)>> {
        if here.is_empty() {
            return Ok(None);
        }
        let text = self.text(original, span)?;
        for here in here.iter().take(COPIES_COMPARED_MAX) {
            let mut first = self.connection.prepare_cached(
                "SELECT original, start, end, (SELECT max(copy) + 1 FROM part WHERE telegram = ?1 AND section = ?2) \
                 FROM part WHERE telegram = ?1 AND section = ?2 AND copy = 0",
            )?;
            let first = first.query_row(params![here.id.0, section], |row| {
                let span = Span::new(store::size(row.get(1)?), store::size(row.get(2)?));
                Ok((row.get::<_, i64>(0)?, span, row.get(3)?))
            });
            let Some((repeated, span, copy)) = first.optional()? else { continue };
            if read::retransmits(&text, &self.text(repeated, span)?) {
                return Ok(Some((here.id, copy, repeated)));
            }
        }
        Ok(None)
    }

    /// The text of a part of an original, of this batch or of one before.
    fn text(&self, original: i64, span: Span) -> Result<Vec<u8>> {
        let part = Part { section: 1, copy: 0, original, span };
        let recent = self.recent(original).and_then(|bytes| {
            let place = usize::try_from(original - self.first_original).ok()?;
            let reader = self.readers.get(place)?.clone();
            let bytes = if reader == Reader::Telegrams { bytes.get(span.range())? } else { bytes };
            Some((reader, bytes.to_vec()))
        });
        let (reader, bytes) = match recent {
            Some(recent) => recent,
            None => self.blocks.part(self.connection, part)?,
        };
        if reader == Reader::Telegrams {
            return Ok(bytes);
        }
        Ok(kept::plain(&bytes, &reader, self.intake.collections, part)?.text)
    }

    /// The telegram here of which `card` is a section that isn't there yet.
    fn gathers(&self, here: &[Here], card: &Card) -> Result<Option<Id>> {
        let sections = &card.sections;
        let Some(total) = sections.total.filter(|total| *total > 1 && !sections.present.is_empty()) else {
            return Ok(None);
        };
        for here in here.iter().filter(|here| here.total == Some(total) && !here.present.is_empty()) {
            if !here.present.iter().any(|section| sections.present.contains(section)) {
                let mut present = [here.present.as_slice(), &sections.present].concat();
                present.sort_unstable();
                let present: Vec<String> = present.iter().map(u32::to_string).collect();
                self.connection
                    .prepare_cached("UPDATE telegram SET present = ? WHERE id = ?")?
                    .execute(params![present.join(" "), here.id.0])?;
                return Ok(Some(here.id));
            }
        }
        Ok(None)
    }

    /// Notes for the index that these telegrams changed, in one row.
    pub(super) fn note_change(&mut self, first: Id, last: Id) -> Result<()> {
        self.change += 1;
        self.connection.prepare_cached("INSERT INTO tail VALUES (?, ?, ?)")?.execute(params![
            self.change,
            first.0,
            last.0
        ])?;
        Ok(())
    }

    /// Enters a file in the books. What was kept from that path before stays known as a source.
    fn book(&mut self, job: &Job<'_>, state: i64, original: Option<i64>, reason: Option<&str>) -> Result<()> {
        let (folder, name) = split(&job.seen.path);
        let folder = if let Some(folder) = self.folders.get(folder) {
            *folder
        } else {
            let id = integer(self.folders.len()) + 1;
            self.connection
                .prepare_cached("INSERT INTO folder VALUES (?, ?)")?
                .execute(params![id, store::path_value(folder)])?;
            self.folders.insert(folder.to_owned(), id);
            id
        };
        let mut row = job.booked.map(|booked| booked.row);
        if let Some(booked) = job.booked
            && booked.original.is_some()
            && booked.original != original
        {
            self.connection
                .prepare_cached("UPDATE file SET state = ? WHERE id = ?")?
                .execute([state::EARLIER, booked.row])?;
            row = None;
        }
        let (row, insert) = match row {
            Some(row) => (row, "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
            None => (self.next_file, "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        };
        // What is only seen again came in when it did.
        let again = job.booked.is_some_and(|booked| booked.original.is_some() && booked.original == original);
        let before = if again { booked_at(self.connection, row)? } else { None };
        self.next_file = self.next_file.max(row + 1);
        self.connection.prepare_cached(insert)?.execute(params![
            row,
            folder,
            store::path_value(Path::new(&name)),
            if job.inner.is_some() { 0 } else { job.seen.size.cast_signed() },
            if job.inner.is_some() { 0 } else { job.seen.modified },
            state,
            original,
            reason,
            job.inner,
            self.intake.collection.or(job.booked.and_then(|booked| booked.collection)),
            before.or(self.at)
        ])?;
        self.note_origin(job, row)
    }

    /// Notes where a document was before, as the export says that it came in.
    fn note_origin(&self, job: &Job<'_>, row: i64) -> Result<()> {
        if let Some(origin) = &job.origin {
            self.connection
                .prepare_cached("INSERT OR REPLACE INTO origin VALUES (?, ?, ?, ?)")?
                .execute(params![row, origin.path, origin.hash, integer(origin.start)])?;
        } else if job.inner.is_some() && job.booked.is_some() {
            self.connection.prepare_cached("DELETE FROM origin WHERE file = ?")?.execute([row])?;
        }
        Ok(())
    }
}

/// The path from which an original was first kept.
pub(crate) fn first_path(connection: &Connection, original: i64) -> Result<Option<PathBuf>> {
    let mut statement = connection.prepare_cached(
        "SELECT folder.path, file.name, file.inner FROM file JOIN folder ON folder.id = file.folder \
         WHERE file.original = ? ORDER BY file.state = 1, file.id LIMIT 1",
    )?;
    let path = statement.query_row([original], |row| {
        let inner: Option<String> = row.get(2)?;
        Ok(store::file_path(row.get(0)?, row.get(1)?, inner.as_deref()))
    });
    Ok(path.optional()?)
}

/// The next free number in a table.
fn next_id(connection: &Connection, table: &str) -> Result<i64> {
    let sql = format!("SELECT coalesce(max(id), 0) + 1 FROM {table}");
    Ok(connection.prepare_cached(&sql)?.query_row([], |row| row.get(0))?)
}

/// When a file came in.
fn booked_at(connection: &Connection, row: i64) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT at FROM file WHERE id = ?")?;
    Ok(statement.query_row([row], |row| row.get(0)).optional()?.flatten())
}

/// Why a file is in the state in which it is in the books.
fn booked_reason(connection: &Connection, row: i64) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached("SELECT reason FROM file WHERE id = ?")?;
    Ok(statement.query_row([row], |row| row.get(0)).optional()?.flatten())
}
