//! What a word is: one rule, for the texts, the queries, and the marks in snippets.
//!
//! A word is a run of letters and digits, in lower case, without accents. `AT&T` is two words, and so
//! is `1.4(b)` three; a query for either asks for them side by side.

use tantivy::tokenizer::{AsciiFoldingFilter, RawTokenizer, TextAnalyzer, Token, TokenStream, Tokenizer};

/// Longer words are cut, in texts and in queries alike, so that they are still found.
const WORD_BYTES_MAX: usize = 255;

/// The name under which the index knows the rule.
pub(crate) const WORDS: &str = "words";

/// The rule, as the index wants it.
pub(crate) fn analyzer() -> TextAnalyzer {
    let folding = TextAnalyzer::builder(RawTokenizer::default()).filter(AsciiFoldingFilter).build();
    TextAnalyzer::from(Words { token: Token::default(), folding })
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

#[derive(Clone)]
struct Words {
    token: Token,
    /// Takes the accents from the few words that have any.
    folding: TextAnalyzer,
}

struct WordStream<'a> {
    text: &'a str,
    at: usize,
    token: &'a mut Token,
    folding: &'a mut TextAnalyzer,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.token.reset();
        WordStream { text, at: 0, token: &mut self.token, folding: &mut self.folding }
    }
}

impl WordStream<'_> {
    /// From `start` on, the first place where being in a word is as asked for, or the end.
    fn skip(&self, start: usize, within: bool) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = start;
        while let Some(byte) = bytes.get(at) {
            if byte.is_ascii() {
                if byte.is_ascii_alphanumeric() != within {
                    return at;
                }
                at += 1;
                continue;
            }
            match self.text[at..].chars().next() {
                Some(character) if character.is_alphanumeric() == within => at += character.len_utf8(),
                _ => return at,
            }
        }
        at
    }

    /// The word at `start..end`, in lower case, without accents, cut to what a word may have.
    fn take(&mut self, start: usize, end: usize) {
        let mut cut = end.min(start + WORD_BYTES_MAX);
        while !self.text.is_char_boundary(cut) {
            cut -= 1;
        }
        let word = &self.text[start..cut];
        let text = &mut self.token.text;
        text.clear();
        if word.is_ascii() {
            text.push_str(word);
            text.make_ascii_lowercase();
        } else {
            let lower = word.to_lowercase();
            self.folding.token_stream(&lower).process(&mut |token| text.push_str(&token.text));
        }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        self.token.position = self.token.position.wrapping_add(1);
        let start = self.skip(self.at, false);
        let end = self.skip(start, true);
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
    fn a_long_word_is_cut_and_still_one_word() {
        let got = words_with_spans(&"x".repeat(1000));
        assert_eq!((got.len(), got[0].0.len(), got[0].2), (1, WORD_BYTES_MAX, 1000));
    }
}
