//! The database: what is kept for good.
//!
//! Everything that goes into `archive.sqlite` and comes out of it passes here: original bytes in
//! blocks, cards as rows, references. The functions take a connection, because the writer has one
//! and each reader has its own.

use std::borrow::Cow;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use reftel_sources::{Collections, InVolume, Profile, Reader};
use reftel_telegram::record::{Classification, Precedence, Sections};
use reftel_telegram::{Card, Context, Reading, Record, Span};
use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};

use crate::{Entry, Error, ErrorKind, Id, Result, read};

/// The layout of the tables. Any other is refused.
pub const VERSION: i64 = 10;

/// No block is larger than this: the largest file, behind what may be before it in its block should it have
/// grown. One that would be is damaged, and fails its hash.
const UNPACKED_BYTES_MAX: u64 = 2 * read::FILE_BYTES_MAX;

/// The tables.
pub(crate) const SCHEMA: &str = include_str!("schema.sql");

/// "Reft", so that `file` can tell an archive from other databases.
const APPLICATION: i64 = 0x5265_6674;

/// How many unpacked blocks a reader remembers: 4 MB.
const BLOCKS_HELD: usize = 16;

const CLASSIFICATIONS: [Classification; 5] = [
    Classification::Unclassified,
    Classification::Restricted,
    Classification::Confidential,
    Classification::Secret,
    Classification::TopSecret,
];

const PRECEDENCES: [Precedence; 5] = [
    Precedence::Routine,
    Precedence::Priority,
    Precedence::Immediate,
    Precedence::Flash,
    Precedence::FlashOverride,
];

/// The database of the archive in `dir`.
pub(crate) fn path(dir: &Path) -> PathBuf {
    dir.join("archive.sqlite")
}

/// A connection that writes; makes the tables where there are none.
pub(crate) fn open_to_write(dir: &Path) -> Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path(dir), flags)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(64);
    // No statement's plan depends on its values; else it is made anew for each of them.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    let fresh = version(&connection, dir)? == 0;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "cache_size", -65536)?;
    connection.pragma_update(None, "wal_autocheckpoint", 4096)?;
    if fresh {
        let transaction = connection.transaction()?;
        transaction.execute_batch(SCHEMA)?;
        transaction.execute(
            "INSERT INTO meta VALUES ('archive', lower(hex(randomblob(8)))), ('change', 0), ('trimmed', 0), \
             ('commits', 0)",
            [],
        )?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
        transaction.commit()?;
    }
    Ok(connection)
}

/// A connection that reads, and whether it may be kept for later.
///
/// A database with a write-ahead log wants files beside it, even to be read. Where they can't be made, on
/// a disk that can't be written, and nothing is in the log, the database is read as it stands; until the
/// next question, lest somebody who may write does.
pub(crate) fn open_to_read(dir: &Path) -> Result<(Connection, bool)> {
    let path = path(dir);
    let none = || Error::new(ErrorKind::NotFound, format!("there is no archive in `{}`", dir.display()));
    if !path.is_file() {
        return Err(none());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&path, flags)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    let (connection, kept, version) = match version(&connection, dir) {
        Ok(version) => (connection, true, version),
        Err(error) if !error.is_cannot_open() => return Err(error),
        Err(error) => {
            if path.with_extension("sqlite-wal").metadata().is_ok_and(|wal| wal.len() > 0) {
                let message = format!(
                    "the last changes to the archive in `{}` are in `archive.sqlite-wal`, which can't be read \
                     where nothing can be written; open it once where it can",
                    dir.display()
                );
                return Err(Error::because(ErrorKind::Storage, message, error));
            }
            let connection = Connection::open_with_flags(uri(&path), flags | OpenFlags::SQLITE_OPEN_URI)?;
            let version = version(&connection, dir)?;
            (connection, false, version)
        }
    };
    connection.set_prepared_statement_cache_capacity(64);
    if version == 0 { Err(none()) } else { Ok((connection, kept)) }
}

/// A path as an address that says that nothing changes there.
fn uri(path: &Path) -> String {
    use std::fmt::Write;
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri + "?immutable=1"
}

/// The version of the tables; 0 for an empty database. Refuses what this program can't read.
fn version(connection: &Connection, dir: &Path) -> Result<i64> {
    let refuse = |why: String| {
        let message = format!("can't use the archive in `{}`: {why}", dir.display());
        Err(Error::new(ErrorKind::Foreign, message))
    };
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application == 0 && version == 0 && tables == 0 {
        return Ok(0);
    }
    if application != APPLICATION {
        return refuse("`archive.sqlite` is another program's database".to_owned());
    }
    if version != VERSION {
        let (age, what) = if version > VERSION {
            ("a newer", "use that one")
        } else {
            ("an older", "import the files again, into a new archive")
        };
        return refuse(format!(
            "it has layout {version}, made by {age} program, and this one knows {VERSION}; {what}"
        ));
    }
    Ok(version)
}

/// A number in `meta`.
pub(crate) fn meta(connection: &Connection, name: &str) -> Result<i64> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE name = ?")?;
    Ok(statement.query_row([name], |row| row.get(0))?)
}

pub(crate) fn set_meta(connection: &Connection, name: &str, value: i64) -> Result<()> {
    connection.prepare_cached("UPDATE meta SET value = ? WHERE name = ?")?.execute(params![value, name])?;
    Ok(())
}

/// Notes that something was written.
pub(crate) fn count_commit(connection: &Connection) -> Result<()> {
    connection.prepare_cached("UPDATE meta SET value = value + 1 WHERE name = 'commits'")?.execute([])?;
    Ok(())
}

/// The archive's own name.
pub(crate) fn name(connection: &Connection) -> Result<String> {
    Ok(connection.query_row("SELECT value FROM meta WHERE name = 'archive'", [], |row| row.get(0))?)
}

/// The profiles that originals are read by: those that are built in, and those that the archive keeps.
pub(crate) fn collections(connection: &Connection) -> Result<Collections> {
    let mut collections = Collections::built_in();
    let mut statement = connection.prepare_cached("SELECT name, toml FROM profile ORDER BY name")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (name, toml): (String, String) = (row.get(0)?, row.get(1)?);
        // One that this program can't read is missed where it is needed.
        if let Some(profile) = Profile::parse(&toml).ok().filter(|profile| profile.name == name) {
            collections.add(profile);
        }
    }
    Ok(collections)
}

/// The collections that a telegram's originals are of, as the user calls them.
pub(crate) fn collections_of(connection: &Connection, id: Id) -> Result<Vec<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT collection.name FROM part JOIN file ON file.original = part.original \
         JOIN collection ON collection.id = file.collection WHERE part.telegram = ?1 \
         UNION SELECT collection.name FROM brought JOIN collection ON collection.id = brought.collection \
         WHERE brought.telegram = ?1 ORDER BY 1",
    )?;
    let names = statement.query_map([id.0], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

/// A count, or a sum, that one statement gives.
pub(crate) fn count(connection: &Connection, sql: &str) -> Result<u64> {
    let count: i64 = connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// A number as the database has it. No file or count comes near the limit.
pub(crate) fn integer(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number from the database that can't be negative unless it is damaged.
pub(crate) fn size(number: i64) -> usize {
    usize::try_from(number).unwrap_or_default()
}

// ---- Paths ---------------------------------------------------------------------------------------

/// A path as the database has it: text, or a blob where it isn't UTF-8.
pub(crate) fn path_value(path: &Path) -> Value {
    if let Some(text) = path.to_str() {
        return Value::Text(text.to_owned());
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        Value::Blob(path.as_os_str().as_bytes().to_vec())
    }
    #[cfg(not(unix))]
    Value::Text(path.to_string_lossy().into_owned())
}

/// The path in a column.
pub(crate) fn path_from(value: Value) -> PathBuf {
    match value {
        Value::Text(text) => PathBuf::from(text),
        #[cfg(unix)]
        Value::Blob(bytes) => {
            use std::os::unix::ffi::OsStringExt;
            PathBuf::from(std::ffi::OsString::from_vec(bytes))
        }
        _ => PathBuf::new(),
    }
}

/// A file's path, from its folder's and its name, and where in it the document was. Only a file's own is a path to use.
pub(crate) fn file_path(folder: Value, name: Value, inner: Option<&str>) -> PathBuf {
    let path = path_from(folder).join(path_from(name));
    let Some(inner) = inner else { return path };
    let mut shown = path.into_os_string();
    shown.push(inner);
    shown.into()
}

// ---- Cards ---------------------------------------------------------------------------------------

/// The columns of a card, as [`card_from`] reads them.
pub(crate) const CARD: &str = "id, mrn, serial, year, dtg, post, classification, precedence, subject, \
                               action, info, captions, tags, signed, cites, present, total";

/// The card in a row that starts with the columns of [`CARD`].
pub(crate) fn card_from(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let list = |index: usize| -> rusqlite::Result<Vec<String>> {
        let text = row.get_ref(index)?.as_str_or_null()?.unwrap_or_default();
        Ok(text.lines().map(str::to_owned).collect())
    };
    let present = row.get_ref(15)?.as_str_or_null()?.unwrap_or_default();
    let card = Card {
        mrn: row.get(1)?,
        serial: row.get(2)?,
        year: row.get(3)?,
        dtg: row
            .get::<_, Option<i64>>(4)?
            .and_then(|seconds| Some(Offset::UTC.to_datetime(Timestamp::from_second(seconds).ok()?))),
        post: row.get(5)?,
        classification: row.get::<_, Option<i64>>(6)?.and_then(classification),
        precedence: row
            .get::<_, Option<i64>>(7)?
            .and_then(|number| PRECEDENCES.get(size(number)))
            .map(|precedence| precedence.name()),
        subject: row.get(8)?,
        to: list(9)?,
        info: list(10)?,
        captions: list(11)?,
        tags: list(12)?,
        signed: list(13)?,
        cites: list(14)?,
        sections: Sections {
            present: present.split(' ').filter_map(|number| number.parse().ok()).collect(),
            total: row.get(16)?,
        },
    };
    Ok(Entry { id: Id(row.get(0)?), card })
}

/// The word for a classification's number in the database.
pub(crate) fn classification(number: i64) -> Option<&'static str> {
    CLASSIFICATIONS.get(size(number)).map(|classification| classification.name())
}

/// Seconds since 1970 in UTC.
pub(crate) fn seconds(date: DateTime) -> Option<i64> {
    Some(Offset::UTC.to_timestamp(date).ok()?.as_second())
}

/// Changes something in one transaction, which readers are told of.
pub(crate) fn write<T>(
    connection: &mut Connection,
    change: impl FnOnce(&Connection) -> Result<T>,
) -> Result<T> {
    let transaction = connection.transaction()?;
    let changed = change(&transaction)?;
    count_commit(&transaction)?;
    transaction.commit()?;
    Ok(changed)
}

/// Writes a telegram's card, over what was there under this number.
pub(crate) fn put_card(connection: &Connection, id: Id, card: &Card) -> Result<()> {
    write_card(connection, "INSERT OR REPLACE INTO telegram VALUES", id, card)
}

/// Writes the card of a new telegram, which costs less.
pub(crate) fn add_card(connection: &Connection, id: Id, card: &Card) -> Result<()> {
    write_card(connection, "INSERT INTO telegram VALUES", id, card)
}

fn write_card(connection: &Connection, insert: &str, id: Id, card: &Card) -> Result<()> {
    let present: Vec<String> = card.sections.present.iter().map(u32::to_string).collect();
    connection
        .prepare_cached(&format!("{insert} (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"))?
        .execute(params![
            id.0,
            card.mrn,
            card.serial,
            card.year,
            card.dtg.and_then(seconds),
            card.post,
            CLASSIFICATIONS.iter().position(|c| Some(c.name()) == card.classification).map(integer),
            PRECEDENCES.iter().position(|p| Some(p.name()) == card.precedence).map(integer),
            card.subject,
            lines(&card.to),
            lines(&card.info),
            lines(&card.captions),
            lines(&card.tags),
            lines(&card.signed),
            lines(&card.cites),
            (!present.is_empty()).then(|| present.join(" ")),
            card.sections.total,
        ])?;
    Ok(())
}

/// Enters what a telegram cites.
pub(crate) fn put_cites(connection: &Connection, id: Id, cites: &[String]) -> Result<()> {
    let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO cite VALUES (?, ?)")?;
    for mrn in cites {
        insert.execute(params![mrn, id.0])?;
    }
    Ok(())
}

/// Enters a telegram's place in an edited volume, and the documents that the editors' notes name.
pub(crate) fn put_volume(connection: &Connection, id: Id, volume: &InVolume) -> Result<()> {
    if volume.is_empty() {
        return Ok(());
    }
    let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO volume VALUES (?, ?, ?)")?;
    let own = volume.own.iter().map(|number| (number, true));
    for (number, own) in own.chain(volume.named.iter().map(|number| (number, false))) {
        insert.execute(params![number, own, id.0])?;
    }
    Ok(())
}

/// Forgets a telegram's place in an edited volume; before it is entered anew.
pub(crate) fn forget_volume(connection: &Connection, id: Id) -> Result<()> {
    connection.prepare_cached("DELETE FROM volume WHERE telegram = ?")?.execute([id.0])?;
    Ok(())
}

/// Enters anew what all cards cite.
pub(crate) fn put_all_cites(connection: &Connection) -> Result<()> {
    connection.execute("DELETE FROM cite", [])?;
    let mut statement = connection.prepare("SELECT id, cites FROM telegram WHERE cites IS NOT NULL")?;
    let mut rows = statement.query([])?;
    let mut all: Vec<(String, i64)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, cites): (i64, String) = (row.get(0)?, row.get(1)?);
        all.extend(cites.lines().map(|mrn| (mrn.to_owned(), id)));
    }
    // In the table's own order, so that its pages are filled.
    all.sort_unstable();
    all.dedup();
    let mut insert = connection.prepare_cached("INSERT INTO cite VALUES (?, ?)")?;
    for cite in &all {
        insert.execute(params![cite.0, cite.1])?;
    }
    Ok(())
}

/// A list as the database has it: one value a line.
fn lines(values: &[String]) -> Option<Cow<'_, str>> {
    let one_line = |value: &String| !value.contains(['\n', '\r']);
    match values {
        [] => None,
        [value] if one_line(value) => Some(Cow::Borrowed(value)),
        _ if values.iter().all(one_line) => Some(Cow::Owned(values.join("\n"))),
        _ => {
            let values: Vec<_> = values.iter().map(|value| value.replace(['\n', '\r'], " ")).collect();
            Some(Cow::Owned(values.join("\n")))
        }
    }
}

/// Forgets what a telegram cites; before its card is written anew.
pub(crate) fn forget_cites(connection: &Connection, id: Id) -> Result<()> {
    let mut delete = connection.prepare_cached("DELETE FROM cite WHERE mrn = ? AND telegram = ?")?;
    for mrn in card(connection, id)?.card.cites {
        delete.execute(params![mrn, id.0])?;
    }
    Ok(())
}

/// The cards that `FROM telegram …` names.
pub(crate) fn cards(
    connection: &Connection,
    rest: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<Entry>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {CARD} FROM telegram {rest}"))?;
    let entries = statement.query_map(params, card_from)?.collect::<rusqlite::Result<_>>()?;
    Ok(entries)
}

/// One telegram's card.
pub(crate) fn card(connection: &Connection, id: Id) -> Result<Entry> {
    let mut entries = cards_of(connection, &[id])?;
    entries.pop().ok_or_else(|| no_telegram(id))
}

/// The cards of these telegrams, in this order.
pub(crate) fn cards_of(connection: &Connection, ids: &[Id]) -> Result<Vec<Entry>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {CARD} FROM telegram WHERE id = ?"))?;
    ids.iter()
        .map(|id| statement.query_row([id.0], card_from).optional()?.ok_or_else(|| no_telegram(*id)))
        .collect()
}

pub(crate) fn no_telegram(id: Id) -> Error {
    Error::new(ErrorKind::NotFound, format!("no telegram {} in this archive", id.0))
}

// ---- Originals -----------------------------------------------------------------------------------

/// Unpacked blocks, the last used last.
#[derive(Debug, Default)]
pub(crate) struct Blocks(Mutex<Vec<(i64, Arc<Vec<u8>>)>>);

impl Blocks {
    fn unpacked(&self, connection: &Connection, block: i64) -> Result<Arc<Vec<u8>>> {
        {
            let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(at) = held.iter().position(|(id, _)| *id == block) {
                let found = held.remove(at);
                let bytes = Arc::clone(&found.1);
                held.push(found);
                return Ok(bytes);
            }
        }
        let bytes = Arc::new(unpack(connection, block)?);
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= BLOCKS_HELD {
            held.remove(0);
        }
        held.push((block, Arc::clone(&bytes)));
        Ok(bytes)
    }

    /// An original's reader, and its bytes: those of the part, or all where the reader needs all.
    pub(crate) fn part(&self, connection: &Connection, part: Part) -> Result<(Reader, Vec<u8>)> {
        let mut statement = connection.prepare_cached("SELECT reader, len FROM original WHERE id = ?")?;
        let (name, len): (String, i64) =
            statement.query_row([part.original], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let reader = Reader::from_name(&name).ok_or_else(|| {
            let message = format!("original {} has the reader `{name}`, which isn't known", part.original);
            Error::new(ErrorKind::Damaged, message)
        })?;
        let span = if reader == Reader::Telegrams { part.span } else { Span::new(0, size(len)) };
        Ok((reader, self.bytes(connection, part.original, span)?))
    }

    /// Bytes `start..end` of an original.
    pub(crate) fn bytes(&self, connection: &Connection, original: i64, span: Span) -> Result<Vec<u8>> {
        let mut statement = connection.prepare_cached("SELECT block, offset FROM original WHERE id = ?")?;
        let (block, offset): (i64, i64) =
            statement.query_row([original], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let block = self.unpacked(connection, block)?;
        let start = size(offset).checked_add(span.start);
        let range = start.and_then(|start| Some(start..start.checked_add(span.len())?));
        range.and_then(|range| block.get(range)).map(<[u8]>::to_vec).ok_or_else(|| damaged(original))
    }
}

pub(crate) fn damaged(original: i64) -> Error {
    Error::new(ErrorKind::Damaged, format!("original {original} is damaged"))
}

/// A block's bytes, unpacked.
pub(crate) fn unpack(connection: &Connection, block: i64) -> Result<Vec<u8>> {
    let packed: Option<Vec<u8>> = connection
        .prepare_cached("SELECT bytes FROM block WHERE id = ?")?
        .query_row([block], |row| row.get(0))
        .optional()?;
    let message = || format!("block {block} of the originals is damaged");
    let packed = packed.ok_or_else(|| Error::new(ErrorKind::Damaged, message()))?;
    let mut bytes = Vec::new();
    zstd::Decoder::new(packed.as_slice())
        .and_then(|unpacking| unpacking.take(UNPACKED_BYTES_MAX).read_to_end(&mut bytes))
        .map_err(|e| Error::because(ErrorKind::Damaged, message(), e))?;
    Ok(bytes)
}

/// Bytes of an original that are one telegram, or sections of one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// The number of its first section there.
    pub(crate) section: i64,
    /// 0 for what the telegram is read from; else which retransmission of it this is.
    pub(crate) copy: i64,
    pub(crate) original: i64,
    pub(crate) span: Span,
}

/// The parts of a telegram, in the order of sections, each followed by its retransmissions.
pub(crate) fn parts(connection: &Connection, id: Id) -> Result<Vec<Part>> {
    let mut statement = connection.prepare_cached(
        "SELECT section, copy, original, start, end FROM part WHERE telegram = ? ORDER BY section, copy",
    )?;
    let parts = statement.query_map([id.0], |row| {
        let (start, end) = (size(row.get(3)?), size(row.get(4)?));
        let span = Span::new(start, end.max(start));
        Ok(Part { section: row.get(0)?, copy: row.get(1)?, original: row.get(2)?, span })
    })?;
    Ok(parts.collect::<rusqlite::Result<_>>()?)
}

/// Puts a section behind those before it, on a line of its own. Says where it starts.
pub(crate) fn append(text: &mut Vec<u8>, section: &[u8]) -> usize {
    if text.last().is_some_and(|byte| *byte != b'\n') {
        text.push(b'\n');
    }
    let start = text.len();
    text.extend_from_slice(section);
    start
}

/// What bytes that are one telegram say.
pub(crate) fn record(bytes: &[u8]) -> Record {
    let mut readings = reftel_telegram::read(bytes, &Context::default());
    let first = readings.iter().position(is_telegram).unwrap_or_default();
    if readings.is_empty() { Record::default() } else { readings.swap_remove(first).record }
}

/// Whether a reading is a telegram.
pub(crate) fn is_telegram(reading: &Reading) -> bool {
    reftel_telegram::is_telegram(&reading.record).is_ok()
}
