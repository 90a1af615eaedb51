//! Faults of the engine below the index, made errors.
//!
//! Tantivy believes its files: where one is damaged, it panics. The index is therefore asked from behind a
//! guard, which turns a panic into an error that says which index, and that it can be made anew.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::{Error, ErrorKind, Result, index};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic on this thread would be returned as an error, so that a panic hook may be silent.
pub fn guarded() -> bool {
    GUARDED.get()
}

/// Asks something of the index of the archive in `dir`.
pub(crate) fn asking<T>(dir: &Path, ask: impl FnOnce() -> Result<T>) -> Result<T> {
    let before = GUARDED.replace(true);
    let answer = catch_unwind(AssertUnwindSafe(ask)).unwrap_or_else(|_| Err(broken(dir)));
    GUARDED.set(before);
    answer.map_err(|error| {
        if error.kind() == ErrorKind::Index && std::error::Error::source(&error).is_some() {
            let message = format!("can't use the index in `{}`", index::path(dir).display());
            return Error::because(ErrorKind::Index, message, error);
        }
        error
    })
}

/// What a panic is called: damage, where a checksum says so.
fn broken(dir: &Path) -> Error {
    let path = index::path(dir);
    // Checking may break down just so.
    let files = catch_unwind(|| index::open(dir).and_then(|(index, _)| index::damaged(dir, &index)));
    let what = match files.unwrap_or_else(|_| Ok(Vec::new())) {
        Ok(files) if files.is_empty() => "the search engine breaks down on it".to_owned(),
        Ok(files) => format!("`{}` isn't as it was written", files.join("`, `")),
        Err(error) => error.to_string(),
    };
    Error::new(ErrorKind::Index, format!("the index in `{}` is damaged: {what}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_that_says_which_index() {
        let dir = Path::new("some/archive");
        let error = asking(dir, || -> Result<()> { panic!("on purpose: {}", guarded()) }).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Index);
        assert!(error.to_string().starts_with("the index in `some/archive/index` is damaged: "), "{error}");
        assert!(!guarded());
        assert!(asking(dir, || Ok(guarded())).unwrap());
    }
}
