//! What cited numbers turn out to be, on invented traffic whose answers are known.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Instant;

use reftel_archive::{Archive, Id, Standing, Writer};
use regex::Regex;
use xtask::corpora;
use xtask::generate::traffic::{Comes, Damage, Sent, Traffic};

use super::Figure;

/// How often each standing was right, and of how many.
#[derive(Default)]
struct Tally {
    /// By standing: right, and all.
    standings: BTreeMap<Standing, (u64, u64)>,
    /// Of the references to what is held, by how they were printed: found or probable and right, and all.
    recall: BTreeMap<Damage, (u64, u64)>,
    /// By tenths of confidence, of what is probable or a phantom: right, and all.
    calibration: [(u64, u64); 10],
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
pub(super) fn run(count: u64) -> Result<Vec<Figure>, String> {
    let dir = tempfile::tempdir().map_err(|error| format!("can't make a folder: {error}"))?;
    // The weights were set by what came of seed 1.
    let sent: Vec<Sent> = Traffic::new(2, count).collect();
    println!("resolve: {count} telegrams");
    let mut figures = Vec::new();
    let mut held: Vec<&Sent> = Vec::new();
    for (when, comes) in [("before the late ones", Comes::First), ("when they have come", Comes::Late)] {
        let fresh: Vec<&Sent> = sent.iter().filter(|sent| sent.comes == comes).collect();
        let texts: Vec<(&str, &[u8])> =
            fresh.iter().map(|sent| (sent.mrn.as_str(), sent.text.as_bytes())).collect();
        let imported =
            Writer::open(dir.path()).and_then(|mut writer| writer.import_texts(&texts, &mut |_| true));
        imported.map_err(|error| format!("import: {error}"))?;
        held.extend(fresh);
        let started = Instant::now();
        let tally = tally(dir.path(), &held)?;
        let each = started.elapsed().as_secs_f64() * 1e3 / held.len().max(1) as f64;
        report(when, &tally, each, &mut figures);
    }
    for (collection, pattern) in [("navadmin", NAVADMIN), ("dfat", DOCUMENT)] {
        figures.extend(against_pattern(collection, pattern)?);
    }
    Ok(figures)
}

/// What somebody would look for who has no reader: `NAVADMIN 123/15`, and an edited volume's `Document 12`.
const NAVADMIN: &str = r"NAVADMINS?\s+(?<number>\d{1,3})[/-](?<year>\d{2})\b";
const DOCUMENT: &str = r"\bDocument (?<number>\d{1,4})\b";

/// How many mentions a collection's telegrams have, and how many lead to one that is held, against what a plain pattern
/// finds in their texts. Nothing where there is no such corpus.
fn against_pattern(collection: &str, pattern: &str) -> Result<Option<Figure>, String> {
    let Some(folder) = corpora::folder().map(|folder| folder.join(collection)).filter(|at| at.is_dir())
    else {
        println!("resolve: no corpus `{collection}` here, skipped");
        return Ok(None);
    };
    let failed = |error| format!("{collection}: {error}");
    let dir = tempfile::tempdir().map_err(|error| format!("can't make a folder: {error}"))?;
    Writer::open(dir.path())
        .and_then(|mut writer| writer.import(&[folder], &mut |_| true))
        .map_err(failed)?;
    let archive = Archive::open(dir.path()).map_err(failed)?;
    let pattern = Regex::new(pattern).map_err(|error| error.to_string())?;
    let (mut ids, mut numbers, mut documents) = (Vec::new(), HashSet::new(), HashSet::new());
    archive
        .for_each_card(&mut |entry| {
            numbers.extend(entry.card.mrn.clone());
            ids.push(entry.id);
        })
        .map_err(failed)?;
    let webs = ids.iter().map(|id| archive.web(*id)).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    documents.extend(webs.iter().flat_map(|web| web.documents.iter().cloned()));
    let (mut ours, mut plain) = ((0, 0), (0, 0));
    for (id, web) in ids.iter().zip(&webs) {
        let telegram = archive.telegram(*id).map_err(failed)?;
        let resolved = archive.resolve(&telegram).map_err(failed)?;
        ours.0 += resolved.len() + web.named.len();
        ours.1 += resolved.iter().filter(|resolved| resolved.standing != Standing::Phantom).count();
        ours.1 += web.named.iter().filter(|(_, held)| !held.is_empty()).count();
        let text = String::from_utf8_lossy(telegram.original());
        let own = telegram.card.mrn.iter().chain(&web.documents).collect::<HashSet<_>>();
        let mentions: HashSet<String> = pattern
            .captures_iter(&text)
            .filter_map(|found| match found.name("year") {
                Some(year) => {
                    Some(format!("{}NAVADMIN{}", year.as_str(), found["number"].trim_start_matches('0')))
                }
                None => Some(format!("{}/{}", web.documents.first()?.split_once('/')?.0, &found["number"])),
            })
            .filter(|number| !own.contains(number))
            .collect();
        plain.0 += mentions.len();
        plain.1 += mentions.iter().filter(|at| numbers.contains(*at) || documents.contains(*at)).count();
    }
    Ok(Some(Figure {
        what: format!("corpus `{collection}`: distinct mentions, and those that lead to a telegram held"),
        ours: format!("{}, {}", ours.0, ours.1),
        baseline: format!("a pattern: {}, {}", plain.0, plain.1),
        #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
        ratio: format!(
            "{:.2} and {:.2} × as many",
            ours.0 as f64 / plain.0.max(1) as f64,
            ours.1 as f64 / plain.1.max(1) as f64
        ),
        target: None,
    }))
}

fn tally(dir: &std::path::Path, held: &[&Sent]) -> Result<Tally, String> {
    let failed = |error| format!("resolve: {error}");
    let archive = Archive::open(dir).map_err(failed)?;
    let mut numbers: HashMap<Id, &str> = HashMap::new();
    let mut ids: HashMap<&str, Id> = HashMap::new();
    for sent in held {
        for entry in archive.by_mrn(&sent.mrn).map_err(failed)? {
            numbers.insert(entry.id, &sent.mrn);
            ids.insert(&sent.mrn, entry.id);
        }
    }
    let mut tally = Tally::default();
    for sent in held {
        let id = ids.get(sent.mrn.as_str()).ok_or_else(|| format!("{} isn't held", sent.mrn))?;
        let resolved =
            archive.telegram(*id).and_then(|telegram| archive.resolve(&telegram)).map_err(failed)?;
        let read = resolved.len() == sent.cites.len();
        for (at, (means, damage)) in sent.cites.iter().enumerate() {
            let is_held = ids.contains_key(means.as_str());
            let mut right = false;
            if let Some(resolved) = resolved.get(at).filter(|_| read) {
                let first = resolved.telegrams.first().and_then(|first| numbers.get(&first.entry.id));
                let hit = first.is_some_and(|first| first == means);
                right = if resolved.standing == Standing::Phantom { !is_held } else { hit };
                let standing = tally.standings.entry(resolved.standing).or_default();
                standing.0 += u64::from(right);
                standing.1 += 1;
                if resolved.standing != Standing::Found {
                    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 9")]
                    let tenth = ((resolved.confidence * 10.0) as usize).min(9);
                    tally.calibration[tenth].0 += u64::from(right);
                    tally.calibration[tenth].1 += 1;
                }
                right &= resolved.standing != Standing::Phantom;
            }
            if is_held {
                let recall = tally.recall.entry(*damage).or_default();
                recall.0 += u64::from(right);
                recall.1 += 1;
            }
        }
    }
    Ok(tally)
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn report(when: &str, tally: &Tally, each: f64, figures: &mut Vec<Figure>) {
    let share = |(right, all): (u64, u64)| if all == 0 { 1.0 } else { right as f64 / all as f64 };
    let shown = |counts: (u64, u64)| format!("{:.2} % of {}", 100.0 * share(counts), counts.1);
    let mut figure =
        |what: String, counts: (u64, u64), ratio: String, target: Option<(&'static str, f64)>| {
            let target = target.map(|(text, least)| (text, share(counts) >= least));
            figures.push(Figure { what, ours: shown(counts), baseline: String::new(), ratio, target });
        };
    for (standing, target) in [
        (Standing::Found, Some(("≥ 99.9 %", 0.999))),
        (Standing::Probable, Some(("≥ 95 %", 0.95))),
        (Standing::Phantom, None),
    ] {
        let counts = tally.standings.get(&standing).copied().unwrap_or_default();
        figure(format!("{when}: {} is right", standing.name()), counts, String::new(), target);
    }
    let all = tally.recall.values().fold((0, 0), |sum, counts| (sum.0 + counts.0, sum.1 + counts.1));
    let speed = format!("{each:.2} ms a telegram");
    figure(format!("{when}: of those held, found or probable and right"), all, speed, Some(("≥ 98 %", 0.98)));
    for (damage, counts) in &tally.recall {
        figure(format!("… of these, {}", damage.name()), *counts, String::new(), None);
    }
    for (tenth, counts) in tally.calibration.iter().enumerate().filter(|(_, counts)| counts.1 > 0) {
        let bar = "█".repeat(usize::try_from(20 * counts.0 / counts.1).unwrap_or_default());
        let what = format!(
            "… confidence {:.1} to {:.1}, not found, right",
            tenth as f64 / 10.0,
            (tenth + 1) as f64 / 10.0
        );
        figure(what, *counts, bar, None);
    }
}
