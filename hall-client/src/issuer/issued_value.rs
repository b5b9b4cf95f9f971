//! The one-time value that a reset leaves on the card.

use cardd_proto::secret::Secret;

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
}
