//! The program: reads telegrams, keeps them, finds them, and shows them.

mod cli;
mod fault;
mod json;
mod sample;
mod web;
mod wording;

use std::process::ExitCode;

fn main() -> ExitCode {
    fault::install();
    cli::main()
}
