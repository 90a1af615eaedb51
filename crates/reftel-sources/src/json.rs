//! Lines of JSON: records, and objects with a text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use reftel_telegram::Span;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::document::{Document, Stated, Writer};
use crate::profile::{Collections, Profile, Shape};
use crate::recognise::{Confidence, Kind, Reader, Recognised};
use crate::{Error, Field};

type Object<'l> = BTreeMap<Cow<'l, str>, &'l RawValue>;

/// What a text that begins with `{` is.
pub(crate) fn recognise(text: &[u8], whole: bool, collections: &Collections) -> Option<Recognised> {
    let end = memchr::memchr(b'\n', text);
    let line = &text[..end.unwrap_or(text.len())];
    let found = |kind, confidence, because: String| Some(Recognised { kind, confidence, because });
    let object: Object<'_> = match serde_json::from_slice(line) {
        Ok(object) => object,
        // A first line that is longer than what was looked at.
        Err(_) if end.is_none() && !whole => return long_line(line, collections),
        Err(_) if line.trim_ascii() == b"{" => {
            let needs = "JSON that isn't one object a line; `jq -c .` makes it so";
            return found(Kind::Other(needs), Confidence::Likely, "a first line `{`".to_owned());
        }
        Err(_) => return None,
    };
    if object.contains_key("schema") && object.contains_key("paragraphs") {
        return found(
            Kind::Document(Reader::Record),
            Confidence::Certain,
            "an object with `schema` and `paragraphs`".to_owned(),
        );
    }
    let (profile, _) = collections.of(Shape::Jsonl).find(|(profile, _)| {
        profile
            .keys
            .iter()
            .chain(&profile.text)
            .all(|key| object.contains_key(key.split('.').next().unwrap_or(key)))
    })?;
    let because = format!("objects with `{}`", profile.text.join("`, `"));
    found(Kind::Document(Reader::Jsonl(profile.name.clone())), Confidence::Certain, because)
}

/// The start of a line whose end isn't here: its keys stand in it as they would in a whole one.
fn long_line(line: &[u8], collections: &Collections) -> Option<Recognised> {
    let has = |key: &str| memchr::memmem::find(line, format!("\"{key}\":").as_bytes()).is_some();
    let (profile, _) = collections
        .of(Shape::Jsonl)
        .find(|(profile, _)| !profile.keys.is_empty() && profile.keys.iter().all(|key| has(key)))?;
    let because = format!("a long line with `{}`", profile.keys.join("`, `"));
    let kind = Kind::Document(Reader::Jsonl(profile.name.clone()));
    Some(Recognised { kind, confidence: Confidence::Likely, because })
}

/// Reads an object by its profile.
pub(crate) fn document(bytes: &[u8], profile: &Profile) -> Result<Document, Error> {
    let fault = |error: serde_json::Error| Error::at(format!("not JSON: {error}"), error.column());
    let object: Object<'_> = serde_json::from_slice(bytes).map_err(fault)?;
    let place = |raw: &RawValue| {
        let start = (raw.get().as_ptr() as usize).wrapping_sub(bytes.as_ptr() as usize);
        Span::new(start, start + raw.get().len())
    };
    let mut out = Writer::default();
    for key in &profile.text {
        let Some(raw) = object.get(key.as_str()) else { continue };
        if !raw.get().starts_with('"') {
            return Err(Error::at(format!("`{key}` is not a string"), place(raw).start));
        }
        out.end_paragraph();
        unescape(raw.get(), place(raw).start, &mut out)?;
    }
    let mut stated = Vec::new();
    for mapping in &profile.fields {
        let from = mapping.from.iter().filter_map(|key| {
            let mut path = key.split('.');
            let raw = object.get(path.next()?)?;
            let mut value: &Value = &serde_json::from_str(raw.get()).ok()?;
            for part in path {
                value = value.get(part)?;
            }
            Some((key, shown(value)?, place(raw)))
        });
        let Some((name, value, span)) = from.into_iter().next() else { continue };
        stated.push(Stated { field: mapping.field, name: name.clone(), value, span });
    }
    let known = |key: &str| {
        profile.text.iter().any(|text| text == key)
            || profile
                .fields
                .iter()
                .any(|mapping| mapping.from.iter().any(|from| from.split('.').next() == Some(key)))
    };
    for (key, raw) in object.iter().filter(|(key, _)| !known(key)) {
        let value = serde_json::from_str(raw.get()).ok().and_then(|value| shown(&value));
        if let Some(value) = value {
            stated.push(Stated { field: Field::Other, name: key.to_string(), value, span: place(raw) });
        }
    }
    let (text, places) = out.finish();
    Ok(Document { text, places, stated, ..Document::default() })
}

/// A value in one piece of text; lists are separated by `; `.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Array(list) => {
            let list: Vec<String> = list.iter().filter_map(shown).collect();
            (!list.is_empty()).then(|| list.join("; "))
        }
        other => Some(other.to_string()),
    }
}

/// Writes what a string of JSON stands for, each character with its place.
fn unescape(raw: &str, at: usize, out: &mut Writer) -> Result<(), Error> {
    let inner = &raw[1..raw.len().saturating_sub(1).max(1)];
    let mut from = 0;
    while let Some(found) = memchr::memchr(b'\\', &inner.as_bytes()[from..]) {
        let slash = from + found;
        out.copy(&inner[from..slash], at + 1 + from);
        let (char, len) = escape(&inner[slash..])
            .ok_or_else(|| Error::at("an escape that stands for no character", at + 1 + slash))?;
        out.put(char.encode_utf8(&mut [0; 4]), at + 1 + slash, len);
        from = slash + len;
    }
    out.copy(&inner[from..], at + 1 + from);
    Ok(())
}

/// The character of an escape that starts a text, and the escape's length.
fn escape(text: &str) -> Option<(char, usize)> {
    let simple = |char| Some((char, 2));
    match text.as_bytes().get(1)? {
        b'n' => simple('\n'),
        b't' => simple('\t'),
        b'r' => simple('\r'),
        b'b' => simple('\u{8}'),
        b'f' => simple('\u{c}'),
        b'u' => {
            let unit = |at: usize| u16::from_str_radix(text.get(at..at + 4)?, 16).ok();
            let first = unit(2)?;
            if let Some(char) = char::from_u32(u32::from(first)) {
                return Some((char, 6));
            }
            let second = text.get(6..8).filter(|sign| *sign == "\\u").and_then(|_| unit(8))?;
            let char = char::decode_utf16([first, second]).next()?.ok()?;
            Some((char, 12))
        }
        other => simple(char::from(*other)),
    }
}
