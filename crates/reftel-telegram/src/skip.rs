//! Finding the next byte of a set, many bytes at a time.
//!
//! `memchr` searches for up to three bytes. The sets here are larger, but their bytes are rare, so whole chunks
//! are first asked whether they hold any: a loop that the compiler turns into vector instructions.

use memchr::memmem::Finder;

/// The place of the first byte at or after `from` that is in a set.
pub(crate) fn find(bytes: &[u8], from: usize, is_in: impl Fn(u8) -> bool) -> Option<usize> {
    const CHUNK: usize = 32;
    let rest = bytes.get(from..)?;
    let mut at = 0;
    for chunk in rest.chunks_exact(CHUNK) {
        if chunk.iter().fold(false, |any, byte| any | is_in(*byte)) {
            break;
        }
        at += CHUNK;
    }
    rest[at..].iter().position(|byte| is_in(*byte)).map(|found| from + at + found)
}

/// The places of a needle, each behind the last one's end.
///
/// They are those of `Finder::find_iter`, which copies its finder first: in short texts that takes longer than
/// searching them.
pub(crate) fn places<'a>(finder: &'a Finder<'_>, bytes: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + finder.find(bytes.get(from..)?)?;
        from = at + finder.needle().len();
        Some(at)
    })
}

#[cfg(test)]
mod tests {
    use memchr::memmem::Finder;

    use super::{find, places};

    #[test]
    fn places_are_those_of_the_library() {
        for (needle, text) in [("ab", "abcabab"), ("aa", "aaaaa"), ("x", ""), ("abc", "ab"), ("b", "b")] {
            let finder = Finder::new(needle);
            let found: Vec<usize> = places(&finder, text.as_bytes()).collect();
            assert_eq!(found, finder.find_iter(text.as_bytes()).collect::<Vec<_>>(), "{needle} {text}");
        }
    }

    #[test]
    fn finds_what_a_plain_search_finds() {
        let digit = |byte: u8| byte.is_ascii_digit();
        for len in 0..140 {
            for at in 0..=len {
                let mut text = vec![b'x'; len];
                if let Some(byte) = text.get_mut(at) {
                    *byte = b'7';
                }
                for from in 0..=len + 1 {
                    let want =
                        text.iter().enumerate().position(|(place, byte)| place >= from && digit(*byte));
                    assert_eq!(find(&text, from, digit), want, "{len} {at} {from}");
                }
            }
        }
    }
}
