//! What a citation of a telegram says: who to whom, the number, the day, and where the copy is.
//!
//! Only what the copy says is cited. That a telegram is in the National Archives is said where the copy is the
//! archives' own; elsewhere the file that it was read from is named.

use jiff::civil::{Date, DateTime};
use reftel_archive::Telegram;
use reftel_telegram::record::{Classification, CopyKind, Station};
use reftel_telegram::{parts, tables};

use crate::wording::{Clock, clock, unslanted};

/// The facts of a citation.
#[derive(Debug)]
pub(in super::super) struct Citation<'a> {
    telegram: &'a Telegram,
    /// `Embassy Valdoria`
    pub(super) from: Option<String>,
    /// `Department of State`: the first of those who are to act.
    pub(super) to: Option<String>,
    /// `Telegram 1000`, `Airgram A-123`, `NAVADMIN 123`
    pub(super) number: String,
    /// The day, and the time where its clock is known.
    pub(super) sent: Option<(DateTime, Clock)>,
    /// The subject in one line.
    pub(super) subject: Option<String>,
}

impl<'a> Citation<'a> {
    pub(in super::super) fn of(telegram: &'a Telegram) -> Citation<'a> {
        let record = &telegram.record;
        let from = record.from.as_ref().map(|from| name(from)).or_else(|| telegram.card.post.clone());
        let sent = record.dtg.as_ref();
        let subject = record.subject.as_ref().map(|subject| unslanted(&subject.text).trim());
        Citation {
            telegram,
            from: from.map(|from| one_line(&from)),
            to: record.to.first().map(|to| one_line(&name(&to.station))),
            number: number(telegram),
            sent: sent.map(|dtg| (dtg.value, clock(dtg.value, record.dtg_printed.as_deref()))),
            subject: subject.map(one_line).filter(|subject| !subject.is_empty()),
        }
    }

    pub(super) fn day(&self) -> Option<Date> {
        self.sent.map(|(at, _)| at.date())
    }

    /// `June 11, 2009`, or the year alone.
    fn date(&self) -> Option<String> {
        let day = self.day().map(|day| day.strftime("%B %-d, %Y").to_string());
        day.or_else(|| self.telegram.card.year.map(|year| year.to_string()))
    }

    /// `telegram 1000` within a sentence; a series keeps its capitals.
    fn number_within(&self) -> String {
        match self.number.split_once(' ') {
            Some((kind @ ("Telegram" | "Airgram"), serial)) => format!("{} {serial}", kind.to_lowercase()),
            _ if self.number == "Telegram" => "telegram".to_owned(),
            _ => self.number.clone(),
        }
    }

    /// What it is called where it has no other title.
    pub(super) fn title(&self) -> String {
        self.subject.clone().unwrap_or_else(|| match (&self.from, &self.to) {
            (Some(from), Some(to)) => format!("{} from {from} to {to}", self.number),
            (Some(from), None) => format!("{} from {from}", self.number),
            _ => self.number.clone(),
        })
    }

    /// The record group that holds it, where the copy is that archive's own.
    fn record_group(&self) -> bool {
        self.telegram.record.copy == CopyKind::ArchiveExport
    }

    /// Which archive holds it.
    pub(super) fn archive(&self) -> Option<&'static str> {
        self.record_group().then_some("National Archives (United States)")
    }

    /// Where in that archive.
    pub(super) fn series(&self) -> Option<&'static str> {
        self.record_group().then_some("Record Group 59, Central Foreign Policy File, electronic telegrams")
    }

    /// The file that it was read from, without its folder, and the first digits of its hash.
    pub(super) fn file(&self) -> Option<String> {
        let source = self.telegram.sources.first()?;
        let name =
            source.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let hash = source.hash.get(..12).unwrap_or(&source.hash);
        Some(format!("{} (BLAKE3 {hash})", one_line(&name)))
    }

    /// `Confidential; Immediate; Sipdis`, as a source note of FRUS has it.
    pub(super) fn handling(&self) -> Vec<String> {
        let record = &self.telegram.record;
        let class = record.classification.as_ref().map(|class| match class.value {
            Classification::TopSecret => "Top Secret".to_owned(),
            other => capital(other.name()),
        });
        let precedence = record.precedence.as_ref().map(|precedence| capital(precedence.name()));
        let captions = record.captions.iter().map(|caption| capital(caption));
        class.into_iter().chain(precedence).chain(captions).map(|word| one_line(&word)).collect()
    }

    /// `Embassy Valdoria to Department of State, telegram 1000, June 11, 2009, “FERRY TARIFF,” …`
    pub(in super::super) fn chicago(&self) -> String {
        let mut parts = Vec::new();
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => parts.push(format!("{from} to {to}")),
            (Some(one), None) | (None, Some(one)) => parts.push(one.clone()),
            (None, None) => {}
        }
        parts.push(if parts.is_empty() { self.number.clone() } else { self.number_within() });
        parts.extend(self.date());
        let mut line = parts.join(", ");
        if let Some(subject) = &self.subject {
            line += &format!(", “{subject},”");
        } else {
            line.push(',');
        }
        match (self.series(), self.file()) {
            (Some(series), _) => line += &format!(" {series}, National Archives, College Park, MD."),
            (None, Some(file)) => line += &format!(" copy in file {file}."),
            (None, None) => {
                line.pop();
                line.push('.');
            }
        }
        line
    }

    /// `Telegram 1000 From the Embassy in Valdoria to the Department of State, June 11, 2009, 0928Z`, and the
    /// source note.
    pub(in super::super) fn frus(&self) -> String {
        let year = self.telegram.card.year;
        let mut head = self.number.clone();
        let record = &self.telegram.record;
        if let Some(from) = &record.from {
            head += &format!(" From {}", with_article(from, year));
        } else if let Some(from) = &self.from {
            head += &format!(" From {from}");
        }
        if let Some(to) = record.to.first() {
            head += &format!(" to {}", with_article(&to.station, year));
        }
        let mut head = one_line(&head);
        if let Some(date) = self.date() {
            head += &format!(", {date}");
        }
        if let Some((at, Clock::Utc)) = self.sent {
            head += &format!(", {}Z", at.strftime("%H%M"));
        }
        let place = match (self.series(), self.file()) {
            (Some(_), _) => {
                "National Archives, RG 59, Central Foreign Policy File, electronic telegrams".to_owned()
            }
            (None, Some(file)) => format!("File {file}"),
            (None, None) => "Not said".to_owned(),
        };
        let handling = self.handling();
        let handling = if handling.is_empty() { String::new() } else { format!(" {}.", handling.join("; ")) };
        format!("{head}. Source: {place}.{handling}")
    }

    /// Record, date; series; record group; repository.
    pub(in super::super) fn nara(&self) -> String {
        let mut line = self.number.clone();
        if let Some(from) = &self.from {
            line += &format!(" from {from}");
        }
        if let Some(to) = &self.to {
            line += &format!(" to {to}");
        }
        match (&self.subject, self.date()) {
            (Some(subject), Some(date)) => line += &format!(", “{subject},” {date}"),
            (Some(subject), None) => line += &format!(", “{subject}”"),
            (None, Some(date)) => line += &format!(", {date}"),
            (None, None) => {}
        }
        match (self.record_group(), self.file()) {
            (true, _) => {
                let mrn = self.telegram.card.mrn.as_deref();
                let file = mrn.map_or_else(String::new, |mrn| format!(" {};", one_line(mrn)));
                line + &format!(
                    ";{file} Central Foreign Policy Files; Record Group 59: General Records of the Department of \
                     State; National Archives at College Park, College Park, MD [electronic record]."
                )
            }
            (false, Some(file)) => {
                line + &format!("; file {file}; the copy doesn't say which archive holds it.")
            }
            (false, None) => line + "; the copy doesn't say which archive holds it.",
        }
    }
}

/// `Telegram 1000`, or with its series where that isn't the sender's.
fn number(telegram: &Telegram) -> String {
    let record = &telegram.record;
    let Some((_, series, serial)) = telegram.card.mrn.as_deref().and_then(parts) else {
        return match &record.mrn_printed {
            Some(printed) => format!("Telegram {}", one_line(printed)),
            None => "Telegram".to_owned(),
        };
    };
    if let Some(post) = series.strip_suffix("-A") {
        let own = record.from.as_ref().and_then(|from| from.post.as_deref()).is_none_or(|from| from == post);
        return if own { format!("Airgram A-{serial}") } else { format!("Airgram {post} A-{serial}") };
    }
    let own = record.from.as_ref().is_some_and(|from| from.post.as_deref() == Some(series));
    if own || tables::post_of_any_time(series).is_some() || record.from.is_none() {
        return format!("Telegram {serial}");
    }
    format!("{series} {serial}")
}

/// The kinds of posts as addresses begin with them, and as people call them.
const KINDS: [(&str, &str); 8] = [
    ("AMEMBASSY ", "Embassy"),
    ("AMCONSUL GENERAL ", "Consulate General"),
    ("AMCONGEN ", "Consulate General"),
    ("AMCONSULATE ", "Consulate"),
    ("AMCONSUL ", "Consulate"),
    ("USMISSION ", "Mission"),
    ("USINT ", "Interests Section"),
    ("AMEMB ", "Embassy"),
];

/// The kind of a post and its place: `Embassy`, `Port Alder`.
fn kind_and_place(station: &Station) -> Option<(&'static str, String)> {
    let plad = unslanted(&station.plad).trim();
    let (kind, place) = KINDS.iter().find_map(|(begin, kind)| Some((*kind, plad.strip_prefix(begin)?)))?;
    Some((kind, place.split_whitespace().map(capital).collect::<Vec<_>>().join(" ")))
}

/// `Embassy Valdoria`
fn name(station: &Station) -> String {
    let known = station.post.as_deref().and_then(tables::post);
    match (known, kind_and_place(station)) {
        // The table knows what the post was at last; the address what it was then.
        (Some(post), Some((kind, _))) if !post.city.is_empty() => format!("{kind} {}", post.city),
        (None, Some((kind, place))) => format!("{kind} {place}"),
        (Some(post), _) => post.display.to_owned(),
        (None, None) => unslanted(&station.plad).trim().to_owned(),
    }
}

/// `the Embassy in Iran`, `the Consulate General in Hong Kong`, `the Department of State`
fn with_article(station: &Station, year: Option<i16>) -> String {
    let known = station.post.as_deref().and_then(tables::post);
    let Some((kind, place)) = kind_and_place(station) else {
        return match known {
            Some(post) if post.display.starts_with("Department") => format!("the {}", post.display),
            _ => name(station),
        };
    };
    let country = known.and_then(|post| tables::tag(post.country_tag, Some(2009))).map(|tag| tag.label);
    // A post in a country of another name or border then is called by its city.
    let same = |country: &&str| {
        known.is_some_and(|post| {
            tables::tag(post.country_tag, year).is_some_and(|then| then.label == *country)
        })
    };
    match (kind, country.filter(same), known) {
        ("Embassy", Some(country), _) => format!("the Embassy in {country}"),
        (_, _, Some(post)) if !post.city.is_empty() => format!("the {kind} in {}", post.city),
        _ => format!("the {kind} in {place}"),
    }
}

/// `Immediate` for `IMMEDIATE`.
fn capital(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    first + &chars.as_str().to_lowercase()
}

/// A text from a telegram in one line, without what isn't seen.
fn one_line(text: &str) -> String {
    let clean = super::super::terminal::clean(text);
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}
