//! Chance that comes out the same on every machine and for ever.
//!
//! Answers are known only if a seed always gives the same telegrams, so the algorithm is written
//! down here, in whole numbers, and doesn't move with a library's version.

/// `SplitMix64`: one word of state, good enough to draw words from a hat.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) const fn new(seed: u64) -> Random {
        Random { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// A number below `limit`, which is at least 1. The bias is below one in 2⁴⁰ for the limits used
    /// here.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(limit);
        u64::try_from(wide >> 64).unwrap_or_default()
    }

    /// The same for an index.
    pub(crate) fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap_or_default()
    }

    /// Whether an event of `per_mille` in a thousand happens.
    pub(crate) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// One of them, each as likely.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.index(from.len())]
    }
}

/// Ranks drawn as words are in a language: the second half as often as the first, the third a third.
#[derive(Clone, Debug)]
pub(crate) struct Zipf {
    cumulative: Vec<u64>,
}

impl Zipf {
    /// For ranks below `len`. `flat` ranks are added to each before it is inverted: Mandelbrot's
    /// correction, without which the first word would be every tenth.
    pub(crate) fn new(len: usize, flat: u64) -> Zipf {
        let mut sum = 0;
        let cumulative = (1..=len as u64)
            .map(|rank| {
                sum += (1 << 32) / (rank + flat);
                sum
            })
            .collect();
        Zipf { cumulative }
    }

    /// A rank.
    pub(crate) fn draw(&self, random: &mut Random) -> usize {
        let total = self.cumulative.last().copied().unwrap_or(1);
        let at = random.below(total);
        self.cumulative.partition_point(|&end| end <= at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_sequence_for_ever() {
        let mut random = Random::new(7);
        let drawn: Vec<u64> = (0..6).map(|_| random.below(1000)).collect();
        assert_eq!(drawn, [389, 16, 900, 582, 452, 249]);
    }

    #[test]
    fn low_ranks_are_drawn_most() {
        let (zipf, mut random) = (Zipf::new(100, 0), Random::new(1));
        let mut counts = [0_u32; 100];
        for _ in 0..100_000 {
            counts[zipf.draw(&mut random)] += 1;
        }
        assert!(counts.iter().all(|&count| count > 0), "every rank is drawn");
        let ratio = f64::from(counts[0]) / f64::from(counts[9]);
        assert!((8.0..12.0).contains(&ratio), "rank 1 to rank 10 should be ten to one, is {ratio:.1}");
    }
}
