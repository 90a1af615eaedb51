//! Who does something by hand: a name, the time, the reason.

#![allow(clippy::disallowed_methods, reason = "the one place that asks who the user is and what time it is")]

use jiff::Timestamp;
use reftel_archive::Hand;

use crate::cli::terminal::is_unsafe;

/// The characters of a name and of a reason at most.
const NAME_MAX: usize = 100;
const REASON_MAX: usize = 1000;

/// Who, when and why, as the options of a command say it.
#[derive(Debug, clap::Args)]
pub(crate) struct ByHand {
    /// Why, in a few words; it is kept and shown
    #[arg(long, value_name = "REASON", value_parser = reason)]
    because: String,

    /// Who; without it, the name of the user on this machine
    #[arg(long, value_name = "NAME", value_parser = name)]
    by: Option<String>,
}

impl ByHand {
    /// The same with the time.
    pub(crate) fn hand(&self) -> Hand {
        hand(self.by.as_deref(), &self.because)
    }
}

/// What time it is.
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// Who does something now. Without a name, the user on this machine.
pub(crate) fn hand(by: Option<&str>, because: &str) -> Hand {
    let user = || {
        let mut names =
            ["USER", "LOGNAME", "USERNAME"].into_iter().filter_map(|name| std::env::var(name).ok());
        names.find_map(|user| name(&user).ok()).unwrap_or_else(|| "unknown".to_owned())
    };
    let by = by.map_or_else(user, str::to_owned);
    Hand { by, at: Timestamp::now(), because: because.to_owned() }
}

/// A person's name, as an option gives it.
pub(crate) fn name(text: &str) -> Result<String, String> {
    one_line(text, NAME_MAX).ok_or_else(|| format!("a name has 1 to {NAME_MAX} characters, in one line"))
}

/// A reason, as an option gives it.
pub(crate) fn reason(text: &str) -> Result<String, String> {
    one_line(text, REASON_MAX)
        .ok_or_else(|| format!("a reason has 1 to {REASON_MAX} characters, in one line"))
}

fn one_line(text: &str, most: usize) -> Option<String> {
    let text = text.trim();
    is_one_line(text, most).then(|| text.to_owned())
}

/// Whether a text can be seen, stays in one line, does nothing to a terminal, and has no more characters than this.
pub(crate) fn is_one_line(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(is_unsafe)
}
