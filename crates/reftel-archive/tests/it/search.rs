//! Search: what is asked for is found, counted and shown.

use reftel_archive::{ErrorKind, Found, Id, Period, Query, Search, Sort};

use crate::world::{Telegram, World, find, search};

/// An archive of telegrams that differ in their text alone.
fn wires(texts: &[(u32, &str)]) -> World {
    let world = World::new();
    for &(serial, text) in texts {
        let subject = "WIRE".to_owned();
        let telegram = Telegram { serial, subject, text: text.to_owned(), ..Telegram::default() };
        world.write(&format!("{serial}.txt"), telegram.print());
    }
    world.import();
    world
}

#[test]
fn words_phrases_and_exclusions() {
    let world = wires(&[
        (1, "1. The ferry tariff rose."),
        (2, "1. The tariff on the ferry fell."),
        (3, "1. AT&T and the U.S. wire."),
    ]);
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
        ("* -\"the ferry fell\"", 2),
        ("* -(wire \"the wire\")", 3),
        ("* -\"u s wire\"", 2),
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

/// Three telegrams that differ in all that a field can ask for.
fn world() -> World {
    let world = World::new();
    world.write(
        "1.txt",
        Telegram {
            serial: 1,
            refs: vec!["NORTHMARK 77"],
            text: "1. SUMMARY: The ferry sailed. END SUMMARY.\n\n2. The crew of the launch sailed too."
                .to_owned(),
            ..Telegram::default()
        }
        .print(),
    );
    world.write(
        "2.txt",
        Telegram {
            post: "NORTHMARK",
            serial: 77,
            date: "311200Z DEC 08",
            class: "C O N F I D E N T I A L",
            tags: "PREL, PGOV",
            subject: "HARBOUR POLICE".to_owned(),
            signed: "DOE",
            ..Telegram::default()
        }
        .print(),
    );
    world.write(
        "3.txt",
        Telegram {
            serial: 3,
            date: "010000Z JAN 09",
            class: "S E C R E T",
            section: Some((1, 2)),
            tags: "PREL",
            ..Telegram::default()
        }
        .print(),
    );
    assert_eq!(world.import().telegrams, 3);
    world
}

#[test]
fn each_field_finds_what_it_says() {
    let world = world();
    let archive = world.open();
    for (query, serials) in [
        ("from:valdoria", &[3, 1][..]),
        ("from:\"amembassy valdoria\"", &[3, 1]),
        ("from:NORTHMARK", &[77]),
        ("to:STATE", &[77, 3, 1]),
        ("to:secstate", &[77, 3, 1]),
        ("to:NORTHMARK", &[]),
        ("info:northmark", &[77, 3, 1]),
        ("tags:PREL", &[77, 3]),
        ("tags:(PGOV OR ECON)", &[77, 1]),
        ("tags:(PREL -PGOV)", &[3]),
        ("class:C", &[77]),
        ("class:(C OR S)", &[77, 3]),
        ("-class:U", &[77, 3]),
        ("caption:sipdis", &[77, 3, 1]),
        ("prec:P", &[77, 3, 1]),
        ("prec:FLASH", &[]),
        ("mrn:\"08 northmark 0077\"", &[77]),
        ("mrn:\"northmark 77\"", &[77]),
        ("ref:09NORTHMARK77", &[1]),
        ("ref:NORTHMARK77", &[1]),
        ("subj:police", &[77]),
        ("subj:harbour -mrn:VALDORIA1", &[77]),
        ("signed:doe", &[77]),
        ("date:2008", &[77]),
        ("date:2008-12-31", &[77]),
        ("date:2009-01-01", &[3]),
        ("date:2008-12..2009-01", &[77, 3]),
        ("date:2009..", &[3, 1]),
        ("date:..2008-12-31", &[77]),
        ("date:2009-06-11", &[1]),
        ("has:refs", &[1]),
        ("has:summary", &[1]),
        ("has:sections", &[3]),
        ("has:tags has:subject has:dtg has:from has:mrn has:class has:captions has:eo", &[77, 3, 1]),
        ("has:quoted", &[]),
    ] {
        let found = find(&archive, query);
        let got: Vec<u32> = found.hits.iter().map(|hit| hit.card.serial.unwrap()).collect();
        assert_eq!(got, serials, "{query}");
        assert_eq!(found.total, serials.len(), "{query}");
    }
}

#[test]
fn facets_count_all_that_matches_whatever_is_shown() {
    let world = world();
    let archive = world.open();
    let mut search = crate::world::search("*");
    search.limit = 1;
    let found = archive.search(&search).unwrap();
    assert_eq!((found.total, found.hits.len()), (3, 1));
    let facets = found.facets;
    let named = |name: &str, count| (name.to_owned(), count);
    assert_eq!(facets.years, [(2008, 1), (2009, 2)]);
    assert_eq!(facets.posts, [named("VALDORIA", 2), named("NORTHMARK", 1)]);
    assert_eq!(
        facets.classifications,
        [named("CONFIDENTIAL", 1), named("SECRET", 1), named("UNCLASSIFIED", 1)]
    );
    assert_eq!(facets.tags, [named("PREL", 2), named("ECON", 1), named("EWWT", 1), named("PGOV", 1)]);
    assert_eq!(find(&archive, "class:S").facets.years, [(2009, 1)]);
}

#[test]
fn results_come_in_order_and_in_pages() {
    let world = world();
    let archive = world.open();
    let serials = |sort, offset, limit| -> Vec<u32> {
        let search = Search { sort, offset, limit, ..crate::world::search("*") };
        archive.search(&search).unwrap().hits.iter().map(|hit| hit.card.serial.unwrap()).collect()
    };
    assert_eq!(serials(Sort::Oldest, 0, 10), [77, 3, 1]);
    assert_eq!(serials(Sort::Newest, 0, 10), [1, 3, 77]);
    assert_eq!(serials(Sort::Newest, 1, 1), [3]);
    assert_eq!(serials(Sort::Newest, 3, 10), Vec::<u32>::new());
    assert_eq!(serials(Sort::Newest, usize::MAX, usize::MAX), Vec::<u32>::new());
    assert_eq!(serials(Sort::Relevance, 0, usize::MAX).len(), 3);
    assert_eq!(serials(Sort::Relevance, 0, 0), Vec::<u32>::new());
    let search = Search { sort: Sort::Relevance, ..crate::world::search("harbour") };
    assert_eq!(archive.search(&search).unwrap().hits[0].card.serial, Some(77), "in the subject");
}

/// Whatever is printed can be found, one word or three side by side, and across the lines of a page.
#[test]
fn every_word_printed_is_found() {
    let world = World::new();
    let text = "1. THE CREW OF THE FERRY\n\nVALDORIA 00001000  002 OF 002\n\nWENT ASHORE AT NOON.";
    let text = Telegram { text: text.to_owned(), refs: vec!["NORTHMARK 77"], ..Telegram::default() }.print();
    world.write("1.txt", &text);
    world.write("2.txt", Telegram { serial: 2, ..Telegram::default() }.print());
    world.import();
    let archive = world.open();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    for word in &words {
        assert!(find(&archive, &format!("\"{word}\"")).total > 0, "{word}");
    }
    assert_eq!(find(&archive, "\"crew of the ferry went ashore\"").total, 1);
    assert_eq!(find(&archive, "\"00001000 002 of 002\"").total, 1);
}

#[test]
fn a_telegram_that_says_only_numbers_and_odd_letters_is_found() {
    let world = World::new();
    let text = "1. Le bac de S\u{e3}o Tom\u{e9} co\u{fb}te 12 \u{20ac}.".to_owned();
    world.write("1.txt", Telegram { text: text.clone(), ..Telegram::default() }.print());
    let latin: Vec<u8> = Telegram { serial: 2, text, ..Telegram::default() }
        .print()
        .chars()
        .map(|c| if c == '\u{20ac}' { 0x80 } else { u8::try_from(u32::from(c)).unwrap() })
        .collect();
    world.write("2.txt", latin);
    world.import();
    let archive = world.open();
    for query in ["sao", "S\u{e3}o", "\"tome coute\"", "\"co\u{fb}te 12\""] {
        assert_eq!(find(&archive, query).total, 2, "{query}");
    }
}

/// What has no date comes last in both orders, whether the database or the index does the ordering.
#[test]
fn what_has_no_date_comes_last() {
    let world = World::new();
    for (serial, date) in
        [(1, "110928Z JUN 09"), (2, "110928Z JUN 09"), (3, ""), (4, "010000Z JAN 09"), (5, ""), (6, "")]
    {
        let text = Telegram { serial, date: "010000Z JAN 09", ..Telegram::default() }.print();
        let text = text.replace(
            "P 010000Z JAN 09\n",
            &if date.is_empty() { String::new() } else { format!("P {date}\n") },
        );
        world.write(&format!("{serial}.txt"), text);
    }
    assert_eq!(world.import().telegrams, 6);
    let archive = world.open();
    assert_eq!(find(&archive, "-has:dtg").total, 3);
    for (sort, serials) in [
        (Sort::Newest, [1, 2, 4, 3, 5, 6]),
        (Sort::Oldest, [4, 1, 2, 3, 5, 6]),
        (Sort::Relevance, [1, 2, 4, 3, 5, 6]),
    ] {
        for query in ["*", "caption:SIPDIS"] {
            for (offset, limit) in [(0, 100), (0, 2), (1, 3), (2, 2), (3, 2), (4, 100), (6, 1), (9, 9)] {
                let search = Search { sort, offset, limit, facets: false, ..crate::world::search(query) };
                let found = archive.search(&search).unwrap();
                let got: Vec<i64> = found.hits.iter().map(|hit| hit.id.0).collect();
                let want: Vec<i64> = serials.into_iter().skip(offset).take(limit).collect();
                assert_eq!((got, found.total), (want, 6), "{query} {sort:?} {offset} {limit}");
            }
        }
    }
}

#[test]
fn a_query_that_is_a_number_finds_that_telegram_first_then_who_cites_it() {
    let world = World::new();
    for (serial, refs) in [(12, vec!["VALDORIA 1000"]), (1000, vec![]), (1001, vec!["08 PORT ALDER 114"])] {
        world.write(&format!("{serial}.txt"), Telegram { serial, refs, ..Telegram::default() }.print());
    }
    let navadmin = "R 101530Z MAR 15\nFM CNO WASHINGTON DC\nTO NAVADMIN\nBT\nUNCLAS\n\nNAVADMIN 123/15\n\n\
                    SUBJ/FERRIES//\nRMKS/1. THE FERRY LEFT.//\nBT\n#0001\nNNNN\n";
    world.write("navadmin.txt", navadmin);
    world.import();
    let archive = world.open();
    for (query, serials) in [
        ("09VALDORIA1000", &[1000, 12][..]),
        ("09valdoria001000", &[1000, 12]),
        ("09 Valdoria 1000", &[1000, 12]),
        ("VALDORIA 1000", &[1000, 12]),
        ("valdoria 001000", &[1000, 12]),
        ("08 PORT ALDER 114", &[1001]),
        ("Port Alder 114", &[1001]),
        ("NAVADMIN 123/15", &[123]),
        ("navadmin 123/15", &[123]),
        ("07VALDORIA1000", &[]),
        ("VALDORIA 1000 -ferry", &[]),
    ] {
        let search = Search { sort: Sort::Relevance, ..crate::world::search(query) };
        let found = archive.search(&search).unwrap();
        let got: Vec<u32> = found.hits.iter().map(|hit| hit.card.serial.unwrap_or_default()).collect();
        assert_eq!(got, serials, "{query}");
    }
}

#[test]
fn words_in_their_places_and_like_patterns() {
    let world = wires(&[
        (1, "1. The ferry tariff rose. The harbour was quiet.\n\n2. Nobody paid the toll."),
        (2, "1. The tariff on the old ferry fell.\n\n2. The harbour master of S\u{e3}o Tom\u{e9} paid."),
        (3, "1. Ferries of AT&T Co. left. Mr. Doe of the U.S. wired about tariffs."),
    ]);
    let archive = world.open();
    for (query, total) in [
        ("ferr*", 3),
        ("ferr?", 2),
        ("*ries", 1),
        ("tar?ff*", 3),
        ("subj:wir*", 3),
        ("\"the ferry\"~0", 1),
        ("\"tariff ferry\"~3", 1),
        ("\"tariff ferry\"~2", 0),
        ("tariff NEAR/0 ferry", 1),
        ("tariff NEAR/3 ferry", 2),
        ("(tariff OR tariffs) NEAR/3 (ferry OR wired)", 3),
        ("\"ferry tariff\" NEAR/4 harbour", 1),
        ("tari* NEAR/3 fer*", 2),
        ("sentence:{tariff harbour}", 0),
        ("sentence:{tariff rose}", 1),
        ("sentence:{ferries left}", 1),
        ("sentence:{ferries wired}", 0),
        ("sentence:{doe wired tariffs}", 1),
        ("para:{tariff harbour}", 1),
        ("para:{harbour -tariff}", 1),
        ("para:{ferry (toll OR quiet)}", 1),
        ("para:{ferry toll}", 0),
        ("-para:{tariff harbour}", 2),
        ("tarif~", 2),
        ("tarrif~2", 2),
        ("=Ferries", 1),
        ("=ferries", 0),
        ("=AT&T", 1),
        ("=\"AT&T Co. left\"", 1),
        ("=\"S\u{e3}o Tom\u{e9}\"", 1),
        ("=\"Sao Tome\"", 0),
        ("serial:2..3", 2),
        ("serial:[3 TO *]", 1),
        ("words:..20", 0),
        ("words:20..", 3),
        ("person:roe", 3),
        ("place:lighthouse", 0),
        ("ferr* -ferry", 1),
    ] {
        assert_eq!(find(&archive, query).total, total, "{query}");
    }
    let found = find(&archive, "tari* NEAR/3 fer*");
    let snippet = found.hits[0].snippet.as_ref().unwrap();
    assert!(!snippet.marks.is_empty(), "{snippet:?}");
}

#[test]
fn the_web_around_what_is_found() {
    let world = World::new();
    let northmark =
        Telegram { post: "NORTHMARK", serial: 77, subject: "POLICE".to_owned(), ..Telegram::default() };
    world.write("1.txt", northmark.print());
    let cites = Telegram { serial: 1, refs: vec!["NORTHMARK 77"], ..Telegram::default() };
    world.write("2.txt", cites.print());
    let second = Telegram { serial: 2, refs: vec!["VALDORIA 1"], ..Telegram::default() };
    world.write("3.txt", second.print());
    world.import();
    let archive = world.open();
    for (query, total) in [
        ("cites:{from:NORTHMARK}", 1),
        ("citedby:{serial:2}", 1),
        ("citedby:{from:VALDORIA}", 2),
        ("thread:{police}", 3),
        ("thread:{police} serial:2", 1),
        ("thread:{lighthouse}", 0),
    ] {
        assert_eq!(find(&archive, query).total, total, "{query}");
    }
}

#[test]
fn a_query_that_finds_nothing_says_why() {
    let world = World::new();
    world.write("1.txt", Telegram::default().print());
    world.import();
    let archive = world.open();
    let explain = |text: &str| archive.explain(&reftel_archive::Query::parse(text).unwrap()).unwrap();
    let explained = explain("harbour lighthouse");
    assert_eq!(explained.total, 0);
    let counts: Vec<_> = explained.parts.iter().map(|part| (&*part.text, part.alone, part.without)).collect();
    assert_eq!(counts, [("harbour", 1, 0), ("lighthouse", 0, 1)]);
    assert_eq!(explained.nearest[0].query, "harbour");
    assert_eq!(explained.nearest[0].change, "without `lighthouse`");
    assert_eq!(explain("harbuor").nearest[0].query, "harbour");
    assert_eq!(explain("\"master harbour\"").nearest[0].query, "master harbour");
    assert_eq!(explain("harbour lighthouse buoy").nearest[0].query, "harbour");
    assert_eq!(explain("harb*").parts[0].words, ["harbour"]);
    assert!(explain("harbour").nearest.is_empty());
}

#[test]
fn a_hit_says_what_each_part_had_to_do_with_it() {
    let world = World::new();
    world.write("1.txt", Telegram::default().print());
    world.import();
    let archive = world.open();
    let query = reftel_archive::Query::parse("harbour class:U -lighthouse").unwrap();
    let ids: Vec<_> = find(&archive, "harbour").hits.iter().map(|hit| hit.id).collect();
    let reasons = archive.reasons(&query, &ids).unwrap();
    let parts: Vec<_> = reasons[0].iter().map(|reason| &*reason.part).collect();
    assert_eq!(parts, ["harbour", "class:U"]);
    assert!(reasons[0][0].weight > 0.0 && reasons[0][0].text > 0, "{reasons:?}");
}

/// Telegrams of a few days, three of them alike, two without a date.
fn days() -> World {
    let world = World::new();
    for serial in 1..=12 {
        let dates = ["110928Z JUN 09", "120000Z JUN 09", "010000Z JUL 09", "312359Z DEC 10"];
        let text = format!("1. The ferry {}", "left the ferry at noon. ".repeat(serial as usize % 4));
        let date = dates[serial as usize % 4];
        let mut printed = Telegram { serial, date, text, ..Telegram::default() }.print();
        if serial > 10 {
            printed = printed.replace(&format!("P {date}\n"), "");
        }
        world.write(&format!("{serial}.txt"), printed);
    }
    world.import();
    world
}

#[test]
fn a_list_goes_on_behind_a_telegram_in_every_order() {
    let world = days();
    let archive = world.open();
    for query in ["*", "ferry", "ferry -noon", "ferry OR noon", "from:VALDORIA", "\"the ferry\" noon"] {
        for sort in [Sort::Relevance, Sort::Oldest, Sort::Newest] {
            let whole = archive.search(&Search { sort, ..search(query) }).unwrap();
            let whole: Vec<_> = whole.hits.iter().map(|hit| hit.id).collect();
            let page = Search { sort, limit: 3, ..search(query) };
            let mut got: Vec<_> = archive.search(&page).unwrap().hits.iter().map(|hit| hit.id).collect();
            while let Some(last) = got.last() {
                let next = archive.search_after(&page, *last).unwrap();
                assert_eq!(next.total, whole.len(), "{query}");
                if next.hits.is_empty() {
                    break;
                }
                got.extend(next.hits.iter().map(|hit| hit.id));
            }
            assert_eq!(got, whole, "{query} {sort:?}");
        }
    }
}

#[test]
fn what_comes_in_meanwhile_moves_nothing_behind_a_telegram() {
    let world = days();
    let page = Search { sort: Sort::Newest, limit: 4, ..search("*") };
    let first = world.open().search(&page).unwrap();
    let rest = Search { limit: 100, ..page.clone() };
    let last = first.hits[3].id;
    let ids = |found: &Found| found.hits.iter().map(|hit| hit.id).collect::<Vec<_>>();
    let before = ids(&world.open().search_after(&rest, last).unwrap());
    world.write("new.txt", Telegram { serial: 50, date: "010000Z JAN 11", ..Telegram::default() }.print());
    world.import();
    assert_eq!(ids(&world.open().search_after(&rest, last).unwrap()), before);
    let unknown = world.open().search_after(&page, Id(4711)).unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
}

#[test]
fn what_is_found_is_counted_by_year_month_and_day() {
    let world = days();
    let archive = world.open();
    let count = |query: &str, period| {
        let histogram = archive.histogram(&Query::parse(query).unwrap(), period).unwrap();
        let bars = histogram.bars.iter().map(|(day, n)| (period.written(*day), *n)).collect::<Vec<_>>();
        let total: u64 = bars.iter().map(|bar| bar.1).sum::<u64>() + histogram.undated;
        assert_eq!(total, find(&archive, query).total as u64, "{query}");
        for (written, n) in &bars {
            assert_eq!(find(&archive, &format!("({query}) date:{written}")).total as u64, *n, "{written}");
        }
        bars.into_iter().map(|(written, n)| format!("{written} {n}")).collect::<Vec<_>>()
    };
    assert_eq!(count("*", Period::Year), ["2009 8", "2010 2"]);
    assert_eq!(count("*", Period::Month), ["2009-06 5", "2009-07 3", "2010-12 2"]);
    assert_eq!(count("date:2009-06", Period::Day), ["2009-06-11 2", "2009-06-12 3"]);
    assert_eq!(count("nowhere", Period::Day), [""; 0]);
}
