//! Keys that move forward with each record and are destroyed behind it.
//!
//! Record `n` carries a MAC under a key that exists only until the record is written; the next key
//! follows from it by a one-way function. Who takes the terminal finds the key of the next record:
//! nothing that is written can be changed, left out or cut off any more without it being found by
//! whoever holds the first key, or any key between that one and the change.
//!
//! | derived from a record's key by HMAC-SHA-256 | over |
//! |---|---|
//! | the record's MAC | `cardd ledger record` ‖ the record's hash |
//! | the next record's key | `cardd ledger next key` |
//! | the seal of an end right before that record | `cardd ledger end` ‖ hash of the last record |
//! | the chain's name (first key only; 16 bytes) | `cardd ledger chain` |
//! | the proof of enrolment (first key only) | `cardd ledger enrolled` |

use std::fmt;

use hmac::{Hmac, KeyInit, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::Hash;

/// 32 random bytes at each call.
pub type Random = std::sync::Arc<dyn Fn() -> Zeroizing<[u8; 32]> + Send + Sync>;

/// An HMAC-SHA-256 value.
#[derive(Clone, Copy)]
pub struct Mac(pub [u8; 32]);

impl PartialEq for Mac {
    /// In constant time.
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Mac {}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// Name of a chain, the same from its first record to its last; tells a chain from the one that
/// replaces it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChainId(pub [u8; 16]);

impl fmt::Display for ChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for ChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The first key of a chain: with it every record can be checked, and forged. It leaves the
/// terminal once, for the hall.
#[derive(Clone, PartialEq, Eq)]
pub struct Genesis {
    /// Sequence number of the first record that carries a MAC.
    pub sequence: u64,
    /// Key of that record.
    pub key: Zeroizing<[u8; 32]>,
}

impl Genesis {
    /// The chain that begins with it.
    #[must_use]
    pub fn chain(&self) -> ChainId {
        let mac = derive(&self.key, b"cardd ledger chain", &[]);
        let mut id = [0; 16];
        for (to, from) in id.iter_mut().zip(mac) {
            *to = from;
        }
        ChainId(id)
    }

    /// What only a holder of the key can say: it has arrived.
    #[must_use]
    pub fn proof(&self) -> Mac {
        Mac(derive(&self.key, b"cardd ledger enrolled", &[]))
    }

    /// The key of the first record.
    pub(super) fn first_key(&self) -> RecordKey {
        RecordKey {
            chain: self.chain(),
            sequence: self.sequence,
            key: self.key.clone(),
        }
    }
}

impl fmt::Debug for Genesis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Genesis({} from {})", self.chain(), self.sequence)
    }
}

/// Key of one record, which is the next one to be written. There is no way back.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct RecordKey {
    pub(super) chain: ChainId,
    pub(super) sequence: u64,
    pub(super) key: Zeroizing<[u8; 32]>,
}

impl RecordKey {
    /// The MAC of this key's record.
    pub(super) fn mac(&self, hash: Hash) -> Mac {
        Mac(derive(&self.key, b"cardd ledger record", &hash.0))
    }

    /// Seals an end of the chain right before this key's record. Once the chain has gone on, no
    /// key is left to seal an earlier end.
    pub(super) fn end(&self, last: Hash) -> Mac {
        Mac(derive(&self.key, b"cardd ledger end", &last.0))
    }

    /// The key of the record after this one.
    pub(super) fn next(&self) -> Self {
        Self {
            chain: self.chain,
            sequence: self.sequence + 1,
            key: Zeroizing::new(derive(&self.key, b"cardd ledger next key", &[])),
        }
    }
}

impl fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordKey({} of {})", self.sequence, self.chain)
    }
}

fn derive(key: &[u8; 32], label: &[u8], over: &[u8]) -> [u8; 32] {
    let mut mac = keyed(key);
    mac.update(label);
    mac.update(over);
    mac.finalize().into_bytes().into()
}

/// HMAC-SHA-256 under a key of 32 bytes.
pub(super) fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    // RFC 2104: a key shorter than the hash's block is filled up with zeros.
    let mut block = Zeroizing::new([0; 64]);
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    Hmac::<Sha256>::new(&(*block).into())
}

#[cfg(test)]
mod tests;
