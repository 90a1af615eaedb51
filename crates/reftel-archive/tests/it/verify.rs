//! Whatever isn't as it was written is found, and the search for it goes on.

use std::fs;

use reftel_archive::{Archive, ErrorKind, Place, Verified, Writer};
use rusqlite::Connection;

use crate::world::{Telegram, World, find, search};

/// Five telegrams in four files: two in one, one in two sections, one that cites another.
fn world() -> World {
    let world = World::new();
    let print = |serial| Telegram { serial, ..Telegram::default() }.print();
    world.write("1.txt", print(1) + "\n" + &print(2));
    world.write("2.txt", Telegram { serial: 3, refs: vec!["VALDORIA 1"], ..Telegram::default() }.print());
    for part in 1..=2 {
        let telegram = Telegram { serial: 4, section: Some((part, 2)), ..Telegram::default() };
        world.write(&format!("4-{part}.txt"), telegram.print());
    }
    world.write("5.txt", print(5));
    world.write("6.txt", "no telegram");
    world.import();
    world
}

fn verify(world: &World) -> Verified {
    world.open().verify(&mut |_, _| {}).unwrap()
}

fn places(verified: &Verified) -> Vec<Place> {
    let mut places: Vec<Place> = verified.findings.iter().map(|finding| finding.place).collect();
    places.dedup();
    places
}

fn forge(world: &World, sql: &str) {
    let database = Connection::open(world.archive().join("archive.sqlite")).unwrap();
    database.execute_batch(sql).unwrap();
}

#[test]
fn a_sound_archive_has_no_findings() {
    let world = world();
    let mut told = (0, 0);
    let verified = world.open().verify(&mut |done, total| told = (done, total)).unwrap();
    assert_eq!(verified, Verified { texts: 5, telegrams: 5, ..Verified::default() });
    assert_eq!(told, (10, 10));
    Writer::open(&world.archive()).unwrap().reindex(&mut |_| true).unwrap();
    assert_eq!(verify(&world).findings, []);
}

#[test]
fn an_archive_without_a_telegram_is_sound() {
    let world = World::new();
    world.write("1.txt", "a shopping list");
    world.import();
    assert_eq!(verify(&world).findings, []);
}

#[test]
fn every_forged_row_is_found_in_its_place() {
    for (sql, place) in [
        ("DELETE FROM telegram WHERE id = 3", Place::Cards),
        ("DELETE FROM telegram WHERE id = 5; DELETE FROM part WHERE telegram = 5", Place::Telegrams),
        ("DELETE FROM telegram WHERE id = 2; DELETE FROM part WHERE telegram = 2", Place::Telegrams),
        ("INSERT INTO telegram (id, mrn) VALUES (6, '09VALDORIA6')", Place::Telegrams),
        ("UPDATE telegram SET mrn = '09NORTHMARK1' WHERE id = 1", Place::Cards),
        ("UPDATE telegram SET classification = 0, subject = 'X' WHERE id = 1", Place::Cards),
        ("UPDATE telegram SET year = 'x' WHERE id = 1", Place::Cards),
        ("UPDATE telegram SET subject = x'FF' WHERE id = 1", Place::Cards),
        ("DELETE FROM cite", Place::Cards),
        ("INSERT INTO cite VALUES ('09NOWHERE1', 1)", Place::Cards),
        ("DELETE FROM part WHERE telegram = 4 AND section = 2", Place::Telegrams),
        ("UPDATE part SET end = end + 9999 WHERE telegram = 3", Place::Telegrams),
        ("UPDATE part SET start = -1 WHERE telegram = 3", Place::Telegrams),
        ("UPDATE part SET start = 9223372036854775807, end = 9223372036854775807", Place::Telegrams),
        ("UPDATE part SET end = end - 40 WHERE telegram = 3", Place::Telegrams),
        ("UPDATE part SET digest = zeroblob(16) WHERE telegram = 3", Place::Telegrams),
        ("UPDATE part SET original = 99 WHERE telegram = 3", Place::Telegrams),
        ("UPDATE original SET hash = zeroblob(32) WHERE id = 2", Place::Originals),
        ("UPDATE original SET offset = 9223372036854775807 WHERE id = 2", Place::Originals),
        ("UPDATE original SET len = -1 WHERE id = 2", Place::Originals),
        ("UPDATE block SET bytes = x'28B52FFD'", Place::Originals),
        ("DELETE FROM block", Place::Originals),
        ("DELETE FROM original WHERE id = 2", Place::Originals),
        ("DELETE FROM file WHERE original = 2", Place::Books),
        ("UPDATE file SET original = 1 WHERE original = 2", Place::Books),
        ("UPDATE file SET state = 9 WHERE id = 1", Place::Books),
        ("UPDATE file SET state = 3 WHERE id = 1", Place::Books),
        ("UPDATE file SET folder = 77 WHERE id = 1", Place::Books),
        ("DELETE FROM file WHERE state = 3", Place::Books),
        ("DELETE FROM folder", Place::Books),
        ("DROP TABLE cite", Place::Database),
        ("DROP INDEX part_digest", Place::Database),
        ("CREATE TABLE more (x)", Place::Database),
        ("DELETE FROM meta WHERE name = 'change'", Place::Database),
        ("UPDATE meta SET value = value - 1 WHERE name = 'change'", Place::Index),
    ] {
        let world = world();
        forge(&world, sql);
        let verified = verify(&world);
        if sql == "DELETE FROM file WHERE state = 3" {
            // The last row of all leaves no gap, and no telegram hangs by it.
            assert_eq!(verified.findings, [], "{sql}");
            continue;
        }
        assert!(places(&verified).contains(&place), "{sql}: {verified:?}");
    }
}

#[test]
fn a_damaged_page_ends_only_its_own_check() {
    let world = World::new();
    for serial in 1..=400 {
        world.write(&format!("{serial}.txt"), Telegram { serial, ..Telegram::default() }.print());
    }
    world.import();
    forge(&world, "UPDATE original SET hash = zeroblob(32) WHERE id = 1; PRAGMA wal_checkpoint(TRUNCATE)");
    let path = world.archive().join("archive.sqlite");
    let page: i64 = Connection::open(&path)
        .unwrap()
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'cite'", [], |row| row.get(0))
        .unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let at = usize::try_from(page - 1).unwrap() * 4096;
    bytes[at..at + 100].fill(0xFF);
    fs::write(&path, bytes).unwrap();
    let verified = verify(&world);
    let places = places(&verified);
    assert!(places.contains(&Place::Database) && places.contains(&Place::Originals), "{verified:?}");
    assert_eq!((verified.texts, verified.telegrams), (400, 400));
}

#[test]
fn findings_are_bounded() {
    let world = World::new();
    for serial in 1..=60 {
        world.write(&format!("{serial}.txt"), Telegram { serial, ..Telegram::default() }.print());
    }
    world.import();
    forge(&world, "UPDATE telegram SET subject = 'X'");
    let verified = verify(&world);
    assert_eq!((verified.findings.len(), verified.more), (20, 40));
}

/// Each file of the index, in each of several ways.
#[test]
fn a_damaged_index_is_an_error_and_never_a_panic() {
    let world = world();
    let index = world.archive().join("index");
    let mut damages = 0;
    for entry in fs::read_dir(&index).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name());
        let sound = fs::read(&path).unwrap();
        if sound.is_empty() || name.to_string_lossy().starts_with('.') {
            continue;
        }
        for way in 0..4 {
            let mut bytes = sound.clone();
            match way {
                0 => bytes.truncate(bytes.len() / 2),
                1 => bytes.clear(),
                2 => bytes.iter_mut().step_by(7).for_each(|byte| *byte ^= 0x55),
                _ => bytes[sound.len() / 3] ^= 0x10,
            }
            fs::write(&path, bytes).unwrap();
            let archive = world.open();
            for query in ["*", "ferry", "\"ferry tariff\"", "from:VALDORIA -harbour", "date:2009"] {
                if let Err(error) = archive.search(&search(query)) {
                    assert_eq!(error.kind(), ErrorKind::Index, "{name:?} {way} {query}");
                    assert!(error.to_string().contains(index.to_str().unwrap()), "{error}");
                }
            }
            let verified = verify(&world);
            assert_eq!(places(&verified), [Place::Index], "{name:?} {way} {verified:?}");
            damages += 1;
            fs::write(&path, &sound).unwrap();
        }
    }
    assert!(damages > 20, "{damages}");
    assert_eq!(verify(&world).findings, []);
}

#[test]
fn a_damaged_index_is_made_anew_before_it_is_written_to() {
    let world = world();
    let index = world.archive().join("index");
    for entry in fs::read_dir(&index).unwrap().map(Result::unwrap) {
        if entry.path().extension().is_some_and(|extension| extension == "pos") {
            let mut bytes = fs::read(entry.path()).unwrap();
            bytes[0] ^= 1;
            fs::write(entry.path(), bytes).unwrap();
        }
    }
    assert_eq!(places(&verify(&world)), [Place::Index]);
    drop(Writer::open(&world.archive()).unwrap());
    assert_eq!(verify(&world).findings, []);
    assert_eq!(find(&world.open(), "\"ferry tariff\"").total, 5);
}

#[test]
fn a_missing_or_foreign_index_is_found() {
    let (world, other) = (world(), World::new());
    other.write("1.txt", Telegram::default().print());
    other.import();
    fs::remove_dir_all(world.archive().join("index")).unwrap();
    assert_eq!(places(&verify(&world)), [Place::Index]);
    fs::rename(other.archive().join("index"), world.archive().join("index")).unwrap();
    assert_eq!(places(&verify(&world)), [Place::Index]);
}

#[test]
fn what_isnt_a_database_is_damage() {
    let world = world();
    fs::write(world.archive().join("archive.sqlite"), "x".repeat(9000)).unwrap();
    assert_eq!(Archive::open(&world.archive()).unwrap_err().kind(), ErrorKind::Damaged);
}
