//! The books: what came in, and what became of it.

use maud::{Markup, html};
use reftel_archive::{Books, Rejected};

use crate::web::layout::{Frame, page as framed};
use crate::web::text::{clean, count, counted, size};

/// Rejected files on a page.
const ROWS: usize = 200;

/// The balance, and the files that gave no telegram.
pub(crate) fn page(books: &Books, rejected: &[Rejected], page: usize) -> Markup {
    let frame = Frame { title: "The books", here: "/books", query: Some(""), ..Frame::default() };
    let rows = [
        ("Files that gave telegrams", books.kept),
        ("Files whose telegrams were there already", books.duplicates),
        ("Files without a telegram", books.not_telegrams),
        ("Files that could not be read", books.failed),
    ];
    let pages = rejected.len().div_ceil(ROWS).max(1);
    let shown = rejected.chunks(ROWS).nth(page - 1).unwrap_or_default();
    framed(
        &frame,
        &html! {
            div.plain {
                h1 { "The books" }
                p.lead { "Every file that came in is accounted for." }
                table.figures {
                    caption.unseen { "What became of the files" }
                    tbody { @for (what, n) in rows { tr { th scope="row" { (what) } td { (count(n)) } } } }
                    tfoot { tr { th scope="row" { "Files seen" } td { (count(books.seen)) } } }
                }
                p {
                    (counted(books.telegrams, "telegram")) " in the archive, from " (counted(books.texts, "original text"))
                    " of " (size(books.text_bytes)) "; " (size(books.disk_bytes)) " on disk."
                }
                @if !rejected.is_empty() {
                    h2 { "Files that gave no telegram" }
                    div.scroll tabindex="0" role="region" aria-label="Files that gave no telegram" {
                        table.list {
                            thead { tr { th scope="col" { "File" } th scope="col" { "State" } th scope="col" { "Why" } } }
                            tbody {
                                @for row in shown {
                                    tr {
                                        td { code { (clean(&row.path.display().to_string())) } }
                                        td { (row.state) }
                                        td { (clean(&row.reason)) }
                                    }
                                }
                            }
                        }
                    }
                    @if pages > 1 {
                        nav.paging aria-label="Pages" {
                            ul {
                                @if page > 1 { li { a rel="prev" href=(format!("/books?page={}", page - 1)) { "← Previous" } } }
                                li { span { "Page " (page) " of " (count(pages as u64)) } }
                                @if page < pages { li { a rel="next" href=(format!("/books?page={}", page + 1)) { "Next →" } } }
                            }
                        }
                    }
                }
            }
        },
    )
}
