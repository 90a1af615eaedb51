//! Who cites whom, and what is held.

use reftel_archive::{Archive, Entry, Id, Resolved, Standing};

use crate::world::{Telegram, World};

fn resolve(archive: &Archive, id: Id) -> reftel_archive::Result<Vec<Resolved>> {
    archive.resolve(&archive.telegram(id)?)
}

fn world() -> World {
    let world = World::new();
    for (serial, refs) in [
        (1, vec![]),
        (2, vec!["VALDORIA 1", "NORTHMARK 77"]),
        (5, vec!["VALDORIA 2", "NORTHMARK 77", "VALDORIA 1"]),
    ] {
        let telegram = Telegram { serial, refs, ..Telegram::default() };
        world.write(&format!("{serial}.txt"), telegram.print());
    }
    let telegram = Telegram {
        post: "NORTHMARK",
        serial: 3,
        date: "120000Z JAN 10",
        class: "S E C R E T",
        ..Telegram::default()
    };
    world.write("n.txt", telegram.print());
    world.import();
    world
}

fn numbers(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.card.mrn.as_deref().unwrap()).collect()
}

#[test]
fn what_it_cites_and_who_cites_it() {
    let archive = world().open();
    let id = archive.by_mrn("09VALDORIA2").unwrap()[0].id;
    let web = archive.web(id).unwrap();
    let cites: Vec<_> = web.cites.iter().map(|(mrn, held)| (mrn.as_str(), held.len())).collect();
    assert_eq!(cites, [("09VALDORIA1", 1), ("09NORTHMARK77", 0)]);
    assert_eq!(numbers(&web.cited_by), ["09VALDORIA5"]);
    assert_eq!(numbers(&archive.citing("09NORTHMARK77").unwrap()), ["09VALDORIA2", "09VALDORIA5"]);
    assert_eq!(archive.held(&["09NORTHMARK77", "09VALDORIA5"]).unwrap(), [false, true]);
}

#[test]
fn neighbours_are_of_the_same_post() {
    let archive = world().open();
    let of = |mrn: &str| {
        let (before, after) = archive.neighbours(archive.by_mrn(mrn).unwrap()[0].id).unwrap();
        let name = |entry: Option<Entry>| entry.and_then(|entry| entry.card.mrn).unwrap_or_default();
        [name(before), name(after)]
    };
    assert_eq!(of("09VALDORIA1"), ["", "09VALDORIA2"]);
    assert_eq!(of("09VALDORIA2"), ["09VALDORIA1", "09VALDORIA5"]);
    assert_eq!(of("09VALDORIA5"), ["09VALDORIA2", ""]);
    assert_eq!(of("10NORTHMARK3"), ["", ""]);
}

#[test]
fn holdings_count_everything() {
    let world = world();
    let archive = world.open();
    let holdings = archive.holdings().unwrap();
    assert_eq!(holdings.telegrams, 4);
    assert_eq!(holdings.years, [(2009, 3), (2010, 1)]);
    assert_eq!(holdings.posts, [("VALDORIA".to_owned(), 3), ("NORTHMARK".to_owned(), 1)]);
    assert_eq!(holdings.classifications, [("UNCLASSIFIED".to_owned(), 3), ("SECRET".to_owned(), 1)]);
    assert_eq!(holdings.years_posts, [(2009, "VALDORIA".to_owned(), 3), (2010, "NORTHMARK".to_owned(), 1)]);
    assert_eq!(holdings.most_missing, [("09NORTHMARK77".to_owned(), 2)]);
    assert_eq!((holdings.cited, holdings.cited_held), (3, 2));

    world.write("more.txt", Telegram { serial: 6, ..Telegram::default() }.print());
    world.import();
    assert_eq!(archive.holdings().unwrap().telegrams, 5);
}

#[test]
fn every_card_comes_with_what_it_cites() {
    let archive = world().open();
    let mut cards = Vec::new();
    archive.for_each_card(&mut |entry| cards.push(entry)).unwrap();
    assert_eq!(cards.len(), 4);
    for entry in &cards {
        assert_eq!(*entry, archive.by_mrn(entry.card.mrn.as_ref().unwrap()).unwrap()[0]);
        assert_eq!(entry.card, archive.telegram(entry.id).unwrap().card);
        assert_eq!(entry.card, reftel_telegram::Card::of(&archive.telegram(entry.id).unwrap().record));
    }
    assert_eq!(cards.iter().map(|entry| entry.card.cites.len()).sum::<usize>(), 5);
}

#[test]
fn a_telegram_that_is_not_here_is_dated_and_described() {
    let world = World::new();
    for (post, serial, date, refs, text) in [
        ("NORTHMARK", 70, "010800Z JUN 09", vec![], "1. The light was out."),
        ("NORTHMARK", 80, "090800Z JUN 09", vec![], "1. The light was lit."),
        (
            "VALDORIA",
            5,
            "200800Z JUN 09",
            vec!["NORTHMARK 77"],
            "1. The keeper left. Ref A says why, and who pays.",
        ),
        ("VALDORIA", 6, "210800Z JUN 09", vec!["09 NORTHMARK 78"], "1. Nothing new."),
        ("NORTHMARK", 78, "020800Z JUN 08", vec![], "1. The year before."),
        ("NORTHMARC", 77, "050800Z JUN 09", vec![], "1. A garbled post."),
    ] {
        let refs = refs.clone();
        let telegram = Telegram { post, serial, date, refs, text: text.to_owned(), ..Telegram::default() };
        world.write(&format!("{post}{serial}.txt"), telegram.print());
    }
    world.import();
    let archive = world.open();
    assert_eq!(archive.phantoms(0, 9).unwrap().len(), 2);
    let phantom = archive.phantom("09NORTHMARK77").unwrap().unwrap();
    assert_eq!(phantom.year, Some(2009));
    let day = |at: Option<jiff::civil::DateTime>| at.map(|at| at.date().to_string()).unwrap_or_default();
    assert_eq!((day(phantom.after), day(phantom.before)), ("2009-06-01".into(), "2009-06-09".into()));
    assert_eq!(phantom.cited_by[0].1.as_deref(), Some("Ref A says why, and who pays."));
    let likeliest = &phantom.alternatives[0];
    assert_eq!(likeliest.entry.card.post.as_deref(), Some("NORTHMARC"));
    assert!(likeliest.confidence > 0.8, "{likeliest:?}");
    // Where the year is printed, another year's telegram is hardly meant.
    let printed = archive.phantom("09NORTHMARK78").unwrap().unwrap();
    assert!(printed.year_printed);
    assert!(printed.alternatives.iter().all(|other| other.confidence < 0.7), "{:?}", printed.alternatives);
    assert!(archive.phantom("75VALDORIA-A123").unwrap().is_none());
    let citing = archive.by_mrn("09VALDORIA5").unwrap()[0].id;
    let resolved = resolve(&archive, citing).unwrap();
    assert_eq!((resolved.len(), resolved[0].standing), (1, Standing::Probable), "{resolved:?}");
    assert_eq!(resolved[0].telegrams[0].entry.card.mrn.as_deref(), Some("09NORTHMARC77"));
    let citing = archive.by_mrn("09VALDORIA6").unwrap()[0].id;
    assert_eq!(resolve(&archive, citing).unwrap()[0].standing, Standing::Phantom);
}

#[test]
fn a_number_means_what_can_have_been_sent() {
    let world = World::new();
    for (post, serial, date, refs) in [
        ("NORTHMARK", 4512, "200800Z DEC 08", vec![]),
        // In January its officer leaves out the year that has just ended.
        ("VALDORIA", 12, "080800Z JAN 09", vec!["NORTHMARK 4512"]),
        ("VALDORIA", 13, "080900Z JAN 09", vec!["08 NORTHMARK 4512"]),
        ("NORTHMARK", 4512, "150800Z NOV 09", vec![]),
    ] {
        let telegram = Telegram { post, serial, date, refs, ..Telegram::default() };
        world.write(&format!("{post}{serial}{}.txt", &date[8..11]), telegram.print());
    }
    world.import();
    let archive = world.open();
    let meaning = |citing: &str| {
        let resolved = resolve(&archive, archive.by_mrn(citing).unwrap()[0].id).unwrap().remove(0);
        (resolved.standing, resolved.telegrams[0].entry.card.mrn.clone().unwrap())
    };
    assert_eq!(meaning("09VALDORIA12"), (Standing::Probable, "08NORTHMARK4512".to_owned()));
    assert_eq!(meaning("09VALDORIA13"), (Standing::Found, "08NORTHMARK4512".to_owned()));
    assert!(resolve(&archive, archive.by_mrn("08NORTHMARK4512").unwrap()[0].id).unwrap().is_empty());
    assert!(resolve(&archive, Id(99)).is_err());
}
