//! Text that others wrote, made fit for a page.
//!
//! A telegram's bytes can hold control characters, orders to the terminal, and marks that turn the
//! reading direction. maud escapes what HTML would act on; this module shows what the eye would be
//! deceived by, and maps places in the bytes to places in the decoded text.

use std::borrow::Cow;
use std::fmt::Write as _;

use maud::{Markup, html};
use reftel_telegram::Span;

/// Whether a character would act on the reader's page without being seen.
fn acts_unseen(c: char) -> bool {
    matches!(c,
        '\u{00}'..='\u{08}' | '\u{0B}'..='\u{1F}' | '\u{7F}'..='\u{9F}'
        | '\u{AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// The text with each unseen character in words: `[U+202E]`. A carriage return before a line feed is
/// left out.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(acts_unseen) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        if c == '\r' && text[at + 1..].trim_start_matches('\r').starts_with('\n') {
            continue;
        }
        if acts_unseen(c) {
            // Writing to a string can't fail.
            let _ = write!(out, "[U+{:04X}]", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// A message as a sentence: a capital at its head, and what stands in backticks set as code.
pub(crate) fn sentence(message: &str) -> Markup {
    let mut head = message.chars();
    // A name in backticks keeps its letters.
    let message: String = head.next().into_iter().flat_map(char::to_uppercase).chain(head).collect();
    let closed = message.matches('`').count() / 2 * 2;
    let pieces = message.splitn(closed + 1, '`').enumerate();
    html! {
        @for (index, piece) in pieces {
            @if index % 2 == 1 { code { (clean(piece)) } } @else { (clean(piece)) }
        }
    }
}

/// Decoded text that knows where its bytes were.
#[derive(Debug)]
pub(crate) struct Decoded<'b> {
    /// The characters.
    pub(crate) text: Cow<'b, str>,
    /// The encoding's name.
    pub(crate) encoding: &'static str,
    /// `(byte of the input, byte of the text)`, ascending; between two points both run alike.
    points: Vec<(usize, usize)>,
}

impl<'b> Decoded<'b> {
    /// Decodes an input, and remembers the places.
    pub(crate) fn new(bytes: &'b [u8]) -> Decoded<'b> {
        let (text, encoding) = reftel_telegram::decode(bytes);
        let points = match encoding {
            "windows-1252" => single_bytes(&text),
            "utf-16le" | "utf-16be" => double_bytes(&text, bytes),
            _ => utf8(&text, bytes),
        };
        Decoded { text, encoding, points }
    }

    /// The place in the text of a byte of the input, on a character boundary.
    pub(crate) fn place(&self, byte: usize) -> usize {
        let index = self.points.partition_point(|point| point.0 <= byte);
        let (from_byte, from_text) = index.checked_sub(1).map_or((0, 0), |i| self.points[i]);
        let until = self.points.get(index).map_or(self.text.len(), |point| point.1);
        let mut at = from_text.saturating_add(byte.saturating_sub(from_byte)).min(until).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// The same for a span.
    pub(crate) fn span(&self, span: Span) -> Span {
        let start = self.place(span.start);
        Span::new(start, self.place(span.end).max(start))
    }
}

/// One byte, one character.
fn single_bytes(text: &str) -> Vec<(usize, usize)> {
    let mut points = Vec::new();
    for (byte, (at, c)) in text.char_indices().enumerate() {
        if c.len_utf8() > 1 {
            points.push((byte, at));
            points.push((byte + 1, at + c.len_utf8()));
        }
    }
    points
}

/// Two bytes, one unit.
fn double_bytes(text: &str, bytes: &[u8]) -> Vec<(usize, usize)> {
    let mark = matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) && !text.starts_with('\u{FEFF}');
    let mut byte = if mark { 2 } else { 0 };
    text.char_indices()
        .map(|(at, c)| {
            let point = (byte, at);
            byte += 2 * c.len_utf16();
            point
        })
        .collect()
}

/// The same bytes, but for a byte order mark and for what isn't UTF-8.
fn utf8(text: &str, bytes: &[u8]) -> Vec<(usize, usize)> {
    let mark = bytes.starts_with(b"\xEF\xBB\xBF") && !text.starts_with('\u{FEFF}');
    let mut points = Vec::new();
    let (mut byte, mut at) = if mark { (3, 0) } else { (0, 0) };
    if mark {
        points.push((byte, at));
    }
    for chunk in bytes[byte..].utf8_chunks() {
        byte += chunk.valid().len();
        at += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            points.push((byte, at));
            byte += chunk.invalid().len();
            at += '\u{FFFD}'.len_utf8();
            points.push((byte, at));
        }
    }
    points
}

/// At most `limit` bytes of `text`, cut at a character.
pub(crate) fn cut(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}

/// A count as people write it: `12,345`.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count and its noun: `1 telegram`, `2 telegrams`.
pub(crate) fn counted(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(n), if n == 1 { "" } else { "s" })
}

/// Bytes in the unit that fits: `1.4 MB`.
#[allow(clippy::cast_precision_loss, reason = "shown with one decimal")]
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unseen_characters_are_shown() {
        for (text, want) in [
            ("FERRY\u{202E}TARIFF", "FERRY[U+202E]TARIFF"),
            ("a\u{0}b\u{1B}[31m", "a[U+0000]b[U+001B][31m"),
            ("line\r\r\nline\tend\n", "line\nline\tend\n"),
            ("lone\rreturn", "lone[U+000D]return"),
            ("żółw 電報 <b>", "żółw 電報 <b>"),
        ] {
            assert_eq!(clean(text), want, "{text:?}");
        }
    }

    #[test]
    fn a_message_is_a_sentence() {
        for (message, want) in [
            ("no such field; `tags:` is meant", "No such field; <code>tags:</code> is meant"),
            ("`a<` and `b`", "<code>a&lt;</code> and <code>b</code>"),
            ("one ` alone", "One ` alone"),
            ("", ""),
        ] {
            assert_eq!(sentence(message).into_string(), want);
        }
    }

    #[test]
    fn places_follow_the_encoding() {
        let latin = single_bytes("Né à");
        let decoded = Decoded { text: "Né à".into(), encoding: "windows-1252", points: latin };
        let places: Vec<_> = (0..5).map(|byte| decoded.place(byte)).collect();
        assert_eq!(places, [0, 1, 3, 4, 6]);

        let wide = double_bytes("aé𝄞b", b"\xFF\xFE");
        let decoded = Decoded { text: "aé𝄞b".into(), encoding: "utf-16le", points: wide };
        let places: Vec<_> = [2, 4, 6, 10, 12].iter().map(|&byte| decoded.place(byte)).collect();
        assert_eq!(places, [0, 1, 3, 7, 8]);

        let broken = b"ab\xFFcd";
        let text = String::from_utf8_lossy(broken);
        let points = utf8(&text, broken);
        let decoded = Decoded { text, encoding: "utf-8", points };
        let places: Vec<_> = (0..6).map(|byte| decoded.place(byte)).collect();
        assert_eq!(places, [0, 1, 2, 5, 6, 7]);
        assert_eq!(decoded.place(usize::MAX), 7);
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(0), "0");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(counted(1, "telegram"), "1 telegram");
        assert_eq!(size(1_432_000), "1.4 MB");
    }
}
