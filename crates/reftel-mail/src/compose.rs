//! From a record to a mail.

use std::borrow::Cow;

use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::mime::{BodyPart, MimePart};
use reftel_telegram::Record;

use crate::headers::{address, headers, in_line, stations};

/// The media type of the structured part.
pub const MEDIA_TYPE: &str = "application/vnd.reftel.record+json";

/// A mail of a record: its headers, `text` as the part that people read, and `structured` as the part that
/// programs do, of the type [`MEDIA_TYPE`].
pub fn compose(record: &Record, text: &str, structured: &[u8]) -> Vec<u8> {
    let mut builder = MessageBuilder::new();
    for (name, value) in headers(record) {
        // What isn't text of the telegram's is ASCII of our own making, with signs that must stay.
        builder = match name {
            "From" | "To" | "Cc" | "MMHS-Exempted-Address" => builder.header(name, mailboxes(record, name)),
            "Date" | "Message-ID" | "SIO-Label" | "MMHS-Extended-Authorisation-Info" => {
                builder.header(name, Raw::new(ascii(&value)))
            }
            _ => builder.header(name, Text::new(value)),
        };
    }
    if record.dtg.is_none() {
        // The date of a telegram that has none isn't that of its conversion.
        builder = builder.header("Date", Raw::new("Thu, 01 Jan 1970 00:00:00 +0000"));
    }
    let boundary = boundary(text, structured);
    let plain = MimePart::new("text/plain", BodyPart::Text(Cow::Borrowed(text)));
    let record =
        MimePart::new(MEDIA_TYPE, BodyPart::Binary(Cow::Borrowed(structured))).attachment("record.json");
    let kind = ContentType::new("multipart/mixed").attribute("boundary", boundary);
    let mut mail = Vec::new();
    builder.body(MimePart::new(kind, BodyPart::Multipart(vec![plain, record]))).serialize(&mut mail);
    mail
}

/// The stations of a header as the library writes them, with their names encoded where they aren't ASCII.
fn mailboxes<'x>(record: &Record, name: &str) -> Address<'x> {
    let each = stations(record, name).into_iter().map(|plad| {
        let address = address(&plad);
        Address::new_address(Some(in_line(&plad)), address)
    });
    Address::new_list(each.collect())
}

/// A boundary that is in none of the parts.
fn boundary(text: &str, structured: &[u8]) -> String {
    let structured = String::from_utf8_lossy(structured);
    let mut number = 0u64;
    loop {
        let boundary = format!("=_telegram_{number}");
        if !text.contains(&boundary) && !structured.contains(&boundary) {
            return boundary;
        }
        number += 1;
    }
}

/// A text with a question mark for what isn't ASCII.
fn ascii(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
}
