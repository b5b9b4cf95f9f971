//! The rules of the region, as a terminal states them.

use super::{WeakPin, wire_enum};
use crate::error::Message;

wire_enum! {
    /// Where the rules in force come from.
    RulesSource mirrors RulesSource, "RulesInForce.source" {
        /// The terminal's configuration: no rule file was ever taken.
        Configuration = "CONFIGURATION",
        /// The newest rule file.
        File = "FILE",
        /// An older rule file: the newest is damaged.
        OlderFile = "OLDER_FILE",
        /// The configuration: every rule file is damaged.
        Fallback = "FALLBACK",
    }
}

/// Which rules are in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesInForce {
    /// Where they come from.
    pub source: RulesSource,
    /// Administrative division (GB/T 2260); empty where the configuration rules.
    pub region: String,
    /// Its name.
    pub region_name: String,
    /// Version of the file; 0 where the configuration rules.
    pub version: u64,
    /// SHA-256 of the signed file; empty where the configuration rules.
    pub sha256: Vec<u8>,
    /// Name of the key that signed it.
    pub key_id: String,
}

/// A rule in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleText {
    /// Which.
    pub rule: WeakPin,
    /// What a holder reads, before typing and after a refusal.
    pub text: Message,
}

/// The rules in force, as far as desks need them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Which.
    pub in_force: RulesInForce,
    /// Fewest digits of a PIN.
    pub min_digits: u32,
    /// Most digits of a PIN.
    pub max_digits: u32,
    /// What a new PIN may not be, in the order in which a holder is told of them.
    pub weak: Vec<RuleText>,
    /// Fewest tries that must be left before the asking desk spends one; 0 where no holder is.
    pub fewest_attempts: u32,
    /// Whether somebody may apply for the holder.
    pub agents_allowed: bool,
    /// Whether a second operator must approve.
    pub second_operator: bool,
    /// Wrong tries over all cards in an hour, before unattended desks close.
    pub guess_budget_per_hour: u32,
}

/// A rule file that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesTaken {
    /// What is in force now.
    pub in_force: RulesInForce,
    /// Record of it.
    pub ledger_sequence: u64,
}
