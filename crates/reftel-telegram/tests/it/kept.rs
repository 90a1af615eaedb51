//! What coverage-guided fuzzing kept, target by target. Shared with the tests of the readers of collections.

use std::fs;
use std::path::Path;

pub(crate) fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
    assert!(files.len() > 5, "the corpus of `{target}` is missing");
    files
}
