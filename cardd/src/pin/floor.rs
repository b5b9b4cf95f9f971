//! The floor: how many tries must be left before one may be spent.

use std::num::NonZeroU8;

/// Fewest tries that must be left before a desk spends one: what is promised for its kind, or what
/// the region raised it to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryFloor(u8);

impl RetryFloor {
    /// Nobody watches: the last try is never spent.
    pub const UNATTENDED: Self = Self(2);
    /// Staff watch: the last try may be spent, after the holder was told.
    pub const STAFFED: Self = Self(1);

    /// Fewest tries that must be left before one is spent.
    #[must_use]
    pub fn fewest_remaining(self) -> u8 {
        self.0
    }

    /// Raised to what a region wants; never lowered.
    #[must_use]
    pub fn raised_to(self, fewest_remaining: u8) -> Self {
        Self(self.0.max(fewest_remaining))
    }

    /// Whether a try may be spent while `remaining` are left, and what that try would be.
    ///
    /// # Errors
    /// [`AtFloor`]: not at this kind of desk.
    pub fn check(self, remaining: NonZeroU8) -> Result<TryToSpend, AtFloor> {
        if remaining.get() < self.fewest_remaining() {
            Err(AtFloor { remaining })
        } else if remaining == NonZeroU8::MIN {
            Ok(TryToSpend::Last)
        } else {
            Ok(TryToSpend::NotLast)
        }
    }
}

/// What the next wrong PIN would do to the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TryToSpend {
    /// Another try would be left.
    NotLast,
    /// It would lock the card: to be said, and accepted, first.
    Last,
}

/// Too few tries are left for this kind of desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{remaining} try left, which this desk does not spend")]
pub struct AtFloor {
    /// Tries left.
    pub remaining: NonZeroU8,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_staffed_desk_spends_the_last_try() {
        let left = |n| NonZeroU8::new(n).unwrap();
        let refused = Err(AtFloor { remaining: left(1) });
        assert_eq!(RetryFloor::UNATTENDED.check(left(1)), refused);
        assert_eq!(RetryFloor::STAFFED.check(left(1)), Ok(TryToSpend::Last));
        for floor in [RetryFloor::UNATTENDED, RetryFloor::STAFFED] {
            for n in 2..=15 {
                assert_eq!(floor.check(left(n)), Ok(TryToSpend::NotLast), "{n}");
            }
        }
    }

    #[test]
    fn a_region_raises_the_floor_and_never_lowers_it() {
        let left = |n| NonZeroU8::new(n).unwrap();
        for fewest in [0, 1, 2] {
            assert_eq!(
                RetryFloor::UNATTENDED.raised_to(fewest),
                RetryFloor::UNATTENDED
            );
        }
        let raised = RetryFloor::STAFFED.raised_to(3);
        assert!(raised.check(left(2)).is_err());
        assert_eq!(raised.check(left(3)), Ok(TryToSpend::NotLast));
    }
}
