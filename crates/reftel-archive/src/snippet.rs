//! A piece of a telegram around the best match, in one line.
//!
//! It comes from one paragraph, without its number and marks: the one with most of what is sought. Where
//! that stands in the subject or the heading alone, which a list of results shows anyway, the telegram's
//! beginning says more.

use std::collections::{HashMap, HashSet};

use reftel_telegram::record::Paragraph;
use reftel_telegram::{Record, Span, Spanned};

use crate::Snippet;
use crate::words;

/// A snippet has at most so many characters, with the marks of what was left out.
const CHARS_MAX: usize = 240;

/// How much of it stands before the first match.
const CHARS_BEFORE: usize = 60;

/// At most so many paragraphs of a telegram are cited.
const SNIPPETS_MAX: usize = 3;

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

/// A paragraph in which something stands that is sought.
struct Place<'r> {
    paragraph: &'r Paragraph,
    anchor: String,
    line: String,
    matches: Vec<Match>,
    /// How many different runs, and how many matches.
    worth: (usize, usize),
}

impl Place<'_> {
    fn piece(&self) -> Snippet {
        let text = piece(&self.line, start(&self.line, &self.matches), &self.matches);
        let Paragraph { number, portion, .. } = self.paragraph;
        Snippet { paragraph: *number, portion: portion.clone(), anchor: Some(self.anchor.clone()), ..text }
    }
}

/// Pieces of the paragraphs with most of what is sought, the best first and the others in the order of the text; or
/// the beginning of the first. Empty where there are no paragraphs.
pub(crate) fn of(record: &Record, sought: &Sought) -> Vec<Snippet> {
    let mut first: Option<Place<'_>> = None;
    let mut places: Vec<Place<'_>> = Vec::new();
    let mut whole = 0;
    let quoted = record.nested.iter().enumerate();
    let quoted = quoted.map(|(at, nested)| (&nested.value, nested_anchor(at)));
    'texts: for (record, before) in std::iter::once((record, String::new())).chain(quoted) {
        let anchors = anchors(record, &before);
        for (paragraph, anchor) in record.paragraphs.iter().zip(anchors) {
            let line = one_line(&paragraph.value.text);
            if line.is_empty() {
                continue;
            }
            let matches = find(&line, sought);
            let worth = (different(matches.iter()), matches.len());
            let place = Place { paragraph: &paragraph.value, anchor, line, matches, worth };
            whole += usize::from(worth.0 > 0 && worth.0 == sought.runs.len());
            if worth.0 > 0 {
                places.push(place);
            } else if first.is_none() && places.is_empty() {
                first = Some(place);
            }
            if whole == SNIPPETS_MAX {
                break 'texts;
            }
        }
    }
    let best = |a: &usize, b: &usize| places[*b].worth.cmp(&places[*a].worth).then(a.cmp(b));
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(best);
    // What a telegram quotes of itself is told once.
    let mut told: HashSet<&str> = HashSet::new();
    order.retain(|at| told.len() < SNIPPETS_MAX && told.insert(&places[*at].line));
    if let Some((_, others)) = order.split_first_mut() {
        others.sort_unstable();
    }
    let found: Vec<Snippet> = order.iter().map(|at| places[*at].piece()).collect();
    if found.is_empty() { first.iter().map(Place::piece).collect() } else { found }
}

/// Puts a piece of a paragraph before the others: the so-manyth of the text, from 1. 0 is the subject, which every list
/// shows.
pub(crate) fn put_first(snippets: &mut Vec<Snippet>, record: &Record, paragraph: u32, sought: &Sought) {
    let Some(at) = (paragraph as usize).checked_sub(1) else { return };
    let Some(anchor) = anchors(record, "").into_iter().nth(at) else { return };
    let Some(paragraph) = record.paragraphs.get(at) else { return };
    let there = snippets.iter().position(|piece| piece.anchor.as_deref() == Some(&anchor));
    let piece = if let Some(place) = there {
        snippets.remove(place)
    } else {
        let line = one_line(&paragraph.value.text);
        let matches = find(&line, sought);
        Place { paragraph: &paragraph.value, anchor, line, matches, worth: (0, 0) }.piece()
    };
    // Where nothing was sought by words, the others are no more than the text's beginning.
    snippets.retain(|piece| !piece.marks.is_empty());
    snippets.insert(0, piece);
    snippets.truncate(SNIPPETS_MAX);
}

/// The names by which a page's address leads to the paragraphs of a record, in order: `p3`, and `text` for one without
/// a number; where there are several of a name, the later ones are numbered: `p3-2`. `before` stands in front of each,
/// so that a quoted telegram's are its own.
pub fn anchors(record: &Record, before: &str) -> Vec<String> {
    let mut times: HashMap<Option<u32>, usize> = HashMap::new();
    let name = |paragraph: &Spanned<Paragraph>| {
        let time = times.entry(paragraph.number).or_default();
        *time += 1;
        let name = match paragraph.number {
            Some(number) => format!("{before}p{number}"),
            None => format!("{before}text"),
        };
        // The first name without a number is that of the whole text.
        let first = 1 + usize::from(paragraph.number.is_none() && before.is_empty());
        let time = *time + first - 1;
        if time == 1 { name } else { format!("{name}-{time}") }
    };
    record.paragraphs.iter().map(name).collect()
}

/// What stands before the names of a quoted telegram's paragraphs, by its place among the quoted.
pub fn nested_anchor(at: usize) -> String {
    format!("q{at}-")
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
    Snippet { text, marks, ..Snippet::default() }
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

    #[test]
    fn several_paragraphs_are_cited_with_number_and_mark() {
        let text = "R 101530Z MAR 79\nFM AMEMBASSY VALDORIA\nTO SECSTATE WASHDC\nBT\nUNCLAS VALDORIA 12\n\n\
                    1. (U) The launch left.\n\n2. (C) The ferry left.\n\n3. (S) The ferry tariff rose.\n\n\
                    3. (U) A ferry again.\n\n4. Ferry, ferry.\nBT\n";
        let record = crate::store::record(text.as_bytes());
        let snippets = super::of(&record, &sought(&["ferry", "tariff"]));
        let told: Vec<_> = snippets
            .iter()
            .map(|s| (s.text.as_str(), s.paragraph, s.portion.as_deref(), s.anchor.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("The ferry tariff rose.", Some(3), Some("S"), Some("p3")),
                ("The ferry left.", Some(2), Some("C"), Some("p2")),
                ("Ferry, ferry.", Some(4), None, Some("p4")),
            ]
        );
        assert_eq!(anchors(&record, "q-")[2..], ["q-p3", "q-p3-2", "q-p4"]);
    }

    fn of_record(record: &Record, of: &[&str]) -> Snippet {
        super::of(record, &sought(of)).remove(0)
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
