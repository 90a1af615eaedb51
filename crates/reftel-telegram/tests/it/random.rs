//! Inputs that nobody wrote: mangled fixtures, and near-telegrams.

use std::time::Duration;

use proptest::prelude::*;

use crate::fixtures::all_fixtures;
use crate::lossless::check_bytes;

/// A small generator of numbers: one seed, one run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

const ODD: &[&str] = &[
    "¶",
    "\u{202e}",
    "é",
    "\0",
    "\r",
    "\r\r\n",
    "\n",
    "(",
    ")",
    "[",
    "](",
    "\\",
    "&#x0A;",
    "QUOTE",
    "UNQUOTE",
    "REF:",
    "REF",
    "REFTEL",
    "A.",
    "TAGS:",
    "E.O.",
    "12958",
    "BT",
    "NNNN",
    "VZCZC",
    "PAGE 01",
    "SECTION 01 OF 02",
    "C O N F I D E N T I A L",
    "1.",
    "11.",
    "(C)",
    "END",
    "SUMMARY",
    "XMT",
    "TO ",
    "FM ",
    "INFO ",
    "101530Z MAR 79",
    "\u{feff}",
    "/",
    "#1",
    "---",
    "<br>",
    "ref ",
    "1",
    "\u{85}",
    "999999999999",
];

#[test]
fn mangled_fixtures_survive() {
    let fixtures = all_fixtures();
    for seed in 0..6_000 {
        let mut random = Random(seed);
        let mut bytes = fixtures[random.below(fixtures.len())].1.clone();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len() + 1);
            match random.below(4) {
                0 => bytes.truncate(at),
                1 => {
                    let odd = ODD[random.below(ODD.len())];
                    bytes.splice(at..at, odd.bytes());
                }
                2 => {
                    let end = (at + random.below(40)).min(bytes.len());
                    bytes.drain(at..end);
                }
                _ => {
                    let other = &fixtures[random.below(fixtures.len())].1;
                    let from = random.below(other.len() + 1);
                    bytes.truncate(at);
                    bytes.extend_from_slice(&other[from..]);
                }
            }
        }
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let survived = std::panic::catch_unwind(|| check_bytes(&bytes)).is_ok();
        assert!(survived, "seed {seed}:\n{shown}");
    }
}

#[test]
fn truncated_at_every_line() {
    for (name, bytes) in all_fixtures() {
        for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
            assert!(std::panic::catch_unwind(|| check_bytes(&bytes[..at])).is_ok(), "{name} up to {at}");
        }
    }
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(ODD).prop_map(str::to_owned),
        2 => "[A-Z]{1,9}".prop_map(|word| word),
        1 => "[0-9]{1,7}",
        1 => "\\PC{0,6}",
        3 => Just(" ".to_owned()),
        3 => Just("\n".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn near_telegrams_survive(pieces in proptest::collection::vec(piece(), 0..120)) {
        check_bytes(pieces.concat().as_bytes());
    }

    #[test]
    fn any_bytes_survive(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        check_bytes(&bytes);
    }
}

/// Inputs on which a careless reader would take quadratic time. No time is asserted; a reader that did
/// would not come back.
#[test]
fn long_inputs_come_back() {
    let many = |piece: &str, count: usize| piece.repeat(count);
    let telegram = "R 101530Z MAR 79\nFM AMEMBASSY LISBON\nTO SECSTATE WASHDC\nUNCLAS LISBON 1\n";
    for text in [
        many("A", 2_000_000),
        many(" ", 2_000_000),
        many("(", 500_000),
        many("[", 500_000),
        format!("{telegram}REF: {}", many("A. STATE 12345, ", 60_000)),
        format!("{telegram}TAGS: {}", many("PREL, ", 200_000)),
        format!("{telegram}{}", many("REF: STATE 1\n", 100_000)),
        format!("{telegram}{}", many("1. (C) SUMMARY: X\n", 60_000)),
        format!("{telegram}{}", many("QUOTE\nUNCLAS LISBON 2\n", 60_000)),
        format!("{telegram}1. {}", many("reftel B and C, ", 100_000)),
        format!("{telegram}1. {}", many("STATE 12345 ", 100_000)),
        many("UNCLASSIFIED\n", 100_000),
        many(&format!("{telegram}BT\nNNNN\n"), 10_000),
        many("COMMENT: (NOTE: ", 100_000),
        many("&#x", 300_000),
        many("<p", 300_000),
    ] {
        let started = std::time::Instant::now();
        check_bytes(text.as_bytes());
        if started.elapsed() > Duration::from_secs(20) {
            eprintln!("slow: {:?} took {:?}", &text[..text.len().min(100)], started.elapsed());
        }
    }
}
