//! A telegram's sections gather, whatever files they come in.

use reftel_archive::Writer;

use crate::world::{Telegram, World, find, import};

fn section(number: u32, of: u32, word: &str) -> Telegram {
    Telegram {
        section: Some((number, of)),
        text: format!("{number}. The {word} is in section {number}."),
        ..Telegram::default()
    }
}

#[test]
fn sections_in_three_files_and_two_imports_are_one_telegram() {
    let world = World::new();
    let (one, two, three) = (section(1, 3, "buoy"), section(2, 3, "crane"), section(3, 3, "quay"));
    world.write("z.txt", one.print().trim_end());
    world.write("a.txt", three.print());
    let imported = world.import();
    assert_eq!((imported.kept, imported.telegrams), (2, 1));
    let archive = world.open();
    let found = find(&archive, "buoy quay");
    assert_eq!(found.total, 1);
    let id = found.hits[0].id;
    assert_eq!(found.hits[0].card.sections.present, [1, 3]);

    world.write("m.txt", two.print());
    let imported = world.import();
    assert_eq!((imported.known, imported.kept, imported.telegrams), (2, 1, 0));
    let found = find(&archive, "crane");
    assert_eq!((found.total, found.hits[0].id), (1, id));
    assert_eq!(find(&archive, "*").total, 1);

    let telegram = archive.telegram(id).unwrap();
    let texts = [one.print().trim_end().to_owned() + "\n", two.print(), three.print()];
    assert_eq!(String::from_utf8(telegram.bytes.clone()).unwrap(), texts.concat());
    assert_eq!(telegram.record.sections.present, [1, 2, 3]);
    assert_eq!(telegram.card.sections.present, [1, 2, 3]);
    let names: Vec<_> = telegram.sources.iter().map(|s| s.path.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["z.txt", "m.txt", "a.txt"]);
    for source in &telegram.sources {
        assert_eq!(source.at.len(), source.span.len());
        let file = std::fs::read(&source.path).unwrap();
        assert_eq!(file[source.span.range()], telegram.bytes[source.at.range()]);
    }
}

#[test]
fn a_corrected_copy_is_a_telegram_of_its_own() {
    let world = World::new();
    world.write("1.txt", Telegram::default().print());
    let corrected = Telegram { text: "1. The tariff fell.".to_owned(), ..Telegram::default() };
    world.write("2.txt", corrected.print());
    world.import();
    let archive = world.open();
    let copies = archive.by_mrn("09VALDORIA1000").unwrap();
    assert_eq!(copies.len(), 2);
    let web = archive.web(copies[0].id).unwrap();
    assert_eq!(web.same_number, [copies[1].clone()]);
    assert_eq!(find(&archive, "mrn:09VALDORIA1000").total, 2);
}

#[test]
fn a_corrected_section_doesnt_replace_the_first() {
    let world = World::new();
    world.write("1.txt", section(1, 2, "buoy").print());
    world.write("2.txt", section(1, 2, "crane").print());
    assert_eq!(world.import().telegrams, 2);
}

#[test]
fn several_telegrams_in_one_file_share_its_bytes() {
    let world = World::new();
    let (first, second) =
        (Telegram { serial: 1, ..Telegram::default() }, Telegram { serial: 2, ..Telegram::default() });
    let file = format!("{}\n\n{}\n", first.print(), second.print());
    let path = world.write("both.txt", &file);
    let imported = world.import();
    assert_eq!((imported.kept, imported.telegrams), (1, 2));
    let archive = world.open();
    let books = archive.books().unwrap();
    assert_eq!((books.texts, books.text_bytes), (1, file.len() as u64));
    for hit in find(&archive, "*").hits {
        let telegram = archive.telegram(hit.id).unwrap();
        let source = &telegram.sources[0];
        assert_eq!(source.path, path);
        assert_eq!(&file.as_bytes()[source.span.range()], telegram.bytes);
        assert_eq!(telegram.card, hit.card);
    }
    // One of them alone is nothing new; with a third, only that is.
    world.write("one.txt", second.print());
    assert_eq!(world.import().duplicates, 1);
    let third = Telegram { serial: 3, ..Telegram::default() };
    world.write("more.txt", format!("{}\n{}", second.print(), third.print()));
    let imported = world.import();
    assert_eq!((imported.kept, imported.telegrams), (1, 1));
}

#[test]
fn texts_from_memory_are_imported_once() {
    let world = World::new();
    let text = Telegram::default().print();
    let texts: [(&str, &[u8]); 2] = [("sample/1.txt", text.as_bytes()), ("sample/2.txt", b"\x00\x01\x02")];
    let mut writer = Writer::open(&world.archive()).unwrap();
    let imported = writer.import_texts(&texts, &mut |_| true).unwrap();
    assert_eq!((imported.seen, imported.kept, imported.not_telegrams), (2, 1, 1));
    let imported = writer.import_texts(&texts, &mut |_| true).unwrap();
    assert_eq!((imported.known, imported.kept, imported.telegrams), (1, 0, 0));
    drop(writer);
    let archive = world.open();
    let id = find(&archive, "*").hits[0].id;
    assert_eq!(archive.telegram(id).unwrap().sources[0].path.to_str(), Some("sample/1.txt"));
    assert_eq!(archive.books().unwrap().seen, 2);
}

#[test]
fn an_import_can_be_stopped_and_taken_up_again() {
    let world = World::new();
    for serial in 1..=2500 {
        world.write(&format!("{serial}.txt"), Telegram { serial, ..Telegram::default() }.print());
    }
    let mut writer = Writer::open(&world.archive()).unwrap();
    let mut told = 0;
    let imported = writer
        .import(&[world.folder()], &mut |progress| {
            told += 1;
            assert!(progress.searchable <= progress.acknowledged);
            progress.acknowledged == 0
        })
        .unwrap();
    assert!(imported.stopped && told >= 2);
    assert!((1..2500).contains(&imported.telegrams), "{imported:?}");
    drop(writer);
    let archive = world.open();
    assert_eq!(find(&archive, "*").total as u64, imported.telegrams);
    let rest = import(&world.archive(), &[world.folder()]);
    assert_eq!(rest.known, imported.seen);
    assert_eq!(find(&archive, "*").total, 2500);
}

/// As a relay sends it: with routing lines above the date-time group.
fn relayed(telegram: &Telegram, number: u32) -> String {
    format!("VZCZCXRO{number}\nPP RUEHC\nDE RUEHVX #1000 160093{number}\nZNR UUUUU ZZH\n{}", telegram.print())
}

#[test]
fn a_section_sent_again_is_another_source_of_its_telegram() {
    let world = World::new();
    let (one, two) = (section(1, 2, "buoy"), section(2, 2, "crane"));
    world.write("1.txt", relayed(&one, 11));
    let first = world.write("2.txt", relayed(&two, 12));
    let again = relayed(&two, 34).replace('\n', " \r\n");
    let path = world.write("3.txt", &again);
    let imported = world.import();
    assert_eq!((imported.kept, imported.duplicates, imported.telegrams), (2, 1, 1));

    let archive = world.open();
    let found = find(&archive, "crane");
    assert_eq!((found.total, find(&archive, "*").total), (1, 1));
    let telegram = archive.telegram(found.hits[0].id).unwrap();
    assert_eq!(telegram.card.sections.present, [1, 2]);
    assert_eq!(String::from_utf8(telegram.bytes.clone()).unwrap(), relayed(&one, 11) + &relayed(&two, 12));
    assert!(archive.web(telegram.id).unwrap().same_number.is_empty());
    let sources: Vec<_> = telegram.sources.iter().map(|s| (s.path.clone(), s.retransmission)).collect();
    assert_eq!(sources[1..], [(first.clone(), false), (path.clone(), true)]);
    assert_eq!(telegram.sources[2].hash, blake3::hash(again.as_bytes()).to_hex().to_string());
    assert_eq!(telegram.sources[2].at, telegram.sources[1].at);

    let rejected = archive.rejected().unwrap();
    let reason = format!("a retransmission of {}", first.display());
    assert_eq!((rejected[0].path.clone(), rejected[0].state), (path.clone(), "duplicate"));
    assert_eq!(rejected[0].reason, reason);
    assert_eq!(archive.verify(&mut |_, _| {}).unwrap().findings, []);

    // Known with its reason, also once it was touched; and the same bytes elsewhere are a duplicate of it.
    std::fs::File::open(&path).unwrap().set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    world.write("4.txt", &again);
    let imported = world.import();
    assert_eq!((imported.known, imported.duplicates, imported.telegrams), (3, 1, 0));
    let rejected = world.open().rejected().unwrap();
    assert_eq!(rejected[0].reason, reason);
    assert_eq!(rejected[1].reason, format!("the same bytes as {}", path.display()));
    Writer::open(&world.archive()).unwrap().reindex(&mut |_| true).unwrap();
    let archive = world.open();
    assert_eq!(archive.telegram(telegram.id).unwrap().sources.len(), 4);
    assert_eq!(archive.verify(&mut |_, _| {}).unwrap().findings, []);
}

#[test]
fn a_telegram_sent_again_with_another_text_is_one_of_its_own() {
    let world = World::new();
    let first = Telegram::default();
    world.write("1.txt", relayed(&first, 11));
    world.import();
    for (file, other) in [
        ("2.txt", Telegram { text: "1. The tariff fell.".to_owned(), ..first.clone() }),
        ("3.txt", Telegram { date: "110929Z JUN 09", ..first.clone() }),
        ("4.txt", Telegram { serial: 1001, ..first.clone() }),
    ] {
        world.write(file, relayed(&other, 34));
        assert_eq!(world.import().telegrams, 1, "{file}");
    }
    // Without the routing lines it is still the same telegram.
    world.write("5.txt", first.print());
    let imported = world.import();
    assert_eq!((imported.duplicates, imported.telegrams), (1, 0));
}
