//! What a user keeps at hand: questions to ask again, and lists of words to watch for.
//!
//! Both are kept in the database and are of nobody's telegrams: no reindex touches them. Each remembers the last
//! telegram that was there when it was last looked at. Telegrams get ascending numbers, so what came since has a
//! higher one. A section that comes late makes no new telegram, and so isn't told as one.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use rayon::prelude::*;
use rusqlite::{Connection, OptionalExtension, params};
use tantivy::query::EnableScoring;
use tantivy::{DocId, DocSet, TERMINATED};

use crate::query::{Node, Text};
use crate::search::{Open, asking, compile};
use crate::words::words;
use crate::{Archive, Error, ErrorKind, Id, Query, Result, lock, store};

/// A question that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// What the user calls it.
    pub name: String,
    /// The query as it was typed.
    pub query: String,
    /// The last telegram that was there when it was last looked at.
    pub seen: Id,
}

/// A list of words and phrases to watch for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchList {
    /// What the user calls it.
    pub name: String,
    /// How many words and phrases it has.
    pub terms: usize,
    /// The last telegram that was there when it was last run.
    pub seen: Id,
}

/// What a word or phrase of a list was found in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// As it stands in the list.
    pub term: String,
    /// The telegrams that have it: when each was sent, in seconds since 1970, and which it is; oldest first, those
    /// without a date at the end.
    pub telegrams: Vec<(Option<i64>, Id)>,
}

impl Watched {
    /// When the first and the last of the telegrams were sent, of those that have a date.
    pub fn ends(&self) -> [Option<i64>; 2] {
        let mut dated = self.telegrams.iter().filter_map(|found| found.0);
        let first = dated.next();
        [first, dated.next_back().or(first)]
    }

    /// How many telegrams have any of these words and phrases.
    pub fn together(watched: &[Watched]) -> usize {
        let ids = watched.iter().flat_map(|one| one.telegrams.iter().map(|found| found.1));
        ids.collect::<BTreeSet<Id>>().len()
    }
}

/// The user's own part of the archive, opened to be changed.
#[derive(Debug)]
pub struct Desk {
    connection: Connection,
    /// Held as long as this lives.
    _lock: File,
}

impl Desk {
    /// Opens it. [`ErrorKind::Busy`] if another process writes, [`ErrorKind::NotFound`] if there is no archive.
    pub fn open(dir: &Path) -> Result<Desk> {
        // Nothing is made where there is nothing.
        store::open_to_read(dir)?;
        let lock = lock(dir)?;
        Ok(Desk { connection: store::open_to_write(dir)?, _lock: lock })
    }

    /// Keeps a query under a name, in place of what had the name. All that is there counts as looked at.
    pub fn save(&mut self, name: &str, query: &Query) -> Result<()> {
        self.change(
            "INSERT OR REPLACE INTO saved VALUES (?, ?, (SELECT coalesce(max(id), 0) FROM telegram))",
            params![name, query.text],
        )
        .map(|_| ())
    }

    /// Forgets a query; `false` if there is none of that name.
    pub fn forget(&mut self, name: &str) -> Result<bool> {
        self.change("DELETE FROM saved WHERE name = ?", [name])
    }

    /// Notes that what a query finds was looked at, up to a telegram.
    pub fn looked(&mut self, name: &str, seen: Id) -> Result<()> {
        self.change("UPDATE saved SET seen = max(seen, ?) WHERE name = ?", params![seen.0, name]).map(|_| ())
    }

    /// Keeps a list under a name, in place of what had the name, as one that was never run.
    ///
    /// What is the same to the index is kept once. [`ErrorKind::Query`] for one without a letter or digit.
    pub fn put_list(&mut self, name: &str, terms: &[String]) -> Result<usize> {
        let mut known = BTreeSet::new();
        let mut kept = Vec::new();
        for term in terms {
            let words = words(term);
            if words.is_empty() {
                let message = format!("`{term}` has no letter or digit, and only those are searched for");
                return Err(Error::new(ErrorKind::Query, message));
            }
            if known.insert(words) {
                kept.push(term);
            }
        }
        store::write(&mut self.connection, |connection| {
            remove_list(connection, name)?;
            connection.execute("INSERT INTO watchlist (name, seen) VALUES (?, 0)", [name])?;
            let list = connection.last_insert_rowid();
            let mut insert = connection.prepare("INSERT INTO watchword VALUES (?, ?, ?)")?;
            for (place, term) in kept.iter().enumerate() {
                insert.execute(params![list, store::integer(place), term])?;
            }
            Ok(kept.len())
        })
    }

    /// Forgets a list; `false` if there is none of that name.
    pub fn forget_list(&mut self, name: &str) -> Result<bool> {
        store::write(&mut self.connection, |connection| remove_list(connection, name))
    }

    /// Notes that a list was run, up to a telegram.
    pub fn ran(&mut self, name: &str, seen: Id) -> Result<()> {
        self.change("UPDATE watchlist SET seen = max(seen, ?) WHERE name = ?", params![seen.0, name])
            .map(|_| ())
    }

    /// Changes a row; `false` if there is none.
    fn change(&mut self, sql: &str, values: impl rusqlite::Params) -> Result<bool> {
        store::write(&mut self.connection, |connection| Ok(connection.execute(sql, values)? > 0))
    }
}

fn remove_list(connection: &Connection, name: &str) -> Result<bool> {
    let of = "DELETE FROM watchword WHERE list = (SELECT id FROM watchlist WHERE name = ?)";
    connection.execute(of, [name])?;
    Ok(connection.execute("DELETE FROM watchlist WHERE name = ?", [name])? > 0)
}

impl Archive {
    /// The queries that are kept, by name.
    pub fn saved(&self) -> Result<Vec<Saved>> {
        self.reading(|connection| {
            let mut all = connection.prepare_cached("SELECT name, query, seen FROM saved ORDER BY name")?;
            let all = all.query_map([], |row| {
                Ok(Saved { name: row.get(0)?, query: row.get(1)?, seen: Id(row.get(2)?) })
            })?;
            Ok(all.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The lists that are kept, by name.
    pub fn watch_lists(&self) -> Result<Vec<WatchList>> {
        self.reading(|connection| {
            let mut all = connection.prepare_cached(
                "SELECT name, (SELECT count(*) FROM watchword WHERE list = id), seen FROM watchlist ORDER BY name",
            )?;
            let all = all.query_map([], |row| {
                Ok(WatchList { name: row.get(0)?, terms: store::size(row.get(1)?), seen: Id(row.get(2)?) })
            })?;
            Ok(all.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The words and phrases of a list, in its order. [`ErrorKind::NotFound`] if there is none of that name.
    pub fn watch_list(&self, name: &str) -> Result<Vec<String>> {
        self.reading(|connection| {
            let mut list = connection.prepare_cached("SELECT id FROM watchlist WHERE name = ?")?;
            let Some(list) = list.query_row([name], |row| row.get::<_, i64>(0)).optional()? else {
                return Err(Error::new(ErrorKind::NotFound, format!("there is no watch list `{name}`")));
            };
            let mut terms =
                connection.prepare_cached("SELECT term FROM watchword WHERE list = ? ORDER BY place")?;
            let terms = terms.query_map([list], |row| row.get(0))?;
            Ok(terms.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The last telegram that is here.
    pub fn last(&self) -> Result<Id> {
        self.reading(|connection| {
            let mut last = connection.prepare_cached("SELECT coalesce(max(id), 0) FROM telegram")?;
            Ok(Id(last.query_row([], |row| row.get(0))?))
        })
    }

    /// The last telegram that can be searched. What is asked of telegrams up to it is the same at any later time.
    pub fn last_searchable(&self) -> Result<Id> {
        asking(self, || {
            let open = self.searcher()?;
            let last = open
                .ids
                .iter()
                .filter(|column| column.num_docs() > 0)
                .map(tantivy::columnar::Column::max_value);
            Ok(Id(last.max().unwrap_or_default().cast_signed()))
        })
    }

    /// Which telegrams have each of these words and phrases in their text, of those behind the first of two telegrams
    /// and up to the second. Words are those of the index; the words of a phrase stand side by side.
    pub fn watch(&self, terms: &[String], behind: Id, until: Id) -> Result<Vec<Watched>> {
        asking(self, || {
            let open = self.searcher()?;
            let segments = segments(&open, behind, until);
            terms.par_iter().map(|term| watch(&open, &segments, term)).collect()
        })
    }

    /// The numbers of these telegrams, where they have one.
    pub fn numbers(&self, ids: &[Id]) -> Result<Vec<Option<String>>> {
        self.reading(|connection| {
            let mut number = connection.prepare_cached("SELECT mrn FROM telegram WHERE id = ?")?;
            let of = |id: &Id| Ok(number.query_row([id.0], |row| row.get(0)).optional()?.flatten());
            ids.iter().map(of).collect()
        })
    }
}

/// Of each segment, the telegrams that are asked of, in order.
fn segments(open: &Open, behind: Id, until: Id) -> Vec<Vec<DocId>> {
    let wanted = |id: u64| id.cast_signed() > behind.0 && id.cast_signed() <= until.0;
    let readers = open.searcher.segment_readers().iter().zip(open.ids.iter());
    readers
        .map(|(segment, ids)| {
            segment.doc_ids_alive().filter(|doc| ids.first(*doc).is_some_and(wanted)).collect()
        })
        .collect()
}

fn watch(open: &Open, segments: &[Vec<DocId>], term: &str) -> Result<Watched> {
    let run = || -> tantivy::Result<Vec<(Option<i64>, Id)>> {
        let matcher = compile(&Node::Words(Text::Body, words(term)), &open.fields, false);
        let weight = matcher.weight(EnableScoring::disabled_from_searcher(&open.searcher))?;
        let mut telegrams = Vec::new();
        for (at, (segment, docs)) in open.searcher.segment_readers().iter().zip(segments).enumerate() {
            let (Some(last), Some(ids)) = (docs.last(), open.ids.get(at)) else { continue };
            let dates = segment.fast_fields().i64("date")?;
            let mut scorer = weight.scorer(segment, 1.0)?;
            let mut next = 0;
            // Both lists are in order: each is taken to where the other is.
            while let Some(doc) = docs.get(next) {
                let found = if scorer.doc() < *doc { scorer.seek(*doc) } else { scorer.doc() };
                if found == TERMINATED || found > *last {
                    break;
                }
                if found == *doc {
                    let id = ids.first(*doc).unwrap_or_default();
                    telegrams.push((dates.first(*doc), Id(id.cast_signed())));
                    next += 1;
                } else {
                    next += docs[next..].partition_point(|doc| *doc < found);
                }
            }
        }
        telegrams.sort_unstable_by_key(|(date, id)| (date.is_none(), *date, *id));
        Ok(telegrams)
    };
    let telegrams = run().map_err(|e| Error::index("search", e))?;
    Ok(Watched { term: term.to_owned(), telegrams })
}
