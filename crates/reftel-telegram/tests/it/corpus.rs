//! What coverage-guided fuzzing kept, read once more. The targets, and how to run them: `fuzz/`, CONTRIBUTING.md.

use reftel_telegram::decode;

use crate::kept::corpus;
use crate::lossless::{check_bytes, check_draft, check_findings, check_number, check_text};

#[test]
fn whole_inputs() {
    for bytes in corpus("read").iter().chain(&corpus("decode")) {
        check_findings(bytes, &check_bytes(bytes));
        let _ = decode(bytes);
    }
}

#[test]
fn texts() {
    for bytes in corpus("parse") {
        check_text(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn numbers() {
    for bytes in corpus("mrn") {
        check_number(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn drafts() {
    for bytes in corpus("draft") {
        check_draft(&String::from_utf8_lossy(&bytes));
    }
}
