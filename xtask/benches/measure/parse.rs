//! How fast a telegram is read into a full record, against only splitting it into lines. One thread.

use std::hint::black_box;

use reftel_telegram::Context;

use super::{Figure, best_of, rate};
use xtask::corpora;
use xtask::generate::Generator;

const RUNS: usize = 5;

pub(super) fn run(count: u64) -> Vec<Figure> {
    let invented: Vec<Vec<u8>> =
        Generator::new(1, count).map(|telegram| telegram.text.into_bytes()).collect();
    let mut figures = vec![measure("generated telegrams", &invented, true)];
    for collection in ["navadmin", "dfat", "cfpf"] {
        let Some(files) = corpora::files(collection) else { continue };
        let texts: Vec<Vec<u8>> = files.iter().filter_map(|path| std::fs::read(path).ok()).collect();
        figures.push(measure(&format!("corpus `{collection}`"), &texts, false));
    }
    if figures.len() == 1 {
        println!("parse: no corpus here, skipped");
    }
    figures
}

fn measure(name: &str, texts: &[Vec<u8>], promised: bool) -> Figure {
    let bytes: u64 = texts.iter().map(|text| text.len() as u64).sum();
    let context = Context::default();
    let reading = best_of(RUNS, || {
        for text in texts {
            black_box(reftel_telegram::read(black_box(text), &context));
        }
    });
    let decoded: Vec<_> = texts.iter().map(|text| String::from_utf8_lossy(text)).collect();
    let splitting = best_of(RUNS, || {
        for text in &decoded {
            for line in black_box(text).lines() {
                black_box(line);
            }
        }
    });
    let ratio = reading.as_secs_f64() / splitting.as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    let a_second = texts.len() as f64 / reading.as_secs_f64();
    Figure {
        what: format!("read to a full record, one thread, {name}"),
        ours: format!("{:.0} MB/s, {a_second:.0} telegrams/s", rate(bytes, reading)),
        baseline: format!("split into lines: {:.0} MB/s", rate(bytes, splitting)),
        ratio: format!("{ratio:.1} × as long"),
        target: promised.then_some(("≤ 10 ×", ratio <= 10.0)),
    }
}
