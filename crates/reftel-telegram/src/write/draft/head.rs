//! The headers of a draft, read into the fields of a record.

use super::form::{Form, Header, Name};
use super::{Complaints, Options};
use crate::datetime::{self, Filing};
use crate::record::{Addressee, Classification, Dialect, Precedence, Record, Subject, TransmissionId};
use crate::source::{Source, place};
use crate::write::heading;
use crate::{Span, Spanned, address, body, head, marking, mrn, order, reference, tables, tagline};

/// Reads the headers.
pub(super) fn read(
    draft: &str,
    form: &Form<'_>,
    options: &Options,
    record: &mut Record,
    complaints: &mut Complaints,
) {
    for unknown in &form.unknown {
        complaints.refuse(*unknown, "a line that is no header", format!("headers are {}", Name::all()));
    }
    let mut reader = Reader { draft, form, options, record, complaints };
    reader.twice();
    reader.group();
    reader.addresses();
    reader.precedence();
    reader.number();
    reader.classification();
    reader.captions();
    reader.passing();
    reader.order();
    reader.tags();
    reader.subject();
    reader.references();
    reader.classifier();
}

struct Reader<'a, 't> {
    draft: &'t str,
    form: &'a Form<'t>,
    options: &'a Options,
    record: &'a mut Record,
    complaints: &'a mut Complaints,
}

impl<'t> Reader<'_, 't> {
    fn at(&self, part: &str) -> Span {
        place(self.draft, part)
    }

    fn refuse(&mut self, part: &str, message: impl Into<String>, help: impl Into<String>) {
        let at = self.at(part);
        self.complaints.refuse(at, message, help);
    }

    /// The one header of a name that must be there.
    fn needed(&mut self, name: Name) -> Option<&'t str> {
        let found = self.form.each(name).next().map(|header| header.value);
        if found.is_none() {
            missing(self.form, name, self.complaints);
        }
        found
    }

    fn optional(&self, name: Name) -> Option<&'t str> {
        self.form.each(name).next().map(|header| header.value)
    }

    /// A second header where there can be one only.
    fn twice(&mut self) {
        let lists = [Name::To, Name::Info, Name::Captions, Name::Passing, Name::Ref, Name::ClassifiedBy];
        for (index, header) in self.form.headers.iter().enumerate() {
            let again = self.form.headers[..index].iter().any(|before| before.name == header.name);
            if again && !lists.contains(&header.name) {
                let message = format!("`{}:` a second time", header.name.printed());
                self.complaints.refuse(header.span, message, "leave one of them");
            }
        }
    }

    /// An address in capitals, with signs that addresses have.
    fn address(&mut self, typed: &'t str) -> String {
        let upper = typed.to_uppercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let odd = typed
            .char_indices()
            .find(|(_, c)| !(c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || "-/,".contains(*c)));
        if let Some((at, char)) = odd {
            let part = &typed[at..at + char.len_utf8()];
            self.refuse(
                part,
                format!("`{char}` in an address"),
                "addresses have letters, figures, hyphens and slants",
            );
        }
        upper
    }

    fn group(&mut self) {
        let Some(typed) = self.needed(Name::Dtg) else { return };
        let upper = typed.to_uppercase();
        let found = datetime::find(&upper, 0).filter(|found| !found.repaired && found.end == upper.len());
        let minute = found.and_then(|found| {
            let year = datetime::full_year(found.group.year?, None);
            Some((found.group.resolve(year)?, found.group.zone))
        });
        match minute {
            Some((minute, zone)) => {
                let printed = if zone == 'Z' { upper } else { heading::date_time_group(minute) };
                let at = self.at(typed);
                self.record.dtg = Some(Spanned::new(minute, at));
                self.record.dtg_printed = Some(printed);
            }
            None => self.refuse(typed, format!("`{typed}` is no date-time group"), example(Name::Dtg)),
        }
    }

    fn addresses(&mut self) {
        if let Some(typed) = self.needed(Name::From) {
            let mut station = address::station(&self.address(typed));
            let at = self.at(typed);
            // In front of the originator it is the station's, and stands in format line 3.
            let routed = self.options.dialect.is_routed();
            let own = station.routing_indicator.take().filter(|own| own != "ZEN" && routed);
            self.record.transmission.station = own.map(|own| Spanned::new(own, at));
            self.record.from = Some(Spanned::new(station, at));
        }
        let to = self.list(Name::To);
        let info = self.list(Name::Info);
        if to.is_empty() && info.is_empty() {
            missing(self.form, Name::To, self.complaints);
        }
        self.record.to = to;
        self.record.info = info;
    }

    fn list(&mut self, name: Name) -> Vec<Spanned<Addressee>> {
        let mut list = Vec::new();
        for typed in self.form.parts(name, &[';']) {
            let upper = self.address(typed);
            let read = address::addressee(&upper);
            if read.slip.is_some() {
                self.refuse(
                    typed,
                    "a precedence that is misspelt",
                    "FLASH, NIACT IMMEDIATE, IMMEDIATE, PRIORITY or ROUTINE",
                );
            }
            let Some(mut entry) = read.addressee else { continue };
            if let Some(names) = read.exempt {
                entry.exempt = names
                    .split(',')
                    .map(|name| name.trim().to_owned())
                    .filter(|name| !name.is_empty())
                    .collect();
            }
            if entry.station.plad.contains(',') {
                self.refuse(typed, "a comma in an address", "write one address a line");
            }
            if !entry.exempt.is_empty() && !entry.collective {
                self.refuse(
                    typed,
                    "an exemption, and no collective address",
                    "XMT goes behind a collective: ALL EUROPEAN DIPLOMATIC POSTS, XMT AMEMBASSY LISBON",
                );
            }
            if entry.niact && entry.precedence.is_none_or(|precedence| precedence < Precedence::Immediate) {
                self.refuse(typed, "NIACT without IMMEDIATE", "write NIACT IMMEDIATE");
            }
            let at = self.at(typed);
            list.push(Spanned::new(entry, at));
        }
        list
    }

    fn precedence(&mut self) {
        let Some(typed) = self.needed(Name::Precedence) else { return };
        let upper = typed.to_uppercase();
        let words: Vec<&str> =
            upper.split([' ', ',', '/', ';', '\n']).filter(|word| !word.is_empty()).collect();
        let each: Option<Vec<Precedence>> = words.iter().map(|word| precedence(word)).collect();
        let at = self.at(typed);
        match each.as_deref() {
            Some([action]) => self.record.precedence = Some(Spanned::new(*action, at)),
            Some([action, info]) if info <= action => {
                self.record.precedence = Some(Spanned::new(*action, at));
                self.record.precedence_info = Some(Spanned::new(*info, at));
            }
            Some([_, _]) => self.refuse(
                typed,
                "a precedence for information above the one for action",
                "the higher one first",
            ),
            _ if words.contains(&"NIACT") => self.refuse(
                typed,
                "NIACT is an addressee's",
                "write it behind the one who must act by night: `To: AMEMBASSY LISBON NIACT IMMEDIATE`",
            ),
            _ => self.refuse(typed, format!("`{typed}` is no precedence"), example(Name::Precedence)),
        }
    }

    fn number(&mut self) {
        let Some(typed) = self.needed(Name::Number) else { return };
        let upper = typed.to_uppercase();
        let (post, serial) = upper.trim().rsplit_once(' ').unwrap_or(("", upper.trim()));
        let from = self.record.from.as_ref().map(|from| &from.value);
        let own = from.and_then(|from| {
            let place = tables::place_of_plad(&from.plad).map(str::to_owned);
            place.or_else(|| from.post.clone())
        });
        let post = if post.is_empty() { own.unwrap_or_default() } else { post.to_owned() };
        let digits = !serial.is_empty() && serial.len() <= 8 && serial.bytes().all(|b| b.is_ascii_digit());
        let year = self.record.dtg.as_ref().map(|dtg| dtg.value.year());
        let number = year.filter(|_| digits).and_then(|year| mrn::canonical(year, &post, serial));
        match number {
            Some(number) => {
                let at = self.at(typed);
                self.record.mrn_printed = Some(format!("{post} {serial:0>6}"));
                self.record.mrn = Some(Spanned::new(number.mrn, at));
            }
            // Without a date there is no number; that is said already.
            None if digits && year.is_none() && !post.is_empty() => {}
            None => {
                self.refuse(typed, format!("`{typed}` is no number of a telegram"), example(Name::Number));
            }
        }
    }

    fn classification(&mut self) {
        let Some(typed) = self.needed(Name::Classification) else { return };
        let upper = typed.to_uppercase();
        let at = self.at(typed);
        let words = marking::class_words(&upper);
        let (class, control, rest) =
            match &words {
                Some(words) => (words.classification, words.control, &upper[words.end..]),
                None if upper == "SBU" => (Classification::Unclassified, Some("SBU"), ""),
                None if upper == "LOU" => (Classification::Unclassified, Some("LOU"), ""),
                None => return self.refuse(
                    typed,
                    format!("`{typed}` is no classification"),
                    "TOP SECRET, SECRET, CONFIDENTIAL, RESTRICTED, UNCLASSIFIED, SBU or LIMITED OFFICIAL USE",
                ),
            };
        self.record.classification = Some(Spanned::new(class, at));
        let more = rest.split(['/', ' ', ',']).filter(|word| !word.is_empty());
        for word in control.into_iter().chain(more) {
            match word {
                "SBU" => {
                    self.record.controls.push(Spanned::new("SBU".to_owned(), at));
                    self.record.captions.push(Spanned::new("SENSITIVE".to_owned(), at));
                }
                "LOU" | "FOUO" | "EFTO" => self.record.controls.push(Spanned::new(word.to_owned(), at)),
                word => self.refuse(
                    typed,
                    format!("`{word}` behind the classification"),
                    "SBU, FOUO or EFTO stand there; other words are captions",
                ),
            }
        }
    }

    fn captions(&mut self) {
        for typed in self.form.parts(Name::Captions, &[',', ';', '/']) {
            let upper = typed.to_uppercase();
            let at = self.at(typed);
            match tables::caption(&upper) {
                Some(caption) if caption.name == "SENSITIVE" => {
                    if !self.record.captions.iter().any(|have| have.value == "SENSITIVE") {
                        self.record.controls.push(Spanned::new("SBU".to_owned(), at));
                        self.record.captions.push(Spanned::new("SENSITIVE".to_owned(), at));
                    }
                }
                Some(caption) => self.record.captions.push(Spanned::new(caption.name.to_owned(), at)),
                None => self.refuse(
                    typed,
                    format!("`{typed}` is no caption that is known"),
                    "such as NODIS, EXDIS, LIMDIS, STADIS, SIPDIS",
                ),
            }
        }
        // A channel stands first, then the most restrictive.
        let rank =
            |caption: &Spanned<String>| tables::restriction(&caption.value).map_or(5, |rank| rank.min(5));
        self.record.captions.sort_by_key(rank);
    }

    fn passing(&mut self) {
        for typed in self.form.parts(Name::Passing, &[';']) {
            let upper = typed.to_uppercase();
            match head::read_passing(&upper).filter(|_| !head::is_caption_line(&upper)) {
                Some(passing) => {
                    let at = self.at(typed);
                    self.record.passing.push(Spanned::new(passing, at));
                }
                None => self.refuse(
                    typed,
                    format!("`{typed}` is no passing instruction"),
                    "such as DEPT FOR EUR/XX, or STATE PASS TO USTR",
                ),
            }
        }
    }

    fn order(&mut self) {
        let Some(typed) = self.optional(Name::Order) else { return };
        let upper = typed.to_uppercase();
        let year = self.record.dtg.as_ref().map(|dtg| dtg.value.year());
        let read = order::read(&upper, year);
        if let Some(why) = order::doubt(&read) {
            self.refuse(typed, format!("`{typed}` {why}"), example(Name::Order));
        }
        let at = self.at(typed);
        self.record.executive_order = Some(Spanned::new(read, at));
    }

    fn tags(&mut self) {
        let Some(typed) = self.needed(Name::Tags) else { return };
        let upper = typed.to_uppercase();
        let source = Source::new(&upper);
        let year = self.record.dtg.as_ref().map(|dtg| dtg.value.year());
        let (tags, odd) = tagline::read(&source, &upper, year);
        let start = self.at(typed).start;
        // Capitals take the bytes that small letters take, except outside of ASCII, which no TAG has.
        if !typed.is_ascii() {
            return self.refuse(typed, "TAGS have letters of ASCII only", example(Name::Tags));
        }
        let moved = |at: Span| Span::new(at.start + start, at.end + start);
        for found in odd {
            self.complaints.refuse(
                moved(found.span),
                found.message.clone(),
                format!("expected {}", found.code.expected()),
            );
        }
        self.record.tags = tags.into_iter().map(|tag| Spanned::new(tag.value, moved(tag.span))).collect();
    }

    fn subject(&mut self) {
        let Some(typed) = self.needed(Name::Subject) else { return };
        let at = self.at(typed);
        let sent = self.complaints.send(self.options.charset, typed, at.start);
        let printed = sent.split_whitespace().collect::<Vec<_>>().join(" ");
        let trimmed = printed.trim_end_matches(['-', '_', ' ']);
        let (portion, text) = match marking::portion(trimmed) {
            Some((mark, end)) => (Some(mark.to_owned()), trimmed[end..].trim_start()),
            None => (None, trimmed),
        };
        let subject = Subject { text: text.to_owned(), printed: trimmed.to_owned(), portion };
        self.record.subject = Some(Spanned::new(subject, at));
    }

    fn references(&mut self) {
        let items = self.form.parts(Name::Ref, &[';']);
        let labelled = items.iter().any(|item| reference::is_item(item));
        let year = self.record.dtg.as_ref().map(|dtg| dtg.value.year());
        for (index, typed) in items.iter().enumerate() {
            let at = self.at(typed);
            let mut sent = self.complaints.send(self.options.charset, typed, at.start);
            if items.len() > 1 && !labelled {
                let letter = char::from(b'A' + u8::try_from(index % 26).unwrap_or(0));
                sent = format!("{letter}. {sent}");
            }
            let source = Source::new(&sent);
            let before = self.record.references.len();
            let found = self.record.diagnostics.len();
            reference::block(&source, &sent, year, self.record);
            for entry in &mut self.record.references[before..] {
                entry.span = at;
            }
            for odd in self.record.diagnostics.split_off(found) {
                self.complaints.refuse(at, odd.message, format!("expected {}", odd.code.expected()));
            }
        }
        if items.len() > 26 {
            self.refuse(items[26], "more than 26 references", "the letters end at Z");
        }
    }

    fn classifier(&mut self) {
        let headers: Vec<&Header<'t>> = self.form.each(Name::ClassifiedBy).collect();
        for header in headers {
            let at = self.at(header.value);
            let sent = self.complaints.send(self.options.charset, header.value, at.start);
            let source = Source::new(&sent);
            body::classified_by(&source, &sent, self.record);
            if let Some(last) = self.record.classified_by.last_mut() {
                last.span = at;
            }
        }
    }
}

/// Refuses a draft for a header that isn't there.
pub(super) fn missing(form: &Form<'_>, name: Name, complaints: &mut Complaints) {
    let empty = form.headers.iter().find(|header| header.name == name).map(|header| header.span);
    let at = empty.unwrap_or(Span::new(form.end, form.end));
    complaints.refuse(at, format!("`{}:` is missing", name.printed()), example(name));
}

fn example(name: Name) -> String {
    format!("such as `{}: {}`", name.printed(), name.example())
}

/// A precedence by its word or its letter.
fn precedence(word: &str) -> Option<Precedence> {
    match word {
        "Z" | "FLASH" => Some(Precedence::Flash),
        "O" | "IMMEDIATE" => Some(Precedence::Immediate),
        "P" | "PRIORITY" => Some(Precedence::Priority),
        "R" | "ROUTINE" => Some(Precedence::Routine),
        _ => None,
    }
}

/// Format lines 1 to 4 and 15.
pub(super) fn transmission(
    form: &Form<'_>,
    options: &Options,
    record: &mut Record,
    complaints: &mut Complaints,
) {
    if !options.dialect.is_routed() {
        return;
    }
    let first = |name: Name| form.each(name).next();
    let place = Span::new(form.end, form.end);
    if let Some(header) = first(Name::Station) {
        record.transmission.station = Some(Spanned::new(header.value.to_uppercase(), header.span));
    }
    if let Some(header) = first(Name::Filed) {
        match (Filing::read(&header.value.to_uppercase()), &record.dtg) {
            (Some(filing), Some(dtg)) => {
                record.transmission.filed =
                    filing.resolve(dtg.value).map(|filed| Spanned::new(filed, header.span));
            }
            _ => {
                complaints.refuse(
                    header.span,
                    "no filing time",
                    "day of the year and time: `Filed: 1621530`",
                );
            }
        }
    }
    if options.dialect == Dialect::Janap128 {
        record.transmission.media = Some(Spanned::new(heading::MEDIA.to_owned(), place));
        record.transmission.content = Some(Spanned::new(heading::CONTENT.to_owned(), place));
    }
    indicators(record, complaints);
    let envelope = heading::Envelope::of(record, true);
    match envelope.station {
        Some(station) if crate::heading::is_routing_indicator(&station) => {
            let at = record.transmission.station.as_ref().map_or(place, |station| station.span);
            if record.transmission.station.is_none()
                && record.from.as_ref().is_some_and(|from| from.value.routing_indicator.is_none())
            {
                complaints.assume("format line 3", &station);
            }
            record.transmission.station = Some(Spanned::new(station, at));
        }
        _ if record.from.is_some() => {
            let at = record.from.as_ref().map_or(place, |from| from.span);
            let help = "write it in front, `From: RUEHVX/AMEMBASSY VALDORIA`, or as `Station: RUEHVX`";
            complaints.refuse(at, "no routing indicator is known for the originator", help);
        }
        _ => {}
    }
    let own = &mut record.transmission;
    own.routing_precedence = envelope.precedence.map(|precedence| Spanned::new(precedence, place));
    own.called = envelope.called.into_iter().map(|called| Spanned::new(called, place)).collect();
    own.station_serial = envelope.serial.map(|serial| Spanned::new(serial, place));
    own.filed = own.filed.take().or(envelope.filed.map(|filed| Spanned::new(filed, place)));
    own.warning = envelope.warning.map(|warning| Spanned::new(warning.to_owned(), place));
    own.class_characters = envelope.characters.map(|letters| Spanned::new(letters, place));
    if matches!(options.dialect, Dialect::Acp127Us | Dialect::Janap128) {
        own.validation.clone_from(&own.station_serial);
    }
    signals(form, options, record, complaints);
    flash(record, complaints);
    channel(form, record, complaints);
}

/// Routing indicators of the addressees, which format line 2 calls.
fn indicators(record: &mut Record, complaints: &mut Complaints) {
    for entry in record.to.iter_mut().chain(&mut record.info) {
        let station = &mut entry.value.station;
        if station.routing_indicator.as_deref() == Some("ZEN") {
            continue;
        }
        let plad = station.plad.clone();
        match heading::indicator_of(station) {
            Some(found) if station.routing_indicator.is_none() => {
                complaints.assume(&plad, &found);
                station.routing_indicator = Some(found);
            }
            Some(_) => {}
            None => {
                let help = format!(
                    "write it in front, `RUEHXX/{plad}`, or `ZEN/{plad}` if it is delivered by other means"
                );
                complaints.refuse(entry.span, format!("no routing indicator is known for {plad}"), help);
            }
        }
    }
}

/// Operating signals: State's own, unless the draft says which.
fn signals(form: &Form<'_>, options: &Options, record: &mut Record, complaints: &mut Complaints) {
    let place = Span::new(form.end, form.end);
    if let Some(header) = form.each(Name::Signals).next() {
        for word in header.value.to_uppercase().split([' ', ',']).filter(|word| !word.is_empty()) {
            if crate::heading::is_signal(word) {
                record.transmission.signals.push(Spanned::new(word.to_owned(), header.span));
            } else {
                complaints.refuse(
                    header.span,
                    format!("`{word}` is no operating signal"),
                    "three letters, the first of them Z",
                );
            }
        }
    } else if options.dialect == Dialect::Acp127Us {
        let night = record.to.iter().chain(&record.info).any(|entry| entry.value.niact);
        let signal = if night { "ZZK" } else { "ZZH" };
        complaints.assume("format line 4", signal);
        record.transmission.signals.push(Spanned::new(signal.to_owned(), place));
    }
}

/// FLASH goes in a transmission of its own.
///
/// Source: ACP 127(G) ¶152e.
fn flash(record: &Record, complaints: &mut Complaints) {
    let default = |info: bool| {
        let lower = record.precedence_info.as_ref().filter(|_| info);
        lower.or(record.precedence.as_ref()).map(|precedence| precedence.value)
    };
    let each = |list: &[Spanned<Addressee>], info: bool| {
        list.iter().map(|entry| (entry.value.precedence.or(default(info)), entry.span)).collect::<Vec<_>>()
    };
    let all: Vec<_> = each(&record.to, false).into_iter().chain(each(&record.info, true)).collect();
    let is_flash = |precedence: &Option<Precedence>| *precedence >= Some(Precedence::Flash);
    if all.iter().any(|(precedence, _)| is_flash(precedence))
        && let Some((_, at)) = all.iter().find(|(precedence, _)| !is_flash(precedence))
    {
        let help = "draft it once for those at FLASH, and once for the others";
        complaints.refuse(*at, "an addressee below FLASH in a telegram at FLASH", help);
    }
}

/// Format line 1. Without a channel it has the one that stands for none.
fn channel(form: &Form<'_>, record: &mut Record, complaints: &mut Complaints) {
    let place = Span::new(form.end, form.end);
    let Some(header) = form.each(Name::Channel).next() else {
        complaints.assume("format line 1", "XYZ0000");
        let id = TransmissionId { designator: "XYZ".to_owned(), serial: "0000".to_owned() };
        record.transmission.ids = vec![Spanned::new(id, place)];
        return;
    };
    let upper: String = header.value.to_uppercase().chars().filter(|c| !c.is_whitespace()).collect();
    let (letters, digits) = upper.split_at(upper.find(|c: char| c.is_ascii_digit()).unwrap_or(upper.len()));
    if !crate::heading::is_transmission_id(letters, digits) {
        return complaints.refuse(
            header.span,
            "no channel and number",
            "three letters and three or four figures: `Channel: XRO6229`",
        );
    }
    let id = TransmissionId { designator: letters.to_owned(), serial: digits.to_owned() };
    record.transmission.ids = vec![Spanned::new(id, header.span)];
}
