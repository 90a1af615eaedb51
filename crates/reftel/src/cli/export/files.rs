//! Forms that are a file for each telegram: in a directory, or as a tar archive.

use std::path::Path;

use reftel_archive::{Archive, Telegram};

use super::super::Failure;
use super::Form;
use super::out::{Folder, Out, cannot};

/// A telegram's file.
#[derive(Debug)]
pub(super) struct File {
    /// Its path, of letters, digits, hyphens and slants.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// How one telegram becomes a file.
type One = fn(&Telegram) -> Result<File, Failure>;

/// Files in a directory, or in a tar archive.
pub(super) struct Files {
    folder: Option<Folder>,
    one: One,
}

impl Files {
    pub(super) fn new(dir: Option<&Path>, one: One) -> Result<Files, Failure> {
        Ok(Files { folder: dir.map(Folder::beside).transpose()?, one })
    }
}

impl Form for Files {
    type Piece = File;

    fn begin(&mut self, _: &mut Out<'_>) -> Result<(), Failure> {
        Ok(())
    }

    fn piece(&self, telegram: &Telegram, _: &Archive) -> Result<File, Failure> {
        (self.one)(telegram)
    }

    fn put(&mut self, file: File, out: &mut Out<'_>) -> Result<(), Failure> {
        let Some(folder) = &self.folder else {
            out.write(tar_header(&file)?.as_bytes())?;
            out.write(&file.bytes)?;
            return out.write(&[0; 512][..file.bytes.len().next_multiple_of(512) - file.bytes.len()]);
        };
        let path = folder.path().join(&file.name);
        let parent = path.parent().unwrap_or(folder.path());
        std::fs::create_dir_all(parent).map_err(|error| cannot("make the directory", parent, &error))?;
        std::fs::write(&path, &file.bytes).map_err(|error| cannot("write", &path, &error))?;
        out.bytes += file.bytes.len() as u64;
        Ok(())
    }

    fn end(&mut self, out: &mut Out<'_>) -> Result<(), Failure> {
        match self.folder.take() {
            Some(folder) => folder.keep(),
            None => out.write(&[0; 1024]),
        }
    }
}

/// The same for the same file, whenever and by whomever it is made.
fn tar_header(file: &File) -> Result<tar::Header, Failure> {
    let mut header = tar::Header::new_ustar();
    let trouble = |error: std::io::Error| Failure::because(format!("can't name `{}`", file.name), &error);
    header.set_path(&file.name).map_err(trouble)?;
    header.set_size(file.bytes.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_cksum();
    Ok(header)
}

/// Digits of a hash in a name: no two of 2^28 telegrams share them but by a chance of one in a thousand million.
const HASH_DIGITS: usize = 20;

/// The longest number in a name. No post's comes near it.
const NUMBER_MAX: usize = 40;

/// `2009/09VALDORIA1000-0123456789abcdef0123.txt`: says whose it is, and is the same in every archive.
pub(super) fn name(telegram: &Telegram, ending: &str) -> String {
    let hash = blake3::hash(telegram.original()).to_hex();
    let year = telegram.card.year.map_or_else(|| "undated".to_owned(), |year| year.to_string());
    let mrn = telegram.card.mrn.as_deref().unwrap_or("no-number").chars();
    let mrn: String = mrn.filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(NUMBER_MAX).collect();
    format!("{year}/{mrn}-{}.{ending}", &hash[..HASH_DIGITS])
}

/// The original bytes.
#[allow(clippy::unnecessary_wraps, reason = "other forms of a file can fail")]
pub(super) fn original(telegram: &Telegram) -> Result<File, Failure> {
    Ok(File { name: name(telegram, "txt"), bytes: telegram.original().to_vec() })
}
