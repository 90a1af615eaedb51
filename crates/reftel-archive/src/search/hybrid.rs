//! Words and meaning in one list.
//!
//! The query is asked twice: as it is, and with its words taken for what they mean. Each gives a list, and the two are
//! merged by rank alone (reciprocal rank fusion: Cormack, Clarke and Buettcher, SIGIR 2009), since weights of words and
//! angles can't be compared.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::Connection;

use super::{FacetCounts, Open, asking, compile, hits, near_of, unindexed};
use crate::query::{Node, Text};
use crate::{Archive, Error, ErrorKind, Facets, Found, Id, Nearness, Result, Search, meaning};

/// So many of the best of each list are merged.
const POOL: usize = 1000;

/// How much the first places count more than those behind: a rank r gives 1 / (60 + r), as in the paper.
const DAMPING: f64 = 60.0;

/// Runs a search both ways.
pub(crate) fn run(archive: &Archive, search: &Search) -> Result<Found> {
    asking(archive, || {
        let open = archive.searcher()?;
        archive.reading(|connection| ask(archive, connection, &open, search))
    })
}

fn ask(archive: &Archive, connection: &Connection, open: &Open, search: &Search) -> Result<Found> {
    if search.query.absent.is_some() {
        let message = "what isn't here has no meaning to go by; ask for `is:phantom` by its words";
        return Err(Error::new(ErrorKind::Query, message));
    }
    let root = super::resolve::resolve(archive, connection, open, &search.query.root)?;
    let text = root.sought().iter().map(|run| run.join(" ")).collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        let message = "there is no word in this query whose meaning could be looked for";
        return Err(Error::new(ErrorKind::Query, message));
    }
    let nearest = Node::Nearest(Arc::new(meaning::nearest(archive, open, &text)?));
    let by_meaning = Node::And(vec![nearest, without_words(&root)]);
    let pool = Search { offset: 0, limit: POOL, facets: false, snippets: false, ..search.clone() };
    let list = |node: &Node| open.find(&pool, node, None, None).map_err(|e| Error::index("search", e));
    let (words, meanings) = (list(&root)?.1, list(&by_meaning)?.1);
    let merged = merge(&words, &meanings);
    let all: Vec<Id> = merged.iter().map(|(id, _)| *id).collect();
    let facets = if search.facets {
        let mut ids: Vec<i64> = all.iter().map(|id| id.0).collect();
        ids.sort_unstable();
        let matcher = compile(&Node::Ids(Arc::new(ids)), &open.fields, false);
        open.searcher.search(&matcher, &FacetCounts).map_err(|e| Error::index("search", e))?.sorted()
    } else {
        Facets::default()
    };
    let shown: Vec<Id> = all.iter().copied().skip(search.offset).take(search.limit).collect();
    // What was found by meaning alone shows the paragraph that was near.
    let both = Node::Or(vec![root, by_meaning]);
    let mut hits = hits(archive, connection, search, &both, &shown)?;
    let near = near_of(&both, &shown);
    let ranks: HashMap<Id, [Option<usize>; 2]> = merged.into_iter().collect();
    for hit in &mut hits {
        let [by_words, by_meaning] = ranks.get(&hit.id).copied().unwrap_or_default();
        let near = near.get(&hit.id);
        hit.near = Some(Nearness {
            by_words,
            by_meaning,
            similarity: near.map(|near| near.similarity),
            paragraph: near.map_or(0, |near| near.place),
        });
    }
    let unindexed = unindexed(connection, open.covered, open.searcher.num_docs())?;
    Ok(Found { total: all.len(), hits, facets, unindexed, ..Found::default() })
}

/// What a query asks for beside words of the text.
fn without_words(node: &Node) -> Node {
    match node {
        Node::Words(Text::Body | Text::Subject, _)
        | Node::AnyOf(Text::Body | Text::Subject, _)
        | Node::Placed(Text::Body | Text::Subject, ..)
        | Node::Number(..)
        | Node::Alike(..)
        | Node::Nearest(_) => Node::All,
        Node::And(nodes) => Node::And(nodes.iter().map(without_words).collect()),
        Node::Or(nodes) => {
            let nodes: Vec<Node> = nodes.iter().map(without_words).collect();
            if nodes.contains(&Node::All) { Node::All } else { Node::Or(nodes) }
        }
        node => node.clone(),
    }
}

/// Two lists as one, each telegram with its places in them, from 1.
fn merge(words: &[Id], meanings: &[Id]) -> Vec<(Id, [Option<usize>; 2])> {
    let mut ranks: HashMap<Id, [Option<usize>; 2]> = HashMap::new();
    for (which, list) in [words, meanings].into_iter().enumerate() {
        for (at, id) in list.iter().enumerate() {
            ranks.entry(*id).or_default()[which] = Some(at + 1);
        }
    }
    let mut merged: Vec<(f64, Id, [Option<usize>; 2])> = ranks
        .into_iter()
        .map(|(id, ranks)| {
            #[allow(clippy::cast_precision_loss, reason = "at most a thousand")]
            let score = ranks.iter().flatten().map(|rank| 1.0 / (DAMPING + *rank as f64)).sum();
            (score, id, ranks)
        })
        .collect();
    merged.sort_by(|(a, x, _), (b, y, _)| b.total_cmp(a).then_with(|| x.cmp(y)));
    merged.into_iter().map(|(_, id, ranks)| (id, ranks)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_good_in_both_comes_first() {
        let ids = |list: &[i64]| list.iter().map(|id| Id(*id)).collect::<Vec<_>>();
        let merged = merge(&ids(&[1, 2, 3]), &ids(&[4, 2, 5]));
        assert_eq!(merged[0], (Id(2), [Some(2), Some(2)]));
        assert_eq!(merged[1], (Id(1), [Some(1), None]));
        assert_eq!(merged[2], (Id(4), [None, Some(1)]));
        assert_eq!(merged.len(), 5);
    }
}
