//! Format line 5: precedence and date-time group.

use super::routing::is_signal;
use super::{At, Reader, keyword};
use crate::datetime::{self, words};
use crate::diagnostic::Code;
use crate::record::{Addressee, Dialect, Precedence, Readdressal, Record};
use crate::source::Source;
use crate::{Context, Span, Spanned};

impl<'t> Reader<'_, 't> {
    /// Format line 5.
    pub(super) fn preamble(&mut self, line: &'t str) -> bool {
        let line = labelled_preamble(line);
        if self.flags.dtg && self.flags.addressed {
            // A second preamble before the text: the message was readdressed, and this is the original.
            if preamble_group(line).is_none() || line.len() > 60 {
                return false;
            }
            self.readdressed = self.record.dtg.as_ref().map(|dtg| dtg.value);
            self.sent_on();
        }
        let Some((signs, found)) = preamble_group(line) else { return false };
        let printed = &line[found.start..found.end];
        self.flags.dtg = true;
        self.at = At::Preamble;
        let mut signs = signs.into_iter().flatten();
        if let Some((precedence, at)) = signs.next() {
            self.record.precedence = Some(self.spanned(precedence, &line[at..=at]));
        }
        self.record.precedence_info =
            signs.next().map(|(precedence, at)| self.spanned(precedence, &line[at..=at]));
        self.resolve(found, printed);
        for (_, word) in words(&line[found.end..]) {
            if is_signal(word) {
                self.record.transmission.signals.push(self.spanned(word.to_owned(), word));
            }
        }
        true
    }

    /// What was read so far is the heading under which the message was sent on; its own begins. Those to whom it was
    /// sent on stay addressees, for they have it.
    pub(super) fn sent_on(&mut self) {
        let record = &mut *self.record;
        let values = |list: &[Spanned<Addressee>]| list.iter().map(|entry| entry.value.clone()).collect();
        let places = [&record.to, &record.info].into_iter().flatten().map(|entry| entry.span);
        let places = places
            .chain(record.dtg.iter().map(|dtg| dtg.span))
            .chain(record.from.iter().map(|from| from.span));
        let Some(span) = places.reduce(Span::cover) else { return };
        let heading = Readdressal {
            precedence: record.precedence.as_ref().map(|precedence| precedence.value),
            dtg: record.dtg.as_ref().map(|dtg| dtg.value),
            dtg_printed: record.dtg_printed.clone(),
            from: record.from.as_ref().map(|from| from.value.clone()),
            to: values(&record.to),
            info: values(&record.info),
        };
        record.readdressal = Some(Spanned::new(heading, span));
    }

    /// A prosign and something that is no date-time group, right above the originator.
    pub(super) fn unreadable_preamble(&mut self, line: &'t str, index: usize) -> bool {
        let Some((sign, rest)) = line.split_once(' ') else { return false };
        let [letter] = sign.as_bytes() else { return false };
        if self.flags.dtg
            || !rest.bytes().any(|b| b.is_ascii_digit())
            || keyword(self.source.line(index + 1), "FM").is_none()
        {
            return false;
        }
        let Some(precedence) = prosign(*letter) else { return false };
        self.flags.dtg = true;
        self.at = At::Preamble;
        self.record.precedence = Some(self.spanned(precedence, sign));
        self.record.dtg_printed = Some(rest.trim().to_owned());
        self.report(
            Code::DateTimeGroupInvalid,
            rest,
            format!("`{}` is no date-time group", crate::clean::printable(rest)),
        );
        true
    }

    /// The year of the telegram, or else the one that came with it.
    pub(super) fn year(&self) -> Option<i16> {
        self.record.dtg.as_ref().map(|dtg| dtg.value.year()).or(self.context.year)
    }

    pub(super) fn resolve(&mut self, found: datetime::Found, printed: &'t str) {
        let group = found.group;
        self.record.dtg_printed = Some(printed.to_owned());
        let year = group.year.map(|year| datetime::full_year(year, self.context.year)).or(self.context.year);
        match year.and_then(|year| group.resolve(year)) {
            Some(minute) => {
                self.record.dtg = Some(self.spanned(minute, printed));
                if found.repaired {
                    let message = format!("`{printed}` is read as {minute}Z");
                    let group = minute.strftime("%d%H%MZ %b %y").to_string().to_ascii_uppercase();
                    self.mended(Code::DateTimeGroupRepaired, printed, message, group);
                }
                if (group.hour, group.minute) == (0, 0) || group.hour == 24 {
                    self.report(Code::MidnightTime, printed, format!("`{printed}` is at midnight"));
                }
            }
            None if year.is_some() => {
                self.record.dtg = None;
                self.report(
                    Code::DateTimeGroupInvalid,
                    printed,
                    format!("`{printed}` names no minute that exists"),
                );
            }
            None => self.record.dtg = None,
        }
    }
}

/// The precedence of a prosign letter; `0` is a misread `O`.
pub(super) fn prosign(letter: u8) -> Option<Precedence> {
    Some(match letter {
        b'Y' => Precedence::FlashOverride,
        b'Z' => Precedence::Flash,
        b'O' | b'0' => Precedence::Immediate,
        b'P' => Precedence::Priority,
        b'R' => Precedence::Routine,
        _ => return None,
    })
}

type Signs = [Option<(Precedence, usize)>; 2];

/// Prosigns and date-time group of format line 5.
pub(super) fn preamble_group(line: &str) -> Option<(Signs, datetime::Found)> {
    let bytes = line.as_bytes();
    let mut signs: Signs = [None, None];
    let mut at = 0;
    for sign in &mut signs {
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(&letter), Some(b' ')) => match prosign(letter) {
                // A lone `0` before six digits is a misread `O`; otherwise it is the group's own digit.
                Some(precedence)
                    if letter != b'0'
                        || bytes.get(at + 2..at + 8).is_some_and(|d| d.iter().all(u8::is_ascii_digit)) =>
                {
                    *sign = Some((precedence, at));
                }
                _ => break,
            },
            // `R101530Z MAR 11`, where the blank is lost.
            (Some(&letter @ (b'O' | b'P' | b'R' | b'Z')), Some(_)) if glued_group(&bytes[at + 1..]) => {
                *sign = prosign(letter).map(|precedence| (precedence, at));
                at += 1;
                break;
            }
            _ => break,
        }
        at += 2;
        while bytes.get(at) == Some(&b' ') {
            at += 1;
        }
    }
    // `O P R`: a third prosign is none that the line may have.
    if signs[1].is_some()
        && bytes.get(at).is_some_and(|b| b"OPRZ".contains(b))
        && bytes.get(at + 1) == Some(&b' ')
    {
        at += 2;
    }
    if !bytes.get(at).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let found = datetime::find(line, at)?;
    // Without a prosign the group must stand alone: a sentence may start with a time.
    (signs[0].is_some() || line[found.end..].split_ascii_whitespace().all(is_signal))
        .then_some((signs, found))
}

/// Six digits and a zone letter.
fn glued_group(bytes: &[u8]) -> bool {
    bytes.len() > 6 && bytes[..6].iter().all(u8::is_ascii_digit) && bytes[6] == b'Z'
}

/// A preamble without the label or the precedence word that a mail gateway put before it:
/// `DTG R 101530Z MAR 11`, `ROUTINE R 101530Z MAR 11`.
pub(super) fn labelled_preamble(line: &str) -> &str {
    if !matches!(line.as_bytes().first_chunk(), Some(b"DT" | b"RO" | b"PR" | b"IM" | b"FL")) {
        return line;
    }
    ["DTG", "ROUTINE", "PRIORITY", "IMMEDIATE", "FLASH"]
        .iter()
        .find_map(|word| line.strip_prefix(word))
        .map(|rest| rest.trim_start_matches([':', ' ', '\t']))
        .filter(|rest| rest.bytes().take(12).any(|b| b.is_ascii_digit()))
        .unwrap_or(line)
}

/// A line that is a precedence word alone, as mail gateways print it.
pub(super) fn precedence_line(line: &str) -> Option<Precedence> {
    let word = line.strip_prefix("PRECEDENCE:").map_or(line, str::trim);
    Some(match word.trim_end_matches(['.', '/']) {
        "ROUTINE" => Precedence::Routine,
        "PRIORITY" => Precedence::Priority,
        "IMMEDIATE" => Precedence::Immediate,
        "FLASH" => Precedence::Flash,
        _ => return None,
    })
}

/// Reads a preamble that stands in the text, below the address block.
pub(crate) fn late_preamble<'t>(source: &Source<'t>, line: &'t str, context: &Context, record: &mut Record) {
    let mut reader = Reader::new(source, context, record);
    if reader.preamble(line) && reader.record.dialect == Dialect::Fragment {
        reader.record.dialect = Dialect::Acp126;
    }
}

/// The preamble of a line, for those who cut an input into telegrams.
pub(crate) fn is_preamble(line: &str) -> bool {
    preamble_group(labelled_preamble(line)).is_some_and(|(signs, _)| signs[0].is_some())
}
