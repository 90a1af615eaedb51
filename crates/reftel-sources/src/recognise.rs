//! What bytes are, how sure that is, and why. By content alone: names lie.

use std::fmt;

use memchr::memmem;

use crate::profile::{Collections, Shape};
use crate::{csv, front, json};

/// How many bytes of a file are looked at: 256 kB. A row of a table with a long telegram in it has less.
pub const HEAD: usize = 256 << 10;

/// How sure a recognition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Nothing else fitted.
    Guess,
    /// It has a mark that others may have too.
    Likely,
    /// It has marks that nothing else has.
    Certain,
}

impl Confidence {
    /// `guess`, `likely`, `certain`.
    pub const fn name(self) -> &'static str {
        match self {
            Confidence::Guess => "guess",
            Confidence::Likely => "likely",
            Confidence::Certain => "certain",
        }
    }
}

/// What turns an item's bytes into a document. Its name is kept with the bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reader {
    /// Telegrams as they are, in any dialect, one or many.
    Telegrams,
    /// An exported text of the Central Foreign Policy Files, with its `Message Attributes`.
    Nara,
    /// A document of a volume in TEI.
    Tei,
    /// A page of a published collection.
    Html,
    /// A mail.
    Mail,
    /// A record as `reftel` exports it.
    Record,
    /// A row of a table, by the profile of this name.
    Csv(String),
    /// A text under front matter, by the profile of this name.
    FrontMatter(String),
    /// An object of JSON, by the profile of this name.
    Jsonl(String),
}

impl Reader {
    /// The readers that need no profile: name, what they read, how that is known.
    pub const BUILT_IN: &[(&str, &str, &str)] = &[
        (
            "telegrams",
            "telegrams as they are, in any dialect, one or many in a file",
            "what no other reader takes",
        ),
        (
            "nara",
            "exported texts of the Central Foreign Policy Files 1973-79, also without text",
            "a line `Message Text` or `Message Attributes`",
        ),
        (
            "tei",
            "volumes of Foreign Relations of the United States, in TEI",
            "an element `TEI`, or a `div` of type `document`",
        ),
        ("html", "web pages with a telegram in `pre`", "`<html` or `<!DOCTYPE html` at its start"),
        (
            "mail",
            "mails, and mailboxes of them, with or without the headers of RFC 6477",
            "header lines of mail",
        ),
        ("record", "records as `reftel parse` prints them", "an object with `schema` and `paragraphs`"),
    ];

    /// The name to keep: `tei`, `csv:cables`.
    pub fn name(&self) -> String {
        let with = |shape: Shape, profile: &str| format!("{}:{profile}", shape.name());
        match self {
            Reader::Telegrams => "telegrams".to_owned(),
            Reader::Nara => "nara".to_owned(),
            Reader::Tei => "tei".to_owned(),
            Reader::Html => "html".to_owned(),
            Reader::Mail => "mail".to_owned(),
            Reader::Record => "record".to_owned(),
            Reader::Csv(profile) => with(Shape::Csv, profile),
            Reader::FrontMatter(profile) => with(Shape::FrontMatter, profile),
            Reader::Jsonl(profile) => with(Shape::Jsonl, profile),
        }
    }

    /// The reader of a name.
    pub fn from_name(name: &str) -> Option<Reader> {
        Some(match name.split_once(':') {
            Some(("csv", profile)) => Reader::Csv(profile.to_owned()),
            Some(("front-matter", profile)) => Reader::FrontMatter(profile.to_owned()),
            Some(("jsonl", profile)) => Reader::Jsonl(profile.to_owned()),
            Some(_) => return None,
            None => match name {
                "telegrams" => Reader::Telegrams,
                "nara" => Reader::Nara,
                "tei" => Reader::Tei,
                "html" => Reader::Html,
                "mail" => Reader::Mail,
                "record" => Reader::Record,
                _ => return None,
            },
        })
    }

    /// The profile that it needs, if it needs one.
    pub fn profile(&self) -> Option<&str> {
        match self {
            Reader::Csv(name) | Reader::FrontMatter(name) | Reader::Jsonl(name) => Some(name),
            _ => None,
        }
    }

    /// Raised with every change that makes the reader read anything differently.
    pub const fn version(&self) -> u32 {
        match self {
            Reader::Tei | Reader::FrontMatter(_) => 2,
            _ => 1,
        }
    }
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// What bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A container of files.
    Zip,
    /// A container of files.
    Tar,
    /// One packed file.
    Gzip,
    /// One packed file.
    Zstd,
    /// Several mails in one.
    Mbox,
    /// Pages with a text, or a scan of pages.
    Pdf,
    /// A document, or several, for this reader.
    Document(Reader),
    /// Nothing that is read here; what would be needed.
    Other(&'static str),
}

impl Kind {
    /// For a person: `zip`, `tei`.
    pub fn name(&self) -> String {
        match self {
            Kind::Zip => "zip".to_owned(),
            Kind::Tar => "tar".to_owned(),
            Kind::Gzip => "gzip".to_owned(),
            Kind::Zstd => "zstd".to_owned(),
            Kind::Mbox => "mbox".to_owned(),
            Kind::Pdf => "pdf".to_owned(),
            Kind::Document(reader) => reader.name(),
            Kind::Other(_) => "other".to_owned(),
        }
    }
}

/// What bytes are, how sure that is, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// What they are.
    pub kind: Kind,
    /// How sure that is.
    pub confidence: Confidence,
    /// Why: the mark that was seen.
    pub because: String,
}

fn found(kind: Kind, confidence: Confidence, because: impl Into<String>) -> Recognised {
    Recognised { kind, confidence, because: because.into() }
}

fn certain(kind: Kind, because: impl Into<String>) -> Recognised {
    found(kind, Confidence::Certain, because)
}

/// The first bytes of files that aren't text.
const MAGIC: &[(&[u8], &str)] = &[
    (b"BZh", "packed with bzip2; unpack it first"),
    (b"\xfd7zXZ\0", "packed with xz; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "packed with 7-Zip; unpack it first"),
    (b"Rar!\x1a\x07", "packed with RAR; unpack it first"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document or Outlook mail; save it as text first"),
    (b"!BDN", "an Outlook mailbox; save it as mbox first"),
    (b"II*\0", "an image; it needs OCR"),
    (b"MM\0*", "an image; it needs OCR"),
    (b"\x89PNG\r\n", "an image; it needs OCR"),
    (b"\xff\xd8\xff", "an image; it needs OCR"),
    (b"SQLite format 3\0", "a database"),
];

/// Says what bytes are. Of a large file its first 256 kB are enough, but for the last word on plain text.
pub fn recognise(bytes: &[u8], collections: &Collections) -> Recognised {
    marked(bytes, collections).unwrap_or_else(|| plain(&bytes[..bytes.len().min(HEAD)]))
}

/// The same, and not how sure that is, which takes longer.
pub fn kind(bytes: &[u8], collections: &Collections) -> Kind {
    marked(bytes, collections).map_or(Kind::Document(Reader::Telegrams), |seen| seen.kind)
}

/// What bytes are that have a mark of something else than telegrams as they are.
fn marked(bytes: &[u8], collections: &Collections) -> Option<Recognised> {
    if let Some(read) = packed(bytes) {
        return Some(read);
    }
    let head = &bytes[..bytes.len().min(HEAD)];
    let whole = head.len() == bytes.len();
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let start = text.trim_ascii_start();
    match start.first() {
        Some(b'<') => {
            if let Some(read) = markup(start) {
                return Some(read);
            }
        }
        Some(b'{') => {
            if let Some(read) = json::recognise(start, whole, collections) {
                return Some(read);
            }
        }
        Some(b'-') => {
            if let Some(read) = front::recognise(start, collections) {
                return Some(read);
            }
        }
        _ => {}
    }
    if let Some(rest) = text.strip_prefix(b"From ")
        && memchr::memchr(b'\n', &rest[..rest.len().min(1000)]).is_some_and(|at| is_header(&rest[at + 1..]))
    {
        return Some(certain(Kind::Mbox, "a line `From ` above header lines of mail"));
    }
    if is_header(text) && reftel_mail::is_mail(text) {
        return Some(certain(Kind::Document(Reader::Mail), "header lines of mail"));
    }
    if let Some(line) = ["Message Text", "Message Attributes"].into_iter().find(|line| has_line(bytes, line))
    {
        return Some(certain(Kind::Document(Reader::Nara), format!("a line `{line}`")));
    }
    table(text, whole, collections)
}

/// Containers and what isn't text.
fn packed(bytes: &[u8]) -> Option<Recognised> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Some(certain(Kind::Zip, "the first bytes of a zip"));
    }
    if bytes.starts_with(b"\x1f\x8b\x08") {
        return Some(certain(Kind::Gzip, "the first bytes of gzip"));
    }
    if bytes.starts_with(b"\x28\xb5\x2f\xfd") {
        return Some(certain(Kind::Zstd, "the first bytes of zstd"));
    }
    if bytes.starts_with(b"%PDF-") {
        return Some(certain(Kind::Pdf, "the first bytes of a PDF"));
    }
    if is_tar(bytes) {
        return Some(certain(Kind::Tar, "the checksum of a tar header"));
    }
    let (_, needs) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic))?;
    Some(certain(Kind::Other(needs), "its first bytes"))
}

/// Whether the first block of 512 bytes is a tar header: its checksum is the sum of its bytes with blanks for itself.
///
/// Source: POSIX.1, pax, ustar interchange format.
fn is_tar(bytes: &[u8]) -> bool {
    let Some(block) = bytes.first_chunk::<512>() else { return false };
    let digits = block[148..156].trim_ascii_start();
    let digits = &digits[..digits.iter().take_while(|b| (b'0'..=b'7').contains(*b)).count()];
    let Ok(Ok(said)) = std::str::from_utf8(digits).map(|digits| u32::from_str_radix(digits, 8)) else {
        return false;
    };
    let sum: u32 = block
        .iter()
        .enumerate()
        .map(|(at, b)| if (148..156).contains(&at) { 32 } else { u32::from(*b) })
        .sum();
    said == sum && block[0] != 0
}

/// Whether a line has a name, a colon and a value, as mail's do.
fn is_header(text: &[u8]) -> bool {
    let name = text.iter().take(80).take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
    name > 0 && text.get(name) == Some(&b':')
}

/// Whether a line of the text begins with these words and has no more.
fn has_line(text: &[u8], words: &str) -> bool {
    memmem::find_iter(text, words).any(|at| {
        let before = text[..at].iter().rev().find(|b| !matches!(b, b' ' | b'\t'));
        let after = text[at + words.len()..].iter().find(|b| !matches!(b, b' ' | b'\t' | b':'));
        matches!(before, None | Some(b'\n' | b'\r')) && matches!(after, None | Some(b'\n' | b'\r'))
    })
}

/// XML and HTML.
fn markup(text: &[u8]) -> Option<Recognised> {
    let has = |word: &str| memmem::find(text, word.as_bytes()).is_some();
    if has("<TEI ") || has("<TEI>") || has("<div type=\"document\"") {
        return Some(certain(Kind::Document(Reader::Tei), "an element `TEI`, or a `div` of type `document`"));
    }
    let lower: Vec<u8> = text[..text.len().min(2000)].to_ascii_lowercase();
    // A piece of a page without that is a telegram with tags around it, and its reader knows those.
    if memmem::find(&lower, b"<html").is_some() || lower.starts_with(b"<!doctype html") {
        return Some(certain(Kind::Document(Reader::Html), "`<html` or `<!DOCTYPE html`"));
    }
    text.starts_with(b"<?xml").then(|| certain(Kind::Other("XML of a kind that no reader knows"), "`<?xml`"))
}

/// Tables that a profile knows.
fn table(head: &[u8], whole: bool, collections: &Collections) -> Option<Recognised> {
    for (profile, _) in collections.of(Shape::Csv) {
        let mut rows = Vec::new();
        let mut splitter = csv::Splitter::new(profile.dialect);
        let mut at = 0;
        while rows.len() < 4 && at < head.len() {
            let len = splitter.feed(&head[at..]);
            let row = &head[at..len.map_or(head.len(), |len| at + len)];
            at += row.len();
            let open = len.is_none() && !whole;
            if !row.trim_ascii().is_empty() {
                rows.push((csv::fields(profile.dialect, row), row, open));
            }
        }
        if let Some(because) = csv_fits(profile, &rows) {
            return Some(certain(Kind::Document(Reader::Csv(profile.name.clone())), because));
        }
    }
    None
}

/// Why these rows are of this collection, if they are.
fn csv_fits(profile: &crate::Profile, rows: &[(Vec<csv::Value>, &[u8], bool)]) -> Option<String> {
    let (first, row, _) = rows.first()?;
    if profile.header {
        if first.len() < 2 {
            return None;
        }
        let names: Vec<String> = first.iter().map(|value| column(&value.text(row))).collect();
        let has = |name: &String| names.contains(&column(name));
        let mapped = profile.fields.iter().filter(|mapping| mapping.from.iter().any(has)).count();
        let all = profile.text.iter().chain(&profile.keys).chain(&profile.columns).all(has);
        return (all && mapped > 0).then(|| format!("the columns `{}`", profile.text.join("`, `")));
    }
    let date = profile.mapping(crate::Field::Date)?;
    let at = profile.columns.iter().position(|name| date.from.contains(name))?;
    let fits = |(values, row, open): &(Vec<csv::Value>, &[u8], bool)| {
        let count = values.len() == profile.columns.len() || *open && values.len() < profile.columns.len();
        count && values.get(at).is_some_and(|value| date.date(&value.text(row)).is_some())
    };
    // One of the others may be damaged.
    let fits = fits(&rows[0]) && rows.iter().filter(|row| fits(row)).count() * 2 >= rows.len();
    fits.then(|| format!("rows of {} columns, with a date in the {}th", profile.columns.len(), at + 1))
}

/// A column's name to compare by.
pub(crate) fn column(name: &str) -> String {
    name.trim_start_matches('\u{feff}').trim().to_ascii_lowercase().replace([' ', '-'], "_")
}

/// Telegrams as they are: how many kinds of line that only telegrams have begin in the text.
fn plain(text: &[u8]) -> Recognised {
    const MARKS: &[&str] = &[
        "VZCZC",
        "ZCZC",
        "FM ",
        "TO ",
        "BT",
        "ZNR ",
        "ZNY ",
        "DE R",
        "PAGE 0",
        "PAGE 1",
        "MSGID/",
        "SUBJ",
        "TAGS",
        "E.O. ",
        "UNCLAS",
        "C O N F",
        "S E C R",
        "L I M I",
        "NNNN",
        "REF",
        "Cablegram ",
        "Telegram ",
    ];
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut seen = vec![false; MARKS.len()];
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', text).chain([text.len()]) {
        let line = text[start..end].trim_ascii();
        start = (end + 1).min(text.len());
        if let Some(at) = MARKS.iter().position(|mark| line.starts_with(mark.as_bytes())) {
            seen[at] = true;
        }
    }
    let seen: Vec<&str> =
        MARKS.iter().zip(seen).filter(|(_, seen)| *seen).map(|(mark, _)| mark.trim()).collect();
    let kind = Kind::Document(Reader::Telegrams);
    match seen.len() {
        0 => found(kind, Confidence::Guess, "nothing else fits"),
        1 => found(kind, Confidence::Likely, format!("a line that begins with `{}`", seen[0])),
        _ => found(kind, Confidence::Certain, format!("lines that begin with `{}`", seen.join("`, `"))),
    }
}
