//! Why the ledger cannot do what it is asked.

use std::path::PathBuf;

use super::{Hash, store::StoreError};

/// Why the ledger cannot do what it is asked.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Another process has the ledger open.
    #[error("the ledger in {} is in use by another process", dir.display())]
    InUse {
        /// Its directory.
        dir: PathBuf,
    },
    /// Nothing can be written now. Nothing may be sent to a card until a later write succeeds.
    #[error("the ledger cannot be written: {why}")]
    Unavailable {
        /// What the store answered.
        why: String,
    },
    /// The ledger before this one was damaged, and nobody has confirmed the new chain yet.
    #[error("the ledger was set aside; staff must confirm the new chain")]
    AwaitingConfirmation {
        /// Head of the set-aside chain.
        old_head: Hash,
    },
    /// The head that was read out is not the one of the set-aside chain.
    #[error("that is not the head of the set-aside chain")]
    OtherHead,
    /// No chain waits for a confirmation.
    #[error("no chain waits for a confirmation")]
    NothingToConfirm,
    /// No such intent, or it is closed.
    #[error("no intent is open under record {0}")]
    NotOpen(u64),
}

impl From<StoreError> for LedgerError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable {
            why: error.to_string(),
        }
    }
}
