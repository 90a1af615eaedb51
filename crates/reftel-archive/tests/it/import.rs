//! Import: each file once, each byte kept, the books balanced.

use std::fs;

use crate::world::{Telegram, World, find, import};

#[test]
fn what_goes_in_comes_out() {
    let world = World::new();
    let text = Telegram::default().print();
    let path = world.write("a/1.txt", &text);
    let imported = world.import();
    assert_eq!((imported.seen, imported.kept, imported.telegrams), (1, 1, 1));

    let archive = world.open();
    let found = find(&archive, "harbour");
    assert_eq!(found.total, 1);
    assert_eq!(found.unindexed, 0);
    let telegram = archive.telegram(found.hits[0].id).unwrap();
    assert_eq!(telegram.bytes, text.as_bytes());
    assert_eq!(telegram.sources.len(), 1);
    assert_eq!(telegram.sources[0].path, path);
    assert_eq!(telegram.sources[0].hash, blake3::hash(text.as_bytes()).to_hex().as_str());
    let verified = archive.verify(&mut |_, _| {}).unwrap();
    assert_eq!((verified.texts, verified.findings), (1, vec![]));
}

#[test]
fn a_second_run_opens_nothing_and_adds_nothing() {
    let world = World::new();
    for serial in 1..=50 {
        world.write(&format!("{serial}.txt"), Telegram { serial, ..Telegram::default() }.print());
    }
    assert_eq!(world.import().kept, 50);
    let again = world.import();
    assert_eq!((again.seen, again.known, again.telegrams), (50, 50, 0));
    assert_eq!(world.open().books().unwrap().seen, 50);
}

#[test]
fn a_copy_is_a_duplicate_and_says_of_what() {
    let world = World::new();
    let text = Telegram::default().print();
    let first = world.write("1.txt", &text);
    world.write("2.txt", &text);
    let third = world.write("3.txt", format!("\n{text}\n\n"));
    let imported = world.import();
    assert_eq!((imported.kept, imported.duplicates, imported.telegrams), (1, 2, 1));
    let archive = world.open();
    let rejected = archive.rejected().unwrap();
    assert_eq!(rejected[0].state, "duplicate");
    assert_eq!(rejected[0].reason, format!("the same bytes as {}", first.display()));
    assert_eq!(rejected[1].path, third);
    assert_eq!(rejected[1].reason, format!("the same text as {}", first.display()));
    let id = find(&archive, "*").hits[0].id;
    assert_eq!(archive.telegram(id).unwrap().sources.len(), 2);
}

#[test]
fn a_changed_file_is_read_again_and_the_old_text_stays() {
    let world = World::new();
    let path = world.write("1.txt", Telegram::default().print());
    world.import();
    let later = Telegram { text: "1. The lighthouse is dark again.".to_owned(), ..Telegram::default() };
    fs::write(&path, later.print()).unwrap();
    let imported = world.import();
    assert_eq!((imported.kept, imported.known), (1, 0));
    let archive = world.open();
    assert_eq!(archive.books().unwrap().seen, 1);
    for word in ["harbour", "lighthouse"] {
        let found = find(&archive, word);
        assert_eq!(found.total, 1, "{word}");
        assert_eq!(archive.telegram(found.hits[0].id).unwrap().sources[0].path, path);
    }
}

#[test]
fn a_file_that_was_only_touched_is_known() {
    let world = World::new();
    let path = world.write("1.txt", Telegram::default().print());
    world.import();
    let time = std::time::SystemTime::UNIX_EPOCH;
    fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    for _ in 0..2 {
        let imported = world.import();
        assert_eq!((imported.known, imported.duplicates, imported.kept), (1, 0, 0));
    }
}

#[test]
fn hidden_files_loops_and_the_archive_itself_are_passed_over() {
    let world = World::new();
    world.write("1.txt", Telegram::default().print());
    world.write(".hidden/2.txt", "x");
    world.write(".3.txt", "x");
    #[cfg(unix)]
    std::os::unix::fs::symlink(world.folder(), world.folder().join("loop")).unwrap();
    let archive = world.folder().join("archive");
    for known in [0, 1] {
        let imported = import(&archive, &[world.folder(), world.folder().join("1.txt")]);
        assert_eq!((imported.seen, imported.known), (1, known));
    }
}

#[test]
fn each_file_seen_ends_in_one_state_with_its_reason() {
    let world = World::new();
    world.write("good.txt", Telegram::default().print());
    world.write("copy.txt", Telegram::default().print());
    world.write("empty.txt", "");
    world.write("notes.txt", "Buy bread, and call the harbour master about the ferry.\n");
    world.write("picture.jpg", [0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0, 1, 2, 0, 0, 0]);
    let large = fs::File::create(world.folder().join("large.txt")).unwrap();
    large.set_len((256 << 20) + 1).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", world.folder().join("dangling.txt")).unwrap();
    let imported = world.import();
    assert_eq!((imported.seen, imported.kept, imported.duplicates), (7, 1, 1), "{imported:?}");
    assert_eq!((imported.not_telegrams, imported.failed), (2, 3), "{imported:?}");
    let rejected = world.open().rejected().unwrap();
    let told: Vec<_> = rejected
        .iter()
        .map(|r| (r.path.file_name().unwrap().to_str().unwrap(), r.state, !r.reason.is_empty()))
        .collect();
    assert_eq!(
        told,
        [
            ("dangling.txt", "failed", true),
            ("empty.txt", "not a telegram", true),
            ("good.txt", "duplicate", true),
            ("large.txt", "failed", true),
            ("notes.txt", "not a telegram", true),
            ("picture.jpg", "failed", true),
        ]
    );
    // What failed is tried again, and entered in the books once.
    let again = world.import();
    assert_eq!((again.known, again.failed), (4, 3));
    assert_eq!(world.open().books().unwrap().seen, 7);
}

#[cfg(unix)]
#[test]
fn names_that_arent_utf_8_are_kept() {
    use std::os::unix::ffi::OsStrExt;
    let world = World::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.txt");
    fs::write(world.folder().join(name), Telegram::default().print()).unwrap();
    assert_eq!(world.import().kept, 1);
    assert_eq!(world.import().known, 1);
    let archive = world.open();
    let id = find(&archive, "*").hits[0].id;
    assert_eq!(archive.telegram(id).unwrap().sources[0].path, world.folder().join(name));
}
