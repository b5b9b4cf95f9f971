//! The PIN as the issuer leaves it.

use serde::Deserialize;

use super::PersonaError;
use crate::counter::Counter;
use crate::pin::Pin;

/// `[pin]` of a persona.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PinSettings {
    /// 4 to 16 decimal digits. Default none: the PIN is empty.
    pub digits: Option<Pin>,
    /// Maximum of the try counter, 1 to 15. Issuers differ (3 to 8 are told to the public); default
    /// 6.
    pub attempt_limit: u8,
    /// Tries left at the start. Default: the limit. 0 is a locked PIN.
    pub attempts_left: Option<u8>,
}

impl Default for PinSettings {
    fn default() -> Self {
        Self {
            digits: None,
            attempt_limit: 6,
            attempts_left: None,
        }
    }
}

impl PinSettings {
    /// The counter at the start.
    ///
    /// # Errors
    /// When the limit is not 1 to 15 or fewer than the tries left.
    pub fn counter(&self) -> Result<Counter, PersonaError> {
        let left = self.attempts_left.unwrap_or(self.attempt_limit);
        let reason = "limit is 1 to 15 and bounds the tries left";
        let error = PersonaError::Value {
            setting: "pin.attempt_limit",
            reason,
        };
        Counter::new(left, self.attempt_limit).map_err(|_| error)
    }
}
