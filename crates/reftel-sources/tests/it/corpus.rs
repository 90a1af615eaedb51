//! What coverage-guided fuzzing kept, read once more. The targets, and how to run them: `fuzz/`, CONTRIBUTING.md.

use crate::kept::corpus;
use crate::laws::{check_collection, check_profile, check_reader};

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
