//! What the archive says about itself: books, holdings, references, and whether it is sound.

use std::path::Path;

use reftel_telegram::Span;
use rusqlite::{Connection, params};

use crate::import::{first_path, state};
use crate::store::{self, CARD, Part};
use crate::{Balance, Books, Entry, Holdings, Id, Rejected, Result, Source, Web};

/// How many missing numbers are named.
const MISSING_MAX: usize = 20;

/// Where a telegram's parts came from.
pub(crate) fn sources(connection: &Connection, id: Id, places: &[(Part, Span)]) -> Result<Vec<Source>> {
    let mut statement = connection.prepare_cached(
        "SELECT folder.path, file.name, lower(hex(original.hash)), file.inner, \
         origin.path, origin.hash, origin.start FROM file \
         JOIN folder ON folder.id = file.folder JOIN original ON original.id = file.original \
         LEFT JOIN origin ON origin.file = file.id WHERE file.original = ? ORDER BY file.id",
    )?;
    let mut sources = Vec::new();
    for (number, part) in store::parts(connection, id)?.into_iter().enumerate() {
        let Some((_, at)) = places.iter().find(|(first, _)| first.section == part.section) else { continue };
        let files = statement.query_map([part.original], |row| {
            let path =
                store::file_path(row.get(0)?, row.get(1)?, row.get::<_, Option<String>>(3)?.as_deref());
            let mut source = Source {
                path,
                through: None,
                part: number,
                span: part.span,
                hash: row.get(2)?,
                at: *at,
                retransmission: part.copy != 0,
            };
            if let Some(before) = row.get::<_, Option<String>>(4)? {
                let start = store::size(row.get(6)?);
                source.through = Some(std::mem::replace(&mut source.path, before.into()));
                source.hash = row.get(5)?;
                source.span =
                    Span::new(start.saturating_add(part.span.start), start.saturating_add(part.span.end));
            }
            Ok(source)
        })?;
        for source in files {
            sources.push(source?);
        }
    }
    Ok(sources)
}

pub(crate) fn web(connection: &Connection, id: Id) -> Result<Web> {
    let card = store::card(connection, id)?.card;
    let mut web = Web::default();
    for mrn in card.cites {
        let held = store::cards(connection, "WHERE mrn = ? ORDER BY id", [&mrn])?;
        web.cites.push((mrn, held));
    }
    volumes(connection, id, &mut web)?;
    if let Some(mrn) = &card.mrn {
        web.cited_by = citing(connection, mrn)?;
        web.same_number =
            store::cards(connection, "WHERE mrn = ? AND id <> ? ORDER BY id", params![mrn, id.0])?;
    }
    Ok(web)
}

/// The telegrams that are a document of an edited volume, or whose notes name it, oldest first.
pub(crate) fn of_volume(connection: &Connection, number: &str, own: bool) -> Result<Vec<Entry>> {
    let rest = "WHERE id IN (SELECT telegram FROM volume WHERE number = ? AND own = ?) \
                ORDER BY year IS NULL, year, dtg IS NULL, dtg, id";
    store::cards(connection, rest, params![number, own])
}

/// The documents of edited volumes around a telegram.
fn volumes(connection: &Connection, id: Id, web: &mut Web) -> Result<()> {
    let mut statement = connection.prepare_cached(
        "SELECT number, own FROM volume WHERE telegram = ? ORDER BY length(number), number",
    )?;
    let numbers = statement.query_map([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let of = |number: &str, own| {
        of_volume(connection, number, own).map(|mut entries| {
            entries.retain(|entry| entry.id != id);
            entries
        })
    };
    for row in numbers {
        let (number, own): (String, bool) = row?;
        if own {
            web.named_by.extend(of(&number, false)?);
            web.documents.push(number);
        } else {
            let held = of(&number, true)?;
            web.named.push((number, held));
        }
    }
    Ok(())
}

pub(crate) fn citing(connection: &Connection, mrn: &str) -> Result<Vec<Entry>> {
    let rest = "WHERE id IN (SELECT telegram FROM cite WHERE mrn = ?) \
                ORDER BY year IS NULL, year, dtg IS NULL, dtg, id";
    store::cards(connection, rest, [mrn])
}

pub(crate) fn neighbours(connection: &Connection, id: Id) -> Result<(Option<Entry>, Option<Entry>)> {
    let card = store::card(connection, id)?.card;
    let (Some(post), Some(year), Some(serial)) = (card.post, card.year, card.serial) else {
        return Ok((None, None));
    };
    let beside = |rest| -> Result<Option<Entry>> {
        Ok(store::cards(connection, rest, params![post, year, serial])?.pop())
    };
    let before = "WHERE serial IS NOT NULL AND post = ? AND (year, serial) < (?, ?) \
                  ORDER BY year DESC, serial DESC, id LIMIT 1";
    let after = "WHERE serial IS NOT NULL AND post = ? AND (year, serial) > (?, ?) \
                 ORDER BY year, serial, id LIMIT 1";
    Ok((beside(before)?, beside(after)?))
}

pub(crate) fn held(connection: &Connection, mrns: &[&str]) -> Result<Vec<bool>> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM telegram WHERE mrn = ?")?;
    let held = mrns.iter().map(|mrn| statement.exists([mrn]));
    Ok(held.collect::<rusqlite::Result<_>>()?)
}

/// Numbers that are cited and not held, the most cited first, each with how many cite it.
pub(crate) fn missing(connection: &Connection, offset: usize, limit: usize) -> Result<Vec<(String, u64)>> {
    let mut statement = connection.prepare_cached(
        "SELECT mrn, count(*) FROM cite WHERE NOT EXISTS \
         (SELECT 1 FROM telegram WHERE telegram.mrn = cite.mrn) \
         GROUP BY mrn ORDER BY count(*) DESC, mrn LIMIT ? OFFSET ?",
    )?;
    let slice = [store::integer(limit), store::integer(offset)];
    let rows = statement.query_map(slice, |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn holdings(connection: &Connection) -> Result<Holdings> {
    fn rows<T>(
        connection: &Connection,
        sql: &str,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = connection.prepare_cached(sql)?;
        Ok(statement.query_map([], read)?.collect::<rusqlite::Result<_>>()?)
    }
    let number =
        |row: &rusqlite::Row<'_>, at| Ok::<_, rusqlite::Error>(row.get::<_, i64>(at)?.cast_unsigned());
    let years_posts = rows(
        connection,
        "SELECT year, post, count(*) FROM telegram WHERE year IS NOT NULL AND post IS NOT NULL \
         GROUP BY year, post ORDER BY year, post",
        |row| Ok((row.get(0)?, row.get(1)?, number(row, 2)?)),
    )?;
    let classifications = rows(
        connection,
        "SELECT classification, count(*) FROM telegram WHERE classification IS NOT NULL \
         GROUP BY classification ORDER BY count(*) DESC, classification",
        |row| Ok((store::classification(row.get(0)?).unwrap_or_default().to_owned(), number(row, 1)?)),
    )?;
    Ok(Holdings {
        telegrams: store::count(connection, "SELECT count(*) FROM telegram")?,
        years: rows(
            connection,
            "SELECT year, count(*) FROM telegram WHERE year IS NOT NULL GROUP BY year ORDER BY year",
            |row| Ok((row.get(0)?, number(row, 1)?)),
        )?,
        posts: rows(
            connection,
            "SELECT post, count(*) FROM telegram WHERE post IS NOT NULL \
             GROUP BY post ORDER BY count(*) DESC, post",
            |row| Ok((row.get(0)?, number(row, 1)?)),
        )?,
        classifications,
        years_posts,
        most_missing: missing(connection, 0, MISSING_MAX)?,
        cited: store::count(connection, "SELECT count(DISTINCT mrn) FROM cite")?,
        cited_held: store::count(
            connection,
            "SELECT count(*) FROM (SELECT DISTINCT mrn FROM cite) AS cited WHERE EXISTS \
             (SELECT 1 FROM telegram WHERE telegram.mrn = cited.mrn)",
        )?,
    })
}

pub(crate) fn books(connection: &Connection, dir: &Path) -> Result<Books> {
    let mut books = Books {
        telegrams: store::count(connection, "SELECT count(*) FROM telegram")?,
        texts: store::count(connection, "SELECT count(*) FROM original")?,
        text_bytes: store::count(connection, "SELECT coalesce(sum(len), 0) FROM original")?,
        disk_bytes: disk_bytes(dir),
        ..Books::default()
    };
    let mut statement = connection.prepare_cached(
        "SELECT file.state, collection.name, count(*) FROM file \
         LEFT JOIN collection ON collection.id = file.collection GROUP BY collection.name, file.state \
         ORDER BY collection.name",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (state, name, files) = (row.get(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, i64>(2)?);
        let files = files.cast_unsigned();
        if books.collections.last().is_none_or(|balance| balance.collection != name) {
            books.collections.push(Balance { collection: name, ..Balance::default() });
        }
        if let Some(last) = books.collections.last_mut() {
            count(last, state, files);
        }
    }
    for balance in &books.collections {
        books.seen += balance.seen;
        books.kept += balance.kept;
        books.duplicates += balance.duplicates;
        books.not_telegrams += balance.not_telegrams;
        books.failed += balance.failed;
    }
    // Where nothing has a name there is nothing to tell apart.
    if books.collections.iter().all(|balance| balance.collection.is_none()) {
        books.collections.clear();
    }
    Ok(books)
}

/// Counts files of a state.
fn count(balance: &mut Balance, state: i64, files: u64) {
    let entry = match state {
        state::KEPT => &mut balance.kept,
        state::DUPLICATE | state::DUPLICATE_TEXT | state::RETRANSMISSION => &mut balance.duplicates,
        state::NOT_TELEGRAM => &mut balance.not_telegrams,
        state::FAILED => &mut balance.failed,
        _ => return,
    };
    *entry += files;
    balance.seen += files;
}

/// The bytes of the database and of the index.
fn disk_bytes(dir: &Path) -> u64 {
    walkdir::WalkDir::new(dir)
        .into_iter()
        .filter_map(|entry| entry.ok()?.metadata().ok())
        .filter(std::fs::Metadata::is_file)
        .map(|metadata| metadata.len())
        .sum()
}

pub(crate) fn rejected(connection: &Connection) -> Result<Vec<Rejected>> {
    let mut statement = connection.prepare_cached(
        "SELECT folder.path, file.name, file.state, file.reason, file.original, file.inner FROM file \
         JOIN folder ON folder.id = file.folder WHERE file.state BETWEEN ? AND ? OR file.state = ?",
    )?;
    let mut rows = statement.query([state::DUPLICATE, state::FAILED, state::RETRANSMISSION])?;
    let mut rejected = Vec::new();
    while let Some(row) = rows.next()? {
        let inner: Option<String> = row.get(5)?;
        let path = store::file_path(row.get(0)?, row.get(1)?, inner.as_deref());
        let mut reason: Option<String> = row.get(3)?;
        if reason.is_none()
            && let Some(original) = row.get(4)?
        {
            let first = first_path(connection, original)?;
            reason = first.map(|first| format!("the same bytes as {}", first.display()));
        }
        let state = state::name(row.get(2)?);
        rejected.push(Rejected { path, state, reason: reason.unwrap_or_default() });
    }
    rejected.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(rejected)
}

/// Every card, in order of id.
pub(crate) fn for_each_card(connection: &Connection, each: &mut dyn FnMut(Entry)) -> Result<()> {
    let mut cards = connection.prepare_cached(&format!("SELECT {CARD} FROM telegram ORDER BY id"))?;
    let mut cards = cards.query([])?;
    while let Some(row) = cards.next()? {
        each(store::card_from(row)?);
    }
    Ok(())
}
