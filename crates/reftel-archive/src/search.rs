//! From a query to what it finds.

use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::time::SystemTime;

use jiff::civil::Date;
use reftel_telegram::Span;
use tantivy::collector::sort_key::SortByStaticFastValue;
use tantivy::collector::{Collector, Count, SegmentCollector, TopDocs};
use tantivy::columnar::{Column, StrColumn};
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, EmptyQuery, Occur, PhraseQuery, Query as Matcher, RangeQuery,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{
    DocAddress, DocId, Index, IndexReader, Order, ReloadPolicy, Score, Searcher, SegmentOrdinal,
    SegmentReader, Term,
};

use crate::index::{self, Fields};
use crate::query::{Node, Text};
use crate::{Archive, Error, Facets, Found, Hit, Id, Result, Search, Snippet, Sort, snippet, store};

/// A word in the subject counts so many times as one in the text.
const SUBJECT_BOOST: Score = 2.0;

/// The index, opened for searching.
#[derive(Debug)]
pub(crate) struct Open {
    reader: Reader,
    fields: Fields,
    /// The last change that it has.
    covered: i64,
    /// When the index was last committed.
    stamp: Option<SystemTime>,
}

struct Reader {
    index: Index,
    reader: IndexReader,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}

impl Archive {
    /// The index as it was last committed; opened at the first search, and followed as it is written.
    fn searcher(&self) -> Result<(Searcher, Fields, i64)> {
        let mut searching = self.searching.lock().unwrap_or_else(PoisonError::into_inner);
        let meta = index::path(&self.dir).join("meta.json");
        let stamp = meta.metadata().and_then(|meta| meta.modified()).ok();
        let open = match searching.take() {
            Some(open) if open.stamp == stamp => open,
            Some(open) => self.follow(open, stamp).or_else(|_| self.open_index(stamp))?,
            None => self.open_index(stamp)?,
        };
        let open = searching.insert(open);
        Ok((open.reader.reader.searcher(), open.fields, open.covered))
    }

    fn open_index(&self, stamp: Option<SystemTime>) -> Result<Open> {
        let (index, fields) = index::open(&self.dir)?;
        let covered = index::covered(&index, &self.name)?.unwrap_or(-1);
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(|e| Error::index("open", e))?;
        Ok(Open { reader: Reader { index, reader }, fields, covered, stamp })
    }

    /// Takes in what was committed since. What is covered is read first, so that it is never too much.
    fn follow(&self, mut open: Open, stamp: Option<SystemTime>) -> Result<Open> {
        open.covered = index::covered(&open.reader.index, &self.name)?.unwrap_or(-1);
        open.reader.reader.reload().map_err(|e| Error::index("read", e))?;
        open.stamp = stamp;
        Ok(open)
    }
}

/// Runs a search.
pub(crate) fn run(archive: &Archive, search: &Search) -> Result<Found> {
    let (searcher, fields, covered) = archive.searcher()?;
    let failed = |e| Error::index("search", e);
    let matcher = compile(&search.query.root, &fields);
    let total = searcher.search(&matcher, &Count).map_err(failed)?;
    let limit = search.limit.min(total.saturating_sub(search.offset));
    let places = if limit == 0 {
        Vec::new()
    } else {
        top(&searcher, &matcher, search.sort, limit, search.offset).map_err(failed)?
    };
    let ids = ids(&searcher, &places).map_err(failed)?;
    let facets = if search.facets {
        searcher.search(&matcher, &FacetCounts).map_err(failed)?.sorted()
    } else {
        Facets::default()
    };
    let sought = search.query.sought();
    archive.reading(|connection| {
        let mut hits = Vec::with_capacity(ids.len());
        for id in ids {
            let card = store::card(connection, id)?.card;
            let snippet =
                if search.snippets { Some(snippet_of(archive, connection, id, &sought)?) } else { None };
            hits.push(Hit { id, card, snippet });
        }
        let unindexed = connection
            .prepare_cached("SELECT count(DISTINCT telegram) FROM tail WHERE change > ?")?
            .query_row([covered], |row| row.get(0))?;
        Ok(Found { total, hits, facets, unindexed: store::size(unindexed) })
    })
}

fn snippet_of(
    archive: &Archive,
    connection: &rusqlite::Connection,
    id: Id,
    sought: &[Vec<String>],
) -> Result<Snippet> {
    let (bytes, _) = store::text(connection, &archive.blocks, id)?;
    let record = store::record(&bytes);
    let paragraphs: Vec<&str> = record.paragraphs.iter().map(|p| p.text.as_str()).collect();
    let paragraphs = paragraphs.join("\n");
    if !paragraphs.is_empty()
        && let Some(snippet) = snippet::cut(&paragraphs, sought)
    {
        return Ok(snippet);
    }
    let whole = index::readable(&bytes, Span::new(0, bytes.len()), &record);
    let beginning = if paragraphs.is_empty() { &whole } else { &paragraphs };
    Ok(snippet::cut(&whole, sought).or_else(|| snippet::cut(beginning, &[])).unwrap_or_default())
}

fn top(
    searcher: &Searcher,
    matcher: &dyn Matcher,
    sort: Sort,
    limit: usize,
    offset: usize,
) -> tantivy::Result<Vec<DocAddress>> {
    let top = TopDocs::with_limit(limit).and_offset(offset);
    let order = match sort {
        Sort::Relevance => {
            let found = searcher.search(matcher, &top.order_by_score())?;
            return Ok(found.into_iter().map(|(_, place)| place).collect());
        }
        Sort::Oldest => Order::Asc,
        Sort::Newest => Order::Desc,
    };
    let by_date = SortByStaticFastValue::<i64>::for_field("date");
    let by_id = SortByStaticFastValue::<u64>::for_field("id");
    let found = searcher.search(matcher, &top.order_by(((by_date, order), (by_id, Order::Asc))))?;
    Ok(found.into_iter().map(|(_, place)| place).collect())
}

fn ids(searcher: &Searcher, places: &[DocAddress]) -> tantivy::Result<Vec<Id>> {
    let mut columns: BTreeMap<SegmentOrdinal, Column<u64>> = BTreeMap::new();
    let mut ids = Vec::with_capacity(places.len());
    for place in places {
        let column = match columns.entry(place.segment_ord) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(searcher.segment_reader(place.segment_ord).fast_fields().u64("id")?)
            }
        };
        ids.extend(column.first(place.doc_id).map(|id| Id(id.cast_signed())));
    }
    Ok(ids)
}

/// A query's tree as the index's own.
fn compile(node: &Node, fields: &Fields) -> Box<dyn Matcher> {
    match node {
        Node::All => Box::new(AllQuery),
        Node::Words(Text::Body, words) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, run_of(fields.body, words)),
            (Occur::Should, Box::new(BoostQuery::new(run_of(fields.subject, words), SUBJECT_BOOST))),
        ])),
        Node::Words(field, words) => run_of(text_field(*field, fields), words),
        Node::Key(key) => {
            Box::new(TermQuery::new(Term::from_field_text(fields.key, key), IndexRecordOption::Basic))
        }
        Node::Sent(from, before) => sent(*from, *before, fields),
        Node::Not(node) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, Box::new(AllQuery)),
            (Occur::MustNot, compile(node, fields)),
        ])),
        Node::And(nodes) => {
            let mut clauses: Vec<(Occur, Box<dyn Matcher>)> = Vec::with_capacity(nodes.len());
            for node in nodes {
                match node {
                    Node::Not(node) => clauses.push((Occur::MustNot, compile(node, fields))),
                    node => clauses.push((Occur::Must, compile(node, fields))),
                }
            }
            if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
                clauses.push((Occur::Must, Box::new(AllQuery)));
            }
            Box::new(BooleanQuery::new(clauses))
        }
        Node::Or(nodes) => {
            Box::new(BooleanQuery::union(nodes.iter().map(|node| compile(node, fields)).collect()))
        }
    }
}

fn text_field(field: Text, fields: &Fields) -> Field {
    match field {
        Text::Body => fields.body,
        Text::Subject => fields.subject,
        Text::From => fields.from,
        Text::To => fields.to,
        Text::Info => fields.info,
        Text::Caption => fields.caption,
        Text::Signed => fields.signed,
    }
}

/// Words side by side.
fn run_of(field: Field, words: &[String]) -> Box<dyn Matcher> {
    let mut terms: Vec<Term> = words.iter().map(|word| Term::from_field_text(field, word)).collect();
    if terms.len() > 1 {
        return Box::new(PhraseQuery::new(terms));
    }
    match terms.pop() {
        Some(term) => Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)),
        None => Box::new(EmptyQuery),
    }
}

/// Whole years go by the year, which a telegram may have without a date-time group.
fn sent(from: Option<Date>, before: Option<Date>, fields: &Fields) -> Box<dyn Matcher> {
    use std::ops::Bound::{Excluded, Included, Unbounded};
    let whole_years = [from, before].into_iter().flatten().all(|date| date.day_of_year() == 1);
    let term = |date: Date| {
        if whole_years {
            return Term::from_field_i64(fields.year, i64::from(date.year()));
        }
        let midnight = store::seconds(date.at(0, 0, 0, 0)).unwrap_or(i64::MAX);
        Term::from_field_i64(fields.date, midnight)
    };
    let bounds =
        (from.map_or(Unbounded, |d| Included(term(d))), before.map_or(Unbounded, |d| Excluded(term(d))));
    match bounds {
        (Unbounded, Unbounded) => Box::new(AllQuery),
        (from, before) => Box::new(RangeQuery::new(from, before)),
    }
}

// ---- Facets --------------------------------------------------------------------------------------

/// Counts the values of all that matches.
struct FacetCounts;

/// What was counted.
#[derive(Debug, Default)]
struct Counted {
    years: BTreeMap<i64, u64>,
    posts: BTreeMap<String, u64>,
    classes: BTreeMap<String, u64>,
    tags: BTreeMap<String, u64>,
}

struct SegmentCounts {
    years: Column<i64>,
    counted_years: BTreeMap<i64, u64>,
    posts: Names,
    classes: Names,
    tags: Names,
}

/// How often each name of one segment was met.
struct Names {
    column: Option<StrColumn>,
    counts: Vec<u64>,
}

impl Names {
    fn of(segment: &SegmentReader, field: &str) -> tantivy::Result<Names> {
        let column = segment.fast_fields().str(field)?;
        let terms = column.as_ref().map_or(0, |column| column.num_terms());
        Ok(Names { column, counts: vec![0; terms] })
    }

    fn count(&mut self, doc: DocId) {
        let Some(column) = &self.column else { return };
        for ord in column.term_ords(doc) {
            if let Some(count) = usize::try_from(ord).ok().and_then(|ord| self.counts.get_mut(ord)) {
                *count += 1;
            }
        }
    }

    fn named(self) -> BTreeMap<String, u64> {
        let Some(column) = self.column else { return BTreeMap::new() };
        let mut named = BTreeMap::new();
        for (ord, count) in (0..).zip(self.counts) {
            let mut name = String::new();
            if count > 0 && column.ord_to_str(ord, &mut name).unwrap_or(false) {
                named.insert(name, count);
            }
        }
        named
    }
}

impl Collector for FacetCounts {
    type Fruit = Counted;
    type Child = SegmentCounts;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentCounts> {
        Ok(SegmentCounts {
            years: segment.fast_fields().i64("year")?,
            counted_years: BTreeMap::new(),
            posts: Names::of(segment, "post")?,
            classes: Names::of(segment, "class")?,
            tags: Names::of(segment, "tags")?,
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Counted>) -> tantivy::Result<Counted> {
        fn add<K: Ord>(all: &mut BTreeMap<K, u64>, some: BTreeMap<K, u64>) {
            for (key, count) in some {
                *all.entry(key).or_default() += count;
            }
        }
        Ok(segments.into_iter().fold(Counted::default(), |mut all, segment| {
            add(&mut all.years, segment.years);
            add(&mut all.posts, segment.posts);
            add(&mut all.classes, segment.classes);
            add(&mut all.tags, segment.tags);
            all
        }))
    }
}

impl SegmentCollector for SegmentCounts {
    type Fruit = Counted;

    fn collect(&mut self, doc: DocId, _: Score) {
        if let Some(year) = self.years.first(doc) {
            *self.counted_years.entry(year).or_default() += 1;
        }
        self.posts.count(doc);
        self.classes.count(doc);
        self.tags.count(doc);
    }

    fn harvest(self) -> Counted {
        Counted {
            years: self.counted_years,
            posts: self.posts.named(),
            classes: self.classes.named(),
            tags: self.tags.named(),
        }
    }
}

impl Counted {
    fn sorted(self) -> Facets {
        let most_first = |counts: BTreeMap<String, u64>| {
            let mut counts: Vec<_> = counts.into_iter().collect();
            counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            counts
        };
        Facets {
            years: self
                .years
                .into_iter()
                .filter_map(|(year, n)| Some((i16::try_from(year).ok()?, n)))
                .collect(),
            posts: most_first(self.posts),
            classifications: most_first(self.classes),
            tags: most_first(self.tags),
        }
    }
}
