//! The whole program, run as a user runs it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod world;

mod writing;

mod reading;

mod collections;

mod check;

mod export;

mod archive;
mod bag;
mod desk;
mod meaning;
#[path = "../../../reftel-archive/tests/it/model.rs"]
mod model;

mod room;

mod watch;

mod pdf;

mod browser;
