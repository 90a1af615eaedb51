//! Invented traffic whose references are known: what each means, whatever is printed.
//!
//! Posts write to one another about matters, and a telegram mostly cites those of its own matter. Officers leave out
//! years, write a post's other name, and now and then a letter or a digit is garbled. Some telegrams never come into an
//! archive, and some come late.

use std::collections::VecDeque;

use super::formats::{self, Draft, POSTS};
use super::random::{Random, Zipf};
use super::{Class, TAGS, mrn, prose, sent};

/// Of a thousand references, how many are damaged in which way; of the aliases, of those to a post that has one.
const GARBLED_POST: u64 = 5;
const GARBLED_SERIAL: u64 = 5;
const ALIAS: u64 = 250;
/// Of a thousand to another year, in the first weeks of a year, how many leave the year out.
const YEAR_LEFT_OUT: u64 = 300;
const WEEKS_DAYS: i16 = 45;

/// Of a thousand telegrams, how many never come, and how many come late.
const NEVER: u64 = 50;
const LATE: u64 = 100;
const NEVER_OR_LATE: u64 = NEVER + LATE;

/// How many telegrams go by on one matter, about.
const MATTER_TELEGRAMS: u64 = 30;
const MATTERS_OPEN: usize = 60;
const REMEMBERED: usize = 2000;

/// When a telegram comes into the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comes {
    /// With the first.
    First,
    /// After them.
    Late,
    /// Never.
    Never,
}

/// How a reference was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Damage {
    /// As it should be; the year left out where it is the telegram's own.
    None,
    /// Another year, left out.
    YearLeftOut,
    /// The post's other name.
    Alias,
    /// A letter of the post is wrong.
    Post,
    /// A digit of the serial is wrong.
    Serial,
}

impl Damage {
    /// A few words for it.
    pub const fn name(self) -> &'static str {
        match self {
            Damage::None => "as it should be",
            Damage::YearLeftOut => "another year, left out",
            Damage::Alias => "the post's other name",
            Damage::Post => "a letter of the post wrong",
            Damage::Serial => "a digit of the serial wrong",
        }
    }
}

/// A telegram.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its canonical number.
    pub mrn: String,
    /// The text as transmitted.
    pub text: String,
    /// When it comes.
    pub comes: Comes,
    /// What it cites, in order: the canonical number that is meant, and how it was printed.
    pub cites: Vec<(String, Damage)>,
}

/// What is remembered of a telegram to be cited.
#[derive(Clone, Debug)]
struct Known {
    post: usize,
    year: i16,
    serial: u32,
    parties: Vec<usize>,
    matter: u64,
}

/// What some posts write about.
#[derive(Clone, Debug)]
struct Matter {
    number: u64,
    subject: String,
    tags: Vec<&'static str>,
    posts: Vec<usize>,
}

/// Makes traffic, in the order in which it was sent.
#[derive(Debug)]
pub struct Traffic {
    random: Random,
    ranks: Zipf,
    count: u64,
    made: u64,
    matters: Vec<Matter>,
    begun: u64,
    serials: [(i16, u32); POSTS.len()],
    recent: VecDeque<Known>,
}

impl Traffic {
    /// `count` telegrams from this seed.
    pub fn new(seed: u64, count: u64) -> Traffic {
        Traffic {
            random: Random::new(seed),
            ranks: Zipf::new(POSTS.len(), 1),
            count,
            made: 0,
            matters: Vec::new(),
            begun: 0,
            serials: [(0, 0); POSTS.len()],
            recent: VecDeque::new(),
        }
    }

    /// A matter that is open, or a new one.
    fn matter(&mut self) -> Matter {
        if self.matters.len() < MATTERS_OPEN || self.random.below(MATTER_TELEGRAMS) == 0 {
            let mut posts = vec![self.ranks.draw(&mut self.random)];
            while posts.len() < 2 + self.random.index(4) {
                let post = self.ranks.draw(&mut self.random);
                if !posts.contains(&post) {
                    posts.push(post);
                }
            }
            let mut tags = vec![self.random.pick(&TAGS)];
            tags.extend(Some(self.random.pick(&TAGS)).filter(|tag| !tags.contains(tag)));
            let subject = prose::subject(&mut self.random, POSTS[posts[0]].name);
            self.begun += 1;
            let matter = Matter { number: self.begun, subject, tags, posts };
            if self.matters.len() >= MATTERS_OPEN {
                let closed = self.random.index(self.matters.len());
                self.matters[closed] = matter.clone();
            } else {
                self.matters.push(matter.clone());
            }
            return matter;
        }
        self.matters[self.random.index(self.matters.len())].clone()
    }

    /// What it cites: mostly of its own matter, else what its sender has seen, else anything.
    fn cited(&mut self, from: usize, matter: u64) -> Option<Known> {
        let kind = self.random.below(100);
        let fits = |known: &&Known| match kind {
            0..70 => known.matter == matter,
            70..95 => known.parties.contains(&from),
            _ => true,
        };
        let fitting: Vec<&Known> = self.recent.iter().rev().filter(fits).take(12).collect();
        if fitting.is_empty() { None } else { Some(fitting[self.random.index(fitting.len())].clone()) }
    }

    /// A reference as it is printed.
    fn print(&mut self, known: &Known, year: i16, day: i16) -> (String, Damage) {
        let Known { post, year: of, serial, .. } = *known;
        let name = POSTS[post].name;
        let with = |year: bool, name: &str, serial: u32| {
            if year { format!("{:02} {name} {serial}", of % 100) } else { format!("{name} {serial}") }
        };
        let other_year = of != year;
        if other_year && day <= WEEKS_DAYS && self.random.chance(YEAR_LEFT_OUT) {
            return (with(false, name, serial), Damage::YearLeftOut);
        }
        let year = other_year || self.random.chance(300);
        let draw = self.random.below(1000);
        if draw < GARBLED_POST {
            return (with(year, &self.garble(name), serial), Damage::Post);
        }
        if draw < GARBLED_POST + GARBLED_SERIAL && serial > 99 {
            return (with(year, name, self.slip(serial)), Damage::Serial);
        }
        let other = match name {
            "STATE" => Some(self.random.pick(&["SECSTATE", "DEPT"]).to_owned()),
            name => name.contains(' ').then(|| name.replace(' ', "")),
        };
        match other.filter(|_| self.random.chance(ALIAS)) {
            Some(other) => (with(year, &other, serial), Damage::Alias),
            None => (with(year, name, serial), Damage::None),
        }
    }

    fn garble(&mut self, name: &str) -> String {
        let mut letters = name.as_bytes().to_vec();
        let at = 1 + self.random.index(letters.len() - 1);
        letters[at] = match letters[at] {
            b' ' => b'X',
            letter => {
                b'A' + (letter - b'A' + 1 + u8::try_from(self.random.below(25)).unwrap_or_default()) % 26
            }
        };
        String::from_utf8(letters).unwrap_or_default()
    }

    fn slip(&mut self, serial: u32) -> u32 {
        let mut digits = serial.to_string().into_bytes();
        let at = 1 + self.random.index(digits.len() - 1);
        digits[at] =
            b'0' + (digits[at] - b'0' + 1 + u8::try_from(self.random.below(9)).unwrap_or_default()) % 10;
        std::str::from_utf8(&digits).ok().and_then(|text| text.parse().ok()).unwrap_or(serial)
    }
}

impl Iterator for Traffic {
    type Item = Sent;

    fn next(&mut self) -> Option<Sent> {
        if self.made == self.count {
            return None;
        }
        // The last years alone, so that serials are as long as they are.
        let when = sent(4 * self.count + self.made, 5 * self.count);
        self.made += 1;
        let year = when.year();
        let matter = self.matter();
        let from = self.random.pick(&matter.posts);
        let others: Vec<usize> = matter.posts.iter().copied().filter(|post| *post != from).collect();
        let (in_year, last) = &mut self.serials[from];
        *last = if *in_year == year { *last + 1 } else { 1 };
        *in_year = year;
        let serial = *last;
        let (mut printed, mut cites): (Vec<String>, Vec<(String, Damage)>) = (Vec::new(), Vec::new());
        for _ in 0..self.random.pick(&[0, 1, 1, 1, 2, 2, 3]) {
            let Some(known) = self.cited(from, matter.number) else { continue };
            let means = mrn(known.post, known.year, known.serial);
            if cites.iter().all(|(other, _)| *other != means) {
                let (text, damage) = self.print(&known, year, when.day_of_year());
                printed.push(text);
                cites.push((means, damage));
            }
        }
        let bytes = 400 + self.random.index(1200);
        let draft = Draft {
            from: &POSTS[from],
            to: &POSTS[others[0]],
            info: others[1..].iter().map(|post| &POSTS[*post]).collect(),
            serial,
            sent: when,
            class: self.random.pick(&[Class::Unclassified, Class::Confidential]),
            urgent: false,
            subject: if self.random.chance(700) {
                matter.subject.clone()
            } else {
                prose::subject(&mut self.random, POSTS[from].name)
            },
            paragraphs: prose::paragraphs(&mut self.random, bytes, &[]),
            signature: prose::surname(&mut self.random),
            tags: matter.tags.clone(),
            references: printed,
        };
        let text = formats::print(&draft, &mut self.random);
        let comes = match self.random.below(1000) {
            ..NEVER => Comes::Never,
            NEVER..NEVER_OR_LATE => Comes::Late,
            _ => Comes::First,
        };
        let parties = matter.posts.clone();
        self.recent.push_back(Known { post: from, year, serial, parties, matter: matter.number });
        if self.recent.len() > REMEMBERED {
            self.recent.pop_front();
        }
        Some(Sent { mrn: mrn(from, year, serial), text, comes, cites })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use reftel_telegram::{Card, Context};

    use super::*;

    #[test]
    fn references_mean_what_was_sent_before() {
        let (mut seen, mut damaged) = (BTreeSet::new(), BTreeSet::new());
        for sent in Traffic::new(3, 9000) {
            for (means, damage) in &sent.cites {
                assert!(seen.contains(means), "{} cites {means}, which wasn't sent", sent.mrn);
                damaged.insert(*damage);
            }
            assert!(seen.insert(sent.mrn.clone()), "{} twice", sent.mrn);
        }
        assert_eq!(damaged.len(), 5, "{damaged:?}");
    }

    #[test]
    fn what_is_not_damaged_is_read_as_it_is_meant() {
        for sent in Traffic::new(5, 400) {
            let readings = reftel_telegram::read(sent.text.as_bytes(), &Context::default());
            let cites = Card::of(&readings[0].record).cites;
            // A number without its year may be the telegram's own.
            if sent.cites.iter().any(|(_, damage)| *damage == Damage::YearLeftOut) {
                continue;
            }
            assert_eq!(cites.len(), sent.cites.len(), "{}", sent.text);
            for ((means, damage), read) in sent.cites.iter().zip(&cites) {
                let whole = matches!(damage, Damage::None | Damage::Alias);
                assert_eq!(means == read, whole, "{damage:?}: {means}, read {read}");
            }
        }
    }
}
