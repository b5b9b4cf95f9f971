//! The PIN object: 4 to 16 decimal digits as packed BCD, an odd last digit takes the low nibble F
//! (LD/T 32.5 VERIFY). No ASCII, no ISO 9564 block.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use subtle::{Choice, ConstantTimeEq};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Fewest bytes of a PIN on the wire: four digits.
pub const MIN_BYTES: usize = 2;
/// Most bytes of a PIN on the wire: sixteen digits.
pub const MAX_BYTES: usize = 8;

/// A well-formed PIN. Wiped on drop, compared in constant time, never shown.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Pin {
    bcd: [u8; MAX_BYTES],
    length: u8,
}

/// Not 4 to 16 decimal digits. Says nothing about the digits themselves.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("a PIN is 4 to 16 decimal digits")]
pub struct PinError;

impl Pin {
    /// A PIN from its digits as typed.
    ///
    /// # Errors
    /// When there are not 4 to 16 characters, or one is not 0 to 9.
    pub fn from_digits(digits: &str) -> Result<Self, PinError> {
        if !(4..=16).contains(&digits.len()) || !digits.bytes().all(|c| c.is_ascii_digit()) {
            return Err(PinError);
        }
        let mut bcd = [0; MAX_BYTES];
        for (byte, pair) in bcd.iter_mut().zip(digits.as_bytes().chunks(2)) {
            *byte = match pair {
                [high, low] => (high & 0x0F) << 4 | (low & 0x0F),
                [high] => (high & 0x0F) << 4 | 0x0F,
                _ => return Err(PinError),
            };
        }
        let length = u8::try_from(digits.len().div_ceil(2)).map_err(|_| PinError)?;
        Ok(Self { bcd, length })
    }

    /// A PIN from its packed BCD form on the wire.
    ///
    /// # Errors
    /// When there are not 2 to 8 bytes, or a nibble is no digit; only the very last may be F.
    pub fn from_bcd(bytes: &[u8]) -> Result<Self, PinError> {
        let (last, head) = bytes.split_last().ok_or(PinError)?;
        let digits = |byte: &u8| byte >> 4 <= 9 && byte & 0x0F <= 9;
        let odd_end = last >> 4 <= 9 && last & 0x0F == 0x0F;
        let sized = (MIN_BYTES..=MAX_BYTES).contains(&bytes.len());
        if !sized || !head.iter().all(digits) || !(digits(last) || odd_end) {
            return Err(PinError);
        }
        if bytes.len() == MIN_BYTES && odd_end {
            return Err(PinError);
        }
        let length = u8::try_from(bytes.len()).map_err(|_| PinError)?;
        Ok(Self {
            bcd: padded(bytes),
            length,
        })
    }

    /// Whether `candidate` is this PIN byte for byte. Takes the same time for any candidate of 2 to
    /// 8 bytes, right or wrong, long or short.
    #[must_use]
    pub fn matches(&self, candidate: &[u8]) -> bool {
        let mut other = padded(candidate);
        let same_length: Choice = u64::from(self.length).ct_eq(&(candidate.len() as u64));
        let equal = self.bcd.ct_eq(&other) & same_length;
        other.zeroize();
        equal.into()
    }

    /// Bytes on the wire, 2 to 8.
    #[must_use]
    pub fn byte_length(&self) -> usize {
        usize::from(self.length)
    }

    /// The packed BCD form, for the PIN block and the state file.
    pub(crate) fn bcd(&self) -> &[u8] {
        self.bcd.get(..self.byte_length()).unwrap_or(&self.bcd)
    }
}

/// The first eight bytes, filled right with zeros.
fn padded(bytes: &[u8]) -> [u8; MAX_BYTES] {
    let mut out = [0; MAX_BYTES];
    for (to, from) in out.iter_mut().zip(bytes) {
        *to = *from;
    }
    out
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(..)")
    }
}

/// The state file and the persona hold digits; both are made-up test data.
impl Serialize for Pin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut digits = Zeroizing::new(hex::encode_upper(self.bcd()));
        if digits.ends_with('F') {
            digits.pop();
        }
        serializer.serialize_str(&digits)
    }
}

impl<'de> Deserialize<'de> for Pin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DigitsVisitor)
    }
}

/// Reads quoted digits. A number would lose leading zeros, and serde's own error would repeat it.
struct DigitsVisitor;

impl Visitor<'_> for DigitsVisitor {
    type Value = Pin;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("4 to 16 decimal digits in quotes")
    }

    fn visit_str<E: de::Error>(self, digits: &str) -> Result<Pin, E> {
        Pin::from_digits(digits).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Pin, E> {
        Err(E::custom("a PIN is written in quotes"))
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Pin, E> {
        Err(E::custom("a PIN is written in quotes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_become_packed_bcd() {
        let table = [
            ("1234", "1234"),
            ("12345", "12345F"),
            ("123456", "123456"),
            ("1234567890123456", "1234567890123456"),
        ];
        for (digits, bcd) in table {
            let pin = Pin::from_digits(digits).unwrap();
            assert_eq!(hex::encode_upper(pin.bcd()), bcd);
            assert!(
                Pin::from_bcd(&hex::decode(bcd).unwrap())
                    .unwrap()
                    .matches(pin.bcd())
            );
        }
    }

    #[test]
    fn malformed_pins_are_refused() {
        for digits in ["", "123", "12345678901234567", "12a4", "１２３４"] {
            assert!(Pin::from_digits(digits).is_err(), "{digits}");
        }
        for bcd in [
            "",
            "12",
            "123F",
            "12FF",
            "1A34",
            "12F456",
            "123456789012345678",
        ] {
            assert!(Pin::from_bcd(&hex::decode(bcd).unwrap()).is_err(), "{bcd}");
        }
    }

    #[test]
    fn only_the_same_bytes_match() {
        let pin = Pin::from_digits("1234").unwrap();
        assert!(pin.matches(&[0x12, 0x34]));
        for wrong in [
            &[][..],
            &[0x12],
            &[0x12, 0x35],
            &[0x12, 0x34, 0x00],
            &[0x12, 0x34, 0xFF],
        ] {
            assert!(!pin.matches(wrong), "{wrong:02X?}");
        }
    }

    #[test]
    fn debug_shows_no_digit() {
        assert_eq!(
            format!("{:?}", Pin::from_digits("1234").unwrap()),
            "Pin(..)"
        );
    }
}
