//! The posts' series of an archive, for the terminal and the pages.

use reftel_analysis::{Series, gaps};
use reftel_archive::{Archive, Result};
use reftel_telegram::{Card, tables};

/// The series of all posts and years, or of one post or year.
pub(crate) fn all(archive: &Archive, post: Option<&str>, year: Option<i16>) -> Result<Vec<Series>> {
    let mut cards: Vec<Card> = Vec::new();
    archive.for_each_card(&mut |entry| {
        let Card { mrn, cites, .. } = entry.card;
        if mrn.is_some() || !cites.is_empty() {
            cards.push(Card { mrn, cites, ..Card::default() });
        }
    })?;
    let mut series = gaps(&cards);
    let post = post.map(key);
    series.retain(|series| {
        post.as_ref().is_none_or(|post| *post == series.post)
            && year.is_none_or(|year| year.rem_euclid(100) == i16::from(series.year))
    });
    Ok(series)
}

/// A post's name as its numbers spell it.
fn key(post: &str) -> String {
    let name = tables::canonical_post(post).map_or(post.to_uppercase(), str::to_owned);
    name.chars().filter(char::is_ascii_alphanumeric).collect()
}
