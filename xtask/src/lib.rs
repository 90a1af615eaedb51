//! What the chores share with the measurements in `benches`: invented telegrams, and where things lie.

use std::path::{Path, PathBuf};

pub mod generate;

pub mod corpora;

/// The repository's top directory.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// An environment variable that isn't empty; the one place where the chores look at the environment.
#[allow(clippy::disallowed_methods, reason = "this is the place")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The program that builds, as whoever called this has it.
pub fn cargo() -> std::process::Command {
    let program = environment("CARGO").unwrap_or_else(|| "cargo".to_owned());
    let mut command = std::process::Command::new(program);
    command.current_dir(root());
    command
}

/// Reads the value of a numeric option; underscores group digits.
pub fn number(option: &str, value: &str) -> Result<u64, String> {
    value.replace('_', "").parse().map_err(|_| format!("`{option}` wants a whole number, not `{value}`"))
}
