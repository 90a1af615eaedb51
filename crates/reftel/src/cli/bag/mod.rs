//! A whole archive as a bag (`BagIt` 1.0, RFC 8493), and back.
//!
//! A bag is plain files under their checksums: the originals, the tables that nothing else has, of which bytes each
//! telegram is made, and what was done to them. Whoever has never heard of this program can check it and read it.
//! docs/export.md has its files.

pub(super) mod check;
pub(super) mod rows;
pub(super) mod write;

use reftel_archive::Value;
use serde::{Deserialize, Serialize};
use serde_json::Map;

/// Which form of bag this program writes and reads.
pub(super) const VERSION: u32 = 1;

/// What the bag is.
pub(super) const ABOUT: &str = "data/archive.json";
/// The originals, each under its BLAKE3.
pub(super) const ORIGINALS: &str = "data/originals";
/// The tables, a line of JSON for each row.
pub(super) const TABLES: &str = "data/tables";
/// Of which bytes each telegram is made.
pub(super) const TELEGRAMS: &str = "data/telegrams.jsonl";
/// What to know about these files.
pub(super) const README: &str = "data/README.txt";
/// What was done to the originals.
pub(super) const EVENTS: &str = "metadata/events.jsonl";
/// The checksums of all that is in `data`.
pub(super) const MANIFEST: &str = "manifest-sha512.txt";
/// The checksums of all other files.
pub(super) const TAG_MANIFEST: &str = "tagmanifest-sha512.txt";

/// What the bag is: `data/archive.json`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct About {
    /// Which form of bag.
    pub(super) reftel_bag: u32,
    /// The archive's own name.
    pub(super) archive: String,
    /// The layout of its tables.
    pub(super) layout: i64,
    /// Which program wrote it.
    pub(super) program: String,
    pub(super) telegrams: u64,
    pub(super) originals: u64,
}

/// The file of an original.
pub(super) fn original(hash: &str) -> String {
    format!("{ORIGINALS}/{}/{hash}", hash.get(..2).unwrap_or_default())
}

/// A row of a table as JSON; bytes are an object `hex`.
pub(super) fn to_json(columns: &[String], values: &[Value]) -> serde_json::Value {
    let json = |value: &Value| match value {
        Value::Null => serde_json::Value::Null,
        Value::Integer(number) => (*number).into(),
        Value::Real(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Bytes(bytes) => serde_json::json!({ "hex": hex(bytes) }),
    };
    let row: Map<_, _> = columns.iter().cloned().zip(values.iter().map(json)).collect();
    row.into()
}

/// The same back. `None` where it isn't one.
pub(super) fn from_json(line: &str) -> Option<Vec<(String, Value)>> {
    let row: Map<String, serde_json::Value> = serde_json::from_str(line).ok()?;
    row.into_iter().map(|(name, value)| Some((name, value_from(&value)?))).collect()
}

fn value_from(value: &serde_json::Value) -> Option<Value> {
    match value {
        serde_json::Value::Null => Some(Value::Null),
        serde_json::Value::String(text) => Some(Value::Text(text.clone())),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(number) => Some(Value::Integer(number)),
            None => number.as_f64().filter(|number| number.fract() != 0.0).map(Value::Real),
        },
        serde_json::Value::Object(object) if object.len() == 1 => {
            unhex(object.get("hex")?.as_str()?).map(Value::Bytes)
        }
        _ => None,
    }
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string doesn't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let pair = |pair: &[u8]| u8::try_from(digit(pair[0])? * 16 + digit(*pair.get(1)?)?).ok();
    text.as_bytes().chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_back_as_it_was() {
        let names: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).into();
        let values = [
            Value::Null,
            Value::Integer(i64::MIN),
            Value::Text("x\n\u{1b}\u{202e}\"".to_owned()),
            Value::Bytes(vec![0, 0xff, 0x7f]),
            Value::Real(0.5),
        ];
        let line = crate::json::print(&to_json(&names, &values), false).unwrap();
        let back: Vec<Value> = from_json(&line).unwrap().into_iter().map(|(_, value)| value).collect();
        assert_eq!(back, values);
        for wrong in
            ["[]", "{\"a\":[1]}", "{\"a\":{\"hex\":\"0\"}}", "{\"a\":{\"hex\":\"é0\"}}", "{\"a\":true}"]
        {
            assert_eq!(from_json(wrong), None, "{wrong}");
        }
    }
}
