//! What comes out: where it goes, in which colours, and that a telegram can't steer the terminal.
//!
//! A telegram is a stranger's text. Printed as it is, an escape sequence in it could clear the screen,
//! rename the window, or show a line that isn't there. So all text from outside passes through [`clean`]
//! or [`clean_lines`] on its way to a person.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, BufWriter, IsTerminal, Write};

use anstyle::{AnsiColor, Style};

use super::failure::Failure;

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Also in a pipe.
    Always,
    /// Not at all.
    Never,
}

/// Standard output and standard error, and what is known of them.
#[allow(clippy::struct_excessive_bools, reason = "they are independent")]
pub(crate) struct Screen {
    out: BufWriter<io::Stdout>,
    /// Whether standard output is a terminal.
    pub(crate) terminal: bool,
    /// Whether standard error is a terminal.
    pub(crate) error_terminal: bool,
    /// Whether to colour standard output.
    pub(crate) color: bool,
    /// Whether to colour standard error.
    pub(crate) error_color: bool,
}

impl Screen {
    pub(crate) fn new(when: When) -> Screen {
        let choose = |auto: anstream::ColorChoice| match when {
            When::Auto => auto != anstream::ColorChoice::Never,
            When::Always => true,
            When::Never => false,
        };
        Screen {
            out: BufWriter::new(io::stdout()),
            terminal: io::stdout().is_terminal(),
            error_terminal: io::stderr().is_terminal(),
            color: choose(anstream::AutoStream::choice(&io::stdout())),
            error_color: choose(anstream::AutoStream::choice(&io::stderr())),
        }
    }

    /// Prints a line.
    pub(crate) fn line(&mut self, line: &str) -> Result<(), Failure> {
        self.bytes(line.as_bytes())?;
        self.bytes(b"\n")
    }

    /// Prints a value as JSON, and ends the line.
    pub(crate) fn json(&mut self, value: &impl serde::Serialize, pretty: bool) -> Result<(), Failure> {
        crate::json::write(&mut self.out, value, pretty).map_err(|error| {
            // What isn't the output's fault is ours.
            if error.is_io() { Failure::output(&error.into()) } else { Failure::from(error) }
        })?;
        self.bytes(b"\n")
    }

    /// Prints bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.out.write_all(bytes).map_err(|error| Failure::output(&error))
    }

    /// Prints a text from outside: as it is to a file or a pipe, and to a person so that it can do nothing to the
    /// terminal.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Failure> {
        if self.terminal { self.bytes(clean_lines(text).as_bytes()) } else { self.bytes(text.as_bytes()) }
    }

    /// Sends off what was printed so far.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(|error| Failure::output(&error))
    }

    /// The columns of the terminal; `None` in a pipe. A terminal that doesn't know has 80.
    pub(crate) fn width(&self) -> Option<u16> {
        let width = self.terminal.then(|| comfy_table::Table::new().width())?;
        Some(width.filter(|width| *width > 0).unwrap_or(WIDTH))
    }

    /// Says something beside the output, on standard error, so that nothing in it can steer a terminal.
    pub(crate) fn say(&self, line: &str) {
        self.say_painted(&clean_lines(line));
    }

    /// The same of what is laid out and may be in colours; what in it is from outside is clean already.
    #[allow(clippy::unused_self, reason = "whoever has the screen may speak")]
    pub(crate) fn say_painted(&self, line: &str) {
        // Where nobody listens, nothing is lost.
        let _ = writeln!(io::stderr(), "{line}");
    }

    /// Reports a failure.
    pub(crate) fn complain(&self, failure: &Failure) {
        self.say_painted(&failure.report(self.error_color));
    }
}

/// The columns of a terminal that doesn't say how many it has.
const WIDTH: u16 = 80;

/// `text` in the style, or as it is without colour.
pub(crate) fn paint(color: bool, style: Style, text: &str) -> String {
    if color { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

/// Headings and labels.
pub(crate) const LABEL: Style = AnsiColor::Cyan.on_default();
/// What the eye should find first.
pub(crate) const STRONG: Style = Style::new().bold();
/// What is wrong or missing.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What is there.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Advice.
pub(crate) const HELP: Style = AnsiColor::Cyan.on_default().bold();

/// Whether a character can do something to a terminal other than take its place in the line: a control
/// character, or one that turns or breaks the line.
pub(crate) fn is_unsafe(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}')
        || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A character as a person may see it: a control picture, or an escape.
pub(crate) fn show(char: char, into: &mut String) {
    match char {
        '\t' => into.push(' '),
        '\u{7f}' => into.push('␡'),
        '\0'..='\u{1f}' => into.push(char::from_u32(0x2400 + u32::from(char)).unwrap_or('\u{fffd}')),
        char if is_unsafe(char) => {
            // Writing to a string doesn't fail.
            let _ = write!(into, "\\u{{{:x}}}", u32::from(char));
        }
        char => into.push(char),
    }
}

/// Text from outside, for one line of output. Line ends become spaces.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for char in text.replace("\r\n", "\n").chars() {
        if char == '\n' { shown.push(' ') } else { show(char, &mut shown) }
    }
    Cow::Owned(shown)
}

/// Text from outside, with its lines.
pub(crate) fn clean_lines(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            shown.push('\n');
        }
        // Teletypes end lines with one or two returns.
        for char in line.trim_end_matches('\r').chars() {
            show(char, &mut shown);
        }
    }
    shown
}

/// `text` with lines that are too long broken between words. A word that is too long stays whole.
pub(crate) fn wrap(text: &str, width: usize) -> String {
    let mut wrapped = String::with_capacity(text.len() + text.len() / 64);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            wrapped.push('\n');
        }
        let mut column = 0;
        for word in line.split_inclusive(' ') {
            let length = word.trim_end_matches(' ').chars().count();
            if column > 0 && column + length > width {
                wrapped.truncate(wrapped.trim_end_matches(' ').len());
                wrapped.push('\n');
                column = 0;
            }
            wrapped.push_str(word);
            column += word.chars().count();
        }
    }
    wrapped
}

/// A number as people write it: `5,000`.
pub(crate) fn count(number: u64) -> String {
    indicatif::HumanCount(number).to_string()
}

/// A number of things: `1 file`, `5,000 files`.
pub(crate) fn counted(number: u64, one: &str) -> String {
    format!("{} {one}{}", count(number), if number == 1 { "" } else { "s" })
}

/// A number of bytes as people write it: `3.1 MB`.
pub(crate) fn size(bytes: u64) -> String {
    indicatif::DecimalBytes(bytes).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_unsafe_passes() {
        let every: String = ('\0'..='\u{2fff}').collect();
        assert!(!clean(&every).chars().any(is_unsafe));
        assert!(!clean_lines(&every).chars().any(|char| char != '\n' && is_unsafe(char)));
    }

    #[test]
    fn what_is_harmless_stays() {
        assert_eq!(clean("ÅLESUND 東京 — é"), "ÅLESUND 東京 — é");
        assert_eq!(clean_lines("ONE\r\r\nTWO\n"), "ONE\nTWO\n");
        assert_eq!(clean("ONE\r\nTWO\u{1b}[31m"), "ONE TWO␛[31m");
        assert_eq!(clean("\u{9b}2J\u{202e}"), "\\u{9b}2J\\u{202e}");
    }

    #[test]
    fn long_lines_are_broken_between_words() {
        assert_eq!(wrap("ONE TWO  THREE\n\nFOUR", 8), "ONE TWO\nTHREE\n\nFOUR");
        assert_eq!(wrap("SEVENTEEN LETTERS", 4), "SEVENTEEN\nLETTERS");
        assert_eq!(wrap("", 4), "");
    }

    #[test]
    fn counts_read_well() {
        assert_eq!(counted(1, "file"), "1 file");
        assert_eq!(counted(5000, "file"), "5,000 files");
        assert_eq!(counted(0, "file"), "0 files");
    }
}
