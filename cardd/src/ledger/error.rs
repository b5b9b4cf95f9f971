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
    /// So many records wait for the hall that no more work is begun; none is dropped.
    #[error("{limit} records wait for the hall; no work is begun before it collects them")]
    Full {
        /// The limit that is reached.
        limit: u64,
    },
    /// The hall acknowledges a record that this chain does not hold.
    #[error("record {0} of this chain is another one, or not kept")]
    NotThisRecord(u64),
    /// The hall speaks of another chain than the one that is written now.
    #[error("that is not the chain that is written now")]
    OtherChain,
    /// The proof is not that of the chain's first key, or the hall has it already.
    #[error("the first key is not proved, or it was collected before")]
    NotProved,
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
