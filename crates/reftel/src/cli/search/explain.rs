//! Why a query found what it found, for people and for programs.

use reftel_archive::{Archive, Explained, Found, Nearest, Part, Query, Reason};
use serde::Serialize;

use super::handle;
use crate::cli::failure::Failure;
use crate::cli::terminal::{clean, count, counted};

/// What is said about a search.
pub(super) struct Why {
    explained: Explained,
    /// Of each hit, what each part of the query had to do with it.
    reasons: Vec<Vec<Reason>>,
}

/// The same as JSON.
#[derive(Serialize)]
pub(super) struct WhyLine<'a> {
    parts: Vec<PartLine<'a>>,
    nearest: Vec<NearestLine<'a>>,
    reasons: Vec<Vec<ReasonLine<'a>>>,
}

#[derive(Serialize)]
struct PartLine<'a> {
    text: &'a str,
    alone: usize,
    without: usize,
    words: &'a [String],
    words_total: usize,
}

#[derive(Serialize)]
struct NearestLine<'a> {
    query: &'a str,
    total: usize,
    change: &'a str,
}

#[derive(Serialize)]
struct ReasonLine<'a> {
    part: &'a str,
    weight: f32,
    subject: usize,
    text: usize,
}

impl Why {
    pub(super) fn of(archive: &Archive, query: &Query, found: &Found) -> Result<Why, Failure> {
        let ids: Vec<_> = found.hits.iter().map(|hit| hit.id).collect();
        Ok(Why { explained: archive.explain(query)?, reasons: archive.reasons(query, &ids)? })
    }

    /// Line by line, for people.
    pub(super) fn lines(&self, found: &Found) -> Vec<String> {
        let telegrams = |number: usize| counted(number as u64, "telegram");
        let mut lines = Vec::new();
        let several = self.explained.parts.len() > 1;
        for part in &self.explained.parts {
            let mut line = format!("`{}` finds {}", clean(&part.text), telegrams(part.alone));
            if several {
                line += &format!("; without it the others find {}", count(part.without as u64));
            }
            lines.push(line);
            if part.words_total > 0 {
                let more = part.words_total - part.words.len();
                let and = if more > 0 { format!(" and {} more", count(more as u64)) } else { String::new() };
                lines.push(format!("  it is: {}{and}", clean(&part.words.join(", "))));
            }
        }
        for near in &self.explained.nearest {
            let (query, change) = (clean(&near.query), clean(&near.change));
            lines.push(format!("`{query}` finds {} ({change})", telegrams(near.total)));
        }
        for (hit, reasons) in found.hits.iter().zip(&self.reasons) {
            lines.push(handle(hit.id, &hit.card));
            lines.extend(reasons.iter().map(|reason| format!("  {}", told(reason))));
        }
        lines
    }

    pub(super) fn as_json(&self) -> WhyLine<'_> {
        WhyLine {
            parts: self.explained.parts.iter().map(PartLine::of).collect(),
            nearest: self.explained.nearest.iter().map(NearestLine::of).collect(),
            reasons: self.reasons.iter().map(|list| list.iter().map(ReasonLine::of).collect()).collect(),
        }
    }
}

impl<'a> PartLine<'a> {
    fn of(part: &'a Part) -> PartLine<'a> {
        let Part { text, alone, without, words, words_total } = part;
        PartLine { text, alone: *alone, without: *without, words, words_total: *words_total }
    }
}

impl<'a> NearestLine<'a> {
    fn of(near: &'a Nearest) -> NearestLine<'a> {
        NearestLine { query: &near.query, total: near.total, change: &near.change }
    }
}

impl<'a> ReasonLine<'a> {
    fn of(reason: &'a Reason) -> ReasonLine<'a> {
        let Reason { part, weight, subject, text } = reason;
        ReasonLine { part, weight: *weight, subject: *subject, text: *text }
    }
}

/// `ferry: 3 times, once in the subject; weight 4.2`
fn told(reason: &Reason) -> String {
    let times = |number: usize| match number {
        1 => "once".to_owned(),
        number => format!("{} times", count(number as u64)),
    };
    let mut line = clean(&reason.part).into_owned();
    if reason.text > 0 {
        line += &format!(": {}", times(reason.text));
    }
    if reason.subject > 0 {
        line += &format!(", {} in the subject", times(reason.subject));
    }
    if reason.weight > 0.0 {
        line += &format!("; weight {:.2}", reason.weight);
    }
    line
}
