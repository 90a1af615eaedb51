//! Families of references: telegrams that hang together, by whatever telegrams stand between them.
//!
//! A small family is followed telegram by telegram. Of a large one, all families are made out in one pass over the
//! references, and kept for as long as the index is open.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::Result;

/// The telegrams of all families, each family under a number of its own.
#[derive(Debug)]
pub(crate) struct Families {
    of: HashMap<i64, usize>,
    members: Vec<Vec<i64>>,
}

impl Families {
    /// Makes them out.
    pub(crate) fn of(connection: &Connection) -> Result<Families> {
        let mut places: HashMap<i64, usize> = HashMap::new();
        let mut telegrams = Vec::new();
        let mut above: Vec<usize> = Vec::new();
        let mut links = connection.prepare_cached(
            "SELECT telegram.id, cite.telegram FROM cite JOIN telegram ON telegram.mrn = cite.mrn \
             UNION ALL SELECT own.telegram, note.telegram FROM volume AS own JOIN volume AS note USING (number) \
             WHERE own.own = 1 AND note.own = 0",
        )?;
        let mut rows = links.query([])?;
        while let Some(row) = rows.next()? {
            let [one, other] = [row.get::<_, i64>(0)?, row.get(1)?].map(|telegram| {
                *places.entry(telegram).or_insert_with(|| {
                    telegrams.push(telegram);
                    above.push(above.len());
                    above.len() - 1
                })
            });
            let (one, other) = (first(&mut above, one), first(&mut above, other));
            above[other] = one;
        }
        let mut members: Vec<Vec<i64>> = vec![Vec::new(); telegrams.len()];
        let mut of = HashMap::with_capacity(telegrams.len());
        for (place, telegram) in telegrams.into_iter().enumerate() {
            let family = first(&mut above, place);
            members[family].push(telegram);
            of.insert(telegram, family);
        }
        Ok(Families { of, members })
    }

    /// All telegrams of the families of these, in ascending order.
    pub(crate) fn whole(&self, of: &[i64]) -> Vec<i64> {
        let mut families: Vec<usize> = of.iter().filter_map(|id| self.of.get(id).copied()).collect();
        families.sort_unstable();
        families.dedup();
        let mut all: Vec<i64> =
            families.into_iter().flat_map(|family| &self.members[family]).copied().collect();
        all.extend(of.iter().filter(|id| !self.of.contains_key(id)));
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The one that stands for all that were joined with it.
fn first(above: &mut [usize], mut place: usize) -> usize {
    while above[place] != place {
        above[place] = above[above[place]];
        place = above[place];
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_hang_together_by_those_that_are_here() {
        let connection = Connection::open_in_memory().unwrap();
        let tables = "CREATE TABLE telegram (id INTEGER PRIMARY KEY, mrn TEXT); CREATE TABLE cite (mrn TEXT, telegram INTEGER); \
                      CREATE TABLE volume (number TEXT, own INTEGER, telegram INTEGER); \
                      INSERT INTO volume VALUES ('v/1', 1, 9), ('v/1', 0, 6);";
        connection.execute_batch(tables).unwrap();
        for id in 1..=9 {
            connection.execute("INSERT INTO telegram VALUES (?1, 'M' || ?1)", [id]).unwrap();
        }
        // 1 and 2 cite 3, 4 cites 2; 5 and 6 cite each other, and a note to 6 names 9; 7 and 8 cite what isn't here.
        for (cited, by) in [(3, 1), (3, 2), (2, 4), (6, 5), (5, 6), (99, 7), (99, 8)] {
            connection.execute("INSERT INTO cite VALUES ('M' || ?1, ?2)", [cited, by]).unwrap();
        }
        let families = Families::of(&connection).unwrap();
        assert_eq!(families.whole(&[4]), [1, 2, 3, 4]);
        assert_eq!(families.whole(&[6]), [5, 6, 9]);
        assert_eq!(families.whole(&[7]), [7]);
        assert_eq!(families.whole(&[8, 1]), [1, 2, 3, 4, 8]);
        assert_eq!(families.whole(&[]), [0; 0]);
    }
}
