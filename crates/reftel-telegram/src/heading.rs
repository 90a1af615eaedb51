//! Format lines 1 to 10: what relays wrote, date-time group, originator, addressees; and the distribution and
//! drafting lines of an archive copy.

use std::collections::HashSet;
use std::ops::Range;

use crate::datetime::{self, Filing, words};
use crate::diagnostic::{Code, Confidence, Diagnostic};
use crate::marking::{self, Noise};
use crate::record::{
    Addressee, Classification, Detection, Dialect, Office, Precedence, Readdressal, Record, TransmissionId,
};
use crate::source::Source;
use crate::{Context, Span, Spanned, address, body, british, general};

/// What the heading left for the reader of the text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Heading {
    /// The first line that is text.
    pub(crate) text_from: usize,
    /// Whether there was a date-time group, an originator or a routing line: a heading that must be whole.
    pub(crate) found: bool,
    /// A classification printed above the heading, if any.
    pub(crate) banner: Option<(Classification, Option<&'static str>, Span)>,
    /// Whether `BT` opened the text.
    pub(crate) opened: bool,
}

/// Where the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Start,
    Routing,
    Distribution,
    Drafting(Draft),
    Preamble,
    To,
    Info,
    Exempt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Draft {
    Drafted,
    Approved,
    Cleared,
    Released,
}

pub(crate) struct Reader<'a, 't> {
    source: &'a Source<'t>,
    record: &'a mut Record,
    context: &'a Context,
    at: At,
    flags: Flags,
    heading: Heading,
    /// The filing time, until there is a day to resolve it by.
    filing: Option<(Filing, Span)>,
    /// The time on the first page line of an archive copy.
    page_time: Option<(Filing, Span)>,
    /// The time on its dash line.
    relayed: Option<(Filing, Span)>,
    /// The date-time group above the one of a message that was readdressed.
    readdressed: Option<jiff::civil::DateTime>,
    /// The routing indicators of format line 2, where there are many.
    called: HashSet<&'t str>,
}

/// Up to so many routing indicators are compared one by one.
const CALLED_FEW: usize = 32;

#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    transmission: bool,
    calling: bool,
    number_sign: bool,
    janap: bool,
    archive: bool,
    dtg: bool,
    from: bool,
    addressed: bool,
}

/// Reads the heading in `lines` into `record`.
pub(crate) fn read(
    source: &Source<'_>,
    lines: Range<usize>,
    noise: &[Option<Noise>],
    context: &Context,
    record: &mut Record,
) -> Heading {
    let mut reader = Reader {
        source,
        record,
        context,
        at: At::Start,
        flags: Flags::default(),
        heading: Heading { text_from: lines.start, ..Heading::default() },
        filing: None,
        page_time: None,
        relayed: None,
        readdressed: None,
        called: HashSet::new(),
    };
    let mut index = lines.start;
    while index < lines.end {
        let line = source.line(index);
        match noise[index - lines.start] {
            Some(Noise::Break) => {
                reader.heading.opened = true;
                // A gateway may have put the address block below the break.
                if reader.flags.from || !reader.flags.dtg || !reader.originator_ahead(index + 1, &lines) {
                    index += 1;
                    break;
                }
            }
            Some(Noise::End | Noise::Validation) => break,
            Some(Noise::Page) => {
                reader.flags.archive |= !reader.flags.from && line.starts_with("PAGE ");
                if matches!(reader.at, At::Start) {
                    reader.at = At::Distribution;
                }
                if reader.page_time.is_none() {
                    reader.page_time = reader.short_time(line.rsplit(' ').next().unwrap_or(""));
                }
            }
            Some(Noise::Blank) => {
                if reader.ends_at_blank(index, &lines, noise) {
                    break;
                }
            }
            Some(Noise::Banner | Noise::Stamp) => reader.banner(line),
            None => {
                if !reader.line(line, index, &lines) {
                    break;
                }
            }
        }
        index += 1;
    }
    reader.finish(index, &lines)
}

impl<'t> Reader<'_, 't> {
    fn span(&self, part: &str) -> Span {
        self.source.span(part)
    }

    /// Reports what was read otherwise than printed, beyond doubt.
    fn mended(&mut self, code: Code, part: &str, message: String, after: String) {
        let found = Diagnostic::new(code, self.source.span(part), message);
        self.record.diagnostics.push(found.mended(after, Confidence::Certain));
    }

    fn report(&mut self, code: Code, part: &str, message: impl Into<String>) {
        let span = self.span(part);
        self.record.diagnostics.push(Diagnostic::new(code, span, message));
    }

    fn spanned<T>(&self, value: T, part: &str) -> Spanned<T> {
        Spanned::new(value, self.span(part))
    }

    /// Reads one line. `false` where it isn't the heading's any more.
    fn line(&mut self, line: &'t str, index: usize, lines: &Range<usize>) -> bool {
        if line.starts_with("Message Text") {
            return true;
        }
        if self.routing(line) || self.preamble(line) || self.unreadable_preamble(line, index) {
            return true;
        }
        if let Some(rest) = keyword(line, "FM").or_else(|| self.originator_label(line)) {
            return self.from(rest);
        }
        if self.flags.from && general::begins_text(line) {
            return false;
        }
        if self.flags.from && british::number_line(self.source, line, self.year(), self.record) {
            return true;
        }
        if self.address_label(line, index, lines) {
            return true;
        }
        if !self.flags.from && !self.flags.dtg && (self.distribution(line) || self.drafting(line)) {
            return true;
        }
        if Self::class_or_label(line) {
            return self.before_heading(line, index, lines);
        }
        match self.at {
            At::To | At::Info | At::Exempt => !opens_text(line) && self.continued_address(line),
            At::Drafting(draft) => {
                self.workflow(draft, line);
                true
            }
            At::Distribution if !self.flags.dtg => self.flags.archive || line.len() <= 2,
            At::Routing => self.pilot_or_routing(line),
            At::Preamble if self.flags.from && !self.flags.addressed => {
                self.continued_originator(line, index)
            }
            At::Preamble if !self.flags.from => {
                is_signal(line.split(' ').next().unwrap_or("")) || self.before_heading(line, index, lines)
            }
            _ => self.before_heading(line, index, lines),
        }
    }

    /// A line before any heading: passed over where a heading follows soon.
    fn before_heading(&mut self, line: &str, index: usize, lines: &Range<usize>) -> bool {
        if self.flags.from || self.flags.addressed {
            return false;
        }
        if self.flags.dtg {
            let follows = self.originator_ahead(index + 1, lines);
            if follows {
                self.banner(line);
            }
            return follows;
        }
        if let Some(word) = precedence_line(line) {
            if self.record.precedence.is_none() {
                self.record.precedence = Some(self.spanned(word, line));
            }
            return true;
        }
        let ahead = index + 1..lines.end.min(index + 12);
        let follows = ahead.map(|index| self.source.line(index)).any(|line| {
            keyword(line, "FM").is_some()
                || preamble_group(labelled_preamble(line)).is_some()
                || line.starts_with("VZCZC")
        });
        if follows {
            self.banner(line);
        }
        follows
    }

    /// Whether the originator is named within the next lines, before any text.
    fn originator_ahead(&self, from: usize, lines: &Range<usize>) -> bool {
        for index in from..lines.end.min(from + 16) {
            let line = self.source.line(index);
            if keyword(line, "FM").is_some() {
                return true;
            }
            if crate::body::paragraph_start(line).is_some() || line.starts_with("MSGID/") {
                return false;
            }
        }
        false
    }

    fn banner(&mut self, line: &str) {
        let words_at = line.strip_prefix("CLASSIFICATION:").map_or(line, str::trim_start);
        if let (None, Some(words)) = (self.heading.banner, marking::class_words(words_at)) {
            self.heading.banner =
                Some((words.classification, words.control, self.span(&words_at[..words.end])));
        }
    }

    /// Format lines 1 to 4.
    fn routing(&mut self, line: &'t str) -> bool {
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

    fn transmission(&mut self, line: &'t str) -> bool {
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

    fn called(&mut self, line: &'t str) -> bool {
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
    fn is_called(&mut self, indicator: &'t str) -> bool {
        let called = &self.record.transmission.called;
        let among_first = called.iter().take(CALLED_FEW).any(|other| other.value == indicator);
        among_first || called.len() >= CALLED_FEW && !self.called.insert(indicator)
    }

    fn push_called(&mut self, text: &'t str) {
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
    fn pilot_or_routing(&mut self, line: &'t str) -> bool {
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

    fn calling(&mut self, rest: &'t str) -> bool {
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

    fn security(&mut self, line: &'t str) -> bool {
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
    fn janap(&mut self, line: &'t str) -> bool {
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

    /// Format line 5.
    fn preamble(&mut self, line: &'t str) -> bool {
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
    fn sent_on(&mut self) {
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
    fn unreadable_preamble(&mut self, line: &'t str, index: usize) -> bool {
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
    fn year(&self) -> Option<i16> {
        self.record.dtg.as_ref().map(|dtg| dtg.value.year()).or(self.context.year)
    }

    fn resolve(&mut self, found: datetime::Found, printed: &'t str) {
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

    /// `FROM:` and, below a date-time group, `FROM`.
    fn originator_label<'l>(&self, line: &'l str) -> Option<&'l str> {
        let address = || line.len() < 80 && !line.bytes().any(|b| b.is_ascii_lowercase());
        let below = self.flags.dtg && !self.flags.from;
        keyword(line, "FROM:").or_else(|| keyword(line, "FROM").filter(|_| below && address()))
    }

    /// The second line of an originator whose name was too long for one.
    fn continued_originator(&mut self, line: &'t str, index: usize) -> bool {
        let below = [self.source.line(index + 1), self.source.line(index + 2)];
        if !below.iter().any(|line| keyword(line, "TO").is_some()) {
            return false;
        }
        if let Some(from) = &mut self.record.from {
            let span = from.span.cover(self.source.span(line));
            *from = Spanned::new(address::station(&format!("{} {line}", from.value.plad)), span);
        }
        true
    }

    fn from(&mut self, rest: &'t str) -> bool {
        if self.flags.from && self.flags.addressed && !self.flags.dtg {
            return false;
        }
        self.flags.from = true;
        self.at = At::Preamble;
        let mut name = rest.trim();
        // `FM VALDORIA 030915Z APR 82`
        if !self.flags.dtg
            && let Some((before, found)) = british::name_and_group(name)
        {
            self.flags.dtg = true;
            self.resolve(found, &name[found.start..found.end]);
            name = before;
        }
        if !name.is_empty() {
            let station = address::station(name);
            self.record.from = Some(self.spanned(station, name));
        }
        true
    }

    fn address_label(&mut self, line: &'t str, index: usize, lines: &Range<usize>) -> bool {
        for (word, at) in [("TO", At::To), ("INFO", At::Info), ("XMT", At::Exempt)] {
            let Some(rest) =
                keyword(line, word).or_else(|| line.strip_prefix(word).and_then(|r| r.strip_prefix('/')))
            else {
                continue;
            };
            if at == At::Info && is_distribution(rest) {
                return false;
            }
            // `TO` starts many a sentence: an address stands below the originator, or has a heading's look.
            if !self.flags.from && !self.flags.dtg && !self.flags.addressed && !address::looks_like(rest) {
                return false;
            }
            let _ = (index, lines);
            self.flags.addressed = true;
            self.at = at;
            return self.continued_address(rest)
                || rest.trim().is_empty()
                || rest.trim_start().starts_with("PAGE ");
        }
        false
    }

    fn continued_address(&mut self, line: &'t str) -> bool {
        let line = line.trim();
        if line.is_empty() || is_group_count(line) {
            return true;
        }
        if let (At::Info, Some(rest)) = (self.at, line.strip_prefix("XMT ")) {
            self.exempt(rest);
            return true;
        }
        match self.at {
            At::Exempt => self.exempt(line),
            at if address::precedence_first(line) => {
                for (name, addressee) in british::addressees(line) {
                    let entry = self.spanned(addressee, name);
                    if at == At::To { self.record.to.push(entry) } else { self.record.info.push(entry) }
                }
            }
            at => {
                let read = address::addressee(line);
                if let Some(slip) = read.slip {
                    let sign = read.addressee.as_ref().and_then(|addressee| addressee.precedence);
                    let name = sign.map_or_else(|| slip.to_owned(), |sign| sign.name().to_owned());
                    let message = format!("`{slip}` is read as a precedence");
                    self.mended(Code::PrecedenceMisspelt, slip, message, name);
                }
                if let Some(plad) = &read.addressee {
                    let entry = self.spanned(plad.clone(), line);
                    if at == At::To { self.record.to.push(entry) } else { self.record.info.push(entry) }
                }
                if let Some(inline) = read.exempt {
                    self.exempt(inline);
                }
            }
        }
        true
    }

    /// Exemptions go with the nearest collective above them, else with all there are.
    fn exempt(&mut self, text: &'t str) {
        let names: Vec<String> = text
            .split([',', ';'])
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect();
        let nearest =
            |list: &mut Vec<Spanned<Addressee>>| list.iter().rposition(|entry| entry.value.collective);
        let entry = match (nearest(&mut self.record.info), nearest(&mut self.record.to)) {
            (Some(at), _) => &mut self.record.info[at],
            (None, Some(at)) => &mut self.record.to[at],
            (None, None) => {
                self.report(
                    Code::ExemptionWithoutCollective,
                    text,
                    "no collective address above this exemption",
                );
                return;
            }
        };
        entry.value.exempt.extend(names);
    }

    /// `ACTION EUR-12`, `INFO OCT-01 ISO-00 /028 W`, the dash line, and the two digits above them.
    fn distribution(&mut self, line: &'t str) -> bool {
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
    fn drafting(&mut self, line: &'t str) -> bool {
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
    fn workflow(&mut self, mut draft: Draft, mut line: &'t str) -> Draft {
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
    fn short_time(&self, word: &str) -> Option<(Filing, Span)> {
        let digits = word
            .strip_suffix('Z')
            .filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()))?;
        let number = |from: usize| digits[from..from + 2].parse().ok();
        let time = Filing::Slant { day: number(0)?, hour: number(2)?, minute: number(4)? };
        Some((time, self.span(word)))
    }

    /// The dash line of an archive copy: `--------------------- 042551`, `------------------270429Z 060566 /61`.
    fn relay_line(&mut self, line: &'t str) {
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

    /// Whether the line opens the text: classification words or a label.
    fn class_or_label(line: &str) -> bool {
        marking::class_words(line).is_some() || crate::head::label(line).is_some()
    }

    /// Whether a blank line ends the heading: an address block does end there, unless more of it follows.
    fn ends_at_blank(&self, index: usize, lines: &Range<usize>, noise: &[Option<Noise>]) -> bool {
        if !matches!(self.at, At::To | At::Info | At::Exempt) {
            return false;
        }
        let next = (index + 1..lines.end).find(|&next| noise[next - lines.start] != Some(Noise::Blank));
        let Some(next) = next else { return true };
        let line = self.source.line(next);
        let goes_on = ["FM", "TO", "INFO", "XMT"].iter().any(|word| keyword(line, word).is_some())
            || noise[next - lines.start].is_some()
            || preamble_group(line).is_some()
            || address::looks_like(line);
        !goes_on
    }

    fn finish(mut self, text_from: usize, lines: &Range<usize>) -> Heading {
        self.heading.text_from = text_from.min(lines.end);
        let flags = self.flags;
        let (dialect, confidence, reason) = self.dialect();
        self.record.dialect = dialect;
        self.record.dialect_found = Some(Detection { confidence, reason: reason.into() });
        self.name_posts();
        self.heading.found = self.record.dialect != Dialect::Fragment || flags.from;
        self.filed();
        self.relayed();
        self.check(lines);
        self.heading
    }

    /// The dialect, and what tells it.
    fn dialect(&self) -> (Dialect, Confidence, &'static str) {
        use Confidence::{Certain, Likely};
        let flags = self.flags;
        let slant = matches!(self.filing, Some((Filing::Slant { .. }, _)));
        let distributed = !self.record.distribution.action.is_empty();
        if flags.archive && distributed {
            (Dialect::Archive1970s, Certain, "distribution with copies above the heading")
        } else if flags.archive {
            (Dialect::Archive1970s, Likely, "a page line or a dash line above the heading")
        } else if flags.janap {
            (Dialect::Janap128, Certain, "a routing line in fixed columns")
        } else if flags.calling && !flags.number_sign && slant {
            // Any automatic relay begins with `VZCZC`; the filing time tells whose practice it is.
            (Dialect::Acp127, Certain, "a filing time of day and time, without number sign")
        } else if flags.calling && flags.number_sign {
            (Dialect::Acp127Us, Certain, "`DE` with a number sign")
        } else if flags.transmission {
            (Dialect::Acp127Us, Likely, "`VZCZC` begins it")
        } else if flags.calling {
            (Dialect::Acp127, Likely, "`DE` without number sign")
        } else if flags.dtg && flags.from {
            (Dialect::Acp126, Certain, "date-time group and originator, without routing lines")
        } else if flags.dtg {
            (Dialect::Acp126, Likely, "a date-time group, without routing lines")
        } else {
            (Dialect::Fragment, Certain, "no line of a heading")
        }
    }

    /// Posts are named as they were in the year of the telegram.
    fn name_posts(&mut self) {
        let Some(year) = self.year() else { return };
        let Record { from, to, info, .. } = &mut *self.record;
        let stations = to.iter_mut().chain(info).map(|entry| &mut entry.value.station);
        for station in stations.chain(from.as_mut().map(|from| &mut from.value)) {
            address::name_of_year(station, year);
        }
    }

    fn filed(&mut self) {
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
    fn relayed(&mut self) {
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

    fn check(&mut self, lines: &Range<usize>) {
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

    fn check_precedence(&mut self) {
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

    fn check_distribution(&mut self) {
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

/// Whether a line is format line 10, the accounting symbol and the count of groups: `STATE GRNC`, `GR123`.
///
/// Source: ACP 127(G) Annex B.
fn is_group_count(line: &str) -> bool {
    let (symbol, count) = line.rsplit_once(' ').unwrap_or(("", line));
    let figures = count.strip_prefix("GR").is_some_and(|rest| {
        rest == "NC" || (1..=4).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit())
    });
    figures && symbol.split(' ').count() <= 2
}

/// Whether a line below addresses is text beyond doubt: a numbered paragraph, a block, a rule of dashes.
fn opens_text(line: &str) -> bool {
    body::paragraph_start(line).is_some_and(|start| start.number.is_some()) || body::opens_block(line)
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

/// What stands behind a word that begins a line, where white space follows it.
#[inline]
pub(crate) fn keyword<'l>(line: &'l str, word: &str) -> Option<&'l str> {
    // Nearly every line is told by its first letter.
    if line.as_bytes().first() != word.as_bytes().first() {
        return None;
    }
    let rest = line.strip_prefix(word)?;
    if rest.is_empty() || rest.starts_with([' ', '\t', ':']) {
        Some(rest.trim_start_matches([':', ' ', '\t']))
    } else {
        None
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

/// The precedence of a prosign letter; `0` is a misread `O`.
fn prosign(letter: u8) -> Option<Precedence> {
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
fn preamble_group(line: &str) -> Option<(Signs, datetime::Found)> {
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
fn labelled_preamble(line: &str) -> &str {
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
fn precedence_line(line: &str) -> Option<Precedence> {
    let word = line.strip_prefix("PRECEDENCE:").map_or(line, str::trim);
    Some(match word.trim_end_matches(['.', '/']) {
        "ROUTINE" => Precedence::Routine,
        "PRIORITY" => Precedence::Priority,
        "IMMEDIATE" => Precedence::Immediate,
        "FLASH" => Precedence::Flash,
        _ => return None,
    })
}

/// Whether every word is an office with its copies, or the total and its letter.
fn is_distribution(text: &str) -> bool {
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

/// Reads a preamble that stands in the text, below the address block.
pub(crate) fn late_preamble<'t>(source: &Source<'t>, line: &'t str, context: &Context, record: &mut Record) {
    let mut reader = Reader {
        source,
        record,
        context,
        at: At::Start,
        flags: Flags::default(),
        heading: Heading::default(),
        filing: None,
        page_time: None,
        relayed: None,
        readdressed: None,
        called: HashSet::new(),
    };
    if reader.preamble(line) && reader.record.dialect == Dialect::Fragment {
        reader.record.dialect = Dialect::Acp126;
    }
}

/// The preamble of a line, for those who cut an input into telegrams.
pub(crate) fn is_preamble(line: &str) -> bool {
    preamble_group(labelled_preamble(line)).is_some_and(|(signs, _)| signs[0].is_some())
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
