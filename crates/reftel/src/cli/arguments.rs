//! The command line as typed, before clap reads it.
//!
//! In a query a hyphen excludes: `reftel search ferry -tariff`. To clap a hyphen begins an option, so the
//! options of `search` and `export` are set in front and the query behind `--`, wherever each was typed.

use std::ffi::{OsStr, OsString};

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command, value_parser};

use super::terminal::{clean, is_unsafe};

/// Commands that need no archive. They take `--archive` all the same, so that it may stand in a script, but
/// don't list it.
const WITHOUT_ARCHIVE: [&str; 8] = ["parse", "mrn", "check", "fmt", "draft", "convert", "schema", "sources"];

/// Commands that take a query.
const ASKING: [&str; 2] = ["search", "export"];

/// The program's command with `--archive` hidden where it does nothing.
pub(super) fn hide_archive(mut program: Command) -> Command {
    for name in WITHOUT_ARCHIVE {
        program = program.mut_subcommand(name, |command| {
            let archive = Arg::new("archive").long("archive").value_name("DIR").hide(true);
            command.arg(archive.value_parser(value_parser!(std::path::PathBuf)))
        });
    }
    program
}

/// The arguments, those of `search` and `export` sorted into options and query where the query has a hyphen in front.
pub(super) fn sorted(program: &Command, typed: Vec<OsString>) -> Vec<OsString> {
    let mut at = 1;
    while typed.get(at).is_some_and(|word| starts(word, "-")) {
        at += if takes_next(program, None, &typed[at]) { 2 } else { 1 };
    }
    let asks = |word: &&OsString| ASKING.iter().any(|name| *word == name);
    let search = typed.get(at).filter(asks).and_then(|name| program.find_subcommand(name));
    let Some(search) = search else { return typed };
    let (mut options, mut query) = (typed[..=at].to_vec(), Vec::new());
    let mut words = typed[at + 1..].iter();
    while let Some(word) = words.next() {
        if word == "--" {
            query.extend(words.by_ref().cloned());
        } else if starts(word, "--") || word == "-h" {
            options.push(word.clone());
            if takes_next(program, Some(search), word) {
                options.extend(words.next().cloned());
            }
        } else {
            query.push(word.clone());
        }
    }
    if !query.iter().any(|word| starts(word, "-")) {
        return typed;
    }
    options.push("--".into());
    options.extend(query);
    options
}

/// A mistake in the arguments, in which what was typed can do nothing to the terminal.
pub(super) fn harmless(mut error: clap::Error) -> clap::Error {
    let styled = |text: &StyledStr| {
        let text = text.to_string();
        let bad = text.chars().any(|char| char != '\n' && is_unsafe(char));
        bad.then(|| clean(&text).into_owned().into())
    };
    let all = |list: &[String]| list.iter().map(|text| clean(text).into_owned()).collect();
    let cleaned: Vec<(ContextKind, ContextValue)> = error
        .context()
        .filter_map(|(kind, value)| {
            let value = match value {
                ContextValue::String(text) => ContextValue::String(clean(text).into_owned()),
                ContextValue::Strings(list) => ContextValue::Strings(all(list)),
                ContextValue::StyledStr(text) => ContextValue::StyledStr(styled(text)?),
                ContextValue::StyledStrs(list) => ContextValue::StyledStrs(
                    list.iter().map(|text| styled(text).unwrap_or_else(|| text.clone())).collect(),
                ),
                _ => return None,
            };
            Some((kind, value))
        })
        .collect();
    for (kind, value) in cleaned {
        error.insert(kind, value);
    }
    error
}

fn starts(word: &OsStr, with: &str) -> bool {
    word.as_encoded_bytes().starts_with(with.as_bytes())
}

/// Whether the word behind this one is its value. Those of the program are good in a command too.
fn takes_next(program: &Command, command: Option<&Command>, word: &OsStr) -> bool {
    let Some(name) = word.to_str().and_then(|word| word.strip_prefix("--")) else { return false };
    let arguments = program.get_arguments().chain(command.into_iter().flat_map(Command::get_arguments));
    let known = arguments.filter(|argument| argument.get_long() == Some(name));
    known.into_iter().any(|argument| argument.get_action().takes_values())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::program;

    #[test]
    fn a_hyphen_in_a_query_is_no_option() {
        for (typed, want) in [
            ("search -tariff", "search -- -tariff"),
            ("search ferry -tariff", "search -- ferry -tariff"),
            ("search -tariff --limit 3 -from:X --facets", "search --limit 3 --facets -- -tariff -from:X"),
            ("--archive a search -b --archive=c", "--archive a search --archive=c -- -b"),
            ("search --sort newest -- -a --limit", "search --sort newest -- -a --limit"),
            ("export -a --format csv b", "export --format csv -- -a b"),
            // Nothing to sort.
            ("search ferry --limit 3", "search ferry --limit 3"),
            ("search -h", "search -h"),
            ("show -x", "show -x"),
            ("--archive search", "--archive search"),
            ("", ""),
        ] {
            let words = |line: &str| -> Vec<OsString> {
                std::iter::once("reftel").chain(line.split_whitespace()).map(OsString::from).collect()
            };
            assert_eq!(sorted(&program(), words(typed)), words(want), "{typed}");
        }
    }
}
