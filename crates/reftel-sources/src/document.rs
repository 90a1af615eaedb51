//! What a reader makes of an item: a text, and what stands beside it.

use reftel_telegram::Span;

/// One document of a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// What the telegram reader is to read.
    pub text: String,
    /// Where the text stands in the item's bytes.
    pub places: Places,
    /// What the collection says about the document.
    pub stated: Vec<Stated>,
    /// What an editor added: footnotes, source notes. They are in no paragraph of the telegram.
    pub notes: Vec<Note>,
    /// Whether the collection calls it a telegram; `None` where it doesn't say what it is.
    pub telegram: Option<bool>,
}

/// A field of the collection's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// What it means.
    pub field: Field,
    /// What the collection calls it: `Draft Date`, `origin`, `head`.
    pub name: String,
    /// What it says, as it says it.
    pub value: String,
    /// The bytes of the item it was read from.
    pub span: Span,
}

/// What a collection can say of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// Its number in the collection, or in its volume.
    Id,
    /// The volume that it is in, where a collection has several.
    Volume,
    /// The message reference number, in any spelling.
    Number,
    /// When it was sent.
    Date,
    /// Who sent it.
    From,
    /// Whom it went to.
    To,
    /// Its classification.
    Classification,
    /// How urgent it was.
    Precedence,
    /// A caption or other handling restriction.
    Caption,
    /// What it is about.
    Subject,
    /// What it refers to.
    References,
    /// TAGS.
    Tags,
    /// Who drafted it.
    Drafter,
    /// Its title in the edition.
    Title,
    /// What kind of document it is.
    Type,
    /// A person, with the name as the key and who that was as the value.
    Person,
    /// A term, with the term as the key and its meaning as the value.
    Term,
    /// Where in the archive it lies.
    Source,
    /// Its address in the world.
    Url,
    /// That it was withdrawn, or has no text.
    Withheld,
    /// Anything else, kept as it is.
    Other,
}

impl Field {
    /// All of them, with the names that profiles use.
    pub const ALL: &[(&str, Field)] = &[
        ("id", Field::Id),
        ("volume", Field::Volume),
        ("number", Field::Number),
        ("date", Field::Date),
        ("from", Field::From),
        ("to", Field::To),
        ("classification", Field::Classification),
        ("precedence", Field::Precedence),
        ("caption", Field::Caption),
        ("subject", Field::Subject),
        ("references", Field::References),
        ("tags", Field::Tags),
        ("drafter", Field::Drafter),
        ("title", Field::Title),
        ("type", Field::Type),
        ("person", Field::Person),
        ("term", Field::Term),
        ("source", Field::Source),
        ("url", Field::Url),
        ("withheld", Field::Withheld),
        ("other", Field::Other),
    ];

    /// The name that profiles use.
    pub fn name(self) -> &'static str {
        Field::ALL.iter().find(|(_, field)| *field == self).map_or("other", |(name, _)| name)
    }
}

/// A note of an editor's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// How it is called: `1`.
    pub label: String,
    /// What it says.
    pub text: String,
    /// Where in the document's text its mark stands, in bytes. `None` for a note to the whole.
    pub mark: Option<usize>,
    /// The addresses it points to.
    pub links: Vec<String>,
}

/// A run of text and the bytes it was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    text: usize,
    text_len: usize,
    bytes: usize,
    bytes_len: usize,
}

/// From places in a document's text to places in its item's bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Ascending and apart; what lies between was added by the reader. `None`: every place is itself.
    runs: Option<Vec<Run>>,
}

impl Places {
    /// Whether text and bytes are the same.
    pub fn are_same(&self) -> bool {
        self.runs.is_none()
    }

    /// The bytes of the item that a piece of the text came from. A piece that the reader added came from none, and
    /// is empty.
    pub fn origin(&self, span: Span) -> Span {
        let Some(runs) = &self.runs else { return span };
        let first = runs.partition_point(|run| run.text + run.text_len <= span.start);
        let last = runs.partition_point(|run| run.text < span.end);
        let Some(from) = runs.get(first).or(runs.last()) else { return Span::default() };
        let inside = span.start.saturating_sub(from.text);
        let start = from.bytes + if from.text_len == from.bytes_len { inside.min(from.bytes_len) } else { 0 };
        if first >= last {
            return Span::new(start, start);
        }
        let to = runs[last - 1];
        let left = (to.text + to.text_len).saturating_sub(span.end);
        let end = to.bytes + to.bytes_len - if to.text_len == to.bytes_len { left } else { 0 };
        Span::new(start, end.max(start))
    }
}

/// Makes a text of pieces of bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writer {
    pub(crate) text: String,
    runs: Vec<Run>,
}

impl Writer {
    /// Adds what stands so in the bytes, at `bytes`.
    pub(crate) fn copy(&mut self, piece: &str, bytes: usize) {
        self.put(piece, bytes, piece.len());
    }

    /// Adds a piece that `len` bytes at `bytes` stand for.
    pub(crate) fn put(&mut self, piece: &str, bytes: usize, len: usize) {
        if piece.is_empty() {
            return;
        }
        let text = self.text.len();
        self.text.push_str(piece);
        if let Some(last) = self.runs.last_mut()
            && last.text + last.text_len == text
            && last.bytes + last.bytes_len == bytes
            && last.text_len == last.bytes_len
            && piece.len() == len
        {
            last.text_len += len;
            last.bytes_len += len;
            return;
        }
        self.runs.push(Run { text, text_len: piece.len(), bytes, bytes_len: len });
    }

    /// Adds what is in no bytes.
    pub(crate) fn add(&mut self, piece: &str) {
        self.text.push_str(piece);
    }

    /// Ends the line, if one is begun.
    pub(crate) fn end_line(&mut self) {
        let len = self.text.trim_end_matches([' ', '\t']).len();
        self.cut(len);
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// Ends the paragraph: there is an empty line behind it.
    pub(crate) fn end_paragraph(&mut self) {
        self.end_line();
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn cut(&mut self, len: usize) {
        self.text.truncate(len);
        while let Some(last) = self.runs.last_mut() {
            if last.text + last.text_len <= len {
                break;
            }
            if last.text >= len {
                self.runs.pop();
                continue;
            }
            let less = last.text + last.text_len - len;
            last.bytes_len = last.bytes_len.saturating_sub(less);
            last.text_len -= less;
        }
    }

    pub(crate) fn finish(self) -> (String, Places) {
        (self.text, Places { runs: Some(self.runs) })
    }
}

/// A text without its first bytes, each of the others with its place.
pub(crate) fn without(text: &str, places: &Places, from: usize) -> Writer {
    let mut out = Writer::default();
    for run in places.runs.iter().flatten() {
        let end = run.text + run.text_len;
        let start = run.text.max(from);
        if start >= end {
            continue;
        }
        if out.text.len() < start - from {
            out.add(&text[from + out.text.len()..start]);
        }
        let skipped = if run.text_len == run.bytes_len { start - run.text } else { 0 };
        out.put(&text[start..end], run.bytes + skipped, run.bytes_len - skipped);
    }
    out.add(&text[(from + out.text.len()).min(text.len())..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_back_to_the_bytes() {
        // bytes: `<p>A&amp;B</p>`
        let mut writer = Writer::default();
        writer.copy("A", 3);
        writer.put("&", 4, 5);
        writer.copy("B ", 9);
        writer.end_line();
        writer.add("added");
        let (text, places) = writer.finish();
        assert_eq!(text, "A&B\nadded");
        for (span, want) in [((0, 1), (3, 4)), ((1, 2), (4, 9)), ((0, 3), (3, 10)), ((2, 4), (9, 10))] {
            assert_eq!(places.origin(Span::new(span.0, span.1)), Span::new(want.0, want.1), "{span:?}");
        }
        assert!(places.origin(Span::new(4, 9)).is_empty());
        assert_eq!(Places::default().origin(Span::new(4, 9)), Span::new(4, 9));
    }
}
