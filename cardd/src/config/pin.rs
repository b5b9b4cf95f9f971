//! PIN length and the rules of the region.

use serde::Deserialize;

use crate::pin::{PinLength, Rules};

/// PIN length and the region's rules.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PinConfig {
    /// Permitted number of digits.
    pub length: PinLength,
    /// Issued values and what a new PIN may not be.
    pub rules: Rules,
}
