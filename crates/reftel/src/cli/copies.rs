//! `reftel copies`

use std::path::Path;

use reftel_analysis::Passage;
use reftel_archive::Telegram;
use serde::Serialize;

use super::number::{self, Wanted};
use super::terminal::{BAD, GOOD, STRONG, Screen, clean, clean_lines, paint};
use super::{Failure, Format, Status, search};
use crate::copies::Copies;
use crate::json;

/// Set the copies of one telegram against one another
///
/// Lists all telegrams that carry the number, numbered from 1, and prints the composite of their texts. What all have
/// stands plain; `⟦2: …⟧` is in the second alone; `⟦1: ten | 2: 12⟧` are other words in each; what one withholds is
/// taken from a copy that has it, and `⟦withheld: …⟧` is in none. Capitals, punctuation and line ends don't count.
///
/// With `--format json`, one object: `mrn`, `copies` (cards, each with `sources`), `shared` (the share of the words that
/// all have) and `passages`, each with `text`, `copies` and `instead` (by their places, from 0), and `withheld`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 the copies say the same, 1 they differ or there is none, 2 an error.

Example: reftel copies 09VALDORIA1000")]
pub(crate) struct CopiesOf {
    /// The number, in any form
    #[arg(required = true, value_name = "MRN")]
    mrn: Vec<String>,

    /// For people or for programs
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    mrn: &'a str,
    copies: Vec<CopyLine<'a>>,
    shared: f64,
    passages: Vec<PassageLine<'a>>,
}

#[derive(Serialize)]
struct CopyLine<'a> {
    #[serde(flatten)]
    card: json::Card<'a>,
    sources: Vec<String>,
}

#[derive(Serialize)]
struct PassageLine<'a> {
    text: &'a str,
    copies: &'a [usize],
    instead: &'a [(usize, String)],
    withheld: bool,
}

impl CopiesOf {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let archive = super::archive(dir)?;
        let wanted = Wanted::read(&self.mrn, None);
        let Some(mrn) = wanted.find(&archive)?.into_iter().find_map(|entry| entry.card.mrn) else {
            number::not_held(&self.mrn.join(" "), &archive, screen)?;
            return Ok(Status::Negative);
        };
        let copies = Copies::of(&archive, &mrn)?;
        match self.format {
            Format::Json => screen.line(&json::print(&document(&mrn, &copies), screen.terminal)?)?,
            Format::Text => screen.line(&text(&copies, screen.color))?,
        }
        let differ = copies.passages.iter().any(|passage| !copies.agreed(passage));
        Ok(if differ { Status::Negative } else { Status::Fine })
    }
}

fn sources(telegram: &Telegram) -> Vec<String> {
    telegram.sources.iter().map(|source| source.path.display().to_string()).collect()
}

fn document<'a>(mrn: &'a str, copies: &'a Copies) -> Document<'a> {
    let copy = |telegram: &'a Telegram| CopyLine {
        card: json::Card::of(telegram.id, &telegram.card),
        sources: sources(telegram),
    };
    let passage = |passage: &'a Passage| PassageLine {
        text: &passage.text,
        copies: &passage.copies,
        instead: &passage.instead,
        withheld: passage.withheld,
    };
    Document {
        schema: json::SCHEMA,
        mrn,
        copies: copies.telegrams.iter().map(copy).collect(),
        shared: copies.shared(),
        passages: copies.passages.iter().map(passage).collect(),
    }
}

fn text(copies: &Copies, color: bool) -> String {
    let mut lines = Vec::new();
    for (at, telegram) in copies.telegrams.iter().enumerate() {
        let (day, title) = (search::day(&telegram.card), search::title(&telegram.card));
        lines.push(paint(color, STRONG, &format!("{}  id:{:<8}  {day:<10}  {title}", at + 1, telegram.id.0)));
        lines.extend(sources(telegram).iter().map(|path| format!("     {}", clean(path))));
    }
    lines.push(format!("All have {} % of the words.\n", copies.percent()));
    let mut body = String::new();
    for passage in &copies.passages {
        let shown = clean_lines(&passage.text);
        if copies.agreed(passage) {
            body.push_str(&shown);
            continue;
        }
        let (words, space) = shown.split_at(shown.trim_end().len());
        let style = if passage.withheld { BAD } else { GOOD };
        body.push_str(&paint(color, style, &marked(passage, words)));
        body.push_str(space);
    }
    lines.push(body.trim_end().to_owned());
    lines.join("\n")
}

/// `⟦1, 3: ten | 2: 12⟧`
fn marked(passage: &Passage, words: &str) -> String {
    let names: Vec<String> = passage.copies.iter().map(|copy| (copy + 1).to_string()).collect();
    if passage.withheld {
        return format!("⟦withheld: {words}⟧");
    }
    let mut text = format!("⟦{}: {words}", names.join(", "));
    for (copy, instead) in passage.instead.iter().filter(|(_, instead)| !instead.trim().is_empty()) {
        text += &format!(" | {}: {}", copy + 1, clean_lines(instead.trim()));
    }
    text + "⟧"
}
