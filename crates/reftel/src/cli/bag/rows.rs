//! Whether what a bag says could have been written by this program: names, reasons and corrections that its commands
//! would refuse are refused here too.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use reftel_archive::{Archive, Value};
use reftel_sources::Profile;
use reftel_telegram::correct;
use serde::Deserialize;

use super::super::Failure;
use super::TELEGRAMS;

/// The characters of a name, of a reason and of a corrected value at most.
const NAME_MAX: usize = 100;
const REASON_MAX: usize = 1000;
const VALUE_MAX: usize = 100_000;

/// A line of the list of telegrams: 16 MB. A telegram has a few parts.
const LINE_MAX: u64 = 16 << 20;

/// What is odd about a row, if something is.
pub(in super::super) fn odd(table: &str, row: &[(String, Value)]) -> Option<String> {
    let text = |name: &str| match row.iter().find(|(column, _)| column == name) {
        Some((_, Value::Text(text))) => Some(text.as_str()),
        _ => None,
    };
    // One that a command made has no more characters, and no line end or sign that steers a terminal.
    let one_line = |name: &str, most: usize| {
        let fits = |text: &str| text.chars().count() <= most && !text.chars().any(char::is_control);
        text(name)
            .is_some_and(|text| !fits(text))
            .then(|| format!("`{name}` isn't one line of {most} characters"))
    };
    let by_hand = || {
        [("by", NAME_MAX), ("because", REASON_MAX), ("undone_by", NAME_MAX), ("undone_because", REASON_MAX)]
            .into_iter()
            .find_map(|(name, most)| one_line(name, most))
    };
    match table {
        "collection" | "saved" | "watchlist" => one_line("name", NAME_MAX),
        "decision" => by_hand(),
        "correction" => by_hand().or_else(|| correction(text("field")?, text("value")?)),
        "profile" => {
            let read = Profile::parse(text("toml")?);
            let known = read.is_ok_and(|profile| Some(profile.name.as_str()) == text("name"));
            (!known).then(|| "`toml` isn't a profile of that name".to_owned())
        }
        _ => None,
    }
}

fn correction(field: &str, value: &str) -> Option<String> {
    match correct::field(field) {
        Ok(known) if known == field => {}
        _ => return Some(format!("`{field}` is no field that can be corrected")),
    }
    let odd = |char: char| char.is_control() && char != '\n' && char != '\t';
    (value.chars().count() > VALUE_MAX || value.chars().any(odd))
        .then(|| format!("`{field}` can't have that value"))
}

/// A telegram of the list.
#[derive(Deserialize)]
struct Listed {
    archive_id: i64,
    parts: Vec<Part>,
}

#[derive(Deserialize, PartialEq)]
struct Part {
    section: i64,
    copy: i64,
    original: String,
    span: [usize; 2],
}

/// Whether the list of telegrams is of this archive: all of them, each of the bytes that it says. What it says of their
/// headings is read anew.
pub(in super::super) fn listed(bag: &Path, archive: &Archive) -> Result<(), Failure> {
    let path = bag.join(TELEGRAMS);
    let unreadable = |error: std::io::Error| Failure::file(path.display(), &error);
    let mut lines = BufReader::new(File::open(&path).map_err(unreadable)?);
    let wrong = || {
        Failure::new(format!(
            "the bag can't be used: `{TELEGRAMS}` doesn't list the telegrams that its tables have"
        ))
        .help("take another copy of it; nothing was written")
    };
    let mut next = || -> Result<Option<Listed>, Failure> {
        let mut line = String::new();
        match (&mut lines).take(LINE_MAX).read_line(&mut line) {
            Ok(0) => Ok(None),
            Ok(_) => serde_json::from_str(&line).map(Some).map_err(|_| wrong()),
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => Err(wrong()),
            Err(error) => Err(unreadable(error)),
        }
    };
    archive.whole(|whole| {
        whole.made(|made| {
            let parts = made.parts.into_iter().map(|part| Part {
                section: part.section,
                copy: part.copy,
                original: part.hash,
                span: crate::json::range(part.span),
            });
            let same = next()?.is_some_and(|line| line.archive_id == made.id.0 && parts.eq(line.parts));
            if same { Ok(()) } else { Err(wrong()) }
        })
    })???;
    if next()?.is_some() { Err(wrong()) } else { Ok(()) }
}

/// How many corrections, and which of them first, the fields of their telegrams can't hold, and so aren't shown.
pub(in super::super) fn unfit(archive: &Archive) -> Result<(u64, Option<String>), Failure> {
    let mut said = (0, None);
    let all = archive.corrections(None)?;
    for (at, correction) in all.iter().enumerate().filter(|(_, correction)| correction.undone.is_none()) {
        let later = all[at + 1..].iter().any(|later| {
            later.undone.is_none()
                && (later.telegram, &later.field) == (correction.telegram, &correction.field)
        });
        let holds = |corrected: &reftel_archive::Corrected| corrected.correction == *correction;
        if !later && !archive.telegram(correction.telegram)?.corrected.iter().any(holds) {
            said.0 += 1;
            said.1.get_or_insert_with(|| {
                format!("`{}` of telegram {}", correction.field, correction.telegram.0)
            });
        }
    }
    Ok(said)
}
