//! `reftel reindex`

use std::path::Path;
use std::time::Instant;

use reftel_archive::Writer;

use super::meter::Meter;
use super::stop::Stop;
use super::terminal::Screen;
use super::{Failure, Status};
use crate::fault::Guard;

/// Make cards, references and index anew from the original texts
///
/// Needed when a new version of the program reads telegrams better, or when the index is damaged or gone.
/// The original texts stay as they are.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done, 2 an error, 130 stopped.

Example: reftel reindex --archive ~/archive")]
pub(crate) struct Reindex {}

impl Reindex {
    #[allow(clippy::unused_self, reason = "all commands are run alike")]
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        // A writer would make an archive where there is none.
        match super::archive(dir) {
            Err(failure) if !dir.join("archive.sqlite").exists() => return Err(failure),
            // What else is the matter may be just what reindexing mends.
            _ => {}
        }
        let stop = Stop::on_signal()?;
        let _guard = Guard::new();
        let started = Instant::now();
        let mut writer = Writer::open(dir)?;
        let mut meter = Meter::new("reindexed", screen);
        let done = writer.reindex(&mut |progress| {
            meter.update(progress);
            !stop.asked()
        });
        meter.clear();
        done?;
        if stop.asked() {
            screen.say("stopped; run `reftel reindex` again to complete it");
            return Ok(Status::Stopped);
        }
        screen.line(&format!("reindexed in {:.1} s", started.elapsed().as_secs_f64()))?;
        Ok(Status::Fine)
    }
}
