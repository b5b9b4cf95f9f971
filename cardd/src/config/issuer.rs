//! Unlocking and resetting.

use serde::Deserialize;

use super::range::{Range, range};

/// Unlocking and resetting.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IssuerConfig {
    /// Whether somebody may apply for the holder.
    pub agents_allowed: bool,
    /// Whether a second operator must approve.
    pub second_operator: bool,
    /// How long a grant is good.
    pub grant_lifetime_ms: u64,
    /// Longest wait for each answer of the hall.
    pub hall_patience_ms: u64,
    /// How long a card waits for its holder's choice after a reset.
    pub holder_wait_ms: u64,
}

impl Default for IssuerConfig {
    fn default() -> Self {
        Self {
            agents_allowed: true,
            second_operator: false,
            grant_lifetime_ms: 300_000,
            hall_patience_ms: 10_000,
            holder_wait_ms: 120_000,
        }
    }
}

impl IssuerConfig {
    /// Every number with its permitted range.
    pub(super) fn ranges(&self) -> [Range; 3] {
        [
            range(
                "issuer.grant_lifetime_ms",
                self.grant_lifetime_ms,
                1000..=3_600_000,
            ),
            range(
                "issuer.hall_patience_ms",
                self.hall_patience_ms,
                100..=60_000,
            ),
            range("issuer.holder_wait_ms", self.holder_wait_ms, 100..=600_000),
        ]
    }
}
