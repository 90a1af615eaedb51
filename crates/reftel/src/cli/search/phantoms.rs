//! Telegrams that are cited and aren't here, where a query asks for them.

use reftel_archive::{Absent, Missing};
use serde::Serialize;

use super::{Format, csv_table, listed, print_csv};
use crate::cli::failure::Failure;
use crate::cli::terminal::{Screen, clean, count, counted};
use crate::json;

/// The columns of a CSV.
const COLUMNS: [&str; 5] = ["mrn", "post", "year", "serial", "cited_by"];

/// The same as JSON.
#[derive(Serialize)]
pub(super) struct MissingLine<'a> {
    total: usize,
    numbers: Vec<AbsentLine<'a>>,
}

#[derive(Serialize)]
struct AbsentLine<'a> {
    mrn: &'a str,
    post: Option<&'a str>,
    year: Option<i16>,
    serial: Option<u32>,
    cited_by: usize,
}

impl<'a> MissingLine<'a> {
    pub(super) fn of(missing: &'a Missing) -> MissingLine<'a> {
        MissingLine { total: missing.total, numbers: missing.numbers.iter().map(AbsentLine::of).collect() }
    }
}

impl<'a> AbsentLine<'a> {
    fn of(absent: &'a Absent) -> AbsentLine<'a> {
        let Absent { mrn, post, year, serial, cited_by } = absent;
        AbsentLine { mrn, post: post.as_deref(), year: *year, serial: *serial, cited_by: *cited_by }
    }
}

/// Prints them in any form but JSON.
pub(super) fn print(missing: &Missing, format: Format, screen: &mut Screen) -> Result<(), Failure> {
    let year = |absent: &Absent| absent.year.map(|year| year.to_string()).unwrap_or_default();
    let rows = missing.numbers.iter();
    match format {
        Format::Table if missing.numbers.is_empty() => {}
        Format::Table => {
            let rows = rows.map(|absent| {
                let post = clean(absent.post.as_deref().unwrap_or_default()).into_owned();
                vec![clean(&absent.mrn).into_owned(), year(absent), post, count(absent.cited_by as u64)]
            });
            screen.line(&listed(&["MRN", "YEAR", "POST", "CITED BY"], rows, None, screen.color))?;
        }
        Format::Json => {}
        Format::Jsonl => {
            for absent in rows {
                screen.line(&json::print(&AbsentLine::of(absent), false)?)?;
            }
        }
        Format::Csv => {
            let row = |absent: &Absent| {
                let serial = absent.serial.map(|serial| serial.to_string()).unwrap_or_default();
                let post = absent.post.clone().unwrap_or_default();
                [absent.mrn.clone(), post, year(absent), serial, absent.cited_by.to_string()]
            };
            print_csv(&csv_table(&COLUMNS, rows.map(row))?, screen)?;
        }
        Format::Mrn => {
            for absent in rows {
                screen.line(&clean(&absent.mrn))?;
            }
        }
    }
    Ok(())
}

/// `1 to 20 of 431 telegrams that are cited and not here; --offset 20 for the next, --limit 0 for all`
pub(super) fn summary(missing: &Missing, offset: usize) -> String {
    let total = counted(missing.total as u64, "telegram");
    let last = offset + missing.numbers.len();
    let mut summary = match missing.numbers.len() {
        0 if missing.total == 0 => {
            return "nothing found: no number like that is cited and not here".to_owned();
        }
        some if some == missing.total => format!("{total} cited and not here"),
        0 => format!("none of {total} cited and not here behind --offset {offset}"),
        _ => {
            let (first, last) = (count(offset as u64 + 1), count(last as u64));
            format!("{first} to {last} of {total} cited and not here")
        }
    };
    if last < missing.total && !missing.numbers.is_empty() {
        summary += &format!("; --offset {last} for the next, --limit 0 for all");
    }
    summary + "; `reftel missing MRN` tells of one"
}
