//! Reading again: what failed, and what a newer reader would read differently.

use std::sync::Arc;
use std::time::Instant;

use reftel_sources::Reader;
use rusqlite::{Connection, OptionalExtension, params};

use super::indexing::Indexing;
use super::pack::{BATCH_FILES, From, Job};
use super::{Folders, Intake, derive, state};
use crate::{
    Error, ErrorKind, Id, Progress, Result, Retried, Retry, Writer, copies, index, kept, store, walk,
};

impl Writer {
    pub(crate) fn retry_all(
        &mut self,
        retry: &Retry,
        progress: &mut dyn FnMut(&Progress) -> bool,
    ) -> Result<Retried> {
        let collection = match &retry.collection {
            Some(name) => Some(collection(&self.connection, name)?),
            None => None,
        };
        let mut retried = Retried::default();
        if retry.outdated {
            self.retry_outdated(collection, &mut retried, progress)?;
        }
        if retry.failed && !retried.stopped {
            retried.imported = self.retry_failed(collection, progress)?;
            retried.stopped = retried.imported.stopped;
        }
        Ok(retried)
    }

    /// Opens again the files in which something failed.
    fn retry_failed(
        &mut self,
        collection: Option<i64>,
        progress: &mut dyn FnMut(&Progress) -> bool,
    ) -> Result<crate::Imported> {
        let paths = {
            let mut statement = self.connection.prepare(
                "SELECT DISTINCT folder.path, file.name FROM file JOIN folder ON folder.id = file.folder \
                 WHERE file.state = ?1 AND (?2 IS NULL OR file.collection = ?2) ORDER BY 1, 2",
            )?;
            let paths = statement.query_map(params![state::FAILED, collection], |row| {
                Ok(store::file_path(row.get(0)?, row.get(1)?, None))
            })?;
            paths.collect::<rusqlite::Result<Vec<_>>>()?
        };
        let books = Folders::load(&self.connection)?;
        let jobs = paths.into_iter().map(|path| {
            let booked = books.booked(&path);
            let seen = walk::file(path);
            let done = seen.size;
            Job { seen: Arc::new(seen), booked, from: From::File, inner: None, origin: None, done }
        });
        let jobs = jobs.collect();
        let collections = self.readers();
        let intake = Intake { collections: &collections, fields: self.fields, collection: None };
        self.run(&intake, books.known, jobs, &Progress::default(), 0, Instant::now(), progress)
    }

    /// Reads originals again whose reader is a newer one now.
    fn retry_outdated(
        &mut self,
        collection: Option<i64>,
        retried: &mut Retried,
        progress: &mut dyn FnMut(&Progress) -> bool,
    ) -> Result<()> {
        let started = Instant::now();
        let originals = outdated(&self.connection, collection)?;
        let mut told = Progress {
            files_total: originals.len() as u64,
            acknowledged: store::count(&self.connection, "SELECT count(*) FROM telegram")?,
            ..Progress::default()
        };
        let mut indexing = Indexing::new(told.acknowledged);
        for chunk in originals.chunks(BATCH_FILES) {
            retried.changed += self.read_again(chunk, &mut indexing)?;
            retried.outdated += chunk.len() as u64;
            told.files += chunk.len() as u64;
            told.elapsed = started.elapsed();
            if !progress(&told) {
                retried.stopped = told.files < told.files_total;
                break;
            }
        }
        self.finish_index(&mut indexing, &mut told, &mut |told| {
            told.elapsed = started.elapsed();
            progress(told);
        })
    }

    /// Makes one telegram's card, references and entry of the index anew, after a change that is part of the same
    /// transaction.
    pub(crate) fn derive_one(
        &mut self,
        id: Id,
        change: impl FnOnce(&Connection) -> Result<()>,
    ) -> Result<()> {
        let transaction = self.connection.transaction()?;
        change(&transaction)?;
        let told = kept::of(&transaction, &self.blocks, id)?.read(&self.collections)?;
        let mut derived = derive(&told, &self.fields, self.model.as_deref());
        derived.write(&transaction, id)?;
        copies::forget(&transaction, id)?;
        index::add_collections(
            &mut derived.document,
            &self.fields,
            &store::collections_of(&transaction, id)?,
        );
        let change = self.change + 1;
        transaction
            .prepare_cached("INSERT INTO tail VALUES (?, ?, ?)")?
            .execute(params![change, id.0, id.0])?;
        store::set_meta(&transaction, "change", change)?;
        store::count_commit(&transaction)?;
        transaction.commit()?;
        self.change = change;
        let mut told = Progress {
            acknowledged: store::count(&self.connection, "SELECT count(*) FROM telegram")?,
            ..Progress::default()
        };
        let mut indexing = Indexing::new(told.acknowledged);
        self.add_documents(&mut indexing, std::collections::BTreeMap::new(), vec![(id, derived.document)])?;
        self.finish_index(&mut indexing, &mut told, &mut |_| ())
    }

    /// Reads originals again in one transaction, and says how many telegrams changed.
    fn read_again(&mut self, originals: &[(i64, u32)], indexing: &mut Indexing) -> Result<u64> {
        let transaction = self.connection.transaction()?;
        let mut again = Vec::new();
        let mut change = self.change;
        for (original, version) in originals {
            for id in telegrams(&transaction, *original)? {
                // Told by `verify`; the others don't wait for it.
                let Ok(told) =
                    kept::of(&transaction, &self.blocks, id).and_then(|kept| kept.read(&self.collections))
                else {
                    continue;
                };
                let before = store::card(&transaction, id)?.card;
                let mut derived = derive(&told, &self.fields, self.model.as_deref());
                derived.write(&transaction, id)?;
                if store::card(&transaction, id)?.card != before {
                    index::add_collections(
                        &mut derived.document,
                        &self.fields,
                        &store::collections_of(&transaction, id)?,
                    );
                    copies::forget(&transaction, id)?;
                    change += 1;
                    transaction
                        .prepare_cached("INSERT INTO tail VALUES (?, ?, ?)")?
                        .execute(params![change, id.0, id.0])?;
                    again.push((id, derived.document));
                }
            }
            transaction
                .prepare_cached("UPDATE original SET reader_version = ? WHERE id = ?")?
                .execute(params![version, original])?;
        }
        store::set_meta(&transaction, "change", change)?;
        store::count_commit(&transaction)?;
        transaction.commit()?;
        self.change = change;
        let changed = again.len() as u64;
        self.add_documents(indexing, std::collections::BTreeMap::new(), again)?;
        Ok(changed)
    }
}

/// The number of a collection that there is.
fn collection(connection: &Connection, name: &str) -> Result<i64> {
    let mut statement = connection.prepare("SELECT id FROM collection WHERE name = ?")?;
    statement
        .query_row([name], |row| row.get(0))
        .optional()?
        .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("no collection `{name}` in this archive")))
}

/// Originals that an older reader read, with the version of today's.
fn outdated(connection: &Connection, collection: Option<i64>) -> Result<Vec<(i64, u32)>> {
    let mut statement = connection.prepare(
        "SELECT id, reader, reader_version FROM original WHERE ?1 IS NULL OR id IN \
         (SELECT original FROM file WHERE collection = ?1) ORDER BY id",
    )?;
    let mut rows = statement.query([collection])?;
    let mut outdated = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, name, version): (i64, String, u32) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if let Some(reader) = Reader::from_name(&name).filter(|reader| version < reader.version()) {
            outdated.push((id, reader.version()));
        }
    }
    Ok(outdated)
}

/// The telegrams that an original is a part of.
fn telegrams(connection: &Connection, original: i64) -> Result<Vec<Id>> {
    let mut statement =
        connection.prepare_cached("SELECT DISTINCT telegram FROM part WHERE original = ? ORDER BY 1")?;
    let ids = statement.query_map([original], |row| Ok(Id(row.get(0)?)))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}
