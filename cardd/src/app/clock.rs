//! The clock of this host, as the terminal asks it.

use std::time::{Duration, Instant, SystemTime};

use tokio::runtime::Handle;

use crate::terminal::{Clock, Sleep};

pub(super) struct SystemClock {
    /// Keeps the timers: a card's own thread waits as well.
    pub(super) runtime: Handle,
}

impl Clock for SystemClock {
    fn unix_ms(&self) -> u64 {
        unix_ms()
    }

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep(&self, time: Duration) -> Sleep {
        let _timers = self.runtime.enter();
        Box::pin(tokio::time::sleep(time))
    }
}

/// A clock before 1970 reads as 1970.
pub(super) fn unix_ms() -> u64 {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since_1970.map_or(0, whole_ms)
}

pub(super) fn whole_ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
