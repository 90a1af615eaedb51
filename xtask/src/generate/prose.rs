//! Sentences, paragraphs and subjects in the manner of a telegram, about nothing that ever happened.

use super::random::Random;
use super::words::{
    ADJECTIVES, ADVERBS, CONNECTORS, NOUNS, OPENERS, PREPOSITIONS, SAYING, SUBJECTS, VERBS, push_name,
};

/// Words and phrases put into a known number of telegrams, and in how many of a million.
///
/// The single words occur nowhere else. The words of the phrases do, but never beside one another:
/// no sentence puts two nouns side by side.
pub const PLANTED: [(&str, u64); 5] = [
    ("harbourmaster", 300_000),
    ("lanternfish", 20_000),
    ("quillmark", 40),
    ("ferry tariff", 30_000),
    ("lighthouse quota", 400),
];

const DETERMINERS: [&str; 12] =
    ["the", "the", "the", "its", "this", "any", "their", "our", "each", "that", "one", "some"];

/// How a planted word is said.
const SAID: [(&str, &str); 4] = [
    ("The ", " was raised again."),
    ("Our interlocutor mentioned the ", " twice."),
    ("Nothing was said about the ", " this time."),
    ("On the ", " there is no change to report."),
];

/// Paragraphs of about `bytes` bytes together, each in one line. What is planted opens a paragraph,
/// so that no page line comes between its words.
pub(crate) fn paragraphs(random: &mut Random, bytes: usize, planted: &[&str]) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let mut planted = planted.iter();
    let mut written = 0;
    while written < bytes {
        let mut text = String::with_capacity(1024);
        if let Some(what) = planted.next() {
            let (before, after) = random.pick(&SAID);
            text.extend([before, what, after, " "]);
        }
        let end = 250 + random.index(600);
        while text.len() < end {
            sentence(random, &mut text);
            text.push(' ');
        }
        text.pop();
        written += text.len();
        paragraphs.push(text);
    }
    for what in planted {
        paragraphs.push(format!("{}{what}{}", SAID[0].0, SAID[0].1));
    }
    paragraphs
}

/// A subject line: `NORTHMARK: RECENT TREATY AND LOCAL PIPELINE`.
pub(crate) fn subject(random: &mut Random, post: &str) -> String {
    let mut phrase = || format!("{} {}", ADJECTIVES.draw(random), NOUNS.draw(random));
    format!("{post}: {} and {}", phrase(), phrase()).to_ascii_uppercase()
}

/// A surname.
pub(crate) fn surname(random: &mut Random) -> String {
    let mut name = String::new();
    push_name(random, &mut name);
    name
}

fn sentence(random: &mut Random, out: &mut String) {
    let start = out.len();
    if random.chance(200) {
        push(out, OPENERS.draw(random));
    }
    clause(random, out);
    if random.chance(450) {
        push(out, CONNECTORS.draw(random));
        clause(random, out);
    }
    out.push('.');
    let first = start + usize::from(out[start..].starts_with(' '));
    if let Some(initial) = out.get_mut(first..=first) {
        initial.make_ascii_uppercase();
    }
}

fn clause(random: &mut Random, out: &mut String) {
    match random.below(10) {
        0..3 => push(out, SUBJECTS.draw(random)),
        3..8 => noun_phrase(random, out),
        _ => {
            push(out, random.pick(&["Minister", "Ambassador", "Director", "Mr.", "Mrs.", "General"]));
            push(out, "");
            push_name(random, out);
        }
    }
    if random.chance(150) {
        push(out, ADVERBS.draw(random));
    }
    if random.chance(200) {
        push(out, SAYING.draw(random));
        push(out, "that");
        push(out, SUBJECTS.draw(random));
        push(out, random.pick(&["had", "had not", "would have", "should have", "has", "could have"]));
    }
    push(out, VERBS.draw(random));
    noun_phrase(random, out);
    if random.chance(600) {
        push(out, PREPOSITIONS.draw(random));
        noun_phrase(random, out);
    }
    if random.chance(120) {
        figure(random, out);
    }
}

fn noun_phrase(random: &mut Random, out: &mut String) {
    push(out, random.pick(&DETERMINERS));
    if random.chance(450) {
        push(out, ADJECTIVES.draw(random));
    }
    push(out, NOUNS.draw(random));
    if random.chance(120) {
        push(out, "in ");
        push_name(random, out);
    } else if random.chance(250) {
        push(out, "of the");
        push(out, NOUNS.draw(random));
    }
}

/// Money, a share, a date: what makes reports long.
fn figure(random: &mut Random, out: &mut String) {
    let number = 1 + random.below(90) * random.below(120);
    let text = match random.below(4) {
        0 => format!("at a cost of {number} million dollars"),
        1 => format!("by {} percent", 1 + number % 97),
        2 => format!("for {number} metric tons"),
        _ => {
            let month = random.pick(&["January", "March", "May", "June", "September", "November"]);
            format!("on {month} {}", 1 + number % 28)
        }
    };
    push(out, &text);
}

/// Appends a word with the space before it.
fn push(out: &mut String, word: &str) {
    if !out.is_empty() && !out.ends_with(' ') && !word.starts_with([',', ';']) {
        out.push(' ');
    }
    out.push_str(word);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planted_words_occur_once_where_planted_and_nowhere_else() {
        let mut random = Random::new(11);
        for (what, _) in PLANTED {
            let with = paragraphs(&mut random, 4000, &[what]).concat();
            assert_eq!(with.matches(what).count(), 1, "{what}");
        }
        let without = paragraphs(&mut random, 400_000, &[]).concat().to_lowercase();
        for (what, _) in PLANTED {
            assert!(!without.contains(what), "{what} occurs by chance");
        }
        assert!(without.contains("ferry") && without.contains("tariff"), "the phrase's words are common");
    }

    #[test]
    fn a_text_is_as_long_as_asked() {
        let mut random = Random::new(5);
        for bytes in [300, 5000, 12_000] {
            let written: usize = paragraphs(&mut random, bytes, &[]).iter().map(String::len).sum();
            assert!((bytes..bytes + 1300).contains(&written), "asked {bytes}, written {written}");
        }
    }
}
