//! A piece of a telegram around the best match, in one line.

use reftel_telegram::Span;

use crate::Snippet;
use crate::words::words_with_spans;

/// A snippet has at most so many characters, with the marks of what was left out.
const CHARS_MAX: usize = 240;

/// How much of it stands before the first match.
const CHARS_BEFORE: usize = 60;

/// Room for ` …` at either end.
const ELLIPSIS: &str = "…";

/// The piece of `text` with most of the runs of words `sought`, or its beginning.
///
/// `None` where there is something sought and none of it is in `text`.
pub(crate) fn cut(text: &str, sought: &[Vec<String>]) -> Option<Snippet> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let matches = find(&line, sought);
    if matches.is_empty() && !sought.is_empty() {
        return None;
    }
    let start = matches.first().map_or(0, |_| best(&line, &matches));
    Some(piece(&line, start, &matches))
}

/// A place in the line where one of the runs stands, and which.
#[derive(Clone, Copy, Debug)]
struct Match {
    span: Span,
    which: usize,
}

fn find(line: &str, sought: &[Vec<String>]) -> Vec<Match> {
    let words = words_with_spans(line);
    let mut matches = Vec::new();
    for at in 0..words.len() {
        let here = sought.iter().enumerate().filter(|(_, run)| {
            !run.is_empty()
                && words.len() - at >= run.len()
                && run.iter().zip(&words[at..]).all(|(sought, word)| *sought == word.0)
        });
        if let Some((which, run)) = here.max_by_key(|(_, run)| run.len()) {
            matches.push(Match { span: Span::new(words[at].1, words[at + run.len() - 1].2), which });
        }
    }
    matches
}

/// Where a piece should start to have the most different matches, then the most matches.
fn best(line: &str, matches: &[Match]) -> usize {
    let room = CHARS_MAX - CHARS_BEFORE;
    let mut best = (0, 0, 0);
    for (first, a) in matches.iter().enumerate() {
        let within = || matches[first..].iter().take_while(|b| b.span.end <= a.span.start + room);
        let mut which: Vec<usize> = within().map(|m| m.which).collect();
        let count = which.len();
        which.sort_unstable();
        which.dedup();
        if (which.len(), count) > (best.0, best.1) {
            best = (which.len(), count, a.span.start);
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

    fn marked(text: &str, sought: &[&str]) -> Option<(String, Vec<String>)> {
        let sought: Vec<_> = sought.iter().map(|s| crate::words::words(s)).collect();
        let snippet = cut(text, &sought)?;
        let marks = snippet.marks.iter().map(|m| snippet.text[m.range()].to_owned()).collect();
        Some((snippet.text, marks))
    }

    #[test]
    fn marks_words_and_phrases_in_one_line() {
        let (text, marks) =
            marked("The FERRY\n  tariff rose; the ferry left.", &["ferry tariff", "left"]).unwrap();
        assert_eq!(text, "The FERRY tariff rose; the ferry left.");
        assert_eq!(marks, ["FERRY tariff", "left"]);
    }

    #[test]
    fn is_around_the_place_with_most_of_what_is_sought() {
        let text = format!("ferry {} the ferry tariff {}", "x ".repeat(300), "y ".repeat(300));
        let (text, marks) = marked(&text, &["ferry", "tariff"]).unwrap();
        assert_eq!(marks, ["ferry", "tariff"]);
        assert!(text.starts_with('…') && text.ends_with('…') && text.chars().count() <= CHARS_MAX, "{text}");
    }

    #[test]
    fn without_anything_sought_it_is_the_beginning() {
        assert_eq!(marked("one\ntwo", &[]), Some(("one two".to_owned(), vec![])));
        assert_eq!(marked("one\ntwo", &["three"]), None);
    }

    proptest! {
        #[test]
        fn any_text_gives_a_short_line_with_marks_in_it(
            text in "([a-c é\n—]{1,3}|ferry| ){0,400}",
            sought in proptest::collection::vec("[a-c]( [a-c])?|ferry", 0..4),
        ) {
            let sought: Vec<_> = sought.iter().map(|s| crate::words::words(s)).collect();
            if let Some(snippet) = cut(&text, &sought) {
                prop_assert!(snippet.text.chars().count() <= CHARS_MAX);
                prop_assert!(!snippet.text.contains('\n'));
                prop_assert!(sought.is_empty() == snippet.marks.is_empty());
                for mark in &snippet.marks {
                    prop_assert!(snippet.text.get(mark.range()).is_some_and(|m| !m.is_empty()));
                }
            }
        }
    }
}
