//! How results lie in time: a chart whose bars narrow, from years to months to days.

use jiff::civil::Date;
use maud::{Markup, html};
use reftel_archive::{Archive, Found, Histogram, Period, Query};

use super::search::Asked;
use crate::web::text::{count, counted};
use crate::web::{address, narrow};

/// A span of more periods than this is drawn without its empty ones.
const BARS_MAX: usize = 160;

/// The height of the bars, and of the line of dates under them.
const CHART: (f64, f64) = (72.0, 18.0);

/// How what was found lies in time.
#[derive(Clone, Debug)]
pub(crate) struct Dates {
    /// What each bar stands for.
    pub(crate) period: Period,
    /// The counts.
    pub(crate) histogram: Histogram,
}

impl Dates {
    /// By year; all of one year by month, all of one month by day. `None` where there is nothing to tell apart.
    pub(crate) fn of(
        archive: &Archive,
        query: &Query,
        found: &Found,
    ) -> reftel_archive::Result<Option<Dates>> {
        let years = &found.facets.years;
        if years.len() > 1 {
            let first = |(year, n): &(i16, u64)| Some((Date::new(*year, 1, 1).ok()?, *n));
            let bars: Vec<(Date, u64)> = years.iter().filter_map(first).collect();
            let dated: u64 = bars.iter().map(|bar| bar.1).sum();
            let undated = (found.total as u64).saturating_sub(dated);
            return Ok(Some(Dates { period: Period::Year, histogram: Histogram { bars, undated } }));
        }
        if years.is_empty() {
            return Ok(None);
        }
        for period in [Period::Month, Period::Day] {
            let histogram = archive.histogram(query, period)?;
            if histogram.bars.len() > 1 {
                return Ok(Some(Dates { period, histogram }));
            }
        }
        Ok(None)
    }
}

/// What a bar is called, and what stands under it.
fn names(period: Period, first: Date) -> (String, String) {
    match period {
        Period::Year => (first.year().to_string(), first.year().to_string()),
        Period::Month => (first.strftime("%B %Y").to_string(), first.strftime("%b").to_string()),
        Period::Day => (first.strftime("%-d %B %Y").to_string(), first.day().to_string()),
    }
}

/// The chart, and behind it a table for everyone.
#[allow(clippy::cast_precision_loss, reason = "places in a drawing")]
pub(crate) fn chart(asked: &Asked, dates: &Dates) -> Markup {
    let bars = dates.histogram.filled(dates.period, BARS_MAX);
    let most = bars.iter().map(|bar| bar.1).max().unwrap_or(1).max(1);
    let step = 100.0 / bars.len().max(1) as f64;
    let labelled = bars.len().div_ceil(8).max(1);
    let name = match dates.period {
        Period::Year => "By year",
        Period::Month => "By month",
        Period::Day => "By day",
    };
    let narrowed = |first: Date| {
        let query = narrow::dated(&asked.query, &dates.period.written(first));
        address::results(&query, asked.sort.name(), 1)
    };
    let height = CHART.0 + CHART.1;
    html! {
        section.dates aria-labelledby="h-dates" {
            h2.unseen #h-dates { (name) }
            svg.chart role="group" aria-labelledby="h-dates dates-desc" width="100%" height=(height) {
                desc #dates-desc { (name) "; the highest bar has " (counted(most, "telegram")) "." }
                text.scale x="0" y="11" { (count(most)) }
                @for (i, (first, n)) in bars.iter().enumerate() {
                    @let x = step * i as f64;
                    @let tall = ((CHART.0 - 14.0) * *n as f64 / most as f64).max(if *n > 0 { 1.5 } else { 0.0 });
                    @let (long, short) = names(dates.period, *first);
                    @if *n > 0 {
                        a href=(narrowed(*first)) tabindex="-1" rel="nofollow"
                            aria-label=(format!("{long}: {}", counted(*n, "telegram"))) {
                            title { (long) ": " (counted(*n, "telegram")) }
                            rect.reach x=(format!("{x:.3}%")) y="0" width=(format!("{step:.3}%")) height=(height) {}
                            rect.column x=(format!("{:.3}%", x + step * 0.1)) y=(format!("{:.1}", CHART.0 - tall))
                                width=(format!("{:.3}%", step * 0.8)) height=(format!("{tall:.1}")) {}
                        }
                    }
                    @if i % labelled == 0 {
                        text.year x=(format!("{:.3}%", x + step / 2.0)) y=(height - 4.0) text-anchor=(if i == 0 && step < 8.0 { "start" } else { "middle" }) { (short) }
                    }
                }
            }
            details {
                summary { (name) ", as a table" }
                table.figures {
                    caption.unseen { "Telegrams " (name.to_lowercase()) }
                    thead { tr { th scope="col" { "When" } th scope="col" { "Telegrams" } } }
                    tbody {
                        @for (first, n) in &dates.histogram.bars {
                            tr {
                                th scope="row" { a href=(narrowed(*first)) rel="nofollow" { (names(dates.period, *first).0) } }
                                td { (count(*n)) }
                            }
                        }
                        @if dates.histogram.undated > 0 {
                            tr { th scope="row" { "Undated" } td { (count(dates.histogram.undated)) } }
                        }
                    }
                }
            }
        }
    }
}
