//! The one error type of this crate.

use std::fmt;
use std::path::Path;

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
    /// The index; reindexing mends it.
    Index,
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
    pub(crate) fn file(doing: &str, path: &Path, source: std::io::Error) -> Error {
        Error::because(ErrorKind::Storage, format!("can't {doing} `{}`", path.display()), source)
    }

    /// The index that fails at something.
    pub(crate) fn index(doing: &str, source: tantivy::TantivyError) -> Error {
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
            Some(ErrorCode::DiskFull) => "the disk is full, or the archive has reached its limit",
            Some(ErrorCode::NotADatabase) => "`archive.sqlite` is not a database",
            Some(ErrorCode::DatabaseCorrupt) => "`archive.sqlite` is damaged",
            Some(ErrorCode::ReadOnly) => "`archive.sqlite` can't be written: it is read-only",
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                "another program holds `archive.sqlite` locked"
            }
            Some(ErrorCode::CannotOpen) => "can't open `archive.sqlite`",
            Some(ErrorCode::SystemIoFailure) => "the disk failed under `archive.sqlite`",
            _ => "`archive.sqlite` can't be used",
        };
        Error::because(ErrorKind::Storage, message, source)
    }
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
