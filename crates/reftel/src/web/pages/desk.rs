//! What the user keeps at hand: saved searches and watch lists. They are kept and removed on the command line, since
//! the room changes nothing.

use maud::{Markup, html};
use reftel_archive::{Entry, Id, Watched};

use super::number::entries;
use crate::cli::day;
use crate::web::layout::{Frame, page as framed};
use crate::web::text::{clean, count, counted};
use crate::web::{address, narrow};

/// How many of a list's telegrams are named in a row.
const NUMBERS: usize = 5;

/// A search that is kept, and what it finds.
#[derive(Clone, Debug)]
pub(crate) struct SavedLine {
    pub(crate) name: String,
    pub(crate) query: String,
    /// How many telegrams it finds, and how many of them are new; `None` where the query isn't one any more.
    pub(crate) counts: Option<(usize, usize)>,
}

/// A watch list.
#[derive(Clone, Debug)]
pub(crate) struct WatchLine {
    pub(crate) name: String,
    pub(crate) terms: usize,
    /// In how many telegrams any of them stands that came since the list was last run.
    pub(crate) new: usize,
}

/// All that is kept at hand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Desk {
    pub(crate) saved: Vec<SavedLine>,
    pub(crate) lists: Vec<WatchLine>,
}

/// What a list found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watching {
    pub(crate) name: String,
    /// Only what came since it was last run.
    pub(crate) new: bool,
    /// How many words and phrases it has.
    pub(crate) terms: usize,
    /// Those that were found.
    pub(crate) watched: Vec<Watched>,
    /// Of each, the first telegrams and their numbers.
    pub(crate) numbers: Vec<Vec<(Id, Option<String>)>>,
}

/// Saved searches and watch lists.
pub(crate) fn page(desk: &Desk) -> Markup {
    let frame = Frame { title: "Saved", here: "/saved", query: Some(""), ..Frame::default() };
    framed(
        &frame,
        &html! {
            div.plain {
                h1 { "Saved searches" }
                @if desk.saved.is_empty() {
                    p { "No search is saved. " code { "reftel saved add NAME QUERY" } " saves one." }
                } @else {
                    (searches(&desk.saved))
                }
                h2 { "Watch lists" }
                @if desk.lists.is_empty() {
                    p { "There is no watch list. " code { "reftel watchlist add NAME FILE" } " keeps one: names and phrases, one a line." }
                } @else {
                    (lists(&desk.lists))
                }
                p.muted { "New is what came in since a search was last looked at, or a list was last run, on the command line." }
            }
        },
    )
}

fn searches(saved: &[SavedLine]) -> Markup {
    html! {
        div.scroll {
            table.phantoms {
                caption.unseen { "Saved searches" }
                thead {
                    tr {
                        th scope="col" { "Name" } th scope="col" { "Query" }
                        th.n scope="col" { "Finds" } th.n scope="col" { "New" }
                    }
                }
                tbody {
                    @for line in saved {
                        tr {
                            th scope="row" { a href=(address::search(&line.query)) { (clean(&line.name)) } }
                            td { code { (clean(&line.query)) } }
                            @match line.counts {
                                Some((total, new)) => {
                                    td.n { (count(total as u64)) }
                                    td.n {
                                        @if new == 0 { "0" } @else {
                                            a href=(address::saved(&line.name)) { (count(new as u64)) span.unseen { " new to " (clean(&line.name)) } }
                                        }
                                    }
                                }
                                None => td colspan="2" { "can’t be read any more" },
                            }
                        }
                    }
                }
            }
        }
    }
}

fn lists(lists: &[WatchLine]) -> Markup {
    html! {
        div.scroll {
            table.phantoms {
                caption.unseen { "Watch lists" }
                thead {
                    tr {
                        th scope="col" { "Name" } th.n scope="col" { "Terms" }
                        th.n scope="col" { "In new telegrams" }
                    }
                }
                tbody {
                    @for line in lists {
                        tr {
                            th scope="row" { a href=(address::watchlist(&line.name, false)) { (clean(&line.name)) } }
                            td.n { (count(line.terms as u64)) }
                            td.n {
                                @if line.new == 0 { "0" } @else {
                                    a href=(address::watchlist(&line.name, true)) { (count(line.new as u64)) span.unseen { " new to " (clean(&line.name)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What is new to a saved search: the first of it, and how much there is in all.
pub(crate) fn new(name: &str, query: &str, total: usize, new: &[Entry]) -> Markup {
    let frame = Frame { title: name, here: "/saved", query: Some(query), ..Frame::default() };
    framed(
        &frame,
        &html! {
            div.plain {
                p.kicker { "Saved search" }
                h1 { (clean(name)) }
                p.lead {
                    (counted(total as u64, "telegram")) " came since it was last looked at. "
                    a href=(address::search(query)) { "All that it finds" }
                }
                @if total > new.len() { p.muted { "The newest " (count(new.len() as u64)) ":" } }
                @if !new.is_empty() { (entries(new)) }
            }
        },
    )
}

/// What a watch list found.
pub(crate) fn watching(watching: &Watching) -> Markup {
    let Watching { name, new, terms, watched, numbers } = watching;
    let frame = Frame { title: name, here: "/saved", query: Some(""), ..Frame::default() };
    framed(
        &frame,
        &html! {
            div.plain {
                p.kicker { "Watch list" }
                h1 { (clean(name)) }
                p.lead {
                    (count(watched.len() as u64)) " of " (counted(*terms as u64, "term")) " found"
                    @if *new { " in what came since the last run. " a href=(address::watchlist(name, false)) { "In all" } }
                    @else { ". " a href=(address::watchlist(name, true)) { "Only what is new" } }
                }
                @if !watched.is_empty() {
                    div.scroll {
                        table.phantoms {
                            caption.unseen { "Names and phrases that were found" }
                            thead {
                                tr {
                                    th scope="col" { "Term" } th.n scope="col" { "Telegrams" }
                                    th scope="col" { "First" } th scope="col" { "Last" } th scope="col" { "Which" }
                                }
                            }
                            tbody {
                                @for (one, numbers) in watched.iter().zip(numbers) { (row(one, numbers)) }
                            }
                        }
                    }
                }
            }
        },
    )
}

fn row(one: &Watched, numbers: &[(Id, Option<String>)]) -> Markup {
    let [first, last] = one.ends().map(|at| day(at).unwrap_or_default());
    let more = one.telegrams.len().saturating_sub(numbers.len());
    let query = narrow::quoted(&one.term);
    html! {
        tr {
            th scope="row" { a href=(address::search(&query)) { (clean(&one.term)) } }
            td.n { (count(one.telegrams.len() as u64)) }
            td { (first) }
            td { (last) }
            td {
                @for (id, number) in numbers {
                    a href=(address::id(*id)) { span.mrn { (clean(number.as_deref().unwrap_or("without a number"))) } } " "
                }
                @if more > 0 { span.muted { "and " (count(more as u64)) " more" } }
            }
        }
    }
}

/// The first telegrams of each, which a row names.
pub(crate) fn named(watched: &Watched) -> Vec<Id> {
    watched.telegrams.iter().take(NUMBERS).map(|found| found.1).collect()
}
