//! Invented telegrams, and folders of them.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use reftel_archive::{Archive, Found, Imported, Query, Search, Sort, Writer};
use tempfile::TempDir;

/// A telegram in plain form, as a post's own copy has it.
#[derive(Clone, Debug)]
pub(crate) struct Telegram {
    pub(crate) post: &'static str,
    pub(crate) serial: u32,
    pub(crate) date: &'static str,
    pub(crate) class: &'static str,
    pub(crate) section: Option<(u32, u32)>,
    pub(crate) tags: &'static str,
    pub(crate) subject: String,
    pub(crate) refs: Vec<&'static str>,
    pub(crate) text: String,
    pub(crate) signed: &'static str,
}

impl Default for Telegram {
    fn default() -> Telegram {
        Telegram {
            post: "VALDORIA",
            serial: 1000,
            date: "110928Z JUN 09",
            class: "UNCLAS",
            section: None,
            tags: "ECON, EWWT",
            subject: "FERRY TARIFF".to_owned(),
            refs: Vec::new(),
            text: "1. The harbour master raised the ferry tariff.".to_owned(),
            signed: "ROE",
        }
    }
}

impl Telegram {
    pub(crate) fn print(&self) -> String {
        let Telegram { post, serial, date, class, tags, subject, text, signed, .. } = self;
        let section = self.section.map_or(String::new(), |(n, of)| format!("SECTION {n:02} OF {of:02} "));
        let mut out = format!(
            "P {date}\nFM AMEMBASSY {post}\nTO SECSTATE WASHDC PRIORITY\nINFO AMEMBASSY NORTHMARK\nBT\n\
             {class} {section}{post} {serial:06}\n\nSIPDIS\n\nE.O. 12958: N/A\nTAGS: {tags}\nSUBJECT: {subject}\n\n"
        );
        for (label, reference) in ('A'..).zip(&self.refs) {
            let lead = if label == 'A' { "REF: " } else { "     " };
            writeln!(out, "{lead}{label}. {reference}").unwrap();
        }
        writeln!(out, "\n{text}\n{signed}\nBT\n#{serial:04}\n\nNNNN").unwrap();
        out
    }
}

/// A folder of files, and an archive beside it.
pub(crate) struct World {
    pub(crate) dir: TempDir,
}

impl World {
    pub(crate) fn new() -> World {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("in")).unwrap();
        World { dir }
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.dir.path().join("in")
    }

    pub(crate) fn archive(&self) -> PathBuf {
        self.dir.path().join("archive")
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn import(&self) -> Imported {
        import(&self.archive(), &[self.folder()])
    }

    pub(crate) fn open(&self) -> Archive {
        Archive::open(&self.archive()).unwrap()
    }
}

pub(crate) fn import(archive: &Path, paths: &[PathBuf]) -> Imported {
    let imported = Writer::open(archive).unwrap().import(paths, &mut |_| true).unwrap();
    assert_eq!(
        imported.seen,
        imported.known + imported.kept + imported.duplicates + imported.not_telegrams + imported.failed
    );
    balance(&Archive::open(archive).unwrap());
    imported
}

/// The books balance.
pub(crate) fn balance(archive: &Archive) {
    let books = archive.books().unwrap();
    assert_eq!(books.seen, books.kept + books.duplicates + books.not_telegrams + books.failed, "{books:?}");
    assert_eq!(archive.rejected().unwrap().len() as u64, books.seen - books.kept);
}

pub(crate) fn search(query: &str) -> Search {
    Search {
        query: Query::parse(query).unwrap(),
        sort: Sort::Oldest,
        offset: 0,
        limit: 1000,
        facets: true,
        snippets: true,
    }
}

pub(crate) fn find(archive: &Archive, query: &str) -> Found {
    archive.search(&search(query)).unwrap()
}
