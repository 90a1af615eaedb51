//! `reftel restore`

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

use reftel_archive::{Archive, ErrorKind, FILE_BYTES_MAX, Restoring, Value, Verified, Whole, Writer};

use super::bag::{self, About, check, rows};
use super::export::out::{Folder, empty};
use super::meter::Meter;
use super::stop::Stop;
use super::terminal::{Screen, count, counted};
use super::{Failure, Status, copies};
use crate::fault::Guard;

/// A row of a table: 64 MB. The longest hold a path, or a profile.
const ROW_MAX: u64 = 64 << 20;

/// Make an archive again from a bag
///
/// Takes a folder that `reftel export '*' --format bagit` wrote, on this machine or another, and makes the archive
/// that it was: the same originals byte for byte, the same telegrams under the same numbers, the same books and collections.
///
/// All of the bag is checked before anything is written: that it is complete, that each file has its checksum, and that
/// nothing in it leads out of it. The archive is verified at the end, and has its name only when it is whole.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done, 2 an error, 130 stopped.

Example: reftel restore bag --archive ~/archive")]
pub(crate) struct Restore {
    /// The bag's folder
    #[arg(value_name = "BAG")]
    bag: PathBuf,
}

impl Restore {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let stop = Stop::on_signal()?;
        let _guard = Guard::new();
        let started = Instant::now();
        if dir.exists() {
            empty(dir, "say `--archive` with a new one")?;
        }
        let stopped = |screen: &Screen| {
            screen.say("stopped; nothing was restored");
            Ok(Status::Stopped)
        };
        let asked = stop.clone();
        let Some((about, found)) = check::check(&self.bag, &move |_, _| !asked.asked())? else {
            return stopped(screen);
        };
        if found.originals != about.originals {
            let (here, said) = (count(found.originals), count(about.originals));
            return Err(refuse(&format!("it should have {said} originals, and has {here}")));
        }
        tables(&self.bag)?;
        let folder = Folder::beside(dir)?;
        let Some(restoring) = self.fill(&about, folder.path(), &stop)? else { return stopped(screen) };
        let mut meter = Meter::new("read", screen);
        let verified = restoring.finish(&mut |progress| {
            meter.update(progress);
            !stop.asked()
        });
        meter.clear();
        if stop.asked() {
            return stopped(screen);
        }
        let verified = verified.map_err(of_bag)?;
        sound(&verified, &about)?;
        let archive = Archive::open(folder.path())?;
        rows::listed(&self.bag, &archive)?;
        let unfit = rows::unfit(&archive)?;
        drop(archive);
        folder.keep()?;
        screen.line(&format!(
            "{} of {} restored and verified, {:.1} s",
            counted(verified.telegrams, "telegram"),
            counted(verified.texts, "original"),
            started.elapsed().as_secs_f64()
        ))?;
        if let (number, Some(first)) = unfit {
            let corrections = counted(number, "correction");
            screen.say(&format!(
                "{corrections} can't be held by the field and isn't shown, first that of {first}; `reftel correct --list` has all"
            ));
        }
        screen.say(
            "`reftel copies --find` gathers copies of one telegram again; what was joined by hand is kept",
        );
        // Which telegrams are copies of one is found again, as after an import.
        screen.flush()?;
        copies::find(&mut Writer::open(dir)?, &stop, screen)
    }

    /// Enters all rows, and keeps all originals. `None` where it was stopped.
    fn fill(&self, about: &About, into: &Path, stop: &Stop) -> Result<Option<Restoring>, Failure> {
        let mut restoring = Restoring::begin(into, &about.archive).map_err(of_bag)?;
        for table in Whole::tables() {
            let path = self.bag.join(bag::TABLES).join(format!("{table}.jsonl"));
            let unreadable = |error: std::io::Error| Failure::file(path.display(), &error);
            let file = match File::open(&path) {
                Ok(file) => file,
                // A table that the program which wrote the bag didn't have yet.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(unreadable(error)),
            };
            let mut lines = BufReader::new(file);
            let mut number = 0_u64;
            loop {
                let mut line = String::new();
                if (&mut lines).take(ROW_MAX).read_line(&mut line).map_err(unreadable)? == 0 {
                    break;
                }
                number += 1;
                let wrong =
                    || refuse(&format!("line {number} of `{}/{table}.jsonl` isn't a row", bag::TABLES));
                let row = bag::from_json(&line).ok_or_else(wrong)?;
                if let Some(why) = rows::odd(table, &row) {
                    return Err(refuse(&format!("line {number} of `{}/{table}.jsonl`: {why}", bag::TABLES)));
                }
                if *table == "original" {
                    let bytes = self.original(&row).ok_or_else(wrong)??;
                    restoring.original(&row, &bytes).map_err(of_bag)?;
                } else {
                    restoring.row(table, &row).map_err(of_bag)?;
                }
                if stop.asked() {
                    return Ok(None);
                }
            }
        }
        Ok(Some(restoring))
    }

    /// The bytes of an original.
    fn original(&self, row: &[(String, Value)]) -> Option<Result<Vec<u8>, Failure>> {
        let hash = row.iter().find(|(name, _)| name == "hash");
        let Some((_, Value::Bytes(hash))) = hash else { return None };
        let path = self.bag.join(bag::original(&bag::hex(hash)));
        let mut bytes = Vec::new();
        let read = File::open(&path).and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes));
        Some(read.map(|_| bytes).map_err(|error| Failure::file(path.display(), &error)))
    }
}

fn refuse(why: &str) -> Failure {
    Failure::new(format!("the bag can't be used: {why}")).help("take another copy of it; nothing was written")
}

/// What the archive has against something in the bag.
fn of_bag(error: reftel_archive::Error) -> Failure {
    match error.kind() {
        ErrorKind::Input => refuse(&error.to_string()),
        ErrorKind::Full => Failure::from(error).help(
            "the disk is full: make room, or say `--archive` with a place on another one, and restore again; what \
             was begun is gone",
        ),
        _ => error.into(),
    }
}

/// Whether this program has all of the bag's tables.
fn tables(bag: &Path) -> Result<(), Failure> {
    let dir = bag.join(bag::TABLES);
    let unreadable = |error: std::io::Error| Failure::file(dir.display(), &error);
    for entry in std::fs::read_dir(&dir).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
        if !name.strip_suffix(".jsonl").is_some_and(|table| Whole::tables().contains(&table)) {
            let message = format!("the bag has a table `{name}`, which this program doesn't know");
            return Err(Failure::new(message).help("a newer program wrote it: use that one"));
        }
    }
    Ok(())
}

/// Whether what was restored is an archive as it should be.
fn sound(verified: &Verified, about: &About) -> Result<(), Failure> {
    if let Some(finding) = verified.findings.first() {
        let more = verified.findings.len() as u64 - 1 + verified.more;
        let more = if more == 0 { String::new() } else { format!(", and {} more", count(more)) };
        return Err(refuse(&format!("its tables don't go together: {}{more}", finding.what)));
    }
    if (verified.telegrams, verified.texts) != (about.telegrams, about.originals) {
        return Err(refuse(&format!(
            "it should have {} in {}, and has {} in {}",
            counted(about.telegrams, "telegram"),
            counted(about.originals, "original"),
            count(verified.telegrams),
            count(verified.texts)
        )));
    }
    Ok(())
}
