//! The family of a telegram, as a conversation in time.

use std::collections::{HashMap, HashSet};

use maud::{Markup, html};
use reftel_archive::Entry;

use crate::family::Family;
use crate::web::address;
use crate::web::layout::{Frame, page as framed};
use crate::web::pages::home::date;
use crate::web::text::{clean, count, counted};
use crate::wording::route;

/// The height of a row, in pixels; the style sheet has the same.
const ROW: usize = 44;

/// How wide the picture of references beside the rows may get.
const WIDTH: usize = 160;

/// One line of a family: a telegram, or a number that is cited and not held.
enum Row<'a> {
    Held(&'a Entry),
    Missing(&'a str),
}

/// The page.
pub(crate) fn page(mrn: &str, family: &Family) -> Markup {
    let title = format!("The thread of {mrn}");
    let frame = Frame { title: &title, query: Some(""), ..Frame::default() };
    let rows = rows(family);
    framed(
        &frame,
        &html! {
            div.plain {
                p.kicker { a href=(address::number(mrn)) { (clean(mrn)) } }
                h1 { "Thread" }
                p.lead {
                    (counted(family.total as u64, "telegram")) " that references join to it, oldest first. "
                    "An arc leads from each to what it cites; dashed ones are cited and not here."
                    @if family.total > family.telegrams.len() { " The first " (count(family.telegrams.len() as u64)) " are shown." }
                }
                div.thread {
                    (arcs(&rows))
                    ol {
                        @for row in &rows { (line(row, mrn)) }
                    }
                }
            }
        },
    )
}

/// The telegrams, each missing number right above the first that cites it.
fn rows(family: &Family) -> Vec<Row<'_>> {
    let held: HashSet<&str> = family.telegrams.iter().filter_map(|entry| entry.card.mrn.as_deref()).collect();
    let mut named: HashSet<&str> = HashSet::new();
    let mut rows = Vec::new();
    for entry in &family.telegrams {
        for cited in &entry.card.cites {
            if !held.contains(cited.as_str()) && named.insert(cited) {
                rows.push(Row::Missing(cited));
            }
        }
        rows.push(Row::Held(entry));
    }
    rows
}

fn line(row: &Row<'_>, own: &str) -> Markup {
    match row {
        Row::Missing(mrn) => html! {
            li.gone { a href=(address::number(mrn)) { span.mrn { (clean(mrn)) } " " span.muted { "not in this archive" } } }
        },
        Row::Held(entry) => {
            let card = &entry.card;
            let number = card.mrn.as_deref().unwrap_or("without a number");
            let this = card.mrn.as_deref() == Some(own);
            html! {
                li aria-current=[this.then_some("true")] {
                    a href=(address::id(entry.id)) {
                        span.mrn { (clean(number)) }
                        @if let Some(dtg) = card.dtg { " " span.when { (date(dtg)) } }
                        " " span.subject {
                            @match &card.subject { Some(subject) => (clean(subject)), None => (clean(&route(card))) }
                        }
                    }
                }
            }
        }
    }
}

/// Arcs from each row to the rows that it cites.
fn arcs(rows: &[Row<'_>]) -> Markup {
    let place: HashMap<&str, usize> = rows
        .iter()
        .enumerate()
        .filter_map(|(at, row)| match row {
            Row::Held(entry) => Some((entry.card.mrn.as_deref()?, at)),
            Row::Missing(mrn) => Some((*mrn, at)),
        })
        .collect();
    let mut arcs = Vec::new();
    for (from, row) in rows.iter().enumerate() {
        let Row::Held(entry) = row else { continue };
        for cited in &entry.card.cites {
            if let Some(&to) = place.get(cited.as_str())
                && to != from
            {
                arcs.push((from, to, matches!(rows[to], Row::Missing(_))));
            }
        }
    }
    let middle = |row: usize| row * ROW + ROW / 2;
    let height = rows.len() * ROW;
    let label = counted(arcs.len() as u64, "reference");
    html! {
        svg.arcs width=(WIDTH) height=(height) viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(label) {
            @for (from, to, missing) in &arcs {
                @let (y1, y2) = (middle(*from), middle(*to));
                @let reach = WIDTH - 12 - (8 + from.abs_diff(*to) * 14).min(WIDTH - 20);
                path class=(if *missing { "absent" } else { "held" })
                    d=(format!("M {x} {y1} C {reach} {y1} {reach} {y2} {x} {y2}", x = WIDTH - 8)) {}
            }
            @for (at, row) in rows.iter().enumerate() {
                circle class=(if matches!(row, Row::Missing(_)) { "absent" } else { "held" })
                    cx=(WIDTH - 8) cy=(middle(at)) r="4" {}
            }
        }
    }
}
