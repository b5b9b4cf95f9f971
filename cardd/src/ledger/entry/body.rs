//! Every kind of record.

use serde::{Deserialize, Serialize};

#[cfg(doc)]
use super::Note;
use super::{
    ApprovalEntry, BudgetEntry, CaseEntry, DenialEntry, IntentEntry, Outcome, ReceiptNote,
    RulesInForceEntry, RulesTakenEntry, StartEntry,
};
use crate::ledger::{CardRef, PinOrigin, Verdict};

/// Why a chain begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum ChainOrigin {
    /// The first ledger of this terminal.
    First,
    /// The ledger before it was set aside.
    Replaces {
        /// Sequence number of the last record of the old chain that is known.
        old_sequence: u64,
        /// Hash of that record, hexadecimal; all zeros if none is known.
        old_head: String,
        /// What was wrong with it.
        damage: String,
        /// Directory it was moved to, beside the new one.
        moved_to: String,
    },
}

/// The body of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// First record of a chain.
    ChainOpened {
        /// Why it begins.
        #[serde(flatten)]
        origin: ChainOrigin,
    },
    /// Staff confirmed that work goes on with a chain that replaces another.
    ChainConfirmed {
        /// Name of the desk that confirmed.
        desk: String,
    },
    /// See [`Note::Started`].
    Started(StartEntry),
    /// See [`Note::Stopped`].
    Stopped,
    /// See [`Note::Denied`].
    Denied(DenialEntry),
    /// See [`Note::CaseOpened`].
    CaseOpened(CaseEntry),
    /// See [`Note::CaseApproved`].
    CaseApproved(ApprovalEntry),
    /// See [`Note::GuessBudgetSpent`].
    GuessBudgetSpent(BudgetEntry),
    /// See [`Note::KiosksReopened`].
    KiosksReopened {
        /// Name of the desk that did.
        desk: String,
    },
    /// See [`Note::Receipt`].
    Receipt(ReceiptNote),
    /// See [`Note::RulesTaken`].
    RulesTaken(RulesTakenEntry),
    /// See [`Note::RulesInForce`].
    RulesInForce(RulesInForceEntry),
    /// The wall clock was set while the daemon ran. This and what follows bear the new time.
    ClockStepped {
        /// By how much, milliseconds; below zero for a step back.
        by_ms: i64,
    },
    /// A command is about to be sent that can cost a try or change the card.
    Intent(IntentEntry),
    /// What came of it.
    Outcome {
        /// Sequence number of the intent.
        intent: u64,
        /// The outcome.
        #[serde(flatten)]
        outcome: Outcome,
    },
    /// An intent in doubt, held against the card's counter.
    Resolved {
        /// Sequence number of the intent.
        intent: u64,
        /// What the counter tells.
        verdict: Verdict,
        /// Tries left now.
        attempts_now: Option<u8>,
    },
    /// An intent still in doubt whose own record leaves the kept part of the chain.
    Carried {
        /// Sequence number of the intent.
        intent: u64,
        /// Its time, milliseconds since 1970.
        begun_unix_ms: u64,
        /// Why it is in doubt; `None` if nothing was recorded after it.
        in_doubt: Option<String>,
        /// Tries left right before the next command to that card, where one came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        counter_after: Option<u8>,
        /// What it said.
        #[serde(flatten)]
        entry: IntentEntry,
    },
    /// Tries left of a card's unblock key, which no card tells: the record of the failure that told
    /// them leaves the kept part of the chain.
    UnblockKeyLeft {
        /// The card.
        card: CardRef,
        /// Tries left.
        attempts_remaining: u8,
    },
    /// Who chose a card's PIN, which no card tells: the record of the intent that told leaves the kept
    /// part of the chain.
    PinOriginKnown {
        /// The card.
        card: CardRef,
        /// Who chose it.
        origin: PinOrigin,
        /// Sequence number of the intent.
        intent: u64,
    },
    /// From this record on, records carry MACs; those before were written by version 0.1.
    MacsBegin,
    /// The hall has the chain's first key; no copy of it is left here.
    Enrolled {
        /// Name of the desk that spoke for the hall.
        desk: String,
    },
    /// A kind that a later version writes.
    #[serde(other)]
    Unknown,
}
