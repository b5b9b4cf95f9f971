//! What the hall runs for.

use serde::Deserialize;

/// Whether real cards are at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Simulated cards with made-up keys.
    Simulation,
    /// Cards of real people: keys belong in a hardware module.
    Production,
}
