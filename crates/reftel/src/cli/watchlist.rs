//! `reftel watchlist`

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::Offset;
use reftel_archive::{Archive, Desk, Id, WatchList, Watched};
use serde::Serialize;

use super::saved::check_name;
use super::search::{csv_table, listed, print_csv};
use super::terminal::{Screen, clean, count, counted};
use super::{Failure, Status};
use crate::json;

/// How many numbers of telegrams a table has in a row.
const NUMBERS_SHOWN: usize = 3;

/// Watch for a list of names and phrases
///
/// A list is a file with a name or phrase on each line; empty lines and those that begin with `#` are left out. It is
/// kept in the archive. Each is looked for as the search does it: whole words side by side, whatever the case, the
/// accents, and the signs between. `reftel import` says at its end which lists found something in what came in.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done or found, 1 nothing found, 2 an error.

Examples:
  reftel watchlist add ministers names.txt
  reftel watchlist run ministers --format csv > ministers.csv
  reftel watchlist new")]
pub(crate) struct Watch {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Keep a list under a name, in place of what had the name
    Add {
        /// What it is called
        name: String,
        /// A name or phrase on each line; `-` reads standard input
        file: PathBuf,
    },
    /// List the lists, with how many telegrams are new to each
    List {
        /// Print one object in place of a table
        #[arg(long)]
        json: bool,
    },
    /// Run one over the whole archive
    Run {
        /// Which
        name: String,
        #[command(flatten)]
        shown: Shown,
    },
    /// Run over what came since the last run; all lists, if none is named
    New {
        /// Which
        name: Option<String>,
        #[command(flatten)]
        shown: Shown,
        /// Don't count it as run
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
    /// Print also what was found in no telegram
    #[arg(long)]
    all: bool,

    /// In what form
    #[arg(long, default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people, with the first numbers of each
    Table,
    /// For spreadsheets, with all numbers; a cell that begins as a formula gets a ' in front
    Csv,
    /// One object a line, with all numbers
    Jsonl,
}

/// One name or phrase, as JSON.
#[derive(Serialize)]
struct Line<'a> {
    list: &'a str,
    term: &'a str,
    telegrams: usize,
    first: Option<String>,
    last: Option<String>,
    /// The number of each telegram; null where it has none.
    numbers: &'a [Option<String>],
    /// Its number in this archive.
    ids: Vec<i64>,
}

#[derive(Serialize)]
struct Lists<'a> {
    schema: u32,
    lists: Vec<ListLine<'a>>,
}

#[derive(Serialize)]
struct ListLine<'a> {
    name: &'a str,
    terms: usize,
    new: usize,
}

impl Watch {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        match &self.command {
            Command::Add { name, file } => add(dir, name, file, screen),
            Command::List { json } => list(&super::archive(dir)?, *json, screen),
            Command::Run { name, shown } => {
                let archive = super::archive(dir)?;
                run(dir, &archive, &[(name.clone(), Id(0))], shown, true, screen)
            }
            Command::New { name, shown, peek } => {
                let archive = super::archive(dir)?;
                let mut lists = archive.watch_lists()?;
                if let Some(name) = name {
                    lists.retain(|list| list.name == *name);
                    if lists.is_empty() {
                        return Err(unknown(name));
                    }
                }
                let lists: Vec<_> = lists.into_iter().map(|list| (list.name, list.seen)).collect();
                run(dir, &archive, &lists, shown, !peek, screen)
            }
            Command::Remove { name } => {
                super::archive(dir)?;
                if !Desk::open(dir)?.forget_list(name)? {
                    return Err(unknown(name));
                }
                screen.say(&format!("forgot `{}`", clean(name)));
                Ok(Status::Fine)
            }
        }
    }
}

fn unknown(name: &str) -> Failure {
    let failure = Failure::new(format!("there is no watch list `{}`", clean(name)));
    failure.help("`reftel watchlist list` has those there are")
}

/// The names and phrases of a file, one a line.
fn terms(text: &str) -> Vec<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}

fn add(dir: &Path, name: &str, file: &Path, screen: &mut Screen) -> Result<Status, Failure> {
    check_name(name)?;
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(file).map(|read| bytes = read)
    };
    read.map_err(|error| Failure::because(format!("can't read `{}`", file.display()), &error))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::new(format!("`{}` isn't text in UTF-8", file.display())))?;
    let terms = terms(&text);
    if terms.is_empty() {
        return Err(Failure::new(format!("`{}` has no name or phrase", file.display())));
    }
    super::archive(dir)?;
    let kept = Desk::open(dir)?.put_list(name, &terms)?;
    let twice = match terms.len() - kept {
        0 => String::new(),
        n => format!(", {} given more than once", count(n as u64)),
    };
    let what = counted(kept as u64, "term");
    screen.say(&format!("`{}` has {what}{twice}; `reftel watchlist run {0}` looks for them", clean(name)));
    Ok(Status::Fine)
}

fn list(archive: &Archive, json: bool, screen: &mut Screen) -> Result<Status, Failure> {
    let lists = archive.watch_lists()?;
    let last = archive.last_searchable()?;
    let mut lines = Vec::new();
    for WatchList { name, terms, seen } in &lists {
        let new = Watched::together(&archive.watch(&archive.watch_list(name)?, *seen, last)?);
        lines.push(ListLine { name, terms: *terms, new });
    }
    if json {
        screen.line(&json::print(&Lists { schema: json::SCHEMA, lists: lines }, screen.terminal)?)?;
        return Ok(Status::Fine);
    }
    if lines.is_empty() {
        screen.say("there is no watch list; `reftel watchlist add NAME FILE` keeps one");
        return Ok(Status::Fine);
    }
    let rows = lines
        .iter()
        .map(|line| vec![clean(line.name).into_owned(), count(line.terms as u64), count(line.new as u64)]);
    screen.line(&listed(&["NAME", "TERMS", "NEW TELEGRAMS"], rows, screen.width(), screen.color))?;
    Ok(Status::Fine)
}

fn run(
    dir: &Path,
    archive: &Archive,
    lists: &[(String, Id)],
    shown: &Shown,
    mark: bool,
    screen: &mut Screen,
) -> Result<Status, Failure> {
    let last = archive.last_searchable()?;
    let mut found = 0;
    let mut known = Known::new();
    let mut records = Vec::new();
    for (name, seen) in lists {
        let terms = archive.watch_list(name)?;
        let watched = archive.watch(&terms, *seen, last)?;
        let hits = watched.iter().filter(|one| !one.telegrams.is_empty()).count();
        found += hits;
        let mut rows = Vec::new();
        for one in watched.iter().filter(|one| shown.all || !one.telegrams.is_empty()) {
            let row = Row::of(archive, one, shown.format != Format::Table, &mut known)?;
            match shown.format {
                Format::Table => rows.push(row.cells()),
                Format::Csv => records.push(row.record(name)),
                Format::Jsonl => screen.line(&json::print(&row.line(name), false)?)?,
            }
        }
        if !rows.is_empty() {
            let heads = ["TERM", "TELEGRAMS", "FIRST", "LAST", "NUMBERS"];
            screen.line(&listed(&heads, rows.into_iter(), screen.width(), screen.color))?;
        }
        screen.flush()?;
        screen.say(&summary(name, hits, terms.len(), Watched::together(&watched)));
    }
    if shown.format == Format::Csv {
        let columns = ["list", "term", "telegrams", "first", "last", "numbers"];
        print_csv(&csv_table(&columns, records.into_iter())?, screen)?;
        screen.flush()?;
    }
    if mark {
        let mut desk = Desk::open(dir)?;
        for (name, _) in lists {
            desk.ran(name, last)?;
        }
    }
    Ok(if found == 0 { Status::Negative } else { Status::Fine })
}

/// `ministers: 12 of 1,000 in 37 telegrams`
fn summary(name: &str, hits: usize, terms: usize, telegrams: usize) -> String {
    let (hits, terms) = (count(hits as u64), count(terms as u64));
    format!("{}: {hits} of {terms} in {}", clean(name), counted(telegrams as u64, "telegram"))
}

/// Which lists found something in what came in behind a telegram, each in a line.
pub(super) fn tell_new(archive: &Archive, behind: Id) -> Result<Vec<String>, Failure> {
    let lists = archive.watch_lists()?;
    let last = archive.last_searchable()?;
    let mut lines = Vec::new();
    for list in lists.iter().filter(|_| last > behind) {
        let watched = archive.watch(&archive.watch_list(&list.name)?, behind, last)?;
        let hits = watched.iter().filter(|one| !one.telegrams.is_empty()).count();
        if hits > 0 {
            let told = summary(&list.name, hits, watched.len(), Watched::together(&watched));
            lines.push(format!("watch list {told}; `reftel watchlist new` lists them"));
        }
    }
    Ok(lines)
}

/// The numbers of telegrams, each looked up once.
type Known = HashMap<Id, Option<String>>;

/// What is told of a name or phrase.
struct Row<'a> {
    watched: &'a Watched,
    numbers: Vec<Option<String>>,
}

impl Row<'_> {
    fn of<'a>(
        archive: &Archive,
        watched: &'a Watched,
        all: bool,
        known: &mut Known,
    ) -> Result<Row<'a>, Failure> {
        let shown = if all { usize::MAX } else { NUMBERS_SHOWN };
        let ids: Vec<Id> = watched.telegrams.iter().take(shown).map(|found| found.1).collect();
        let unknown: Vec<Id> = ids.iter().filter(|id| !known.contains_key(*id)).copied().collect();
        let numbers = archive.numbers(&unknown)?;
        known.extend(unknown.into_iter().zip(numbers));
        let numbers = ids.iter().map(|id| known.get(id).cloned().flatten()).collect();
        Ok(Row { watched, numbers })
    }

    /// The days on which the first and the last was sent.
    fn ends(&self) -> [Option<String>; 2] {
        self.watched.ends().map(day)
    }

    fn named(&self) -> Vec<String> {
        let ids = self.watched.telegrams.iter().map(|found| found.1);
        let named = self.numbers.iter().zip(ids);
        named.map(|(number, id)| number.clone().unwrap_or_else(|| format!("id:{}", id.0))).collect()
    }

    fn cells(&self) -> Vec<String> {
        let [first, last] = self.ends().map(Option::unwrap_or_default);
        let all = self.watched.telegrams.len();
        let mut numbers = clean(&self.named().join(" ")).into_owned();
        if all > NUMBERS_SHOWN {
            numbers += &format!(" and {} more", count((all - NUMBERS_SHOWN) as u64));
        }
        vec![clean(&self.watched.term).into_owned(), count(all as u64), first, last, numbers]
    }

    fn record(&self, of: &str) -> [String; 6] {
        let [first, last] = self.ends().map(Option::unwrap_or_default);
        let count = self.watched.telegrams.len().to_string();
        [of.to_owned(), self.watched.term.clone(), count, first, last, self.named().join(" ")]
    }

    fn line<'r>(&'r self, of: &'r str) -> Line<'r> {
        let [first, last] = self.ends();
        Line {
            list: of,
            term: &self.watched.term,
            telegrams: self.watched.telegrams.len(),
            first,
            last,
            numbers: &self.numbers,
            ids: self.watched.telegrams.iter().map(|found| found.1.0).collect(),
        }
    }
}

/// `2009-06-11`
pub(crate) fn day(seconds: Option<i64>) -> Option<String> {
    let at = Timestamp::from_second(seconds?).ok()?;
    Some(Offset::UTC.to_datetime(at).date().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_a_name_on_each_line() {
        assert_eq!(terms("\u{feff}# people\nDoe\n\n  Roe, Jane \r\n#x\n"), ["Doe", "Roe, Jane"]);
    }
}
