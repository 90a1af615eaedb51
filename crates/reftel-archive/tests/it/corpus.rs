//! Queries that coverage-guided fuzzing kept, read once more. The targets, and how to run them: `fuzz/`,
//! CONTRIBUTING.md.

use std::fs;
use std::path::Path;

use reftel_archive::Query;

#[test]
fn a_query_is_one_or_says_where_it_is_not() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/query");
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() > 5, "the corpus is missing");
    for path in files {
        let bytes = fs::read(path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        match Query::parse(&text) {
            Ok(query) => assert_eq!(query.text, text),
            Err(error) => assert!(text.get(error.span.range()).is_some(), "{text:?}: {error:?}"),
        }
    }
}
