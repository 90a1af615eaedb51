//! Rules on the E.O. line and on who classified: which order was in force, and what it knew.

use jiff::civil::Date;

use super::Checker;
use crate::diagnostic::Code;
use crate::order::{ERAS, SECTION_1_4};
use crate::record::ExecutiveOrder;
use crate::{Purpose, Span, schedule};

/// Posts went on with an order's form for months; an old copy isn't blamed for that.
const GRACE_DAYS: i64 = 400;

pub(super) fn check(checker: &mut Checker<'_>) {
    let record = checker.record;
    let Some(order) = &record.executive_order else {
        if checker.of_state_series() {
            checker.report(Code::ExecutiveOrderMissing, checker.whole(), "no E.O. line");
        }
        return classifier(checker, None);
    };
    era(checker, order, order.span);
    obsolete(checker, order, order.span);
    schedule(checker, order, order.span);
    dates(checker, order, order.span);
    classifier(checker, order.order.as_deref());
}

/// Days by which `date` lies outside of a span of days.
fn outside(date: Date, from: Date, to: Date) -> i64 {
    let days = |from: Date, to: Date| (to - from).get_days().into();
    if date < from {
        days(date, from)
    } else if date > to {
        days(to, date)
    } else {
        0
    }
}

fn era(checker: &mut Checker<'_>, order: &ExecutiveOrder, span: Span) {
    let (Some(date), Some(number)) = (checker.date(), order.order.as_deref()) else { return };
    let Some(era) = ERAS.iter().find(|era| era.order == number) else {
        return checker.report(
            Code::ExecutiveOrderOfOtherEra,
            span,
            format!("E.O. {number} is none on classification"),
        );
    };
    let allowed = if checker.purpose == Purpose::Archive { GRACE_DAYS } else { 0 };
    let beyond = outside(date, era.from, era.to);
    // Nobody could name an order that there wasn't yet.
    if beyond > if date < era.from { 0 } else { allowed } {
        let message = format!("E.O. {number} wasn't in force on {date}");
        checker.report(Code::ExecutiveOrderOfOtherEra, span, message);
    }
}

/// Exemptions that an order did away with.
fn obsolete(checker: &mut Checker<'_>, order: &ExecutiveOrder, span: Span) {
    let Some(date) = checker.date() else { return };
    let release = checker.purpose == Purpose::Release;
    let late = |last: Date| outside(date, Date::MIN, last) > if release { 0 } else { GRACE_DAYS };
    for exemption in &order.exemptions {
        if schedule::life(exemption).is_some_and(|(_, last)| late(last)) {
            let message = format!("{exemption} was done away with before {date}");
            checker.report(Code::InstructionObsolete, span, message);
        }
    }
    let schedule = order.instruction.as_deref().unwrap_or_default();
    if matches!(schedule, "GDS" | "ADS" | "XGDS" | "RDS" | "XDS")
        && order.order.as_deref().is_none_or(|number| !matches!(number, "11652" | "12065"))
        && late(Date::constant(1982, 7, 31))
    {
        let message = format!("{schedule} was done away with before {date}");
        checker.report(Code::InstructionObsolete, span, message);
    }
}

fn schedule(checker: &mut Checker<'_>, order: &ExecutiveOrder, span: Span) {
    let instruction = order.instruction.as_deref().unwrap_or_default();
    let dated = order.date.is_some() || order.event.is_some();
    let fixed = |code: &str| matches!(code, "50X1-HUM" | "50X2-WMD");
    if let Some(exemption) = order.exemptions.iter().find(|code| fixed(&code.to_ascii_uppercase()))
        && dated
    {
        checker.report(Code::DateBesideExemption, span, format!("{exemption} and a date or an event"));
    }
    let bare = !dated && order.exemptions.is_empty();
    if bare && matches!(instruction, "ADS" | "DECL") && !checker.raised(Code::ExecutiveOrderUnreadable) {
        checker.report(Code::DeclassificationUnsaid, span, format!("{instruction}, but not when"));
    }
    if instruction == "N/A" && checker.classified() {
        let class = checker.record.classification.as_ref().map_or("", |class| class.value.name());
        checker.report(Code::NotApplicableButClassified, span, format!("N/A on a text that is {class}"));
    }
    let says_when = dated || !order.exemptions.is_empty() || matches!(instruction, "GDS" | "ADS" | "XGDS");
    if checker.unclassified() && says_when {
        checker.report(Code::DeclassificationOfUnclassified, span, "the text isn't classified");
    }
}

fn dates(checker: &mut Checker<'_>, order: &ExecutiveOrder, span: Span) {
    let (Some(date), Some(sent)) = (order.date, checker.date()) else { return };
    if date <= sent {
        let message = format!("declassified on {date}, sent on {sent}");
        return checker.report(Code::DeclassificationBeforeDate, span, message);
    }
    let years_max = match order.order.as_deref() {
        Some("12065") => 20,
        Some("12958" | "13292" | "13526") => 25,
        _ => return,
    };
    let last = Date::new(sent.year().saturating_add(years_max), 12, 31).unwrap_or(Date::MAX);
    if order.exemptions.is_empty() && date > last {
        let message = format!("declassified on {date}, more than {years_max} years on");
        checker.report(Code::DeclassificationTooLate, span, message);
    }
}

/// Who classified, and why.
fn classifier(checker: &mut Checker<'_>, order: Option<&str>) {
    let record = checker.record;
    let owed = matches!(order, Some("12958" | "13292" | "13526"));
    if owed && checker.classified() && record.classified_by.is_empty() {
        checker.report(Code::ClassifierMissing, checker.whole(), "nobody is said to have classified it");
    }
    for by in &record.classified_by {
        let printed = checker.text.and_then(|text| text.get(by.span.range())).unwrap_or_default();
        let derived = printed.to_ascii_uppercase().contains("DERIVED");
        if owed && by.reasons.is_empty() && !derived {
            checker.report(Code::ReasonsMissing, by.span, "no reasons");
        }
        let Some(sent) = checker.date() else { continue };
        let (section, moved) = if sent < SECTION_1_4 { ("1.4", true) } else { ("1.5", false) };
        // Under the older orders sections had other numbers still.
        let known = sent >= Date::constant(1995, 10, 14);
        let grace = if checker.purpose == Purpose::Archive { GRACE_DAYS } else { 0 };
        let far = if moved { 0 } else { outside(sent, Date::MIN, SECTION_1_4) };
        if known
            && (moved || far > grace)
            && let Some(reason) = by.reasons.iter().find(|reason| reason.starts_with(section))
        {
            let message = format!("`{reason}` in {}", sent.year());
            checker.report(Code::ReasonOfOtherEra, by.span, message);
        }
    }
}
