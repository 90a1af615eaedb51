//! How many: by year, by post, between posts.
//!
//! A card that lacks what is counted by isn't counted, so the sums can be below the number of cards.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use reftel_telegram::Card;

/// Who wrote to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pair<'c> {
    /// The post that sent.
    pub from: &'c str,
    /// A post that was asked to act.
    pub to: &'c str,
}

/// How many telegrams are of each year, by year.
pub fn by_year<'c>(cards: impl IntoIterator<Item = &'c Card>) -> Vec<(i16, u64)> {
    tally(cards.into_iter().filter_map(|card| card.year)).into_iter().collect()
}

/// How many telegrams each post sent, most first; equal counts by name.
pub fn by_post<'c>(cards: impl IntoIterator<Item = &'c Card>) -> Vec<(&'c str, u64)> {
    most_first(tally(cards.into_iter().filter_map(|card| card.post.as_deref())))
}

/// How many telegrams each post sent to each other, most first; equal counts by name.
///
/// Counts telegrams, not recipients: one telegram to three posts adds one to each of three pairs, and an
/// addressee named twice on it adds one. Only action addressees count.
pub fn correspondence<'c>(cards: impl IntoIterator<Item = &'c Card>) -> Vec<(Pair<'c>, u64)> {
    let pairs = cards.into_iter().flat_map(|card| {
        let mut to: Vec<&str> = card.to.iter().map(String::as_str).collect();
        to.sort_unstable();
        to.dedup();
        let from = card.post.as_deref();
        to.into_iter().filter_map(move |to| Some(Pair { from: from?, to }))
    });
    most_first(tally(pairs))
}

fn tally<K: Ord>(keys: impl Iterator<Item = K>) -> BTreeMap<K, u64> {
    let mut counts = BTreeMap::new();
    for key in keys {
        *counts.entry(key).or_default() += 1;
    }
    counts
}

fn most_first<K>(counts: BTreeMap<K, u64>) -> Vec<(K, u64)> {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| Reverse(*count)); // stable, so equal counts stay in order of name
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(post: &str, year: i16, to: &[&str]) -> Card {
        let to = to.iter().map(ToString::to_string).collect();
        Card { post: Some(post.to_owned()), year: Some(year), to, ..Card::default() }
    }

    fn cards() -> [Card; 5] {
        [
            card("VALDORIA", 1975, &["STATE"]),
            card("STATE", 1974, &["VALDORIA", "NORTHMARK", "VALDORIA"]),
            card("VALDORIA", 1974, &["STATE", "PORT ALDER"]),
            card("NORTHMARK", 1975, &[]),
            Card::default(),
        ]
    }

    #[test]
    fn years_ascend_and_the_undated_are_left_out() {
        assert_eq!(by_year(&cards()), [(1974, 2), (1975, 2)]);
    }

    #[test]
    fn the_busiest_post_is_first_and_equals_go_by_name() {
        assert_eq!(by_post(&cards()), [("VALDORIA", 2), ("NORTHMARK", 1), ("STATE", 1)]);
    }

    #[test]
    fn a_telegram_adds_one_to_each_of_its_pairs() {
        let cards = cards();
        let counts = correspondence(&cards).into_iter().map(|(pair, count)| (pair.from, pair.to, count));
        let want = [
            ("VALDORIA", "STATE", 2),
            ("STATE", "NORTHMARK", 1),
            ("STATE", "VALDORIA", 1), // named twice on one telegram
            ("VALDORIA", "PORT ALDER", 1),
        ];
        assert_eq!(counts.collect::<Vec<_>>(), want);
    }

    #[test]
    fn of_nothing_there_is_nothing() {
        assert!(by_year(&[]).is_empty() && by_post(&[]).is_empty() && correspondence(&[]).is_empty());
    }
}
