//! Format lines 1 to 4: what relays wrote.

use super::preamble::prosign;
use super::{At, Reader};
use crate::Spanned;
use crate::datetime::{Filing, words};
use crate::diagnostic::Code;
use crate::record::TransmissionId;

/// Up to so many routing indicators are compared one by one.
const CALLED_FEW: usize = 32;

impl<'t> Reader<'_, 't> {
    /// Format lines 1 to 4.
    pub(super) fn routing(&mut self, line: &'t str) -> bool {
        match line.as_bytes() {
            [b'V', b'Z', b'C', b'Z', ..] | [b'Z', b'C', b'Z', b'C', ..] => self.transmission(line),
            [b'D', b'E', b' ', ..] if !self.flags.dtg => self.calling(&line[3..]),
            [b'Z', b'N', b'R' | b'Y', b' ' | b'\t', ..] if !self.flags.from => self.security(line),
            [a, b, b' ', ..] if a == b && b"ZOPRY".contains(a) && !self.flags.dtg => self.called(line),
            [b'Y' | b'Z' | b'O' | b'P' | b'R', second, ..]
                if second.is_ascii_uppercase() && !self.flags.from =>
            {
                self.janap(line)
            }
            _ => false,
        }
    }

    pub(super) fn transmission(&mut self, line: &'t str) -> bool {
        if self.flags.dtg {
            return false;
        }
        self.flags.transmission = true;
        self.at = At::Routing;
        if !self.flags.calling {
            // What a pilot called is not what the message calls.
            self.record.transmission.called.clear();
        }
        let start = line.find("ZCZC").map_or(0, |at| at + 4);
        let mut rest = &line[start..];
        loop {
            let letters = rest.bytes().take_while(u8::is_ascii_uppercase).count();
            let digits = rest.get(letters..).map_or(0, |r| r.bytes().take_while(u8::is_ascii_digit).count());
            if !(2..=4).contains(&letters) || digits == 0 {
                break;
            }
            let id = TransmissionId {
                designator: rest[..letters].to_owned(),
                serial: rest[letters..letters + digits].to_owned(),
            };
            let span = self.span(&rest[..letters + digits]);
            self.record.transmission.ids.push(Spanned::new(id, span));
            rest = &rest[letters + digits..];
        }
        true
    }

    pub(super) fn called(&mut self, line: &'t str) -> bool {
        let rest = &line[3..];
        if !rest.split_ascii_whitespace().all(is_routing_indicator) || rest.trim().is_empty() {
            return false;
        }
        self.at = At::Routing;
        if let Some(precedence) = prosign(line.as_bytes()[0]) {
            self.record.transmission.routing_precedence = Some(self.spanned(precedence, &line[..2]));
        }
        self.push_called(rest);
        true
    }

    /// Whether a routing indicator was called already. Keeps it in mind where there are many.
    pub(super) fn is_called(&mut self, indicator: &'t str) -> bool {
        let called = &self.record.transmission.called;
        let among_first = called.iter().take(CALLED_FEW).any(|other| other.value == indicator);
        among_first || called.len() >= CALLED_FEW && !self.called.insert(indicator)
    }

    pub(super) fn push_called(&mut self, text: &'t str) {
        for (_, indicator) in words(text) {
            if self.is_called(indicator) {
                self.report(
                    Code::RoutingIndicatorRepeated,
                    indicator,
                    format!("{indicator} stands here twice"),
                );
            }
            self.record.transmission.called.push(self.spanned(indicator.to_owned(), indicator));
        }
    }

    /// A continuation of format line 2, or a pilot's operating signals.
    pub(super) fn pilot_or_routing(&mut self, line: &'t str) -> bool {
        let list = if self.flags.janap { line.trim_end_matches('.') } else { line };
        if list.split_ascii_whitespace().all(is_routing_indicator) {
            self.push_called(list);
            return true;
        }
        let first = line.split_ascii_whitespace().next().unwrap_or("");
        if is_signal(first) {
            self.record.transmission.signals.push(self.spanned(first.to_owned(), first));
            return true;
        }
        // Line noise between routing lines is passed over as long as the heading has not begun.
        !self.flags.calling || line.len() < 12
    }

    pub(super) fn calling(&mut self, rest: &'t str) -> bool {
        let list: Vec<&str> = rest.split_ascii_whitespace().collect();
        let [station, serial, ..] = list[..] else { return false };
        if !is_routing_indicator(station) {
            return false;
        }
        self.flags.calling = true;
        self.at = At::Routing;
        self.record.transmission.station = Some(self.spanned(station.to_owned(), station));
        let number = serial.strip_prefix('#').unwrap_or(serial);
        self.flags.number_sign |= number.len() < serial.len();
        let (number, section) = number.split_once('/').unwrap_or((number, ""));
        if number.bytes().any(|b| b.is_ascii_digit()) {
            self.record.transmission.station_serial = Some(self.spanned(number.to_owned(), number));
        }
        if let Ok(section_number) = section.parse() {
            self.record.transmission.station_section = Some(self.spanned(section_number, section));
        }
        if let Some(filed) = list.get(2) {
            match Filing::read(filed) {
                Some(filing) => self.filing = Some((filing, self.span(filed))),
                None => self.report(Code::FilingTimeInvalid, filed, format!("`{filed}` is no filing time")),
            }
        }
        true
    }

    pub(super) fn security(&mut self, line: &'t str) -> bool {
        let mut list = words(line).map(|word| word.1);
        let (warning, characters) = (list.next().unwrap_or(""), list.next().unwrap_or(""));
        self.record.transmission.warning = Some(self.spanned(warning.to_owned(), warning));
        if characters.is_empty() {
            return true;
        }
        let whole = characters.split('/').next().unwrap_or("");
        self.record.transmission.class_characters = Some(self.spanned(whole.to_owned(), whole));
        let letters = whole.as_bytes();
        let legal = letters.len() == 5
            && letters[..3].iter().all(|b| *b == letters[0])
            && (letters[3..].iter().all(|b| *b == letters[0])
                || letters[3..].iter().all(|b| b"ABCOUXZ".contains(b)))
            && if warning == "ZNR" { letters[0] == b'U' } else { b"ERCSTU".contains(&letters[0]) };
        if !legal {
            self.report(
                Code::SecurityCharactersInvalid,
                whole,
                format!("`{warning}` doesn't go with `{whole}`"),
            );
        }
        for signal in list.filter(|word| is_signal(word)) {
            self.record.transmission.signals.push(self.spanned(signal.to_owned(), signal));
        }
        true
    }

    /// A JANAP 128 routing line: `PTTCZYUW RUEHVXA1000 1621530-CCCC--RUEHC RUEHPQ.`
    pub(super) fn janap(&mut self, line: &'t str) -> bool {
        let list: Vec<&str> = line.split_ascii_whitespace().collect();
        let [first, station, routing, ..] = list[..] else { return false };
        let head = first.as_bytes();
        if !(7..=8).contains(&head.len())
            || !head.iter().all(u8::is_ascii_alphanumeric)
            || station.len() < 8
            || !station.is_ascii()
        {
            return false;
        }
        let (indicator, serial) = station.split_at(station.len() - 4);
        let Some((filed, after)) = routing.split_once('-') else { return false };
        if !serial.bytes().all(|b| b.is_ascii_digit()) || filed.len() != 7 {
            return false;
        }
        self.flags.janap = true;
        self.at = At::Routing;
        self.record.transmission.routing_precedence =
            prosign(head[0]).map(|precedence| self.spanned(precedence, &first[..1]));
        if let (8, Some(media), Some(content)) = (first.len(), first.get(1..3), first.get(4..8)) {
            self.record.transmission.media = Some(self.spanned(media.to_owned(), media));
            self.record.transmission.content = Some(self.spanned(content.to_owned(), content));
        }
        self.record.transmission.station = Some(self.spanned(indicator.to_owned(), indicator));
        self.record.transmission.station_serial = Some(self.spanned(serial.to_owned(), serial));
        match Filing::read(filed) {
            Some(filing) => self.filing = Some((filing, self.span(filed))),
            None => self.report(Code::FilingTimeInvalid, filed, format!("`{filed}` is no filing time")),
        }
        if let Some((class, first_called)) = after.split_once("--") {
            self.record.transmission.class_characters = Some(self.spanned(class.to_owned(), class));
            for called in std::iter::once(first_called).chain(list[3..].iter().copied()) {
                let called = called.trim_end_matches('.');
                if is_routing_indicator(called) {
                    self.record.transmission.called.push(self.spanned(called.to_owned(), called));
                }
            }
        }
        true
    }
}

/// Four to eight capitals that begin with R, Q or U.
pub(crate) fn is_routing_indicator(word: &str) -> bool {
    let bytes = word.as_bytes();
    (4..=8).contains(&bytes.len())
        && matches!(bytes[0], b'R' | b'Q' | b'U')
        && bytes.iter().all(u8::is_ascii_uppercase)
}

/// A transmission identification: three capitals for station and channel, three or four figures.
///
/// Source: ACP 127(G) ¶112.
pub(crate) fn is_transmission_id(designator: &str, serial: &str) -> bool {
    designator.len() == 3
        && designator.bytes().all(|b| b.is_ascii_uppercase())
        && matches!(serial.len(), 3 | 4)
        && serial.bytes().all(|b| b.is_ascii_digit())
}

/// An operating signal: Z and two letters, perhaps a digit.
pub(crate) fn is_signal(word: &str) -> bool {
    let bytes = word.as_bytes();
    (3..=4).contains(&bytes.len())
        && bytes[0] == b'Z'
        && bytes[1..3].iter().all(u8::is_ascii_uppercase)
        && bytes[3..].iter().all(u8::is_ascii_digit)
}
