//! `reftel refs`

use std::path::Path;

use reftel_archive::{Archive, Entry, Resolved, Standing, Web};
use serde::Serialize;

use super::number::{self, Wanted};
use super::terminal::{BAD, GOOD, STRONG, Screen, clean, paint};
use super::{Failure, Status, search};
use crate::json;

/// Show what a telegram cites and who cites it
///
/// Prints the numbers that it cites and the telegrams that cite it, oldest first. A number that is cited is `held`;
/// `probable` where it likely means another telegram than it says, with how likely and why; or `missing`. A number
/// that isn't held can be asked for too: who cites it may be held.
///
/// With `--format json`, one object: `mrn`, `held`, `cites` (each with `mrn`, `held`, `telegrams`, `standing`: `found`,
/// `probable` or `phantom`, `confidence` in that from 0 to 1, and `alternatives`, cards with `confidence` and
/// `reasons`), `cited_by`, `same_number`; `documents`, its numbers in edited volumes, `named`, the documents of volumes
/// that the editors' notes name (each with `number`, `telegrams`), and `named_by`; telegrams are cards, as `reftel search --format jsonl` prints them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 found, 1 neither held nor cited, 2 an error.

Example: reftel refs 09VALDORIA1000")]
pub(crate) struct Refs {
    /// The number, in any form, or a document of a volume, `frus1941v06/d73`; or `id:` and the number in the archive
    #[arg(required = true, value_name = "MRN")]
    mrn: Vec<String>,

    /// The year of a number that is given without one
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,

    /// For people or for programs
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One object for each telegram of that number
    Json,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    mrn: Option<&'a str>,
    id: Option<i64>,
    held: bool,
    cites: Vec<Cited<'a>>,
    cited_by: Vec<json::Card<'a>>,
    same_number: Vec<json::Card<'a>>,
    documents: &'a [String],
    named: Vec<Named<'a>>,
    named_by: Vec<json::Card<'a>>,
}

/// A document of a volume.
#[derive(Serialize)]
struct Named<'a> {
    number: &'a str,
    telegrams: Vec<json::Card<'a>>,
}

#[derive(Serialize)]
struct Cited<'a> {
    mrn: &'a str,
    held: bool,
    telegrams: Vec<json::Card<'a>>,
    standing: Option<&'static str>,
    confidence: Option<f32>,
    alternatives: Vec<json::Likely<'a>>,
}

impl Refs {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let archive = super::archive(dir)?;
        let wanted = Wanted::of(&self.mrn, self.year, &archive)?;
        let entries = wanted.find(&archive)?;
        if entries.is_empty() {
            return self.not_held(&wanted, &archive, screen);
        }
        for (index, entry) in entries.iter().enumerate() {
            if index > 0 && self.format == Format::Text {
                screen.line("")?;
            }
            let web = archive.web(entry.id)?;
            let resolved = if entry.card.cites.is_empty() {
                Vec::new()
            } else {
                archive.resolve(&archive.telegram(entry.id)?)?
            };
            self.print(entry.card.mrn.as_deref(), Some(entry), &web, &resolved, screen)?;
        }
        Ok(Status::Fine)
    }

    /// A number that isn't held may still be cited.
    fn not_held(&self, wanted: &Wanted, archive: &Archive, screen: &mut Screen) -> Result<Status, Failure> {
        let mrn = match wanted {
            Wanted::Mrn(mrn) => mrn,
            Wanted::AnyYear(text) => {
                number::not_held(text, archive, screen)?;
                return Ok(Status::Negative);
            }
            Wanted::Id(_) => return Ok(Status::Negative),
        };
        let cited_by = archive.citing(mrn)?;
        if cited_by.is_empty() {
            number::not_held(mrn, archive, screen)?;
            return Ok(Status::Negative);
        }
        let web = Web { cited_by, ..Web::default() };
        self.print(Some(mrn), None, &web, &[], screen)?;
        Ok(Status::Fine)
    }

    fn print(
        &self,
        mrn: Option<&str>,
        entry: Option<&Entry>,
        web: &Web,
        resolved: &[Resolved],
        screen: &mut Screen,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Text => screen.line(&text(mrn, entry, web, resolved, screen.color)),
            Format::Json => screen.line(&json::print(&document(mrn, entry, web, resolved), screen.terminal)?),
        }
    }
}

/// What a number that is cited means.
fn meaning<'a>(resolved: &'a [Resolved], mrn: &str) -> Option<&'a Resolved> {
    resolved.iter().find(|resolved| resolved.mrn == mrn)
}

fn document<'a>(
    mrn: Option<&'a str>,
    entry: Option<&Entry>,
    web: &'a Web,
    resolved: &'a [Resolved],
) -> Document<'a> {
    let cards = |entries: &'a [Entry]| -> Vec<json::Card<'a>> {
        entries.iter().map(|entry| json::Card::of(entry.id, &entry.card)).collect()
    };
    let cited = |(mrn, telegrams): &'a (String, Vec<Entry>)| {
        let resolved = meaning(resolved, mrn);
        let others = resolved.filter(|resolved| resolved.standing != Standing::Found);
        Cited {
            mrn,
            held: !telegrams.is_empty(),
            telegrams: cards(telegrams),
            standing: resolved.map(|resolved| resolved.standing.name()),
            confidence: resolved.map(|resolved| resolved.confidence),
            alternatives: others
                .into_iter()
                .flat_map(|others| &others.telegrams)
                .map(json::Likely::of)
                .collect(),
        }
    };
    Document {
        schema: json::SCHEMA,
        mrn,
        id: entry.map(|entry| entry.id.0),
        held: entry.is_some(),
        cites: web.cites.iter().map(cited).collect(),
        cited_by: cards(&web.cited_by),
        same_number: cards(&web.same_number),
        documents: &web.documents,
        named: web.named.iter().map(|(number, held)| Named { number, telegrams: cards(held) }).collect(),
        named_by: cards(&web.named_by),
    }
}

fn text(mrn: Option<&str>, entry: Option<&Entry>, web: &Web, resolved: &[Resolved], color: bool) -> String {
    let mut lines = Vec::new();
    match entry {
        Some(entry) => lines.push(paint(color, STRONG, &line(&search::handle(entry.id, &entry.card), entry))),
        None => lines.push(format!(
            "{}  {}",
            paint(color, STRONG, &clean(mrn.unwrap_or_default())),
            paint(color, BAD, "not held")
        )),
    }
    if entry.is_some() {
        lines.push(heading("Cites", web.cites.len()));
    }
    for (mrn, telegrams) in &web.cites {
        lines.extend(held(mrn, telegrams, color));
        let probable = meaning(resolved, mrn).filter(|resolved| resolved.standing == Standing::Probable);
        let others = probable.into_iter().flat_map(|probable| &probable.telegrams);
        for other in others.filter(|other| other.entry.card.mrn.as_deref() != Some(mrn)) {
            let handle = search::handle(other.entry.id, &other.entry.card);
            lines.push(format!("  {} {}", paint(color, STRONG, "probable"), line(&handle, &other.entry)));
            let (percent, reasons) = (other.confidence * 100.0, other.reasons.join("; "));
            lines.push(format!("           {percent:.0} %: {reasons}"));
        }
    }
    lines.push(heading("Cited by", web.cited_by.len()));
    for citing in &web.cited_by {
        lines.push(format!("  {}", line(&search::handle(citing.id, &citing.card), citing)));
    }
    if !web.named.is_empty() {
        lines.push(heading("Editors' notes name", web.named.len()));
    }
    for (number, telegrams) in &web.named {
        lines.extend(held(number, telegrams, color));
    }
    if !web.named_by.is_empty() {
        lines.push(heading("Named in the editors' notes of", web.named_by.len()));
    }
    for naming in &web.named_by {
        lines.push(format!("  {}", line(&search::handle(naming.id, &naming.card), naming)));
    }
    if !web.same_number.is_empty() {
        lines.push(heading("Others of the same number", web.same_number.len()));
        for other in &web.same_number {
            lines.push(format!("  {}", line(&format!("id:{}", other.id.0), other)));
        }
    }
    lines.join("\n")
}

/// A number, and each telegram here that carries it.
fn held(number: &str, telegrams: &[Entry], color: bool) -> Vec<String> {
    if telegrams.is_empty() {
        return vec![format!("  {}  {}", paint(color, BAD, "missing"), clean(number))];
    }
    let one = |entry| format!("  {}     {}", paint(color, GOOD, "held"), line(&clean(number), entry));
    telegrams.iter().map(one).collect()
}

fn heading(name: &str, number: usize) -> String {
    if number == 0 { format!("{name}: none") } else { format!("{name} ({number}):") }
}

/// `09VALDORIA1000   2009-06-11  FERRY TARIFF`
fn line(handle: &str, entry: &Entry) -> String {
    format!("{handle:<16}  {:<10}  {}", search::day(&entry.card), search::title(&entry.card))
}

#[cfg(test)]
mod tests {
    use reftel_archive::{Alternative, Id};
    use reftel_telegram::Card;

    use super::*;

    fn entry(id: i64, mrn: &str) -> Entry {
        let card = Card { mrn: Some(mrn.into()), subject: Some("FERRY\u{1b}".into()), ..Card::default() };
        Entry { id: Id(id), card }
    }

    #[test]
    fn held_and_missing_are_told_apart() {
        let web = Web {
            cites: vec![("09NORTHMARK2".into(), vec![entry(2, "09NORTHMARK2")]), ("09STATE3".into(), vec![])],
            cited_by: vec![entry(4, "09PORTALDER4")],
            same_number: vec![],
            ..Web::default()
        };
        let this = entry(1, "09VALDORIA1");
        let likely =
            Alternative { entry: entry(8, "09STATF3"), confidence: 0.91, reasons: vec!["one letter"] };
        let resolved = [Resolved {
            mrn: "09STATE3".into(),
            standing: Standing::Probable,
            confidence: 0.91,
            telegrams: vec![likely],
        }];
        let shown = text(Some("09VALDORIA1"), Some(&this), &web, &resolved, false);
        let lines: Vec<Vec<&str>> = shown.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[2], ["held", "09NORTHMARK2", "FERRY␛"], "{shown}");
        assert_eq!(lines[3], ["missing", "09STATE3"], "{shown}");
        assert_eq!(lines[4], ["probable", "09STATF3", "FERRY␛"], "{shown}");
        assert_eq!(lines[5], ["91", "%:", "one", "letter"], "{shown}");
        assert_eq!(lines[7], ["09PORTALDER4", "FERRY␛"], "{shown}");
        let value =
            serde_json::to_value(document(Some("09VALDORIA1"), Some(&this), &web, &resolved)).unwrap();
        let missing = &value["cites"][1];
        assert_eq!((&missing["mrn"], &missing["held"]), (&"09STATE3".into(), &false.into()));
        assert_eq!(
            (&missing["standing"], &missing["telegrams"]),
            (&"probable".into(), &serde_json::json!([]))
        );
        assert_eq!(missing["alternatives"][0]["mrn"], "09STATF3");
        assert_eq!(missing["alternatives"][0]["reasons"][0], "one letter");
        assert_eq!(value["cited_by"][0]["mrn"], "09PORTALDER4");
    }

    #[test]
    fn a_number_that_is_not_held_says_so() {
        let web = Web { cited_by: vec![entry(4, "09PORTALDER4")], ..Web::default() };
        let shown = text(Some("09STATE3"), None, &web, &[], false);
        assert!(shown.starts_with("09STATE3  not held\nCited by (1):\n  09PORTALDER4"), "{shown}");
    }
}
