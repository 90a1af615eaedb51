//! The laws that the fuzz targets hold the readers to. Those of whole telegrams are the ones that the tests of
//! the format crate use.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a broken law is a finding")]

use reftel_archive::Query;
use reftel_telegram::record::Dialect;
use reftel_telegram::write::draft::Charset;
use reftel_telegram::{Context, decode, read, write};

#[path = "../../crates/reftel-telegram/tests/it/lossless.rs"]
mod lossless;

#[path = "../../crates/reftel-sources/tests/it/laws.rs"]
mod laws;

/// Readings tile the input, every place is in it, nothing panics.
pub fn check_bytes(bytes: &[u8]) {
    lossless::check_findings(bytes, &lossless::check_bytes(bytes));
}

/// Lines tile the text, every place is at the boundary of a character.
pub fn check_text(text: &str) {
    lossless::check_text(text);
}

/// What is UTF-8 already stays as it is; every other input has a text too.
pub fn check_decoded(bytes: &[u8]) {
    let (text, encoding) = decode(bytes);
    assert!(["utf-8", "windows-1252", "utf-16le", "utf-16be"].contains(&encoding));
    let plain = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if encoding == "utf-8" {
        assert_eq!(text.as_bytes(), plain);
    }
}

/// A canonical number is in one word and in capitals.
pub fn check_number(text: &str) {
    lossless::check_number(text);
}

/// What isn't a query says where, at the boundary of a character.
pub fn check_query(text: &str) {
    match Query::parse(text) {
        Ok(query) => assert_eq!(query.text, text),
        Err(error) => assert!(text.get(error.span.range()).is_some(), "{error:?}"),
    }
}

/// Whatever was read can be printed, in every form.
pub fn check_printed(bytes: &[u8]) {
    for reading in read(bytes, &Context::default()) {
        for dialect in [Dialect::Acp127Us, Dialect::Acp127, Dialect::Janap128, Dialect::Acp126] {
            let _ = write::print(&reading.record, dialect);
            for wire in [None, Some(Charset::Ascii), Some(Charset::Ita2)] {
                let _ = write::transmit(&reading.record, dialect, wire);
            }
        }
    }
}

/// A draft is refused at places of it, or made a telegram that says its number.
pub fn check_draft(text: &str) {
    lossless::check_draft(text);
}

/// What is found in a file can be read again from its own bytes and its reader's name.
pub fn check_collection(bytes: &[u8]) {
    laws::check_collection(bytes);
}

/// A reader takes bytes that aren't for it.
pub fn check_reader(bytes: &[u8]) {
    laws::check_reader(bytes);
}

/// A profile that is taken is taken again.
pub fn check_profile(text: &str) {
    laws::check_profile(text);
}
