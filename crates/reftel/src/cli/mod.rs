//! The command line: one file a command, and what they share.
//!
//! A command takes its arguments and the [`Screen`], and returns a [`Status`] or a [`Failure`]. What can be
//! said without the screen is a function of its own and tested as one.

#![allow(clippy::format_push_string, reason = "the other way can fail, and a string can't")]

pub(crate) mod terminal;

pub(crate) use watchlist::day;

mod arguments;
mod bag;
mod collection;
mod failure;
mod input;
mod meter;
mod number;
mod place;
mod room;
mod stop;
mod written;

mod books;
mod check;
mod cite;
mod convert;
mod copies;
mod correct;
mod draft;
mod export;
mod fmt;
mod gaps;
mod graph;
mod import;
mod missing;
mod model;
mod mrn;
mod open;
mod parse;
mod refs;
mod reindex;
mod restore;
mod retry;
mod saved;
mod schema;
mod search;
mod serve;
mod show;
mod sources;
mod thread;
mod verify;
mod watch;
mod watchlist;

#[cfg(test)]
mod manual;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use reftel_archive::{Archive, ErrorKind};

use failure::Failure;
use terminal::{Screen, When};

/// Read, keep, find, trace and show diplomatic telegrams
///
/// `reftel open DIR` reads every telegram under DIR into an archive and opens a reading room in the
/// browser. The other commands do one step each, and print for people on a terminal and for programs in a
/// pipe. Nothing leaves this machine.
#[derive(Debug, Parser)]
#[command(name = "reftel", version, max_term_width = 100, after_help = HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// The archive's directory [default: ./reftel-archive]
    #[arg(long, global = true, value_name = "DIR")]
    archive: Option<PathBuf>,

    /// When to use colour: always, never, or auto, which is on a terminal unless `NO_COLOR` is set
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_possible_values = true)]
    color: When,
}

const HELP: &str = "\
Exit status: 0 done or found, 1 nothing found or something odd, 2 an error, 130 stopped by Ctrl-C.

Examples:
  reftel open                     the sample that the program carries
  reftel open ~/telegrams         your own
  reftel search 'tags:PREL ferry' what is in ./reftel-archive";

#[derive(Debug, Subcommand)]
enum Command {
    Open(open::Open),
    Import(import::Import),
    Watch(watch::Watch),
    Serve(serve::Serve),
    Search(search::Search),
    Show(show::Show),
    Saved(saved::Saved),
    Watchlist(watchlist::Watch),
    Refs(refs::Refs),
    Copies(copies::CopiesOf),
    Correct(correct::Correct),
    Thread(thread::Thread),
    Missing(missing::Missing),
    Model(model::Model),
    Gaps(gaps::Gaps),
    Graph(graph::Graph),
    Export(export::Export),
    Cite(cite::Cite),
    Books(books::Books),
    Verify(verify::Verify),
    Retry(retry::Retry),
    Reindex(reindex::Reindex),
    Restore(restore::Restore),
    Parse(parse::Parse),
    Mrn(mrn::Mrn),
    Check(check::Check),
    Fmt(fmt::Fmt),
    Draft(draft::Draft),
    Convert(convert::Convert),
    Schema(schema::Schema),
    Sources(sources::Sources),
}

/// For whom a command prints that has one thing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One object
    Json,
}

/// How a command ended, when it could do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Done, found, nothing odd.
    Fine = 0,
    /// Nothing found, or something odd.
    Negative = 1,
    /// Done, except for what was complained of on the way.
    Trouble = 2,
    /// Ended by Ctrl-C, as shells number it.
    Stopped = 130,
}

/// The program as clap knows it.
fn program() -> clap::Command {
    arguments::hide_archive(Arguments::command())
}

/// The arguments as typed. Help, and a mistake in them, end the program.
fn arguments() -> Arguments {
    let mut program = program();
    let typed = arguments::sorted(&program, std::env::args_os().collect());
    let read = program.try_get_matches_from_mut(typed).and_then(|found| Arguments::from_arg_matches(&found));
    read.unwrap_or_else(|error| arguments::harmless(error).format(&mut program).exit())
}

/// Runs the program.
pub(crate) fn main() -> ExitCode {
    let arguments = arguments();
    let mut screen = Screen::new(arguments.color);
    let ended = run(&arguments, &mut screen).and_then(|status| {
        screen.flush()?;
        Ok(status)
    });
    match ended {
        Ok(status) => ExitCode::from(status as u8),
        // Whoever reads our output has enough of it: `reftel search '*' --limit 0 | head -1`.
        Err(Failure::BrokenPipe) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = screen.flush();
            screen.complain(&failure);
            ExitCode::from(Status::Trouble as u8)
        }
    }
}

fn run(arguments: &Arguments, screen: &mut Screen) -> Result<Status, Failure> {
    let given = arguments.archive.as_deref();
    let dir = given.unwrap_or(Path::new("reftel-archive"));
    match &arguments.command {
        Command::Open(command) => command.run(given, screen),
        Command::Import(command) => command.run(dir, screen),
        Command::Watch(command) => command.run(dir, screen),
        Command::Serve(command) => command.run(dir, screen),
        Command::Search(command) => command.run(dir, screen),
        Command::Show(command) => command.run(dir, screen),
        Command::Saved(command) => command.run(dir, screen),
        Command::Watchlist(command) => command.run(dir, screen),
        Command::Refs(command) => command.run(dir, screen),
        Command::Copies(command) => command.run(dir, screen),
        Command::Correct(command) => command.run(dir, screen),
        Command::Thread(command) => command.run(dir, screen),
        Command::Missing(command) => command.run(dir, screen),
        Command::Model(command) => command.run(dir, screen),
        Command::Gaps(command) => command.run(dir, screen),
        Command::Graph(command) => command.run(dir, screen),
        Command::Export(command) => command.run(dir, screen),
        Command::Cite(command) => command.run(dir, screen),
        Command::Books(command) => command.run(dir, screen),
        Command::Verify(command) => command.run(dir, screen),
        Command::Retry(command) => command.run(dir, screen),
        Command::Reindex(command) => command.run(dir, screen),
        Command::Restore(command) => command.run(dir, screen),
        Command::Parse(command) => command.run(screen),
        Command::Mrn(command) => command.run(screen),
        Command::Check(command) => command.run(screen),
        Command::Fmt(command) => command.run(screen),
        Command::Draft(command) => command.run(screen),
        Command::Convert(command) => command.run(screen),
        Command::Schema(command) => command.run(screen),
        Command::Sources(command) => command.run(screen),
    }
}

/// Sees that paths that are to be read are there, before anything is made for what is in them.
fn there(paths: &[PathBuf]) -> Result<(), Failure> {
    for path in paths {
        path.metadata().map_err(|error| Failure::file(path.display(), &error).help("check the path"))?;
    }
    Ok(())
}

/// The archive in `dir`, for reading.
fn archive(dir: &Path) -> Result<Archive, Failure> {
    Archive::open(dir).map_err(|error| {
        let missing = error.kind() == ErrorKind::NotFound;
        let failure = Failure::from(error);
        if missing {
            failure.help("make one with `reftel import PATH`, or say where it is with `--archive DIR`")
        } else {
            failure
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_well_formed() {
        program().debug_assert();
    }

    #[test]
    fn every_command_takes_an_archive() {
        for command in Arguments::command().get_subcommands() {
            let name = command.get_name();
            let line = ["reftel", name, "--archive", "x", "a"];
            let fewer = ["reftel", name, "--archive", "x"];
            let read = |line: &[&str]| program().try_get_matches_from(line);
            let more = ["reftel", name, "--archive", "x", "a", "--to", "json"];
            let form = ["reftel", name, "--archive", "x", "a", "--format", "csv"];
            let list = ["reftel", name, "--archive", "x", "list"];
            let correct = ["reftel", name, "--archive", "x", "a", "subject", "b", "--because", "c"];
            let lines: [&[&str]; 6] = [&line, &fewer, &more, &form, &correct, &list];
            let taken = lines.iter().map(|line| read(line)).reduce(Result::or);
            let taken = taken.unwrap();
            let taken = Arguments::from_arg_matches(&taken.unwrap()).unwrap();
            assert_eq!(taken.archive.as_deref(), Some(Path::new("x")), "{name}");
        }
    }
}
