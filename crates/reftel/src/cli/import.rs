//! `reftel import`

use std::path::{Path, PathBuf};
use std::time::Instant;

use reftel_archive::{Archive, Shelf, Writer};

use super::meter::{Meter, balance};
use super::stop::Stop;
use super::terminal::Screen;
use super::{Failure, Status, copies};
use crate::fault::Guard;
use crate::hand::is_one_line;

/// Read telegrams into an archive
///
/// Reads every file under the paths that the archive's books don't have yet, and keeps each telegram once.
/// Files are told by their content. One that is a collection, such as a zip, a table, a volume or a mailbox, is gone
/// through to the last of its documents; `reftel sources` lists what is read. Shows how it goes on standard error, and prints a balance of the files at the end; `reftel books` lists
/// those that gave no telegram, with the reason. Then the new telegrams are set against all others, and copies of one
/// telegram gather: `reftel copies`. Ctrl-C ends it at a safe place: what was read is kept, and
/// importing again completes it. At the end it says which watch lists found something in what is new.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done, also if there was nothing new; 2 an error; 130 stopped.

Examples:
  reftel import ~/telegrams --archive ~/archive
  reftel import --collection \"Ferry office\" --profile mine.toml table.csv")]
pub(crate) struct Import {
    /// Files and directories
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// What these files are called together; `in:NAME` finds their telegrams, and `reftel books` counts them
    #[arg(long, value_name = "NAME", value_parser = named)]
    collection: Option<String>,

    /// Read scans of pages with Tesseract, where it is installed: some seconds a page
    #[arg(long)]
    ocr: bool,

    /// Leave it to `reftel copies --find` to set the new telegrams against all others
    #[arg(long)]
    no_copies: bool,

    /// A profile of a collection, beside those that are built in; may be given several times. The archive keeps what
    /// it reads by
    #[arg(long, value_name = "FILE")]
    profile: Vec<PathBuf>,
}

/// A collection's name: something that can be seen, in one line.
pub(super) fn named(name: &str) -> Result<String, String> {
    let name = name.trim();
    if !is_one_line(name, NAME_MAX) {
        return Err(format!("a name has 1 to {NAME_MAX} characters, in one line"));
    }
    Ok(name.to_owned())
}

/// The characters of a collection's name at most: what fits a line.
const NAME_MAX: usize = 100;

impl Import {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let profiles = super::collection::own(&self.profile)?;
        super::there(&self.paths)?;
        let label = Shelf { collection: self.collection.clone(), profiles };
        let stop = Stop::on_signal()?;
        // The books say of which file the reader made nothing.
        let _guard = Guard::new();
        let started = Instant::now();
        let mut writer = Writer::open(dir)?;
        let before = Archive::open(dir)?.last()?;
        super::collection::equip(&mut writer, self.ocr);
        let mut meter = Meter::new("imported", screen);
        let imported = writer.import_as(&self.paths, &label, &mut |progress| {
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
        let mut status = Status::Fine;
        if imported.telegrams > 0 && !self.no_copies {
            screen.flush()?;
            status = copies::find(&mut writer, &stop, screen)?;
        }
        if imported.telegrams > 0 {
            screen.flush()?;
            for line in super::watchlist::tell_new(&Archive::open(dir)?, before)? {
                screen.say(&line);
            }
        }
        Ok(status)
    }
}
