//! Where a bill stands, and what each page sees of it. Serialised, a screen is the page's state: names are
//! stable between this, `hall-client/desk/billing/` and the description of the hospital's interface.

use serde::Serialize;

use super::bill::{Bill, Cancellation, Outcome, Receipt};
use crate::{
    desk::{
        entry::{Enter, Entry, For},
        refusal::Refusal,
        settings::NearestCounter,
    },
    model::Reason,
};

/// Where a bill stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Stage {
    /// There is none.
    Idle,
    /// cardd, PC/SC or the reader is away; a key of the catalogue. It goes on by itself.
    Out(&'static str),
    /// A card is waited for.
    Insert,
    /// cardd looks at the card.
    Reading,
    /// The next wrong try locks the card: the holder decides.
    LastTry(Entry),
    /// The holder types.
    Enter(Typing),
    /// cardd works on the card.
    Working(For),
    /// The issued PIN does no business.
    MustChange,
    /// It was changed; the payment goes on.
    Changed {
        /// Tries left.
        tries: Option<u32>,
    },
    /// It did not work.
    Refused {
        /// What, why, and what next.
        refusal: Refusal,
        /// What can be typed for once more, with the card as it lies.
        again: Option<For>,
    },
    /// The holder gave up.
    Declined(For),
    /// The PIN is locked.
    Locked,
    /// The bill is done with.
    Over {
        /// What came of it.
        outcome: Outcome,
        /// Whether the holder's page has said so long enough.
        rested: bool,
    },
}

/// A holder who types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Typing {
    /// What the page needs.
    pub(super) enter: Enter,
    /// The holder was told that it is the last try, and goes on.
    pub(super) last_accepted: bool,
}

/// Where a bill stands, in one word: all that the cashier and the hospital system learn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum State {
    OutOfOrder,
    WaitingForCard,
    Reading,
    LastTry,
    Entering,
    ChangingPin,
    Working,
    IssuedPin,
    PinChanged,
    WrongPin,
    Refused,
    Declined,
    Locked,
    Paid,
    SettleLater,
    Cancelled,
    ReceiptCancelled,
}

impl Stage {
    /// The word for it; `None` without a bill.
    pub(super) fn state(&self) -> Option<State> {
        Some(match self {
            Self::Idle => return None,
            Self::Out(_) => State::OutOfOrder,
            Self::Insert => State::WaitingForCard,
            Self::Reading => State::Reading,
            Self::LastTry(_) => State::LastTry,
            Self::Enter(typing) if typing.enter.entry.purpose == For::Change => State::ChangingPin,
            Self::Enter(_) => State::Entering,
            Self::Working(_) => State::Working,
            Self::MustChange => State::IssuedPin,
            Self::Changed { .. } => State::PinChanged,
            Self::Refused { refusal, .. } if refusal.reason == Some(Reason::PinWrong) => {
                State::WrongPin
            }
            Self::Refused { .. } => State::Refused,
            Self::Declined(_) => State::Declined,
            Self::Locked => State::Locked,
            Self::Over { outcome, .. } => match outcome {
                Outcome::Paid(_) => State::Paid,
                Outcome::SettleLater => State::SettleLater,
                Outcome::Cancelled => State::Cancelled,
                Outcome::ReceiptCancelled(_) => State::ReceiptCancelled,
            },
        })
    }

    /// Tries left, where this stage knows them.
    pub(super) fn tries(&self) -> Option<u32> {
        match self {
            Self::LastTry(entry) => entry.tries,
            Self::Enter(typing) => typing.enter.entry.tries,
            Self::Changed { tries } => *tries,
            Self::Refused { refusal, .. } => refusal.tries,
            Self::Locked => Some(0),
            Self::Over {
                outcome: Outcome::Paid(receipt),
                ..
            } => receipt.attempts_remaining,
            Self::Idle
            | Self::Out(_)
            | Self::Insert
            | Self::Reading
            | Self::Working(_)
            | Self::MustChange
            | Self::Declined(_)
            | Self::Over { .. } => None,
        }
    }

    /// The open entry that leaving this stage voids.
    pub(super) fn entry(&self) -> Option<&Entry> {
        match self {
            Self::LastTry(entry) => Some(entry),
            Self::Enter(typing) => Some(&typing.enter.entry),
            Self::Idle
            | Self::Out(_)
            | Self::Insert
            | Self::Reading
            | Self::Working(_)
            | Self::MustChange
            | Self::Changed { .. }
            | Self::Refused { .. }
            | Self::Declined(_)
            | Self::Locked
            | Self::Over { .. } => None,
        }
    }
}

/// What the cashier sees.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub(super) enum CashierScreen<'a> {
    /// No bill: one is entered here.
    Bill,
    /// No bill, and none can be worked on.
    OutOfOrder {
        /// A key of the catalogue.
        why: &'static str,
    },
    /// A bill under way.
    Work {
        #[serde(flatten)]
        bill: &'a Bill,
        state: State,
        tries: Option<u32>,
        /// With [`State::OutOfOrder`].
        why: Option<&'static str>,
        /// With [`State::Refused`] and [`State::WrongPin`].
        refusal: Option<&'a Refusal>,
        /// Whether the holder may be asked again.
        again: bool,
    },
    /// A bill that is done with.
    Over {
        #[serde(flatten)]
        bill: &'a Bill,
        state: State,
        /// The record in the terminal's ledger: that it was paid, or that its receipt was taken back.
        record: Option<u64>,
    },
}

/// What the holder sees.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub(super) enum HolderScreen<'a> {
    Welcome,
    OutOfOrder {
        why: &'static str,
    },
    Insert(&'a Bill),
    Reading(&'a Bill),
    LastTry(&'a Bill),
    Enter {
        #[serde(flatten)]
        bill: &'a Bill,
        #[serde(flatten)]
        enter: &'a Enter,
    },
    Working(&'a Bill),
    MustChange(&'a Bill),
    Changed {
        #[serde(flatten)]
        bill: &'a Bill,
        tries: Option<u32>,
    },
    Refused {
        #[serde(flatten)]
        bill: &'a Bill,
        refusal: &'a Refusal,
        again: bool,
        counter: Option<&'a NearestCounter>,
    },
    Declined,
    Locked {
        counter: Option<&'a NearestCounter>,
    },
    Paid(&'a Bill),
    SettleLater {
        counter: Option<&'a NearestCounter>,
    },
    Cancelled,
    TakeCard,
}

/// A bill as the hospital system knows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Standing<'a> {
    #[serde(flatten)]
    pub(super) bill: &'a Bill,
    /// Rises with each bill of this start.
    pub(super) number: u64,
    pub(super) state: State,
    /// Whether this state is the last.
    pub(super) concluded: bool,
    pub(super) attempts_remaining: Option<u32>,
    pub(super) receipt: Option<&'a Receipt>,
    pub(super) cancellation: Option<&'a Cancellation>,
}
