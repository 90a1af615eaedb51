//! `import`, `search`, `show`, `refs`, `books`, `verify`, `reindex`.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::world::{archive, ask, reftel, run, sample};

#[test]
fn a_second_import_adds_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = sample("2009-northmark-00188.txt");
    let line = ["import", path.to_str().unwrap(), "--archive", dir.path().to_str().unwrap()];
    let ran = run(&line);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(
        ran.out.starts_with("1 file: 1 kept, 0 duplicates, 0 not telegrams, 0 failed; 1 telegram new; "),
        "{ran:?}"
    );
    let ran = run(&line);
    assert!(ran.out.starts_with("1 file: 1 known already; nothing new; "), "{ran:?}");
}

#[test]
fn a_path_that_is_not_there_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let ran = run(&["import", "no/such/path", "--archive", dir.path().to_str().unwrap()]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.error.starts_with("error: ") && ran.error.contains("no/such/path"), "{ran:?}");
}

#[test]
fn no_archive_says_how_to_make_one() {
    for command in
        [&["search", "x"][..], &["show", "x"], &["refs", "x"], &["books"], &["verify"], &["reindex"]]
    {
        let dir = tempfile::tempdir().unwrap();
        let none = dir.path().join("none");
        let ran = run(&[command, &["--archive", none.to_str().unwrap()]].concat());
        assert_eq!(ran.status, Some(2), "{command:?} {ran:?}");
        assert!(ran.error.contains("help: ") && ran.error.contains("reftel import"), "{command:?} {ran:?}");
        assert!(!none.exists(), "{command:?}");
    }
}

#[test]
fn search_prints_what_it_finds_in_every_form() {
    let query = "mrn:08STATE118204";
    let ran = ask(&["search", query]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(ran.out.starts_with("MRN") && ran.out.contains("08STATE118204"), "{ran:?}");
    assert!(!ran.out.contains('\u{1b}'), "{ran:?}");

    let ran = ask(&["search", "from:NORTHMARK", "--format", "jsonl"]);
    assert!(ran.json().iter().any(|hit| hit["mrn"] == "08NORTHMARK902"), "{ran:?}");
    assert!(ran.json().iter().all(|hit| hit["to"][0] == "STATE"), "{ran:?}");

    let ran = ask(&["search", "*", "--limit", "3", "--offset", "1", "--format", "json", "--facets"]);
    let found = &ran.json()[0];
    assert_eq!((&found["schema"], &found["offset"]), (&json!(1), &json!(1)), "{found}");
    assert_eq!(found["hits"].as_array().unwrap().len(), 3, "{found}");
    assert!(found["total"].as_u64().unwrap() > 90, "{found}");
    assert!(found["facets"]["years"][0]["count"].is_u64(), "{found}");

    let ran = ask(&["search", "*", "--limit", "0", "--format", "mrn"]);
    let every: Vec<&str> = ran.out.lines().collect();
    assert!(every.len() > 90 && every.contains(&"08STATE118204"), "{ran:?}");

    let ran = ask(&["search", query, "--format", "csv"]);
    assert!(ran.out.starts_with("id,mrn,dtg,from,"), "{ran:?}");
}

#[test]
fn search_says_when_it_finds_nothing_or_is_not_understood() {
    let ran = ask(&["search", "xyzzyplugh"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{ran:?}");
    assert!(ran.error.contains("nothing found"), "{ran:?}");
    let ran = ask(&["search", "ferry", "(tariff"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{ran:?}");
    assert!(ran.error.starts_with("error: "), "{ran:?}");
    assert!(ran.error.contains("ferry (tariff") && ran.error.contains('^'), "{ran:?}");
}

#[test]
fn a_hyphen_in_a_query_excludes() {
    let total = |words: &[&str]| {
        let ran = ask(&[&["search"], words, &["--format", "json", "--limit", "1"]].concat());
        assert_eq!(ran.status, Some(0), "{words:?} {ran:?}");
        ran.json()[0]["total"].as_u64().unwrap()
    };
    let (all, ferry) = (total(&["*"]), total(&["ferry"]));
    assert_eq!(total(&["-ferry"]), all - ferry);
    assert_eq!(total(&["--sort", "newest", "*", "-ferry"]), all - ferry);
    assert!(total(&["ferry", "-class:SECRET"]) <= ferry);
}

#[test]
fn a_number_without_a_year_is_of_any() {
    let ran = ask(&["show", "valdoria 1402"]);
    assert!(ran.status == Some(0) && ran.out.starts_with("08VALDORIA1402 (printed"), "{ran:?}");
    let ran = ask(&["show", "VALDORIA", "99999"]);
    assert!(ran.status == Some(1) && ran.error.contains("held here: "), "{ran:?}");
}

#[test]
fn a_time_without_a_zone_is_local() {
    let ran = ask(&["show", "46PORTALDER1199"]);
    assert!(ran.out.contains("1946-12-23 16:50 local time"), "{ran:?}");
    let ran = ask(&["show", "09NORTHMARK188"]);
    assert!(!ran.out.contains("local time"), "{ran:?}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = reftel()
        .args(["search", "*", "--limit", "0", "--format", "json", "--archive", archive()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Far more than a pipe holds would be better; the end of the pipe is closed before anything is read.
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn show_prints_a_telegram_in_three_forms() {
    let ran = ask(&["show", "09NORTHMARK188"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    for part in ["09NORTHMARK188", "CONFIDENTIAL", "AMEMBASSY NORTHMARK", "held", "08VALDORIA1577", "TARRANT"]
    {
        assert!(ran.out.contains(part), "{part}: {ran:?}");
    }
    let typed = ask(&["show", "09", "northmark", "188"]);
    assert_eq!(typed.out, ran.out);

    let ran = ask(&["show", "08NORTHMARK902", "--raw"]);
    assert_eq!(ran.bytes, std::fs::read(sample("2008-northmark-00902.txt")).unwrap());
    let ran = ask(&["show", "08NORTHMARK902", "--json"]);
    assert_eq!(ran.json()[0]["mrn"], "08NORTHMARK902");
}

#[test]
fn show_suggests_what_is_near() {
    let ran = ask(&["show", "08NORTHMARK903"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{ran:?}");
    assert!(ran.error.contains("no telegram 08NORTHMARK903"), "{ran:?}");
    assert!(ran.error.contains("held here: 08NORTHMARK902"), "{ran:?}");
}

#[test]
fn refs_tell_held_from_missing() {
    let ran = ask(&["refs", "08STATE118204", "--format", "json"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    for web in ran.json() {
        assert_eq!((&web["mrn"], &web["held"]), (&json!("08STATE118204"), &json!(true)), "{web}");
        let citing: Vec<&Value> =
            web["cited_by"].as_array().unwrap().iter().map(|card| &card["mrn"]).collect();
        assert!(citing.contains(&&json!("08THORNBY318")), "{web}");
    }
    let ran = ask(&["refs", "09NORTHMARK188"]);
    assert!(ran.out.contains("Cites (3):") && ran.out.contains("held     08VALDORIA1577"), "{ran:?}");
    assert_eq!(ask(&["refs", "99NOWHERE1"]).status, Some(1));
}

#[test]
fn the_books_balance() {
    let books = &ask(&["books", "--format", "json"]).json()[0];
    let number = |name: &str| books[name].as_u64().unwrap();
    let parts = ["kept", "duplicates", "not_telegrams", "failed"].map(number);
    assert_eq!(number("seen"), parts.iter().sum::<u64>(), "{books}");
    assert_eq!(
        books["rejected"].as_array().unwrap().len() as u64,
        number("seen") - number("kept"),
        "{books}"
    );
    let ran = ask(&["books"]);
    assert!(ran.status == Some(0) && ran.out.starts_with("Files seen"), "{ran:?}");
}

#[test]
fn an_archive_is_verified_and_reindexed() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().to_str().unwrap();
    run(&["import", sample("2009-northmark-00188.txt").to_str().unwrap(), "--archive", dir]);
    let ran = run(&["verify", "--archive", dir]);
    assert_eq!(
        (ran.status, ran.out.as_str()),
        (Some(0), "1 text and 1 telegram checked, all sound\n"),
        "{ran:?}"
    );
    std::fs::remove_dir_all(std::path::Path::new(dir).join("index")).unwrap();
    let ran = run(&["reindex", "--archive", dir]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert_eq!(run(&["search", "Sundvik", "--archive", dir]).status, Some(0));
}

#[test]
fn a_damaged_archive_is_said_and_mended() {
    let dir = tempfile::tempdir().unwrap();
    let name = dir.path().to_str().unwrap();
    run(&["import", sample("2009-northmark-00188.txt").to_str().unwrap(), "--archive", name]);
    for entry in std::fs::read_dir(dir.path().join("index")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "idx" || extension == "fast") {
            let mut bytes = std::fs::read(&path).unwrap();
            let half = bytes.len() / 2;
            bytes[..half].fill(0xFF);
            std::fs::write(&path, bytes).unwrap();
        }
    }
    let ran = run(&["search", "Sundvik", "--archive", name]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(
        ran.error.starts_with("error: the index in `") && ran.error.contains("reftel reindex"),
        "{ran:?}"
    );
    let ran = run(&["verify", "--archive", name]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(ran.out.starts_with("index: ") && ran.error.contains("`reftel reindex` makes anew"), "{ran:?}");
    assert_eq!(run(&["reindex", "--archive", name]).status, Some(0));
    assert_eq!(run(&["verify", "--archive", name]).status, Some(0));

    std::fs::write(dir.path().join("archive.sqlite"), "x".repeat(9000)).unwrap();
    let ran = run(&["verify", "--archive", name]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(ran.out.starts_with("database: ") && ran.error.contains("backup"), "{ran:?}");
}

#[test]
fn a_telegram_cannot_steer_the_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let archive = dir.path().join("archive");
    let archive = archive.to_str().unwrap();
    let regular = std::fs::read_to_string(sample("2009-northmark-00188.txt")).unwrap();
    // Clears the screen, names the window, turns the line, and does the same in eight bits.
    let hostile = regular
        .replace("CREDIT", "\u{1b}[2JCREDIT\u{9b}2J\u{202e}")
        .replace("Charge called", "Charge\u{1b}]0;owned\u{7} called")
        .replace("REF: A. VALDORIA 31", "REF: A. VALDORIA 31 (\u{1b}[31mNOTAL)");
    let file = dir.path().join("hostile.txt");
    std::fs::write(&file, hostile).unwrap();
    let file = file.to_str().unwrap();
    run(&["import", file, "--archive", archive]);
    for command in [
        &["search", "*"][..],
        &["search", "*", "--format", "json"],
        &["search", "*", "--format", "jsonl"],
        &["show", "09NORTHMARK188"],
        &["show", "09NORTHMARK188", "--json"],
        &["refs", "09NORTHMARK188"],
        &["refs", "09NORTHMARK188", "--format", "json"],
        &["books"],
        &["check", file],
        &["check", file, "--format", "json"],
        &["parse", file],
    ] {
        let ran = run(&[command, &["--archive", archive]].concat());
        assert!(ran.out.len() > 20, "{command:?} {ran:?}");
        for bad in ['\u{1b}', '\u{9b}', '\u{7}', '\u{202e}'] {
            assert!(!ran.out.contains(bad) && !ran.error.contains(bad), "{command:?} {bad:?} {ran:?}");
        }
    }
}

#[test]
fn lines_come_out_one_by_one() {
    let mut child = reftel()
        .args(["search", "*", "--limit", "0", "--archive", archive()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("MRN"), "{line}");
    assert!(child.wait().unwrap().success());
}

/// An archive of three telegrams: two copies of one, and another that carries the same number.
fn copies() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let text = |word: &str| (0..80).fold(String::new(), |text, n| text + &format!("{word}{n} "));
    let telegram = |day: &str, number: u32, words: &str| {
        format!(
            "R {day}1530Z MAR 79\nFM AMEMBASSY VALDORIA\nTO SECSTATE WASHDC\nBT\nUNCLAS VALDORIA {number}\n\
             SUBJECT: FERRIES\n1. {}\nDOE\nBT\n",
            text(words)
        )
    };
    let files = [
        ("1.txt", telegram("10", 7, "ferry")),
        ("2.txt", telegram("10", 9, "ferry").replace("ferry7 ", "barge7 ")),
        ("3.txt", telegram("20", 7, "crane")),
    ];
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let ran = run(&["import", dir.path().to_str().unwrap(), "--archive", &archive_in(&dir)]);
    assert!(ran.out.contains("3 telegrams compared: 1 pair of copies, 1 alike and kept apart; "), "{ran:?}");
    dir
}

fn archive_in(dir: &tempfile::TempDir) -> String {
    dir.path().join("archive").to_str().unwrap().to_owned()
}

#[test]
fn copies_say_why_and_can_be_joined_and_split() {
    let dir = copies();
    let archive = archive_in(&dir);
    let ask = |line: &[&str]| run(&[line, &["--archive", &archive]].concat());
    let ran = ask(&["copies", "79VALDORIA7"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    for part in [
        "1 and 2: same date-time group and sender; same text 0.92; though another number\n",
        "apart  id:3 ",
        "same number; same subject; but only 0.00 of the text in common; but another date\n",
        "⟦1: ferry7 | 2: barge7⟧",
    ] {
        assert!(ran.out.contains(part), "{part} in {ran:?}");
    }
    let ran = ask(&["copies", "split", "id:1", "79VALDORIA9", "--because", "sent apart", "--by", "Roe"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), "id:1 and id:2 are split\n"), "{ran:?}");
    assert_eq!(
        ask(&["copies", "join", "79VALDORIA7", "79VALDORIA7", "--because", "one text"]).status,
        Some(0)
    );
    assert_eq!(ask(&["reindex"]).status, Some(0));
    let ran = ask(&["copies", "id:1", "--format", "json"]);
    let copies = &ran.json()[0];
    assert_eq!(copies["copies"].as_array().unwrap().len(), 2, "{copies}");
    assert_eq!(copies["why"][0]["reasons"][0], "joined by hand");
    assert_eq!(
        (&copies["apart"][0]["by"], &copies["apart"][0]["because"]),
        (&json!("Roe"), &json!("sent apart"))
    );
    assert_eq!(ask(&["copies", "split", "id:1", "id:2", "--undo", "--because", "a slip"]).status, Some(0));
    assert_eq!(ask(&["copies", "split", "id:1", "id:2", "--undo", "--because", "a slip"]).status, Some(2));
    let ran = ask(&["copies", "split", "79VALDORIA7", "79VALDORIA9", "--because", "x"]);
    assert!(ran.status == Some(2) && ran.error.contains("say which: id:1, id:3"), "{ran:?}");
    assert_eq!(ask(&["copies", "split", "id:1", "id:2"]).status, Some(2), "a reason is wanted");
    let ran = ask(&["copies", "--find"]);
    assert!(ran.out.starts_with("0 telegrams compared: 0 pairs of copies"), "{ran:?}");
}

#[test]
fn results_are_grouped() {
    let dir = copies();
    let archive = archive_in(&dir);
    let ask = |line: &[&str]| run(&[line, &["--archive", &archive]].concat());
    let ran = ask(&["search", "subj:ferries", "--group"]);
    assert!(ran.out.contains("FERRIES (and a copy)"), "{ran:?}");
    assert_eq!(ran.error, "3 telegrams; 1 of them copies of others\n");
    let ran = ask(&["search", "subj:ferries", "--group", "--format", "jsonl", "--sort", "oldest"]);
    let copies: Vec<Value> = ran.json().into_iter().map(|hit| hit["copies"].clone()).collect();
    assert_eq!(copies, [json!([2]), json!([])], "{ran:?}");
    let ran = ask(&["search", "subj:ferries", "--format", "jsonl"]);
    assert!(ran.json().len() == 3 && ran.json()[0].get("copies").is_none(), "{ran:?}");
}

#[test]
fn a_correction_is_made_shown_exported_and_taken_back() {
    let dir = copies();
    let archive = archive_in(&dir);
    let ask = |line: &[&str]| run(&[line, &["--archive", &archive]].concat());
    let because = ["--because", "the stamp says so", "--by", "Roe"];
    let ran = ask(&[&["correct", "79VALDORIA9", "classification", "SECRET"][..], &because].concat());
    assert_eq!(
        (ran.status, ran.out.as_str()),
        (Some(0), "79VALDORIA9: classification is `SECRET`\n"),
        "{ran:?}"
    );
    assert_eq!(ask(&[&["correct", "id:2", "dtg", "111530Z MAR 79"][..], &because].concat()).status, Some(0));
    let ran = ask(&["show", "79VALDORIA9"]);
    assert!(
        ran.out.contains("Corrected     classification: `SECRET`, read as `UNCLASSIFIED` (Roe, 20"),
        "{ran:?}"
    );
    assert!(ran.out.contains("Date          1979-03-11 15:30Z"), "{ran:?}");
    let ran = ask(&["export", "class:SECRET", "--format", "jsonl"]);
    let record = &ran.json()[0];
    assert_eq!(
        (&record["classification"], &record["dtg"]),
        (&json!("SECRET"), &json!("1979-03-11T15:30:00Z"))
    );
    assert_eq!(record["corrected"][0]["read"], "UNCLASSIFIED");
    assert_eq!(record["corrected"][1]["because"], "the stamp says so");
    let schema: Value = serde_json::from_str(&run(&["schema"]).out).unwrap();
    let shown = ask(&["show", "--json", "79VALDORIA9"]);
    assert!(jsonschema::is_valid(&schema, &shown.json()[0]), "{shown:?}");
    let ran = ask(&["correct", "79VALDORIA9", "classification", "--undo", "--because", "it was another's"]);
    assert_eq!(ran.out, "79VALDORIA9: classification is `UNCLASSIFIED`\n", "{ran:?}");
    let ran = ask(&["correct", "--list", "79VALDORIA9"]);
    assert!(
        ran.out.contains("classification: `SECRET`  Roe, ") && ran.out.contains("taken back by "),
        "{ran:?}"
    );
    let ran = ask(&["correct", "--list", "--format", "json"]);
    assert_eq!((ran.json().len(), &ran.json()[1]["undone"]), (2, &Value::Null), "{ran:?}");
    for (line, words) in [
        (&["correct", "79VALDORIA9", "colour", "red", "--because", "x"][..], "what can: mrn"),
        (&["correct", "79VALDORIA9", "dtg", "soon", "--because", "x"], "is no value of `dtg`"),
        (&["correct", "79VALDORIA7", "dtg", "soon", "--because", "x"], "say which: id:1, id:3"),
        (&["correct", "79VALDORIA9", "dtg", "--because", "x"], "required"),
        (&["correct", "79VALDORIA9", "dtg", "111530Z MAR 79"], "--because"),
    ] {
        let ran = ask(line);
        assert!(ran.status == Some(2) && ran.error.contains(words), "{line:?} {ran:?}");
    }
}

/// Escape, a bell, the start of a control sequence in one sign, and a sign that turns the line.
const STEERS: &str = "\u{1b}[2Jx\u{7}\u{9b}31m\u{202e}y";

#[test]
fn nothing_that_was_typed_steers_a_terminal() {
    let dir = copies();
    let archive = archive_in(&dir);
    let lines: [&[&str]; 18] = [
        &["search", "ferry", "--limit", STEERS],
        &["search", "ferry", &format!("--{STEERS}")],
        &[STEERS],
        &["search", "ferry", "--sort", STEERS],
        &["search", &format!("post:{STEERS}")],
        &["show", STEERS],
        &["refs", STEERS],
        &["thread", STEERS],
        &["missing", STEERS],
        &["cite", STEERS],
        &["import", STEERS],
        &["parse", STEERS],
        &["export", "*", "--format", "csv", "--to", &format!("{STEERS}/x/y")],
        &["correct", "79VALDORIA9", STEERS, "x", "--because", "y"],
        &["correct", "79VALDORIA9", "dtg", STEERS, "--because", "y"],
        &["correct", "79VALDORIA9", "dtg", "111530Z MAR 79", "--because", STEERS],
        &["correct", STEERS, "dtg", "--undo", "--because", "y"],
        &["saved", "add", STEERS, "ferry"],
    ];
    for line in lines {
        let ran = run(&[line, &["--archive", &archive]].concat());
        let said = format!("{}{}", ran.out, ran.error);
        assert!(
            !said.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']) && ran.status != Some(0),
            "{line:?}: {ran:?}"
        );
    }
}

#[test]
fn a_path_that_is_not_there_leaves_no_archive() {
    let dir = tempfile::tempdir().unwrap();
    for command in ["import", "open"] {
        let archive = dir.path().join("archive");
        let ran = run(&[command, "no/such/path", "--archive", archive.to_str().unwrap()]);
        assert!(ran.status == Some(2) && ran.error.contains("no/such/path"), "{ran:?}");
        assert!(!archive.exists(), "{command}");
    }
}

#[test]
fn a_limit_of_nothing_is_all() {
    let lines = |command: &[&str], limit: &str| {
        let ran = ask(&[command, &["--limit", limit]].concat());
        assert_eq!(ran.status, Some(0), "{ran:?}");
        ran.out.lines().count()
    };
    for command in [&["missing"][..], &["search", "*"], &["thread", "09NORTHMARK188"]] {
        let (all, many, one) = (lines(command, "0"), lines(command, "10000"), lines(command, "1"));
        assert!(all == many && one < all, "{command:?}: {one}, {all}, {many}");
    }
}

#[test]
fn a_correction_that_was_not_made_is_not_taken_back() {
    let dir = copies();
    let archive = archive_in(&dir);
    let correct = |rest: &[&str]| {
        run(&[&["correct", "79VALDORIA9"], rest, &["--because", "x", "--archive", &archive]].concat())
    };
    let ran = correct(&["tags", "--undo"]);
    assert!(ran.status == Some(2) && ran.error.contains("`tags` of 79VALDORIA9 isn't corrected"), "{ran:?}");
    for rubbish in ["nothing to see here", "!!", "PGOV, <b>", "12345"] {
        let ran = correct(&["tags", rubbish]);
        assert!(ran.status == Some(2) && ran.error.contains("is no value of `tags`"), "{rubbish}: {ran:?}");
    }
    assert_eq!(correct(&["tags", "PFOX, VD, OVIP (DOE, JANE), UNGA/C-3"]).status, Some(0));
    let ran = correct(&["subject", &"A".repeat(100_001)]);
    assert!(ran.error.contains("more than 100000 characters"), "{:?}", ran.status);
}

#[test]
fn an_archive_of_another_layout_says_what_to_do() {
    let dir = copies();
    let archive = archive_in(&dir);
    let connection =
        rusqlite::Connection::open(std::path::Path::new(&archive).join("archive.sqlite")).unwrap();
    connection.pragma_update(None, "user_version", 3).unwrap();
    drop(connection);
    let ran = run(&["books", "--archive", &archive]);
    assert!(ran.error.contains("import the files again") && !ran.error.contains("disk"), "{ran:?}");
}
