//! Classification words, portion marks, and lines that aren't text: page lines, banners, stamps.

use crate::glance;
use crate::record::Classification;
use crate::source::Source;

/// A classification word at the start of a line, letter-spaced or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClassWords {
    pub(crate) classification: Classification,
    /// `LOU` for LIMITED OFFICIAL USE.
    pub(crate) control: Option<&'static str>,
    /// Where the words end.
    pub(crate) end: usize,
    /// Whether the letters stand apart.
    pub(crate) spaced: bool,
}

const WORDS: &[(&str, Classification, Option<&str>)] = &[
    ("UNCLASSIFIED", Classification::Unclassified, None),
    ("UNCLAS", Classification::Unclassified, None),
    ("CONFIDENTIAL", Classification::Confidential, None),
    ("SECRET", Classification::Secret, None),
    ("TOPSECRET", Classification::TopSecret, None),
    ("LIMITEDOFFICIALUSE", Classification::Unclassified, Some("LOU")),
    ("RESTRICTED", Classification::Restricted, None),
    ("SENSITIVEBUTUNCLASSIFIED", Classification::Unclassified, Some("SBU")),
    ("FOROFFICIALUSEONLY", Classification::Unclassified, Some("FOUO")),
];

/// Reads classification words at the start of `line`: `UNCLAS`, `C O N F I D E N T I A L`, `TOP SECRET`.
#[inline]
pub(crate) fn class_words(line: &str) -> Option<ClassWords> {
    if glance::may_be(glance::CLASS, line) { class_words_below(line) } else { None }
}

fn class_words_below(line: &str) -> Option<ClassWords> {
    // Those that only look like it are told by their first three letters.
    let start = match *line.as_bytes() {
        [first, second, third, ..] if second != b' ' && third != b' ' => [first, second, third],
        _ => {
            let mut letters = line.bytes().filter(|b| *b != b' ');
            [letters.next()?, letters.next()?, letters.next()?]
        }
    };
    if !matches!(&start, b"UNC" | b"CON" | b"SEC" | b"TOP" | b"LIM" | b"RES" | b"SEN" | b"FOR") {
        return None;
    }
    let mut words = WORDS.iter().filter(|(word, ..)| word.as_bytes().starts_with(&start));
    words.find_map(|&(word, classification, control)| {
        let (end, spaced) = spaced_word(line, word)?;
        Some(ClassWords { classification, control, end, spaced })
    })
}

/// Matches `word` at the start of `line`, with or without spaces between its letters; the end, and whether there
/// were spaces between single letters.
fn spaced_word(line: &str, word: &str) -> Option<(usize, bool)> {
    let bytes = line.as_bytes();
    let mut at = 0;
    let mut gaps = 0;
    for (index, want) in word.bytes().enumerate() {
        if index > 0 {
            let from = at;
            while matches!(bytes.get(at), Some(b' ')) {
                at += 1;
            }
            gaps += usize::from(at > from);
        }
        if bytes.get(at) != Some(&want) {
            return None;
        }
        at += 1;
    }
    if bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    // `UNCLAS S I F I E D` is the longer word; `SECRET ARY` is neither.
    let spaced = gaps * 2 > word.len();
    (spaced || gaps <= 2).then_some((at, spaced))
}

/// Whether a line holds classification words and nothing else that tells one telegram from another.
#[inline]
pub(crate) fn is_banner(line: &str) -> bool {
    class_words(line).is_some_and(|words| tells_nothing(&line[words.end..]))
}

/// Whether what stands behind classification words tells no telegram from another.
fn tells_nothing(rest: &str) -> bool {
    let rest = rest.trim_matches(|c: char| c.is_ascii_whitespace() || "/-.*".contains(c));
    rest.is_empty() || matches!(rest, "NOFORN" | "EXDIS" | "NODIS" | "LIMDIS" | "STADIS" | "EFTO" | "E F T O")
}

/// A line that isn't the telegram's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Noise {
    /// A page or section continuation line.
    Page,
    /// A classification above or below a page line.
    Banner,
    /// A stamp of the archive.
    Stamp,
    /// `BT`
    Break,
    /// `#1000`
    Validation,
    /// `NNNN`
    End,
    /// Nothing.
    Blank,
}

/// What each of the lines is, if not text.
pub(crate) fn noise(source: &Source<'_>, lines: std::ops::Range<usize>) -> Vec<Option<Noise>> {
    let first = lines.start;
    let mut kinds: Vec<Option<Noise>> = lines
        .clone()
        .map(|index| {
            // `VALDORIA 00001000  002 OF 004` is told by its end.
            let may_be = source.may_be(glance::NOISE | glance::DIGIT_LAST, index);
            if may_be { own_noise(source.line(index)) } else { None }
        })
        .collect();
    // A page line cut in two: `PAGE 02` and, below it, `CAIRO 03198 281309Z`.
    for index in 0..kinds.len() {
        if kinds[index] == Some(Noise::Page)
            && is_bare_page(source.line(first + index))
            && let Some(next) = (index + 1..kinds.len()).find(|&next| kinds[next] != Some(Noise::Blank))
            && kinds[next].is_none()
            && is_page_tail(source.line(first + next))
        {
            kinds[next] = Some(Noise::Page);
        }
    }
    banners(source, first, &mut kinds);
    kinds
}

/// Banners are known by what stands next to them: page lines, ends, the end of the text.
fn banners(source: &Source<'_>, first: usize, kinds: &mut [Option<Noise>]) {
    let near = |kind: Option<Noise>| matches!(kind, Some(Noise::Page | Noise::Banner | Noise::End));
    let mut index = 0;
    let mut before: Option<Noise> = None;
    while index < kinds.len() {
        let at = first + index;
        if kinds[index].is_some() || !source.may_be(glance::CLASS, at) || !is_banner(source.line(at)) {
            if kinds[index] != Some(Noise::Blank) {
                before = kinds[index];
            }
            index += 1;
            continue;
        }
        // A run of lines that could be banners, with blank lines between them.
        let mut run = vec![index];
        let mut next = index + 1;
        while next < kinds.len() {
            if kinds[next].is_none() && is_banner(source.line(first + next)) {
                run.push(next);
            } else if !matches!(kinds[next], Some(Noise::Blank | Noise::Stamp)) {
                break;
            }
            next += 1;
        }
        let last = next == kinds.len() && index > 0;
        if near(before) || near(kinds.get(next).copied().flatten()) || last {
            for at in run {
                kinds[at] = Some(Noise::Banner);
            }
            before = Some(Noise::Banner);
        } else {
            before = None;
        }
        index = next;
    }
}

pub(crate) fn own_noise(line: &str) -> Option<Noise> {
    let bytes = line.as_bytes();
    match bytes {
        [] => Some(Noise::Blank),
        b"BT" => Some(Noise::Break),
        [b'#', digits @ ..]
            if !digits.is_empty() && digits.len() <= 6 && digits.iter().all(u8::is_ascii_digit) =>
        {
            Some(Noise::Validation)
        }
        // `##` below the signature, of the machines of the 1980s.
        [b'#', b'#', ..] if bytes.iter().all(|byte| *byte == b'#') => Some(Noise::Blank),
        [b'N', b'N', b'N', ..] if is_end(line) => Some(Noise::End),
        [b'P', b'A', b'G', b'E', b' ', ..] if is_page(line) => Some(Noise::Page),
        [b'<', b'<', ..] if line.contains("END OF DOCUMENT") => Some(Noise::End),
        [b'*', b'*', b'*', ..] if line.contains("Current ") => Some(Noise::Stamp),
        [.., last] if last.is_ascii_digit() && bytes.len() < 60 && is_section_page(line) => Some(Noise::Page),
        _ if is_stamp(line) => Some(Noise::Stamp),
        _ => None,
    }
}

/// `NNNN`, also `NNN`.
pub(crate) fn is_end(line: &str) -> bool {
    matches!(line, "NNNN" | "NNN" | "NNNNN") || (line.starts_with("NNNN") && line.contains("VZCZ"))
}

/// `PAGE 02 …`: a number behind the word.
fn is_page(line: &str) -> bool {
    let rest = line[4..].trim_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let tail = rest[digits..].trim();
    (1..=3).contains(&digits)
        && (tail.is_empty()
            || (!tail.bytes().any(|b| b.is_ascii_lowercase()) && !tail.starts_with(['.', ',', ')', ':'])))
}

fn is_bare_page(line: &str) -> bool {
    line.len() <= 8
}

/// `CAIRO 03198 281309Z`, `STATE 294974`: what stands behind `PAGE 02`.
fn is_page_tail(line: &str) -> bool {
    let words = line.split_ascii_whitespace().count();
    let mut letters =
        line.split_ascii_whitespace().take_while(|word| word.bytes().all(|b| b.is_ascii_uppercase()));
    let post = letters.by_ref().count();
    let serial = line.split_ascii_whitespace().nth(post).unwrap_or("");
    (1..=3).contains(&post)
        && words - post <= 5
        && (3..=8).contains(&serial.len())
        && serial.bytes().all(|b| b.is_ascii_digit())
}

/// `VALDORIA 00001000  002 OF 004`, also `001.2 OF 003`. `REF: VALDORIA 01000 1 OF 2` has a label, and is none.
fn is_section_page(line: &str) -> bool {
    if line.contains(':') {
        return false;
    }
    let mut words = line.split_ascii_whitespace().rev();
    let number = |word: Option<&str>| {
        word.is_some_and(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
    };
    number(words.next())
        && words.next() == Some("OF")
        && number(words.next())
        && words.next().is_some_and(|serial| serial.len() >= 5 && serial.bytes().all(|b| b.is_ascii_digit()))
        && words.next().is_some_and(|post| post.bytes().all(|b| b.is_ascii_uppercase() || b == b'-'))
}

/// Stamps of the systematic review: six strings cover two million telegrams (format.md, section 9.2).
fn is_stamp(line: &str) -> bool {
    if line.len() < 12 || !matches!(&line.as_bytes()[..2], b"Sh" | b"Ma" | b"De" | b"EO") {
        return false;
    }
    line.contains("Declassified/Released US Department of State")
        || line.starts_with("EO Systematic Review")
        || line == "Sheryl P. Walter"
        || line == "Margaret P. Grafeld"
}

/// A portion mark in parentheses at the start of `text`: its inside, and where it ends.
pub(crate) fn portion(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix('(')?;
    let close = inner.as_bytes()[..inner.len().min(24)].iter().position(|&b| b == b')')?;
    let mark = &inner[..close];
    portion_level(mark)?;
    Some((trim_mark(mark), close + 2))
}

/// Words as a classification is written: a blank between the letters, two between the words.
///
/// Source: ACP 127(G) ¶209.
pub(crate) fn letter_spaced(words: &str) -> String {
    let letters = |word: &str| word.chars().map(String::from).collect::<Vec<_>>().join(" ");
    words.split(' ').map(letters).collect::<Vec<_>>().join("  ")
}

fn trim_mark(mark: &str) -> &str {
    mark.trim_ascii()
}

/// The level that a portion mark gives; `None` where it isn't one.
pub(crate) fn portion_level(mark: &str) -> Option<Classification> {
    let mark = mark.trim_ascii();
    let mut parts = mark.split(['/', '-', ',', ' ', '\\']).filter(|part| !part.is_empty());
    let first = parts.next()?;
    let level = match first {
        "U" | "u" | "SBU" | "sbu" | "LOU" | "FOUO" | "UNCLASSIFIED" | "UNCLAS" => {
            Classification::Unclassified
        }
        "R" | "r" => Classification::Restricted,
        "C" | "c" | "NC" | "CONFIDENTIAL" => Classification::Confidential,
        "S" | "s" | "SECRET" => Classification::Secret,
        "TS" | "ts" => Classification::TopSecret,
        _ => return None,
    };
    let known = |part: &str| {
        matches!(
            part,
            "NF" | "nf"
                | "NOFORN"
                | "N"
                | "REL"
                | "TO"
                | "OC"
                | "NC"
                | "PR"
                | "SBU"
                | "FOUO"
                | "U"
                | "C"
                | "S"
                | "ENTIRE"
                | "TEXT"
                | "EX"
                | "ND"
                | "SI"
                | "TK"
        ) || (part.len() >= 3 && part.bytes().all(|b| b.is_ascii_uppercase()))
    };
    parts.all(known).then_some(level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_words_in_all_their_forms() {
        for (line, want) in [
            ("UNCLAS VALDORIA 12", Some(Classification::Unclassified)),
            ("UNCLASSIFIED", Some(Classification::Unclassified)),
            ("C O N F I D E N T I A L SECTION 01 OF 02", Some(Classification::Confidential)),
            ("S E C R E T STATE 1", Some(Classification::Secret)),
            ("T O P  S E C R E T", Some(Classification::TopSecret)),
            ("TOP SECRET", Some(Classification::TopSecret)),
            ("L I M I T E D  O F F I C I A L  U S E", Some(Classification::Unclassified)),
            ("LIMITED OFFICIAL USE VALDORIA 2774", Some(Classification::Unclassified)),
            ("R E S T R I C T E D", Some(Classification::Restricted)),
            ("SECRETARY DOE ARRIVED", None),
            ("CONFIDENTIALLY", None),
            ("STATE 12345", None),
        ] {
            assert_eq!(class_words(line).map(|w| w.classification), want, "{line:?}");
        }
    }

    #[test]
    fn page_lines_of_every_kind() {
        for line in [
            "PAGE 2 RUEHVX 0123 C O N F I D E N T I A L",
            "PAGE 02 VALDOR 12345 01 OF 02 082030Z",
            "PAGE 02        STATE   015113  182333Z",
            "PAGE 02",
            "VALDORIA 00001000  002 OF 004",
            "PORT ALDER 00001000  001.2 OF 003",
        ] {
            assert_eq!(own_noise(line), Some(Noise::Page), "{line:?}");
        }
        for line in ["PAGE 4 of the report", "THE FIRST 12 OF 40", "IN VALDORIA 3 OF 4", "PAGE 2, LINE 3"] {
            assert_eq!(own_noise(line), None, "{line:?}");
        }
    }

    #[test]
    fn portion_marks() {
        for mark in
            ["(U)", "(C)", "(S/NF)", "(S//NF)", "(SBU)", "(C-NF)", "(C//REL VAL)", "(NC)", "(TS)", "( C )"]
        {
            assert!(portion(mark).is_some_and(|(_, end)| end == mark.len()), "{mark}");
        }
        for mark in ["(A)", "(SEE BELOW)", "(CONT.)", "(C", "C)", "()"] {
            assert_eq!(portion(mark), None, "{mark}");
        }
    }
}
