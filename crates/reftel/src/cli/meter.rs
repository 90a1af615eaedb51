//! How an import goes on, and what it did: a bar on a terminal, plain lines elsewhere.

use std::io::Write as _;
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};
use reftel_archive::{Imported, Progress};

use super::terminal::{Screen, count, counted, size};

/// How often a line is said where there is no bar.
const PAUSE: Duration = Duration::from_secs(2);

/// Shows how work goes on.
pub(crate) struct Meter {
    /// What was done to the files: `imported`.
    verb: &'static str,
    bar: Option<ProgressBar>,
    said: Duration,
}

impl Meter {
    pub(crate) fn new(verb: &'static str, screen: &Screen) -> Meter {
        let bar = screen.error_terminal.then(|| {
            let template = "{bar:24} {percent:>3} %  {msg}, {decimal_bytes_per_sec}, {eta} left";
            let style = ProgressStyle::with_template(template)
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .progress_chars("━━╌");
            ProgressBar::new(0).with_style(style)
        });
        Meter { verb, bar, said: Duration::ZERO }
    }

    pub(crate) fn update(&mut self, progress: &Progress) {
        if let Some(bar) = &self.bar {
            bar.set_length(progress.bytes_total);
            bar.set_message(files(progress));
            bar.set_position(progress.bytes);
        } else if progress.elapsed >= self.said + PAUSE {
            self.said = progress.elapsed;
            let _ = writeln!(std::io::stderr(), "{}", line(self.verb, progress));
        }
    }

    /// Does something that writes to the screen, without the bar in its way.
    pub(crate) fn aside<T>(&self, act: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(act),
            None => act(),
        }
    }

    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn files(progress: &Progress) -> String {
    format!("{} of {} files", count(progress.files), count(progress.files_total))
}

/// `imported 1,200 of 5,000 files, 3.1 MB/s, 12 seconds left`
fn line(verb: &str, progress: &Progress) -> String {
    let mut line = format!("{verb} {}", files(progress));
    let milliseconds = progress.elapsed.as_millis().max(1);
    let rate = u128::from(progress.bytes) * 1000 / milliseconds;
    let left = u128::from(progress.bytes_total.saturating_sub(progress.bytes));
    if let Some(left) = left.checked_div(rate) {
        let left = Duration::from_secs(u64::try_from(left).unwrap_or(u64::MAX));
        let rate = size(u64::try_from(rate).unwrap_or(u64::MAX));
        line.push_str(&format!(", {rate}/s, {} left", HumanDuration(left)));
    }
    line
}

/// What an import did, in one line:
/// `5,000 files: 4,812 kept, 130 duplicates, 50 not telegrams, 8 failed; 4,790 telegrams new; 2.3 s`.
pub(crate) fn balance(imported: &Imported, elapsed: Duration) -> String {
    let mut parts = Vec::new();
    if imported.known > 0 {
        parts.push(format!("{} known already", count(imported.known)));
    }
    if imported.known < imported.seen || imported.seen == 0 {
        parts.push(format!("{} kept", count(imported.kept)));
        parts.push(counted(imported.duplicates, "duplicate"));
        parts.push(format!("{} not telegrams", count(imported.not_telegrams)));
        parts.push(format!("{} failed", count(imported.failed)));
    }
    let new = if imported.kept == 0 && imported.telegrams == 0 {
        "nothing new".to_owned()
    } else {
        format!("{} new", counted(imported.telegrams, "telegram"))
    };
    let seen = counted(imported.seen, "file");
    format!("{seen}: {}; {new}; {:.1} s", parts.join(", "), elapsed.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_balance_names_every_kind() {
        let imported = Imported {
            seen: 5000,
            known: 0,
            kept: 4812,
            duplicates: 130,
            not_telegrams: 50,
            failed: 8,
            telegrams: 4790,
            stopped: false,
        };
        assert_eq!(
            balance(&imported, Duration::from_millis(2345)),
            "5,000 files: 4,812 kept, 130 duplicates, 50 not telegrams, 8 failed; \
             4,790 telegrams new; 2.3 s"
        );
        let again = Imported { seen: 5000, known: 5000, ..Imported::default() };
        assert_eq!(
            balance(&again, Duration::from_millis(400)),
            "5,000 files: 5,000 known already; nothing new; 0.4 s"
        );
    }

    #[test]
    fn a_line_has_rate_and_time_left() {
        let progress = Progress {
            files: 1200,
            files_total: 5000,
            bytes: 6_200_000,
            bytes_total: 43_400_000,
            elapsed: Duration::from_secs(2),
            ..Progress::default()
        };
        assert_eq!(line("imported", &progress), "imported 1,200 of 5,000 files, 3.10 MB/s, 12 seconds left");
        assert_eq!(line("imported", &Progress::default()), "imported 0 of 0 files");
    }
}
