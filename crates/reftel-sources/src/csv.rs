//! Rows of comma-separated values, with the place of each character.
//!
//! The quoting of the collections differs (a quote in a quoted field is doubled or has a backslash), rows are read
//! as they come from files of gigabytes, and every character must lead back to its byte: so the two dozen states
//! are here and not in a library.

use crate::document::Writer;

/// How a file separates and quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    /// What takes the meaning from the next character in a quoted field, beside a doubled quote.
    pub(crate) escape: Option<u8>,
}

/// Where in a row the reading is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    FieldStart,
    Plain,
    Quoted,
    /// Behind an escape in a quoted field.
    Escaped,
    /// Behind a quote in a quoted field: the end of the field, or the first of two.
    Quote,
}

/// What a byte is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A character of the value.
    Value,
    /// Quotes and escapes.
    Sign,
    FieldEnd,
    RowEnd,
}

fn step(dialect: Dialect, state: State, byte: u8) -> (State, Step) {
    match (state, byte) {
        (State::Quoted, b'"') => (State::Quote, Step::Sign),
        (State::Quoted, byte) if Some(byte) == dialect.escape => (State::Escaped, Step::Sign),
        (State::Quoted | State::Escaped, _) | (State::Quote, b'"') => (State::Quoted, Step::Value),
        (State::FieldStart, b'"') => (State::Quoted, Step::Sign),
        (_, b'\n') => (State::FieldStart, Step::RowEnd),
        (State::FieldStart | State::Quote, b'\r') => (state, Step::Sign),
        (_, byte) if byte == dialect.delimiter => (State::FieldStart, Step::FieldEnd),
        _ => (State::Plain, Step::Value),
    }
}

/// Finds the ends of rows in bytes that come in pieces.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Splitter {
    dialect: Dialect,
    state: State,
    /// Whether something other than a separator stood behind a closing quote.
    torn: bool,
}

impl Splitter {
    pub(crate) fn new(dialect: Dialect) -> Splitter {
        Splitter { dialect, state: State::default(), torn: false }
    }

    /// The length of the rest of the row, with its line end, if it ends in these bytes.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            // Values are long: what has no meaning is passed over at once.
            if self.state == State::Quoted {
                let rest = &bytes[at..];
                let next = match self.dialect.escape {
                    Some(escape) => memchr::memchr2(b'"', escape, rest),
                    None => memchr::memchr(b'"', rest),
                };
                at += next?;
            }
            let (state, step) = step(self.dialect, self.state, bytes[at]);
            self.torn |= self.state == State::Quote && state == State::Plain;
            self.state = state;
            at += 1;
            if step == Step::RowEnd {
                return Some(at);
            }
        }
        None
    }

    /// Whether a quote closed where none can: it was another field's that opened, and an earlier one never closed.
    pub(crate) fn is_torn(&self) -> bool {
        self.torn
    }

    /// Whether the bytes so far end inside quotes.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state, State::Quoted | State::Escaped)
    }
}

/// One field: the bytes it takes up, and its value's bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Pieces of the row that make the value.
    pub(crate) pieces: Vec<(usize, usize)>,
}

impl Value {
    /// The value as text; what isn't UTF-8 is read as Windows-1252 is.
    pub(crate) fn text(&self, row: &[u8]) -> String {
        let bytes: Vec<u8> =
            self.pieces.iter().flat_map(|(start, end)| &row[*start..*end]).copied().collect();
        reftel_telegram::decode(&bytes).0.into_owned()
    }

    /// Adds the value to a text, each piece with its place.
    pub(crate) fn write(&self, row: &[u8], out: &mut Writer) {
        if self.pieces.iter().all(|(start, end)| std::str::from_utf8(&row[*start..*end]).is_ok()) {
            for (start, end) in &self.pieces {
                out.copy(&String::from_utf8_lossy(&row[*start..*end]), *start);
            }
        } else {
            out.put(&self.text(row), self.start, self.end - self.start);
        }
    }
}

/// The most fields that are read of a row; a collection has a few dozen.
const FIELDS_MAX: usize = 4096;

/// The fields of a row. A row that ends inside quotes gives what there is.
pub(crate) fn fields(dialect: Dialect, row: &[u8]) -> Vec<Value> {
    let mut list = Vec::new();
    let mut state = State::default();
    let mut value = Value::default();
    for (at, byte) in row.iter().enumerate() {
        let (next, step) = step(dialect, state, *byte);
        state = next;
        match step {
            Step::Value => match value.pieces.last_mut() {
                Some(piece) if piece.1 == at => piece.1 += 1,
                _ => value.pieces.push((at, at + 1)),
            },
            Step::Sign => {}
            Step::FieldEnd | Step::RowEnd => {
                value.end = at;
                list.push(std::mem::take(&mut value));
                value.start = at + 1;
                if step == Step::RowEnd || list.len() == FIELDS_MAX {
                    return list;
                }
            }
        }
    }
    value.end = row.len();
    list.push(value);
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: Dialect = Dialect { delimiter: b',', escape: Some(b'\\') };

    #[test]
    fn quotes_and_backslashes() {
        let row = b"7,\"A \\\"B\\\" \\\\ \"\"C\"\"\",,\"x\ny\"\r\n";
        let read: Vec<String> = fields(BOTH, row).iter().map(|value| value.text(row)).collect();
        assert_eq!(read, ["7", "A \"B\" \\ \"C\"", "", "x\ny"]);
        let mut splitter = Splitter::new(BOTH);
        assert_eq!(splitter.feed(&row[..10]), None);
        assert_eq!(splitter.feed(&row[10..]), Some(row.len() - 10));
    }

    #[test]
    fn a_quote_that_is_never_closed_is_seen() {
        let mut splitter = Splitter::new(BOTH);
        assert_eq!(splitter.feed(b"1,\"never\n2,x\n"), None);
        assert!(splitter.is_open());
        let row = b"1,\"never";
        assert_eq!(fields(BOTH, row)[1].text(row), "never");
    }

    #[test]
    fn a_row_of_a_million_columns_is_cut() {
        let row = vec![b','; 1_000_000];
        assert_eq!(fields(BOTH, &row).len(), FIELDS_MAX);
    }
}
