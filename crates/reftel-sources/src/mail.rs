//! Mailboxes cut into mails, and mails as documents.

use std::io::{self, BufRead, Read};

use reftel_telegram::Span;

use crate::document::{Document, Places, Stated};
use crate::limits::met;
use crate::{Error, Field};

/// Cuts a mailbox at its lines `From `, which stand behind empty lines.
///
/// Source: RFC 4155, appendix A.
pub(crate) struct Messages {
    most: u64,
    started: bool,
}

impl Messages {
    pub(crate) fn new(most: u64) -> Messages {
        Messages { most, started: false }
    }

    /// The next mail, without its line `From `.
    pub(crate) fn next(&mut self, rest: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
        let mut mail = Vec::new();
        let mut blank = true;
        let mut began = self.started;
        loop {
            let start = mail.len();
            let got = rest.by_ref().take(self.most + 1).read_until(b'\n', &mut mail)?;
            if got == 0 {
                self.started = false;
                return Ok(began.then_some(mail));
            }
            if mail.len() as u64 > self.most {
                return Err(met("a mail is larger than a document may be"));
            }
            let line = &mail[start..];
            if blank && line.starts_with(b"From ") {
                mail.truncate(start);
                if began {
                    self.started = true;
                    return Ok(Some(mail));
                }
                began = true;
                continue;
            }
            blank = line.trim_ascii().is_empty();
            if !began {
                mail.truncate(start);
            }
        }
    }
}

/// The text of a mail and what its headers say.
pub(crate) fn document(bytes: &[u8]) -> Result<(Document, reftel_mail::Mail), Error> {
    let mail = reftel_mail::read(bytes).ok_or_else(|| Error::new("it can't be read as mail"))?;
    let field = |name: &str| match name.to_ascii_lowercase().as_str() {
        "message-id" => Field::Id,
        "date" => Field::Date,
        "from" | "mmhs-originator-plad" => Field::From,
        "to" => Field::To,
        "subject" => Field::Subject,
        "mmhs-originator-reference" => Field::Number,
        "sio-label" => Field::Classification,
        "mmhs-primary-precedence" => Field::Precedence,
        _ => Field::Other,
    };
    let stated = mail.headers.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| Stated {
        field: field(name),
        name: name.clone(),
        value: value.clone(),
        span: Span::default(),
    });
    // A text that is in the mail as it stands has its places there.
    let text = mail.text.clone();
    let found = memchr::memmem::find(bytes, text.as_bytes());
    let mut out = crate::document::Writer::default();
    match found {
        Some(at) => out.copy(&text, at),
        None => out.put(&text, 0, bytes.len()),
    }
    let (text, places): (String, Places) = out.finish();
    Ok((Document { text, places, stated: stated.collect(), ..Document::default() }, mail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_cut_at_its_from_lines() {
        let text = b"From a@b Thu\nSubject: 1\n\nFrom here no cut?\n\nFrom c@d Fri\nSubject: 2\n\nx\n";
        let mut messages = Messages::new(1000);
        let mut rest = &text[..];
        let mut read = Vec::new();
        while let Some(mail) = messages.next(&mut rest).unwrap() {
            read.push(String::from_utf8(mail).unwrap());
        }
        assert_eq!(read.len(), 3, "{read:?}");
        assert!(read[2].starts_with("Subject: 2"));
        assert!(Messages::new(5).next(&mut &text[..]).is_err());
    }
}
