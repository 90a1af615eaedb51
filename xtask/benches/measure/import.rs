//! How fast a folder becomes an archive that can be searched, against bare Tantivy on the same texts;
//! and how large the archive is.

use std::path::Path;
use std::time::Duration;

use reftel_archive::{Imported, Writer};

use super::{Figure, bare, megabytes, rate, size, timed};
use xtask::generate::{self, Generated};

/// Two of each, and the better counts: other work disturbs one or the other.
const RUNS: usize = 2;

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
pub(super) fn run(count: u64) -> Result<Vec<Figure>, String> {
    let dir = tempfile::tempdir().map_err(|error| format!("can't make a folder: {error}"))?;
    let mut telegrams = Vec::new();
    let answers = generate::write(1, count, dir.path(), |telegram| telegrams.push(telegram))?;
    let texts = dir.path().join("telegrams");
    println!("import: {count} telegrams, {:.0} MB", megabytes(answers.bytes));

    let (mut whole, mut alone) = (Duration::MAX, Duration::MAX);
    for run in 0..RUNS {
        alone = alone.min(index_bare(&telegrams, &dir.path().join(format!("bare-{run}")))?);
        let (time, imported) = import(&texts, &dir.path().join(format!("archive-{run}")))?;
        if imported.telegrams != answers.telegrams {
            return Err(format!("{} telegrams of {count} came into the archive", imported.telegrams));
        }
        whole = whole.min(time);
    }
    let archive = dir.path().join("archive-0");
    let (again, imported) = import(&texts, &archive)?;
    if imported.telegrams != 0 {
        return Err(format!("a second import added {} telegrams", imported.telegrams));
    }

    let ratio = alone.as_secs_f64() / whole.as_secs_f64();
    let index = size(&archive.join("index"));
    let store = size(&archive) - index;
    let part = |bytes: u64| megabytes(bytes) / megabytes(answers.bytes);
    Ok(vec![
        Figure {
            what: format!("import of {count} files, end to end"),
            ours: format!("{:.1} MB/s", rate(answers.bytes, whole)),
            baseline: format!("bare Tantivy: {:.1} MB/s", rate(answers.bytes, alone)),
            ratio: format!("{ratio:.2} as fast"),
            target: Some(("≥ 0.6", ratio >= 0.6)),
        },
        Figure {
            what: "archive, bytes for a byte of text".to_owned(),
            ours: format!("{:.2} = store {:.2} + index {:.2}", part(store + index), part(store), part(index)),
            baseline: String::new(),
            ratio: String::new(),
            target: Some(("< 0.9", part(store + index) < 0.9)),
        },
        Figure {
            what: format!("the same import again, {count} files known"),
            ours: format!("{:.2} s", again.as_secs_f64()),
            baseline: String::new(),
            ratio: format!("{:.2} s for 5,000", again.as_secs_f64() * 5000.0 / count as f64),
            target: None,
        },
    ])
}

/// Imports a folder and says how long it took until all of it could be searched.
pub(super) fn import(texts: &Path, archive: &Path) -> Result<(Duration, Imported), String> {
    let (time, imported) = timed(|| {
        let mut writer = Writer::open(archive)?;
        writer.import(&[texts.to_owned()], &mut |_| true)
    });
    let imported = imported.map_err(|error| format!("import: {error}"))?;
    Ok((time, imported))
}

fn index_bare(telegrams: &[Generated], dir: &Path) -> Result<Duration, String> {
    std::fs::create_dir_all(dir).map_err(|error| format!("can't make `{}`: {error}", dir.display()))?;
    let (time, result) = timed(|| bare::index(telegrams, dir));
    result.map_err(|error| format!("bare Tantivy: {error}")).map(|()| time)
}
