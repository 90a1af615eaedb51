//! `reftel verify`

use std::path::Path;
use std::time::Duration;

use indicatif::ProgressBar;

use super::terminal::{Screen, counted};
use super::{Failure, Status};

/// Check that the archive still holds what it was given
///
/// Reads every original text back, makes its hash anew, and compares. Prints the hashes that don't match.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 sound, 1 damaged, 2 an error.

Example: reftel verify --archive ~/archive")]
pub(crate) struct Verify {}

impl Verify {
    #[allow(clippy::unused_self, reason = "all commands are run alike")]
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let archive = super::archive(dir)?;
        let bar = if screen.error_terminal { ProgressBar::new(0) } else { ProgressBar::hidden() };
        bar.enable_steady_tick(Duration::from_millis(200));
        let verified = archive.verify(&mut |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        });
        bar.finish_and_clear();
        let (checked, damaged) = verified?;
        for hash in &damaged {
            screen.line(hash)?;
        }
        screen.flush()?;
        if damaged.is_empty() {
            screen.line(&format!("{} checked, all sound", counted(checked, "text")))?;
            return Ok(Status::Fine);
        }
        screen.complain(
            &Failure::new(format!("{} of {} damaged", damaged.len(), counted(checked, "text")))
                .help("import the files that they came from again, into a new archive"),
        );
        Ok(Status::Negative)
    }
}
