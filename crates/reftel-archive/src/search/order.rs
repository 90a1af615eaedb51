//! What matches, in an order: by date or by relevance, from the top or from behind a telegram on.
//!
//! Both orders are whole: where dates or weights are the same, the telegram's number here decides. So a place in the
//! order is a telegram, and a page that begins behind it is the same however far down it is.

use std::cmp::Reverse;
use std::sync::Arc;

use rusqlite::Connection;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, Query as Matcher, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, Order, Score, SegmentOrdinal, SegmentReader};

use super::{Open, compile};
use crate::query::Node;
use crate::{Error, ErrorKind, Id, Result, index, store};

/// By what telegrams are put in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Date(Order),
    Score,
}

/// The place of a telegram in an order: the higher it ranks the earlier, then by number.
pub(super) type Place = (Reverse<i64>, u64);

/// Without a date a telegram is behind all others in both orders.
fn rank_of_date(date: Option<i64>, order: Order) -> i64 {
    match (date, order) {
        (None, _) => i64::MIN,
        (Some(date), Order::Desc) => date,
        (Some(date), Order::Asc) => -date,
    }
}

/// Weights aren't negative, and then their bits are in their order.
fn rank_of_score(score: Score) -> i64 {
    i64::from(score.max(0.0).to_bits())
}

impl Open {
    /// The place of a telegram in the order of what a resolved query finds.
    pub(super) fn place_of(
        &self,
        connection: &Connection,
        id: Id,
        root: &Node,
        order: Option<Order>,
    ) -> Result<Place> {
        let number = id.0.cast_unsigned();
        if let Some(order) = order {
            let date = store::card(connection, id)?.card.dtg.and_then(store::seconds);
            return Ok((Reverse(rank_of_date(date, order)), number));
        }
        let term = TermQuery::new(index::id_term(&self.fields, id), IndexRecordOption::Basic);
        let only: Box<dyn Matcher> = Box::new(ConstScoreQuery::new(Box::new(term), 0.0));
        let ranked = (Occur::Must, compile(root, &self.fields, true));
        let matcher = BooleanQuery::new(vec![ranked, (Occur::Must, only)]);
        let top = tantivy::collector::TopDocs::with_limit(1).order_by_score();
        let found = self.searcher.search(&matcher, &top).map_err(|e| Error::index("search", e))?;
        let Some((score, _)) = found.first() else {
            let message = format!("telegram {} isn't among those that the query finds", id.0);
            return Err(Error::new(ErrorKind::NotFound, message));
        };
        Ok((Reverse(rank_of_score(*score)), number))
    }
}

/// Counts what matches and takes the first `wanted` in order, of those behind `after`.
pub(super) struct InOrder {
    pub(super) ids: Arc<Vec<Column<u64>>>,
    pub(super) by: By,
    pub(super) wanted: usize,
    pub(super) after: Option<Place>,
}

pub(super) struct SegmentInOrder {
    dates: Column<i64>,
    ids: Column<u64>,
    by: By,
    wanted: usize,
    after: Option<Place>,
    count: usize,
    /// The best so far and some that aren't any more.
    best: Vec<Place>,
    /// What isn't before this is none of the best.
    last: Place,
}

/// One more than this are sorted out at once.
const SPARE: usize = 256;

impl SegmentInOrder {
    fn sort_out(&mut self) {
        if self.best.len() > self.wanted {
            self.best.select_nth_unstable(self.wanted);
            self.best.truncate(self.wanted);
            self.last = self.best.iter().max().copied().unwrap_or(self.last);
        }
    }
}

impl Collector for InOrder {
    type Fruit = (usize, Vec<Id>);
    type Child = SegmentInOrder;

    fn for_segment(
        &self,
        ordinal: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<SegmentInOrder> {
        let ids = match self.ids.get(ordinal as usize) {
            Some(ids) => ids.clone(),
            None => segment.fast_fields().u64("id")?,
        };
        Ok(SegmentInOrder {
            dates: segment.fast_fields().i64("date")?,
            ids,
            by: self.by,
            wanted: self.wanted,
            after: self.after,
            count: 0,
            best: Vec::new(),
            last: (Reverse(i64::MIN), u64::MAX),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.by == By::Score
    }

    fn merge_fruits(&self, segments: Vec<(usize, Vec<Place>)>) -> tantivy::Result<(usize, Vec<Id>)> {
        let total = segments.iter().map(|(count, _)| count).sum();
        let mut places: Vec<Place> = segments.into_iter().flat_map(|(_, places)| places).collect();
        places.sort_unstable();
        places.truncate(self.wanted);
        Ok((total, places.into_iter().map(|(_, id)| Id(id.cast_signed())).collect()))
    }
}

impl SegmentCollector for SegmentInOrder {
    type Fruit = (usize, Vec<Place>);

    fn collect(&mut self, doc: DocId, score: Score) {
        self.count += 1;
        let rank = match self.by {
            By::Date(order) => rank_of_date(self.dates.first(doc), order),
            By::Score => rank_of_score(score),
        };
        if Reverse(rank) > self.last.0 || self.after.is_some_and(|after| Reverse(rank) < after.0) {
            return;
        }
        let place = (Reverse(rank), self.ids.first(doc).unwrap_or_default());
        if place < self.last && self.after.is_none_or(|after| place > after) {
            self.best.push(place);
            if self.best.len() > self.wanted.saturating_add(SPARE) {
                self.sort_out();
            }
        }
    }

    fn harvest(mut self) -> (usize, Vec<Place>) {
        self.sort_out();
        (self.count, self.best)
    }
}
