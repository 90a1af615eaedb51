//! Telegrams whose lines a page ran together.
//!
//! A program that takes the text out of a page may put a blank where a line ended. What follows is one line that
//! holds a whole heading, or the whole telegram. The places where its lines began are told by what begins a line
//! and nothing else: format lines, labels, and paragraphs whose numbers follow one another.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::datetime::{is_day_and_time, month, words};
use crate::diagnostic::{Code, Confidence, Diagnostic};
use crate::record::{Paragraph, Record};
use crate::source::{Line, Source, prefix};
use crate::{Span, Spanned, body, head, heading, marking, tables};

/// A printed telegram has 69 columns; what is longer than this was run together, or was never cut.
const LONG: usize = 100;

/// Every head has one of these, and hardly any other text.
static LABELS: [LazyLock<Finder<'static>>; 3] = [
    LazyLock::new(|| Finder::new("SUBJ")),
    LazyLock::new(|| Finder::new("TAGS")),
    LazyLock::new(|| Finder::new("Subj")),
];
static ORIGINATOR: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("FM "));

/// So few words behind what was read may be noise of a line.
const WORDS_KEPT: usize = 5;

/// Words that begin a line of captions.
const CAPTIONS: &[&str] = &["SIPDIS", "NOFORN", "EXDIS", "NODIS", "LIMDIS", "STADIS", "SENSITIVE"];

/// Words that begin an address without a routing indicator.
const STATIONS: &[&str] = &["AMEMB", "AMCON", "USMISSION", "SECSTATE", "SECDEF", "USLO", "USINT", "CINC"];

/// Cuts long lines that hold two labels of a head or more where their lines began, and says so.
pub(crate) fn cut(source: &mut Source<'_>) -> Vec<Diagnostic> {
    let mut cuts = Vec::new();
    let mut found = Vec::new();
    // A text of long paragraphs is searched once, and not paragraph by paragraph.
    if !has_label(source.text) && ORIGINATOR.find(source.text.as_bytes()).is_none() {
        return found;
    }
    for line in source.lines.iter().filter(|line| line.text.len() > LONG) {
        let before = cuts.len();
        places(source, line, &mut cuts);
        let count = cuts.len() - before;
        if count > 0 {
            let start = source.span(line.text).start;
            let message = format!("{} lines ran together here", count + 1);
            let place = Span::new(start, cuts[before]);
            let after = format!("{}\n", source.text[place.range()].trim_end());
            found.push(Diagnostic::new(Code::LinesJoined, place, message).mended(after, Confidence::Likely));
        }
    }
    source.recut(&cuts);
    found
}

/// Whether one of the labels stands anywhere in a text.
fn has_label(text: &str) -> bool {
    LABELS.iter().any(|label| label.find(text.as_bytes()).is_some())
}

/// Where the lines of a long line began, in order. None where it holds fewer than two labels, and no heading.
fn places(source: &Source<'_>, line: &Line<'_>, cuts: &mut Vec<usize>) {
    let text = line.text;
    let begins = heading_begins(text);
    if !begins && !has_label(text) {
        return;
    }
    let labels = labels(text);
    if labels.len() < 2 && !begins {
        return;
    }
    let at = source.span(text).start;
    let (mut found, end) = heading_lines(&text[..labels.first().copied().unwrap_or(text.len())]);
    let last = labels.last().copied().unwrap_or(end);
    found.extend(&labels);
    found.extend(paragraphs(text, last));
    found.extend(ending(text));
    found.extend(pages(text, last));
    found.sort_unstable();
    found.dedup();
    cuts.extend(found.into_iter().filter(|place| *place > 0).map(|place| at + place));
}

/// Whether a line holds the originator and an addressee of a heading with a date-time group.
fn heading_begins(text: &str) -> bool {
    let head = prefix(text, 4_000);
    let Some(from) = ORIGINATOR.find(head.as_bytes()).filter(|at| *at == 0 || head[..*at].ends_with(' '))
    else {
        return false;
    };
    let Some(to) = head[from..].find(" TO ") else { return false };
    words(&head[..from + to]).any(|(_, word)| is_day_and_time(word))
}

/// Keeps what stands in long lines of a heading behind all that was read from them: as paragraphs, before the others.
pub(crate) fn keep(source: &Source<'_>, lines: Range<usize>, record: &mut Record) {
    let long = |line: &&Line<'_>| line.text.len() > LONG;
    let mut lines = source.lines[lines.start.min(lines.end)..lines.end].iter().filter(long).peekable();
    if lines.peek().is_none() {
        return;
    }
    let spans: Vec<Span> = record.spans().into_iter().map(|(_, span)| span).collect();
    let mut kept = Vec::new();
    for line in lines {
        let within = spans.iter().filter(|span| span.start < line.end && span.end > line.start);
        // A line of which nothing was read is what a page put around the telegram.
        let Some(read) = within.map(|span| span.end.min(line.end)).max() else { continue };
        let words = source.text[read..line.end].trim_ascii();
        if words.split_ascii_whitespace().count() < WORDS_KEPT {
            continue;
        }
        let span = source.span(words);
        let message = "text that ran together with the heading is kept as a paragraph";
        record.diagnostics.push(Diagnostic::new(Code::LinesJoined, span, message));
        let paragraph = Paragraph { text: words.to_owned(), lines: vec![(0, span)], ..Paragraph::default() };
        kept.push(Spanned::new(paragraph, span));
    }
    record.paragraphs.splice(0..0, kept);
}

/// Where labels of the head stand, each kind once and in any order: E.O., TAGS, SUBJECT, REF, classified by.
fn labels(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut seen = Vec::new();
    for (at, word) in words(text) {
        let starts =
            matches!(word.as_bytes()[0], b'E' | b'T' | b'S' | b'R' | b'C' | b'D' | b's' | b'r' | b'c');
        // Behind the first paragraph's number there is no label.
        if word.starts_with("RMKS/") || matches!(word, "1." | "¶1.") && !found.is_empty() {
            break;
        }
        // A label ends in a colon, or is the number of an order; words of a sentence may only look like one.
        let labelled = starts
            && (word.ends_with(':')
                || matches!(word, "E.O." | "EO" | "TAGS" | "Classified" | "CLASSIFIED" | "REF" | "REFS"));
        if !labelled {
            continue;
        }
        // A label says what it is in its first words, and the line is long.
        let window = prefix(&text[at..], 160);
        let Some((label, _)) = head::label(window) else {
            if body::paragraph_start(window).is_some() {
                break;
            }
            continue;
        };
        let kind = std::mem::discriminant(&label);
        if !seen.contains(&kind) {
            seen.push(kind);
            found.push(at);
        }
        if seen.len() == 5 {
            break;
        }
    }
    found
}

/// How many words behind the classification may be its controls, its number and captions.
const HEAD_WORDS: usize = 16;

/// Where the lines of a heading and the classification line began, in the text above the first label; and where what
/// is read here ends.
fn heading_lines(text: &str) -> (Vec<usize>, usize) {
    let mut found = Vec::new();
    let (mut from, mut to, mut classed, mut captions) = (false, false, false, false);
    let mut spaced_until = 0;
    let mut before = "";
    let mut signs = None;
    let mut numbered = false;
    let headed = text.contains("FM ");
    let mut behind = 0;
    let mut end = 0;
    for (at, word) in words(text) {
        let begins = if at < spaced_until {
            false
        } else if classed {
            behind += 1;
            if behind > HEAD_WORDS || body::paragraph_start(prefix(&text[at..], 40)).is_some() {
                break;
            }
            let caption = CAPTIONS.contains(&word);
            let changed = caption || captions;
            captions = caption;
            changed
        } else if let Some(class) = marking::class_words(&text[at..]).filter(|_| from || !headed && at == 0) {
            spaced_until = at + class.end;
            classed = true;
            true
        } else if !from {
            let sign = matches!(word, "Z" | "O" | "P" | "R");
            if is_day_and_time(word)
                && let Some(start) = signs
            {
                found.push(start);
            }
            signs = if sign { signs.or(Some(at)) } else { None };
            from = word == "FM";
            let routing = word.len() == 2
                && matches!(word.as_bytes(), [b'Z' | b'O' | b'P' | b'R', _])
                && before.starts_with("VZCZ");
            from || routing
                || is_archive_line(word, &text[at..])
                || matches!(word, "ZNR" | "ZNY")
                || (word == "DE" && heading::is_routing_indicator(before))
        } else if !to {
            to = word == "TO";
            to
        } else {
            let routed = word
                .split_once('/')
                .is_some_and(|(routing, _)| routing.len() > 4 && heading::is_routing_indicator(routing));
            let station = STATIONS.iter().any(|start| word.starts_with(start));
            let number = word == "TELEGRAM" && text[at..].starts_with("TELEGRAM NUMBER ");
            // `TELEGRAM NUMBER 112 OF 3 APRIL`
            numbered |= number;
            let behind_date = numbered && month(before).is_some();
            numbered &= !behind_date;
            number
                || behind_date
                || matches!(word, "INFO" | "BT")
                || (routed || station) && !matches!(before, "TO" | "INFO")
        };
        if begins {
            found.push(at);
        }
        (before, end) = (word, at + word.len());
    }
    found.sort_unstable();
    found.dedup();
    (found, end)
}

/// Whether a line of an archive copy begins above the heading: a page line, a distribution, the dashes below it.
fn is_archive_line(word: &str, rest: &str) -> bool {
    matches!(word, "ACTION" | "INFO")
        || word.starts_with("-----")
        || word == "PAGE" && page_line(rest).is_some()
}

/// `PAGE 02 VALDOR 04512 01 OF 02 121655Z` at the start of a text: where it ends.
fn page_line(text: &str) -> Option<usize> {
    let mut words = words(text).skip(1);
    let (_, page) = words.next()?;
    (page.len() == 2 && page.bytes().all(|b| b.is_ascii_digit())).then_some(())?;
    let (at, time) = words.take(8).find(|(_, word)| is_day_and_time(word))?;
    Some(at + time.len())
}

/// Where page lines begin and end in the body: those of archive copies, and `VALDORIA 00001000 002 OF 004`.
fn pages(text: &str, from: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let words: Vec<(usize, &str)> = words(&text[from..]).map(|(at, word)| (from + at, word)).collect();
    for (index, &(at, word)) in words.iter().enumerate() {
        if word == "PAGE"
            && let Some(end) = page_line(&text[at..])
        {
            found.extend([at, at + end]);
        }
        let counted = |word: &[u8], len: usize| word.len() == len && word.iter().all(u8::is_ascii_digit);
        let Some(&[(_, page), (_, "OF"), (end, pages)]) = words.get(index + 1..index + 4) else { continue };
        // `002`, also `001.2`
        let page = page.as_bytes().get(..3).unwrap_or_default();
        if !(counted(word.as_bytes(), 8) && counted(page, 3) && counted(pages.as_bytes(), 3)) {
            continue;
        }
        // The longest name that is a post's, or the one word before.
        let start = (1..=3.min(index))
            .rev()
            .map(|count| words[index - count].0)
            .find(|&start| tables::canonical_post(text[start..at].trim_end()).is_some());
        if let Some(start) = start.or_else(|| Some(words.get(index.checked_sub(1)?)?.0)) {
            found.extend([start, end + pages.len()]);
        }
    }
    found
}

/// Where paragraphs begin behind the last label: 1, 2, 3, marked as the first one is.
fn paragraphs(text: &str, from: usize) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    let mut marked = false;
    let mut due = 1;
    for (at, whole) in words(&text[from..]) {
        // `RMKS/1.` begins a line of its own already.
        let word = whole.strip_prefix("RMKS/").map_or(whole, |word| word.trim_start_matches('/'));
        let at = at + whole.len() - word.len();
        let digits = word.trim_start_matches('¶').trim_end_matches(['.', ')']);
        if digits.len() == word.len() || digits.parse() != Ok(due) {
            continue;
        }
        let start = body::paragraph_start(prefix(&text[from + at..], 40));
        let Some(start) = start.filter(|start| start.number.is_some()) else { continue };
        if due == 1 {
            marked = start.portion.is_some();
        } else if marked && start.portion.is_none() {
            continue;
        }
        if word.len() == whole.len() {
            found.push(from + at);
        }
        due += 1;
    }
    found
}

/// Where `BT`, its number and `NNNN` begin at the end.
fn ending(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut rest = text.trim_end();
    for mark in ["NNNN", "BT"] {
        let number = rest.rsplit_once('#').filter(|(_, digits)| digits.bytes().all(|b| b.is_ascii_digit()));
        if let (Some((before, _)), "BT") = (number, mark) {
            found.push(before.len());
            rest = before.trim_end();
        }
        if let Some(before) = rest.strip_suffix(mark).filter(|before| before.ends_with(' ')) {
            found.push(before.len());
            rest = before.trim_end();
        }
    }
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_lines_among_other_words() {
        for (text, want) in [
            ("SAID. VALDORIA 00001000 002 OF 004 MORE", vec![6, 34]),
            ("SAID. VALDORIA 00001000 001.2 OF 003", vec![6, 36]),
            ("SAID. VALDORIA 00001000 ab\u{20ac} OF 003", vec![]),
            ("SAID. VALDORIA 00001000 02 OF 004", vec![]),
            ("SAID. PAGE 02 VALDOR 04512 01 OF 02 121655Z MORE", vec![6, 43]),
        ] {
            assert_eq!(pages(text, 0), want, "{text}");
        }
    }
}
