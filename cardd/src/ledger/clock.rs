//! The time of records, and steps of the wall clock.

use std::sync::Arc;

/// Steps below this are not told apart from two clocks read one after the other. They add up: a
/// clock that is set often and by little is noticed all the same.
const TOLERANCE_MS: i64 = 2000;

/// Both clocks, read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Wall clock, milliseconds since 1970-01-01T00:00:00Z.
    pub unix_ms: u64,
    /// A clock that nobody sets, milliseconds since whatever it counts from.
    pub running_ms: u64,
}

impl Moment {
    /// By a wall clock that is never set.
    #[must_use]
    pub fn steady(unix_ms: u64) -> Self {
        Self {
            unix_ms,
            running_ms: unix_ms,
        }
    }

    /// Wall clock less running time.
    fn offset_ms(self) -> i64 {
        let signed = |ms: u64| i64::try_from(ms).unwrap_or(i64::MAX);
        signed(self.unix_ms).saturating_sub(signed(self.running_ms))
    }
}

/// Where a ledger takes the time from.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// Holds the wall clock against the one that nobody sets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClockWatch {
    offset_ms: i64,
}

impl ClockWatch {
    /// From now on.
    pub(crate) fn new(now: Moment) -> Self {
        Self {
            offset_ms: now.offset_ms(),
        }
    }

    /// By how much the wall clock was set since the last step that was noticed, milliseconds.
    pub(crate) fn step(&mut self, now: Moment) -> Option<i64> {
        let by_ms = now.offset_ms().saturating_sub(self.offset_ms);
        if by_ms.saturating_abs() < TOLERANCE_MS {
            return None;
        }
        self.offset_ms = now.offset_ms();
        Some(by_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(unix_ms: u64, running_ms: u64) -> Moment {
        Moment {
            unix_ms,
            running_ms,
        }
    }

    #[test]
    fn a_step_is_told_once_and_time_that_passes_is_none() {
        let mut watch = ClockWatch::new(at(1_000_000, 0));
        assert_eq!(watch.step(at(1_060_000, 60_000)), None);
        assert_eq!(watch.step(at(4_660_000, 60_000)), Some(3_600_000));
        assert_eq!(watch.step(at(4_661_000, 61_000)), None);
        assert_eq!(watch.step(at(61_000, 61_000)), Some(-4_600_000));
        assert_eq!(watch.step(at(62_000, 62_000)), None);
    }

    #[test]
    fn small_steps_add_up() {
        let mut watch = ClockWatch::new(at(1_000_000, 0));
        assert_eq!(watch.step(at(1_001_500, 0)), None);
        assert_eq!(watch.step(at(1_003_000, 0)), Some(3000));
    }

    #[test]
    fn no_clock_overflows() {
        let mut watch = ClockWatch::new(at(0, u64::MAX));
        assert_eq!(watch.step(at(u64::MAX, 0)), Some(i64::MAX));
        assert!(watch.step(at(0, u64::MAX)).is_some());
    }
}
