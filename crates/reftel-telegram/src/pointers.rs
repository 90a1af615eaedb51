//! JSON pointers to every value with a place.
//!
//! The record knows where each value was read; the JSON record names the values. This module joins the
//! two, so that a page, an editor or a test can go from `/to/2` to the bytes and back. The names are those
//! of the JSON record and part of the public interface.

use crate::record::{Distribution, Transmission, Workflow};
use crate::{Record, Span, Spanned};

/// The pointer and the span of each value, in the order in which the record prints them.
pub(crate) fn spans(record: &Record) -> Vec<(String, Span)> {
    let mut pointers = Pointers::default();
    pointers.record("", record);
    pointers.found
}

/// The pointers collected so far.
#[derive(Default)]
struct Pointers {
    found: Vec<(String, Span)>,
}

impl Pointers {
    fn one<T>(&mut self, pointer: &str, value: Option<&Spanned<T>>) {
        self.found.extend(value.map(|value| (pointer.to_owned(), value.span)));
    }

    fn each<T>(&mut self, pointer: &str, values: &[Spanned<T>]) {
        let numbered = values.iter().enumerate();
        self.found.extend(numbered.map(|(index, value)| (format!("{pointer}/{index}"), value.span)));
    }

    fn record(&mut self, at: &str, record: &Record) {
        self.one(&format!("{at}/mrn"), record.mrn.as_ref());
        self.each(&format!("{at}/other_numbers"), &record.other_numbers);
        self.transmission(&format!("{at}/transmission"), &record.transmission);
        self.one(&format!("{at}/precedence/action"), record.precedence.as_ref());
        self.one(&format!("{at}/precedence/info"), record.precedence_info.as_ref());
        self.one(&format!("{at}/dtg"), record.dtg.as_ref());
        self.one(&format!("{at}/from"), record.from.as_ref());
        self.each(&format!("{at}/to"), &record.to);
        self.each(&format!("{at}/info"), &record.info);
        self.one(&format!("{at}/classification"), record.classification.as_ref());
        self.each(&format!("{at}/controls"), &record.controls);
        self.each(&format!("{at}/captions"), &record.captions);
        self.each(&format!("{at}/passing"), &record.passing);
        self.one(&format!("{at}/executive_order"), record.executive_order.as_ref());
        self.each(&format!("{at}/tags"), &record.tags);
        self.one(&format!("{at}/subject"), record.subject.as_ref());
        self.each(&format!("{at}/references"), &record.references);
        self.each(&format!("{at}/classified_by"), &record.classified_by);
        self.each(&format!("{at}/paragraphs"), &record.paragraphs);
        self.each(&format!("{at}/blocks"), &record.blocks);
        self.each(&format!("{at}/signatures"), &record.signatures);
        self.workflow(&format!("{at}/workflow"), &record.workflow);
        self.distribution(&format!("{at}/distribution"), &record.distribution);
        self.each(&format!("{at}/sets"), &record.sets);
        self.one(&format!("{at}/readdressal"), record.readdressal.as_ref());
        self.each(&format!("{at}/reviews"), &record.reviews);
        self.each(&format!("{at}/editorial_notes"), &record.editorial_notes);
        self.each(&format!("{at}/mentions"), &record.mentions);
        for (index, nested) in record.nested.iter().enumerate() {
            let at = format!("{at}/nested/{index}");
            self.one(&at, Some(nested));
            self.record(&at, nested);
        }
    }

    fn transmission(&mut self, at: &str, transmission: &Transmission) {
        self.each(&format!("{at}/ids"), &transmission.ids);
        self.one(&format!("{at}/routing_precedence"), transmission.routing_precedence.as_ref());
        self.each(&format!("{at}/called"), &transmission.called);
        self.one(&format!("{at}/station"), transmission.station.as_ref());
        self.one(&format!("{at}/station_serial"), transmission.station_serial.as_ref());
        self.one(&format!("{at}/station_section"), transmission.station_section.as_ref());
        self.one(&format!("{at}/filed"), transmission.filed.as_ref());
        self.one(&format!("{at}/media"), transmission.media.as_ref());
        self.one(&format!("{at}/content"), transmission.content.as_ref());
        self.one(&format!("{at}/warning"), transmission.warning.as_ref());
        self.one(&format!("{at}/class_characters"), transmission.class_characters.as_ref());
        self.each(&format!("{at}/signals"), &transmission.signals);
        self.one(&format!("{at}/validation"), transmission.validation.as_ref());
        self.one(&format!("{at}/relay_counter"), transmission.relay_counter.as_ref());
        self.one(&format!("{at}/relayed"), transmission.relayed.as_ref());
        self.one(&format!("{at}/relay_code"), transmission.relay_code.as_ref());
    }

    fn workflow(&mut self, at: &str, workflow: &Workflow) {
        self.each(&format!("{at}/drafted_by"), &workflow.drafted_by);
        self.each(&format!("{at}/cleared_by"), &workflow.cleared_by);
        self.each(&format!("{at}/approved_by"), &workflow.approved_by);
        self.each(&format!("{at}/released_by"), &workflow.released_by);
    }

    fn distribution(&mut self, at: &str, distribution: &Distribution) {
        self.each(&format!("{at}/action"), &distribution.action);
        self.each(&format!("{at}/info"), &distribution.info);
        self.one(&format!("{at}/total"), distribution.total.as_ref());
        self.one(&format!("{at}/flag"), distribution.flag.as_ref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Addressee, Classification, Station, TransmissionId};

    fn at<T>(value: T, start: usize) -> Spanned<T> {
        Spanned::new(value, Span::new(start, start + 1))
    }

    #[test]
    fn a_record_without_values_has_no_pointers() {
        assert_eq!(spans(&Record::default()), []);
    }

    #[test]
    fn values_are_named_as_in_the_json_record_and_in_its_order() {
        let mut record = Record {
            from: Some(at(Station::default(), 3)),
            to: vec![at(Addressee::default(), 4), at(Addressee::default(), 5)],
            classification: Some(at(Classification::Secret, 6)),
            nested: vec![at(Record { mrn: Some(at(String::new(), 9)), ..Record::default() }, 8)],
            ..Record::default()
        };
        record.transmission.ids.push(at(TransmissionId { designator: "XRO".into(), serial: "1".into() }, 1));
        record.distribution.total = Some(at(28, 7));
        let names: Vec<(String, usize)> =
            spans(&record).into_iter().map(|(name, span)| (name, span.start)).collect();
        let want = [
            ("/transmission/ids/0", 1),
            ("/from", 3),
            ("/to/0", 4),
            ("/to/1", 5),
            ("/classification", 6),
            ("/distribution/total", 7),
            ("/nested/0", 8),
            ("/nested/0/mrn", 9),
        ];
        assert_eq!(names, want.map(|(name, start)| (name.to_owned(), start)));
    }
}
