//! `reftel open`

use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use reftel_archive::{Archive, ErrorKind, Imported, Progress, Query, Search, Shelf, Sort, Writer};

use super::meter::{Meter, balance};
use super::room::{PORT, Room};
use super::stop::Stop;
use super::terminal::Screen;
use super::watch::{Pace, Watching};
use super::{Failure, Status, copies};
use crate::fault::Guard;
use crate::sample;

/// Read telegrams and open the reading room on them
///
/// Imports every telegram under the paths, as `reftel import` does, and serves the reading room, as `reftel
/// serve` does. The address is printed as soon as the first telegrams can be searched, while the rest are
/// still being read. Without a path, opens the sample that the program carries: invented telegrams of one
/// story, in an archive of its own, ./reftel-sample, unless --archive says where. Ctrl-C closes all.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 closed by Ctrl-C; 2 an error, such as a port that is taken.

Examples:
  reftel open
  reftel open ~/telegrams --archive ~/archive")]
pub(crate) struct Open {
    /// Files and directories; none for the sample
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Go on watching the paths, as `reftel watch` does
    #[arg(long, requires = "paths")]
    watch: bool,

    /// The port; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = PORT)]
    port: u16,
}

/// What is to be read.
#[derive(Debug, PartialEq, Eq)]
enum Material<'a> {
    Paths(&'a [PathBuf]),
    Sample,
    /// What is in the archive already.
    Nothing,
}

impl Open {
    pub(crate) fn run(&self, archive: Option<&Path>, screen: &mut Screen) -> Result<Status, Failure> {
        // Before the server listens to Ctrl-C too.
        let stop = Stop::on_signal()?;
        super::there(&self.paths)?;
        let room = Room::reserve(self.port)?;
        let default = if self.paths.is_empty() { "reftel-sample" } else { "reftel-archive" };
        let dir = archive.unwrap_or(Path::new(default));
        let material = self.material(dir);
        match material {
            Material::Sample => {
                screen.say(&format!("opening the sample, kept in `{}`", dir.display()));
            }
            Material::Nothing => {
                screen.say(&format!("opening what `{}` holds; the sample is not added to it", dir.display()));
            }
            Material::Paths(_) => {}
        }
        let mut door = Door { dir, room: Some(room), server: None };
        let status = match Writer::open(dir) {
            Ok(writer) => fill(writer, &material, &mut door, &stop, screen)?,
            Err(error) if error.kind() == ErrorKind::Busy => {
                screen.say(
                    "another reftel is writing to this archive; showing what is there, reading nothing in",
                );
                super::archive(dir)?;
                Status::Fine
            }
            Err(error) => return Err(error.into()),
        };
        if !stop.asked() {
            door.open(screen)?;
        }
        if self.watch && !stop.asked() {
            let _guard = Guard::new();
            Watching::new(&self.paths, dir, Shelf::default(), Pace::USUAL).run(false, &stop, screen)?;
        }
        door.wait(&stop)?;
        Ok(status)
    }

    fn material(&self, dir: &Path) -> Material<'_> {
        if !self.paths.is_empty() {
            return Material::Paths(&self.paths);
        }
        match Archive::open(dir) {
            Ok(archive) if is_other(&archive) => Material::Nothing,
            _ => Material::Sample,
        }
    }
}

/// Reads the material in. The door opens as soon as there is something to see.
fn fill(
    mut writer: Writer,
    material: &Material<'_>,
    door: &mut Door<'_>,
    stop: &Stop,
    screen: &mut Screen,
) -> Result<Status, Failure> {
    if Archive::open(door.dir).is_ok_and(|archive| holds_any(&archive)) {
        door.open(screen)?;
    }
    // The books say of which file the reader made nothing.
    let _guard = Guard::new();
    let started = Instant::now();
    super::collection::equip(&mut writer, false);
    let mut meter = Meter::new("imported", screen);
    let mut trouble = None;
    let mut progress = |progress: &Progress| {
        meter.update(progress);
        if progress.searchable > 0
            && let Err(failure) = meter.aside(|| door.open(screen))
        {
            trouble = Some(failure);
        }
        !stop.asked() && trouble.is_none()
    };
    let imported = match material {
        Material::Paths(paths) => writer.import(paths, &mut progress),
        Material::Sample => writer.import_texts(&sample::texts(), &mut progress),
        Material::Nothing => return Ok(Status::Fine),
    };
    meter.clear();
    if let Some(failure) = trouble {
        return Err(failure);
    }
    let new = imported.as_ref().is_ok_and(|imported| imported.telegrams > 0 && !imported.stopped);
    let status = finish(imported, started.elapsed(), door, screen)?;
    if new && !stop.asked() {
        copies::find(&mut writer, stop, screen)?;
        screen.flush()?;
    }
    Ok(status)
}

/// Says how the import ended. What is already on show stays open even if it failed.
fn finish(
    imported: reftel_archive::Result<Imported>,
    elapsed: Duration,
    door: &Door<'_>,
    screen: &mut Screen,
) -> Result<Status, Failure> {
    match imported {
        Ok(imported) => {
            screen.line(&balance(&imported, elapsed))?;
            screen.flush()?;
            Ok(Status::Fine)
        }
        Err(error) if door.server.is_some() => {
            screen.complain(&error.into());
            screen.say("the reading room stays open with what was read so far");
            Ok(Status::Trouble)
        }
        Err(error) => Err(error.into()),
    }
}

fn everything(limit: usize) -> Option<Search> {
    let query = Query::parse("*").ok()?;
    Some(Search { query, sort: Sort::Oldest, offset: 0, limit, facets: false, snippets: false })
}

fn holds_any(archive: &Archive) -> bool {
    everything(1).and_then(|search| archive.search(&search).ok()).is_some_and(|found| found.total > 0)
}

/// Whether an archive holds telegrams that aren't the sample's, so that the sample must stay out of it.
fn is_other(archive: &Archive) -> bool {
    let found = everything(1).and_then(|search| archive.search(&search).ok());
    let Some(hit) = found.and_then(|found| found.hits.into_iter().next()) else { return false };
    let Ok(telegram) = archive.telegram(hit.id) else { return true };
    let names: Vec<&str> = sample::texts().into_iter().map(|(name, _)| name).collect();
    !telegram.sources.iter().any(|source| source.path.to_str().is_some_and(|path| names.contains(&path)))
}

/// How long the server may take to close once it was asked to.
const GRACE: Duration = Duration::from_secs(5);

/// The reading room: closed, or open with a server on a thread.
struct Door<'a> {
    dir: &'a Path,
    room: Option<Room>,
    server: Option<JoinHandle<Result<(), Failure>>>,
}

impl Door<'_> {
    /// Opens the room and says where it is; does nothing if it is open.
    fn open(&mut self, screen: &mut Screen) -> Result<(), Failure> {
        let Some(room) = self.room.take() else { return Ok(()) };
        let announcement = room.announcement();
        let dir = self.dir.to_owned();
        self.server = Some(thread::spawn(move || room.serve(&dir)));
        screen.line(&announcement)?;
        screen.flush()
    }

    /// Waits until the server has closed.
    fn wait(self, stop: &Stop) -> Result<(), Failure> {
        let Some(server) = self.server else { return Ok(()) };
        let mut asked: Option<Instant> = None;
        while !server.is_finished() {
            thread::sleep(Duration::from_millis(50));
            if stop.asked() && asked.get_or_insert_with(Instant::now).elapsed() > GRACE {
                return Ok(());
            }
        }
        server.join().unwrap_or_else(|_| Err(Failure::new("the reading room had to close: it broke")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_path_the_sample_is_read() {
        let open =
            |paths: &[&str]| Open { paths: paths.iter().map(PathBuf::from).collect(), watch: false, port: 0 };
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(open(&[]).material(&dir.path().join("none")), Material::Sample);
        let one = [PathBuf::from("a")];
        assert_eq!(open(&["a"]).material(dir.path()), Material::Paths(&one));
    }
}
