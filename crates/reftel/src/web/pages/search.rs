//! Results, and what narrows them.

use std::time::Duration;

use maud::{Markup, html};
use reftel_archive::{
    Entry, Expansion, Explained, Found, Hit, Id, Missing, Nearness, QueryError, Reason, Snippet,
};
use reftel_telegram::Span;

use super::dates::{self, Dates};
use super::home::date;
use super::number::entries;
use crate::copies::and_copies;
use crate::web::layout::{Frame, classification, page as framed, search_box};
use crate::web::narrow::{self, Chip};
use crate::web::text::{clean, count, counted, sentence};
use crate::web::{address, explain};
use crate::wording::route;

/// Results on a page: what can be looked over without losing one's place.
pub(crate) const PAGE: usize = 20;

/// How many values of a facet are shown at once, and how many behind a click.
const FACET: (usize, usize) = (8, 60);

/// How many addressees and TAGS a result names.
const NAMED: usize = 4;

/// What was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The query as typed.
    pub(crate) query: String,
    /// The order.
    pub(crate) sort: Order,
    /// The page, from 1.
    pub(crate) page: usize,
    /// The telegram behind which the page begins, where one was told: then it is found as quickly far down as at the
    /// top.
    pub(crate) after: Option<i64>,
    /// Whether to say why.
    pub(crate) why: bool,
}

/// What is answered.
pub(crate) struct Answer<'a> {
    pub(crate) results: &'a Results,
    pub(crate) named: Option<&'a Named>,
    /// What was looked for besides what was typed.
    pub(crate) expansions: &'a [Expansion],
    pub(crate) why: Option<&'a Why>,
}

/// One page of what was found.
#[derive(Clone, Debug)]
pub(crate) struct Results {
    /// Without those that are copies of one before them on the page.
    pub(crate) found: Found,
    /// Of each hit, its other copies.
    pub(crate) copies: Vec<Vec<Entry>>,
    /// How all that was found lies in time, where there is more than one period.
    pub(crate) dates: Option<Dates>,
    /// The last telegram of the page, also if it is shown with another copy of it: the next page is behind it.
    pub(crate) last: Option<Id>,
    /// Whether the archive can be searched by meaning.
    pub(crate) meanings: bool,
    /// How long the archive took.
    pub(crate) elapsed: Duration,
}

/// Why that was found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Why {
    pub(crate) explained: Explained,
    /// Of each hit, what each part of the query had to do with it.
    pub(crate) reasons: Vec<Vec<Reason>>,
}

/// The number that a query is, if it is one, and what the archive has to it.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// In canonical form.
    pub(crate) mrn: String,
    /// How many telegrams here carry it.
    pub(crate) held: usize,
    /// How many that are here cite it, where none carries it.
    pub(crate) citing: usize,
}

/// The order of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Order {
    /// Best first.
    #[default]
    Relevance,
    /// Newest first.
    Newest,
    /// Oldest first.
    Oldest,
    /// By words and by meaning, merged.
    Both,
}

impl Order {
    const ALL: [Order; 4] = [Order::Relevance, Order::Newest, Order::Oldest, Order::Both];

    /// The order of that name; best first for any other.
    pub(crate) fn read(name: &str) -> Order {
        Order::ALL.into_iter().find(|order| order.name() == name).unwrap_or_default()
    }

    /// The name in addresses.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Order::Relevance => "",
            Order::Newest => "newest",
            Order::Oldest => "oldest",
            Order::Both => "both",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Order::Relevance => "Best match",
            Order::Newest => "Newest",
            Order::Oldest => "Oldest",
            Order::Both => "Words and meaning",
        }
    }
}

/// The page of results.
pub(crate) fn page(asked: &Asked, answer: &Answer<'_>) -> Markup {
    let Answer { results, named, expansions, why } = *answer;
    let Results { found, copies, dates, last, elapsed, .. } = results;
    if let Some(missing) = &found.missing {
        return phantoms(asked, missing);
    }
    let pages = found.total.div_ceil(PAGE).max(1);
    let title = format!("{} — {}", asked.query, counted(found.total as u64, "telegram"));
    let frame = Frame { title: &title, here: "/search", ..Frame::default() };
    let main = html! {
        div.searchhead {
            (search_box(&asked.query, "q", true)) (chips(asked)) (expanded(expansions))
            (named.map(offer).unwrap_or_default())
        }
        @if found.total == 0 {
            (nothing(asked, why))
        } @else {
            div.results {
                div.found {
                    div.summary {
                        h1 { (counted(found.total as u64, "telegram")) }
                        p.muted {
                            @if pages > 1 { "Page " (count(asked.page as u64)) " of " (count(pages as u64)) " · " }
                            "found in " (format!("{:.1}", elapsed.as_secs_f64() * 1e3)) " ms"
                        }
                        (orders(asked, results.meanings, Order::label))
                        p.why {
                            @if asked.why {
                                a href=(at(asked, asked.page)) { "Hide why" }
                            } @else {
                                a href=(address::explained(&asked.query, asked.sort.name(), asked.page)) rel="nofollow" {
                                    "Why these?"
                                }
                            }
                        }
                        p.tonarrow { a href="#h-narrow" { "Narrow ↓" } }
                    }
                    (unindexed(found))
                    @if let Some(dates) = dates { (dates::chart(asked, dates)) }
                    @if let Some(why) = why { (parts(asked, &why.explained)) }
                    @if found.hits.is_empty() {
                        p { "There is no page " (asked.page) ". " a href=(at(asked, 1)) { "To the first page" } }
                    }
                    ol.hits start=((asked.page - 1).saturating_mul(PAGE).saturating_add(1)) {
                        @for (index, hit) in found.hits.iter().enumerate() {
                            (result(hit, copies.get(index), why.and_then(|why| why.reasons.get(index))))
                        }
                    }
                    (paging(asked, pages, *last))
                }
                aside.facets aria-labelledby="h-narrow" {
                    details.narrow open {
                        summary { h2 #h-narrow { "Narrow" } }
                        (facets(asked, found))
                    }
                }
            }
        }
    };
    framed(&frame, &main)
}

/// Telegrams that are cited and aren't here.
fn phantoms(asked: &Asked, missing: &Missing) -> Markup {
    let pages = missing.total.div_ceil(PAGE).max(1);
    let title = format!("{} — {} not here", asked.query, counted(missing.total as u64, "telegram"));
    let frame = Frame { title: &title, here: "/search", ..Frame::default() };
    let order = |order: Order| match order {
        Order::Relevance | Order::Both => "Most cited",
        Order::Newest => "Newest",
        Order::Oldest => "Oldest",
    };
    let main = html! {
        div.searchhead { (search_box(&asked.query, "q", true)) (chips(asked)) }
        @if missing.total == 0 {
            div.plain {
                h1 { "No such telegram is missing" }
                p.lead { "No number like that is cited here and not held." }
                p { a href=(address::search("is:phantom")) { "All that are cited and not here" } }
            }
        } @else {
            div.plain {
                h1 { (counted(missing.total as u64, "telegram")) " cited and not here" }
                p.muted {
                    "Their numbers answer " code { "from:" } ", " code { "date:" } " and " code { "serial:" }
                    "; all else is asked of the telegrams that cite them."
                }
                (orders(asked, false, order))
                @if missing.numbers.is_empty() {
                    p { "There is no page " (asked.page) ". " a href=(at(asked, 1)) { "To the first page" } }
                } @else {
                    div.scroll {
                        table.phantoms {
                            caption.unseen { "Telegrams that are cited and not here" }
                            thead {
                                tr {
                                    th scope="col" { "Number" } th scope="col" { "Post" }
                                    th scope="col" { "Year" } th.n scope="col" { "Cited by" }
                                }
                            }
                            tbody {
                                @for absent in &missing.numbers {
                                    tr {
                                        td { a.absent href=(address::number(&absent.mrn)) { span.mrn { (clean(&absent.mrn)) } } }
                                        td { (clean(absent.post.as_deref().unwrap_or_default())) }
                                        td { @if let Some(year) = absent.year { (year) } }
                                        td.n {
                                            a href=(address::search(&narrow::term("ref", &absent.mrn))) {
                                                (count(absent.cited_by as u64))
                                                span.unseen { " that cite " (clean(&absent.mrn)) }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                (paging(asked, pages, None))
            }
        }
    };
    framed(&frame, &main)
}

/// The telegram of the number that was asked for, or who cites it.
fn offer(named: &Named) -> Markup {
    html! {
        @if named.held > 0 {
            p.offer {
                a href=(address::number(&named.mrn)) { "Telegram " span.mrn { (clean(&named.mrn)) } }
                @if named.held > 1 { " " span.muted { "carried by " (counted(named.held as u64, "telegram")) } }
            }
        } @else if named.citing > 0 {
            p.offer {
                a.absent href=(address::number(&named.mrn)) { span.mrn { (clean(&named.mrn)) } }
                " " span.muted {
                    "is not in this archive; " (counted(named.citing as u64, "telegram"))
                    @if named.citing == 1 { " cites it" } @else { " cite it" }
                }
            }
        }
    }
}

/// What was looked for besides what was typed.
fn expanded(expansions: &[Expansion]) -> Markup {
    html! {
        @for expansion in expansions {
            p.expanded {
                span.muted { (clean(&expansion.typed)) ": " }
                @if expansion.also.is_empty() { "nothing to add" } @else { "also " }
                @for (index, (what, why)) in expansion.also.iter().enumerate() {
                    @if index > 0 { ", " }
                    (clean(what)) " " span.muted { "(" (why) ")" }
                }
            }
        }
    }
}

/// What each part of the query finds.
fn parts(asked: &Asked, explained: &Explained) -> Markup {
    let several = explained.parts.len() > 1;
    html! {
        div.scroll {
            table.parts {
                caption { "What the parts of the query find" }
                thead {
                    tr { th scope="col" { "Part" } th scope="col" { "Alone" } @if several { th scope="col" { "The others without it" } } }
                }
                tbody {
                    @for part in &explained.parts {
                        tr {
                            th scope="row" {
                                a href=(address::results(&part.text, asked.sort.name(), 1)) { (clean(&part.text)) }
                                @if part.words_total > 0 {
                                    br; span.muted {
                                        (clean(&part.words.join(", "))) (more(part.words_total - part.words.len()))
                                    }
                                }
                            }
                            td { (count(part.alone as u64)) }
                            @if several { td { (count(part.without as u64)) } }
                        }
                    }
                }
            }
        }
    }
}

/// What the parts of the query had to do with a hit.
fn reasons(reasons: &[Reason]) -> Markup {
    let times = |n: usize| if n == 1 { "once".to_owned() } else { format!("{} times", count(n as u64)) };
    html! {
        ul.reasons aria-label="Why" {
            @for reason in reasons {
                li {
                    span.part { (clean(&reason.part)) }
                    @if reason.text > 0 { " " (times(reason.text)) }
                    @if reason.subject > 0 { ", " (times(reason.subject)) " in the subject" }
                    @if reason.weight > 0.0 { span.muted { " · weight " (format!("{:.1}", reason.weight)) } }
                }
            }
        }
    }
}

fn unindexed(found: &Found) -> Markup {
    html! {
        @if found.unindexed > 0 {
            p.note role="status" {
                (counted(found.unindexed as u64, "telegram")) " came in just now and can't be searched yet."
            }
        }
    }
}

fn at(asked: &Asked, page: usize) -> String {
    address::results(&asked.query, asked.sort.name(), page)
}

fn next(asked: &Asked, page: usize, last: Option<Id>) -> String {
    match last {
        Some(last) => format!("{}&after={}", at(asked, page), last.0),
        None => at(asked, page),
    }
}

/// The terms that narrow, each with a way to be rid of it.
fn chips(asked: &Asked) -> Markup {
    let chips = narrow::chips(&asked.query);
    html! {
        @if !chips.is_empty() {
            ul.chips aria-label="Narrowed by" {
                @for Chip { field, not, value, without } in &chips {
                    @let without = if without.is_empty() { "*" } else { without };
                    li {
                        a href=(address::results(without, asked.sort.name(), 1)) {
                            span.unseen { "Remove " }
                            span.field { (field) @if *not { " not" } } " " (clean(value))
                            span.cross aria-hidden="true" { "×" }
                        }
                    }
                }
            }
        }
    }
}

fn orders(asked: &Asked, meanings: bool, label: impl Fn(Order) -> &'static str) -> Markup {
    html! {
        nav.order aria-label="Order" {
            span.muted aria-hidden="true" { "Order" }
            ul {
                @for order in Order::ALL.into_iter().filter(|order| meanings || *order != Order::Both) {
                    li {
                        a href=(address::results(&asked.query, order.name(), 1))
                            aria-current=[(order == asked.sort).then_some("true")] { (label(order)) }
                    }
                }
            }
        }
    }
}

fn result(hit: &Hit, copies: Option<&Vec<Entry>>, why: Option<&Vec<Reason>>) -> Markup {
    let card = &hit.card;
    let number = card.mrn.as_deref().unwrap_or("Without a number");
    html! {
        li.hit {
            article {
                p.over {
                    span.mrn { (clean(number)) }
                    @if let Some(dtg) = card.dtg { (date(dtg)) }
                    @if let Some(class) = card.classification { (classification(class)) }
                    @for caption in &card.captions {
                        abbr.caption title=[explain::caption(caption)] { (clean(caption)) }
                    }
                }
                h2 {
                    a href=(address::id(hit.id)) {
                        @match &card.subject {
                            Some(subject) => (clean(subject)),
                            None => (clean(&route(card))),
                        }
                    }
                }
                @for snippet in hit.snippet.iter().chain(&hit.more) { (piece(hit, snippet)) }
                @if let Some(near) = &hit.near { p.near { (near_in(hit, near)) } }
                @if let Some(why) = why { (reasons(why)) }
                p.under {
                    span {
                        @if let Some(post) = &card.post { span.from { (clean(post)) } }
                        @if !card.to.is_empty() {
                            span.muted { " to " } (clean(&card.to[..card.to.len().min(NAMED)].join(", ")))
                            (more(card.to.len().saturating_sub(NAMED)))
                        }
                    }
                    @if !card.tags.is_empty() {
                        span.tags {
                            @for tag in card.tags.iter().take(NAMED + 2) {
                                abbr title=[explain::tag(tag, card.year)] { (clean(tag)) } " "
                            }
                            (more(card.tags.len().saturating_sub(NAMED + 2)))
                        }
                    }
                }
                @if let Some(copies) = copies.filter(|copies| !copies.is_empty()) { (others(hit, copies)) }
            }
        }
    }
}

/// Why a hit is there by meaning.
fn near_in(hit: &Hit, near: &Nearness) -> Markup {
    let anchor = hit.snippet.as_ref().and_then(|piece| piece.anchor.as_deref());
    html! {
        @if let Some(rank) = near.by_words { span { "place " (count(rank as u64)) " by words" } }
        @if let Some(rank) = near.by_meaning { span { "place " (count(rank as u64)) " by meaning" } }
        @if let Some(similarity) = near.similarity {
            span {
                "near by meaning: " (format!("{similarity:.2}")) " in "
                @match (near.paragraph, anchor) {
                    (0, _) => "the subject",
                    (_, Some(anchor)) => a href=(format!("{}#{anchor}", address::id(hit.id))) { "the first paragraph above" },
                    _ => "its text",
                }
            }
        }
    }
}

/// The other copies of a hit, behind a click.
fn others(hit: &Hit, copies: &[Entry]) -> Markup {
    html! {
        details.others {
            summary { (and_copies(copies.len())) }
            (entries(copies))
            p { a href=(address::copies_of(hit.id)) { "Set against one another" } }
        }
    }
}

fn more(n: usize) -> Markup {
    html! { @if n > 0 { span.muted { " and " (n) " more" } } }
}

/// A piece of the text, with the number and portion mark of its paragraph, which leads there.
fn piece(hit: &Hit, snippet: &Snippet) -> Markup {
    let place = snippet.anchor.as_deref().filter(|_| !snippet.marks.is_empty());
    let number = snippet.paragraph.map_or("¶".to_owned(), |number| format!("{number}."));
    let name = snippet.portion.as_ref().map_or(number.clone(), |mark| format!("{number} ({mark})"));
    html! {
        p.snippet {
            @if let Some(anchor) = place {
                a.para-link href={ (address::id(hit.id)) "#" (anchor) }
                    aria-label=(clean(&format!("Paragraph {name}")))
                    title=[snippet.portion.as_deref().and_then(explain::portion)] { (clean(&name)) }
                " "
            }
            (marked(snippet))
        }
    }
}

/// The snippet with its marks; a mark that is off the text is left out.
fn marked(snippet: &Snippet) -> Markup {
    let text = &snippet.text;
    let mut pieces: Vec<(&str, bool)> = Vec::new();
    let mut at = 0;
    for &Span { start, end } in &snippet.marks {
        let (Some(before), Some(mark)) = (text.get(at..start.max(at)), text.get(start.max(at)..end.max(at)))
        else {
            continue;
        };
        pieces.push((before, false));
        pieces.push((mark, true));
        at = end.max(at);
    }
    pieces.push((text.get(at..).unwrap_or_default(), false));
    html! {
        @for (piece, marked) in pieces {
            @if marked { mark { (clean(piece)) } } @else { (clean(piece)) }
        }
    }
}

/// The ways to other pages. The next one begins behind the last telegram of this one.
fn paging(asked: &Asked, pages: usize, last: Option<Id>) -> Markup {
    let page = asked.page.min(pages);
    let near = (page.saturating_sub(2).max(1)..=(page + 2).min(pages)).collect::<Vec<_>>();
    html! {
        @if pages > 1 {
            nav.paging aria-label="Pages" {
                ul {
                    @if page > 1 { li { a rel="prev" href=(at(asked, page - 1)) { "← Previous" } } }
                    @if near[0] > 1 { li { a href=(at(asked, 1)) aria-label="Page 1" { "1" } } }
                    @if near[0] > 2 { li.gap { "…" } }
                    @for &n in &near {
                        li {
                            a href=(at(asked, n)) aria-label=(format!("Page {n}"))
                                aria-current=[(n == asked.page).then_some("page")] { (count(n as u64)) }
                        }
                    }
                    @if near[near.len() - 1] + 1 < pages { li.gap { "…" } }
                    @if near[near.len() - 1] < pages {
                        li { a href=(at(asked, pages)) aria-label=(format!("Page {pages}")) { (count(pages as u64)) } }
                    }
                    @if page < pages { li { a rel="next" href=(next(asked, page + 1, last)) { "Next →" } } }
                }
            }
        }
    }
}

fn facets(asked: &Asked, found: &Found) -> Markup {
    let facets = &found.facets;
    let years: Vec<_> = facets.years.iter().rev().map(|(year, n)| (year.to_string(), *n)).collect();
    html! {
        (facet(asked, "Year", "date", &years, |_| None))
        (facet(asked, "Post", "from", &facets.posts, |post| explain::post(post).map(str::to_owned)))
        (facet(asked, "Classification", "class", &facets.classifications, |_| None))
        (facet(asked, "TAGS", "tags", &facets.tags, |tag| explain::tag(tag, None).map(str::to_owned)))
    }
}

fn facet(
    asked: &Asked,
    name: &str,
    field: &str,
    values: &[(String, u64)],
    meaning: impl Fn(&str) -> Option<String>,
) -> Markup {
    let row = |(value, n): &(String, u64)| {
        let narrowed = narrow::narrowed(&asked.query, field, value);
        let active = narrowed == asked.query;
        html! {
            li {
                @if active {
                    span.active { (clean(value)) } span.n { (count(*n)) }
                } @else {
                    a href=(address::results(&narrowed, asked.sort.name(), 1)) title=[meaning(value)] { (clean(value)) }
                    span.n { (count(*n)) }
                    a.exclude href=(address::results(&narrow::excluding(&asked.query, field, value), asked.sort.name(), 1))
                        title="Exclude" { span aria-hidden="true" { "−" } span.unseen { "Exclude " (clean(value)) } }
                }
            }
        }
    };
    let few = values.len().min(if values.len() <= FACET.0 + 2 { values.len() } else { FACET.0 });
    html! {
        @if !values.is_empty() {
            section {
                h3 { (name) }
                ul { @for value in &values[..few] { (row(value)) } }
                @if values.len() > few {
                    details {
                        summary { (count((values.len().min(FACET.1) - few) as u64)) " more" }
                        ul { @for value in &values[few..values.len().min(FACET.1)] { (row(value)) } }
                    }
                }
            }
        }
    }
}

/// Nothing was found: what could be done.
fn nothing(asked: &Asked, why: Option<&Why>) -> Markup {
    html! {
        div.plain {
            h1 { "No telegram matches" }
            p.lead { "Every word and every condition must match at once." }
            @if let Some(why) = why {
                (parts(asked, &why.explained))
                @if !why.explained.nearest.is_empty() {
                    h2 { "These find something" }
                    ul.advice {
                        @for near in &why.explained.nearest {
                            li {
                                a href=(address::results(&near.query, asked.sort.name(), 1)) { (clean(&near.query)) }
                                " " span.muted { (counted(near.total as u64, "telegram")) ": " (clean(&near.change)) }
                            }
                        }
                    }
                }
            }
            h2 { "What else could be done" }
            ul.advice {
                @if asked.query.contains('"') { li { "Leave out the quotation marks, so that the words need not be neighbours." } }
                @if asked.query.split_whitespace().count() > 1 {
                    li { "Use fewer words, or put " code { "OR" } " between them." }
                }
                li { "Try another spelling: a post may be written " code { "PORT ALDER" } " or " code { "PORTALDER" } "." }
                li { a href=(address::search("*")) { "See everything" } ", newest first, and narrow from there." }
            }
        }
    }
}

/// The query isn't one: where, why, and what to write instead.
pub(crate) fn illegal(asked: &Asked, error: &QueryError) -> Markup {
    let frame = Frame { title: "This query can't be read", here: "/search", ..Frame::default() };
    let query = &asked.query;
    let boundary = |at: usize| query.floor_char_boundary(at.min(query.len()));
    let (start, end) = (boundary(error.span.start), boundary(error.span.end.max(error.span.start)));
    framed(
        &frame,
        &html! {
            div.searchhead { (search_box(query, "q", true)) }
            div.plain role="alert" {
                h1 { "This query can't be read" }
                p.place {
                    code {
                        (clean(&query[..start]))
                        @if start == end { span.wrong { "␣" } } @else { span.wrong { (clean(&query[start..end])) } }
                        (clean(&query[end..]))
                    }
                }
                p.lead { (sentence(&error.message)) "." }
                @if let Some(help) = &error.help { p { (sentence(help)) "." } }
                p { a href="/about#query" { "The query words" } }
            }
        },
    )
}
