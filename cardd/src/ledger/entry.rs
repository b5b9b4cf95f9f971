//! What a record says. No digits, no names: cards appear as keyed references.
//!
//! Bodies are stored as JSON and hashed as stored, so the encoding need not be canonical. Readers
//! skip fields and kinds they do not know: a ledger of another version opens.

use serde::{Deserialize, Serialize};

use super::{CardRef, Verdict};

/// Version of the body's form that this build writes.
pub(super) const BODY_VERSION: u16 = 1;

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

/// Something worth a record that touches no card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The daemon came up.
    Started {
        /// Its version.
        version: String,
        /// Name of this terminal.
        terminal_id: String,
    },
    /// The daemon went down in order.
    Stopped,
    /// A desk asked for what it may not have, or with the issued PIN; nothing was sent.
    Denied {
        /// Name of the desk.
        desk: String,
        /// What it asked for.
        operation: String,
        /// Why it was denied.
        reason: String,
        /// The card it was about, where one was.
        card: Option<CardRef>,
    },
    /// Documents and reason for an issuer command.
    CaseOpened(CaseEntry),
    /// A second operator approved.
    CaseApproved {
        /// Record of the case.
        case: u64,
        /// Who approved.
        operator: String,
    },
    /// Too many wrong PINs in an hour: unattended desks do no PIN work from here on.
    GuessBudgetSpent {
        /// Tries lost within the hour.
        spent: u32,
        /// As many as are permitted in an hour.
        limit_per_hour: u32,
    },
    /// Staff opened the unattended desks again.
    KiosksReopened {
        /// Name of the desk that did.
        desk: String,
    },
    /// About a verification receipt.
    Receipt(ReceiptNote),
    /// The hall pushed a rule file that was found good.
    RulesTaken {
        /// Name of the desk that spoke for the hall.
        desk: String,
        /// Administrative division that it is for.
        region: String,
        /// Its version.
        version: u64,
        /// SHA-256 of the signed file, hexadecimal.
        sha256: String,
        /// Name of the key that signed it.
        key: String,
    },
    /// The rules that work goes on with, where there is or was a rule file.
    RulesInForce {
        /// `file`, `older_file`, `configuration` or `fallback`.
        source: String,
        /// Version of the file; 0 without one.
        version: u64,
        /// SHA-256 of the signed file, hexadecimal; empty without one.
        sha256: String,
    },
    /// The wall clock was set while the daemon ran.
    ClockStepped {
        /// By how much, milliseconds; below zero for a step back.
        by_ms: i64,
    },
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
    Started {
        /// Version of the daemon.
        version: String,
        /// Name of this terminal.
        terminal_id: String,
    },
    /// See [`Note::Stopped`].
    Stopped,
    /// See [`Note::Denied`].
    Denied {
        /// Name of the desk.
        desk: String,
        /// What it asked for.
        operation: String,
        /// Why it was denied.
        reason: String,
        /// The card it was about.
        card: Option<CardRef>,
    },
    /// See [`Note::CaseOpened`].
    CaseOpened(CaseEntry),
    /// See [`Note::CaseApproved`].
    CaseApproved {
        /// Record of the case.
        case: u64,
        /// Who approved.
        operator: String,
    },
    /// See [`Note::GuessBudgetSpent`].
    GuessBudgetSpent {
        /// Tries lost within the hour.
        spent: u32,
        /// As many as are permitted in an hour.
        limit_per_hour: u32,
    },
    /// See [`Note::KiosksReopened`].
    KiosksReopened {
        /// Name of the desk that did.
        desk: String,
    },
    /// See [`Note::Receipt`].
    Receipt(ReceiptNote),
    /// See [`Note::RulesTaken`].
    RulesTaken {
        /// Name of the desk that spoke for the hall.
        desk: String,
        /// Administrative division that it is for.
        region: String,
        /// Its version.
        version: u64,
        /// SHA-256 of the signed file, hexadecimal.
        sha256: String,
        /// Name of the key that signed it.
        key: String,
    },
    /// See [`Note::RulesInForce`].
    RulesInForce {
        /// `file`, `older_file`, `configuration` or `fallback`.
        source: String,
        /// Version of the file; 0 without one.
        version: u64,
        /// SHA-256 of the signed file, hexadecimal; empty without one.
        sha256: String,
    },
    /// See [`Note::ClockStepped`].
    ClockStepped {
        /// By how much, milliseconds.
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

impl From<Note> for Body {
    fn from(note: Note) -> Self {
        match note {
            Note::Started {
                version,
                terminal_id,
            } => Self::Started {
                version,
                terminal_id,
            },
            Note::Stopped => Self::Stopped,
            Note::Denied {
                desk,
                operation,
                reason,
                card,
            } => Self::Denied {
                desk,
                operation,
                reason,
                card,
            },
            Note::CaseOpened(entry) => Self::CaseOpened(entry),
            Note::CaseApproved { case, operator } => Self::CaseApproved { case, operator },
            Note::GuessBudgetSpent {
                spent,
                limit_per_hour,
            } => Self::GuessBudgetSpent {
                spent,
                limit_per_hour,
            },
            Note::Receipt(said) => Self::Receipt(said),
            Note::KiosksReopened { desk } => Self::KiosksReopened { desk },
            Note::RulesTaken {
                desk,
                region,
                version,
                sha256,
                key,
            } => Self::RulesTaken {
                desk,
                region,
                version,
                sha256,
                key,
            },
            Note::RulesInForce {
                source,
                version,
                sha256,
            } => Self::RulesInForce {
                source,
                version,
                sha256,
            },
            Note::ClockStepped { by_ms } => Self::ClockStepped { by_ms },
        }
    }
}

/// A body as stored: its form, its time and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stored {
    /// Version of the form, [`BODY_VERSION`].
    pub(super) v: u16,
    /// Wall clock, milliseconds since 1970.
    pub(super) time_unix_ms: u64,
    /// What the record says.
    #[serde(flatten)]
    pub(super) body: Body,
}

impl Stored {
    /// Reads a body. What this version does not know in it reads as [`Body::Unknown`]; `None` if
    /// it is no body at all.
    pub(super) fn parse(json: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Envelope {
            v: u16,
            time_unix_ms: u64,
        }
        serde_json::from_str(json).ok().or_else(|| {
            let Envelope { v, time_unix_ms } = serde_json::from_str(json).ok()?;
            Some(Self {
                v,
                time_unix_ms,
                body: Body::Unknown,
            })
        })
    }
}

#[cfg(test)]
mod tests;
