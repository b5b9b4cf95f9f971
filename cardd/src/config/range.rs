//! Numbers and what they may be.

use std::ops::RangeInclusive;

use super::{ConfigError, value};

/// A number of the configuration with its permitted range.
pub(super) struct Range {
    key: &'static str,
    number: u64,
    permitted: RangeInclusive<u64>,
}

/// The number at `key`.
pub(super) fn range(key: &'static str, number: u64, permitted: RangeInclusive<u64>) -> Range {
    Range {
        key,
        number,
        permitted,
    }
}

/// A number of things as a plain number.
pub(super) fn count(number: usize) -> u64 {
    number as u64
}

impl Range {
    /// Refuses a number out of its range, with its key.
    pub(super) fn check(self) -> Result<(), ConfigError> {
        if self.permitted.contains(&self.number) {
            return Ok(());
        }
        let (low, high) = (self.permitted.start(), self.permitted.end());
        let problem = format!("{} is not within {low} to {high}", self.number);
        Err(value(self.key, problem))
    }
}
