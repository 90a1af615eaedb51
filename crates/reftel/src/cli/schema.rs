//! `schema`: the shape of the record, for programs that read it.

use super::terminal::Screen;
use super::{Failure, Status};

/// The record's JSON Schema. A test holds every record to it.
pub(crate) const RECORD: &str = include_str!("../../schema/record.schema.json");

/// Print the JSON Schema of the record that `parse` prints
///
/// The schema is of the draft of 2020-12, and closed: a field that it doesn't name isn't in a record.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0.

Example: reftel schema > record.schema.json")]
pub(crate) struct Schema {}

impl Schema {
    #[allow(clippy::unused_self, reason = "commands are run alike")]
    pub(crate) fn run(&self, screen: &mut Screen) -> Result<Status, Failure> {
        screen.bytes(RECORD.as_bytes())?;
        Ok(Status::Fine)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use jsonschema::Validator;
    use reftel_telegram::{Context, read};
    use serde_json::value::to_raw_value;
    use serde_json::{Value, json};

    use super::RECORD;
    use crate::json::Telegram;

    fn validator() -> Validator {
        let schema: Value = serde_json::from_str(RECORD).unwrap();
        jsonschema::draft202012::meta::validate(&schema).unwrap();
        jsonschema::draft202012::new(&schema).unwrap()
    }

    /// Every telegram of the tests: the fixtures and the sample.
    fn telegrams() -> Vec<PathBuf> {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let fixtures = crates.join("reftel-telegram/fixtures");
        let folders = ["regular", "irregular", "release/regular", "release/irregular"]
            .map(|name| fixtures.join(name))
            .into_iter()
            .chain([crates.join("reftel/sample/telegrams")]);
        let files =
            folders.flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
        files
            .filter(|path| path.extension().is_some_and(|ending| ending == "txt" || ending == "md"))
            .collect()
    }

    #[test]
    fn every_record_has_the_shape_of_the_schema() {
        let validator = validator();
        let files = telegrams();
        assert!(files.len() > 300, "{} telegrams", files.len());
        let id = to_raw_value("x").unwrap();
        for path in files {
            for reading in read(&fs::read(&path).unwrap(), &Context::default()) {
                let record = serde_json::to_value(Telegram::new(&reading.record, Some(&id))).unwrap();
                let faults: Vec<String> = validator
                    .iter_errors(&record)
                    .map(|error| format!("{}: {error}", error.instance_path))
                    .collect();
                assert!(faults.is_empty(), "{}: {faults:#?}", path.display());
            }
        }
    }

    #[test]
    fn a_record_of_another_shape_is_refused() {
        let validator = validator();
        let text = b"R 110915Z JUN 09\nFM AMEMBASSY LISBON\nTAGS: PREL\n1. ONE.\n";
        let reading = read(text, &Context::default()).remove(0);
        let record = serde_json::to_value(Telegram::new(&reading.record, None)).unwrap();
        assert!(validator.is_valid(&record));
        for (pointer, value) in [
            ("/dialect", json!("acp128")),
            ("/dtg", json!("2009-06-11")),
            ("/tags/0/kind", json!("place")),
            ("/schema", json!(2)),
            ("/spans/~1dtg", json!([1])),
            ("/paragraphs/0/number", json!("1")),
        ] {
            let mut other = record.clone();
            *other.pointer_mut(pointer).unwrap() = value;
            assert!(!validator.is_valid(&other), "{pointer}");
        }
        for pointer in ["", "/transmission", "/from", "/tags/0", "/paragraphs/0", "/workflow"] {
            let mut more = record.clone();
            more.pointer_mut(pointer).unwrap()["colour"] = json!("red");
            assert!(!validator.is_valid(&more), "a field too many in `{pointer}`");
            let mut less = record.clone();
            let fields = less.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
            let first = fields.keys().next().unwrap().clone();
            fields.remove(&first);
            assert!(!validator.is_valid(&less), "no `{first}` in `{pointer}`");
        }
    }
}
