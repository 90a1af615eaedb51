//! How fast each reader's collection becomes an archive, against the same telegrams as plain files.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reftel_archive::Archive;
use xtask::generate::collections::{self, Shape};

use super::{Figure, import, megabytes, rate};

/// Two of each, and the better counts: other work disturbs one or the other.
const RUNS: usize = 2;

/// Every one of so many numbers is looked up.
const LOOKED_UP: usize = 97;

/// Against plain files, bytes by bytes, no reader takes more than four times as long: it has to unfold what it reads
/// first, and its collection says things of its own.
const SLOWEST: f64 = 0.25;

pub(super) fn run(count: u64) -> Result<Vec<Figure>, String> {
    let dir = tempfile::tempdir().map_err(|error| format!("can't make a folder: {error}"))?;
    let mut figures = Vec::new();
    let mut plain = None;
    for shape in Shape::ALL {
        let mut numbers = Vec::new();
        let (_, bytes) =
            collections::write(shape, 1, count, dir.path(), |telegram| numbers.push(telegram.facts.mrn))?;
        let from = dir.path().join(shape.name());
        if !shape.is_whole() {
            numbers.clear();
        }
        let one = Measured { name: shape.name(), from: from.clone(), bytes, count };
        let time = one.import(dir.path(), &numbers)?;
        let baseline = *plain.get_or_insert(rate(bytes, time));
        figures.push(one.figure(time, baseline));
        if shape == Shape::Texts {
            let packed = dir.path().join("texts.zip");
            zip(&from, &packed)?;
            // Bytes are those of the texts: how hard they are packed says nothing of the reader.
            let one = Measured { name: "zip of texts", from: packed, bytes, count };
            figures.push(one.figure(one.import(dir.path(), &numbers)?, baseline));
        }
        let _ = std::fs::remove_dir_all(from);
    }
    Ok(figures)
}

struct Measured {
    name: &'static str,
    from: PathBuf,
    bytes: u64,
    count: u64,
}

impl Measured {
    /// Imports it, and sees that all telegrams came and that a second import finds nothing.
    fn import(&self, dir: &Path, numbers: &[String]) -> Result<Duration, String> {
        let mut best = Duration::MAX;
        for run in 0..RUNS {
            let into = dir.join(format!("archive-{run}"));
            let (time, imported) = import::import(&self.from, &into)?;
            if (imported.telegrams, imported.kept) != (self.count, self.count) {
                return Err(format!("{}: {imported:?} instead of {}", self.name, self.count));
            }
            best = best.min(time);
            if run + 1 == RUNS {
                let fault = |error: reftel_archive::Error| format!("{}: {error}", self.name);
                let archive = Archive::open(&into).map_err(fault)?;
                for number in numbers.iter().step_by((numbers.len() / LOOKED_UP).max(1)) {
                    if archive.by_mrn(number).map_err(fault)?.is_empty() {
                        return Err(format!("{}: {number} isn't there", self.name));
                    }
                }
                let again = import::import(&self.from, &into)?.1;
                if again.telegrams != 0 || again.known != again.seen {
                    return Err(format!("{}: a second import: {again:?}", self.name));
                }
            }
            let _ = std::fs::remove_dir_all(into);
        }
        Ok(best)
    }

    fn figure(&self, time: Duration, baseline: f64) -> Figure {
        let ours = rate(self.bytes, time);
        let ratio = ours / baseline;
        println!("{}: {:.0} MB, {ours:.1} MB/s", self.name, megabytes(self.bytes));
        Figure {
            what: format!("import of {} telegrams, {}", self.count, self.name),
            ours: format!("{ours:.1} MB/s"),
            baseline: format!("plain files: {baseline:.1} MB/s"),
            ratio: format!("{ratio:.2} as fast"),
            target: Some(("≥ 0.25", ratio >= SLOWEST)),
        }
    }
}

/// Packs a folder's files into one zip.
fn zip(from: &Path, to: &Path) -> Result<(), String> {
    let pack = || -> Result<(), Box<dyn std::error::Error>> {
        let mut zip = zip::ZipWriter::new(File::create(to)?);
        let options = zip::write::SimpleFileOptions::default();
        for folder in std::fs::read_dir(from)? {
            for file in std::fs::read_dir(folder?.path())? {
                let path = file?.path();
                zip.start_file(path.strip_prefix(from)?.to_string_lossy(), options)?;
                zip.write_all(&std::fs::read(&path)?)?;
            }
        }
        zip.finish()?;
        Ok(())
    };
    pack().map_err(|error| format!("can't write `{}`: {error}", to.display()))
}
