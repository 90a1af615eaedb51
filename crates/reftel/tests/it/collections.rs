//! `parse` on collections, and `sources`.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::world::{run, run_with};

const ROWS: &[u8] = b"\"1\",\"6/11/2009 9:28\",\"09VALDORIA1000\",\"Embassy Valdoria\",\"CONFIDENTIAL\",\"09STATE54767\",\"\",\
    \"SUBJECT: \\\"FERRIES\\\"\n\n1. NO CHANGE.\"\n\"2\",\"6/12/2009 9:28\",\"09VALDORIA1001\",\"\",\"\",\"\",\"\",\"never\n";

const VOLUME: &[u8] = b"<TEI xml:id=\"frus1901v9\"><div type=\"document\" xml:id=\"d1\"><note type=\"source\">755: Telegram</note>\
    <head>The Ambassador in Valdoria to the Secretary of State</head><dateline><placeName>Valdoria</placeName>, \
    <date when=\"1901-12-08T12:00:00\">noon</date></dateline><p>705. No change.<note n=\"1\">See document 4.</note></p></div>\
    <div type=\"document\" xml:id=\"d2\"><head>2. Memorandum of Conversation</head><p>Ferries.</p></div></TEI>";

fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_row_says_what_its_table_gave() {
    let ran = run_with(&["parse", "-"], ROWS);
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.error.contains("`<stdin>#2` isn't read: a quote in the row at line 4"), "{ran:?}");
    let record = &ran.json()[0];
    assert_eq!(
        (&record["mrn"], &record["classification"]),
        (&json!("09VALDORIA1000"), &json!("CONFIDENTIAL"))
    );
    assert_eq!(record["subject"]["text"], "\"FERRIES\"");
    let source = &record["source"];
    assert_eq!((&source["path"], &source["reader"]), (&json!("<stdin>#1"), &json!("csv:cables")));
    assert_eq!(source["filled"]["/references"], "references");
    let [start, end] =
        [0, 1].map(|end| usize::try_from(record["spans"]["/mrn"][end].as_u64().unwrap()).unwrap());
    assert_eq!(&ROWS[start..end], b"\"09VALDORIA1000\"");
}

#[test]
fn a_volume_gives_its_telegrams_and_names_the_others() {
    let path = file("frus1901v9.xml", VOLUME);
    let ran = run(&["parse", path.to_str().unwrap()]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(ran.error.contains("frus1901v9.xml#d2 is no telegram"), "{ran:?}");
    let records = ran.json();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["mrn"], "01VALDORIA705");
    assert_eq!(records[0]["source"]["notes"][1]["text"], "See document 4.");
    // A record goes through the shape that `schema` prints, and is read again as it is.
    let shape: Value = serde_json::from_str(&run(&["schema"]).out).unwrap();
    let shape = jsonschema::draft202012::new(&shape).unwrap();
    assert!(
        shape.is_valid(&records[0]),
        "{:?}",
        shape.iter_errors(&records[0]).map(|e| e.to_string()).collect::<Vec<_>>()
    );
    let mut other = records[0].clone();
    other["source"]["recognised"] = json!("surely");
    assert!(!shape.is_valid(&other));
    let again = run_with(&["parse", "-"], ran.out.as_bytes()).json();
    assert_eq!(
        (&again[0]["mrn"], &again[0]["source"]["reader"]),
        (&json!("01VALDORIA705"), &json!("record"))
    );
}

#[test]
fn sources_says_what_a_file_is_and_why() {
    let ran = run(&["sources"]);
    for name in
        ["zip, tar, gzip, zstd", "nara", "tei", "csv:cables", "front-matter:dfat", "jsonl:texts-jsonl"]
    {
        assert!(ran.out.lines().any(|line| line == name), "{name}: {ran:?}");
    }
    let path = file("not-a.pdf", VOLUME);
    let seen = run(&["sources", "--format", "json", path.to_str().unwrap()]).json();
    assert_eq!((&seen[0]["is"], &seen[0]["confidence"]), (&json!("tei"), &json!("certain")));
    let seen = run_with(&["sources", "-"], b"%PDF-1.7").out;
    assert!(seen.contains("pdf (certain: the first bytes of a PDF)"), "{seen}");
    let seen = run_with(&["sources", "-"], b"BZh91AY").out;
    assert!(seen.contains("other (certain: its first bytes; packed with bzip2"), "{seen}");
}

#[test]
fn a_profile_is_taken_or_its_mistake_named() {
    let good = "name = \"mine\"\nkind = \"csv\"\ntext = \"body\"\n[csv]\ndelimiter = \";\"\n[fields]\nnumber = \"nr\"\n";
    let good = file("good.toml", good.as_bytes());
    let table = b"Nr;Body\n09VALDORIA7;SUBJECT: FERRIES\n";
    let ran = run_with(&["parse", "--profile", good.to_str().unwrap(), "-"], table);
    assert_eq!(
        (&ran.json()[0]["mrn"], &ran.json()[0]["source"]["reader"]),
        (&json!("09VALDORIA7"), &json!("csv:mine"))
    );
    let bad = file("bad.toml", b"name = \"mine\"\nkind = \"tape\"\n");
    let ran = run(&["sources", "--profile", bad.to_str().unwrap()]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.error.contains("line 2 isn't a profile: `kind` is one of"), "{ran:?}");
}
