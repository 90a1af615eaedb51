//! `--fix`: repairs that change nothing that was meant, and the difference they make.
//!
//! A repair can uncover another (a label mended is read, and what it labels is odd), so the text is read again
//! after each round. A file is replaced in one step, never half written. The originals in an archive are in its
//! database, where no file name leads; files inside of an archive's directory are refused all the same.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use reftel_telegram::{Confidence, Context, Diagnostic, Purpose, decode};
use similar::{ChangeTag, TextDiff};

use crate::cli::terminal::{BAD, GOOD, clean, paint};
use crate::cli::{Failure, input};

/// Rounds after which a text is left as it is: repairs that undo each other are a fault of ours.
const ROUNDS_MAX: usize = 20;

/// A text, mended as far as it is safe.
pub(super) struct Mended {
    pub(super) before: String,
    pub(super) after: String,
    pub(super) repairs: u64,
    /// What is odd about it still, and how many telegrams it holds.
    pub(super) left: Vec<Diagnostic>,
    pub(super) telegrams: u64,
}

/// Mends a text.
pub(super) fn mend(name: &str, bytes: &[u8], context: &Context, purpose: Purpose) -> Result<Mended, Failure> {
    let (before, encoding) = decode(bytes);
    if encoding != "utf-8" || before.len() != bytes.len() {
        let failure = Failure::new(format!("`{name}` is in {encoding} and isn't mended"));
        return Err(failure.help("save it as UTF-8 without a byte order mark"));
    }
    let mut mended = Mended {
        after: before.to_string(),
        before: before.into_owned(),
        repairs: 0,
        left: Vec::new(),
        telegrams: 0,
    };
    for _ in 0..ROUNDS_MAX {
        let readings = input::telegrams(name, mended.after.as_bytes(), context)?;
        mended.telegrams = readings.len() as u64;
        mended.left = input::questioned(name, mended.after.as_bytes(), &readings, purpose)?;
        let made = round(&mut mended.after, &mended.left);
        if made == 0 {
            break;
        }
        mended.repairs += made;
    }
    Ok(mended)
}

/// Makes the safe repairs that don't overlap, and says how many.
fn round(text: &mut String, found: &[Diagnostic]) -> u64 {
    let mut made = 0;
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for diagnostic in found {
        let Some(repair) = &diagnostic.repair else { continue };
        let (span, safe) = (diagnostic.span, repair.confidence == Confidence::Certain);
        let Some(kept) = text.get(done..span.start).filter(|_| safe && span.end <= text.len()) else {
            continue;
        };
        if text.get(span.range()).is_none_or(|now| now == repair.after) {
            continue;
        }
        out.push_str(kept);
        out.push_str(&repair.after);
        done = span.end;
        made += 1;
    }
    out.push_str(&text[done..]);
    *text = out;
    made
}

/// The difference in the form that `patch` takes, as far as a terminal may see it.
pub(super) fn difference(name: &str, mended: &Mended, color: bool) -> String {
    let lines = TextDiff::from_lines(&mended.before, &mended.after);
    let mut shown = format!("--- {}\n+++ {}\n", clean(name), clean(name));
    for hunk in lines.unified_diff().context_radius(3).iter_hunks() {
        shown += &format!("{}\n", hunk.header());
        for change in hunk.iter_changes() {
            let line = clean(change.value().trim_end_matches(['\n', '\r'])).into_owned();
            shown += &match change.tag() {
                ChangeTag::Delete => paint(color, BAD, &format!("-{line}")),
                ChangeTag::Insert => paint(color, GOOD, &format!("+{line}")),
                ChangeTag::Equal => format!(" {line}"),
            };
            shown.push('\n');
        }
    }
    shown
}

/// Puts the mended text in the file's place.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let failed =
        |error: &std::io::Error| Failure::because(format!("can't write `{}`", path.display()), error);
    let whole = fs::canonicalize(path).map_err(|error| failed(&error))?;
    if whole.ancestors().any(|folder| folder.join("archive.sqlite").is_file()) {
        let failure = Failure::new(format!("`{}` is inside an archive and isn't changed", path.display()));
        return Err(failure.help("copy it elsewhere and mend the copy"));
    }
    let permissions = fs::metadata(&whole).map_err(|error| failed(&error))?.permissions();
    if permissions.readonly() {
        return Err(Failure::new(format!("`{}` may only be read", path.display())));
    }
    let folder = whole.parent().unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().set_permissions(permissions)?;
        file.as_file().sync_all()?;
        file.persist(&whole).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|error| failed(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &str) -> Mended {
        mend("in", text.as_bytes(), &Context::default(), Purpose::Release).ok().unwrap()
    }

    #[test]
    fn what_is_certain_is_mended_and_shown() {
        let mended =
            mended("R 110915Z JUN 12\nFM AMEMBASSY LISBON\nTAGE: PRELPK. \nSUBJECT: X\n11. ONE.\n2. TWO.\n");
        let lines: Vec<&str> = mended.after.lines().collect();
        assert_eq!(lines[2..], ["TAGS: PREL, PK", "SUBJECT: X", "1. ONE.", "2. TWO."]);
        let shown = difference("in", &mended, false);
        assert!(shown.starts_with("--- in\n+++ in\n@@ -1,6 +1,6 @@\n R 110915Z"), "{shown}");
        assert!(shown.contains("\n-TAGE: PRELPK. \n") && shown.contains("\n+TAGS: PREL, PK\n"), "{shown}");
        assert!(mended.repairs >= 4 && mended.left.iter().all(|found| found.code.name() != "T052"));
    }

    #[test]
    fn what_needs_no_repair_stays() {
        let mended = mended("R 110915Z JUN 12\r\nFM AMEMBASSY LISBON\r\n");
        assert_eq!((mended.repairs, &mended.before), (0, &mended.after));
    }

    #[test]
    fn other_encodings_are_left_alone() {
        for bytes in [&b"\xff\xfeA\0B\0"[..], b"\xef\xbb\xbfABC", b"R 1\x92"] {
            assert!(mend("in", bytes, &Context::default(), Purpose::Archive).is_err());
        }
    }

    #[test]
    fn a_file_in_an_archive_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "OLD").unwrap();
        replace(&path, "NEW").ok().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "NEW");
        fs::write(folder.path().join("archive.sqlite"), "").unwrap();
        assert!(replace(&path, "NEWER").is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "NEW");
    }
}
