//! `reftel gaps`

use std::path::Path;

use reftel_analysis::Series;
use serde::Serialize;

use super::terminal::{STRONG, Screen, clean, count, paint};
use super::{Failure, Format, Status};
use crate::json;

/// Show what is missing from each post's series
///
/// A post numbers its telegrams from 1 each year. For each post and year: how many serials are held, how many are
/// cited but not held, how many are missing between the lowest and the highest known, and how many there were in all,
/// estimated from the highest and the number of those known, with the most that there can have been with 95 %
/// confidence (Ruggles and Brodie, 1947; Goodman, 1952). The estimate holds if what is held is a sample by chance,
/// which a selection isn't.
///
/// With `--format json`, one object: `series`, a list of `post`, `year` (its last two digits), `held`, `cited`,
/// `missing` (ranges), `estimate`, `at_least`, `at_most`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done, 1 no series, 2 an error.

Example: reftel gaps --post VALDORIA --ranges")]
pub(crate) struct Gaps {
    /// Only this post's
    #[arg(long, value_name = "POST")]
    post: Option<String>,

    /// Only this year's
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,

    /// Name the missing serials too
    #[arg(long)]
    ranges: bool,

    /// For people or for programs
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    series: Vec<SeriesLine<'a>>,
}

#[derive(Serialize)]
struct SeriesLine<'a> {
    post: &'a str,
    year: u8,
    held: usize,
    cited: &'a [u32],
    missing: Vec<[u32; 2]>,
    estimate: Option<f64>,
    at_least: Option<u32>,
    at_most: Option<f64>,
}

impl Gaps {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let series = crate::series::all(&super::archive(dir)?, self.post.as_deref(), self.year)?;
        match self.format {
            Format::Json => {
                let series = series.iter().map(line).collect();
                screen.line(&json::print(&Document { schema: json::SCHEMA, series }, screen.terminal)?)?;
            }
            Format::Text => {
                let head = format!(
                    "{:<20}{:>5}{:>9}{:>9}{:>9}{:>11}{:>11}",
                    "POST", "YEAR", "HELD", "CITED", "MISSING", "ESTIMATE", "AT MOST"
                );
                screen.line(&paint(screen.color, STRONG, &head))?;
                for series in &series {
                    screen.line(&row(series))?;
                    if self.ranges {
                        screen.line(&format!("  missing: {}", ranges(series)))?;
                    }
                }
            }
        }
        Ok(if series.is_empty() { Status::Negative } else { Status::Fine })
    }
}

fn line(series: &Series) -> SeriesLine<'_> {
    let estimate = series.estimate();
    SeriesLine {
        post: &series.post,
        year: series.year,
        held: series.held.len(),
        cited: &series.cited,
        missing: series.missing.iter().map(|range| [*range.start(), *range.end()]).collect(),
        estimate: estimate.map(|estimate| estimate.total.round()),
        at_least: estimate.map(|estimate| estimate.low),
        at_most: estimate.map(|estimate| estimate.high.round()),
    }
}

fn row(series: &Series) -> String {
    let estimate = series.estimate();
    let number = |number: Option<f64>| number.map_or(String::new(), |number| format!("{number:.0}"));
    format!(
        "{:<20}{:>5}{:>9}{:>9}{:>9}{:>11}{:>11}",
        clean(&series.post),
        format!("{:02}", series.year),
        count(series.held.len() as u64),
        count(series.cited.len() as u64),
        count(series.missing_count()),
        number(estimate.map(|estimate| estimate.total)),
        number(estimate.map(|estimate| estimate.high)),
    )
}

fn ranges(series: &Series) -> String {
    let range = |range: &std::ops::RangeInclusive<u32>| match (range.start(), range.end()) {
        (start, end) if start == end => start.to_string(),
        (start, end) => format!("{start}–{end}"),
    };
    series.missing.iter().map(range).collect::<Vec<_>>().join(", ")
}
