//! `reftel copies`

use std::path::Path;
use std::time::{Duration, Instant};

use reftel_analysis::Passage;
use reftel_archive::{Archive, Id, Kinship, Looked, Telegram, Writer};
use serde::Serialize;

use super::meter::Meter;
use super::number::{self, Wanted};
use super::stop::Stop;
use super::terminal::{BAD, GOOD, STRONG, Screen, clean, clean_lines, count, counted, paint};
use super::{Failure, Format, Status, search};
use crate::copies::{Copies, why};
use crate::fault::Guard;
use crate::hand::ByHand;
use crate::json;

/// Find the copies of telegrams, and set them against one another
///
/// Lists the copies of a telegram, numbered from 1, says why they are copies of one, and what is kept apart from them;
/// then prints the composite of their texts. What all have stands plain; `⟦2: …⟧` is in the second alone; `⟦1: ten | 2:
/// 12⟧` are other words in each; what one withholds is taken from a copy that has it, and `⟦withheld: …⟧` is in none.
/// Capitals, punctuation and line ends don't count.
///
/// The number isn't the key: telegrams are set against one another by number, by date-time group and sender, and by
/// text. `reftel import` does so at its end; `--find` does it where that was left out or broken off. What is found wrongly
/// is put right by `join` and `split`, which hold whatever is found later.
///
/// With `--format json`, one object: `mrn`, `copies` (cards, each with `sources`), `why` and `apart` (pairs of ids with
/// `reasons` and, where a person decided, `by`, `at` and `because`), `shared` (the share of the words that all have) and
/// `passages`, each with `text`, `copies` and `instead` (by their places, from 0), and `withheld`.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Exit status: 0 the copies say the same, 1 they differ or there is none, 2 an error, 130 stopped.

Examples:
  reftel copies 09VALDORIA1000
  reftel copies join 09VALDORIA1000 id:17 --because 'the edited copy, printed without its number'
  reftel copies split 09VALDORIA1000 id:18 --because 'a number used twice'"
)]
pub(crate) struct CopiesOf {
    #[command(subcommand)]
    act: Option<Act>,

    /// The number, in any form, or a document of a volume, `frus1941v06/d73`; or `id:` and the number in the archive
    #[arg(required_unless_present = "find", value_name = "MRN")]
    mrn: Vec<String>,

    /// Set telegrams that weren't yet against all others
    #[arg(long, conflicts_with_all = ["mrn", "format"])]
    find: bool,

    /// For people or for programs
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Say that two telegrams are copies of one
    Join(Decision),
    /// Say that two telegrams aren't copies of one
    Split(Decision),
}

/// Two telegrams, and why they belong together or don't.
#[derive(Debug, clap::Args)]
struct Decision {
    /// One: its number, or `id:` and its number in the archive
    #[arg(value_name = "MRN")]
    one: String,

    /// The other
    #[arg(value_name = "MRN")]
    other: String,

    #[command(flatten)]
    by_hand: ByHand,

    /// Take the last such decision on the two back
    #[arg(long)]
    undo: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    mrn: Option<&'a str>,
    copies: Vec<CopyLine<'a>>,
    why: Vec<KinshipLine<'a>>,
    apart: Vec<KinshipLine<'a>>,
    shared: f64,
    passages: Vec<PassageLine<'a>>,
}

#[derive(Serialize)]
struct CopyLine<'a> {
    #[serde(flatten)]
    card: json::Card<'a>,
    sources: Vec<String>,
}

#[derive(Serialize)]
struct KinshipLine<'a> {
    one: i64,
    other: i64,
    reasons: &'a [String],
    #[serde(flatten)]
    by_hand: Option<json::ByHand<'a>>,
}

#[derive(Serialize)]
struct PassageLine<'a> {
    text: &'a str,
    copies: &'a [usize],
    instead: &'a [(usize, String)],
    withheld: bool,
}

impl CopiesOf {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        match &self.act {
            Some(Act::Join(decision)) => return decision.run(true, dir, screen),
            Some(Act::Split(decision)) => return decision.run(false, dir, screen),
            None => {}
        }
        let archive = super::archive(dir)?;
        if self.find {
            drop(archive);
            let stop = Stop::on_signal()?;
            let _guard = Guard::new();
            return find(&mut Writer::open(dir)?, &stop, screen);
        }
        let entries = Wanted::of(&self.mrn, None, &archive)?.find(&archive)?;
        let Some(first) = entries.first() else {
            number::not_held(&self.mrn.join(" "), &archive, screen)?;
            return Ok(Status::Negative);
        };
        let copies = Copies::of(&archive, first.id)?;
        match self.format {
            Format::Json => {
                let document = document(first.card.mrn.as_deref(), &copies);
                screen.line(&json::print(&document, screen.terminal)?)?;
            }
            Format::Text => screen.line(&text(&copies, screen.color))?,
        }
        let differ = copies.passages.iter().any(|passage| !copies.agreed(passage));
        Ok(if differ { Status::Negative } else { Status::Fine })
    }
}

/// Sets telegrams against one another, and says what came of it.
pub(super) fn find(writer: &mut Writer, stop: &Stop, screen: &mut Screen) -> Result<Status, Failure> {
    let started = Instant::now();
    let mut meter = Meter::new("compared", screen);
    let looked = writer.find_copies(&mut |progress| {
        meter.update(progress);
        !stop.asked()
    });
    meter.clear();
    let looked = looked?;
    screen.line(&found(&looked, started.elapsed()))?;
    if looked.stopped {
        screen.say("stopped; `reftel copies --find` goes on");
        return Ok(Status::Stopped);
    }
    Ok(Status::Fine)
}

/// `5,000 telegrams compared: 12 pairs of copies, 3 alike and kept apart; 0.8 s`
fn found(looked: &Looked, elapsed: Duration) -> String {
    let telegrams = counted(looked.telegrams, "telegram");
    let pairs =
        if looked.copies == 1 { "1 pair".to_owned() } else { format!("{} pairs", count(looked.copies)) };
    let apart = count(looked.apart);
    format!(
        "{telegrams} compared: {pairs} of copies, {apart} alike and kept apart; {:.1} s",
        elapsed.as_secs_f64()
    )
}

impl Decision {
    fn run(&self, join: bool, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let archive = super::archive(dir)?;
        let (one, other) = self.pair(&archive)?;
        drop(archive);
        let hand = self.by_hand.hand();
        let mut writer = Writer::open(dir)?;
        if self.undo {
            writer.undo_decision(one, other, join, &hand)?;
        } else {
            writer.decide(one, other, join, &hand)?;
        }
        drop(writer);
        let verb = match (join, self.undo) {
            (true, false) => "joined",
            (false, false) => "split",
            (true, true) => "no longer joined by hand",
            (false, true) => "no longer split by hand",
        };
        screen.line(&format!("id:{} and id:{} are {verb}", one.0, other.0))?;
        Ok(Status::Fine)
    }

    /// The two telegrams. A number that several carry means the two that do, where both are given by it.
    fn pair(&self, archive: &Archive) -> Result<(Id, Id), Failure> {
        let ids = |text: &String| -> Result<Vec<Id>, Failure> {
            let entries = Wanted::of(std::slice::from_ref(text), None, archive)?.find(archive)?;
            if entries.is_empty() {
                return Err(Failure::new(format!("no telegram {text} in this archive")));
            }
            Ok(entries.into_iter().map(|entry| entry.id).collect())
        };
        let (one, other) = (ids(&self.one)?, ids(&self.other)?);
        match (one.as_slice(), other.as_slice()) {
            ([a, b], [_, _]) if one == other => Ok((*a, *b)),
            ([a], [b]) => Ok((*a, *b)),
            ([_], _) => Err(ambiguous(&self.other, &other)),
            _ => Err(ambiguous(&self.one, &one)),
        }
    }
}

/// Several telegrams carry a number, and one was meant.
pub(super) fn ambiguous(mrn: &str, ids: &[Id]) -> Failure {
    let ids: Vec<String> = ids.iter().map(|id| format!("id:{}", id.0)).collect();
    Failure::new(format!("several telegrams carry the number {mrn}"))
        .help(format!("say which: {}", ids.join(", ")))
}

fn sources(telegram: &Telegram) -> Vec<String> {
    telegram.sources.iter().map(|source| source.path.display().to_string()).collect()
}

fn kinship(kinship: &Kinship) -> KinshipLine<'_> {
    KinshipLine {
        one: kinship.one.0,
        other: kinship.other.0,
        reasons: &kinship.reasons,
        by_hand: kinship.by_hand.as_ref().map(json::ByHand::of),
    }
}

fn document<'a>(mrn: Option<&'a str>, copies: &'a Copies) -> Document<'a> {
    let copy = |telegram: &'a Telegram| CopyLine {
        card: json::Card::of(telegram.id, &telegram.card),
        sources: sources(telegram),
    };
    let passage = |passage: &'a Passage| PassageLine {
        text: &passage.text,
        copies: &passage.copies,
        instead: &passage.instead,
        withheld: passage.withheld,
    };
    Document {
        schema: json::SCHEMA,
        mrn,
        copies: copies.telegrams.iter().map(copy).collect(),
        why: copies.joined.iter().map(kinship).collect(),
        apart: copies.apart.iter().map(|(_, apart)| kinship(apart)).collect(),
        shared: copies.shared(),
        passages: copies.passages.iter().map(passage).collect(),
    }
}

fn text(copies: &Copies, color: bool) -> String {
    let mut lines = Vec::new();
    for (at, telegram) in copies.telegrams.iter().enumerate() {
        let (day, title) = (search::day(&telegram.card), search::title(&telegram.card));
        lines.push(paint(color, STRONG, &format!("{}  id:{:<8}  {day:<10}  {title}", at + 1, telegram.id.0)));
        lines.extend(sources(telegram).iter().map(|path| format!("     {}", clean(path))));
    }
    for joined in &copies.joined {
        if let (Some(one), Some(other)) = (copies.place(joined.one), copies.place(joined.other)) {
            lines.push(format!("{one} and {other}: {}", clean(&why(joined))));
        }
    }
    for (entry, apart) in &copies.apart {
        let title = format!("apart  id:{:<8}  {}", entry.id.0, search::title(&entry.card));
        lines.push(title);
        lines.push(format!("     {}", clean(&why(apart))));
    }
    if copies.telegrams.len() == 1 {
        lines.push("No other copy is known.\n".to_owned());
    } else {
        lines.push(format!("All have {} % of the words.\n", copies.percent()));
    }
    let mut body = String::new();
    for passage in &copies.passages {
        let shown = clean_lines(&passage.text);
        if copies.agreed(passage) {
            body.push_str(&shown);
            continue;
        }
        let (words, space) = shown.split_at(shown.trim_end().len());
        let style = if passage.withheld { BAD } else { GOOD };
        body.push_str(&paint(color, style, &marked(passage, words)));
        body.push_str(space);
    }
    lines.push(body.trim_end().to_owned());
    lines.join("\n")
}

/// `⟦1, 3: ten | 2: 12⟧`
fn marked(passage: &Passage, words: &str) -> String {
    let names: Vec<String> = passage.copies.iter().map(|copy| (copy + 1).to_string()).collect();
    if passage.withheld {
        return format!("⟦withheld: {words}⟧");
    }
    let mut text = format!("⟦{}: {words}", names.join(", "));
    for (copy, instead) in passage.instead.iter().filter(|(_, instead)| !instead.trim().is_empty()) {
        text += &format!(" | {}: {}", copy + 1, clean_lines(instead.trim()));
    }
    text + "⟧"
}
