//! The collections that telegrams come in: what a file is, what is in it, and what its collection says of each
//! telegram beside the telegram's own text.
//!
//! ```
//! use std::ops::ControlFlow;
//! use reftel_sources::{Collections, Found, Input, Limits, open, read};
//! use reftel_telegram::Context;
//!
//! let rows = "1,6/11/2009 9:28,09VALDORIA1000,Embassy Valdoria,CONFIDENTIAL,09STATE54767,\
//!             \"VZCZCXRO\",\"SUBJECT: FERRIES\n\n1. NO \\\"CHANGE\\\".\"\n";
//! let collections = Collections::built_in();
//! let mut numbers = Vec::new();
//! open("cables.csv", Input::Bytes(rows.as_bytes()), &collections, &Limits::default(), &mut |found| {
//!     if let Found::Item(item) = found {
//!         assert_eq!((item.path.as_str(), item.reader.name()), ("cables.csv#1", "csv:cables".into()));
//!         for reading in read(&item.bytes, &item.reader, &collections, &Context::default()).unwrap() {
//!             numbers.push(reading.record.mrn.unwrap().value);
//!         }
//!     }
//!     ControlFlow::Continue(())
//! });
//! assert_eq!(numbers, ["09VALDORIA1000"]);
//! ```
//!
//! # Map
//! - [`open`] goes through a file, however deep its telegrams are packed, and hands out an [`Item`] for each document:
//!   its own bytes, and the [`Reader`] for them. Whoever keeps the bytes and the reader's name can read them again.
//! - [`recognise()`] says what bytes are, how sure that is, and why; [`kind()`] only what.
//! - [`mod@document`] makes of an item's bytes a [`Document`]: the telegram's text, what the collection states about it,
//!   and the editor's notes. [`read`] reads that on to records, with places in the item's bytes, and [`plain`] with
//!   places in the text itself.
//! - [`profile`] says how columns and keys of a collection are called, in a file that anybody can write.
//!
//! # Promises
//! - No input makes this crate panic, or take more memory or time than [`Limits`] and the input's length allow.
//! - A name in a container is never used as a path.
//! - What the text says wins over what the collection states; what was taken from the collection says so.

pub mod document;
pub mod profile;
pub mod recognise;

mod csv;
mod fill;
mod front;
mod html;
mod json;
mod limits;
mod mail;
mod nara;
mod open;
mod record;
mod tei;
mod volume;

pub use document::{Document, Field, Note, Places, Stated};
pub use fill::{Plain, Reading, complete, document, plain, read};
pub use limits::Limits;
pub use open::{Found, Input, Item, ReadSeek, Refusal, Refused, open, sole};
pub use profile::{Collections, PdfText, Profile, RecordText};
pub use recognise::{Confidence, HEAD, Kind, Reader, Recognised, kind, recognise};
pub use record::{Carried, Origin, carried};
pub use volume::InVolume;

use std::fmt;

/// Why an item or a profile can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    message: String,
    at: Option<usize>,
}

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Error {
        Error { message: message.into(), at: None }
    }

    pub(crate) fn at(message: impl Into<String>, at: usize) -> Error {
        Error { message: message.into(), at: Some(at) }
    }

    /// The byte of the input where it shows, if there is one.
    pub fn place(&self) -> Option<usize> {
        self.at
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
