//! A small model: a dozen words, of which those with one meaning point one way.

use std::fmt::Write;

/// Words of one meaning stand together; all others point a way of their own.
const MEANINGS: [&[&str]; 6] = [
    &["ferry", "boat", "launch", "vessel"],
    &["tariff", "charges", "toll", "price"],
    &["raised", "increased", "doubled", "went"],
    &["minister", "cabinet", "government"],
    &["lighthouse", "beacon", "lamp"],
    &["the", "of", "a", "for"],
];

/// The numbers of a direction, and how many of them a meaning has for itself: as in a true model, none is large.
const DIMENSIONS: usize = 256;
const SPREAD: usize = 32;

/// The table of weights and the tokenizer.
pub(crate) fn model() -> (Vec<u8>, Vec<u8>) {
    let words: Vec<(&str, usize)> = MEANINGS
        .iter()
        .enumerate()
        .flat_map(|(at, words)| words.iter().map(move |word| (*word, at)))
        .collect();
    let mut vocabulary = "\"[UNK]\": 0".to_owned();
    let mut numbers: Vec<f32> = vec![0.0; DIMENSIONS];
    // What isn't known, and what only joins, says little.
    numbers[DIMENSIONS - SPREAD..].fill(0.1);
    for (at, (word, meaning)) in words.iter().enumerate() {
        write!(vocabulary, ", \"{word}\": {}", at + 1).unwrap();
        let mut row = vec![0.0; DIMENSIONS];
        let length = if *meaning == MEANINGS.len() - 1 { 0.1 } else { 1.0 };
        row[meaning * SPREAD..(meaning + 1) * SPREAD].fill(length);
        numbers.extend(row);
    }
    let tokenizer = format!(
        r#"{{"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
            "normalizer": {{"type": "Lowercase"}}, "pre_tokenizer": {{"type": "Whitespace"}},
            "post_processor": null, "decoder": null,
            "model": {{"type": "WordLevel", "vocab": {{{vocabulary}}}, "unk_token": "[UNK]"}}}}"#
    );
    let data: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    let (rows, bytes) = (words.len() + 1, data.len());
    let mut head = format!(
        r#"{{"embedding.weight":{{"dtype":"F32","shape":[{rows},{DIMENSIONS}],"data_offsets":[0,{bytes}]}}}}"#
    );
    while head.len() % 8 > 0 {
        head.push(' ');
    }
    let mut weights = (head.len() as u64).to_le_bytes().to_vec();
    weights.extend(head.as_bytes());
    weights.extend(data);
    (weights, tokenizer.into_bytes())
}
