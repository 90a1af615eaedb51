//! Diplomatic telegrams: read them, print them back byte for byte, and say what is odd about them.
//!
//! ```
//! use reftel_telegram::{Context, parse};
//!
//! let text = "R 101530Z MAR 79\nFM AMEMBASSY LISBON\nTO SECSTATE WASHDC\nBT\nUNCLAS LISBON 1234\n\
//!             SUBJECT: FERRIES\nREF: STATE 56\n1. NO CHANGE.\nDOE\nBT\n";
//! let telegram = parse(text, &Context::default());
//!
//! assert_eq!(telegram.to_string(), text); // nothing is lost
//! let record = telegram.record();
//! assert_eq!(record.mrn.as_ref().unwrap().value, "79LISBON1234");
//! assert_eq!(record.references[0].value.mrn.as_deref(), Some("79STATE56"));
//! assert!(record.diagnostics.is_empty());
//! ```
//!
//! # Map
//! - [`read`]: bytes in, readings out. It decodes (`decode`), undoes what web pages did (`clean`), cuts the
//!   input into telegrams and joins their sections (`parse`).
//! - A telegram is read from top to bottom: `heading` (format lines 1 to 10), `head` (classification line to
//!   references, with `order`, `tagline`, `reference`), `body` (paragraphs, with `blocks` and `signature`);
//!   `volume` and `general` read the forms that edited volumes and general messages have instead.
//! - [`check`](mod@check) asks the finished record what the rules of the field ask, for an old copy or before a release.
//! - [`record`] is what comes out, [`card`] the part of it that other crates count and search.
//! - [`mod@write`] prints a record again, in any dialect.
//! - [`diagnostic`] lists what can be odd; [`tables`] holds the posts, TAGS and captions of the field.
//!
//! # Promises
//! - No input makes this crate panic, hang, or recurse by more than three quoted telegrams.
//! - Every span is bytes of the input, at character boundaries of the decoded text.
//! - A telegram has at most [`findings::KEPT`] findings of a code; how many more there are, it says.
//! - It does no I/O and reads no clock and no environment.

pub mod card;
pub mod check;
pub mod correct;
pub mod datetime;
pub mod diagnostic;
pub mod findings;
pub mod record;
pub mod span;
pub mod tables;
pub mod write;

mod decode;
mod offsets;

mod clean;
mod restore;
mod skip;
mod source;

mod glance;
mod joined;

mod line;
mod marking;
mod mrn;
mod parse;
mod section;

mod address;
mod british;
mod heading;

mod head;
mod mention;
mod order;
mod reference;
mod schedule;
mod tagline;

mod blocks;
mod body;
mod signature;

mod editorial;
mod general;
mod volume;

mod pointers;

use std::borrow::Cow;

pub use card::Card;
pub use check::{Explanation, check, explain};
pub use diagnostic::{Code, Confidence, Diagnostic, Purpose, Repair, Severity};
pub use findings::Findings;
pub use line::{Line, LineKind};
pub use mrn::{in_series, mrn, parts};
pub use parse::{Parse, Reading, is_telegram, parse, read};
pub use record::Record;
pub use span::{Span, Spanned};

/// What the caller knows about a text that the text itself may not say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context {
    /// The year in which it was sent, or one near it: it gives the century of two-digit years, and the year
    /// where the text has none.
    pub year: Option<i16>,
}

/// The input as text: the decoded characters, and the name of the encoding (`utf-8`, `windows-1252`,
/// `utf-16le`, `utf-16be`).
pub fn decode(bytes: &[u8]) -> (Cow<'_, str>, &'static str) {
    let decoded = decode::decode(bytes);
    (decoded.text, decoded.encoding)
}
