//! The writing half: from what was read to what is acknowledged, and on into the index.
//!
//! Files are read in batches by as many threads as there are, and kept by one. A batch is one
//! transaction: once it is committed it is acknowledged, whatever happens to the index. The index is
//! committed less often, because that costs more; what it lacks after a crash is in `tail`.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use reftel_sources::{Collections, Profile};
use reftel_telegram::Span;
use rusqlite::Connection;

use crate::read::{Outcome, Tools};
use crate::walk::{self, Seen};
use crate::{Error, ErrorKind, Id, Imported, Progress, Result, Shelf, Writer, copies, index, kept, store};

mod pack;

mod enter;

mod keep;

mod indexing;

mod retry;

pub(crate) use indexing::derive;
pub(crate) use keep::first_path;
pub(crate) use pack::{BLOCK_BYTES, Packer};

use indexing::Indexing;
use keep::Keeping;
use pack::{Bundle, From, Job};

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
    /// Other bytes, kept, of a telegram that was there: sent again with other routing lines.
    pub(crate) const RETRANSMISSION: i64 = 6;
    /// A file whose documents are in the books, each for itself. Not in the books.
    pub(crate) const CONTAINER: i64 = 7;

    /// What became of a file, in words.
    pub(crate) fn name(state: i64) -> &'static str {
        match state {
            KEPT => "kept",
            DUPLICATE | DUPLICATE_TEXT | RETRANSMISSION => "duplicate",
            NOT_TELEGRAM => "not a telegram",
            FAILED => "failed",
            EARLIER => "earlier",
            CONTAINER => "container",
            _ => "unknown",
        }
    }
}

/// What the books say of a path.
#[derive(Clone, Copy, Debug)]
struct Booked {
    row: i64,
    size: u64,
    modified: i64,
    state: i64,
    original: Option<i64>,
    collection: Option<i64>,
}

/// The books' files, by folder and name.
#[derive(Debug, Default)]
struct Folders {
    known: HashMap<PathBuf, i64>,
    files: HashMap<(i64, OsString), Booked>,
    /// How many documents were in a container.
    inside: HashMap<(i64, OsString), u64>,
}

/// What is imported, and as what.
#[derive(Debug)]
struct Intake<'c> {
    collections: &'c Collections,
    fields: index::Fields,
    /// The number of the collection that it is to be of.
    collection: Option<i64>,
}

impl Folders {
    fn load(connection: &Connection) -> Result<Folders> {
        let mut all = Folders::default();
        let mut statement = connection.prepare("SELECT id, path FROM folder")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            all.known.insert(store::path_from(row.get(1)?), row.get(0)?);
        }
        let mut statement = connection.prepare(
            "SELECT folder, name, id, size, modified, state, original, collection FROM file \
             WHERE inner IS NULL AND state <> ?",
        )?;
        let mut rows = statement.query([state::EARLIER])?;
        while let Some(row) = rows.next()? {
            let name = store::path_from(row.get(1)?).into_os_string();
            let booked = Booked {
                row: row.get(2)?,
                size: row.get::<_, i64>(3)?.cast_unsigned(),
                modified: row.get(4)?,
                state: row.get(5)?,
                original: row.get(6)?,
                collection: row.get(7)?,
            };
            all.files.insert((row.get(0)?, name), booked);
        }
        let mut statement = connection.prepare(
            "SELECT folder, name, count(*) FROM file WHERE inner IS NOT NULL AND state <> ? GROUP BY 1, 2",
        )?;
        let mut rows = statement.query([state::EARLIER])?;
        while let Some(row) = rows.next()? {
            let name = store::path_from(row.get(1)?).into_os_string();
            all.inside.insert((row.get(0)?, name), row.get::<_, i64>(2)?.cast_unsigned());
        }
        Ok(all)
    }

    fn booked(&self, path: &Path) -> Option<Booked> {
        let (folder, name) = split(path);
        self.files.get(&(*self.known.get(folder)?, name)).copied()
    }

    /// How many entries of the books are this file's.
    fn entries(&self, path: &Path) -> u64 {
        let (folder, name) = split(path);
        let inside = self.known.get(folder).and_then(|folder| self.inside.get(&(*folder, name)));
        inside.copied().unwrap_or(1)
    }
}

/// A path's folder, and its name in it.
fn split(path: &Path) -> (&Path, OsString) {
    (path.parent().unwrap_or(Path::new("")), path.file_name().unwrap_or_default().to_owned())
}

impl Writer {
    pub(crate) fn import_paths(
        &mut self,
        paths: &[PathBuf],
        label: &Shelf,
        progress: &mut dyn FnMut(&Progress) -> bool,
    ) -> Result<Imported> {
        let started = Instant::now();
        let seen = walk::files(paths, &self.dir)?;
        let collections = self.collections_with(&label.profiles)?;
        let collection = label.collection.as_deref().map(|name| self.collection(name)).transpose()?;
        let books = Folders::load(&self.connection)?;
        let is_known = |booked: Booked, seen: &Seen| {
            booked.state != state::FAILED
                && booked.size == seen.size
                && booked.modified == seen.modified
                && (collection.is_none() || booked.collection == collection)
        };
        let mut done = Progress::default();
        let mut known = 0;
        let mut jobs = Vec::with_capacity(seen.len());
        for seen in seen {
            let booked = books.booked(&seen.path);
            if booked.is_some_and(|booked| is_known(booked, &seen)) {
                done.files += 1;
                done.bytes += seen.size;
                known += books.entries(&seen.path);
            } else {
                let done = seen.size;
                jobs.push(Job {
                    seen: Arc::new(seen),
                    booked,
                    from: From::File,
                    inner: None,
                    origin: None,
                    done,
                });
            }
        }
        let intake = Intake { collections: &collections, fields: self.fields, collection };
        self.run(&intake, books.known, jobs, &done, known, started, progress)
    }

    /// The profiles that are known, and what reads PDFs and records.
    fn readers(&self) -> Collections {
        let mut collections = self.collections.clone();
        collections.read_pdf_by(self.pdf.clone());
        collections.print_records_by(self.record.clone());
        collections
    }

    /// The profiles that are known, and those that are given.
    fn collections_with(&self, profiles: &[Profile]) -> Result<Collections> {
        let mut collections = self.readers();
        for profile in profiles {
            if let Some(other) = collections.get(&profile.name)
                && other.toml() != profile.toml()
            {
                let whose = if other.is_built_in() { "the program" } else { "the archive" };
                let message = format!(
                    "{whose} has another profile `{}`, by which telegrams are read; give this one another name",
                    profile.name
                );
                return Err(Error::new(ErrorKind::Input, message));
            }
            collections.add(profile.clone());
        }
        Ok(collections)
    }

    /// The number of a collection, entered if it is new.
    fn collection(&mut self, name: &str) -> Result<i64> {
        store::write(&mut self.connection, |connection| {
            connection.execute("INSERT OR IGNORE INTO collection (name) VALUES (?)", [name])?;
            Ok(connection.query_row("SELECT id FROM collection WHERE name = ?", [name], |row| row.get(0))?)
        })
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
                let done = bytes.len() as u64;
                let seen = Seen { path, size: done, modified: 0, fault: None };
                Job {
                    seen: Arc::new(seen),
                    booked,
                    from: From::Memory(bytes),
                    inner: None,
                    origin: None,
                    done,
                }
            })
            .collect();
        let collections = self.readers();
        let intake = Intake { collections: &collections, fields: self.fields, collection: None };
        self.run(&intake, books.known, jobs, &Progress::default(), 0, Instant::now(), progress)
    }

    /// Reads, keeps and indexes. `done` counts the files that need no reading, and `known` their entries.
    #[allow(clippy::too_many_arguments, reason = "what an import is, in one place")]
    fn run(
        &mut self,
        intake: &Intake<'_>,
        folders: HashMap<PathBuf, i64>,
        jobs: Vec<Job<'_>>,
        done: &Progress,
        known: u64,
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
        let mut imported = Imported { seen: known, known, ..Imported::default() };
        let mut folders = folders;
        let mut indexing = Indexing::new(telegrams);
        let stop = AtomicBool::new(false);
        let (fields, model) = (self.fields, self.model.clone());
        let (send, receive) = sync_channel(1);
        let kept = std::thread::scope(|scope| {
            let stop = &stop;
            let tools = Tools { fields: &fields, model: model.as_deref(), collections: intake.collections };
            // What was broken off is known by what was told.
            scope.spawn(move || {
                let _ = pack::Reading { tools, send: &send, stop }.read_batches(jobs);
            });
            let mut tell = |told: &mut Progress| {
                told.elapsed = started.elapsed();
                if !progress(told) {
                    stop.store(true, Ordering::Relaxed);
                }
            };
            tell(&mut told);
            let kept = self.keep_batches(
                intake,
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
        self.collections = store::collections(&self.connection)?;
        kept?;
        // Moves what was written into the database itself, as far as readers let it.
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        imported.stopped = stop.into_inner() && told.files < told.files_total;
        Ok(imported)
    }

    #[allow(clippy::too_many_arguments, reason = "the loop's state, in one place")]
    fn keep_batches(
        &mut self,
        intake: &Intake<'_>,
        receive: &Receiver<Vec<Bundle<'_>>>,
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
                    let jobs = || batch.iter().flat_map(|bundle| &bundle.files);
                    told.files += jobs().filter(|(job, ..)| job.inner.is_none()).count() as u64;
                    told.bytes += jobs().map(|(job, ..)| job.done).sum::<u64>();
                    self.keep_batch(intake, batch, folders, imported, indexing, &mut told.acknowledged)?;
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
        intake: &Intake<'_>,
        batch: Vec<Bundle<'_>>,
        folders: &mut HashMap<PathBuf, i64>,
        imported: &mut Imported,
        indexing: &mut Indexing,
        acknowledged: &mut u64,
    ) -> Result<()> {
        let (texts, bundles): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|bundle| (bundle.bytes, (bundle.files, bundle.packed))).unzip();
        let counts = |file: &&(Job<'_>, Outcome, Span)| !matches!(file.1, Outcome::Through);
        let seen = bundles.iter().flat_map(|(files, _)| files).filter(counts).count() as u64;
        let at = self.clock.as_ref().map(|clock| clock().as_second());
        let transaction = self.connection.transaction()?;
        let telegrams_before = imported.telegrams;
        let known = std::mem::take(folders);
        let mut keeping = Keeping::new(
            &transaction,
            &self.blocks,
            intake,
            &texts,
            known,
            self.change,
            at,
            imported.clone(),
        )?;
        let first_telegram = keeping.next_telegram;
        for (bundle, (files, packed)) in bundles.into_iter().enumerate() {
            keeping.keep_bundle(bundle, files, packed)?;
        }
        keeping.finish()?;
        let mut again = Vec::new();
        for id in std::mem::take(&mut keeping.gathered) {
            let told = kept::of(&transaction, &self.blocks, id)?.read(intake.collections)?;
            let mut derived = derive(&told, &self.fields, self.model.as_deref());
            index::add_collections(
                &mut derived.document,
                &self.fields,
                &store::collections_of(&transaction, id)?,
            );
            derived.write(&transaction, id)?;
            copies::forget(&transaction, id)?;
            keeping.note_change(id, id)?;
            again.push((id, derived.document));
        }
        if keeping.next_telegram > first_telegram {
            keeping.note_change(Id(first_telegram), Id(keeping.next_telegram - 1))?;
        }
        let Keeping { folders: known, change, fresh, imported: counts, .. } = keeping;
        store::set_meta(&transaction, "change", change)?;
        if self.covered > self.trimmed {
            indexing::trim(&transaction, self.covered)?;
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
