//! Faults of ours: a panic is said in one line, and where a file's reading is guarded, costs that file alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many guards stand: as long as one does, a panic is somebody's to report.
static GUARDS: AtomicUsize = AtomicUsize::new(0);

/// From now on a panic prints one line; with `RUST_BACKTRACE` all that Rust has to say. Where a guard stands,
/// it prints nothing; nor where the archive makes an error of it.
#[allow(clippy::disallowed_methods, reason = "as Rust's own report does")]
pub(crate) fn install() {
    let whole = std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0");
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if GUARDS.load(Ordering::Relaxed) > 0 || reftel_archive::guarded() {
            return;
        }
        if whole {
            report(panic);
        } else {
            let place = panic.location().map(|at| format!(" at {}:{}", at.file(), at.line()));
            eprintln!("error: a fault of ours{}: please report", place.unwrap_or_default());
        }
    }));
}

/// As long as it lives, panics are silent: whoever holds it reports them.
#[derive(Debug)]
pub(crate) struct Guard(());

impl Guard {
    pub(crate) fn new() -> Guard {
        GUARDS.fetch_add(1, Ordering::Relaxed);
        Guard(())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        GUARDS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Runs `work`; `None` if it panicked.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    let _guard = Guard::new();
    catch_unwind(AssertUnwindSafe(work)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_costs_the_work_alone() {
        assert_eq!(guarded(|| 1), Some(1));
        assert_eq!(guarded(|| -> i32 { panic!("on purpose") }), None);
        assert_eq!(guarded(|| 2), Some(2));
    }
}
