//! Collections: what is in a container, a table, a volume or a mailbox comes in as files do.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

use reftel_archive::{Archive, ErrorKind, Place, Retry, Shelf, Sort, Writer};
use reftel_sources::Profile;

use crate::world::{Telegram, World, balance, find, import, search};

const VOLUME: &str = "<TEI xml:id=\"frus1901v9\"><div type=\"document\" xml:id=\"d1\">\
    <note type=\"source\">755: Telegram</note>\
    <head>The Ambassador in Valdoria to the Secretary of State</head><dateline><placeName>Valdoria</placeName>, \
    <date when=\"1901-12-08T12:00:00\">noon</date></dateline>\
    <p>705. The ferry &amp; its <hi>tariff</hi> are as before.<note n=\"1\">See document 4.</note></p></div>\
    <div type=\"document\" xml:id=\"d2\"><head>2. Memorandum of Conversation</head><p>Ferries.</p></div></TEI>";

const PROFILE: &str = "name = \"mine\"\ntitle = \"The ferry office\"\nkind = \"csv\"\ntext = \"body\"\n\
    [csv]\ndelimiter = \";\"\n[fields]\nnumber = \"no\"\nfrom = \"writer\"\n";

fn telegram(serial: u32) -> Telegram {
    let text = format!("1. Ferry number {serial} sailed for its tariff.");
    Telegram { serial, text, ..Telegram::default() }
}

/// A row of `cables.csv`, its quotes with a backslash.
fn row(serial: u32) -> String {
    format!(
        "\"{serial}\",\"6/11/2009 9:28\",\"09VALDORIA{serial}\",\"Embassy Valdoria\",\"CONFIDENTIAL\",\
         \"09STATE54767\",\"\",\"SUBJECT: FERRY {serial}\n\n1. (C) The \\\"tariff\\\" of ferry {serial} rose.\n\nROE\"\n"
    )
}

fn rows(serials: std::ops::RangeInclusive<u32>) -> String {
    serials.map(row).collect()
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

/// One of each: 2 telegrams and a note in a zip in a tar.gz, 3 rows, a volume with one telegram of two documents, two
/// mails, two objects (one is a record), one packed telegram.
fn world() -> World {
    let world = World::new();
    let (one, two) = (telegram(1).print(), telegram(2).print());
    let inner =
        zipped(&[("1974/one.txt", one.as_bytes()), ("two.txt", two.as_bytes()), ("note.txt", b"Buy bread.")]);
    world.write("box.tar.gz", gzipped(&tarred(&[("deep/box.zip", &inner)])));
    world.write("cables.csv", rows(11..=13));
    world.write("volume.xml", VOLUME);
    let mails: String = [21, 22]
        .map(|serial| format!("From a@b Thu\nFrom: a@b\nSubject: x\n\n{}\n\n", telegram(serial).print()))
        .concat();
    world.write("mails", mails);
    let object = serde_json::json!({ "number": "09VALDORIA31", "text": telegram(31).print() });
    world.write("lines.jsonl", format!("{object}\n"));
    world.write("packed.gz", gzipped(telegram(41).print().as_bytes()));
    world
}

#[test]
fn every_document_of_every_container_is_in_the_books() {
    let world = world();
    let imported = world.import();
    assert_eq!((imported.telegrams, imported.kept), (10, 10), "{imported:?}");
    assert_eq!((imported.seen, imported.not_telegrams, imported.failed), (12, 2, 0), "{imported:?}");
    let archive = world.open();
    assert_eq!(archive.verify(&mut |_, _| {}).unwrap().findings, []);
    let rejected: Vec<_> = archive.rejected().unwrap();
    let told: Vec<_> = rejected
        .iter()
        .map(|r| (r.path.strip_prefix(world.folder()).unwrap().to_str().unwrap().to_owned(), r.state))
        .collect();
    assert_eq!(
        told,
        [
            ("box.tar.gz/deep/box.zip/note.txt".to_owned(), "not a telegram"),
            ("volume.xml#d2".to_owned(), "not a telegram")
        ]
    );
    assert_eq!(find(&archive, "tariff").total, 10);
    // What is searched is the text, and not the row or the element.
    assert_eq!((find(&archive, "=Embassy").total, find(&archive, "amp").total), (0, 0));

    // Nothing is new the second time, and nothing is opened.
    let again = world.import();
    assert_eq!((again.seen, again.known), (12, 12), "{again:?}");
    // Nor where a container is opened again: its documents are known.
    world.write("cables.csv", rows(11..=14));
    let grown = world.import();
    assert_eq!((grown.kept, grown.known, grown.duplicates), (1, 12, 0), "{grown:?}");
    assert_eq!(archive.books().unwrap().seen, 13);
}

#[test]
fn a_telegram_of_a_collection_is_its_text_and_keeps_its_document() {
    let world = world();
    world.import();
    let archive = world.open();
    let id = archive.by_mrn("01VALDORIA705").unwrap()[0].id;
    let telegram = archive.telegram(id).unwrap();
    let text = String::from_utf8(telegram.bytes.clone()).unwrap();
    assert!(text.contains("The ferry & its tariff are as before."), "{text}");
    assert!(!text.contains("See document 4"));
    assert!(telegram.original().starts_with(b"<"));
    let collected = telegram.collected.as_ref().unwrap();
    let note = collected.notes.iter().find(|note| note.text == "See document 4.").unwrap();
    assert!(text[..note.mark.unwrap()].ends_with("are as before."));
    assert_eq!(collected.reader.name(), "tei");
    for paragraph in &telegram.record.paragraphs {
        for (_, span) in &paragraph.lines {
            assert!(text.get(span.range()).is_some_and(|line| !line.contains('<')));
        }
    }
    assert!(telegram.sources[0].path.ends_with("volume.xml#d1"));
    assert_eq!(find(&archive, "mrn:01VALDORIA705 tariff").hits[0].snippet.as_ref().unwrap().marks.len(), 1);

    // What the text lacks is the collection's: in the card, the index, and the record.
    let found = find(&archive, "class:C from:Valdoria date:2009-06-11 ref:09STATE54767");
    assert_eq!(found.total, 3);
    let row = archive.telegram(found.hits[0].id).unwrap();
    assert!(row.bytes.starts_with(b"SUBJECT: FERRY 11\n"));
    assert!(!row.record.subject.as_ref().unwrap().span.is_empty());
    let mrn = row.collected.as_ref().unwrap().reading.record.mrn.clone().unwrap();
    assert_eq!(&row.original()[mrn.span.range()], b"\"09VALDORIA11\"");
}

#[test]
fn a_reindex_makes_the_same_of_the_kept_bytes() {
    let world = world();
    let profile = Profile::parse(PROFILE).unwrap();
    let body = telegram(51).print();
    world.write("mine.csv", format!("no;writer;body\n09VALDORIA51;ferry office;\"{body}\"\n"));
    let shelf = Shelf { collection: Some("Ferry Office".into()), profiles: vec![profile] };
    let mut writer = Writer::open(&world.archive()).unwrap();
    assert_eq!(writer.import_as(&[world.folder()], &shelf, &mut |_| true).unwrap().telegrams, 11);
    let all = |archive: &Archive| {
        let mut cards = Vec::new();
        archive.for_each_card(&mut |entry| cards.push(entry)).unwrap();
        let found = ["tariff", "in:\"ferry office\"", "class:C", "ferry"].map(|query| find(archive, query));
        let hits =
            found.map(|found| found.hits.into_iter().map(|hit| (hit.id, hit.snippet)).collect::<Vec<_>>());
        (cards, hits)
    };
    let before = all(&world.open());
    assert_eq!(before.1[1].len(), 11);
    writer.reindex(&mut |_| true).unwrap();
    drop(writer);
    // The profile is the archive's now.
    let archive = world.open();
    assert_eq!(all(&archive), before);
    assert_eq!(archive.verify(&mut |_, _| {}).unwrap().findings, []);
    fs::remove_dir_all(world.archive().join("index")).unwrap();
    drop(Writer::open(&world.archive()).unwrap());
    assert_eq!(all(&world.open()), before);
    // Another one of its name would read what is kept otherwise.
    let other = Profile::parse(&PROFILE.replace("text = \"body\"", "text = \"no\"")).unwrap();
    let shelf = Shelf { collection: None, profiles: vec![other] };
    let mut writer = Writer::open(&world.archive()).unwrap();
    let error = writer.import_as(&[world.folder()], &shelf, &mut |_| true).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input, "{error}");
}

#[test]
fn a_telegram_is_in_each_collection_that_brought_it() {
    let world = world();
    world.import();
    let shelf = |name: &str| Shelf { collection: Some(name.into()), profiles: Vec::new() };
    let text = telegram(41).print();
    // The same telegram in other bytes: alone, beside one that is new, and twice in one batch.
    world.write("wide/spaced.txt", format!("\n\n{text}\n\n\n").into_bytes());
    world.write("mixed/both.txt", format!("{text}\n{}", telegram(77).print()).into_bytes());
    world.write("twice/a.txt", telegram(78).print().into_bytes());
    world.write("twice/b.txt", format!("\n{}\n\n", telegram(78).print()).into_bytes());
    let mut writer = Writer::open(&world.archive()).unwrap();
    for name in ["wide", "mixed", "twice"] {
        writer.import_as(&[world.folder().join(name)], &shelf(name), &mut |_| true).unwrap();
    }
    let whole = writer.import_as(&[world.folder().join("wide")], &shelf("again"), &mut |_| true).unwrap();
    assert_eq!(whole.telegrams, 0, "{whole:?}");
    drop(writer);
    let archive = world.open();
    balance(&archive);
    let found = ["wide", "mixed", "twice", "again"].map(|name| find(&archive, &format!("in:{name}")).total);
    assert_eq!(found, [1, 2, 1, 1]);
    drop(archive);
    // And is after the index was made anew.
    let mut writer = Writer::open(&world.archive()).unwrap();
    writer.reindex(&mut |_| true).unwrap();
    drop(writer);
    let archive = world.open();
    assert_eq!(find(&archive, "in:wide").total, 1);
    assert!(archive.verify(&mut |_, _| ()).unwrap().findings.is_empty());
}

#[test]
fn a_collection_has_a_name_and_a_balance_of_its_own() {
    let world = world();
    world.import();
    let mut writer = Writer::open(&world.archive()).unwrap();
    let shelf = Shelf { collection: Some("Port Alder".into()), profiles: Vec::new() };
    assert_eq!(find(&world.open(), "in:\"port alder\"").total, 0);
    // What is there already gets the name.
    let named = writer.import_as(&[world.folder().join("cables.csv")], &shelf, &mut |_| true).unwrap();
    assert_eq!((named.known, named.telegrams), (3, 0), "{named:?}");
    // A file that is of the same bytes gives its name too.
    world.write("again.gz", gzipped(telegram(41).print().as_bytes()));
    let named = writer.import_as(&[world.folder().join("again.gz")], &shelf, &mut |_| true).unwrap();
    assert_eq!(named.duplicates, 1, "{named:?}");
    drop(writer);
    let archive = world.open();
    balance(&archive);
    assert_eq!(find(&archive, "in:\"PORT  Alder\"").total, 4);
    assert_eq!(find(&archive, "-in:\"port alder\"").total, 6);
    let books = archive.books().unwrap();
    let told: Vec<_> =
        books.collections.iter().map(|of| (of.collection.as_deref(), of.seen, of.kept)).collect();
    assert_eq!(told, [(None, 9, 7), (Some("Port Alder"), 4, 3)]);
    // Taken in again without a name, it keeps the one that it has.
    import(&world.archive(), &[world.folder()]);
    assert_eq!(find(&world.open(), "in:\"port alder\"").total, 4);
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_kept() {
    let world = World::new();
    let torn = "\"99\",\"6/12/2009 9:28\",\"09VALDORIA99\",\"\",\"\",\"\",\"\",\"never closes\n";
    world.write("cables.csv", format!("{}{torn}", rows(1..=2)));
    let noise: Vec<u8> =
        (0..1_000_000u32).map(|n| b'a' + (n.wrapping_mul(2_654_435_761) >> 27) as u8 % 26).collect();
    let whole = gzipped(&tarred(&[("a.txt", telegram(3).print().as_bytes()), ("b.txt", &noise)]));
    world.write("cut.tar.gz", &whole[..whole.len() - 60]);
    world.write("scan.pdf", "%PDF-1.4\n");
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(&vec![b' '; 90 << 20]).unwrap();
    world.write("bomb.gz", bomb.finish().unwrap());
    let imported = world.import();
    assert_eq!((imported.kept, imported.failed), (3, 5), "{imported:?}");
    let archive = world.open();
    let rejected = archive.rejected().unwrap();
    let reason = |name: &str| {
        let row =
            rejected.iter().find(|row| row.path.to_str().unwrap().contains(name) && row.state == "failed");
        row.unwrap_or_else(|| panic!("{name}: {rejected:?}")).reason.clone()
    };
    assert!(reason("cables.csv#3").contains("line"), "{rejected:?}");
    assert!(reason("bomb.gz").contains("its size"), "{rejected:?}");
    assert!(reason("scan.pdf").contains("PDF"), "{rejected:?}");
    assert!(!reason("cut.tar.gz").is_empty());
    // Mended, it is read again; what was kept of it is known.
    world.write("cut.tar.gz", &whole);
    fs::remove_file(world.folder().join("bomb.gz")).unwrap();
    world.write("cables.csv", rows(1..=3));
    let mut writer = Writer::open(&world.archive()).unwrap();
    let retry = Retry { failed: true, ..Retry::default() };
    let retried = writer.retry(&retry, &mut |_| true).unwrap();
    assert_eq!((retried.imported.kept, retried.imported.telegrams), (1, 1), "{retried:?}");
    let none = Retry { collection: Some("none".into()), ..retry };
    assert_eq!(writer.retry(&none, &mut |_| true).unwrap_err().kind(), ErrorKind::NotFound);
    drop(writer);
    balance(&world.open());
    assert_eq!(world.open().verify(&mut |_, _| {}).unwrap().findings, []);
}

#[test]
fn what_an_older_reader_read_is_read_again_and_only_what_differs_is_written() {
    let world = world();
    world.import();
    {
        let database = rusqlite::Connection::open(world.archive().join("archive.sqlite")).unwrap();
        // As if an older reader had missed two subjects.
        database.execute("UPDATE original SET reader_version = 0", []).unwrap();
        let missed = "UPDATE telegram SET subject = NULL WHERE mrn IN ('09VALDORIA11', '09VALDORIA12')";
        assert_eq!(database.execute(missed, []).unwrap(), 2);
    }
    let mut writer = Writer::open(&world.archive()).unwrap();
    let retry = Retry { outdated: true, ..Retry::default() };
    let retried = writer.retry(&retry, &mut |_| true).unwrap();
    assert_eq!((retried.outdated, retried.changed), (10, 2), "{retried:?}");
    assert_eq!(writer.retry(&retry, &mut |_| true).unwrap().outdated, 0);
    drop(writer);
    assert_eq!(world.open().verify(&mut |_, _| {}).unwrap().findings, []);
    assert_eq!(find(&world.open(), "tariff").total, 10);
}

#[test]
fn a_table_that_was_broken_off_is_completed() {
    let world = World::new();
    world.write("cables.csv", rows(1..=3500));
    let mut writer = Writer::open(&world.archive()).unwrap();
    let broken = writer.import(&[world.folder()], &mut |told| told.acknowledged == 0).unwrap();
    assert!(broken.stopped && broken.telegrams > 0 && broken.telegrams < 3500, "{broken:?}");
    drop(writer);
    balance(&world.open());
    assert_eq!(world.open().verify(&mut |_, _| {}).unwrap().findings, []);
    let rest = world.import();
    assert_eq!((rest.known, rest.known + rest.kept), (broken.kept, 3500), "{rest:?}");
    assert_eq!(world.import().known, 3500);
    let mut search = crate::world::search("tariff");
    (search.sort, search.limit) = (Sort::Newest, 0);
    assert_eq!(world.open().search(&search).unwrap().total, 3500);
}

#[test]
fn sections_of_one_telegram_in_several_documents_are_one() {
    let world = World::new();
    let mut files = Vec::new();
    for section in [1, 2] {
        let text = format!("{section}. Ferry part {section}.");
        let text = Telegram { section: Some((section, 2)), text, ..Telegram::default() }.print();
        let mut nara = String::new();
        writeln!(nara, "Message Text\n\n{text}\n\nMessage Attributes\n\nFrom: VALDORIA\nOffice: ferries")
            .unwrap();
        files.push((format!("{section}.txt"), nara));
    }
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    world.write("box.zip", zipped(&files));
    let imported = world.import();
    assert_eq!((imported.kept, imported.telegrams), (2, 1), "{imported:?}");
    let archive = world.open();
    let telegram = archive.telegram(archive.by_mrn("09VALDORIA1000").unwrap()[0].id).unwrap();
    assert_eq!(telegram.record.sections.present, [1, 2]);
    assert_eq!(telegram.sources.len(), 2);
    for source in &telegram.sources {
        assert!(telegram.bytes.get(source.at.range()).is_some());
    }
    let findings = archive.verify(&mut |_, _| {}).unwrap().findings;
    assert!(findings.iter().all(|finding| finding.place != Place::Cards), "{findings:?}");
    assert_eq!(findings, []);
}

#[test]
fn notes_of_a_volume_lead_to_the_documents_that_they_name() {
    let world = World::new();
    let document = |volume: u32, number: u32, note: &str| {
        format!(
            "---\ndoc_date: '1946-08-0{number}'\ndoc_num: {number}\ntitle: Legation in Valdoria to Ferry Office\n\
             vol_id: {volume}\n---\n\nCablegram 7{number} VALDORIA, {number} August 1946\n\n\
             The ferry sailed. [1]\n\nDOE\n\n _\n\n1 {note}\n\n_\n"
        )
    };
    world.write("a.md", document(3, 1, "See Document 2 and Volume IV, Document 5."));
    world.write("b.md", document(3, 2, "Not printed."));
    world.write("c.md", document(4, 2, "See Documents 5 and 6."));
    world.import();
    let archive = world.open();
    let web = |path: &str| {
        let mut all = Vec::new();
        archive.for_each_card(&mut |entry| all.push(entry)).unwrap();
        let is = |entry: &reftel_archive::Entry| {
            archive.telegram(entry.id).unwrap().sources[0].path.ends_with(path)
        };
        archive.web(all.into_iter().find(is).unwrap().id).unwrap()
    };
    let first = web("a.md");
    assert_eq!(first.documents, ["dfat-3/1"]);
    let named: Vec<(&str, usize)> =
        first.named.iter().map(|(number, held)| (number.as_str(), held.len())).collect();
    assert_eq!(named, [("dfat-3/2", 1), ("dfat-4/5", 0)]);
    assert_eq!(web("b.md").named_by.len(), 1);
    assert_eq!(archive.of_volume("dfat-3/1").unwrap().len(), 1);
    assert!(archive.of_volume("dfat-9/1").unwrap().is_empty());
    assert!(web("c.md").named_by.is_empty(), "another volume's");
    let count = |query: &str| archive.search(&search(query)).unwrap().total;
    assert_eq!(count("cites:{date:1946-08-02}"), 1);
    assert_eq!(count("citedby:{date:1946-08-01}"), 1);
    assert_eq!(count("thread:{date:1946-08-01}"), 2);
    // What is made anew is the same.
    drop(archive);
    Writer::open(&world.archive()).unwrap().reindex(&mut |_| true).unwrap();
    let archive = world.open();
    let mut links = 0;
    archive.for_each_card(&mut |entry| links += archive.web(entry.id).unwrap().named.len()).unwrap();
    assert_eq!(links, 4);
}
