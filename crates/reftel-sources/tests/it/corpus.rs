//! What coverage-guided fuzzing kept, read once more. The targets, and how to run them: `fuzz/`, CONTRIBUTING.md.

use std::fs;
use std::path::Path;

use crate::laws::{check_collection, check_profile, check_reader};

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
    assert!(files.len() > 5, "the corpus of `{target}` is missing");
    files
}

#[test]
fn files() {
    for bytes in &corpus("sources") {
        check_collection(bytes);
    }
}

#[test]
fn readers() {
    for bytes in &corpus("reader") {
        check_reader(bytes);
    }
}

#[test]
fn profiles() {
    for bytes in &corpus("profile") {
        check_profile(&String::from_utf8_lossy(bytes));
    }
}
