//! JSON pointers to every value with a place.

use crate::{Record, Span};

pub(crate) fn spans(_record: &Record) -> Vec<(String, Span)> {
    Vec::new()
}
