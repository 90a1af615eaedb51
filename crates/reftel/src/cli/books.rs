//! `reftel books`

use std::path::Path;

use reftel_archive::{Balance as Collection, Books as Balance, Rejected};
use serde::Serialize;

use super::terminal::{STRONG, Screen, clean, count, counted, paint, size};
use super::{Failure, Format, Status};
use crate::json;

/// Show what came in and what became of it
///
/// Prints how many files were seen, and how many of them were kept, were duplicates, were not telegrams or
/// failed, which always adds up; the same by collection, if any has a name; then every file that gave no telegram, with
/// the reason. Each document in a zip, a table, a volume or a mailbox counts as a file.
///
/// With `--format json`, one object: `seen`, `kept`, `duplicates`, `not_telegrams`, `failed`, `telegrams`,
/// `texts`, `text_bytes`, `disk_bytes`, `collections`, a list of `collection` (null for what has no name) and the first
/// five, and `rejected`, a list of `path`, `state`, `reason`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done, 2 an error.

Example: reftel books --rejected | grep 'not a telegram'")]
pub(crate) struct Books {
    /// Only the files that gave no telegram
    #[arg(long)]
    rejected: bool,

    /// For people or for programs
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    #[serde(flatten)]
    balance: Option<BalanceLines>,
    rejected: Vec<RejectedLine<'a>>,
}

#[derive(Serialize)]
struct BalanceLines {
    seen: u64,
    kept: u64,
    duplicates: u64,
    not_telegrams: u64,
    failed: u64,
    telegrams: u64,
    texts: u64,
    text_bytes: u64,
    disk_bytes: u64,
    collections: Vec<CollectionLine>,
}

#[derive(Serialize)]
struct CollectionLine {
    collection: Option<String>,
    seen: u64,
    kept: u64,
    duplicates: u64,
    not_telegrams: u64,
    failed: u64,
}

#[derive(Serialize)]
struct RejectedLine<'a> {
    path: String,
    state: &'static str,
    reason: &'a str,
}

impl Books {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let archive = super::archive(dir)?;
        let balance = if self.rejected { None } else { Some(archive.books()?) };
        let rejected = archive.rejected()?;
        match self.format {
            Format::Json => {
                let document = document(balance.as_ref(), &rejected);
                screen.line(&json::print(&document, screen.terminal)?)?;
            }
            Format::Text => {
                if let Some(balance) = &balance {
                    screen.line(&text(balance, screen.color))?;
                    if !rejected.is_empty() {
                        let heading = format!("Without a telegram ({})", count(rejected.len() as u64));
                        screen.line(&format!("\n{}", paint(screen.color, STRONG, &heading)))?;
                    }
                }
                for file in &rejected {
                    screen.line(&line(file))?;
                }
            }
        }
        Ok(Status::Fine)
    }
}

fn document<'a>(balance: Option<&Balance>, rejected: &'a [Rejected]) -> Document<'a> {
    let balance = balance.map(|of| BalanceLines {
        seen: of.seen,
        kept: of.kept,
        duplicates: of.duplicates,
        not_telegrams: of.not_telegrams,
        failed: of.failed,
        telegrams: of.telegrams,
        texts: of.texts,
        text_bytes: of.text_bytes,
        disk_bytes: of.disk_bytes,
        collections: of.collections.iter().map(collection).collect(),
    });
    let line = |file: &'a Rejected| RejectedLine {
        path: file.path.display().to_string(),
        state: file.state,
        reason: &file.reason,
    };
    Document { schema: json::SCHEMA, balance, rejected: rejected.iter().map(line).collect() }
}

fn collection(of: &Collection) -> CollectionLine {
    CollectionLine {
        collection: of.collection.clone(),
        seen: of.seen,
        kept: of.kept,
        duplicates: of.duplicates,
        not_telegrams: of.not_telegrams,
        failed: of.failed,
    }
}

/// The balance of each collection, in columns.
fn by_collection(collections: &[Collection], color: bool) -> Vec<String> {
    let line = |name: &str, numbers: [&str; 5]| {
        let [seen, kept, duplicates, others, failed] = numbers;
        format!("{name:<30}{seen:>15}{kept:>15}{duplicates:>15}{others:>15}{failed:>15}")
    };
    let heading = line("Collection", ["seen", "kept", "duplicates", "not telegrams", "failed"]);
    let mut lines = vec![String::new(), paint(color, STRONG, &heading)];
    for of in collections {
        let numbers = [of.seen, of.kept, of.duplicates, of.not_telegrams, of.failed].map(count);
        let name = of.collection.as_deref().map_or("(without a name)".into(), clean);
        lines.push(line(&name, numbers.each_ref().map(String::as_str)));
    }
    lines
}

fn text(balance: &Balance, color: bool) -> String {
    let row = |name: &str, number: u64| format!("{name:<18}{:>12}", count(number));
    let mut lines = vec![
        paint(color, STRONG, &row("Files seen", balance.seen)),
        row("  kept", balance.kept),
        row("  duplicates", balance.duplicates),
        row("  not telegrams", balance.not_telegrams),
        row("  failed", balance.failed),
        paint(color, STRONG, &row("Telegrams", balance.telegrams)),
        format!("{}  {}", row("Original texts", balance.texts), size(balance.text_bytes)),
        format!("{:<18}{:>12}", "On disk", size(balance.disk_bytes)),
    ];
    let parts = balance.kept + balance.duplicates + balance.not_telegrams + balance.failed;
    if parts != balance.seen {
        lines.push(format!(
            "The books don't balance: {} seen, {} accounted for.",
            counted(balance.seen, "file"),
            count(parts)
        ));
    }
    if !balance.collections.is_empty() {
        lines.extend(by_collection(&balance.collections, color));
    }
    lines.join("\n")
}

/// `inbox/a.txt: duplicate: of inbox/b.txt`
fn line(file: &Rejected) -> String {
    let path = file.path.display().to_string();
    let mut line = format!("{}: {}", clean(&path), file.state);
    if !file.reason.is_empty() && file.reason != file.state {
        line += &format!(": {}", clean(&file.reason));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejected_file_has_its_reason() {
        let file =
            Rejected { path: "a\u{1b}.txt".into(), state: "not a telegram", reason: "no heading".into() };
        assert_eq!(line(&file), "a␛.txt: not a telegram: no heading");
        let value = serde_json::to_value(document(None, std::slice::from_ref(&file))).unwrap();
        assert_eq!(value["rejected"][0]["reason"], "no heading");
        assert!(value.get("seen").is_none());
    }
}
