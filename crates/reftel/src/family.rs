//! The family of a telegram, for the terminal and the pages.

use reftel_archive::{Archive, Entry, Query, Result, Search, Sort};

/// All that references join to a number: how many in all, and the first of them, oldest first.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) total: usize,
    pub(crate) telegrams: Vec<Entry>,
}

impl Family {
    /// The family of a number, with so many of its telegrams at most; 0: with all.
    pub(crate) fn of(archive: &Archive, mrn: &str, limit: usize) -> Result<Family> {
        let query = Query::thread(mrn);
        let mut search = Search {
            query,
            sort: Sort::Oldest,
            offset: 0,
            limit: limit.max(1),
            facets: false,
            snippets: false,
        };
        let mut found = archive.search(&search)?;
        if limit == 0 && found.total > 1 {
            search.limit = found.total;
            found = archive.search(&search)?;
        }
        let telegrams = found.hits.into_iter().map(Entry::from).collect();
        Ok(Family { total: found.total, telegrams })
    }
}
