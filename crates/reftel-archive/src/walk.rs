//! Which files there are under some paths.
//!
//! Hidden files, the archive's own directory, loops of links, and what is neither a file nor a
//! directory are passed over; all else is seen, and what is seen is entered in the books.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use walkdir::{DirEntry, WalkDir};

use crate::{Error, ErrorKind, Result};

/// A file that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its absolute path.
    pub path: PathBuf,
    /// Its bytes.
    pub size: u64,
    /// When it was last changed, in nanoseconds since 1970.
    pub modified: i64,
    /// Why it can't be read, if that is known already.
    pub fault: Option<String>,
}

/// Every file under `paths` that an import into the archive in `archive` would look at, each once, in order of path
/// within each of them. [`ErrorKind::Input`] where a path isn't there.
pub fn files(paths: &[PathBuf], archive: &Path) -> Result<Vec<Seen>> {
    let archive = archive.canonicalize().ok();
    let own = |entry: &DirEntry| {
        entry.file_type().is_dir() && archive.is_some() && entry.path().canonicalize().ok() == archive
    };
    let hidden =
        |entry: &DirEntry| entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".");
    let mut files = Vec::new();
    let mut met = HashSet::new();
    for path in paths {
        let unusable = |e| Error::because(ErrorKind::Input, format!("can't read `{}`", path.display()), e);
        let metadata = path.metadata().map_err(unusable)?;
        if !metadata.is_file() && !metadata.is_dir() {
            let message = format!("`{}` is neither a file nor a directory", path.display());
            return Err(Error::new(ErrorKind::Input, message));
        }
        let path = std::path::absolute(path).map_err(unusable)?;
        let walk = WalkDir::new(&path).follow_links(true).sort_by_file_name();
        for entry in walk.into_iter().filter_entry(|entry| !hidden(entry) && !own(entry)) {
            let seen = match entry {
                Ok(entry) if entry.file_type().is_file() => seen(&entry),
                Ok(_) => continue,
                Err(error) if error.loop_ancestor().is_some() => continue,
                Err(error) => fault(&error, &path),
            };
            if met.insert(seen.path.clone()) {
                files.push(seen);
            }
        }
    }
    Ok(files)
}

/// One file, as it is now.
pub(crate) fn file(path: PathBuf) -> Seen {
    match path.metadata() {
        Ok(metadata) => {
            let modified = metadata.modified().map_or(0, nanoseconds);
            Seen { path, size: metadata.len(), modified, fault: None }
        }
        Err(error) => Seen { path, size: 0, modified: 0, fault: Some(error.to_string()) },
    }
}

fn seen(entry: &DirEntry) -> Seen {
    let path = entry.path().to_owned();
    match entry.metadata() {
        Ok(metadata) => {
            let modified = metadata.modified().map_or(0, nanoseconds);
            Seen { path, size: metadata.len(), modified, fault: None }
        }
        Err(error) => fault(&error, entry.path()),
    }
}

fn fault(error: &walkdir::Error, root: &Path) -> Seen {
    let path = error.path().unwrap_or(root).to_owned();
    let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
    Seen { path, size: 0, modified: 0, fault: Some(why) }
}

fn nanoseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |n| -n),
    }
}
