//! The format crate against its fixtures, and against anything.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod fixtures;

mod lossless;

mod random;

mod sections;
