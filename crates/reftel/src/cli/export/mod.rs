//! `reftel export`: everything that a query finds, in the forms that other programs read.
//!
//! A form makes a piece of each telegram, on all cores, and puts the pieces down in order, with one thread. Only
//! the numbers of what was found and some hundred pieces are in memory, however many telegrams there are.

mod bibtex;
pub(super) mod citation;
mod csl;
mod csv;
mod files;
mod ftm;
mod graph;
mod jsonl;
mod lines;
mod mail;
pub(super) mod out;
mod parquet;
mod ris;
mod sqlite;
mod tei;
mod text;
mod xml;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use reftel_archive::{Archive, ErrorKind, Id, Query, Telegram};

use super::stop::Stop;
use super::terminal::{Screen, clean, count, counted, size};
use super::{Failure, Status, bag, search};
use files::Files;
use ftm::Entities;
use graph::{Graph, Language};
use out::{Out, Place};
use sqlite::Sqlite;

/// Write all that a query finds, for other programs
///
/// Takes what `search` takes, and writes every telegram that it finds, in the order in which they came into the
/// archive: no limit, and little memory however many there are. docs/export.md says what each form has and what
/// it leaves out.
///
/// Goes to standard output, or with `--to` to a file, which has its name only when it is whole; one that is there already
/// is replaced only with `--force`. `raw` and `eml`
/// are a file for each telegram: with `--to` in a new or empty directory, else as a tar archive. `bagit` is the whole
/// archive in a directory, for `reftel restore`, and so takes the query `*` alone.
///
/// A telegram whose original is damaged is passed over, and said on standard error with its number and the reason; all
/// others are written.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done; 1 nothing found; 2 an error, or done but for telegrams that were passed over; 130 stopped.

Examples:
  reftel export '*' --format jsonl --to all.jsonl
  reftel export from:VALDORIA date:2009 --format csv > valdoria.csv
  reftel export tags:PREL --format raw --to originals/
  reftel export '*' --format csl-json --to zotero.json
  reftel export '*' --format bagit --to bag")]
pub(crate) struct Export {
    /// What to write, in the language of `search`
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,

    /// In what form
    #[arg(long, value_name = "FORM")]
    format: Format,

    /// The file, or for `raw` and `eml` the directory
    #[arg(long, value_name = "PATH")]
    to: Option<PathBuf>,

    /// Replace the file that `--to` names, if it is there
    #[arg(long, requires = "to")]
    force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// The whole record with its sources, one object a line
    Jsonl,
    /// A row for each telegram; a cell that begins as a formula gets a ' in front
    Csv,
    /// For people: heading, references, paragraphs
    Text,
    /// The original bytes, a file for each telegram
    Raw,
    /// A mailbox of mails with the headers of military messages
    Mbox,
    /// The same mails, a file for each
    Eml,
    /// Citations for Zotero, pandoc and other readers of CSL
    CslJson,
    /// Citations for BibTeX and biber
    Bibtex,
    /// Citations for `EndNote` and other readers of RIS
    Ris,
    /// The columns of `csv` with types and lists, for notebooks
    Parquet,
    /// Plain tables for SQL, as docs/export.md has them
    Sqlite,
    /// A corpus in TEI P5
    Tei,
    /// Entities and links for `FollowTheMoney` and Aleph
    #[value(name = "followthemoney")]
    FollowTheMoney,
    /// The web of references, with what is cited and not here, as `GraphML`
    Graphml,
    /// The same for Gephi
    Gexf,
    /// The whole archive as a bag (RFC 8493), from which `reftel restore` makes it again
    Bagit,
}

/// A form that telegrams are written in.
trait Form: Sync {
    /// What becomes of one telegram.
    type Piece: Send;

    /// Writes what stands before all telegrams.
    fn begin(&mut self, out: &mut Out<'_>) -> Result<(), Failure>;
    /// Makes a telegram's piece; on any thread.
    fn piece(&self, telegram: &Telegram, archive: &Archive) -> Result<Self::Piece, Failure>;
    /// Writes a piece.
    fn put(&mut self, piece: Self::Piece, out: &mut Out<'_>) -> Result<(), Failure>;
    /// Writes what stands behind all telegrams.
    fn end(&mut self, out: &mut Out<'_>) -> Result<(), Failure>;
    /// What is to be said of the whole, such as characters that couldn't be carried.
    fn remark(&self) -> Option<String> {
        None
    }
}

/// So many telegrams are read at once.
const BATCH: usize = 256;

impl Export {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let text = self.query.join(" ");
        let query = Query::parse(&text).map_err(|error| search::refuse(&text, &error, screen.error_color))?;
        if query.is_of_phantoms() {
            let failure = Failure::new(
                "`is:phantom` finds telegrams that aren't here, and there is nothing of them to write",
            );
            return Err(failure.help("`reftel search … --format csv` lists them"));
        }
        let archive = super::archive(dir)?;
        if let Some(to) = &self.to {
            harmless(to, dir)?;
            if !self.force && !self.is_folder() && to.is_file() {
                return Err(out::taken(to));
            }
        }
        if self.format == Format::Bagit {
            return self.bag(&archive, &text, screen);
        }
        let (mut ids, unindexed) = archive.matching(&query)?;
        if unindexed > 0 {
            screen.say(&format!(
                "{} can't be searched yet and may be missing",
                counted(unindexed as u64, "telegram")
            ));
        }
        if ids.is_empty() {
            screen.say("nothing found");
            return Ok(Status::Negative);
        }
        // Those that came together are kept in one block.
        ids.sort_unstable();
        let whole = Whole { export: self, archive: &archive, ids: &ids };
        match self.format {
            Format::Jsonl => whole.write(jsonl::form(), screen),
            Format::Csv => whole.write(csv::form(), screen),
            Format::Text => whole.write(text::form(), screen),
            Format::Raw => whole.write(Files::new(self.to.as_deref(), files::original)?, screen),
            Format::Mbox => whole.write(mail::mbox(), screen),
            Format::Eml => whole.write(Files::new(self.to.as_deref(), mail::eml)?, screen),
            Format::CslJson => whole.write(csl::form(), screen),
            Format::Bibtex => whole.write(bibtex::form(), screen),
            Format::Ris => whole.write(ris::form(), screen),
            Format::Parquet => whole.write(parquet::Table::new()?, screen),
            Format::Sqlite => whole.write(Sqlite::new(self.place())?, screen),
            Format::Tei => whole.write(tei::form(), screen),
            Format::FollowTheMoney => whole.write(Entities::default(), screen),
            Format::Graphml => whole.write(Graph::new(&archive, Language::GraphMl), screen),
            Format::Gexf => whole.write(Graph::new(&archive, Language::Gexf), screen),
            // Written above: it isn't made of telegrams one by one.
            Format::Bagit => Ok(Status::Fine),
        }
    }

    /// Writes all of the archive: no query has a part of the books.
    fn bag(&self, archive: &Archive, query: &str, screen: &mut Screen) -> Result<Status, Failure> {
        if query.trim() != "*" {
            return Err(Failure::new("a bag is the whole archive").help("say `*` for the query"));
        }
        let Some(to) = &self.to else {
            return Err(Failure::new("a bag is a directory").help("say where with `--to`"));
        };
        let stop = Stop::on_signal()?;
        let started = Instant::now();
        let bar = bar(0, "originals", screen);
        let bagged = bag::write::write(archive, to, &mut |done, total| {
            bar.set_length(total);
            bar.set_position(done);
            !stop.asked()
        });
        bar.finish_and_clear();
        let Some(bagged) = bagged? else {
            screen.say("stopped; no bag was made");
            return Ok(Status::Stopped);
        };
        screen.say(&format!(
            "{} of {}, {}, {:.1} s",
            counted(bagged.telegrams, "telegram"),
            counted(bagged.originals, "original"),
            size(bagged.bytes),
            started.elapsed().as_secs_f64()
        ));
        Ok(Status::Fine)
    }

    /// Whether the form is a folder of files.
    fn is_folder(&self) -> bool {
        matches!(self.format, Format::Raw | Format::Eml | Format::Bagit)
    }

    /// The file that is to be written.
    fn place(&self) -> Option<Place> {
        self.to.as_ref().map(|path| Place { path: path.clone(), force: self.force })
    }

    /// Where the form is written to.
    fn out<'s>(&self, screen: &'s mut Screen) -> Result<Out<'s>, Failure> {
        let many = self.is_folder();
        let own = many || self.format == Format::Sqlite;
        match &self.place() {
            Some(_) if own => Ok(Out::nowhere()),
            Some(place) => Out::file(place),
            None if screen.terminal && (own || self.format == Format::Parquet) => {
                let what = if many { "a tar archive" } else { "a table in bytes" };
                Err(Failure::new(format!("{what} doesn't go to a terminal"))
                    .help("say `--to` and where, or send it into a file or a pipe"))
            }
            None => Ok(Out::screen(screen)),
        }
    }
}

/// Refuses places where an export would take something away that isn't an export's: the archive's own directory, and
/// what is no file.
fn harmless(to: &Path, archive: &Path) -> Result<(), Failure> {
    let refuse = |why: &str| {
        let message = format!("`{}` {why}", clean(&to.display().to_string()));
        Err(Failure::new(message).help("say another place with `--to`"))
    };
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Of a path that isn't there yet, the part that is decides.
    let there = to.ancestors().chain([parent, Path::new(".")]).find_map(|path| path.canonicalize().ok());
    if let (Some(there), Ok(archive)) = (there, archive.canonicalize())
        && there.starts_with(&archive)
    {
        return refuse("is in the archive");
    }
    match to.metadata() {
        Ok(place) if !place.is_file() && !place.is_dir() => refuse("is no file"),
        _ => Ok(()),
    }
}

/// One export.
struct Whole<'a> {
    export: &'a Export,
    archive: &'a Archive,
    ids: &'a [Id],
}

impl Whole<'_> {
    fn write<F: Form>(&self, mut form: F, screen: &mut Screen) -> Result<Status, Failure> {
        let stop = Stop::on_signal()?;
        let started = Instant::now();
        let bar = bar(self.ids.len() as u64, "telegrams", screen);
        let mut out = self.export.out(screen)?;
        form.begin(&mut out)?;
        let mut stopped = false;
        let mut passed = Passed::default();
        for ids in self.ids.chunks(BATCH) {
            let piece = |id: &Id| match self.archive.telegram(*id) {
                Ok(telegram) => form.piece(&telegram, self.archive).map(Ok),
                // The rest of what was found is worth having.
                Err(error) if matches!(error.kind(), ErrorKind::Damaged | ErrorKind::NotFound) => {
                    Ok(Err((*id, error)))
                }
                Err(error) => Err(Failure::from(error)),
            };
            let pieces: Vec<Result<_, Failure>> = ids.par_iter().map(piece).collect();
            for piece in pieces {
                match piece? {
                    Ok(piece) => form.put(piece, &mut out)?,
                    Err((id, error)) => passed.over(id, &error),
                }
            }
            bar.inc(ids.len() as u64);
            if stop.asked() {
                stopped = true;
                break;
            }
        }
        if !stopped {
            form.end(&mut out)?;
        }
        bar.finish_and_clear();
        let bytes = out.bytes;
        if stopped {
            drop(out);
            screen.say("stopped; what was written isn't the whole");
            return Ok(Status::Stopped);
        }
        out.finish()?;
        let took = started.elapsed();
        screen.say(&self.summary(bytes, took, form.remark(), passed.number));
        Ok(passed.told(screen))
    }

    /// `4,812 telegrams, 31 MB, 2.3 s`
    fn summary(&self, bytes: u64, took: Duration, remark: Option<String>, passed: u64) -> String {
        let telegrams = counted(self.ids.len() as u64 - passed, "telegram");
        let remark = remark.map_or_else(String::new, |remark| format!("; {remark}"));
        format!("{telegrams}, {}, {:.1} s{remark}", size(bytes), took.as_secs_f64())
    }
}

/// Telegrams that couldn't be read and aren't in what was written.
#[derive(Debug, Default)]
struct Passed {
    number: u64,
    /// The first of them, with the reason.
    said: Vec<String>,
}

/// So many are named.
const PASSED_MAX: usize = 50;

impl Passed {
    fn over(&mut self, id: Id, error: &reftel_archive::Error) {
        self.number += 1;
        if self.said.len() < PASSED_MAX {
            self.said.push(format!("telegram {} was passed over: {error}", id.0));
        }
    }

    /// Says which they are, and how the export ended.
    fn told(&self, screen: &Screen) -> Status {
        for line in &self.said {
            screen.say(&clean(line));
        }
        match self.number {
            0 => Status::Fine,
            number => {
                let more = number - self.said.len() as u64;
                let more =
                    if more == 0 { String::new() } else { format!(", {} of them not named", count(more)) };
                screen.say(&format!(
                    "{} passed over{more}; `reftel verify` says what is damaged",
                    counted(number, "telegram")
                ));
                Status::Trouble
            }
        }
    }
}

/// How far it is, on a terminal.
fn bar(total: u64, of: &str, screen: &Screen) -> ProgressBar {
    // Where the telegrams themselves are shown, a bar would be in their way.
    if !screen.error_terminal || screen.terminal {
        return ProgressBar::hidden();
    }
    let template = format!("{{bar:24}} {{percent:>3}} %  {{human_pos}} of {{human_len}} {of}, {{eta}} left");
    let style = ProgressStyle::with_template(&template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━━╌");
    ProgressBar::new(total).with_style(style)
}

/// A telegram's name among all: its number, with the archive's own where several have the same or it has none.
fn key(telegram: &Telegram, archive: &Archive) -> Result<String, Failure> {
    let id = telegram.id.0;
    let Some(mrn) = &telegram.card.mrn else { return Ok(format!("id{id}")) };
    let name: String = mrn.chars().filter(|char| char.is_ascii_alphanumeric() || *char == '-').collect();
    Ok(if archive.by_mrn(mrn)?.len() > 1 { format!("{name}-id{id}") } else { name })
}

/// `3 characters that XML can't carry are replaced`
fn replaced(number: u64, by: &str) -> Option<String> {
    (number > 0).then(|| {
        let verb = if number == 1 {
            "character that can't be carried is"
        } else {
            "characters that can't be carried are"
        };
        format!("{} {verb} shown {by}", count(number))
    })
}
