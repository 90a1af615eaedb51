//! The writing half: from what was read to what is acknowledged, and on into the index.
//!
//! Files are read in batches by as many threads as there are, and kept by one. A batch is one
//! transaction: once it is committed it is acknowledged, whatever happens to the index. The index is
//! committed less often, because that costs more; what it lacks after a crash is in `tail`.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::store;
use crate::walk::{self, Seen};
use crate::{Id, Imported, Progress, Result, Writer};

mod pack;

mod keep;

mod indexing;

pub(crate) use indexing::derive;
pub(crate) use keep::first_path;

use indexing::Indexing;
use keep::Keeping;
use pack::{Bundle, Job};

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
        let fields = self.fields;
        let (send, receive) = sync_channel(1);
        let kept = std::thread::scope(|scope| {
            let stop = &stop;
            scope.spawn(move || pack::read_batches(jobs, &fields, &send, stop));
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
                    told.files += jobs().count() as u64;
                    told.bytes += jobs().map(|(job, ..)| job.seen.size).sum::<u64>();
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
        batch: Vec<Bundle<'_>>,
        folders: &mut HashMap<PathBuf, i64>,
        imported: &mut Imported,
        indexing: &mut Indexing,
        acknowledged: &mut u64,
    ) -> Result<()> {
        let (texts, bundles): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|bundle| (bundle.bytes, (bundle.files, bundle.packed))).unzip();
        let seen = bundles.iter().map(|(files, _)| files.len() as u64).sum::<u64>();
        let transaction = self.connection.transaction()?;
        let telegrams_before = imported.telegrams;
        let known = std::mem::take(folders);
        let mut keeping =
            Keeping::new(&transaction, &self.blocks, &texts, known, self.change, imported.clone())?;
        let first_telegram = keeping.next_telegram;
        for (bundle, (files, packed)) in bundles.into_iter().enumerate() {
            keeping.keep_bundle(bundle, files, packed)?;
        }
        keeping.finish()?;
        let mut again = Vec::new();
        for id in std::mem::take(&mut keeping.gathered) {
            let (text, _) = store::text(&transaction, &self.blocks, id)?;
            let (card, document) = derive(&text, &self.fields);
            store::forget_cites(&transaction, id)?;
            store::put_card(&transaction, id, &card)?;
            store::put_cites(&transaction, id, &card.cites)?;
            keeping.note_change(id, id)?;
            again.push((id, document));
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
    use crate::{Archive, ErrorKind};

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
