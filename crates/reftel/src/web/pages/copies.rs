//! The copies of one telegram, and what they say together.

use maud::{Markup, html};
use reftel_analysis::Passage;

use crate::copies::Copies;
use crate::web::address;
use crate::web::layout::{Frame, classification, page as framed};
use crate::web::pages::home::date;
use crate::web::text::{clean, counted};

/// The page.
pub(crate) fn page(mrn: &str, copies: &Copies) -> Markup {
    let title = format!("The copies of {mrn}");
    let frame = Frame { title: &title, query: Some(""), ..Frame::default() };
    framed(
        &frame,
        &html! {
            div.plain {
                p.kicker { a href=(address::number(mrn)) { (clean(mrn)) } }
                h1 { "Copies" }
                p.lead {
                    (counted(copies.telegrams.len() as u64, "telegram")) " with this number. All have "
                    (copies.percent()) " % of the words below."
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
