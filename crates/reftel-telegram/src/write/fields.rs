//! A record as a flat list of its values, so that two can be laid side by side.

use std::fmt::Write as _;

use crate::Spanned;
use crate::record::{Addressee, Office, PassingKind, Record, Station};

/// The values of a record, each with the JSON pointer of its place, in the record's order. Spans,
/// mentions, what is odd, and what reviewers and editors put on a copy belong to a text, not to what it says, and
/// are left out. So is what follows from other values: when a text falls due, how a reference was resolved.
pub(super) fn fields(record: &Record) -> Vec<(String, String)> {
    let mut list = List { prefix: String::new(), values: Vec::new() };
    list.record(record);
    list.values
}

struct List {
    prefix: String,
    values: Vec<(String, String)>,
}

impl List {
    fn push(&mut self, pointer: &str, value: impl Into<String>) {
        self.values.push((format!("{}{pointer}", self.prefix), value.into()));
    }

    fn some<T: ToString>(&mut self, pointer: &str, value: Option<T>) {
        if let Some(value) = value {
            self.push(pointer, value.to_string());
        }
    }

    fn yes(&mut self, pointer: &str, value: bool) {
        if value {
            self.push(pointer, "true");
        }
    }

    fn each<T>(&mut self, pointer: &str, values: &[Spanned<T>], mut push: impl FnMut(&mut List, &str, &T)) {
        for (index, value) in values.iter().enumerate() {
            push(self, &format!("{pointer}/{index}"), &value.value);
        }
    }

    fn texts(&mut self, pointer: &str, values: &[Spanned<String>]) {
        self.each(pointer, values, |list, pointer, value| list.push(pointer, value.as_str()));
    }

    fn record(&mut self, record: &Record) {
        self.some("/mrn", record.mrn.as_deref());
        self.some("/mrn_printed", record.mrn_printed.as_deref());
        self.each("/other_numbers", &record.other_numbers, |list, pointer, number| {
            list.push(pointer, format!("{} {}", number.mark, number.serial));
        });
        self.push("/dialect", record.dialect.name());
        self.transmission(record);
        self.some("/precedence/action", record.precedence.as_deref());
        self.some("/precedence/info", record.precedence_info.as_deref());
        self.some("/dtg", record.dtg.as_deref());
        self.some("/dtg_printed", record.dtg_printed.as_deref());
        if let Some(from) = &record.from {
            self.station("/from", from);
        }
        self.each("/to", &record.to, List::addressee);
        self.each("/info", &record.info, List::addressee);
        self.some("/classification", record.classification.as_deref());
        self.texts("/controls", &record.controls);
        self.texts("/captions", &record.captions);
        for (index, number) in record.sections.present.iter().enumerate() {
            self.push(&format!("/sections/present/{index}"), number.to_string());
        }
        self.some("/sections/total", record.sections.total);
        self.head(record);
        self.body(record);
        self.texts("/signatures", &record.signatures);
        let workflow = &record.workflow;
        self.texts("/workflow/drafted_by", &workflow.drafted_by);
        self.texts("/workflow/cleared_by", &workflow.cleared_by);
        self.texts("/workflow/approved_by", &workflow.approved_by);
        self.texts("/workflow/released_by", &workflow.released_by);
        self.each("/distribution/action", &record.distribution.action, List::office);
        self.each("/distribution/info", &record.distribution.info, List::office);
        self.some("/distribution/total", record.distribution.total.as_deref());
        self.some("/distribution/flag", record.distribution.flag.as_deref());
        for (index, nested) in record.nested.iter().enumerate() {
            let outer = self.prefix.len();
            // Writing to a string doesn't fail.
            let _ = write!(self.prefix, "/nested/{index}");
            self.record(nested);
            self.prefix.truncate(outer);
        }
    }

    fn transmission(&mut self, record: &Record) {
        let of = &record.transmission;
        self.each("/transmission/ids", &of.ids, |list, pointer, id| {
            list.push(pointer, format!("{}{}", id.designator, id.serial));
        });
        self.some("/transmission/routing_precedence", of.routing_precedence.as_deref());
        self.texts("/transmission/called", &of.called);
        self.some("/transmission/station", of.station.as_deref());
        self.some("/transmission/station_serial", of.station_serial.as_deref());
        self.some("/transmission/station_section", of.station_section.as_deref());
        self.some("/transmission/filed", of.filed.as_deref());
        self.some("/transmission/media", of.media.as_deref());
        self.some("/transmission/content", of.content.as_deref());
        self.some("/transmission/warning", of.warning.as_deref());
        self.some("/transmission/class_characters", of.class_characters.as_deref());
        self.texts("/transmission/signals", &of.signals);
        self.some("/transmission/validation", of.validation.as_deref());
        self.some("/transmission/relay_counter", of.relay_counter.as_deref());
        self.some("/transmission/relayed", of.relayed.as_deref());
        self.some("/transmission/relay_code", of.relay_code.as_deref());
    }

    fn station(&mut self, pointer: &str, of: &Station) {
        self.push(&format!("{pointer}/plad"), of.plad.as_str());
        self.some(&format!("{pointer}/routing_indicator"), of.routing_indicator.as_deref());
        self.some(&format!("{pointer}/post"), of.post.as_deref());
    }

    fn addressee(&mut self, pointer: &str, of: &Addressee) {
        self.station(pointer, &of.station);
        self.some(&format!("{pointer}/precedence"), of.precedence);
        self.yes(&format!("{pointer}/niact"), of.niact);
        self.some(&format!("{pointer}/continuity_number"), of.continuity_number.as_deref());
        self.yes(&format!("{pointer}/collective"), of.collective);
        for (index, exempt) in of.exempt.iter().enumerate() {
            self.push(&format!("{pointer}/exempt/{index}"), exempt.as_str());
        }
        self.some(&format!("{pointer}/delivery"), of.delivery.as_deref());
    }

    fn office(&mut self, pointer: &str, of: &Office) {
        self.push(pointer, format!("{}-{:02}", of.office, of.copies));
    }

    fn head(&mut self, record: &Record) {
        self.each("/passing", &record.passing, |list, pointer, passing| {
            let kind = match passing.kind {
                PassingKind::For => "for",
                PassingKind::Pass => "pass",
            };
            list.push(&format!("{pointer}/kind"), kind);
            list.some(&format!("{pointer}/via"), passing.via.as_deref());
            for (index, to) in passing.to.iter().enumerate() {
                list.push(&format!("{pointer}/to/{index}"), to.as_str());
            }
            list.some(&format!("{pointer}/from"), passing.from.as_deref());
            list.some(&format!("{pointer}/note"), passing.note.as_deref());
        });
        if let Some(order) = &record.executive_order {
            self.some("/executive_order/order", order.order.as_deref());
            self.some("/executive_order/instruction", order.instruction.as_deref());
            self.some("/executive_order/date", order.date);
            self.some("/executive_order/event", order.event.as_deref());
            for (index, code) in order.exemptions.iter().enumerate() {
                self.push(&format!("/executive_order/exemptions/{index}"), code.as_str());
            }
        }
        self.each("/tags", &record.tags, |list, pointer, tag| {
            list.some(&format!("{pointer}/code"), tag.code.as_deref());
            list.push(&format!("{pointer}/kind"), tag.kind.name());
            list.some(&format!("{pointer}/person"), tag.person.as_deref());
        });
        if let Some(subject) = &record.subject {
            self.push("/subject/text", subject.text.as_str());
            self.push("/subject/printed", subject.printed.as_str());
            self.some("/subject/portion", subject.portion.as_deref());
        }
        self.each("/references", &record.references, |list, pointer, reference| {
            list.some(&format!("{pointer}/label"), reference.label.as_deref());
            list.push(&format!("{pointer}/kind"), reference.kind.name());
            list.push(&format!("{pointer}/printed"), reference.printed.as_str());
            list.some(&format!("{pointer}/mrn"), reference.mrn.as_deref());
            list.some(&format!("{pointer}/year"), reference.year.map(crate::record::YearSource::name));
            list.yes(&format!("{pointer}/notal"), reference.notal);
            for (index, caption) in reference.captions.iter().enumerate() {
                list.push(&format!("{pointer}/captions/{index}"), caption.as_str());
            }
            list.yes(&format!("{pointer}/and_previous"), reference.and_previous);
        });
        self.each("/classified_by", &record.classified_by, |list, pointer, by| {
            list.some(&format!("{pointer}/name"), by.name.as_deref());
            list.some(&format!("{pointer}/title"), by.title.as_deref());
            for (index, reason) in by.reasons.iter().enumerate() {
                list.push(&format!("{pointer}/reasons/{index}"), reason.as_str());
            }
        });
    }

    fn body(&mut self, record: &Record) {
        self.each("/paragraphs", &record.paragraphs, |list, pointer, paragraph| {
            list.some(&format!("{pointer}/number"), paragraph.number);
            list.some(&format!("{pointer}/number_printed"), paragraph.number_printed.as_deref());
            list.some(&format!("{pointer}/portion"), paragraph.portion.as_deref());
            list.some(&format!("{pointer}/heading"), paragraph.heading.as_deref());
            list.push(&format!("{pointer}/text"), paragraph.text.as_str());
        });
        self.each("/blocks", &record.blocks, |list, pointer, block| {
            list.push(&format!("{pointer}/kind"), block.kind.name());
            list.push(&format!("{pointer}/text"), block.text.as_str());
            for (index, number) in block.paragraphs.iter().enumerate() {
                list.push(&format!("{pointer}/paragraphs/{index}"), number.to_string());
            }
        });
    }
}
