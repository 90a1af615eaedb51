//! Copies of one text set against one another, word by word.
//!
//! One copy is gone through as the base; the others are aligned to it. What the base withholds and another copy has is
//! taken from there, and it is always said which copies have a passage.

use std::ops::Range;
use std::time::Instant;

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

/// A passage of the composite text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The words, with the white space between them.
    pub text: String,
    /// Which copies have it, by their places in the list.
    pub copies: Vec<usize>,
    /// What stands here instead in other copies: which copy, and its words; empty where it has nothing.
    pub instead: Vec<(usize, String)>,
    /// Whether no copy has what stood here: the words are the mark of an excision.
    pub withheld: bool,
}

/// A word of a copy, and the white space behind it.
#[derive(Clone, Copy, Debug)]
struct Word<'t> {
    text: &'t str,
    space: &'t str,
}

/// The composite of some copies, passage by passage.
///
/// The base is the copy with most words that aren't marks of excisions, the first of several. Capitals, punctuation and
/// line ends don't tell words apart. No copies give nothing; one copy is one passage, but for its excisions.
///
/// Texts that have little in common take long to align: past `until`, what is left of them is told as other words.
pub fn collate(copies: &[&str], until: Option<Instant>) -> Vec<Passage> {
    let words: Vec<Vec<Word<'_>>> = copies.iter().map(|copy| split(copy)).collect();
    let worth = |list: &[Word<'_>]| list.iter().filter(|word| !is_mark(word.text)).count();
    let Some(base) = (0..copies.len()).max_by_key(|at| (worth(&words[*at]), std::cmp::Reverse(*at))) else {
        return Vec::new();
    };
    let keys: Vec<Vec<String>> =
        words.iter().map(|list| list.iter().map(|word| key(word.text)).collect()).collect();
    let mut columns = Columns::new(base, &words);
    for copy in (0..copies.len()).filter(|copy| *copy != base) {
        for op in capture_diff_slices_deadline(Algorithm::Patience, &keys[base], &keys[copy], until) {
            match op {
                DiffOp::Equal { old_index, len, .. } => columns.agree(copy, old_index..old_index + len),
                DiffOp::Delete { old_index, old_len, .. } => {
                    columns.differ(copy, old_index..old_index + old_len, 0..0);
                }
                DiffOp::Insert { old_index, new_index, new_len } => {
                    columns.differ(copy, old_index..old_index, new_index..new_index + new_len);
                }
                DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                    columns.differ(copy, old_index..old_index + old_len, new_index..new_index + new_len);
                }
            }
        }
    }
    columns.passages()
}

/// Where the copies differ from the base.
struct Columns<'a, 't> {
    base: usize,
    words: &'a [Vec<Word<'t>>],
    /// Of each word of the base, the copies that have it.
    have: Vec<Vec<usize>>,
    /// Of each copy, where it has other words than the base: the base's, and its own, in order.
    others: Vec<Vec<(Range<usize>, Range<usize>)>>,
}

impl<'a, 't> Columns<'a, 't> {
    fn new(base: usize, words: &'a [Vec<Word<'t>>]) -> Columns<'a, 't> {
        Columns {
            base,
            words,
            have: vec![vec![base]; words[base].len()],
            others: vec![Vec::new(); words.len()],
        }
    }

    fn agree(&mut self, copy: usize, at: Range<usize>) {
        for have in &mut self.have[at] {
            have.push(copy);
        }
    }

    fn differ(&mut self, copy: usize, at: Range<usize>, own: Range<usize>) {
        self.others[copy].push((at, own));
    }

    fn own(&self, copy: usize, range: &Range<usize>) -> String {
        joined(&self.words[copy][range.clone()])
    }

    /// Goes through the base, and through what others have besides it.
    fn passages(mut self) -> Vec<Passage> {
        self.have.iter_mut().for_each(|have| have.sort_unstable());
        let base = &self.words[self.base];
        let mut cuts: Vec<usize> =
            self.others.iter().flatten().flat_map(|(at, _)| [at.start, at.end]).collect();
        cuts.extend((1..base.len()).filter(|at| {
            self.have[*at] != self.have[at - 1] || is_mark(base[*at].text) != is_mark(base[at - 1].text)
        }));
        cuts.extend([0, base.len()]);
        cuts.sort_unstable();
        cuts.dedup();
        let mut passages = Vec::new();
        for (at, start) in cuts.iter().enumerate() {
            self.inserted(*start, &mut passages);
            let Some(end) = cuts.get(at + 1) else { break };
            self.passage(*start..*end, &mut passages);
        }
        passages
    }

    /// What others have between two words of the base.
    fn inserted(&self, place: usize, passages: &mut Vec<Passage>) {
        let mut texts: Vec<(String, Vec<usize>)> = Vec::new();
        for (copy, others) in self.others.iter().enumerate() {
            let first = others.partition_point(|(at, _)| at.start < place);
            let Some((_, own)) =
                others.get(first).filter(|(at, own)| *at == (place..place) && !own.is_empty())
            else {
                continue;
            };
            let text = self.own(copy, own);
            match texts.iter_mut().find(|(other, _)| key(other) == key(&text)) {
                Some((_, copies)) => copies.push(copy),
                None => texts.push((text, vec![copy])),
            }
        }
        for (text, copies) in texts.into_iter().filter(|(text, _)| !is_excision(text)) {
            passages.push(Passage { text, copies, instead: Vec::new(), withheld: false });
        }
    }

    fn passage(&self, range: Range<usize>, passages: &mut Vec<Passage>) {
        let text = self.own(self.base, &range);
        let others = self.others.iter().enumerate().filter_map(|(copy, others)| {
            let behind = others.partition_point(|(at, _)| at.start <= range.start);
            let (at, own) = others.get(behind.checked_sub(1)?)?;
            // A longer stretch that differs is told where it begins.
            let text = if at.start == range.start { self.own(copy, own) } else { String::new() };
            (range.end <= at.end && !range.is_empty()).then_some((copy, text))
        });
        let instead: Vec<(usize, String)> = others.collect();
        let copies = self.have.get(range.start).cloned().unwrap_or_default();
        if !is_excision(&text) {
            passages.push(Passage { text, copies, instead, withheld: false });
            return;
        }
        let full = instead.iter().filter(|(_, text)| !text.trim().is_empty() && !is_excision(text));
        match full.max_by_key(|(_, text)| text.len()) {
            Some((copy, found)) => {
                let found = (*copy, found.clone());
                let mut instead: Vec<_> = instead.into_iter().filter(|other| *other != found).collect();
                instead.extend(copies.into_iter().map(|copy| (copy, text.clone())));
                instead.sort_by_key(|other| other.0);
                let (copy, text) = found;
                passages.push(Passage { text, copies: vec![copy], instead, withheld: false });
            }
            None => passages.push(Passage { text, copies, instead, withheld: true }),
        }
    }
}

fn split(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let mut end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        // `[2 lines not declassified]` is one mark.
        if rest.starts_with('[')
            && let Some(close) = rest.get(..rest.floor_char_boundary(200)).and_then(|near| near.find(']'))
        {
            end = close + 1 + rest[close + 1..].find(char::is_whitespace).unwrap_or(rest.len() - close - 1);
        }
        let space = rest[end..].find(|c: char| !c.is_whitespace()).unwrap_or(rest.len() - end);
        words.push(Word { text: &rest[..end], space: &rest[end..end + space] });
        rest = &rest[end + space..];
    }
    words
}

fn joined(words: &[Word<'_>]) -> String {
    words.iter().flat_map(|word| [word.text, word.space]).collect()
}

/// What tells a word from others: its letters and digits, in lower case.
fn key(word: &str) -> String {
    if is_mark(word) {
        return "[]".to_owned();
    }
    let key: String = word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if key.is_empty() { word.trim().to_owned() } else { key }
}

/// Whether a word is the mark of an excision: `[1 line not declassified]`, `[redacted]`, `████`, `____`, `(b)(1)`.
fn is_mark(word: &str) -> bool {
    let lower = word.to_lowercase();
    let bracketed = lower.starts_with('[') && lower.contains(']');
    let names = [
        "not declassified",
        "redacted",
        "excised",
        "withheld",
        "deleted",
        "sanitized",
        "...",
        "…",
        "omitted",
    ];
    bracketed && names.iter().any(|name| lower.contains(name))
        || word.chars().count() >= 3 && word.chars().all(|c| matches!(c, '█' | '_' | '▇' | '■'))
        || lower.starts_with("(b)(") && lower.len() <= 9
}

fn is_excision(text: &str) -> bool {
    let mut words = split(text).into_iter().peekable();
    words.peek().is_some() && words.all(|word| is_mark(word.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without a limit of time.
    fn collate(copies: &[&str]) -> Vec<Passage> {
        super::collate(copies, None)
    }

    #[test]
    fn time_is_kept_and_no_word_is_lost() {
        let words = |word: &str| (0..3000).map(|n| format!("{word}{n} x")).collect::<Vec<_>>().join(" ");
        let passages = super::collate(&[&words("a"), &words("b")], Some(Instant::now()));
        let text: String =
            passages.iter().filter(|p| p.copies.contains(&0)).map(|p| p.text.as_str()).collect();
        assert_eq!(text.split_whitespace().count(), 6000);
    }

    fn told(copies: &[&str]) -> Vec<(String, Vec<usize>)> {
        collate(copies).into_iter().map(|passage| (passage.text.trim().to_owned(), passage.copies)).collect()
    }

    fn pair(text: &str, copies: &[usize]) -> (String, Vec<usize>) {
        (text.to_owned(), copies.to_vec())
    }

    #[test]
    fn copies_that_agree_are_one_passage() {
        assert_eq!(told(&["The ferry left.", "THE FERRY\nLEFT"]), [pair("The ferry left.", &[0, 1])]);
        assert_eq!(collate(&[]), []);
        assert_eq!(told(&["x"]), [pair("x", &[0])]);
        assert_eq!(told(&["", ""]), []);
    }

    #[test]
    fn what_one_withholds_another_tells() {
        let passages = collate(&[
            "The minister said [2 lines not declassified] and left the harbour at noon.",
            "The minister said the tariff was a bluff and left [1 line not declassified] at noon.",
        ]);
        let text: String = passages.iter().map(|passage| passage.text.as_str()).collect();
        assert_eq!(text, "The minister said the tariff was a bluff and left the harbour at noon.");
        assert!(passages.iter().all(|passage| !passage.withheld), "{passages:?}");
        let bluff = passages.iter().find(|passage| passage.text.contains("bluff")).unwrap();
        assert_eq!(bluff.copies, [1]);
        let harbour = passages.iter().find(|passage| passage.text.contains("harbour")).unwrap();
        assert_eq!((harbour.copies.as_slice(), harbour.instead[0].0), ([0].as_slice(), 1));
    }

    #[test]
    fn what_all_withhold_is_said_to_be_withheld() {
        let passages = collate(&["He said [redacted] today.", "He said [redacted] today."]);
        let withheld: Vec<_> = passages.iter().filter(|passage| passage.withheld).collect();
        assert_eq!((withheld.len(), withheld[0].copies.as_slice()), (1, [0, 1].as_slice()));
    }

    #[test]
    fn other_words_are_told_beside_the_base() {
        let passages = collate(&["The tariff rose by ten per cent.", "The tariff rose by 12 per cent."]);
        let ten = passages.iter().find(|passage| passage.text.trim() == "ten").unwrap();
        assert_eq!(
            (ten.copies.as_slice(), ten.instead.as_slice()),
            ([0].as_slice(), [(1, "12 ".to_owned())].as_slice())
        );
    }

    #[test]
    fn words_that_only_another_has_are_taken_in() {
        assert_eq!(
            told(&["One two three four five.", "One two three", "zero One two three four five."]),
            [pair("zero", &[2]), pair("One two three", &[0, 1, 2]), pair("four five.", &[0, 2])]
        );
    }

    proptest::proptest! {
        #[test]
        fn any_texts_are_collated(copies in proptest::collection::vec("([a-c]|\\[redacted\\]|é|  |\n|___){0,40}", 0..4)) {
            let copies: Vec<&str> = copies.iter().map(String::as_str).collect();
            let passages = collate(&copies);
            for passage in &passages {
                proptest::prop_assert!(!passage.copies.is_empty() && passage.copies.iter().all(|copy| *copy < copies.len()));
            }
        }
    }
}
