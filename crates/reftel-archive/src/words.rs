//! What a word is: one rule, for the texts, the queries, and the marks in snippets.
//!
//! A word is a run of letters and digits, in lower case, without accents. `AT&T` is two words, and so
//! is `1.4(b)` three; a query for either asks for them side by side.

use tantivy::tokenizer::{AsciiFoldingFilter, TextAnalyzer, Token, TokenStream, Tokenizer};

/// Longer words are cut, in texts and in queries alike, so that they are still found.
const WORD_BYTES_MAX: usize = 255;

/// The name under which the index knows the rule.
pub(crate) const WORDS: &str = "words";

/// The rule, as the index wants it.
pub(crate) fn analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(Words::default()).filter(AsciiFoldingFilter).build()
}

/// The words of `text`, in order.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    analyzer().token_stream(text).process(&mut |token| words.push(token.text.clone()));
    words
}

/// The words of `text`, in order, each with its bytes.
pub(crate) fn words_with_spans(text: &str) -> Vec<(String, usize, usize)> {
    let mut words = Vec::new();
    analyzer()
        .token_stream(text)
        .process(&mut |token| words.push((token.text.clone(), token.offset_from, token.offset_to)));
    words
}

#[derive(Clone, Default)]
struct Words {
    token: Token,
}

struct WordStream<'a> {
    text: &'a str,
    at: usize,
    token: &'a mut Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.token.reset();
        WordStream { text, at: 0, token: &mut self.token }
    }
}

impl WordStream<'_> {
    /// The character at `at`, and where the next one starts; most are one byte.
    fn character(&self, at: usize) -> Option<(char, usize)> {
        let byte = *self.text.as_bytes().get(at)?;
        if byte.is_ascii() {
            return Some((char::from(byte), at + 1));
        }
        let character = self.text[at..].chars().next()?;
        Some((character, at + character.len_utf8()))
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        self.token.text.clear();
        self.token.position = self.token.position.wrapping_add(1);
        let mut start = self.at;
        while let Some((character, next)) = self.character(self.at) {
            let part_of_word = character.is_alphanumeric();
            if part_of_word && self.token.text.len() < WORD_BYTES_MAX {
                if self.token.text.is_empty() {
                    start = self.at;
                }
                if character.is_ascii() {
                    self.token.text.push(character.to_ascii_lowercase());
                } else {
                    self.token.text.extend(character.to_lowercase());
                }
            }
            if !part_of_word && !self.token.text.is_empty() {
                break;
            }
            self.at = next;
        }
        self.token.offset_from = start;
        self.token.offset_to = self.at;
        !self.token.text.is_empty()
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
