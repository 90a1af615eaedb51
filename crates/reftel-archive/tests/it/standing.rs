//! What telegrams are among others, and those that aren't here.

use reftel_archive::{Search, Sort};

use crate::world::{Telegram, World, find, search};

/// A corrected copy, one that cancels another, a stub, and two of one number.
fn world() -> World {
    let world = World::new();
    let telegram = |serial, text: &str| Telegram { serial, text: text.to_owned(), ..Telegram::default() };
    let files = [
        telegram(1, "1. The ferry sailed, as told in NORTHMARK 5."),
        telegram(2, "1. VALDORIA 1 is hereby cancelled.\n\n2. See STATE 900."),
        Telegram { subject: "FERRIES (CORRECTED COPY)".to_owned(), ..telegram(3, "1. The launch sailed.") },
        telegram(4, "1. The ferry tariff rose."),
        telegram(4, "1. The ferry tariff fell, and the minister spoke at length of the harbour."),
        Telegram {
            refs: vec!["08 PORTALDER 70"],
            date: "010000Z FEB 09",
            ..telegram(5, "1. See STATE 900.")
        },
        telegram(6, "WITHDRAWAL NOTICE: see the register."),
    ];
    for (index, file) in files.iter().enumerate() {
        world.write(&format!("{index}.txt"), file.print());
    }
    world.import();
    world
}

#[test]
fn what_a_telegram_is() {
    let world = world();
    let archive = world.open();
    for (query, serials) in [
        ("is:corrected", &[3][..]),
        ("is:cancelled", &[1]),
        ("is:version", &[3, 4, 4]),
        ("is:version -is:corrected", &[4, 4]),
        ("is:withdrawn", &[6]),
        ("is:stub", &[6]),
        ("is:stub -is:withdrawn", &[]),
        ("sailed -is:cancelled", &[3]),
    ] {
        let found = find(&archive, query);
        let mut got: Vec<u32> = found.hits.iter().map(|hit| hit.card.serial.unwrap()).collect();
        got.sort_unstable();
        assert_eq!((got.as_slice(), found.total), (serials, serials.len()), "{query}");
        assert!(found.missing.is_none(), "{query}");
    }
}

#[test]
fn what_is_cited_and_not_here() {
    let world = world();
    let archive = world.open();
    for (query, numbers) in [
        ("is:phantom", &["09STATE900", "08PORTALDER70", "09NORTHMARK5"][..]),
        ("is:phantom from:STATE", &["09STATE900"]),
        ("is:phantom from:\"PORT ALDER\"", &["08PORTALDER70"]),
        ("is:phantom -from:STATE", &["08PORTALDER70", "09NORTHMARK5"]),
        ("is:phantom from:(STATE OR NORTHMARK)", &["09STATE900", "09NORTHMARK5"]),
        ("is:phantom date:2008", &["08PORTALDER70"]),
        ("is:phantom date:..2008", &["08PORTALDER70"]),
        // The first that cites it is of the first of February.
        ("is:phantom date:2009-03 from:STATE", &[]),
        ("is:phantom date:2009-01 from:STATE", &["09STATE900"]),
        ("is:phantom serial:800..", &["09STATE900"]),
        ("is:phantom mrn:\"STATE 900\"", &["09STATE900"]),
        ("is:phantom sailed", &["09NORTHMARK5"]),
        ("is:phantom from:STATE sailed", &[]),
        ("is:phantom is:version", &[]),
        ("is:phantom *", &["09STATE900", "08PORTALDER70", "09NORTHMARK5"]),
    ] {
        let ask = Search { sort: Sort::Relevance, ..search(query) };
        let found = archive.search(&ask).unwrap();
        let missing = found.missing.unwrap();
        let got: Vec<&str> = missing.numbers.iter().map(|absent| absent.mrn.as_str()).collect();
        assert_eq!((got.as_slice(), missing.total), (numbers, numbers.len()), "{query}");
        assert_eq!((found.total, found.hits.len()), (0, 0), "{query}");
    }
    let oldest = archive.search(&Search { limit: 1, offset: 1, ..search("is:phantom") }).unwrap();
    let missing = oldest.missing.unwrap();
    assert_eq!((missing.total, missing.numbers[0].mrn.as_str()), (3, "09NORTHMARK5"));
    assert_eq!((missing.numbers[0].cited_by, missing.numbers[0].year), (1, Some(2009)));
}
