//! Posts and TAGS, to wander through.

use maud::{Markup, html};

use super::home::bars;
use crate::web::explain;
use crate::web::layout::{Frame, page as framed};
use crate::web::room::Home;
use crate::web::text::{count, counted};

/// How many rows a page lists: more than there ever were posts of one service.
const ROWS: usize = 2_000;

/// The posts that sent telegrams.
pub(crate) fn posts(home: Option<&Home>) -> Markup {
    let frame = Frame { title: "Posts", here: "/posts", query: Some(""), ..Frame::default() };
    let rows = home.map(|home| home.holdings.posts.as_slice()).unwrap_or_default();
    let label = |post: &str| match explain::post(post) {
        Some(display) => (format!("{post} · {display}"), ""),
        None => (post.to_owned(), ""),
    };
    framed(
        &frame,
        &html! {
            div.plain {
                h1 { "Posts" }
                p.lead { (counted(rows.len() as u64, "originator")) ", by how many of their telegrams are here." }
                (bars(&rows[..rows.len().min(ROWS)], "from", label))
                (cut_off(rows.len()))
            }
        },
    )
}

/// The TAGS in use.
pub(crate) fn tags(rows: &[(String, u64)]) -> Markup {
    let frame = Frame { title: "TAGS", here: "/tags", query: Some(""), ..Frame::default() };
    let label = |tag: &str| match explain::tag(tag, None) {
        Some(meaning) => (format!("{tag} · {meaning}"), ""),
        None => (tag.to_owned(), ""),
    };
    framed(
        &frame,
        &html! {
            div.plain {
                h1 { "TAGS" }
                p.lead {
                    "Traffic analysis by geography and subject: the codes by which telegrams were filed. "
                    "What a place's code means changed about 1990 and 2016; here it is given as in between."
                }
                (bars(&rows[..rows.len().min(ROWS)], "tags", label))
                (cut_off(rows.len()))
            }
        },
    )
}

fn cut_off(rows: usize) -> Markup {
    html! { @if rows > ROWS { p.muted { "And " (count((rows - ROWS) as u64)) " more." } } }
}
