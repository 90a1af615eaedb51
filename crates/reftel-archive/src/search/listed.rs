//! What is found without the index's postings: telegrams of one segment, in order, each with its weight.

use tantivy::query::Scorer;
use tantivy::{DocId, DocSet, Score, TERMINATED};

/// A list of telegrams, to be gone through as postings are.
pub(crate) struct Listed {
    docs: Vec<(DocId, Score)>,
    at: usize,
}

impl Listed {
    /// `docs` are in ascending order.
    pub(crate) fn new(docs: Vec<(DocId, Score)>) -> Listed {
        Listed { docs, at: 0 }
    }
}

impl DocSet for Listed {
    fn advance(&mut self) -> DocId {
        self.at = (self.at + 1).min(self.docs.len());
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.at += self.docs[self.at..].partition_point(|doc| doc.0 < target);
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.docs.get(self.at).map_or(TERMINATED, |doc| doc.0)
    }

    fn size_hint(&self) -> u32 {
        u32::try_from(self.docs.len()).unwrap_or(u32::MAX)
    }
}

impl Scorer for Listed {
    fn score(&mut self) -> Score {
        self.docs.get(self.at).map_or(0.0, |doc| doc.1)
    }
}

/// The weight that a scorer gives a telegram; none where it doesn't find it.
pub(crate) fn score(mut scorer: Box<dyn Scorer>, doc: DocId) -> Score {
    if scorer.doc() <= doc && scorer.seek(doc) == doc { scorer.score() } else { 0.0 }
}
