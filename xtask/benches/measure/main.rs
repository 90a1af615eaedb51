//! Measures what the project promises, against the obvious other way of doing it, in the same run.
//!
//! A figure without a measure beside it says more about the machine than about the program, so each
//! has a baseline: a loop that splits lines for the parser, bare Tantivy for the import, SQLite's FTS5
//! for the search. Runs in release alone (`cargo xtask bench`), on invented telegrams, and on a corpus where there is one.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use xtask::{number, root};

mod bare;

mod collections;

mod fts;

mod import;

mod meaning;

mod memory;

mod parse;

mod resolve;

mod search;

/// Telegrams are read into many small values, on all cores: the system's allocator takes turns, this one
/// doesn't.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// One line of the report.
struct Figure {
    /// What was measured.
    what: String,
    /// What came out.
    ours: String,
    /// The same of the baseline, if there is one.
    baseline: String,
    /// How they compare, or how the figure stands to its target.
    ratio: String,
    /// What is promised, and whether it was kept. `None`: for information.
    target: Option<(&'static str, bool)>,
}

fn main() -> ExitCode {
    let options: Vec<String> = std::env::args().skip(1).filter(|option| option != "--bench").collect();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("bench: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Does what `options` ask.
fn run(options: &[&str]) -> Result<(), String> {
    let (mut which, mut count, mut write) = ("all", None, false);
    let mut rest = options.iter();
    while let Some(&option) = rest.next() {
        match option {
            "--write" => write = true,
            "--count" => count = Some(number(option, rest.next().ok_or("`--count` wants a number")?)?),
            "parse" | "import" | "collections" | "search" | "resolve" | "meaning" | "all" => {
                which = option;
            }
            _ => return Err(format!("no benchmark `{option}`")),
        }
    }
    let all = which == "all";
    let mut figures = Vec::new();
    if all || which == "parse" {
        figures.extend(parse::run(count.filter(|_| !all).unwrap_or(4_000)));
    }
    if all || which == "import" {
        figures.extend(import::run(count.filter(|_| !all).unwrap_or(20_000))?);
    }
    if all || which == "collections" {
        figures.extend(collections::run(count.filter(|_| !all).unwrap_or(5_000))?);
    }
    if all || which == "search" {
        figures.extend(search::run(count.unwrap_or(250_000))?);
    }
    if all || which == "resolve" {
        figures.extend(resolve::run(count.filter(|_| !all).unwrap_or(20_000))?);
    }
    if all || which == "meaning" {
        figures.extend(meaning::run(count.filter(|_| !all).unwrap_or(20_000))?);
    }
    let report = report(&figures, options);
    println!("\n{report}");
    if write {
        save(&report)?;
    }
    match figures.iter().filter(|figure| figure.target.is_some_and(|(_, kept)| !kept)).count() {
        0 => Ok(()),
        missed => Err(format!("{missed} of the targets missed")),
    }
}

/// What was measured, on what, by which command.
fn report(figures: &[Figure], options: &[&str]) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "`cargo xtask bench {}`, commit {}\n", options.join(" "), commit());
    let _ = writeln!(out, "{}\n", machine());
    out.push_str("| what | ours | baseline | ratio | target |\n|---|---|---|---|---|\n");
    for Figure { what, ours, baseline, ratio, target } in figures {
        let target = target.map_or(String::new(), |(text, kept)| {
            format!("{text}: {}", if kept { "kept" } else { "**missed**" })
        });
        let _ = writeln!(out, "| {what} | {ours} | {baseline} | {ratio} | {target} |");
    }
    out
}

fn commit() -> String {
    let output = Command::new("git").args(["describe", "--always", "--dirty"]).current_dir(root()).output();
    output.map_or("unknown".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn cpu() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or("unknown processor".to_owned(), |(_, model)| model.trim().to_owned())
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?");
    format!("{cores} cores, {}, {}; load at the end {load}", cpu(), std::env::consts::OS)
}

#[allow(clippy::disallowed_methods, reason = "a report is dated")]
fn today() -> jiff::civil::Date {
    jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()
}

/// Writes the report where reports are kept; a second one of the same day and machine goes below the first.
fn save(report: &str) -> Result<(), String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let words: Vec<String> = cpu()
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty() && !matches!(*word, "R" | "TM" | "CPU" | "Processor"))
        .map(str::to_lowercase)
        .collect();
    let name = format!("{}-{cores}x-{}.md", today(), words.join("-"));
    let path = root().join("docs/benchmarks").join(name);
    let before = fs::read_to_string(&path).unwrap_or_else(|_| format!("# Measured on {}\n", today()));
    fs::create_dir_all(root().join("docs/benchmarks"))
        .and_then(|()| fs::write(&path, format!("{before}\n{report}")))
        .map_err(|error| format!("can't write `{}`: {error}", path.display()))?;
    println!("written to {}", path.display());
    Ok(())
}

/// How long it takes, and what comes out.
fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

/// The shortest of some runs: what the machine can do when nothing disturbs it.
fn best_of(runs: usize, mut work: impl FnMut()) -> Duration {
    (0..runs).map(|_| timed(&mut work).0).min().unwrap_or_default()
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn rate(bytes: u64, time: Duration) -> f64 {
    megabytes(bytes) / time.as_secs_f64()
}

/// Bytes of the files under a folder.
fn size(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(data) if data.is_dir() => size(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}
