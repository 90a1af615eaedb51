//! A piece of a telegram around the best match, in one line.
//!
//! It comes from one paragraph, without its number and marks: the one with most of what is sought. Where
//! that stands in the subject or the heading alone, which a list of results shows anyway, the telegram's
//! beginning says more.

use std::collections::HashMap;

use reftel_telegram::{Record, Span};

use crate::Snippet;
use crate::words;

/// A snippet has at most so many characters, with the marks of what was left out.
const CHARS_MAX: usize = 240;

/// How much of it stands before the first match.
const CHARS_BEFORE: usize = 60;

/// Room for ` …` at either end.
const ELLIPSIS: &str = "…";

/// Runs of words that are sought, each word by a number of its own.
#[derive(Debug, Default)]
pub(crate) struct Sought {
    words: HashMap<String, usize>,
    runs: Vec<Vec<usize>>,
}

impl Sought {
    pub(crate) fn new(runs: &[Vec<String>]) -> Sought {
        let mut sought = Sought::default();
        for run in runs.iter().filter(|run| !run.is_empty()) {
            let mut numbers = Vec::with_capacity(run.len());
            for word in run {
                let next = sought.words.len();
                numbers.push(*sought.words.entry(word.clone()).or_insert(next));
            }
            sought.runs.push(numbers);
        }
        sought
    }
}

/// The piece of the paragraphs with most of what is sought, or the beginning of the first. `None` where
/// there are no paragraphs.
pub(crate) fn of(record: &Record, sought: &Sought) -> Option<Snippet> {
    let quoted = record.nested.iter().flat_map(|nested| &nested.value.paragraphs);
    let mut first = None;
    let mut best: Option<((usize, usize), String, Vec<Match>)> = None;
    for paragraph in record.paragraphs.iter().chain(quoted) {
        let line = one_line(&paragraph.value.text);
        if line.is_empty() {
            continue;
        }
        let matches = find(&line, sought);
        let worth = (different(matches.iter()), matches.len());
        if worth > best.as_ref().map_or((0, 0), |best| best.0) {
            let all = worth.0 == sought.runs.len();
            best = Some((worth, line, matches));
            if all {
                break;
            }
        } else if first.is_none() {
            first = Some(line);
        }
    }
    match best {
        Some((_, line, matches)) => Some(piece(&line, start(&line, &matches), &matches)),
        None => first.map(|line| piece(&line, 0, &[])),
    }
}

/// The piece of `text` with most of what is sought, or its beginning.
pub(crate) fn cut(text: &str, sought: &Sought) -> Snippet {
    let line = one_line(text);
    let matches = find(&line, sought);
    piece(&line, start(&line, &matches), &matches)
}

fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// A place in the line where one of the runs stands, and which.
#[derive(Clone, Copy, Debug)]
struct Match {
    span: Span,
    which: usize,
}

fn find(line: &str, sought: &Sought) -> Vec<Match> {
    let mut matches = Vec::new();
    if sought.runs.is_empty() {
        return matches;
    }
    let mut words: Vec<(Option<usize>, usize, usize)> = Vec::new();
    words::each(line, &mut |word, start, end| words.push((sought.words.get(word).copied(), start, end)));
    for at in 0..words.len() {
        if words[at].0.is_none() {
            continue;
        }
        let here = sought.runs.iter().enumerate().filter(|(_, run)| {
            words.len() - at >= run.len()
                && run.iter().zip(&words[at..]).all(|(sought, word)| Some(*sought) == word.0)
        });
        if let Some((which, run)) = here.max_by_key(|(_, run)| run.len()) {
            matches.push(Match { span: Span::new(words[at].1, words[at + run.len() - 1].2), which });
        }
    }
    matches
}

/// How many of the runs these are.
fn different<'m>(matches: impl Iterator<Item = &'m Match>) -> usize {
    let mut which: Vec<usize> = matches.map(|found| found.which).collect();
    which.sort_unstable();
    which.dedup();
    which.len()
}

/// Where a piece should start to have the most different matches, then the most matches.
fn start(line: &str, matches: &[Match]) -> usize {
    let Some(last) = matches.last() else { return 0 };
    if last.span.end <= CHARS_MAX - CHARS_BEFORE {
        return 0;
    }
    let room = CHARS_MAX - CHARS_BEFORE;
    let mut best = (0, 0, 0);
    for (first, a) in matches.iter().enumerate() {
        let count = matches[first..].iter().take_while(|b| b.span.end <= a.span.start + room).count();
        let worth = (different(matches[first..first + count].iter()), count);
        if worth > (best.0, best.1) {
            best = (worth.0, worth.1, a.span.start);
        }
    }
    let start = best.2;
    // Back by whole words.
    let before = &line[..start];
    let mut back = before.char_indices().rev().take(CHARS_BEFORE).last().map_or(start, |(at, _)| at);
    if back > 0 {
        back = before[back..].find(' ').map_or(start, |space| back + space + 1);
    }
    back
}

/// The piece from `start`, by whole words, and the matches in it.
fn piece(line: &str, start: usize, matches: &[Match]) -> Snippet {
    let rest = &line[start..];
    let cut = start > 0;
    let room = CHARS_MAX - 2;
    let end = match rest.char_indices().nth(room) {
        None => line.len(),
        Some((at, _)) => start + rest[..at].rfind(' ').filter(|space| *space > 0).unwrap_or(at),
    };
    let mut text = String::new();
    if cut {
        text.push_str(ELLIPSIS);
    }
    let shift = text.len();
    text.push_str(line[start..end].trim_end());
    if end < line.len() {
        text.push_str(ELLIPSIS);
    }
    let mut marks: Vec<Span> = Vec::new();
    for m in matches.iter().filter(|m| m.span.start >= start && m.span.end <= end) {
        let mark = Span::new(m.span.start - start + shift, m.span.end - start + shift);
        match marks.last_mut() {
            Some(last) if last.end > mark.start => *last = last.cover(mark),
            _ => marks.push(mark),
        }
    }
    Snippet { text, marks }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sought(sought: &[&str]) -> Sought {
        Sought::new(&sought.iter().map(|s| crate::words::words(s)).collect::<Vec<_>>())
    }

    fn marked(text: &str, of: &[&str]) -> (String, Vec<String>) {
        let snippet = cut(text, &sought(of));
        let marks = snippet.marks.iter().map(|m| snippet.text[m.range()].to_owned()).collect();
        (snippet.text, marks)
    }

    #[test]
    fn marks_words_and_phrases_in_one_line() {
        let (text, marks) = marked("The FERRY\n  tariff rose; the ferry left.", &["ferry tariff", "left"]);
        assert_eq!(text, "The FERRY tariff rose; the ferry left.");
        assert_eq!(marks, ["FERRY tariff", "left"]);
    }

    #[test]
    fn is_around_the_place_with_most_of_what_is_sought() {
        let text = format!("ferry {} the ferry tariff {}", "x ".repeat(300), "y ".repeat(300));
        let (text, marks) = marked(&text, &["ferry", "tariff"]);
        assert_eq!(marks, ["ferry", "tariff"]);
        assert!(text.starts_with('…') && text.ends_with('…') && text.chars().count() <= CHARS_MAX, "{text}");
    }

    #[test]
    fn without_anything_sought_it_is_the_beginning() {
        assert_eq!(marked("one\ntwo", &[]), ("one two".to_owned(), vec![]));
        assert_eq!(marked("one\ntwo", &["three"]), ("one two".to_owned(), vec![]));
    }

    #[test]
    fn it_is_from_the_paragraph_with_most_of_what_is_sought() {
        let text = "R 101530Z MAR 79\nFM AMEMBASSY VALDORIA\nTO SECSTATE WASHDC\nBT\nUNCLAS VALDORIA 12\n\
                    SUBJECT: LIGHTHOUSE\n\nSUMMARY\n1. (U) The ferry left.\n\n2. (U) The ferry\ntariff rose.\n\
                    DOE\nBT\n";
        let record = crate::store::record(text.as_bytes());
        for (of, line) in [
            (&["ferry"][..], "The ferry left."),
            (&["ferry", "tariff"], "The ferry tariff rose."),
            (&["ferry tariff"], "The ferry tariff rose."),
            (&["lighthouse"], "The ferry left."),
            (&[], "The ferry left."),
        ] {
            assert_eq!(of_record(&record, of).text, line, "{of:?}");
        }
        assert!(of_record(&record, &["lighthouse"]).marks.is_empty());
    }

    fn of_record(record: &Record, of: &[&str]) -> Snippet {
        super::of(record, &sought(of)).unwrap()
    }

    proptest! {
        #[test]
        fn any_text_gives_a_short_line_with_marks_in_it(
            text in "([a-c é\n—]{1,3}|ferry| ){0,400}",
            sought in proptest::collection::vec("[a-c]( [a-c])?|ferry", 0..4),
        ) {
            let words: Vec<&str> = sought.iter().map(String::as_str).collect();
            let snippet = cut(&text, &self::sought(&words));
            prop_assert!(snippet.text.chars().count() <= CHARS_MAX);
            prop_assert!(!snippet.text.contains('\n'));
            for mark in &snippet.marks {
                prop_assert!(snippet.text.get(mark.range()).is_some_and(|m| !m.is_empty()));
            }
        }
    }
}
