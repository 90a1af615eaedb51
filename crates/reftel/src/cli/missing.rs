//! `reftel missing`

use std::path::Path;

use reftel_archive::{Archive, Phantom};
use serde::Serialize;

use super::number::Wanted;
use super::terminal::{BAD, STRONG, Screen, clean, clean_lines, count, counted, paint};
use super::{Failure, Format, Status, search};
use crate::{json, request};

/// Show telegrams that are cited but not held
///
/// Without a number, those that most cite. With one, what is known of it: when it must have been sent, going by the
/// series that it is in and by those who cite it; what these say of it; and which telegram here it may be after all,
/// with a confidence from 0 to 1 that is a rule's estimate.
///
/// With `--format json`, one object: `missing`, a list of `mrn` and `cited_by`; or, with a number, `mrn`, `post`,
/// `year`, `serial`, `after`, `before`, `cited_by` (cards, each with `says`) and `alternatives` (cards, each with
/// `confidence` and `reasons`).
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 found, 1 none is missing or nobody cites it, 2 an error.

Example: reftel missing 09STATE54767 --request > letter.txt")]
pub(crate) struct Missing {
    /// The number, in any form
    #[arg(value_name = "MRN")]
    mrn: Vec<String>,

    /// Draft a request for it, under the Freedom of Information Act or to the National Archives
    #[arg(long, requires = "mrn")]
    request: bool,

    /// How many to list; 0 for all
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,

    /// How many to skip
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: usize,

    /// For people or for programs
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Serialize)]
struct List<'a> {
    schema: u32,
    missing: Vec<ListLine<'a>>,
}

#[derive(Serialize)]
struct ListLine<'a> {
    mrn: &'a str,
    cited_by: u64,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    mrn: &'a str,
    post: &'a str,
    year: Option<i16>,
    serial: u32,
    after: Option<String>,
    before: Option<String>,
    cited_by: Vec<CitingLine<'a>>,
    alternatives: Vec<json::Likely<'a>>,
}

#[derive(Serialize)]
struct CitingLine<'a> {
    #[serde(flatten)]
    card: json::Card<'a>,
    says: Option<&'a str>,
}

impl Missing {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let archive = super::archive(dir)?;
        if self.mrn.is_empty() {
            return self.list(&archive, screen);
        }
        let mrn = match Wanted::read(&self.mrn, None) {
            Wanted::Mrn(mrn) => mrn,
            Wanted::AnyYear(_) | Wanted::Id(_) => {
                return Err(Failure::new("a number with its year is wanted, such as 09STATE54767"));
            }
        };
        if !archive.by_mrn(&mrn)?.is_empty() {
            screen.say(&format!("{} is held: reftel show {}", clean(&mrn), clean(&mrn)));
            return Ok(Status::Negative);
        }
        let Some(phantom) = archive.phantom(&mrn)?.filter(|phantom| !phantom.cited_by.is_empty()) else {
            screen.say(&format!("{} is neither held nor cited", clean(&mrn)));
            return Ok(Status::Negative);
        };
        match self.format {
            _ if self.request => screen.text(&clean_lines(&request::letter(&phantom)))?,
            Format::Json => screen.line(&json::print(&document(&phantom), screen.terminal)?)?,
            Format::Text => screen.line(&text(&phantom, screen.color))?,
        }
        Ok(Status::Fine)
    }

    fn list(&self, archive: &Archive, screen: &mut Screen) -> Result<Status, Failure> {
        let phantoms =
            archive.phantoms(self.offset, if self.limit == 0 { usize::MAX } else { self.limit })?;
        match self.format {
            Format::Json => {
                let missing =
                    phantoms.iter().map(|(mrn, cited_by)| ListLine { mrn, cited_by: *cited_by }).collect();
                screen.line(&json::print(&List { schema: json::SCHEMA, missing }, screen.terminal)?)?;
            }
            Format::Text => {
                for (mrn, citing) in &phantoms {
                    screen.line(&format!("{:<20}  cited by {}", clean(mrn), counted(*citing, "telegram")))?;
                }
            }
        }
        let all = archive.holdings()?;
        screen.say(&format!(
            "{} of {} numbers that are cited aren't held",
            count(all.cited.saturating_sub(all.cited_held)),
            count(all.cited)
        ));
        Ok(if phantoms.is_empty() { Status::Negative } else { Status::Fine })
    }
}

fn document(phantom: &Phantom) -> Document<'_> {
    let citing = phantom.cited_by.iter().map(|(entry, says)| CitingLine {
        card: json::Card::of(entry.id, &entry.card),
        says: says.as_deref(),
    });
    let alternatives = phantom.alternatives.iter().map(json::Likely::of);
    Document {
        schema: json::SCHEMA,
        mrn: &phantom.mrn,
        post: &phantom.post,
        year: phantom.year,
        serial: phantom.serial,
        after: phantom.after.map(|after| format!("{after}Z")),
        before: phantom.before.map(|before| format!("{before}Z")),
        cited_by: citing.collect(),
        alternatives: alternatives.collect(),
    }
}

fn text(phantom: &Phantom, color: bool) -> String {
    let mut lines = vec![
        format!("{}  {}", paint(color, STRONG, &clean(&phantom.mrn)), paint(color, BAD, "not held")),
        format!("Sent {}", request::window(phantom)),
        format!("Cited by ({}):", count(phantom.cited_by.len() as u64)),
    ];
    for (entry, says) in &phantom.cited_by {
        let (handle, title) = (search::handle(entry.id, &entry.card), search::title(&entry.card));
        lines.push(format!("  {handle:<16}  {:<10}  {title}", search::day(&entry.card)));
        lines.extend(says.iter().map(|says| format!("    {}", clean(says))));
    }
    if !phantom.alternatives.is_empty() {
        lines.push("It may be:".to_owned());
    }
    for other in &phantom.alternatives {
        let (handle, title) =
            (search::handle(other.entry.id, &other.entry.card), search::title(&other.entry.card));
        lines.push(format!(
            "  {:.2}  {handle:<16}  {:<10}  {title}",
            other.confidence,
            search::day(&other.entry.card)
        ));
        lines.push(format!("        {}", other.reasons.join("; ")));
    }
    lines.join("\n")
}
