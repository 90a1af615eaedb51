//! Documents of edited volumes, and the others of them that the editors' notes name.

use crate::document::Field;
use crate::fill::Reading;
use crate::recognise::Reader;

/// A document's place among those of edited volumes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InVolume {
    /// Its number: `frus1941v06/d73`, `dfat-2/6`. The volume comes first, then the document.
    pub own: Option<String>,
    /// The numbers of the documents that its notes name, each once, in their order.
    pub named: Vec<String>,
}

impl InVolume {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.own.is_none() && self.named.is_empty()
    }

    /// What a document's reading says of it. Only a collection whose volumes have names, and their documents numbers,
    /// has any.
    pub fn of(reading: &Reading, reader: &Reader) -> InVolume {
        let stated = |field| reading.stated.iter().find(|stated| stated.field == field);
        let place = match reader {
            Reader::Tei => stated(Field::Url).and_then(|url| of_address(&url.value)),
            reader => (|| {
                let profile = reader.profile()?;
                Some((
                    volume(profile, &stated(Field::Volume)?.value),
                    stated(Field::Id)?.value.trim().to_owned(),
                ))
            })(),
        };
        let Some((own_volume, document)) = place.filter(|(_, document)| is_plain(document)) else {
            return InVolume::default();
        };
        let mut named: Vec<String> = Vec::new();
        let own = format!("{own_volume}/{document}");
        for link in reading.notes.iter().flat_map(|note| &note.links) {
            let Some((volume, document)) = target(link, &own_volume, reader) else { continue };
            let number = format!("{volume}/{document}");
            if number != own && is_plain(&document) && !named.contains(&number) {
                named.push(number);
            }
        }
        InVolume { own: Some(own), named }
    }
}

/// Letters, digits and what joins them: nothing that would have to be told apart from the number's own signs.
fn is_plain(part: &str) -> bool {
    (1..=64).contains(&part.len())
        && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
}

/// A volume's name where a collection only counts them: `dfat-2`.
fn volume(profile: &str, value: &str) -> String {
    let value: String = value.trim().to_lowercase().split_whitespace().collect::<Vec<_>>().join("-");
    format!("{profile}-{value}")
}

/// Volume and document of `https://history.state.gov/historicaldocuments/frus1941v06/d73`.
fn of_address(address: &str) -> Option<(String, String)> {
    let path = address.split_once("historicaldocuments/")?.1;
    let mut parts = path.split(['/', '#']).filter(|part| !part.is_empty());
    let (volume, document) = (parts.next()?, parts.next()?);
    (is_plain(volume) && is_document(document)).then(|| (volume.to_owned(), document.to_owned()))
}

/// `d73`; notes (`d73fn1`) and lists (`t_NATO1`) are none.
fn is_document(id: &str) -> bool {
    id.strip_prefix('d')
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Volume and document that a link of a note points to.
fn target(link: &str, volume_here: &str, reader: &Reader) -> Option<(String, String)> {
    if let Some(said) = link.strip_prefix("document ") {
        return Some((volume_here.to_owned(), said.to_owned()));
    }
    if let Some((other, said)) = link.strip_prefix("volume ").and_then(|said| said.split_once(" document ")) {
        return Some((volume(reader.profile()?, other), said.to_owned()));
    }
    if let Some(at) = link.strip_prefix('#') {
        let document = at.split_once("fn").map_or(at, |(document, _)| document);
        return is_document(document).then(|| (volume_here.to_owned(), document.to_owned()));
    }
    // `frus1964-68v01#d5`, `frus1964-68v01/d5`
    if let Some((volume, document)) =
        link.split_once(['#', '/']).filter(|(volume, _)| volume.starts_with("frus"))
    {
        return (is_plain(volume) && is_document(document)).then(|| (volume.to_owned(), document.to_owned()));
    }
    of_address(link)
}

/// What an editor's note names in words: `document 56`, and of another volume `volume 9 document 329`.
///
/// `Documents 56 and 57`, `Volume IX, Document 329`, `Document 505 in Volume XIII`.
pub(crate) fn links(note: &str) -> Vec<String> {
    let mut links = Vec::new();
    for (at, word) in note.match_indices("Document") {
        let rest = note[at + word.len()..].trim_start_matches('s');
        let (numbers, rest) = numbers(rest);
        let behind = rest.trim_start_matches([',', ' ']);
        let behind = ["in ", "of "].iter().find_map(|join| behind.strip_prefix(join)).unwrap_or(behind);
        let before = note[..at].trim_end_matches([',', ' ']);
        let before =
            before.rsplit_once(' ').filter(|(rest, _)| rest.ends_with("Volume")).map(|(_, number)| number);
        let behind =
            behind.strip_prefix("Volume ").map(|number| number.split([' ', ',', '.', ';', ')']).next());
        let volume = before.or(behind.flatten()).and_then(counted);
        links.extend(numbers.into_iter().map(|number| match volume {
            Some(volume) => format!("volume {volume} document {number}"),
            None => format!("document {number}"),
        }));
    }
    links
}

/// The numbers of a list, and what follows it.
fn numbers(text: &str) -> (Vec<&str>, &str) {
    let (mut numbers, mut rest) = (Vec::new(), text);
    loop {
        let start = rest.trim_start_matches(' ');
        let digits = start.bytes().take_while(u8::is_ascii_digit).count();
        if !(1..=5).contains(&digits) {
            return (numbers, rest);
        }
        numbers.push(&start[..digits]);
        rest = &start[digits..];
        match [", ", " and "].iter().find_map(|join| rest.strip_prefix(join)) {
            Some(next) if next.starts_with(|c: char| c.is_ascii_digit()) => rest = next,
            _ => return (numbers, rest),
        }
    }
}

/// A volume's number, in Roman or Arabic digits.
fn counted(digits: &str) -> Option<u32> {
    if digits.bytes().all(|b| b.is_ascii_digit()) {
        return digits.parse().ok().filter(|number| *number < 1000);
    }
    let worth = |letter: u8| match letter {
        b'I' => Some(1),
        b'V' => Some(5),
        b'X' => Some(10),
        b'L' => Some(50),
        b'C' => Some(100),
        _ => None,
    };
    let values =
        digits.bytes().map(worth).collect::<Option<Vec<u32>>>().filter(|all| (1..=8).contains(&all.len()))?;
    let mut sum = 0;
    for (at, value) in values.iter().enumerate() {
        // One before a greater one is taken from it.
        if values.get(at + 1).is_some_and(|next| next > value) {
            sum -= i64::from(*value);
        } else {
            sum += i64::from(*value);
        }
    }
    u32::try_from(sum).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_name_documents_in_many_words() {
        for (note, want) in [
            ("See Documents 56 and 57.", vec!["document 56", "document 57"]),
            ("See Document 42, note 4, and Document 7.", vec!["document 42", "document 7"]),
            ("Volume IX, Document 329.", vec!["volume 9 document 329"]),
            (
                "See Volume 12, Documents 3, 4 and 5 (note).",
                vec!["volume 12 document 3", "volume 12 document 4", "volume 12 document 5"],
            ),
            ("Document 505 in Volume XIII", vec!["volume 13 document 505"]),
            ("Documents on policy; this Document and others", vec![]),
            ("Volume Document 5", vec!["document 5"]),
        ] {
            assert_eq!(links(note), want, "{note}");
        }
    }

    #[test]
    fn volumes_are_counted_in_both_digits() {
        for (digits, want) in
            [("IX", Some(9)), ("XIV", Some(14)), ("12", Some(12)), ("", None), ("IXQ", None), ("MIX", None)]
        {
            assert_eq!(counted(digits).filter(|number| *number > 0), want, "{digits}");
        }
    }

    #[test]
    fn links_point_to_documents() {
        let to = |link| {
            target(link, "frus1941v06", &Reader::Tei).map(|(volume, document)| format!("{volume}/{document}"))
        };
        assert_eq!(to("#d5").as_deref(), Some("frus1941v06/d5"));
        assert_eq!(to("#d5fn2").as_deref(), Some("frus1941v06/d5"));
        assert_eq!(to("frus1964-68v01#d7").as_deref(), Some("frus1964-68v01/d7"));
        let address = "https://history.state.gov/historicaldocuments/frus1958-60v02/d11";
        assert_eq!(to(address).as_deref(), Some("frus1958-60v02/d11"));
        for other in ["#t_NATO1", "https://history.state.gov/x", "", "#p_DJ1", "mailto:x"] {
            assert_eq!(to(other), None, "{other}");
        }
    }
}
