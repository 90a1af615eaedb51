//! The pass that sets telegrams against one another.
//!
//! It is a pass of its own, and not part of an import: a sketch of each text would cost that a tenth of its speed. It
//! goes on where the last one ended, and may be stopped at any time.

use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

use rayon::prelude::*;
use reftel_telegram::Card;
use rusqlite::{Connection, params};

use super::judge::{SHINGLES_ALONE, Verdict, judge};
use super::ordered;
use crate::alike::{HASHES, Shingles, Sketch};
use crate::{Id, Progress, Result, Writer, kept, store};

/// So many texts are read at once.
const CHUNK: usize = 500;

/// So many new telegrams are sought at once among all: 16 entries of a table in memory for each.
const ROUND: usize = 50_000;

/// At most so many of a form that is sent again and again are set against others by their text.
const ALIKE_MAX: usize = 16;

/// At most so many telegrams of one number, or of one minute, are set against one another.
const SAME_MAX: usize = 64;

/// Two sketches with fewer numbers in common aren't looked at.
const SHARED_MIN: usize = HASHES * 2 / 5;

/// What [`Writer::find_copies`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Telegrams that weren't set against the others before.
    pub telegrams: u64,
    /// Pairs that are copies of one telegram.
    pub copies: u64,
    /// Pairs that have something in common and are telegrams of their own.
    pub apart: u64,
    /// Whether it was stopped early.
    pub stopped: bool,
}

/// How it goes on: [`Progress::files`] counts telegrams.
pub type Looking<'p> = dyn FnMut(&Progress) -> bool + 'p;

/// Forgets what was found of a telegram whose text or card changed.
pub(crate) fn forget(connection: &Connection, id: Id) -> Result<()> {
    connection.prepare_cached("DELETE FROM sketch WHERE telegram = ?")?.execute([id.0])?;
    connection.prepare_cached("DELETE FROM pair WHERE one = ?1 OR other = ?1")?.execute([id.0])?;
    Ok(())
}

impl Writer {
    /// Sets telegrams that weren't yet against all others, and keeps which are copies of one.
    pub fn find_copies(&mut self, progress: &mut Looking<'_>) -> Result<Looked> {
        let started = Instant::now();
        let sql =
            "SELECT id FROM telegram WHERE NOT EXISTS (SELECT 1 FROM sketch WHERE telegram = id) ORDER BY id";
        let new: Vec<Id> = {
            let mut statement = self.connection.prepare(sql)?;
            let ids = statement.query_map([], |row| Ok(Id(row.get(0)?)))?;
            ids.collect::<rusqlite::Result<_>>()?
        };
        let mut looked = Looked::default();
        let mut told = Progress { files_total: new.len() as u64, ..Progress::default() };
        for round in new.chunks(ROUND) {
            let mut sketches = Vec::with_capacity(round.len());
            let mut stopped = false;
            for chunk in round.chunks(CHUNK) {
                sketches.extend(self.sketch(chunk));
                told.files += chunk.len() as u64;
                told.elapsed = started.elapsed();
                if !progress(&told) {
                    stopped = true;
                    break;
                }
            }
            // What was sketched is set against the others also where no more is wanted.
            let pairs = self.candidates(&sketches)?;
            self.compare(&sketches, &pairs, &mut looked)?;
            looked.telegrams += sketches.len() as u64;
            if stopped {
                looked.stopped = told.files < told.files_total;
                break;
            }
        }
        Ok(looked)
    }

    /// The sketches of some telegrams. One that can't be read has an empty one: `verify` tells of it.
    fn sketch(&self, ids: &[Id]) -> Vec<(Id, usize, Sketch)> {
        let mut texts = Vec::with_capacity(ids.len());
        for id in ids {
            texts.push((*id, kept::of(&self.connection, &self.blocks, *id)));
        }
        let collections = &self.collections;
        texts
            .into_par_iter()
            .map(|(id, kept)| {
                let told = kept.and_then(|kept| kept.read(collections));
                let shingles = told.map(|told| Shingles::of(&told.record)).unwrap_or_default();
                (id, shingles.len(), shingles.sketch())
            })
            .collect()
    }

    /// The pairs that may be copies: of one number, of one minute, or with sketches alike.
    fn candidates(&self, new: &[(Id, usize, Sketch)]) -> Result<BTreeSet<(Id, Id)>> {
        let mut pairs = BTreeSet::new();
        let most = i64::try_from(SAME_MAX).unwrap_or(i64::MAX);
        let mut number = self.connection.prepare_cached(
            "SELECT id FROM telegram WHERE mrn = (SELECT mrn FROM telegram WHERE id = ?1) AND id <> ?1 LIMIT ?2",
        )?;
        let mut moment = self.connection.prepare_cached(
            "SELECT other.id FROM telegram AS own JOIN telegram AS other ON other.dtg = own.dtg \
             WHERE own.id = ?1 AND other.id <> own.id \
             AND (other.post = own.post OR other.post IS NULL OR own.post IS NULL) LIMIT ?2",
        )?;
        for (id, ..) in new {
            for statement in [&mut number, &mut moment] {
                for other in statement.query_map([id.0, most], |row| Ok(Id(row.get(0)?)))? {
                    pairs.insert(ordered(*id, other?));
                }
            }
        }
        self.alike(new, &mut pairs)?;
        Ok(pairs)
    }

    /// Adds the pairs with sketches alike, the new ones against all that are kept and against one another.
    fn alike(&self, new: &[(Id, usize, Sketch)], pairs: &mut BTreeSet<(Id, Id)>) -> Result<()> {
        let mut bands: HashMap<(usize, u64), Vec<usize>> = HashMap::new();
        let mut near: Vec<BTreeSet<(usize, Id)>> = vec![BTreeSet::new(); new.len()];
        let mut seek = |id: Id, sketch: &Sketch, bands: &HashMap<(usize, u64), Vec<usize>>| {
            let mut met = BTreeSet::new();
            for at in sketch.bands().enumerate().filter_map(|band| bands.get(&band)).flatten() {
                let shared = new[*at].2.shared(sketch);
                if !met.insert(*at) || shared < SHARED_MIN {
                    continue;
                }
                let near = &mut near[*at];
                near.insert((shared, id));
                if near.len() > ALIKE_MAX {
                    near.pop_first();
                }
            }
        };
        for (at, (id, shingles, sketch)) in new.iter().enumerate() {
            if *shingles < SHINGLES_ALONE {
                continue;
            }
            seek(*id, sketch, &bands);
            for band in sketch.bands().enumerate() {
                let list = bands.entry(band).or_default();
                if list.len() < SAME_MAX {
                    list.push(at);
                }
            }
        }
        let mut statement =
            self.connection.prepare("SELECT telegram, hashes FROM sketch WHERE shingles >= ?")?;
        let mut rows = statement.query([store::integer(SHINGLES_ALONE)])?;
        while let Some(row) = rows.next()? {
            if let Some(sketch) = Sketch::from_bytes(&row.get::<_, Vec<u8>>(1)?) {
                seek(Id(row.get(0)?), &sketch, &bands);
            }
        }
        for ((id, ..), near) in new.iter().zip(near) {
            pairs.extend(
                near.into_iter().map(|(_, other)| ordered(*id, other)).filter(|pair| pair.0 != pair.1),
            );
        }
        Ok(())
    }

    /// Sets pairs against one another, and keeps what is to be said of them, with the sketches.
    fn compare(
        &mut self,
        new: &[(Id, usize, Sketch)],
        pairs: &BTreeSet<(Id, Id)>,
        looked: &mut Looked,
    ) -> Result<()> {
        let pairs: Vec<(Id, Id)> = pairs.iter().copied().collect();
        let mut verdicts = Vec::new();
        for chunk in pairs.chunks(CHUNK) {
            let ids: BTreeSet<Id> = chunk.iter().flat_map(|(one, other)| [*one, *other]).collect();
            let texts = self.texts(&ids)?;
            let judged = chunk.par_iter().filter_map(|(one, other)| {
                let (a, b) = (texts.get(one)?, texts.get(other)?);
                Some(((*one, *other), judge(&a.0, &b.0, a.1.common(&b.1))?))
            });
            verdicts.extend(judged.collect::<Vec<((Id, Id), Verdict)>>());
        }
        store::write(&mut self.connection, |connection| {
            let mut insert =
                connection.prepare_cached("INSERT OR REPLACE INTO pair VALUES (?, ?, ?, ?, ?, ?)")?;
            for ((one, other), verdict) in &verdicts {
                insert.execute(params![
                    one.0,
                    other.0,
                    verdict.copies,
                    verdict.marks.0,
                    verdict.alike,
                    verdict.within
                ])?;
            }
            let mut insert = connection.prepare_cached("INSERT OR REPLACE INTO sketch VALUES (?, ?, ?)")?;
            for (id, shingles, sketch) in new {
                insert.execute(params![id.0, store::integer(*shingles), sketch.to_bytes()])?;
            }
            Ok(())
        })?;
        let copies = verdicts.iter().filter(|(_, verdict)| verdict.copies).count() as u64;
        looked.copies += copies;
        looked.apart += verdicts.len() as u64 - copies;
        Ok(())
    }

    /// The cards of telegrams, and what their texts are made of.
    fn texts(&self, ids: &BTreeSet<Id>) -> Result<HashMap<Id, (Card, Shingles)>> {
        let mut kept = Vec::with_capacity(ids.len());
        for id in ids {
            let card = store::card(&self.connection, *id)?.card;
            kept.push((*id, card, kept::of(&self.connection, &self.blocks, *id)));
        }
        let collections = &self.collections;
        let read = kept.into_par_iter().filter_map(|(id, card, kept)| {
            let told = kept.and_then(|kept| kept.read(collections)).ok()?;
            Some((id, (card, Shingles::of(&told.record))))
        });
        Ok(read.collect())
    }
}
