//! Copies of one telegram find each other, and what a person decided of them holds.

use std::fmt::Write;

use reftel_archive::{Archive, Entry, Hand, Id, Looked, Writer};

use crate::world::{Telegram, World};

/// Some hundred words of no meaning, other ones for each seed.
fn words(seed: u64, count: usize) -> String {
    let mut state = seed;
    let mut text = String::from("1.");
    for _ in 0..count {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        write!(text, " quay{:x}", state >> 48).unwrap();
    }
    text + "."
}

fn telegram(serial: u32, date: &'static str, text: String) -> Telegram {
    Telegram { serial, date, text, ..Telegram::default() }
}

fn look(world: &World) -> Looked {
    let mut writer = Writer::open(&world.archive()).unwrap();
    writer.find_copies(&mut |_| true).unwrap()
}

fn hand(because: &str) -> Hand {
    let at = jiff::Timestamp::from_second(1_700_000_000).unwrap();
    Hand { by: "Roe".to_owned(), at, because: because.to_owned() }
}

fn ids(entries: &[Entry]) -> Vec<i64> {
    entries.iter().map(|entry| entry.id.0).collect()
}

/// The ids of a telegram's copies, the reasons for the first pair, and the ids of what is kept apart.
fn copies(archive: &Archive, id: i64) -> (Vec<i64>, String, Vec<i64>) {
    let gathered = archive.copies(Id(id)).unwrap();
    let why = gathered.joined.first().map(|kinship| kinship.reasons.join("; ")).unwrap_or_default();
    let apart = gathered.apart.iter().map(|(entry, _)| entry.id.0).collect();
    (ids(&gathered.telegrams), why, apart)
}

fn world() -> World {
    let world = World::new();
    let text = words(1, 300);
    let edited = text.replacen("quay", "pier", 4);
    world.write("1-first.txt", telegram(1000, "110928Z JUN 09", text.clone()).print());
    // Its number is garbled, and a few words are.
    world.write("2-garbled.txt", telegram(1900, "110928Z JUN 09", edited.clone()).print());
    // Reprinted without number and date.
    world.write("3-reprint.txt", format!("SUBJECT: FERRY TARIFF\nREF: STATE 12\n\n{edited}\n"));
    // Another telegram that carries the same number.
    world.write("4-number.txt", telegram(1000, "220928Z JUN 09", words(2, 300)).print());
    // A form that goes out every month.
    world.write("5-form.txt", telegram(1400, "110928Z JUL 09", text).print());
    world.import();
    world
}

#[test]
fn copies_find_each_other_without_their_number() {
    let world = world();
    let looked = look(&world);
    assert_eq!(looked.telegrams, 5, "{looked:?}");
    let archive = world.open();
    let (found, why, apart) = copies(&archive, 1);
    assert_eq!((found.as_slice(), apart.as_slice()), (&[1, 2, 3][..], &[4, 5][..]));
    assert_eq!(why, "same date-time group and sender; same text 0.97; though another number");
    assert_eq!(copies(&archive, 3).0, [1, 2, 3]);
    assert_eq!(copies(&archive, 4).0, [4]);
    let reasons = archive.copies(Id(4)).unwrap().apart[0].1.reasons.join("; ");
    assert!(reasons.starts_with("same number; ") && reasons.contains("only 0.00 of the text"), "{reasons}");
    let others = archive.other_copies(&[Id(1), Id(5)]).unwrap();
    assert_eq!((ids(&others[0]), ids(&others[1])), (vec![2, 3], vec![]));
}

#[test]
fn what_was_found_is_kept_and_only_what_is_new_is_looked_at() {
    let world = world();
    look(&world);
    let before = copies(&world.open(), 1);
    assert_eq!(look(&world), Looked::default());
    world.write("6-later.txt", format!("SUBJECT: FERRY TARIFF\n\nREF: STATE 1\n\n{}\n", words(2, 299)));
    world.import();
    assert_eq!(look(&world).telegrams, 1);
    assert_eq!(copies(&world.open(), 6).0, [4, 6]);
    let mut writer = Writer::open(&world.archive()).unwrap();
    writer.reindex(&mut |_| true).unwrap();
    drop(writer);
    assert_eq!(copies(&world.open(), 1), before);
    let verified = world.open().verify(&mut |_, _| ()).unwrap();
    assert_eq!(verified.findings, []);
}

#[test]
fn stopped_early_it_goes_on() {
    let world = World::new();
    for serial in 0..600 {
        world.write(&format!("{serial}.txt"), telegram(serial, "JUN 09", words(7, 60)).print());
    }
    world.import();
    let mut writer = Writer::open(&world.archive()).unwrap();
    let first = writer.find_copies(&mut |_| false).unwrap();
    assert!(first.stopped && first.telegrams == 500, "{first:?}");
    let second = writer.find_copies(&mut |_| true).unwrap();
    assert_eq!((second.stopped, second.telegrams), (false, 100));
    // Of a form that is sent again and again not each is set against each.
    assert!(first.copies + first.apart + second.copies + second.apart < 600 * 100, "{first:?} {second:?}");
}

#[test]
fn a_persons_decision_holds_through_a_reindex_and_can_be_taken_back() {
    let world = world();
    look(&world);
    let mut writer = Writer::open(&world.archive()).unwrap();
    writer.decide(Id(2), Id(1), false, &hand("another telegram of that minute")).unwrap();
    writer.decide(Id(1), Id(5), true, &hand("sent again")).unwrap();
    writer.reindex(&mut |_| true).unwrap();
    writer.find_copies(&mut |_| true).unwrap();
    let archive = world.open();
    let gathered = archive.copies(Id(1)).unwrap();
    // The reprint goes with the one that it is more like.
    assert_eq!(ids(&gathered.telegrams), [1, 5]);
    let split = &gathered.apart.iter().find(|(entry, _)| entry.id == Id(2)).unwrap().1;
    assert_eq!(split.reasons[0], "split by hand");
    assert_eq!(split.by_hand, Some(hand("another telegram of that minute")));
    writer.undo_decision(Id(1), Id(2), false, &hand("a slip")).unwrap();
    assert_eq!(copies(&archive, 1).0, [1, 2, 3, 5]);
    let again = writer.undo_decision(Id(1), Id(2), false, &hand("a slip")).unwrap_err();
    assert_eq!(again.kind(), reftel_archive::ErrorKind::NotFound);
    assert!(writer.decide(Id(1), Id(1), true, &hand("x")).is_err());
    assert!(writer.decide(Id(1), Id(99), true, &hand("x")).is_err());
}

#[test]
fn before_anything_was_compared_the_number_stands_in() {
    let world = world();
    let (found, why, _) = copies(&world.open(), 1);
    assert_eq!((found.as_slice(), why.as_str()), (&[1, 4][..], "same number; texts not compared yet"));
}

#[test]
fn a_section_that_comes_later_is_compared_again() {
    let world = World::new();
    let section =
        |n, seed| Telegram { section: Some((n, 2)), ..telegram(7, "110928Z JUN 09", words(seed, 200)) };
    world.write("1.txt", section(1, 5).print());
    world.import();
    look(&world);
    world.write("2.txt", section(2, 6).print());
    world.import();
    assert_eq!(look(&world).telegrams, 1);
}
