//! A printed telegram as the line carries it: ends of lines, shifts, the functions that end a message.
//!
//! Source: ACP 127(G) ¶138 (CR CR LF behind a line, none behind the last; three line feeds more before a page; the end
//! of a message: CR CR, eight line feeds, `NNNN`, twelve LTRS), ¶140 (the alphabet), ¶151b (five bells before a FLASH).

use super::draft::{Charset, in_ita2};

/// Letters follow, in ITA 2.
const LTRS: char = '\u{1f}';

/// Figures follow.
const FIGS: char = '\u{1b}';

const END_OF_LINE: &str = "\r\r\n";

/// A character that the circuit can't carry: the line of the print, from 1, and the character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uncarried {
    /// The line.
    pub line: usize,
    /// The character.
    pub char: char,
}

/// A text in the characters of a circuit, line for line, and what nothing stands for. `open` is whether a quotation is.
pub(super) fn in_charset(text: &str, charset: Charset, open: &mut bool) -> (String, Vec<Uncarried>) {
    let mut out = String::with_capacity(text.len());
    let mut refused = Vec::new();
    for (number, line) in (1..).zip(text.split('\n')) {
        if number > 1 {
            out.push('\n');
        }
        // The number sign of format lines 3 and 15 is State's, on either circuit.
        if line.starts_with("DE ") || line.starts_with('#') && line[1..].bytes().all(|b| b.is_ascii_digit()) {
            out.push_str(line);
            continue;
        }
        for char in line.chars() {
            match charset.character(char, open) {
                Some(sent) => out.push_str(&sent),
                None => refused.push(Uncarried { line: number, char }),
            }
        }
    }
    (out, refused)
}

/// A print, whose lines end in line feeds, as it goes over the line. `page` tells the line in front of a page.
///
/// Transmissions of one telegram stand below one another: between two there is an end of line, which no machine prints.
pub(super) fn wire(text: &str, charset: Charset, page: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(text.len() * 9 / 8 + 64);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line == "NNNN" || line == "NNN" {
            out.push_str("\r\r\n\n\n\n\n\n\n\n");
            out.push_str(line);
            if charset == Charset::Ita2 {
                out.extend(std::iter::repeat_n(LTRS, 12));
            }
            if lines.peek().is_some() {
                out.push_str(END_OF_LINE);
            }
            continue;
        }
        if page(line) {
            out.push_str("\n\n\n");
        }
        if line.starts_with("ZZ ") {
            out.push_str("\u{7}\u{7}\u{7}\u{7}\u{7}");
        }
        out.push_str(line);
        if !lines.peek().is_some_and(|next| matches!(*next, "NNNN" | "NNN")) {
            out.push_str(END_OF_LINE);
        }
    }
    if charset == Charset::Ita2 { shifted(&out) } else { out }
}

/// Puts the shifts of ITA 2 between letters and figures. A message begins in letters.
fn shifted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 5 / 4);
    let mut figures = false;
    for char in text.chars() {
        let own = match char {
            'A'..='Z' => Some(false),
            ' ' | '\r' | '\n' | LTRS => None,
            _ => Some(true),
        };
        if char == LTRS {
            figures = false;
        }
        if let Some(own) = own.filter(|own| *own != figures) {
            out.push(if own { FIGS } else { LTRS });
            figures = own;
        }
        out.push(char);
    }
    debug_assert!(out.chars().all(|c| in_ita2(c) || "\r#\u{7}\u{1b}\u{1f}".contains(c)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_stand_where_they_belong() {
        let text = "ZZ RUEHC\nDE RUEHVX #1000\nBT\nUNCLAS\nPAGE 2\nA\nBT\n#1000\nNNNN\nVZCZC\nNNNN\n";
        let wire = wire(text, Charset::Ascii, |line| line.starts_with("PAGE "));
        assert_eq!(
            wire,
            "\u{7}\u{7}\u{7}\u{7}\u{7}ZZ RUEHC\r\r\nDE RUEHVX #1000\r\r\nBT\r\r\nUNCLAS\r\r\n\n\n\n\
             PAGE 2\r\r\nA\r\r\nBT\r\r\n#1000\r\r\n\n\n\n\n\n\n\nNNNN\r\r\n\
             VZCZC\r\r\n\n\n\n\n\n\n\nNNNN"
        );
    }

    #[test]
    fn shifts_stand_between_letters_and_figures() {
        assert_eq!(shifted("R 101530Z MAR 79, A"), "R \u{1b}101530\u{1f}Z MAR \u{1b}79, \u{1f}A");
        let sent = |text: &str| in_charset(text, Charset::Ita2, &mut false);
        assert_eq!(sent("A\n[B] %\n~\n").1, [Uncarried { line: 3, char: '~' }]);
        let text = "DE RUEHVX #1000\nSaid \"so\nit is\"\n#1000\n";
        let same = "DE RUEHVX #1000\nSAID QUOTE SO\nIT IS UNQUOTE\n#1000\n";
        assert_eq!(sent(text), (same.to_owned(), vec![]));
    }
}
