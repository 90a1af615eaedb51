//! `export --format bagit` and `restore`.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha512};

use crate::world::{Ran, archive, ask, run, sample};

fn bag(archive: &str, to: &Path) {
    let ran = run(&["export", "*", "--format", "bagit", "--to", to.to_str().unwrap(), "--archive", archive]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
}

fn restore(bag: &Path, to: &Path) -> Ran {
    run(&["restore", bag.to_str().unwrap(), "--archive", to.to_str().unwrap()])
}

/// Every file below a directory.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn digest(path: &Path) -> String {
    let bytes: Vec<String> =
        Sha512::digest(fs::read(path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.concat()
}

#[test]
fn an_archive_is_made_again_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let there = at("there").to_str().unwrap().to_owned();
    run(&["import", sample("").to_str().unwrap(), "--collection", "The story", "--archive", &there]);
    bag(&there, &at("bag"));
    let ran = restore(&at("bag"), &at("here"));
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let here = at("here").to_str().unwrap().to_owned();
    for question in [
        &["export", "*", "--format", "jsonl"][..],
        &["books"],
        &["search", "in:\"The story\"", "--format", "jsonl"],
        &["refs", "09VALDORIA1000"],
        &["copies", "09VALDORIA1000"],
    ] {
        let answer = |archive: &str| {
            let lines = run(&[question, &["--archive", archive]].concat()).out;
            lines.lines().filter(|line| !line.starts_with("On disk")).map(str::to_owned).collect::<Vec<_>>()
        };
        assert!(answer(&here).len() > 3, "{question:?}");
        assert_eq!(answer(&here), answer(&there), "{question:?}");
    }
    assert_eq!(run(&["verify", "--archive", &here]).status, Some(0));
    // What the books know isn't read again.
    let ran = run(&["import", sample("").to_str().unwrap(), "--archive", &here]);
    assert!(ran.out.contains("nothing new"), "{ran:?}");

    bag(&here, &at("again"));
    let (first, again) = (files(&at("bag")), files(&at("again")));
    assert_eq!(first.len(), again.len());
    for (first, again) in first.iter().zip(&again) {
        let name = first.strip_prefix(at("bag")).unwrap().to_str().unwrap();
        let undated = |path: &Path| {
            let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
            let now = |line: &str| line.contains("eventDateTime") && !line.contains("\"ingestion\"");
            let dated = |line: &&str| line.starts_with("Bagging-Date") || now(line);
            text.lines().filter(|line| !dated(line)).map(str::to_owned).collect::<Vec<_>>()
        };
        match name {
            "tagmanifest-sha512.txt" => {}
            "bag-info.txt" | "metadata/events.jsonl" => assert_eq!(undated(first), undated(again), "{name}"),
            _ => assert!(fs::read(first).unwrap() == fs::read(again).unwrap(), "{name}"),
        }
    }
}

#[test]
fn a_bag_is_read_without_this_program() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("bag");
    bag(archive(), &root);
    let manifest = fs::read_to_string(root.join("manifest-sha512.txt")).unwrap();
    let mut octets = 0;
    for line in manifest.lines() {
        let (sum, path) = line.split_once("  ").unwrap();
        assert_eq!(digest(&root.join(path)), sum, "{path}");
        octets += fs::metadata(root.join(path)).unwrap().len();
    }
    assert_eq!(manifest.lines().count(), files(&root.join("data")).len());
    let info = fs::read_to_string(root.join("bag-info.txt")).unwrap();
    assert!(info.contains(&format!("Payload-Oxum: {octets}.{}\n", manifest.lines().count())), "{info}");
    let lines = |name: &str| {
        let text = fs::read_to_string(root.join(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<serde_json::Value>>()
    };
    // A telegram's bytes are where it says.
    let telegrams = lines("data/telegrams.jsonl");
    let one = telegrams.iter().find(|telegram| telegram["mrn"] == "08NORTHMARK902").unwrap();
    let part = &one["parts"][0];
    let hash = part["original"].as_str().unwrap();
    let bytes = fs::read(root.join(format!("data/originals/{}/{hash}", &hash[..2]))).unwrap();
    assert_eq!(bytes, fs::read(sample("2008-northmark-00902.txt")).unwrap());
    assert_eq!(part["span"], serde_json::json!([0, bytes.len()]));
    let events = lines("metadata/events.jsonl");
    let of = |kind: &str| events.iter().filter(|event| event["eventType"] == kind).count();
    assert_eq!(of("metadata extraction"), telegrams.len());
    let undated = |event: &&serde_json::Value| {
        event["eventType"] == "ingestion"
            && !event["eventDateTime"].as_str().is_some_and(|at| at.starts_with("20"))
    };
    assert_eq!(events.iter().find(undated), None);
    assert!(of("ingestion") > 10 && of("fixity check") == 1, "{}", events.len());
}

/// A bag of the sample, changed, and what is said of it. Nothing may be written.
fn refused(change: impl FnOnce(&Path), because: &str) {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("bag");
    bag(archive(), &root);
    change(&root);
    let to = dir.path().join("archive");
    let ran = restore(&root, &to);
    assert!(ran.status == Some(2) && ran.error.contains(because), "{because}: {ran:?}");
    assert!(!to.exists(), "{because}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "{because}: something was left");
}

fn edit(path: &Path, change: impl FnOnce(&str) -> String) {
    let text = fs::read_to_string(path).unwrap();
    fs::write(path, change(&text)).unwrap();
}

/// An original of the bag.
fn original(root: &Path) -> PathBuf {
    files(&root.join("data/originals")).swap_remove(0)
}

/// Takes away what counts and guards the files of a bag, so that what is behind it is met.
fn unguarded(root: &Path) {
    fs::remove_file(root.join("tagmanifest-sha512.txt")).unwrap();
    fs::remove_file(root.join("bag-info.txt")).unwrap();
}

/// Changes a file and gives it its new checksum.
fn forge(root: &Path, name: &str, change: impl FnOnce(&str) -> String) {
    unguarded(root);
    edit(&root.join(name), change);
    let sum = digest(&root.join(name));
    edit(&root.join("manifest-sha512.txt"), |text| {
        let line =
            |line: &str| if line.ends_with(name) { format!("{sum}  {name}\n") } else { format!("{line}\n") };
        text.lines().map(line).collect()
    });
}

#[test]
fn a_damaged_bag_is_refused() {
    refused(
        |root| edit(&root.join("data/telegrams.jsonl"), |text| text.replacen('0', "1", 1)),
        "its checksum",
    );
    refused(|root| fs::remove_file(original(root)).unwrap(), "bytes and files in `data`");
    refused(
        |root| {
            unguarded(root);
            fs::remove_file(original(root)).unwrap();
        },
        "is missing",
    );
    refused(|root| fs::remove_file(root.join("bagit.txt")).unwrap(), "no `bagit.txt`");
    refused(|root| edit(&root.join("metadata/events.jsonl"), |text| text.to_owned() + "\n"), "its checksum");
    refused(|root| fs::remove_file(root.join("manifest-sha512.txt")).unwrap(), "no `manifest-sha512.txt`");
}

#[test]
fn a_hostile_bag_is_refused() {
    let line = |path: &str| format!("{}  {path}\n", "0".repeat(128));
    for path in ["data/../../secret", "/etc/passwd", "data/originals/../../../x"] {
        refused(
            |root| {
                unguarded(root);
                edit(&root.join("manifest-sha512.txt"), |text| text.to_owned() + &line(path));
            },
            "leads out of the bag",
        );
    }
    refused(
        |root| {
            unguarded(root);
            fs::write(root.join("data/more.txt"), "more").unwrap();
        },
        "aren't in `manifest-sha512.txt`",
    );
    refused(
        |root| fs::write(root.join("fetch.txt"), "http://localhost/x 1 data/x\n").unwrap(),
        "nothing is fetched",
    );
    refused(
        |root| fs::File::options().write(true).open(original(root)).unwrap().set_len(1 << 40).unwrap(),
        "more than the 128 MB",
    );
    refused(
        |root| {
            unguarded(root);
            fs::write(root.join("bagit.txt"), vec![b'x'; 1 << 20]).unwrap();
        },
        "more than 64 KB",
    );
    refused(
        |root| {
            unguarded(root);
            edit(&root.join("manifest-sha512.txt"), |text| {
                text.to_owned() + text.lines().next().unwrap() + "\n"
            });
        },
        "twice",
    );
}

#[cfg(unix)]
#[test]
fn what_no_command_would_have_written_is_refused() {
    let cut = |text: &str| text.split_inclusive('\n').skip(1).collect::<String>();
    refused(|root| forge(root, "data/telegrams.jsonl", cut), "doesn't list the telegrams");
    let double = |text: &str| text.to_owned() + text.lines().next().unwrap() + "\n";
    refused(|root| forge(root, "data/telegrams.jsonl", double), "doesn't list the telegrams");
    let by = r#""by":"Roe","at":0,"because":"seen","undone_by":null,"undone_at":null,"undone_because":null"#;
    let correction = |field: &str, value: &str| {
        format!("{{\"id\":1,\"telegram\":1,\"field\":\"{field}\",\"value\":\"{value}\",{by}}}\n")
    };
    for (table, row, why) in [
        ("collection", "{\"id\":1,\"name\":\"FERRY\\u001b[2J\"}\n".to_owned(), "isn't one line"),
        (
            "saved",
            format!("{{\"name\":\"{}\",\"query\":\"a\",\"seen\":0}}\n", "a".repeat(101)),
            "isn't one line",
        ),
        ("correction", correction("oracle", "X"), "no field that can be corrected"),
        ("correction", correction("subject", "FERRY\\u001b[2J"), "can't have that value"),
        ("correction", correction("subject", "X").replace("seen", "a\\nb"), "isn't one line"),
        ("profile", "{\"name\":\"mine\",\"toml\":\"name = 3\"}\n".to_owned(), "isn't a profile"),
    ] {
        refused(|root| forge(root, &format!("data/tables/{table}.jsonl"), |_| row.clone()), why);
    }
}

#[test]
fn a_correction_that_the_field_cannot_hold_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("bag");
    bag(archive(), &root);
    let by = r#""by":"Roe","at":0,"because":"seen","undone_by":null,"undone_at":null,"undone_because":null"#;
    let row = format!("{{\"id\":1,\"telegram\":1,\"field\":\"dtg\",\"value\":\"yesterday\",{by}}}\n");
    forge(&root, "data/tables/correction.jsonl", |_| row.clone());
    let ran = restore(&root, &dir.path().join("archive"));
    assert!(ran.status == Some(0) && ran.error.contains("`dtg` of telegram 1"), "{ran:?}");
}

#[test]
fn a_link_in_a_bag_is_refused() {
    refused(
        |root| {
            let path = original(root);
            fs::remove_file(&path).unwrap();
            std::os::unix::fs::symlink("/etc/passwd", path).unwrap();
        },
        "is a link or a device",
    );
    refused(
        |root| std::os::unix::fs::symlink("/etc", root.join("data/tables/more")).unwrap(),
        "is a link or a device",
    );
}

#[test]
fn tables_that_do_not_go_together_are_refused() {
    let name = "data/tables/part.jsonl";
    let first = |text: &str, from: &str, to: &str| text.replacen(from, to, 1);
    refused(|root| forge(root, name, |text| first(text, "\"start\":0", "\"start\":7")), "don't go together");
    refused(
        |root| forge(root, name, |text| first(text, "\"telegram\":1,", "\"telegram\":1,\"x\":1,")),
        "no column `x`",
    );
    refused(|root| forge(root, name, |text| first(text, "{", "[")), "isn't a row");
    refused(
        |root| forge(root, "data/tables/original.jsonl", |text| first(text, "\"telegrams\"", "\"oracle\"")),
        "the reader `oracle`",
    );
    refused(
        |root| {
            forge(root, "data/tables/original.jsonl", |text| {
                text.split_inclusive('\n').skip(1).collect::<String>()
            });
        },
        "don't go together",
    );
    refused(
        |root| forge(root, "data/tables/file.jsonl", |text| first(text, "\"id\":2,", "\"id\":1,")),
        "refuses a row",
    );
    refused(
        |root| forge(root, "data/archive.json", |text| first(text, "\"archive\": \"", "\"archive\": \"../")),
        "sixteen hexadecimal digits",
    );
}

#[test]
fn a_restored_archive_takes_no_others_place() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("bag");
    bag(archive(), &root);
    let ran = restore(&root, Path::new(archive()));
    assert!(ran.status == Some(2) && ran.error.contains("isn't empty"), "{ran:?}");
    let ran = ask(&["export", "*", "--format", "bagit", "--to", root.to_str().unwrap()]);
    assert!(ran.status == Some(2) && ran.error.contains("isn't empty"), "{ran:?}");
    let ran = ask(&["export", "from:NORTHMARK", "--format", "bagit", "--to", "x"]);
    assert!(ran.status == Some(2) && ran.error.contains("whole archive"), "{ran:?}");
}

#[test]
fn a_damaged_original_costs_its_telegram_and_no_bag_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let there = dir.path().join("archive");
    let archive = there.to_str().unwrap();
    run(&["import", sample("").to_str().unwrap(), "--archive", archive]);
    let ask = |arguments: &[&str]| run(&[arguments, &["--archive", archive]].concat());
    let before = ask(&["export", "*", "--format", "jsonl"]).out.lines().count();
    let database = rusqlite::Connection::open(there.join("archive.sqlite")).unwrap();
    let telegram: i64 = database
        .query_row("SELECT telegram FROM part GROUP BY original HAVING count(*) = 1 LIMIT 1", [], |row| {
            row.get(0)
        })
        .unwrap();
    let harm =
        "UPDATE original SET offset = 1 << 40 WHERE id = (SELECT original FROM part WHERE telegram = ?)";
    assert_eq!(database.execute(harm, [telegram]).unwrap(), 1);
    drop(database);

    let to = dir.path().join("all.jsonl");
    let ran = ask(&["export", "*", "--format", "jsonl", "--to", to.to_str().unwrap()]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.error.contains(&format!("telegram {telegram} was passed over: original ")), "{ran:?}");
    assert!(ran.error.contains("1 telegram passed over"), "{ran:?}");
    assert_eq!(fs::read_to_string(&to).unwrap().lines().count(), before - 1);

    let ran = ask(&["export", "*", "--format", "bagit", "--to", dir.path().join("bag").to_str().unwrap()]);
    assert!(ran.status == Some(2) && ran.error.contains("vouches for all"), "{ran:?}");
    assert!(!dir.path().join("bag").exists());
}

#[test]
fn a_bag_of_wild_numbers_or_of_a_newer_program_is_refused_at_once() {
    refused(
        |root| {
            forge(root, "data/tables/part.jsonl", |text| {
                text.replacen("\"telegram\":1,", &format!("\"telegram\":{},", i64::MAX), 1)
            });
        },
        "",
    );
    refused(
        |root| {
            forge(root, "data/archive.json", |text| {
                let layout = text.find("\"layout\":").unwrap() + "\"layout\":".len();
                let rest = text[layout..].find([',', '}']).unwrap();
                format!("{}99{}", &text[..layout], &text[layout + rest..])
            });
        },
        "have layout 99",
    );
}
