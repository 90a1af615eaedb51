//! The page of a number that not exactly one telegram here carries.

use maud::{Markup, html};
use reftel_archive::Entry;

use crate::web::address;
use crate::web::layout::{Frame, classification, page};
use crate::web::pages::home::date;
use crate::web::text::{clean, counted};
use crate::wording::route;

/// A number that telegrams here cite, and none carries.
pub(crate) fn missing(mrn: &str, citing: &[Entry]) -> Markup {
    let frame = Frame { title: mrn, query: Some(""), ..Frame::default() };
    page(
        &frame,
        &html! {
            div.plain {
                p.kicker { "Not in this archive" }
                h1.mrn { (clean(mrn)) }
                p.lead {
                    "No telegram with this number has come in. " (counted(citing.len() as u64, "telegram"))
                    " that " @if citing.len() == 1 { "is" } @else { "are" } " here "
                    @if citing.len() == 1 { "cites" } @else { "cite" } " it:"
                }
                (entries(citing))
            }
        },
    )
}

/// A number that several telegrams carry.
pub(crate) fn several(mrn: &str, held: &[Entry], citing: &[Entry]) -> Markup {
    let frame = Frame { title: mrn, query: Some(""), ..Frame::default() };
    page(
        &frame,
        &html! {
            div.plain {
                p.kicker { (counted(held.len() as u64, "telegram")) " with one number" }
                h1.mrn { (clean(mrn)) }
                p.lead { "Corrected copies, repeats with other words, or a number used twice. All are kept:" }
                (entries(held))
                @if !citing.is_empty() {
                    h2 { "Cited by" }
                    (entries(citing))
                }
            }
        },
    )
}

/// Telegrams in a list: number, date, subject.
pub(crate) fn entries(entries: &[Entry]) -> Markup {
    html! {
        ol.entries {
            @for entry in entries {
                li {
                    a href=(address::id(entry.id)) {
                        span.mrn { (clean(entry.card.mrn.as_deref().unwrap_or("without a number"))) }
                        @match &entry.card.subject {
                            Some(subject) => { " " span.subject { (clean(subject)) } },
                            None => { " " span.subject { (clean(&route(&entry.card))) } },
                        }
                    }
                    span.when {
                        @if let Some(class) = entry.card.classification { (classification(class)) " " }
                        @if let Some(dtg) = entry.card.dtg { (date(dtg)) }
                    }
                }
            }
        }
    }
}
