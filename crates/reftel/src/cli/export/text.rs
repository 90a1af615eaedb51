//! `text`: a telegram as a person reads it.

use reftel_archive::{Archive, Telegram};

use super::super::terminal::is_unsafe;
use super::super::{Failure, show};
use super::lines::{Lines, Piece};

/// The line between two telegrams: no telegram has it, since its sign isn't on a teletype.
const BETWEEN: &str = "\n═════════════════════════════════════════════════════════════════════\n\n";

pub(super) fn form() -> Lines {
    Lines::new("", BETWEEN, "", one)
}

fn one(telegram: &Telegram, archive: &Archive) -> Result<Piece, Failure> {
    let web = archive.web(telegram.id)?;
    let replaced = telegram.record.paragraphs.iter().flat_map(|paragraph| paragraph.text.chars());
    let replaced = replaced.filter(|&char| is_unsafe(char) && !matches!(char, '\t' | '\n' | '\r')).count();
    let text = show::sheet(telegram, &web) + "\n";
    Ok(Piece { bytes: text.into_bytes(), replaced: replaced as u64 })
}
