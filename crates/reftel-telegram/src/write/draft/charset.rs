//! The characters that a circuit carries, and what is sent in place of the others.

use crate::Span;

/// What a circuit carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    /// International telegraph alphabet 2: capitals, figures, and `- ? : ( ) . , /`.
    ///
    /// Source: ACP 127(G) ¶134, ¶140.
    Ita2,
    /// US-ASCII, as State's terminals have it: small letters and the other signs too.
    #[default]
    Ascii,
}

/// A character or a run of small letters that isn't sent as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// As typed.
    pub before: String,
    /// As sent.
    pub after: String,
    /// Bytes of the draft.
    pub span: Span,
}

impl Replacement {
    /// Whether capitals are sent for small letters, and nothing else changes.
    pub fn is_case(&self) -> bool {
        self.before != self.after && self.before.to_ascii_uppercase() == self.after
    }
}

/// Signs that neither alphabet has, or that have another form in print, and what is sent for them.
const TYPOGRAPHY: &[(&str, &str)] = &[
    ("\u{a0}\u{2002}\u{2003}\u{2009}\u{202f}\t", " "),
    ("‘’‚′´`", "'"),
    ("“”„″«»", "\""),
    ("‐‑‒–−", "-"),
    ("—―", "--"),
    ("…", "..."),
    ("•·", "-"),
    ("€", "EUR "),
    ("£", "GBP "),
    ("¥", "JPY "),
    ("§", "SECTION "),
    ("¶", "PARA "),
    ("°", " DEGREES"),
    ("½", "1/2"),
    ("¼", "1/4"),
    ("¾", "3/4"),
    ("×", "x"),
    ("©", "(c)"),
];

/// Letters with signs, and letters of other Latin alphabets: first the letter that is sent.
const LETTERS: &[(&str, &str)] = &[
    ("A", "ÀÁÂÃÅĀĂĄ"),
    ("AE", "ÄÆ"),
    ("C", "ÇĆĈĊČ"),
    ("D", "ĎĐÐ"),
    ("E", "ÈÉÊËĒĔĖĘĚ"),
    ("G", "ĜĞĠĢ"),
    ("H", "ĤĦ"),
    ("I", "ÌÍÎÏĨĪĬĮİ"),
    ("J", "Ĵ"),
    ("K", "Ķ"),
    ("L", "ĹĻĽĿŁ"),
    ("N", "ÑŃŅŇ"),
    ("O", "ÒÓÔÕŌŎŐ"),
    ("OE", "ÖØŒ"),
    ("R", "ŔŖŘ"),
    ("S", "ŚŜŞŠȘ"),
    ("T", "ŢŤŦȚ"),
    ("TH", "Þ"),
    ("U", "ÙÚÛŨŪŬŮŰŲ"),
    ("UE", "Ü"),
    ("W", "Ŵ"),
    ("Y", "ÝŶŸ"),
    ("Z", "ŹŻŽ"),
    ("a", "àáâãåāăąª"),
    ("ae", "äæ"),
    ("c", "çćĉċč"),
    ("d", "ďđð"),
    ("e", "èéêëēĕėęě"),
    ("g", "ĝğġģ"),
    ("h", "ĥħ"),
    ("i", "ìíîïĩīĭįı"),
    ("j", "ĵ"),
    ("k", "ķ"),
    ("l", "ĺļľŀł"),
    ("n", "ñńņň"),
    ("o", "òóôõōŏőº"),
    ("oe", "öøœ"),
    ("r", "ŕŗř"),
    ("s", "śŝşšș"),
    ("ss", "ß"),
    ("t", "ţťŧț"),
    ("th", "þ"),
    ("u", "ùúûũūŭůűų"),
    ("ue", "ü"),
    ("w", "ŵ"),
    ("y", "ýŷÿ"),
    ("z", "źżž"),
];

/// Signs of ASCII that ITA 2 lacks, and the words and signs that are sent for them. Quotation marks are words in
/// pairs, and not here.
///
/// A comma for an apostrophe is what State's texts have that crossed such a line.
const SPELLED: &[(char, &str)] = &[
    ('\'', ","),
    (';', "."),
    ('!', "."),
    ('$', "DOLLARS "),
    ('&', " AND "),
    ('%', " PERCENT"),
    ('#', "NO. "),
    ('@', " AT "),
    ('+', " PLUS "),
    ('=', " EQUALS "),
    ('[', "("),
    (']', ")"),
    ('{', "("),
    ('}', ")"),
    ('_', "-"),
];

/// What a character is sent as in ASCII; `None` where there is nothing.
fn in_ascii(char: char) -> Option<&'static str> {
    TYPOGRAPHY
        .iter()
        .find(|(signs, _)| signs.contains(char))
        .map(|(_, sent)| *sent)
        .or_else(|| LETTERS.iter().find(|(_, signs)| signs.contains(char)).map(|(letter, _)| *letter))
}

/// Whether ITA 2 has a character.
pub(crate) fn in_ita2(char: char) -> bool {
    char.is_ascii_uppercase() || char.is_ascii_digit() || " \n-?:().,/".contains(char)
}

/// A text as it is sent.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub(super) text: String,
    pub(super) replacements: Vec<Replacement>,
    /// Characters that nothing stands for, and where they are.
    pub(super) refused: Vec<(char, Span)>,
}

impl Charset {
    /// The text as this alphabet carries it. `start` is the text's first byte in the draft.
    pub(super) fn send(self, text: &str, start: usize) -> Sent {
        let mut sent = Sent::default();
        let mut open = false;
        let mut at = 0;
        while let Some(char) = text[at..].chars().next() {
            if text[at..].starts_with("\r\n") {
                at += 1;
                continue;
            }
            let small = text[at..].bytes().take_while(u8::is_ascii_lowercase).count();
            if self == Charset::Ita2 && small > 0 {
                let after = text[at..at + small].to_ascii_uppercase();
                sent.replace(&text[at..at + small], &after, start + at);
                at += small;
                continue;
            }
            let before = &text[at..at + char.len_utf8()];
            match self.character(char, &mut open) {
                Some(after) if after == before => sent.text.push(char),
                Some(after) => sent.replace(before, &after, start + at),
                None => sent.refused.push((char, Span::new(start + at, start + at + before.len()))),
            }
            at += before.len();
        }
        if open {
            let last = text.rfind(['"', '“', '”', '„', '″', '«', '»']).unwrap_or(0);
            sent.refused.push(('"', Span::new(start + last, start + last + 1)));
        }
        sent
    }

    /// What a character is sent as. `open` is whether a quotation is.
    pub(in crate::write) fn character(self, char: char, open: &mut bool) -> Option<String> {
        let ascii = match char {
            '\n' | ' '..='~' => char.to_string(),
            _ => in_ascii(char)?.to_owned(),
        };
        if self == Charset::Ascii {
            return Some(ascii);
        }
        if ascii == "\"" {
            *open = !*open;
            return Some(if *open { "QUOTE " } else { " UNQUOTE" }.to_owned());
        }
        let mut sent = String::new();
        for char in ascii.to_ascii_uppercase().chars() {
            match SPELLED.iter().find(|(sign, _)| *sign == char) {
                _ if in_ita2(char) => sent.push(char),
                Some((_, words)) => sent.push_str(words),
                None => return None,
            }
        }
        Some(sent)
    }
}

impl Sent {
    fn replace(&mut self, before: &str, after: &str, at: usize) {
        self.text.push_str(after);
        let span = Span::new(at, at + before.len());
        self.replacements.push(Replacement { before: before.to_owned(), after: after.to_owned(), span });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_dropped() {
        for (typed, ascii, ita2) in [
            ("The minister's", "The minister's", "THE MINISTER,S"),
            ("“No,” he said", "\"No,\" he said", "QUOTE NO, UNQUOTE HE SAID"),
            ("Åse Öberg", "Ase OEberg", "ASE OEBERG"),
            ("5% — $3", "5% -- $3", "5 PERCENT -- DOLLARS 3"),
        ] {
            assert_eq!(Charset::Ascii.send(typed, 0).text, ascii);
            let sent = Charset::Ita2.send(typed, 7);
            assert_eq!((sent.text.as_str(), sent.refused), (ita2, vec![]));
            // Each replacement says which bytes it stands for; put back, they are the text.
            for found in &sent.replacements {
                let span = found.span.range();
                assert_eq!(&typed[span.start - 7..span.end - 7], found.before);
            }
        }
        for typed in ["北", "a\u{7}b", "~\u{0}", "“open"] {
            let refused = Charset::Ita2.send(typed, 0).refused;
            assert!(!refused.is_empty(), "{typed:?}");
        }
        assert_eq!(Charset::Ascii.send("北", 3).refused, [('北', Span::new(3, 6))]);
        assert!(Charset::Ascii.send("~ ^", 0).refused.is_empty());
    }

    #[test]
    fn every_printable_character_is_sent_or_refused() {
        for char in (' '..='\u{24f}').chain('\u{2000}'..='\u{20ff}') {
            for charset in [Charset::Ita2, Charset::Ascii] {
                let sent = charset.send(&char.to_string(), 0);
                assert!(!sent.text.is_empty() || !sent.refused.is_empty(), "{char:?}");
                assert!(sent.text.chars().all(|c| match charset {
                    Charset::Ita2 => in_ita2(c),
                    Charset::Ascii => c.is_ascii() && !c.is_ascii_control(),
                }));
            }
        }
    }
}
