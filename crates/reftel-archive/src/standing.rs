//! What a telegram is among others: withdrawn, without a text, corrected, cancelled, sent again.
//!
//! What one telegram says of itself, and of the numbers that it cancels, goes into the index as keys. What only the
//! archive can say, such as whether there is another copy, is looked up when it is asked for (`search/resolve.rs`).

use memchr::memmem;
use reftel_sources::Stated;

use reftel_telegram::{Record, Severity, Span, parts};
use tantivy::TantivyDocument;
use tantivy::schema::Field;

use crate::index;
use crate::words::words;

/// The start of a key that names a number which a telegram cancels.
pub(crate) const CANCELS: &str = "cancels:";

/// A text of no more words can be a note in place of one.
const NOTE_WORDS_MAX: usize = 40;

/// More bytes a word no short note has.
const WORD_BYTES: usize = 24;

/// A text of no more words that says that something is cancelled speaks of its own telegram.
const CANCELLATION_WORDS_MAX: usize = 12;

/// Signals beside a telegram's number, or in its heading, that it is a correction.
const CORRECTION: [&str; 4] = ["ZDK", "ZEL", "ZOJ", "CORRECTED"];

/// Signals that it has come before.
const AGAIN: [&str; 4] = ["ZFG", "ZFD", "ZDS", "SUSPECTED"];

/// Beside a number: the other one is cancelled.
const CANCELLATION: &str = "ZFR";

/// What may stand between `cancels` and the number or reference that it is about.
const LINKS: [&str; 16] = [
    "and",
    "supersedes",
    "superseded",
    "hereby",
    "in",
    "its",
    "entirety",
    "the",
    "ref",
    "refs",
    "reftel",
    "reftels",
    "reference",
    "references",
    "telegram",
    "message",
];

/// Adds what the index keeps of it. The telegram is bytes `span` of a text, and `stated` is what a collection
/// states beside it.
pub(crate) fn add(
    document: &mut TantivyDocument,
    field: Field,
    (text, span): (&[u8], Span),
    record: &Record,
    stated: &[Stated],
) {
    let withdrawn = is_withdrawn(record, stated);
    let corrected = is_corrected(record) || is_headed_corrected(text, span, record);
    let is = [
        ("is:withdrawn", withdrawn),
        ("is:stub", withdrawn || !has_text(record)),
        ("is:corrected", corrected),
        ("is:version", corrected || has_signal(record, &AGAIN)),
        ("is:cancelled", is_cancelled(record)),
        ("is:odd", is_odd(record)),
    ];
    for (key, _) in is.iter().filter(|(_, is)| *is) {
        document.add_text(field, key);
    }
    for number in cancelled(record) {
        document.add_text(field, format!("{CANCELS}{number}"));
    }
}

fn texts(record: &Record) -> impl Iterator<Item = &str> {
    record.paragraphs.iter().map(|paragraph| paragraph.value.text.as_str())
}

fn has_text(record: &Record) -> bool {
    texts(record).any(|text| text.contains(char::is_alphanumeric)) || !record.nested.is_empty()
}

/// Whether the text is withheld, as the collection states it, or a note in its place says.
fn is_withdrawn(record: &Record, stated: &[Stated]) -> bool {
    let is_stated = stated.iter().any(|stated| {
        let value = stated.value.trim().to_ascii_lowercase();
        stated.field == reftel_sources::Field::Withheld
            && !matches!(value.as_str(), "" | "0" | "no" | "none" | "false" | "no text")
    });
    if is_stated {
        return true;
    }
    if texts(record).map(str::len).sum::<usize>() > NOTE_WORDS_MAX * WORD_BYTES {
        return false;
    }
    let mut note: Vec<String> = Vec::new();
    for text in texts(record) {
        note.extend(words(text));
        if note.len() > NOTE_WORDS_MAX {
            return false;
        }
    }
    note.windows(2).any(|pair| {
        matches!(pair[0].as_str(), "withdrawal") && matches!(pair[1].as_str(), "card" | "notice" | "sheet")
    })
}

/// Whether it calls itself a correction.
fn is_corrected(record: &Record) -> bool {
    let is_called_so = |text: &str| {
        let words = words(text);
        words.windows(2).any(|pair| pair[0] == "corrected" && matches!(pair[1].as_str(), "copy" | "version"))
    };
    let sets = record.sets.iter().filter(|set| matches!(set.name.as_str(), "MSGID" | "SUBJ"));
    has_signal(record, &CORRECTION)
        || record.subject.iter().any(|subject| is_called_so(&subject.printed))
        || sets.flat_map(|set| &set.value.fields).any(|field| is_called_so(field))
        || record.mrn_printed.as_deref().is_some_and(is_called_so)
        || texts(record).next().is_some_and(|text| {
            let text = text.trim_start_matches(|c: char| !c.is_alphabetic());
            is_called_so(&text[..text.floor_char_boundary(text.len().min("CORRECTED VERSION ".len()))])
        })
}

/// Whether the heading calls it so, above its subject and its text.
fn is_headed_corrected(text: &[u8], span: Span, record: &Record) -> bool {
    let subject = record.subject.iter().map(|subject| subject.span.start);
    let lines =
        record.paragraphs.iter().flat_map(|paragraph| paragraph.lines.iter().map(|line| line.1.start));
    let end = subject.chain(lines).filter(|at| *at >= span.start).min().unwrap_or(span.end);
    let head = text.get(span.start..end.min(span.end)).unwrap_or_default();
    let word = [&b"RRECTED"[..], b"rrected"];
    if !word.iter().any(|word| memmem::find(head, word).is_some()) {
        return false;
    }
    let is_there = |words: &[u8]| {
        let mut windows = head.windows(words.len());
        windows.any(|window| window.eq_ignore_ascii_case(words))
    };
    is_there(b"CORRECTED COPY") || is_there(b"CORRECTED VERSION")
}

fn has_signal(record: &Record, signals: &[&str]) -> bool {
    let in_heading = record.transmission.signals.iter().map(|signal| signal.value.as_str());
    let beside_number = record.other_numbers.iter().map(|number| number.value.mark.as_str());
    in_heading.chain(beside_number).any(|mark| mark.split_whitespace().any(|word| signals.contains(&word)))
}

fn is_verb(word: &str) -> bool {
    matches!(word, "cancelled" | "canceled")
}

/// Whether it says of itself that it is cancelled.
fn is_cancelled(record: &Record) -> bool {
    let by_subject = record.subject.iter().any(|subject| {
        let text = subject.text.trim_start();
        let word = text.len() - text.trim_start_matches(char::is_alphabetic).len();
        is_verb(&text[..word].to_ascii_lowercase()) && text[word..].trim_start().starts_with([':', '-'])
    });
    if texts(record).map(str::len).sum::<usize>() > CANCELLATION_WORDS_MAX * WORD_BYTES {
        return by_subject;
    }
    let mut all: Vec<String> = Vec::new();
    for text in texts(record) {
        all.extend(words(text));
        if all.len() > CANCELLATION_WORDS_MAX {
            return by_subject;
        }
    }
    by_subject || record.mentions.is_empty() && all.iter().any(|word| is_verb(word))
}

/// The numbers that it says are cancelled: `CANCELS REF A`, `STATE 123 IS HEREBY CANCELLED`, `STATE 160 ZFR 2585`.
fn cancelled(record: &Record) -> Vec<String> {
    let mut numbers: Vec<String> = Vec::new();
    if let Some((year, post, _)) = record.mrn.as_ref().and_then(|mrn| parts(&mrn.value)) {
        let others = record.other_numbers.iter().filter(|other| other.mark == CANCELLATION);
        numbers.extend(others.filter_map(|other| {
            let serial = other.serial.trim_start_matches('0');
            let digits = !serial.is_empty() && serial.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| format!("{year:02}{post}{serial}"))
        }));
    }
    // Every import passes here: most texts have none of it.
    let verbs = [&b"ancel"[..], b"ANCEL"];
    let mut all = texts(record).map(str::as_bytes);
    if !all.any(|text| verbs.iter().any(|verb| memmem::find(text, verb).is_some())) {
        return numbers;
    }
    for mention in &record.mentions {
        let Some(number) = &mention.value.mrn else { continue };
        let Some((text, at)) = index::readable_part(record, mention.span) else { continue };
        let at = text.floor_char_boundary(at.min(text.len()));
        let end = text.floor_char_boundary((at + mention.span.len()).min(text.len()));
        if cancels_next(&text[..at]) || is_cancelled_here(&text[end..]) {
            numbers.push(number.clone());
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Words that may stand in a list of references, and say nothing.
fn is_link(word: &str) -> bool {
    word.len() == 1 || LINKS.contains(&word)
}

/// Whether what is told next is cancelled.
fn cancels_next(before: &str) -> bool {
    let sentence = before.rsplit(['.', ';', ':', '?', '!']).next().unwrap_or_default();
    let words = words(sentence);
    let verb = words.iter().rev().find(|word| !is_link(word));
    verb.is_some_and(|verb| matches!(verb.as_str(), "cancels" | "cancel" | "cancelling" | "canceling"))
}

/// Whether what was told before is cancelled: `is hereby cancelled`.
fn is_cancelled_here(behind: &str) -> bool {
    let sentence = behind.split(['.', ';', '?', '!']).next().unwrap_or_default();
    let mut auxiliary = false;
    for word in words(sentence) {
        match word.as_str() {
            "is" | "are" | "was" | "were" | "been" => auxiliary = true,
            "has" | "have" => {}
            verb if is_verb(verb) => return auxiliary,
            word if is_link(word) || matches!(word, "refs" | "therefore" | "now") => {}
            _ => return false,
        }
    }
    false
}

/// Whether something about it is unusual or against the rules.
fn is_odd(record: &Record) -> bool {
    record.diagnostics.iter().any(|odd| odd.code.severity() != Severity::Info)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(number_line: &str, subject: &str, text: &str) -> Record {
        let telegram = format!(
            "R 101530Z MAR 79\nFM AMEMBASSY VALDORIA\nTO SECSTATE WASHDC\nBT\n{number_line}\n\
             E.O. 12065: N/A\nTAGS: ECON\nSUBJECT: {subject}\n\nREF: A. STATE 77; B. STATE 78\n\n{text}\nBT\n"
        );
        crate::store::record(telegram.as_bytes())
    }

    fn plain(text: &str) -> Record {
        record("UNCLAS VALDORIA 12", "FERRIES", text)
    }

    #[test]
    fn what_a_telegram_cancels() {
        for (text, want) in [
            ("1. This telegram cancels reftel A and answers ref B.", &["79STATE77"][..]),
            ("1. This telegram cancels refs A and B.", &["79STATE77", "79STATE78"]),
            ("1. Ref B is hereby cancelled.", &["79STATE78"]),
            ("1. Ref A was received. The ferry is cancelled.", &[]),
            ("1. Ref A cancelled all ferries.", &[]),
            ("1. The minister cancels the ferry of ref A.", &[]),
            ("1. Cancel STATE 80.", &["79STATE80"]),
        ] {
            assert_eq!(cancelled(&plain(text)), want, "{text}");
        }
        let pair = record("UNCLAS VALDORIA 12 ZFR 0009", "FERRIES", "1. The ferry left.");
        assert_eq!(cancelled(&pair), ["79VALDORIA9"]);
    }

    #[test]
    fn what_it_says_of_itself() {
        assert!(is_corrected(&record("UNCLAS VALDORIA 12 ZDK 14", "FERRIES", "1. Left.")));
        assert!(is_corrected(&record("UNCLAS VALDORIA 12", "FERRIES (CORRECTED COPY)", "1. Left.")));
        let text = b"R 101530Z MAR 79\nFM AMEMBASSY VALDORIA\nTO SECSTATE WASHDC\nBT\n\
                     UNCLAS VALDORIA 12 (Corrected copy)\nSUBJECT: FERRIES\n\n1. A corrected copy.\nBT\n";
        assert!(is_headed_corrected(text, Span::new(0, text.len()), &crate::store::record(text)));
        let text = String::from_utf8_lossy(text).replace(" (Corrected copy)", "");
        let whole = Span::new(0, text.len());
        assert!(!is_headed_corrected(text.as_bytes(), whole, &crate::store::record(text.as_bytes())));
        assert!(!is_corrected(&plain("1. The pilot corrected copy and chart.\n\n2. It left.")));
        assert!(is_cancelled(&record(
            "UNCLAS VALDORIA 12",
            "CANCELLED: FERRIES",
            "1. The ferry left at noon."
        )));
        assert!(is_cancelled(&plain("This number is cancelled.")));
        assert!(!is_cancelled(&plain(
            "1. The ferry is cancelled, and the minister asks for a launch instead of it."
        )));
        assert!(has_text(&plain("1. The ferry left.")));
        assert!(is_withdrawn(&plain("WITHDRAWAL NOTICE. See the register."), &[]));
        assert!(!is_withdrawn(&plain("1. The notice of withdrawal came."), &[]));
    }
}
