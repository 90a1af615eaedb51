//! Search: what is asked for is found, counted and shown.

use crate::world::{Telegram, World, find};

#[test]
fn words_phrases_and_exclusions() {
    let world = World::new();
    for (serial, text) in [
        (1, "1. The ferry tariff rose."),
        (2, "1. The tariff on the ferry fell."),
        (3, "1. AT&T and the U.S. wire."),
    ] {
        let subject = "WIRE".to_owned();
        let telegram = Telegram { serial, subject, text: text.to_owned(), ..Telegram::default() };
        world.write(&format!("{serial}.txt"), telegram.print());
    }
    world.import();
    let archive = world.open();
    for (query, total) in [
        ("*", 3),
        ("ferry tariff", 2),
        ("\"ferry tariff\"", 1),
        ("\"tariff on the ferry\"", 1),
        ("tariff -\"ferry tariff\"", 1),
        ("-tariff", 1),
        ("rose OR fell", 2),
        ("AT&T", 1),
        ("U.S.", 1),
        ("(rose OR fell) -on", 1),
        ("lighthouse", 0),
        ("* -ferry", 1),
    ] {
        assert_eq!(find(&archive, query).total, total, "{query}");
    }
}

#[test]
fn snippets_mark_what_was_sought() {
    let world = World::new();
    world.write("1.txt", Telegram::default().print());
    world.import();
    let found = find(&world.open(), "\"harbour master\" -lighthouse");
    let snippet = found.hits[0].snippet.as_ref().unwrap();
    let marks: Vec<_> = snippet.marks.iter().map(|mark| &snippet.text[mark.range()]).collect();
    assert_eq!(marks, ["harbour master"], "{snippet:?}");
}
