//! A query as its parts, so that a click can add one and another click take it away.
//!
//! The query stays one readable line, `ferry date:1975 from:VALDORIA`: what a click made, a person
//! can go on typing at.

use std::ops::Range;

/// The fields that facets narrow by, and their names for people.
const NARROWING: [(&str, &str); 10] = [
    ("date", "Date"),
    ("from", "From"),
    ("class", "Classification"),
    ("tags", "TAGS"),
    ("to", "To"),
    ("info", "Info"),
    ("caption", "Caption"),
    ("prec", "Precedence"),
    ("ref", "Cites"),
    ("signed", "Signed"),
];

/// A narrowing term in a query.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Chip {
    /// The field's name for people.
    pub(crate) field: &'static str,
    /// Whether it is excluded.
    pub(crate) not: bool,
    /// Its value, without quotes.
    pub(crate) value: String,
    /// The query without it.
    pub(crate) without: String,
}

/// The terms of `query` outside parentheses, each with its place.
fn terms(query: &str) -> Vec<Range<usize>> {
    let (mut terms, mut start, mut depth, mut quoted) = (Vec::new(), None, 0_usize, false);
    for (at, c) in query.char_indices() {
        if c.is_whitespace() && !quoted && depth == 0 {
            if let Some(from) = start.take() {
                terms.push(from..at);
            }
            continue;
        }
        match c {
            '"' => quoted = !quoted,
            '(' | '{' | '[' if !quoted => depth += 1,
            ')' | '}' | ']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        start.get_or_insert(at);
    }
    terms.extend(start.map(|from| from..query.len()));
    terms
}

/// The narrowing terms of a query. None if it has an `OR` outside parentheses: there, taking one away
/// would not widen it.
pub(crate) fn chips(query: &str) -> Vec<Chip> {
    let terms = terms(query);
    if has_or(query, &terms) {
        return Vec::new();
    }
    let chip = |term: &Range<usize>| {
        let (name, value) = query[term.clone()].split_once(':')?;
        let (name, not) = name.strip_prefix('-').map_or((name, false), |name| (name, true));
        let (_, field) = NARROWING.iter().find(|(field, _)| field.eq_ignore_ascii_case(name))?;
        let value = value.trim_matches('"').to_owned();
        let kept = terms.iter().filter(|other| *other != term).map(|other| &query[other.clone()]);
        let without = kept.collect::<Vec<_>>().join(" ");
        Some(Chip { field, not, value, without })
    };
    terms.iter().filter_map(chip).collect()
}

fn has_or(query: &str, terms: &[Range<usize>]) -> bool {
    terms.iter().any(|term| &query[term.clone()] == "OR")
}

/// Words side by side, as a query has them.
pub(crate) fn quoted(words: &str) -> String {
    format!("\"{}\"", words.replace('"', " "))
}

/// One term: `from:VALDORIA`, `from:"PORT ALDER"`.
pub(crate) fn term(field: &str, value: &str) -> String {
    let bare = !value.is_empty()
        && value.starts_with(char::is_alphanumeric)
        && value.chars().all(|c| c.is_alphanumeric() || "-/_".contains(c));
    if bare { format!("{field}:{value}") } else { format!("{field}:\"{}\"", value.replace('"', " ")) }
}

/// The query with one more term, in place of the terms of the same field if there are any.
pub(crate) fn narrowed(query: &str, field: &str, value: &str) -> String {
    let query = query.trim();
    let added = term(field, value);
    if query.is_empty() || query == "*" {
        return added;
    }
    if has_or(query, &terms(query)) {
        return format!("({query}) {added}");
    }
    if terms(query).iter().any(|term| query[term.clone()].eq_ignore_ascii_case(&added)) {
        return query.to_owned();
    }
    format!("{query} {added}")
}

/// The query of a year, a month or a day: `1975-03`. A term that asks for the year or the month that it is in gives
/// way to it.
pub(crate) fn dated(query: &str, value: &str) -> String {
    let all = terms(query);
    let wider = |term: &Range<usize>| {
        let (name, of) = query[term.clone()].split_once(':')?;
        (name.eq_ignore_ascii_case("date") && value.strip_prefix(of)?.starts_with('-')).then_some(())
    };
    if has_or(query, &all) || !all.iter().any(|term| wider(term).is_some()) {
        return narrowed(query, "date", value);
    }
    let kept: Vec<&str> =
        all.iter().filter(|term| wider(term).is_none()).map(|term| &query[term.clone()]).collect();
    narrowed(&kept.join(" "), "date", value)
}

/// The query without what has this value.
pub(crate) fn excluding(query: &str, field: &str, value: &str) -> String {
    let query = query.trim();
    let added = format!("-{}", term(field, value));
    let of = |query: &str| format!("{query} {added}");
    match query {
        "" | "*" => of("*"),
        _ if has_or(query, &terms(query)) => of(&format!("({query})")),
        _ => of(query),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_adds_a_readable_term() {
        for (query, field, value, want) in [
            ("", "date", "1975", "date:1975"),
            ("*", "from", "VALDORIA", "from:VALDORIA"),
            ("ferry date:1975", "from", "PORT ALDER", "ferry date:1975 from:\"PORT ALDER\""),
            ("ferry OR tariff", "tags", "ETRD", "(ferry OR tariff) tags:ETRD"),
            ("(ferry OR tariff) x", "tags", "ETRD", "(ferry OR tariff) x tags:ETRD"),
            ("ferry tags:etrd", "tags", "ETRD", "ferry tags:etrd"),
            ("ferry", "from", "A\" OR *", "ferry from:\"A  OR *\""),
        ] {
            assert_eq!(narrowed(query, field, value), want, "{query:?}");
        }
    }

    #[test]
    fn a_bar_of_the_chart_takes_the_place_of_the_wider_one() {
        for (query, value, want) in [
            ("*", "1975", "date:1975"),
            ("ferry", "1975", "ferry date:1975"),
            ("date:1975 ferry", "1975-03", "ferry date:1975-03"),
            ("date:1975", "1975-03", "date:1975-03"),
            ("date:1975-03 ferry", "1975-03-12", "ferry date:1975-03-12"),
            ("date:1974..1976 ferry", "1975", "date:1974..1976 ferry date:1975"),
            ("-date:1974 ferry", "1974-03", "-date:1974 ferry date:1974-03"),
            ("ferry OR date:1975", "1975-03", "(ferry OR date:1975) date:1975-03"),
        ] {
            assert_eq!(dated(query, value), want, "{query}");
        }
    }

    #[test]
    fn another_click_takes_it_away() {
        let chips = chips("ferry date:1975 from:\"PORT ALDER\" (a date:1) -tags:ETRD");
        let got: Vec<_> =
            chips.iter().map(|c| (c.field, c.not, c.value.as_str(), c.without.as_str())).collect();
        assert_eq!(
            got,
            [
                ("Date", false, "1975", "ferry from:\"PORT ALDER\" (a date:1) -tags:ETRD"),
                ("From", false, "PORT ALDER", "ferry date:1975 (a date:1) -tags:ETRD"),
                ("TAGS", true, "ETRD", "ferry date:1975 from:\"PORT ALDER\" (a date:1)"),
            ]
        );
        assert_eq!(super::chips("date:1975 OR ferry"), []);
        assert_eq!(super::chips("thread:{ferry date:1975}"), []);
        for (query, want) in [
            ("*", "* -tags:ETRD"),
            ("ferry", "ferry -tags:ETRD"),
            ("ferry OR launch", "(ferry OR launch) -tags:ETRD"),
        ] {
            assert_eq!(excluding(query, "tags", "ETRD"), want);
        }
    }
}
