//! The first page: what there is to read.

use std::path::Path;

use jiff::civil::DateTime;
use maud::{Markup, html};
use reftel_archive::Holdings;

use super::number::entries;
use crate::web::layout::{Frame, classification_class, page as framed, search_box};
use crate::web::room::Home;
use crate::web::text::{clean, count, counted, size};
use crate::web::{address, explain, narrow};

/// How many posts the page names.
const POSTS: usize = 12;

/// How many queries to begin with are offered.
pub(crate) const EXAMPLES: usize = 5;

/// Years in which telegrams were sent; a year off these was misread, and is no place to begin.
const TELEGRAPH: std::ops::Range<i16> = 1844..2100;

/// Queries to begin with, and what they find: made of what is here. Whoever offers them tries them first.
pub(crate) fn examples(holdings: &Holdings) -> Vec<(String, &'static str)> {
    let mut examples = vec![("\"foreign minister\" OR ambassador".to_owned(), "a phrase, or a word")];
    if let Some((post, _)) = holdings.posts.first() {
        let from = narrow::term("from", post);
        examples.push((format!("{from} has:summary"), "from one post, with a summary"));
        examples.push((format!("{from} has:refs"), "from one post, citing others"));
    }
    let mut years = holdings.years.iter().map(|(year, _)| *year).filter(|year| TELEGRAPH.contains(year));
    let early = years.next().map(|first| {
        let until = years.next_back().unwrap_or(first).min(first.saturating_add(5));
        format!("date:{first}..{until}")
    });
    if let Some(early) = &early {
        examples.push((format!("{early} -class:u"), "early, and classified"));
    }
    if let Some((mrn, _)) = holdings.most_missing.first() {
        examples.push((narrow::term("ref", mrn), "all that cite one number"));
    }
    examples.push(("tags:ETRD subj:tariff".to_owned(), "filed under trade, with a word in the subject"));
    examples.push(("has:sections -class:u".to_owned(), "in several sections, and classified"));
    examples.extend(early.map(|early| (early, "early")));
    examples.push(("subj:visit OR subj:meeting".to_owned(), "a word in the subject"));
    examples
}

/// `11 June 2009`, for those who look as for machines. Only the day: not every clock is UTC.
pub(crate) fn date(at: DateTime) -> Markup {
    html! { time datetime=(at.strftime("%Y-%m-%d")) { (explain::day(at.date())) } }
}

/// The home page of an archive.
pub(crate) fn page(home: &Home) -> Markup {
    let holdings = &home.holdings;
    let frame = Frame { title: "The reading room", here: "/", ..Frame::default() };
    let main = html! {
        div.hero {
            h1 { (title(home)) }
            (search_box("", "q", true))
            @if home.unindexed > 0 {
                p.note role="status" {
                    (counted(home.unindexed as u64, "more telegram")) " came in and can be searched soon."
                }
            }
        }
        @if holdings.years.len() > 1 { (years(&holdings.years)) }
        div.columns {
            (posts(home))
            section aria-labelledby="h-class" {
                h2 #h-class { "By classification" }
                (bars(&holdings.classifications, "class", |word| (word.to_owned(), classification_class(word))))
                @if !home.examples.is_empty() {
                    h2 #h-try { "To begin with" }
                    ul.examples aria-labelledby="h-try" {
                        @for (query, what) in &home.examples {
                            li { a href=(address::search(query)) { code { (clean(query)) } } " " span.muted { (what) } }
                        }
                    }
                }
            }
        }
        div.columns {
            section aria-labelledby="h-missing" {
                h2 #h-missing { "Cited, but not here" }
                @if holdings.most_missing.is_empty() {
                    p.muted { "Every telegram that is cited is in the archive." }
                } @else {
                    p.muted {
                        (count(holdings.cited)) " numbers are cited; " (count(holdings.cited_held))
                        " of them are held. Missed most:"
                    }
                    (missing(&holdings.most_missing))
                }
            }
            section aria-labelledby="h-newest" {
                h2 #h-newest { "The newest" }
                (entries(&home.newest))
                h2 #h-oldest { "The oldest" }
                (entries(&home.oldest))
            }
        }
        (books(home))
    };
    framed(&frame, &main)
}

fn title(home: &Home) -> String {
    let holdings = &home.holdings;
    let years = match (holdings.years.first(), holdings.years.last()) {
        (Some((first, _)), Some((last, _))) if first != last => format!(", {first} to {last}"),
        (Some((only, _)), _) => format!(", {only}"),
        _ => String::new(),
    };
    format!("{}{years}", counted(holdings.telegrams, "telegram"))
}

fn posts(home: &Home) -> Markup {
    let posts = &home.holdings.posts;
    html! {
        section aria-labelledby="h-posts" {
            h2 #h-posts { "By post" }
            (bars(&posts[..posts.len().min(POSTS)], "from", |post| (post.to_owned(), "")))
            @if posts.len() > POSTS {
                p { a href="/posts" { "All " (count(posts.len() as u64)) " posts" } }
            }
        }
    }
}

fn missing(numbers: &[(String, u64)]) -> Markup {
    html! {
        ol.missing {
            @for (mrn, times) in numbers.iter().take(10) {
                li {
                    a.absent href=(address::number(mrn)) { (clean(mrn)) }
                    " " span.muted { "cited " (counted(*times, "time")) }
                }
            }
        }
    }
}

fn books(home: &Home) -> Markup {
    let books = &home.books;
    html! {
        section.books aria-labelledby="h-books" {
            h2 #h-books { "The books" }
            p {
                (counted(books.seen, "file")) " came in: " (count(books.kept)) " kept, " (count(books.duplicates))
                " already there, " (count(books.not_telegrams)) " without a telegram, " (count(books.failed))
                " unreadable. " (size(books.text_bytes)) " of text, " (size(books.disk_bytes)) " on disk. "
                a href="/books" { "The books in full" }
            }
        }
    }
}

/// Values with bars as long as their counts, each leading to a search.
#[allow(clippy::cast_precision_loss, reason = "a bar's length")]
pub(crate) fn bars<'a>(
    rows: &'a [(String, u64)],
    field: &str,
    label: impl Fn(&'a str) -> (String, &'static str),
) -> Markup {
    let most = rows.iter().map(|row| row.1).max().unwrap_or(1).max(1);
    html! {
        ol.bars {
            @for (value, n) in rows {
                @let (name, class) = label(value);
                li {
                    a href=(address::search(&narrow::term(field, value))) { (clean(&name)) }
                    span.n { (count(*n)) }
                    svg.bar.(class) aria-hidden="true" height="6" width="100%" {
                        rect height="6" width=(format!("{:.2}%", *n as f64 * 100.0 / most as f64)) {}
                    }
                }
            }
        }
    }
}

/// Telegrams by year: a chart for the eye, a table behind it for everyone.
fn years(years: &[(i16, u64)]) -> Markup {
    html! {
        section.years aria-labelledby="h-years" {
            h2 #h-years { "By year" }
            (chart(years))
            details {
                summary { "The same as a table" }
                table.figures {
                    caption.unseen { "Telegrams by year" }
                    thead { tr { th scope="col" { "Year" } th scope="col" { "Telegrams" } } }
                    tbody {
                        @for (year, n) in years {
                            tr {
                                th scope="row" { a href=(address::search(&format!("date:{year}"))) { (year) } }
                                td { (count(*n)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The years as columns. A span of more than this is drawn without its empty years.
const CHART_YEARS: usize = 160;

/// The height of the chart's columns, and of the line of years under them.
const CHART: (f64, f64) = (150.0, 24.0);

#[allow(clippy::cast_precision_loss, reason = "places in a drawing")]
fn chart(years: &[(i16, u64)]) -> Markup {
    let columns = filled(years);
    let most = columns.iter().map(|column| column.1).max().unwrap_or(1).max(1);
    let step = 100.0 / columns.len() as f64;
    let width = (step * 0.8).min(7.0);
    let labelled = columns.len().div_ceil(9).max(1);
    let height = CHART.0 + CHART.1;
    html! {
        svg.chart role="group" aria-labelledby="chart-title chart-desc" width="100%" height=(height) {
            title #chart-title { "Telegrams by year" }
            desc #chart-desc { "A column for each year from " (columns[0].0) " to " (columns[columns.len() - 1].0)
                "; the highest has " (counted(most, "telegram")) "." }
            line.grid x1="0" x2="100%" y1="18" y2="18" {}
            text.scale x="0" y="13" { (count(most)) }
            @for (i, (year, n)) in columns.iter().enumerate() {
                @let x = step * (i as f64 + 0.5);
                @let tall = ((CHART.0 - 18.0) * *n as f64 / most as f64).max(if *n > 0 { 1.5 } else { 0.0 });
                @if *n > 0 {
                    a href=(address::search(&format!("date:{year}"))) tabindex="-1"
                        aria-label=(format!("{year}: {}", counted(*n, "telegram"))) {
                        title { (year) ": " (counted(*n, "telegram")) }
                        rect.reach x=(format!("{:.3}%", x - step / 2.0)) y="0" width=(format!("{step:.3}%")) height=(height) {}
                        rect.column x=(format!("{:.3}%", x - width / 2.0)) y=(format!("{:.1}", CHART.0 - tall))
                            width=(format!("{width:.3}%")) height=(format!("{tall:.1}")) {}
                    }
                }
                @if i % labelled == 0 && (i + labelled / 2 < columns.len() || i + 1 == columns.len()) {
                    text.year x=(format!("{x:.3}%")) y=(CHART.0 + 17.0) text-anchor="middle" { (year) }
                }
            }
            line.base x1="0" x2="100%" y1=(CHART.0) y2=(CHART.0) {}
        }
    }
}

/// Every year from the first to the last, also those without a telegram.
fn filled(years: &[(i16, u64)]) -> Vec<(i16, u64)> {
    let (Some(first), Some(last)) = (years.first(), years.last()) else { return vec![(0, 0)] };
    if usize::try_from(i32::from(last.0) - i32::from(first.0)).is_ok_and(|span| span > CHART_YEARS) {
        return years.to_vec();
    }
    let of = |year: i16| years.iter().find(|row| row.0 == year).map_or(0, |row| row.1);
    (first.0..=last.0).map(|year| (year, of(year))).collect()
}

/// The home page where nothing is kept yet.
pub(crate) fn empty(dir: &Path) -> Markup {
    let frame = Frame { title: "Nothing here yet", here: "/", ..Frame::default() };
    let archive = dir.display().to_string();
    framed(
        &frame,
        &html! {
            div.plain {
                p.kicker { "Reading room" }
                h1 { "Nothing here yet" }
                p.lead { "The archive " code { (clean(&archive)) } " holds no telegrams. To fill it, type" }
                pre.command { code { "reftel import PATH… --archive " (clean(&archive)) } }
                p { "with the folders or files your telegrams are in. What has come in can be read at once: reload this page." }
                p { "To look around first, " code { "reftel open" } " without a path opens a sample archive of invented telegrams." }
            }
        },
    )
}
