//! Which telegrams are copies of one, and why.
//!
//! The number isn't the key: it is garbled or missing, and two different telegrams carry the same. So telegrams are set
//! against one another by number, by date-time group and sender, and by text; what was found is kept for each pair. A
//! person's decision is kept beside it and counts more. From both follows what gathers, whenever it is asked for.

mod find;
mod judge;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

pub(crate) use find::forget;
pub use find::{Looked, Looking};
pub(crate) use judge::{Marks, Verdict};

use crate::{Entry, Error, ErrorKind, Id, Result, Writer, store};

/// More copies of one telegram than this are not gathered.
const COPIES_MAX: usize = 64;

/// Who did something by hand, when and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hand {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub because: String,
}

/// How two telegrams are to one another, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Kinship {
    /// One of them.
    pub one: Id,
    /// The other.
    pub other: Id,
    /// Whether they are copies of one telegram.
    pub copies: bool,
    /// Why, each reason in a few words: `same number`, `same text 0.93`, `same date-time group and sender`.
    pub reasons: Vec<String>,
    /// Who decided so, if a person did.
    pub by_hand: Option<Hand>,
    /// How strong the reasons are, for who must choose between them: higher is stronger, without a unit.
    pub strength: u32,
}

/// The copies of one telegram.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// All of them, with the one that was asked for, in the order in which they came in.
    pub telegrams: Vec<Entry>,
    /// What joins them: each pair of which something is known.
    pub joined: Vec<Kinship>,
    /// What is kept apart from them, and why.
    pub apart: Vec<(Entry, Kinship)>,
}

/// The copies of a telegram.
pub(crate) fn of(connection: &Connection, id: Id) -> Result<Gathered> {
    let web = Kin::around(connection, id)?;
    let own = web.group(id);
    let ids: Vec<Id> = own.iter().copied().collect();
    let mut gathered = Gathered { telegrams: store::cards_of(connection, &ids)?, ..Gathered::default() };
    for kinship in web.pairs.into_values() {
        let (one, other) = (own.contains(&kinship.one), own.contains(&kinship.other));
        if one && other && kinship.copies {
            gathered.joined.push(kinship);
        } else if one != other {
            let stranger = if one { kinship.other } else { kinship.one };
            gathered.apart.push((store::card(connection, stranger)?, kinship));
        }
    }
    // One reason for each, the strongest, and of these the one of the telegram itself.
    let own = |kinship: &Kinship| kinship.one == id || kinship.other == id;
    gathered
        .apart
        .sort_by_key(|(entry, kinship)| (entry.id, !own(kinship), std::cmp::Reverse(kinship.strength)));
    gathered.apart.dedup_by_key(|(entry, _)| entry.id);
    Ok(gathered)
}

/// The other copies of each of these telegrams.
pub(crate) fn others(connection: &Connection, ids: &[Id]) -> Result<Vec<Vec<Entry>>> {
    let others = ids.iter().map(|id| {
        let mut group = Kin::around(connection, *id)?.group(*id);
        group.remove(id);
        store::cards_of(connection, &group.into_iter().collect::<Vec<_>>())
    });
    others.collect()
}

/// Whether there is another copy of a telegram.
pub(crate) fn has_others(connection: &Connection, id: Id) -> Result<bool> {
    Ok(Kin::around(connection, id)?.group(id).len() > 1)
}

/// All that is known of a telegram's kin, and of theirs.
#[derive(Debug, Default)]
struct Kin {
    pairs: BTreeMap<(Id, Id), Kinship>,
}

impl Kin {
    fn around(connection: &Connection, id: Id) -> Result<Kin> {
        let mut kin = Kin::default();
        let mut met = BTreeSet::from([id]);
        let mut waiting = VecDeque::from([id]);
        while let Some(id) = waiting.pop_front() {
            for kinship in kinships(connection, id)? {
                let other = if kinship.one == id { kinship.other } else { kinship.one };
                if kinship.copies && met.len() < COPIES_MAX && met.insert(other) {
                    waiting.push_back(other);
                }
                kin.pairs.insert((kinship.one, kinship.other), kinship);
            }
        }
        Ok(kin)
    }

    /// The group of a telegram: what is joined to it, the strongest reasons first, without ever bringing two together
    /// that are kept apart.
    fn group(&self, id: Id) -> BTreeSet<Id> {
        let mut joins: Vec<&Kinship> = self.pairs.values().filter(|kinship| kinship.copies).collect();
        joins.sort_by_key(|kinship| std::cmp::Reverse(kinship.strength));
        // What was found of a telegram that a person joined to another says no more.
        let by_hand = joins.iter().filter(|join| join.by_hand.is_some());
        let by_hand: BTreeSet<Id> = by_hand.flat_map(|join| [join.one, join.other]).collect();
        let outdone = |(one, other): &(Id, Id)| by_hand.contains(one) || by_hand.contains(other);
        let apart: BTreeSet<(Id, Id)> = self
            .pairs
            .iter()
            .filter(|(pair, kinship)| !kinship.copies && (kinship.by_hand.is_some() || !outdone(pair)))
            .map(|(pair, _)| *pair)
            .collect();
        let mut groups: Vec<BTreeSet<Id>> = Vec::new();
        let group_of = |groups: &mut Vec<BTreeSet<Id>>, id: Id| match groups
            .iter()
            .position(|group| group.contains(&id))
        {
            Some(at) => groups.swap_remove(at),
            None => BTreeSet::from([id]),
        };
        for join in joins {
            let mut one = group_of(&mut groups, join.one);
            if one.contains(&join.other) {
                groups.push(one);
                continue;
            }
            let mut other = group_of(&mut groups, join.other);
            let bars = |a: &Id, b: &Id| apart.contains(&(*a.min(b), *a.max(b)));
            // Who joins by hand two that others keep apart means it.
            let barred = join.by_hand.is_none() && one.iter().any(|a| other.iter().any(|b| bars(a, b)));
            if barred {
                groups.push(other);
            } else {
                one.append(&mut other);
            }
            groups.push(one);
        }
        group_of(&mut groups, id)
    }
}

/// What is known of a telegram and others, each pair once.
fn kinships(connection: &Connection, id: Id) -> Result<Vec<Kinship>> {
    let mut pairs: BTreeMap<(Id, Id), Kinship> = BTreeMap::new();
    let mut same = connection.prepare_cached(
        "SELECT id FROM telegram WHERE id <> ?1 AND mrn = (SELECT mrn FROM telegram WHERE id = ?1) LIMIT 64",
    )?;
    for other in same.query_map([id.0], |row| Ok(Id(row.get(0)?)))? {
        let (one, other) = ordered(id, other?);
        // Not set against one another yet.
        let reasons = vec!["same number".to_owned(), "texts not compared yet".to_owned()];
        let kinship = Kinship { one, other, copies: true, reasons, by_hand: None, strength: 1 };
        pairs.insert((one, other), kinship);
    }
    let mut found = connection.prepare_cached(
        "SELECT one, other, copies, marks, alike, within FROM pair WHERE one = ?1 \
         UNION ALL SELECT one, other, copies, marks, alike, within FROM pair WHERE other = ?1",
    )?;
    let found = found.query_map([id.0], |row| {
        let verdict = Verdict {
            copies: row.get(2)?,
            marks: Marks(row.get(3)?),
            alike: row.get(4)?,
            within: row.get(5)?,
        };
        Ok(verdict.kinship(Id(row.get(0)?), Id(row.get(1)?)))
    })?;
    for kinship in found {
        let kinship = kinship?;
        pairs.insert((kinship.one, kinship.other), kinship);
    }
    let mut decided = connection.prepare_cached(
        "SELECT one, other, joined, by, at, because FROM decision WHERE (one = ?1 OR other = ?1) \
         AND undone_at IS NULL ORDER BY id",
    )?;
    let decided = decided.query_map([id.0], |row| {
        let hand = Hand { by: row.get(3)?, at: time(row.get(4)?), because: row.get(5)? };
        Ok((Id(row.get(0)?), Id(row.get(1)?), row.get::<_, bool>(2)?, hand))
    })?;
    for decision in decided {
        let (one, other, joined, hand) = decision?;
        let mut reasons = vec![if joined { "joined by hand" } else { "split by hand" }.to_owned()];
        if let Some(found) = pairs.get(&(one, other)).filter(|found| found.by_hand.is_none()) {
            reasons.extend(found.reasons.iter().cloned());
        }
        let kinship =
            Kinship { one, other, copies: joined, reasons, by_hand: Some(hand), strength: u32::MAX };
        pairs.insert((one, other), kinship);
    }
    Ok(pairs.into_values().collect())
}

/// A time from the database.
pub(crate) fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or_default()
}

/// A pair as it is kept.
pub(crate) fn ordered(one: Id, other: Id) -> (Id, Id) {
    (one.min(other), one.max(other))
}

impl Writer {
    /// Decides that two telegrams are copies of one, or aren't. It holds until it is taken back or decided otherwise,
    /// whatever is found later.
    pub fn decide(&mut self, one: Id, other: Id, joined: bool, hand: &Hand) -> Result<()> {
        if one == other {
            return Err(Error::new(ErrorKind::Input, "a telegram is no copy of itself; name two"));
        }
        store::cards_of(&self.connection, &[one, other])?;
        let (one, other) = ordered(one, other);
        store::write(&mut self.connection, |connection| {
            connection.execute(
                "INSERT INTO decision (one, other, joined, by, at, because) VALUES (?, ?, ?, ?, ?, ?)",
                params![one.0, other.0, joined, hand.by, hand.at.as_second(), hand.because],
            )?;
            Ok(())
        })
    }

    /// Takes back the last decision on two telegrams. [`ErrorKind::NotFound`] where there is none of that kind.
    pub fn undo_decision(&mut self, one: Id, other: Id, joined: bool, hand: &Hand) -> Result<()> {
        let (one, other) = ordered(one, other);
        store::write(&mut self.connection, |connection| {
            let last = connection.query_row(
                "SELECT id FROM decision WHERE one = ? AND other = ? AND joined = ? AND undone_at IS NULL \
                 ORDER BY id DESC LIMIT 1",
                params![one.0, other.0, joined],
                |row| row.get::<_, i64>(0),
            );
            let what = if joined { "joined" } else { "split" };
            let message = format!("telegrams {} and {} were not {what} by hand", one.0, other.0);
            let last = last.optional()?.ok_or_else(|| Error::new(ErrorKind::NotFound, message))?;
            connection.execute(
                "UPDATE decision SET undone_by = ?, undone_at = ?, undone_because = ? WHERE id = ?",
                params![hand.by, hand.at.as_second(), hand.because, last],
            )?;
            Ok(())
        })
    }
}
