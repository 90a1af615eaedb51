//! Files that hold several documents: each of them becomes a job of its own.
//!
//! A container is read as a stream and handed on piece by piece, so that a table larger than memory comes in. The file
//! itself is entered in the books behind its last document: one that was broken off is gone through again.

use std::cell::Cell;
use std::collections::HashSet;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;

use reftel_sources::{Collections, Found, Input, Item, Limits, Origin, Reader, carried};

use super::Booked;
use super::pack::{Flow, From, Job};
use crate::walk::Seen;

/// Goes through a container and gives out its documents, and at last the container itself.
pub(super) fn enter<'t>(
    job: &Job<'t>,
    collections: &Collections,
    give: &mut dyn FnMut(Job<'t>) -> Flow,
) -> Flow {
    let seen = Arc::clone(&job.seen);
    let name = seen.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let read = Rc::new(Cell::new(0));
    let mut inside = Inside {
        seen: Arc::clone(&seen),
        booked: job.booked,
        name: name.clone(),
        read: Rc::clone(&read),
        told: 0,
        met: HashSet::new(),
        origins: HashSet::new(),
        alone: false,
        fault: None,
    };
    let mut broken = false;
    let walk = AssertUnwindSafe(|| {
        let mut found = |found: Found| {
            let flow = inside.take(found, give);
            broken |= flow.is_break();
            flow
        };
        let mut open = |input: Input<'_>| {
            // Why it ended is known here: a limit has been told, and who wants no more is asked again.
            let _ = reftel_sources::open(&name, input, collections, &Limits::default(), &mut found);
        };
        match job.from {
            From::Memory(bytes) => open(Input::Bytes(bytes)),
            _ => open(Input::Seek(&mut Counted { file: File::open(&seen.path)?, read })),
        }
        Ok::<(), io::Error>(())
    });
    match catch_unwind(walk) {
        Ok(Ok(())) => {}
        Ok(Err(error)) => inside.fault = Some(error.to_string()),
        Err(_) => inside.fault = Some("the reader broke down on it, which is a fault of ours".to_owned()),
    }
    if broken { Flow::Break(()) } else { inside.end(give) }
}

/// A container that is gone through.
struct Inside {
    seen: Arc<Seen>,
    booked: Option<Booked>,
    name: String,
    /// How many bytes of it were read, and for how many of them jobs account.
    read: Rc<Cell<u64>>,
    told: u64,
    /// The hashes of the places so far: in some containers two documents have one name.
    met: HashSet<u64>,
    /// The hashes of where documents were before: several telegrams of one document carry it each.
    origins: HashSet<u64>,
    /// Whether it was one document, only packed, which stands in the books as the file.
    alone: bool,
    /// Why not all of it was read.
    fault: Option<String>,
}

impl Inside {
    fn take<'t>(&mut self, found: Found, give: &mut dyn FnMut(Job<'t>) -> Flow) -> Flow {
        let (path, from) = match found {
            Found::Item(item) if item.reader == Reader::Record => return self.record(item, give),
            Found::Item(item) => (item.path, From::Item(item.bytes, item.reader)),
            Found::Refused(refused) => (refused.path, From::Refused(refused.why)),
        };
        let inner = path.strip_prefix(&self.name).unwrap_or(&path);
        match from {
            From::Refused(why) if inner.is_empty() => {
                self.fault.get_or_insert(why);
                Flow::Continue(())
            }
            from if inner.is_empty() && !self.alone => {
                self.alone = true;
                give(self.job(from, None, None))
            }
            from => {
                let inner = self.unlike(inner);
                give(self.job(from, Some(inner), None))
            }
        }
    }

    /// A record: the documents that it was read from, where it carries them, else itself.
    fn record<'t>(&mut self, item: Item, give: &mut dyn FnMut(Job<'t>) -> Flow) -> Flow {
        let inner = item.path.strip_prefix(&self.name).unwrap_or(&item.path);
        let list = match carried(&item.bytes) {
            Ok(list) if !list.is_empty() => list,
            made => {
                let inner = self.unlike(inner);
                let from = match made {
                    Ok(_) => From::Item(item.bytes, Reader::Record),
                    Err(error) => From::Refused(error.to_string()),
                };
                return give(self.job(from, Some(inner), None));
            }
        };
        for one in list {
            if !self.origins.insert(hash(&one.origin)) {
                continue;
            }
            let inner = self.unlike(inner);
            give(self.job(From::Item(one.bytes, one.reader), Some(inner), Some(one.origin)))?;
        }
        Flow::Continue(())
    }

    /// A place that none of the documents before has.
    fn unlike(&mut self, inner: &str) -> String {
        let mut own = inner.to_owned();
        let mut number = 1;
        while !self.met.insert(hash(&own)) {
            number += 1;
            own = format!("{inner} ({number})");
        }
        own
    }

    fn job<'t>(&mut self, from: From<'t>, inner: Option<String>, origin: Option<Origin>) -> Job<'t> {
        let read = self.read.get().min(self.seen.size);
        let done = read.saturating_sub(self.told);
        self.told += done;
        let booked = if inner.is_some() { None } else { self.booked };
        Job { seen: Arc::clone(&self.seen), booked, from, inner, origin, done }
    }

    /// The container itself.
    fn end<'t>(mut self, give: &mut dyn FnMut(Job<'t>) -> Flow) -> Flow {
        self.read.set(u64::MAX);
        match self.fault.take() {
            _ if self.alone => Flow::Continue(()),
            Some(why) => give(self.job(From::Refused(why), None, None)),
            None => give(self.job(From::Through, None, None)),
        }
    }
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// A file that counts what is read of it.
struct Counted {
    file: File,
    read: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.file.read(buffer)?;
        self.read.set(self.read.get().saturating_add(got as u64));
        Ok(got)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
