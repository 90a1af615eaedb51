//! Pages of published collections: one or two `pre` with the telegram, and a table of what it is; or, where there is no
//! `pre`, the page's own words in paragraphs, as editions and offices publish them.
//!
//! Pages are read by their tags alone, without a tree: they aren't well formed, and need not be.

mod flow;

use jiff::civil::DateTime;
use reftel_telegram::Span;

use crate::document::{Document, Stated, Writer};
use crate::{Error, Field};

/// A piece of a page.
enum Piece<'t> {
    Text(&'t str, usize),
    /// The name in small letters, whether it closes, and where it stands.
    Tag(String, bool, usize, usize),
}

/// The pieces of a page, in order.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= text.len() {
            return None;
        }
        let rest = &text[at..];
        if let Some((name, closes, len)) = tag(rest) {
            at += len;
            return Some(Piece::Tag(name, closes, at - len, at));
        }
        // A sign that begins no tag is text.
        let from = usize::from(rest.starts_with('<'));
        let len = memchr::memchr(b'<', &rest.as_bytes()[from..]).map_or(rest.len(), |found| found + from);
        at += len;
        Some(Piece::Text(&rest[..len], at - len))
    })
}

/// The tag that begins a text: name, whether it closes, length. A comment is a tag named `!--`.
fn tag(text: &str) -> Option<(String, bool, usize)> {
    let inner = text.strip_prefix('<')?;
    if inner.starts_with("!--") {
        let len = memchr::memmem::find(inner.as_bytes(), b"-->").map_or(text.len(), |end| end + 4);
        return Some(("!--".to_owned(), false, len));
    }
    let closes = inner.starts_with('/');
    let name = inner.trim_start_matches(['/', '!']);
    let len = name.bytes().take(20).take_while(u8::is_ascii_alphanumeric).count();
    if len == 0 || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    // Attributes of no page are longer than this.
    let head = &text.as_bytes()[..text.len().min(2048)];
    let end = memchr::memchr(b'>', head)?;
    Some((name[..len].to_ascii_lowercase(), closes, end + 1))
}

/// The character that an entity at the start of a text stands for, and its length.
pub(crate) fn entity(text: &str) -> Option<(char, usize)> {
    let head = &text.as_bytes()[..text.len().min(12)];
    let end = memchr::memchr(b';', head)?;
    let char = match text.get(1..end)? {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "para" => '¶',
        "mdash" => '—',
        "ndash" => '–',
        name => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|char| !char.is_control() || matches!(char, '\n' | '\t' | '\r'))?
        }
    };
    Some((char, end + 1))
}

/// Adds text, its entities as what they stand for.
pub(crate) fn write(text: &str, at: usize, out: &mut Writer) {
    let mut from = 0;
    let mut look = 0;
    while let Some(found) = memchr::memchr(b'&', &text.as_bytes()[look..]) {
        let sign = look + found;
        let Some((char, len)) = entity(&text[sign..]) else {
            look = sign + 1;
            continue;
        };
        out.copy(&text[from..sign], at + from);
        out.put(char.encode_utf8(&mut [0; 4]), at + sign, len);
        from = sign + len;
        look = from;
    }
    out.copy(&text[from..], at + from);
}

/// What the words above a value in such pages mean.
const NAMES: &[(&str, Field)] = &[
    ("reference id", Field::Number),
    ("canonical id", Field::Number),
    ("document number", Field::Number),
    ("created", Field::Date),
    ("date", Field::Date),
    ("draft date", Field::Date),
    ("classification", Field::Classification),
    ("original classification", Field::Classification),
    ("origin", Field::From),
    ("from", Field::From),
    ("to", Field::To),
    ("subject", Field::Subject),
    ("tags", Field::Tags),
    ("released", Field::Other),
    ("character count", Field::Other),
    ("locator", Field::Other),
    ("current classification", Field::Other),
    ("current handling restrictions", Field::Other),
    ("executive order", Field::Other),
    ("enclosure", Field::Other),
    ("type", Field::Other),
    ("archive status", Field::Other),
    ("markings", Field::Other),
    ("office origin", Field::Other),
    ("office action", Field::Other),
    ("reference(s)", Field::References),
    ("references", Field::References),
    ("concepts", Field::Other),
    ("handling restrictions", Field::Caption),
];

/// How such pages write dates, beside the usual form.
const DATES: &[&str] = &["%Y %B %d, %H:%M (%A)", "%Y %B %d, %H:%M", "%B %d, %Y, %H%MZ", "%B %d, %Y"];

/// A date as pages have it: `1974 July 12, 17:15 (Friday)`.
pub(crate) fn date(value: &str) -> Option<DateTime> {
    DATES.iter().find_map(|form| {
        let read = jiff::fmt::strtime::parse(form, value.trim()).ok()?;
        read.to_datetime().or_else(|_| read.to_date().map(|date| date.at(0, 0, 0, 0))).ok()
    })
}

fn name(text: &str) -> Option<Field> {
    let text = text.trim().trim_end_matches(':').trim().to_ascii_lowercase();
    NAMES.iter().find(|(name, _)| *name == text).map(|(_, field)| *field)
}

/// Reads a page.
pub(crate) fn document(bytes: &[u8]) -> Result<Document, Error> {
    let text = std::str::from_utf8(bytes).map(std::borrow::Cow::Borrowed);
    let own = text.unwrap_or_else(|_| reftel_telegram::decode(bytes).0);
    let mut out = Writer::default();
    let mut cells = Vec::new();
    let mut cell: Option<(String, usize)> = None;
    let (mut inside, mut silent, mut title) = (0u32, false, None);
    let mut in_title = false;
    for piece in pieces(&own) {
        match piece {
            Piece::Tag(name, closes, start, end) => match name.as_str() {
                "pre" if closes => {
                    inside = inside.saturating_sub(1);
                    out.end_line();
                }
                "pre" => inside += 1,
                "br" if inside > 0 => out.put("\n", start, end - start),
                "script" | "style" => silent = !closes,
                "title" => in_title = !closes,
                "th" | "td" | "dt" | "dd" | "div" if inside == 0 => {
                    cells.extend(cell.take());
                    cell = (!closes).then(|| (String::new(), end));
                }
                _ => {}
            },
            Piece::Text(..) if silent => {}
            Piece::Text(text, at) if inside > 0 => write(text, at, &mut out),
            Piece::Text(text, at) => {
                let mut plain = Writer::default();
                write(text, at, &mut plain);
                if in_title && title.is_none() {
                    title = Some((plain.text.trim().to_owned(), Span::new(at, at + text.len())));
                } else if let Some(cell) = cell.as_mut().filter(|cell| cell.0.len() < 2000) {
                    cell.0.push_str(&plain.text);
                }
            }
        }
    }
    cells.extend(cell);
    let (mut notes, mut flowed) = (Vec::new(), false);
    if out.text.trim().is_empty() {
        (out, notes) = flow::read(&own);
        flowed = true;
    }
    if out.text.trim().is_empty() {
        return Err(Error::new("the page has no text"));
    }
    let mut stated = paired(&cells);
    let title = title.filter(|(value, _)| !value.is_empty());
    stated.extend(title.map(|(value, span)| Stated {
        field: Field::Title,
        name: "title".to_owned(),
        value,
        span,
    }));
    // A text that was not UTF-8 has its places in what was decoded, and not in the bytes.
    if own.as_bytes() != bytes {
        for stated in &mut stated {
            stated.span = Span::default();
        }
        let mut whole = Writer::default();
        whole.put(&out.text, 0, bytes.len());
        out = whole;
    }
    let (text, places) = out.finish();
    if flowed {
        stated.extend(flow::head(&text, &places));
    }
    Ok(Document { text, places, stated, notes, ..Document::default() })
}

/// Names and values among the cells of a page: each behind its name, or a row of names above a row of values.
fn paired(cells: &[(String, usize)]) -> Vec<Stated> {
    let cells: Vec<(&str, usize)> =
        cells.iter().map(|(text, at)| (text.trim(), *at)).filter(|(text, _)| !text.is_empty()).collect();
    let mut stated = Vec::new();
    let mut at = 0;
    while at < cells.len() {
        let names = cells[at..].iter().take(20).map_while(|(text, _)| name(text)).count();
        for index in 0..names {
            let Some((value, place)) = cells.get(at + names + index) else { break };
            // `-- Not Assigned --`, `-- N/A or Blank --`
            let blank = value.starts_with("--") && value.ends_with("--");
            if let Some(field) = name(cells[at + index].0).filter(|_| !blank) {
                let span = Span::new(*place, *place + value.len());
                stated.push(Stated {
                    field,
                    name: cells[at + index].0.to_owned(),
                    value: (*value).to_owned(),
                    span,
                });
            }
        }
        at += (2 * names).max(1);
    }
    stated
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<html><head><title>Cable 09VALDORIA1000</title></head><table class='cable'>\
        <tr><th>Reference ID</th><th>Created</th><th>Classification</th><th>Origin</th></tr>\
        <tr><td><a href='x'>09VALDORIA1000</a></td><td>2009-06-11 09:28</td><td>CONFIDENTIAL</td><td>Embassy Valdoria</td>\
        </tr></table><code><pre>VZCZCXRO&#x000A;FM AMEMBASSY VALDORIA\n</pre></code>\
        <code><pre>SUBJECT: FERRIES &amp; ROADS <a href='y'>¶</a>1. NO &lt;CHANGE&gt; A < B</pre></code></html>";

    #[test]
    fn the_text_and_the_table_of_a_page() {
        let document = document(PAGE.as_bytes()).unwrap();
        assert_eq!(
            document.text,
            "VZCZCXRO\nFM AMEMBASSY VALDORIA\nSUBJECT: FERRIES & ROADS ¶1. NO <CHANGE> A < B\n"
        );
        let read: Vec<(Field, &str)> =
            document.stated.iter().map(|stated| (stated.field, stated.value.as_str())).collect();
        assert_eq!(read[0], (Field::Number, "09VALDORIA1000"));
        assert_eq!(read[3], (Field::From, "Embassy Valdoria"));
        let at = document.text.find("FERRIES").unwrap();
        assert_eq!(&PAGE[document.places.origin(Span::new(at, at + 9)).range()], "FERRIES &amp;");
    }

    #[test]
    fn a_page_that_is_cut_off_is_read_as_far_as_it_goes() {
        for end in (0..PAGE.len()).filter(|end| PAGE.is_char_boundary(*end)) {
            let _ = document(&PAGE.as_bytes()[..end]);
        }
        assert!(document(b"<html><pre></pre>").is_err());
        let flowing = PAGE.replace("pre>", "p>").replace("<head>", "<head><nav>");
        for end in (0..flowing.len()).filter(|end| flowing.is_char_boundary(*end)) {
            let _ = document(&flowing.as_bytes()[..end]);
        }
        let _ = document(&b"<".repeat(100_000));
    }
}
