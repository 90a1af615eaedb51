//! Telegrams that are cited and aren't here, as a query asks for them.

use std::cmp::Reverse;
use std::collections::HashMap;

use jiff::ToSpan;
use jiff::civil::Date;
use reftel_telegram::in_series;
use rusqlite::Connection;

use super::Open;
use super::resolve::{found, resolve};
use crate::phantom;
use crate::query::{Absent as Asked, Node};
use crate::{Absent, Archive, Missing, Result, Search, Sort};

/// What those who cite a number tell of it.
#[derive(Default)]
struct Citing {
    count: usize,
    /// The year of the first of them.
    year: Option<i16>,
}

/// The phantoms that a query asks for.
pub(super) fn find(
    archive: &Archive,
    connection: &Connection,
    open: &Open,
    asked: &Asked,
    search: &Search,
) -> Result<Missing> {
    let citing = match &asked.citing {
        Node::All => None,
        node => Some(found(open, &resolve(archive, connection, open, node)?)?),
    };
    let mut numbers = Vec::new();
    for (mrn, citing) in missing(connection, citing.as_deref())? {
        let parts = in_series(&mrn);
        let year = parts.and_then(|parts| phantom::full_year(parts.0, citing.year));
        let post = parts.map(|parts| parts.1.to_owned());
        let serial = parts.map(|parts| parts.2);
        let mut sent = year.and_then(of_year);
        if let (true, Some(post), Some(serial)) = (asked.is_of_days(), &post, serial)
            && asked.wants(&mrn, post, serial, sent)
        {
            sent = phantom::window(connection, &mrn, post, year, serial)?.or(sent);
        }
        let (post_name, number) = (post.as_deref().unwrap_or_default(), serial.unwrap_or_default());
        if asked.wants(&mrn, post_name, number, sent) {
            numbers.push(Absent { mrn, post, year, serial, cited_by: citing.count });
        }
    }
    let total = numbers.len();
    let by_number = |absent: &Absent| (absent.year, absent.post.clone(), absent.serial, absent.mrn.clone());
    match search.sort {
        Sort::Relevance => {
            numbers.sort_by_cached_key(|absent| (Reverse(absent.cited_by), absent.mrn.clone()));
        }
        Sort::Oldest => numbers.sort_by_cached_key(by_number),
        Sort::Newest => numbers.sort_by_cached_key(|absent| Reverse(by_number(absent))),
    }
    let numbers = numbers.into_iter().skip(search.offset).take(search.limit).collect();
    Ok(Missing { total, numbers })
}

/// The days of a year: the first, and the one behind the last.
fn of_year(year: i16) -> Option<(Date, Date)> {
    let first = Date::new(year, 1, 1).ok()?;
    Some((first, first.checked_add(1.year()).ok()?))
}

/// The numbers that are cited and not held, with all who cite them; only those that one of these telegrams cites,
/// if there are any to say so.
fn missing(connection: &Connection, citing: Option<&[i64]>) -> Result<Vec<(String, Citing)>> {
    let mut list = connection.prepare_cached(
        "SELECT cite.mrn, count(*), min(telegram.year) FROM cite \
         LEFT JOIN telegram ON telegram.id = cite.telegram \
         WHERE NOT EXISTS (SELECT 1 FROM telegram WHERE telegram.mrn = cite.mrn) GROUP BY cite.mrn",
    )?;
    let rows = list.query_map([], |row| {
        let count = usize::try_from(row.get::<_, i64>(1)?).unwrap_or_default();
        Ok((row.get::<_, String>(0)?, Citing { count, year: row.get(2)? }))
    })?;
    let all = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let Some(citing) = citing else { return Ok(all) };
    let mut all: HashMap<String, Citing> = all.into_iter().collect();
    let mut cites = connection.prepare_cached("SELECT coalesce(cites, '') FROM telegram WHERE id = ?")?;
    let mut some = Vec::new();
    for id in citing {
        let list: String = cites.query_row([id], |row| row.get(0))?;
        some.extend(list.lines().filter_map(|mrn| all.remove_entry(mrn)));
    }
    Ok(some)
}
