//! Texts under front matter: `---`, keys, `---`, and footnotes below.

use std::collections::BTreeMap;
use std::ops::Range;

use reftel_telegram::Span;

use crate::Field;
use crate::document::{Document, Note, Places, Stated};
use crate::profile::{Collections, Profile, Shape};
use crate::recognise::{Kind, Reader, Recognised};
use crate::volume;

/// How many lines front matter may have.
const LINES_MAX: usize = 400;

/// One key: `naa_refs.reference`, and where its value stands.
struct Key {
    name: String,
    value: String,
    span: Span,
}

/// The keys of the front matter that begins a text, and where the text below begins. A key inside a list has the
/// list's name before it. This is as much of YAML as front matter has: no anchors, no blocks within flows.
fn keys(text: &str) -> Option<(Vec<Key>, usize)> {
    let mut keys: Vec<Key> = Vec::new();
    let mut outer = String::new();
    let mut at = text.len() - text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']).len();
    for (number, line) in text[at..].split_inclusive('\n').take(LINES_MAX).enumerate() {
        let start = at;
        at += line.len();
        let bare = line.trim();
        if number == 0 {
            if bare != "---" {
                return None;
            }
            continue;
        }
        if bare == "---" || bare == "..." {
            return Some((keys, at));
        }
        let indented = line.starts_with([' ', '\t']);
        let item = bare.strip_prefix("- ").unwrap_or(bare);
        let from = start + (item.as_ptr() as usize - line.as_ptr() as usize);
        if let Some((name, value)) = item
            .split_once(':')
            .filter(|(name, value)| is_key(name) && (value.is_empty() || value.starts_with(' ')))
        {
            let nested = indented || item.len() < bare.len();
            if !nested {
                name.clone_into(&mut outer);
            }
            let full = if nested { format!("{outer}.{name}") } else { name.to_owned() };
            let value = value.trim();
            let start = from + (value.as_ptr() as usize - item.as_ptr() as usize);
            keys.push(Key {
                name: full,
                value: value.to_owned(),
                span: Span::new(start, start + value.len()),
            });
        } else if let Some(last) = keys.last_mut().filter(|_| !bare.is_empty()) {
            let separator = if item.len() < bare.len() { "; " } else { " " };
            if !last.value.is_empty() {
                last.value.push_str(separator);
            }
            last.value.push_str(item);
            last.span.end = from + item.len();
        }
    }
    None
}

fn is_key(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 60
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

/// A value without its quotes.
fn unquoted(value: &str) -> String {
    for (quote, doubled) in [('\'', "''"), ('"', "\\\"")] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner.replace(doubled, &quote.to_string());
        }
    }
    value.to_owned()
}

/// What a text that begins with `-` is.
pub(crate) fn recognise(text: &[u8], collections: &Collections) -> Option<Recognised> {
    let (keys, _) = keys(&String::from_utf8_lossy(text))?;
    let has = |name: &String| keys.iter().any(|key| key.name == *name);
    let (profile, confidence) =
        collections.of(Shape::FrontMatter).find(|(profile, _)| profile.keys.iter().all(has))?;
    let because = match profile.keys.as_slice() {
        [] => "front matter between two lines `---`".to_owned(),
        keys => format!("front matter with `{}`", keys.join("`, `")),
    };
    Some(Recognised { kind: Kind::Document(Reader::FrontMatter(profile.name.clone())), confidence, because })
}

/// Reads a text by its profile. The text is whole: the telegram reader knows front matter and footnotes.
pub(crate) fn document(text: &str, profile: &Profile) -> Document {
    let (keys, below) = keys(text).unwrap_or_default();
    let mut stated = Vec::new();
    for key in &keys {
        let field = profile.fields.iter().find(|mapping| mapping.from.contains(&key.name));
        let value = unquoted(&key.value);
        if !value.is_empty() && value != "null" {
            let field = field.map_or(Field::Other, |mapping| mapping.field);
            stated.push(Stated { field, name: key.name.clone(), value, span: key.span });
        }
    }
    let notes = notes(text, below);
    Document { text: text.to_owned(), places: Places::default(), stated, notes, telegram: None }
}

/// The footnotes at the end of a text, and where their marks `[1]` stand in it.
fn notes(text: &str, from: usize) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    let mut at = from;
    let mut tail = false;
    let mut tail_at = text.len();
    for line in text[from..].split_inclusive('\n') {
        let start = at;
        at += line.len();
        let bare = line.trim();
        let rest = bare.strip_prefix('_').unwrap_or(bare);
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let numbered = (1..=3).contains(&digits) && rest[digits..].starts_with(' ');
        if bare == "_" || bare.starts_with('_') && (numbered || rest.starts_with('[')) {
            tail_at = if tail { tail_at } else { start };
            tail = true;
        }
        if !tail || rest.is_empty() {
            continue;
        }
        let said = rest.strip_suffix('_').unwrap_or(rest).trim();
        if numbered {
            let label = rest[..digits].to_owned();
            let said = said[digits..].trim().to_owned();
            notes.push(Note { label, text: said, mark: Some(start), links: Vec::new() });
        } else if rest.starts_with('[') {
            notes.push(Note { label: String::new(), text: said.to_owned(), mark: None, links: Vec::new() });
        } else if let Some(last) = notes.last_mut() {
            last.text.push(' ');
            last.text.push_str(said);
        }
    }
    let (marks_above, marks_below) = (marks(text, 0..from), marks(text, from..tail_at));
    for note in &mut notes {
        note.links = volume::links(&note.text);
        if note.mark.is_some() {
            // A mark may stand in the title too.
            let label = note.label.as_str();
            note.mark = marks_below.get(label).or_else(|| marks_above.get(label)).copied();
        }
    }
    notes
}

/// Where the first mark `[12]` of each label stands in a part of a text.
fn marks(text: &str, part: Range<usize>) -> BTreeMap<&str, usize> {
    let mut marks = BTreeMap::new();
    for at in memchr::memchr_iter(b'[', &text.as_bytes()[part.clone()]).map(|at| at + part.start) {
        let rest = &text[at + 1..];
        let digits = rest.bytes().take(4).take_while(u8::is_ascii_digit).count();
        if (1..=3).contains(&digits) && rest[digits..].starts_with(']') {
            marks.entry(&rest[..digits]).or_insert(at);
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "---\ndoc_num: 58\ndoc_date: '1946-08-09'\ntitle: Legation in Valdoria to\n  Ferry Office\n\
                        refs:\n- code: 7\n  reference: '[X: 1]'\nvol_id: 10\n---\n\nCablegram 7 VALDORIA, 9 August 1946\n\n\
                        It came. [1]\n\n _\n\n1 See Documents 56 and 57.\n\n_\n\n _[AA: A1]_";

    #[test]
    fn keys_fold_and_nest() {
        let (keys, below) = keys(TEXT).unwrap();
        let read: Vec<(&str, String)> =
            keys.iter().map(|key| (key.name.as_str(), unquoted(&key.value))).collect();
        assert_eq!(read[1], ("doc_date", "1946-08-09".to_owned()));
        assert_eq!(read[2], ("title", "Legation in Valdoria to Ferry Office".to_owned()));
        assert_eq!(read[5], ("refs.reference", "[X: 1]".to_owned()));
        assert!(TEXT[below..].trim_start().starts_with("Cablegram"));
        assert_eq!(&TEXT[keys[0].span.range()], "58");
    }

    #[test]
    fn footnotes_have_marks_and_links() {
        let notes = notes(TEXT, 150);
        assert_eq!(notes.len(), 2);
        assert_eq!((notes[0].label.as_str(), notes[0].text.as_str()), ("1", "See Documents 56 and 57."));
        assert_eq!(notes[0].links, ["document 56", "document 57"]);
        assert!(TEXT[notes[0].mark.unwrap()..].starts_with("[1]"));
        let text = "---\ntitle: Doe [1] to Roe\n---\nIt came.\n _\n1 Jane Doe, not [1] a mark.\n_\n";
        assert_eq!(super::notes(text, 29)[0].mark, text.find("[1]"));
    }
}
