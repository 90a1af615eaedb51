//! From a mail to a record.

use jiff::civil::DateTime;
use mail_parser::{Address, HeaderName, HeaderValue, Message, MessageParser, MimeHeaders, PartType};
use reftel_telegram::record::{Addressee, Record, Station, Subject};
use reftel_telegram::write::Difference;
use reftel_telegram::{Context, Span, Spanned, is_telegram};

use crate::compose::MEDIA_TYPE;
use crate::headers::{self, PRECEDENCES};

/// What a mail holds.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// Its headers, in order, decoded and in one line each.
    pub headers: Vec<(String, String)>,
    /// The part that people read.
    pub text: String,
    /// The part that programs read, if it has one of the type [`MEDIA_TYPE`].
    pub structured: Option<Vec<u8>>,
}

/// Whether an input begins as mail of this kind does: with headers, among them one that only such mail has.
pub fn is_mail(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(64 * 1024)];
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines().take_while(|line| !line.is_empty()).peekable();
    let name = |line: &str| {
        line.split_once(':').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
    };
    lines.peek().is_some_and(|line| name(line))
        && lines.any(|line| {
            let lower = line.to_ascii_lowercase();
            lower.starts_with("mime-version:")
                || lower.starts_with("mmhs-")
                || lower.starts_with("message-id:")
        })
}

/// Reads a mail. `None` where it is none.
pub fn read(bytes: &[u8]) -> Option<Mail> {
    let message = MessageParser::new()
        .with_mime_headers()
        .with_date_headers()
        .with_address_headers()
        .default_header_text()
        .parse(bytes)?;
    let mut mail = Mail::default();
    for header in message.headers() {
        mail.headers.push((header.name.as_str().to_owned(), value(&header.name, &header.value)));
    }
    mail.text =
        (0..message.text_body_count()).filter_map(|at| message.body_text(at)).collect::<Vec<_>>().concat();
    mail.text = mail.text.replace("\r\n", "\n");
    mail.structured = structured(&message);
    Some(mail)
}

/// The first part of our media type.
fn structured(message: &Message<'_>) -> Option<Vec<u8>> {
    let ours = message.parts.iter().find(|part| {
        part.content_type().is_some_and(|kind| {
            let whole = format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or(""));
            whole.eq_ignore_ascii_case(MEDIA_TYPE)
        })
    })?;
    match &ours.body {
        PartType::Text(text) | PartType::Html(text) => Some(text.as_bytes().to_vec()),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => Some(bytes.to_vec()),
        _ => None,
    }
}

/// A header's value as [`headers::headers`] writes it.
fn value(name: &HeaderName<'_>, value: &HeaderValue<'_>) -> String {
    let text = match value {
        HeaderValue::Text(text) => text.to_string(),
        HeaderValue::TextList(list) if *name == HeaderName::MessageId => {
            list.iter().map(|id| format!("<{id}>")).collect::<Vec<_>>().join(" ")
        }
        HeaderValue::TextList(list) => list.join(", "),
        HeaderValue::DateTime(time) => date(time).map(headers::date).unwrap_or_default(),
        HeaderValue::Address(address) => addresses(address),
        _ => String::new(),
    };
    headers::in_line(&text)
}

/// The minute in UTC.
fn date(time: &mail_parser::DateTime) -> Option<DateTime> {
    let stamp = jiff::Timestamp::from_second(time.to_timestamp()).ok()?;
    Some(jiff::tz::TimeZone::UTC.to_datetime(stamp))
}

fn addresses(address: &Address<'_>) -> String {
    let each = address.iter().map(|one| {
        let email = one.address.as_deref().unwrap_or("");
        one.name.as_deref().map_or_else(|| email.to_owned(), |name| format!("\"{name}\" <{email}>"))
    });
    each.collect::<Vec<_>>().join(", ")
}

impl Mail {
    /// The first header of a name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// What the headers say otherwise than a record does, each named by its header.
    pub fn disagreements(&self, record: &Record) -> Vec<Difference> {
        let mut list = Vec::new();
        for (name, value) in headers::headers(record) {
            let said = self.header(name).unwrap_or("");
            // Names that are encoded in parts come back with blanks between them.
            let same = |a: &str, b: &str| {
                let plain = |text: &str| text.replace(['"', '\\', ' '], "");
                plain(a) == plain(b)
            };
            if !same(&value, said) {
                list.push(Difference {
                    pointer: name.to_owned(),
                    before: Some(value),
                    after: (!said.is_empty()).then(|| said.to_owned()),
                    reason: "the header doesn't say what the record does",
                });
            }
        }
        list
    }

    /// The record of the text, and, where it doesn't say them, originator, addressees, precedence, date-time group,
    /// number, classification and subject of the headers.
    pub fn record(&self) -> Record {
        let year = self.minute().map(DateTime::year);
        let readings = reftel_telegram::read(self.text.as_bytes(), &Context { year });
        let telegram = readings.iter().position(|reading| is_telegram(&reading.record).is_ok());
        let mut record =
            readings.into_iter().nth(telegram.unwrap_or(0)).map(|reading| reading.record).unwrap_or_default();
        self.fill(&mut record);
        record
    }

    /// The date-time group that the headers give.
    fn minute(&self) -> Option<DateTime> {
        ["MMHS-Extended-Authorisation-Info", "Date"].iter().find_map(|name| {
            let printed = self.header(name)?;
            date(&mail_parser::DateTime::parse_rfc822(printed)?)
        })
    }

    /// Puts into a record what the headers say and it doesn't.
    pub fn fill(&self, record: &mut Record) {
        fn at<T>(value: T) -> Spanned<T> {
            Spanned::new(value, Span::default())
        }
        if record.dtg.is_none()
            && let Some(minute) = self.minute()
        {
            record.dtg = Some(at(minute));
        }
        let station = |plad: &str| Station { plad: plad.to_owned(), ..Station::default() };
        if record.from.is_none() {
            let plad = self.header("MMHS-Originator-PLAD").map(str::to_owned);
            let plad = plad.or_else(|| names(self.header("From")?).into_iter().next());
            record.from = plad.map(|plad| at(station(&plad)));
        }
        for (name, list) in [("To", &mut record.to), ("Cc", &mut record.info)] {
            if list.is_empty() {
                let all = self.header(name).map(names).unwrap_or_default();
                *list = all
                    .iter()
                    .map(|plad| at(Addressee { station: station(plad), ..Addressee::default() }))
                    .collect();
            }
        }
        for (name, precedence) in [
            ("MMHS-Primary-Precedence", &mut record.precedence),
            ("MMHS-Copy-Precedence", &mut record.precedence_info),
        ] {
            let said = self.header(name).and_then(precedence_of);
            if precedence.is_none() {
                *precedence = said.map(at);
            }
        }
        if record.mrn.is_none()
            && let Some(printed) = self.header("MMHS-Originator-Reference")
        {
            let year = record.dtg.as_ref().map(|dtg| dtg.value.year());
            record.mrn = reftel_telegram::mrn(printed, &Context { year }).map(at);
            record.mrn_printed = Some(printed.to_owned());
        }
        if record.classification.is_none()
            && let Some(label) = self.header("SIO-Label")
        {
            let marking = label.split("marking=").nth(1).and_then(|rest| rest.split('"').nth(1));
            record.classification = marking.and_then(headers::classification).map(at);
        }
        if record.subject.is_none()
            && let Some(subject) = self.header("Subject").filter(|subject| !subject.is_empty())
        {
            let subject = Subject { text: subject.to_owned(), printed: subject.to_owned(), portion: None };
            record.subject = Some(at(subject));
        }
    }
}

/// The names in a list of mailboxes, or the addresses where there are none.
fn names(list: &str) -> Vec<String> {
    let quoted: Vec<String> = list.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    if quoted.is_empty() {
        return list.split(',').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect();
    }
    quoted
}

/// A precedence by its word or its number.
///
/// Source: RFC 6477, section 4.1; the numbers are those of STANAG 4406, 0 for deferred to 5 for override.
fn precedence_of(value: &str) -> Option<reftel_telegram::record::Precedence> {
    let word = value.split(['(', ';']).next().unwrap_or("").trim();
    if let Ok(number) = word.parse::<usize>() {
        // Deferred is below routine, which is the lowest that a telegram has.
        let from_above = 5usize.checked_sub(number.max(1))?;
        return PRECEDENCES.get(from_above).map(|(_, precedence)| *precedence);
    }
    if word.eq_ignore_ascii_case("deferred") {
        return Some(reftel_telegram::record::Precedence::Routine);
    }
    PRECEDENCES.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, precedence)| *precedence)
}
