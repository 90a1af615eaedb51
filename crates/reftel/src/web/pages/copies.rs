//! The copies of one telegram, and what they say together.

use maud::{Markup, html};
use reftel_analysis::Passage;
use reftel_archive::Id;

use crate::copies::{Copies, why};
use crate::web::address;
use crate::web::layout::{Frame, classification, page as framed};
use crate::web::pages::home::date;
use crate::web::pages::number::entry_because;
use crate::web::text::{clean, count};

/// The page of the telegram `own`.
pub(crate) fn page(own: Id, copies: &Copies) -> Markup {
    let card = copies.telegrams.iter().find(|telegram| telegram.id == own).map(|telegram| &telegram.card);
    let name = card.and_then(|card| card.mrn.clone()).unwrap_or_else(|| format!("telegram {}", own.0));
    let title = format!("The copies of {name}");
    let frame = Frame { title: &title, query: Some(""), ..Frame::default() };
    framed(
        &frame,
        &html! {
            div.plain {
                p.kicker { a href=(address::id(own)) { (clean(&name)) } }
                h1 { "Copies" }
                p.lead {
                    @if copies.telegrams.len() == 1 {
                        "No other copy is known."
                    } @else {
                        (count(copies.telegrams.len() as u64)) " copies. All have " (copies.percent())
                        " % of the words below."
                    }
                }
                ol.copies {
                    @for telegram in &copies.telegrams {
                        li {
                            a href=(address::id(telegram.id)) {
                                span.subject { (clean(telegram.card.subject.as_deref().unwrap_or("Without a subject"))) }
                            }
                            span.when {
                                @if let Some(class) = telegram.card.classification { (classification(class)) " " }
                                @if let Some(dtg) = telegram.card.dtg { (date(dtg)) }
                            }
                            @for source in &telegram.sources { p.muted { (clean(&source.path.display().to_string())) } }
                        }
                    }
                }
                (reasons(copies))
                h2 { "What they say together" }
                p.muted {
                    "What all have stands plain. A number tells which copies have a passage; what one withholds is taken from one "
                    "that has it. Capitals, punctuation and line ends don’t count."
                }
                div.composite { @for piece in &copies.passages { (passage(copies, piece)) } }
            }
        },
    )
}

/// Why they are copies of one, and what is kept apart from them.
fn reasons(copies: &Copies) -> Markup {
    html! {
        @if !copies.joined.is_empty() {
            h2 { "Why" }
            ul.why {
                @for joined in &copies.joined {
                    @if let (Some(one), Some(other)) = (copies.place(joined.one), copies.place(joined.other)) {
                        li { (one) " and " (other) ": " (clean(&why(joined))) }
                    }
                }
            }
        }
        @if !copies.apart.is_empty() {
            h2 { "Alike, and kept apart" }
            ol.entries { @for (entry, kinship) in &copies.apart { (entry_because(entry, Some(why(kinship)))) } }
        }
    }
}

fn passage(copies: &Copies, passage: &Passage) -> Markup {
    if copies.agreed(passage) {
        return html! { (clean(&passage.text)) };
    }
    let names: Vec<String> = passage.copies.iter().map(|copy| (copy + 1).to_string()).collect();
    let (words, space) = passage.text.split_at(passage.text.trim_end().len());
    let others = passage.instead.iter().filter(|(_, instead)| !instead.trim().is_empty());
    html! {
        @if passage.withheld {
            span.withheld { (clean(words)) span.unseen { " (in no copy)" } }
        } @else {
            ins { (clean(words)) sup { (names.join(", ")) } }
            @for (copy, instead) in others {
                " " del { (clean(instead.trim())) sup { (copy + 1) } }
            }
        }
        (clean(space))
    }
}
