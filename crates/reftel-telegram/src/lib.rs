//! Diplomatic telegrams: read them, print them back byte for byte, and say what is odd about them.
pub mod card;
pub mod diagnostic;
mod pointers;
pub mod record;
pub mod span;
pub mod tables;

pub use card::Card;
pub use diagnostic::{Code, Diagnostic, Severity};
pub use record::Record;
pub use span::{Span, Spanned};

/// What the caller knows about a text that the text itself may not say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context {
    /// The year in which it was sent, or one near it.
    pub year: Option<i16>,
}

/// One telegram read from an input of bytes.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The bytes of the input that are this telegram.
    pub span: Span,
    /// What it says. All spans are in bytes of the input.
    pub record: Record,
}

/// An input of bytes, decoded, cut into telegrams, and read.
///
/// Never fails: what is no telegram is read as a fragment, as far as it goes. Always returns at least
/// one reading.
pub fn read(bytes: &[u8], _context: &Context) -> Vec<Reading> {
    vec![Reading { span: Span::new(0, bytes.len()), record: Record::default() }]
}

/// Whether a reading has the marks of a telegram; if not, why not, in a few words.
pub fn is_telegram(_record: &Record) -> Result<(), &'static str> {
    Ok(())
}

/// The canonical number of `text`, such as `VALDORIA 001000` or `08 PORT ALDER 12`; `None` where there
/// is none.
pub fn mrn(_text: &str, _context: &Context) -> Option<String> {
    None
}

/// The input as text: the decoded characters, and the name of the encoding (`utf-8`, `windows-1252`,
/// `utf-16le`, `utf-16be`).
pub fn decode(bytes: &[u8]) -> (std::borrow::Cow<'_, str>, &'static str) {
    (String::from_utf8_lossy(bytes), "utf-8")
}
