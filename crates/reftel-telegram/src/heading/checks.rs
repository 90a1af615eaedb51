//! What must agree in a heading: filing time and date, precedences, the sum of the copies.

use std::ops::Range;

use super::Reader;
use crate::datetime::{self, Filing};
use crate::diagnostic::{Code, Diagnostic};
use crate::record::Dialect;
use crate::{Span, Spanned};

impl Reader<'_, '_> {
    pub(super) fn filed(&mut self) {
        let (Some((filing, span)), Some(dtg)) = (self.filing, self.record.dtg.as_ref()) else { return };
        let near = self.readdressed.unwrap_or(dtg.value);
        match filing.resolve(near) {
            Some(filed) => {
                let apart = datetime::minutes_between(filed, near).abs();
                self.record.transmission.filed = Some(Spanned::new(filed, span));
                if apart > 2 * 24 * 60 {
                    let days = apart / (24 * 60);
                    self.record.diagnostics.push(Diagnostic::new(
                        Code::FilingDayDiffers,
                        span,
                        format!("filed {days} days from the date-time group"),
                    ));
                }
            }
            None => self.record.diagnostics.push(Diagnostic::new(
                Code::FilingTimeInvalid,
                span,
                "the filing time names no minute that exists",
            )),
        }
    }

    /// The times on page line and dash line, next to the date-time group.
    pub(super) fn relayed(&mut self) {
        let Some(near) = self.record.dtg.as_ref().map(|dtg| dtg.value) else { return };
        if self.record.dialect != Dialect::Archive1970s {
            return;
        }
        let near_it = |time: Option<(Filing, Span)>| {
            let (time, span) = time?;
            Some(Spanned::new(time.resolve(near)?, span))
        };
        let transmission = &mut self.record.transmission;
        transmission.relayed = near_it(self.relayed);
        if transmission.filed.is_none() {
            transmission.filed = near_it(self.page_time);
        }
    }

    pub(super) fn check(&mut self, lines: &Range<usize>) {
        // A service message has no preamble, and needs no addresses.
        if self.flags.dtg {
            let place = self
                .record
                .dtg
                .as_ref()
                .map_or_else(|| self.source.span(self.source.line(lines.start)), |dtg| dtg.span);
            if self.record.from.is_none() && !self.record.to.iter().any(|to| to.value.collective) {
                self.record.diagnostics.push(Diagnostic::new(
                    Code::OriginatorMissing,
                    place,
                    "the heading has no originator",
                ));
            }
            if self.record.to.is_empty() && self.record.info.is_empty() {
                self.record.diagnostics.push(Diagnostic::new(
                    Code::AddresseeMissing,
                    place,
                    "the heading has no addressee",
                ));
            }
        }
        self.check_precedence();
        self.check_distribution();
    }

    pub(super) fn check_precedence(&mut self) {
        let (Some(action), info) = (&self.record.precedence, &self.record.precedence_info) else { return };
        let (action, at) = (action.value, action.span);
        if let Some(info) = info
            && info.value > action
        {
            let (info, span) = (info.value, info.span);
            self.record.diagnostics.push(Diagnostic::new(
                Code::InfoPrecedenceHigher,
                span,
                format!("{info} for information is above {action} for action"),
            ));
        }
        let highest = self
            .record
            .to
            .iter()
            .chain(&self.record.info)
            .filter_map(|entry| entry.value.precedence)
            .chain([action])
            .max()
            .unwrap_or(action);
        if let Some(routing) = &self.record.transmission.routing_precedence
            && routing.value < highest
        {
            let (routing, span) = (routing.value, routing.span);
            self.record.diagnostics.push(Diagnostic::new(
                Code::RoutingPrecedenceDiffers,
                span,
                format!("{routing} here, but {highest} below"),
            ));
        }
        let _ = at;
    }

    pub(super) fn check_distribution(&mut self) {
        let distribution = &self.record.distribution;
        let Some(total) = &distribution.total else { return };
        let sum: u32 =
            distribution.action.iter().chain(&distribution.info).map(|office| office.value.copies).sum();
        if sum != total.value {
            let (total, span) = (total.value, total.span);
            self.record.diagnostics.push(Diagnostic::new(
                Code::DistributionTotalWrong,
                span,
                format!("the copies add up to {sum}, not {total}"),
            ));
        }
    }
}
