//! What the counter's two pages show. Names are stable between this and `hall-client/desk/counter/`.

use serde::Serialize;

use super::{
    archive::{Find, Found, Verdict},
    slips::Shown as Slips,
};
use crate::desk::{entry::Enter, refusal::Refusal};

/// What the operator sees.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub(super) enum OperatorScreen {
    SignIn {
        refusal: Option<Refusal>,
    },
    OutOfOrder {
        why: &'static str,
    },
    Busy,
    Desk {
        operator: String,
        /// Locked cards and those that lost tries, by keyed reference.
        queue: Vec<Waiting>,
        slips: Slips,
    },
    Form {
        pin: &'static str,
        tries: Option<u32>,
        slips: Slips,
        refusal: Option<Refusal>,
    },
    Approve {
        case: u64,
        operator: String,
        refusal: Option<Refusal>,
    },
    Ready {
        case: u64,
        operation: &'static str,
    },
    Operating {
        case: u64,
        operation: &'static str,
        steps: Vec<&'static str>,
    },
    Done(Filed),
    Refused {
        refusal: Refusal,
    },
    Records {
        find: Find,
        /// Whether that can be looked for.
        plain: bool,
        found: Option<Found>,
        verdict: Option<Verdict>,
        busy: bool,
    },
}

/// What the holder sees.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub(super) enum HolderScreen {
    Welcome,
    Wait,
    Enter(Enter),
    Setting,
    Refused { refusal: Refusal, again: bool },
    Set,
    Unlocked,
}

/// A card that lost tries here.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Waiting {
    pub(super) card_ref: String,
    pub(super) tries_lost: u32,
    pub(super) last_unix_ms: u64,
}

/// A record of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Line {
    pub(super) sequence: u64,
    pub(super) time_unix_ms: u64,
    pub(super) body: String,
    pub(super) hash: String,
    /// Whether it has the hash that it says, and follows the one before it.
    pub(super) whole: bool,
}

/// The record of an operation, as the ledger has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Paper {
    pub(super) line: Line,
    pub(super) tries: Option<u32>,
    pub(super) holder_pin_set: bool,
}

/// What is printed for the file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Filed {
    pub(super) case: u64,
    pub(super) operation: &'static str,
    pub(super) reason: &'static str,
    pub(super) agent: bool,
    pub(super) operator: String,
    pub(super) second: Option<String>,
    pub(super) paper: Paper,
}
