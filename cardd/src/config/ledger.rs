//! Where records go, and how long they stay.

use std::path::PathBuf;

use serde::Deserialize;

use super::range::{Range, range};

/// Where records go.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LedgerConfig {
    /// Directory of the store.
    pub directory: PathBuf,
    /// Records kept; of older ones, those go that the hall has.
    pub retention_records: u64,
    /// Records that the hall has not acknowledged: so many close PIN work. 0: no hall collects.
    pub unacknowledged_limit: u64,
}

impl Default for LedgerConfig {
    fn default() -> Self {
        Self {
            directory: PathBuf::from("/var/lib/cardd/ledger"),
            retention_records: 100_000,
            unacknowledged_limit: 500_000,
        }
    }
}

impl LedgerConfig {
    /// Every number with its permitted range.
    pub(super) fn ranges(&self) -> [Range; 2] {
        [
            range(
                "ledger.retention_records",
                self.retention_records,
                100..=10_000_000,
            ),
            range(
                "ledger.unacknowledged_limit",
                self.unacknowledged_limit,
                0..=10_000_000,
            ),
        ]
    }
}
