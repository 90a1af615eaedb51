//! How much two texts have in common, word by word.
//!
//! A text is the set of its shingles: runs of three words, without regard to capitals and punctuation. Two sets are
//! compared exactly where there is reason to; where to look is said by sketches of 64 small numbers (min-wise hashes), of which
//! two texts share about as many as they share shingles.

use reftel_telegram::Record;

/// The numbers of a sketch.
pub(crate) const HASHES: usize = 64;

/// Sketches are sought by groups of so many numbers, one of which must be the same: of two texts that have half of their
/// shingles in common two in three are found, at four fifths all but one in thousand.
const BAND: usize = 4;

/// The different shingles of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shingles(Vec<u32>);

/// A text in 64 small numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sketch(pub(crate) [u16; HASHES]);

/// What two texts have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Common {
    /// The share of all their shingles that both have, from 0 to 1.
    pub(crate) alike: f64,
    /// The share of the shorter one's shingles that the other has too.
    pub(crate) within: f64,
    /// How many shingles the shorter one has.
    pub(crate) least: usize,
}

impl Shingles {
    /// Those of a telegram's paragraphs, without their numbers and marks.
    pub(crate) fn of(record: &Record) -> Shingles {
        let mut shingles = Vec::new();
        for paragraph in &record.paragraphs {
            // A shingle never spans two paragraphs: what stands between them differs from copy to copy.
            let mut run = [0_u64; 2];
            let mut words = 0_usize;
            each_word(&paragraph.value.text, |word| {
                if words >= 2 {
                    let mixed = run[0].rotate_left(42) ^ run[1].rotate_left(21) ^ word;
                    shingles.push(fold(mixed));
                }
                run = [run[1], word];
                words += 1;
            });
        }
        shingles.sort_unstable();
        shingles.dedup();
        Shingles(shingles)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn sketch(&self) -> Sketch {
        let mut least = [u32::MAX; HASHES];
        for shingle in &self.0 {
            for (least, seed) in least.iter_mut().zip(SEEDS) {
                *least = (*least).min(shingle.wrapping_mul(seed.0).wrapping_add(seed.1));
            }
        }
        // The least of many numbers has little in its upper half.
        Sketch(least.map(|least| u16::try_from(least.wrapping_mul(0x9E37_79B1) >> 16).unwrap_or_default()))
    }

    /// What it has in common with another.
    pub(crate) fn common(&self, other: &Shingles) -> Common {
        let (mut a, mut b, mut both) = (0, 0, 0_usize);
        while let (Some(x), Some(y)) = (self.0.get(a), other.0.get(b)) {
            both += usize::from(x == y);
            a += usize::from(x <= y);
            b += usize::from(y <= x);
        }
        let least = self.len().min(other.len());
        let share = |of: usize| if of == 0 { 0.0 } else { float(both) / float(of) };
        Common { alike: share(self.len() + other.len() - both), within: share(least), least }
    }
}

impl Sketch {
    /// The groups of its numbers, each as one.
    pub(crate) fn bands(&self) -> impl Iterator<Item = u64> {
        self.0
            .chunks_exact(BAND)
            .map(|band| band.iter().fold(0, |key, number| key << 16 | u64::from(*number)))
    }

    /// How many numbers it shares with another.
    pub(crate) fn shared(&self, other: &Sketch) -> usize {
        self.0.iter().zip(&other.0).filter(|(one, other)| one == other).count()
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Sketch> {
        let mut sketch = Sketch([0; HASHES]);
        let (pairs, []) = bytes.as_chunks::<2>() else { return None };
        if pairs.len() != HASHES {
            return None;
        }
        for (number, pair) in sketch.0.iter_mut().zip(pairs) {
            *number = u16::from_le_bytes(*pair);
        }
        Some(sketch)
    }
}

/// Factors and summands, one pair for each number of a sketch: sketches are kept, so they must never change.
const SEEDS: [(u32, u32); HASHES] = seeds();

const fn seeds() -> [(u32, u32); HASHES] {
    let mut seeds = [(0, 0); HASHES];
    let mut state: u64 = 0x5265_6674_656C_2064;
    let mut at = 0;
    while at < HASHES {
        // An LCG with Knuth's constants; the upper half of its state is good.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let high = state.to_be_bytes();
        let factor = u32::from_be_bytes([high[0], high[1], high[2], high[3]]) | 1;
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let high = state.to_be_bytes();
        seeds[at] = (factor, u32::from_be_bytes([high[0], high[1], high[2], high[3]]));
        at += 1;
    }
    seeds
}

/// Gives the hash (FNV-1a) of each run of letters and digits, in capitals.
fn each_word(text: &str, mut each: impl FnMut(u64)) {
    const START: u64 = 0xCBF2_9CE4_8422_2325;
    let mut hash = START;
    let mut any = false;
    let mut end = |hash: &mut u64, any: &mut bool| {
        if std::mem::take(any) {
            each(std::mem::replace(hash, START));
        }
    };
    for char in text.chars() {
        if char.is_alphanumeric() {
            any = true;
            let upper = if char.is_ascii() {
                u64::from(u32::from(char.to_ascii_uppercase()))
            } else {
                u64::from(u32::from(char.to_uppercase().next().unwrap_or(char)))
            };
            hash = (hash ^ upper).wrapping_mul(0x0100_0000_01B3);
        } else if !matches!(char, '\'' | '’') {
            end(&mut hash, &mut any);
        }
    }
    end(&mut hash, &mut any);
}

/// A hash as a well-mixed half of it.
fn fold(hash: u64) -> u32 {
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    let [a, b, c, d, ..] = hash.to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

fn float(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use reftel_telegram::record::Paragraph;
    use reftel_telegram::{Span, Spanned};

    use super::*;

    fn shingles(text: &str) -> Shingles {
        let paragraph = Paragraph { text: text.to_owned(), ..Paragraph::default() };
        Shingles::of(&Record {
            paragraphs: vec![Spanned::new(paragraph, Span::default())],
            ..Record::default()
        })
    }

    fn numbered(words: std::ops::Range<u32>) -> String {
        words.fold(String::new(), |text, n| text + &format!("word{n} "))
    }

    #[test]
    fn capitals_and_punctuation_do_not_count() {
        assert_eq!(shingles("The ferry's tariff, again."), shingles("THE FERRYS\nTARIFF AGAIN"));
        assert_eq!(shingles("two words").len(), 0);
        assert_eq!(shingles("åland øre Ñ").len(), 1);
        assert_eq!(shingles("a b c a b c").len(), 3);
    }

    #[test]
    fn what_is_in_common_is_counted() {
        let (one, half) = (shingles(&numbered(0..102)), shingles(&numbered(0..52)));
        let common = one.common(&half);
        assert_eq!((common.alike, common.within, common.least), (0.5, 1.0, 50));
        assert!(one.common(&shingles(&numbered(200..300))).within < 0.001);
        assert_eq!(Shingles::default().common(&Shingles::default()), Common::default());
    }

    #[test]
    fn sketches_share_as_much_as_texts_do() {
        for (shared, all) in [(900, 1000), (700, 1000), (500, 1000), (100, 1000)] {
            // Two texts of which `shared` of `all` shingles are common.
            let own = (all - shared) / 2;
            let one = shingles(&numbered(0..shared + own)).sketch();
            let other = format!("{} {}", numbered(0..shared), numbered(5000..5000 + own));
            let other = shingles(&other).sketch();
            let estimate = float(one.shared(&other)) / float(HASHES);
            let wanted = f64::from(shared) / f64::from(all);
            assert!((estimate - wanted).abs() < 0.17, "{estimate} for {wanted}");
        }
    }

    #[test]
    fn a_sketch_is_its_bytes() {
        let sketch = shingles(&numbered(0..300)).sketch();
        assert_eq!(Sketch::from_bytes(&sketch.to_bytes()), Some(sketch.clone()));
        assert_eq!(Sketch::from_bytes(b"x"), None);
        assert_eq!(sketch.bands().count(), HASHES / BAND);
        // They are kept: one that comes out differently would find nothing that was kept before.
        assert_eq!(shingles("the ferry tariff").sketch().0[..3], [57154, 37072, 6529]);
    }
}
