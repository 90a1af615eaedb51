//! What an archive copy prints above the heading: distribution, drafting and clearance, the dash line.

use super::{At, Draft, Reader, keyword};
use crate::Span;
use crate::datetime::{Filing, is_day_and_time, words};
use crate::record::Office;

impl<'t> Reader<'_, 't> {
    /// `ACTION EUR-12`, `INFO OCT-01 ISO-00 /028 W`, the dash line, and the two digits above them.
    pub(super) fn distribution(&mut self, line: &'t str) -> bool {
        if line.len() == 2 && line.bytes().all(|b| b.is_ascii_digit()) {
            if self.flags.archive {
                self.record.transmission.relay_code = Some(self.spanned(line.to_owned(), line));
            }
            return self.flags.archive;
        }
        if line.starts_with("-----") {
            self.flags.archive = true;
            self.at = At::Distribution;
            self.relay_line(line);
            return true;
        }
        let (action, rest) =
            match (keyword(line, "ACTION").or_else(|| keyword(line, "ORIGIN")), keyword(line, "INFO")) {
                (Some(rest), _) => (true, rest),
                (None, Some(rest)) => (false, rest),
                (None, None) => (false, line),
            };
        if !is_distribution(rest) {
            return false;
        }
        self.flags.archive = true;
        self.at = At::Distribution;
        for (_, word) in words(rest) {
            if let Some(total) = word.strip_prefix('/').and_then(|number| number.parse().ok()) {
                self.record.distribution.total = Some(self.spanned(total, word));
            } else if let Some((office, copies)) = word.rsplit_once('-') {
                let Ok(copies) = copies.parse() else { continue };
                let entry = self.spanned(Office { office: office.to_owned(), copies }, word);
                let list = &mut self.record.distribution;
                if action { list.action.push(entry) } else { list.info.push(entry) }
            } else {
                self.record.distribution.flag = Some(self.spanned(word.to_owned(), word));
            }
        }
        true
    }

    /// `DRAFTED BY EUR/XX:JQDOE:ABC` and what follows it.
    pub(super) fn drafting(&mut self, line: &'t str) -> bool {
        for (word, draft) in DRAFTING {
            if let Some(rest) = line.strip_prefix(word) {
                let last = self.workflow(draft, rest);
                // Bare lines below are clearances.
                self.at = At::Drafting(if last == Draft::Drafted { Draft::Drafted } else { Draft::Cleared });
                return true;
            }
        }
        if line.starts_with("DESIRED DISTRIBUTION") {
            self.at = At::Distribution;
            return true;
        }
        false
    }

    /// Reads who did one thing and, where other labels stand on the line, the next. Returns what the last one did.
    pub(super) fn workflow(&mut self, mut draft: Draft, mut line: &'t str) -> Draft {
        loop {
            let labels = DRAFTING.iter().filter(|(word, _)| word.ends_with(" BY"));
            let next = labels.filter_map(|&(word, next)| {
                let at = line.match_indices(word).map(|(at, _)| at).find(|&at| at > 0)?;
                line[..at].ends_with([' ', ',', ';']).then_some((at, at + word.len(), next))
            });
            let next = next.min_by_key(|next| next.0);
            for part in clearances(&line[..next.map_or(line.len(), |next| next.0)]) {
                let entry = self.spanned(part.to_owned(), part);
                let workflow = &mut self.record.workflow;
                match draft {
                    Draft::Drafted => workflow.drafted_by.push(entry),
                    Draft::Approved => workflow.approved_by.push(entry),
                    Draft::Cleared => workflow.cleared_by.push(entry),
                    Draft::Released => workflow.released_by.push(entry),
                }
            }
            let Some((_, end, other)) = next else { return draft };
            draft = other;
            line = &line[end..];
        }
    }

    /// `120930Z`: a day and a time, as page lines and dash lines have them.
    pub(super) fn short_time(&self, word: &str) -> Option<(Filing, Span)> {
        let digits = Some(word).filter(|word| is_day_and_time(word))?;
        let number = |from: usize| digits[from..from + 2].parse().ok();
        let time = Filing::Slant { day: number(0)?, hour: number(2)?, minute: number(4)? };
        Some((time, self.span(word)))
    }

    /// The dash line of an archive copy: `--------------------- 042551`, `------------------270429Z 060566 /61`.
    pub(super) fn relay_line(&mut self, line: &'t str) {
        let rest = line.trim_start_matches('-');
        let known = |word: &str| word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'Z' | b'/'));
        if rest.len() > 40 || !rest.split_ascii_whitespace().all(known) {
            return;
        }
        for (_, word) in words(rest) {
            if let Some(time) = self.short_time(word) {
                self.relayed = Some(time);
            } else if let Some(code) = word.strip_prefix('/').filter(|code| !code.is_empty()) {
                self.record.transmission.relay_code = Some(self.spanned(code.to_owned(), code));
            } else if word.len() == 6 {
                self.record.transmission.relay_counter = Some(self.spanned(word.to_owned(), word));
            }
        }
    }
}

/// The labels of who wrote, cleared, approved and released a telegram, in their spellings.
const DRAFTING: [(&str, Draft); 8] = [
    ("DRAFTED BY", Draft::Drafted),
    ("DRAFTD BY", Draft::Drafted),
    ("DRAFTEDBY", Draft::Drafted),
    ("APPROVED BY", Draft::Approved),
    ("APPRVD BY", Draft::Approved),
    ("CLEARED BY", Draft::Cleared),
    ("CLEARANCE", Draft::Cleared),
    ("RELEASED BY", Draft::Released),
];

/// The names of a clearance line, one by one: `POL:JDOE(DRAFT), EUR:RROE` and `COM/OD/ATDOE H/CT/MMROE` are two.
fn clearances(line: &str) -> Vec<&str> {
    let line = line.trim_matches([' ', ':', ',', ';', '\t']);
    if line.is_empty() {
        return Vec::new();
    }
    let apart = line.split_ascii_whitespace().all(|word| is_clearance(word) || word.starts_with('('));
    let mut parts = Vec::new();
    let mut from = 0;
    let mut open = 0i32;
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'(' => open += 1,
            b')' => open -= 1,
            b',' | b';' | b' ' if open <= 0 && (apart || byte != b' ') => {
                let next = line[at + 1..].trim_ascii_start();
                if is_clearance(next.split(' ').next().unwrap_or("")) {
                    parts.push(&line[from..at]);
                    from = at + 1;
                }
            }
            _ => {}
        }
    }
    parts.push(&line[from..]);
    parts.retain_mut(|part| {
        *part = part.trim_matches([' ', ',', ';']);
        !part.is_empty()
    });
    parts
}

/// `EUR/XX:JDOE`, `H/CT/MMROE`: an office and, behind the last colon or slant, a name.
fn is_clearance(word: &str) -> bool {
    let word = word.split('(').next().unwrap_or("").trim_end_matches([',', ';']);
    let Some((office, name)) = word.rsplit_once([':', '/']) else { return false };
    let least = if word.contains(':') { 3 } else { 4 };
    office.starts_with(|c: char| c.is_ascii_uppercase())
        && name.len() >= least
        && name.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b'\'' | b'-' | b'.'))
}

/// Whether every word is an office with its copies, or the total and its letter.
pub(super) fn is_distribution(text: &str) -> bool {
    let mut offices = 0;
    for word in text.split_ascii_whitespace() {
        let office = word.as_bytes().split_last_chunk::<3>().is_some_and(|(office, copies)| {
            !office.is_empty()
                && matches!(copies, [b'-', b'0'..=b'9', b'0'..=b'9'])
                && office.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'/')
        });
        let total = word.strip_prefix('/').is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()));
        if !(office || total || word.len() == 1 && offices > 0) {
            return false;
        }
        offices += usize::from(office || total);
    }
    offices > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clearances_of_one_line_are_told_apart() {
        for (line, parts) in [
            ("COM/BEWT/OD/ATDOE H/CT/MMROE", vec!["COM/BEWT/OD/ATDOE", "H/CT/MMROE"]),
            (": POL:JDOE(DRAFT), EUR:RROE", vec!["POL:JDOE(DRAFT)", "EUR:RROE"]),
            ("EUR/XX:JDOE (SUBST) L/XX:RROE (INFO)", vec!["EUR/XX:JDOE (SUBST)", "L/XX:RROE (INFO)"]),
            ("P - MR DOE", vec!["P - MR DOE"]),
            ("S/S- RROE", vec!["S/S- RROE"]),
            ("EUR:JDOE, JR", vec!["EUR:JDOE, JR"]),
            ("EUR/XX:JQDOE:ABC", vec!["EUR/XX:JQDOE:ABC"]),
            ("", vec![]),
        ] {
            assert_eq!(clearances(line), parts, "{line}");
        }
    }
}
