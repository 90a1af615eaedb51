//! The TAGS line: codes, persons in parentheses, and what copying did to them.

use std::ops::Range;

use crate::diagnostic::{Code, Confidence, Diagnostic};
use crate::record::{Tag, TagKind};
use crate::source::{Source, one_line};
use crate::{Findings, Span, Spanned, tables};

/// What stands behind the label, and whether the label is damaged.
pub(crate) fn label(line: &str) -> Option<(&str, bool)> {
    for word in ["TAGS", "Tags", "tags"] {
        if let Some(rest) = line.strip_prefix(word) {
            let after = rest.trim_start();
            if let Some(after) = after.strip_prefix([':', ';', '.', '-']) {
                return Some((after.trim_start(), false));
            }
            // Without a colon the words behind it must be TAGS.
            let first = after.split([' ', ',']).next().unwrap_or("");
            return (rest.starts_with([' ', '\t', '(']) && (known(first) || after.starts_with('(')))
                .then_some((after, false));
        }
    }
    for word in ["TAGE", "TAG", "TAS", "TABS", "TGS", "TAGA", "AGS", "TAGZ", "TAFS", "TAGSS"] {
        if let Some(rest) = line.strip_prefix(word) {
            let after = rest.trim_start().strip_prefix(':')?.trim_start();
            return after.split([' ', ',']).next().is_some_and(known).then_some((after, true));
        }
    }
    None
}

fn known(word: &str) -> bool {
    let word = word.trim_matches([',', ';', '.']);
    (word.len() >= 4 && tables::tag(word, None).is_some())
        || (word.len() >= 6 && tables::split_fused_tags(word).is_some())
}

/// Whether a line below the label is still TAGS: every word is one.
pub(crate) fn continues(line: &str) -> bool {
    let mut words = 0;
    let mut inside = false;
    for word in line.split([' ', ',', ';', '\t']).filter(|word| !word.is_empty()) {
        if inside || word.starts_with('(') {
            inside = !word.ends_with(')');
            continue;
        }
        let word = word.trim_end_matches('.');
        words += 1;
        let code = word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b"&-/".contains(&b));
        if !code
            || !(word.len() == 2
                || tables::tag(word, None).is_some()
                || (word.len() >= 6 && tables::split_fused_tags(word).is_some()))
        {
            return false;
        }
    }
    words > 0 || line.starts_with('(')
}

/// Whether a line without a label is TAGS all the same: only TAGS, two or more, and a known subject first.
pub(crate) fn unlabelled(line: &str) -> bool {
    line.contains(',') && line.split([' ', ',']).next().is_some_and(known) && continues(line)
}

/// Reads the codes of `text`, which is a part of `source`. `year` decides which country a code names.
pub(crate) fn read(source: &Source<'_>, text: &str, year: Option<i16>) -> (Vec<Spanned<Tag>>, Findings) {
    let mut reader = Reader { source, year, tags: Vec::new(), diagnostics: Findings::default(), taken: 0 };
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('(') {
            // A name may run on over the line's end.
            let close = after
                .find(')')
                .filter(|close| *close < 80)
                .or_else(|| after.find('\n'))
                .unwrap_or(after.len());
            reader.person(&after[..close]);
            rest = after.get(close + 1..).unwrap_or("");
            continue;
        }
        let len = rest.find([' ', ',', ';', '(', '\n', '\r', '\t', '·']).unwrap_or(rest.len());
        if len > 0 {
            reader.word(&rest[..len]);
        }
        rest = &rest[len..];
        let gap = rest.len() - rest.trim_start_matches([' ', ',', ';', '\n', '\r', '\t', '·']).len();
        if rest[..gap].matches(',').count() > 1 && !reader.tags.is_empty() {
            let after = if rest[..gap].contains('\n') { ",\n" } else { ", " };
            reader.mended(Code::TagsPunctuation, &rest[..gap], "commas with no TAG between them", after);
        }
        rest = &rest[gap..];
    }
    reader.check_travel();
    (reader.tags, reader.diagnostics)
}

struct Reader<'a, 't> {
    source: &'a Source<'t>,
    year: Option<i16>,
    tags: Vec<Spanned<Tag>>,
    diagnostics: Findings,
    /// No travel tag before this one waits for its person.
    taken: usize,
}

/// TAGS that carry a traveller's name.
fn is_travel(code: &str) -> bool {
    matches!(code, "OVIP" | "OREP" | "OTRA" | "OCON" | "OEXC")
}

impl Reader<'_, '_> {
    /// Reports what was read otherwise than printed, beyond doubt.
    fn mended(&mut self, code: Code, part: &str, message: impl Into<String>, after: impl Into<String>) {
        let found = Diagnostic::new(code, self.source.span(part), message);
        self.diagnostics.push(found.mended(after, Confidence::Certain));
    }

    fn report(&mut self, code: Code, part: &str, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(code, self.source.span(part), message));
    }

    fn word(&mut self, word: &str) {
        let trimmed = word.trim_matches(['.', ':', '[', ']', '*', '"', '\'']);
        if trimmed.len() < word.len() && word.ends_with('.') {
            let after = word.trim_end_matches('.');
            self.mended(Code::TagsPunctuation, word, "TAGS end without a full stop", after);
        }
        let word = trimmed;
        if word.is_empty() || word == "AND" || word == "-" || word == "/" {
            return;
        }
        let code = word.to_ascii_uppercase();
        if matches!(code.as_str(), "SIPDIS" | "NOFORN" | "SENSITIVE") {
            self.report(Code::TagUnknown, word, format!("{code} is a caption, not a TAG"));
            return;
        }
        if let Some(tag) = tables::tag(&code, self.year) {
            return self.push(word, code, tag.kind);
        }
        if code.len() >= 6 || code.contains('/') {
            // A slant may be part of a code (UNGA/C-3) or stand for a comma.
            if code.contains('/')
                && code.split('/').all(|part| part.len() == 2 || tables::tag(part, self.year).is_some())
            {
                for part in word.split('/') {
                    self.word(part);
                }
                return;
            }
            if let Some(parts) = tables::split_fused_tags(&code) {
                let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
                let apart = parts.join(", ");
                self.mended(Code::TagsFused, word, format!("`{code}` is read as {apart}"), apart);
                let mut at = 0;
                for len in lengths {
                    let part = &word[at..at + len];
                    let code = part.to_ascii_uppercase();
                    let kind = tables::tag(&code, self.year).map_or_else(|| shape(&code), |tag| tag.kind);
                    self.push(part, code, kind);
                    at += len;
                }
                return;
            }
        }
        if let Some(parts) = fused_with_country(&code) {
            let shown: Vec<&str> = parts.iter().map(|at| &code[at.clone()]).collect();
            let apart = shown.join(", ");
            self.mended(Code::TagsFused, word, format!("`{code}` is read as {apart}"), apart);
            for at in parts {
                let part = code[at.clone()].to_owned();
                let kind = tables::tag(&part, self.year).map_or_else(|| shape(&part), |tag| tag.kind);
                self.push(&word[at], part, kind);
            }
            return;
        }
        let kind = shape(&code);
        if kind == TagKind::Unknown
            || (kind == TagKind::Geographic
                && self.year.is_some()
                && !code.bytes().all(|b| b.is_ascii_uppercase()))
        {
            self.report(
                Code::TagUnknown,
                word,
                format!("`{}` is in no list of TAGS", crate::clean::printable(&code)),
            );
        }
        self.push(word, code, kind);
    }

    fn push(&mut self, part: &str, code: String, kind: TagKind) {
        let span = self.source.span(part);
        self.tags.push(Spanned::new(Tag { code: Some(code), kind, person: None }, span));
    }

    /// A name in parentheses belongs to the travel tag before it; else it stands alone.
    fn person(&mut self, inside: &str) {
        let span = self.source.span(inside);
        let name = one_line(inside);
        if name.is_empty() {
            return;
        }
        let takes = |tag: &Spanned<Tag>| {
            tag.value.person.is_none() && tag.value.code.as_deref().is_some_and(is_travel)
        };
        // Right behind its tag, or, in the handbook's layout, behind all codes.
        let at = match self.tags.last() {
            Some(last) if takes(last) => Some(self.tags.len() - 1),
            _ => self.tags[self.taken..].iter().position(takes).map(|at| self.taken + at),
        };
        self.taken = at.unwrap_or(self.tags.len());
        match at {
            Some(at) => {
                let tag = &mut self.tags[at];
                tag.value.person = Some(name);
                if tag.span.end <= span.start && span.start - tag.span.end <= 2 {
                    tag.span = Span::new(tag.span.start, span.end);
                }
            }
            None => self
                .tags
                .push(Spanned::new(Tag { code: None, kind: TagKind::Person, person: Some(name) }, span)),
        }
    }

    fn check_travel(&mut self) {
        let alone: Vec<(String, Span)> = self
            .tags
            .iter()
            .filter(|tag| tag.value.person.is_none())
            .filter_map(|tag| {
                tag.value.code.clone().filter(|code| is_travel(code)).map(|code| (code, tag.span))
            })
            .collect();
        for (code, span) in alone {
            self.diagnostics.push(Diagnostic::new(
                Code::TravelTagWithoutPerson,
                span,
                format!("{code} names no traveller"),
            ));
        }
    }
}

/// TAGS that ran together, the last of them a country that no table has: `PRELEFINVD`.
fn fused_with_country(code: &str) -> Option<Vec<Range<usize>>> {
    if code.len() < 6 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let (known, country) = code.split_at(code.len() - 2);
    let known: Vec<&str> = match tables::split_fused_tags(known) {
        Some(parts) => parts,
        None if known.len() == 4 && tables::is_subject_tag(known) => vec![known],
        None => return None,
    };
    let mut ends = 0;
    let parts = known.into_iter().chain([country]).map(|part| {
        ends += part.len();
        ends - part.len()..ends
    });
    Some(parts.collect())
}

/// What a code that no table has names by its form.
fn shape(code: &str) -> TagKind {
    let letters = code.bytes().all(|b| b.is_ascii_uppercase());
    match code.len() {
        2 => TagKind::Geographic,
        4 if letters && code.starts_with('K') => TagKind::Program,
        _ => TagKind::Unknown,
    }
}
