//! Faults of a card's own counters, for terminals that must not be led astray by one.

use serde::Deserialize;

/// `[faults]` of a persona. The default is a card without faults.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Faults {
    /// VERIFY with Lc 00 says that this many tries are left, 0 to 15, whatever is true. Default:
    /// the truth.
    pub query_shows: Option<u8>,
    /// Tries that a wrong PIN costs; 0 is a card that never counts. Default 1.
    pub wrong_pin_costs: u8,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            query_shows: None,
            wrong_pin_costs: 1,
        }
    }
}
