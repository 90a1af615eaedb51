//! `reftel sources`

use std::io::Read;
use std::path::{Path, PathBuf};

use reftel_sources::{Collections, Kind, Reader, Recognised};
use serde::Serialize;

use super::terminal::{STRONG, Screen, clean, paint};
use super::{Failure, Status, collection, input};
use crate::json;

/// List the collections that are read, or say what files are
///
/// Without files: each reader and each profile, what it reads, and by what it is recognised. A profile says how a
/// collection calls a record's fields; `--profile` takes one of your own.
///
/// With files: what each is, how sure that is (certain, likely, or a guess), and by what mark. Names and endings don't
/// count.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done, 2 a file or a profile could not be read.

Examples:
  reftel sources
  reftel sources cables.csv box.zip
  reftel sources --profile mine.toml table.csv")]
pub(crate) struct Sources {
    /// The files to recognise; `-` is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// A profile of a collection, beside those that are built in; may be given several times
    #[arg(long, value_name = "FILE")]
    profile: Vec<PathBuf>,

    /// For people or for programs
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One object a line
    Json,
}

/// A reader or a profile.
#[derive(Debug, Serialize)]
struct Known {
    name: String,
    reads: String,
    recognised_by: String,
}

/// A file.
#[derive(Debug, Serialize)]
struct Seen {
    file: String,
    is: String,
    confidence: &'static str,
    because: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    needs: Option<&'static str>,
}

impl Sources {
    pub(crate) fn run(&self, screen: &mut Screen) -> Result<Status, Failure> {
        let collections = collection::known(&self.profile)?;
        if self.files.is_empty() {
            for known in known(&collections) {
                match self.format {
                    Format::Json => screen.line(&json::print(&known, false)?)?,
                    Format::Text => {
                        screen.line(&paint(screen.color, STRONG, &known.name))?;
                        screen.line(&format!("    {}", clean(&known.reads)))?;
                        screen.line(&format!("    known by: {}", clean(&known.recognised_by)))?;
                    }
                }
            }
            return Ok(Status::Fine);
        }
        let mut status = Status::Fine;
        for path in &self.files {
            match seen(path, &collections) {
                Ok(seen) => match self.format {
                    Format::Json => screen.line(&json::print(&seen, false)?)?,
                    Format::Text => screen.line(&seen.line())?,
                },
                Err(failure) => {
                    screen.flush()?;
                    screen.complain(&failure);
                    status = Status::Trouble;
                }
            }
        }
        Ok(status)
    }
}

impl Seen {
    fn line(&self) -> String {
        let needs = self.needs.map_or_else(String::new, |needs| format!("; {needs}"));
        format!("{}: {} ({}: {}{needs})", clean(&self.file), self.is, self.confidence, clean(&self.because))
    }
}

fn known(collections: &Collections) -> Vec<Known> {
    let readers = Reader::BUILT_IN.iter().map(|(name, reads, by)| Known {
        name: (*name).to_owned(),
        reads: (*reads).to_owned(),
        recognised_by: (*by).to_owned(),
    });
    let containers = [
        ("zip, tar, gzip, zstd", "files in them, also in one another", "their first bytes"),
        (
            "pdf",
            "the text of its pages, by Poppler; of scans, where it is asked for, by Tesseract",
            "its first bytes",
        ),
        ("mbox", "the mails in a mailbox", "a line `From ` above header lines of mail"),
    ];
    let containers = containers.into_iter().map(|(name, reads, by)| Known {
        name: name.to_owned(),
        reads: reads.to_owned(),
        recognised_by: by.to_owned(),
    });
    let profiles = collections.profiles().iter().map(|profile| Known {
        name: format!("{}:{}", profile.shape.name(), profile.name),
        reads: profile.title.clone(),
        recognised_by: profile.marks(),
    });
    containers.chain(readers).chain(profiles).collect()
}

fn seen(path: &Path, collections: &Collections) -> Result<Seen, Failure> {
    input::not_a_directory(path)?;
    let name = input::name(path);
    let mut head = Vec::new();
    let most = reftel_sources::HEAD as u64;
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(most).read_to_end(&mut head)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut head))
    };
    read.map_err(|error| Failure::file(&name, &error))?;
    let Recognised { kind, confidence, because } = reftel_sources::recognise(&head, collections);
    let needs = if let Kind::Other(needs) = kind { Some(needs) } else { None };
    Ok(Seen { file: name, is: kind.name(), confidence: confidence.name(), because, needs })
}
