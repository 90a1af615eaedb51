//! The value of a field, or of none, read as that field reads it.

use jiff::ToSpan;
use jiff::civil::Date;
use reftel_telegram::{Context, Span};

use super::tables::{CLASSIFICATIONS, HAS, IS, PRECEDENCES};
use super::{Field, Like, Measure, Node, Pattern, QueryError, Relation, Standing, Text, error};
use crate::words::words;

/// How many letters a word with `*` or `?` must have besides.
const WILD_LETTERS_MIN: usize = 2;

/// The value of a field, or of none, read as that field reads it.
pub(super) fn leaf(field: Option<Field>, value: &str, span: Span, quoted: bool) -> Result<Node, QueryError> {
    let text_field = match field {
        None => Some(Text::Body),
        Some(Field::Text(text)) => Some(text),
        Some(_) => None,
    };
    if !quoted && value == "*" {
        if field.is_none() {
            return Ok(Node::All);
        }
        let help = "to ask whether there is any, write `has:`, as in `has:tags`";
        return Err(error(span, "`*` stands for everything, and only alone", Some(help)));
    }
    if !quoted && field.is_some() && value.starts_with('=') {
        return Err(error(
            span,
            "exact words are looked for in the whole text only",
            Some("leave out the field"),
        ));
    }
    if !quoted && value.contains(['*', '?']) {
        return match text_field {
            Some(text) => wild(text, value, span),
            None => Err(error(span, "`*` and `?` stand in words of a text only", None)),
        };
    }
    if !quoted && let (Some(text), Some((word, edits))) = (text_field, value.rsplit_once('~')) {
        return fuzzy(text, word, edits, span);
    }
    if field.is_some() && !quoted && value.starts_with('-') {
        let help = "the hyphen stands before the field, as in `-class:C`";
        return Err(error(span, format!("`{value}` begins with a hyphen"), Some(help)));
    }
    match field {
        None | Some(Field::Expand) => text(Text::Body, value, span),
        Some(Field::Text(field)) => text(field, value, span),
        Some(Field::Tags) => tag(value, span),
        Some(Field::Class) => {
            let class = choose(&CLASSIFICATIONS, value).ok_or_else(|| {
                let help = "classes are UNCLASSIFIED (U), RESTRICTED (R), CONFIDENTIAL (C), SECRET (S), \
                            \"TOP SECRET\" (TS)";
                error(span, format!("`{value}` is no classification"), Some(help))
            })?;
            Ok(Node::Key(format!("class:{}", class.name())))
        }
        Some(Field::Precedence) => {
            let precedence = choose(&PRECEDENCES, value).ok_or_else(|| {
                let help = "precedences are ROUTINE (R), PRIORITY (P), IMMEDIATE (O), FLASH (Z), \
                            \"FLASH OVERRIDE\" (Y)";
                error(span, format!("`{value}` is no precedence"), Some(help))
            })?;
            Ok(Node::Key(format!("prec:{}", precedence.name())))
        }
        Some(Field::Meaning) => {
            text(Text::Body, value, span)?;
            Ok(Node::Meaning(value.to_owned()))
        }
        Some(Field::Like) => Ok(Node::Resembling(Box::new(number("mrn", value, span)?))),
        Some(Field::Mrn) => number("mrn", value, span),
        Some(Field::Web(Relation::Cites)) => number("ref", value, span),
        Some(Field::Web(relation)) => Ok(Node::Web(relation, Box::new(number("mrn", value, span)?))),
        Some(Field::Measure(measure)) => measured(measure, value, span),
        Some(Field::Unit(_)) => Err(error(span, "words in braces are wanted here", None)),
        Some(Field::Date) => sent(value, span),
        Some(Field::Has) => has(value, span),
        Some(Field::Is) => is(value, span),
        Some(Field::Collection) => Ok(Node::Key(crate::index::collection_key(value))),
    }
}

/// `ferr*`, `te?t`; `AT&T*` is a run of words the last of which is such a one.
fn wild(field: Text, value: &str, span: Span) -> Result<Node, QueryError> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '*' | '?');
    let mut parts = Vec::new();
    for piece in value.split(|c: char| !is_part(c)).filter(|piece| !piece.is_empty()) {
        if !piece.contains(['*', '?']) {
            parts.extend(words(piece).into_iter().map(|word| Pattern::Word(vec![word])));
            continue;
        }
        if piece.chars().filter(|c| c.is_alphanumeric()).count() < WILD_LETTERS_MIN {
            let message = format!("`{piece}` has too few letters");
            let help = "at least two letters or digits stand beside `*` and `?`";
            return Err(error(span, message, Some(help)));
        }
        parts.push(Pattern::Like(Like::Wild(folded(piece))));
    }
    match parts.pop() {
        Some(Pattern::Like(like)) if parts.is_empty() => Ok(Node::Like(field, like)),
        Some(last) => {
            parts.push(last);
            Ok(Node::Placed(field, None, Pattern::Run { parts, between: 0 }))
        }
        None => Err(error(span, "there is nothing to search for here", None)),
    }
}

/// A word as the index has it, with its `*` and `?`.
fn folded(piece: &str) -> String {
    let mut out = String::new();
    for part in piece.split_inclusive(['*', '?']) {
        let letters = part.trim_end_matches(['*', '?']);
        out.extend(words(letters));
        out.push_str(&part[letters.len()..]);
    }
    out
}

/// `tarif~1`, `tarif~`
fn fuzzy(field: Text, word: &str, edits: &str, span: Span) -> Result<Node, QueryError> {
    let few = match edits {
        "" | "1" => 1,
        "2" => 2,
        _ => {
            let help = "`~1` and `~2` say how many letters of a word may differ";
            return Err(error(span, format!("`~{edits}` is no number of letters"), Some(help)));
        }
    };
    let mut list = words(word);
    match (list.pop(), list.is_empty()) {
        (Some(word), true) if word.chars().count() >= 3 => Ok(Node::Like(field, Like::Fuzzy(word, few))),
        _ => {
            let help = "`~` stands behind one word of at least three letters";
            Err(error(span, format!("`{word}` can't be misspelt"), Some(help)))
        }
    }
}

/// How many words may stand between others.
pub(super) fn between(digits: &str, span: Span, max: u32) -> Result<u32, QueryError> {
    digits.parse().ok().filter(|between| *between <= max).ok_or_else(|| {
        let help = format!("a number from 0 to {max}: how many words may stand between");
        error(span, "how near isn't said".to_owned(), Some(&help))
    })
}

/// Characters to be found as they are.
pub(super) fn exact(value: &str, span: Span) -> Result<Node, QueryError> {
    if words(value).is_empty() {
        let message = format!("`{value}` has no letter or digit, and can't be found without one");
        return Err(error(span, message, Some("add a word that stands beside it")));
    }
    Ok(Node::Exact(value.split_whitespace().collect::<Vec<_>>().join(" ")))
}

/// A day as days since 1970.
pub(crate) fn day_number(date: Date) -> i64 {
    date.since(Date::constant(1970, 1, 1)).map_or(0, |since| i64::from(since.get_days()))
}

/// A number, a date, or a range.
fn measured(measure: Measure, value: &str, span: Span) -> Result<Node, QueryError> {
    if measure == Measure::Declassified {
        let Node::Sent(from, before) = sent(value, span)? else { return Ok(Node::All) };
        return Ok(Node::Range(measure, from.map(day_number), before.map(|date| day_number(date) - 1)));
    }
    let value = value.trim();
    let (from, to) = value.split_once("..").unwrap_or((value, value));
    let number = |text: &str| match text.parse::<u32>() {
        Ok(number) => Ok(Some(i64::from(number))),
        Err(_) if text.is_empty() => Ok(None),
        Err(_) => {
            let help = "write a number, or a range: `100..200`, `100..`, `..200`";
            Err(error(span, format!("`{text}` is no number"), Some(help)))
        }
    };
    match (number(from)?, number(to)?) {
        (None, None) => Err(error(span, "a range with neither end", Some("`100..` has one"))),
        (Some(from), Some(to)) if from > to => {
            Err(error(span, "this range ends before it starts", Some("turn it round")))
        }
        (from, to) => Ok(Node::Range(measure, from, to)),
    }
}

fn text(field: Text, value: &str, span: Span) -> Result<Node, QueryError> {
    let words = words(value);
    if words.is_empty() {
        let message = if value.trim().is_empty() {
            "there is nothing between the quotation marks".to_owned()
        } else {
            format!("`{value}` has no letter or digit, and only those are searched for")
        };
        return Err(error(span, message, None));
    }
    Ok(Node::Words(field, words))
}

fn tag(value: &str, span: Span) -> Result<Node, QueryError> {
    let code = value.trim();
    if code.is_empty() || !code.chars().all(|c| c.is_ascii_alphanumeric()) {
        let help = "a code is letters only, as in `tags:PREL`; for several write `tags:(PREL OR PGOV)`";
        return Err(error(span, format!("`{value}` is no TAGS code"), Some(help)));
    }
    Ok(Node::Key(format!("tag:{}", code.to_ascii_uppercase())))
}

/// The value that `name` means in a table of upper-case names without spaces.
fn choose<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    let name: String = name.chars().filter(|c| !c.is_whitespace() && *c != '-' && *c != '_').collect();
    table.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name)).map(|(_, value)| *value)
}

/// A message reference number; without its year, one of any year.
fn number(key: &str, value: &str, span: Span) -> Result<Node, QueryError> {
    let number = canonical(value);
    let letters = number.contains(|c: char| c.is_ascii_alphabetic());
    let digit = number.ends_with(|c: char| c.is_ascii_digit());
    if !letters || !digit || !uses_all(value, &number) {
        let help = format!("write `{key}:09VALDORIA1000`, or `{key}:\"VALDORIA 1000\"` for any year");
        return Err(error(span, format!("`{value}` is no telegram's number"), Some(&help)));
    }
    Ok(Node::Key(format!("{key}:{number}")))
}

/// The number that a query is, if it is nothing else: `09VALDORIA1000`, `VALDORIA 1000`, `NAVADMIN 123/15`.
pub(super) fn bare_number(text: &str) -> Option<String> {
    if text.contains(['"', '(', ')', '{', '}', '*', '?', '~', '=', ':', '-']) {
        return None;
    }
    let number = canonical(&text.trim().to_uppercase());
    uses_all(text, &number).then_some(number)
}

/// Whether a number is all that was typed: post, serial and year, and nothing beside them.
fn uses_all(typed: &str, number: &str) -> bool {
    let upper = typed.trim().to_uppercase();
    let digit = |c: char| c.is_ascii_digit();
    let key = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    // Letters, then digits: a post and its serial.
    let apart = |text: &str| -> Option<u32> {
        let serial = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        (text.len() - serial.len() > 1 && serial.chars().all(digit)).then_some(serial.parse().ok()?)
    };
    let plain = number.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !plain || number.as_bytes().windows(2).any(|pair| pair[0] == b'-' && pair[1].is_ascii_digit()) {
        return false;
    }
    let Some(serial) = apart(&key(number.trim_start_matches(digit))) else { return false };
    if apart(key(&upper).trim_start_matches(digit)) == Some(serial) {
        return true;
    }
    // `NAVADMIN 123/15`, `STATE 123 (08)`: the year stands behind.
    let behind = upper.rsplit_once(['/', '(']);
    behind.is_some_and(|(number, year)| apart(&key(number)) == Some(serial) && key(year).chars().all(digit))
}

/// A number as the cards have it: upper case, no spaces, no zeros before the serial.
pub(super) fn canonical(value: &str) -> String {
    let read = |value: &str| reftel_telegram::mrn(value, &Context::default());
    if let Some(number) = read(value).or_else(|| read(&value.to_uppercase())) {
        return number;
    }
    let mut number: String =
        value.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
    let prefix = number.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let serial = number[prefix..].trim_start_matches('0').to_owned();
    if prefix > 0 && !serial.is_empty() {
        number.truncate(prefix);
        number.push_str(&serial);
    }
    number
}

fn has(value: &str, span: Span) -> Result<Node, QueryError> {
    Ok(Node::Key(format!("has:{}", one_of("has", &HAS, value, span)?)))
}

fn is(value: &str, span: Span) -> Result<Node, QueryError> {
    Ok(match one_of("is", &IS, value, span)? {
        "phantom" => Node::Is(Standing::Phantom),
        "version" => Node::Is(Standing::Version),
        "cancelled" => Node::Is(Standing::Cancelled),
        name => Node::Key(format!("is:{name}")),
    })
}

/// The name that `value` is in a table of names.
fn one_of(
    field: &str,
    table: &'static [(&str, &str)],
    value: &str,
    span: Span,
) -> Result<&'static str, QueryError> {
    let name = value.trim().to_ascii_lowercase();
    if let Some((known, _)) = table.iter().find(|(known, _)| *known == name) {
        return Ok(known);
    }
    let names = || table.iter().map(|(known, _)| *known);
    let help = match nearest(&name, names()) {
        Some(near) => format!("did you mean `{field}:{near}`?"),
        None => format!("it can be asked for {}", names().collect::<Vec<_>>().join(", ")),
    };
    Err(error(span, format!("`{field}:` doesn't know `{value}`"), Some(&help)))
}

/// A day, a month, a year, or a range of them.
fn sent(value: &str, span: Span) -> Result<Node, QueryError> {
    let value = value.trim();
    let (from, to) = value.split_once("..").unwrap_or((value, value));
    if from.is_empty() && to.is_empty() {
        return Err(error(span, "a range of dates with neither end", Some("`date:1979..` has one")));
    }
    let period = |text: &str| match period(text) {
        Some(period) => Ok(Some(period)),
        None if text.is_empty() => Ok(None),
        None => {
            let help = "write `date:1974`, `date:1974-03`, `date:1974-03-12`, or a range: \
                        `date:2009-06..2009-07`, `date:..1975`, `date:1979..`";
            Err(error(span, format!("`{text}` is no date"), Some(help)))
        }
    };
    let (from, to) = (period(from)?, period(to)?);
    let (from, before) = (from.map(|(start, _)| start), to.and_then(|(_, end)| end));
    if let (Some(from), Some(before)) = (from, before)
        && from >= before
    {
        return Err(error(span, "this range of dates ends before it starts", Some("turn it round")));
    }
    Ok(Node::Sent(from, before))
}

/// The first day of a year, a month or a day, and the day after its last one, where there is one.
fn period(text: &str) -> Option<(Date, Option<Date>)> {
    let mut parts = text.split('-');
    let mut next = |len: usize| match parts.next() {
        Some(digits) if digits.len() == len && digits.bytes().all(|b| b.is_ascii_digit()) => {
            Some(digits.parse::<i16>().ok())
        }
        Some(_) => Some(None),
        None => None,
    };
    let year = next(4)??;
    let month = next(2);
    let day = next(2);
    if next(0).is_some() || year == 0 {
        return None;
    }
    let (start, length) = match (month, day) {
        (None, _) => (Date::new(year, 1, 1), 1.year()),
        (Some(month), None) => (Date::new(year, i8::try_from(month?).ok()?, 1), 1.month()),
        (Some(month), Some(day)) => {
            (Date::new(year, i8::try_from(month?).ok()?, i8::try_from(day?).ok()?), 1.day())
        }
    };
    let start = start.ok()?;
    Some((start, start.checked_add(length).ok()))
}

/// The name that `name` was probably meant to be.
pub(super) fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let name = name.to_ascii_lowercase();
    if name.len() > 20 {
        return None;
    }
    let distance = |known: &str| {
        if name.len() > 1 && (known.starts_with(&name) || name.starts_with(known)) {
            return 1;
        }
        edits(name.as_bytes(), known.as_bytes())
    };
    names
        .map(|known| (distance(known), known))
        .filter(|(distance, known)| *distance <= 2 && *distance < known.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// How many letters to change, add or remove to come from one to the other.
pub(crate) fn edits(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}
