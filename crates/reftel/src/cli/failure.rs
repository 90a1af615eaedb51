//! Why a command could not do its work: what and which, the causes, and what to do.

use std::error::Error;
use std::fmt::{Display, Write as _};
use std::io;

use reftel_archive::ErrorKind;

use super::terminal::{BAD, HELP, clean, paint};

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nobody reads the output any more.
    BrokenPipe,
    /// Anything that is worth a message.
    Message {
        /// What failed, and on which.
        message: String,
        /// Why, outermost first.
        causes: Vec<String>,
        /// What to do.
        help: Option<String>,
    },
    /// A report that is laid out already, with the place shown.
    Shown(String),
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Failure {
        Failure::Message { message: message.into(), causes: Vec::new(), help: None }
    }

    /// A failure with its cause, and that one's causes.
    pub(crate) fn because(message: impl Into<String>, cause: &(dyn Error + 'static)) -> Failure {
        let mut causes = Vec::new();
        let mut next = Some(cause);
        while let Some(cause) = next {
            let said = cause.to_string();
            // Some errors say what their cause says.
            if causes.last() != Some(&said) {
                causes.push(said);
            }
            next = cause.source();
        }
        Failure::Message { message: message.into(), causes, help: None }
    }

    /// Adds what to do.
    pub(crate) fn help(mut self, text: impl Into<String>) -> Failure {
        if let Failure::Message { help, .. } = &mut self {
            *help = Some(text.into());
        }
        self
    }

    /// The output could not be written.
    pub(crate) fn output(error: &io::Error) -> Failure {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Failure::BrokenPipe
        } else {
            Failure::because("can't write the output", error)
        }
    }

    /// A file could not be read.
    pub(crate) fn file(path: impl Display, error: &io::Error) -> Failure {
        Failure::because(format!("can't read `{path}`"), error)
    }

    /// The failure as it is shown: `error: `, the causes, `help: `.
    pub(crate) fn report(&self, color: bool) -> String {
        match self {
            Failure::BrokenPipe => String::new(),
            Failure::Shown(report) => report.clone(),
            Failure::Message { message, causes, help } => {
                let mut report = format!("{}: {}", paint(color, BAD, "error"), clean(message));
                for cause in causes {
                    // Writing to a string doesn't fail.
                    let _ = write!(report, "\n  because: {}", clean(cause));
                }
                if let Some(help) = help {
                    let _ = write!(report, "\n  {}: {}", paint(color, HELP, "help"), clean(help));
                }
                report
            }
        }
    }
}

impl From<reftel_archive::Error> for Failure {
    fn from(error: reftel_archive::Error) -> Failure {
        let help = match error.kind() {
            ErrorKind::Busy => Some("another reftel writes to this archive; wait until it has ended"),
            ErrorKind::Index => Some("`reftel reindex` makes the index anew from the original texts"),
            ErrorKind::Input => Some("check the path"),
            ErrorKind::Damaged => Some(
                "`reftel verify` says what is damaged; take `archive.sqlite` from a backup, or import the files \
                 again into a new archive",
            ),
            ErrorKind::Full => Some("make room and run the command again; it goes on where it ended"),
            ErrorKind::Storage => Some("check that the disk has room, and that you may write there"),
            _ => None,
        };
        let mut failure = Failure::new(error.to_string());
        if let Some(cause) = error.source() {
            failure = Failure::because(error.to_string(), cause);
        }
        match help {
            Some(help) => failure.help(help),
            None => failure,
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        Failure::because("can't write the record as JSON", &error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_why_and_what_to_do() {
        let error = io::Error::other("the disk is on fire");
        let failure = Failure::file("a\u{1b}.txt", &error).help("leave the building");
        assert_eq!(
            failure.report(false),
            "error: can't read `a␛.txt`\n  because: the disk is on fire\n  help: leave the building"
        );
    }

    #[test]
    fn a_broken_pipe_is_no_message() {
        let error = io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(matches!(Failure::output(&error), Failure::BrokenPipe));
    }
}
