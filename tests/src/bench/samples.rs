//! Durations, and what is told of them.

use std::time::Duration;

use serde::Serialize;

/// Durations of the same work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Samples(Vec<Duration>);

/// The middle and the slow end, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// Half of the samples are faster.
    pub median_us: f64,
    /// Ninety-nine of a hundred are faster (nearest rank).
    pub p99_us: f64,
    /// How many there were.
    pub samples: usize,
}

impl Samples {
    /// Adds one.
    pub fn push(&mut self, sample: Duration) {
        self.0.push(sample);
    }

    /// Adds all of another lot.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Middle and slow end; zeros without samples.
    #[must_use]
    pub fn spread(&self) -> Spread {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        Spread {
            median_us: at_rank(&sorted, 50),
            p99_us: at_rank(&sorted, 99),
            samples: sorted.len(),
        }
    }

    /// Pieces of work per second, one after the other; zero without samples.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        let total: Duration = self.0.iter().sum();
        if total.is_zero() {
            return 0.0;
        }
        self.0.len() as f64 / total.as_secs_f64()
    }
}

impl FromIterator<Duration> for Samples {
    fn from_iter<I: IntoIterator<Item = Duration>>(samples: I) -> Self {
        Self(samples.into_iter().collect())
    }
}

/// Nearest rank: the smallest sample that so many percent do not exceed.
fn at_rank(sorted: &[Duration], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    let sample = sorted.get(rank.saturating_sub(1));
    sample.map_or(0.0, |sample| sample.as_secs_f64() * 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(microseconds: impl IntoIterator<Item = u64>) -> Samples {
        microseconds
            .into_iter()
            .map(Duration::from_micros)
            .collect()
    }

    #[test]
    fn median_and_slow_end() {
        let spread = of((1..=200).rev()).spread();
        assert_eq!(
            (spread.median_us, spread.p99_us, spread.samples),
            (100.0, 198.0, 200)
        );
    }

    #[test]
    fn one_sample_is_both() {
        let spread = of([7]).spread();
        assert_eq!((spread.median_us, spread.p99_us), (7.0, 7.0));
    }

    #[test]
    fn none_is_zero() {
        assert_eq!(of([]).spread().median_us, 0.0);
        assert_eq!(of([]).per_second(), 0.0);
    }

    #[test]
    fn a_rate_is_work_by_time() {
        assert_eq!(of([500_000, 500_000, 1_000_000]).per_second(), 1.5);
    }
}
