//! What the pages load: carried in the program, so that nothing is fetched from anywhere.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::Named;
use super::fields::FIELDS_MAX;
use super::pages::failure::Failure;

const STYLE: &str = include_str!("../../assets/room.css");
const SCRIPT: &str = include_str!("../../assets/room.js");
const MARK: &str = include_str!("../../assets/mark.svg");

/// Fonts under the SIL Open Font License; see `assets/fonts/README.md`.
const FONTS: [(&str, &[u8]); 4] = [
    ("source-serif-4.woff2", include_bytes!("../../assets/fonts/source-serif-4.woff2")),
    ("source-serif-4-italic.woff2", include_bytes!("../../assets/fonts/source-serif-4-italic.woff2")),
    ("source-sans-3.woff2", include_bytes!("../../assets/fonts/source-sans-3.woff2")),
    ("source-code-pro.woff2", include_bytes!("../../assets/fonts/source-code-pro.woff2")),
];

/// Rules that light up field `n` and its place in the original together, for every `n` that a page
/// can have: the security policy lets no page carry rules of its own.
static FIELDS: LazyLock<String> = LazyLock::new(|| {
    let mut css = String::new();
    for n in 0..FIELDS_MAX {
        // Writing to a string can't fail.
        let _ = writeln!(
            css,
            ".reading:has(.f{n}:hover,.f{n}:focus-within,#o-{n}:target) .o{n},\
             .reading:has(.o{n}:hover) .f{n}{{background:var(--lit);box-shadow:0 0 0 .12em var(--lit);\
             color:var(--lit-ink)}}"
        );
    }
    css
});

/// Changes when an asset does, so that a browser keeps them for good until then.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = DefaultHasher::new();
    (STYLE, SCRIPT, MARK, FIELDS.as_str()).hash(&mut hasher);
    format!("{:08x}", hasher.finish() & 0xFFFF_FFFF)
});

/// The address of an asset, for a page.
pub(crate) fn link(name: &str) -> String {
    format!("/assets/{name}?v={}", *VERSION)
}

/// Answers for `/assets/{name}`.
pub(crate) async fn serve(Named(name): Named) -> Response {
    let (kind, bytes): (_, &'static [u8]) = match name.as_str() {
        "room.css" => ("text/css; charset=utf-8", STYLE.as_bytes()),
        "fields.css" => ("text/css; charset=utf-8", FIELDS.as_bytes()),
        "room.js" => ("text/javascript; charset=utf-8", SCRIPT.as_bytes()),
        "mark.svg" => ("image/svg+xml", MARK.as_bytes()),
        _ => match FONTS.iter().find(|(font, _)| *font == name) {
            Some((_, bytes)) => ("font/woff2", *bytes),
            None => return Failure::no_page().into_response(),
        },
    };
    let kept = "public, max-age=31536000, immutable";
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept)], bytes).into_response()
}
