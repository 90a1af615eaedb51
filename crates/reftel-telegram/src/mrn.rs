//! Message reference numbers in canonical form: two-digit year, post without spaces, serial without leading
//! zeros.

use std::borrow::Cow;

use crate::Context;
use crate::datetime;
use crate::tables;

/// A canonical number, and how its post was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    pub(crate) mrn: String,
    /// The post as the tables have it, where that differs by a known slip.
    pub(crate) repaired_post: Option<&'static str>,
}

/// The canonical number of `text`, such as `VALDORIA 001000` or `08 PORT ALDER 12`; `None` where there
/// is none.
///
/// The year is the one printed, before the post or behind the number in parentheses, else
/// [`Context::year`]; without either there is no number.
pub fn mrn(text: &str, context: &Context) -> Option<String> {
    let text = text.trim();
    // Typed in small letters, or with hyphens for blanks, it is the same number.
    let upper = text.to_ascii_uppercase();
    of(text, context).or_else(|| of(&upper, context)).or_else(|| of(&upper.replace('-', " "), context))
}

fn of(text: &str, context: &Context) -> Option<String> {
    if let Some(number) = crate::volume::number_of_head(text) {
        return Some(number);
    }
    if let Some(number) = general_message(text) {
        return Some(number.0);
    }
    if let Some(number) = unspaced(text) {
        return Some(number);
    }
    let cite = crate::reference::cite(text, 0)?;
    let number = cite.numbers.first()?;
    let year = cite.year.or_else(|| context.year.map(|year| year.rem_euclid(100)))?;
    canonical(year, cite.post, number.1).map(|number| number.mrn)
}

/// Puts a number together. `serial` is digits, or `A-123` for an airgram.
pub(crate) fn canonical(year: i16, post: &str, serial: &str) -> Option<Number> {
    let (name, repaired_post) = post_name(post, year)?;
    let serial_digits = serial.trim_start_matches(['A', '-', ' ']);
    let digits = serial_digits.trim_start_matches('0');
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let airgram = if serial.starts_with('A') { "-A" } else { "" };
    let mrn = put_together(year, [&name, airgram, digits]);
    Some(Number { mrn, repaired_post })
}

/// A number: the year in two digits, and what follows it. Telegrams have many, and a formatter takes its time.
pub(crate) fn put_together<const N: usize>(year: i16, parts: [&str; N]) -> String {
    let year = u8::try_from(year.rem_euclid(100)).unwrap_or(0);
    let mut mrn = String::with_capacity(2 + parts.iter().map(|part| part.len()).sum::<usize>());
    mrn.push(char::from(b'0' + year / 10));
    mrn.push(char::from(b'0' + year % 10));
    for part in parts {
        mrn.push_str(part);
    }
    mrn
}

/// A post's name in a number of that year, and the table's name where the printed one is a known slip of it.
///
/// A post is named as it was then, unless it is printed as it is called now.
pub(crate) fn post_name(printed: &str, year: i16) -> Option<(Cow<'static, str>, Option<&'static str>)> {
    let printed = strip_inserts(printed);
    if let Some(post) = tables::canonical_post(printed).or_else(|| tables::post_of_plad(printed)) {
        let slip = post != printed
            && tables::post_alias(&key(printed))
                .is_some_and(|alias| alias.kind == tables::AliasKind::Misspelling);
        let then = if post == printed { None } else { former_name(printed, post, year) };
        let post = then.unwrap_or(post);
        return Some((Cow::Borrowed(post), slip.then_some(post)));
    }
    let name = key(tables::place_of_plad(printed).unwrap_or(printed));
    (name.len() >= 2 && name.bytes().any(|b| b.is_ascii_alphabetic())).then_some((Cow::Owned(name), None))
}

/// What a post was called in a year of two or four figures, if it isn't printed as it is called now.
fn former_name(printed: &str, post: &str, year: i16) -> Option<&'static str> {
    let then = tables::former_name(post, datetime::full_year(year, None))?;
    (!is_key(printed, post)).then_some(then)
}

/// A post's name as it is printed, with its spaces: `NEWDELHI` → `NEW DELHI`.
pub(crate) fn spaced(post: &str) -> &str {
    let plad = tables::post(post).map_or(post, |post| post.plad);
    tables::place_of_plad(plad).filter(|place| key(place) == post).unwrap_or(post)
}

/// Capitals and digits only.
pub(crate) fn key(text: &str) -> String {
    if text.bytes().all(|b| b.is_ascii_uppercase()) {
        return text.to_owned();
    }
    let mut key = String::with_capacity(text.len());
    for byte in text.bytes().filter(u8::is_ascii_alphanumeric) {
        key.push(char::from(byte.to_ascii_uppercase()));
    }
    key
}

/// Whether [`key`] of a text is this one.
pub(crate) fn is_key(text: &str, key: &str) -> bool {
    let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
    letters.map(|byte| byte.to_ascii_uppercase()).eq(key.bytes())
}

/// Words that got between classification and post: `AMEMBASSY VALDORIA`, `EFTO VALDORIA`.
fn strip_inserts(mut post: &str) -> &str {
    loop {
        let trimmed = post.trim_ascii().trim_start_matches(['/', '.', '-', ':', ' ']);
        let rest = ["EFTO ", "E F T O ", "FOUO ", "SVC ", "AMEMBASSY ", "AMCONSUL ", "NOFORN "]
            .iter()
            .find_map(|insert| trimmed.strip_prefix(insert));
        match rest {
            Some(rest) => post = rest,
            None => return trimmed,
        }
    }
}

/// `09VALDORIA1000`, also damaged as archives print it: a section label or a caption inside, the year doubled,
/// a four-digit year, words behind the number.
fn unspaced(text: &str) -> Option<String> {
    // `09VALDORIA1 2` is not number 12.
    let apart = |triple: &[u8]| triple[0].is_ascii_digit() && triple[1] == b' ' && triple[2].is_ascii_digit();
    if text.as_bytes().windows(3).any(apart) {
        return None;
    }
    let upper: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    if !upper.is_ascii() || text.contains(' ') && !text.as_bytes()[0].is_ascii_digit() {
        return None;
    }
    let digits = upper.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = &upper[digits..];
    let year: i16 = match digits {
        2 => upper[..2].parse().ok()?,
        4 if upper[..2] == upper[2..4] && !matches!(&upper[..2], "19" | "20") => upper[..2].parse().ok()?,
        4 => upper[..4].parse().ok().filter(|year| (1900..2100).contains(year))?,
        _ => return None,
    };
    if text.contains(' ') && text[digits..].starts_with(' ') {
        return None; // `08 PORT ALDER 12` is read with its spaces
    }
    rest = strip_section(rest);
    for insert in ["EFTO", "AMEMBASSY", "AMCONSUL"] {
        rest = rest.strip_prefix(insert).unwrap_or(rest);
    }
    let letters = rest.bytes().take_while(|b| !b.is_ascii_digit()).count();
    let serial_len = rest[letters..].bytes().take_while(u8::is_ascii_digit).count();
    let (post, serial) = (&rest[..letters], &rest[letters..letters + serial_len]);
    if serial_len > 8 {
        return None;
    }
    if let Some(post) = post.strip_suffix("-A").or_else(|| post.strip_suffix("A-")) {
        return canonical(year, post, &format!("A-{serial}")).map(|number| number.mrn);
    }
    let after = &rest[letters + serial_len..];
    if letters < 2 || serial_len == 0 || !post.bytes().all(|b| b.is_ascii_alphabetic() || b"-'.".contains(&b))
    {
        return None;
    }
    let trailer = after.is_empty()
        || ["SUSPECTED", "ZDK", "ZFR", "ZFG", "ZDS", "TOSEC", "SECTO", "CORRECTED", "C"]
            .iter()
            .any(|t| after.starts_with(t));
    trailer.then(|| canonical(year, post, serial)).flatten().map(|number| number.mrn)
}

/// Without a leading `SECTION01OF03`, however damaged the word.
fn strip_section(text: &str) -> &str {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    if letters > 0 && !crate::section::is_section_word(&text[..letters]) {
        return text;
    }
    let rest = &text[letters..];
    let first = rest.bytes().take_while(u8::is_ascii_digit).count();
    match rest[first..].strip_prefix("OF") {
        Some(after) if first > 0 => after.trim_start_matches(|c: char| c.is_ascii_digit()),
        _ => text,
    }
}

/// A general message in its own series: `NAVADMIN 123/15` → `15NAVADMIN123`; also the length read.
pub(crate) fn general_message(text: &str) -> Option<(String, usize)> {
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    if !(4..=12).contains(&letters) {
        return None;
    }
    let rest = &text[letters..];
    let gap = rest.bytes().take_while(u8::is_ascii_whitespace).count();
    let number = rest[gap..].trim_start_matches('/');
    // `NAVADMIN/123/15`: a slant for the blank.
    let gap = rest.len() - number.len();
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let year = number[digits..].trim_ascii_start().strip_prefix('/')?.trim_ascii_start();
    let year_digits = year.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=4).contains(&digits) || !matches!(year_digits, 2 | 4) || !(1..=4).contains(&gap) {
        return None;
    }
    let serial = number[..digits].trim_start_matches('0');
    // `EMAIL 06/09/09` is no number in a series.
    let date = year[year_digits..].starts_with(|c: char| c == '/' || c.is_ascii_alphanumeric());
    if serial.is_empty() || date || crate::reference::is_no_post(&text[..letters]) {
        return None;
    }
    let len = text.len() - year.len() + year_digits;
    let year: i16 = year[..year_digits].parse().ok()?;
    Some((put_together(datetime::full_year(year, None), [&text[..letters], serial]), len))
}

/// The parts of a canonical number: year of the century, post, serial. `None` where `mrn` isn't one.
pub fn parts(mrn: &str) -> Option<(i16, &str, u32)> {
    let year: i16 = mrn.get(..2)?.parse().ok()?;
    let rest = &mrn[2..];
    let digits = rest.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (post, serial) = rest.split_at(rest.len() - digits);
    (!post.is_empty()).then_some((year, post, serial.parse().ok()?))
}

/// The parts of a canonical number that is one of a post's series: year of the century, post, serial. `None` for any
/// other, such as an airgram's.
pub fn in_series(mrn: &str) -> Option<(u8, &str, u32)> {
    let (year, post, serial) = parts(mrn)?;
    let digits = mrn.bytes().take(2).all(|byte| byte.is_ascii_digit());
    let is_post = post.bytes().all(|byte| byte.is_ascii_uppercase());
    Some((u8::try_from(year).ok()?, post, serial)).filter(|_| digits && is_post)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_every_form() {
        let year = Context { year: Some(2009) };
        for (text, want) in [
            ("VALDORIA 001000", "09VALDORIA1000"),
            ("08 PORT ALDER 12", "08PORTALDER12"),
            ("2008 STATE 12345", "08STATE12345"),
            ("STATE 12345 (08)", "08STATE12345"),
            ("SECSTATE 54767", "09STATE54767"),
            ("09VALDORIA1000", "09VALDORIA1000"),
            ("1975VALDOR01234", "75VALDOR1234"),
            ("09SECTION01OF03VALDORIA525", "09VALDORIA525"),
            ("06EFTOVALDORIA12", "06VALDORIA12"),
            ("09AMEMBASSYVALDORIA909", "09VALDORIA909"),
            ("08VALDORIA001382SUSPECTEDDUPLICATE1392", "08VALDORIA1382"),
            ("7575VALDORIA1895", "75VALDORIA1895"),
            ("75VALDORIA-A123", "75VALDORIA-A123"),
            ("75 VALDORIA A-123", "75VALDORIA-A123"),
            ("NAVADMIN 123/15", "15NAVADMIN123"),
            ("08 state 12", "08STATE12"),
            ("08-port-alder-12", "08PORTALDER12"),
            ("Cablegram 1199 WASHINGTON, 23 December 1941", "41WASHINGTON1199"),
            ("Telegram 722 From the Embassy in Iran to the Department of State, May 5, 1971", "71TEHRAN722"),
            ("Telegram 12 From the Embassy in the Soviet Union, May 5, 1971", "71MOSCOW12"),
        ] {
            assert_eq!(mrn(text, &year).as_deref(), Some(want), "{text}");
        }
        for text in [
            "",
            "hello",
            "09VALDORIA1-2",
            "EMAIL 06/09/09",
            "IN MAY 1974",
            "09",
            "STATE",
            "00000",
            "75VALDORIA-A123456789",
        ] {
            assert_eq!(mrn(text, &year), None, "{text}");
        }
        assert_eq!(mrn("STATE 12345", &Context::default()), None, "a number without a year is none");
    }
}
