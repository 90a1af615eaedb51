//! Whether two telegrams are copies of one: by number, moment, sender and text.

use jiff::civil::{DateTime, Time};
use reftel_telegram::Card;

use super::Kinship;
use crate::Id;
use crate::alike::Common;

/// Texts with fewer shingles than this say too little to tell telegrams apart.
const SHINGLES_MIN: usize = 15;

/// Texts with fewer than this say too little to bring telegrams together without number or date.
pub(super) const SHINGLES_ALONE: usize = 40;

/// So much of the shorter text must be in the other: of telegrams with one number and moment, with one number, with one
/// moment and sender. Redactions and garbled copies lower it; different telegrams of one post share some hundredths.
const WITHIN: [f64; 3] = [0.1, 0.25, 0.5];

/// By text alone: so much of all must be in both; or nearly all of the shorter text, and half of all, in both.
const ALIKE: f64 = 0.75;
const NEARLY: (f64, f64) = (0.9, 0.5);

/// Texts so much alike are one, though their dates differ, if no two numbers say otherwise.
const SAME: f64 = 0.97;

/// By which marks two telegrams belong together, or don't; a bit each, as they are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks(pub(crate) u32);

impl Marks {
    const NUMBER: Marks = Marks(1);
    const MOMENT: Marks = Marks(2);
    const TEXT: Marks = Marks(4);
    const SECTIONS: Marks = Marks(8);
    const SUBJECT: Marks = Marks(16);
    /// The numbers differ.
    const OTHER_NUMBER: Marks = Marks(32);
    /// The dates differ.
    const OTHER_DATE: Marks = Marks(64);
    /// The senders differ.
    const OTHER_SENDER: Marks = Marks(128);

    fn has(self, other: Marks) -> bool {
        self.0 & other.0 != 0
    }

    fn with(self, other: Marks, is: bool) -> Marks {
        if is { Marks(self.0 | other.0) } else { self }
    }
}

/// What two telegrams are to one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) copies: bool,
    pub(crate) marks: Marks,
    /// In thousandths.
    pub(crate) alike: u32,
    pub(crate) within: u32,
}

/// Sets two telegrams against one another. `None` where nothing is to be said.
pub(super) fn judge(one: &Card, other: &Card, common: Common) -> Option<Verdict> {
    let same_number = both(one.mrn.as_ref(), other.mrn.as_ref(), |a, b| a == b);
    // At midnight: more often than not a date whose time isn't printed.
    let timed = |card: &Card| card.dtg.filter(|dtg| dtg.time() != Time::midnight());
    let same_moment = both(timed(one), timed(other), |a, b| a == b);
    let same_day = both(one.dtg, other.dtg, near);
    let same_sender = both(one.post.as_ref(), other.post.as_ref(), |a, b| a == b);
    let enough = common.least >= SHINGLES_MIN;
    let in_text = enough && common.within >= WITHIN[0];
    let same_subject =
        !in_text && both(one.subject.as_deref(), other.subject.as_deref(), same_words) == Some(true);
    let moment = same_moment == Some(true) && same_sender != Some(false);
    let text = common.least >= SHINGLES_ALONE
        && (common.alike >= ALIKE || common.within >= NEARLY.0 && common.alike >= NEARLY.1);
    let sections = same_number == Some(true) && complement(one, other);
    let marks = Marks::default()
        .with(Marks::NUMBER, same_number == Some(true))
        .with(Marks::MOMENT, moment)
        .with(Marks::TEXT, in_text)
        .with(Marks::SECTIONS, sections)
        .with(Marks::SUBJECT, same_subject)
        .with(Marks::OTHER_NUMBER, same_number == Some(false))
        .with(Marks::OTHER_DATE, same_day == Some(false))
        .with(Marks::OTHER_SENDER, same_sender == Some(false));
    let copies = if same_number == Some(true) {
        let least = if moment { WITHIN[0] } else { WITHIN[1] };
        sections || !enough || common.within >= least
    } else if moment
        && (enough && common.within >= WITHIN[2] || !enough && same_number.is_none() && same_subject)
    {
        true
    } else if text {
        // A form, or a text that went out again: alike, but telegrams of their own.
        let other_number = same_number == Some(false);
        let other_date = same_day == Some(false);
        if other_number {
            same_moment != Some(false) && !other_date && same_sender != Some(false)
        } else {
            !other_date || common.alike >= SAME
        }
    } else {
        return None;
    };
    let thousandths = |share: f64| (0..=1000).rev().find(|n| f64::from(*n) <= share * 1000.0).unwrap_or(0);
    Some(Verdict { copies, marks, alike: thousandths(common.alike), within: thousandths(common.within) })
}

fn both<T>(one: Option<T>, other: Option<T>, same: impl Fn(T, T) -> bool) -> Option<bool> {
    Some(same(one?, other?))
}

/// Whether two dates may be one that two hands wrote down: a day apart at most.
fn near(one: DateTime, other: DateTime) -> bool {
    let days = one.date().duration_since(other.date()).as_hours() / 24;
    days.abs() <= 1
}

fn same_words(one: &str, other: &str) -> bool {
    let words = |text: &str| crate::words::words(text);
    words(one) == words(other)
}

/// Whether they are sections of one telegram, none of them in both.
fn complement(one: &Card, other: &Card) -> bool {
    let (one, other) = (&one.sections, &other.sections);
    one.total.is_some_and(|total| total > 1)
        && one.total == other.total
        && !one.present.is_empty()
        && !other.present.is_empty()
        && !one.present.iter().any(|section| other.present.contains(section))
}

impl Verdict {
    /// The same in words.
    pub(super) fn kinship(self, one: Id, other: Id) -> Kinship {
        let share = |thousandths: u32| format!("0.{:02}", thousandths.min(999) / 10);
        let share = |thousandths| if thousandths >= 1000 { "1.00".to_owned() } else { share(thousandths) };
        let marks = self.marks;
        let mut reasons = Vec::new();
        let mut add = |is: bool, reason: String| {
            if is {
                reasons.push(reason);
            }
        };
        add(marks.has(Marks::NUMBER), "same number".to_owned());
        add(marks.has(Marks::SECTIONS), "sections of one telegram".to_owned());
        add(marks.has(Marks::MOMENT), "same date-time group and sender".to_owned());
        add(marks.has(Marks::SUBJECT), "same subject".to_owned());
        if marks.has(Marks::TEXT) {
            let part = self.within >= self.alike + 100;
            let whole = format!("same text {}", share(self.alike));
            let within = format!(" ({} of the shorter)", share(self.within));
            add(true, if part { whole + &within } else { whole });
        } else {
            add(!self.copies, format!("but only {} of the text in common", share(self.within)));
        }
        if !self.copies || !marks.has(Marks::NUMBER) {
            let but = if self.copies { "though" } else { "but" };
            let differ: Vec<&str> = [
                (Marks::OTHER_NUMBER, "another number"),
                (Marks::OTHER_DATE, "another date"),
                (Marks::OTHER_SENDER, "another sender"),
            ]
            .into_iter()
            .filter_map(|(mark, name)| marks.has(mark).then_some(name))
            .collect();
            add(!differ.is_empty(), format!("{but} {}", differ.join(", ")));
        }
        // The text counts most, then number and moment.
        let strength = 2
            + self.alike
            + self.within
            + if marks.has(Marks::NUMBER) { 500 } else { 0 }
            + if marks.has(Marks::MOMENT) { 500 } else { 0 };
        Kinship { one, other, copies: self.copies, reasons, by_hand: None, strength }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;
    use reftel_telegram::record::Sections;

    use super::*;

    fn card(mrn: Option<&str>, day: Option<i8>, post: Option<&str>) -> Card {
        Card {
            mrn: mrn.map(str::to_owned),
            dtg: day.map(|day| datetime(1979, 3, day, 15, 30, 0, 0)),
            post: post.map(str::to_owned),
            subject: Some("Ferry tariff".to_owned()),
            ..Card::default()
        }
    }

    fn common(alike: f64, within: f64) -> Common {
        Common { alike, within, least: 200 }
    }

    fn said(one: &Card, other: &Card, common: Common) -> Option<(bool, String)> {
        let kinship = judge(one, other, common)?.kinship(Id(1), Id(2));
        Some((kinship.copies, kinship.reasons.join("; ")))
    }

    #[test]
    fn copies_are_told_with_the_reason() {
        let plain = card(Some("79VALDORIA1"), Some(10), Some("VALDORIA"));
        let garbled = card(Some("79VALDORIA7"), Some(10), Some("VALDORIA"));
        let edited = card(None, Some(10), None);
        let undated = card(None, None, None);
        let misdated = card(None, Some(20), None);
        for (one, other, common, want) in [
            (
                &plain,
                &plain,
                common(0.93, 0.95),
                "same number; same date-time group and sender; same text 0.93",
            ),
            (
                &plain,
                &plain,
                common(0.2, 0.4),
                "same number; same date-time group and sender; same text 0.20 (0.40 of the shorter)",
            ),
            (
                &plain,
                &garbled,
                common(0.93, 0.95),
                "same date-time group and sender; same text 0.93; though another number",
            ),
            (
                &plain,
                &edited,
                common(0.5, 0.9),
                "same date-time group and sender; same text 0.50 (0.90 of the shorter)",
            ),
            (&plain, &undated, common(0.93, 1.0), "same text 0.93"),
            (&plain, &misdated, common(0.98, 1.0), "same text 0.98; though another date"),
            (&plain, &plain, Common::default(), "same number; same date-time group and sender; same subject"),
        ] {
            assert_eq!(said(one, other, common), Some((true, want.to_owned())), "{want}");
        }
    }

    #[test]
    fn what_is_not_the_same_telegram_is_kept_apart() {
        let plain = card(Some("79VALDORIA1"), Some(10), Some("VALDORIA"));
        let misnumbered = card(Some("79VALDORIA1"), Some(20), Some("VALDORIA"));
        let next = card(Some("79VALDORIA2"), Some(20), Some("VALDORIA"));
        let relayed = card(Some("79NORTHMARK2"), Some(10), Some("NORTHMARK"));
        let (few, form) = (common(0.01, 0.03), common(0.97, 0.98));
        for (one, other, common, want) in [
            (
                &plain,
                &misnumbered,
                few,
                "same number; same subject; but only 0.03 of the text in common; but another date",
            ),
            (&plain, &next, form, "same text 0.97; but another number, another date"),
            (&plain, &relayed, form, "same text 0.97; but another number, another sender"),
        ] {
            assert_eq!(said(one, other, common), Some((false, want.to_owned())), "{want}");
        }
        assert_eq!(said(&plain, &next, few), None);
        assert_eq!(said(&plain, &next, common(0.4, 0.95)), None, "one quotes the other");
    }

    #[test]
    fn sections_are_parts_of_one() {
        let section = |present: u32| Card {
            sections: Sections { present: vec![present], total: Some(2) },
            ..card(Some("79VALDORIA1"), Some(9 + i8::try_from(present).unwrap()), None)
        };
        let want = "same number; sections of one telegram; same subject; but only 0.00 of the text in common";
        let (copies, reasons) = said(&section(1), &section(2), common(0.0, 0.0)).unwrap();
        assert!(copies && want.starts_with(&reasons), "{reasons}");
    }
}
