//! Where a span is, as a person counts: line and column, and the line itself.
//!
//! Spans are in bytes of the input, whatever its encoding. Here the input is decoded once more, character
//! by character, with a mark now and then that says which byte stands where, so that a place is found by a
//! short walk. A line can be the whole of a huge file, so only a piece of it around the span is shown.

use std::ops::Range;

use reftel_telegram::{Span, decode};

use super::terminal;

/// Characters between two marks within one line.
const STRIDE: usize = 512;
/// Characters shown in front of the span when the line is long.
const BEFORE: usize = 40;
/// Characters shown of a line at most.
const SHOWN: usize = 100;

/// An input by lines.
pub(crate) struct Places {
    text: String,
    encoding: Encoding,
    /// Ascending, the first at the beginning.
    marks: Vec<Mark>,
}

/// How many bytes a character takes in the input.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16,
    OneByte,
}

impl Encoding {
    fn length(self, char: char) -> usize {
        match self {
            Encoding::Utf8 => char.len_utf8(),
            Encoding::Utf16 => 2 * char.len_utf16(),
            Encoding::OneByte => 1,
        }
    }
}

/// A place known in every count.
#[derive(Clone, Copy)]
struct Mark {
    /// The byte of the input.
    byte: usize,
    /// The byte of the text.
    at: usize,
    /// The line, from 1.
    line: usize,
    /// The character within the line, from 1.
    column: usize,
}

/// A piece of one line, and where the span stands in it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The line, from 1.
    pub(crate) line: usize,
    /// The character within the line, from 1.
    pub(crate) column: usize,
    /// What is shown of the line.
    pub(crate) text: String,
    /// The span within `text`.
    pub(crate) span: Range<usize>,
}

impl Places {
    pub(crate) fn new(bytes: &[u8]) -> Places {
        let (decoded, name) = decode(bytes);
        let encoding = match name {
            "utf-8" => Encoding::Utf8,
            "utf-16le" | "utf-16be" => Encoding::Utf16,
            _ => Encoding::OneByte,
        };
        let mut places = Places { text: String::with_capacity(decoded.len()), encoding, marks: Vec::new() };
        let mut end = Mark { byte: 0, at: 0, line: 1, column: 1 };
        places.marks.push(end);
        if encoding == Encoding::Utf8 {
            for chunk in bytes.utf8_chunks() {
                places.push(&mut end, chunk.valid());
                if !chunk.invalid().is_empty() {
                    places.text.push('\u{fffd}');
                    places.pass(&mut end, '\u{fffd}', chunk.invalid().len());
                    // This character's length says nothing of its bytes, so no walk may cross it.
                    places.marks.push(end);
                }
            }
        } else {
            let marked = matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
            if encoding == Encoding::Utf16 && marked && !decoded.starts_with('\u{feff}') {
                end.byte += 2;
                places.marks[0] = end;
            }
            places.push(&mut end, &decoded);
        }
        places
    }

    fn push(&mut self, end: &mut Mark, text: &str) {
        self.text.push_str(text);
        for char in text.chars() {
            self.pass(end, char, self.encoding.length(char));
        }
    }

    /// Moves the end past a character, and marks the beginning of each line and of each stride.
    fn pass(&mut self, end: &mut Mark, char: char, length: usize) {
        end.byte += length;
        end.at += char.len_utf8();
        end.column += 1;
        if char == '\n' {
            end.line += 1;
            end.column = 1;
        }
        if end.column % STRIDE == 1 {
            self.marks.push(*end);
        }
    }

    /// The character that holds this byte of the input; the end for a byte behind it.
    fn find(&self, byte: usize) -> Mark {
        let next = self.marks.partition_point(|mark| mark.byte <= byte);
        let mut here = self.marks[next.saturating_sub(1)];
        let limit = self.marks.get(next).map_or(self.text.len(), |mark| mark.at);
        for char in self.text[here.at..limit].chars() {
            let length = self.encoding.length(char);
            if char == '\n' || here.byte + length > byte {
                break;
            }
            here = Mark {
                byte: here.byte + length,
                at: here.at + char.len_utf8(),
                line: here.line,
                column: here.column + 1,
            };
        }
        here
    }

    /// The line and the column of a byte of the input, both from 1.
    pub(crate) fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let mark = self.find(byte);
        (mark.line, mark.column)
    }

    /// The line in which a span begins, or a piece of it. Control characters are shown, not kept.
    pub(crate) fn excerpt(&self, span: Span) -> Excerpt {
        let place = self.find(span.start);
        let end = self.find(span.end.max(span.start)).at;
        let before = self.text[..place.at].char_indices().rev().take_while(|(_, char)| *char != '\n');
        let before: Vec<usize> = before.take(SHOWN + 1).map(|(at, _)| at).collect();
        let after = self.text[place.at..].chars().take_while(|char| *char != '\n').take(SHOWN + 1).count();
        let kept = if before.len() + after <= SHOWN { before.len() } else { BEFORE.min(before.len()) };
        let cut = kept < before.len();
        let begin = before[..kept].last().copied().unwrap_or(place.at);

        let mut excerpt = Excerpt { line: place.line, column: place.column, text: String::new(), span: 0..0 };
        if cut {
            excerpt.text.push('…');
        }
        let rest = &self.text[begin..];
        let shown = rest
            .char_indices()
            .find(|(at, char)| *char == '\n' || *at > 8 * SHOWN)
            .map_or(rest.len(), |(at, _)| at);
        let line = rest[..shown].trim_end_matches('\r');
        let mut marked = None;
        for (count, (offset, char)) in line.char_indices().enumerate() {
            if begin + offset == place.at {
                excerpt.span = excerpt.text.len()..excerpt.text.len();
                marked = Some(());
            }
            if count == SHOWN {
                excerpt.text.push('…');
                break;
            }
            terminal::show(char, &mut excerpt.text);
            if marked.is_some() && begin + offset < end {
                excerpt.span.end = excerpt.text.len();
            }
        }
        if marked.is_none() {
            excerpt.span = excerpt.text.len()..excerpt.text.len();
        }
        excerpt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8], start: usize, end: usize) -> (usize, usize, String, String) {
        let excerpt = Places::new(bytes).excerpt(Span::new(start, end));
        let marked = excerpt.text[excerpt.span.clone()].to_owned();
        (excerpt.line, excerpt.column, excerpt.text, marked)
    }

    #[test]
    fn a_span_is_shown_in_its_line() {
        let text = b"FIRST\r\nSECOND LINE\r\nTHIRD\r\n";
        assert_eq!(shown(text, 7, 13), (2, 1, "SECOND LINE".into(), "SECOND".into()));
        assert_eq!(shown(text, 14, 23), (2, 8, "SECOND LINE".into(), "LINE".into())); // to the line's end
        assert_eq!(shown(text, 0, 0), (1, 1, "FIRST".into(), String::new()));
        assert_eq!(shown(text, 99, 120), (4, 1, String::new(), String::new())); // behind the end
        assert_eq!(shown(b"", 0, 0), (1, 1, String::new(), String::new()));
    }

    #[test]
    fn control_characters_are_shown() {
        let (_, column, text, marked) = shown(b"A\x1b[2J B", 6, 7);
        assert_eq!((column, text.as_str(), marked.as_str()), (7, "A␛[2J B", "B"));
    }

    #[test]
    fn bytes_are_counted_in_the_inputs_encoding() {
        assert_eq!(shown("ÅÅ X\nY".as_bytes(), 5, 6), (1, 4, "ÅÅ X".into(), "X".into()));
        assert_eq!(shown("ÅÅ X\nY".as_bytes(), 7, 8), (2, 1, "Y".into(), "Y".into()));
    }

    #[test]
    fn bytes_of_no_encoding_move_nothing() {
        let places = Places::new(b"\xff\xfe\xfd A \xe2\x82 B\n\x80C");
        for byte in 0..16 {
            let (line, column) = places.line_and_column(byte);
            assert!(line <= 2 && column <= 16, "{byte}");
        }
    }

    #[test]
    fn a_long_line_is_cut_around_the_span() {
        let text = format!("{}HERE{}", "a".repeat(100_000), "b".repeat(100_000));
        let (line, column, text, marked) = shown(text.as_bytes(), 100_000, 100_004);
        assert_eq!((line, column, marked.as_str()), (1, 100_001, "HERE"));
        assert_eq!(text.chars().count(), SHOWN + 2);
        assert!(text.starts_with('…') && text.ends_with('…'), "{text}");
    }

    #[test]
    fn every_byte_has_a_place() {
        let text = "A Å\r\r\n\n東京 TELEGRAM\n".repeat(3);
        let places = Places::new(text.as_bytes());
        for (at, char) in text.char_indices() {
            let before = &text[..at];
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
            assert_eq!(places.line_and_column(at), (line, column), "{at} {char:?}");
        }
    }
}
