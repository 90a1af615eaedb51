//! What a page says when there is no page.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::html;
use reftel_archive::ErrorKind;

use crate::web::layout::{Frame, page};
use crate::web::text::sentence;

/// Why a request gets no page, in words for the reader.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    title: &'static str,
    message: String,
    no_archive: bool,
}

impl Failure {
    fn new(status: StatusCode, title: &'static str, message: impl Into<String>) -> Failure {
        Failure { status, title, message: message.into(), no_archive: false }
    }

    /// There is no such page.
    pub(crate) fn no_page() -> Failure {
        Failure::new(StatusCode::NOT_FOUND, "No such page", "Nothing is kept at this address.")
    }

    /// The address isn't text.
    pub(crate) fn address() -> Failure {
        Failure::new(
            StatusCode::BAD_REQUEST,
            "No such address",
            "This address can't be read: what it has behind its percent signs is no text.",
        )
    }

    /// There is no such number, and nobody cites it.
    pub(crate) fn no_number(mrn: &str) -> Failure {
        let message = format!("{mrn} is not in this archive, and no telegram that is here cites it.");
        Failure::new(StatusCode::NOT_FOUND, "No such telegram", message)
    }

    /// The room is for reading.
    pub(crate) fn method() -> Failure {
        Failure::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "This room is for reading",
            "Nothing can be sent to it or changed in it.",
        )
    }

    /// The request is for another host.
    pub(crate) fn host() -> Failure {
        Failure::new(
            StatusCode::MISDIRECTED_REQUEST,
            "Not by that name",
            "The reading room answers only to this machine's own names, such as 127.0.0.1 and localhost.",
        )
    }

    /// A mistake of ours.
    pub(crate) fn broken() -> Failure {
        Failure::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something is broken",
            "The reading room could not make this page. The archive is not harmed by it.",
        )
    }

    /// Whether it is that no archive is there yet.
    pub(crate) fn is_no_archive(&self) -> bool {
        self.no_archive
    }
}

impl From<reftel_archive::Error> for Failure {
    fn from(error: reftel_archive::Error) -> Failure {
        let (status, title) = match error.kind() {
            ErrorKind::NotFound => (StatusCode::NOT_FOUND, "Not in this archive"),
            ErrorKind::Query => (StatusCode::BAD_REQUEST, "This can’t be looked for"),
            ErrorKind::Busy => (StatusCode::SERVICE_UNAVAILABLE, "The archive is busy"),
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "The archive could not be read"),
        };
        let help = match error.kind() {
            ErrorKind::Index => " Close the room and run reftel reindex, which makes the index anew.",
            ErrorKind::Damaged => " Run reftel verify, which says what is damaged and what to do.",
            _ => "",
        };
        let no_archive = error.kind() == ErrorKind::NotFound;
        Failure { no_archive, ..Failure::new(status, title, format!("{error}.{help}")) }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let frame = Frame { title: self.title, query: Some(""), ..Frame::default() };
        let main = html! {
            div.plain {
                h1 { (self.title) }
                p.lead { (sentence(&self.message)) }
                p { a href="/" { "To the reading room" } " · " a href="/about" { "Help" } }
            }
        };
        let mut response = (self.status, page(&frame, &main)).into_response();
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        }
        response
    }
}
