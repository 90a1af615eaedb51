//! The index on its way to what the store holds.
//!
//! Documents go to Tantivy's threads after their batch is acknowledged. A commit of the index costs more than one
//! of the database, so there are fewer; what the index lacks after a crash is indexed again from the originals.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use reftel_meaning::Model;
use reftel_sources::{InVolume, Reader};
use reftel_telegram::{Card, Span};
use rusqlite::Connection;
use tantivy::IndexWriter;
use tantivy::schema::TantivyDocument;

use super::pack::BATCH_FILES;
use super::{TELL_EVERY, state};
use crate::kept::{self, Told};
use crate::{Error, ErrorKind, Id, Progress, Result, Writer, index, store};

/// How long the index may lag behind; the first time less, and longer where a commit of it takes more than
/// a tenth of that.
const INDEX_AFTER: Duration = Duration::from_secs(5);
const INDEX_FIRST_AFTER: Duration = Duration::from_millis(300);

/// An index up to this size is made one segment at the end of an import, which takes a fraction of a
/// second and makes it a tenth smaller.
const INDEX_SMALL: u64 = 20 << 20;

/// The index on its way to what the store holds.
pub(super) struct Indexing {
    /// Started when there is something to index.
    writer: Option<IndexWriter>,
    /// Telegrams that can be searched.
    pub(super) searchable: u64,
    /// When the index was last committed, or the import began.
    pub(super) committed: Instant,
    pub(super) interval: Duration,
    waiting: bool,
}

impl Indexing {
    pub(super) fn new(searchable: u64) -> Indexing {
        let (committed, interval) = (Instant::now(), INDEX_FIRST_AFTER);
        Indexing { writer: None, searchable, committed, interval, waiting: false }
    }
}

impl Writer {
    /// Hands telegrams to the indexer: new ones, and ones that it may have.
    pub(super) fn add_documents(
        &mut self,
        indexing: &mut Indexing,
        fresh: BTreeMap<Id, TantivyDocument>,
        again: Vec<(Id, TantivyDocument)>,
    ) -> Result<()> {
        if fresh.is_empty() && again.is_empty() {
            return Ok(());
        }
        let writer = match &mut indexing.writer {
            Some(writer) => writer,
            None => indexing.writer.insert(index::writer(&self.index)?),
        };
        indexing.waiting = true;
        for (id, document) in fresh {
            add(writer, &self.fields, id, document)?;
        }
        for (id, document) in again {
            writer.delete_term(index::id_term(&self.fields, id));
            add(writer, &self.fields, id, document)?;
        }
        Ok(())
    }

    pub(super) fn commit_index(&mut self, indexing: &mut Indexing, acknowledged: u64) -> Result<()> {
        if let Some(writer) = &mut indexing.writer
            && indexing.waiting
        {
            let started = Instant::now();
            index::commit(writer, &self.name, self.change, self.model.as_deref())?;
            self.covered = self.change;
            indexing.waiting = false;
            indexing.interval = INDEX_AFTER.max(started.elapsed() * 10);
        }
        indexing.searchable = acknowledged;
        indexing.committed = Instant::now();
        Ok(())
    }

    /// Commits the index for the last time, and lets the indexer's threads end.
    pub(super) fn finish_index(
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
            store::write(&mut self.connection, |connection| trim(connection, self.covered))?;
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
            Some(covered) if covered >= self.trimmed && covered <= self.change && self.has_meanings()? => {
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

    /// Whether the index has the directions of the model that is here; also where there is none.
    fn has_meanings(&self) -> Result<bool> {
        let Some(model) = &self.model else { return Ok(true) };
        Ok(index::model(&self.index, &self.name)?.as_deref() == Some(model.name()))
    }

    pub(crate) fn reindex_all(&mut self, progress: &mut dyn FnMut(&Progress) -> bool) -> Result<()> {
        // What wasn't a telegram may be one to this program.
        let again = "UPDATE file SET modified = -1 WHERE state = ? AND inner IS NULL";
        self.connection.execute(again, [state::NOT_TELEGRAM])?;
        self.derive_all(progress)
    }

    /// Makes cards, references and index anew; the books stay as they are.
    pub(crate) fn derive_all(&mut self, progress: &mut dyn FnMut(&Progress) -> bool) -> Result<()> {
        // A card that was lost is made again too.
        let sql = "SELECT id FROM telegram WHERE id > ?1 UNION SELECT telegram FROM part WHERE telegram > ?1 \
                   ORDER BY 1";
        let ids = ids(&self.connection, sql, 0)?;
        let transaction = self.connection.transaction()?;
        // From here on the index that there is covers nothing, should this not come to its end.
        self.change += 1;
        store::set_meta(&transaction, "change", self.change)?;
        trim(&transaction, self.change)?;
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
            if wanted {
                note_readers(&transaction)?;
            }
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
        index::commit(writer, &self.name, self.change, self.model.as_deref())?;
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
        let mut bytes = 0;
        for id in ids {
            let kept = kept::of(&self.connection, &self.blocks, *id);
            match kept.and_then(|kept| Ok((kept, store::collections_of(&self.connection, *id)?))) {
                Ok((kept, names)) => {
                    bytes += kept.len();
                    texts.push((*id, kept, names));
                }
                // One damaged original must not cost the others their place: its card stays as it was.
                Err(error) => self.unreadable.push((*id, error)),
            }
        }
        let (fields, collections) = (&self.fields, &self.collections);
        let model = self.model.as_deref();
        let made: Vec<_> = texts
            .into_par_iter()
            .map(|(id, kept, names)| {
                let made = kept.read(collections).map(|told| {
                    let mut derived = derive(&told, fields, model);
                    index::add_collections(&mut derived.document, fields, &names);
                    derived
                });
                (id, made)
            })
            .collect();
        let mut documents = Vec::with_capacity(made.len());
        let mut derived = Vec::with_capacity(made.len());
        for (id, made) in made {
            match made {
                Ok(Derived { card, volume, document }) => {
                    derived.push((id, card, volume));
                    documents.push((id, document));
                }
                Err(error) => self.unreadable.push((id, error)),
            }
        }
        if cards {
            let transaction = self.connection.transaction()?;
            for (id, card, volume) in &derived {
                store::put_card(&transaction, *id, card)?;
                store::forget_volume(&transaction, *id)?;
                store::put_volume(&transaction, *id, volume)?;
            }
            transaction.commit()?;
        }
        self.add_documents(indexing, BTreeMap::new(), documents)?;
        Ok(bytes)
    }
}

/// What a telegram says, for the database and for the index.
pub(crate) struct Derived {
    pub(crate) card: Card,
    /// Its place in an edited volume.
    pub(crate) volume: InVolume,
    pub(crate) document: TantivyDocument,
}

/// What a telegram says, for the database and for the index.
pub(crate) fn derive(told: &Told, fields: &index::Fields, model: Option<&Model>) -> Derived {
    let card = Card::of(&told.record);
    let all = Span::new(0, told.text.len());
    let mut document = index::document(fields, &told.text, all, &told.record, &card, model);
    let stated = told.item.as_ref().map_or(&[][..], |item| &item.beside.stated);
    index::add_standing(&mut document, fields, (&told.text, all), &told.record, stated);
    let volume = told.item.as_ref().map(|item| InVolume::of(&item.beside, &item.reader)).unwrap_or_default();
    Derived { card, volume, document }
}

impl Derived {
    /// Writes it over what the database had of the telegram.
    pub(crate) fn write(&self, connection: &Connection, id: Id) -> Result<()> {
        store::forget_cites(connection, id)?;
        store::put_card(connection, id, &self.card)?;
        store::put_cites(connection, id, &self.card.cites)?;
        store::forget_volume(connection, id)?;
        store::put_volume(connection, id, &self.volume)
    }
}

fn add(writer: &IndexWriter, fields: &index::Fields, id: Id, mut document: TantivyDocument) -> Result<()> {
    document.add_u64(fields.id, id.0.cast_unsigned());
    writer.add_document(document).map(|_| ()).map_err(|e| Error::index("write", e))
}

/// Notes that all originals were read by the readers of now.
fn note_readers(connection: &Connection) -> Result<()> {
    let mut names = connection.prepare("SELECT DISTINCT reader FROM original")?;
    let names = names.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    for reader in names.iter().filter_map(|name| Reader::from_name(name)) {
        connection.execute(
            "UPDATE original SET reader_version = ?1 WHERE reader = ?2 AND reader_version <> ?1",
            rusqlite::params![reader.version(), reader.name()],
        )?;
    }
    Ok(())
}

pub(super) fn trim(connection: &Connection, covered: i64) -> Result<()> {
    connection.prepare_cached("DELETE FROM tail WHERE change <= ?")?.execute([covered])?;
    store::set_meta(connection, "trimmed", covered)
}

fn ids(connection: &Connection, sql: &str, after: i64) -> Result<Vec<Id>> {
    let mut statement = connection.prepare(sql)?;
    let ids = statement.query_map([after], |row| Ok(Id(row.get(0)?)))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}
