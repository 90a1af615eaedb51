//! Forms in which a telegram's piece depends on no other's: a head, the pieces one behind the other, a foot.

use reftel_archive::{Archive, Telegram};

use super::super::Failure;
use super::out::Out;
use super::{Form, replaced};

/// A telegram as bytes of the output.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub(super) bytes: Vec<u8>,
    /// How many characters the form can't carry and shows otherwise.
    pub(super) replaced: u64,
}

impl From<String> for Piece {
    fn from(text: String) -> Piece {
        Piece { bytes: text.into_bytes(), replaced: 0 }
    }
}

/// How one telegram is written.
pub(super) type One = fn(&Telegram, &Archive) -> Result<Piece, Failure>;

/// A form that is written piece by piece.
pub(super) struct Lines {
    pub(super) head: &'static str,
    pub(super) between: &'static str,
    pub(super) foot: &'static str,
    pub(super) one: One,
    count: u64,
    replaced: u64,
}

impl Lines {
    pub(super) fn new(head: &'static str, between: &'static str, foot: &'static str, one: One) -> Lines {
        Lines { head, between, foot, one, count: 0, replaced: 0 }
    }
}

impl Form for Lines {
    type Piece = Piece;

    fn begin(&mut self, out: &mut Out<'_>) -> Result<(), Failure> {
        out.write(self.head.as_bytes())
    }

    fn piece(&self, telegram: &Telegram, archive: &Archive) -> Result<Piece, Failure> {
        (self.one)(telegram, archive)
    }

    fn put(&mut self, piece: Piece, out: &mut Out<'_>) -> Result<(), Failure> {
        if self.count > 0 {
            out.write(self.between.as_bytes())?;
        }
        self.count += 1;
        self.replaced += piece.replaced;
        out.write(&piece.bytes)
    }

    fn end(&mut self, out: &mut Out<'_>) -> Result<(), Failure> {
        out.write(self.foot.as_bytes())
    }

    fn remark(&self) -> Option<String> {
        replaced(self.replaced, "as signs that stand for them")
    }
}
