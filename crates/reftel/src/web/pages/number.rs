//! The page of a number that not exactly one telegram here carries.

use maud::{Markup, html};
use reftel_archive::{Entry, Phantom};

use crate::request;
use crate::web::address;
use crate::web::layout::{Frame, classification, page};
use crate::web::pages::home::date;
use crate::web::text::{clean, counted};
use crate::wording::title;

/// A number that telegrams here cite, and none carries.
pub(crate) fn missing(mrn: &str, citing: &[Entry], phantom: Option<&Phantom>) -> Markup {
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
                    @if citing.len() == 1 { "cites" } @else { "cite" } " it."
                }
                @match phantom {
                    Some(phantom) => (known(phantom)),
                    None => (entries(citing)),
                }
            }
        },
    )
}

/// What is known of a telegram that isn't here.
fn known(phantom: &Phantom) -> Markup {
    html! {
        dl.known {
            dt { "Sent" } dd { (request::window(phantom)) }
            @for (name, entry) in [("The one before it", &phantom.between.0), ("The one behind it", &phantom.between.1)] {
                @if let Some(entry) = entry {
                    dt { (name) }
                    dd {
                        a href=(address::id(entry.id)) { span.mrn { (clean(entry.card.mrn.as_deref().unwrap_or_default())) } }
                        @if let Some(dtg) = entry.card.dtg { " " (date(dtg)) }
                    }
                }
            }
            dt { "Series" } dd { a href=(address::gaps(&phantom.post)) { "What is missing of " (clean(&phantom.post)) } }
        }
        @if !phantom.alternatives.is_empty() {
            h2 { "It may be" }
            ol.entries {
                @for other in &phantom.alternatives {
                    li {
                        a href=(address::id(other.entry.id)) {
                            span.mrn { (clean(other.entry.card.mrn.as_deref().unwrap_or("without a number"))) }
                            " " span.subject { (clean(other.entry.card.subject.as_deref().unwrap_or_default())) }
                        }
                        span.when { (format!("{:.0} %", other.confidence * 100.0)) }
                        p.muted { (other.reasons.join("; ")) }
                    }
                }
            }
        }
        h2 { "Who cites it, and what they say" }
        ol.entries {
            @for (entry, says) in &phantom.cited_by {
                li {
                    a href=(address::id(entry.id)) {
                        span.mrn { (clean(entry.card.mrn.as_deref().unwrap_or("without a number"))) }
                        " " span.subject { (clean(entry.card.subject.as_deref().unwrap_or_default())) }
                    }
                    span.when { @if let Some(dtg) = entry.card.dtg { (date(dtg)) } }
                    @if let Some(says) = says { p.says { "“" (clean(says)) "”" } }
                }
            }
        }
        details {
            summary { "A request for it, to be signed" }
            pre.letter { (clean(&request::letter(phantom))) }
        }
    }
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
                p { a href=(address::copies(mrn)) { "Set against one another" } }
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
    html! { ol.entries { @for entry in entries { (entry_because(entry, None)) } } }
}

/// One of a list, and why it is in it.
pub(crate) fn entry_because(entry: &Entry, because: Option<String>) -> Markup {
    html! {
        li {
            a href=(address::id(entry.id)) {
                span.mrn { (clean(entry.card.mrn.as_deref().unwrap_or("without a number"))) }
                " " span.subject { (clean(&title(&entry.card))) }
            }
            span.when {
                @if let Some(class) = entry.card.classification { (classification(class)) " " }
                @if let Some(dtg) = entry.card.dtg { (date(dtg)) }
            }
            @if let Some(because) = because { p.muted { (clean(&because)) } }
        }
    }
}
