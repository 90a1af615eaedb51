//! `reftel saved`

use std::path::Path;

use reftel_archive::{Archive, Desk, Query, Saved as Kept};
use serde::Serialize;

use super::search::{self, Format, listed};
use super::terminal::{Screen, clean, count, counted};
use super::{Failure, Status};
use crate::hand::is_one_line;
use crate::json;

/// Keep searches, and see what came since
///
/// A saved search is kept in the archive, and no reindex touches it. `new` prints what a search finds of the telegrams
/// that came in since it was last looked at, by `run`, by `new`, or when it was added. A section that comes late makes
/// no new telegram.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done or found, 1 nothing found, 2 an error.

Examples:
  reftel saved add ferries '\"ferry tariff\" -class:U'
  reftel saved new
  reftel saved run ferries --format csv")]
pub(crate) struct Saved {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Keep a search under a name, in place of what had the name
    Add {
        /// What it is called
        name: String,
        /// What to find
        #[arg(required = true, value_name = "QUERY")]
        query: Vec<String>,
    },
    /// List the saved searches, with how many each finds and how many of these are new
    List {
        /// Print one object in place of a table
        #[arg(long)]
        json: bool,
    },
    /// Ask one again, newest first
    Run {
        /// Which
        name: String,
        #[command(flatten)]
        shown: Shown,
    },
    /// What came since it was last looked at; of all, if none is named
    New {
        /// Which
        name: Option<String>,
        #[command(flatten)]
        shown: Shown,
        /// Don't count it as looked at
        #[arg(long)]
        peek: bool,
    },
    /// Forget one
    Remove {
        /// Which
        name: String,
    },
}

#[derive(Debug, clap::Args)]
struct Shown {
    /// How many to print at most; 0 for all
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,

    /// In what form
    #[arg(long, default_value = "table")]
    format: Format,
}

#[derive(Serialize)]
struct List<'a> {
    schema: u32,
    saved: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    query: &'a str,
    total: usize,
    new: usize,
}

impl Saved {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        match &self.command {
            Command::Add { name, query } => add(dir, name, &query.join(" "), screen),
            Command::List { json } => list(&super::archive(dir)?, *json, screen),
            Command::Run { name, shown } => {
                let archive = super::archive(dir)?;
                let saved = named(&archive, name)?;
                let last = archive.last_searchable()?;
                let total = show(&archive, &parsed(&saved)?, shown, screen)?;
                Desk::open(dir)?.looked(name, last)?;
                Ok(if total == 0 { Status::Negative } else { Status::Fine })
            }
            Command::New { name, shown, peek } => new(dir, name.as_deref(), shown, *peek, screen),
            Command::Remove { name } => {
                super::archive(dir)?;
                if !Desk::open(dir)?.forget(name)? {
                    return Err(unknown(name));
                }
                screen.say(&format!("forgot `{}`", clean(name)));
                Ok(Status::Fine)
            }
        }
    }
}

/// A name that stays in one line of a table. Most characters it may have at most.
pub(super) fn check_name(name: &str) -> Result<(), Failure> {
    const NAME_MAX: usize = 60;
    if is_one_line(name, NAME_MAX) {
        Ok(())
    } else {
        Err(Failure::new(format!("a name has 1 to {NAME_MAX} characters, in one line")))
    }
}

fn add(dir: &Path, name: &str, text: &str, screen: &mut Screen) -> Result<Status, Failure> {
    check_name(name)?;
    let query = Query::parse(text).map_err(|error| search::refuse(text, &error, screen.error_color))?;
    if query.is_of_phantoms() {
        let failure =
            Failure::new("`is:phantom` finds telegrams that aren't here, and none of them comes in as one");
        return Err(failure.help("save what finds the telegrams that cite them"));
    }
    super::archive(dir)?;
    Desk::open(dir)?.save(name, &query)?;
    screen.say(&format!("saved as `{}`; `reftel saved new` tells what comes from now on", clean(name)));
    Ok(Status::Fine)
}

fn unknown(name: &str) -> Failure {
    Failure::new(format!("there is no saved search `{}`", clean(name)))
        .help("`reftel saved list` has those there are")
}

fn named(archive: &Archive, name: &str) -> Result<Kept, Failure> {
    archive.saved()?.into_iter().find(|saved| saved.name == name).ok_or_else(|| unknown(name))
}

/// The query of a saved search. One that another version of the language had may be none any more.
fn parsed(saved: &Kept) -> Result<Query, Failure> {
    Query::parse(&saved.query).map_err(|error| search::refuse(&saved.query, &error, false))
}

fn list(archive: &Archive, json: bool, screen: &mut Screen) -> Result<Status, Failure> {
    let saved = archive.saved()?;
    let last = archive.last_searchable()?;
    let mut lines = Vec::new();
    for kept in &saved {
        let query = parsed(kept)?;
        let total = archive.count(query.clone())?;
        let new = archive.count(query.between(kept.seen, last))?;
        lines.push(Line { name: &kept.name, query: &kept.query, total, new });
    }
    if json {
        screen.line(&json::print(&List { schema: json::SCHEMA, saved: lines }, screen.terminal)?)?;
        return Ok(Status::Fine);
    }
    if lines.is_empty() {
        screen.say("no search is saved; `reftel saved add NAME QUERY` saves one");
        return Ok(Status::Fine);
    }
    let rows = lines.iter().map(|line| {
        let number = |number: usize| count(number as u64);
        vec![
            clean(line.name).into_owned(),
            number(line.total),
            number(line.new),
            clean(line.query).into_owned(),
        ]
    });
    let table = listed(&["NAME", "FINDS", "NEW", "QUERY"], rows, screen.width(), screen.color);
    screen.line(&table)?;
    Ok(Status::Fine)
}

/// Prints what a query finds, newest first, and says how many.
fn show(archive: &Archive, query: &Query, shown: &Shown, screen: &mut Screen) -> Result<usize, Failure> {
    search::newest(archive, query, shown.limit, shown.format, screen)
}

fn new(
    dir: &Path,
    name: Option<&str>,
    shown: &Shown,
    peek: bool,
    screen: &mut Screen,
) -> Result<Status, Failure> {
    let archive = super::archive(dir)?;
    let saved = match name {
        Some(name) => vec![named(&archive, name)?],
        None => archive.saved()?,
    };
    let last = archive.last_searchable()?;
    let mut all = 0;
    for kept in &saved {
        let query = parsed(kept)?.between(kept.seen, last);
        if name.is_none() {
            let total = archive.count(query.clone())?;
            screen.flush()?;
            screen.say(&format!("{}: {} new", clean(&kept.name), counted(total as u64, "telegram")));
            if total == 0 {
                continue;
            }
        }
        all += show(&archive, &query, shown, screen)?;
    }
    screen.flush()?;
    if !peek {
        let mut desk = Desk::open(dir)?;
        for kept in &saved {
            desk.looked(&kept.name, last)?;
        }
    }
    Ok(if all == 0 { Status::Negative } else { Status::Fine })
}
