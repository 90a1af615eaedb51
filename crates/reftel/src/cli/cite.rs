//! `reftel cite`

use std::path::Path;

use super::export::citation::Citation;
use super::number::{self, Wanted};
use super::terminal::Screen;
use super::{Failure, Status};

/// Print how a telegram is cited
///
/// Prints a line for each telegram of that number, made of what the copy says: who to whom, the number, the day,
/// the subject. That the National Archives hold it is said where the copy is theirs; elsewhere the file that
/// it was read from is named, and you say which collection that is from. docs/export.md says what each style
/// follows.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 found, 1 not held, 2 an error.

Examples:
  reftel cite 09VALDORIA1000
  reftel cite --style frus 09VALDORIA1000")]
pub(crate) struct Cite {
    /// The number, in any form, or a document of a volume, `frus1941v06/d73`; or `id:` and the number in the archive
    #[arg(required = true, value_name = "MRN")]
    mrn: Vec<String>,

    /// The year of a number that is given without one
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,

    /// In which style
    #[arg(long, value_name = "STYLE", default_value = "chicago")]
    style: Style,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Style {
    /// A note of the Chicago Manual of Style
    Chicago,
    /// The heading and source note of Foreign Relations of the United States
    Frus,
    /// The elements that the National Archives ask for
    Nara,
}

impl Cite {
    pub(crate) fn run(&self, dir: &Path, screen: &mut Screen) -> Result<Status, Failure> {
        let archive = super::archive(dir)?;
        let wanted = Wanted::of(&self.mrn, self.year, &archive)?;
        let entries = wanted.find(&archive)?;
        if let (Wanted::Mrn(mrn) | Wanted::AnyYear(mrn), []) = (&wanted, entries.as_slice()) {
            number::not_held(mrn, &archive, screen)?;
            return Ok(Status::Negative);
        }
        if number::differ(&entries) {
            number::choices(&entries, screen)?;
            return Ok(Status::Fine);
        }
        for entry in &entries {
            let telegram = archive.telegram(entry.id)?;
            let citation = Citation::of(&telegram);
            screen.line(&match self.style {
                Style::Chicago => citation.chicago(),
                Style::Frus => citation.frus(),
                Style::Nara => citation.nara(),
            })?;
        }
        Ok(Status::Fine)
    }
}
