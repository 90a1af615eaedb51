//! Collections as they come, and as somebody would make them who means harm.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod containers;
mod corpus;
mod hostile;
#[path = "../../../reftel-telegram/tests/it/kept.rs"]
mod kept;
mod laws;
mod readers;
mod world;
