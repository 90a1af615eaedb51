//! How what is found lies in time: so many telegrams in each year, month or day.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::{Span as Time, ToSpan};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::{asking, compile, resolve};
use crate::{Archive, Error, Query, Result};

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// By the year alone, which a telegram may have without a date-time group.
    Year,
    /// By the date-time group, in UTC.
    Month,
    /// The same.
    Day,
}

/// How many telegrams were sent when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// The first day of each period in which any was sent, and how many were, in order.
    pub bars: Vec<(Date, u64)>,
    /// How many say nothing of it: without a year, or, by months and days, without a date-time group.
    pub undated: u64,
}

impl Histogram {
    /// The bars with the empty ones between, unless all together are more than `most`.
    pub fn filled(&self, period: Period, most: usize) -> Vec<(Date, u64)> {
        let (Some(first), Some(last)) = (self.bars.first(), self.bars.last()) else { return Vec::new() };
        let days = first.0.series(period.length()).take_while(|day| *day <= last.0);
        let all: Vec<Date> = days.take(most.saturating_add(1)).collect();
        if all.len() > most {
            return self.bars.clone();
        }
        let mut counted = self.bars.iter().peekable();
        all.into_iter().map(|day| (day, counted.next_if(|bar| bar.0 == day).map_or(0, |bar| bar.1))).collect()
    }
}

impl Period {
    /// The first day of the period that a day is in.
    fn first(self, day: Date) -> Date {
        match self {
            Period::Year => day.first_of_year(),
            Period::Month => day.first_of_month(),
            Period::Day => day,
        }
    }

    /// How long one is.
    pub fn length(self) -> Time {
        match self {
            Period::Year => 1.year(),
            Period::Month => 1.month(),
            Period::Day => 1.day(),
        }
    }

    /// The period as a query has it: `1975`, `1975-03`, `1975-03-12`.
    pub fn written(self, first: Date) -> String {
        match self {
            Period::Year => format!("{:04}", first.year()),
            Period::Month => first.strftime("%Y-%m").to_string(),
            Period::Day => first.to_string(),
        }
    }
}

/// Counts what a query finds by period.
pub(crate) fn histogram(archive: &Archive, query: &Query, period: Period) -> Result<Histogram> {
    asking(archive, || {
        let open = archive.searcher()?;
        archive.reading(|connection| {
            let root = resolve::resolve(archive, connection, &open, &query.root)?;
            let matcher = compile(&root, &open.fields, false);
            let counted = open.searcher.search(&matcher, &Spread(period));
            let (counts, undated) = counted.map_err(|e| Error::index("search", e))?;
            let mut bars: BTreeMap<Date, u64> = BTreeMap::new();
            let mut histogram = Histogram { undated, ..Histogram::default() };
            for (number, count) in counts {
                match date(period, number) {
                    Some(day) => *bars.entry(period.first(day)).or_default() += count,
                    None => histogram.undated += count,
                }
            }
            histogram.bars.extend(bars);
            Ok(histogram)
        })
    })
}

/// The day that a year's number, or a number of days since 1970, stands for.
fn date(period: Period, number: i64) -> Option<Date> {
    if period == Period::Year {
        return Date::new(i16::try_from(number).ok()?, 1, 1).ok();
    }
    Date::constant(1970, 1, 1).checked_add(Time::new().try_days(number).ok()?).ok()
}

struct Spread(Period);

struct SegmentSpread {
    column: Column<i64>,
    unit: i64,
    counts: HashMap<i64, u64>,
    without: u64,
}

impl Collector for Spread {
    type Fruit = (HashMap<i64, u64>, u64);
    type Child = SegmentSpread;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentSpread> {
        let (name, unit) = if self.0 == Period::Year { ("year", 1) } else { ("date", DAY_SECONDS) };
        let column = segment.fast_fields().i64(name)?;
        Ok(SegmentSpread { column, unit, counts: HashMap::new(), without: 0 })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Self::Fruit>) -> tantivy::Result<Self::Fruit> {
        Ok(segments.into_iter().fold((HashMap::new(), 0), |mut all, (counts, without)| {
            for (number, count) in counts {
                *all.0.entry(number).or_default() += count;
            }
            (all.0, all.1 + without)
        }))
    }
}

impl SegmentCollector for SegmentSpread {
    type Fruit = (HashMap<i64, u64>, u64);

    fn collect(&mut self, doc: DocId, _: Score) {
        match self.column.first(doc) {
            Some(value) => *self.counts.entry(value.div_euclid(self.unit)).or_default() += 1,
            None => self.without += 1,
        }
    }

    fn harvest(self) -> Self::Fruit {
        (self.counts, self.without)
    }
}
