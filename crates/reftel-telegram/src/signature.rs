//! The signature: surnames alone at the end of the text.

use crate::record::{Paragraph, Record};
use crate::source::Source;
use crate::{Span, Spanned, marking, tables};

/// Takes the signatures off the last paragraph's end.
pub(crate) fn take(source: &Source<'_>, record: &mut Record) {
    let mut found = Vec::new();
    // Whether the name below stands right under this line: then both may sign.
    let mut together = false;
    while found.len() < 2 {
        let Some(paragraph) = record.paragraphs.last_mut() else { break };
        let Some(&(offset, span)) = paragraph.value.lines.last() else { break };
        let line = source.text[span.range()].trim_ascii();
        let Some(before) = paragraph.value.text.get(..offset) else { break };
        let whole = before.trim_ascii().is_empty() && paragraph.value.number.is_none();
        let apart = before.ends_with("\n\n") || whole;
        let name = name(line, apart);
        let kept = before.trim_ascii_end().len();
        let closed = apart || together || is_closed(before.trim_ascii_end(), line);
        let Some(name) = name.filter(|_| closed) else {
            if found.is_empty() {
                found.extend(behind_sentence(source, paragraph, offset, span));
            }
            break;
        };
        found.push(Spanned::new(name.to_owned(), source.span(name)));
        together = !apart;
        paragraph.value.lines.pop();
        paragraph.value.text.truncate(kept);
        match paragraph.value.lines.last() {
            Some((_, last)) => paragraph.span.end = last.end,
            None if whole => {
                record.paragraphs.pop();
                break;
            }
            None => break,
        }
    }
    found.reverse();
    record.signatures = found;
}

/// Whether a sentence ends above a name, or what stands there can't go on with it: an address of the web, or small
/// letters above capitals.
fn is_closed(before: &str, name: &str) -> bool {
    let last = before.rsplit('\n').next().unwrap_or("");
    before.ends_with(['.', '"', ')', '!', '?', ':', '\''])
        || last.contains("://")
        || last.starts_with("www.")
        // The group marking of before 1973.
        || last.starts_with("GP-")
        || name.len() > 2
            && last.bytes().any(|b| b.is_ascii_lowercase())
            && !name.bytes().any(|b| b.is_ascii_lowercase())
}

/// `… LED BY MINISTER HIMSELF. DOE`: a name behind the last sentence, on its line.
fn behind_sentence(
    source: &Source<'_>,
    paragraph: &mut Spanned<Paragraph>,
    offset: usize,
    span: Span,
) -> Option<Spanned<String>> {
    let line = source.text[span.range()].trim_ascii_end();
    let (sentence, last) = line.rsplit_once(['.', '"', ')'])?;
    let name = name(last.trim_ascii(), false)
        .filter(|name| name.len() >= 3 && last.starts_with(' ') && last.trim_ascii() == *name)?;
    // An initial or an abbreviation ends no sentence.
    let word = sentence.rsplit(' ').next().unwrap_or("");
    if word.len() < 2 || word.contains('.') || sentence.len() < 8 {
        return None;
    }
    let found = Spanned::new(name.to_owned(), source.span(name));
    let kept = offset + sentence.len() + 1;
    paragraph.value.text.truncate(kept);
    let end = span.start + sentence.len() + 1;
    if let Some(last) = paragraph.value.lines.last_mut() {
        last.1 = Span::new(span.start, end);
    }
    paragraph.span.end = end;
    Some(found)
}

/// Words in capitals at the end of a text that sign nothing.
const NOT_NAMES: &[&str] = &[
    "END",
    "ENDS",
    "TEXT",
    "SUMMARY",
    "COMMENT",
    "NOTE",
    "QUOTE",
    "UNQUOTE",
    "BT",
    "NNNN",
    "NNN",
    "END OF DOCUMENT",
    "END TEXT",
    "END SUMMARY",
    "END COMMENT",
    "END NOTE",
    "NODIS",
    "EXDIS",
    "LIMDIS",
    "STADIS",
    "NOFORN",
    "SIPDIS",
    "AND",
    "THE",
    "OF",
    "NOT",
    "PASSED",
    "NAME",
];

/// A surname, perhaps two, in capitals; in mixed letters only where it stands apart.
pub(crate) fn name(line: &str, apart: bool) -> Option<&str> {
    let line = line.trim_end_matches(['#', '*']).trim();
    let full_stop = line.ends_with(['.', ',']) && !line.ends_with("JR.");
    if full_stop && (!apart || line.contains(' ')) {
        return None;
    }
    let line = line.trim_end_matches(['.', ',']);
    let line = line.strip_prefix("UNQUOTE ").unwrap_or(line);
    let line = line.strip_suffix(" UNQUOTE").unwrap_or(line);
    let line = line.strip_prefix("SIGNED ").or_else(|| line.strip_prefix("SIGNED: ")).unwrap_or(line);
    if !(2..=28).contains(&line.len()) {
        return None;
    }
    let words: Vec<&str> = line.split([' ', '/']).filter(|word| !word.is_empty()).collect();
    let letters =
        |word: &&str| word.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '-' | '.' | ',' | '’'));
    if words.is_empty() || words.len() > 3 || !words.iter().all(letters) {
        return None;
    }
    let lower = line.chars().any(char::is_lowercase);
    if lower
        && !(apart
            && words.len() == 1
            && line.starts_with(char::is_uppercase)
            && line.chars().skip(1).any(char::is_lowercase))
    {
        return None;
    }
    let banner = marking::class_words(line).is_some();
    let marker = line.starts_with("END ") || line.starts_with("BEGIN ") || tables::caption(line).is_some();
    let none = |word: &str| NOT_NAMES.iter().any(|known| known.eq_ignore_ascii_case(word));
    (!banner && !marker && !none(line) && !none(words[0])).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_what_is_none() {
        for line in ["DOE", "O'DONOHUE", "VAN DYKE", "ROE-DOE", "DE LA ROE", "SIGNED DOE"] {
            assert!(name(line, false).is_some(), "{line}");
        }
        assert_eq!(name("Doe", true), Some("Doe"));
        assert_eq!(name("Ends.", true), None);
        for line in [
            "CONFIDENTIAL",
            "NNNN",
            "END COMMENT",
            "EXDIS",
            "THE END",
            "Doe",
            "1. DOE",
            "DOE SAID THAT HE WOULD",
        ] {
            assert_eq!(name(line, false), None, "{line}");
        }
    }
}
