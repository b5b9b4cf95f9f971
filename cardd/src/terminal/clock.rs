//! Time, as an argument.

use std::{
    pin::Pin,
    time::{Duration, Instant},
};

/// A wait.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where a terminal takes the time from.
pub trait Clock: Send + Sync {
    /// Wall clock in milliseconds since 1970-01-01T00:00:00Z; may step in both directions.
    fn unix_ms(&self) -> u64;

    /// Monotonic clock, for lifetimes.
    fn now(&self) -> Instant;

    /// Ends when so much of the monotonic clock's time has passed.
    fn sleep(&self, time: Duration) -> Sleep;
}

/// What comes within `bound`; `None` if nothing does. What is there at the end of the bound counts.
pub(super) async fn within<T>(
    clock: &dyn Clock,
    bound: Duration,
    what: impl Future<Output = T>,
) -> Option<T> {
    tokio::select! {
        biased;
        came = what => Some(came),
        () = clock.sleep(bound) => None,
    }
}
