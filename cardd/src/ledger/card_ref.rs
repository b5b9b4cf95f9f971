//! A card's name in the ledger, which only this terminal can compute.

use std::fmt;

use hmac::Mac as _;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::seal::keyed;

/// HMAC-SHA256 under the terminal's key, cut to 16 bytes, hexadecimal.
///
/// The same card has the same reference in every record of one terminal; who reads the records
/// without the key learns nothing of the card, and two terminals name it differently.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CardRef(String);

impl CardRef {
    /// The 32 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A name that no terminal computed, for tests of what carries one.
    #[cfg(test)]
    pub(crate) fn for_test(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl fmt::Display for CardRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The terminal's key: made once, kept beside the store, wiped from memory on drop.
#[derive(Clone)]
pub(super) struct TerminalKey(Zeroizing<[u8; Self::LENGTH]>);

impl TerminalKey {
    /// Bytes of a key.
    pub(super) const LENGTH: usize = 32;

    pub(super) fn new(bytes: Zeroizing<[u8; Self::LENGTH]>) -> Self {
        Self(bytes)
    }

    /// The reference of the card that these parts describe. Each part is preceded by its length:
    /// moving a byte from one part to the next gives another reference.
    pub(super) fn card_ref(&self, parts: &[&[u8]]) -> CardRef {
        let mut mac = keyed(&self.0);
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let tag = mac.finalize().into_bytes();
        CardRef(
            tag.iter()
                .take(16)
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }
}

impl fmt::Debug for TerminalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TerminalKey(..)")
    }
}
