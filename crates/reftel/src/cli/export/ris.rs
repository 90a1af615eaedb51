//! `ris`: a personal communication for each telegram, with the tags of `EndNote` and its readers.

use reftel_archive::{Archive, Telegram};

use super::super::Failure;
use super::citation::Citation;
use super::key;
use super::lines::{Lines, Piece};

pub(super) fn form() -> Lines {
    Lines::new("", "", "", one)
}

fn one(telegram: &Telegram, archive: &Archive) -> Result<Piece, Failure> {
    let citation = Citation::of(telegram);
    let mut entry = String::new();
    // A value is one line: `Citation` sees to it, and a line of its own would be a tag.
    let mut tag = |tag: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            entry += &format!("{tag}  - {}\r\n", value.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    };
    tag("TY", Some("PCOMM".to_owned()));
    tag("ID", Some(key(telegram, archive)?));
    tag("AU", citation.from.clone());
    tag("A2", citation.to.clone());
    tag("TI", Some(citation.title()));
    tag("PY", telegram.card.year.map(|year| year.to_string()));
    tag("DA", citation.day().map(|day| day.strftime("%Y/%m/%d").to_string()));
    tag("M3", Some("Telegram".to_owned()));
    tag("VL", Some(citation.number.clone()));
    tag("AN", telegram.card.mrn.clone());
    tag("DB", citation.archive().map(str::to_owned));
    tag("AV", citation.series().map(str::to_owned).or_else(|| citation.file()));
    for code in &telegram.card.tags {
        tag("KW", Some(code.clone()));
    }
    tag("N1", Some(citation.handling().join("; ")));
    entry += "ER  - \r\n\r\n";
    Ok(entry.into())
}
