//! Section labels: `SECTION 01 OF 04`, `FINAL SECTION OF 04`, and their damaged forms.

use crate::datetime::words;

/// A section label found in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) number: u32,
    pub(crate) total: u32,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether the word SECTION is damaged.
    pub(crate) damaged: bool,
}

/// Finds a section label in a line.
pub(crate) fn find(line: &str) -> Option<Label> {
    let list: Vec<(usize, &str)> = words(line).take(16).collect();
    let text = |index: usize| list.get(index).map_or("", |word| word.1);
    let number = |word: &str| word.parse::<u32>().ok().filter(|n| *n < 100);
    if let Some(label) = fused(&list) {
        return Some(label);
    }
    for (index, &(start, word)) in list.iter().enumerate() {
        if !is_section_word(word) {
            continue;
        }
        let damaged = word != "SECTION" && word != "Section";
        let end = |index: usize| list[index].0 + list[index].1.len();
        if (text(index + 2) == "OF" || text(index + 2) == "of")
            && let (Some(number), Some(total)) = (number(text(index + 1)), number(text(index + 3)))
        {
            return Some(Label { number, total, start, end: end(index + 3), damaged });
        }
        if text(index + 1) == "OF"
            && index > 0
            && text(index - 1) == "FINAL"
            && let Some(total) = number(text(index + 2))
        {
            return Some(Label {
                number: total,
                total,
                start: list[index - 1].0,
                end: end(index + 2),
                damaged,
            });
        }
    }
    None
}

/// `SECTION01OF02VALDORIA`: the spaces lost.
fn fused(list: &[(usize, &str)]) -> Option<Label> {
    list.iter().find_map(|&(start, word)| {
        let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
        let rest = word.get(letters..).filter(|_| is_section_word(&word[..letters]))?;
        let (number, rest) = split_digits(rest)?;
        let (total, rest) = split_digits(rest.strip_prefix("OF")?)?;
        Some(Label { number, total, start, end: start + word.len() - rest.len(), damaged: true })
    })
}

fn split_digits(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    Some((text[..digits].parse().ok().filter(|n| *n < 100)?, &text[digits..]))
}

/// SECTION with at most one letter lost, added or wrong.
pub(crate) fn is_section_word(word: &str) -> bool {
    const WANT: &[u8] = b"SECTION";
    let word = word.as_bytes();
    if word.eq_ignore_ascii_case(WANT) {
        return true;
    }
    if !(6..=8).contains(&word.len()) {
        return false;
    }
    let same = word.iter().zip(WANT).take_while(|(a, b)| a == b).count();
    let (rest, want) = (&word[same..], &WANT[same..]);
    match word.len() {
        6 => rest == &want[1..],
        7 => rest.get(1..) == want.get(1..),
        _ => rest.get(1..) == Some(want),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_their_damages() {
        let of = |line: &str| find(line).map(|label| (label.number, label.total, label.damaged));
        assert_eq!(of("UNCLAS SECTION 01 OF 04 VALDORIA 1"), Some((1, 4, false)));
        assert_eq!(of("FINAL SECTION OF 04 VALDORIA 1"), Some((4, 4, false)));
        assert_eq!(of("FINAL SECTION 1 OF 2"), Some((1, 2, false)));
        assert_eq!(of("UNCLAS SCTION 01 OF 04"), Some((1, 4, true)));
        assert_eq!(of("UNCLAS SECTIKN 02 OF 04"), Some((2, 4, true)));
        assert_eq!(of("UNCLAS SESSION 01 OF 04"), None);
        assert_eq!(of("THE SECTION OF THE REPORT"), None);
    }
}
