//! The program: reads telegrams, keeps them, finds them, and shows them.

mod around;
mod cli;
mod copies;
mod family;
mod fault;
mod hand;
mod json;
mod json_read;
mod pdf;
mod request;
mod sample;
mod series;
mod web;
mod wording;

use std::process::ExitCode;

/// Telegrams are read into many small values, on all cores: the system's allocator takes turns, this one
/// doesn't.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    fault::install();
    cli::main()
}
