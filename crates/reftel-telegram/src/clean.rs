//! Undoes what web pages and terminals did to a text.
//!
//! A telegram copied from a web page carries Markdown links (`[PGOV](#)`), escapes (`\$5M`), HTML tags and
//! entities; one captured from a line carries bells and shift characters. Each is taken out, and said. Line
//! ends stay as they are, so lines of the clean text are lines of the copy.

use std::borrow::Cow;

use crate::Span;
use crate::diagnostic::{Code, Confidence, Diagnostic};
use crate::offsets::OffsetMap;
use crate::skip;

/// A text without what the copying added, and the way back.
#[derive(Clone, Debug)]
pub(crate) struct Cleaned<'t> {
    pub(crate) text: Cow<'t, str>,
    pub(crate) map: OffsetMap,
}

/// Tags that only lay out; any other stands for itself.
const LAYOUT_TAGS: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "div",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "head",
    "hr",
    "html",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "span",
    "strong",
    "td",
    "tr",
    "tt",
    "u",
    "ul",
];

/// Cleans a text.
pub(crate) fn clean(text: &str) -> Cleaned<'_> {
    clean_from(text, first_suspect(text.as_bytes(), 0))
}

/// Cleans a text in which [`first_suspect`] has found `suspect`.
pub(crate) fn clean_from(text: &str, suspect: Option<usize>) -> Cleaned<'_> {
    if suspect.is_none() {
        return Cleaned { text: Cow::Borrowed(text), map: OffsetMap::default() };
    }
    let mut out = String::with_capacity(text.len());
    let mut map = OffsetMap::default();
    let mut done = 0;
    for cut in cuts(text, suspect) {
        out.push_str(&text[done..cut.span.start]);
        if let Some(char) = cut.instead {
            map.point(out.len(), cut.span.start);
            out.push(char);
        }
        done = cut.span.end;
        map.point(out.len(), done);
    }
    out.push_str(&text[done..]);
    Cleaned { text: Cow::Owned(out), map }
}

/// What is to be taken out of a text in which [`first_suspect`] has found `suspect`, in order.
///
/// They are found anew each time: a list of them would be longer than a text that has nothing else.
pub(crate) fn cuts(text: &str, suspect: Option<usize>) -> impl Iterator<Item = Cut> {
    let bytes = text.as_bytes();
    let tags = ["<pre", "<br", "<p>", "<a ", "<code", "<div", "<span"];
    let html = suspect.is_some()
        && memchr::memchr(b'<', bytes).is_some_and(|at| tags.iter().any(|tag| text[at..].contains(tag)));
    let mut links: Vec<Link> = Vec::new();
    let mut next = suspect;
    std::iter::from_fn(move || {
        loop {
            let at = next?;
            let cut = cut_at(text, at, html, &mut links);
            let end = cut.as_ref().map_or(0, |cut| cut.span.end);
            next = first_suspect(bytes, end.max(at + 1));
            if cut.is_some() {
                return cut;
            }
        }
    })
}

/// A link whose words are open: where its `](…)` starts and ends.
type Link = (usize, usize);

/// Says what was taken out, and what is read instead.
pub(crate) fn report(text: &str, code: Code, cut: &Cut) -> Diagnostic {
    let (from, to, instead) = (cut.span.start, cut.span.end, cut.instead);
    let found = printable(&text[from..to]);
    match code {
        Code::LinkRemoved => {
            let open = text[..from].rfind('[').unwrap_or(from);
            let words = printable(&text[open + 1..from.max(open + 1)]);
            Diagnostic::new(
                code,
                Span::new(open, to),
                format!("`{}` is read as `{words}`", printable(&text[open..to])),
            )
            .mended(&text[(open + 1).min(from)..from], Confidence::Certain)
        }
        Code::EscapeRemoved => {
            let next =
                text[to..].chars().next().filter(|c| !c.is_control()).map_or(String::new(), String::from);
            Diagnostic::new(code, Span::new(from, to + next.len()), format!("`\\{next}` is read as `{next}`"))
                .mended(next, Confidence::Certain)
        }
        Code::EntityDecoded => {
            let read = instead.map_or(String::new(), |char| printable(&char.to_string()));
            Diagnostic::new(code, Span::new(from, to), format!("`{found}` is read as `{read}`"))
                .mended(instead.map_or(String::new(), String::from), Confidence::Certain)
        }
        _ => Diagnostic::new(code, Span::new(from, to), format!("`{found}` is left out"))
            .mended("", Confidence::Certain),
    }
}

/// A piece to be taken out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub(crate) span: Span,
    instead: Option<char>,
    /// Which rule says so. The opening bracket of a link is told of with the rest of it.
    pub(crate) code: Option<Code>,
}

/// A control character that isn't white space. Written without branches: it is asked of every byte.
#[allow(clippy::needless_bitwise_bool, reason = "without branches it becomes vector instructions")]
pub(crate) const fn is_control(byte: u8) -> bool {
    ((byte < 0x20) & (byte.wrapping_sub(b'\t') > 4)) | (byte == 0x0B) | (byte == 0x7F)
}

/// The next byte at or after `from` that may begin something to take out.
#[allow(clippy::needless_bitwise_bool, reason = "without branches it becomes vector instructions")]
pub(crate) fn first_suspect(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let at = skip::find(bytes, from, |byte| {
            // `[`, `\` and `]` are neighbours.
            is_control(byte)
                | (byte.wrapping_sub(b'[') < 3)
                | (byte == b'&')
                | (byte == b'<')
                | (byte == 0xC2)
                | (byte == 0xE2)
        })?;
        // Most signs of more than one byte are curly quotes and dashes, which stay.
        if !matches!(bytes[at], 0xC2 | 0xE2) || white(&bytes[at..]).is_some() {
            return Some(at);
        }
        from = at + 1;
    }
}

/// White space of Unicode at the start of a text: how long it is, and what it is read as. A blank that doesn't break
/// is a blank, and what ends a line in Unicode ends it here.
fn white(bytes: &[u8]) -> Option<(usize, char)> {
    match bytes {
        [0xC2, 0xA0, ..] => Some((2, ' ')),
        [0xC2, 0x85, ..] => Some((2, '\n')),
        [0xE2, 0x80, 0xA8 | 0xA9, ..] => Some((3, '\n')),
        _ => None,
    }
}

fn cut_at(text: &str, at: usize, html: bool, links: &mut Vec<Link>) -> Option<Cut> {
    let rest = &text[at..];
    let bytes = rest.as_bytes();
    let cut = |len, instead, code| Some(Cut { span: Span::new(at, at + len), instead, code });
    match bytes[0] {
        0xC2 | 0xE2 => white(bytes).and_then(|(len, char)| cut(len, Some(char), None)),
        b'\\' => match bytes.get(1) {
            Some(b) if b.is_ascii_punctuation() => cut(1, None, Some(Code::EscapeRemoved)),
            Some(b'\n' | b'\r') => cut(1, None, Some(Code::EscapeRemoved)),
            _ => None,
        },
        b'[' => {
            let close = link_close(rest)?;
            let end = close + 2 + bytes[close + 2..].iter().position(|&b| b == b')')?;
            links.push((at + close, at + end + 1));
            cut(1, None, None)
        }
        b']' => {
            // All that are open end at the first `](`, however many brackets stand in front of it.
            let link = links.last().copied().filter(|link| link.0 == at);
            links.clear();
            let (start, end) = link?;
            cut(end - start, None, Some(Code::LinkRemoved))
        }
        b'&' => {
            let (len, char) = entity(rest)?;
            cut(len, Some(char), Some(Code::EntityDecoded))
        }
        b'<' if html => cut(tag(rest)?, None, Some(Code::TagRemoved)),
        b'<' => None,
        _ => {
            // A run of them is one thing to say.
            let len = bytes.iter().take_while(|byte| is_control(**byte)).count();
            cut(len.max(1), None, Some(Code::ControlCharacter))
        }
    }
}

/// Where the `](` of a link that starts `text` stands, if one does, on the same line.
fn link_close(text: &str) -> Option<usize> {
    let line = &text.as_bytes()[..text.len().min(400)];
    let line = &line[..memchr::memchr2(b'\n', b'\r', line).unwrap_or(line.len())];
    let close = memchr::memchr(b']', line)?;
    let url = line.get(close + 1..)?;
    (url.first() == Some(&b'(') && memchr::memchr2(b')', b' ', url).is_some_and(|at| url[at] == b')'))
        .then_some(close)
}

/// The length of an HTML entity that starts `text`, and its character.
fn entity(text: &str) -> Option<(usize, char)> {
    let end = text.as_bytes()[..text.len().min(12)].iter().position(|&b| b == b';')?;
    let name = text.get(1..end)?;
    let char = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "para" => '¶',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            match char::from_u32(code)? {
                '\u{a0}' => ' ',
                char if char.is_control() && !matches!(char, '\n' | '\t' | '\r') => return None,
                char => char,
            }
        }
    };
    Some((end + 1, char))
}

/// The length of a layout tag that starts `text`.
fn tag(text: &str) -> Option<usize> {
    let inner = text[1..].trim_start_matches('/');
    let name_len = inner.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let name = inner[..name_len].to_ascii_lowercase();
    if !LAYOUT_TAGS.contains(&name.as_str()) {
        return None;
    }
    let head = &text.as_bytes()[..text.len().min(2000)];
    memchr::memchr(b'>', head).map(|at| at + 1)
}

/// A short piece of text for a message, control characters as their names.
pub(crate) fn printable(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars().take(60) {
        match char {
            '\n' | '\r' => out.push(' '),
            c if c.is_control() => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}
