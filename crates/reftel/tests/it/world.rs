//! What the tests share: the program, and an archive of the sample.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// The program, without what a user's environment may say.
pub(crate) fn reftel() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reftel"));
    command.stdin(Stdio::null()).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

/// Runs the program to its end.
pub(crate) fn run(arguments: &[&str]) -> Ran {
    Ran::new(reftel().args(arguments).output().unwrap())
}

/// Runs the program with this standard input.
pub(crate) fn run_with(arguments: &[&str], input: &[u8]) -> Ran {
    let mut command = reftel();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writing = std::thread::spawn(move || stdin.write_all(&input));
    let ran = Ran::new(child.wait_with_output().unwrap());
    writing.join().unwrap().unwrap();
    ran
}

/// What a run gave.
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) out: String,
    pub(crate) error: String,
}

impl std::fmt::Debug for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "status {:?}\n{}\n{}", self.status, self.out, self.error)
    }
}

impl Ran {
    fn new(output: Output) -> Ran {
        Ran {
            status: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            error: String::from_utf8_lossy(&output.stderr).into_owned(),
            bytes: output.stdout,
        }
    }

    /// Runs a program that is ready to run.
    pub(crate) fn of(command: &mut Command) -> Ran {
        Ran::new(command.output().unwrap())
    }

    /// The lines of output, each read as JSON.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A telegram of the sample.
pub(crate) fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample/telegrams").join(name)
}

/// An archive of the sample, imported once.
pub(crate) fn archive() -> &'static str {
    static ARCHIVE: OnceLock<String> = OnceLock::new();
    ARCHIVE.get_or_init(|| {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sample-archive");
        let _ = std::fs::remove_dir_all(&dir);
        let dir = dir.to_str().unwrap().to_owned();
        let ran = run(&["import", sample("").to_str().unwrap(), "--archive", &dir]);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        dir
    })
}

/// Runs the program on the archive of the sample.
pub(crate) fn ask(arguments: &[&str]) -> Ran {
    run(&[arguments, &["--archive", archive()]].concat())
}
