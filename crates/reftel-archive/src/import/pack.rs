//! The reading half: files, in the order in which they were seen, read and packed by as many threads as there
//! are.
//!
//! Files go together into bundles of about the size of a block. A thread reads a bundle's files one behind the
//! other into one buffer, and packs that while it is still at hand; the one thread that keeps has then only to
//! write the block. Only where some of the files turn out to be there already is the rest packed again.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use reftel_sources::{Origin, Reader};
use reftel_telegram::Span;

use super::Booked;
use super::enter::enter;
use crate::read::{self, Outcome, Tools};
use crate::walk::Seen;
use crate::{Error, ErrorKind, Result};

/// Whether somebody still wants what is read.
pub(super) type Flow = ControlFlow<()>;

/// A batch is kept in one transaction: at most so many files, and about so many bytes.
pub(super) const BATCH_FILES: usize = 1000;
const BATCH_BYTES: u64 = 8 << 20;

/// The first batch is small, so that something can be searched soon.
const FIRST_BATCH_FILES: usize = 100;

/// A batch that takes longer than this is followed by a smaller one.
const BATCH_TIME: Duration = Duration::from_millis(500);

/// Originals are packed together up to this size. Larger blocks pack better and unpack slower.
pub(crate) const BLOCK_BYTES: usize = 256 << 10;

/// How hard to pack. Level 3 takes half as long again and saves two bytes in a hundred of text.
const ZSTD_LEVEL: i32 = 1;

/// A file to read, or a document of one.
#[derive(Debug)]
pub(super) struct Job<'t> {
    pub(super) seen: Arc<Seen>,
    pub(super) booked: Option<Booked>,
    pub(super) from: From<'t>,
    /// Where in the file it is; `None` for the file itself.
    pub(super) inner: Option<String>,
    /// Where it was in the archive that it was exported from.
    pub(super) origin: Option<Origin>,
    /// How many bytes of the file are done with it.
    pub(super) done: u64,
}

/// Where a job's bytes are.
#[derive(Debug)]
pub(super) enum From<'t> {
    /// In the file.
    File,
    /// Here: it isn't a file's.
    Memory(&'t [u8]),
    /// Here: a document for this reader.
    Item(Vec<u8>, Reader),
    /// Nowhere: it can't be read, for this reason.
    Refused(String),
    /// Done: all documents of the file came.
    Through,
}

impl Job<'_> {
    /// How many bytes there are to read.
    pub(super) fn size(&self) -> u64 {
        match &self.from {
            From::File | From::Memory(_) => self.seen.size,
            From::Item(bytes, _) => bytes.len() as u64,
            From::Refused(_) | From::Through => 0,
        }
    }
}

/// Files that were read, and what is in them.
pub(super) struct Bundle<'t> {
    /// Each with the place of its bytes, which are there where a telegram is in it, and their number.
    pub(super) files: Vec<(Job<'t>, Outcome, Span)>,
    /// The bytes of those that have telegrams, one behind the other.
    pub(super) bytes: Vec<u8>,
    /// The same, packed.
    pub(super) packed: Result<Vec<u8>>,
}

/// What packs; each thread has its own.
pub(crate) struct Packer(Option<zstd::bulk::Compressor<'static>>);

impl std::fmt::Debug for Packer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Packer")
    }
}

impl Packer {
    pub(crate) fn new() -> Packer {
        Packer(zstd::bulk::Compressor::new(ZSTD_LEVEL).ok())
    }

    pub(crate) fn pack(&mut self, bytes: &[u8]) -> Result<Vec<u8>> {
        let packed = match &mut self.0 {
            Some(packer) => packer.compress(bytes),
            None => zstd::bulk::compress(bytes, ZSTD_LEVEL),
        };
        packed.map_err(|e| Error::because(ErrorKind::Storage, "can't pack originals", e))
    }
}

/// Reads jobs in batches and sends them on.
pub(super) struct Reading<'t, 'r> {
    pub(super) tools: Tools<'r>,
    pub(super) send: &'r SyncSender<Vec<Bundle<'t>>>,
    pub(super) stop: &'r AtomicBool,
}

impl<'t> Reading<'t, '_> {
    /// Reads all jobs, batch by batch, until nobody wants them any more.
    ///
    /// Batches grow as long as they are read quickly, so that a slow disk delays no acknowledgement. Containers come
    /// behind the batch that they are in, and are gone through one by one.
    pub(super) fn read_batches(&self, jobs: Vec<Job<'t>>) -> Flow {
        let mut jobs = jobs.into_iter().peekable();
        let mut files_max = FIRST_BATCH_FILES;
        while jobs.peek().is_some() {
            let started = Instant::now();
            let (mut files, mut bytes) = (0, 0);
            let mut batch = Vec::new();
            while let Some(job) = jobs.next_if(|_| files < files_max && bytes < BATCH_BYTES) {
                files += 1;
                bytes += job.size();
                batch.push(job);
            }
            let containers = self.read(batch)?;
            files_max = if started.elapsed() < BATCH_TIME { files_max * 2 } else { files_max / 2 };
            files_max = files_max.clamp(FIRST_BATCH_FILES, BATCH_FILES);
            self.go_through(containers)?;
        }
        Flow::Continue(())
    }

    /// Goes through containers. Their documents are read as files are, many at a time.
    fn go_through(&self, containers: Vec<Job<'t>>) -> Flow {
        let (mut waiting, mut bytes) = (Vec::new(), 0);
        for container in containers {
            enter(&container, self.tools.collections, &mut |job| {
                bytes += job.size();
                waiting.push(job);
                if waiting.len() >= BATCH_FILES || bytes >= BATCH_BYTES {
                    bytes = 0;
                    self.read(std::mem::take(&mut waiting))?;
                }
                self.wanted()
            })?;
        }
        self.read(waiting)?;
        Flow::Continue(())
    }

    fn wanted(&self) -> Flow {
        if self.stop.load(Ordering::Relaxed) { Flow::Break(()) } else { Flow::Continue(()) }
    }

    /// Reads a batch with all threads and sends it, but for the containers in it, which are returned.
    fn read(&self, batch: Vec<Job<'t>>) -> ControlFlow<(), Vec<Job<'t>>> {
        self.wanted()?;
        let mut bundles: Vec<Vec<Job<'t>>> = Vec::new();
        let mut together = 0;
        for job in batch {
            together += job.size();
            match bundles.last_mut() {
                Some(bundle) if together <= BLOCK_BYTES as u64 => bundle.push(job),
                _ => {
                    together = job.size();
                    bundles.push(vec![job]);
                }
            }
        }
        let tools = self.tools;
        let mut read: Vec<Bundle<'t>> = bundles
            .into_par_iter()
            .with_max_len(1)
            .map_init(Packer::new, |packer, jobs| bundle(jobs, tools, packer))
            .collect();
        let mut containers = Vec::new();
        for bundle in &mut read {
            let found = bundle.files.extract_if(.., |file| matches!(file.1, Outcome::Container));
            containers.extend(found.map(|(job, ..)| job));
        }
        if self.send.send(read).is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(containers) }
    }
}

fn bundle<'t>(jobs: Vec<Job<'t>>, tools: Tools<'_>, zstd: &mut Packer) -> Bundle<'t> {
    let room = jobs.iter().map(Job::size).sum::<u64>().min(2 * BLOCK_BYTES as u64);
    let mut bytes = Vec::with_capacity(usize::try_from(room).unwrap_or_default() + 64);
    let mut files = Vec::with_capacity(jobs.len());
    for mut job in jobs {
        let start = bytes.len();
        let outcome = match &mut job.from {
            From::Memory(text) => {
                bytes.extend_from_slice(text);
                read::memory(text, tools)
            }
            From::File => read::file(&job.seen, &mut bytes, tools),
            From::Item(item, Reader::Record) => match read::print_record(item, tools) {
                Ok(text) => {
                    bytes.extend_from_slice(text.as_bytes());
                    read::document(text.as_bytes(), &Reader::Telegrams, tools)
                }
                Err(why) => Outcome::Failed(why),
            },
            From::Item(item, reader) => {
                bytes.extend_from_slice(item);
                // Once is enough.
                *item = Vec::new();
                read::document(&bytes[start..], reader, tools)
            }
            From::Refused(why) => Outcome::Failed(std::mem::take(why)),
            From::Through => Outcome::Through,
        };
        let end = bytes.len();
        if !matches!(outcome, Outcome::Telegrams(_)) {
            bytes.truncate(start);
        }
        files.push((job, outcome, Span::new(start, end)));
    }
    let packed = if bytes.is_empty() { Ok(Vec::new()) } else { zstd.pack(&bytes) };
    Bundle { files, bytes, packed }
}
