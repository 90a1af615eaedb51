//! How much a file may unfold to, so that a small one can't take the machine.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// The most that is read of one file.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one document, or of one file in a container: 128 MB. What is larger is refused, and the rest read.
    pub item: u64,
    /// Bytes that all layers of one file may unfold to: 64 GB. A country's telegrams of a decade have less.
    pub expanded: u64,
    /// How many times larger than its packed bytes a layer may be, once it is larger than 64 MB: 250 times. Text
    /// packs to a tenth, the same text over and over to a hundredth; bombs begin at a thousand.
    pub ratio: u64,
    /// How deep containers may lie in one another: 6.
    pub depth: u32,
    /// How many files and documents may be in one file: 20 million.
    pub members: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { item: 128 << 20, expanded: 64 << 30, ratio: 250, depth: 6, members: 20_000_000 }
    }
}

/// Below this many bytes no ratio is suspicious.
const RATIO_FROM: u64 = 64 << 20;

/// A limit that was met, inside an error of reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Met(pub(crate) Cow<'static, str>);

/// An error that says that a limit was met.
pub(crate) fn met(why: impl Into<Cow<'static, str>>) -> io::Error {
    io::Error::other(Met(why.into()))
}

impl std::fmt::Display for Met {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Met {}

/// Whether reading ended because a limit was met.
pub(crate) fn is_limit(error: &io::Error) -> bool {
    error.get_ref().and_then(|inner| inner.downcast_ref::<Met>()).is_some()
}

/// Counts the packed bytes that go into a decoder.
#[derive(Debug)]
pub(crate) struct Packed<R> {
    pub(crate) inner: R,
    pub(crate) count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Packed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.inner.read(buffer)?;
        self.count.set(self.count.get() + got as u64);
        Ok(got)
    }
}

/// Counts the bytes that come out of a decoder, and stops a bomb.
#[derive(Debug)]
pub(crate) struct Unpacked<R> {
    pub(crate) inner: R,
    /// What went in so far, or all of it where that is known.
    pub(crate) packed: Rc<Cell<u64>>,
    pub(crate) out: u64,
    /// What all layers of the file have unfolded to.
    pub(crate) total: Rc<Cell<u64>>,
    pub(crate) limits: Limits,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.inner.read(buffer)?;
        self.out += got as u64;
        self.total.set(self.total.get() + got as u64);
        if self.total.get() > self.limits.expanded {
            return Err(met("it unfolds to more than may be read of one file"));
        }
        let most = self.packed.get().max(1).saturating_mul(self.limits.ratio);
        if self.out > RATIO_FROM.min(self.limits.expanded) && self.out > most {
            return Err(met("it unfolds to hundreds of times its size, as no text does"));
        }
        Ok(got)
    }
}
