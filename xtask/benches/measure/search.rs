//! How long a question takes on a large archive, against SQLite's FTS5 asked the same; and whether
//! the answers are right.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use reftel_archive::{Archive, Query, Search, Sort};

use super::fts::{self, Fts};
use super::{Figure, import, megabytes, memory, rate, timed};
use xtask::generate::{self, Facts, POSTS};

/// Ask a question so often, or for so long, and at least five times.
const ASKED: usize = 100;
const ASKED_FOR: Duration = Duration::from_secs(10);

/// One kind of question.
struct Kind {
    name: &'static str,
    query: &'static str,
    sort: Sort,
    rich: bool,
    statements: Vec<String>,
    holds: fn(&Facts) -> bool,
}

pub(super) fn run(count: u64) -> Result<Vec<Figure>, String> {
    let dir = tempfile::tempdir().map_err(|error| format!("can't make a folder: {error}"))?;
    let sqlite = |error: rusqlite::Error| format!("SQLite: {error}");
    let fts = Fts::create(&dir.path().join("fts.sqlite")).map_err(sqlite)?;
    let (mut facts, mut failed, mut id) = (Vec::new(), None, 0);
    let answers = generate::write(2, count, dir.path(), |telegram| {
        id += 1;
        failed = failed.take().or(fts.put(id, &telegram).err());
        facts.push(telegram.facts);
    })?;
    failed.map_or(Ok(()), Err).and_then(|()| fts.finish()).map_err(sqlite)?;
    println!("search: {count} telegrams, {:.0} MB, in FTS5", megabytes(answers.bytes));

    let archive = dir.path().join("archive");
    let (time, imported) = import::import(&dir.path().join("telegrams"), &archive)?;
    println!("search: imported at {:.1} MB/s", rate(answers.bytes, time));
    if imported.telegrams != answers.telegrams {
        return Err(format!("{} telegrams of {count} came into the archive", imported.telegrams));
    }
    let opened = Archive::open(&archive).map_err(|error| error.to_string())?;
    let mut figures = Vec::new();
    for kind in kinds() {
        figures.push(measure(&kind, &opened, &fts, &facts)?);
    }
    for (name, query, soon) in ALONE {
        figures.push(alone(name, query, soon, &opened)?);
    }
    drop(opened);
    figures.extend(memory::run(&archive, count)?);
    Ok(figures)
}

/// Questions that FTS5 can't be asked, or only with other answers: what, how, and whether they must be answered
/// within 50 ms.
const ALONE: [(&str, &str, bool); 9] = [
    ("words near one another", "ferry NEAR/5 tariff", true),
    ("a phrase with room", "\"ferry tariff\"~3", true),
    ("two words in a sentence", "sentence:{ferry tariff}", true),
    ("two words in a paragraph", "para:{minister ferry}", true),
    ("a pattern within a word", "harb?urma*", true),
    ("a range of serials", "serial:100..200", true),
    ("the web around a rare word", "thread:{quillmark}", true),
    ("a misspelt word", "quilmark~", false),
    ("exact characters", "=QUILLMARK", false),
];

/// How long it takes, with counts and snippets.
fn alone(name: &str, query: &str, soon: bool, archive: &Archive) -> Result<Figure, String> {
    let query = Query::parse(query).map_err(|error| format!("`{query}`: {}", error.message))?;
    let search = Search { query, sort: Sort::Relevance, offset: 0, limit: 20, facets: true, snippets: true };
    let ours =
        repeat(|| archive.search(&search).map(|found| found.total).map_err(|error| error.to_string()))?;
    let what = format!("search, {name}, with counts and snippets: {} found", ours.total);
    println!("{what}: {ours}");
    Ok(Figure {
        what,
        ours: ours.to_string(),
        baseline: "none".to_owned(),
        ratio: String::new(),
        target: soon.then(|| ("p99 < 50 ms", ours.p99 < Duration::from_millis(50))),
    })
}

fn kinds() -> Vec<Kind> {
    let kind = |name, query, statements, holds| Kind {
        name,
        query,
        sort: Sort::Relevance,
        rich: false,
        statements,
        holds,
    };
    let rank = "rank";
    let common = "harbourmaster";
    vec![
        kind("one common word", common, fts::matching(common, "", rank), |facts| facts.holds(0)),
        kind("one rare word", "quillmark", fts::matching("quillmark", "", rank), |facts| facts.holds(2)),
        kind(
            "two words, both",
            "harbourmaster lanternfish",
            fts::matching("harbourmaster lanternfish", "", rank),
            |facts| facts.holds(0) && facts.holds(1),
        ),
        kind(
            "two words, either",
            "harbourmaster OR lanternfish",
            fts::matching("harbourmaster OR lanternfish", "", rank),
            |facts| facts.holds(0) || facts.holds(1),
        ),
        kind(
            "a phrase of common words",
            "\"ferry tariff\"",
            fts::matching("\"ferry tariff\"", "", rank),
            |facts| facts.holds(3),
        ),
        kind("words that begin so", "harbourmast*", fts::matching("harbourmast*", "", rank), |facts| {
            facts.holds(0)
        }),
        kind("a field", "from:NORTHMARK", fts::matching("sender:northmark", "", rank), |facts| {
            POSTS[facts.post].name == "NORTHMARK"
        }),
        kind(
            "a word in a range of dates",
            "harbourmaster date:2005-03..2005-08",
            fts::matching(common, "AND sent >= '2005-03' AND sent < '2005-09'", rank),
            |facts| facts.holds(0) && facts.sent.year() == 2005 && (3..=8).contains(&facts.sent.month()),
        ),
        Kind {
            rich: true,
            ..kind(
                "a common word with counts and snippets",
                common,
                fts::with_facets_and_snippets(common),
                |facts| facts.holds(0),
            )
        },
        Kind {
            sort: Sort::Newest,
            ..kind("a common word, newest first", common, fts::matching(common, "", "sent DESC"), |facts| {
                facts.holds(0)
            })
        },
        Kind { sort: Sort::Newest, ..kind("everything, newest first", "*", fts::everything(), |_| true) },
    ]
}

fn measure(kind: &Kind, archive: &Archive, fts: &Fts, facts: &[Facts]) -> Result<Figure, String> {
    let query = Query::parse(kind.query).map_err(|error| format!("`{}`: {}", kind.query, error.message))?;
    let (sort, rich) = (kind.sort, kind.rich);
    let search = Search { query, sort, offset: 0, limit: 20, facets: rich, snippets: rich };
    let expected = facts.iter().filter(|facts| (kind.holds)(facts)).count();

    let ours =
        repeat(|| archive.search(&search).map(|found| found.total).map_err(|error| error.to_string()))?;
    let mut question = fts.question(&kind.statements).map_err(|error| error.to_string())?;
    let theirs = repeat(|| {
        let total = question.ask().map_err(|error| error.to_string())?;
        usize::try_from(total).map_err(|error| error.to_string())
    })?;
    let mut what = format!("search, {}: {expected} found", kind.name);
    let right = ours.total == expected && theirs.total == expected;
    if !right {
        let _ = write!(what, ", but the archive finds {} and FTS5 {}", ours.total, theirs.total);
    }
    let ratio = theirs.p50.as_secs_f64() / ours.p50.as_secs_f64();
    println!("{what}: {ours} against {theirs}");
    Ok(Figure {
        what,
        ours: ours.to_string(),
        baseline: format!("FTS5: {theirs}"),
        ratio: format!("{ratio:.1} × as fast"),
        target: Some(("right, and > 1 ×", right && ratio > 1.0)),
    })
}

/// What came out and how long it took, in the middle and at worst.
pub(super) struct Times {
    pub(super) total: usize,
    p50: Duration,
    pub(super) p99: Duration,
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        write!(f, "p50 {:.2} ms, p99 {:.2} ms", milliseconds(self.p50), milliseconds(self.p99))
    }
}

pub(super) fn repeat(mut ask: impl FnMut() -> Result<usize, String>) -> Result<Times, String> {
    let total = ask()?; // also warms the caches
    let (start, mut times) = (Instant::now(), Vec::new());
    while times.len() < 5 || (times.len() < ASKED && start.elapsed() < ASKED_FOR) {
        let (time, again) = timed(&mut ask);
        if again? != total {
            return Err("the same question had two answers".to_owned());
        }
        times.push(time);
    }
    times.sort_unstable();
    Ok(Times { total, p50: times[times.len() / 2], p99: times[(times.len() * 99).div_ceil(100) - 1] })
}
