//! `export` and `cite`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::world::{ask, run, sample};

/// How many telegrams the sample has.
fn held() -> usize {
    let ran = ask(&["search", "*", "--limit", "0", "--format", "jsonl"]);
    ran.out.lines().count()
}

fn export(format: &str) -> String {
    let ran = ask(&["export", "*", "--format", format]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    String::from_utf8(ran.bytes).unwrap()
}

/// Every file below a directory.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap().to_str().unwrap();
            found.extend(files(&path).into_iter().map(|(rest, bytes)| (format!("{name}/{rest}"), bytes)));
        } else {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            found.insert(name, std::fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn a_line_of_json_is_the_record_with_its_sources() {
    let ran = ask(&["export", "mrn:08NORTHMARK902", "--format", "jsonl"]);
    let line = &ran.json()[0];
    let parsed = &run(&["parse", sample("2008-northmark-00902.txt").to_str().unwrap()]).json()[0];
    for (name, value) in parsed.as_object().unwrap() {
        assert_eq!(&line[name], value, "{name}");
    }
    let source = &line["sources"][0];
    assert!(source["path"].as_str().unwrap().ends_with("2008-northmark-00902.txt"), "{source}");
    assert_eq!(source["hash"].as_str().unwrap().len(), 64, "{source}");
    assert_eq!(export("jsonl").lines().count(), held());
}

#[test]
fn a_table_has_a_row_for_each_telegram() {
    let csv = export("csv");
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let heads = reader.headers().unwrap().clone();
    let column = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), held());
    let row = rows.iter().find(|row| &row[column("mrn")] == "09NORTHMARK188").unwrap();
    assert_eq!(&row[column("from")], "NORTHMARK");
    assert!(row[column("text")].contains("Charge called"), "{row:?}");
    let document = include_str!("../../../../docs/export.md");
    for head in &heads {
        assert!(document.contains(&format!("| `{head}` |")), "docs/export.md has no column `{head}`");
    }
}

#[test]
fn originals_go_out_and_come_in_again() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let ran = ask(&["export", "*", "--format", "raw", "--to", &at("first")]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let first = files(&dir.path().join("first"));
    assert_eq!(first.len(), held());
    let one = std::fs::read(sample("2008-northmark-00902.txt")).unwrap();
    assert!(first.values().any(|bytes| *bytes == one));

    run(&["import", &at("first"), "--archive", &at("fresh")]);
    let ran = run(&["export", "*", "--format", "raw", "--to", &at("second"), "--archive", &at("fresh")]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(files(&dir.path().join("second")) == first);

    let ran = ask(&["export", "*", "--format", "raw", "--to", &at("first")]);
    assert!(ran.status == Some(2) && ran.error.contains("isn't empty"), "{ran:?}");
}

#[test]
fn a_tar_has_the_same_files_as_a_directory() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("files");
    ask(&["export", "from:NORTHMARK", "--format", "raw", "--to", to.to_str().unwrap()]);
    let tar = ask(&["export", "from:NORTHMARK", "--format", "raw"]).bytes;
    let mut in_tar = BTreeMap::new();
    let mut rest = tar.as_slice();
    // The header's name and its size in octal digits, as POSIX has them.
    while rest[0] != 0 {
        let text = |range: std::ops::Range<usize>| {
            String::from_utf8_lossy(&rest[range]).trim_end_matches('\0').to_owned()
        };
        let size = usize::from_str_radix(&text(124..136), 8).unwrap();
        in_tar.insert(text(0..100), rest[512..512 + size].to_vec());
        rest = &rest[512 + size.next_multiple_of(512)..];
    }
    assert!(!in_tar.is_empty() && in_tar == files(&to));
}

#[test]
fn a_mailbox_has_a_mail_for_each() {
    let mbox = export("mbox");
    assert!(mbox.starts_with("From reftel@mmhs.invalid "), "{}", &mbox[..80]);
    assert_eq!(mbox.lines().filter(|line| line.starts_with("From ")).count(), held());
}

#[test]
fn citations_have_a_name_each() {
    let items: Vec<Value> = serde_json::from_str(&export("csl-json")).unwrap();
    let names: std::collections::BTreeSet<&str> =
        items.iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(names.len(), held());
    assert!(items.iter().all(|item| !item["title"].as_str().unwrap().is_empty()));
    let bibtex = export("bibtex");
    let ris = export("ris");
    for name in names {
        assert_eq!(bibtex.matches(&format!("@misc{{{name},")).count(), 1, "{name}");
        assert_eq!(ris.matches(&format!("ID  - {name}\r\n")).count(), 1, "{name}");
    }
    assert_eq!(ris.matches("ER  - \r\n").count(), held());
}

#[test]
fn a_telegram_is_cited_in_three_styles() {
    let cite = |style: &str| ask(&["cite", "--style", style, "08NORTHMARK902"]).out;
    let chicago = cite("chicago");
    assert!(chicago.starts_with("Embassy Northmark to Department of State, telegram 902, "), "{chicago}");
    let frus = cite("frus");
    assert!(
        frus.starts_with("Telegram 902 From the Embassy in Northmark to the Department of State, "),
        "{frus}"
    );
    assert!(frus.contains("Z. Source: File ") && frus.contains("). "), "{frus}");
    let nara = cite("nara");
    assert!(nara.starts_with("Telegram 902 from Embassy Northmark to Department of State, “"), "{nara}");
    assert!(nara.contains("doesn't say which archive"), "{nara}");
    assert_eq!(ask(&["cite", "99NOWHERE1"]).status, Some(1));
}

#[test]
fn what_is_not_found_makes_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("none.csv");
    let ran = ask(&["export", "xyzzyplugh", "--format", "csv", "--to", to.to_str().unwrap()]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{ran:?}");
    assert!(!to.exists());
    let ran = ask(&["export", "(x", "--format", "csv"]);
    assert!(ran.status == Some(2) && ran.error.contains('^'), "{ran:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = crate::world::reftel();
    command.args(["export", "*", "--format", "jsonl", "--archive", crate::world::archive()]).stdout(full);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("No space left"), "{output:?}");
}
