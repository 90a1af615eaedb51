//! The documentation says what the program does.

use reftel_archive::{Period, Query};

use crate::world::{Telegram, World, search};

const PAGE: &str = include_str!("../../../../docs/query.md");

/// The queries in fenced blocks with this mark, without the remarks behind two spaces and `#`.
fn examples(mark: &str) -> Vec<&'static str> {
    let mut examples = Vec::new();
    let mut within = false;
    for line in PAGE.lines() {
        match line.strip_prefix("```") {
            Some(rest) => within = !within && rest == mark,
            None if within && !line.trim().is_empty() => {
                examples.push(line.split_once("  #").map_or(line, |(query, _)| query).trim_end());
            }
            None => {}
        }
    }
    examples
}

#[test]
fn every_example_is_a_query() {
    let examples = examples("query");
    assert!(examples.len() > 30, "{examples:?}");
    for example in examples {
        if let Err(error) = Query::parse(example) {
            panic!("{example}: {error}");
        }
    }
}

#[test]
fn every_example_is_answered_and_the_part_that_is_explained_too() {
    let world = World::new();
    world.write("1.txt", Telegram { refs: vec!["NORTHMARK 77"], ..Telegram::default() }.print());
    world.import();
    let (weights, tokenizer) = crate::model::model();
    drop(reftel_archive::Writer::take_model(&world.archive(), &weights, &tokenizer, &mut |_| ()).unwrap());
    let archive = world.open();
    for example in examples("query") {
        let found = archive.search(&search(example)).unwrap_or_else(|error| panic!("{example}: {error}"));
        let query = Query::parse(example).unwrap();
        assert_eq!(found.missing.is_some(), query.is_of_phantoms(), "{example}");
        if found.missing.is_none() {
            assert_eq!(archive.explain(&query).unwrap().total, found.total, "{example}");
            let histogram = archive.histogram(&query, Period::Day).unwrap();
            let counted = histogram.bars.iter().map(|bar| bar.1).sum::<u64>() + histogram.undated;
            assert_eq!(counted, found.total as u64, "{example}");
        }
    }
}

#[test]
fn every_example_of_an_error_is_one() {
    let examples = examples("error");
    assert!(examples.len() > 5, "{examples:?}");
    for example in examples {
        assert!(Query::parse(example).is_err(), "{example}");
    }
}

/// Whether a table of the page has a row for this name that says so.
fn tells(name: &str, what: &str) -> bool {
    let name = format!("`{name}`");
    PAGE.lines().any(|line| line.starts_with('|') && line.contains(&name) && line.contains(what))
}

#[test]
fn every_field_and_every_name_is_told_as_the_program_tells_it() {
    for (field, finds) in Query::fields() {
        assert!(tells(&format!("{field}:"), finds), "{field}: {finds}");
    }
    for (name, what) in reftel_archive::query::HAS.iter().chain(&reftel_archive::query::IS) {
        assert!(tells(name, what), "{name}: {what}");
    }
}
