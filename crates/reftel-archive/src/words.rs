//! What a word is: one rule, for the texts, the queries, and the marks in snippets.
//!
//! A word is a run of letters and digits, in lower case, without accents. `AT&T` is two words, and so
//! is `1.4(b)` three; a query for either asks for them side by side.

use tantivy::tokenizer::{AsciiFoldingFilter, RawTokenizer, TextAnalyzer, Token, TokenStream, Tokenizer};

/// Longer words are cut, in texts and in queries alike, so that they are still found.
const WORD_BYTES_MAX: usize = 255;

/// The name under which the index knows the rule.
pub(crate) const WORDS: &str = "words";

/// The name under which the index knows the rule for whole texts: the same words, and where sentences and
/// paragraphs end.
pub(crate) const TEXT: &str = "text";

/// What stands at the place of the last word of a sentence, and of a paragraph. No text has such a word.
pub(crate) const SENTENCE_END: &str = "\u{1}s";
pub(crate) const PARAGRAPH_END: &str = "\u{1}p";

/// Words that a point behind them shortens, and ends no sentence.
const SHORTENED: &[&str] = &[
    "adm", "amb", "art", "brig", "capt", "cf", "co", "col", "corp", "dept", "dr", "eg", "etc", "fig", "fm",
    "gen", "gov", "govt", "hon", "ie", "inc", "jr", "lt", "ltd", "maj", "messrs", "mm", "mr", "mrs", "ms",
    "mt", "no", "nos", "para", "paras", "pp", "pres", "prof", "ref", "refs", "rep", "rev", "sec", "sen",
    "sgt", "sr", "st", "viz", "vol", "vs",
];

/// The rule, as the index wants it.
pub(crate) fn analyzer() -> TextAnalyzer {
    rule(false)
}

/// The rule for whole texts.
pub(crate) fn text_analyzer() -> TextAnalyzer {
    rule(true)
}

fn rule(ends: bool) -> TextAnalyzer {
    let folding = TextAnalyzer::builder(RawTokenizer::default()).filter(AsciiFoldingFilter).build();
    TextAnalyzer::from(Words {
        marks: Vec::new(),
        lower: String::new(),
        token: Token::default(),
        folding,
        ends,
    })
}

/// The words of `text`, in order.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    analyzer().token_stream(text).process(&mut |token| words.push(token.text.clone()));
    words
}

/// Each word of `text`, in order, with where it starts and ends.
pub(crate) fn each(text: &str, each: &mut dyn FnMut(&str, usize, usize)) {
    let mut analyzer = analyzer();
    analyzer.token_stream(text).process(&mut |token| each(&token.text, token.offset_from, token.offset_to));
}

/// Most of an import's time goes by in words, so a text is looked through twice without a branch for each byte:
/// once for what belongs to words, a bit a byte, and once for lower case.
#[derive(Clone)]
struct Words {
    /// A bit for each byte of the text, from the lowest up: whether it is in a word.
    marks: Vec<u64>,
    /// The text with its A–Z in lower case.
    lower: String,
    token: Token,
    /// Takes the accents from the few words that have any.
    folding: TextAnalyzer,
    /// Whether ends of sentences and paragraphs are told.
    ends: bool,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.token.reset();
        self.lower.clear();
        self.lower.push_str(text);
        self.lower.make_ascii_lowercase();
        let ascii = text.is_ascii();
        mark(&self.lower, ascii, &mut self.marks);
        WordStream {
            text: &self.lower,
            ascii,
            marks: &self.marks,
            at: 0,
            token: &mut self.token,
            folding: &mut self.folding,
            ends: self.ends,
            ending: [None; 2],
        }
    }
}

/// Marks each byte of `text` that is in a word.
fn mark(text: &str, ascii: bool, marks: &mut Vec<u64>) {
    marks.clear();
    marks.extend(text.as_bytes().chunks(64).map(|bytes| {
        let mut padded = [0; 64];
        padded[..bytes.len()].copy_from_slice(bytes);
        let (eights, _) = padded.as_chunks();
        eights.iter().rev().fold(0, |mask, eight| mask << 8 | mark_eight(u64::from_le_bytes(*eight)))
    }));
    if ascii {
        return;
    }
    for (start, character) in text.char_indices() {
        if !character.is_ascii() && character.is_alphanumeric() {
            for at in start..start + character.len_utf8() {
                marks[at / 64] |= 1 << (at % 64);
            }
        }
    }
}

/// A bit for each of eight bytes: whether it is one of `0`–`9` and `a`–`z`.
///
/// All eight at once: each byte's top bit tells whether it, without its own top bit, reaches a bound.
fn mark_eight(bytes: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    const TOPS: u64 = ONES << 7;
    let low = bytes & !TOPS;
    let reaches = |bound: u8| low + ONES * u64::from(128 - bound);
    let digit = reaches(b'0') & !reaches(b'9' + 1);
    let letter = reaches(b'a') & !reaches(b'z' + 1);
    let tops = (digit | letter) & !bytes & TOPS;
    // The eight top bits, side by side.
    (tops >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

struct WordStream<'a> {
    text: &'a str,
    ascii: bool,
    marks: &'a [u64],
    at: usize,
    token: &'a mut Token,
    folding: &'a mut TextAnalyzer,
    ends: bool,
    /// What is still to tell before the next word.
    ending: [Option<&'static str>; 2],
}

impl WordStream<'_> {
    /// From `start` on, the first place where being in a word is as asked for, or the end.
    fn find(&self, start: usize, within: bool) -> usize {
        let mut from = start % 64;
        for (chunk, marks) in self.marks.iter().enumerate().skip(start / 64) {
            let wanted = if within { *marks } else { !*marks } & (u64::MAX << from);
            if wanted != 0 {
                return self.text.len().min(chunk * 64 + wanted.trailing_zeros() as usize);
            }
            from = 0;
        }
        self.text.len()
    }

    /// Tells an end that was found before the next word.
    fn tell_end(&mut self) -> bool {
        let Some(end) = self.ending.iter_mut().find_map(Option::take) else { return false };
        self.token.text.clear();
        self.token.text.push_str(end);
        self.token.offset_from = self.token.offset_to;
        true
    }

    /// What ends between the word that was told last and the next one.
    fn endings(&self, gap: &str) -> [Option<&'static str>; 2] {
        let blank_line =
            gap.split('\n').skip(1).filter(|line| line.trim().is_empty()).count() > 1 || gap.contains("\n\n");
        if blank_line {
            return [Some(SENTENCE_END), Some(PARAGRAPH_END)];
        }
        let ends = match gap.as_bytes().first() {
            Some(b'?' | b'!') => true,
            Some(b'.') => self.token.text.len() > 1 && !SHORTENED.contains(&self.token.text.as_str()),
            _ => false,
        };
        let behind = gap.trim_start_matches(['.', '?', '!', '"', '\'', ')', ']']);
        let apart = behind.starts_with(char::is_whitespace);
        [(ends && apart).then_some(SENTENCE_END), None]
    }

    /// The word at `start..end`, without accents, cut to what a word may have.
    fn take(&mut self, start: usize, end: usize) {
        let mut cut = end.min(start + WORD_BYTES_MAX);
        while !self.text.is_char_boundary(cut) {
            cut -= 1;
        }
        let word = &self.text[start..cut];
        let text = &mut self.token.text;
        text.clear();
        if self.ascii || word.is_ascii() {
            text.push_str(word);
        } else {
            let lower = word.to_lowercase();
            self.folding.token_stream(&lower).process(&mut |token| text.push_str(&token.text));
        }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        if self.tell_end() {
            return true;
        }
        let start = self.find(self.at, true);
        // Most words are a blank apart, and nothing ends there.
        if self.ends && self.at > 0 && start > self.at + 1 && start < self.text.len() {
            self.ending = self.endings(&self.text[self.at..start]);
            self.at = start;
            if self.tell_end() {
                return true;
            }
        }
        self.token.position = self.token.position.wrapping_add(1);
        let end = self.find(start, false);
        self.at = end;
        if end == start {
            return false;
        }
        self.take(start, end);
        self.token.offset_from = start;
        self.token.offset_to = end;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_a_run_of_letters_and_digits() {
        for (text, want) in [
            ("", vec![]),
            ("  -- ", vec![]),
            ("Ferry TARIFF.", vec!["ferry", "tariff"]),
            ("AT&T 1.4(b)", vec!["at", "t", "1", "4", "b"]),
            ("São Tomé", vec!["sao", "tome"]),
            ("VALDORIA's", vec!["valdoria", "s"]),
            ("Straße", vec!["strasse"]),
        ] {
            assert_eq!(words(text), want, "{text:?}");
        }
    }

    #[test]
    fn ends_stand_at_the_place_of_the_last_word() {
        let mut told = Vec::new();
        let text = "MR. DOE of the U.S. Mission left. He (Doe?) \"rose.\" 1.4 to\ngo.\n\nEnd. Now";
        text_analyzer()
            .token_stream(text)
            .process(&mut |token| told.push((token.text.clone(), token.position)));
        let ends: Vec<_> = told.iter().filter(|(word, _)| word.starts_with('\u{1}')).collect();
        let at = |end: &str| ends.iter().filter(|(word, _)| word == end).map(|end| end.1).collect::<Vec<_>>();
        let place = |word: &str| told.iter().find(|told| told.0 == word).unwrap().1;
        assert_eq!(
            at(SENTENCE_END),
            [place("left"), place("doe") + 8, place("rose"), place("go"), place("end")]
        );
        assert_eq!(at(PARAGRAPH_END), [place("go")]);
        let words: Vec<_> = told.iter().filter(|told| !told.0.starts_with('\u{1}')).map(|w| w.1).collect();
        assert!(words.iter().enumerate().all(|(index, place)| index == *place), "{words:?}");
    }

    fn words_with_spans(text: &str) -> Vec<(String, usize, usize)> {
        let mut words = Vec::new();
        each(text, &mut |word, start, end| words.push((word.to_owned(), start, end)));
        words
    }

    #[test]
    fn words_know_their_bytes() {
        let text = "é (Ferry) x";
        let got: Vec<&str> = words_with_spans(text).iter().map(|w| &text[w.1..w.2]).collect();
        assert_eq!(got, ["é", "Ferry", "x"]);
    }

    #[test]
    fn eight_bytes_are_marked_as_one_is() {
        for byte in 0..=u8::MAX {
            for at in 0..8 {
                for others in [0, b'a', b'/', b'{', 0x80, 0xff] {
                    let mut bytes = [others; 8];
                    bytes[at] = byte;
                    let want = bytes.iter().rev().fold(0, |mask, byte| {
                        mask << 1 | u64::from(byte.is_ascii_lowercase() || byte.is_ascii_digit())
                    });
                    assert_eq!(mark_eight(u64::from_le_bytes(bytes)), want, "{bytes:?}");
                }
            }
        }
    }

    #[test]
    fn words_lie_anywhere() {
        let rule = |text: &str| -> Vec<String> {
            let runs = text.split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty());
            runs.map(|run| run.to_lowercase().replace('é', "e")).collect()
        };
        for before in 0..140 {
            for word in ["x", "Ferry", "É", "éTé1", &"W".repeat(64), &"w".repeat(130)] {
                let text = format!("{}{word}, {word}.{word}", "-".repeat(before));
                assert_eq!(words(&text), rule(&text), "{text:?}");
                let text = format!("{}{word}", "a ".repeat(before));
                assert_eq!(words(&text), rule(&text), "{text:?}");
            }
        }
    }

    #[test]
    fn a_long_word_is_cut_and_still_one_word() {
        let got = words_with_spans(&"x".repeat(1000));
        assert_eq!((got.len(), got[0].0.len(), got[0].2), (1, WORD_BYTES_MAX, 1000));
    }
}
