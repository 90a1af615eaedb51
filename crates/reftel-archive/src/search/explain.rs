//! Why a query finds what it finds, or nothing: part by part, and what else would find something.

use levenshtein_automata::{Distance, LevenshteinAutomatonBuilder};
use rusqlite::Connection;
use tantivy::collector::Count;
use tantivy::query::EnableScoring;
use tantivy::schema::Field;
use tantivy::{DocAddress, TERMINATED, Term};

use super::resolve::{each_word, resolve};
use super::{Open, compile, text_field};
use crate::query::{Node, Query, Text};
use crate::{Archive, Error, Id, Result, guard};

/// How many of the words that a pattern is like are told.
const WORDS_TOLD: usize = 20;

/// How many queries are offered for one that finds nothing.
const NEAREST_MAX: usize = 4;

/// What a query's parts find.
#[derive(Clone, Debug, Default)]
pub struct Explained {
    /// How many telegrams the query finds.
    pub total: usize,
    /// Its parts, as typed: what must all be there, or excluded.
    pub parts: Vec<Part>,
    /// Where it finds nothing: queries near it that find something, best first.
    pub nearest: Vec<Nearest>,
}

/// One part of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// As typed.
    pub text: String,
    /// How many telegrams it finds alone.
    pub alone: usize,
    /// How many all the other parts find together.
    pub without: usize,
    /// Of a pattern, the first of the words that it turned out to be.
    pub words: Vec<String>,
    /// And how many words these are in all.
    pub words_total: usize,
}

/// A query that finds something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearest {
    /// As it can be typed.
    pub query: String,
    /// How many telegrams it finds.
    pub total: usize,
    /// What was changed, in a few words.
    pub change: String,
}

/// What one part of a query had to do with a hit.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The part, as typed.
    pub part: String,
    /// What it adds to the hit's score (BM25); 0 where it only lets in or keeps out.
    pub weight: f32,
    /// How often its words stand in the subject.
    pub subject: usize,
    /// How often its words stand in all that is printed.
    pub text: usize,
}

impl Archive {
    /// What each part of a query finds, and, where all of it finds nothing, what would find something.
    pub fn explain(&self, query: &Query) -> Result<Explained> {
        guard::asking(&self.dir, || {
            let open = self.searcher()?;
            self.reading(|connection| explain(self, connection, &open, query))
        })
    }

    /// Of each of these telegrams, what the parts of a query had to do with it. Parts that only exclude are left out.
    pub fn reasons(&self, query: &Query, ids: &[Id]) -> Result<Vec<Vec<Reason>>> {
        guard::asking(&self.dir, || {
            let open = self.searcher()?;
            self.reading(|connection| {
                let mut parts = Vec::new();
                for (text, node) in query.parts() {
                    if !matches!(node, Node::Not(_)) {
                        parts.push((text, resolve(self, connection, &open, &node)?));
                    }
                }
                ids.iter().map(|id| reasons(self, connection, &open, &parts, *id)).collect()
            })
        })
    }
}

fn count(open: &Open, node: &Node) -> Result<usize> {
    open.searcher.search(&compile(node, &open.fields, false), &Count).map_err(|e| Error::index("search", e))
}

fn explain(archive: &Archive, connection: &Connection, open: &Open, query: &Query) -> Result<Explained> {
    let parts = query.parts();
    let mut resolved = Vec::with_capacity(parts.len());
    for (_, node) in &parts {
        resolved.push(resolve(archive, connection, open, node)?);
    }
    let all = |skip: Option<usize>| {
        let nodes = resolved.iter().enumerate().filter(|(at, _)| Some(*at) != skip);
        let mut nodes: Vec<Node> = nodes.map(|(_, node)| node.clone()).collect();
        if nodes.len() == 1 { nodes.pop().unwrap_or(Node::All) } else { Node::And(nodes) }
    };
    let mut explained = Explained { total: count(open, &all(None))?, ..Explained::default() };
    for (at, (text, _)) in parts.iter().enumerate() {
        let words = match &resolved[at] {
            Node::AnyOf(_, words) => words.as_slice(),
            _ => &[],
        };
        explained.parts.push(Part {
            text: (*text).to_owned(),
            alone: count(open, &resolved[at])?,
            without: if parts.len() > 1 { count(open, &all(Some(at)))? } else { 0 },
            words: words.iter().take(WORDS_TOLD).cloned().collect(),
            words_total: words.len(),
        });
    }
    if explained.total == 0 {
        explained.nearest = nearest(archive, connection, open, query, &explained.parts)?;
    }
    Ok(explained)
}

// ---- The nearest query that finds something ------------------------------------------------------

fn nearest(
    archive: &Archive,
    connection: &Connection,
    open: &Open,
    query: &Query,
    parts: &[Part],
) -> Result<Vec<Nearest>> {
    let mut offers = Offers { archive, connection, open, parts, offered: Vec::new() };
    offers.spelt_otherwise(query)?;
    offers.loosened(query)?;
    if !offers.one_less()? {
        offers.as_many_as_go_together()?;
    }
    Ok(offers.offered)
}

/// Queries near one that finds nothing.
struct Offers<'a> {
    archive: &'a Archive,
    connection: &'a Connection,
    open: &'a Open,
    parts: &'a [Part],
    offered: Vec<Nearest>,
}

impl Offers<'_> {
    fn finds(&self, text: &str) -> Result<usize> {
        match Query::parse(text) {
            Ok(near) => count(self.open, &resolve(self.archive, self.connection, self.open, &near.root)?),
            Err(_) => Ok(0),
        }
    }

    /// Offers the query with other parts instead of some, none where they are empty; whether it finds anything.
    fn offer(&mut self, instead: &[Option<String>], change: String) -> Result<bool> {
        let texts = self.parts.iter().zip(instead);
        let texts = texts.map(|(part, instead)| instead.as_deref().unwrap_or(&part.text));
        let query = texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
        if self.offered.len() >= NEAREST_MAX || self.offered.iter().any(|other| other.query == query) {
            return Ok(true);
        }
        let total = self.finds(&query)?;
        if total > 0 {
            self.offered.push(Nearest { query, total, change });
        }
        Ok(total > 0)
    }

    /// Words that nobody wrote, as they may have been meant.
    fn spelt_otherwise(&mut self, query: &Query) -> Result<()> {
        let mut spelt = vec![None; self.parts.len()];
        let mut changes = Vec::new();
        for (instead, (text, node)) in spelt.iter_mut().zip(query.parts()) {
            let Node::Words(field, words) = node else { continue };
            for word in words {
                if let Some(other) = respelt(self.open, text_field(field, &self.open.fields), &word)? {
                    let better = instead.take().unwrap_or_else(|| text.to_lowercase());
                    *instead = Some(better.replace(&word, &other));
                    changes.push(format!("`{other}` for `{word}`"));
                }
            }
        }
        if !changes.is_empty() {
            self.offer(&spelt, changes.join(", "))?;
        }
        Ok(())
    }

    /// Words that were wanted side by side, anywhere.
    fn loosened(&mut self, query: &Query) -> Result<()> {
        for (at, (text, node)) in query.parts().into_iter().enumerate() {
            if let Node::Words(Text::Body, words) = node
                && words.len() > 1
            {
                let mut loose = vec![None; self.parts.len()];
                loose[at] = Some(words.join(" "));
                self.offer(&loose, format!("the words of `{text}` anywhere"))?;
            }
        }
        Ok(())
    }

    /// One part left out; whether that helps.
    fn one_less(&mut self) -> Result<bool> {
        let mut order: Vec<usize> = (0..self.parts.len()).filter(|at| self.parts[*at].without > 0).collect();
        order.sort_by_key(|at| std::cmp::Reverse(self.parts[*at].without));
        let mut any = false;
        for at in order {
            let mut less = vec![None; self.parts.len()];
            less[at] = Some(String::new());
            any |= self.offer(&less, format!("without `{}`", self.parts[at].text))?;
        }
        Ok(any)
    }

    /// As many parts as find something together, the rarest first.
    fn as_many_as_go_together(&mut self) -> Result<()> {
        let mut kept = vec![Some(String::new()); self.parts.len()];
        let mut order: Vec<usize> = (0..self.parts.len()).filter(|at| self.parts[*at].alone > 0).collect();
        order.sort_by_key(|at| self.parts[*at].alone);
        for at in order {
            kept[at] = None;
            let texts = self.parts.iter().zip(&kept).filter(|(_, kept)| kept.is_none());
            let texts: Vec<&str> = texts.map(|(part, _)| part.text.as_str()).collect();
            if self.finds(&texts.join(" "))? == 0 {
                kept[at] = Some(String::new());
            }
        }
        let without = self.parts.iter().zip(&kept).filter(|(_, kept)| kept.is_some());
        let without: Vec<String> = without.map(|(part, _)| format!("`{}`", part.text)).collect();
        self.offer(&kept, format!("without {}", without.join(" and ")))?;
        Ok(())
    }
}

/// The word that most telegrams have of those nearest to one that none has.
fn respelt(open: &Open, field: Field, word: &str) -> Result<Option<String>> {
    let frequency = |word: &str| -> Result<u64> {
        open.searcher.doc_freq(&Term::from_field_text(field, word)).map_err(|e| Error::index("read", e))
    };
    if word.chars().count() < 4 || frequency(word)? > 0 {
        return Ok(None);
    }
    for edits in [1, 2] {
        let automaton = LevenshteinAutomatonBuilder::new(edits, true).build_dfa(word);
        let mut near = Vec::new();
        each_word(open, field, "", &mut |other| {
            if matches!(automaton.eval(other), Distance::Exact(_)) {
                near.push(other.to_owned());
            }
            true
        })?;
        let mut best = None;
        for other in near {
            let times = frequency(&other)?;
            if best.as_ref().is_none_or(|(most, _)| times > *most) {
                best = Some((times, other));
            }
        }
        if let Some((_, other)) = best {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

// ---- A hit ---------------------------------------------------------------------------------------

fn reasons(
    archive: &Archive,
    connection: &Connection,
    open: &Open,
    parts: &[(&str, Node)],
    id: Id,
) -> Result<Vec<Reason>> {
    let Some(place) = place_of(open, id)? else { return Ok(Vec::new()) };
    let card = crate::store::cards_of(connection, &[id])?.pop().map(|entry| entry.card);
    let subject = card.and_then(|card| card.subject).unwrap_or_default();
    let collections = archive.collections(connection)?;
    let text = crate::kept::of(connection, &archive.blocks, id)?.read(&collections)?.readable();
    let (subject, text) = (crate::words::words(&subject), crate::words::words(&text));
    let mut reasons = Vec::new();
    for (part, node) in parts {
        let Some(weight) = weight_of(open, node, place)? else { continue };
        let sought = node.sought();
        let times = |words: &[String]| sought.iter().map(|run| times(words, run)).sum();
        let weight = if super::ranks(node) { weight } else { 0.0 };
        reasons.push(Reason {
            part: (*part).to_owned(),
            weight,
            subject: times(&subject),
            text: times(&text),
        });
    }
    Ok(reasons)
}

/// How often a run of words stands in a text, whose words these are.
fn times(words: &[String], run: &[String]) -> usize {
    if run.is_empty() { 0 } else { words.windows(run.len()).filter(|window| *window == run).count() }
}

fn place_of(open: &Open, id: Id) -> Result<Option<DocAddress>> {
    let term = crate::index::id_term(&open.fields, id);
    let query = tantivy::query::TermQuery::new(term, tantivy::schema::IndexRecordOption::Basic);
    let found = open.searcher.search(&query, &tantivy::collector::DocSetCollector);
    Ok(found.map_err(|e| Error::index("search", e))?.into_iter().next())
}

/// What a query gives a telegram; `None` where it doesn't find it.
fn weight_of(open: &Open, node: &Node, place: DocAddress) -> Result<Option<f32>> {
    let score = || -> tantivy::Result<Option<f32>> {
        let weight =
            compile(node, &open.fields, true).weight(EnableScoring::enabled_from_searcher(&open.searcher))?;
        let segment = open.searcher.segment_reader(place.segment_ord);
        let mut scorer = weight.scorer(segment, 1.0)?;
        let mut doc = scorer.doc();
        if doc < place.doc_id {
            doc = scorer.seek(place.doc_id);
        }
        Ok((doc != TERMINATED && doc == place.doc_id).then(|| scorer.score()))
    };
    score().map_err(|e| Error::index("search", e))
}
