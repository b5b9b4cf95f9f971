//! Notices that the wall clock was set.

/// Steps below this are not told apart from two clocks read one after the other. They add up: a
/// clock that is set often and by little is noticed all the same.
const TOLERANCE_MS: i64 = 2000;

/// Holds the wall clock against the monotonic one.
#[derive(Debug, Clone, Copy)]
pub struct ClockWatch {
    /// Wall clock less running time.
    offset_ms: i64,
}

impl ClockWatch {
    /// From both clocks as they are now: milliseconds since 1970, milliseconds of running time.
    #[must_use]
    pub fn new(unix_ms: u64, running_ms: i64) -> Self {
        Self {
            offset_ms: offset(unix_ms, running_ms),
        }
    }

    /// By how much the wall clock was set since the last step that was noticed, milliseconds.
    pub fn step(&mut self, unix_ms: u64, running_ms: i64) -> Option<i64> {
        let now_ms = offset(unix_ms, running_ms);
        let by_ms = now_ms.saturating_sub(self.offset_ms);
        if by_ms.saturating_abs() < TOLERANCE_MS {
            return None;
        }
        self.offset_ms = now_ms;
        Some(by_ms)
    }
}

fn offset(unix_ms: u64, running_ms: i64) -> i64 {
    i64::try_from(unix_ms)
        .unwrap_or(i64::MAX)
        .saturating_sub(running_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_told_once_and_time_that_passes_is_none() {
        let mut watch = ClockWatch::new(1_000_000, 0);
        assert_eq!(watch.step(1_060_000, 60_000), None);
        assert_eq!(watch.step(4_660_000, 60_000), Some(3_600_000));
        assert_eq!(watch.step(4_661_000, 61_000), None);
        assert_eq!(watch.step(61_000, 61_000), Some(-4_600_000));
        assert_eq!(watch.step(62_000, 62_000), None);
    }

    #[test]
    fn small_steps_add_up() {
        let mut watch = ClockWatch::new(1_000_000, 0);
        assert_eq!(watch.step(1_001_500, 0), None);
        assert_eq!(watch.step(1_003_000, 0), Some(3000));
    }

    #[test]
    fn no_clock_overflows() {
        let mut watch = ClockWatch::new(0, 0);
        assert_eq!(watch.step(u64::MAX, i64::MIN), Some(i64::MAX));
        assert!(watch.step(0, i64::MAX).is_some());
    }
}
