//! Rules on what the line carries: how long a line, which characters, how many lines to a page and a section.

use super::{Checker, texts};
use crate::diagnostic::{Code, Confidence, Diagnostic};
use crate::marking::{self, Noise};
use crate::record::Dialect;
use crate::source::Source;
use crate::write::draft::in_ita2;
use crate::write::{COLUMNS, PAGE_LINES, SECTION_LINES};
use crate::{Purpose, Span};

/// Mixed letters are found in telegrams of the State series since about this year.
const SMALL_LETTERS_FROM: i16 = 2000;
/// What the handbook's teleprinter has beyond ITA2.
const US_PUNCTUATION: &str = "'\"$&#;!";

pub(super) fn check(checker: &mut Checker<'_>) {
    if checker.purpose != Purpose::Release {
        return;
    }
    if checker.text.is_none() {
        checker.report(Code::CharacterNotSent, checker.start(), "the input is not plain UTF-8 or ASCII");
        return;
    }
    let lines = checker.lines();
    for (span, line) in &lines {
        line_rules(checker, *span, line);
    }
    pages(checker, &lines);
    endings(checker, &lines);
}

fn line_rules(checker: &mut Checker<'_>, span: Span, line: &str) {
    let columns = line.chars().count();
    if columns > COLUMNS {
        let from = line.char_indices().nth(COLUMNS).map_or(line.len(), |(at, _)| at);
        let place = Span::new(span.start + from, span.end);
        checker.report(Code::LineTooLong, place, format!("{columns} characters in a line"));
    }
    let bare = line.trim_end_matches([' ', '\t']);
    if bare.len() < line.len() {
        let place = Span::new(span.start + bare.len(), span.end);
        let found = Diagnostic::new(Code::TrailingBlanks, place, "blanks at the end of the line");
        checker.found.push(found.mended("", Confidence::Certain));
    }
    if let Some(at) = line.find("EEEEEEEE").or_else(|| line.find("E E E E E E E E")) {
        let place = Span::new(span.start + at, span.start + at + 8);
        checker.report(Code::ErrorSignLeft, place, "an operator's sign of error");
    }
    characters(checker, span, line);
}

/// Characters that have none of their own on the line, and what is written for them.
fn instead(char: char) -> Option<&'static str> {
    Some(match char {
        '‘' | '’' | '´' | '`' => "'",
        '“' | '”' | '«' | '»' => "\"",
        '–' | '—' | '‑' => "-",
        '…' => "...",
        '\u{a0}' | '\t' => " ",
        '[' | '{' => "(",
        ']' | '}' => ")",
        _ => return None,
    })
}

fn characters(checker: &mut Checker<'_>, span: Span, line: &str) {
    let narrow = checker.record.dialect == Dialect::Acp127;
    let carried = |char: char| in_ita2(char) || !narrow && US_PUNCTUATION.contains(char);
    let small = |char: char| char.is_ascii_lowercase();
    // The US circuits carried small letters in the end; those of five units never did.
    let capitals = narrow || checker.date().is_some_and(|date| date.year() < SMALL_LETTERS_FROM);
    if let Some(first) = line.find(small).filter(|_| capitals) {
        let last = line.rfind(small).map_or(first, |at| at + 1);
        let place = Span::new(span.start + first, span.start + last);
        let found = Diagnostic::new(Code::SmallLetters, place, "small letters");
        checker.found.push(found.mended(line[first..last].to_ascii_uppercase(), Confidence::Certain));
    }
    for (at, char) in line.char_indices().filter(|(_, char)| !carried(*char) && !small(*char)) {
        let place = Span::new(span.start + at, span.start + at + char.len_utf8());
        let shown = crate::clean::printable(&char.to_string());
        let found = Diagnostic::new(Code::CharacterNotSent, place, format!("`{shown}` isn't on the line"));
        checker.found.push(match instead(char).filter(|text| text.chars().all(carried)) {
            Some(text) => found.mended(text, Confidence::Certain),
            None => found,
        });
    }
}

fn pages(checker: &mut Checker<'_>, lines: &[(Span, &str)]) {
    let text = lines.iter().map(|(_, line)| *line).collect::<Vec<_>>().join("\n");
    let source = Source::new(&text);
    let noise = marking::noise(&source, 0..source.lines.len());
    let is_page = |index: &usize| noise.get(*index) == Some(&Some(Noise::Page));
    let start = lines.iter().position(|(_, line)| crate::heading::is_preamble(line)).unwrap_or(0);
    let mut from = start;
    for text in texts(lines) {
        let marked = text.clone().any(|index| is_page(&index));
        let length = text.clone().filter(|index| !is_page(index)).count();
        let head = text.start.saturating_sub(from);
        if length > SECTION_LINES {
            let place = lines[text.start + SECTION_LINES].0;
            checker.report(Code::SectionTooLong, place, format!("{length} lines in a section"));
        }
        if head + length > PAGE_LINES && !marked {
            let at = (from + PAGE_LINES).min(text.end);
            let place = lines.get(at).map_or(checker.whole(), |line| line.0);
            checker.report(
                Code::PagesUnmarked,
                place,
                format!("{} lines without a page line", head + length),
            );
        }
        let next = lines.get(text.end..).unwrap_or_default();
        from = text.end
            + next.iter().position(|(_, line)| crate::heading::is_preamble(line)).unwrap_or(next.len());
    }
}

fn endings(checker: &mut Checker<'_>, lines: &[(Span, &str)]) {
    let record = checker.record;
    let last = lines.iter().rev().find(|(_, line)| !line.trim().is_empty());
    if let Some((span, _)) = last.filter(|(_, line)| line.trim() != "NNNN") {
        checker.report(Code::EndMissing, *span, "the message doesn't end with `NNNN`");
    }
    let transmission = &record.transmission;
    let owed = matches!(record.dialect, Dialect::Acp127Us | Dialect::Janap128);
    if let (true, Some(serial), None) = (owed, &transmission.station_serial, &transmission.validation) {
        let message = format!("no `#{}` behind the text", serial.value);
        checker.report(Code::ValidationMissing, serial.span, message);
    }
}
