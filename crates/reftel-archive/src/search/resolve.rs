//! What a query says by example: words like a pattern, exact characters, the web around other telegrams.
//!
//! Each is turned into what it stands for in this archive, before anything is looked for: words of the index's
//! dictionary, or telegrams by number.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use levenshtein_automata::{Distance, LevenshteinAutomatonBuilder};
use rayon::prelude::*;
use rusqlite::Connection;
use tantivy::schema::Field;

use super::family::Families;
use super::{Open, compile, text_field};
use crate::query::{Like, Node, Pattern, Relation, Standing, Text};
use crate::standing::CANCELS;
use crate::{Archive, Error, ErrorKind, Id, Result, copies, kept, meaning};

/// A pattern that more words are like is refused: nobody means them all.
const WORDS_MAX: usize = 20_000;

/// Texts are read so many at a time.
const TEXTS_AT_ONCE: usize = 512;

/// The same query with all that it says by example said outright.
pub(crate) fn resolve(archive: &Archive, connection: &Connection, open: &Open, node: &Node) -> Result<Node> {
    let again = |node: &Node| resolve(archive, connection, open, node);
    Ok(match node {
        Node::Like(text, like) => Node::AnyOf(*text, like_words(open, *text, like)?),
        Node::Placed(text, unit, pattern) => {
            Node::Placed(*text, *unit, resolve_pattern(open, *text, pattern)?)
        }
        Node::Exact(exact) => Node::Ids(Arc::new(exactly(archive, connection, open, exact)?)),
        Node::Web(relation, of) => {
            let of = found(open, &again(of)?)?;
            Node::Ids(Arc::new(related(connection, open, *relation, &of)?))
        }
        Node::Is(standing) => match standing {
            // Asked of the references instead.
            Standing::Phantom => Node::Or(Vec::new()),
            Standing::Version => {
                let own = Node::Key("is:version".to_owned());
                Node::Or(vec![own, Node::Ids(Arc::new(versions(connection)?))])
            }
            Standing::Cancelled => {
                let own = Node::Key("is:cancelled".to_owned());
                Node::Or(vec![own, Node::Ids(Arc::new(cancelled(connection, open)?))])
            }
        },
        Node::Meaning(text) => Node::Nearest(Arc::new(meaning::nearest(archive, open, text)?)),
        Node::Resembling(of) => super::alike::alike(archive, connection, open, &again(of)?)?,
        Node::Not(node) => Node::Not(Box::new(again(node)?)),
        Node::Number(number, words) => Node::Number(number.clone(), Box::new(again(words)?)),
        Node::And(nodes) => Node::And(nodes.iter().map(again).collect::<Result<_>>()?),
        Node::Or(nodes) => Node::Or(nodes.iter().map(again).collect::<Result<_>>()?),
        node => node.clone(),
    })
}

fn resolve_pattern(open: &Open, text: Text, pattern: &Pattern) -> Result<Pattern> {
    let again = |pattern: &Pattern| resolve_pattern(open, text, pattern);
    let all = |patterns: &[Pattern]| patterns.iter().map(again).collect::<Result<Vec<_>>>();
    Ok(match pattern {
        Pattern::Word(words) => Pattern::Word(words.clone()),
        Pattern::Like(like) => Pattern::Word(like_words(open, text, like)?),
        Pattern::Run { parts, between } => Pattern::Run { parts: all(parts)?, between: *between },
        Pattern::Near { one, other, between } => {
            Pattern::Near { one: Box::new(again(one)?), other: Box::new(again(other)?), between: *between }
        }
        Pattern::Any(patterns) => Pattern::Any(all(patterns)?),
        Pattern::All(patterns) => Pattern::All(all(patterns)?),
        Pattern::Not(pattern) => Pattern::Not(Box::new(again(pattern)?)),
    })
}

// ---- Words ---------------------------------------------------------------------------------------

/// The words of a field that are like this, in order.
fn like_words(open: &Open, text: Text, like: &Like) -> Result<Vec<String>> {
    let field = text_field(text, &open.fields);
    let mut words = BTreeSet::new();
    match like {
        Like::Wild(pattern) => {
            let literal = pattern.find(['*', '?']).unwrap_or(pattern.len());
            each_word(open, field, &pattern[..literal], &mut |word| {
                if is_like(pattern, word) {
                    words.insert(word.to_owned());
                }
                words.len() <= WORDS_MAX
            })?;
        }
        Like::Fuzzy(word, edits) => {
            let automaton = LevenshteinAutomatonBuilder::new(*edits, true).build_dfa(word);
            each_word(open, field, "", &mut |other| {
                if matches!(automaton.eval(other), Distance::Exact(_)) {
                    words.insert(other.to_owned());
                }
                true
            })?;
        }
    }
    if words.len() > WORDS_MAX {
        let Like::Wild(pattern) = like else { return Ok(Vec::new()) };
        let message = format!("more than {WORDS_MAX} words are like `{pattern}`; write more of its letters");
        return Err(Error::new(ErrorKind::Query, message));
    }
    Ok(words.into_iter().collect())
}

/// Each word of a field that begins like this, as long as any are wanted.
pub(super) fn each_word(
    open: &Open,
    field: Field,
    start: &str,
    each: &mut dyn FnMut(&str) -> bool,
) -> Result<()> {
    let run = |each: &mut dyn FnMut(&str) -> bool| -> tantivy::Result<()> {
        for segment in open.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut stream = index.terms().range().ge(start).into_stream()?;
            while stream.advance() {
                let Ok(word) = std::str::from_utf8(stream.key()) else { continue };
                if !word.starts_with(start) {
                    break;
                }
                // Ends of sentences are no words.
                if !word.starts_with('\u{1}') && !each(word) {
                    return Ok(());
                }
            }
        }
        Ok(())
    };
    run(each).map_err(|e| Error::index("read", e))
}

/// Whether a word is like a pattern with `*` and `?`.
fn is_like(pattern: &str, word: &str) -> bool {
    let (pattern, word): (Vec<char>, Vec<char>) = (pattern.chars().collect(), word.chars().collect());
    let (mut at, mut in_word) = (0, 0);
    // The last `*`, and how much of the word it stands for so far.
    let mut star: Option<(usize, usize)> = None;
    while in_word < word.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, in_word));
                at += 1;
            }
            Some(sign) if *sign == '?' || *sign == word[in_word] => {
                at += 1;
                in_word += 1;
            }
            _ => {
                let Some((sign, stands_to)) = star else { return false };
                star = Some((sign, stands_to + 1));
                (at, in_word) = (sign + 1, stands_to + 1);
            }
        }
    }
    pattern[at..].iter().all(|sign| *sign == '*')
}

// ---- Telegrams -----------------------------------------------------------------------------------

/// All telegrams that a resolved query finds, in ascending order.
pub(super) fn found(open: &Open, node: &Node) -> Result<Vec<i64>> {
    let matcher = compile(node, &open.fields, false);
    let places = open.searcher.search(&matcher, &tantivy::collector::DocSetCollector);
    let places = places.map_err(|e| Error::index("search", e))?;
    let id = |place: &tantivy::DocAddress| open.ids.get(place.segment_ord as usize)?.first(place.doc_id);
    let mut ids: Vec<i64> = places.iter().filter_map(id).map(u64::cast_signed).collect();
    ids.sort_unstable();
    Ok(ids)
}

/// Telegrams in which these characters stand as they are, with no letter or digit right beside them. A blank
/// stands for any white space.
fn exactly(archive: &Archive, connection: &Connection, open: &Open, exact: &str) -> Result<Vec<i64>> {
    let words = crate::words::words(exact);
    let mut have = Vec::new();
    let collections = archive.collections(connection)?;
    for ids in found(open, &Node::Words(Text::Body, words))?.chunks(TEXTS_AT_ONCE) {
        let mut texts = Vec::with_capacity(ids.len());
        for id in ids {
            texts.push((*id, kept::of(connection, &archive.blocks, Id(*id))?));
        }
        let stands = |text: kept::Kept| Ok(stands_in(&text.read(&collections)?.readable(), exact));
        let read: Vec<(i64, Result<bool>)> =
            texts.into_par_iter().map(|(id, text)| (id, stands(text))).collect();
        for (id, stands) in read {
            if stands? {
                have.push(id);
            }
        }
    }
    Ok(have)
}

fn stands_in(text: &str, exact: &str) -> bool {
    let in_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let (first, last) = (letter(exact.chars().next()), letter(exact.chars().next_back()));
    in_line.match_indices(exact).any(|(at, _)| {
        let before = letter(in_line[..at].chars().next_back());
        let behind = letter(in_line[at + exact.len()..].chars().next());
        !(first && before || last && behind)
    })
}

/// A family of more telegrams isn't followed one by one.
const FAMILY_LARGE: usize = 500;

/// All families, made out at the first question and kept while the index is as it is.
fn families(connection: &Connection, open: &Open) -> Result<Arc<Families>> {
    let mut families = open.families.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(families) = &*families {
        return Ok(Arc::clone(families));
    }
    Ok(Arc::clone(families.insert(Arc::new(Families::of(connection)?))))
}

/// Telegrams that stand to these in a relation, in ascending order.
fn related(connection: &Connection, open: &Open, relation: Relation, of: &[i64]) -> Result<Vec<i64>> {
    let mut citing = connection.prepare_cached(
        "SELECT cite.telegram FROM telegram JOIN cite ON cite.mrn = telegram.mrn WHERE telegram.id = ?1 \
         UNION ALL SELECT note.telegram FROM volume AS own JOIN volume AS note USING (number) \
         WHERE own.telegram = ?1 AND own.own = 1 AND note.own = 0",
    )?;
    let mut cites = connection.prepare_cached("SELECT coalesce(cites, '') FROM telegram WHERE id = ?")?;
    let mut numbered = connection.prepare_cached("SELECT id FROM telegram WHERE mrn = ?")?;
    // What editors' notes name is cited as what a telegram itself names.
    let mut noted = connection.prepare_cached(
        "SELECT own.telegram FROM volume AS note JOIN volume AS own USING (number) \
         WHERE note.telegram = ? AND note.own = 0 AND own.own = 1",
    )?;
    let mut known: BTreeSet<i64> = BTreeSet::new();
    let mut next = of.to_vec();
    if relation == Relation::Thread {
        known.extend(of);
    }
    while let Some(id) = next.pop() {
        if relation == Relation::Thread && known.len() > FAMILY_LARGE {
            return Ok(families(connection, open)?.whole(of));
        }
        let mut neighbours = Vec::new();
        if relation != Relation::CitedBy {
            let rows = citing.query_map([id], |row| row.get::<_, i64>(0))?;
            neighbours.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
        }
        if relation != Relation::Cites {
            let list: String = cites.query_row([id], |row| row.get(0))?;
            for number in list.lines() {
                let rows = numbered.query_map([number], |row| row.get::<_, i64>(0))?;
                neighbours.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
            }
            let rows = noted.query_map([id], |row| row.get::<_, i64>(0))?;
            neighbours.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
        }
        for neighbour in neighbours {
            if known.insert(neighbour) && relation == Relation::Thread {
                next.push(neighbour);
            }
        }
    }
    Ok(known.into_iter().collect())
}

/// Telegrams of which there are several copies: of one number, or sent again.
fn versions(connection: &Connection) -> Result<Vec<i64>> {
    let mut several = connection.prepare_cached(
        "SELECT id FROM telegram WHERE mrn IN \
         (SELECT mrn FROM telegram WHERE mrn IS NOT NULL GROUP BY mrn HAVING count(*) > 1) \
         UNION SELECT telegram FROM part WHERE copy > 0 ORDER BY 1",
    )?;
    let ids = several.query_map([], |row| row.get(0))?;
    let mut ids = ids.collect::<rusqlite::Result<BTreeSet<i64>>>()?;
    // Those that were gathered by more than their number, or by a person.
    let mut kin = connection.prepare_cached(
        "SELECT one FROM pair WHERE copies = 1 UNION SELECT other FROM pair WHERE copies = 1 \
         UNION SELECT one FROM decision WHERE joined = 1 UNION SELECT other FROM decision WHERE joined = 1",
    )?;
    let kin = kin.query_map([], |row| row.get::<_, i64>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    for id in kin {
        if !ids.contains(&id) && copies::has_others(connection, Id(id))? {
            ids.insert(id);
        }
    }
    Ok(ids.into_iter().collect())
}

/// Telegrams that others here cancel.
fn cancelled(connection: &Connection, open: &Open) -> Result<Vec<i64>> {
    let mut numbers = BTreeSet::new();
    each_word(open, open.fields.key, CANCELS, &mut |key| {
        numbers.insert(key.to_owned());
        true
    })?;
    let mut numbered = connection.prepare_cached("SELECT id FROM telegram WHERE mrn = ?")?;
    let mut ids = Vec::new();
    for key in numbers {
        let Some(number) = key.strip_prefix(CANCELS) else { continue };
        // The dictionary still has what one said that was read again since.
        if found(open, &Node::Key(key.clone()))?.is_empty() {
            continue;
        }
        let held = numbered.query_map([number], |row| row.get::<_, i64>(0))?;
        ids.extend(held.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_like_whole_words() {
        for (pattern, word, want) in [
            ("ferr*", "ferry", true),
            ("ferr*", "ferr", true),
            ("ferr*", "afferry", false),
            ("te?t", "test", true),
            ("te?t", "tet", false),
            ("*ing", "lightning", true),
            ("*i*i*g", "lightning", true),
            ("*i*i*g", "lightning1", false),
            ("s?o", "são", true),
        ] {
            assert_eq!(is_like(pattern, word), want, "{pattern} {word}");
        }
    }

    #[test]
    fn exact_means_exact() {
        for (exact, want) in [
            ("Ferry", true),
            ("ferry", false),
            ("Ferr", false),
            ("AT&T", true),
            ("São", true),
            ("Sao", false),
            ("Ferry left, at", true),
            ("Ferry left at", false),
        ] {
            assert_eq!(stands_in("The Ferry\nleft, at AT&T in São Tomé.", exact), want, "{exact}");
        }
    }
}
