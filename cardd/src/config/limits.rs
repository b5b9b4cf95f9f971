//! Bounds of queues and waits.

use std::time::Duration;

use serde::Deserialize;

use super::range::{Range, count, range};
use crate::policy::budget::MOST_PER_HOUR;

/// Bounds of queues and waits.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// From the prompt to the sealed digits.
    pub entry_lifetime_ms: u64,
    /// Entries open at once.
    pub open_entries: usize,
    /// Longest wait of a desk for card work.
    pub card_work_ms: u64,
    /// Events kept for watchers that come back.
    pub event_buffer: usize,
    /// Event streams open at once.
    pub watchers: usize,
    /// Connections open at once: per desk of this host, and of all others together.
    pub connections: usize,
    /// Longest wait for running work at shutdown.
    pub shutdown_ms: u64,
    /// How long a verification receipt is good.
    pub receipt_lifetime_ms: u64,
    /// Wrong tries over all cards in an hour, before unattended desks close.
    pub guess_budget_per_hour: u32,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            entry_lifetime_ms: 120_000,
            open_entries: 64,
            card_work_ms: 20_000,
            event_buffer: 1024,
            watchers: 64,
            connections: 32,
            shutdown_ms: 5000,
            receipt_lifetime_ms: 300_000,
            guess_budget_per_hour: 10,
        }
    }
}

impl LimitsConfig {
    /// [`LimitsConfig::shutdown_ms`] as a duration.
    #[must_use]
    pub fn shutdown(&self) -> Duration {
        Duration::from_millis(self.shutdown_ms)
    }
}

impl LimitsConfig {
    /// Every number with its permitted range.
    pub(super) fn ranges(&self) -> [Range; 9] {
        [
            range(
                "limits.receipt_lifetime_ms",
                self.receipt_lifetime_ms,
                1000..=3_600_000,
            ),
            range(
                "limits.entry_lifetime_ms",
                self.entry_lifetime_ms,
                1000..=600_000,
            ),
            range("limits.open_entries", count(self.open_entries), 1..=4096),
            range("limits.card_work_ms", self.card_work_ms, 100..=300_000),
            range("limits.event_buffer", count(self.event_buffer), 16..=65_536),
            range("limits.watchers", count(self.watchers), 1..=1024),
            range("limits.connections", count(self.connections), 1..=1024),
            range("limits.shutdown_ms", self.shutdown_ms, 100..=60_000),
            range(
                "limits.guess_budget_per_hour",
                self.guess_budget_per_hour.into(),
                1..=MOST_PER_HOUR.into(),
            ),
        ]
    }
}
