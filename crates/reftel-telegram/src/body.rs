//! The body of the text: paragraphs, headings, marked blocks, signature.

use crate::diagnostic::{Code, Confidence, Diagnostic};
use crate::marking::{self, Noise};
use crate::record::{ClassifiedBy, Paragraph, Record};
use crate::source::{Source, one_line};
use crate::{Span, Spanned, order};

/// How a line that begins a paragraph begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Start<'t> {
    /// The number and its digits as printed.
    pub(crate) number: Option<(u32, &'t str)>,
    pub(crate) portion: Option<&'t str>,
    /// Where the paragraph's words begin.
    pub(crate) text_at: usize,
    /// Where the paragraph sign of a web page stands, if there is one.
    pub(crate) sign: bool,
}

/// Reads `1. (C) `, `¶1. `, `(C) 1. `, `1 (C) `, `(C) ` at the start of a line.
#[inline]
pub(crate) fn paragraph_start(line: &str) -> Option<Start<'_>> {
    // Asked of every line: most are told by their first byte, before any call.
    match line.as_bytes().first()? {
        b'0'..=b'9' | b'(' | 0xC2 => numbered_start(line),
        _ => None,
    }
}

fn numbered_start(line: &str) -> Option<Start<'_>> {
    let bytes = line.as_bytes();
    let mut at = 0;
    let sign = line.starts_with('¶');
    if sign {
        at = '¶'.len_utf8();
    }
    let mut mark = None;
    if let Some((inside, len)) = marking::portion(&line[at..]) {
        mark = Some(inside);
        at += len;
        at += spaces(&bytes[at..]);
        if line[at..].starts_with('¶') {
            at += '¶'.len_utf8();
        }
    }
    let digits = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
    if digits == 0 || digits > 3 {
        return (mark.is_some() && !sign).then_some(Start {
            number: None,
            portion: mark,
            text_at: at,
            sign: false,
        });
    }
    let printed = &line[at..at + digits];
    let mut end = at + digits;
    let stop = matches!(bytes.get(end), Some(b'.' | b')'));
    if stop {
        end += 1;
        end += usize::from(matches!(bytes.get(end), Some(b')' | b'.')));
    }
    let gap = spaces(&bytes[end..]);
    let after = &line[end + gap..];
    let behind = marking::portion(after);
    // `1.4 (b)`, `5.5 million`, `10.30 a.m.` and `3 days` begin no paragraph.
    let legal = if stop {
        gap > 0
            || after.is_empty()
            || behind.is_some()
            || after.starts_with(|c: char| c.is_alphabetic() || c == '"')
    } else {
        sign || (behind.is_some() && gap > 0)
    };
    let number = printed.parse().ok().filter(|n| *n > 0)?;
    if !legal {
        return None;
    }
    let mut text_at = end + gap;
    if let (None, Some((inside, len))) = (mark, behind) {
        mark = Some(inside);
        text_at += len;
        text_at += spaces(&bytes[text_at..]);
    }
    Some(Start { number: Some((number, printed)), portion: mark, text_at, sign })
}

fn spaces(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| b.is_ascii_whitespace()).count()
}

/// Whether a line opens a block, so that the head of the text is over.
pub(crate) fn opens_block(line: &str) -> bool {
    crate::blocks::opening(line).is_some() || line.starts_with("---") || line.starts_with("BEGIN ")
}

/// What stands behind `Classified By` in any of its forms.
pub(crate) fn classified_by_label(line: &str) -> Option<&str> {
    let line = match marking::portion(line) {
        Some((_, end)) => line[end..].trim_start(),
        None => line,
    };
    for word in ["CLASSIFIED BY", "DERIVED FROM", "CLASSIFIED FROM"] {
        if line.len() >= word.len()
            && line.is_char_boundary(word.len())
            && line[..word.len()].eq_ignore_ascii_case(word)
        {
            let rest = line[word.len()..].trim_start_matches([':', ' ', '\t']);
            // `Classified By: (U) Jane Roe`
            return Some(marking::portion(rest).map_or(rest, |(_, end)| rest[end..].trim_start()));
        }
    }
    None
}

/// Reads who classified and why. `text` is a part of `source`.
pub(crate) fn classified_by(source: &Source<'_>, text: &str, record: &mut Record) {
    let text = text.trim_ascii();
    if text.is_empty() {
        return;
    }
    let line = one_line(text);
    let (who, why) = split_reasons(&line);
    let (name, title) = name_and_title(who);
    let entry = ClassifiedBy { name, title, reasons: order::reasons(why) };
    record.classified_by.push(Spanned::new(entry, source.span(text)));
}

/// Cuts where the reasons begin: `for reasons`, `Reason:`, `E.O.`, or the section's number itself.
fn split_reasons(line: &str) -> (&str, &str) {
    const WORDS: &[&str] = &[
        " FOR REASON",
        "REASON",
        " FOR 1.",
        " PER ",
        " E.O.",
        " EO ",
        " UNDER ",
        "1.4",
        "1.5",
        " DECLASSIFY",
    ];
    let begins = |at: usize| {
        WORDS.iter().any(|word| {
            line.as_bytes()[at..]
                .get(..word.len())
                .is_some_and(|part| part.eq_ignore_ascii_case(word.as_bytes()))
        })
    };
    let cut =
        (0..line.len()).find(|&at| matches!(line.as_bytes()[at], b' ' | b'R' | b'r' | b'1') && begins(at));
    // The blank in front goes with the words.
    let cut = cut.map(|at| line[..at].strip_suffix(' ').map_or(at, str::len));
    match cut {
        Some(at) => (line[..at].trim_end_matches([',', '.', ':', ';', ' ', '-', '(']), &line[at..]),
        None => (line.trim_end_matches(['.', ' ']), ""),
    }
}

/// Name and title, whichever stands first: `Jane Q. Roe, Economic Counselor`, `Economic Counselor Jane Q. Roe`.
pub(crate) fn name_and_title(who: &str) -> (Option<String>, Option<String>) {
    let owned = |text: &str| {
        let text = text.trim().trim_matches([',', ';', ':', '(', ')']).trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    if let Some((first, rest)) = who.split_once(',') {
        let first_title = first.split(' ').next().is_some_and(is_title_word);
        if !first_title {
            // `Doe, John` is rarer than `John Doe, Counselor`: a title word decides.
            return (owned(first), owned(rest));
        }
        if !first.split(' ').all(is_title_word) {
            let (name, title) = title_first(first);
            return (name, title);
        }
        // `Charge d'Affaires, a.i. Jane Roe`
        let (name, more) = title_first(rest.trim());
        let title = more.map_or_else(|| first.to_owned(), |more| format!("{first}, {more}"));
        return (name, Some(title));
    }
    let (name, title) = title_first(who);
    if title.is_some() {
        return (name, title);
    }
    match who.split_once(" - ").or_else(|| who.split_once('(')) {
        Some((name, title)) => (owned(name), owned(title)),
        None => (owned(who), None),
    }
}

fn title_first(who: &str) -> (Option<String>, Option<String>) {
    let words: Vec<&str> = who.split(' ').filter(|word| !word.is_empty()).collect();
    let titles = words.iter().take_while(|word| is_title_word(word)).count();
    let join = |words: &[&str]| (!words.is_empty()).then(|| words.join(" "));
    if titles == words.len() {
        (None, join(&words))
    } else {
        (join(&words[titles..]), join(&words[..titles]))
    }
}

/// Words of titles, in capitals and without punctuation.
const TITLES: &[&str] = &[
    "AMBASSADOR",
    "AMB",
    "CHARGE",
    "CHARGÉ",
    "D'AFFAIRES",
    "DAFFAIRES",
    "A.I",
    "AI",
    "DCM",
    "CDA",
    "ADCM",
    "A/DCM",
    "ACTING",
    "DEPUTY",
    "CHIEF",
    "OF",
    "MISSION",
    "ECONOMIC",
    "POLITICAL",
    "COUNSELOR",
    "COUNSELLOR",
    "OFFICER",
    "CONSUL",
    "CONSULAR",
    "GENERAL",
    "POL",
    "ECON",
    "POL/ECON",
    "ECON/POL",
    "POLECON",
    "POLCOUNS",
    "ECONCOUNS",
    "POLOFF",
    "ECONOFF",
    "PO",
    "PRINCIPAL",
    "MINISTER",
    "MINISTER-COUNSELOR",
    "SECRETARY",
    "ASSISTANT",
    "UNDER",
    "DIRECTOR",
    "FOR",
    "AFFAIRS",
    "CG",
    "DPO",
    "CHARGES",
    "THE",
    "ATTACHE",
    "DEFENSE",
    "LABOR",
    "POLITICAL-ECONOMIC",
    "ECONOMIC-POLITICAL",
    "POL-ECON",
    "SECTION",
    "HEAD",
    "COMMERCIAL",
    "LEGAL",
    "ADVISER",
    "ADVISOR",
    "SENIOR",
    "MANAGEMENT",
    "REGIONAL",
    "SECURITY",
    "PUBLIC",
    "P/E",
    "E/P",
    "DEPPOLCOUNS",
    "POLMILOFF",
    "POL/MIL",
    "CA",
    "AND",
    "ACTG",
    "AF",
    "DR.",
];

fn is_title_word(word: &str) -> bool {
    let key = word.trim_matches([',', ':', '.', ';']).to_uppercase();
    TITLES.contains(&key.as_str())
        || key.contains('/') && key.split('/').all(|part| TITLES.contains(&part) || part.len() <= 4)
}

/// One line of the body, in the order of the sections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyLine {
    pub(crate) index: usize,
    pub(crate) noise: Option<Noise>,
}

/// A paragraph as it grows.
#[derive(Debug)]
struct Growing {
    paragraph: Paragraph,
    span: Span,
    /// Where the words behind its last blank line begin in its text, if it has one.
    below_gap: Option<usize>,
}

/// Reads the body's lines into paragraphs, blocks and signatures.
pub(crate) struct Reader<'a, 't> {
    pub(crate) source: &'a Source<'t>,
    pub(crate) record: &'a mut Record,
    /// Whether the body begins with the telegram's first section.
    pub(crate) whole: bool,
    /// Lines of telegrams quoted whole: no paragraph of this one begins there.
    pub(crate) quoted: Vec<std::ops::Range<usize>>,
    /// Lines before which a section is missing: numbers go on higher up.
    pub(crate) gaps: Vec<usize>,
    gap: bool,
    growing: Option<Growing>,
    last: Option<u32>,
    list: Option<u32>,
    list_indent: usize,
    marked: bool,
    numbered: bool,
    blank: bool,
    broke: bool,
}

impl<'a, 't> Reader<'a, 't> {
    pub(crate) fn new(
        source: &'a Source<'t>,
        record: &'a mut Record,
        whole: bool,
        quoted: Vec<std::ops::Range<usize>>,
    ) -> Reader<'a, 't> {
        Reader {
            source,
            record,
            whole,
            quoted,
            gaps: Vec::new(),
            gap: false,
            growing: None,
            last: None,
            list: None,
            list_indent: 0,
            marked: false,
            numbered: false,
            blank: false,
            broke: false,
        }
    }

    /// Reads the body.
    pub(crate) fn read(mut self, lines: &[BodyLine]) {
        self.numbered = lines.iter().any(|line| {
            line.noise.is_none()
                && paragraph_start(crate::general::words_of(self.source.line(line.index)))
                    .and_then(|start| start.number)
                    .is_some_and(|number| !self.whole || matches!(number.0, 1 | 2 | 11))
        });
        for line in lines {
            self.line(*line);
        }
        self.finish();
        crate::signature::take(self.source, self.record);
        crate::blocks::find(self.record);
        self.check_portions();
    }

    fn line(&mut self, line: BodyLine) {
        self.gap |= !self.gaps.is_empty() && self.gaps.contains(&line.index);
        match line.noise {
            Some(Noise::Page | Noise::Banner | Noise::Stamp) => self.broke = true,
            Some(Noise::Blank | Noise::Break | Noise::Validation | Noise::End) => self.blank = true,
            None => {
                let after = self.quoted.partition_point(|range| range.start <= line.index);
                let quoted = after > 0 && self.quoted[after - 1].contains(&line.index);
                let text = crate::general::words_of(self.source.line(line.index));
                if text.is_empty() {
                    // `RMKS/` alone, and the remarks below it.
                    self.blank = true;
                    return;
                }
                let text = if text.ends_with(']') { self.without_remark(text) } else { text };
                if text.is_empty() {
                    return;
                }
                match paragraph_start(text).filter(|_| !quoted) {
                    Some(start) => self.maybe_start(line.index, text, start),
                    None => self.append(text, text, quoted),
                }
                self.blank = false;
                self.broke = false;
            }
        }
    }

    /// A line without the remark that an editor put at its end.
    fn without_remark(&mut self, line: &'t str) -> &'t str {
        let Some((at, words)) = crate::editorial::remark(line) else { return line };
        self.record.editorial_notes.push(Spanned::new(words.to_owned(), self.source.span(words)));
        self.report(Code::EditorialRemark, &line[at..], "an editor's remark is left out");
        line[..at].trim_ascii_end()
    }

    fn maybe_start(&mut self, index: usize, text: &'t str, start: Start<'t>) {
        let Some((printed_number, printed)) = start.number else {
            if self.portion_below(text, &start) {
                return;
            }
            // A mark without a number begins a paragraph in a text without numbers.
            if !self.numbered || (self.last.is_none() && (self.blank || self.growing.is_none())) {
                return self.open(text, start, None, None);
            }
            return self.append(text, text, false);
        };
        match self.accept(printed_number, printed, &start, self.source.indent(index)) {
            Some(number) => {
                if number != printed_number {
                    let message = format!("`{printed}` is read as {number}, the next number");
                    self.mended(Code::ParagraphNumberRepaired, printed, message, number.to_string());
                } else if let Some(last) = self.last.filter(|last| last + 1 != number) {
                    self.report(
                        Code::ParagraphNumberJumps,
                        printed,
                        format!("paragraph {number} follows {last}"),
                    );
                } else if self.last.is_none() && number != 1 && self.whole {
                    self.report(
                        Code::ParagraphNumberJumps,
                        printed,
                        format!("the first numbered paragraph is {number}"),
                    );
                }
                if start.sign {
                    let message = "a paragraph sign stands before the number".to_owned();
                    let sign = &text[..'¶'.len_utf8()];
                    self.mended(Code::ParagraphSignRemoved, sign, message, String::new());
                }
                self.last = Some(number);
                self.list = None;
                self.marked |= start.portion.is_some();
                self.open(text, start, Some(number), Some(printed));
            }
            None => self.append(text, text, false),
        }
    }

    /// A mark on the line below a number that stands alone. `false` where it is no such mark.
    fn portion_below(&mut self, text: &'t str, start: &Start<'t>) -> bool {
        let growing = self.growing.as_mut().map(|growing| &mut growing.paragraph);
        let alone = |p: &&mut Paragraph| p.number.is_some() && p.portion.is_none() && p.text.is_empty();
        let Some(paragraph) = growing.filter(alone) else { return false };
        paragraph.portion = start.portion.map(str::to_owned);
        self.marked = true;
        self.push_words(&text[start.text_at..], false);
        true
    }

    /// Reports what was read otherwise than printed, beyond doubt.
    fn mended(&mut self, code: Code, part: &str, message: String, after: String) {
        let found = Diagnostic::new(code, self.source.span(part), message);
        self.record.diagnostics.push(found.mended(after, Confidence::Certain));
    }

    fn report(&mut self, code: Code, part: &str, message: impl Into<String>) {
        let span = self.source.span(part);
        self.record.diagnostics.push(Diagnostic::new(code, span, message));
    }

    /// The paragraph's number, if this number begins one; a list inside a paragraph doesn't.
    fn accept(&mut self, number: u32, printed: &str, start: &Start<'_>, indent: usize) -> Option<u32> {
        let Some(last) = self.last else {
            let first = if self.whole { 1 } else { number };
            // `11.` for `¶1.`: the paragraph sign was read as a digit.
            if self.whole && number == 11 {
                return Some(1);
            }
            return (number == first || number <= 3).then_some(number);
        };
        let next = last + 1;
        if self.gap && number > last {
            self.gap = false;
            // Those between stand in the section that isn't here.
            self.last = Some(number - 1);
            return Some(number);
        }
        let in_list = self.list == Some(number.wrapping_sub(1)) && self.list.is_some();
        let unmarked = self.marked && start.portion.is_none();
        // Behind a blank line and further out than the list, it is no item of it.
        let outside = self.blank && indent < self.list_indent;
        if number == next {
            if in_list && (unmarked || indent > 2) && !outside {
                self.list = Some(number);
                return None;
            }
            return Some(number);
        }
        if printed.len() > 1 && printed[1..].parse() == Ok(next) && printed.starts_with('1') {
            return Some(next);
        }
        if number == 1 || in_list {
            self.list_indent = indent;
            self.list = Some(number);
            return None;
        }
        let again = number == last && start.portion.is_some() && self.blank && self.list.is_none();
        let jump = again
            || number > next
                && number <= next + 3
                && self.list.is_none()
                && !unmarked
                && (start.portion.is_some() || self.blank || self.broke);
        jump.then_some(number)
    }

    /// Begins a paragraph.
    fn open(&mut self, line: &'t str, start: Start<'t>, number: Option<u32>, printed: Option<&str>) {
        let heading = self.take_heading();
        self.close();
        let words = &line[start.text_at..];
        let span = self.source.span(line);
        let paragraph = Paragraph {
            number,
            number_printed: printed.map(str::to_owned),
            portion: start.portion.map(str::to_owned),
            heading,
            text: String::with_capacity(1024),
            lines: Vec::with_capacity(12),
        };
        self.growing = Some(Growing { paragraph, span, below_gap: None });
        if !words.is_empty() {
            self.push_words(words, false);
        }
    }

    fn append(&mut self, line: &'t str, words: &'t str, quoted: bool) {
        // Without numbers a blank line ends a paragraph.
        let ends = self.blank && !self.broke && !quoted && (self.last.is_none() || !self.numbered);
        if self.growing.is_none() || ends {
            self.close();
            let span = self.source.span(line);
            self.growing = Some(Growing { paragraph: Paragraph::default(), span, below_gap: None });
        }
        // At a page break the blank lines are the page's, unless a sentence ended there.
        let ended = || {
            self.growing
                .as_ref()
                .is_some_and(|growing| growing.paragraph.text.ends_with(['.', '"', '?', '!', ')']))
        };
        let apart = self.blank && (!self.broke || ended());
        self.push_words(words, apart);
    }

    /// Adds a line's words, `apart` where a blank line stands above them.
    fn push_words(&mut self, words: &str, apart: bool) {
        if words.is_empty() {
            return;
        }
        let span = self.source.span(words);
        let Some(growing) = &mut self.growing else { return };
        let text = &mut growing.paragraph.text;
        if !text.is_empty() {
            text.push('\n');
            if apart {
                text.push('\n');
                growing.below_gap = Some(text.len());
            }
        }
        growing.paragraph.lines.push((text.len(), span));
        text.push_str(words);
        growing.span = growing.span.cover(span);
    }

    fn close(&mut self) {
        if let Some(mut growing) = self.growing.take() {
            // Room was made for a long one. A million short ones mustn't keep it.
            let Paragraph { text, lines, .. } = &mut growing.paragraph;
            if text.len() < 256 {
                text.shrink_to_fit();
                lines.shrink_to_fit();
            }
            self.record.paragraphs.push(Spanned::new(growing.paragraph, growing.span));
        }
    }

    /// Takes a heading off the end of the paragraph that grows: it belongs to the one that begins.
    fn take_heading(&mut self) -> Option<String> {
        let growing = self.growing.as_mut()?;
        let (at, heading) = heading_at_end(growing)?;
        let rule = |line: &&str| line.bytes().all(|b| matches!(b, b'-' | b'=' | b' '));
        let heading = heading.lines().filter(|line| !rule(line)).collect::<Vec<_>>().join(" ");
        growing.paragraph.text.truncate(at);
        let kept = growing.paragraph.text.trim_ascii_end().len();
        growing.paragraph.text.truncate(kept);
        growing.paragraph.lines.retain(|(offset, _)| *offset < kept);
        match growing.paragraph.lines.last() {
            Some((_, last)) => growing.span.end = last.end,
            None if growing.paragraph.number.is_none() => self.growing = None,
            None => {}
        }
        (!heading.is_empty()).then_some(heading)
    }

    fn finish(&mut self) {
        self.close();
    }

    fn check_portions(&mut self) {
        let Some(overall) = self.record.classification.as_ref().map(|class| class.value) else { return };
        let mut found = Vec::new();
        for paragraph in &self.record.paragraphs {
            let Some(mark) = &paragraph.value.portion else { continue };
            if marking::portion_level(mark).is_some_and(|level| level > overall) {
                let span =
                    Span::new(paragraph.span.start, (paragraph.span.start + 8).min(paragraph.span.end));
                found.push((span, mark.clone()));
            }
        }
        for (span, mark) in found {
            self.record.diagnostics.push(Diagnostic::new(
                Code::PortionAboveOverall,
                crate::source::whole(self.source.text, span),
                format!("({mark}) in a text that is {overall}"),
            ));
        }
    }
}

/// A heading at the end of a text: where it begins, and its words. A text without a number is no paragraph of
/// its own, and may be a heading as a whole.
fn heading_at_end(growing: &Growing) -> Option<(usize, &str)> {
    let text = growing.paragraph.text.as_str();
    let at = match growing.below_gap {
        Some(at) => at,
        None if growing.paragraph.number.is_none() => 0,
        None => underlined(&growing.paragraph)?,
    };
    let chunk = &text[at..];
    let words = chunk.trim_end_matches(|c: char| c == '-' || c == '=' || c.is_ascii_whitespace());
    let ruled = words.len() < chunk.trim_ascii_end().len();
    let words = words.trim_start_matches(|c: char| c == '-' || c == '=' || c.is_ascii_whitespace());
    if words.len() > 200
        || words.bytes().filter(u8::is_ascii_alphabetic).count() < 3
        || words.lines().count() > 3
        || words.starts_with("END ")
        || words.contains("QUOTE")
    {
        return None;
    }
    let lower = words.bytes().any(|b| b.is_ascii_lowercase());
    let open = words.ends_with(['.', ',', ';', ':', '"', '!', ')']);
    let short = words.lines().count() == 1 && words.len() <= 72 && words.split(' ').count() <= 12;
    let before_ends = text[..at].trim_end().ends_with(['.', '"', '!', '?', ')', '-']) || at == 0;
    let capital = words.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    let heading = ruled || (!open && (!lower || short && before_ends && capital));
    heading.then_some((at, chunk))
}

/// Where the last line but one begins, if the last is a rule of dashes.
fn underlined(paragraph: &Paragraph) -> Option<usize> {
    let [.., (above, _), (last, _)] = paragraph.lines[..] else { return None };
    let last = &paragraph.text[last..];
    let rule = last.len() >= 3 && last.bytes().all(|b| b == b'-' || b == b'=' || b == b' ');
    (rule && above > 0).then_some(above)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_begin_in_many_ways() {
        for (line, number, portion, text) in [
            ("1. (C) SUMMARY: X", Some(1), Some("C"), "SUMMARY: X"),
            ("1.(C) X", Some(1), Some("C"), "X"),
            ("1 (C) X", Some(1), Some("C"), "X"),
            ("(C) 1. X", Some(1), Some("C"), "X"),
            ("(SBU) X", None, Some("SBU"), "X"),
            ("¶12. (S//NF) X", Some(12), Some("S//NF"), "X"),
            ("3. X", Some(3), None, "X"),
            ("3) X", Some(3), None, "X"),
            ("3.X", Some(3), None, "X"),
        ] {
            let start = paragraph_start(line).unwrap_or_else(|| panic!("{line:?}"));
            assert_eq!(
                (start.number.map(|n| n.0), start.portion, &line[start.text_at..]),
                (number, portion, text),
                "{line:?}"
            );
        }
        for line in ["1.4 (b)", "5.5 MILLION", "10.30 A.M.", "3 DAYS", "1974. X", "(A) X", "X", "0. X", ""] {
            assert_eq!(paragraph_start(line), None, "{line:?}");
        }
    }

    #[test]
    fn classifiers_and_their_titles() {
        for (text, name, title) in [
            ("Economic Counselor Jane Q. Roe", Some("Jane Q. Roe"), Some("Economic Counselor")),
            ("Jane Q. Roe, Economic Counselor", Some("Jane Q. Roe"), Some("Economic Counselor")),
            ("CDA JOHN DOE", Some("JOHN DOE"), Some("CDA")),
            ("Ambassador Jane Q. Roe", Some("Jane Q. Roe"), Some("Ambassador")),
            ("DCM John Doe", Some("John Doe"), Some("DCM")),
            ("John Doe", Some("John Doe"), None),
        ] {
            let got = name_and_title(text);
            assert_eq!((got.0.as_deref(), got.1.as_deref()), (name, title), "{text}");
        }
    }
}
