//! What the user keeps at hand, and how a query could go on.

use reftel_archive::{Desk, ErrorKind, Id, Query};

use crate::world::{Telegram, World, find, import};

fn wire(world: &World, serial: u32, text: &str) {
    let telegram = Telegram { serial, text: text.to_owned(), ..Telegram::default() };
    world.write(&format!("{serial}.txt"), telegram.print());
}

fn three() -> World {
    let world = World::new();
    wire(&world, 1, "1. Minister DOE-ROE met the harbour master.");
    wire(&world, 2, "1. São Tomé sent a ferry. The harbour, master of it, too.");
    wire(&world, 3, "1. Nothing of the kind.");
    world.import();
    world
}

#[test]
fn a_saved_search_tells_what_came_since() {
    let world = three();
    let query = Query::parse("harbour").unwrap();
    let mut desk = Desk::open(&world.archive()).unwrap();
    desk.save("ferries", &query).unwrap();
    desk.save("all", &Query::all()).unwrap();
    drop(desk);
    let new = |name: &str| {
        let archive = world.open();
        let saved = archive.saved().unwrap().into_iter().find(|saved| saved.name == name).unwrap();
        let query = Query::parse(&saved.query).unwrap();
        let last = archive.last_searchable().unwrap();
        let search =
            reftel_archive::Search { query: query.between(saved.seen, last), ..crate::world::search("*") };
        let found = archive.search(&search).unwrap();
        (found.hits.iter().map(|hit| hit.card.serial.unwrap()).collect::<Vec<_>>(), last)
    };
    assert_eq!(new("ferries").0, [0; 0]);
    wire(&world, 4, "1. Another harbour.");
    wire(&world, 5, "1. Another launch. The Foreign Ministry has no more.");
    world.import();
    assert_eq!(new("ferries").0, [4]);
    assert_eq!(new("all").0, [4, 5]);
    Desk::open(&world.archive()).unwrap().looked("ferries", new("ferries").1).unwrap();
    assert_eq!(new("ferries").0, [0; 0]);
    // Neither a reindex nor another archive's life touches it.
    reftel_archive::Writer::open(&world.archive()).unwrap().reindex(&mut |_| true).unwrap();
    std::fs::remove_dir_all(world.archive().join("index")).unwrap();
    import(&world.archive(), &[world.folder()]);
    assert_eq!(new("ferries").0, [0; 0]);
    assert_eq!(new("all").0, [4, 5]);
    let mut desk = Desk::open(&world.archive()).unwrap();
    assert!(desk.forget("all").unwrap() && !desk.forget("all").unwrap());
    assert_eq!(world.open().saved().unwrap().len(), 1);
    let busy = Desk::open(&world.archive()).unwrap_err();
    assert_eq!(busy.kind(), ErrorKind::Busy);
    drop(desk);
    assert_eq!(Desk::open(&world.folder()).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn a_watch_list_finds_what_the_search_finds() {
    let world = three();
    let terms =
        ["Doe, Roe", "SAO TOME", "harbour master", "master of", "kind", "lighthouse", "harbour-master"];
    let terms = terms.map(str::to_owned);
    let kept = Desk::open(&world.archive()).unwrap().put_list("names", &terms).unwrap();
    assert_eq!(kept, 6);
    let archive = world.open();
    let kept = archive.watch_list("names").unwrap();
    assert_eq!(kept, terms[..6]);
    let last = archive.last_searchable().unwrap();
    for one in archive.watch(&kept, Id(0), last).unwrap() {
        let found = find(&archive, &format!("\"{}\"", one.term));
        let ids: Vec<Id> = found.hits.iter().map(|hit| hit.id).collect();
        let watched: Vec<Id> = one.telegrams.iter().map(|found| found.1).collect();
        assert_eq!(watched, ids, "{}", one.term);
    }
    wire(&world, 4, "1. The lighthouse of SAO TOME.");
    world.import();
    let archive = world.open();
    let new = archive.watch(&kept, last, archive.last_searchable().unwrap()).unwrap();
    let hits: Vec<_> = new.iter().map(|one| (one.term.as_str(), one.telegrams.len())).collect();
    assert_eq!(
        hits.iter().filter(|hit| hit.1 > 0).copied().collect::<Vec<_>>(),
        [("SAO TOME", 1), ("lighthouse", 1)]
    );
    assert_eq!(archive.watch_list("others").unwrap_err().kind(), ErrorKind::NotFound);
    let mut desk = Desk::open(&world.archive()).unwrap();
    assert_eq!(desk.put_list("bad", &["--".to_owned()]).unwrap_err().kind(), ErrorKind::Query);
    assert!(desk.forget_list("names").unwrap() && !desk.forget_list("names").unwrap());
}

#[test]
fn a_query_goes_on_with_what_is_here() {
    let world = three();
    let archive = world.open();
    for (typed, want) in [
        ("ferry tag", &["ferry tags:"][..]),
        ("tags:E", &["tags:ECON", "tags:EWWT"]),
        ("-from:val", &["-from:VALDORIA"]),
        ("class:s", &["class:SECRET"]),
        ("class:top", &["class:\"TOP SECRET\""]),
        ("caption:S", &["caption:SIPDIS"]),
        ("is:c", &["is:corrected", "is:cancelled"]),
        ("subj:x", &[]),
    ] {
        let got: Vec<String> = archive.complete(typed, 9).unwrap().into_iter().map(|one| one.query).collect();
        assert_eq!(got, want, "{typed}");
        for query in &got {
            assert!(query.ends_with(':') || Query::parse(query).is_ok(), "{query}");
        }
    }
    assert_eq!(archive.complete("tags:EC", 9).unwrap()[0].telegrams, Some(3));
}
