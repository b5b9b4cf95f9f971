//! Time, as an argument.

use std::time::Instant;

/// Where a terminal takes the time from.
pub trait Clock: Send + Sync {
    /// Wall clock in milliseconds since 1970-01-01T00:00:00Z; may step in both directions.
    fn unix_ms(&self) -> u64;

    /// Monotonic clock, for lifetimes.
    fn now(&self) -> Instant;
}
