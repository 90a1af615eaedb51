//! `saved`, `watchlist`, and what `search` tells beside telegrams.

use crate::world::{ask, run, run_with, sample};

#[test]
fn a_saved_search_and_a_watch_list_tell_what_an_import_brings() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("archive");
    let at = path.to_str().unwrap();
    let told = |arguments: &[&str]| run(&[arguments, &["--archive", at]].concat());
    let none = told(&["saved", "add", "x", "ferry"]);
    assert!(none.status == Some(2) && !path.exists(), "{none:?}");
    assert_eq!(told(&["import", sample("2009-northmark-00188.txt").to_str().unwrap()]).status, Some(0));

    let wrong = told(&["saved", "add", "x", "frm:VALDORIA"]);
    assert!(wrong.status == Some(2) && wrong.error.contains("from:"), "{wrong:?}");
    assert_eq!(told(&["saved", "add", "all", "*"]).status, Some(0));
    let list = "\u{feff}# posts\nValdoria\nnobody at all\n\nVALDORIA\n";
    let added = run_with(&["watchlist", "add", "posts", "-", "--archive", at], list.as_bytes());
    assert!(added.status == Some(0) && added.error.contains("2 terms"), "{added:?}");
    assert_eq!(told(&["saved", "new"]).status, Some(1));
    assert!(matches!(told(&["watchlist", "new"]).status, Some(0 | 1)));

    let imported = told(&["import", sample("").to_str().unwrap()]);
    assert!(imported.error.contains("watch list posts: 1 of 2 in "), "{imported:?}");
    let peek = told(&["saved", "new", "all", "--peek", "--limit", "0", "--format", "mrn"]);
    let new = told(&["saved", "new", "all", "--limit", "0", "--format", "mrn"]);
    assert_eq!((new.status, &new.out), (Some(0), &peek.out));
    assert!(new.out.lines().count() > 80, "{new:?}");
    assert_eq!(told(&["saved", "new"]).status, Some(1));
    let csv = told(&["watchlist", "new", "posts", "--all", "--format", "csv"]);
    let rows: Vec<&str> = csv.out.lines().collect();
    assert_eq!(rows[0], "list,term,telegrams,first,last,numbers");
    assert!(rows[1].starts_with("posts,Valdoria,") && rows[2] == "posts,nobody at all,0,,,", "{csv:?}");
    let whole = told(&["watchlist", "run", "posts", "--format", "jsonl"]);
    let line = &whole.json()[0];
    assert_eq!(line["telegrams"].as_u64().unwrap(), line["ids"].as_array().unwrap().len() as u64);
    assert_eq!(told(&["watchlist", "remove", "posts"]).status, Some(0));
    assert_eq!(told(&["watchlist", "run", "posts"]).status, Some(2));
}

#[test]
fn a_search_counts_goes_on_and_completes() {
    let all = ask(&["search", "*", "--limit", "0", "--format", "mrn", "--sort", "newest"]);
    let first = ask(&["search", "*", "--limit", "30", "--format", "json", "--sort", "newest"]);
    let (first, all) = (&first.json()[0], all.out.lines().collect::<Vec<_>>());
    let next = first["next"].as_str().unwrap();
    let rest = ["search", "*", "--limit", "0", "--format", "mrn", "--sort", "newest", "--after", next];
    let rest = ask(&rest);
    let named = first["hits"].as_array().unwrap().iter().filter_map(|hit| hit["mrn"].as_str());
    assert_eq!(named.chain(rest.out.lines()).collect::<Vec<_>>(), all);

    let years = ask(&["search", "*", "--histogram", "year", "--format", "json", "--limit", "1"]);
    let years = &years.json()[0];
    let bars = years["histogram"]["bars"].as_array().unwrap();
    let dated: u64 = bars.iter().map(|bar| bar["count"].as_u64().unwrap()).sum();
    assert_eq!(dated + years["histogram"]["undated"].as_u64().unwrap(), years["total"].as_u64().unwrap());
    let drawn = ask(&["search", "date:2009", "--histogram", "month"]);
    assert!(drawn.out.contains("2009-06") && drawn.out.contains('█'), "{drawn:?}");

    let piece = ask(&["search", "ferry tariff", "--limit", "1", "--format", "json"]);
    let snippet = &piece.json()[0]["hits"][0]["snippet"];
    assert!(snippet["anchor"].is_string() && snippet["paragraph"].is_u64(), "{snippet}");

    let offered = ask(&["search", "--complete", "ferry from:VALD"]);
    assert!(offered.out.starts_with("ferry from:VALDORIA\t"), "{offered:?}");
    assert_eq!(ask(&["search", "--complete", "subj:x"]).status, Some(1));
    let missing = ask(&["search", "is:phantom", "--format", "csv"]);
    assert!(missing.out.starts_with("mrn,post,year,serial,cited_by\n"), "{missing:?}");
    assert_eq!(ask(&["search", "is:phantom", "--after", "id:1"]).status, Some(2));
    assert_eq!(ask(&["export", "is:phantom", "--format", "csv"]).status, Some(2));
}

#[test]
fn a_bag_carries_what_is_kept_at_hand() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (one, bag, other) = (at("one"), at("bag"), at("other"));
    let told = |arguments: &[&str], archive: &str| run(&[arguments, &["--archive", archive]].concat());
    assert_eq!(told(&["import", sample("2009-northmark-00188.txt").to_str().unwrap()], &one).status, Some(0));
    assert_eq!(told(&["saved", "add", "all", "*"], &one).status, Some(0));
    let added = run_with(&["watchlist", "add", "posts", "-", "--archive", &one], b"Northmark\nValdoria\n");
    assert_eq!(added.status, Some(0), "{added:?}");
    assert_eq!(told(&["export", "*", "--format", "bagit", "--to", &bag], &one).status, Some(0));
    let restored = told(&["restore", &bag], &other);
    assert_eq!(restored.status, Some(0), "{restored:?}");
    for list in ["saved", "watchlist"] {
        assert_eq!(told(&[list, "list", "--json"], &other).out, told(&[list, "list", "--json"], &one).out);
    }
}
