//! Text in XML 1.0, which can't carry all of it.

/// A text as an element or an attribute in double quotes has it. What XML has no way to carry is shown as its picture
/// (`␛`), and counted.
pub(super) fn escape(text: &str, replaced: &mut u64) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\t' | '\n' => escaped.push(char),
            // A reader would make a line end of it.
            '\r' => escaped += "&#13;",
            '\0'..='\u{1f}' => {
                *replaced += 1;
                escaped.push(char::from_u32(0x2400 + u32::from(char)).unwrap_or('\u{fffd}'));
            }
            '\u{fffe}' | '\u{ffff}' => {
                *replaced += 1;
                escaped.push('\u{fffd}');
            }
            char => escaped.push(char),
        }
    }
    escaped
}

/// The same in one line.
pub(super) fn line(text: &str, replaced: &mut u64) -> String {
    escape(&text.split_whitespace().collect::<Vec<_>>().join(" "), replaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_markup() {
        let mut replaced = 0;
        let text = "a<b a=\"1\">&]]>\u{1b}\0\u{ffff}é\r\n";
        let escaped = escape(text, &mut replaced);
        assert_eq!(escaped, "a&lt;b a=&quot;1&quot;&gt;&amp;]]&gt;␛␀\u{fffd}é&#13;\n");
        assert_eq!(replaced, 3);
        assert_eq!(line(" a\r\n <b", &mut replaced), "a &lt;b");
    }
}
