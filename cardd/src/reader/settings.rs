//! What may be tuned about the readers.

use std::time::Duration;

/// Bounds of queues and waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderSettings {
    /// How long a job may wait for a card that another program holds. Work of this process that
    /// stands before it in the queue does not count.
    pub card_held_deadline: Duration,
    /// Most jobs that wait at one reader; the next one is refused as busy.
    pub queue_jobs: usize,
    /// Longest pause between two attempts to reach a PC/SC service that is down. PC/SC has no
    /// event for its return.
    pub service_retry: Duration,
    /// Longest time between two looks at the readers although PC/SC reports nothing: a cancel
    /// that meets no waiter is lost, and so is a reader that arrives while no one waits.
    pub status_timeout: Duration,
}

impl Default for ReaderSettings {
    fn default() -> Self {
        Self {
            card_held_deadline: Duration::from_secs(3),
            queue_jobs: 8,
            service_retry: Duration::from_millis(250),
            // A reader that comes back is served within two seconds, whatever PC/SC reports.
            status_timeout: Duration::from_secs(1),
        }
    }
}
