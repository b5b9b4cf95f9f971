//! The work of the readers' threads, step by step.

use std::sync::{Arc, Mutex, TryLockError};

use super::{ReaderName, monitor::Monitor, staff::Bench};

/// Takes the steps that threads take otherwise. All calls may come while another step is under way
/// on another thread, or further up on this one: the step that is under way is then left alone.
pub struct Steps {
    monitor: Mutex<Monitor>,
    bench: Arc<Bench>,
}

impl Steps {
    pub(super) fn new(monitor: Monitor, bench: Arc<Bench>) -> Self {
        Self {
            monitor: Mutex::new(monitor),
            bench,
        }
    }

    /// The monitor looks once, and passes on what it sees. `false` if the service does not answer.
    pub fn look(&self) -> bool {
        match self.monitor.try_lock() {
            Ok(mut monitor) => monitor.turn(),
            Err(TryLockError::Poisoned(monitor)) => monitor.into_inner().turn(),
            Err(TryLockError::WouldBlock) => true,
        }
    }

    /// The line of that reader tries once to run its first job. `false` if it has none.
    pub fn serve(&self, reader: &str) -> bool {
        let seat = self.bench.seat(&ReaderName::from(reader));
        seat.is_some_and(|seat| seat.serve())
    }

    /// The keepers refuse every job whose time has come.
    pub fn keep(&self) {
        self.bench.seats().iter().for_each(|seat| seat.keep());
    }
}
