//! Attempt counter of the PIN and of each key (LD/T 32.7).

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Tries left and the maximum they return to. The maximum is 1 to 15, what `63Cx` can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Counter {
    left: u8,
    limit: u8,
}

/// A counter that no card can have.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("attempt counter {left} of {limit}: the limit is 1 to 15 and bounds the tries left")]
pub struct CounterError {
    left: u8,
    limit: u8,
}

impl Counter {
    /// A counter with `left` of `limit` tries.
    ///
    /// # Errors
    /// When `limit` is not 1 to 15 or `left` is above it.
    pub fn new(left: u8, limit: u8) -> Result<Self, CounterError> {
        if (1..=15).contains(&limit) && left <= limit {
            Ok(Self { left, limit })
        } else {
            Err(CounterError { left, limit })
        }
    }

    /// Tries left, 0 when locked.
    #[must_use]
    pub fn left(self) -> u8 {
        self.left
    }

    /// The maximum success returns to.
    #[must_use]
    pub fn limit(self) -> u8 {
        self.limit
    }

    /// No try is left.
    #[must_use]
    pub fn is_locked(self) -> bool {
        self.left == 0
    }

    /// One try spent; `None` when none was left.
    #[must_use]
    pub fn counted(self) -> Option<Self> {
        let left = self.left.checked_sub(1)?;
        Some(Self { left, ..self })
    }

    /// Fewer by `tries`, 0 at the least.
    #[must_use]
    pub fn less(self, tries: u8) -> Self {
        Self {
            left: self.left.saturating_sub(tries),
            ..self
        }
    }

    /// Back at the maximum, after success or an issuer command.
    #[must_use]
    pub fn restored(self) -> Self {
        Self {
            left: self.limit,
            ..self
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    left: u8,
    limit: u8,
}

impl TryFrom<Stored> for Counter {
    type Error = CounterError;

    fn try_from(stored: Stored) -> Result<Self, CounterError> {
        Self::new(stored.left, stored.limit)
    }
}

impl From<Counter> for Stored {
    fn from(counter: Counter) -> Self {
        Self {
            left: counter.left,
            limit: counter.limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_down_to_locked_and_back() {
        let counter = Counter::new(2, 6).unwrap();
        let one = counter.counted().unwrap();
        let none = one.counted().unwrap();
        assert_eq!((one.left(), none.left()), (1, 0));
        assert!(none.is_locked());
        assert_eq!(none.counted(), None);
        assert_eq!(none.restored().left(), 6);
        assert_eq!((counter.less(1).left(), counter.less(3).left()), (1, 0));
    }

    #[test]
    fn impossible_counters_are_refused() {
        for (left, limit) in [(0, 0), (7, 6), (16, 16)] {
            assert_eq!(Counter::new(left, limit), Err(CounterError { left, limit }));
        }
    }
}
