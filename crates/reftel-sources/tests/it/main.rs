//! Collections as they come, and as somebody would make them who means harm.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod containers;
mod hostile;
mod readers;
mod world;
