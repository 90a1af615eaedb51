//! How what was found lies in time, for people and for programs.

use reftel_archive::{Histogram, Period};
use serde::Serialize;

use super::Format;
use crate::cli::failure::Failure;
use crate::cli::terminal::{Screen, count};
use crate::json;

/// A span of more periods than this is printed without its empty ones.
const LINES_MAX: usize = 400;

/// How long the longest bar is where no width is known.
const BAR: usize = 50;

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum By {
    /// By year
    Year,
    /// By month
    Month,
    /// By day
    Day,
}

impl By {
    pub(super) fn period(self) -> Period {
        match self {
            By::Year => Period::Year,
            By::Month => Period::Month,
            By::Day => Period::Day,
        }
    }

    fn name(self) -> &'static str {
        match self {
            By::Year => "year",
            By::Month => "month",
            By::Day => "day",
        }
    }
}

/// The same as JSON.
#[derive(Serialize)]
pub(super) struct HistogramLine {
    period: &'static str,
    bars: Vec<BarLine>,
    undated: u64,
}

#[derive(Serialize)]
struct BarLine {
    date: String,
    count: u64,
}

impl HistogramLine {
    pub(super) fn of(by: By, histogram: &Histogram) -> HistogramLine {
        let bar = |(first, count): &(jiff::civil::Date, u64)| BarLine {
            date: by.period().written(*first),
            count: *count,
        };
        let bars = histogram.bars.iter().map(bar).collect();
        HistogramLine { period: by.name(), bars, undated: histogram.undated }
    }
}

/// Prints it: bars for people, rows for others.
pub(super) fn print(
    by: By,
    histogram: &Histogram,
    format: Format,
    screen: &mut Screen,
) -> Result<(), Failure> {
    let line = HistogramLine::of(by, histogram);
    match format {
        Format::Csv => {
            screen.line(&format!("{},telegrams", by.name()))?;
            for bar in &line.bars {
                screen.line(&format!("{},{}", bar.date, bar.count))?;
            }
            if line.undated > 0 {
                screen.line(&format!(",{}", line.undated))?;
            }
        }
        Format::Jsonl => {
            for bar in &line.bars {
                screen.line(&json::print(bar, false)?)?;
            }
        }
        _ => {
            for text in bars(by, histogram, screen.width()) {
                screen.line(&text)?;
            }
        }
    }
    Ok(())
}

/// `1975-03     12  ██████`
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a bar's length"
)]
fn bars(by: By, histogram: &Histogram, width: Option<u16>) -> Vec<String> {
    let room = width.map_or(BAR, |width| usize::from(width).saturating_sub(24).clamp(8, 100));
    let most = histogram.bars.iter().map(|bar| bar.1).max().unwrap_or(1).max(1);
    let line = |name: &str, n: u64, bar: bool| {
        let eighths = if bar { (n as f64 * (room * 8) as f64 / most as f64).round() as usize } else { 0 };
        let eighths = if bar && n > 0 { eighths.max(1) } else { eighths };
        let mut drawn = "█".repeat(eighths / 8);
        drawn.extend(['▏', '▎', '▍', '▌', '▋', '▊', '▉'].get((eighths % 8).wrapping_sub(1)));
        format!("{name:<10} {:>9}  {drawn}", count(n)).trim_end().to_owned()
    };
    let period = by.period();
    let bars = histogram.filled(period, LINES_MAX);
    let mut lines: Vec<String> = bars.iter().map(|(day, n)| line(&period.written(*day), *n, true)).collect();
    if histogram.undated > 0 {
        lines.push(line("undated", histogram.undated, false));
    }
    lines
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn bars_are_as_long_as_their_counts() {
        let histogram = Histogram { bars: vec![(date(1975, 1, 1), 8), (date(1975, 3, 1), 4)], undated: 2 };
        assert_eq!(
            bars(By::Month, &histogram, Some(32)),
            [
                "1975-01            8  ████████",
                "1975-02            0",
                "1975-03            4  ████",
                "undated            2"
            ]
        );
    }
}
