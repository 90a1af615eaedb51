//! Where real telegrams lie, for whoever has some.
//!
//! Benchmarks may read them beside the invented ones; nothing needs them.

use std::path::PathBuf;

/// The folder of collections: `REFTEL_CORPORA`, else one beside the checkout. `None` if there is none.
pub fn folder() -> Option<PathBuf> {
    let folder = crate::environment("REFTEL_CORPORA")
        .map_or_else(|| crate::root().join("../shared/corpora"), PathBuf::from);
    folder.is_dir().then_some(folder)
}

/// Every file under a collection, in order of path.
pub fn files(collection: &str) -> Option<Vec<PathBuf>> {
    let mut folders = vec![folder()?.join(collection)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).ok()?.flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Some(files)
}
