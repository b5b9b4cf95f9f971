//! The floor: how many tries must be left before one may be spent.

use std::num::NonZeroU8;

/// Who watches over the next try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryFloor {
    /// Nobody: the last try is never spent.
    Unattended,
    /// Staff: the last try may be spent, after the holder was told.
    Staffed,
}

impl RetryFloor {
    /// Fewest tries that must be left before one is spent.
    #[must_use]
    pub fn fewest_remaining(self) -> u8 {
        match self {
            Self::Unattended => 2,
            Self::Staffed => 1,
        }
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
        assert_eq!(RetryFloor::Unattended.check(left(1)), refused);
        assert_eq!(RetryFloor::Staffed.check(left(1)), Ok(TryToSpend::Last));
        for floor in [RetryFloor::Unattended, RetryFloor::Staffed] {
            for n in 2..=15 {
                assert_eq!(floor.check(left(n)), Ok(TryToSpend::NotLast), "{n}");
            }
        }
    }
}
