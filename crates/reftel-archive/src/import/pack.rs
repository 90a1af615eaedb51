//! The reading half: files, in the order in which they were seen, read and packed by as many threads as there
//! are.
//!
//! Files go together into bundles of about the size of a block. A thread reads a bundle's files one behind the
//! other into one buffer, and packs that while it is still at hand; the one thread that keeps has then only to
//! write the block. Only where some of the files turn out to be there already is the rest packed again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use reftel_telegram::Span;

use super::Booked;
use crate::index::Fields;
use crate::read::{self, Outcome};
use crate::walk::Seen;
use crate::{Error, ErrorKind, Result};

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

/// A file to read; from memory, where there are bytes.
#[derive(Debug)]
pub(super) struct Job<'t> {
    pub(super) seen: Seen,
    pub(super) booked: Option<Booked>,
    pub(super) bytes: Option<&'t [u8]>,
}

/// Files that were read, and what is in them.
pub(super) struct Bundle<'t> {
    /// Each with the place of its bytes; empty, where no telegram is in it.
    pub(super) files: Vec<(Job<'t>, Outcome, Span)>,
    /// The bytes of those that have telegrams, one behind the other.
    pub(super) bytes: Vec<u8>,
    /// The same, packed.
    pub(super) packed: Result<Vec<u8>>,
}

/// What packs; each thread has its own.
pub(super) struct Packer(Option<zstd::bulk::Compressor<'static>>);

impl Packer {
    pub(super) fn new() -> Packer {
        Packer(zstd::bulk::Compressor::new(ZSTD_LEVEL).ok())
    }

    pub(super) fn pack(&mut self, bytes: &[u8]) -> Result<Vec<u8>> {
        let packed = match &mut self.0 {
            Some(packer) => packer.compress(bytes),
            None => zstd::bulk::compress(bytes, ZSTD_LEVEL),
        };
        packed.map_err(|e| Error::because(ErrorKind::Storage, "can't pack originals", e))
    }
}

/// Reads all jobs, batch by batch, until nobody wants them any more.
///
/// Batches grow as long as they are read quickly, so that a slow disk delays no acknowledgement.
pub(super) fn read_batches<'t>(
    jobs: Vec<Job<'t>>,
    fields: &Fields,
    send: &SyncSender<Vec<Bundle<'t>>>,
    stop: &AtomicBool,
) {
    let mut jobs = jobs.into_iter().peekable();
    let mut files_max = FIRST_BATCH_FILES;
    while jobs.peek().is_some() && !stop.load(Ordering::Relaxed) {
        let started = Instant::now();
        let mut bundles: Vec<Vec<Job<'t>>> = Vec::new();
        let (mut files, mut bytes, mut together) = (0, 0, 0);
        while let Some(job) = jobs.next_if(|_| files < files_max && bytes < BATCH_BYTES) {
            files += 1;
            bytes += job.seen.size;
            together += job.seen.size;
            match bundles.last_mut() {
                Some(bundle) if together <= BLOCK_BYTES as u64 => bundle.push(job),
                _ => {
                    together = job.seen.size;
                    bundles.push(vec![job]);
                }
            }
        }
        let read = bundles
            .into_par_iter()
            .with_max_len(1)
            .map_init(Packer::new, |packer, jobs| bundle(jobs, fields, packer))
            .collect();
        if send.send(read).is_err() {
            return;
        }
        files_max = if started.elapsed() < BATCH_TIME { files_max * 2 } else { files_max / 2 };
        files_max = files_max.clamp(FIRST_BATCH_FILES, BATCH_FILES);
    }
}

fn bundle<'t>(jobs: Vec<Job<'t>>, fields: &Fields, zstd: &mut Packer) -> Bundle<'t> {
    let room = jobs.iter().map(|job| job.seen.size).sum::<u64>().min(read::FILE_BYTES_MAX);
    let mut bytes = Vec::with_capacity(usize::try_from(room).unwrap_or_default() + 64);
    let mut files = Vec::with_capacity(jobs.len());
    for job in jobs {
        let start = bytes.len();
        let outcome = match job.bytes {
            Some(text) => {
                bytes.extend_from_slice(text);
                read::text(text, fields)
            }
            None => read::file(&job.seen, &mut bytes, fields),
        };
        if !matches!(outcome, Outcome::Telegrams(_)) {
            bytes.truncate(start);
        }
        files.push((job, outcome, Span::new(start, bytes.len())));
    }
    let packed = if bytes.is_empty() { Ok(Vec::new()) } else { zstd.pack(&bytes) };
    Bundle { files, bytes, packed }
}
