//! What search by meaning finds that words don't, on footnotes whose answers are known; and what it costs.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use reftel_archive::{Archive, Found, Id, Query, Search, Sort, Telegram, Writer};
use reftel_sources::{InVolume, Note, Reading};
use xtask::{corpora, generate};

use super::search::repeat;
use super::{Figure, import, megabytes, rate};

/// A model: the folder `model` of an archive that has one.
const MODEL: &str = "REFTEL_MODEL";

/// As many footnotes are asked, evenly over all that there are.
const PAIRS_MAX: usize = 1500;

/// How far down an answer still counts.
const DEPTH: usize = 10;

/// A query's longest list of words.
const WORDS_MAX: usize = 150;

/// A paragraph that cites, and the telegrams that are cited.
struct Pair {
    from: Id,
    paragraph: String,
    answers: HashSet<Id>,
}

pub(super) fn run(count: u64) -> Result<Vec<Figure>, String> {
    let Some(model) = xtask::environment(MODEL).map(PathBuf::from) else {
        println!(
            "meaning: `{MODEL}` doesn't say where a model is (the folder `model` of an archive), skipped"
        );
        return Ok(Vec::new());
    };
    let read = |name: &str| std::fs::read(model.join(name)).map_err(|error| format!("{name}: {error}"));
    let model = (read("weights.safetensors")?, read("tokenizer.json")?);
    let mut figures = Vec::new();
    match corpora::folder().map(|folder| folder.join("dfat")).filter(|folder| folder.is_dir()) {
        Some(folder) => figures.extend(footnotes(&folder, &model)?),
        None => println!("meaning: no corpus `dfat` here, skipped"),
    }
    figures.extend(cost(count, &model)?);
    Ok(figures)
}

/// The paragraph with a footnote that names another document is the question, and that document the answer.
fn footnotes(folder: &Path, model: &(Vec<u8>, Vec<u8>)) -> Result<Vec<Figure>, String> {
    let failed = |error: reftel_archive::Error| format!("meaning: {error}");
    let dir = tempfile::tempdir().map_err(|error| format!("can't make a folder: {error}"))?;
    let mut writer = Writer::open(dir.path()).map_err(failed)?;
    writer.import(&[folder.to_owned()], &mut |_| true).map_err(failed)?;
    drop(writer);
    Writer::take_model(dir.path(), &model.0, &model.1, &mut |_| ()).map_err(failed)?;
    let archive = Archive::open(dir.path()).map_err(failed)?;
    let mut ids = Vec::new();
    archive.for_each_card(&mut |entry| ids.push(entry.id)).map_err(failed)?;
    let mut pairs = Vec::new();
    for id in ids {
        pairs.extend(cited(&archive, &archive.telegram(id).map_err(failed)?).map_err(failed)?);
    }
    let (all, step) = (pairs.len(), pairs.len().div_ceil(PAIRS_MAX).max(1));
    let pairs: Vec<Pair> = pairs.into_iter().step_by(step).collect();
    println!("meaning: {} of {all} footnotes that name a document held", pairs.len());
    let mut figures = Vec::new();
    #[allow(clippy::cast_precision_loss, reason = "figures for people")]
    let share = |right: usize| format!("{:.1} %", 100.0 * right as f64 / pairs.len().max(1) as f64);
    let by_words = recall(&archive, &pairs, |archive, pair| ask(archive, &either(&pair.paragraph), false))?;
    let kinds: [(&str, Asks); 3] = [
        ("by meaning", |archive, pair| {
            ask(archive, &format!("meaning:\"{}\"", plain(&pair.paragraph)), false)
        }),
        ("by words and meaning", |archive, pair| ask(archive, &either(&pair.paragraph), true)),
        ("by the telling words of the whole telegram", |archive, pair| {
            let query =
                Query::parse(&format!("like:{}", number(archive, pair.from)?)).map_err(|e| e.message)?;
            archive.search(&search(query)).map_err(|error| error.to_string())
        }),
    ];
    for (name, asks) in kinds {
        let right = recall(&archive, &pairs, asks)?;
        let only = right.difference(&by_words).count();
        figures.push(Figure {
            what: format!(
                "corpus `dfat`, {} citing paragraphs: the document that the footnote names is among the first {DEPTH}, {name}",
                pairs.len()
            ),
            ours: share(right.len()),
            baseline: format!("any of the words, BM25: {}", share(by_words.len())),
            ratio: format!("{} that words alone don't have", share(only)),
            target: None,
        });
    }
    Ok(figures)
}

type Asks = fn(&Archive, &Pair) -> Result<Found, String>;

/// The documents that the footnotes of a telegram name and that are held.
fn cited(archive: &Archive, telegram: &Telegram) -> reftel_archive::Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    let Some(collected) = &telegram.collected else { return Ok(pairs) };
    for note in &collected.notes {
        let Some(paragraph) = note.mark.and_then(|mark| at(telegram, mark)) else { continue };
        let reading = Reading { notes: vec![Note::clone(note)], ..collected.reading.clone() };
        let mut answers = HashSet::new();
        for named in InVolume::of(&reading, &collected.reader).named {
            answers.extend(archive.of_volume(&named)?.into_iter().map(|entry| entry.id));
        }
        answers.remove(&telegram.id);
        if !answers.is_empty() {
            pairs.push(Pair { from: telegram.id, paragraph, answers });
        }
    }
    Ok(pairs)
}

/// The paragraph at a place of a telegram's text.
fn at(telegram: &Telegram, place: usize) -> Option<String> {
    let has = |line: &(usize, reftel_telegram::Span)| line.1.start <= place && place <= line.1.end;
    let paragraph = telegram.record.paragraphs.iter().find(|one| one.value.lines.iter().any(has))?;
    Some(paragraph.value.text.clone())
}

/// Which pairs have an answer among the first.
fn recall(
    archive: &Archive,
    pairs: &[Pair],
    asks: impl Fn(&Archive, &Pair) -> Result<Found, String>,
) -> Result<BTreeSet<usize>, String> {
    let mut right = BTreeSet::new();
    for (at, pair) in pairs.iter().enumerate() {
        let found = asks(archive, pair)?;
        let mut first = found.hits.iter().map(|hit| hit.id).filter(|id| *id != pair.from).take(DEPTH);
        if first.any(|id| pair.answers.contains(&id)) {
            right.insert(at);
        }
    }
    Ok(right)
}

fn search(query: Query) -> Search {
    Search { query, sort: Sort::Relevance, offset: 0, limit: DEPTH + 1, facets: false, snippets: false }
}

fn ask(archive: &Archive, query: &str, hybrid: bool) -> Result<Found, String> {
    let search = search(Query::parse(query).map_err(|error| format!("`{query}`: {}", error.message))?);
    let found = if hybrid { archive.search_hybrid(&search) } else { archive.search(&search) };
    found.map_err(|error| error.to_string())
}

/// A number that only the telegram of this id has, where it has one.
fn number(archive: &Archive, id: Id) -> Result<String, String> {
    let card = archive.telegram(id).map_err(|error| error.to_string())?.card;
    Ok(card
        .mrn
        .filter(|mrn| Query::parse(&format!("like:{mrn}")).is_ok())
        .unwrap_or("NONE 1".replace(' ', "")))
}

/// A text that can stand between quotation marks, as much of it as a query may have.
fn plain(text: &str) -> String {
    let text: String = text.chars().filter(|c| *c != '"').take(3900).collect();
    text.chars()
        .scan(0, |bytes, c| {
            *bytes += c.len_utf8();
            (*bytes < 3900).then_some(c)
        })
        .collect()
}

/// Any of a text's words.
fn either(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut bytes = 0;
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let word = format!("\"{}\"", word.to_lowercase());
        if !words.contains(&word) && words.len() < WORDS_MAX && bytes + word.len() + 4 < 3900 {
            bytes += word.len() + 4;
            words.push(word);
        }
    }
    words.join(" OR ")
}

/// What an index with meanings costs, and how long questions take.
fn cost(count: u64, model: &(Vec<u8>, Vec<u8>)) -> Result<Vec<Figure>, String> {
    let failed = |error: reftel_archive::Error| format!("meaning: {error}");
    let dir = tempfile::tempdir().map_err(|error| format!("can't make a folder: {error}"))?;
    let answers = generate::write(2, count, dir.path(), |_| ())?;
    let path = dir.path().join("archive");
    let (time, _) = import::import(&dir.path().join("telegrams"), &path)?;
    println!("meaning: {count} telegrams imported at {:.1} MB/s", rate(answers.bytes, time));
    let plain = Archive::open(&path).and_then(|archive| archive.books()).map_err(failed)?.disk_bytes;
    let started = std::time::Instant::now();
    Writer::take_model(&path, &model.0, &model.1, &mut |_| ()).map_err(failed)?;
    let taken = started.elapsed();
    let archive = Archive::open(&path).map_err(failed)?;
    let has = archive.meanings().map_err(failed)?;
    let size = archive.books().map_err(failed)?.disk_bytes;
    let mut figures = vec![Figure {
        what: format!("meaning: {count} telegrams indexed anew with {} paragraphs", has.paragraphs),
        ours: format!("{:.0} s, {:.1} MB/s", taken.as_secs_f64(), rate(answers.bytes, taken)),
        baseline: format!("import without: {:.1} MB/s", rate(answers.bytes, time)),
        ratio: format!("{:.0} MB more on disk", megabytes(size.saturating_sub(plain))),
        target: None,
    }];
    for (name, query, hybrid) in [
        ("meaning", "meaning:\"who pays for the ferry\"", false),
        (
            "meaning in a post and a year",
            "meaning:\"who pays for the ferry\" from:NORTHMARK date:2005",
            false,
        ),
        ("words and meaning", "harbourmaster tariff", true),
    ] {
        let query = Query::parse(query).map_err(|error| error.message)?;
        let search =
            Search { query, sort: Sort::Relevance, offset: 0, limit: 20, facets: true, snippets: true };
        let ours = repeat(|| {
            let found = if hybrid { archive.search_hybrid(&search) } else { archive.search(&search) };
            found.map(|found| found.total).map_err(|error| error.to_string())
        })?;
        let what = format!("search by {name}, with counts and snippets: {} found", ours.total);
        println!("{what}: {ours}");
        figures.push(Figure {
            what,
            ours: ours.to_string(),
            baseline: "none".to_owned(),
            ratio: String::new(),
            target: Some(("p99 < 500 ms", ours.p99 < Duration::from_millis(500))),
        });
    }
    Ok(figures)
}
