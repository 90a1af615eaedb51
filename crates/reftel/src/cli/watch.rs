//! `reftel watch`
//!
//! Folders are gone through again and again rather than followed by the system's notices: those don't come from network
//! drives, run out where there are many folders, and say that a file was written to and not that it is whole.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use reftel_archive::{Archive, ErrorKind, Imported, Seen, Shelf, Writer};

use super::meter::balance;
use super::stop::Stop;
use super::terminal::{Screen, clean, count};
use super::{Failure, Status};
use crate::fault::Guard;

/// Keep an archive up with folders that grow
///
/// Looks through the folders every few seconds, and imports what is new as `reftel import` does: a file when neither its
/// size nor its time has changed for a while and no program of this user has it open for writing. One that is changed later
/// is read again. Hidden files and those whose names end as half a download's do (.part, .crdownload, .tmp) are left
/// until they have their name. Says in a line what came in, and which watch lists found something in it. Another program may write to the archive in between. Ctrl-C ends
/// it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 closed by Ctrl-C, or, with `--once`, done; 2 an error.

Examples:
  reftel watch ~/telegrams --archive ~/archive
  reftel watch --once --collection \"Ferry office\" inbox")]
pub(crate) struct Watch {
    /// The folders
    #[arg(required = true, value_name = "DIR")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    pace: Pace,

    /// What is imported is called so together; `in:NAME` finds it
    #[arg(long, value_name = "NAME", value_parser = super::import::named)]
    collection: Option<String>,

    /// A profile of a collection, beside those that are built in; may be given several times
    #[arg(long, value_name = "FILE")]
    profile: Vec<PathBuf>,

    /// End when all that is there now has come in
    #[arg(long)]
    once: bool,
}

/// How often is looked, and how long a file must lie still.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Pace {
    /// Look through the folders so often
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds)]
    every: Duration,

    /// A file must have lain still for so long
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    still: Duration,
}

impl Pace {
    /// The pace that is usual.
    pub(super) const USUAL: Pace = Pace { every: Duration::from_secs(2), still: Duration::from_secs(5) };
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.05..=86_400.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "0.05 to 86400 seconds".to_owned())
}

impl Watch {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let profiles = super::collection::own(&self.profile)?;
        let stop = Stop::on_signal()?;
        let _guard = Guard::new();
        // A path that isn't there is a mistake now, and a drive that was taken out later.
        reftel_archive::files(&self.paths, dir)?;
        let label = Shelf { collection: self.collection.clone(), profiles };
        let mut watching = Watching::new(&self.paths, dir, label, self.pace);
        if !self.once {
            screen.say("watching; Ctrl-C ends it");
        }
        watching.run(self.once, &stop, screen)?;
        Ok(Status::Fine)
    }
}

/// What is known of a file.
#[derive(Clone, Copy, Debug)]
struct Known {
    size: u64,
    modified: i64,
    /// When it was first seen so.
    since: Instant,
    imported: bool,
}

/// Folders that are watched.
pub(super) struct Watching<'a> {
    paths: &'a [PathBuf],
    dir: &'a Path,
    shelf: Shelf,
    pace: Pace,
    known: HashMap<PathBuf, Known>,
    /// What was complained of last, so that it is said once.
    said: Option<String>,
}

impl<'a> Watching<'a> {
    pub(super) fn new(paths: &'a [PathBuf], dir: &'a Path, shelf: Shelf, pace: Pace) -> Watching<'a> {
        Watching { paths, dir, shelf, pace, known: HashMap::new(), said: None }
    }

    /// Watches until it is asked to stop, or, `once`, until all has come in.
    pub(super) fn run(&mut self, once: bool, stop: &Stop, screen: &mut Screen) -> Result<(), Failure> {
        while !stop.asked() {
            let waiting = match self.look(stop, screen) {
                Ok(waiting) => waiting,
                // Another program writes, or a drive was taken out: that passes.
                Err(Trouble::Passing(message)) => {
                    self.complain(Some(message), screen);
                    continue_after(self.pace.every, stop);
                    continue;
                }
                Err(Trouble::Lasting(failure)) => return Err(failure),
            };
            if once && !waiting {
                return Ok(());
            }
            continue_after(self.pace.every, stop);
        }
        Ok(())
    }

    /// Says what is amiss, once as long as it is the same.
    fn complain(&mut self, message: Option<String>, screen: &mut Screen) {
        if let Some(message) = message.as_ref().filter(|message| self.said.as_ref() != Some(*message)) {
            screen.say(message);
        }
        self.said = message;
    }

    /// Looks once, and imports what lies still. Whether something doesn't yet.
    fn look(&mut self, stop: &Stop, screen: &mut Screen) -> Result<bool, Trouble> {
        let (mut files, mut away) = (Vec::new(), None);
        for path in self.paths {
            match reftel_archive::files(std::slice::from_ref(path), self.dir) {
                Ok(seen) => files.extend(seen),
                // A drive that was taken out may come back, and the others don't wait for it.
                Err(error) => away = Some(format!("waiting: {error}")),
            }
        }
        self.complain(away.clone(), screen);
        let now = Instant::now();
        let there: HashSet<&PathBuf> = files.iter().map(|seen| &seen.path).collect();
        self.known.retain(|path, _| there.contains(path));
        let mut ready = Vec::new();
        let mut waiting = away.is_some();
        for seen in files.iter().filter(|seen| !is_half(&seen.path)) {
            let known = self.known.entry(seen.path.clone()).or_insert_with(|| Known {
                size: seen.size,
                modified: seen.modified,
                since: first_still(seen, now),
                imported: false,
            });
            if (known.size, known.modified) != (seen.size, seen.modified) {
                *known = Known { size: seen.size, modified: seen.modified, since: now, imported: false };
            }
            if known.imported {
                continue;
            }
            if now.duration_since(known.since) >= self.pace.still {
                ready.push(seen.clone());
            } else {
                waiting = true;
            }
        }
        let open = open_for_writing(&ready);
        ready.retain(|seen| !open.contains(&seen.path));
        waiting |= !open.is_empty();
        if !ready.is_empty() {
            waiting |= self.import(&ready, stop, screen)?;
        }
        Ok(waiting)
    }

    /// Imports files. Whether one of them changed meanwhile.
    fn import(&mut self, ready: &[Seen], stop: &Stop, screen: &mut Screen) -> Result<bool, Trouble> {
        let started = Instant::now();
        let mut writer = Writer::open(self.dir)?;
        super::collection::equip(&mut writer, false);
        let before = Archive::open(self.dir)?.last()?;
        let paths: Vec<PathBuf> = ready.iter().map(|seen| seen.path.clone()).collect();
        let there: Vec<PathBuf> = paths.iter().filter(|path| path.is_file()).cloned().collect();
        let imported = writer.import_as(&there, &self.shelf, &mut |_| !stop.asked())?;
        let copies = if imported.telegrams > 0 && !stop.asked() {
            writer.find_copies(&mut |_| !stop.asked())?.copies
        } else {
            0
        };
        drop(writer);
        let mut changed = false;
        for seen in ready {
            let same = seen.path.metadata().is_ok_and(|now| now.len() == seen.size);
            if let Some(known) = self.known.get_mut(&seen.path) {
                known.imported = same && !imported.stopped;
                changed |= !same;
            }
        }
        if imported.known < imported.seen {
            let line = told(ready, &imported, copies, started.elapsed());
            screen.line(&line).map_err(Trouble::Lasting)?;
            if imported.telegrams > 0 {
                let lists = super::watchlist::tell_new(&Archive::open(self.dir)?, before);
                for line in lists.map_err(Trouble::Lasting)? {
                    screen.line(&line).map_err(Trouble::Lasting)?;
                }
            }
            screen.flush().map_err(Trouble::Lasting)?;
        }
        Ok(changed)
    }
}

/// Why a look came to nothing.
enum Trouble {
    /// It will pass.
    Passing(String),
    Lasting(Failure),
}

impl From<reftel_archive::Error> for Trouble {
    fn from(error: reftel_archive::Error) -> Trouble {
        match error.kind() {
            ErrorKind::Busy => Trouble::Passing(format!("waiting: {error}")),
            _ => Trouble::Lasting(error.into()),
        }
    }
}

/// The most names in a line.
const NAMED: usize = 3;

/// `ferry.txt, tariff.txt: 2 files: 2 kept …; 2 telegrams new; 0.1 s; 1 pair of copies`
fn told(ready: &[Seen], imported: &Imported, copies: u64, elapsed: Duration) -> String {
    let name = |seen: &Seen| seen.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let names: Vec<String> = ready.iter().take(NAMED).map(name).collect();
    let more = match ready.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {} more", count(more as u64)),
    };
    let pairs = match copies {
        0 => String::new(),
        1 => "; 1 pair of copies".to_owned(),
        pairs => format!("; {} pairs of copies", count(pairs)),
    };
    format!("{}{more}: {}{pairs}", clean(&names.join(", ")), balance(imported, elapsed))
}

/// Since when a file that is seen for the first time lies still: since it was changed, by its own time.
fn first_still(seen: &Seen, now: Instant) -> Instant {
    let changed = seen.path.metadata().and_then(|file| file.modified()).ok();
    let age = changed.and_then(|changed| changed.elapsed().ok()).unwrap_or_default();
    now.checked_sub(age).unwrap_or(now)
}

/// Whether a name is what programs give to half a file.
fn is_half(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let half = ["part", "partial", "filepart", "crdownload", "download", "tmp", "temp", "swp"];
    ending.is_some_and(|ending| half.contains(&ending.as_str())) || path.to_string_lossy().ends_with('~')
}

/// Those of some files that a program has open for writing, as far as that can be seen: on Linux, of this user's
/// programs.
fn open_for_writing(files: &[Seen]) -> Vec<PathBuf> {
    let mut open = Vec::new();
    if files.is_empty() {
        return open;
    }
    let wanted: HashMap<PathBuf, &Path> =
        files.iter().filter_map(|seen| Some((seen.path.canonicalize().ok()?, seen.path.as_path()))).collect();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbered = |name: &std::ffi::OsStr| name.as_encoded_bytes().iter().all(u8::is_ascii_digit);
    for process in processes.filter(|entry| numbered(&entry.file_name())) {
        let handles = std::fs::read_dir(process.path().join("fd")).into_iter().flatten().flatten();
        for handle in handles {
            let Ok(path) = std::fs::read_link(handle.path()) else { continue };
            let Some(seen) = wanted.get(&path) else { continue };
            let info = process.path().join("fdinfo").join(handle.file_name());
            if std::fs::read_to_string(info).is_ok_and(|info| is_write(&info)) {
                open.push((*seen).to_owned());
            }
        }
    }
    open
}

/// Whether what the system says of an open file is that it is open for writing: the last of its octal flags.
fn is_write(info: &str) -> bool {
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    flags.is_some_and(|flags| flags.trim().ends_with(['1', '2', '3', '5', '6', '7']))
}

/// Waits, but not longer than it is wanted.
fn continue_after(time: Duration, stop: &Stop) {
    let until = Instant::now() + time;
    while !stop.asked() {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        std::thread::sleep(left.min(Duration::from_millis(50)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_files_are_told_by_name_and_by_who_writes() {
        for (name, half) in [
            ("a.txt", false),
            ("a.txt.part", true),
            ("a.CRDOWNLOAD", true),
            ("a.txt~", true),
            ("part", false),
        ] {
            assert_eq!(is_half(Path::new(name)), half, "{name}");
        }
        assert!(is_write("pos:\t0\nflags:\t0100001\nmnt_id:\t29\n"));
        assert!(!is_write("pos:\t0\nflags:\t0100000\n") && !is_write(""));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_is_being_written_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        let file = std::fs::File::create(&path).unwrap();
        let seen = Seen { path: path.clone(), size: 0, modified: 0, fault: None };
        assert_eq!(open_for_writing(std::slice::from_ref(&seen)), [path]);
        drop(file);
        assert!(open_for_writing(&[seen]).is_empty());
    }
}
