//! `bibtex`: an entry `@misc` for each telegram.

use reftel_archive::{Archive, Telegram};

use super::super::Failure;
use super::citation::Citation;
use super::key;
use super::lines::{Lines, Piece};

pub(super) fn form() -> Lines {
    Lines::new("", "\n", "", one)
}

fn one(telegram: &Telegram, archive: &Archive) -> Result<Piece, Failure> {
    let citation = Citation::of(telegram);
    let mut entry = format!("@misc{{{},\n", key(telegram, archive)?);
    let mut field = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            entry += &format!("  {name} = {{{value}}},\n");
        }
    };
    // A second pair of braces keeps a corporate author, and capitals, together.
    field("author", citation.from.as_deref().map(|from| format!("{{{}}}", escape(from))));
    field("title", Some(format!("{{{}}}", escape(&citation.title()))));
    let to = citation.to.as_deref().map_or_else(String::new, |to| format!(" to {to}"));
    field("howpublished", Some(escape(&format!("{}{to}", citation.number))));
    field("year", telegram.card.year.map(|year| year.to_string()));
    field("month", citation.day().map(|day| day.month().to_string()));
    field("day", citation.day().map(|day| day.day().to_string()));
    field("number", telegram.card.mrn.as_deref().map(escape));
    field("note", Some(escape(&citation.handling().join("; "))));
    let place =
        citation.series().map(|series| format!("National Archives, {series}")).or_else(|| citation.file());
    field("addendum", place.as_deref().map(escape));
    field("keywords", Some(escape(&telegram.card.tags.join(", "))));
    entry += "}\n";
    Ok(entry.into())
}

/// A text that TeX prints as it is. A brace is written by its name: an escaped one would still be counted.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '{' => escaped += "\\textbraceleft{}",
            '}' => escaped += "\\textbraceright{}",
            '\\' => escaped += "\\textbackslash{}",
            '~' => escaped += "\\textasciitilde{}",
            '^' => escaped += "\\textasciicircum{}",
            '"' => escaped += "\\textquotedbl{}",
            '#' | '$' | '%' | '&' | '_' => {
                escaped.push('\\');
                escaped.push(char);
            }
            char => escaped.push(char),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_an_entry_or_begins_a_command() {
        let escaped = escape("$5M }, @misc{x, title={\\input{/etc/passwd}} 50% & #1_a ^~ \"q\"");
        let mut depth = 0;
        let mut before = ' ';
        for char in escaped.chars() {
            depth += i32::from(char == '{') - i32::from(char == '}');
            assert!(depth >= 0, "{escaped}");
            assert!(!matches!(char, '$' | '%' | '&' | '#' | '_') || before == '\\', "{escaped}");
            before = char;
        }
        assert_eq!(depth, 0, "{escaped}");
        assert!(!escaped.contains("\\input"), "{escaped}");
    }
}
