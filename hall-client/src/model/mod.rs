//! What the contract talks about.

mod card;
mod case;
mod code;
mod event;
mod ledger;
mod pin;
mod policy;
mod reader;
mod reason;
mod terminal;

pub use card::{CardContents, CardSummary, Generation, Holder, HolderData, Issuer};
pub use case::{CaseReason, IssuerOperation};
pub use event::{Event, Happening, Verdict};
pub use ledger::LedgerRecord;
pub use pin::{Doubt, PinState, PinStatus, Verified};
pub use policy::{RuleText, Rules, RulesInForce, RulesSource, RulesTaken};
pub use reader::{Insertion, Reader, Readers, Slot};
pub use reason::{AttemptSpent, Reason, WeakPin};
pub use terminal::{
    Desk, DeskKind, GuessBudget, LedgerState, ProtectedPart, Protection, ProtectionState,
    ServiceState, SuspectCard, SuspectCards, TerminalStatus,
};

pub(crate) use code::wire_enum;
