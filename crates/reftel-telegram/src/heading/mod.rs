//! Format lines 1 to 10: what relays wrote, date-time group, originator, addressees; and the distribution and
//! drafting lines of an archive copy.

mod archive;
mod checks;
mod preamble;
mod routing;

use std::collections::HashSet;
use std::ops::Range;

use crate::datetime::Filing;
use crate::diagnostic::{Code, Confidence, Diagnostic};
use crate::marking::{self, Noise};
use crate::record::{Addressee, Classification, Detection, Dialect, Record};
use crate::source::Source;
use crate::{Context, Span, Spanned, address, body, british, general};

use archive::is_distribution;
pub(crate) use preamble::{is_preamble, late_preamble};
use preamble::{labelled_preamble, preamble_group, precedence_line};
pub(crate) use routing::{is_routing_indicator, is_signal, is_transmission_id};

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
    let mut reader = Reader::new(source, context, record);
    reader.heading.text_from = lines.start;
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

impl<'a, 't> Reader<'a, 't> {
    fn new(source: &'a Source<'t>, context: &'a Context, record: &'a mut Record) -> Reader<'a, 't> {
        Reader {
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
        }
    }

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
