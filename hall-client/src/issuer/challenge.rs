//! Random numbers of GET CHALLENGE (LD/T 32.5).

use super::error::KeyError;
use super::factors::zero_filled;
use super::suite::CipherSuite;

/// A card's random number: 4, 8 or 16 bytes; the card takes each once. For INTERNAL AUTHENTICATION
/// it is the terminal's factor (过程因子).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge {
    bytes: [u8; 16],
    len: usize,
}

impl Challenge {
    /// # Errors
    /// [`KeyError::ChallengeLength`] when there are not 4, 8 or 16 bytes.
    pub fn new(random: &[u8]) -> Result<Self, KeyError> {
        let len = random.len();
        let mut bytes = [0; 16];
        match (len, bytes.get_mut(..len)) {
            (4 | 8 | 16, Some(place)) => place.copy_from_slice(random),
            _ => return Err(KeyError::ChallengeLength { bytes: len }),
        }
        Ok(Self { bytes, len })
    }

    /// The bytes as the card gave them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// One block, filled right with zeros: what a card key is applied to for its session key
    /// (LD/T 32.4). 16 bytes do not fit the DES suite.
    pub(super) fn block(&self, suite: CipherSuite) -> Result<Vec<u8>, KeyError> {
        let bytes = self.len;
        zero_filled(self.as_bytes(), suite).ok_or(KeyError::ChallengeLength { bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_that_cards_give() {
        for bytes in 0..=17 {
            let fits = matches!(bytes, 4 | 8 | 16);
            assert_eq!(Challenge::new(&vec![1; bytes]).is_ok(), fits, "{bytes}");
        }
        let short = Challenge::new(&[1; 4]).unwrap();
        assert_eq!(
            short.block(CipherSuite::Des).unwrap(),
            [1, 1, 1, 1, 0, 0, 0, 0]
        );
        let long = Challenge::new(&[1; 16]).unwrap();
        assert_eq!(long.block(CipherSuite::Sm4).unwrap(), [1; 16]);
        assert!(matches!(
            long.block(CipherSuite::Des),
            Err(KeyError::ChallengeLength { bytes: 16 })
        ));
    }
}
