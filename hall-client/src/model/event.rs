//! What happens at a terminal.

use super::{CardSummary, Doubt, Insertion, Reader, Reason, wire_enum};

wire_enum! {
    /// What became of an operation that was in doubt.
    Verdict mirrors Verdict, "DoubtResolved.verdict" {
        /// The counter rose: only success does that.
        Succeeded = "SUCCEEDED",
        /// The counter fell: the PIN presented was wrong.
        TrySpent = "TRY_SPENT",
        /// The counter cannot tell; the next PIN that is accepted will.
        Undecided = "UNDECIDED",
        /// Blocked as before an unlock or reset: it was not carried out.
        NotDone = "NOT_DONE",
    }
}

/// Something that happened, with its place in the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place.
    pub position: u64,
    /// Wall clock, milliseconds since 1970.
    pub time_unix_ms: u64,
    /// What happened.
    pub happening: Happening,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// Events were missed; this is the whole state instead.
    Resync {
        /// All readers.
        readers: Vec<Reader>,
    },
    /// The PC/SC service came up or went down.
    ServiceChanged {
        /// Whether it is up now.
        up: bool,
    },
    /// A reader came.
    ReaderArrived {
        /// Its name.
        reader: String,
    },
    /// A reader went.
    ReaderGone {
        /// Its name.
        reader: String,
    },
    /// A card came.
    CardInserted {
        /// Where.
        reader: String,
        /// Its stay.
        insertion: Insertion,
    },
    /// A card is known.
    CardIdentified {
        /// Where.
        reader: String,
        /// Its stay.
        insertion: Insertion,
        /// What it is.
        card: CardSummary,
    },
    /// A card cannot be used.
    CardFaulted {
        /// Where.
        reader: String,
        /// Its stay.
        insertion: Insertion,
        /// Why.
        fault: Reason,
    },
    /// A card went.
    CardRemoved {
        /// Where.
        reader: String,
        /// The stay that ended.
        insertion: Insertion,
    },
    /// The result of an operation is not known: the card or the line to it left in the middle.
    DoubtArose {
        /// Where.
        reader: String,
        /// The stay in which it was begun.
        insertion: Insertion,
        /// What was being done.
        doubt: Doubt,
    },
    /// An operation in doubt was held against the card's counter.
    DoubtResolved {
        /// Where.
        reader: String,
        /// The stay in which it was looked at.
        insertion: Insertion,
        /// What had been done.
        doubt: Doubt,
        /// What the counter told.
        verdict: Verdict,
    },
    /// The card accepted a PIN: what its counter could not tell does not matter any more.
    DoubtSettled {
        /// Where.
        reader: String,
        /// The stay in which it was settled.
        insertion: Insertion,
        /// What had been in doubt.
        doubt: Doubt,
    },
    /// Too many wrong PINs in an hour: unattended desks are closed.
    GuessBudgetSpent {
        /// Tries lost within the hour.
        spent: u32,
        /// As many as are permitted.
        limit_per_hour: u32,
    },
    /// Staff opened the unattended desks again.
    KiosksReopened {
        /// Name of their desk.
        desk: String,
    },
}

impl Happening {
    /// Its stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Resync { .. } => "RESYNC",
            Self::ServiceChanged { .. } => "SERVICE_CHANGED",
            Self::ReaderArrived { .. } => "READER_ARRIVED",
            Self::ReaderGone { .. } => "READER_GONE",
            Self::CardInserted { .. } => "CARD_INSERTED",
            Self::CardIdentified { .. } => "CARD_IDENTIFIED",
            Self::CardFaulted { .. } => "CARD_FAULTED",
            Self::CardRemoved { .. } => "CARD_REMOVED",
            Self::DoubtArose { .. } => "DOUBT_AROSE",
            Self::DoubtResolved { .. } => "DOUBT_RESOLVED",
            Self::DoubtSettled { .. } => "DOUBT_SETTLED",
            Self::GuessBudgetSpent { .. } => "GUESS_BUDGET_SPENT",
            Self::KiosksReopened { .. } => "KIOSKS_REOPENED",
        }
    }
}
