//! The web around a telegram, drawn: columns from what cites it, on the left, to what it cites, on the right.
//!
//! It is drawn here and not in the page, so that it needs no script. Its nodes are links in the order of the columns.

use std::collections::HashMap;

use maud::{Markup, html};

use crate::around::{Around, Node};
use crate::web::address;
use crate::web::layout::{Frame, page as framed};
use crate::web::text::{clean, count, counted};
use crate::wording::title;

/// A box, and the room between boxes, in pixels.
const BOX: (usize, usize) = (176, 26);
const GAP: (usize, usize) = (76, 8);

/// The line above the columns.
const HEAD: usize = 30;

/// How many nodes the page of its own has.
pub(crate) const NODES_MAX: usize = 300;

/// How many nodes the picture in a telegram's page has.
pub(crate) const NODES_FEW: usize = 40;

/// The page of a picture.
pub(crate) fn page(around: &Around) -> Markup {
    let Some(own) = around.nodes.first() else { return html! {} };
    let name = format!("Around {}", own.name);
    let frame = Frame { title: &name, query: Some(""), ..Frame::default() };
    let missing = around.nodes.iter().filter(|node| node.entry.is_none()).count();
    let back = own.entry.as_ref().map(|entry| address::id(entry.id)).unwrap_or_default();
    framed(
        &frame,
        &html! {
            div.plain.wide {
                p.kicker { a href=(back) { (clean(&own.name)) } }
                h1 { "What is around it" }
                p.lead {
                    "Two steps to either side: on the left what cites it, on the right what it cites. "
                    (counted(around.nodes.len() as u64 - 1, "telegram"))
                    @if missing > 0 { ", " (count(missing as u64)) " of them not here" }
                    ", " (counted(around.edges.len() as u64, "reference")) "."
                    @if around.left_out > 0 {
                        " There was no room for " (count(around.left_out as u64)) " more: a picture has at most "
                        (count(NODES_MAX as u64)) "."
                    }
                }
                (legend())
                (picture(around))
            }
        },
    )
}

/// What the lines mean.
pub(crate) fn legend() -> Markup {
    html! {
        ul.legend aria-label="Lines and boxes" {
            @for (class, what) in [
                ("found", "found: the telegram of that number is here"),
                ("probable", "probable: likely the one that is meant"),
                ("phantom", "not here"),
            ] {
                li {
                    svg width="40" height="10" viewBox="0 0 40 10" aria-hidden="true" { path class={ "ref " (class) } d="M 0 5 H 40" {} }
                    " " (what)
                }
            }
        }
    }
}

/// The columns that there are, from left to right, each with its nodes in order.
fn columns(around: &Around) -> Vec<(i8, Vec<usize>)> {
    let mut columns: Vec<(i8, Vec<usize>)> = Vec::new();
    let mut rows: HashMap<usize, f64> = HashMap::from([(0, 0.0)]);
    // From the middle outwards, so that what belongs together lies together.
    for step in [0_i8, 1, -1, 2, -2] {
        let mut column: Vec<usize> =
            (0..around.nodes.len()).filter(|at| around.nodes[*at].step == step).collect();
        if column.is_empty() {
            continue;
        }
        let pull = |at: usize| {
            let others = around.edges.iter().filter_map(|edge| match (edge.from == at, edge.to == at) {
                (true, _) => rows.get(&edge.to),
                (_, true) => rows.get(&edge.from),
                _ => None,
            });
            let (sum, n) = others.fold((0.0, 0.0), |(sum, n), row| (sum + row, n + 1.0));
            if n > 0.0 { sum / n } else { f64::MAX }
        };
        let date = |at: usize| around.nodes[at].entry.as_ref().and_then(|entry| entry.card.dtg);
        let mut pulled: Vec<(f64, usize)> = column.iter().map(|at| (pull(*at), *at)).collect();
        pulled.sort_by(|(a, x), (b, y)| {
            a.total_cmp(b).then_with(|| (date(*x).is_none(), date(*x)).cmp(&(date(*y).is_none(), date(*y))))
        });
        column = pulled.into_iter().map(|(_, at)| at).collect();
        #[allow(clippy::cast_precision_loss, reason = "places in a drawing")]
        let share = |row: usize| (row as f64 + 0.5) / column.len() as f64;
        rows.extend(column.iter().enumerate().map(|(row, at)| (*at, share(row))));
        columns.push((step, column));
    }
    columns.sort_by_key(|(step, _)| *step);
    columns
}

/// The picture.
pub(crate) fn picture(around: &Around) -> Markup {
    let columns = columns(around);
    let tallest = columns.iter().map(|(_, column)| column.len()).max().unwrap_or(1);
    let height = HEAD + tallest * (BOX.1 + GAP.1) + GAP.1;
    let width = columns.len() * (BOX.0 + GAP.0) - GAP.0 + 2;
    let mut places = HashMap::new();
    for (x, (_, column)) in columns.iter().enumerate() {
        let room = height - HEAD;
        let step = room / column.len().max(1);
        let step = step.min(4 * (BOX.1 + GAP.1));
        let top = HEAD + (room - step * column.len()) / 2;
        for (row, at) in column.iter().enumerate() {
            places.insert(*at, (1 + x * (BOX.0 + GAP.0), top + row * step + step.saturating_sub(BOX.1) / 2));
        }
    }
    let label = format!(
        "{} and {}",
        counted(around.nodes.len() as u64, "telegram"),
        counted(around.edges.len() as u64, "reference")
    );
    html! {
        div.scroll.web {
            svg.neighbours width=(width) height=(height) viewBox=(format!("0 0 {width} {height}")) role="group" aria-label=(label) {
                @for (x, (step, _)) in columns.iter().enumerate() {
                    text.head x=(1 + x * (BOX.0 + GAP.0)) y="16" { (heading(*step)) }
                }
                g.lines aria-hidden="true" {
                    @for edge in &around.edges {
                        @if let (Some(from), Some(to)) = (places.get(&edge.from), places.get(&edge.to)) {
                            path class={ "ref " (edge.standing.name()) } d=(line(*from, *to)) {}
                        }
                    }
                }
                @for (_, column) in &columns {
                    @for at in column {
                        @if let Some(place) = places.get(at) { (node(&around.nodes[*at], *place, *at == 0)) }
                    }
                }
            }
        }
    }
}

fn heading(step: i8) -> &'static str {
    match step {
        -2 => "cites what cites it",
        -1 => "cites it",
        0 => "this telegram",
        1 => "it cites",
        _ => "cited by what it cites",
    }
}

/// A line from the right side of one box to the left side of another; from side to side within a column.
fn line(from: (usize, usize), to: (usize, usize)) -> String {
    let (y1, y2) = (from.1 + BOX.1 / 2, to.1 + BOX.1 / 2);
    if from.0 == to.0 {
        let (x, out) = (from.0 + BOX.0, from.0 + BOX.0 + GAP.0 / 2);
        return format!("M {x} {y1} C {out} {y1} {out} {y2} {x} {y2}");
    }
    let (x1, x2) = if from.0 < to.0 { (from.0 + BOX.0, to.0) } else { (from.0, to.0 + BOX.0) };
    let middle = usize::midpoint(x1, x2);
    format!("M {x1} {y1} C {middle} {y1} {middle} {y2} {x2} {y2}")
}

fn node(node: &Node, (x, y): (usize, usize), own: bool) -> Markup {
    let missing = node.entry.is_none();
    let about = match &node.entry {
        Some(entry) => {
            let date = entry.card.dtg.map(|dtg| dtg.strftime(", %-d %B %Y").to_string()).unwrap_or_default();
            format!("{}{date}: {}", node.name, title(&entry.card))
        }
        None => format!("{}, not in this archive", node.name),
    };
    let target = match &node.entry {
        Some(entry) => address::id(entry.id),
        None => address::number(&node.name),
    };
    let class = match (own, missing) {
        (true, _) => "node own",
        (_, true) => "node absent",
        _ => "node",
    };
    html! {
        a class=(class) href=(target) aria-label=(clean(&about)) aria-current=[own.then_some("true")] {
            title { (clean(&about)) }
            rect x=(x) y=(y) width=(BOX.0) height=(BOX.1) rx="3" {}
            text x=(x + 8) y=(y + 18) { (short(&node.name)) }
        }
    }
}

/// A number that fits into a box.
fn short(name: &str) -> String {
    const CHARS: usize = 19;
    let name = clean(name).to_string();
    if name.chars().count() <= CHARS { name } else { name.chars().take(CHARS - 1).chain(['…']).collect() }
}
