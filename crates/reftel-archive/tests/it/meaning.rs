//! Search by meaning, and without a model nothing of it.

use reftel_archive::{ErrorKind, Found, Query, Search, Sort, Writer};

use crate::model::model;
use crate::world::{Telegram, World, search};

fn take(world: &World) {
    let (weights, tokenizer) = model();
    Writer::take_model(&world.archive(), &weights, &tokenizer, &mut |_| ()).unwrap();
}

fn telegram(serial: u32, subject: &str, text: &str) -> String {
    Telegram { serial, subject: subject.to_owned(), text: text.to_owned(), ..Telegram::default() }.print()
}

/// Three telegrams: one of a ferry's tariff, one that says the same in other words, one of something else.
fn world() -> World {
    let world = World::new();
    world.write("1.txt", telegram(1, "HARBOUR", "1. Nothing to say.\n\n2. The ferry tariff was raised."));
    world.write("2.txt", telegram(2, "QUAY", "1. THE BOAT CHARGES WENT UP."));
    world.write("3.txt", telegram(3, "COAST", "1. The lighthouse lamp of the coast."));
    world.import();
    world
}

fn serials(found: &Found) -> Vec<u32> {
    found.hits.iter().filter_map(|hit| hit.card.serial).collect()
}

#[test]
fn without_a_model_meaning_cannot_be_asked_and_all_else_can() {
    let world = world();
    let archive = world.open();
    assert!(!archive.knows_meanings());
    for error in [
        archive.search(&search("meaning:\"boat charges\"")).unwrap_err(),
        archive.search_hybrid(&search("boat charges")).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Query);
        assert!(error.to_string().contains("reftel model fetch"), "{error}");
    }
    assert_eq!(archive.search(&search("ferry")).unwrap().total, 1);
    assert_eq!(archive.meanings().unwrap().paragraphs, 0);
}

#[test]
fn what_was_said_in_other_words_is_found_with_the_paragraph_and_how_near_it_is() {
    let world = world();
    take(&world);
    let archive = world.open();
    assert!(archive.knows_meanings());
    let found = archive.search(&search("meaning:\"launch toll doubled\"")).unwrap();
    assert_eq!((found.total, serials(&found).len()), (2, 2));
    let first = found.hits.iter().find(|hit| hit.card.serial == Some(1)).unwrap();
    let near = first.near.unwrap();
    assert_eq!(near.paragraph, 2);
    assert!(near.similarity.unwrap() > 0.9, "{near:?}");
    let snippet = first.snippet.as_ref().unwrap();
    assert_eq!(
        (snippet.text.as_str(), snippet.anchor.as_deref()),
        ("The ferry tariff was raised.", Some("p2"))
    );
    for (query, want) in [
        ("meaning:\"launch toll\" tariff", vec![1]),
        ("meaning:\"launch toll\" -tariff", vec![2]),
        ("meaning:beacon", vec![3]),
        ("-meaning:beacon meaning:\"launch toll\" serial:2", vec![2]),
        ("meaning:beacon OR serial:1", vec![1, 3]),
        ("meaning:cabinet", vec![]),
    ] {
        assert_eq!(serials(&archive.search(&search(query)).unwrap()), want, "{query}");
    }
    let error = archive.search_hybrid(&search("from:VALDORIA")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Query);
}

#[test]
fn words_and_meaning_are_merged_and_each_says_its_place() {
    let world = world();
    take(&world);
    let archive = world.open();
    let ask = |query: &str, offset, limit| {
        let query = Query::parse(query).unwrap();
        let search = Search { query, sort: Sort::Relevance, offset, limit, facets: true, snippets: true };
        archive.search_hybrid(&search).unwrap()
    };
    let found = ask("ferry tariff", 0, 10);
    assert_eq!((found.total, serials(&found)), (2, vec![1, 2]));
    let near: Vec<_> = found.hits.iter().map(|hit| hit.near.unwrap()).collect();
    assert_eq!((near[0].by_words, near[0].paragraph), (Some(1), 2));
    assert_eq!((near[1].by_words, near[1].paragraph), (None, 1));
    assert!(near[1].by_meaning.is_some() && near[1].similarity.unwrap() > 0.5);
    assert_eq!(found.facets.posts, [("VALDORIA".to_owned(), 2)]);
    assert_eq!(serials(&ask("ferry tariff", 1, 1)), [2]);
    assert_eq!(ask("ferry tariff from:NORTHMARK", 0, 10).total, 0);
    assert_eq!(serials(&ask("ferry tariff serial:2", 0, 10)), [2]);
}

#[test]
fn an_import_and_a_reindex_keep_meanings_up() {
    let world = world();
    take(&world);
    world.write("4.txt", telegram(4, "PIER", "1. A vessel for a price."));
    world.import();
    let count = || world.open().search(&search("meaning:\"ferry tariff\"")).unwrap().total;
    assert_eq!(count(), 3);
    Writer::open(&world.archive()).unwrap().reindex(&mut |_| true).unwrap();
    assert_eq!(count(), 3);
    // A model that came by hand: the index is made anew when the archive is next written to.
    let other = world.archive().join("model/tokenizer.json");
    let text = std::fs::read_to_string(&other).unwrap() + " ";
    std::fs::write(&other, text).unwrap();
    let error = world.open().search(&search("meaning:\"ferry tariff\"")).unwrap_err();
    assert!(error.to_string().contains("reftel reindex"), "{error}");
    Writer::open(&world.archive()).unwrap();
    assert_eq!(count(), 3);
}

#[test]
fn what_is_no_model_is_refused_and_nothing_changes() {
    let world = world();
    let error = Writer::take_model(&world.archive(), b"x", b"{}", &mut |_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(!world.archive().join("model").exists());
}

#[test]
fn a_damaged_model_is_replaced() {
    let world = world();
    take(&world);
    std::fs::write(world.archive().join("model/weights.safetensors"), b"cut").unwrap();
    assert!(Writer::open(&world.archive()).unwrap_err().to_string().contains("without that folder"));
    let (weights, tokenizer) = model();
    Writer::take_model(&world.archive(), &weights, &tokenizer, &mut |_| ()).unwrap();
    assert!(world.open().search(&search("meaning:\"ferry tariff\"")).is_ok());
}

#[test]
fn what_has_the_telling_words_of_another_is_like_it() {
    let world = World::new();
    let filler =
        |serial| format!("1. Report {serial} of the harbour office: clerk{serial} counted crates{serial}.");
    for serial in 10..40 {
        world.write(&format!("{serial}.txt"), telegram(serial, "WEEKLY", &filler(serial)));
    }
    world.write("1.txt", telegram(1, "DREDGING", "1. The dredger broke a shackle near the sandbar at noon."));
    world.write("2.txt", telegram(2, "REPAIR", "1. Sandbar: the shackle of the dredger is mended."));
    world.import();
    let archive = world.open();
    assert_eq!(serials(&archive.search(&search("like:09VALDORIA1")).unwrap()), [2]);
    assert_eq!(serials(&archive.search(&search("like:09VALDORIA1 date:1975")).unwrap()), Vec::<u32>::new());
    assert_eq!(archive.search(&search("like:09VALDORIA999")).unwrap().total, 0);
}
