//! `check` and `schema`: purposes, explanations, repairs, SARIF.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::world::{run, run_with, sample};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../reftel-telegram/fixtures").join(name)
}

#[test]
fn an_old_copy_is_held_to_less_than_a_draft() {
    let path = sample("2009-northmark-00188.txt");
    let path = path.to_str().unwrap();
    let ran = run(&["check", path]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), ""), "{ran:?}");
    let ran = run(&["check", "--for", "release", path]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(ran.out.contains("[T152]"), "{ran:?}");
    let good = fixture("release/regular/classified.txt");
    let ran = run(&["check", "--for", "release", good.to_str().unwrap()]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), ""), "{ran:?}");
}

#[test]
fn a_rule_is_explained() {
    let ran = run(&["check", "--explain", "t042"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(ran.out.starts_with("T042  No paragraph is marked higher than the whole.\n\nwhy\n"), "{ran:?}");
    assert!(ran.out.contains("\nsource\n5 FAH-1 H-246.2\n"), "{ran:?}");
    let ran = run(&["check", "--explain", "T04Z"]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.error.contains("there is no rule `T04Z`") && ran.error.contains("T040, T041"), "{ran:?}");
    assert_eq!(run(&["check"]).status, Some(2));
    assert_eq!(run(&["check", "--explain", "T042", "file.txt"]).status, Some(2));
}

#[test]
fn a_draft_is_mended_and_the_difference_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("draft.txt");
    let odd = fs::read(fixture("irregular/tags-fused-pair.txt")).unwrap();
    fs::write(&path, &odd).unwrap();
    let path = path.to_str().unwrap();

    let dry = run(&["check", "--fix", "--dry-run", path]);
    assert_eq!(dry.status, Some(1), "{dry:?}");
    assert_eq!(fs::read(path).unwrap(), odd, "a dry run changes nothing");

    let ran = run(&["check", "--fix", path]);
    assert_eq!(ran.out, dry.out);
    assert_eq!(ran.status, Some(0), "nothing is left: {ran:?}");
    assert!(ran.out.contains("\n-TAGS: PGOV, PRELPK, EWWT\n+TAGS: PGOV, PREL, PK, EWWT\n"), "{ran:?}");
    assert!(ran.error.contains("1 file, 1 telegram: 1 repair, then nothing odd"), "{ran:?}");
    assert!(fs::read_to_string(path).unwrap().contains("PREL, PK"));

    let ran = run(&["check", "--fix", path]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), ""), "once is enough: {ran:?}");

    let ran = run_with(&["check", "--fix", "-"], &odd);
    assert_eq!(ran.out, fs::read_to_string(path).unwrap(), "the mended text goes on");
    assert!(ran.error.contains("\n+TAGS: PGOV, PREL, PK, EWWT\n"), "{ran:?}");
}

#[test]
fn what_cannot_be_mended_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wide.txt");
    let wide = fs::read(fixture("irregular/utf-16-little-endian.txt")).unwrap();
    fs::write(&path, &wide).unwrap();
    let ran = run(&["check", "--fix", "--for", "release", path.to_str().unwrap()]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.error.contains("is in utf-16le and isn't mended"), "{ran:?}");
    assert_eq!(fs::read(&path).unwrap(), wide);
    assert_eq!(run(&["check", "--dry-run", "x"]).status, Some(2));
}

fn sarif(arguments: &[&str]) -> Value {
    let mut line = vec!["check", "--format", "sarif"];
    line.extend(arguments);
    serde_json::from_str(&run(&line).out).unwrap()
}

#[test]
fn a_log_is_valid_sarif() {
    let schema =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/sarif/sarif-2.1.0-rtm.5.json"));
    let schema: Value = serde_json::from_str(&schema.unwrap()).unwrap();
    let validator = jsonschema::options().with_draft(jsonschema::Draft::Draft4).build(&schema).unwrap();
    let paths: Vec<PathBuf> = ["irregular", "release/irregular"]
        .iter()
        .flat_map(|kind| fs::read_dir(fixture(kind)).unwrap().map(|entry| entry.unwrap().path()))
        .collect();
    for purpose in ["archive", "release"] {
        let mut arguments = vec!["--for", purpose, "no/such/file"];
        arguments.extend(paths.iter().map(|path| path.to_str().unwrap()));
        let log = sarif(&arguments);
        let faults: Vec<String> =
            validator.iter_errors(&log).map(|fault| format!("{}: {fault}", fault.instance_path)).collect();
        assert!(faults.is_empty(), "{purpose}: {faults:#?}");
        assert!(log["runs"][0]["results"].as_array().unwrap().len() > 100);
        assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], false);

        let mut other = log.clone();
        other["runs"][0]["results"][0]["level"] = "grave".into();
        assert!(!validator.is_valid(&other), "the schema refuses nothing");
    }
}

#[test]
fn regions_are_the_bytes_of_the_file() {
    let path = fixture("irregular/tags-fused-pair.txt");
    let text = fs::read_to_string(&path).unwrap();
    let log = sarif(&[path.to_str().unwrap()]);
    let result = &log["runs"][0]["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&"T052".into(), &"note".into()), "{result}");
    let region = &result["locations"][0]["physicalLocation"]["region"];
    let number = |name: &str| usize::try_from(region[name].as_u64().unwrap()).unwrap();
    let from = number("byteOffset");
    assert_eq!(&text[from..from + number("byteLength")], "PRELPK");
    let line = text.lines().nth(number("startLine") - 1).unwrap();
    assert_eq!(&line[number("startColumn") - 1..number("endColumn") - 1], "PRELPK");
    let fix = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(fix["insertedContent"]["text"], "PREL, PK");
}

#[test]
fn the_schema_is_printed_as_it_is() {
    let ran = run(&["schema"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let schema: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let record = &run(&["parse", sample("2009-northmark-00188.txt").to_str().unwrap()]).json()[0];
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    assert!(validator.is_valid(record), "{record}");
}
