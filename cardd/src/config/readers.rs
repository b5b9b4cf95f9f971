//! Work on readers.

use serde::Deserialize;

use super::range::{Range, count, range};

/// Work on readers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadersConfig {
    /// Longest wait for a card that another program holds.
    pub card_held_ms: u64,
    /// Jobs that may wait for one reader.
    pub queue_jobs: usize,
    /// Longest pause between attempts to reach the PC/SC service.
    pub service_retry_ms: u64,
}

impl Default for ReadersConfig {
    fn default() -> Self {
        Self {
            card_held_ms: 3000,
            queue_jobs: 8,
            service_retry_ms: 250,
        }
    }
}

impl ReadersConfig {
    /// Every number with its permitted range.
    pub(super) fn ranges(&self) -> [Range; 3] {
        [
            range("readers.card_held_ms", self.card_held_ms, 0..=60_000),
            range("readers.queue_jobs", count(self.queue_jobs), 1..=1024),
            range("readers.service_retry_ms", self.service_retry_ms, 10..=1000),
        ]
    }
}
