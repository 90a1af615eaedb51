//! When a classified text falls due: what the order that it names says of the instruction it carries.
//!
//! The day is computed from the telegram's own date, by the order's rule. No review that came later is known
//! here, and no exemption that an agency got for a whole file.

use jiff::civil::{Date, date};

use crate::record::{Classification, Due, DueAction, DueRule, ExecutiveOrder};

/// The first and the last day on which a text could be given an exemption, where its order or an amendment set them.
///
/// `OADR` came with Executive Order 12356 and went with it; `X1` to `X8` and `MR` came with 12958 and were no longer to
/// be used from 22 September 2003 on; `25X1-human` gave way to `50X1-HUM` by the end of 2012.
///
/// Source: Executive Orders 12356 and 12958; ISOO directive of September 2003; ISOO Notice 2012-02.
pub(crate) fn life(exemption: &str) -> Option<(Date, Date)> {
    Some(match exemption.to_ascii_uppercase().as_str() {
        "OADR" => (date(1982, 8, 1), date(1995, 10, 13)),
        "MR" | "X1" | "X2" | "X3" | "X4" | "X5" | "X6" | "X7" | "X8" => {
            (date(1995, 10, 14), date(2003, 9, 22))
        }
        "25X1-HUMAN" => (date(1995, 10, 14), date(2012, 12, 31)),
        _ => return None,
    })
}

/// When a telegram of that day and class falls due, if that can be said.
///
/// Source: Executive Orders 11652 §5, 12065 §1-4, 12356 §1.4, 12958 §1.6, 13526 §1.5 and §3.3; 32 CFR 2001.
pub(crate) fn due(order: &ExecutiveOrder, class: Classification, sent: Date) -> Option<Due> {
    if class < Classification::Confidential || order.instruction.as_deref() == Some("N/A") {
        return None;
    }
    let instruction = order.instruction.as_deref().unwrap_or_default();
    let declassify =
        |date: Option<Date>, rule| Some(Due { date: date?, action: DueAction::Declassify, rule });
    let review = |date: Option<Date>, rule| Some(Due { date: date?, action: DueAction::Review, rule });
    if let Some(printed) = order.date {
        return match instruction {
            "RDS" => review(Some(printed), DueRule::Printed),
            _ => declassify(Some(printed), DueRule::Printed),
        };
    }
    let later = order.order.as_deref().map_or(sent >= date(1978, 12, 1), |number| number == "12065");
    match instruction {
        "GDS" if later => declassify(after(sent, 6), DueRule::SixYears),
        "GDS" => declassify(year_end(sent, general_years(class)), DueRule::GeneralSchedule),
        "XGDS" if order.event.is_none() => declassify(year_end(sent, 30), DueRule::ThirtyYears),
        "RDS" => review(after(sent, 20), DueRule::TwentyYears),
        "DECL" => exempted(order, sent),
        _ => None,
    }
}

/// `DECL:` without a date.
fn exempted(order: &ExecutiveOrder, sent: Date) -> Option<Due> {
    if order.event.is_some() {
        return None;
    }
    let declassify =
        |date: Option<Date>, rule| Some(Due { date: date?, action: DueAction::Declassify, rule });
    let Some(first) = order.exemptions.first() else {
        return match order.order.as_deref() {
            Some("12958" | "13292" | "13526") => declassify(after(sent, 10), DueRule::TenYears),
            _ => None,
        };
    };
    let code = first.to_ascii_uppercase();
    match code.as_str() {
        "OADR" | "MR" | "X1" | "X2" | "X3" | "X4" | "X5" | "X6" | "X7" | "X8" => {
            declassify(after(sent, 25), DueRule::ObsoleteMark)
        }
        "50X1-HUM" | "50X2-WMD" | "25X1-HUMAN" => declassify(year_end(sent, 75), DueRule::SeventyFiveYears),
        code if code.starts_with("25X") => declassify(year_end(sent, 50), DueRule::FiftyYears),
        // A reason where a date is due: without a date the order's own ten years hold.
        code if code.starts_with("1.4") || code.starts_with("1.5") => {
            declassify(after(sent, 10), DueRule::TenYears)
        }
        _ => None,
    }
}

/// Years of the General Declassification Schedule of Executive Order 11652, section 5(A).
fn general_years(class: Classification) -> i16 {
    match class {
        Classification::TopSecret => 10,
        Classification::Secret => 8,
        _ => 6,
    }
}

/// The steps by which the General Declassification Schedule lowers a text before it is free, at intervals of two
/// years: the first day of each, and the class from then on.
///
/// Source: Executive Order 11652 §5(A).
pub(crate) fn downgrades(
    order: &ExecutiveOrder,
    class: Classification,
    sent: Date,
) -> Vec<(Date, Classification)> {
    let general = order.instruction.as_deref() == Some("GDS")
        && order.order.as_deref().map_or(sent < date(1978, 12, 1), |number| number != "12065");
    if !general {
        return Vec::new();
    }
    let steps: &[(i16, Classification)] = match class {
        Classification::TopSecret => &[(2, Classification::Secret), (4, Classification::Confidential)],
        Classification::Secret => &[(2, Classification::Confidential)],
        _ => &[],
    };
    steps.iter().filter_map(|&(years, class)| Some((year_end(sent, years)?, class))).collect()
}

/// The last day of the year that many full calendar years after that of the telegram.
fn year_end(sent: Date, years: i16) -> Option<Date> {
    Date::new(sent.year().checked_add(years)?, 12, 31).ok()
}

/// The same day that many years on; the day before in a year without it.
fn after(sent: Date, years: i16) -> Option<Date> {
    sent.checked_add(jiff::Span::new().years(years)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order;

    #[test]
    fn each_order_has_its_times() {
        use Classification::{Confidential, Secret, TopSecret, Unclassified};
        let of = |line: &str, class, sent: Date| {
            let read = order::read(order::label(line).unwrap(), Some(sent.year()));
            due(&read, class, sent).map(|due| (due.date.to_string(), due.action.name(), due.rule.name()))
        };
        let some = |date: &str, action, rule| Some((date.to_owned(), action, rule));
        let day = date(1976, 3, 5);
        for (line, class, sent, want) in [
            ("E.O. 11652: GDS", Confidential, day, some("1982-12-31", "declassify", "gds")),
            ("E.O. 11652: GDS", Secret, day, some("1984-12-31", "declassify", "gds")),
            ("E.O. 11652: GDS", TopSecret, day, some("1986-12-31", "declassify", "gds")),
            ("E.O. 11652: GDS", Unclassified, day, None),
            ("E.O. 11652: N/A", Confidential, day, None),
            ("E.O. 11652: XGDS-2", Secret, day, some("2006-12-31", "declassify", "30-years")),
            ("E.O. 11652: XGDS1, DECLAS UPON SIGNATURE", Secret, day, None),
            ("E.O. 11652: ADS, DECLAS 12-31-78", Secret, day, some("1978-12-31", "declassify", "printed")),
            ("E.O. 12065: GDS", Secret, date(1980, 2, 29), some("1986-02-28", "declassify", "6-years")),
            (
                "E.O. 12065: RDS-1 11/12/99 (ROE, JANE)",
                Secret,
                date(1979, 11, 12),
                some("1999-11-12", "review", "printed"),
            ),
            ("E.O. 12065: RDS-3", Secret, date(1979, 11, 12), some("1999-11-12", "review", "20-years")),
            (
                "E.O. 12356: DECL: OADR",
                Secret,
                date(1985, 5, 1),
                some("2010-05-01", "declassify", "obsolete-mark"),
            ),
            (
                "E.O. 12958: DECL: X1",
                Secret,
                date(1999, 5, 1),
                some("2024-05-01", "declassify", "obsolete-mark"),
            ),
            (
                "E.O. 12958: DECL: 1.4 (B), (D)",
                Secret,
                date(2005, 5, 1),
                some("2015-05-01", "declassify", "10-years"),
            ),
            (
                "E.O. 13526: DECL: 50X1-HUM",
                Secret,
                date(2012, 5, 1),
                some("2087-12-31", "declassify", "75-years"),
            ),
            (
                "E.O. 13526: DECL: 06/10/2034",
                Secret,
                date(2012, 5, 1),
                some("2034-06-10", "declassify", "printed"),
            ),
        ] {
            assert_eq!(of(line, class, sent), want, "{line} {class}");
        }
    }

    #[test]
    fn a_top_secret_text_is_lowered_twice() {
        let order = order::read("11652: GDS", Some(1976));
        let steps = downgrades(&order, Classification::TopSecret, date(1976, 3, 5));
        let want = [
            (date(1978, 12, 31), Classification::Secret),
            (date(1980, 12, 31), Classification::Confidential),
        ];
        assert_eq!(steps, want);
    }
}
