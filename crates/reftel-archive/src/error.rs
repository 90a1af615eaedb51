//! The one error type of this crate.

use std::fmt;
use std::io;
use std::path::Path;

use crate::index;

/// What went wrong. Match on [`kind`](Error::kind); print the rest.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What a caller might act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no such telegram, or no archive here.
    NotFound,
    /// Another process writes.
    Busy,
    /// A path given doesn't exist or can't be read.
    Input,
    /// The file, the disk, or the database.
    Storage,
    /// What is there isn't an archive of this program's: it has another layout, or is another program's.
    Foreign,
    /// What is kept isn't as it was written. A backup mends it, or a new archive of the same files.
    Damaged,
    /// The disk is full.
    Full,
    /// The index; reindexing mends it.
    Index,
    /// What is asked for has too many answers to be meant.
    Query,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error { kind, message: message.into(), source: None }
    }

    pub(crate) fn because(
        kind: ErrorKind,
        message: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Error {
        Error { kind, message: message.into(), source: Some(source.into()) }
    }

    /// A file of the archive that can't be used.
    pub(crate) fn file(doing: &str, path: &Path, source: io::Error) -> Error {
        let kind = if is_full(&source) { ErrorKind::Full } else { ErrorKind::Storage };
        Error::because(kind, format!("can't {doing} `{}`", path.display()), source)
    }

    /// The index that fails at something.
    pub(crate) fn index(doing: &str, source: tantivy::TantivyError) -> Error {
        if index::was_full() {
            let message =
                "the disk is full: all that was acknowledged is kept, but the index lacks some of it";
            return Error::because(ErrorKind::Full, message, source);
        }
        Error::because(ErrorKind::Index, format!("can't {doing} the index"), source)
    }

    /// Whether SQLite couldn't open the database or the files beside it.
    pub(crate) fn is_cannot_open(&self) -> bool {
        use rusqlite::ffi::ErrorCode;
        let sqlite = self.source.as_ref().and_then(|source| source.downcast_ref::<rusqlite::Error>());
        let code = sqlite.and_then(rusqlite::Error::sqlite_error_code);
        matches!(code, Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
    }

    /// What a caller might act on.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

/// Says of the commonest faults of a database what they are, in words for a person.
impl From<rusqlite::Error> for Error {
    fn from(source: rusqlite::Error) -> Error {
        use rusqlite::ffi::ErrorCode;
        let message = match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => "the disk is full; all that was acknowledged is kept",
            Some(ErrorCode::NotADatabase) => "`archive.sqlite` is not a database",
            Some(ErrorCode::DatabaseCorrupt) => "`archive.sqlite` is damaged",
            Some(ErrorCode::ReadOnly) => "`archive.sqlite` can't be written: it is read-only",
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                "another program holds `archive.sqlite` locked"
            }
            Some(ErrorCode::CannotOpen) => "can't open `archive.sqlite`",
            Some(ErrorCode::SystemIoFailure) => "the disk failed under `archive.sqlite`",
            // A table or a column that isn't there, or a row or a value.
            Some(ErrorCode::Unknown) | None => "`archive.sqlite` isn't as it was written",
            _ => "`archive.sqlite` can't be used",
        };
        let kind = match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => ErrorKind::Full,
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt | ErrorCode::Unknown) | None => {
                ErrorKind::Damaged
            }
            _ => ErrorKind::Storage,
        };
        Error::because(kind, message, source)
    }
}

/// Whether a disk, or what one may have of it, is full.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|e| e.as_ref() as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_that_finds_the_disk_full_says_so() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let failed = || Error::index("write", tantivy::TantivyError::ErrorInThread("no more".to_owned()));
        // Another test may write to an index between the two.
        let said =
            (0..10).any(|_| index::noted::<()>(Err(full())).is_err() && failed().kind() == ErrorKind::Full);
        assert!(said);
        assert_eq!(Error::file("write", Path::new("x"), full()).kind(), ErrorKind::Full);
    }
}
