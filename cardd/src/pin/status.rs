//! What is known about the PIN of a card.

use std::num::NonZeroU8;

/// What the card itself says when asked for free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinCounter {
    /// The card carries no PIN.
    NotSet,
    /// Tries left.
    Attempts(NonZeroU8),
    /// No try is left; only the issuer's keys restore the counter.
    Blocked,
    /// The card does not answer the question without spending a try, so it is not asked.
    Unknown,
}

/// Who chose the PIN in force. A card cannot tell; the terminal's records may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinOrigin {
    /// The issuer: uniform or derived from the holder's data, to be changed before any business.
    Issued,
    /// The holder.
    Own,
}

/// The state of a PIN as far as it is known without cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinStatus {
    /// The card carries no PIN.
    NotSet,
    /// The issuer's PIN is in force.
    Issued {
        /// Tries left.
        attempts: NonZeroU8,
    },
    /// The holder's own PIN is in force.
    Own {
        /// Tries left.
        attempts: NonZeroU8,
    },
    /// No try is left.
    Blocked,
    /// Whose PIN it is, and perhaps how many tries are left, cannot be asked without cost.
    Unknown {
        /// Tries left, where the card told them.
        attempts: Option<NonZeroU8>,
    },
}

impl PinStatus {
    /// Puts the card's answer and the records together. The card is the truth about its counter:
    /// what is remembered of the PIN never overrules `NotSet` or `Blocked`, and without a counter
    /// it is no ground to act on.
    #[must_use]
    pub fn of(counter: PinCounter, origin: Option<PinOrigin>) -> Self {
        match (counter, origin) {
            (PinCounter::NotSet, _) => Self::NotSet,
            (PinCounter::Blocked, _) => Self::Blocked,
            (PinCounter::Unknown, _) => Self::Unknown { attempts: None },
            (PinCounter::Attempts(attempts), Some(PinOrigin::Issued)) => Self::Issued { attempts },
            (PinCounter::Attempts(attempts), Some(PinOrigin::Own)) => Self::Own { attempts },
            (PinCounter::Attempts(attempts), None) => Self::Unknown {
                attempts: Some(attempts),
            },
        }
    }

    /// Tries left, where known; 0 when blocked.
    #[must_use]
    pub fn attempts_remaining(self) -> Option<u8> {
        match self {
            Self::Issued { attempts } | Self::Own { attempts } => Some(attempts.get()),
            Self::Unknown { attempts } => attempts.map(NonZeroU8::get),
            Self::Blocked => Some(0),
            Self::NotSet => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_counter_with_every_origin() {
        use PinCounter::{Attempts, Blocked, NotSet, Unknown};
        use PinOrigin::{Issued, Own};
        let n = NonZeroU8::new(5).unwrap();
        let unknown = |attempts| PinStatus::Unknown { attempts };
        for (counter, origin, expected, left) in [
            (NotSet, None, PinStatus::NotSet, None),
            (NotSet, Some(Issued), PinStatus::NotSet, None),
            (NotSet, Some(Own), PinStatus::NotSet, None),
            (Attempts(n), None, unknown(Some(n)), Some(5)),
            (
                Attempts(n),
                Some(Issued),
                PinStatus::Issued { attempts: n },
                Some(5),
            ),
            (
                Attempts(n),
                Some(Own),
                PinStatus::Own { attempts: n },
                Some(5),
            ),
            (Blocked, None, PinStatus::Blocked, Some(0)),
            (Blocked, Some(Issued), PinStatus::Blocked, Some(0)),
            (Blocked, Some(Own), PinStatus::Blocked, Some(0)),
            (Unknown, None, unknown(None), None),
            (Unknown, Some(Issued), unknown(None), None),
            (Unknown, Some(Own), unknown(None), None),
        ] {
            let status = PinStatus::of(counter, origin);
            assert_eq!(status, expected, "{counter:?} {origin:?}");
            assert_eq!(status.attempts_remaining(), left, "{counter:?} {origin:?}");
        }
    }
}
