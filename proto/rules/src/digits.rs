//! The digits of a PIN, as the rules look at them.

use std::fmt;

use subtle::{Choice, ConstantTimeEq};

/// Borrowed digits of a PIN, as values 0 to 9. How many there are is no secret: desks are told.
///
/// `Debug` prints `Digits(..)`. What looks at them runs the same instructions whatever they are:
/// the modules `shape`, `common`, `writings` and `derived` neither branch on a digit nor use one as
/// an index, and say what they found as a [`Choice`].
#[derive(Clone, Copy)]
pub struct Digits<'a>(&'a [u8]);

impl<'a> Digits<'a> {
    /// From values 0 to 9.
    #[must_use]
    pub fn new(values: &'a [u8]) -> Self {
        Self(values)
    }

    /// Whether they are these.
    pub(crate) fn is(self, other: &[u8]) -> Choice {
        self.0.ct_eq(other)
    }

    /// Their values.
    pub(crate) fn values(self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Debug for Digits<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digits(..)")
    }
}

/// Whether all of them hold. Looks at each.
pub(crate) fn all(choices: impl IntoIterator<Item = Choice>) -> Choice {
    let held = |held, choice| held & choice;
    choices.into_iter().fold(Choice::from(1), held)
}

/// Whether any of them holds. Looks at each.
pub(crate) fn any(choices: impl IntoIterator<Item = Choice>) -> Choice {
    let found = |found, choice| found | choice;
    choices.into_iter().fold(Choice::from(0), found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_another_pin() {
        let digits = Digits::new(&[8, 3, 1, 7]);
        assert!(bool::from(digits.is(&[8, 3, 1, 7])));
        for other in [&[8, 3, 1][..], &[8, 3, 1, 7, 0], &[8, 3, 1, 8], &[]] {
            assert!(!bool::from(digits.is(other)), "{other:?}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Digits::new(&[8, 3, 1, 7])), "Digits(..)");
    }

    #[test]
    fn all_of_nothing_holds_and_any_of_nothing_does_not() {
        assert!(bool::from(all([])) && !bool::from(any([])));
    }
}
