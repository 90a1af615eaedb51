//! What goes in: files, and standard input as `-`.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use reftel_telegram::{Context, Diagnostic, Purpose, Reading};

use super::failure::Failure;
use crate::fault;

/// The name of an input, for a person. `-` is standard input.
pub(crate) fn name(path: &Path) -> String {
    if path == Path::new("-") { "<stdin>".to_owned() } else { path.display().to_string() }
}

/// All bytes of an input.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    not_a_directory(path)?;
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().read_to_end(&mut bytes)
    } else {
        fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    read.map_err(|error| Failure::file(name(path), &error))?;
    Ok(bytes)
}

/// Refuses a directory, which no system has clear words for.
pub(crate) fn not_a_directory(path: &Path) -> Result<(), Failure> {
    if path != Path::new("-") && path.is_dir() {
        return Err(Failure::new(format!("`{}` is a directory", path.display()))
            .help("give its files, or `reftel import` it"));
    }
    Ok(())
}

/// What the reader makes of an input. A fault in the reader costs this input alone.
pub(crate) fn telegrams(name: &str, bytes: &[u8], context: &Context) -> Result<Vec<Reading>, Failure> {
    fault::guarded(|| reftel_telegram::read(bytes, context))
        .ok_or_else(|| Failure::new(format!("{name}: a fault of ours: please report")))
}

/// What is odd about an input. A fault in a rule costs this input alone.
pub(crate) fn questioned(
    name: &str,
    bytes: &[u8],
    readings: &[Reading],
    purpose: Purpose,
) -> Result<Vec<Diagnostic>, Failure> {
    fault::guarded(|| reftel_telegram::check(bytes, readings, purpose))
        .ok_or_else(|| Failure::new(format!("{name}: a fault of ours: please report")))
}

/// A line's bytes without its end.
pub(crate) fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
