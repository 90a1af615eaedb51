//! `reftel import`

use std::path::{Path, PathBuf};
use std::time::Instant;

use reftel_archive::Writer;

use super::meter::{Meter, balance};
use super::stop::Stop;
use super::terminal::Screen;
use super::{Failure, Status};
use crate::fault::Guard;

/// Read telegrams into an archive
///
/// Reads every file under the paths that the archive's books don't have yet, and keeps each telegram once.
/// Shows how it goes on standard error, and prints a balance of the files at the end; `reftel books` lists
/// those that gave no telegram, with the reason. Ctrl-C ends it at a safe place: what was read is kept, and
/// importing again completes it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done, also if there was nothing new; 2 an error; 130 stopped.

Example: reftel import ~/telegrams --archive ~/archive")]
pub(crate) struct Import {
    /// Files and directories
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

impl Import {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let stop = Stop::on_signal()?;
        // The books say of which file the reader made nothing.
        let _guard = Guard::new();
        let started = Instant::now();
        let mut writer = Writer::open(dir)?;
        let mut meter = Meter::new("imported", screen);
        let imported = writer.import(&self.paths, &mut |progress| {
            meter.update(progress);
            !stop.asked()
        });
        meter.clear();
        let imported = imported?;
        screen.line(&balance(&imported, started.elapsed()))?;
        if imported.stopped {
            screen.say("stopped; what was read is kept, and importing again completes it");
            return Ok(Status::Stopped);
        }
        Ok(Status::Fine)
    }
}
