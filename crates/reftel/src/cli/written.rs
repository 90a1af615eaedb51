//! What a command that writes telegrams makes of each file, and how it is given out.

use std::path::PathBuf;

use super::terminal::Screen;
use super::{Failure, Status, input};

/// What is written for one file.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) text: String,
    /// What isn't the same as in the file.
    pub(super) losses: Vec<String>,
    /// What else there is to say.
    pub(super) notes: Vec<String>,
}

/// Writes each file: its text to standard output, what there is to say to standard error. A file that can't be
/// written costs only itself.
pub(super) fn each(
    files: &[PathBuf],
    screen: &mut Screen,
    write: impl Fn(&str, &[u8]) -> Result<Written, Vec<Failure>>,
) -> Result<Status, Failure> {
    let mut status = Status::Fine;
    for path in files {
        let bytes = input::read(path).map_err(|failure| vec![failure]);
        match bytes.and_then(|bytes| write(&input::name(path), &bytes)) {
            Ok(written) => {
                screen.text(&written.text)?;
                screen.flush()?;
                written.losses.iter().chain(&written.notes).for_each(|remark| screen.say(remark));
                if !written.losses.is_empty() && status == Status::Fine {
                    status = Status::Negative;
                }
            }
            Err(failures) => {
                screen.flush()?;
                for failure in &failures {
                    screen.complain(failure);
                }
                status = Status::Trouble;
            }
        }
    }
    Ok(status)
}
