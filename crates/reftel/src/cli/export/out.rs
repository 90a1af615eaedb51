//! Where an export goes: standard output, or a file that has its name only when it is whole.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

use super::super::Failure;
use super::super::terminal::{Screen, clean_lines};

/// How what isn't whole is called, beside the place where it is to be.
const BEGUN: &str = ".reftel-export-";

/// The file in a folder that isn't whole by which it is seen that somebody still writes it.
const LOCK: &str = "lock";

/// The place of a file.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) path: PathBuf,
    /// Whether one that is there is to go.
    pub(super) force: bool,
}

/// What is written to.
pub(in super::super) struct Out<'s> {
    to: To<'s>,
    /// How many bytes were written.
    pub(super) bytes: u64,
}

enum To<'s> {
    Screen(&'s mut Screen),
    File(Box<BufWriter<NamedTempFile>>, Place),
    /// The form has a place of its own.
    Nowhere,
}

impl<'s> Out<'s> {
    pub(super) fn screen(screen: &'s mut Screen) -> Out<'s> {
        Out { to: To::Screen(screen), bytes: 0 }
    }

    pub(super) fn nowhere() -> Out<'s> {
        Out { to: To::Nowhere, bytes: 0 }
    }

    /// A file, beside its place until it is whole.
    pub(super) fn file(place: &Place) -> Result<Out<'s>, Failure> {
        let file = beside(&place.path)?;
        Ok(Out { to: To::File(Box::new(BufWriter::new(file)), place.clone()), bytes: 0 })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.bytes += bytes.len() as u64;
        match &mut self.to {
            To::Screen(screen) if screen.terminal => {
                screen.bytes(clean_lines(&String::from_utf8_lossy(bytes)).as_bytes())
            }
            To::Screen(screen) => screen.bytes(bytes),
            To::File(file, place) => {
                file.write_all(bytes).map_err(|error| cannot("write", &place.path, &error))
            }
            To::Nowhere => Ok(()),
        }
    }

    /// Ends the output, and gives the file its name.
    pub(super) fn finish(self) -> Result<(), Failure> {
        match self.to {
            To::Screen(screen) => screen.flush(),
            To::File(file, place) => {
                let file = file.into_inner().map_err(|error| cannot("write", &place.path, error.error()))?;
                keep(file, &place)
            }
            To::Nowhere => Ok(()),
        }
    }
}

/// A new file in the same directory, which goes away if it isn't kept.
pub(super) fn beside(path: &Path) -> Result<NamedTempFile, Failure> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As any new file: the user's mask takes away from it.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    sweep(dir);
    let file = builder.prefix(BEGUN).tempfile_in(dir).map_err(|error| cannot("write", path, &error))?;
    // Where there are no locks, nobody takes it away either.
    let _ = file.as_file().try_lock();
    Ok(file)
}

/// Removes what was begun in a folder by exports that were killed. Whoever still writes holds a lock.
fn sweep(dir: &Path) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        if !entry.file_name().as_encoded_bytes().starts_with(BEGUN.as_bytes()) {
            continue;
        }
        let path = entry.path();
        let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let own = if is_dir { path.join(LOCK) } else { path.clone() };
        // Of the entry itself: a link or a device isn't opened.
        let is_file = own.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
        let left = is_file && std::fs::File::open(&own).is_ok_and(|file| file.try_lock().is_ok());
        if left {
            let _ = if is_dir { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        }
    }
}

/// Gives a file its name once all of it is on the disk.
pub(super) fn keep(file: NamedTempFile, place: &Place) -> Result<(), Failure> {
    let path = &place.path;
    file.as_file().sync_all().map_err(|error| cannot("write", path, &error))?;
    let kept = if place.force { file.persist(path) } else { file.persist_noclobber(path) };
    match kept {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Err(taken(path)),
        Err(error) => Err(cannot("write", path, &error.error)),
    }
}

/// There is a file already, and nobody said that it is to go.
pub(super) fn taken(path: &Path) -> Failure {
    Failure::new(format!("there is a file `{}` already", path.display()))
        .help("say another place, or `--force` to replace it")
}

/// A folder that has its name only when it is whole; until then it is beside that, and goes away if it isn't kept.
#[derive(Debug)]
pub(in super::super) struct Folder {
    inside: PathBuf,
    to: PathBuf,
    /// Says that it is being written.
    _lock: File,
    /// Holds the other, because its own permissions are the owner's alone.
    _around: TempDir,
}

impl Folder {
    /// A new folder. Where it is to be, there may be an empty one.
    pub(in super::super) fn beside(to: &Path) -> Result<Folder, Failure> {
        if to.exists() {
            empty(to, "say `--to` with a new one")?;
        }
        let parent = to.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(parent).map_err(|error| cannot("make the directory", parent, &error))?;
        sweep(parent);
        let around = tempfile::Builder::new().prefix(BEGUN).tempdir_in(parent);
        let around = around.map_err(|error| cannot("write", to, &error))?;
        let lock = File::create_new(around.path().join(LOCK)).map_err(|error| cannot("write", to, &error))?;
        let _ = lock.try_lock();
        let inside = around.path().join("whole");
        std::fs::create_dir(&inside).map_err(|error| cannot("make the directory", &inside, &error))?;
        Ok(Folder { inside, to: to.to_owned(), _lock: lock, _around: around })
    }

    pub(in super::super) fn path(&self) -> &Path {
        &self.inside
    }

    /// Gives it its name.
    pub(in super::super) fn keep(self) -> Result<(), Failure> {
        if self.to.exists() {
            // Only an empty one goes.
            std::fs::remove_dir(&self.to).map_err(|error| cannot("replace", &self.to, &error))?;
        }
        std::fs::rename(&self.inside, &self.to).map_err(|error| cannot("write", &self.to, &error))
    }
}

/// Sees that there is nothing in a directory.
pub(in super::super) fn empty(dir: &Path, help: &str) -> Result<(), Failure> {
    let mut entries = std::fs::read_dir(dir).map_err(|error| cannot("read", dir, &error))?;
    if entries.next().is_some() {
        let message = format!("the directory `{}` isn't empty", dir.display());
        return Err(Failure::new(message).help(help));
    }
    Ok(())
}

/// A file that can't be used; says so in plain words where the disk is full.
pub(in super::super) fn cannot(what: &str, path: &Path, error: &io::Error) -> Failure {
    let failure = Failure::because(format!("can't {what} `{}`", path.display()), error);
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            failure.help("the disk is full: make room, or say `--to` with a place on another one")
        }
        _ => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_its_name_when_it_is_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("all.csv");
        std::fs::write(&path, "before").unwrap();
        let place = Place { path: path.clone(), force: true };
        let mut out = Out::file(&place).unwrap();
        out.write(b"half").unwrap();
        drop(out);
        assert_eq!(std::fs::read(&path).unwrap(), b"before");
        let mut out = Out::file(&place).unwrap();
        out.write(b"whole").unwrap();
        out.finish().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        // One that came meanwhile stays.
        let mut out = Out::file(&Place { path: path.clone(), force: false }).unwrap();
        out.write(b"other").unwrap();
        let refused = out.finish().unwrap_err();
        assert!(refused.report(false).contains("--force"), "{refused:?}");
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
    }

    #[test]
    fn what_was_begun_and_left_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::write(at(".reftel-export-left"), "half").unwrap();
        std::fs::create_dir_all(at(".reftel-export-folder/whole")).unwrap();
        std::fs::write(at(".reftel-export-folder/lock"), "").unwrap();
        let held = beside(&at("a")).unwrap();
        let folder = Folder::beside(&at("b")).unwrap();
        drop(beside(&at("c")).unwrap());
        assert!(!at(".reftel-export-left").exists() && !at(".reftel-export-folder").exists());
        assert!(held.path().exists() && folder.path().exists());
        std::fs::write(folder.path().join("x"), "").unwrap();
        folder.keep().unwrap();
        drop(held);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_full_disk_is_said() {
        let failure = cannot("write", Path::new("x"), &io::Error::from(io::ErrorKind::StorageFull));
        assert!(failure.report(false).contains("the disk is full"), "{failure:?}");
    }
}
