//! Says what many telegrams say: counts, correspondence, gaps.
//!
//! Every function takes index cards and returns a sorted plain value. Nothing here opens a file, holds
//! state or prints, so an analysis runs on an archive's cards as on five written by hand:
//!
//! ```
//! use reftel_telegram::Card;
//!
//! let card = |year| Card { year: Some(year), ..Card::default() };
//! let cards = [card(1975), card(1974), card(1975)];
//! assert_eq!(reftel_analysis::by_year(&cards), [(1974, 1), (1975, 2)]);
//! ```
//!
//! # Map
//! - [`counts`]: how many, by year, by post, between posts
//! - [`collate()`]: copies of one text, word by word, and what they say together
//! - [`gaps()`]: what is missing from a post's series, and how many there were
//! - [`network`]: the web of references as a whole

pub mod collate;

pub mod counts;

pub mod gaps;

pub mod network;

pub use collate::{Passage, collate};
pub use counts::{Pair, by_post, by_year, correspondence};
pub use gaps::{Estimate, Series, gaps};
pub use network::Network;
