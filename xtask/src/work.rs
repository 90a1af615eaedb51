//! That reading takes no more than its input: work counted, not time.
//!
//! Time depends on the machine and on who else uses it; how often each piece of the program ran doesn't. The
//! compiler can count that (`-C instrument-coverage`, on stable). The reader is built so, fed each shape of text
//! in sizes of n, 2n and 4n, and the counts are added up: if they more than double where the text doubles, the
//! reader looks at something again and again. Nesting, long lines and many of anything are shapes of the program
//! `work` beside this one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use xtask::{cargo, root};

/// The smallest size of a text, in bytes.
const SIZE: u64 = 48 * 1024;

/// How much more the double may take. Tables that double their room, and what is done once, move it from 2.
const GROWTH_MAX: f64 = 2.2;

/// Counts the work on every shape, and fails where it grows faster than the text.
pub(crate) fn run() -> Result<(), String> {
    let program = build()?;
    let mut list = Command::new(&program);
    list.env("LLVM_PROFILE_FILE", "/dev/null");
    let shapes = output(list)?;
    let mut faults = Vec::new();
    println!("{:20} {:>12} {:>12} {:>12}  growth", "shape", "n", "2n", "4n");
    for shape in shapes.lines() {
        let mut counts = [0; 3];
        for (count, size) in counts.iter_mut().zip([SIZE, 2 * SIZE, 4 * SIZE]) {
            *count = work(&program, shape, size)?;
        }
        let [once, twice, four] = counts;
        let growth = [ratio(twice, once), ratio(four, twice)];
        println!("{shape:20} {once:>12} {twice:>12} {four:>12}  {:.2} {:.2}", growth[0], growth[1]);
        if growth.iter().any(|growth| *growth > GROWTH_MAX) || once < SIZE {
            faults.push(shape);
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(format!("work grows faster than the text, or wasn't counted: {}", faults.join(", ")))
}

#[allow(clippy::cast_precision_loss, reason = "two figures are wanted")]
fn ratio(more: u64, less: u64) -> f64 {
    more as f64 / less.max(1) as f64
}

/// Builds the example with counters, in a folder of its own.
fn build() -> Result<PathBuf, String> {
    let folder = target().join("work");
    let mut command = cargo();
    command.args(["build", "--quiet", "--release", "--package", "xtask", "--bin", "work"]);
    command.arg("--target-dir").arg(&folder);
    command.env("RUSTFLAGS", "-C instrument-coverage").env("LLVM_PROFILE_FILE", "/dev/null");
    output(command)?;
    Ok(folder.join("release/work"))
}

#[allow(clippy::disallowed_methods, reason = "cargo says where it builds by its environment")]
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

fn output(mut command: Command) -> Result<String, String> {
    let name = command.get_program().display().to_string();
    let ran = command.output().map_err(|error| format!("couldn't start `{name}`: {error}"))?;
    if !ran.status.success() {
        return Err(format!("`{name}` failed: {}", String::from_utf8_lossy(&ran.stderr)));
    }
    Ok(String::from_utf8_lossy(&ran.stdout).into_owned())
}

/// How often the pieces of the program ran on a text of that shape and size, all together.
fn work(program: &Path, shape: &str, size: u64) -> Result<u64, String> {
    let counts = program.with_extension("profraw");
    let mut command = Command::new(program);
    command.arg(shape).arg(size.to_string()).env("LLVM_PROFILE_FILE", &counts);
    output(command)?;
    let raw = fs::read(&counts).map_err(|error| format!("can't read `{}`: {error}", counts.display()))?;
    sum(&raw).ok_or_else(|| "the counters are in a form that this chore doesn't know".to_owned())
}

/// The sum of the counters in a raw profile of LLVM, version 8 to 10.
///
/// A header of 64-bit numbers says how much of each part there is; the counters come behind the functions.
fn sum(raw: &[u8]) -> Option<u64> {
    let number = |at: usize| {
        let bytes = raw.get(at * 8..at * 8 + 8)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    };
    let magic = u64::from_be_bytes(*b"\xfflprofr\x81");
    let version = number(1)? & 0xff;
    if number(0)? != magic || !(8..=10).contains(&version) {
        return None;
    }
    // The words of the header, and of what is known of a function.
    let (header, function) = match version {
        8 => (11, 6),
        9 => (14, 8),
        _ => (16, 8),
    };
    let size = |at| number(at).and_then(|number| usize::try_from(number).ok());
    let (ids, functions, gap, counters) = (size(2)?, size(3)?, size(4)?, size(5)?);
    let first = header + ids / 8 + functions.checked_mul(function)? + gap / 8;
    (first..first.checked_add(counters)?).try_fold(0_u64, |sum, at| sum.checked_add(number(at)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_found_behind_the_functions() {
        let mut words = vec![u64::from_be_bytes(*b"\xfflprofr\x81"), 10, 8, 1, 8, 3];
        words.resize(16, 0);
        words.extend([77; 1 + 8 + 1]); // an id, a function, a gap
        words.extend([1, 20, 300]);
        let raw = |words: &[u64]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>();
        assert_eq!(sum(&raw(&words)), Some(321));
        assert_eq!(sum(&raw(&words[..words.len() - 1])), None, "cut off");
        words[1] = 99;
        assert_eq!(sum(&raw(&words)), None, "another version");
        assert_eq!(sum(b""), None);
    }
}
