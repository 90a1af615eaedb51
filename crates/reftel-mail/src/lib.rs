//! Telegrams as internet mail: the headers of military messages (RFC 6477), a security label (RFC 7444), the
//! telegram as text, and its record as a structured part.
//!
//! ```
//! use reftel_telegram::{Context, parse};
//!
//! let text = "P 101530Z MAR 79\nFM AMEMBASSY LISBON\nTO SECSTATE WASHDC\nBT\nUNCLAS LISBON 1234\n\
//!             SUBJECT: FERRIES\n1. NO CHANGE.\nDOE\nBT\nNNNN\n";
//! let record = parse(text, &Context::default()).into_record();
//!
//! let mail = reftel_mail::compose(&record, text, b"{}");
//! let shown = String::from_utf8(mail.clone()).unwrap();
//! assert!(shown.contains("MMHS-Originator-PLAD: AMEMBASSY LISBON\r\n"));
//! assert!(shown.contains("MMHS-Primary-Precedence: priority\r\n"));
//!
//! let back = reftel_mail::read(&mail).unwrap();
//! assert_eq!(back.structured.as_deref(), Some(&b"{}"[..]));
//! assert_eq!(back.record().mrn.as_ref().unwrap().value, "79LISBON1234");
//! ```
//!
//! The structured part is the caller's: this crate knows no JSON. The text part alone gives a record too
//! ([`Mail::record`]), and a mail that came from elsewhere, without a telegram in it, gives what its headers say.
//!
//! # Promises
//! - No value becomes a header of its own: line ends and other control characters are blanks in a header, and
//!   what isn't ASCII is encoded (RFC 2047).
//! - The same record, text and structured part give the same mail, byte for byte: date and identification are the
//!   telegram's, and no clock is read.

mod compose;
mod headers;
mod read;

pub use compose::{MEDIA_TYPE, compose};
pub use headers::{DOMAIN, headers};
pub use read::{Mail, is_mail, read};
