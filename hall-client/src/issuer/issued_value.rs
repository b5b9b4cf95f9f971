//! The one-time value that a reset leaves on the card.

use cardd_proto::secret::Secret;
use rand::CryptoRng;
use zeroize::Zeroizing;

/// Fewest and most digits of a PIN (LD/T 32.5).
const DIGITS: std::ops::RangeInclusive<usize> = 4..=16;

/// Digits of the PIN that a reset sets, until the holder changes it: 4 to 16 decimal ones, ASCII.
/// Wiped on drop; `Debug` shows none.
#[derive(Debug)]
pub struct IssuedValue(Secret);

/// What no PIN can be. Does not repeat the digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an issued value has 4 to 16 decimal digits")]
pub struct IssuedValueError;

impl IssuedValue {
    /// Takes the ASCII digits over.
    ///
    /// # Errors
    /// [`IssuedValueError`] when they are not 4 to 16 decimal digits; they are wiped all the same.
    pub fn new(digits: Secret) -> Result<Self, IssuedValueError> {
        let decimal = digits.expose().iter().all(u8::is_ascii_digit);
        if decimal && DIGITS.contains(&digits.len()) {
            Ok(Self(digits))
        } else {
            Err(IssuedValueError)
        }
    }

    /// A value that nobody knows: so many digits, each as likely as any other.
    ///
    /// # Errors
    /// [`IssuedValueError`] unless 4 to 16 are asked for.
    pub fn random(digits: usize, rng: &mut impl CryptoRng) -> Result<Self, IssuedValueError> {
        if !DIGITS.contains(&digits) {
            return Err(IssuedValueError);
        }
        let mut value = Secret::new();
        while value.len() < digits {
            let mut byte = Zeroizing::new([0]);
            rng.fill_bytes(byte.as_mut_slice());
            let [drawn] = *byte;
            // The last six of 256 would make some digits likelier.
            if drawn < 250 {
                value
                    .push(b'0' + drawn % 10)
                    .map_err(|_| IssuedValueError)?;
            }
        }
        Self::new(value)
    }

    /// The digits, to seal them for the terminal that lets the holder replace them.
    #[must_use]
    pub fn digits(&self) -> &Secret {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_to_sixteen_digits_and_nothing_else() {
        let table = [
            ("123", false),
            ("1234", true),
            ("1234567890123456", true),
            ("12345678901234567", false),
            ("12a4", false),
        ];
        for (text, fits) in table {
            let mut digits = text.as_bytes().to_vec();
            let secret = Secret::take_from(&mut digits).unwrap();
            let value = IssuedValue::new(secret);
            assert_eq!(value.is_ok(), fits, "{text}");
            assert!(!format!("{value:?}").contains(text), "{text}");
        }
    }
    #[test]
    fn every_digit_is_drawn_and_none_is_likelier() {
        use rand::{SeedableRng as _, rngs::StdRng};
        let mut rng = StdRng::seed_from_u64(3);
        let mut seen = [0_u32; 10];
        for _ in 0..1000 {
            let value = IssuedValue::random(16, &mut rng).unwrap();
            assert_eq!(value.digits().len(), 16);
            for digit in value.digits().expose() {
                seen[usize::from(digit - b'0')] += 1;
            }
        }
        // 16 000 draws, 1600 of each expected, standard deviation 38: six of them.
        assert!(
            seen.iter().all(|count| count.abs_diff(1600) < 228),
            "{seen:?}"
        );
        for digits in [0, 3, 17] {
            assert!(IssuedValue::random(digits, &mut rng).is_err());
        }
    }
}
