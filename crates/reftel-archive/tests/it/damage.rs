//! What isn't as it should be is said, and what can be mended is.

use std::fs;

use reftel_archive::{Archive, ErrorKind, Id, Place, Writer};
use rusqlite::Connection;

use crate::world::{Telegram, World, find};

fn world() -> World {
    let world = World::new();
    for serial in 1..=3 {
        world.write(&format!("{serial}.txt"), Telegram { serial, ..Telegram::default() }.print());
    }
    world.import();
    world
}

fn database(world: &World) -> Connection {
    Connection::open(world.archive().join("archive.sqlite")).unwrap()
}

#[test]
fn there_is_one_writer_and_readers_dont_wait() {
    let world = world();
    let writer = Writer::open(&world.archive()).unwrap();
    let error = Writer::open(&world.archive()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Busy);
    assert!(error.to_string().starts_with("another program is writing to the archive in"), "{error}");
    let (one, two) = (world.open(), world.open());
    assert_eq!((find(&one, "*").total, find(&two, "*").total), (3, 3));
    drop(writer);
    Writer::open(&world.archive()).unwrap();
}

#[test]
fn readers_read_while_a_writer_writes() {
    let world = World::new();
    for serial in 1..=2000 {
        world.write(&format!("{serial}.txt"), Telegram { serial, ..Telegram::default() }.print());
    }
    let mut writer = Writer::open(&world.archive()).unwrap();
    let archive = world.open();
    let mut last = 0;
    let imported = writer.import(&[world.folder()], &mut |progress| {
        let found = find(&archive, "tariff");
        assert!(found.total >= last && found.total as u64 <= progress.acknowledged);
        assert_eq!((found.total + found.unindexed) as u64, progress.acknowledged);
        last = found.total;
        true
    });
    assert_eq!(imported.unwrap().telegrams, 2000);
    assert_eq!(find(&archive, "tariff").total, 2000);
}

#[test]
fn what_isnt_an_archive_is_refused() {
    let world = World::new();
    let missing = world.dir.path().join("missing");
    assert_eq!(Archive::open(&missing).unwrap_err().kind(), ErrorKind::NotFound);
    assert!(!missing.exists());

    let file = world.write("file", "x");
    assert_eq!(Archive::open(&file).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(Writer::open(&file).unwrap_err().kind(), ErrorKind::Storage);

    fs::create_dir(world.archive()).unwrap();
    let database = world.archive().join("archive.sqlite");
    fs::write(&database, "not a database, but long enough to be taken for one ".repeat(100)).unwrap();
    for error in [Archive::open(&world.archive()).unwrap_err(), Writer::open(&world.archive()).unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Damaged);
        assert_eq!(error.to_string(), "`archive.sqlite` is not a database");
    }

    fs::remove_file(&database).unwrap();
    Connection::open(&database).unwrap().execute_batch("CREATE TABLE x (y)").unwrap();
    let error = Archive::open(&world.archive()).unwrap_err();
    assert!(error.to_string().contains("another program's database"), "{error}");
    assert!(Writer::open(&world.archive()).is_err());
}

#[test]
fn a_newer_archive_is_refused() {
    let world = world();
    database(&world).pragma_update(None, "user_version", 99).unwrap();
    for error in [Archive::open(&world.archive()).unwrap_err(), Writer::open(&world.archive()).unwrap_err()] {
        assert!(error.to_string().contains("made by a newer program"), "{error}");
    }
}

#[test]
fn an_older_archive_says_what_to_do() {
    let world = world();
    database(&world).pragma_update(None, "user_version", 2).unwrap();
    let error = Archive::open(&world.archive()).unwrap_err().to_string();
    assert!(error.ends_with("import the files again, into a new archive"), "{error}");
}

#[test]
fn a_digest_is_too_long_to_be_met_again() {
    let world = world();
    let shortest: i64 =
        database(&world).query_row("SELECT min(length(digest)) FROM part", [], |row| row.get(0)).unwrap();
    assert_eq!(shortest, 16);
}

/// Whoever may read the database may read the index.
#[cfg(unix)]
#[test]
fn every_file_follows_the_umask() {
    use std::os::unix::fs::PermissionsExt;
    let world = world();
    let expected = fs::metadata(world.write("probe", "")).unwrap().permissions().mode() & 0o777;
    for dir in [world.archive(), world.archive().join("index")] {
        for file in fs::read_dir(dir).unwrap().map(Result::unwrap) {
            let metadata = file.metadata().unwrap();
            if metadata.is_file() && !file.file_name().to_string_lossy().contains("sqlite") {
                assert_eq!(metadata.permissions().mode() & 0o777, expected, "{:?}", file.path());
            }
        }
    }
}

#[test]
fn a_card_that_was_lost_is_made_again() {
    let world = world();
    database(&world).execute("DELETE FROM telegram WHERE id = 2", []).unwrap();
    Writer::open(&world.archive()).unwrap().reindex(&mut |_| true).unwrap();
    assert_eq!(find(&world.open(), "mrn:09VALDORIA2").total, 1);
}

#[test]
fn an_index_that_is_missing_or_broken_is_made_again() {
    let world = world();
    let index = world.archive().join("index");
    fs::remove_dir_all(&index).unwrap();
    let search = crate::world::search("*");
    let error = world.open().search(&search).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Index);
    assert!(error.to_string().contains("`reindex` makes it"), "{error}");
    drop(Writer::open(&world.archive()).unwrap());
    assert_eq!(find(&world.open(), "ferry").total, 3);

    for file in fs::read_dir(&index).unwrap() {
        let path = file.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        if path.extension().is_some_and(|extension| extension == "idx" || extension == "term") {
            fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        }
    }
    drop(Writer::open(&world.archive()).unwrap());
    assert_eq!(find(&world.open(), "ferry").total, 3);

    fs::write(index.join("meta.json"), "{").unwrap();
    drop(Writer::open(&world.archive()).unwrap());
    assert_eq!(find(&world.open(), "ferry").total, 3);
}

#[test]
fn what_the_index_lacks_is_counted_and_made_up_for() {
    let world = world();
    database(&world)
        .execute_batch("INSERT INTO tail VALUES (99, 2, 2); UPDATE meta SET value = 99 WHERE name = 'change'")
        .unwrap();
    assert_eq!(find(&world.open(), "*").unindexed, 1);
    drop(Writer::open(&world.archive()).unwrap());
    let found = find(&world.open(), "*");
    assert_eq!((found.total, found.unindexed), (3, 0));
}

#[test]
fn another_archives_index_isnt_believed() {
    let (world, other) = (world(), World::new());
    other.write("x.txt", Telegram { serial: 9, ..Telegram::default() }.print());
    other.import();
    fs::remove_dir_all(world.archive().join("index")).unwrap();
    fs::rename(other.archive().join("index"), world.archive().join("index")).unwrap();
    drop(Writer::open(&world.archive()).unwrap());
    assert_eq!(find(&world.open(), "*").total, 3);
}

#[test]
fn reindexing_makes_cards_references_and_index_anew() {
    let world = world();
    let before: Vec<_> = find(&world.open(), "*").hits.into_iter().map(|hit| (hit.id, hit.card)).collect();
    database(&world)
        .execute_batch("UPDATE telegram SET mrn = NULL, subject = 'x'; DELETE FROM cite; INSERT INTO cite VALUES ('X', 1)")
        .unwrap();
    let mut told = 0;
    Writer::open(&world.archive())
        .unwrap()
        .reindex(&mut |_| {
            told += 1;
            true
        })
        .unwrap();
    assert!(told > 0);
    let after: Vec<_> = find(&world.open(), "*").hits.into_iter().map(|hit| (hit.id, hit.card)).collect();
    assert_eq!(after, before);
    assert_eq!(world.import().known, 3);
}

#[test]
fn reindexing_broken_off_is_made_up_for() {
    let world = world();
    Writer::open(&world.archive()).unwrap().reindex(&mut |_| false).unwrap();
    drop(Writer::open(&world.archive()).unwrap());
    assert_eq!(find(&world.open(), "*").total, 3);
}

#[test]
fn a_changed_byte_is_found_by_verify() {
    let world = world();
    let mut bytes: Vec<u8> =
        database(&world).query_row("SELECT bytes FROM block", [], |row| row.get(0)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    database(&world).execute("UPDATE block SET bytes = ?", [bytes]).unwrap();
    let verified = world.open().verify(&mut |_, _| {}).unwrap();
    assert_eq!(verified.texts, 3);
    assert!(verified.findings.iter().any(|finding| finding.place == Place::Originals), "{verified:?}");
}

#[test]
fn what_isnt_there_isnt_found() {
    let world = world();
    let archive = world.open();
    let error = archive.telegram(Id(77)).unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::NotFound, "no telegram 77 in this archive")
    );
    assert!(archive.by_mrn("77NOWHERE1").unwrap().is_empty());
    let error =
        Writer::open(&world.archive()).unwrap().import(&["/no/such/path".into()], &mut |_| true).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
}

/// On a disk that can't be written, an archive is read and searched all the same.
#[cfg(unix)]
#[test]
fn what_cannot_be_written_can_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    world.write("1.txt", Telegram::default().print());
    world.import();
    let mode = |dir: &std::path::Path, mode| {
        fs::set_permissions(dir, fs::Permissions::from_mode(mode)).unwrap();
    };
    let dirs = [world.archive().join("index"), world.archive()];
    for dir in &dirs {
        mode(dir, 0o555);
    }
    if fs::write(world.archive().join("probe"), "").is_ok() {
        eprintln!("skipped: this user may write anywhere");
    } else {
        let archive = world.open();
        assert_eq!(find(&archive, "ferry").total, 1);
        assert_eq!(archive.books().unwrap().telegrams, 1);
        assert_eq!(archive.generation().unwrap(), archive.generation().unwrap());
    }
    for dir in &dirs {
        mode(dir, 0o755);
    }
}

#[test]
fn the_generation_changes_with_what_is_written() {
    let world = World::new();
    world.write("1.txt", Telegram::default().print());
    world.import();
    let archive = world.open();
    let first = archive.generation().unwrap();
    world.import();
    assert_eq!(archive.generation().unwrap(), first, "nothing new");
    world.write("2.txt", "no telegram");
    world.import();
    let second = archive.generation().unwrap();
    assert!(second > first, "the books");
    Writer::open(&world.archive()).unwrap().reindex(&mut |_| true).unwrap();
    assert!(archive.generation().unwrap() > second);
}

/// A reindexing that was stopped, and then an import with the same writer.
#[test]
fn an_index_that_was_not_finished_is_finished_before_more_comes_in() {
    let world = World::new();
    world.write("1.txt", Telegram { refs: vec!["NORTHMARK 77"], ..Telegram::default() }.print());
    world.import();
    let mut writer = Writer::open(&world.archive()).unwrap();
    writer.reindex(&mut |_| false).unwrap();
    world.write("2.txt", Telegram { serial: 2, ..Telegram::default() }.print());
    writer.import(&[world.folder()], &mut |_| true).unwrap();
    let archive = world.open();
    assert_eq!(find(&archive, "ferry").total, 2);
    assert_eq!(archive.citing("09NORTHMARK77").unwrap().len(), 1);
    drop(writer);
    fs::remove_dir_all(world.archive().join("index")).unwrap();
    let mut told = Vec::new();
    drop(Writer::open_telling(&world.archive(), &mut |progress| told.push(progress.files)).unwrap());
    assert_eq!(told.last(), Some(&2));
}

#[test]
fn one_damaged_original_doesnt_cost_the_others_their_place() {
    let world = world();
    // A second block, so that the first can be damaged alone.
    for serial in 4..=6 {
        world.write(&format!("{serial}.txt"), Telegram { serial, ..Telegram::default() }.print());
    }
    world.import();
    database(&world)
        .execute("UPDATE block SET bytes = x'00' WHERE id = (SELECT min(id) FROM block)", [])
        .unwrap();
    let error = Writer::open(&world.archive()).unwrap().reindex(&mut |_| true).unwrap_err();
    assert!(error.to_string().ends_with("all the rest is indexed"), "{error}");
    assert_eq!(find(&world.open(), "tariff").total, 3);
    // And the archive can still be written to, also without its index.
    fs::remove_dir_all(world.archive().join("index")).unwrap();
    world.write("7.txt", Telegram { serial: 7, ..Telegram::default() }.print());
    world.import();
    assert_eq!(find(&world.open(), "tariff").total, 4);
}

#[test]
fn a_reindex_broken_off_doesnt_say_that_nothing_is_lacking() {
    let world = world();
    let mut writer = Writer::open(&world.archive()).unwrap();
    writer.reindex(&mut |_| false).unwrap();
    drop(writer);
    let found = find(&world.open(), "tariff");
    assert_eq!(found.total + found.unindexed, 3);
}

#[test]
fn a_file_that_is_too_large_is_booked_with_the_limit_and_what_to_do() {
    let world = World::new();
    let path = world.write("year.txt", "");
    fs::File::options().write(true).open(&path).unwrap().set_len(300 << 20).unwrap();
    assert_eq!(world.import().failed, 1);
    let reason = world.open().rejected().unwrap().remove(0).reason;
    assert_eq!(
        reason,
        "it has 300 MB, and at most 128 MB are read as one file; divide it between two telegrams"
    );
}

/// A device has no end, and a pipe no time.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_no_input() {
    let world = World::new();
    let imported = Writer::open(&world.archive()).unwrap().import(&["/dev/zero".into()], &mut |_| true);
    let error = imported.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(error.to_string().contains("neither a file nor a directory"), "{error}");
}

/// `index` is a name that anybody may give to a folder of their own.
#[test]
fn what_is_somebody_elses_is_not_removed() {
    for name in ["index/notes.txt", "index/2009/notes.txt", "index"] {
        let world = World::new();
        world.write("1.txt", Telegram::default().print());
        let path = world.archive().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "precious").unwrap();
        let error = Writer::open(&world.archive()).unwrap_err();
        assert!(error.to_string().contains("is no index's file"), "{name}: {error}");
        assert_eq!(fs::read(&path).unwrap(), b"precious", "{name}");
    }
}
