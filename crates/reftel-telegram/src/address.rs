//! Address lines: `RUEHC/SECSTATE WASHDC IMMEDIATE 4821`.

use crate::heading::is_routing_indicator;
use crate::record::{Addressee, Precedence, Station};
use crate::tables;

/// What one address line says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Read<'l> {
    pub(crate) addressee: Option<Addressee>,
    /// A precedence word that was read in spite of a slip.
    pub(crate) slip: Option<&'l str>,
    /// What stands behind `XMT` on the same line.
    pub(crate) exempt: Option<&'l str>,
}

/// Reads `[RI/]PLAD [precedence] [number]`.
pub(crate) fn addressee(line: &str) -> Read<'_> {
    let mut read = Read::default();
    let mut rest = line.trim_ascii();
    let exempts = || rest.find(" XMT ").or_else(|| rest.find(", XMT"));
    if let Some(at) = memchr::memchr(b'X', rest.as_bytes()).and_then(|_| exempts()) {
        read.exempt = Some(rest[at..].trim_start_matches([',', ' ']).trim_start_matches("XMT").trim());
        rest = rest[..at].trim_end_matches([',', ' ']);
    }
    let mut entry = Addressee::default();
    let mut way = delivery(rest);
    if let Some((before, _)) = way {
        rest = before;
    }
    let (without, number) = continuity_number(rest);
    entry.continuity_number = number.map(str::to_owned);
    rest = without;
    way = way.or_else(|| delivery(rest).inspect(|(before, _)| rest = before));
    while let Some((before, precedence, exact)) = trailing_precedence(rest) {
        if !exact {
            read.slip = Some(str::trim_ascii(&rest[before.len()..]));
        }
        entry.precedence = entry.precedence.or(Some(precedence));
        rest = before;
    }
    // `SECSTATE WASHDC 3449 PRIORITY`: a number before the precedence, where the rest is a known address.
    if let (None, (name, Some(number))) = (&entry.continuity_number, continuity_number(rest))
        && entry.precedence.is_some()
        && tables::post_of_plad(station_name(name)).is_some()
    {
        entry.continuity_number = Some(number.to_owned());
        rest = name;
    }
    if let Some(before) = rest.strip_suffix("NIACT").map(str::trim_ascii_end) {
        entry.niact = true;
        rest = before;
    }
    way = way.or_else(|| delivery(rest).inspect(|(before, _)| rest = before));
    entry.delivery = way.map(|(_, way)| way.to_owned());
    if rest.is_empty() {
        return read;
    }
    entry.station = station(rest);
    entry.collective = tables::is_collective(&entry.station.plad, entry.station.routing_indicator.as_deref());
    read.addressee = Some(entry);
    read
}

/// An address without its routing indicator.
fn station_name(address: &str) -> &str {
    address
        .split_once('/')
        .filter(|(indicator, _)| is_routing_indicator(indicator))
        .map_or(address, |split| split.1)
}

/// Reads `[RI/]PLAD`.
pub(crate) fn station(text: &str) -> Station {
    let text = text.trim_ascii();
    let (indicator, plad) = match text.split_once('/') {
        Some((indicator, plad)) if is_routing_indicator(indicator) && !plad.starts_with('/') => {
            (Some(indicator.to_owned()), plad.trim_ascii())
        }
        Some(("ZEN", plad)) => (Some("ZEN".to_owned()), plad.trim_ascii()),
        _ => (None, text),
    };
    let post = tables::post_of_plad(plad).map(str::to_owned).or_else(|| invented(plad));
    Station { plad: plad.to_owned(), routing_indicator: indicator, post }
}

/// The way by which an addressee is served, where that isn't the wire, and the line without it: `BY POUCH`,
/// `(VIA POUCH)`, `(POUCH)`.
fn delivery(line: &str) -> Option<(&str, &str)> {
    let words = line.strip_suffix(')').unwrap_or(line);
    let at = words.rfind([' ', '('])? + 1;
    if !matches!(&words[at..], "POUCH" | "MAIL" | "AIRMAIL" | "COURIER" | "AIRGRAM" | "HAND" | "MEANS") {
        return None;
    }
    let bracket = words.len() < line.len();
    let from = match words[..at].rfind([' ', '(']) {
        _ if bracket => words.rfind('(')?,
        _ => ["BY", "VIA"].iter().find_map(|word| {
            // `BY AIR POUCH`, `BY OTHER MEANS`
            words[..at].rfind(&format!(" {word} ")).filter(|from| words[from + 1..].split(' ').count() <= 3)
        })?,
    };
    let before = line[..from].trim_ascii_end();
    let way = line[from..].trim_matches([' ', '(', ')']);
    (!before.is_empty()).then_some((before, way))
}

/// Names a station's post as it was called in that year, unless the address has the name of today.
pub(crate) fn name_of_year(station: &mut Station, year: i16) {
    let Some(then) = station.post.as_deref().and_then(|post| tables::former_name(post, year)) else { return };
    let today = |post: &String| crate::mrn::key(&station.plad).ends_with(post.as_str());
    if !station.post.as_ref().is_some_and(today) {
        station.post = Some(then.to_owned());
    }
}

/// The post of an embassy, consulate or mission that no table knows.
fn invented(plad: &str) -> Option<String> {
    let place = tables::place_of_plad(plad)?;
    let name = crate::mrn::key(place);
    (!name.is_empty()).then_some(name)
}

/// The continuity number at the end of a line, and the line without it. A number that is part of the name
/// (`AIG 8777`) isn't one.
fn continuity_number(line: &str) -> (&str, Option<&str>) {
    let digits = line.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (before, number) = line.split_at(line.len() - digits);
    if !(3..=6).contains(&digits) {
        return (line, None);
    }
    let name = before.trim_ascii_end();
    let last = name.rsplit([' ', '/']).next().unwrap_or("");
    if name.is_empty()
        || matches!(last, "AIG" | "CAD" | "TASK" | "CTF" | "CTG" | "APO" | "FPO")
        || last.ends_with('-')
    {
        return (line, None);
    }
    // `IMMEDIATE4318` has lost its space; any other name may end in digits.
    if before.len() == name.len() && precedence_word(last).is_none() {
        return (line, None);
    }
    (name, Some(number))
}

fn trailing_precedence(line: &str) -> Option<(&str, Precedence, bool)> {
    let at = line.rfind([' ', '\t']).map_or(0, |at| at + 1);
    if at == 0 {
        return None;
    }
    let (precedence, exact) = precedence_word(&line[at..])?;
    Some((line[..at].trim_ascii_end(), precedence, exact))
}

/// Whether an address line begins with its precedence, as `IMMEDIATE UKMIS NEW YORK` does.
pub(crate) fn precedence_first(line: &str) -> bool {
    matches!(line.as_bytes().first(), Some(b'I' | b'P' | b'R' | b'F'))
        && line.split_once(' ').is_some_and(|(word, names)| {
            matches!(precedence_word(word), Some((_, true))) && !names.trim().is_empty()
        })
}

/// A precedence word, also with one letter lost, added or wrong.
pub(crate) fn precedence_word(word: &str) -> Option<(Precedence, bool)> {
    const WORDS: [(&str, Precedence); 4] = [
        ("IMMEDIATE", Precedence::Immediate),
        ("PRIORITY", Precedence::Priority),
        ("ROUTINE", Precedence::Routine),
        ("FLASH", Precedence::Flash),
    ];
    if word.len() < 5 || word.len() > 10 {
        return None;
    }
    WORDS.iter().find_map(|&(name, precedence)| {
        if name == word {
            return Some((precedence, true));
        }
        (name.len() > 5 && one_edit(name.as_bytes(), word.as_bytes())).then_some((precedence, false))
    })
}

/// Whether two words differ by one letter lost, added, changed, or swapped with its neighbour.
pub(crate) fn one_edit(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    match long.len() - short.len() {
        0 => {
            short.get(same + 1..) == long.get(same + 1..)
                || (short.get(same..same + 2).is_some_and(|pair| {
                    long.get(same) == Some(&pair[1]) && long.get(same + 1) == Some(&pair[0])
                }) && short.get(same + 2..) == long.get(same + 2..))
        }
        1 => short[same..] == long[same + 1..],
        _ => false,
    }
}

/// Whether a text has the look of an address: capitals, and a word or sign that addresses have.
pub(crate) fn looks_like(text: &str) -> bool {
    let text = text.trim_ascii();
    if text.is_empty() || text.len() > 90 || text.bytes().any(|b| b.is_ascii_lowercase()) {
        return false;
    }
    if let Some((indicator, _)) = text.split_once('/')
        && (is_routing_indicator(indicator) || indicator == "ZEN")
    {
        return true;
    }
    let first = text.split([' ', '/']).next().unwrap_or("");
    matches!(
        first,
        "AMEMBASSY"
            | "AMCONSUL"
            | "AMCONGEN"
            | "SECSTATE"
            | "USMISSION"
            | "USINT"
            | "USDEL"
            | "USLO"
            | "USOFFICE"
            | "SECDEF"
            | "NSC"
            | "CIA"
            | "DIA"
            | "AIG"
            | "USICA"
            | "USDOC"
            | "DEPTOFSTATE"
            | "AIT"
            | "REO"
    ) || (first == "DEPT" && text.starts_with("DEPT OF"))
        || text.split(' ').any(|word| matches!(word, "WASHDC" | "COLLECTIVE"))
        || (text.contains(" DC") && text.contains("WASHINGTON"))
        || text.rsplit(' ').next().is_some_and(|last| precedence_word(last).is_some_and(|(_, exact)| exact))
        || tables::is_collective(text, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_line_in_all_its_parts() {
        let read = addressee("RUEHC/SECSTATE WASHDC NIACT IMMEDIATE 4821").addressee.unwrap();
        assert_eq!(read.station.routing_indicator.as_deref(), Some("RUEHC"));
        assert_eq!(read.station.plad, "SECSTATE WASHDC");
        assert_eq!(read.station.post.as_deref(), Some("STATE"));
        assert_eq!((read.precedence, read.niact), (Some(Precedence::Immediate), true));
        assert_eq!(read.continuity_number.as_deref(), Some("4821"));
    }

    #[test]
    fn names_keep_their_own_numbers_and_slants() {
        let plad = |line: &str| addressee(line).addressee.unwrap().station.plad;
        assert_eq!(plad("AIG 8777"), "AIG 8777");
        assert_eq!(plad("CNO WASHINGTON DC//N1//"), "CNO WASHINGTON DC//N1//");
        assert_eq!(plad("SECSTATE WASHDC IMMEDIATE4318"), "SECSTATE WASHDC");
        assert_eq!(
            addressee("AMEMBASSY PORT ALDER").addressee.unwrap().station.post.as_deref(),
            Some("PORTALDER")
        );
    }

    #[test]
    fn the_way_of_delivery_is_no_part_of_the_name() {
        for (line, plad, way) in [
            ("AMCONSUL PORT ALDER BY POUCH", "AMCONSUL PORT ALDER", Some("BY POUCH")),
            ("AMCONSUL PORT ALDER PRIORITY BY AIR POUCH", "AMCONSUL PORT ALDER", Some("BY AIR POUCH")),
            ("AMCONSUL PORT ALDER (POUCH) 0342", "AMCONSUL PORT ALDER", Some("POUCH")),
            ("AMCONSUL PORT ALDER (VIA POUCH)", "AMCONSUL PORT ALDER", Some("VIA POUCH")),
            ("AMCONSUL POUCH", "AMCONSUL POUCH", None),
        ] {
            let read = addressee(line).addressee.unwrap();
            assert_eq!((read.station.plad.as_str(), read.delivery.as_deref()), (plad, way), "{line}");
        }
    }

    #[test]
    fn slips_in_the_precedence_are_read_and_said() {
        let read = addressee("AMEMBASSY PORT ALDER PIORITY");
        assert_eq!(read.slip, Some("PIORITY"));
        assert_eq!(read.addressee.unwrap().precedence, Some(Precedence::Priority));
    }
}
