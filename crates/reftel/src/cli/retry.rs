//! `reftel retry`

use std::path::Path;
use std::time::Instant;

use reftel_archive::{Retried, Retry as Wanted, Writer};

use super::meter::{Meter, balance};
use super::stop::Stop;
use super::terminal::{Screen, count, counted};
use super::{Failure, Status, copies};
use crate::fault::Guard;

/// Read again what failed, and what an older reader read
///
/// Files that could not be read are opened again; of a container, what was kept before stays as it is. Originals that
/// an older version of their reader read are read anew from the archive, and only the cards that come out differently
/// are written. With neither `--failed` nor `--outdated`, both.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done, 2 an error, 130 stopped.

Examples:
  reftel retry --failed
  reftel retry --collection \"Ferry office\"")]
pub(crate) struct Retry {
    /// Files that could not be read
    #[arg(long)]
    failed: bool,

    /// What an older version of its reader read
    #[arg(long)]
    outdated: bool,

    /// Read scans of pages with Tesseract, where it is installed: some seconds a page
    #[arg(long)]
    ocr: bool,

    /// Only in this collection
    #[arg(long, value_name = "NAME")]
    collection: Option<String>,
}

impl Retry {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        // A writer would make an archive where there is none.
        drop(super::archive(dir)?);
        let both = !self.failed && !self.outdated;
        let wanted = Wanted {
            failed: self.failed || both,
            outdated: self.outdated || both,
            collection: self.collection.as_deref().map(|name| name.trim().to_owned()),
        };
        let stop = Stop::on_signal()?;
        let _guard = Guard::new();
        let started = Instant::now();
        let mut writer = Writer::open(dir)?;
        super::collection::equip(&mut writer, self.ocr);
        let mut meter = Meter::new("read again", screen);
        let retried = writer.retry(&wanted, &mut |progress| {
            meter.update(progress);
            !stop.asked()
        });
        meter.clear();
        let retried = retried?;
        if wanted.outdated {
            screen.line(&outdated(&retried))?;
        }
        if wanted.failed && (retried.imported.seen > 0 || !retried.stopped) {
            screen.line(&balance(&retried.imported, started.elapsed()))?;
        }
        if retried.stopped {
            screen.say("stopped; run it again to complete it");
            return Ok(Status::Stopped);
        }
        if retried.imported.telegrams > 0 {
            return copies::find(&mut writer, &stop, screen);
        }
        Ok(Status::Fine)
    }
}

/// `12 originals of older readers: 3 telegrams changed`
fn outdated(retried: &Retried) -> String {
    if retried.outdated == 0 {
        return "nothing was read by an older reader".to_owned();
    }
    let originals = counted(retried.outdated, "original");
    let verb = if retried.changed == 1 { "telegram" } else { "telegrams" };
    format!("{originals} of older readers: {} {verb} changed", count(retried.changed))
}
