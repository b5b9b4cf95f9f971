//! Diversification factors of a card (LD/T 33, 分散因子).

use super::suite::CipherSuite;

/// An 8-byte diversification factor. Not a secret.
pub(super) type Factor = [u8; 8];

/// What does not make a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FactorError {
    /// A city code is six decimal digits.
    #[error("a city code has six decimal digits")]
    CityCode,
    /// Fewer than eight historical bytes.
    #[error("{bytes} historical bytes; the card factor is the last eight of at least as many")]
    HistoricalBytes {
        /// How many there were.
        bytes: usize,
    },
}

/// Six-digit code of the issuing city (发卡地区, GB/T 2260), such as 420100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CityCode([u8; 6]);

impl std::str::FromStr for CityCode {
    type Err = FactorError;

    fn from_str(text: &str) -> Result<Self, FactorError> {
        let digits = text.as_bytes().as_array().ok_or(FactorError::CityCode)?;
        if digits.iter().all(u8::is_ascii_digit) {
            Ok(Self(*digits))
        } else {
            Err(FactorError::CityCode)
        }
    }
}

/// The factors that lead from a root to the keys of one card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CardFactors {
    city: CityCode,
    card: Factor,
}

impl CardFactors {
    /// Factors of the card with these historical bytes (ISO 7816-4, 12.1.1), issued in this city.
    ///
    /// # Errors
    /// [`FactorError::HistoricalBytes`] when there are fewer than eight.
    pub fn new(city: CityCode, historical_bytes: &[u8]) -> Result<Self, FactorError> {
        let bytes = historical_bytes.len();
        let card = historical_bytes.last_chunk();
        let card = *card.ok_or(FactorError::HistoricalBytes { bytes })?;
        Ok(Self { city, card })
    }

    /// L1: first two digits of the city code, then `0000sh`.
    pub(super) fn province(&self) -> Factor {
        let [first, second, ..] = self.city.0;
        let [a, b, c, d, e, f] = *b"0000sh";
        [first, second, a, b, c, d, e, f]
    }

    /// L2: the city code, then `sx`.
    pub(super) fn city(&self) -> Factor {
        let [a, b, c, d, e, f] = self.city.0;
        [a, b, c, d, e, f, b's', b'x']
    }

    /// L3: the last eight historical bytes.
    pub(super) fn card(&self) -> Factor {
        self.card
    }
}

/// What a key is encrypted over to give the key below it, as long as that key: `f ‖ NOT f`, of which
/// an 8-byte key takes `f` (LD/T 33).
pub(super) fn diversification_input(factor: Factor, key_bytes: usize) -> Vec<u8> {
    let complement = factor.iter().map(|byte| !byte);
    factor
        .iter()
        .copied()
        .chain(complement)
        .take(key_bytes)
        .collect()
}

/// `bytes` and zeros up to a block of the suite; `None` when they do not fit.
pub(super) fn zero_filled(bytes: &[u8], suite: CipherSuite) -> Option<Vec<u8>> {
    let mut block = vec![0; suite.block_bytes()];
    block.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(block)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn city_codes_have_six_digits() {
        for text in ["", "42010", "4201000", "42010a", "４２０"] {
            assert_eq!(
                text.parse::<CityCode>(),
                Err(FactorError::CityCode),
                "{text}"
            );
        }
    }

    #[test]
    fn factors_of_a_card() {
        let historical = [0, 0, 0x53, 0x49, 0x4D, 0x86, 0, 0x42, 1, 0, 0, 0, 1];
        let factors = CardFactors::new("420100".parse().unwrap(), &historical).unwrap();
        assert_eq!(&factors.province(), b"420000sh");
        assert_eq!(&factors.city(), b"420100sx");
        assert_eq!(factors.card(), [0x86, 0, 0x42, 1, 0, 0, 0, 1]);
        let short = CardFactors::new("420100".parse().unwrap(), &historical[..7]);
        assert_eq!(short, Err(FactorError::HistoricalBytes { bytes: 7 }));
    }

    #[test]
    fn inputs_are_as_long_as_the_key() {
        let factor = [0x0F; 8];
        assert_eq!(diversification_input(factor, 8), [0x0F; 8]);
        assert_eq!(
            diversification_input(factor, 16),
            [[0x0F; 8], [0xF0; 8]].concat()
        );
    }
}
