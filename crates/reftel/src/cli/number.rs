//! From what the user typed to the telegrams of that number.

use reftel_archive::{Archive, Entry, Id};
use reftel_telegram::Context;

use super::terminal::{Screen, clean, counted};
use super::{Failure, search};

/// How many numbers are suggested.
const SUGGESTED: usize = 5;

/// What the user asked for: a canonical number, or a telegram by its number in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// `09VALDORIA1000`
    Mrn(String),
    /// `id:7`, for a telegram without a number or one of several with the same
    Id(Id),
}

impl Wanted {
    /// Reads the words of the command line. What isn't a number in any known form is taken as it is.
    pub(super) fn read(words: &[String], year: Option<i16>) -> Wanted {
        let text = words.join(" ");
        let id = text.strip_prefix("id:").and_then(|id| id.trim().parse().ok());
        if let Some(id) = id {
            return Wanted::Id(Id(id));
        }
        let canonical = reftel_telegram::mrn(&text, &Context { year });
        Wanted::Mrn(canonical.unwrap_or_else(|| text.split_whitespace().collect::<String>().to_uppercase()))
    }

    /// The telegrams that it means.
    pub(super) fn find(&self, archive: &Archive) -> Result<Vec<Entry>, Failure> {
        match self {
            Wanted::Mrn(mrn) => Ok(archive.by_mrn(mrn)?),
            Wanted::Id(id) => {
                let telegram = archive.telegram(*id)?;
                Ok(vec![Entry { id: *id, card: telegram.card }])
            }
        }
    }
}

/// Says that a number isn't held, and which are like it.
pub(super) fn not_held(mrn: &str, archive: &Archive, screen: &Screen) -> Result<(), Failure> {
    let mut near = Nearest::to(mrn);
    archive.for_each_card(&mut |entry| near.offer(entry.card.mrn.as_deref()))?;
    let mut failure = Failure::new(format!("no telegram {mrn} in this archive"));
    let suggestions = near.best();
    if !suggestions.is_empty() {
        failure = failure.help(format!("held here: {}", suggestions.join(", ")));
    }
    screen.complain(&failure);
    Ok(())
}

/// Says that several telegrams carry the number.
pub(super) fn several(mrn: &str, entries: &[Entry], screen: &Screen) {
    let which: Vec<String> =
        entries.iter().map(|entry| format!("id:{} ({})", entry.id.0, search::day(&entry.card))).collect();
    let number = counted(entries.len() as u64, "telegram");
    screen.say(&format!("note: {number} carry the number {}: {}", clean(mrn), which.join(", ")));
}

/// A number taken apart: year, post, serial.
fn parts(mrn: &str) -> Option<(&str, &str, u32)> {
    let year = mrn.get(..2).filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()))?;
    let rest = &mrn[2..];
    let post = rest.trim_end_matches(|char: char| char.is_ascii_digit());
    let serial = rest[post.len()..].parse().ok()?;
    (!post.is_empty()).then_some((year, post, serial))
}

/// The numbers most like one: of the same post and year, nearest first; then of the same post.
struct Nearest<'a> {
    wanted: Option<(&'a str, &'a str, u32)>,
    /// Distance and number, nearest first.
    found: Vec<((bool, u32), String)>,
}

impl<'a> Nearest<'a> {
    fn to(mrn: &'a str) -> Nearest<'a> {
        Nearest { wanted: parts(mrn), found: Vec::new() }
    }

    fn offer(&mut self, mrn: Option<&str>) {
        let (Some((year, post, serial)), Some(mrn)) = (self.wanted, mrn) else { return };
        let Some(other) = parts(mrn) else { return };
        if other.1 != post {
            return;
        }
        let entry = ((other.0 != year, other.2.abs_diff(serial)), mrn.to_owned());
        if let Err(place) = self.found.binary_search(&entry) {
            self.found.insert(place, entry);
            self.found.truncate(SUGGESTED);
        }
    }

    fn best(self) -> Vec<String> {
        self.found.into_iter().map(|(_, mrn)| mrn).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_taken_as_a_number() {
        let read = |text: &str| Wanted::read(&[text.to_owned()], None);
        assert_eq!(read("id:7"), Wanted::Id(Id(7)));
        assert_eq!(read("09valdoria1000"), Wanted::Mrn("09VALDORIA1000".into()));
        assert_eq!(read("id:x"), Wanted::Mrn("ID:X".into()));
    }

    #[test]
    fn the_nearest_of_the_same_post_and_year_come_first() {
        let mut near = Nearest::to("09VALDORIA1000");
        for mrn in ["08VALDORIA1000", "09VALDORIA990", "09VALDORIA1001", "09NORTHMARK1000", "09VALDORIA1"] {
            near.offer(Some(mrn));
            near.offer(Some(mrn));
        }
        near.offer(None);
        assert_eq!(near.best(), ["09VALDORIA1001", "09VALDORIA990", "09VALDORIA1", "08VALDORIA1000"]);
        let mut near = Nearest::to("é");
        near.offer(Some("09VALDORIA1"));
        assert_eq!(near.best(), [""; 0]);
    }
}
