//! What is missing from a post's series.
//!
//! A post numbers its telegrams from 1 each year. The numbers that are held, and those that others
//! cite, say which telegrams there were and aren't here.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use reftel_telegram::{Card, in_series};

/// One post's series of one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The post, as in its numbers: `PORTALDER`.
    pub post: String,
    /// The year in its numbers, two digits.
    pub year: u8,
    /// Serials held, ascending, each once.
    pub held: Vec<u32>,
    /// Serials cited by a card but not held, ascending, each once.
    pub cited: Vec<u32>,
    /// The serials that aren't held between the lowest and the highest of those held or cited.
    /// A cited one is in here too.
    pub missing: Vec<RangeInclusive<u32>>,
}

impl Series {
    /// How many serials [`missing`](Series::missing) spans.
    pub fn missing_count(&self) -> u64 {
        self.missing.iter().map(|range| u64::from(range.end() - range.start()) + 1).sum()
    }
}

/// How many telegrams a series had, as its known serials tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The likeliest number.
    pub total: f64,
    /// At least so many there were: the highest serial.
    pub low: u32,
    /// With 95 % confidence no more than so many.
    pub high: f64,
}

impl Series {
    /// How many telegrams the post numbered that year, if those known are a sample of them by chance.
    ///
    /// With the highest serial *m* of *k* known ones: *m* + *m*/*k* − 1, and at most *m* · 0.05^(−1/*k*) with 95 %
    /// confidence. Source: Ruggles and Brodie, "An Empirical Approach to Economic Intelligence in World War II",
    /// Journal of the American Statistical Association 42 (1947); Goodman, "Serial Number Analysis", ibid. 47 (1952).
    /// Held telegrams are seldom a sample by chance: what a reviewer picked isn't.
    pub fn estimate(&self) -> Option<Estimate> {
        let highest = self.held.last().into_iter().chain(self.cited.last()).max().copied()?;
        let known = u32::try_from(self.held.len() + self.cited.len()).unwrap_or(u32::MAX);
        let (m, k) = (f64::from(highest), f64::from(known));
        Some(Estimate { total: m + m / k - 1.0, low: highest, high: m * 0.05_f64.powf(-1.0 / k) })
    }
}

/// The serials of one series.
#[derive(Default)]
struct Known {
    held: BTreeSet<u32>,
    cited: BTreeSet<u32>,
}

/// Each post's series of each year, by post and then year.
///
/// Goes by canonical numbers of telegrams alone: `09VALDORIA1000`. A card without one adds only what it
/// cites, and an airgram's number is in no series.
pub fn gaps<'c>(cards: impl IntoIterator<Item = &'c Card>) -> Vec<Series> {
    let mut series: BTreeMap<(&str, u8), Known> = BTreeMap::new();
    for card in cards {
        if let Some((year, post, serial)) = card.mrn.as_deref().and_then(in_series) {
            series.entry((post, year)).or_default().held.insert(serial);
        }
        for (year, post, serial) in card.cites.iter().filter_map(|mrn| in_series(mrn)) {
            series.entry((post, year)).or_default().cited.insert(serial);
        }
    }
    series
        .into_iter()
        .map(|((post, year), Known { held, cited })| {
            let known: BTreeSet<u32> = held.union(&cited).copied().collect();
            let missing = match (known.first(), known.last()) {
                (Some(&first), Some(&last)) => ranges_between(&held, first, last),
                _ => Vec::new(),
            };
            Series {
                post: post.to_owned(),
                year,
                cited: cited.difference(&held).copied().collect(),
                held: held.into_iter().collect(),
                missing,
            }
        })
        .collect()
}

/// What of `first..=last` isn't held.
fn ranges_between(held: &BTreeSet<u32>, first: u32, last: u32) -> Vec<RangeInclusive<u32>> {
    let mut ranges = Vec::new();
    let mut next = first;
    for &serial in held {
        if serial > next {
            ranges.push(next..=serial - 1);
        }
        next = serial.saturating_add(1);
    }
    if next <= last && !held.contains(&last) {
        ranges.push(next..=last);
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(mrn: &str, cites: &[&str]) -> Card {
        let cites = cites.iter().map(ToString::to_string).collect();
        Card { mrn: Some(mrn.to_owned()), cites, ..Card::default() }
    }

    fn one(cards: &[Card]) -> Series {
        let mut all = gaps(cards);
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    #[test]
    fn the_total_is_estimated_from_the_highest_and_how_many_are_known() {
        let cards: Vec<Card> =
            [19, 40, 42, 60].map(|serial| card(&format!("09VALDORIA{serial}"), &[])).into();
        let estimate = one(&cards).estimate().unwrap();
        assert!((estimate.total - 74.0).abs() < 1e-9, "{estimate:?}");
        assert_eq!(estimate.low, 60);
        assert!((estimate.high - 60.0 * 20.0_f64.powf(0.25)).abs() < 1e-9, "{estimate:?}");
    }

    #[test]
    fn what_lies_between_held_numbers_is_missing() {
        let series = one(&[card("09VALDORIA7", &[]), card("09VALDORIA3", &[]), card("09VALDORIA4", &[])]);
        assert_eq!((series.held, series.cited), (vec![3, 4, 7], vec![]));
        assert_eq!(series.missing, [5..=6]);
    }

    #[test]
    fn a_citation_says_that_there_was_one() {
        let series = one(&[card("09VALDORIA5", &["09VALDORIA2", "09VALDORIA9", "09VALDORIA5"])]);
        assert_eq!((series.held.as_slice(), series.cited.as_slice()), ([5].as_slice(), [2, 9].as_slice()));
        assert_eq!(series.missing, [2..=4, 6..=9]);
        assert_eq!(series.missing_count(), 7);
    }

    #[test]
    fn a_post_that_is_only_cited_has_a_series_too() {
        let all = gaps(&[card("09VALDORIA5", &["08NORTHMARK12"])]);
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].post.as_str(), all[0].year), ("NORTHMARK", 8));
        assert_eq!(all[0].missing, [12..=12]);
        assert_eq!(all[1].missing, []);
    }

    #[test]
    fn the_same_number_twice_is_one() {
        let series = one(&[card("75PORTALDER1", &[]), card("75PORTALDER1", &[])]);
        assert_eq!((series.held.as_slice(), series.missing_count()), ([1].as_slice(), 0));
    }

    #[test]
    fn numbers_of_other_forms_are_in_no_series() {
        for mrn in ["75VALDORIA-A123", "VALDORIA1", "09VALDORIA", "091000", "", "é", "09VALDORIA99999999999"]
        {
            assert_eq!(gaps(&[card(mrn, &[])]), [], "{mrn}");
        }
    }

    #[test]
    fn the_highest_number_there_can_be_does_no_harm() {
        let series = one(&[card("09VALDORIA4294967295", &["09VALDORIA4294967293"])]);
        assert_eq!(series.missing, [4_294_967_293..=4_294_967_294]);
    }
}
