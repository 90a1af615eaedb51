//! `mbox` and `eml`: telegrams as mails.

use reftel_archive::{Archive, Telegram};
use reftel_telegram::write;

use super::super::Failure;
use super::files::{self, File};
use super::lines::{Lines, Piece};
use crate::json;

/// The mail that `reftel convert --to eml` makes.
fn mail(telegram: &Telegram) -> Result<Vec<u8>, Failure> {
    let record = &telegram.record;
    let text = write::print(record, record.dialect).text;
    let structured = json::print(&json::Telegram::alone(record), true)?;
    Ok(reftel_mail::compose(record, &text, structured.as_bytes()))
}

/// A file of its own.
pub(super) fn eml(telegram: &Telegram) -> Result<File, Failure> {
    Ok(File { name: files::name(telegram, "eml"), bytes: mail(telegram)? })
}

/// A mailbox in the form `mboxrd`, in which every line that begins with `From ` behind any number of `>` gets one
/// more, so that it can be taken away again.
pub(super) fn mbox() -> Lines {
    Lines::new("", "", "", |telegram, _: &Archive| {
        let at = telegram.card.dtg.unwrap_or(jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0));
        let mut bytes =
            format!("From reftel@mmhs.invalid {}\n", at.strftime("%a %b %e %H:%M:%S %Y")).into_bytes();
        quote(&mail(telegram)?, &mut bytes);
        bytes.push(b'\n');
        Ok(Piece { bytes, replaced: 0 })
    })
}

/// Writes a mail's lines, ended by line feeds, with none that begins another mail.
fn quote(mail: &[u8], into: &mut Vec<u8>) {
    for line in mail.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let quoted = line.iter().position(|byte| *byte != b'>').unwrap_or(line.len());
        if line[quoted..].starts_with(b"From ") {
            into.push(b'>');
        }
        into.extend_from_slice(line);
        into.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_begins_another_mail() {
        let mut quoted = Vec::new();
        quote(b"Subject: FROM X\r\n\r\nFrom here\r\n>From there\r\n>> From\r\nFROM", &mut quoted);
        assert_eq!(quoted, b"Subject: FROM X\n\n>From here\n>>From there\n>> From\nFROM\n");
    }
}
