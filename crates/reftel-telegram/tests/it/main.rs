//! The format crate against its fixtures, and against anything.
#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::format_push_string, reason = "pages and dumps are put together line by line")]

mod corpus;

mod draft;

mod fixtures;

mod kept;
mod lossless;

mod random;

mod sections;

mod write;
