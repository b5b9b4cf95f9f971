//! The PIN as its card and the ledger know it.

use cardd_proto::text::{self, Text};

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

wire_enum! {
    /// An operation whose result is not known, and that the counter did not settle.
    Doubt mirrors Doubt, "PinStatus.doubt" {
        /// VERIFY.
        Verify = "VERIFY",
        /// CHANGE PIN: the old PIN is in force, or the new one.
        Change = "CHANGE",
        /// An unlock.
        Unblock = "UNBLOCK",
        /// A reset: no business is done until it is settled.
        Reset = "RESET",
    }
}

impl Doubt {
    /// What the holder reads of it and does next.
    #[must_use]
    pub fn text(self) -> Text {
        text::of_doubt(self.to_wire())
    }
}

/// A PIN's state and tries, as the card states them now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinStatus {
    /// Where the PIN stands.
    pub state: PinState,
    /// Tries left, where known.
    pub attempts_remaining: Option<u32>,
    /// An earlier operation on this card whose result is still not known.
    pub doubt: Option<Doubt>,
}

/// A success with the holder's PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Tries left; `None` if the card left right after its answer.
    pub attempts_remaining: Option<u32>,
    /// Sequence number of the outcome in the ledger.
    pub ledger_sequence: u64,
}
