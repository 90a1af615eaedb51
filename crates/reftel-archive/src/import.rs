//! The writing half: from what was read to what is acknowledged, and on into the index.
//!
//! Files are read in batches by as many threads as there are, and kept by one. A batch is one
//! transaction: once it is committed it is acknowledged, whatever happens to the index. The index is
//! committed less often, because that costs more; what it lacks after a crash is in `tail`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use reftel_telegram::{Card, Span};
use rusqlite::{Connection, OptionalExtension, params};
use tantivy::IndexWriter;

use crate::index::{self, Content};
use crate::read::{self, Outcome};
use crate::store::{self, integer};
use crate::walk::{self, Seen};
use crate::{Error, ErrorKind, Id, Imported, Progress, Result, Writer};

/// A batch is kept in one transaction: at most so many files, and about so many bytes.
const BATCH_FILES: usize = 1000;
const BATCH_BYTES: u64 = 8 << 20;

/// The first batch is small, so that something can be searched soon.
const FIRST_BATCH_FILES: usize = 100;

/// A batch that takes longer than this is followed by a smaller one.
const BATCH_TIME: Duration = Duration::from_millis(500);

/// Originals are packed together up to this size. Larger blocks pack better and unpack slower.
const BLOCK_BYTES: usize = 256 << 10;

/// How hard to pack. Level 3 takes half as long again and saves two bytes in a hundred of text.
const ZSTD_LEVEL: i32 = 1;

/// How long the index may lag behind; the first time less, and longer where a commit of it takes more than
/// a tenth of that.
const INDEX_AFTER: Duration = Duration::from_secs(5);
const INDEX_FIRST_AFTER: Duration = Duration::from_millis(300);

/// An index up to this size is made one segment at the end of an import, which takes a fraction of a
/// second and makes it a tenth smaller.
const INDEX_SMALL: u64 = 20 << 20;

/// How often `progress` is told at least.
const TELL_EVERY: Duration = Duration::from_millis(400);

/// What became of a file: the numbers in the column `state`.
pub(crate) mod state {
    pub(crate) const KEPT: i64 = 0;
    /// The bytes of another file.
    pub(crate) const DUPLICATE: i64 = 1;
    /// Other bytes, but no telegram that wasn't there.
    pub(crate) const DUPLICATE_TEXT: i64 = 2;
    pub(crate) const NOT_TELEGRAM: i64 = 3;
    pub(crate) const FAILED: i64 = 4;
    /// What was kept from this path before the file changed. Not in the books.
    pub(crate) const EARLIER: i64 = 5;
}

/// What the books say of a path.
#[derive(Clone, Copy, Debug)]
struct Booked {
    row: i64,
    size: u64,
    modified: i64,
    state: i64,
    original: Option<i64>,
}

/// A file to read; from memory, where there are bytes.
#[derive(Debug)]
struct Job<'t> {
    seen: Seen,
    booked: Option<Booked>,
    bytes: Option<&'t [u8]>,
}

/// The books' files, by folder and name.
#[derive(Debug, Default)]
struct Folders {
    folders: HashMap<PathBuf, i64>,
    files: HashMap<(i64, OsString), Booked>,
}

impl Folders {
    fn load(connection: &Connection) -> Result<Folders> {
        let mut all = Folders::default();
        let mut statement = connection.prepare("SELECT id, path FROM folder")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            all.folders.insert(store::path_from(row.get(1)?), row.get(0)?);
        }
        let mut statement = connection
            .prepare("SELECT folder, name, id, size, modified, state, original FROM file WHERE state <> ?")?;
        let mut rows = statement.query([state::EARLIER])?;
        while let Some(row) = rows.next()? {
            let name = store::path_from(row.get(1)?).into_os_string();
            let booked = Booked {
                row: row.get(2)?,
                size: row.get::<_, i64>(3)?.cast_unsigned(),
                modified: row.get(4)?,
                state: row.get(5)?,
                original: row.get(6)?,
            };
            all.files.insert((row.get(0)?, name), booked);
        }
        Ok(all)
    }

    fn booked(&self, path: &Path) -> Option<Booked> {
        let (folder, name) = split(path);
        self.files.get(&(*self.folders.get(folder)?, name)).copied()
    }
}

/// A path's folder, and its name in it.
fn split(path: &Path) -> (&Path, OsString) {
    (path.parent().unwrap_or(Path::new("")), path.file_name().unwrap_or_default().to_owned())
}

/// Originals on their way into blocks.
#[derive(Debug)]
struct Packer {
    next: i64,
    blocks: Vec<Vec<u8>>,
}

impl Packer {
    /// Where these bytes will be: block and offset.
    fn add(&mut self, bytes: &[u8]) -> (i64, usize) {
        if self.blocks.last().is_none_or(|block| block.len() + bytes.len() > BLOCK_BYTES && !block.is_empty())
        {
            self.blocks.push(Vec::with_capacity(BLOCK_BYTES.max(bytes.len())));
        }
        let block = self.next + integer(self.blocks.len()) - 1;
        let Some(last) = self.blocks.last_mut() else { return (block, 0) };
        let offset = last.len();
        last.extend_from_slice(bytes);
        (block, offset)
    }

    fn write(self, connection: &Connection) -> Result<()> {
        let packed: Vec<_> = self
            .blocks
            .par_iter()
            .map_init(
                || zstd::bulk::Compressor::new(ZSTD_LEVEL),
                |packer, block| match packer {
                    Ok(packer) => packer.compress(block),
                    Err(_) => zstd::bulk::compress(block, ZSTD_LEVEL),
                },
            )
            .collect();
        let mut insert = connection.prepare_cached("INSERT INTO block VALUES (?, ?)")?;
        for (id, packed) in (self.next..).zip(packed) {
            let packed = packed.map_err(|e| Error::because(ErrorKind::Storage, "can't pack originals", e))?;
            insert.execute(params![id, packed])?;
        }
        Ok(())
    }
}

/// One batch on its way into the database.
struct Keeping<'c> {
    connection: &'c Connection,
    folders: HashMap<PathBuf, i64>,
    packer: Packer,
    next_original: i64,
    next_telegram: i64,
    next_file: i64,
    change: i64,
    /// New telegrams.
    fresh: BTreeMap<Id, (Card, Content)>,
    /// Telegrams of before that got another section.
    gathered: BTreeSet<Id>,
    imported: Imported,
}

impl Keeping<'_> {
    fn keep(&mut self, job: &Job<'_>, outcome: Outcome) -> Result<()> {
        match outcome {
            Outcome::Failed(reason) => {
                self.imported.failed += 1;
                self.book(job, state::FAILED, None, Some(&reason))
            }
            Outcome::NotTelegram(reason) => {
                self.imported.not_telegrams += 1;
                self.book(job, state::NOT_TELEGRAM, None, Some(reason))
            }
            Outcome::Telegrams(text) => self.keep_text(job, *text),
        }
    }

    fn keep_text(&mut self, job: &Job<'_>, text: read::Text) -> Result<()> {
        if let Some(original) = self.same(&text.hash)? {
            return self.keep_same(job, original);
        }
        let mut fresh = Vec::new();
        let mut twin = None;
        for telegram in text.telegrams {
            match self.twin(telegram.digest)? {
                Some(original) => twin = twin.or(Some(original)),
                None => fresh.push(telegram),
            }
        }
        if fresh.is_empty() {
            self.imported.duplicates += 1;
            let path = twin.map(|original| first_path(self.connection, original)).transpose()?.flatten();
            let reason = path.map_or_else(
                || "the same text as another file".to_owned(),
                |path| format!("the same text as {}", path.display()),
            );
            return self.book(job, state::DUPLICATE_TEXT, None, Some(&reason));
        }
        let original = self.next_original;
        self.next_original += 1;
        let (block, offset) = self.packer.add(&text.bytes);
        self.connection.prepare_cached("INSERT INTO original VALUES (?, ?, ?, ?, ?)")?.execute(params![
            original,
            text.hash,
            block,
            integer(offset),
            integer(text.bytes.len())
        ])?;
        let mut kept = HashSet::new();
        for telegram in fresh {
            // The same telegram twice in one file is one.
            if kept.insert(telegram.digest) {
                self.keep_telegram(original, telegram)?;
            }
        }
        self.imported.kept += 1;
        self.book(job, state::KEPT, Some(original), None)
    }

    /// A file whose bytes are in the store.
    fn keep_same(&mut self, job: &Job<'_>, original: i64) -> Result<()> {
        if let Some(booked) = job.booked
            && booked.original == Some(original)
        {
            self.imported.known += 1;
            return self.book(job, booked.state, Some(original), None);
        }
        self.imported.duplicates += 1;
        self.book(job, state::DUPLICATE, Some(original), None)
    }

    /// The original that has these bytes.
    fn same(&self, hash: &[u8; 32]) -> Result<Option<i64>> {
        let mut statement = self.connection.prepare_cached("SELECT id FROM original WHERE hash = ?")?;
        Ok(statement.query_row([hash], |row| row.get(0)).optional()?)
    }

    /// The original in which a telegram of the same bytes is.
    fn twin(&self, digest: read::Digest) -> Result<Option<i64>> {
        let mut statement = self.connection.prepare_cached("SELECT original FROM part WHERE digest = ?")?;
        Ok(statement.query_row([digest], |row| row.get(0)).optional()?)
    }

    fn keep_telegram(&mut self, original: i64, telegram: read::Telegram) -> Result<()> {
        let section = telegram.card.sections.present.first().copied().unwrap_or(1);
        let gathers = self.gathers(&telegram.card)?;
        let id = gathers.unwrap_or(Id(self.next_telegram));
        self.connection.prepare_cached("INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)")?.execute(params![
            id.0,
            section,
            original,
            integer(telegram.span.start),
            integer(telegram.span.end),
            telegram.digest
        ])?;
        if gathers.is_some() {
            self.fresh.remove(&id);
            self.gathered.insert(id);
            return Ok(());
        }
        self.next_telegram += 1;
        self.imported.telegrams += 1;
        store::put_card(self.connection, id, &telegram.card)?;
        store::put_cites(self.connection, id, &telegram.card.cites)?;
        self.fresh.insert(id, (telegram.card, telegram.content));
        Ok(())
    }

    /// The telegram here of which `card` is a section that isn't there yet.
    fn gathers(&self, card: &Card) -> Result<Option<Id>> {
        let sections = &card.sections;
        let (Some(mrn), Some(dtg), Some(total)) = (&card.mrn, card.dtg, sections.total) else {
            return Ok(None);
        };
        if total < 2 || sections.present.is_empty() {
            return Ok(None);
        }
        for entry in store::cards(self.connection, "WHERE mrn = ? ORDER BY id", [mrn])? {
            let here = &entry.card.sections;
            if entry.card.dtg != Some(dtg) || here.total != Some(total) || here.present.is_empty() {
                continue;
            }
            if !here.present.iter().any(|section| sections.present.contains(section)) {
                let mut present = [here.present.as_slice(), &sections.present].concat();
                present.sort_unstable();
                let present: Vec<String> = present.iter().map(u32::to_string).collect();
                self.connection
                    .prepare_cached("UPDATE telegram SET present = ? WHERE id = ?")?
                    .execute(params![present.join(" "), entry.id.0])?;
                return Ok(Some(entry.id));
            }
        }
        Ok(None)
    }

    /// Notes for the index that these telegrams changed, in one row.
    fn note_change(&mut self, first: Id, last: Id) -> Result<()> {
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
        let row = row.unwrap_or_else(|| {
            self.next_file += 1;
            self.next_file - 1
        });
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)")?
            .execute(params![
                row,
                folder,
                store::path_value(Path::new(&name)),
                job.seen.size.cast_signed(),
                job.seen.modified,
                state,
                original,
                reason
            ])?;
        Ok(())
    }
}

/// The path from which an original was first kept.
pub(crate) fn first_path(connection: &Connection, original: i64) -> Result<Option<PathBuf>> {
    let mut statement = connection.prepare_cached(
        "SELECT folder.path, file.name FROM file JOIN folder ON folder.id = file.folder \
         WHERE file.original = ? ORDER BY file.state = 1, file.id LIMIT 1",
    )?;
    Ok(statement.query_row([original], |row| Ok(store::file_path(row.get(0)?, row.get(1)?))).optional()?)
}

/// The index on its way to what the store holds.
struct Indexing {
    /// Started when there is something to index.
    writer: Option<IndexWriter>,
    /// Telegrams that can be searched.
    searchable: u64,
    /// When the index was last committed, or the import began.
    committed: Instant,
    interval: Duration,
    waiting: bool,
}

impl Indexing {
    fn new(searchable: u64) -> Indexing {
        let (committed, interval) = (Instant::now(), INDEX_FIRST_AFTER);
        Indexing { writer: None, searchable, committed, interval, waiting: false }
    }
}

impl Writer {
    pub(crate) fn import_paths(
        &mut self,
        paths: &[PathBuf],
        progress: &mut dyn FnMut(&Progress) -> bool,
    ) -> Result<Imported> {
        let started = Instant::now();
        let seen = walk::files(paths, &self.dir)?;
        let books = Folders::load(&self.connection)?;
        let jobs = seen.into_iter().map(|seen| {
            let booked = books.booked(&seen.path);
            Job { seen, booked, bytes: None }
        });
        let (known, jobs): (Vec<_>, Vec<_>) = jobs.partition(|job: &Job<'_>| {
            job.booked.is_some_and(|booked| {
                booked.state != state::FAILED
                    && booked.size == job.seen.size
                    && booked.modified == job.seen.modified
            })
        });
        let done = Progress {
            files: known.len() as u64,
            bytes: known.iter().map(|job| job.seen.size).sum(),
            ..Progress::default()
        };
        self.run(books.folders, jobs, &done, started, progress)
    }

    pub(crate) fn import_named(
        &mut self,
        texts: &[(&str, &[u8])],
        progress: &mut dyn FnMut(&Progress) -> bool,
    ) -> Result<Imported> {
        let books = Folders::load(&self.connection)?;
        let jobs = texts
            .iter()
            .map(|(name, bytes)| {
                let path = PathBuf::from(name);
                let booked = books.booked(&path);
                let seen = Seen { path, size: bytes.len() as u64, modified: 0, fault: None };
                Job { seen, booked, bytes: Some(bytes) }
            })
            .collect();
        self.run(books.folders, jobs, &Progress::default(), Instant::now(), progress)
    }

    /// Reads, keeps and indexes. `done` counts what needs no reading.
    fn run(
        &mut self,
        folders: HashMap<PathBuf, i64>,
        jobs: Vec<Job<'_>>,
        done: &Progress,
        started: Instant,
        progress: &mut dyn FnMut(&Progress) -> bool,
    ) -> Result<Imported> {
        self.blocks = store::Blocks::default();
        if self.covered < self.trimmed {
            // An index that was being made anew and isn't finished.
            self.catch_up(&mut |_| ())?;
        }
        let telegrams = store::count(&self.connection, "SELECT count(*) FROM telegram")?;
        let mut told = Progress {
            files_total: done.files + jobs.len() as u64,
            bytes_total: done.bytes + jobs.iter().map(|job| job.seen.size).sum::<u64>(),
            acknowledged: telegrams,
            searchable: telegrams,
            ..done.clone()
        };
        let mut imported = Imported { seen: done.files, known: done.files, ..Imported::default() };
        let mut folders = folders;
        let mut indexing = Indexing::new(telegrams);
        let stop = AtomicBool::new(false);
        let (send, receive) = sync_channel(1);
        let kept = std::thread::scope(|scope| {
            let stop = &stop;
            scope.spawn(move || read_batches(jobs, &send, stop));
            let mut tell = |told: &mut Progress| {
                told.elapsed = started.elapsed();
                if !progress(told) {
                    stop.store(true, Ordering::Relaxed);
                }
            };
            tell(&mut told);
            let kept = self.keep_batches(
                &receive,
                stop,
                &mut folders,
                &mut imported,
                &mut indexing,
                &mut told,
                &mut tell,
            );
            // The reading thread ends when nobody listens.
            drop(receive);
            kept?;
            self.finish_index(&mut indexing, &mut told, &mut tell)
        });
        kept?;
        // Moves what was written into the database itself, as far as readers let it.
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        imported.stopped = stop.into_inner() && told.files < told.files_total;
        Ok(imported)
    }

    #[allow(clippy::too_many_arguments, reason = "the loop's state, in one place")]
    fn keep_batches(
        &mut self,
        receive: &Receiver<Vec<(Job<'_>, Outcome)>>,
        stop: &AtomicBool,
        folders: &mut HashMap<PathBuf, i64>,
        imported: &mut Imported,
        indexing: &mut Indexing,
        told: &mut Progress,
        tell: &mut dyn FnMut(&mut Progress),
    ) -> Result<()> {
        while !stop.load(Ordering::Relaxed) {
            match receive.recv_timeout(TELL_EVERY) {
                Ok(batch) => {
                    told.files += batch.len() as u64;
                    told.bytes += batch.iter().map(|(job, _)| job.seen.size).sum::<u64>();
                    self.keep_batch(batch, folders, imported, indexing, &mut told.acknowledged)?;
                    if indexing.committed.elapsed() >= indexing.interval {
                        self.commit_index(indexing, told.acknowledged)?;
                    }
                    told.searchable = indexing.searchable;
                    tell(told);
                }
                Err(RecvTimeoutError::Timeout) => tell(told),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        Ok(())
    }

    /// Keeps a batch in one transaction, then hands it to the indexer.
    fn keep_batch(
        &mut self,
        batch: Vec<(Job<'_>, Outcome)>,
        folders: &mut HashMap<PathBuf, i64>,
        imported: &mut Imported,
        indexing: &mut Indexing,
        acknowledged: &mut u64,
    ) -> Result<()> {
        let seen = batch.len() as u64;
        let transaction = self.connection.transaction()?;
        let telegrams_before = imported.telegrams;
        let first_telegram = next_id(&transaction, "telegram")?;
        let mut keeping = Keeping {
            connection: &transaction,
            folders: std::mem::take(folders),
            packer: Packer { next: next_id(&transaction, "block")?, blocks: Vec::new() },
            next_original: next_id(&transaction, "original")?,
            next_telegram: first_telegram,
            next_file: next_id(&transaction, "file")?,
            change: self.change,
            fresh: BTreeMap::new(),
            gathered: BTreeSet::new(),
            imported: std::mem::take(imported),
        };
        for (job, outcome) in batch {
            keeping.keep(&job, outcome)?;
        }
        let packer = std::mem::replace(&mut keeping.packer, Packer { next: 0, blocks: Vec::new() });
        packer.write(&transaction)?;
        let gathered = std::mem::take(&mut keeping.gathered);
        let mut again = Vec::new();
        for id in gathered {
            let (text, _) = store::text(&transaction, &self.blocks, id)?;
            let (card, content) = derive(&text);
            store::forget_cites(&transaction, id)?;
            store::put_card(&transaction, id, &card)?;
            store::put_cites(&transaction, id, &card.cites)?;
            keeping.note_change(id, id)?;
            again.push((id, card, content));
        }
        if keeping.next_telegram > first_telegram {
            keeping.note_change(Id(first_telegram), Id(keeping.next_telegram - 1))?;
        }
        let Keeping { folders: known, change, fresh, imported: counts, .. } = keeping;
        store::set_meta(&transaction, "change", change)?;
        if self.covered > self.trimmed {
            trim(&transaction, self.covered)?;
        }
        store::count_commit(&transaction)?;
        transaction.commit()?;
        self.trimmed = self.trimmed.max(self.covered);
        self.change = change;
        *folders = known;
        *acknowledged += counts.telegrams - telegrams_before;
        *imported = counts;
        imported.seen += seen;
        self.add_documents(indexing, fresh, again)
    }

    /// Hands telegrams to the indexer: new ones, and ones that it may have.
    fn add_documents(
        &mut self,
        indexing: &mut Indexing,
        fresh: BTreeMap<Id, (Card, Content)>,
        again: Vec<(Id, Card, Content)>,
    ) -> Result<()> {
        if fresh.is_empty() && again.is_empty() {
            return Ok(());
        }
        let writer = match &mut indexing.writer {
            Some(writer) => writer,
            None => indexing.writer.insert(index::writer(&self.index)?),
        };
        indexing.waiting = true;
        for (id, (card, content)) in fresh {
            add(writer, &self.fields, id, &card, content)?;
        }
        for (id, card, content) in again {
            writer.delete_term(index::id_term(&self.fields, id));
            add(writer, &self.fields, id, &card, content)?;
        }
        Ok(())
    }

    fn commit_index(&mut self, indexing: &mut Indexing, acknowledged: u64) -> Result<()> {
        if let Some(writer) = &mut indexing.writer
            && indexing.waiting
        {
            let started = Instant::now();
            index::commit(writer, &self.name, self.change)?;
            self.covered = self.change;
            indexing.waiting = false;
            indexing.interval = INDEX_AFTER.max(started.elapsed() * 10);
        }
        indexing.searchable = acknowledged;
        indexing.committed = Instant::now();
        Ok(())
    }

    /// Commits the index for the last time, and lets the indexer's threads end.
    fn finish_index(
        &mut self,
        indexing: &mut Indexing,
        told: &mut Progress,
        tell: &mut dyn FnMut(&mut Progress),
    ) -> Result<()> {
        self.commit_index(indexing, told.acknowledged)?;
        told.searchable = indexing.searchable;
        tell(told);
        self.trim_tail()?;
        let Some(writer) = indexing.writer.take() else { return Ok(()) };
        let small = index::bytes(&self.dir) <= INDEX_SMALL;
        let merging = std::thread::spawn(move || index::finish(writer, small));
        let mut last = Instant::now();
        while !merging.is_finished() {
            std::thread::sleep(Duration::from_millis(5));
            if last.elapsed() >= TELL_EVERY {
                tell(told);
                last = Instant::now();
            }
        }
        match merging.join() {
            Ok(merged) => merged,
            Err(_) => Err(Error::new(ErrorKind::Index, "the indexer broke down")),
        }
    }

    /// Forgets changes that the index has.
    fn trim_tail(&mut self) -> Result<()> {
        if self.covered > self.trimmed {
            let transaction = self.connection.transaction()?;
            trim(&transaction, self.covered)?;
            store::count_commit(&transaction)?;
            transaction.commit()?;
            self.trimmed = self.covered;
        }
        Ok(())
    }

    /// Indexes what the index lacks: all of it, if it isn't this archive's, or the tail.
    pub(crate) fn catch_up(&mut self, progress: &mut dyn FnMut(&Progress)) -> Result<()> {
        let mut progress = |told: &Progress| {
            progress(told);
            true
        };
        let covered = index::covered(&self.index, &self.name)?;
        let ids = match covered {
            Some(covered) if covered >= self.trimmed && covered <= self.change => {
                self.covered = covered;
                let sql = "SELECT DISTINCT id FROM tail JOIN telegram ON id BETWEEN first AND last \
                           WHERE change > ? ORDER BY id";
                ids(&self.connection, sql, covered)?
            }
            _ => {
                (self.index, self.fields) = index::create(&self.dir)?;
                ids(&self.connection, "SELECT id FROM telegram WHERE id > ? ORDER BY id", 0)?
            }
        };
        self.index_again(&ids, false, &mut progress)?;
        self.trim_tail()
    }

    pub(crate) fn reindex_all(&mut self, progress: &mut dyn FnMut(&Progress) -> bool) -> Result<()> {
        // A card that was lost is made again too.
        let sql = "SELECT id FROM telegram WHERE id > ?1 UNION SELECT telegram FROM part WHERE telegram > ?1 \
                   ORDER BY 1";
        let ids = ids(&self.connection, sql, 0)?;
        let transaction = self.connection.transaction()?;
        // From here on the index that there is covers nothing, should this not come to its end.
        self.change += 1;
        store::set_meta(&transaction, "change", self.change)?;
        trim(&transaction, self.change)?;
        // What wasn't a telegram may be one to this program.
        transaction.execute("UPDATE file SET modified = -1 WHERE state = ?", [state::NOT_TELEGRAM])?;
        store::count_commit(&transaction)?;
        transaction.commit()?;
        (self.trimmed, self.covered) = (self.change, -1);
        (self.index, self.fields) = index::create(&self.dir)?;
        self.unreadable.clear();
        self.index_again(&ids, true, progress)?;
        match self.unreadable.pop() {
            None => Ok(()),
            Some((id, error)) => {
                let others = self.unreadable.len();
                let message = format!(
                    "the original of telegram {} and of {others} others can't be read; all the rest is indexed",
                    id.0
                );
                Err(Error::because(ErrorKind::Damaged, message, error))
            }
        }
    }

    /// Indexes telegrams from their original bytes, and writes their cards anew if asked to.
    fn index_again(
        &mut self,
        ids: &[Id],
        cards: bool,
        progress: &mut dyn FnMut(&Progress) -> bool,
    ) -> Result<()> {
        let started = Instant::now();
        let mut told = Progress {
            files_total: ids.len() as u64,
            acknowledged: store::count(&self.connection, "SELECT count(*) FROM telegram")?,
            ..Progress::default()
        };
        let mut indexing = Indexing::new(0);
        let mut wanted = true;
        for chunk in ids.chunks(BATCH_FILES) {
            told.bytes += self.derive_again(chunk, cards, &mut indexing)?;
            told.files += chunk.len() as u64;
            told.elapsed = started.elapsed();
            wanted = progress(&told);
            if !wanted {
                break;
            }
        }
        if cards {
            let transaction = self.connection.transaction()?;
            store::put_all_cites(&transaction)?;
            store::count_commit(&transaction)?;
            transaction.commit()?;
        }
        if !wanted {
            return Ok(());
        }
        let writer = match &mut indexing.writer {
            Some(writer) => writer,
            None => indexing.writer.insert(index::writer(&self.index)?),
        };
        index::commit(writer, &self.name, self.change)?;
        self.covered = self.change;
        indexing.searchable = told.acknowledged;
        self.finish_index(&mut indexing, &mut told, &mut |told| {
            told.elapsed = started.elapsed();
            progress(told);
        })
    }

    /// Hands telegrams to the indexer as their originals have them, and says how many bytes that was.
    fn derive_again(&mut self, ids: &[Id], cards: bool, indexing: &mut Indexing) -> Result<u64> {
        let mut texts = Vec::with_capacity(ids.len());
        for id in ids {
            match store::text(&self.connection, &self.blocks, *id) {
                Ok(text) => texts.push((*id, text.0)),
                // One damaged original must not cost the others their place: its card stays as it was.
                Err(error) => self.unreadable.push((*id, error)),
            }
        }
        let derived: Vec<_> = texts
            .par_iter()
            .map(|(id, text)| {
                let (card, content) = derive(text);
                (*id, card, content)
            })
            .collect();
        if cards {
            let transaction = self.connection.transaction()?;
            for (id, card, _) in &derived {
                store::put_card(&transaction, *id, card)?;
            }
            transaction.commit()?;
        }
        self.add_documents(indexing, BTreeMap::new(), derived)?;
        Ok(texts.iter().map(|(_, text)| text.len() as u64).sum())
    }
}

/// What the bytes of one telegram say, for the database and for the index.
pub(crate) fn derive(bytes: &[u8]) -> (Card, Content) {
    let record = store::record(bytes);
    let card = Card::of(&record);
    let content = index::content(bytes, Span::new(0, bytes.len()), &record, &card);
    (card, content)
}

fn add(writer: &IndexWriter, fields: &index::Fields, id: Id, card: &Card, content: Content) -> Result<()> {
    let document = index::document(fields, id, card, content);
    writer.add_document(document).map(|_| ()).map_err(|e| Error::index("write", e))
}

/// The next free number in a table.
fn next_id(connection: &Connection, table: &str) -> Result<i64> {
    let sql = format!("SELECT coalesce(max(id), 0) + 1 FROM {table}");
    Ok(connection.prepare_cached(&sql)?.query_row([], |row| row.get(0))?)
}

fn trim(connection: &Connection, covered: i64) -> Result<()> {
    connection.prepare_cached("DELETE FROM tail WHERE change <= ?")?.execute([covered])?;
    store::set_meta(connection, "trimmed", covered)
}

fn ids(connection: &Connection, sql: &str, after: i64) -> Result<Vec<Id>> {
    let mut statement = connection.prepare(sql)?;
    let ids = statement.query_map([after], |row| Ok(Id(row.get(0)?)))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Reads all jobs, batch by batch, until nobody wants them any more.
///
/// Batches grow as long as they are read quickly, so that a slow disk delays no acknowledgement.
fn read_batches<'t>(jobs: Vec<Job<'t>>, send: &SyncSender<Vec<(Job<'t>, Outcome)>>, stop: &AtomicBool) {
    let mut jobs = jobs.into_iter().peekable();
    let mut files_max = FIRST_BATCH_FILES;
    while jobs.peek().is_some() && !stop.load(Ordering::Relaxed) {
        let started = Instant::now();
        let mut batch = Vec::new();
        let mut bytes = 0;
        while let Some(job) = jobs.next_if(|_| batch.len() < files_max && bytes < BATCH_BYTES) {
            bytes += job.seen.size;
            batch.push(job);
        }
        let read = batch
            .into_par_iter()
            .map(|job| {
                let outcome = match job.bytes {
                    Some(bytes) => read::text(bytes.to_vec()),
                    None => read::file(&job.seen),
                };
                (job, outcome)
            })
            .collect();
        if send.send(read).is_err() {
            return;
        }
        files_max = if started.elapsed() < BATCH_TIME { files_max * 2 } else { files_max / 2 };
        files_max = files_max.clamp(FIRST_BATCH_FILES, BATCH_FILES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Archive;

    fn telegrams(serials: std::ops::Range<u32>) -> Vec<(String, String)> {
        let text = |serial: u32| {
            let words: Vec<String> = (0..500).map(|n| format!("w{}x{n}", serial * n)).collect();
            format!(
                "R 101530Z MAR 79\nFM AMEMBASSY VALDORIA\nTO SECSTATE WASHDC\nBT\nUNCLAS VALDORIA {serial}\n\
                 SUBJECT: FERRIES\n1. {}\nDOE\nBT\n",
                words.join(" ")
            )
        };
        serials.map(|serial| (format!("{serial}.txt"), text(serial))).collect()
    }

    fn import(writer: &mut Writer, texts: &[(String, String)]) -> Result<Imported> {
        let texts: Vec<(&str, &[u8])> =
            texts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        writer.import_texts(&texts, &mut |_| true)
    }

    fn held(dir: &Path) -> (u64, usize) {
        let archive = Archive::open(dir).unwrap();
        let books = archive.books().unwrap();
        assert_eq!(books.seen, books.kept + books.duplicates + books.not_telegrams + books.failed);
        let search = crate::Search {
            query: crate::Query::all(),
            sort: crate::Sort::Newest,
            offset: 0,
            limit: 0,
            facets: false,
            snippets: false,
        };
        (books.telegrams, archive.search(&search).unwrap().total)
    }

    #[test]
    fn a_full_disk_is_said_and_loses_nothing_that_was_acknowledged() {
        let dir = tempfile::tempdir().unwrap();
        let mut writer = Writer::open(dir.path()).unwrap();
        let (few, all) = (telegrams(1..20), telegrams(1..2000));
        import(&mut writer, &few).unwrap();
        let pages: i64 = writer.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        writer.connection.pragma_update(None, "max_page_count", pages + 400).unwrap();
        let error = import(&mut writer, &all).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Full);
        assert!(error.to_string().contains("disk is full"), "{error}");
        drop(writer);
        let (telegrams, found) = held(dir.path());
        assert!((19..1999).contains(&telegrams), "{telegrams}");
        assert!(found >= 19);
        let mut writer = Writer::open(dir.path()).unwrap();
        assert_eq!(held(dir.path()), (telegrams, usize::try_from(telegrams).unwrap()));
        import(&mut writer, &all).unwrap();
        assert_eq!(held(dir.path()), (1999, 1999));
    }

    #[test]
    fn an_index_that_fails_midway_is_made_again() {
        let dir = tempfile::tempdir().unwrap();
        let mut writer = Writer::open(dir.path()).unwrap();
        import(&mut writer, &telegrams(1..20)).unwrap();
        // Nothing can be written where a file stands.
        std::fs::remove_dir_all(dir.path().join("index")).unwrap();
        std::fs::write(dir.path().join("index"), "").unwrap();
        assert_eq!(import(&mut writer, &telegrams(20..40)).unwrap_err().kind(), ErrorKind::Index);
        drop(writer);
        drop(Writer::open(dir.path()).unwrap());
        assert_eq!(held(dir.path()), (39, 39));
    }
}
