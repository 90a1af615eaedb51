//! Corrections go on top of what is read, wherever it is read, and are as easily taken off.

use reftel_archive::{ErrorKind, Hand, Id, Writer};

use crate::world::{Telegram, World, find};

fn hand(because: &str) -> Hand {
    let at = jiff::Timestamp::from_second(1_700_000_000).unwrap();
    Hand { by: "Roe".to_owned(), at, because: because.to_owned() }
}

fn world() -> (World, Writer) {
    let world = World::new();
    world.write("1.txt", Telegram { refs: vec!["STATE 12"], ..Telegram::default() }.print());
    world.write("2.txt", Telegram { serial: 7, ..Telegram::default() }.print());
    world.import();
    let writer = Writer::open(&world.archive()).unwrap();
    (world, writer)
}

#[test]
fn a_corrected_field_is_shown_searched_linked_and_can_be_taken_back() {
    let (world, mut writer) = world();
    let archive = world.open();
    for (field, value) in [
        ("subject", "Light dues"),
        ("references", "08 VALDORIA 1402"),
        ("mrn", "09VALDORIA1001"),
        ("from", "AMEMBASSY NORTHMARK"),
        ("paragraphs/0/text", "The harbour master lowered it."),
    ] {
        writer.correct(Id(1), field, value, &hand("a slip")).unwrap();
    }
    let telegram = archive.telegram(Id(1)).unwrap();
    assert_eq!(telegram.card.subject.as_deref(), Some("Light dues"));
    assert_eq!(telegram.card.mrn.as_deref(), Some("09VALDORIA1001"));
    assert_eq!((telegram.card.serial, telegram.card.cites), (Some(1001), vec!["08VALDORIA1402".to_owned()]));
    let read: Vec<(&str, &str)> = telegram
        .corrected
        .iter()
        .map(|corrected| (corrected.correction.field.as_str(), corrected.read.as_str()))
        .collect();
    assert_eq!(
        read[..3],
        [("subject", "FERRY TARIFF"), ("references", "09STATE12"), ("mrn", "09VALDORIA1000")]
    );
    assert!(telegram.bytes.windows(12).any(|bytes| bytes == b"FERRY TARIFF"), "the text stays");
    for (query, total) in [
        ("subj:\"light dues\"", 1),
        ("mrn:09VALDORIA1001", 1),
        ("mrn:09VALDORIA1000", 0),
        ("ref:08VALDORIA1402", 1),
        ("ref:09STATE12", 0),
        ("lowered", 1),
    ] {
        assert_eq!(find(&archive, query).total, total, "{query}");
    }
    assert_eq!(archive.citing("08VALDORIA1402").unwrap().len(), 1);
    assert!(archive.citing("09STATE12").unwrap().is_empty());

    writer.reindex(&mut |_| true).unwrap();
    drop(writer);
    assert_eq!(find(&archive, "subj:\"light dues\"").total, 1);
    let verified = archive.verify(&mut |_, _| ()).unwrap();
    assert_eq!(verified.findings, []);
    // The same file again is the same telegram.
    assert_eq!(world.import().telegrams, 0);

    let mut writer = Writer::open(&world.archive()).unwrap();
    for field in ["subject", "references", "/mrn", "from", "paragraphs/0/text"] {
        writer.undo_correction(Id(1), field, &hand("it was right")).unwrap();
    }
    let telegram = archive.telegram(Id(1)).unwrap();
    assert_eq!(telegram.card.subject.as_deref(), Some("FERRY TARIFF"));
    assert!(telegram.corrected.is_empty());
    assert_eq!(find(&archive, "mrn:09VALDORIA1000").total, 1);
    let all = archive.corrections(None).unwrap();
    assert_eq!(all.len(), 5);
    assert!(all.iter().all(|correction| correction.undone == Some(hand("it was right"))));
    let none = writer.undo_correction(Id(1), "subject", &hand("x")).unwrap_err();
    assert_eq!(none.kind(), ErrorKind::NotFound);
}

#[test]
fn of_a_field_the_last_correction_holds() {
    let (world, mut writer) = world();
    writer.correct(Id(2), "classification", "SECRET", &hand("the stamp says so")).unwrap();
    writer.correct(Id(2), "classification", "CONFIDENTIAL", &hand("the other stamp")).unwrap();
    let archive = world.open();
    let class = || archive.telegram(Id(2)).unwrap().card.classification;
    assert_eq!(class(), Some("CONFIDENTIAL"));
    assert_eq!(find(&archive, "class:CONFIDENTIAL").total, 1);
    writer.undo_correction(Id(2), "classification", &hand("no")).unwrap();
    assert_eq!(class(), Some("SECRET"));
    writer.correct(Id(2), "classification", "", &hand("none is printed")).unwrap();
    assert_eq!(class(), None);
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let (world, mut writer) = world();
    for (id, field, value, kind, words) in [
        (1, "colour", "red", ErrorKind::Input, "what can: mrn, dtg"),
        (1, "dtg", "soon", ErrorKind::Input, "`soon` is no value of `dtg`: a time"),
        (1, "paragraphs/7/text", "x", ErrorKind::Input, "no paragraph at place 7"),
        (9, "subject", "x", ErrorKind::NotFound, "no telegram 9"),
    ] {
        let error = writer.correct(Id(id), field, value, &hand("x")).unwrap_err();
        assert_eq!(error.kind(), kind, "{field}");
        assert!(error.to_string().contains(words), "{error}");
    }
    assert_eq!(world.open().corrections(None).unwrap(), []);
}

#[test]
fn a_section_that_comes_later_keeps_the_correction() {
    let world = World::new();
    let section = |n| Telegram { section: Some((n, 2)), ..Telegram::default() };
    world.write("1.txt", section(1).print());
    world.import();
    let mut writer = Writer::open(&world.archive()).unwrap();
    writer.correct(Id(1), "subject", "Light dues", &hand("x")).unwrap();
    drop(writer);
    world.write("2.txt", section(2).print().replace("harbour", "port"));
    assert_eq!(world.import().telegrams, 0);
    let telegram = world.open().telegram(Id(1)).unwrap();
    assert_eq!(telegram.card.sections.present, [1, 2]);
    assert_eq!(telegram.card.subject.as_deref(), Some("Light dues"));
}
