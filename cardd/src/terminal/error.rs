//! Everything that keeps an operation from its end.

use std::sync::Arc;

use crate::{
    card::{CardError, IssuerFailure, PinFailure},
    ledger::LedgerError,
    pin::{AtFloor, NewPinRefused, PinFormat},
    policy::{Denied, EvidenceRefused, budget::GuessBudgetSpent, region::RegionText},
    reader::{AccessError, SubmitError},
    terminal::{CardFault, RulesRefused},
};

/// Why an operation did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// This desk may not do it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The peer's user may not be at this desk.
    #[error("this user may not be at this desk")]
    DeskUnknown,
    /// The job did not get into the reader's queue.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The job did not get to the card.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The card could not be read; no PIN was sent.
    #[error(transparent)]
    Card(#[from] CardError),
    /// The card in the slot cannot be used.
    #[error("the card cannot be used")]
    Faulted(CardFault),
    /// Another card than the one that was identified in this insertion.
    #[error("the card in the slot is not the one that was identified")]
    AnotherCard,
    /// Not a PIN.
    #[error(transparent)]
    PinFormat(#[from] PinFormat),
    /// The new PIN may not be chosen.
    #[error("{refused}")]
    NewPin {
        /// Why.
        #[source]
        refused: NewPinRefused,
        /// What the region says to the holder about it, where it has words of its own.
        said: Option<Arc<RegionText>>,
    },
    /// The pushed rule file changes nothing.
    #[error(transparent)]
    Rules(#[from] RulesRefused),
    /// Business with the issued PIN.
    #[error("the issued PIN does no business")]
    IssuedPin,
    /// The card carries no PIN.
    #[error("the card carries no PIN")]
    PinNotSet,
    /// Blocked before; nothing was sent.
    #[error("the PIN was blocked before")]
    WasBlocked,
    /// An unattended desk never spends the last try.
    #[error(transparent)]
    AtFloor(#[from] AtFloor),
    /// Too many wrong PINs in an hour: unattended desks are closed.
    #[error(transparent)]
    GuessBudgetSpent(#[from] GuessBudgetSpent),
    /// A staffed desk must say so before the last try.
    #[error("the last try was not confirmed")]
    LastAttemptUnconfirmed,
    /// The tries left cannot be asked without cost.
    #[error("the tries left cannot be asked")]
    PinStatusUnknown,
    /// The PIN was to go to the card and did not succeed.
    #[error("{failure}")]
    Pin {
        /// What came of it.
        #[source]
        failure: PinFailure,
        /// Tries left, as far as the card told.
        remaining: Option<u8>,
        /// Whether it cost a try.
        spent: AttemptSpent,
    },
    /// Used, replaced or never opened.
    #[error("no such entry")]
    EntryUnknown,
    /// Made for something else, altered, or malformed.
    #[error("the sealed entry does not open")]
    EntryMismatch(#[from] cardd_proto::entry::EntryError),
    /// The holder took too long.
    #[error("the entry came too late")]
    EntryTimedOut,
    /// The table of entries is full.
    #[error("too many entries are open")]
    TooManyEntries,
    /// All places for event streams are taken.
    #[error("too many event streams are open")]
    TooManyWatchers,
    /// The ledger cannot be written or read, or waits for staff; the card was not touched.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The command was sent and answered, but the outcome could not be recorded. The open intent
    /// is resolved at the card's next sight.
    #[error("the outcome cannot be recorded")]
    OutcomeUnrecorded {
        /// Whether the answer cost a try.
        spent: AttemptSpent,
        /// Why it cannot be recorded.
        source: LedgerError,
    },
    /// Not signed by this terminal, or altered.
    #[error("this terminal did not sign the receipt")]
    ReceiptUnknown,
    /// A receipt that is good for nothing any more.
    #[error("the receipt has expired")]
    ReceiptExpired,
    /// The PIN was right; the receipt is not on record, so that nobody gets it.
    #[error("the receipt cannot be put on record")]
    ReceiptUnrecorded(#[source] LedgerError),
    /// No signature could be made.
    #[error(transparent)]
    NotSigned(#[from] cardd_proto::receipt::NotSigned),
    /// What was put on record is not enough.
    #[error(transparent)]
    Evidence(#[from] EvidenceRefused),
    /// Used, expired, or never given.
    #[error("no such grant")]
    GrantUnknown,
    /// The grant is for another card.
    #[error("the grant is for another card")]
    GrantOtherCard,
    /// The case was opened by another operator.
    #[error("the case was opened by another operator")]
    GrantOtherOperator,
    /// A second operator must approve first.
    #[error("a second operator has not approved")]
    SecondOperatorMissing,
    /// The second operator is the first.
    #[error("the second operator is the first")]
    SameOperator,
    /// The card rejected the read key (RKSSSE).
    #[error("the card rejected the read key")]
    ReadKeyRejected,
    /// The card shows its holder to no one, not even after the read key.
    #[error("the card protects its holder data")]
    HolderProtected,
    /// No try of the unblock key (PUK) is left.
    #[error("the unblock key is blocked")]
    UnblockKeyBlocked,
    /// The last try of the unblock key is never spent.
    #[error("one try of the unblock key is left")]
    UnblockKeyAtFloor,
    /// An issuer command had no effect.
    #[error("{0}")]
    Issuer(#[source] IssuerFailure),
    /// No reset waits for the holder's choice.
    #[error("no reset waits for the holder's PIN")]
    NoHolderPinWanted,
    /// The hall's stream broke or was too slow.
    #[error("the hall left, or did not answer in time")]
    HallSilent,
    /// The card did not get to this job in time; nothing was sent.
    #[error("the reader is busy with other work")]
    Busy,
    /// The card has the command and has not answered in time.
    #[error("the card has not answered in time")]
    NoAnswerYet,
    /// The request names nothing that can be done.
    #[error("the request is malformed: {0}")]
    Malformed(&'static str),
    /// The terminal is going down.
    #[error("the terminal is shutting down")]
    ShuttingDown,
    /// A job ended without an answer: a defect.
    #[error("the job ended without an answer")]
    JobLost,
}

/// The question a desk always asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptSpent {
    /// No try was spent.
    No,
    /// One try was spent.
    Yes,
    /// The counter must be read to know.
    Unknown,
}

impl TerminalError {
    /// Whether a try was spent. Everything that is refused before the send costs none.
    #[must_use]
    pub fn attempt_spent(&self) -> AttemptSpent {
        match self {
            Self::Pin { spent, .. } | Self::OutcomeUnrecorded { spent, .. } => *spent,
            Self::NoAnswerYet | Self::JobLost => AttemptSpent::Unknown,
            Self::Denied(_)
            | Self::DeskUnknown
            | Self::Submit(_)
            | Self::Access(_)
            | Self::Card(_)
            | Self::Faulted(_)
            | Self::AnotherCard
            | Self::PinFormat(_)
            | Self::NewPin { .. }
            | Self::Rules(_)
            | Self::IssuedPin
            | Self::PinNotSet
            | Self::WasBlocked
            | Self::AtFloor(_)
            | Self::GuessBudgetSpent(_)
            | Self::LastAttemptUnconfirmed
            | Self::PinStatusUnknown
            | Self::EntryUnknown
            | Self::EntryMismatch(_)
            | Self::EntryTimedOut
            | Self::TooManyEntries
            | Self::TooManyWatchers
            | Self::Ledger(_)
            | Self::ReceiptUnknown
            | Self::ReceiptExpired
            | Self::ReceiptUnrecorded(_)
            | Self::NotSigned(_)
            | Self::Evidence(_)
            | Self::GrantUnknown
            | Self::GrantOtherCard
            | Self::GrantOtherOperator
            | Self::SecondOperatorMissing
            | Self::SameOperator
            | Self::ReadKeyRejected
            | Self::HolderProtected
            | Self::UnblockKeyBlocked
            | Self::UnblockKeyAtFloor
            | Self::Issuer(_)
            | Self::NoHolderPinWanted
            | Self::HallSilent
            | Self::Busy
            | Self::Malformed(_)
            | Self::ShuttingDown => AttemptSpent::No,
        }
    }

    /// Tries left, as far as they are known.
    #[must_use]
    pub fn attempts_remaining(&self) -> Option<u8> {
        if let Self::Pin { remaining, .. } = self {
            *remaining
        } else if let Self::AtFloor(floor) = self {
            Some(floor.remaining.get())
        } else if matches!(self, Self::LastAttemptUnconfirmed) {
            Some(1)
        } else {
            matches!(self, Self::WasBlocked).then_some(0)
        }
    }
}
