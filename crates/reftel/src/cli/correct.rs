//! `reftel correct`

use std::path::Path;

use reftel_archive::{Archive, Correction, Id, Writer};
use serde::Serialize;

use super::number::Wanted;
use super::terminal::{LABEL, Screen, clean, paint};
use super::{Failure, Format, Status, copies, search};
use crate::hand::{self, hand};
use crate::json;

/// Correct a field of a telegram's record
///
/// A correction is kept apart from the text, with who, when and why, and is put on top of the record wherever that is
/// shown, searched, exported or linked; reading the text anew doesn't touch it. The last of a field holds, and `--undo`
/// takes it back. What was read stays beside it: `reftel show`, the page and the record name both.
///
/// A value is typed as a telegram prints it, and what the field can't hold is refused; an empty one says that there is
/// none. Lists have a semicolon between their entries and are given whole. The fields are those of the record: `mrn`,
/// `dtg`, `precedence`, `from`, `to`, `info`, `classification`, `controls`, `captions`, `sections`, `passing`,
/// `executive_order`, `tags`, `subject`, `references`, `classified_by`, `signatures`, `workflow/drafted_by`
/// (`cleared_by`, `approved_by`, `released_by`), `distribution/action` (`info`), and of the paragraph at place N, from 0,
/// `paragraphs/N/number` (`portion`, `heading`, `text`).
///
/// With `--list`, all corrections, or those of one telegram, also what was taken back; as JSON with `--format json`, one
/// object a line.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done, 1 nothing is corrected (`--list`), 2 an error, such as a value that the field can't hold.

Examples:
  reftel correct 75VALDORIA212 dtg '101530Z MAR 75' --because 'the month is garbled; see 75STATE4711'
  reftel correct 75VALDORIA212 tags 'PFOR, VD' --because 'PFOX is a typing error'
  reftel correct 75VALDORIA212 tags --undo --because 'PFOX is what was sent'
  reftel correct --list")]
pub(crate) struct Correct {
    /// The number, in any form; or `id:` and the number in the archive
    #[arg(required_unless_present = "list", value_name = "MRN")]
    mrn: Option<String>,

    /// The field
    #[arg(required_unless_present = "list", conflicts_with = "list")]
    field: Option<String>,

    /// Its value
    #[arg(required_unless_present_any = ["list", "undo"], conflicts_with_all = ["list", "undo"])]
    value: Option<String>,

    /// Why, in a few words; it is kept and shown
    #[arg(long, value_name = "REASON", value_parser = hand::reason, required_unless_present = "list")]
    because: Option<String>,

    /// Who; without it, the name of the user on this machine
    #[arg(long, value_name = "NAME", value_parser = hand::name)]
    by: Option<String>,

    /// Take the last correction of the field back
    #[arg(long, conflicts_with = "list")]
    undo: bool,

    /// List corrections
    #[arg(long)]
    list: bool,

    /// For people or for programs
    #[arg(long, default_value = "text", requires = "list")]
    format: Format,
}

#[derive(Serialize)]
struct Line<'a> {
    schema: u32,
    id: i64,
    mrn: Option<&'a str>,
    field: &'a str,
    value: &'a str,
    #[serde(flatten)]
    by_hand: json::ByHand<'a>,
    undone: Option<json::ByHand<'a>>,
}

impl Correct {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let archive = super::archive(dir)?;
        let id = self.mrn.as_ref().map(|mrn| sole(mrn, &archive)).transpose()?;
        if self.list {
            return self.list(id, &archive, screen);
        }
        let (Some(id), Some(field), Some(because)) = (id, &self.field, &self.because) else {
            return Err(Failure::new("which telegram, which field and why is not said"));
        };
        drop(archive);
        let hand = hand(self.by.as_deref(), because);
        let mut writer = Writer::open(dir)?;
        match &self.value {
            None => {
                writer.undo_correction(id, field, &hand).map_err(|error| self.not_undone(field, error))?;
            }
            Some(value) => writer.correct(id, field, value, &hand).map_err(refused)?,
        }
        drop(writer);
        let telegram = super::archive(dir)?.telegram(id)?;
        let name = reftel_telegram::correct::field(field).unwrap_or_default();
        let now = reftel_telegram::correct::shown(&telegram.record, &name);
        screen.line(&format!("{}: {name} is {}", search::handle(id, &telegram.card), said(&now)))?;
        Ok(Status::Fine)
    }

    /// Says of which telegram, by the name that it was asked by.
    fn not_undone(&self, field: &str, error: reftel_archive::Error) -> Failure {
        match error.kind() {
            reftel_archive::ErrorKind::NotFound => {
                let mrn = self.mrn.as_deref().unwrap_or_default();
                Failure::new(format!("`{field}` of {mrn} isn't corrected"))
                    .help(format!("`reftel correct --list {mrn}` says what is"))
            }
            _ => refused(error),
        }
    }

    fn list(&self, id: Option<Id>, archive: &Archive, screen: &mut Screen) -> Result<Status, Failure> {
        let corrections = archive.corrections(id)?;
        for correction in &corrections {
            let card = archive.telegram(correction.telegram)?.card;
            let mrn = card.mrn.as_deref();
            if self.format == Format::Json {
                screen.line(&json::print(&line(correction, mrn), screen.terminal)?)?;
                continue;
            }
            let handle = search::handle(correction.telegram, &card);
            let undone = correction.undone.as_ref().map(|hand| format!("; taken back by {}", by(hand)));
            screen.line(&format!(
                "{}  {}: {}  {}{}",
                paint(screen.color, LABEL, &handle),
                correction.field,
                said(&correction.value),
                clean(&by(&correction.hand)),
                clean(&undone.unwrap_or_default())
            ))?;
        }
        Ok(if corrections.is_empty() { Status::Negative } else { Status::Fine })
    }
}

/// `Roe, 2026-03-01: the month is garbled`
pub(super) fn by(hand: &reftel_archive::Hand) -> String {
    format!("{}, {}: {}", hand.by, hand.at.strftime("%Y-%m-%d"), hand.because)
}

/// A value for a person, in one line.
pub(super) fn said(value: &str) -> String {
    if value.is_empty() { "nothing".to_owned() } else { format!("`{}`", clean(value)) }
}

fn line<'a>(correction: &'a Correction, mrn: Option<&'a str>) -> Line<'a> {
    Line {
        schema: json::SCHEMA,
        id: correction.telegram.0,
        mrn,
        field: &correction.field,
        value: &correction.value,
        by_hand: json::ByHand::of(&correction.hand),
        undone: correction.undone.as_ref().map(json::ByHand::of),
    }
}

/// The one telegram that is meant.
fn sole(mrn: &String, archive: &Archive) -> Result<Id, Failure> {
    let entries = Wanted::of(std::slice::from_ref(mrn), None, archive)?.find(archive)?;
    match entries.as_slice() {
        [one] => Ok(one.id),
        [] => Err(Failure::new(format!("no telegram {mrn} in this archive"))),
        several => {
            let ids: Vec<Id> = several.iter().map(|entry| entry.id).collect();
            Err(copies::ambiguous(mrn, &ids))
        }
    }
}

/// What the archive has against a correction: no path is wrong here.
fn refused(error: reftel_archive::Error) -> Failure {
    match error.kind() {
        reftel_archive::ErrorKind::Input => Failure::new(error.to_string()),
        _ => error.into(),
    }
}
