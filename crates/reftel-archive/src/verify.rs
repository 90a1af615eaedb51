//! Whether an archive is as it was written.
//!
//! Everything that can be wrong is looked for, and the search goes on after what it finds: whoever has a
//! damaged archive wants to know all of it. Originals are held against their hashes, parts against the
//! originals, cards against what the parts say, and the index against the telegrams.

use std::path::Path;

use rayon::prelude::*;
use reftel_telegram::Card;
use rusqlite::{Connection, params};

use crate::import::first_path;
use crate::{Error, ErrorKind, Id, Result, guard, kept, read, search, store};

/// How many findings of one place are told; more than this only say the same.
const FINDINGS_MAX: usize = 20;

/// So many rows are asked for at once; where they can't be read, only these are lost to the check.
const CHUNK: i64 = 500;

/// What was checked, and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Originals that were checked.
    pub texts: u64,
    /// Telegrams that were checked.
    pub telegrams: u64,
    /// What is wrong, at most 20 of each place. Empty for a sound archive.
    pub findings: Vec<Finding>,
    /// How many more there are.
    pub more: u64,
}

/// Something that isn't as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What, in words for a person.
    pub what: String,
}

/// Where something is wrong, which says what mends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Place {
    /// The file `archive.sqlite` or its tables. A backup mends it, or a new archive of the same files.
    Database,
    /// The originals. Mended as the database is.
    Originals,
    /// Which bytes are which telegram. Mended as the database is.
    Telegrams,
    /// The books of files. Mended as the database is.
    Books,
    /// What is made from the originals. A reindex mends it.
    Cards,
    /// The index. A reindex mends it.
    Index,
}

impl Place {
    /// Its name: `database`, `originals`, `telegrams`, `books`, `cards`, `index`.
    pub fn name(self) -> &'static str {
        match self {
            Place::Database => "database",
            Place::Originals => "originals",
            Place::Telegrams => "telegrams",
            Place::Books => "books",
            Place::Cards => "cards",
            Place::Index => "index",
        }
    }

    /// Whether reindexing makes it anew.
    pub fn is_derived(self) -> bool {
        matches!(self, Place::Cards | Place::Index)
    }
}

/// Checks all, the database in one view of it, and the index as it was opened before.
pub(crate) fn run(
    dir: &Path,
    connection: &Connection,
    index: Result<search::Open>,
    progress: &mut dyn FnMut(u64, u64),
) -> Verified {
    let last = |table: &str| -> Result<i64> {
        let sql = format!("SELECT coalesce(max(id), 0) FROM {table}");
        Ok(connection.query_row(&sql, [], |row| row.get(0))?)
    };
    let mut check = Check { connection, verified: Verified::default(), done: 0, total: 0, progress };
    check.step("the pages", Check::pages);
    check.step("the tables", Check::tables);
    check.rows();
    let originals = check.step("the originals", |_| last("original"));
    let telegrams = check.step("the telegrams", |_| last("telegram"));
    let count = |last: Option<i64>| u64::try_from(last.unwrap_or_default()).unwrap_or_default();
    check.total = count(originals).saturating_add(count(telegrams));
    check.originals();
    let mut ids = Vec::new();
    check.cards(&mut ids);
    if let Err(error) = index.and_then(|index| guard::asking(dir, || check.index(dir, &index, &ids))) {
        check.found(Place::Index, said(&error));
    }
    check.verified.findings.sort_by_key(|finding| finding.place);
    check.verified
}

/// An error and its causes in one line.
fn said(error: &Error) -> String {
    let mut said = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        said = format!("{said}: {cause}");
        next = cause.source();
    }
    said
}

/// A check under way.
struct Check<'a> {
    connection: &'a Connection,
    verified: Verified,
    done: u64,
    total: u64,
    progress: &'a mut dyn FnMut(u64, u64),
}

/// A part as the database has it.
struct Piece {
    original: i64,
    telegram: i64,
    start: i64,
    end: i64,
    digest: Vec<u8>,
}

/// An original as the database has it.
struct Original {
    id: i64,
    hash: Vec<u8>,
    block: i64,
    offset: i64,
    len: i64,
}

impl Check<'_> {
    fn found(&mut self, place: Place, what: impl Into<String>) {
        let told = self.verified.findings.iter().filter(|finding| finding.place == place).count();
        if told < FINDINGS_MAX {
            self.verified.findings.push(Finding { place, what: what.into() });
        } else {
            self.verified.more += 1;
        }
    }

    /// Does one part of the work. What the database can't say is a finding, and the rest goes on.
    fn step<T>(&mut self, what: &str, work: impl FnOnce(&mut Self) -> Result<T>) -> Option<T> {
        match work(self) {
            Ok(value) => Some(value),
            Err(error) => {
                self.found(Place::Database, format!("can't read {what}: {}", said(&error)));
                None
            }
        }
    }

    fn tell(&mut self, done: usize) {
        self.done += done as u64;
        (self.progress)(self.done.min(self.total), self.total);
    }

    // ---- The database ----------------------------------------------------------------------------

    /// What SQLite itself says of its pages and indexes.
    fn pages(&mut self) -> Result<()> {
        let mut statement = self.connection.prepare(&format!("PRAGMA integrity_check({FINDINGS_MAX})"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let line: String = row.get(0)?;
            if line != "ok" {
                self.found(Place::Database, line);
            }
        }
        Ok(())
    }

    /// Whether there are the tables and indexes that there should be, and the single values.
    fn tables(&mut self) -> Result<()> {
        let fresh = Connection::open_in_memory()?;
        fresh.execute_batch(store::SCHEMA)?;
        let (wanted, here) = (layout(&fresh)?, layout(self.connection)?);
        for (name, sql) in &wanted {
            match here.iter().find(|(other, _)| other == name) {
                None => self.found(Place::Database, format!("`{name}` is missing")),
                Some((_, other)) if other != sql => {
                    self.found(Place::Database, format!("`{name}` isn't laid out as it was: {other}"));
                }
                Some(_) => {}
            }
        }
        for (name, _) in here.iter().filter(|(name, _)| wanted.iter().all(|(other, _)| other != name)) {
            self.found(Place::Database, format!("`{name}` isn't this program's"));
        }
        for name in ["change", "trimmed", "commits"] {
            if store::meta(self.connection, name).is_err() {
                self.found(Place::Database, format!("`meta` has no number `{name}`"));
            }
        }
        Ok(())
    }

    /// Whether the rows of the tables fit together. SQLite isn't told of the keys between them, because its
    /// checks would cost every import what this costs once.
    fn rows(&mut self) {
        for &(place, sql, what) in ROWS {
            let counted = self.step("the rows", |check| {
                Ok(check.connection.query_row(sql, [], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?.unwrap_or_default()))
                })?)
            });
            if let Some((count, first)) = counted.filter(|(count, _)| *count != 0) {
                let others = if count == 1 { String::new() } else { format!(", and {} more", count - 1) };
                self.found(place, format!("{}{others}", what.replace("{}", &first.to_string())));
            }
        }
        for (place, table) in [
            (Place::Originals, "block"),
            (Place::Originals, "original"),
            (Place::Telegrams, "telegram"),
            (Place::Books, "folder"),
            (Place::Books, "file"),
        ] {
            // Rows are numbered from 1 on, and never taken away.
            let sql = format!("SELECT coalesce(max(id), 0) - count(*) FROM {table}");
            let missing: Option<i64> =
                self.step("the rows", |check| Ok(check.connection.query_row(&sql, [], |row| row.get(0))?));
            if let Some(missing) = missing.filter(|missing| *missing != 0) {
                // A card alone can be made again.
                let place = if table == "telegram" { self.lost_cards() } else { place };
                self.found(place, format!("{} rows of `{table}` are missing", missing.abs()));
            }
        }
    }

    /// Where cards are missing: nowhere else, as long as all their parts are here.
    fn lost_cards(&mut self) -> Place {
        let sql = "SELECT max(telegram) - count(DISTINCT telegram) FROM part";
        let lost: Option<i64> =
            self.step("the rows", |check| Ok(check.connection.query_row(sql, [], |row| row.get(0))?));
        if lost == Some(0) { Place::Cards } else { Place::Telegrams }
    }

    // ---- The originals ---------------------------------------------------------------------------

    /// Whether originals have their hashes, and parts their digests.
    fn originals(&mut self) {
        let mut pieces = Vec::new();
        self.step("the parts", |check| pieces_of(check.connection, &mut pieces));
        pieces.sort_by_key(|piece| piece.original);
        let mut unpacked: Option<(i64, Vec<u8>)> = None;
        for first in self.chunks("original") {
            let Some(originals) = self.chunk("originals", first, originals_of) else { continue };
            for original in &originals {
                if unpacked.as_ref().is_none_or(|(id, _)| *id != original.block) {
                    // What can't be unpacked fails the comparison, for each original in it.
                    let bytes = store::unpack(self.connection, original.block).unwrap_or_default();
                    unpacked = Some((original.block, bytes));
                }
                let block = unpacked.as_ref().map_or(&[][..], |(_, bytes)| bytes);
                let (offset, len) = (store::size(original.offset), store::size(original.len));
                let bytes = offset.checked_add(len).and_then(|end| block.get(offset..end));
                match bytes.filter(|bytes| blake3::hash(bytes).as_bytes() == original.hash.as_slice()) {
                    Some(bytes) => self.parts(original.id, bytes, &pieces),
                    None => self.damaged_original(original),
                }
            }
            self.verified.texts += originals.len() as u64;
            self.tell(originals.len());
        }
    }

    fn damaged_original(&mut self, original: &Original) {
        let path = first_path(self.connection, original.id).ok().flatten();
        let from = path.map_or_else(String::new, |path| format!(", {}", path.display()));
        let what =
            format!("original {}{from}: its bytes don't have the hash {}", original.id, hex(&original.hash));
        self.found(Place::Originals, what);
    }

    /// Whether the parts of a sound original are of these bytes.
    fn parts(&mut self, original: i64, bytes: &[u8], pieces: &[Piece]) {
        let start = pieces.partition_point(|piece| piece.original < original);
        for piece in pieces.iter().skip(start).take_while(|piece| piece.original == original) {
            let range = usize::try_from(piece.start).ok().zip(usize::try_from(piece.end).ok());
            let what = match range.and_then(|(start, end)| bytes.get(start..end)) {
                None => "lies outside its original",
                Some(bytes) if read::hashes(bytes).1 != piece.digest.as_slice() => {
                    "doesn't have the digest of its bytes"
                }
                Some(_) => continue,
            };
            self.found(
                Place::Telegrams,
                format!(
                    "a part of telegram {}, {}..{} of original {original}, {what}",
                    piece.telegram, piece.start, piece.end
                ),
            );
        }
    }

    /// Where the pieces begin that a table is gone through in. Its numbers may be any in one that is damaged.
    fn chunks(&mut self, table: &str) -> Vec<i64> {
        let sql =
            format!("SELECT DISTINCT (id - 1) / {CHUNK} * {CHUNK} + 1 FROM {table} WHERE id > 0 ORDER BY 1");
        let firsts = self.step(&format!("the numbers of `{table}`"), |check| {
            let mut statement = check.connection.prepare(&sql)?;
            let firsts = statement.query_map([], |row| row.get(0))?;
            Ok(firsts.collect::<rusqlite::Result<Vec<i64>>>()?)
        });
        firsts.unwrap_or_default()
    }

    /// Some rows from `first` on.
    fn chunk<T>(
        &mut self,
        what: &str,
        first: i64,
        read: impl FnOnce(&Connection, i64, i64) -> Result<T>,
    ) -> Option<T> {
        let last = first.saturating_add(CHUNK - 1);
        self.step(&format!("{what} {first} to {last}"), |check| read(check.connection, first, last))
    }

    // ---- The cards -------------------------------------------------------------------------------

    /// Whether cards say what the texts say. `ids` gets the telegrams that there are.
    fn cards(&mut self, ids: &mut Vec<i64>) {
        let blocks = store::Blocks::default();
        let Some(collections) = self.step("the profiles", |check| store::collections(check.connection))
        else {
            return;
        };
        let mut cites = 0;
        let Some(memory) = self.step("a card", |_| {
            let memory = Connection::open_in_memory()?;
            memory.execute_batch(store::SCHEMA)?;
            Ok(memory)
        }) else {
            return;
        };
        for first in self.chunks("telegram") {
            let Some(chunk) = self.chunk("telegrams", first, telegrams_of) else { continue };
            let mut texts = Vec::with_capacity(chunk.len());
            for id in &chunk {
                match kept::of(self.connection, &blocks, Id(*id)) {
                    Ok(text) => texts.push((*id, text)),
                    // Told already, of the part or of the original.
                    Err(error) if matches!(error.kind(), ErrorKind::Damaged | ErrorKind::NotFound) => {}
                    Err(error) => self.found(Place::Telegrams, format!("telegram {id}: {}", said(&error))),
                }
            }
            let derived: Vec<(i64, Result<Card>)> = texts
                .into_par_iter()
                .map(|(id, text)| (id, text.read(&collections).map(|told| Card::of(&told.record))))
                .collect();
            for (id, card) in derived {
                let card = match card {
                    Ok(card) => card,
                    Err(error) => {
                        self.found(Place::Telegrams, format!("telegram {id}: {}", said(&error)));
                        continue;
                    }
                };
                cites += card.cites.len() as u64;
                match self.compare(&memory, id, &card) {
                    Ok(None) => {}
                    Ok(Some(differs)) => {
                        let what = format!("the card of telegram {id} isn't what its text says: {differs}");
                        self.found(Place::Cards, what);
                    }
                    Err(error) => {
                        self.found(Place::Cards, format!("the card of telegram {id}: {}", said(&error)));
                    }
                }
            }
            self.verified.telegrams += chunk.len() as u64;
            self.tell(chunk.len());
            ids.extend(chunk);
        }
        let here =
            self.step("the references", |check| store::count(check.connection, "SELECT count(*) FROM cite"));
        if let Some(here) = here.filter(|here| *here > cites) {
            self.found(Place::Cards, format!("`cite` has {} rows that no text gives", here - cites));
        }
    }

    /// In what a telegram's card differs from what its text says, if it does.
    fn compare(&self, memory: &Connection, id: i64, derived: &Card) -> Result<Option<String>> {
        let here = store::card(self.connection, Id(id))?.card;
        // As the database would have it.
        store::put_card(memory, Id(1), derived)?;
        let wanted = store::card(memory, Id(1))?.card;
        let mut differs = Vec::new();
        for (name, differ) in [
            ("number", here.mrn != wanted.mrn || here.serial != wanted.serial),
            ("date", here.dtg != wanted.dtg || here.year != wanted.year),
            ("originator", here.post != wanted.post),
            ("addressees", here.to != wanted.to || here.info != wanted.info),
            ("classification", here.classification != wanted.classification),
            ("precedence", here.precedence != wanted.precedence),
            ("captions", here.captions != wanted.captions),
            ("TAGS", here.tags != wanted.tags),
            ("subject", here.subject != wanted.subject),
            ("signature", here.signed != wanted.signed),
            ("references", here.cites != wanted.cites || !self.cited(id, &wanted)?),
            ("sections", here.sections != wanted.sections),
        ] {
            if differ {
                differs.push(name);
            }
        }
        Ok((!differs.is_empty()).then(|| differs.join(", ")))
    }

    /// Whether `cite` has what a card cites.
    fn cited(&self, id: i64, card: &Card) -> Result<bool> {
        let mut cite = self.connection.prepare_cached("SELECT 1 FROM cite WHERE mrn = ? AND telegram = ?")?;
        for mrn in &card.cites {
            if !cite.exists(params![mrn, id])? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    // ---- The index -------------------------------------------------------------------------------

    /// Whether the index is as it was written, and has each telegram that it should.
    fn index(&mut self, dir: &Path, index: &search::Open, telegrams: &[i64]) -> Result<()> {
        for file in index.damaged(dir)? {
            self.found(Place::Index, format!("`{file}` isn't as it was written"));
        }
        let (indexed, covered) = index.telegrams();
        if covered > store::meta(self.connection, "change")? {
            self.found(Place::Index, "it is of a later time than the database");
        }
        let strange = indexed.iter().filter(|id| telegrams.binary_search(id).is_err()).count();
        if strange > 0 {
            self.found(Place::Index, format!("{strange} telegrams in it are not in the archive"));
        }
        let doubled = indexed.windows(2).filter(|pair| pair[0] == pair[1]).count();
        if doubled > 0 {
            self.found(Place::Index, format!("{doubled} telegrams are in it twice"));
        }
        let awaited = awaited(self.connection, covered)?;
        let lacking = telegrams.iter().filter(|id| {
            indexed.binary_search(id).is_err()
                && !awaited.iter().any(|(first, last)| (first..=last).contains(id))
        });
        let broken_off = covered < store::meta(self.connection, "trimmed")?;
        match lacking.count() {
            0 => {}
            lacking if broken_off => self.found(
                Place::Index,
                format!("{lacking} telegrams are not in it: it is being made anew, or that was broken off"),
            ),
            lacking => self.found(Place::Index, format!("{lacking} telegrams are not in it")),
        }
        Ok(())
    }
}

/// What must not be: how many, and the first of them.
const ROWS: &[(Place, &str, &str)] = &[
    (
        Place::Originals,
        "SELECT count(*), min(id) FROM original WHERE block NOT IN (SELECT id FROM block)",
        "original {} is in a block that isn't there",
    ),
    (
        Place::Originals,
        "SELECT count(*), min(id) FROM block WHERE id NOT IN (SELECT block FROM original)",
        "block {} has no original",
    ),
    (
        Place::Telegrams,
        "SELECT count(*), min(id) FROM original WHERE id NOT IN (SELECT original FROM part)",
        "original {} is no telegram's",
    ),
    (
        Place::Telegrams,
        "SELECT count(*), min(telegram) FROM part WHERE original NOT IN (SELECT id FROM original)",
        "a part of telegram {} is of an original that isn't there",
    ),
    (
        Place::Telegrams,
        "SELECT count(*), min(id) FROM telegram WHERE id NOT IN (SELECT telegram FROM part)",
        "telegram {} has no text",
    ),
    (
        Place::Telegrams,
        "SELECT count(*), min(telegram) FROM part AS again WHERE copy <> 0 AND NOT EXISTS \
         (SELECT 1 FROM part WHERE telegram = again.telegram AND section = again.section AND copy = 0)",
        "a retransmission of telegram {} is of a part that isn't there",
    ),
    (
        Place::Telegrams,
        "SELECT count(*), min(telegram) FROM (SELECT telegram FROM sketch UNION ALL SELECT one FROM pair \
         UNION ALL SELECT other FROM pair UNION ALL SELECT one FROM decision UNION ALL SELECT other FROM decision \
         UNION ALL SELECT telegram FROM correction UNION ALL SELECT telegram FROM brought) WHERE telegram NOT IN (SELECT telegram FROM part)",
        "something is said of telegram {}, which isn't there",
    ),
    (
        Place::Books,
        "SELECT count(*), min(id) FROM original \
         WHERE id NOT IN (SELECT original FROM file WHERE original IS NOT NULL AND state IN (0, 5, 6))",
        "original {} came from no file",
    ),
    (
        Place::Books,
        "SELECT count(*), min(id) FROM file \
         WHERE original IS NOT NULL AND original NOT IN (SELECT id FROM original)",
        "file {} is of an original that isn't there",
    ),
    (
        Place::Books,
        "SELECT count(*), min(id) FROM file WHERE folder NOT IN (SELECT id FROM folder)",
        "file {} is in a folder that isn't there",
    ),
    (
        Place::Books,
        "SELECT count(*), min(id) FROM file \
         WHERE collection IS NOT NULL AND collection NOT IN (SELECT id FROM collection)",
        "file {} is of a collection that isn't there",
    ),
    (
        Place::Books,
        "SELECT count(*), min(telegram) FROM brought WHERE collection NOT IN (SELECT id FROM collection)",
        "telegram {} is of a collection that isn't there",
    ),
    (
        Place::Books,
        "SELECT count(*), min(id) FROM file WHERE state NOT BETWEEN 0 AND 7 OR typeof(state) <> 'integer'",
        "file {} is in no state that there is",
    ),
    (
        Place::Books,
        "SELECT count(*), min(id) FROM file WHERE (original IS NULL) <> (state IN (2, 3, 4, 7))",
        "file {} is in a state that doesn't go with its original",
    ),
    (
        Place::Books,
        "SELECT count(*), min(id) FROM (SELECT max(id) AS id FROM file WHERE state <> 5 \
         GROUP BY folder, name, inner HAVING count(*) > 1)",
        "file {} is in the books twice",
    ),
];

/// The names of tables and indexes, and how they were made.
fn layout(connection: &Connection) -> Result<Vec<(String, String)>> {
    let sql = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// All parts, as far as they can be read.
fn pieces_of(connection: &Connection, pieces: &mut Vec<Piece>) -> Result<()> {
    let mut statement = connection.prepare("SELECT original, telegram, start, end, digest FROM part")?;
    let rows = statement.query_map([], |row| {
        Ok(Piece {
            original: row.get(0)?,
            telegram: row.get(1)?,
            start: row.get(2)?,
            end: row.get(3)?,
            digest: row.get(4)?,
        })
    })?;
    for piece in rows {
        pieces.push(piece?);
    }
    Ok(())
}

fn originals_of(connection: &Connection, first: i64, last: i64) -> Result<Vec<Original>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, hash, block, offset, len FROM original WHERE id BETWEEN ? AND ? ORDER BY block, offset",
    )?;
    let rows = statement.query_map([first, last], |row| {
        Ok(Original {
            id: row.get(0)?,
            hash: row.get(1)?,
            block: row.get(2)?,
            offset: row.get(3)?,
            len: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn telegrams_of(connection: &Connection, first: i64, last: i64) -> Result<Vec<i64>> {
    let mut statement =
        connection.prepare_cached("SELECT id FROM telegram WHERE id BETWEEN ? AND ? ORDER BY id")?;
    let ids = statement.query_map([first, last], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// The telegrams that the index needn't have yet, from the first to the last of each change.
fn awaited(connection: &Connection, covered: i64) -> Result<Vec<(i64, i64)>> {
    let mut statement = connection.prepare("SELECT first, last FROM tail WHERE change > ?")?;
    let ranges = statement.query_map([covered], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(ranges.collect::<rusqlite::Result<_>>()?)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
