//! From what the user typed to the telegrams of that number.

use reftel_archive::{Archive, Entry, Id, Query, Search, Sort};
use reftel_telegram::Context;

use super::terminal::{Screen, clean, counted};
use super::{Failure, search};

/// How many numbers are suggested.
const SUGGESTED: usize = 5;

/// How many telegrams are listed that a number without its year may mean.
const OF_ANY_YEAR: usize = 100;

/// What the user asked for: a canonical number, or a telegram by its number in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// `09VALDORIA1000`, or a document of an edited volume, `FRUS1941V06/D73`
    Mrn(String),
    /// `VALDORIA 1402`: a number that is given without its year, as it was typed
    AnyYear(String),
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
        let upper = text.to_uppercase();
        let canonical = reftel_telegram::mrn(&upper, &Context { year });
        let packed = || upper.split_whitespace().collect::<String>();
        match canonical {
            Some(canonical) => Wanted::Mrn(canonical),
            None if packed().starts_with(char::is_alphabetic) && any_year(&upper).is_some() => {
                Wanted::AnyYear(upper)
            }
            None => Wanted::Mrn(packed()),
        }
    }

    /// The same, but for a number that is held as it was typed: an office that sends under a post's other name has a
    /// series of its own.
    pub(super) fn of(words: &[String], year: Option<i16>, archive: &Archive) -> Result<Wanted, Failure> {
        let wanted = Wanted::read(words, year);
        if let Wanted::Mrn(mrn) = &wanted {
            let typed = words.concat().to_uppercase().split_whitespace().collect::<String>();
            if typed != *mrn && archive.by_mrn(mrn)?.is_empty() && !archive.by_mrn(&typed)?.is_empty() {
                return Ok(Wanted::Mrn(typed));
            }
        }
        Ok(wanted)
    }

    /// The telegrams that it means.
    pub(super) fn find(&self, archive: &Archive) -> Result<Vec<Entry>, Failure> {
        match self {
            // `frus1941v06/d73`
            Wanted::Mrn(mrn) if mrn.contains('/') => Ok(archive.of_volume(&mrn.to_lowercase())?),
            Wanted::Mrn(mrn) => Ok(archive.by_mrn(mrn)?),
            Wanted::AnyYear(text) => {
                let Some(query) = any_year(text) else { return Ok(Vec::new()) };
                let search = Search {
                    query,
                    sort: Sort::Oldest,
                    offset: 0,
                    limit: OF_ANY_YEAR,
                    facets: false,
                    snippets: false,
                };
                let hits = archive.search(&search)?.hits.into_iter();
                Ok(hits.map(Entry::from).collect())
            }
            Wanted::Id(id) => {
                let telegram = archive.telegram(*id)?;
                Ok(vec![Entry { id: *id, card: telegram.card }])
            }
        }
    }
}

/// The query for a number of any year.
fn any_year(text: &str) -> Option<Query> {
    (!text.contains('"')).then(|| Query::parse(&format!("mrn:\"{text}\"")).ok()).flatten()
}

/// Whether telegrams of several numbers were found, as for a number without its year.
pub(super) fn differ(entries: &[Entry]) -> bool {
    entries.windows(2).any(|two| two[0].card.mrn != two[1].card.mrn)
}

/// Lists telegrams of several numbers, for the user to choose.
pub(super) fn choices(entries: &[Entry], screen: &mut Screen) -> Result<(), Failure> {
    for entry in entries {
        let (handle, day) = (search::handle(entry.id, &entry.card), search::day(&entry.card));
        screen.line(&format!("{handle:<16}  {day:<10}  {}", search::title(&entry.card)))?;
    }
    screen.flush()?;
    screen.say("a number without a year is of any; say which with `--year`, or give the number in full");
    Ok(())
}

/// Says that a number isn't held, and which are like it.
pub(super) fn not_held(mrn: &str, archive: &Archive, screen: &Screen) -> Result<(), Failure> {
    let packed: String = mrn.split_whitespace().collect();
    let mut near = Nearest::to(&packed);
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

/// A number taken apart: year, which may be missing, post, serial.
fn parts(mrn: &str) -> Option<(&str, &str, u32)> {
    let year = mrn.get(..2).filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
    let year = year.or(mrn.starts_with(char::is_alphabetic).then_some(""))?;
    let rest = &mrn[year.len()..];
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
        assert_eq!(read("09 Valdoria 001000"), Wanted::Mrn("09VALDORIA1000".into()));
        assert_eq!(read("valdoria 1402"), Wanted::AnyYear("VALDORIA 1402".into()));
        assert_eq!(read("id:x"), Wanted::Mrn("ID:X".into()));
        assert_eq!(read("\"a 1"), Wanted::Mrn("\"A1".into()));
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
