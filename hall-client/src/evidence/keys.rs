//! Keys of a terminal's ledger, from the first one on. Whoever holds one can check, and forge,
//! every record from its own on, and none before.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The key of one record, and with it of all that follow.
#[derive(Clone, PartialEq, Eq)]
pub struct ChainKey {
    sequence: u64,
    key: Zeroizing<[u8; 32]>,
}

impl ChainKey {
    /// The key of the record with that sequence number.
    #[must_use]
    pub fn new(sequence: u64, key: Zeroizing<[u8; 32]>) -> Self {
        Self { sequence, key }
    }

    /// Sequence number of its record.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The 32 bytes, for the file that keeps them.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.key
    }

    /// The key of the record after this one.
    #[must_use]
    pub fn next(&self) -> Self {
        let key = self.derive(b"cardd ledger next key", &[]);
        Self {
            sequence: self.sequence.saturating_add(1),
            key: Zeroizing::new(key),
        }
    }

    /// The MAC of its record, which has that hash.
    #[must_use]
    pub fn record_mac(&self, hash: &[u8; 32]) -> [u8; 32] {
        self.derive(b"cardd ledger record", hash)
    }

    /// The seal of an end right before its record; the last one has that hash.
    #[must_use]
    pub fn end_mac(&self, last_hash: &[u8; 32]) -> [u8; 32] {
        self.derive(b"cardd ledger end", last_hash)
    }

    /// Name of the chain that begins with this key.
    #[must_use]
    pub fn chain_id(&self) -> [u8; 16] {
        let mac = self.derive(b"cardd ledger chain", &[]);
        let mut id = [0; 16];
        id.iter_mut().zip(mac).for_each(|(to, from)| *to = from);
        id
    }

    /// What proves to the terminal that the hall has its first key.
    #[must_use]
    pub fn enrolment_proof(&self) -> [u8; 32] {
        self.derive(b"cardd ledger enrolled", &[])
    }

    fn derive(&self, label: &[u8], over: &[u8]) -> [u8; 32] {
        // RFC 2104: a key shorter than the hash's block is filled up with zeros.
        let mut block = Zeroizing::new([0; 64]);
        let places = block.iter_mut().zip(self.key.iter());
        places.for_each(|(to, from)| *to = *from);
        let mut mac = Hmac::<Sha256>::new(&(*block).into());
        mac.update(label);
        mac.update(over);
        mac.finalize().into_bytes().into()
    }
}

/// Whether two MACs are the same, in constant time.
pub(super) fn same(one: &[u8; 32], other: &[u8; 32]) -> bool {
    one.ct_eq(other).into()
}

impl fmt::Debug for ChainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChainKey(of record {})", self.sequence)
    }
}
