//! What stands in an input and isn't in the print of its record.

use std::collections::BTreeSet;

use crate::marking::{self, Noise};
use crate::source::Source;
use crate::{Span, clean};

/// Words of the form itself, which a print may have otherwise.
const FORM: &[&str] = &[
    "ACTION",
    "BT",
    "BY",
    "CLASSIFIED",
    "DECL",
    "DECLAS",
    "E",
    "EO",
    "FM",
    "FOR",
    "FROM",
    "INFO",
    "NNNN",
    "O",
    "PASS",
    "PLEASE",
    "PLS",
    "REASON",
    "REASONS",
    "REF",
    "REFERENCE",
    "REFERENCES",
    "REFS",
    "REFTEL",
    "REFTELS",
    "SUBJ",
    "SUBJECT",
    "TAGS",
    "TO",
    "UPON",
];

/// The lines of an input that have a word which its print has nowhere: what no field of a record was read from,
/// and what was repaired. Page lines, banners, stamps and line breaks don't count.
///
/// `printed` is the print of all that was read from `text`. Places are bytes of `text`, without the white space
/// at either end of the line.
pub fn left_out(text: &str, printed: &str) -> Vec<Span> {
    let cleaned = clean::clean(text);
    let source = Source::new(&cleaned.text);
    let noise = marking::noise(&source, 0..source.lines.len());
    let known: BTreeSet<String> = words(printed).collect();
    let mut list = Vec::new();
    for (index, kind) in noise.iter().enumerate() {
        let passed = kind.is_some_and(|kind| kind != Noise::Validation);
        let line = source.line(index);
        let missing = |word: &String| !known.contains(word) && !FORM.contains(&word.as_str());
        if !passed && words(line).any(|word| missing(&word)) {
            list.push(cleaned.map.span(source.span(line)));
        }
    }
    list
}

/// Words and numbers in capitals, numbers without zeros in front. A word of single letters is one word.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(|word| {
        let word = word.to_uppercase();
        let digits = word.bytes().all(|b| b.is_ascii_digit());
        if digits { word.trim_start_matches('0').to_owned() } else { word }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Context, parse, write};

    #[test]
    fn words_of_no_field_are_found() {
        assert!(FORM.is_sorted());
        let text = "R 101530Z MAR 79\nFM AMEMBASSY LISBON\nTO SECSTATE WASHDC\nBT\n\
                    UNCLAS LISBON 1234 MINIMIZE CONSIDERED\nSUBJ: FERRIES\nREF: STATE 56\n1. NO CHANGE.\nDOE\nBT\nNNNN\n";
        let record = parse(text, &Context::default()).into_record();
        let printed = write::print(&record, record.dialect);
        let found: Vec<&str> =
            left_out(text, &printed.text).into_iter().map(|span| &text[span.range()]).collect();
        assert_eq!(found, ["UNCLAS LISBON 1234 MINIMIZE CONSIDERED"]);
    }
}
