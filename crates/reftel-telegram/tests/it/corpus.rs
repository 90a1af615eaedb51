//! What coverage-guided fuzzing kept, read once more. The targets, and how to run them: `fuzz/`, CONTRIBUTING.md.

use std::fs;
use std::path::Path;

use reftel_telegram::{Context, Purpose, check, decode, mrn, parts, read};

use crate::lossless::{check_bytes, check_text};

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
    assert!(files.len() > 5, "the corpus of `{target}` is missing");
    files
}

#[test]
fn whole_inputs() {
    for bytes in corpus("read").iter().chain(&corpus("decode")) {
        check_bytes(bytes);
        let _ = decode(bytes);
        let readings = read(bytes, &Context::default());
        for purpose in [Purpose::Archive, Purpose::Release] {
            for found in check(bytes, &readings, purpose) {
                assert!(found.span.start <= found.span.end && found.span.end <= bytes.len(), "{found:?}");
            }
        }
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
        let text = String::from_utf8_lossy(&bytes);
        for year in [None, Some(1975), Some(2009)] {
            let number = mrn(&text, &Context { year }).unwrap_or_default();
            let legal = |char: char| !char.is_whitespace() && !char.is_lowercase() && !char.is_control();
            assert!(number.chars().all(legal), "{number:?} of {text:?}");
        }
        let _ = parts(&text);
    }
}
