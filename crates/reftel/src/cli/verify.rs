//! `reftel verify`

use std::path::Path;
use std::time::Duration;

use indicatif::ProgressBar;
use reftel_archive::{Archive, ErrorKind, Finding, Place, Verified};

use super::terminal::{Screen, clean, count, counted};
use super::{Failure, Status};

/// Check that the archive still holds what it was given
///
/// Asks SQLite about its pages; makes the hash of every original anew, and the digest of every telegram's
/// part; reads every telegram again and compares its card and references; looks whether the books of
/// files and the tables fit together; and checks the index's files and that it has every telegram. Goes on after what it
/// finds, prints a line for each, `place: what`, at most 20 of each place, and says what to do.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 sound; 1 damaged; 2 an error, such as no archive.

Example: reftel verify --archive ~/archive")]
pub(crate) struct Verify {}

impl Verify {
    #[allow(clippy::unused_self, reason = "all commands are run alike")]
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let archive = match Archive::open(dir) {
            Ok(archive) => archive,
            // Damaged so badly that it can't even be opened.
            Err(error) if error.kind() == ErrorKind::Damaged => {
                let finding = Finding { place: Place::Database, what: error.to_string() };
                let verified = Verified { findings: vec![finding], ..Verified::default() };
                return report(&verified, dir, screen);
            }
            Err(_) => super::archive(dir)?,
        };
        let bar = if screen.error_terminal { ProgressBar::new(0) } else { ProgressBar::hidden() };
        bar.enable_steady_tick(Duration::from_millis(200));
        let verified = archive.verify(&mut |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        });
        bar.finish_and_clear();
        report(&verified?, dir, screen)
    }
}

/// Prints what was found.
fn report(verified: &Verified, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
    for finding in &verified.findings {
        screen.line(&format!("{}: {}", finding.place.name(), clean(&finding.what)))?;
    }
    if verified.more > 0 {
        screen.line(&format!("and {} more", count(verified.more)))?;
    }
    let checked =
        format!("{} and {}", counted(verified.texts, "text"), counted(verified.telegrams, "telegram"));
    if verified.findings.is_empty() {
        screen.line(&format!("{checked} checked, all sound"))?;
        return Ok(Status::Fine);
    }
    screen.flush()?;
    screen.complain(&damaged(verified, &checked, dir));
    Ok(Status::Negative)
}

/// What was found, in short, and what to do about it.
fn damaged(verified: &Verified, checked: &str, dir: &Path) -> Failure {
    let mut places: Vec<Place> = verified.findings.iter().map(|finding| finding.place).collect();
    places.dedup();
    let names: Vec<&str> = places.iter().map(|place| place.name()).collect();
    if places == [Place::Cards] {
        let message = format!(
            "cards in `{}` aren't what this program reads in the originals, which are sound; {checked} checked",
            dir.display()
        );
        return Failure::new(message).help(
            "another version of the program made them, or somebody changed them: `reftel reindex` makes them anew",
        );
    }
    let help = if places.iter().all(|place| place.is_derived()) {
        "the originals are sound: `reftel reindex` makes anew what isn't"
    } else if places == [Place::Books] {
        "the telegrams are sound; for right books, import the files into a new archive"
    } else {
        "take `archive.sqlite` from a backup and run `reftel reindex`, or import the files again into a new \
         archive; until then keep this one, because what isn't named above is sound"
    };
    let message =
        format!("the archive in `{}` is damaged: {}; {checked} checked", dir.display(), names.join(", "));
    Failure::new(message).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_do_depends_on_the_place() {
        let help = |places: &[Place]| {
            let findings = places.iter().map(|&place| Finding { place, what: "x".to_owned() }).collect();
            damaged(&Verified { findings, ..Verified::default() }, "nothing", Path::new("a")).report(false)
        };
        assert!(help(&[Place::Cards, Place::Index]).contains("the originals are sound: `reftel reindex`"));
        assert!(help(&[Place::Cards]).contains("another version of the program made them"));
        assert!(help(&[Place::Books]).contains("the telegrams are sound"));
        assert!(help(&[Place::Originals, Place::Index]).contains("is damaged: originals, index;"));
        assert!(help(&[Place::Originals, Place::Index]).contains("from a backup"));
    }
}
