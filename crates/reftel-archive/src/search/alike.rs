//! More like this: telegrams that have the telling words of others.
//!
//! It needs no model. Telling is a word that stands often in these and in few others; what has a fifth of the most
//! telling ones is like them, and the more of them and the rarer, the more.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::Connection;
use tantivy::Term;

use super::Open;
use super::resolve::found;
use crate::query::Node;
use crate::{Archive, Error, Id, Result, kept, words};

/// So many words are compared.
const WORDS_MAX: usize = 24;

/// The share of them that another must have: one in so many.
const SHARE: usize = 5;

/// Of so many telegrams at most the words are counted, the first of them.
const OF_MAX: usize = 20;

/// What is like the telegrams that a resolved query finds, but these.
pub(super) fn alike(archive: &Archive, connection: &Connection, open: &Open, of: &Node) -> Result<Node> {
    let ids = found(open, of)?;
    let collections = archive.collections(connection)?;
    let mut times: HashMap<String, u32> = HashMap::new();
    for id in ids.iter().take(OF_MAX) {
        let told = kept::of(connection, &archive.blocks, Id(*id))?.read(&collections)?;
        let subject = told.record.subject.iter().map(|subject| subject.value.text.as_str());
        let paragraphs = told.record.paragraphs.iter().map(|paragraph| paragraph.value.text.as_str());
        for text in subject.chain(paragraphs) {
            for word in words::words(text) {
                *times.entry(word).or_default() += 1;
            }
        }
    }
    let all = open.searcher.num_docs().max(1);
    let mut telling: Vec<(f64, String)> = Vec::new();
    for (word, count) in times {
        if word.chars().count() < 3 || word.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let term = Term::from_field_text(open.fields.body, &word);
        let having = open.searcher.doc_freq(&term).map_err(|e| Error::index("read", e))?;
        // What no other has tells nothing, and what every fourth has tells little.
        if having > ids.len() as u64 && having.saturating_mul(4) <= all.max(20) {
            #[allow(clippy::cast_precision_loss, reason = "a weight")]
            let rare = (all as f64 / having as f64).ln();
            telling.push((f64::from(count).sqrt() * rare, word));
        }
    }
    telling.sort_by(|(a, x), (b, y)| b.total_cmp(a).then_with(|| x.cmp(y)));
    telling.truncate(WORDS_MAX);
    if telling.is_empty() {
        return Ok(Node::Or(Vec::new()));
    }
    let least = telling.len().div_ceil(SHARE).max(2);
    let words = telling.into_iter().map(|(_, word)| word).collect();
    Ok(Node::And(vec![Node::Alike(words, least), Node::Not(Box::new(Node::Ids(Arc::new(ids))))]))
}
