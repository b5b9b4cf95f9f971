//! How many digits a PIN may have.

use serde::Deserialize;

/// Fewest and most digits of a PIN in a region, both within what the card takes: 4 to 16
/// (LD/T 32.5 VERIFY: 2 to 8 bytes of packed BCD). Four to six unless configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Bounds")]
pub struct PinLength {
    min: u8,
    max: u8,
}

impl PinLength {
    /// Fewest digits a card takes.
    pub const CARD_MIN: u8 = 4;
    /// Most digits a card takes.
    pub const CARD_MAX: u8 = 16;

    /// From the two bounds, both inclusive, in digits.
    ///
    /// # Errors
    /// [`PinLengthError`] unless 4 ≤ `min` ≤ `max` ≤ 16.
    pub fn new(min: u8, max: u8) -> Result<Self, PinLengthError> {
        if Self::CARD_MIN <= min && min <= max && max <= Self::CARD_MAX {
            Ok(Self { min, max })
        } else {
            Err(PinLengthError { min, max })
        }
    }

    /// Fewest digits.
    #[must_use]
    pub fn min(self) -> u8 {
        self.min
    }

    /// Most digits.
    #[must_use]
    pub fn max(self) -> u8 {
        self.max
    }
}

impl Default for PinLength {
    fn default() -> Self {
        Self { min: 4, max: 6 }
    }
}

/// Bounds that no card or no holder can keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("PIN length {min} to {max} is not a range within 4 to 16 digits")]
pub struct PinLengthError {
    min: u8,
    max: u8,
}

/// The bounds as the configuration writes them, before they are checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bounds {
    min: u8,
    max: u8,
}

impl TryFrom<Bounds> for PinLength {
    type Error = PinLengthError;

    fn try_from(bounds: Bounds) -> Result<Self, Self::Error> {
        Self::new(bounds.min, bounds.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_stay_within_what_the_card_takes() {
        assert_eq!(PinLength::new(4, 16), Ok(PinLength { min: 4, max: 16 }));
        for (min, max) in [(3, 6), (4, 17), (6, 5), (0, 0)] {
            assert_eq!(PinLength::new(min, max), Err(PinLengthError { min, max }));
        }
    }

    #[test]
    fn the_configuration_passes_the_same_check() {
        let length: PinLength = toml::from_str("min = 6\nmax = 6").unwrap();
        assert_eq!((length.min(), length.max()), (6, 6));
        assert!(toml::from_str::<PinLength>("min = 2\nmax = 6").is_err());
        assert!(toml::from_str::<PinLength>("min = 4\nmax = 6\nmaximum = 8").is_err());
    }

    #[test]
    fn four_to_six_digits_unless_configured() {
        assert_eq!(PinLength::default(), PinLength { min: 4, max: 6 });
    }
}
