//! What a record says. No digits, no names: cards appear as keyed references.
//!
//! Bodies are stored as JSON and hashed as stored, so the encoding need not be canonical. Readers
//! skip fields and kinds they do not know: a ledger of another version opens.

mod body;
mod note;
mod stored;

use serde::{Deserialize, Serialize};

use super::CardRef;

pub use body::{Body, ChainOrigin};
pub use note::{
    ApprovalEntry, BudgetEntry, CaseEntry, DenialEntry, Note, ReceiptNote, RulesInForceEntry,
    RulesTakenEntry, StartEntry,
};
pub(super) use stored::{BODY_VERSION, Stored};

/// What is tried on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "snake_case")]
pub enum Operation {
    /// VERIFY of the holder's PIN.
    Verify,
    /// CHANGE PIN.
    Change {
        /// Whether the holder presented one of the issued PINs of the region as the old one.
        old_is_issued: bool,
    },
    /// PIN CHANGE/UNBLOCK by the issuer: the counter restored, the PIN kept.
    Unblock {
        /// Record of the case that it was granted for.
        case: u64,
    },
    /// PIN CHANGE/UNBLOCK by the issuer: a one-time issued PIN.
    Reload {
        /// Record of the case that it was granted for.
        case: u64,
    },
}

/// What is about to be sent, to which card, by which desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntentEntry {
    /// The command.
    #[serde(flatten)]
    pub operation: Operation,
    /// Name of the desk that asked for it.
    pub desk: String,
    /// PC/SC name of the reader.
    pub reader: String,
    /// Number of the card's stay in that reader.
    pub insertion: u64,
    /// The card.
    pub card: CardRef,
    /// Tries left right before the send, where the card tells.
    pub attempts_before: Option<u8>,
}

/// What came of an intent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Outcome {
    /// The card accepted the PIN, or has the new one.
    Succeeded,
    /// Wrong PIN; it cost a try.
    Rejected {
        /// Tries left.
        attempts_remaining: u8,
    },
    /// Wrong PIN, and it cost the last try.
    NowBlocked,
    /// The PIN was blocked before the command came.
    WasBlocked,
    /// The card answered something else.
    Refused {
        /// SW1 SW2.
        status_word: u16,
    },
    /// The card rejected a key of the issuer; the key's own counter went down.
    KeyRejected {
        /// Tries of the unblock key (PUK) left.
        attempts_remaining: u8,
    },
    /// No try of the unblock key is left.
    KeyBlocked,
    /// Nothing reached the card.
    NotSent {
        /// Why, in a few words.
        why: String,
    },
    /// The command may have reached the card, its answer did not come back.
    InDoubt {
        /// Why, in a few words.
        why: String,
    },
}

#[cfg(test)]
mod tests;
