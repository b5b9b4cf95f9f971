//! The PIN as its card and the ledger know it.

use super::wire_enum;

wire_enum! {
    /// Where a PIN stands in its life.
    PinState mirrors PinState, "PinStatus.state" {
        /// The card carries none.
        NotSet = "NOT_SET",
        /// The issuer's value is in force.
        Issued = "ISSUED",
        /// The holder's own.
        Own = "OWN",
        /// Locked.
        Blocked = "BLOCKED",
        /// Issued or own cannot be asked without cost.
        Unknown = "UNKNOWN",
    }
}

/// A PIN's state and tries, as the card states them now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinStatus {
    /// Where the PIN stands.
    pub state: PinState,
    /// Tries left, where known.
    pub attempts_remaining: Option<u32>,
    /// An earlier operation on this card is still in doubt.
    pub in_doubt: bool,
}

/// A success with the holder's PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Tries left; `None` if the card left right after its answer.
    pub attempts_remaining: Option<u32>,
    /// Sequence number of the outcome in the ledger.
    pub ledger_sequence: u64,
}
