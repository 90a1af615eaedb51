//! Writes a bag: each file once and as a stream, its checksum taken on the way.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use reftel_archive::{Archive, Whole};
use serde_json::json;
use sha2::{Digest, Sha512};

use super::super::Failure;
use super::super::export::out::{Folder, cannot};
use super::{
    ABOUT, About, EVENTS, MANIFEST, README, TABLES, TAG_MANIFEST, TELEGRAMS, VERSION, hex, original, to_json,
};
use crate::json;

/// What was written.
#[derive(Debug, Default)]
pub(in super::super) struct Bagged {
    pub(in super::super) telegrams: u64,
    pub(in super::super) originals: u64,
    pub(in super::super) bytes: u64,
}

/// Writes the archive as a bag that is at `to` when it is whole. `going` is told how many originals are done of how many, and
/// may end it: `None` then.
pub(in super::super) fn write(
    archive: &Archive,
    to: &Path,
    going: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<Option<Bagged>, Failure> {
    let folder = Folder::beside(to)?;
    let bagged = archive.whole(|whole| fill(whole, folder.path(), going))??;
    if bagged.is_some() {
        folder.keep()?;
    }
    Ok(bagged)
}

fn fill(
    whole: &Whole<'_>,
    root: &Path,
    going: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<Option<Bagged>, Failure> {
    let (telegrams, originals) = whole.counts()?;
    let about = About {
        reftel_bag: VERSION,
        archive: whole.name()?,
        layout: reftel_archive::LAYOUT,
        program: program(),
        telegrams,
        originals,
    };
    let mut bag = Bag::new(root)?;
    bag.small(ABOUT, (json::print(&about, true)? + "\n").as_bytes())?;
    bag.small(README, TEXT.as_bytes())?;
    if !put_originals(whole, &mut bag, originals, going)? {
        return Ok(None);
    }
    for table in Whole::tables() {
        let mut file = bag.begin(&format!("{TABLES}/{table}.jsonl"))?;
        whole.rows(table, |columns, values| file.line(&to_json(columns, values)))??;
        bag.end(file)?;
    }
    put_telegrams(whole, &mut bag)?;
    let (files, octets) = (bag.files, bag.octets);
    bag.manifest_done()?;
    put_events(whole, &mut bag, originals)?;
    bag.small("bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")?;
    let info = format!(
        "External-Description: An archive of diplomatic telegrams, whole\n\
         External-Identifier: reftel:{}\nBag-Software-Agent: {}\nBagging-Date: {}\nPayload-Oxum: {octets}.{files}\n",
        about.archive,
        about.program,
        now().strftime("%Y-%m-%d")
    );
    bag.small("bag-info.txt", info.as_bytes())?;
    bag.tags_done()?;
    Ok(Some(Bagged { telegrams, originals, bytes: octets }))
}

/// Writes the originals; each is hashed again first. Says whether it came to its end.
fn put_originals(
    whole: &Whole<'_>,
    bag: &mut Bag,
    total: u64,
    going: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<bool, Failure> {
    let mut done = 0;
    let told = whole.originals(|hash, bytes| {
        bag.small(&original(hash), bytes).map_err(Some)?;
        done += 1;
        if going(done, total) { Ok(()) } else { Err(None) }
    });
    match told.map_err(|error| {
        Failure::from(error).help(
            "a bag vouches for all of the archive: `reftel verify` says what is damaged, and `reftel export` \
             writes what isn't",
        )
    })? {
        Ok(()) => Ok(true),
        Err(None) => Ok(false),
        Err(Some(failure)) => Err(failure),
    }
}

/// Writes of which bytes each telegram is made.
fn put_telegrams(whole: &Whole<'_>, bag: &mut Bag) -> Result<(), Failure> {
    let mut file = bag.begin(TELEGRAMS)?;
    whole.made(|made| {
        let parts = made.parts.iter().map(|part| {
            json!({
                "section": part.section,
                "copy": part.copy,
                "original": part.hash,
                "span": json::range(part.span),
                "reader": part.reader,
                "reader_version": part.reader_version,
            })
        });
        file.line(&json!({
            "archive_id": made.id.0,
            "mrn": made.card.mrn,
            "dtg": made.card.dtg.map(json::time),
            "from": made.card.post,
            "subject": made.card.subject,
            "parts": parts.collect::<Vec<_>>(),
        }))
    })??;
    bag.end(file)
}

/// Writes what was done to the originals, with the names of PREMIS for it.
fn put_events(whole: &Whole<'_>, bag: &mut Bag, originals: u64) -> Result<(), Failure> {
    let mut file = bag.begin(EVENTS)?;
    whole.books(|booked| {
        file.line(&json!({
            "eventType": "ingestion",
            "eventDateTime": booked.at.map(|at| at.to_string()),
            "object": booked.hash.map(|hash| format!("blake3:{hash}")),
            "path": booked.path.display().to_string(),
            "collection": booked.collection,
            "eventOutcome": booked.state,
            "eventOutcomeDetail": booked.reason,
        }))
    })??;
    whole.made(|made| {
        let objects: Vec<String> = made.parts.iter().map(|part| format!("blake3:{}", part.hash)).collect();
        let mut agents: Vec<String> =
            made.parts.iter().map(|part| format!("reader {} {}", part.reader, part.reader_version)).collect();
        agents.dedup();
        file.line(&json!({
            "eventType": "metadata extraction",
            "objects": objects,
            "agents": agents,
            "eventOutcome": format!("telegram {}", made.id.0),
        }))
    })??;
    let at = now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    for (kind, detail) in [
        ("fixity check", "the bytes of each original have the BLAKE3 under which they were kept"),
        ("message digest calculation", "SHA-512 of each file of the bag"),
    ] {
        file.line(&json!({
            "eventType": kind,
            "eventDateTime": at,
            "objects": "all originals",
            "count": originals,
            "agents": [program()],
            "eventOutcome": "success",
            "eventOutcomeDetail": detail,
        }))?;
    }
    bag.end(file)
}

fn program() -> String {
    format!("reftel {}", env!("CARGO_PKG_VERSION"))
}

/// The time of now in UTC: a bag says when it was made.
fn now() -> jiff::civil::DateTime {
    jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now())
}

/// What stands in a bag for whoever has no such program.
const TEXT: &str = "\
This bag is an archive of diplomatic telegrams, as the program Reftel keeps it.

archive.json      what the archive is called, and how much is in it
originals/        every document as it came, byte for byte, under the BLAKE3 hash of its bytes
telegrams.jsonl   a line for each telegram: its number, date, sender, subject, and which bytes
                  (span: from, to) of which originals it was read from, in the order of its sections
tables/           what the archive keeps beside: files seen and what became of them, collections,
                  the user's profiles; a line of JSON for each row, bytes as {\"hex\": ...}
../metadata/events.jsonl
                  what was done to the originals: each ingestion with the path, each reading with the
                  reader and its version, and the checks of the day on which the bag was made

`reftel restore` makes the archive again from it.
";

/// A bag that is being written.
struct Bag {
    root: PathBuf,
    /// The manifest of what is in `data`, until that is complete.
    manifest: Option<Entry>,
    /// Other files, and their checksums.
    tags: Vec<(String, String)>,
    files: u64,
    octets: u64,
}

/// A file of it that is being written.
struct Entry {
    name: String,
    path: PathBuf,
    file: BufWriter<File>,
    digest: Sha512,
    bytes: u64,
}

impl Entry {
    fn new(root: &Path, name: &str) -> Result<Entry, Failure> {
        let path = root.join(name);
        let parent = path.parent().unwrap_or(root);
        std::fs::create_dir_all(parent).map_err(|error| cannot("make the directory", parent, &error))?;
        let file = File::create_new(&path).map_err(|error| cannot("write", &path, &error))?;
        let file = BufWriter::new(file);
        Ok(Entry { name: name.to_owned(), path, file, digest: Sha512::new(), bytes: 0 })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
        self.file.write_all(bytes).map_err(|error| cannot("write", &self.path, &error))
    }

    fn line(&mut self, value: &serde_json::Value) -> Result<(), Failure> {
        self.write((json::print(value, false)? + "\n").as_bytes())
    }

    /// Ends it, and says its checksum and size.
    fn end(mut self) -> Result<(String, String, u64), Failure> {
        self.file.flush().map_err(|error| cannot("write", &self.path, &error))?;
        Ok((self.name, hex(&self.digest.finalize()), self.bytes))
    }
}

impl Bag {
    fn new(root: &Path) -> Result<Bag, Failure> {
        let manifest = Some(Entry::new(root, MANIFEST)?);
        Ok(Bag { root: root.to_owned(), manifest, tags: Vec::new(), files: 0, octets: 0 })
    }

    fn begin(&self, name: &str) -> Result<Entry, Failure> {
        Entry::new(&self.root, name)
    }

    /// Ends a file and notes its checksum. No name here needs the escapes of a manifest.
    fn end(&mut self, entry: Entry) -> Result<(), Failure> {
        let (name, digest, bytes) = entry.end()?;
        match &mut self.manifest {
            Some(manifest) if name.starts_with("data/") => {
                self.files += 1;
                self.octets += bytes;
                manifest.write(format!("{digest}  {name}\n").as_bytes())
            }
            _ => {
                self.tags.push((digest, name));
                Ok(())
            }
        }
    }

    fn small(&mut self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let mut entry = self.begin(name)?;
        entry.write(bytes)?;
        self.end(entry)
    }

    fn manifest_done(&mut self) -> Result<(), Failure> {
        match self.manifest.take() {
            Some(manifest) => self.end(manifest),
            None => Ok(()),
        }
    }

    fn tags_done(self) -> Result<(), Failure> {
        let mut manifest = self.begin(TAG_MANIFEST)?;
        for (digest, name) in &self.tags {
            manifest.write(format!("{digest}  {name}\n").as_bytes())?;
        }
        manifest.end()?;
        Ok(())
    }
}
