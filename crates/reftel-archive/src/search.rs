//! From a query to what it finds.

mod absent;
mod alike;
mod explain;
mod family;
mod hybrid;
pub(crate) mod listed;
mod one_of;
mod order;
mod resolve;
mod spread;

pub use explain::{Explained, Nearest, Part, Reason};
pub(crate) use hybrid::run as run_hybrid;
pub(crate) use spread::histogram;
pub use spread::{Histogram, Period};

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use jiff::civil::Date;
use rusqlite::Connection;
use tantivy::collector::{Collector, Count, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query as Matcher,
    RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{
    DocId, Index, IndexReader, Order, ReloadPolicy, Score, Searcher, SegmentOrdinal, SegmentReader, Term,
};

use crate::excluded::Excluded;
use crate::index::{self, Fields};
use crate::meaning::{IsNear, Near};
use crate::place::Placed;
use crate::query::{Measure, Node, Pattern, Text};
use crate::{
    Archive, Entry, Error, ErrorKind, Facets, Found, Hit, Id, Nearness, Query, Result, Search, Snippet, Sort,
    guard, kept, snippet, store,
};
use order::{By, InOrder, Place};

/// Where a query is a number, the telegram that has it comes before those that cite it, and these before those
/// with the words of it. No text scores as high.
const NUMBER_SCORE: Score = 2000.0;
const REFERENCE_SCORE: Score = 1000.0;

/// A word in the subject counts so many times as one in the text.
const SUBJECT_BOOST: Score = 2.0;

/// The index, opened for searching.
#[derive(Clone)]
pub(crate) struct Open {
    index: Index,
    reader: IndexReader,
    pub(crate) searcher: Searcher,
    pub(crate) fields: Fields,
    /// Of each segment, the telegrams' numbers.
    pub(crate) ids: Arc<Vec<Column<u64>>>,
    /// The last change that it has.
    covered: i64,
    /// The model by which it was made.
    pub(crate) model: Option<String>,
    /// The families of references, once they were asked for.
    pub(crate) families: Arc<Mutex<Option<Arc<family::Families>>>>,
    /// When the index was last committed.
    stamp: Option<SystemTime>,
}

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Open").field("covered", &self.covered).finish_non_exhaustive()
    }
}

impl Archive {
    /// The index as it was last committed; opened at the first search, and followed as it is written.
    pub(crate) fn searcher(&self) -> Result<Open> {
        let mut searching = self.searching.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = index::meta(&self.dir).metadata().and_then(|meta| meta.modified()).ok();
        let open = match searching.take() {
            Some(open) if open.stamp == stamp => open,
            Some(open) => self.follow(&open, stamp).or_else(|_| self.open_index(stamp))?,
            None => self.open_index(stamp)?,
        };
        Ok(searching.insert(open).clone())
    }

    fn open_index(&self, stamp: Option<SystemTime>) -> Result<Open> {
        let (index, fields) = index::open(&self.dir)?;
        let covered = index::covered(&index, &self.name)?.unwrap_or(-1);
        let reader: IndexReader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(|e| Error::index("open", e))?;
        let searcher = reader.searcher();
        let ids = id_columns(&searcher)?;
        let model = index::model(&index, &self.name)?;
        let families = Arc::default();
        Ok(Open { index, reader, searcher, fields, ids, covered, model, families, stamp })
    }

    /// Takes in what was committed since. What is covered is read first, so that it is never too much.
    fn follow(&self, open: &Open, stamp: Option<SystemTime>) -> Result<Open> {
        let covered = index::covered(&open.index, &self.name)?.unwrap_or(-1);
        open.reader.reload().map_err(|e| Error::index("read", e))?;
        let searcher = open.reader.searcher();
        let ids = id_columns(&searcher)?;
        let model = index::model(&open.index, &self.name)?;
        let families = Arc::default();
        Ok(Open { searcher, ids, covered, model, families, stamp, ..open.clone() })
    }
}

fn id_columns(searcher: &Searcher) -> Result<Arc<Vec<Column<u64>>>> {
    let columns = searcher.segment_readers().iter().map(|segment| segment.fast_fields().u64("id"));
    let columns = columns.collect::<tantivy::Result<_>>().map_err(|e| Error::index("read", e))?;
    Ok(Arc::new(columns))
}

/// Runs a search. Should the index turn out to be broken, it is opened anew the next time.
pub(crate) fn run(archive: &Archive, search: &Search) -> Result<Found> {
    asking(archive, || ask(archive, search, None))
}

/// The same, from behind a telegram on.
pub(crate) fn run_after(archive: &Archive, search: &Search, after: Id) -> Result<Found> {
    asking(archive, || ask(archive, search, Some(after)))
}

/// Asks the index; should it turn out to be broken, it is opened anew the next time.
pub(crate) fn asking<T>(archive: &Archive, ask: impl FnOnce() -> Result<T>) -> Result<T> {
    let found = guard::asking(&archive.dir, ask);
    if found.as_ref().is_err_and(|error| error.kind() == ErrorKind::Index) {
        archive.searching.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
    found
}

fn ask(archive: &Archive, search: &Search, after: Option<Id>) -> Result<Found> {
    let open = archive.searcher()?;
    archive.reading(|connection| {
        let unindexed = unindexed(connection, open.covered, open.searcher.num_docs())?;
        if let Some(asked) = &search.query.absent {
            let missing = absent::find(archive, connection, &open, asked, search)?;
            return Ok(Found { missing: Some(missing), unindexed, ..Found::default() });
        }
        let root = resolve::resolve(archive, connection, &open, &search.query.root)?;
        let (total, ids, counted) = match order(search) {
            // The database has everything in this order, and the index no less.
            Some(order) if unindexed == 0 && after.is_none() && search.query.root == Node::All => {
                let total = usize::try_from(open.searcher.num_docs()).unwrap_or(usize::MAX);
                (total, everything(connection, order, search)?, None)
            }
            order => {
                let after = match after {
                    Some(after) => Some(open.place_of(connection, after, &root, order)?),
                    None => None,
                };
                open.find(search, &root, order, after).map_err(|e| Error::index("search", e))?
            }
        };
        let facets = if let Some(counted) = counted {
            counted.sorted()
        } else if search.facets {
            let matcher = compile(&root, &open.fields, false);
            let counted = open.searcher.search(&matcher, &FacetCounts);
            counted.map_err(|e| Error::index("search", e))?.sorted()
        } else {
            Facets::default()
        };
        let hits = hits(archive, connection, search, &root, &ids)?;
        Ok(Found { total, hits, facets, unindexed, ..Found::default() })
    })
}

/// Telegrams as results, with snippets if asked for, and how near they are where meaning was asked for.
fn hits(
    archive: &Archive,
    connection: &Connection,
    search: &Search,
    root: &Node,
    ids: &[Id],
) -> Result<Vec<Hit>> {
    let sought =
        if search.snippets { snippet::Sought::new(&root.sought()) } else { snippet::Sought::default() };
    let near = near_of(root, ids);
    let mut hits = Vec::with_capacity(ids.len());
    for Entry { id, card } in store::cards_of(connection, ids)? {
        let near = near.get(&id).map(|near| Nearness {
            similarity: Some(near.similarity),
            paragraph: near.place,
            ..Nearness::default()
        });
        let mut snippets = if search.snippets {
            snippets_of(archive, connection, id, &sought, near.as_ref())?
        } else {
            Vec::new()
        };
        let more = snippets.split_off(snippets.len().min(1));
        hits.push(Hit { id, card, snippet: snippets.pop(), more, near });
    }
    Ok(hits)
}

/// Of these telegrams, how near they are to what a query asks for by meaning; to the nearest, where that is several
/// things.
fn near_of(node: &Node, ids: &[Id]) -> HashMap<Id, Near> {
    match node {
        Node::Nearest(nearest) => nearest.of(ids),
        Node::And(nodes) | Node::Or(nodes) => {
            let mut all: HashMap<Id, Near> = HashMap::new();
            for (id, near) in nodes.iter().flat_map(|node| near_of(node, ids)) {
                let held = all.entry(id).or_insert(near);
                if near.similarity > held.similarity {
                    *held = near;
                }
            }
            all
        }
        _ => HashMap::new(),
    }
}

/// All that a query finds, oldest first.
pub(crate) fn matching(archive: &Archive, query: &Query) -> Result<(Vec<Id>, usize)> {
    asking(archive, || {
        let open = archive.searcher()?;
        let all = usize::try_from(open.searcher.num_docs()).unwrap_or(usize::MAX);
        let search = Search {
            query: query.clone(),
            sort: Sort::Oldest,
            offset: 0,
            limit: all,
            facets: false,
            snippets: false,
        };
        archive.reading(|connection| {
            let unindexed = unindexed(connection, open.covered, open.searcher.num_docs())?;
            let root = resolve::resolve(archive, connection, &open, &query.root)?;
            let found =
                open.find(&search, &root, Some(Order::Asc), None).map_err(|e| Error::index("search", e))?;
            Ok((found.1, unindexed))
        })
    })
}

/// The values of all telegrams, counted.
pub(crate) fn facets(archive: &Archive) -> Result<Facets> {
    let open = archive.searcher()?;
    let counted = open.searcher.search(&AllQuery, &FacetCounts);
    Ok(counted.map_err(|e| Error::index("search", e))?.sorted())
}

impl Open {
    /// The telegrams that the index has, in ascending order, and the last change that it has.
    pub(crate) fn telegrams(&self) -> (Vec<i64>, i64) {
        let mut ids = Vec::new();
        for (segment, column) in self.searcher.segment_readers().iter().zip(self.ids.iter()) {
            ids.extend(segment.doc_ids_alive().filter_map(|doc| column.first(doc)).map(u64::cast_signed));
        }
        ids.sort_unstable();
        (ids, self.covered)
    }

    /// The files of the index that aren't as they were written.
    pub(crate) fn damaged(&self, dir: &Path) -> Result<Vec<String>> {
        index::damaged(dir, &self.index)
    }
}

/// How many telegrams are kept but not in an index that is complete up to a change.
fn unindexed(connection: &Connection, covered: i64, documents: u64) -> Result<usize> {
    if store::meta(connection, "change")? <= covered {
        return Ok(0);
    }
    if covered < store::meta(connection, "trimmed")? {
        // A reindex that was broken off: the index has what it has, and the tail doesn't tell.
        let telegrams = store::count(connection, "SELECT count(*) FROM telegram")?;
        return Ok(usize::try_from(telegrams.saturating_sub(documents)).unwrap_or(usize::MAX));
    }
    let mut count =
        connection.prepare_cached("SELECT coalesce(sum(last - first + 1), 0) FROM tail WHERE change > ?")?;
    Ok(store::size(count.query_row([covered], |row| row.get(0))?))
}

/// The order by date that a search wants; `None` for the best match first. Where no word of the text is
/// sought no match is better than another, and the newest is first.
fn order(search: &Search) -> Option<Order> {
    match search.sort {
        Sort::Oldest => Some(Order::Asc),
        Sort::Relevance if ranks(&search.query.root) => None,
        Sort::Newest | Sort::Relevance => Some(Order::Desc),
    }
}

/// Whether some matches are better than others.
fn ranks(node: &Node) -> bool {
    match node {
        Node::Words(Text::Body | Text::Subject, _)
        | Node::Placed(Text::Body | Text::Subject, ..)
        | Node::Meaning(_)
        | Node::Nearest(_)
        | Node::Resembling(_)
        | Node::Alike(..)
        | Node::Number(..) => true,
        Node::And(nodes) | Node::Or(nodes) => nodes.iter().any(ranks),
        _ => false,
    }
}

/// The asked-for slice of all telegrams, by date; those without one at the end.
fn everything(connection: &Connection, order: Order, search: &Search) -> Result<Vec<Id>> {
    let slice = |sql: &str, limit: usize, offset: usize| -> Result<Vec<Id>> {
        let mut statement = connection.prepare_cached(sql)?;
        let ids = statement
            .query_map([store::integer(limit), store::integer(offset)], |row| Ok(Id(row.get(0)?)))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    };
    let (limit, offset) = (search.limit, search.offset);
    if order == Order::Desc {
        return slice("SELECT id FROM telegram ORDER BY dtg DESC, id LIMIT ? OFFSET ?", limit, offset);
    }
    let dated = "SELECT id FROM telegram WHERE dtg IS NOT NULL ORDER BY dtg, id LIMIT ? OFFSET ?";
    let mut ids = slice(dated, limit, offset)?;
    if ids.len() < limit {
        let dated = store::count(connection, "SELECT count(*) FROM telegram WHERE dtg IS NOT NULL")?;
        let offset = offset.saturating_sub(usize::try_from(dated).unwrap_or(usize::MAX));
        let undated = "SELECT id FROM telegram WHERE dtg IS NULL ORDER BY id LIMIT ? OFFSET ?";
        ids.extend(slice(undated, limit - ids.len(), offset)?);
    }
    Ok(ids)
}

/// Pieces of a telegram's text, the best first.
fn snippets_of(
    archive: &Archive,
    connection: &Connection,
    id: Id,
    sought: &snippet::Sought,
    near: Option<&Nearness>,
) -> Result<Vec<Snippet>> {
    let told = kept::of(connection, &archive.blocks, id)?.read(&*archive.collections(connection)?)?;
    let mut snippets = snippet::of(&told.record, sought);
    if let Some(near) = near {
        snippet::put_first(&mut snippets, &told.record, near.paragraph, sought);
    }
    if !snippets.is_empty() {
        return Ok(snippets);
    }
    let whole = told.readable();
    Ok(vec![snippet::cut(&whole, sought)])
}

impl Open {
    /// How many telegrams match, and the asked-for slice of them; and their facets, where one way through all that
    /// matches gives them too. Without an order by date, the best come first.
    fn find(
        &self,
        search: &Search,
        root: &Node,
        order: Option<Order>,
        after: Option<Place>,
    ) -> tantivy::Result<(usize, Vec<Id>, Option<Counted>)> {
        let searcher = &self.searcher;
        if search.limit == 0 {
            return Ok((searcher.search(&compile(root, &self.fields, false), &Count)?, Vec::new(), None));
        }
        let matcher = compile(root, &self.fields, order.is_none());
        let wanted = search.offset.saturating_add(search.limit);
        let by = order.map_or(By::Score, By::Date);
        let in_order = InOrder { ids: Arc::clone(&self.ids), by, wanted, after };
        let slice = |ids: Vec<Id>| ids.into_iter().skip(search.offset).collect();
        if search.facets {
            let ((total, ids), counted) = searcher.search(&matcher, &(in_order, FacetCounts))?;
            return Ok((total, slice(ids), Some(counted)));
        }
        let (total, ids) = searcher.search(&matcher, &in_order)?;
        Ok((total, slice(ids), None))
    }
}

/// Whether words are sought side by side.
fn has_phrase(node: &Node) -> bool {
    match node {
        Node::Words(_, words) => words.len() > 1,
        Node::Placed(..) => true,
        Node::And(nodes) | Node::Or(nodes) => nodes.iter().any(has_phrase),
        Node::Not(node) | Node::Number(_, node) => has_phrase(node),
        _ => false,
    }
}

/// The telegrams of a list.
fn listed(ids: &[i64], fields: &Fields) -> Box<dyn Matcher> {
    if ids.len() > one_of::LONG {
        return Box::new(one_of::OneOf::of(ids));
    }
    let term = |id: &i64| Term::from_field_u64(fields.id, id.cast_unsigned());
    Box::new(TermSetQuery::new(ids.iter().map(term)))
}

// ---- From the tree to the index's queries --------------------------------------------------------

/// A query's tree as the index's own; without what only ranks the matches, unless asked for.
pub(crate) fn compile(node: &Node, fields: &Fields, rank: bool) -> Box<dyn Matcher> {
    match node {
        Node::All => Box::new(AllQuery),
        Node::Words(Text::Body, words) if rank => Box::new(BooleanQuery::new(vec![
            (Occur::Must, run_of(fields.body, words)),
            (Occur::Should, Box::new(BoostQuery::new(run_of(fields.subject, words), SUBJECT_BOOST))),
        ])),
        Node::Words(field, words) => run_of(text_field(*field, fields), words),
        Node::Key(key) => exactly(fields, key),
        Node::Number(number, words) => {
            let constant = |key: &str, score| -> Box<dyn Matcher> {
                Box::new(ConstScoreQuery::new(exactly(fields, &format!("{key}:{number}")), score))
            };
            Box::new(BooleanQuery::union(vec![
                constant("mrn", NUMBER_SCORE),
                constant("ref", REFERENCE_SCORE),
                compile(words, fields, rank),
            ]))
        }
        Node::Sent(from, before) => sent(*from, *before, fields),
        Node::Range(measure, from, to) => range(*measure, *from, *to, fields),
        Node::AnyOf(field, words) => any_of(text_field(*field, fields), words),
        Node::Placed(field, unit, pattern) => {
            let field = text_field(*field, fields);
            let candidates = candidates(pattern, field);
            Box::new(Placed { field, unit: *unit, pattern: pattern.clone(), candidates })
        }
        Node::Ids(ids) => listed(ids, fields),
        Node::Between(behind, until) => {
            use std::ops::Bound::{Excluded, Included};
            let term = |id: i64| Term::from_field_u64(fields.id, id.cast_unsigned());
            Box::new(RangeQuery::new(Excluded(term(*behind)), Included(term(*until))))
        }
        Node::Nearest(nearest) => Box::new(IsNear(Arc::clone(nearest))),
        Node::Alike(words, least) => {
            let clause = |word: &String| (Occur::Should, run_of(fields.body, std::slice::from_ref(word)));
            let clauses = words.iter().map(clause).collect();
            Box::new(BooleanQuery::with_minimum_required_clauses(clauses, *least))
        }
        // Resolved before.
        Node::Like(..)
        | Node::Exact(_)
        | Node::Web(..)
        | Node::Is(_)
        | Node::Meaning(_)
        | Node::Resembling(_) => Box::new(EmptyQuery),
        Node::Not(node) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, Box::new(AllQuery)),
            (Occur::MustNot, excluded(node, fields)),
        ])),
        Node::And(nodes) => {
            let mut clauses: Vec<(Occur, Box<dyn Matcher>)> = Vec::with_capacity(nodes.len());
            for node in nodes {
                match node {
                    Node::Not(node) => clauses.push((Occur::MustNot, excluded(node, fields))),
                    node => clauses.push((Occur::Must, compile(node, fields, rank))),
                }
            }
            if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
                clauses.push((Occur::Must, Box::new(AllQuery)));
            }
            Box::new(BooleanQuery::new(clauses))
        }
        Node::Or(nodes) => {
            Box::new(BooleanQuery::union(nodes.iter().map(|node| compile(node, fields, rank)).collect()))
        }
    }
}

/// All telegrams in which a pattern may stand.
fn candidates(pattern: &Pattern, field: Field) -> Box<dyn Matcher> {
    let all = |patterns: &[Pattern]| -> Box<dyn Matcher> {
        let positive = patterns.iter().filter(|pattern| !matches!(pattern, Pattern::Not(_)));
        let clauses = positive.map(|pattern| (Occur::Must, candidates(pattern, field))).collect();
        Box::new(BooleanQuery::new(clauses))
    };
    match pattern {
        Pattern::Word(words) => any_of(field, words),
        Pattern::Run { parts, .. } => all(parts),
        Pattern::All(patterns) => all(patterns),
        Pattern::Near { one, other, .. } => Box::new(BooleanQuery::new(vec![
            (Occur::Must, candidates(one, field)),
            (Occur::Must, candidates(other, field)),
        ])),
        Pattern::Any(patterns) => {
            Box::new(BooleanQuery::union(patterns.iter().map(|pattern| candidates(pattern, field)).collect()))
        }
        Pattern::Like(_) | Pattern::Not(_) => Box::new(EmptyQuery),
    }
}

fn any_of(field: Field, words: &[String]) -> Box<dyn Matcher> {
    match words {
        [] => Box::new(EmptyQuery),
        [word] => run_of(field, std::slice::from_ref(word)),
        words => Box::new(TermSetQuery::new(words.iter().map(|word| Term::from_field_text(field, word)))),
    }
}

fn range(measure: Measure, from: Option<i64>, to: Option<i64>, fields: &Fields) -> Box<dyn Matcher> {
    use std::ops::Bound::{Included, Unbounded};
    let field = match measure {
        Measure::Serial => fields.serial,
        Measure::Sections => fields.sections,
        Measure::Words => fields.words,
        Measure::Declassified => fields.declassified,
    };
    let bound = |end: Option<i64>| end.map_or(Unbounded, |end| Included(Term::from_field_i64(field, end)));
    match (from, to) {
        (None, None) => Box::new(AllQuery),
        (from, to) => Box::new(RangeQuery::new(bound(from), bound(to))),
    }
}

/// What must not match.
fn excluded(node: &Node, fields: &Fields) -> Box<dyn Matcher> {
    let matcher = compile(node, fields, false);
    if has_phrase(node) { Box::new(Excluded(matcher)) } else { matcher }
}

/// One of the index's keys. A number without its year is of any year.
fn exactly(fields: &Fields, key: &str) -> Box<dyn Matcher> {
    let any_year = key.split_once(':').filter(|(name, number)| {
        matches!(*name, "mrn" | "ref") && !number.starts_with(|c: char| c.is_ascii_digit())
    });
    let term = |key: &str| Term::from_field_text(fields.key, key);
    match any_year {
        Some((name, number)) => {
            Box::new(TermSetQuery::new((0..100).map(|year| term(&format!("{name}:{year:02}{number}")))))
        }
        None => Box::new(TermQuery::new(term(key), IndexRecordOption::Basic)),
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
        Text::Person => fields.person,
        Text::Place => fields.place,
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
