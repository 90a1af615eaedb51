//! The frame around every page.

use maud::{DOCTYPE, Markup, html};

use super::assets;
use super::text::clean;

/// What a page tells its frame.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Frame<'a> {
    /// The title, for the window and for those who listen.
    pub(crate) title: &'a str,
    /// Which entry of the navigation this page is.
    pub(crate) here: &'a str,
    /// The query in the head's search box. `None` leaves the box out, where the page has its own.
    pub(crate) query: Option<&'a str>,
    /// The address by which this page wants to be known.
    pub(crate) canonical: Option<&'a str>,
    /// Whether the page has fields to light up.
    pub(crate) fields: bool,
}

/// The pages that every page leads to.
const NAVIGATION: [(&str, &str); 6] = [
    ("/posts", "Posts"),
    ("/tags", "TAGS"),
    ("/gaps", "Gaps"),
    ("/saved", "Saved"),
    ("/books", "Books"),
    ("/about", "Help"),
];

/// A whole page.
pub(crate) fn page(frame: &Frame<'_>, main: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (clean(frame.title)) " · Reftel" }
                link rel="stylesheet" href=(assets::link("room.css"));
                @if frame.fields { link rel="stylesheet" href=(assets::link("fields.css")); }
                link rel="icon" type="image/svg+xml" href=(assets::link("mark.svg"));
                @if let Some(address) = frame.canonical { link rel="canonical" href=(address); }
                script src=(assets::link("room.js")) defer {}
            }
            body {
                a.skip href="#main" { "Skip to the page" }
                header.masthead {
                    div.wrap {
                        a.wordmark href="/" aria-current=[(frame.here == "/").then_some("page")] {
                            "Reftel " span { "reading room" }
                        }
                        @if let Some(query) = frame.query { (search_box(query, "head-q", false)) }
                        nav aria-label="Main" {
                            ul {
                                @for (address, name) in NAVIGATION {
                                    li {
                                        a href=(address) aria-current=[(frame.here == address).then_some("page")] {
                                            (name)
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                main.wrap #main tabindex="-1" { (main) }
                footer.colophon {
                    div.wrap {
                        p {
                            "Served from this machine alone. Classification markings are those of the time of \
                             writing; they are shown as printed."
                        }
                    }
                }
            }
        }
    }
}

/// The one box.
pub(crate) fn search_box(query: &str, id: &str, large: bool) -> Markup {
    html! {
        search {
            form.search.large[large] action="/search" method="get" {
                label.unseen[!large] for=(id) { "Search the telegrams" }
                div.box {
                    input #(id) type="search" name="q" value=(query) accesskey="s" autocomplete="off"
                        autocapitalize="off" spellcheck="false" list={ (id) "-list" }
                        aria-describedby=[large.then_some("search-hint")];
                    button type="submit" { "Search" }
                }
                // A script puts in its place how what was typed could go on.
                datalist id={ (id) "-list" } {
                    @for (name, finds) in reftel_archive::Query::fields() {
                        option value={ (name) ":" } { (finds) }
                    }
                    @for (name, what) in reftel_archive::query::IS { option value={ "is:" (name) } { (what) } }
                    @for (name, what) in reftel_archive::query::HAS { option value={ "has:" (name) } { (what) } }
                }
                @if large {
                    p.hint #search-hint {
                        "Words, " code { "\"phrases\"" } ", " code { "from:POST" } ", " code { "date:1974..1976" } ", "
                        code { "tags:ETRD" } ", " code { "-not" } ". "
                        a href="/about#query" { "All query words" }
                    }
                }
            }
        }
    }
}

/// A classification, with its colour and its word.
pub(crate) fn classification(word: &str) -> Markup {
    html! { span class=(format!("chip {}", classification_class(word))) { (word) } }
}

/// The style of a classification: by its word, so never by colour alone.
pub(crate) fn classification_class(word: &str) -> &'static str {
    match word {
        "TOP SECRET" => "c-ts",
        "SECRET" => "c-s",
        "CONFIDENTIAL" => "c-c",
        "RESTRICTED" => "c-r",
        "UNCLASSIFIED" => "c-u",
        _ => "c-none",
    }
}
