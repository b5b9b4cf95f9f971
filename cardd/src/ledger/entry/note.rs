//! What is recorded without a command to a card.

use serde::{Deserialize, Serialize};

use super::Body;
use crate::ledger::CardRef;

/// Something worth a record that touches no card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The daemon came up.
    Started(StartEntry),
    /// The daemon went down in order.
    Stopped,
    /// A desk asked for what it may not have, or with the issued PIN; nothing was sent.
    Denied(DenialEntry),
    /// Documents and reason for an issuer command.
    CaseOpened(CaseEntry),
    /// A second operator approved.
    CaseApproved(ApprovalEntry),
    /// Too many wrong PINs in an hour: unattended desks do no PIN work from here on.
    GuessBudgetSpent(BudgetEntry),
    /// Staff opened the unattended desks again.
    KiosksReopened {
        /// Name of the desk that did.
        desk: String,
    },
    /// About a verification receipt.
    Receipt(ReceiptNote),
    /// The hall pushed a rule file that was found good.
    RulesTaken(RulesTakenEntry),
    /// The rules that work goes on with, where rule files are taken.
    RulesInForce(RulesInForceEntry),
}

/// Who came up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartEntry {
    /// Version of the daemon.
    pub version: String,
    /// Name of this terminal.
    pub terminal_id: String,
}

/// What was refused, to whom and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DenialEntry {
    /// Name of the desk.
    pub desk: String,
    /// What it asked for.
    pub operation: String,
    /// Why it was denied.
    pub reason: String,
    /// The card it was about, where one was.
    pub card: Option<CardRef>,
}

/// A second operator's word for a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalEntry {
    /// Record of the case.
    pub case: u64,
    /// Who approved.
    pub operator: String,
}

/// A guess budget at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetEntry {
    /// Tries lost within the hour.
    pub spent: u32,
    /// As many as are permitted in an hour.
    pub limit_per_hour: u32,
}

/// A rule file that the hall pushed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesTakenEntry {
    /// Name of the desk that spoke for the hall.
    pub desk: String,
    /// Administrative division that it is for.
    pub region: String,
    /// Its version.
    pub version: u64,
    /// SHA-256 of the signed file, hexadecimal.
    pub sha256: String,
    /// Name of the key that signed it.
    pub key: String,
}

/// Where the rules come from that work goes on with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesInForceEntry {
    /// `file`, `older_file`, `configuration` or `fallback`.
    pub source: String,
    /// Version of the file; 0 without one.
    pub version: u64,
    /// SHA-256 of the signed file, hexadecimal; empty without one.
    pub sha256: String,
}

/// What happened to a verification receipt, or to the key that signs them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ReceiptNote {
    /// One was signed for a bill.
    Issued {
        /// Name of the desk.
        desk: String,
        /// The receipt's own name, hexadecimal.
        receipt: String,
        /// Record of the verification.
        verified: u64,
        /// Keyed reference of the bill's reference, which may name a patient.
        bill: CardRef,
        /// Its amount, fen.
        amount_fen: u64,
    },
    /// One was taken back before it was used.
    Cancelled {
        /// Name of the desk.
        desk: String,
        /// The receipt's own name, hexadecimal.
        receipt: String,
    },
    /// Receipts are signed with a new key from here on.
    KeyMade {
        /// Name of the key, hexadecimal.
        key_id: String,
        /// Its public half, hexadecimal.
        public_key: String,
    },
}

/// What was put on record before an issuer command. People appear as keyed references.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseEntry {
    /// Name of the desk.
    pub desk: String,
    /// Who opened it, as the connection names them.
    pub operator: String,
    /// `unblock` or `reload`.
    pub operation: String,
    /// The card.
    pub card: CardRef,
    /// The holder, by the number on the original ID card.
    pub holder: CardRef,
    /// The agent, where one applied.
    pub agent: Option<CardRef>,
    /// Why, in the contract's word.
    pub reason: String,
    /// Whether a second operator must approve.
    pub needs_second_operator: bool,
}

impl From<Note> for Body {
    fn from(note: Note) -> Self {
        match note {
            Note::Started(entry) => Self::Started(entry),
            Note::Stopped => Self::Stopped,
            Note::Denied(entry) => Self::Denied(entry),
            Note::CaseOpened(entry) => Self::CaseOpened(entry),
            Note::CaseApproved(entry) => Self::CaseApproved(entry),
            Note::GuessBudgetSpent(entry) => Self::GuessBudgetSpent(entry),
            Note::Receipt(said) => Self::Receipt(said),
            Note::KiosksReopened { desk } => Self::KiosksReopened { desk },
            Note::RulesTaken(entry) => Self::RulesTaken(entry),
            Note::RulesInForce(entry) => Self::RulesInForce(entry),
        }
    }
}
