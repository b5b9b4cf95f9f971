//! The terminal's receipt key as it is kept beside the ledger. What is signed with it is not the
//! ledger's to know.

use std::fmt;

use zeroize::Zeroizing;

use super::{Ledger, LedgerError, store::receipt_key_file};

/// Bytes of a seed and of a public key.
pub(super) const KEY_BYTES: usize = 32;

/// The key in use, and the public halves of those before it.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceiptKeys {
    /// Seed of the private key in use.
    pub seed: Zeroizing<[u8; KEY_BYTES]>,
    /// Since when, milliseconds since 1970.
    pub made_unix_ms: u64,
    /// Public keys that were used before, newest first, at most [`ReceiptKeys::RETIRED_LIMIT`].
    pub retired: Vec<RetiredKey>,
}

/// A public key whose private half is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetiredKey {
    /// The key.
    pub public: [u8; KEY_BYTES],
    /// Since when it was in use, milliseconds since 1970.
    pub made_unix_ms: u64,
    /// Since when it is not.
    pub retired_unix_ms: u64,
}

impl ReceiptKeys {
    /// Retired keys that are kept. A receipt is good for an hour at most, so that few of them can
    /// still matter.
    pub const RETIRED_LIMIT: usize = 16;
}

impl fmt::Debug for ReceiptKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiptKeys")
            .field("made_unix_ms", &self.made_unix_ms)
            .field("retired", &self.retired)
            .finish_non_exhaustive()
    }
}

impl Ledger {
    /// The receipt keys; `None` before the first, and if their file is damaged.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] if the disk does not let them be read.
    pub fn receipt_keys(&self) -> Result<Option<ReceiptKeys>, LedgerError> {
        Ok(receipt_key_file::read(&self.receipt_key_file)?)
    }

    /// Keeps these receipt keys in the place of those before; on disk at return.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] if the disk does not let them be written.
    pub fn keep_receipt_keys(&self, keys: &ReceiptKeys) -> Result<(), LedgerError> {
        Ok(receipt_key_file::write(&self.receipt_key_file, keys)?)
    }
}
