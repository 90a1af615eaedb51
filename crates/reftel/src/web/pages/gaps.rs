//! What is missing from the posts' series.

use std::collections::BTreeMap;

use maud::{Markup, html};
use reftel_analysis::Series;

use crate::web::layout::{Frame, page as framed};
use crate::web::text::{clean, count, counted};
use crate::web::{address, explain};

/// How many posts a page lists, those with most missing first.
const ROWS: usize = 500;

/// How many marks a strip has: more can't be told apart.
const MARKS: usize = 400;

/// What is held and missing of one post.
#[derive(Default)]
struct Sums {
    years: usize,
    held: u64,
    cited: u64,
    missing: u64,
}

/// The posts, and how much of their series is held.
pub(crate) fn posts(series: &[Series]) -> Markup {
    let frame = Frame { title: "Gaps", here: "/gaps", query: Some(""), ..Frame::default() };
    let mut posts: BTreeMap<&str, Sums> = BTreeMap::new();
    for series in series {
        let sums = posts.entry(&series.post).or_default();
        sums.years += 1;
        sums.held += series.held.len() as u64;
        sums.cited += series.cited.len() as u64;
        sums.missing += series.missing_count();
    }
    let mut rows: Vec<(&str, Sums)> = posts.into_iter().collect();
    rows.sort_by(|a, b| b.1.held.cmp(&a.1.held).then(b.1.cited.cmp(&a.1.cited)).then(a.0.cmp(b.0)));
    framed(
        &frame,
        &html! {
            div.plain {
                h1 { "Gaps" }
                p.lead {
                    "A post numbers its telegrams from 1 each year. What is held, and what others cite, tells what there was "
                    "and isn't here."
                }
                div.scroll {
                    table.figures {
                        caption.unseen { "Series by post" }
                        thead {
                            tr {
                                th scope="col" { "Post" } th scope="col" { "Years" } th scope="col" { "Held" }
                                th scope="col" { "Cited, not held" } th scope="col" { "Missing between" }
                            }
                        }
                        tbody {
                            @for (post, sums) in rows.iter().take(ROWS) {
                                tr {
                                    th scope="row" { a href=(address::gaps(post)) { (clean(post)) } }
                                    td { (sums.years) } td { (count(sums.held)) } td { (count(sums.cited)) }
                                    td { (count(sums.missing)) }
                                }
                            }
                        }
                    }
                }
                @if rows.len() > ROWS { p.muted { "And " (count((rows.len() - ROWS) as u64)) " more." } }
            }
        },
    )
}

/// One post's series, year by year.
pub(crate) fn post(post: &str, series: &[Series]) -> Markup {
    let title = format!("Gaps: {post}");
    let frame = Frame { title: &title, here: "/gaps", query: Some(""), ..Frame::default() };
    framed(
        &frame,
        &html! {
            div.plain {
                p.kicker { a href="/gaps" { "Gaps" } }
                h1.mrn { (clean(post)) }
                @if let Some(display) = explain::post(post) { p.lead { (display) } }
                @if series.is_empty() { p { "No telegram of this post is held or cited." } }
                @for series in series { (year(series)) }
                @if !series.is_empty() {
                    p.muted {
                        "How many there were is estimated from the highest serial and how many are known, as if these were a "
                        "sample by chance (Ruggles and Brodie, 1947; Goodman, 1952). A selection isn't one."
                    }
                }
            }
        },
    )
}

fn year(series: &Series) -> Markup {
    let estimate = series.estimate();
    let round = |number: f64| format!("{number:.0}");
    html! {
        section.yearly {
            h2 { "’" (format!("{:02}", series.year)) }
            p {
                (counted(series.held.len() as u64, "telegram")) " held, "
                (count(series.cited.len() as u64)) " more cited, " (count(series.missing_count())) " missing between."
                @if let Some(estimate) = estimate {
                    " There were about " (round(estimate.total)) ", at least " (count(u64::from(estimate.low)))
                    ", and hardly more than " (round(estimate.high)) "."
                }
            }
            (strip(series))
            @if !series.cited.is_empty() {
                details {
                    summary { "Cited and not held" }
                    ul.numbers {
                        @for serial in series.cited.iter().take(MARKS) {
                            @let mrn = format!("{:02}{}{serial}", series.year, series.post);
                            li { a.absent href=(address::number(&mrn)) { (clean(&mrn)) } }
                        }
                    }
                }
            }
        }
    }
}

/// Serials along a line: held ones solid, cited ones hollow.
fn strip(series: &Series) -> Markup {
    let highest =
        series.held.last().into_iter().chain(series.cited.last()).max().copied().unwrap_or(1).max(1);
    let at = |serial: u32| format!("{:.2}%", f64::from(serial) * 99.0 / f64::from(highest));
    // Neighbours that would fall on one another are drawn once.
    let thinned = |serials: &[u32]| {
        let mut drawn: Vec<u32> = Vec::new();
        for &serial in serials {
            let place = |serial: u32| u64::from(serial) * MARKS as u64 / u64::from(highest);
            if drawn.last().is_none_or(|last| place(*last) != place(serial)) {
                drawn.push(serial);
            }
        }
        drawn
    };
    html! {
        svg.strip role="img" width="100%" height="22"
            aria-label=(format!("Serials 1 to {highest}: {} held, {} cited", series.held.len(), series.cited.len())) {
            line.axis x1="0" x2="100%" y1="20" y2="20" {}
            @for serial in thinned(&series.cited) { rect.cited x=(at(serial)) y="8" width="0.4%" height="11" {} }
            @for serial in thinned(&series.held) { rect.held x=(at(serial)) y="2" width="0.4%" height="17" {} }
        }
    }
}
