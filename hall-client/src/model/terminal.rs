//! What a terminal is and whether it can work.

use super::{RulesInForce, wire_enum};

wire_enum! {
    /// What stands at a desk.
    DeskKind mirrors DeskKind, "Desk.kind" {
        /// 收费窗口, staffed.
        Billing = "BILLING",
        /// 自助机, unattended.
        Kiosk = "KIOSK",
        /// 经办窗口, staffed.
        Counter = "COUNTER",
        /// 网上办事大厅: no holder, no PIN.
        Hall = "HALL",
        /// 审计: reads the records.
        Auditor = "AUDITOR",
    }
}

wire_enum! {
    /// The PC/SC service.
    ServiceState mirrors ServiceState, "GetStatusResponse.pcsc" {
        /// It answers.
        Up = "UP",
        /// It does not.
        Down = "DOWN",
    }
}

wire_enum! {
    /// The ledger.
    LedgerState mirrors LedgerState, "GetStatusResponse.ledger" {
        /// Records can be written.
        Ready = "READY",
        /// Set aside; PIN work is closed until staff confirm.
        AwaitingConfirmation = "AWAITING_CONFIRMATION",
        /// Records cannot be written.
        Unavailable = "UNAVAILABLE",
        /// PIN work is closed until the hall collects records.
        Full = "FULL",
    }
}

wire_enum! {
    /// A part of what keeps a flaw of cardd from becoming more.
    ProtectedPart mirrors ProtectedPart, "Protection.part" {
        /// A user of its own, not root.
        User = "USER",
        /// Nothing goes to swap.
        Memory = "MEMORY",
        /// No other file, no other port.
        Files = "FILES",
        /// No program, no debugger.
        SystemCalls = "SYSTEM_CALLS",
    }
}

wire_enum! {
    /// Whether such a part is in force.
    ProtectionState mirrors ProtectionState, "Protection.state" {
        /// Whole.
        InForce = "IN_FORCE",
        /// The terminal's kernel knows only some of it.
        Partly = "PARTLY",
        /// None of it.
        Missing = "MISSING",
        /// Its configuration says so.
        Off = "OFF",
    }
}

/// One part of a terminal's protection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    /// Which.
    pub part: ProtectedPart,
    /// Whether it is in force.
    pub state: ProtectionState,
    /// What is missing and what to do about it; empty while in force.
    pub detail: String,
}

/// The desk that asks, as cardd knows it from the socket or the certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// Its name.
    pub name: String,
    /// What stands there.
    pub kind: DeskKind,
}

/// State of a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminalStatus {
    /// cardd's version.
    pub version: String,
    /// The terminal's name in its ledger.
    pub terminal_id: String,
    /// Wall clock at start, milliseconds since 1970.
    pub started_unix_ms: u64,
    /// Who asks.
    pub desk: Desk,
    /// The PC/SC service.
    pub pcsc: ServiceState,
    /// The ledger.
    pub ledger: LedgerState,
    /// While [`LedgerState::AwaitingConfirmation`]: head of the chain that was set aside, to be
    /// read out to the person who confirms.
    pub old_ledger_head_hex: Option<String>,
    /// Sequence number of the newest record.
    pub ledger_head_sequence: u64,
    /// Records that the hall has not acknowledged.
    pub ledger_unacknowledged: u64,
    /// So many of them close PIN work; 0: no hall collects.
    pub ledger_unacknowledged_limit: u64,
    /// Whether the hall has the first key of the chain.
    pub ledger_enrolled: bool,
    /// Number of readers.
    pub readers: u32,
    /// Entries open now.
    pub open_entries: u32,
    /// Wrong tries over all cards.
    pub guess_budget: GuessBudget,
    /// What keeps a flaw of cardd from becoming more.
    pub protection: Vec<Protection>,
    /// The rules in force.
    pub rules: RulesInForce,
}

/// Wrong tries over all cards of a terminal, in a sliding hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuessBudget {
    /// As many as are permitted.
    pub limit_per_hour: u32,
    /// As many as were lost.
    pub spent: u32,
    /// Whether it was spent, so that unattended desks are closed until staff reopen them.
    pub kiosks_closed: bool,
}

/// A card that lost tries at a terminal and had no success there since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuspectCard {
    /// Its keyed name in the terminal's ledger.
    pub card_ref: String,
    /// Tries lost since its last success there.
    pub tries_lost: u32,
    /// Wall clock of the first of them, milliseconds since 1970.
    pub first_unix_ms: u64,
    /// Wall clock of the last of them.
    pub last_unix_ms: u64,
}

/// Suspect cards, those that lost most tries first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuspectCards {
    /// As many as were asked for.
    pub list: Vec<SuspectCard>,
    /// Whether there are more.
    pub more: bool,
}
