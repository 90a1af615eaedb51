//! Collections as they come, and as somebody would make them who means harm.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod containers;
mod corpus;
mod hostile;
mod laws;
mod readers;
mod world;
