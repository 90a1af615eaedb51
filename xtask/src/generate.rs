//! Invented telegrams by the thousand, with known answers.
//!
//! A search engine is fast at nothing if it finds the wrong things, so what each generated telegram
//! holds is known: its number, its TAGS, what it cites, and which of the planted words. The same seed
//! gives the same telegrams on every machine.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::Path;

use jiff::{Span, civil};

pub mod collections;

mod formats;

mod prose;

mod random;

pub mod traffic;

mod words;

pub use formats::{Class, POSTS, Post};
pub use prose::PLANTED;

use formats::Draft;
use random::{Random, Zipf};

/// The years telegrams are from, and the share of each among all.
const YEARS: [(i16, u64); 28] = [
    (1973, 4),
    (1974, 6),
    (1975, 6),
    (1976, 6),
    (1977, 6),
    (1978, 6),
    (1979, 6),
    (1985, 2),
    (1986, 2),
    (1987, 2),
    (1988, 2),
    (1989, 2),
    (1994, 2),
    (1995, 2),
    (1996, 2),
    (1997, 2),
    (1998, 2),
    (1999, 2),
    (2000, 5),
    (2001, 5),
    (2002, 5),
    (2003, 5),
    (2004, 5),
    (2005, 6),
    (2006, 6),
    (2007, 6),
    (2008, 6),
    (2009, 6),
];

/// Subjects TAGS, the commonest first.
const TAGS: [&str; 16] = [
    "PREL", "PGOV", "ECON", "ETRD", "EFIN", "MARR", "PHUM", "EAGR", "EAIR", "PINS", "EWWT", "SCUL", "CVIS",
    "EIND", "ENRG", "MASS",
];

/// How far back a telegram cites: this part of all, and at most so many.
const REMEMBERED_PART: u64 = 64;
const REMEMBERED_MAX: u64 = 4000;

/// A generated telegram and what is known of it.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The text as transmitted.
    pub text: String,
    /// What is in it.
    pub facts: Facts,
    subject: String,
}

impl Generated {
    /// Its subject.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

/// What a generated telegram is known to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Canonical number.
    pub mrn: String,
    /// Index of the sender in [`POSTS`].
    pub post: usize,
    /// When.
    pub sent: civil::DateTime,
    /// Overall classification.
    pub class: Class,
    /// TAGS in order.
    pub tags: Vec<&'static str>,
    /// Canonical numbers cited, in order.
    pub cites: Vec<String>,
    /// One bit for each of [`PLANTED`].
    pub planted: u32,
}

impl Facts {
    /// Whether it holds this one of [`PLANTED`].
    pub fn holds(&self, planted: usize) -> bool {
        self.planted >> planted & 1 == 1
    }

    /// The day sent, counted from any fixed one.
    pub fn days(&self) -> i64 {
        let year = i64::from(self.sent.year());
        year * 366 + i64::from(self.sent.day_of_year())
    }
}

/// Makes telegrams one after another, in the order in which they were sent.
#[derive(Debug)]
pub struct Generator {
    random: Random,
    post_ranks: Zipf,
    tag_ranks: Zipf,
    count: u64,
    made: u64,
    /// The last serial of each post, and the year it is of.
    serials: [(i16, u32); POSTS.len()],
    recent: VecDeque<(usize, i16, u32)>,
}

impl Generator {
    /// `count` telegrams from this seed.
    pub fn new(seed: u64, count: u64) -> Generator {
        Generator {
            random: Random::new(seed),
            post_ranks: Zipf::new(POSTS.len(), 1),
            tag_ranks: Zipf::new(TAGS.len(), 1),
            count,
            made: 0,
            serials: [(0, 0); POSTS.len()],
            recent: VecDeque::new(),
        }
    }

    /// The next serial of the post's series. Now and then one is passed over: sent, cited, not held.
    fn serial(&mut self, post: usize, year: i16) -> u32 {
        let (in_year, last) = &mut self.serials[post];
        if *in_year != year {
            (*in_year, *last) = (year, 0);
        }
        *last += 1;
        if self.random.chance(20) {
            self.recent.push_back((post, year, *last));
            *last += 1;
        }
        *last
    }

    /// What it cites: as printed, and the canonical numbers.
    fn references(&mut self, year: i16) -> (Vec<String>, Vec<String>) {
        let (mut printed, mut cites) = (Vec::new(), Vec::new());
        let count = self.random.pick(&[0, 0, 1, 1, 1, 2, 2, 4]);
        while printed.len() < count && !self.recent.is_empty() {
            let (post, of_year, serial) = self.recent[self.random.index(self.recent.len())];
            let number = mrn(post, of_year, serial);
            if cites.contains(&number) {
                break;
            }
            let name = POSTS[post].name;
            printed.push(if of_year == year {
                format!("{name} {serial}")
            } else {
                format!("{:02} {name} {serial}", of_year % 100)
            });
            cites.push(number);
        }
        (printed, cites)
    }

    fn planted(&mut self) -> (u32, Vec<&'static str>) {
        let (mut bits, mut texts) = (0, Vec::new());
        for (index, (text, in_a_million)) in PLANTED.into_iter().enumerate() {
            if self.random.below(1_000_000) < in_a_million {
                bits |= 1 << index;
                texts.push(text);
            }
        }
        (bits, texts)
    }

    fn tags(&mut self) -> Vec<&'static str> {
        let mut tags = Vec::new();
        for _ in 0..=self.random.below(4) {
            let tag = TAGS[self.tag_ranks.draw(&mut self.random)];
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        tags
    }

    /// Whom it goes to: posts write to the Department, the Department to posts.
    fn addressees(&mut self, from: usize) -> (&'static Post, Vec<&'static Post>) {
        let other = 1 + self.random.index(POSTS.len() - 1);
        let to = if from == 0 { other } else { 0 };
        let mut info = Vec::new();
        for _ in 0..self.random.below(5) {
            let post = &POSTS[self.post_ranks.draw(&mut self.random)];
            if *post != POSTS[from] && *post != POSTS[to] && !info.contains(&post) {
                info.push(post);
            }
        }
        (&POSTS[to], info)
    }
}

impl Iterator for Generator {
    type Item = Generated;

    fn next(&mut self) -> Option<Generated> {
        if self.made == self.count {
            return None;
        }
        let sent = sent(self.made, self.count);
        self.made += 1;
        let year = sent.year();
        let post = self.post_ranks.draw(&mut self.random);
        let serial = self.serial(post, year);
        let (printed, cites) = self.references(year);
        let (bits, planted) = self.planted();
        let tags = self.tags();
        let (to, info) = self.addressees(post);
        let class = match self.random.below(100) {
            0..50 => Class::Unclassified,
            50..90 => Class::Confidential,
            _ => Class::Secret,
        };
        let bytes = 500 + self.random.index(3600) * self.random.index(3600) / 900;
        let draft = Draft {
            from: &POSTS[post],
            to,
            info,
            serial,
            sent,
            class,
            urgent: self.random.chance(150),
            subject: prose::subject(&mut self.random, POSTS[post].name),
            paragraphs: prose::paragraphs(&mut self.random, bytes, &planted),
            signature: prose::surname(&mut self.random),
            tags: tags.clone(),
            references: printed,
        };
        let text = formats::print(&draft, &mut self.random);
        self.recent.push_back((post, year, serial));
        let remembered = (self.count / REMEMBERED_PART).clamp(50, REMEMBERED_MAX);
        while self.recent.len() as u64 > remembered {
            self.recent.pop_front();
        }
        let facts = Facts { mrn: mrn(post, year, serial), post, sent, class, tags, cites, planted: bits };
        Some(Generated { text, facts, subject: draft.subject })
    }
}

/// When telegram `made` of `count` is sent: the years' shares laid end to end, and the telegrams evenly over them.
fn sent(made: u64, count: u64) -> civil::DateTime {
    let total: u64 = YEARS.iter().map(|(_, share)| share).sum();
    let minutes_a_share = 10_000;
    let mut at = made * total * minutes_a_share / count.max(1);
    for (year, share) in YEARS {
        let length = share * minutes_a_share;
        if at < length {
            let minutes = i64::try_from(at * 365 * 24 * 60 / length).unwrap_or_default();
            return civil::date(year, 1, 1).at(0, 1, 0, 0).saturating_add(Span::new().minutes(minutes));
        }
        at -= length;
    }
    civil::date(2009, 12, 31).at(23, 59, 0, 0)
}

/// The canonical number: `09PORTALDER1000`.
fn mrn(post: usize, year: i16, serial: u32) -> String {
    format!("{:02}{}{serial}", year % 100, POSTS[post].name.replace(' ', ""))
}

/// What is known of many telegrams together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// How many.
    pub telegrams: u64,
    /// Bytes of their texts.
    pub bytes: u64,
    /// By year and post.
    pub years_posts: BTreeMap<(i16, &'static str), u64>,
    /// How many carry each TAG.
    pub tags: BTreeMap<&'static str, u64>,
    /// How many hold each of [`PLANTED`].
    pub planted: BTreeMap<&'static str, u64>,
    /// References, each pair of telegrams once.
    pub references: u64,
}

impl Answers {
    /// Adds one telegram.
    pub fn add(&mut self, telegram: &Generated) {
        let facts = &telegram.facts;
        self.telegrams += 1;
        self.bytes += telegram.text.len() as u64;
        *self.years_posts.entry((facts.sent.year(), POSTS[facts.post].name)).or_default() += 1;
        for tag in &facts.tags {
            *self.tags.entry(tag).or_default() += 1;
        }
        for (index, (text, _)) in PLANTED.into_iter().enumerate() {
            *self.planted.entry(text).or_default() += u64::from(facts.holds(index));
        }
        self.references += facts.cites.len() as u64;
    }

    fn json(&self) -> String {
        let mut years: BTreeMap<String, BTreeMap<&str, u64>> = BTreeMap::new();
        for ((year, post), count) in &self.years_posts {
            years.entry(year.to_string()).or_default().insert(post, *count);
        }
        let value = serde_json::json!({
            "telegrams": self.telegrams,
            "bytes": self.bytes,
            "years": years,
            "tags": self.tags,
            "planted": self.planted,
            "references": self.references,
        });
        format!("{value:#}\n")
    }
}

/// Writes `count` telegrams under `dir`, at most a thousand a folder, and what is known of them to
/// `answers.json` beside it. Calls `each` with every telegram.
pub fn write(seed: u64, count: u64, dir: &Path, mut each: impl FnMut(Generated)) -> Result<Answers, String> {
    let texts = dir.join("telegrams");
    let mut answers = Answers::default();
    let mut folder = texts.clone();
    for (index, telegram) in Generator::new(seed, count).enumerate() {
        if index % 1000 == 0 {
            folder = texts.join(format!("{:04}", index / 1000));
            fs::create_dir_all(&folder)
                .map_err(|error| format!("can't make `{}`: {error}", folder.display()))?;
        }
        let path = folder.join(format!("{}.txt", telegram.facts.mrn));
        fs::write(&path, &telegram.text)
            .map_err(|error| format!("can't write `{}`: {error}", path.display()))?;
        answers.add(&telegram);
        each(telegram);
    }
    let path = dir.join("answers.json");
    fs::write(&path, answers.json()).map_err(|error| format!("can't write `{}`: {error}", path.display()))?;
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use reftel_telegram::{Card, Context};

    use super::*;

    #[test]
    fn a_seed_gives_the_same_telegrams() {
        let make = |seed| Generator::new(seed, 50).map(|telegram| telegram.text).collect::<Vec<_>>();
        assert_eq!(make(1), make(1));
        assert_ne!(make(1), make(2));
    }

    #[test]
    fn numbers_are_distinct_and_citations_point_back() {
        let mut seen = BTreeSet::new();
        let mut unheld = 0;
        for telegram in Generator::new(4, 2000) {
            for cited in &telegram.facts.cites {
                unheld += usize::from(!seen.contains(cited));
            }
            assert!(seen.insert(telegram.facts.mrn.clone()), "{} twice", telegram.facts.mrn);
        }
        assert!(unheld > 0 && unheld < 200, "{unheld} cited but not held");
    }

    #[test]
    fn texts_are_as_long_as_telegrams_are() {
        let lengths: Vec<usize> = Generator::new(9, 1000).map(|telegram| telegram.text.len()).collect();
        let mean = lengths.iter().sum::<usize>() / lengths.len();
        assert!((4500..5500).contains(&mean), "mean {mean}");
        let (shortest, longest) = (lengths.iter().min(), lengths.iter().max());
        assert!(shortest > Some(&800) && longest < Some(&20_000), "{shortest:?} to {longest:?}");
    }

    #[test]
    fn facts_are_in_the_text() {
        for telegram in Generator::new(6, 500) {
            let text = telegram.text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
            for (index, (planted, _)) in PLANTED.into_iter().enumerate() {
                let holds = telegram.facts.holds(index);
                assert_eq!(text.contains(planted), holds, "{planted} in {}", telegram.facts.mrn);
            }
            for tag in &telegram.facts.tags {
                assert!(telegram.text.contains(tag), "{tag} in {}", telegram.facts.mrn);
            }
        }
    }

    /// The generator and the reader were written apart from one another; here they agree.
    #[test]
    fn the_reader_reads_what_was_meant() {
        for telegram in Generator::new(8, 400) {
            let facts = &telegram.facts;
            let readings = reftel_telegram::read(telegram.text.as_bytes(), &Context::default());
            let numbers: Vec<_> = readings.iter().map(|reading| Card::of(&reading.record).mrn).collect();
            assert_eq!(numbers, [Some(facts.mrn.clone())], "{}", telegram.text);
            let card = Card::of(&readings[0].record);
            assert_eq!(card.dtg, Some(facts.sent), "{}", telegram.text);
            assert_eq!(card.classification, Some(facts.class.banner()), "{}", telegram.text);
            assert_eq!(card.tags, facts.tags, "{}", telegram.text);
            assert_eq!(card.cites, facts.cites, "{}", telegram.text);
            assert_eq!(card.subject.as_deref(), Some(telegram.subject()), "{}", telegram.text);
        }
    }
}
