//! Signs that a line or an archive could not carry, put back where the words leave no other reading.
//!
//! The five-unit alphabet has no apostrophe, and operators sent a comma: `THE MINISTRY,S ANSWER`. Archives that
//! turned one character set into another wrote `¿` for what they had no sign for. The copy keeps what it has; what is
//! read instead is said, with its place.
//!
//! Source: ACP 127(G) ¶140; the exports of the National Archives.

use std::borrow::Cow;

use memchr::memmem;

use crate::Span;
use crate::diagnostic::{Code, Confidence, Diagnostic};
use crate::offsets::OffsetMap;

/// A text with its lost signs put back, and the way back.
#[derive(Clone, Debug)]
pub(crate) struct Restored<'t> {
    pub(crate) text: Cow<'t, str>,
    pub(crate) map: OffsetMap,
}

/// The sign that an archive writes for one it has none for.
const LOST: &str = "¿";

/// Puts back apostrophes and other signs. Nearly every text has an apostrophe and no lost sign, and is left at that.
pub(crate) fn restore(text: &str) -> Restored<'_> {
    let mut signs = signs(text).peekable();
    if signs.peek().is_none() {
        return Restored { text: Cow::Borrowed(text), map: OffsetMap::default() };
    }
    let mut out = String::with_capacity(text.len());
    let mut map = OffsetMap::default();
    let mut done = 0;
    for (span, sign) in signs {
        out.push_str(&text[done..span.start]);
        out.push(sign);
        done = span.end;
        if span.len() > 1 {
            map.point(out.len(), done);
        }
    }
    out.push_str(&text[done..]);
    Restored { text: Cow::Owned(out), map }
}

/// What stands for a lost sign in a text, and which sign, in order.
pub(crate) fn signs(text: &str) -> impl Iterator<Item = (Span, char)> {
    let bytes = text.as_bytes();
    let lost = memmem::find(bytes, LOST.as_bytes());
    let commas = memchr::memchr(b'\'', bytes).is_none() && !text_has_curly(text);
    let commas = commas.then(|| {
        let places = memchr::memchr_iter(b',', bytes).filter(|&at| stands_for_apostrophe(bytes, at, at + 1));
        places.map(|at| (Span::new(at, at + 1), '\''))
    });
    let lost = lost.map(|first| {
        let places = memmem::find_iter(&bytes[first..], LOST.as_bytes()).map(move |at| first + at);
        places.filter_map(|at| Some((Span::new(at, at + LOST.len()), meant(bytes, at)?)))
    });
    let mut commas = commas.into_iter().flatten().peekable();
    let mut lost = lost.into_iter().flatten().peekable();
    std::iter::from_fn(move || match (commas.peek(), lost.peek()) {
        (Some(comma), Some(sign)) if comma.0 < sign.0 => commas.next(),
        (Some(_), None) => commas.next(),
        _ => lost.next(),
    })
}

/// Whether a text has typographic apostrophes. Their first byte is rare.
fn text_has_curly(text: &str) -> bool {
    memchr::memchr(0xE2, text.as_bytes()).is_some_and(|at| text[at..].contains('’'))
}

/// Whether what stands from `at` to `end` can only be an apostrophe: `MINISTRY,S`, `DON,T`, `WE,VE`.
fn stands_for_apostrophe(bytes: &[u8], at: usize, end: usize) -> bool {
    let letters = bytes[..at].iter().rev().take(24).take_while(|b| b.is_ascii_alphabetic()).count();
    let Some(before) = at.checked_sub(1).and_then(|before| bytes.get(before)) else { return false };
    let rest = &bytes[end..];
    let suffix = rest.iter().take(4).take_while(|b| b.is_ascii_alphabetic()).count();
    let same_case = || rest[..suffix].iter().all(|b| b.is_ascii_uppercase() == before.is_ascii_uppercase());
    if letters == 0 || !(1..=2).contains(&suffix) || !same_case() {
        return false;
    }
    // `(DOE,S)` has an initial, and `A,S` is a list.
    let whole = !matches!(rest.get(suffix), Some(b')' | b'/' | b',' | b'0'..=b'9'));
    let mut ending = [0; 2];
    ending[..suffix].copy_from_slice(&rest[..suffix]);
    ending.make_ascii_uppercase();
    let alone = letters == 1 && before.eq_ignore_ascii_case(&b'i');
    let known = match &ending[..suffix] {
        b"S" => letters >= 2,
        b"T" => letters >= 2 && before.eq_ignore_ascii_case(&b'n'),
        b"RE" | b"VE" | b"LL" => letters >= 2 || alone,
        _ => false,
    };
    known && whole
}

/// What a lost sign stood for, where its neighbours tell.
fn meant(bytes: &[u8], at: usize) -> Option<char> {
    let before = *bytes.get(at.checked_sub(1)?)?;
    let after = *bytes.get(at + LOST.len())?;
    if stands_for_apostrophe(bytes, at, at + LOST.len()) {
        return Some('\'');
    }
    match (before, after) {
        (before, after) if before.is_ascii_alphabetic() && after.is_ascii_alphabetic() => Some(' '),
        (before, after) if before.is_ascii_digit() && after.is_ascii_digit() => Some('-'),
        (b' ', b' ') => Some('-'),
        _ => None,
    }
}

/// Which rule a sign is put back by.
pub(crate) fn code(span: Span) -> Code {
    if span.len() == 1 { Code::CommaForApostrophe } else { Code::SignLost }
}

/// Says what is read instead.
pub(crate) fn report(text: &str, span: Span, sign: char) -> Diagnostic {
    let (at, len) = (span.start, span.len());
    let start = text[..at].bytes().rev().take(20).take_while(u8::is_ascii_alphanumeric).count();
    let end = text[at + len..].bytes().take(20).take_while(u8::is_ascii_alphanumeric).count();
    let (before, after) = (&text[at - start..at], &text[at + len..at + len + end]);
    let message = format!("`{before}{}{after}` is read as `{before}{sign}{after}`", &text[at..at + len]);
    Diagnostic::new(code(span), span, message).mended(sign, Confidence::Likely)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_that_can_only_be_apostrophes() {
        for (text, read) in [
            ("THE MINISTRY,S ANSWER, SO FAR", "THE MINISTRY'S ANSWER, SO FAR"),
            ("They don,t know; we,ve asked", "They don't know; we've asked"),
            ("I,LL COME", "I'LL COME"),
            ("TAGS: PREL,SOCI (DOE,S), A,S", "TAGS: PREL,SOCI (DOE,S), A,S"),
            ("DOE'S MINISTRY,S", "DOE'S MINISTRY,S"),
            ("REASONS 1.4 B,D", "REASONS 1.4 B,D"),
            ("1970,S", "1970,S"),
        ] {
            assert_eq!(restore(text).text, read, "{text}");
        }
    }

    #[test]
    fn lost_signs_between_words_and_figures() {
        for (text, read) in [
            ("MINISTRY¿S", "MINISTRY'S"),
            ("None¿of¿them", "None of them"),
            ("1970¿1975", "1970-1975"),
            ("HERE ¿ AND THERE", "HERE - AND THERE"),
            ("¿QUE PASA?", "¿QUE PASA?"),
            ("Jul¿.", "Jul¿."),
        ] {
            assert_eq!(restore(text).text, read, "{text}");
        }
    }
}
