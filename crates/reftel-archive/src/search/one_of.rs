//! Telegrams of a long list, found by their numbers in the archive.
//!
//! A set of terms is looked up in the dictionary one by one, which for a family of two hundred thousand takes longer
//! than to look at the number of every telegram.

use std::sync::Arc;

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, Score, SegmentReader};

use super::listed::{self, Listed};

/// Shorter lists are looked up as terms.
pub(super) const LONG: usize = 1_000;

/// A list of telegrams, as bits by number.
#[derive(Clone, Debug)]
pub(super) struct OneOf(Arc<Vec<u64>>);

impl OneOf {
    pub(super) fn of(ids: &[i64]) -> OneOf {
        let last = ids.iter().copied().filter_map(|id| usize::try_from(id).ok()).max().unwrap_or(0);
        let mut bits = vec![0; last / 64 + 1];
        for id in ids.iter().copied().filter_map(|id| usize::try_from(id).ok()) {
            bits[id / 64] |= 1 << (id % 64);
        }
        OneOf(Arc::new(bits))
    }

    fn has(&self, id: u64) -> bool {
        let place = usize::try_from(id / 64).unwrap_or(usize::MAX);
        self.0.get(place).is_some_and(|bits| bits >> (id % 64) & 1 == 1)
    }
}

impl Query for OneOf {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for OneOf {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let ids = segment.fast_fields().u64("id")?;
        let has = |doc: &DocId| ids.first(*doc).is_some_and(|id| self.has(id));
        let docs = (0..segment.max_doc()).filter(has).map(|doc| (doc, boost));
        Ok(Box::new(Listed::new(docs.collect())))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("one of a list", listed::score(self.scorer(segment, 1.0)?, doc)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_what_was_put_into_it() {
        let list = OneOf::of(&[1, 63, 64, 200]);
        let has: Vec<u64> = (0..300).filter(|id| list.has(*id)).collect();
        assert_eq!(has, [1, 63, 64, 200]);
        assert!(!list.has(u64::MAX));
        assert!(!OneOf::of(&[]).has(0));
    }
}
