//! `reftel thread`

use std::path::Path;

use reftel_archive::Entry;
use serde::Serialize;

use super::number::{self, Wanted};
use super::terminal::{BAD, STRONG, Screen, clean, count, paint};
use super::{Failure, Format, Status, search};
use crate::family::Family;
use crate::json;

/// Show the family of a telegram as a conversation
///
/// All that can be reached from it over references, in either direction, oldest first; under each, what it cites: held
/// telegrams by their number, missing ones marked.
///
/// With `--format json`, one object: `mrn` and `telegrams`, cards as `reftel search --format jsonl` prints them, each
/// with `missing`, the numbers that it cites and that aren't held.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 found, 1 no such telegram, 2 an error.

Example: reftel thread 09VALDORIA1000")]
pub(crate) struct Thread {
    /// The number, in any form, or a document of a volume, `frus1941v06/d73`; or `id:` and the number in the archive
    #[arg(required = true, value_name = "MRN")]
    mrn: Vec<String>,

    /// How many telegrams to show at most; 0 for all
    #[arg(long, value_name = "N", default_value_t = 200)]
    limit: usize,

    /// For people or for programs
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    mrn: &'a str,
    total: usize,
    telegrams: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    card: json::Card<'a>,
    missing: Vec<&'a str>,
}

impl Thread {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let archive = super::archive(dir)?;
        let wanted = Wanted::of(&self.mrn, None, &archive)?;
        let Some(mrn) = wanted.find(&archive)?.into_iter().find_map(|entry| entry.card.mrn) else {
            number::not_held(&self.mrn.join(" "), &archive, screen)?;
            return Ok(Status::Negative);
        };
        let Family { total, telegrams: family } = Family::of(&archive, &mrn, self.limit)?;
        let mut lines = Vec::with_capacity(family.len());
        for entry in &family {
            let cites: Vec<&str> = entry.card.cites.iter().map(String::as_str).collect();
            let held = archive.held(&cites)?;
            lines.push(cites.into_iter().zip(held).collect::<Vec<_>>());
        }
        match self.format {
            Format::Json => {
                let telegrams = family.iter().zip(&lines).map(|(entry, cites)| Line {
                    card: json::Card::of(entry.id, &entry.card),
                    missing: cites.iter().filter(|cite| !cite.1).map(|cite| cite.0).collect(),
                });
                let telegrams = telegrams.collect();
                let document = Document { schema: json::SCHEMA, mrn: &mrn, total, telegrams };
                screen.line(&json::print(&document, screen.terminal)?)?;
            }
            Format::Text => {
                for (entry, cites) in family.iter().zip(&lines) {
                    screen.line(&shown(entry, cites, &mrn, screen.color))?;
                }
                if total > family.len() {
                    screen.say(&format!("{} of {}", count(family.len() as u64), count(total as u64)));
                }
            }
        }
        Ok(Status::Fine)
    }
}

fn shown(entry: &Entry, cites: &[(&str, bool)], mrn: &str, color: bool) -> String {
    let handle = search::handle(entry.id, &entry.card);
    let day = search::day(&entry.card);
    let mut line = format!("{day:<10}  {handle:<16}  {}", search::title(&entry.card));
    if entry.card.mrn.as_deref() == Some(mrn) {
        line = paint(color, STRONG, &line);
    }
    for (cited, held) in cites {
        let missing = if *held { String::new() } else { format!("  {}", paint(color, BAD, "missing")) };
        line += &format!("\n              ← {}{missing}", clean(cited));
    }
    line
}
