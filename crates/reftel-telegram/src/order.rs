//! The E.O. line, from 11652 to 13526.

use jiff::civil::{Date, date};

use crate::datetime;
use crate::record::ExecutiveOrder;
use crate::source::one_line;

/// An order on classification: its number, and its first and last day.
#[derive(Debug)]
pub(crate) struct Era {
    pub(crate) order: &'static str,
    pub(crate) from: Date,
    pub(crate) to: Date,
}

impl Era {
    /// Whether telegrams of a day may carry it.
    pub(crate) fn has(&self, day: Date) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

/// The orders. Where several were in force, the first is the one that telegrams carry as a rule.
///
/// 13292 amended 12958 and lent it its number; 13526 was signed half a year before it took effect.
///
/// Source: the orders.
pub(crate) const ERAS: [Era; 6] = [
    Era { order: "11652", from: date(1972, 6, 1), to: date(1978, 11, 30) },
    Era { order: "12065", from: date(1978, 12, 1), to: date(1982, 7, 31) },
    Era { order: "12356", from: date(1982, 8, 1), to: date(1995, 10, 13) },
    Era { order: "12958", from: date(1995, 10, 14), to: date(2010, 6, 26) },
    Era { order: "13292", from: date(2003, 3, 25), to: date(2010, 6, 26) },
    Era { order: "13526", from: date(2009, 12, 29), to: date(9999, 12, 31) },
];

/// The day from which telegrams of the State series have an E.O. line, TAGS and a subject.
///
/// Source: Department of State TAGS handbook 1974, section 1.
pub(crate) const STATE_SERIES: Date = date(1973, 3, 1);

/// The day from which reasons are those of section 1.4, and not of 1.5 any more.
pub(crate) const SECTION_1_4: Date = date(2003, 3, 25);

/// What stands behind `E.O.` in any of its spellings: the order's number and the instruction.
pub(crate) fn label(line: &str) -> Option<&str> {
    let mut rest = line.trim_ascii_start();
    for set in [b"Ee".as_slice(), b"Oo0".as_slice()] {
        let first = *rest.as_bytes().first()?;
        if !set.contains(&first) {
            return None;
        }
        rest = rest[1..].trim_start_matches(['.', ' ', ',']);
    }
    let rest = rest.trim_start_matches([':', ' ']);
    // Five digits of an order, or the words that only such a line has.
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    (digits == 5
        || (digits == 0
            && line.contains(':')
            && ["DECL", "N/A", "GDS"].iter().any(|word| rest.contains(word))))
    .then_some(rest)
}

/// Whether a line goes on with the instruction: an event, a name, a date.
pub(crate) fn continues(line: &str) -> bool {
    line.len() < 60
        && (line.starts_with("DECL") || line.starts_with('(') || line.as_bytes()[0].is_ascii_digit())
}

/// Reads what stands behind the label. `year` is the telegram's.
pub(crate) fn read(text: &str, year: Option<i16>) -> ExecutiveOrder {
    let mut order = ExecutiveOrder::default();
    let text = text.split("TAGS:").next().unwrap_or(text);
    let line = one_line(text);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = line.as_str();
    if digits == 5 {
        order.order = Some(rest[..5].to_owned());
        rest = rest[5..].trim_start_matches([':', ' ', ',', '.', ';', '-']);
    }
    let upper = rest.to_ascii_uppercase();
    let upper = upper.as_str();
    if upper.starts_with("N/A")
        || upper.starts_with("NA ")
        || upper == "NA"
        || upper.starts_with("N.A")
        || upper.starts_with("NOT APPLICABLE")
    {
        order.instruction = Some("N/A".to_owned());
        return order;
    }
    if let Some(after) = ["XGDS", "AGDS", "GDS", "ADS", "RDS", "XDS"]
        .iter()
        .find_map(|word| upper.strip_prefix(word).map(|_| (*word, &rest[word.len()..])))
    {
        schedule(&mut order, after.0, after.1, year);
        return order;
    }
    for word in ["DECLASSIFY ON", "DECLASSIFY", "DECLAS", "DECL"] {
        if let Some(at) = upper.find(word).filter(|at| *at <= 4) {
            let after = rest[at + word.len()..].trim_start_matches([':', ' ', ';', ',', '.', '-']);
            order.instruction = Some("DECL".to_owned());
            until(&mut order, after, year);
            return order;
        }
    }
    if !rest.is_empty() {
        until(&mut order, rest, year);
        if order.date.is_some() || !order.exemptions.is_empty() {
            order.instruction = Some("DECL".to_owned());
        }
        order.event = None;
    }
    order
}

/// Who classified, in brackets behind the instruction: `GDS 06/20/85 (DOE, JOHN Q.)`.
pub(crate) fn classifier(text: &str) -> Option<&str> {
    let inside = &text[memchr::memchr(b'(', text.as_bytes())? + 1..];
    let name = inside[..memchr::memchr(b')', inside.as_bytes())?].trim_ascii();
    let letters = |text: &str| {
        text.bytes().all(|b| b.is_ascii_alphabetic() || b.is_ascii_whitespace() || b"'-.".contains(&b))
    };
    let (surname, given) = name.split_once(',')?;
    (surname.trim().len() >= 2 && surname.split(' ').count() <= 3 && letters(surname) && given.len() <= 30)
        .then_some(name)
        .filter(|_| letters(given) && given.bytes().any(|b| b.is_ascii_alphabetic()))
        .filter(|_| !surname.starts_with(|c: char| c.is_ascii_digit()))
}

/// Why a line that was read is no proper instruction, if it isn't one.
pub(crate) fn doubt(order: &ExecutiveOrder) -> Option<&'static str> {
    if order.instruction.is_none() && order.date.is_none() && order.exemptions.is_empty() {
        return Some("gives no instruction");
    }
    if order.exemptions.iter().any(|code| code.starts_with("1.")) {
        return Some("has a reason where a date is due");
    }
    let figures =
        |event: &String| event.len() >= 6 && event.bytes().all(|b| b.is_ascii_digit() || b"/-.".contains(&b));
    order.event.as_ref().is_some_and(figures).then_some("is no date that exists")
}

/// `GDS 06/20/85 (DOE, JOHN Q.) OR-P`, `XGDS1, DECLAS UPON WITHDRAWAL`, `ADS, DECLAS 12-31-74`.
fn schedule(order: &mut ExecutiveOrder, word: &str, after: &str, year: Option<i16>) {
    order.instruction = Some(word.to_owned());
    let after = after.trim_start_matches(['-', ' ']);
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = after;
    // `GDS-2` and `GDS 2`, but `GDS 5/12/86`.
    if digits == 1 && !after[1..].starts_with(['/', '-']) {
        order.exemptions.push(format!("{word}-{}", &after[..1]));
        rest = &after[1..];
    }
    let rest = rest.trim_start_matches([',', ' ', ';', ':', '-', '.']);
    let upper = rest.to_ascii_uppercase();
    let after = ["DECLASSIFY", "DECLAS", "DECL"].iter().find_map(|word| {
        upper.starts_with(word).then(|| rest[word.len()..].trim_start_matches([':', ' ', ',', '.']))
    });
    let named = after.is_some();
    let rest = after.unwrap_or(rest);
    let first = rest.split(['(', ' ']).next().unwrap_or("");
    order.date = datetime::figures_date(first.trim_end_matches([',', '.']), year);
    if order.date.is_some() || rest.is_empty() {
        return;
    }
    if named {
        until(order, rest, year);
    } else if let Some((date, 0..3, _)) = datetime::written_date(rest) {
        order.date = Some(date);
    }
}

/// A date, an event, or exemptions.
fn until(order: &mut ExecutiveOrder, text: &str, year: Option<i16>) {
    let text = text.trim().trim_end_matches('.');
    let first = text.split([' ', ',', ';', '(']).find(|part| !part.is_empty()).unwrap_or("");
    if let Some(date) = datetime::figures_date(first, year) {
        order.date = Some(date);
        // `04/12/2014 AND X1`
        let behind = text.split_once(first).map_or("", |(_, behind)| behind).to_ascii_uppercase();
        order.exemptions = exemptions(&behind);
        return;
    }
    if let Some((date, 0..3, _)) = datetime::written_date(text) {
        order.date = Some(date);
        return;
    }
    let upper = text.to_ascii_uppercase();
    let exemptions = exemptions(&upper);
    if exemptions.is_empty() {
        let event = ["UPON ", "ON ", "AFTER ", "WHEN "]
            .iter()
            .find_map(|word| upper.starts_with(word).then(|| text[word.len()..].trim()));
        if !text.is_empty() {
            order.event = Some(event.unwrap_or(text).to_owned());
        }
    } else {
        order.exemptions = exemptions;
        for part in text.split([' ', ',']) {
            if let Some(date) = datetime::figures_date(part, year) {
                order.date = Some(date);
            }
        }
    }
}

/// `X1`, `1.6X6`, `25X1-HUMAN`, `50X1-HUM`, `OADR`, `MR`, and reasons in the wrong place: `1.4 (B), (D)`.
fn exemptions(upper: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(rest) = upper.strip_prefix("1.6").map(|rest| rest.trim_start_matches(['(', ' ']))
        && rest.starts_with('X')
    {
        return split_codes(rest);
    }
    if upper.starts_with("1.4") || upper.starts_with("1.5") {
        return reasons(upper);
    }
    for part in upper.split([' ', ',', ';', '&']).map(|part| part.trim_matches(['(', ')', '.'])) {
        let bytes = part.as_bytes();
        let code = match bytes {
            [b'X', b'1'..=b'8'] => true,
            _ => {
                matches!(part, "OADR" | "MR")
                    || part.starts_with("25X")
                    || part.starts_with("50X")
                    || part.starts_with("75X")
            }
        };
        if code {
            found.push(part.to_owned());
        } else if !matches!(part, "" | "AND") {
            break;
        }
    }
    found
}

fn split_codes(text: &str) -> Vec<String> {
    text.split([',', ' ', '(', ')', '&'])
        .filter(|part| part.starts_with('X') && part.len() == 2)
        .map(str::to_owned)
        .collect()
}

/// Reasons for classification: `1.4 (b) and (d)` → `1.4(b)`, `1.4(d)`. Letters lower-case.
pub(crate) fn reasons(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut section = "";
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if matches!(bytes.get(at..at + 3), Some(b"1.4" | b"1.5" | b"1.6"))
            && !(at > 0 && bytes[at - 1].is_ascii_digit())
        {
            section = &text[at..at + 3];
            at += 3;
            continue;
        }
        let letter = bytes[at].to_ascii_lowercase();
        let alone = !bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric)
            && (at == 0 || !bytes[at - 1].is_ascii_alphabetic());
        if !section.is_empty() && (b'a'..=b'h').contains(&letter) && alone {
            found.push(format!("{section}({})", char::from(letter)));
        } else if !section.is_empty()
            && bytes[at].is_ascii_alphabetic()
            && !is_joining(&text[at..])
            && alone_word(bytes, at)
        {
            break;
        }
        at += 1;
    }
    found.dedup();
    found
}

/// Whether the word that starts here only joins letters: AND, OR.
fn is_joining(text: &str) -> bool {
    let word: String = text
        .bytes()
        .take_while(u8::is_ascii_alphabetic)
        .map(|b| char::from(b.to_ascii_uppercase()))
        .collect();
    matches!(word.as_str(), "AND" | "OR" | "TO" | "E" | "O") || word.len() == 1
}

/// Whether a word of more than one letter starts here.
fn alone_word(bytes: &[u8], at: usize) -> bool {
    (at == 0 || !bytes[at - 1].is_ascii_alphabetic())
        && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> ExecutiveOrder {
        read(label(line).unwrap_or_else(|| panic!("{line:?}")), Some(1979))
    }

    #[test]
    fn every_era_has_its_forms() {
        let some = |text: &str| Some(text.to_owned());
        for (line, instruction, date, event, exemptions) in [
            ("E.O. 11652: GDS", "GDS", None, None, vec![]),
            ("E. O. 11652: N/A", "N/A", None, None, vec![]),
            ("E.O. 11652 N/A", "N/A", None, None, vec![]),
            ("E.O. 11652:GDS", "GDS", None, None, vec![]),
            ("E.0. 11652: ADS, DECLAS 12-31-74", "ADS", some("1974-12-31"), None, vec![]),
            ("E.O. 11652: XGDS1, DECLAS UPON SIGNATURE", "XGDS", None, some("SIGNATURE"), vec!["XGDS-1"]),
            ("E.O. 12065: GDS 06/20/85 (DOE, JOHN Q.) OR-P", "GDS", some("1985-06-20"), None, vec![]),
            ("E.O. 12065: RDS-1 11/12/99 (ROE, JANE)", "RDS", some("1999-11-12"), None, vec!["RDS-1"]),
            ("E.O. 12065:11/12/79 (TAYLOR, C)", "DECL", some("1979-11-12"), None, vec![]),
            ("E.O. 12356: DECL: OADR", "DECL", None, None, vec!["OADR"]),
            ("E.O. 12356: DECL:03/01/89", "DECL", some("1989-03-01"), None, vec![]),
            ("EO 12958 DECL: 10/15/2019", "DECL", some("2019-10-15"), None, vec![]),
            (
                "E.O. 12958: DECL: UPON DEPARTURE OF THE DELEGATION",
                "DECL",
                None,
                some("DEPARTURE OF THE DELEGATION"),
                vec![],
            ),
            ("E.O. 12958: DECL: X1, X6", "DECL", None, None, vec!["X1", "X6"]),
            ("E.O. 12958: DECL: 1.6X1", "DECL", None, None, vec!["X1"]),
            ("E.O. 12958: DECL: 25X1-HUMAN", "DECL", None, None, vec!["25X1-HUMAN"]),
            ("E.O. 12958: DECL: 1.4 (B), (D)", "DECL", None, None, vec!["1.4(b)", "1.4(d)"]),
            ("E.O. 13526: DECL: 2034/06/10", "DECL", some("2034-06-10"), None, vec![]),
            ("E.O. 13526: N/A", "N/A", None, None, vec![]),
        ] {
            let got = of(line);
            assert_eq!(got.order.as_deref().map(str::len), Some(5), "{line}");
            let codes: Vec<&str> = got.exemptions.iter().map(String::as_str).collect();
            let read = (got.instruction, got.date.map(|date| date.to_string()), got.event, codes);
            assert_eq!(read, (some(instruction), date, event, exemptions), "{line}");
        }
    }

    #[test]
    fn words_that_begin_alike_are_no_label() {
        for line in ["EOD TEAM 12345", "E.O. LINE MISSING", "EVENTS", "EO"] {
            assert_eq!(label(line), None, "{line}");
        }
    }

    #[test]
    fn reasons_in_their_forms() {
        for (text, want) in [
            ("1.4 (b) and (d)", "1.4(b) 1.4(d)"),
            ("for reasons 1.5 (B, D) .", "1.5(b) 1.5(d)"),
            ("1.4(b),(d)", "1.4(b) 1.4(d)"),
            ("Reasons 1.4 b/d", "1.4(b) 1.4(d)"),
            ("1.5b and d", "1.5(b) 1.5(d)"),
            ("E.O. 12958 reasons 1.4 (b) and 1.4 (d) only", "1.4(b) 1.4(d)"),
        ] {
            assert_eq!(reasons(text).join(" "), want, "{text}");
        }
    }
}
