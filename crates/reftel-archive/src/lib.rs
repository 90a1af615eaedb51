//! Keeps telegrams for good, and finds them again.
//!
//! An archive is a directory:
//! - `archive.sqlite`: the original bytes (zstd blocks, found by BLAKE3 hash), cards, sources,
//!   references, the books. The only thing that can't be rebuilt.
//! - `index/`: the Tantivy index, made from the first. Delete it and `reindex`.
//! - `lock`: held by the one writer.
//!
//! Reading needs no lock and never waits for the writer.

pub mod error;
mod place;

pub mod query;

mod words;

mod store;

mod kept;

mod guard;

mod walk;

mod read;

mod resolve;

mod import;

mod index;

mod search;

mod meaning;

mod desk;

mod complete;

mod standing;

mod excluded;

mod snippet;

mod books;

mod phantom;

mod alike;

mod copies;

mod corrections;

mod verify;

mod whole;

mod restore;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reftel_sources::{Collections, PdfText, Profile, Reader, RecordText};
use reftel_telegram::{Card, Context, Record, Span};
use rusqlite::Connection;

pub use complete::Completion;
pub use copies::{Gathered, Hand, Kinship, Looked, Looking};
pub use corrections::{Corrected, Correction};
pub use desk::{Desk, Saved, WatchList, Watched};
pub use error::{Error, ErrorKind};
pub use guard::guarded;
pub use meaning::Meanings;
pub use phantom::{Alternative, Phantom};
pub use query::{Expansion, Query, QueryError};
pub use read::FILE_BYTES_MAX;
pub use resolve::{Resolved, Standing};
pub use restore::Restoring;
pub use search::{Explained, Histogram, Nearest, Part, Period, Reason};
pub use snippet::{anchors, nested_anchor};
/// The layout of the tables that this program writes; it reads no other.
pub use store::VERSION as LAYOUT;
pub use verify::{Finding, Place, Verified};
pub use walk::{Seen, files};
pub use whole::{Booked, Made, MadePart, Told, Value, Whole};

/// What this crate's operations return.
pub type Result<T> = std::result::Result<T, Error>;

/// A telegram's number in this archive. Stable as long as the archive lives, also across reindexing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(pub i64);

/// A card and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The telegram.
    pub id: Id,
    /// Its card.
    pub card: Card,
}

/// One telegram, whole.
#[derive(Clone, Debug)]
pub struct Telegram {
    /// Its number here.
    pub id: Id,
    /// Its card.
    pub card: Card,
    /// Its text. For a telegram that came as it is these are the original bytes; for one of a collection, what its
    /// reader makes of them. Sections that came in several files follow one another in section order.
    pub bytes: Vec<u8>,
    /// What it says; spans are in `bytes`.
    pub record: Record,
    /// Where it came from.
    pub sources: Vec<Source>,
    /// What its collection has beside the text.
    pub collected: Option<Collected>,
    /// What a person corrected in `record`, which has the corrected values.
    pub corrected: Vec<Corrected>,
}

impl Telegram {
    /// The original bytes, as they came.
    pub fn original(&self) -> &[u8] {
        self.collected.as_ref().map_or(&self.bytes, |collected| &collected.bytes)
    }
}

/// A telegram as a document of its collection.
#[derive(Clone, Debug)]
pub struct Collected {
    /// The document's bytes: a row of a table, an element of a volume, a mail.
    pub bytes: Vec<u8>,
    /// What reads them.
    pub reader: Reader,
    /// All that is known of it, with places in the document's bytes: the record, what was taken from the collection,
    /// what that states, and the editor's notes.
    pub reading: reftel_sources::Reading,
    /// The editor's notes, with the places of their marks in [`Telegram::bytes`].
    pub notes: Vec<reftel_sources::Note>,
}

/// How files are taken in.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    /// What the user calls what comes in together; `in:` finds it. None: what was called so before stays so.
    pub collection: Option<String>,
    /// Profiles beside those that are built in and those that the archive keeps. What reads an original is kept.
    pub profiles: Vec<Profile>,
}

/// A file, or a part of one, that a telegram came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as it was given; in a container, with the way in it behind: to be shown, not opened.
    pub path: PathBuf,
    /// Where it stands in this archive's books, if `path`, `span` and `hash` are those that an export of another archive
    /// gave with it.
    pub through: Option<PathBuf>,
    /// Which of [`Archive::parts`] it is.
    pub part: usize,
    /// The bytes of that file, or of the document in it.
    pub span: Span,
    /// BLAKE3 of that file, or document, in hexadecimal.
    pub hash: String,
    /// Where these bytes, or those that they repeat, stand in [`Telegram::bytes`].
    pub at: Span,
    /// Whether it came again so, alike from the date-time group on, by another way.
    pub retransmission: bool,
}

/// An archive opened for reading.
///
/// Can be shared by threads: each call takes a connection of its own.
#[derive(Debug)]
pub struct Archive {
    dir: PathBuf,
    name: String,
    connections: Mutex<Vec<Connection>>,
    blocks: store::Blocks,
    collections: Mutex<Option<(u64, Arc<Collections>)>>,
    searching: Mutex<Option<search::Open>>,
    model: Mutex<Option<Arc<reftel_meaning::Model>>>,
    counted: Mutex<Option<(i64, Holdings)>>,
}

/// What to find, and how to show it.
#[derive(Clone, Debug)]
pub struct Search {
    /// The query.
    pub query: Query,
    /// In what order.
    pub sort: Sort,
    /// How many to skip.
    pub offset: usize,
    /// How many to return at most.
    pub limit: usize,
    /// Whether to count facets.
    pub facets: bool,
    /// Whether to cut snippets.
    pub snippets: bool,
}

/// The order of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Best match first (BM25).
    #[default]
    Relevance,
    /// Oldest first.
    Oldest,
    /// Newest first.
    Newest,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// How many telegrams match in all. Exact.
    pub total: usize,
    /// The asked-for slice of them.
    pub hits: Vec<Hit>,
    /// Counts over all that match, if asked for. Exact.
    pub facets: Facets,
    /// Telegrams that are kept but not yet in the index.
    pub unindexed: usize,
    /// Where the query asks for telegrams that aren't here (`is:phantom`): those. Then nothing else is found.
    pub missing: Option<Missing>,
}

/// Telegrams that are cited and aren't here.
#[derive(Clone, Debug, Default)]
pub struct Missing {
    /// How many in all. Exact.
    pub total: usize,
    /// The asked-for slice of them: the most cited first, or by the year and serial of their numbers.
    pub numbers: Vec<Absent>,
}

/// A number that is cited and not held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// The number: `09STATE54767`.
    pub mrn: String,
    /// The post that sent it, as in its number; `None` where that isn't one of a post's series.
    pub post: Option<String>,
    /// The year in its number, in full.
    pub year: Option<i16>,
    /// Its serial.
    pub serial: Option<u32>,
    /// How many telegrams here cite it.
    pub cited_by: usize,
}

/// One result.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Which.
    pub id: Id,
    /// Its card.
    pub card: Card,
    /// A piece of its text around the best match, one line, and the bytes of the piece that match.
    pub snippet: Option<Snippet>,
    /// Pieces of other paragraphs that match, in the order of the text; at most two.
    pub more: Vec<Snippet>,
    /// How it was found by meaning, and how it stands where two lists were merged.
    pub near: Option<Nearness>,
}

/// Why a telegram is a result of a search by meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Nearness {
    /// Its place in the list that words gave, from 1; where two lists were merged.
    pub by_words: Option<usize>,
    /// Its place in the list that meaning gave, from 1; where two lists were merged.
    pub by_meaning: Option<usize>,
    /// How near its nearest paragraph is: the cosine of the angle, at most 1. None: too far to be found by it.
    pub similarity: Option<f32>,
    /// Which paragraph that is, from 1, in the order of the text; 0 is the subject.
    pub paragraph: u32,
}

/// A piece of text with the words that matched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The piece, in one line.
    pub text: String,
    /// The matching ranges within `text`.
    pub marks: Vec<Span>,
    /// The number of its paragraph, if it is of one that has a number.
    pub paragraph: Option<u32>,
    /// The paragraph's portion mark, without parentheses: `C`.
    pub portion: Option<String>,
    /// The name of the paragraph on a page (see [`anchors`]); `None` where it isn't of a paragraph.
    pub anchor: Option<String>,
}

/// How many of the matches have each value, most first (years: ascending).
#[derive(Clone, Debug, Default)]
pub struct Facets {
    /// By year sent.
    pub years: Vec<(i16, u64)>,
    /// By originating post.
    pub posts: Vec<(String, u64)>,
    /// By classification.
    pub classifications: Vec<(String, u64)>,
    /// By TAG.
    pub tags: Vec<(String, u64)>,
}

impl From<Hit> for Entry {
    fn from(hit: Hit) -> Entry {
        Entry { id: hit.id, card: hit.card }
    }
}

/// The web around one telegram.
#[derive(Clone, Debug, Default)]
pub struct Web {
    /// What it cites, in order, each with the telegrams of that number held here (none: missing).
    pub cites: Vec<(String, Vec<Entry>)>,
    /// Who cites it, oldest first.
    pub cited_by: Vec<Entry>,
    /// Other telegrams held here that carry the same number.
    pub same_number: Vec<Entry>,
    /// Its numbers in edited volumes: `frus1941v06/d73`.
    pub documents: Vec<String>,
    /// The documents of volumes that the editors' notes on it name, each with the telegrams held here that are it.
    pub named: Vec<(String, Vec<Entry>)>,
    /// Those held here whose editors' notes name it, oldest first.
    pub named_by: Vec<Entry>,
}

/// What the archive holds.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    /// Telegrams.
    pub telegrams: u64,
    /// By year, ascending; those without a year are not in it.
    pub years: Vec<(i16, u64)>,
    /// By post, most first.
    pub posts: Vec<(String, u64)>,
    /// By classification, most first.
    pub classifications: Vec<(String, u64)>,
    /// By year and post: `(year, post, count)`.
    pub years_posts: Vec<(i16, String, u64)>,
    /// Numbers cited but not held, most cited first, at most 20: `(mrn, how often)`.
    pub most_missing: Vec<(String, u64)>,
    /// How many different numbers are cited, and how many of them are held.
    pub cited: u64,
    /// See `cited`.
    pub cited_held: u64,
}

/// The books: `seen` = `kept` + `duplicates` + `not_telegrams` + `failed`, always. A document in a container, a table, a
/// volume or a mailbox counts as a file, and what it is in doesn't.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// Files seen.
    pub seen: u64,
    /// Files that gave at least one telegram, or a section of one, that was not there before.
    pub kept: u64,
    /// Files all of whose telegrams were there already.
    pub duplicates: u64,
    /// Files without a telegram.
    pub not_telegrams: u64,
    /// Files that could not be read.
    pub failed: u64,
    /// Telegrams in the archive (one file can hold several, several files one).
    pub telegrams: u64,
    /// Original texts in the store, and their bytes before compression.
    pub texts: u64,
    /// See `texts`.
    pub text_bytes: u64,
    /// Bytes on disk: store and index.
    pub disk_bytes: u64,
    /// The same by collection, if any has a name: first those without one, then by name.
    pub collections: Vec<Balance>,
}

/// What became of the files of a collection; see [`Books`]. They add up to `seen` as the books do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// What the user calls it; `None` for all that has no name.
    pub collection: Option<String>,
    /// Files seen.
    pub seen: u64,
    /// See [`Books::kept`].
    pub kept: u64,
    /// See [`Books::duplicates`].
    pub duplicates: u64,
    /// See [`Books::not_telegrams`].
    pub not_telegrams: u64,
    /// See [`Books::failed`].
    pub failed: u64,
}

/// What to read again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retry {
    /// Files that couldn't be read.
    pub failed: bool,
    /// What an older version of its reader read.
    pub outdated: bool,
    /// Only in this collection.
    pub collection: Option<String>,
}

/// What reading again did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retried {
    /// Files that had failed, and what became of them. A container is gone through again, and what was kept of it is
    /// known.
    pub imported: Imported,
    /// Originals that an older reader had read.
    pub outdated: u64,
    /// Telegrams that are read differently now.
    pub changed: u64,
    /// Whether it was stopped early.
    pub stopped: bool,
}

/// A file that gave no telegram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The file.
    pub path: PathBuf,
    /// `duplicate`, `not a telegram`, `failed`.
    pub state: &'static str,
    /// Why: for a duplicate, of what.
    pub reason: String,
}

impl Archive {
    /// Opens the archive in `dir` for reading. [`ErrorKind::NotFound`] if there is none.
    ///
    /// Nothing need be writable.
    pub fn open(dir: &Path) -> Result<Archive> {
        let (connection, kept) = store::open_to_read(dir)?;
        Ok(Archive {
            dir: dir.to_owned(),
            name: store::name(&connection)?,
            connections: Mutex::new(if kept { vec![connection] } else { Vec::new() }),
            blocks: store::Blocks::default(),
            collections: Mutex::new(None),
            searching: Mutex::new(None),
            model: Mutex::new(None),
            counted: Mutex::new(None),
        })
    }

    /// Reads from the database, all in one view of it, however much is written meanwhile.
    fn reading<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let held = self.connections.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let (mut connection, kept) = match held {
            Some(connection) => (connection, true),
            None => store::open_to_read(&self.dir)?,
        };
        let transaction = connection.transaction()?;
        let value = read(&transaction)?;
        drop(transaction);
        if kept {
            self.connections.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
        Ok(value)
    }

    /// The profiles by which originals are read. None is ever changed or removed.
    pub(crate) fn collections(&self, connection: &Connection) -> Result<Arc<Collections>> {
        let count = store::count(connection, "SELECT count(*) FROM profile")?;
        let mut held = self.collections.lock().unwrap_or_else(PoisonError::into_inner);
        match &*held {
            Some((at, collections)) if *at == count => Ok(Arc::clone(collections)),
            _ => {
                let collections = Arc::new(store::collections(connection)?);
                *held = Some((count, Arc::clone(&collections)));
                Ok(collections)
            }
        }
    }

    /// The telegram with this number in the archive.
    pub fn telegram(&self, id: Id) -> Result<Telegram> {
        self.reading(|connection| {
            let card = store::card(connection, id)?.card;
            let collections = self.collections(connection)?;
            let told = kept::of(connection, &self.blocks, id)?.read(&collections)?;
            let sources = books::sources(connection, id, &told.places)?;
            let mut collected = told.item.map(|item| collected(item, &told.record, &collections));
            if let Some(collected) = &mut collected {
                let corrections = told.corrected.iter().map(|corrected| corrected.correction.clone());
                corrections::apply(&mut collected.reading.record, corrections.collect());
            }
            let (bytes, record, corrected) = (told.text, told.record, told.corrected);
            Ok(Telegram { id, card, bytes, record, sources, collected, corrected })
        })
    }

    /// The bytes that a telegram is made of, in order of sections, each followed by its retransmissions, and what reads
    /// them: of telegrams as they are its own, of another reader's the whole document.
    pub fn parts(&self, id: Id) -> Result<Vec<(Reader, Vec<u8>)>> {
        self.reading(|connection| {
            let parts = store::parts(connection, id)?;
            parts.into_iter().map(|part| self.blocks.part(connection, part)).collect()
        })
    }

    /// Telegrams with this canonical message reference number; more than one if copies differ.
    pub fn by_mrn(&self, mrn: &str) -> Result<Vec<Entry>> {
        self.reading(|connection| store::cards(connection, "WHERE mrn = ? ORDER BY id", [mrn]))
    }

    /// Runs a query.
    pub fn search(&self, search: &Search) -> Result<Found> {
        search::run(self, search)
    }

    /// Runs a query, and tells what stands behind a telegram in the order that is asked for; the offset counts from
    /// there. It takes no longer far down than at the top.
    ///
    /// By date it is exact whatever comes in meanwhile: nothing is told twice and nothing left out. By relevance that
    /// holds too, unless new telegrams change the weights of words so that others change places.
    /// [`ErrorKind::NotFound`] where the telegram isn't here, and, by relevance, where the query doesn't find it.
    pub fn search_after(&self, search: &Search, after: Id) -> Result<Found> {
        search::run_after(self, search, after)
    }

    /// Runs a query by its words and by their meaning, and merges the two lists: what stands high in one of them, or
    /// well in both, comes first (reciprocal rank fusion). The fields of the query narrow both. At most the 1,000
    /// best of each list are merged, so at most 2,000 are found, and facets are counted over these. The order is its
    /// own, whatever is asked for. [`ErrorKind::Query`] where there is no model, or no word to look for.
    pub fn search_hybrid(&self, search: &Search) -> Result<Found> {
        search::run_hybrid(self, search)
    }

    /// How many of the telegrams that a query finds were sent in each year, month or day. Exact.
    pub fn histogram(&self, query: &Query, period: Period) -> Result<Histogram> {
        search::histogram(self, query, period)
    }

    /// The numbers of all telegrams that a query finds, oldest first, those without a date at the end; and how
    /// many are kept but not in the index yet.
    ///
    /// For who goes through all of them: it takes 24 bytes of memory for each.
    pub fn matching(&self, query: &Query) -> Result<(Vec<Id>, usize)> {
        search::matching(self, query)
    }

    /// The copies of a telegram, why they are that, and what is kept apart from them.
    pub fn copies(&self, id: Id) -> Result<Gathered> {
        self.reading(|connection| copies::of(connection, id))
    }

    /// The other copies of each of these telegrams.
    pub fn other_copies(&self, ids: &[Id]) -> Result<Vec<Vec<Entry>>> {
        self.reading(|connection| copies::others(connection, ids))
    }

    /// What it cites and who cites it.
    pub fn web(&self, id: Id) -> Result<Web> {
        self.reading(|connection| books::web(connection, id))
    }

    /// How many telegrams a query finds.
    pub fn count(&self, query: Query) -> Result<usize> {
        let (sort, offset, limit) = (Sort::Newest, 0, 0);
        Ok(self.search(&Search { query, sort, offset, limit, facets: false, snippets: false })?.total)
    }

    /// The telegrams that are this document of an edited volume: `frus1941v06/d73`.
    pub fn of_volume(&self, number: &str) -> Result<Vec<Entry>> {
        self.reading(|connection| books::of_volume(connection, number, true))
    }

    /// Who cites a number that may not be held, oldest first.
    pub fn citing(&self, mrn: &str) -> Result<Vec<Entry>> {
        self.reading(|connection| books::citing(connection, mrn))
    }

    /// The telegram before and the one after it in the same post's series, by year and serial.
    pub fn neighbours(&self, id: Id) -> Result<(Option<Entry>, Option<Entry>)> {
        self.reading(|connection| books::neighbours(connection, id))
    }

    /// Which of these numbers are held here.
    pub fn held(&self, mrns: &[&str]) -> Result<Vec<bool>> {
        self.reading(|connection| books::held(connection, mrns))
    }

    /// A number that is higher after anything was written: telegrams, the books, the index.
    ///
    /// It costs a few microseconds. What was asked before it changed holds as long as it doesn't; ask for it
    /// first.
    pub fn generation(&self) -> Result<u64> {
        self.reading(|connection| Ok(store::meta(connection, "commits")?.cast_unsigned()))
    }

    /// What is in it.
    ///
    /// Counted once, and again after a change: a home page can ask for it at each visit.
    pub fn holdings(&self) -> Result<Holdings> {
        self.reading(|connection| {
            let change = store::meta(connection, "change")?;
            let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
            match &*counted {
                Some((at, holdings)) if *at == change => Ok(holdings.clone()),
                _ => Ok(counted.insert((change, books::holdings(connection)?)).1.clone()),
            }
        })
    }

    /// The books.
    pub fn books(&self) -> Result<Books> {
        self.reading(|connection| books::books(connection, &self.dir))
    }

    /// Files that gave no telegram, in order of path.
    pub fn rejected(&self) -> Result<Vec<Rejected>> {
        self.reading(books::rejected)
    }

    /// Every card, in order of id.
    pub fn for_each_card(&self, each: &mut dyn FnMut(Entry)) -> Result<()> {
        self.reading(|connection| books::for_each_card(connection, each))
    }

    /// Checks everything: the database, the originals, the telegrams and their cards, the books, the index.
    ///
    /// It goes on after what it finds. `progress` is told how many originals and telegrams are done, of how
    /// many.
    pub fn verify(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<Verified> {
        // Before the database, so that the index is never ahead of it.
        let index = guard::asking(&self.dir, || self.searcher());
        self.reading(|connection| Ok(verify::run(&self.dir, connection, index, progress)))
    }
}

/// A document of a collection with places in its own bytes.
fn collected(item: kept::Item, record: &Record, collections: &Collections) -> Collected {
    let kept::Item { reader, bytes, span, mut beside } = item;
    let notes = std::mem::take(&mut beside.notes);
    let read = reftel_sources::read(&bytes, &reader, collections, &Context::default());
    let mut list = read.unwrap_or_default();
    let reading = match kept::sought(list.iter().map(|reading| (reading.span, reading)), span) {
        Some(at) => list.swap_remove(at),
        None => reftel_sources::Reading { record: record.clone(), ..beside },
    };
    Collected { bytes, reader, reading, notes }
}

/// What says what time it is.
pub type Clock = dyn Fn() -> jiff::Timestamp + Send + Sync;

/// The archive opened for writing. Only one at a time, in all processes.
pub struct Writer {
    dir: PathBuf,
    name: String,
    connection: Connection,
    blocks: store::Blocks,
    collections: Collections,
    /// What reads PDFs.
    pdf: Option<Arc<PdfText>>,
    /// What prints records.
    record: Option<Arc<RecordText>>,
    /// What says which way a text points, if there is a model here.
    model: Option<Arc<reftel_meaning::Model>>,
    /// What says when something comes in.
    clock: Option<Arc<Clock>>,
    index: tantivy::Index,
    fields: index::Fields,
    /// The number of the last change to a telegram.
    change: i64,
    /// The last change that the index has.
    covered: i64,
    /// The last change that is no longer noted for the index.
    trimmed: i64,
    /// Telegrams whose originals could not be read when the index was last made.
    unreadable: Vec<(Id, Error)>,
    /// Held as long as this lives, in whichever process.
    _lock: File,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("dir", &self.dir).field("change", &self.change).finish_non_exhaustive()
    }
}

/// How an import goes on; told after each commit and at least twice a second.
///
/// Files and bytes are those of this import; telegrams are all that the archive has.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// Files done, of `files_total`.
    pub files: u64,
    /// Files found.
    pub files_total: u64,
    /// Bytes done.
    pub bytes: u64,
    /// Bytes found.
    pub bytes_total: u64,
    /// Telegrams acknowledged: committed to disk and safe.
    pub acknowledged: u64,
    /// Telegrams that can be searched.
    pub searchable: u64,
    /// Since the start.
    pub elapsed: Duration,
}

/// What one import did. `seen` = `kept` + `duplicates` + `not_telegrams` + `failed` + `known`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Files looked at.
    pub seen: u64,
    /// Files already in the books with the same size and time, so not opened.
    pub known: u64,
    /// See [`Books::kept`].
    pub kept: u64,
    /// See [`Books::duplicates`].
    pub duplicates: u64,
    /// See [`Books::not_telegrams`].
    pub not_telegrams: u64,
    /// See [`Books::failed`].
    pub failed: u64,
    /// Telegrams new in the archive.
    pub telegrams: u64,
    /// Whether `stop` ended it early.
    pub stopped: bool,
}

impl Writer {
    /// Opens the archive in `dir`, made anew if there is none. [`ErrorKind::Busy`] if another process
    /// writes. Brings the index up to what the store holds.
    pub fn open(dir: &Path) -> Result<Writer> {
        Writer::open_telling(dir, &mut |_| ())
    }

    /// The same, and tells how it goes where the index must be made anew: files are telegrams then.
    pub fn open_telling(dir: &Path, progress: &mut dyn FnMut(&Progress)) -> Result<Writer> {
        std::fs::create_dir_all(dir).map_err(|e| Error::file("make the directory", dir, e))?;
        let lock = lock(dir)?;
        let connection = store::open_to_write(dir)?;
        let (index, fields) = match index::open_sound(dir) {
            Ok(opened) => opened,
            Err(_) => index::create(dir)?,
        };
        let mut writer = Writer {
            dir: dir.to_owned(),
            name: store::name(&connection)?,
            change: store::meta(&connection, "change")?,
            covered: -1,
            trimmed: store::meta(&connection, "trimmed")?,
            unreadable: Vec::new(),
            collections: store::collections(&connection)?,
            pdf: None,
            record: None,
            model: meaning::load(dir)?,
            clock: None,
            connection,
            blocks: store::Blocks::default(),
            index,
            fields,
            _lock: lock,
        };
        writer.catch_up(progress)?;
        Ok(writer)
    }

    /// Prints records that carry no text by this from now on, and keeps what is printed. Without it they are in the books
    /// as failed.
    pub fn print_records_by(&mut self, record: Arc<RecordText>) {
        self.record = Some(record);
    }

    /// Notes in the books when something came in, by this clock, from now on. Without it they don't say.
    pub fn tell_time_by(&mut self, clock: Arc<Clock>) {
        self.clock = Some(clock);
    }

    /// Reads PDFs by this from now on. Without it they are in the books as failed. Their text is what is kept.
    pub fn read_pdf_by(&mut self, pdf: Arc<PdfText>) {
        self.pdf = Some(pdf);
    }

    /// Reads every file under `paths` that the books don't have yet.
    ///
    /// `progress` is told how it goes; when it returns `false`, the import ends at the next commit with all
    /// that was acknowledged kept.
    pub fn import(
        &mut self,
        paths: &[PathBuf],
        progress: &mut dyn FnMut(&Progress) -> bool,
    ) -> Result<Imported> {
        self.import_paths(paths, &Shelf::default(), progress)
    }

    /// The same, with a name for the collection and with profiles. [`ErrorKind::Input`] where the archive, or the
    /// program, has another profile of the same name.
    pub fn import_as(
        &mut self,
        paths: &[PathBuf],
        label: &Shelf,
        progress: &mut dyn FnMut(&Progress) -> bool,
    ) -> Result<Imported> {
        self.import_paths(paths, label, progress)
    }

    /// The same from memory: named texts, such as the sample that the program carries.
    pub fn import_texts(
        &mut self,
        texts: &[(&str, &[u8])],
        progress: &mut dyn FnMut(&Progress) -> bool,
    ) -> Result<Imported> {
        self.import_named(texts, progress)
    }

    /// Reads again what failed, from its files, and what an older reader read, from the originals. Of these, only
    /// cards that come out differently are written. [`ErrorKind::NotFound`] if there is no such collection.
    pub fn retry(&mut self, retry: &Retry, progress: &mut dyn FnMut(&Progress) -> bool) -> Result<Retried> {
        self.retry_all(retry, progress)
    }

    /// Makes cards, references and index anew from the original bytes.
    ///
    /// Stopped early, it leaves the index to be made when the archive is next opened for writing.
    pub fn reindex(&mut self, progress: &mut dyn FnMut(&Progress) -> bool) -> Result<()> {
        self.reindex_all(progress)
    }
}

/// Takes the one writer's place.
fn lock(dir: &Path) -> Result<File> {
    let path = dir.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|e| Error::file("open", &path, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let message = format!("another program is writing to the archive in `{}`", dir.display());
            Err(Error::new(ErrorKind::Busy, message))
        }
        Err(TryLockError::Error(error)) => Err(Error::file("lock", &path, error)),
    }
}
