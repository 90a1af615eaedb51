//! Bytes to text.
//!
//! Telegrams come as ASCII, UTF-8, UTF-16 from office programs, and windows-1252 from web sites. Which it
//! is can be told from the bytes: a byte order mark, zero bytes in every other place, or sequences that
//! UTF-8 forbids. Every input decodes; what has no character becomes U+FFFD and is reported.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::offsets::OffsetMap;

/// A text, what it was decoded from, and the way back.
#[derive(Clone, Debug)]
pub(crate) struct Decoded<'b> {
    pub(crate) text: Cow<'b, str>,
    pub(crate) map: OffsetMap,
    pub(crate) encoding: &'static str,
}

/// Decodes an input.
pub(crate) fn decode(bytes: &[u8]) -> Decoded<'_> {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        let mut decoded = narrow(rest);
        decoded.shift(3);
        return decoded;
    }
    if bytes.starts_with(b"\xFF\xFE") {
        return wide(bytes, 2, true);
    }
    if bytes.starts_with(b"\xFE\xFF") {
        return wide(bytes, 2, false);
    }
    match zero_places(bytes) {
        Some(true) => wide(bytes, 0, true),
        Some(false) => wide(bytes, 0, false),
        None => narrow(bytes),
    }
}

/// UTF-8, or windows-1252 where it isn't.
fn narrow(bytes: &[u8]) -> Decoded<'_> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded { text: Cow::Borrowed(text), map: OffsetMap::default(), encoding: "utf-8" };
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    let mut map = OffsetMap::default();
    for (origin, (derived, char)) in text.char_indices().enumerate() {
        if char.len_utf8() > 1 {
            map.point(derived, origin);
            map.point(derived + char.len_utf8(), origin + 1);
        }
    }
    Decoded { text: Cow::Owned(text.into_owned()), map, encoding: "windows-1252" }
}

/// UTF-16 from byte `skip` on.
fn wide(bytes: &[u8], skip: usize, little: bool) -> Decoded<'static> {
    let encoding = if little { UTF_16LE } else { UTF_16BE };
    let (text, _) = encoding.decode_without_bom_handling(&bytes[skip..]);
    let mut map = OffsetMap::default();
    let mut origin = skip;
    for (derived, char) in text.char_indices() {
        map.point(derived, origin);
        origin = (origin + char.len_utf16() * 2).min(bytes.len());
    }
    map.point(text.len(), origin);
    let encoding = if little { "utf-16le" } else { "utf-16be" };
    Decoded { text: Cow::Owned(text.into_owned()), map, encoding }
}

/// Whether an input without byte order mark is UTF-16: `Some(true)` little-endian, `Some(false)` big.
fn zero_places(bytes: &[u8]) -> Option<bool> {
    let head = &bytes[..bytes.len().min(512)];
    if head.len() < 8 || memchr::memchr(0, head).is_none() {
        return None;
    }
    let zeros = |first: usize| head.iter().skip(first).step_by(2).filter(|&&b| b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let half = head.len() / 2;
    if odd * 10 >= half * 8 && even == 0 {
        Some(true)
    } else if even * 10 >= half * 8 && odd == 0 {
        Some(false)
    } else {
        None
    }
}

impl Decoded<'_> {
    /// The input began `by` bytes earlier.
    fn shift(&mut self, by: usize) {
        self.map.shift(by);
    }
}
