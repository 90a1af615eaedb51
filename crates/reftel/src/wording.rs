//! What the terminal and the reading room say alike of a telegram.

use std::borrow::Cow;

use jiff::civil::DateTime;
use reftel_archive::Nearness;
use reftel_telegram::Card;

/// Which clock a telegram's date-time group goes by, as far as it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// A zone is printed, and the time is in UTC.
    Utc,
    /// A time without a zone: that of the place.
    Local,
    /// No time, only a date.
    Unknown,
}

/// The clock of a date-time group that is printed like this. What isn't printed was read from the heading's
/// own times, which are in UTC.
pub(crate) fn clock(at: DateTime, printed: Option<&str>) -> Clock {
    match printed {
        None => Clock::Utc,
        Some(printed) if has_zone(printed) => Clock::Utc,
        Some(printed) if at.hour() == 0 && at.minute() == 0 && !has_time(printed) => Clock::Unknown,
        Some(_) => Clock::Local,
    }
}

/// Whether a zone is printed: a letter right behind the digits of a group, as in `110928Z JUN 09`, or the
/// zone's name alone. Damaged digits count too, as in `11O928Z`.
fn has_zone(printed: &str) -> bool {
    printed.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        matches!(word, "Z" | "GMT" | "UTC" | "ZULU")
            || digits >= 4 && word.contains(|c: char| c.is_ascii_uppercase())
    })
}

/// Whether a time of day is printed: `4.50 p.m.`, `16:50`, `1650 hours`, `midnight`.
fn has_time(printed: &str) -> bool {
    let lower = printed.to_ascii_lowercase();
    let clock = lower.as_bytes().windows(3).any(|three| {
        three[0].is_ascii_digit() && matches!(three[1], b'.' | b':') && three[2].is_ascii_digit()
    });
    let words = ["a.m", "p.m", "midnight", "noon", "hours"];
    // A year has four digits too, and isn't the day's first minute.
    let group = lower.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
        word == "0000" || word == "2400" || word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit())
    });
    clock || group || words.iter().any(|word| lower.contains(word))
}

/// What a telegram is called by in a list: its subject, else from whom to whom it went.
pub(crate) fn title(card: &Card) -> Cow<'_, str> {
    card.subject.as_deref().map_or_else(|| route(card).into(), Cow::Borrowed)
}

/// From whom to whom, for a telegram without a subject line.
pub(crate) fn route(card: &Card) -> String {
    let from = card.post.as_deref().unwrap_or("Originator not read");
    match card.to.first() {
        Some(to) => format!("{from} to {to}"),
        None => from.to_owned(),
    }
}

/// What a reference prints behind its label, which stands in front of it already: `A/DOC/OPNAV`.
pub(crate) fn behind_label<'a>(label: Option<&str>, printed: &'a str) -> &'a str {
    let behind = label.filter(|label| !label.is_empty()).and_then(|label| printed.strip_prefix(label));
    let rest = behind.filter(|rest| rest.starts_with(['/', '.', ')', ':']));
    unslanted(rest.map_or(printed, |rest| rest.trim_start_matches(['/', '.', ')', ':', ' '])))
}

/// A text without the two slants that end a set of a general message.
pub(crate) fn unslanted(text: &str) -> &str {
    let trimmed = text.trim_end();
    let bare = trimmed.trim_end_matches('/');
    // A web address may end in one.
    if trimmed.len() - bare.len() >= 2 { bare.trim_end() } else { text }
}

/// `words 3, meaning 1: 0.62 in paragraph 4`
pub(crate) fn nearness(near: &Nearness) -> String {
    let place = |what: &str, rank: Option<usize>| rank.map(|rank| format!("{what} {rank}"));
    let places = [place("words", near.by_words), place("meaning", near.by_meaning)];
    let places = places.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let near = near.similarity.map(|similarity| {
        let paragraph = match near.paragraph {
            0 => "the subject".to_owned(),
            paragraph => format!("paragraph {paragraph}"),
        };
        format!("{similarity:.2} in {paragraph}")
    });
    [Some(places).filter(|places| !places.is_empty()), near]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(": ")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_clock_is_the_one_that_is_printed() {
        let at = date(1946, 12, 23).at(16, 50, 0, 0);
        let midnight = date(1946, 12, 23).at(0, 0, 0, 0);
        for (at, printed, want) in [
            (at, Some("231650Z DEC 46"), Clock::Utc),
            (at, Some("231650ZDEC46"), Clock::Utc),
            (at, Some("23165OZ DEC 46"), Clock::Utc),
            (at, Some("231650 Z DEC 46"), Clock::Utc),
            (midnight, Some("230000Z DEC 46"), Clock::Utc),
            (at, None, Clock::Utc),
            (at, Some("23 December 1946, 4.50 p.m."), Clock::Local),
            (at, Some("2[3] December 194[6],10.47 P.M."), Clock::Local),
            (at, Some("231650 DEC 46"), Clock::Local),
            (midnight, Some("23 December 1946, 12.00 a.m."), Clock::Local),
            (midnight, Some("23 December 1946, midnight"), Clock::Local),
            (midnight, Some("23 December 1946"), Clock::Unknown),
            (midnight, Some("1946-12-23"), Clock::Unknown),
        ] {
            assert_eq!(clock(at, printed), want, "{printed:?}");
        }
    }

    #[test]
    fn a_label_is_said_once() {
        for (label, printed, want) in [
            (Some("A"), "A/DOC/OPNAV/4AUG09//", "DOC/OPNAV/4AUG09"),
            (Some("A"), "A. STATE 54767", "STATE 54767"),
            (Some("A"), "A-123", "A-123"),
            (Some("A"), "ANKARA 5", "ANKARA 5"),
            (None, "A/DOC", "A/DOC"),
            (Some("A"), "A. ", ""),
        ] {
            assert_eq!(behind_label(label, printed), want, "{printed}");
        }
        assert_eq!(unslanted("http://boats.example/"), "http://boats.example/");
        assert_eq!(unslanted("IT STANDS.//\n"), "IT STANDS.");
    }
}
