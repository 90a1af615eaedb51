//! Ctrl-C: asks the work to end at the next safe place; a second one ends it at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Failure, Status};

/// Whether the work should end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens to Ctrl-C and the signals that ask a program to end.
    ///
    /// Must be called before a server listens to them too: that one passes them on to whoever listened
    /// before, and this one doesn't.
    pub(crate) fn on_signal() -> Result<Stop, Failure> {
        let stop = Stop::default();
        let asked = stop.clone();
        ctrlc::set_handler(move || {
            if asked.0.swap(true, Ordering::SeqCst) {
                // All that was acknowledged is on the disk already.
                std::process::exit(Status::Stopped as i32);
            }
        })
        .map_err(|error| Failure::because("can't listen to Ctrl-C", &error))?;
        Ok(stop)
    }

    pub(crate) fn asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
