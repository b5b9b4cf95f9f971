//! Answers where the published texts are silent or leave a choice. Each default is a choice.

use serde::Deserialize;

use crate::apdu::StatusWord;

/// `[behaviour]` of a persona.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Behaviour {
    /// FCI of the environment names the suite in tag 9F0C (`86 01 a`). Default `true`; some readers
    /// meet cards without it.
    pub fci_algorithm: bool,
    /// Content of the directory EF (SFI 1E), records in hexadecimal. Default none: 6A82.
    pub directory: Vec<DirectoryRecord>,
    /// Refusal of EF06 on a 3.0 card before RKSSSE is authenticated. Default `6982`.
    pub holder_refusal: StatusWord,
    /// VERIFY with Lc 00 while the PIN is locked: `6983` (default) or `63C0`.
    pub query_when_locked: StatusWord,
    /// VERIFY with another length than the stored PIN. Default `costs_a_try`.
    pub wrong_length_pin: WrongLength,
    /// VERIFY with data while the PIN is empty costs a try, as its answer 63Cx reads. Default `true`.
    pub data_on_empty_pin_counts: bool,
    /// VERIFY with Lc 00 on an empty PIN sets the PIN right. Default `true`.
    pub empty_pin_grants_right: bool,
    /// A wrong VERIFY takes back a PIN right that was set before. Default `false`: the right lasts
    /// until power-off (LD/T 32.7).
    pub wrong_pin_drops_right: bool,
    /// CHANGE PIN sets the PIN right. Default `false`.
    pub change_pin_grants_right: bool,
    /// PIN right after PIN CHANGE/UNBLOCK. Default `unchanged`.
    pub right_after_reset: RightAfterReset,
    /// VERIFY is answered over the contactless interface; `false` gives 6982. Default `true`.
    pub verify_over_contactless: bool,
    /// A wrong MAC of PIN CHANGE/UNBLOCK costs a try of the PUK. Default `true`.
    pub failed_unblock_counts: bool,
    /// How long a challenge lives. Default `until_used`.
    pub challenge_life: ChallengeLife,
    /// RELOAD PIN (`80 5E 00`), which social cards do not have: `6D00` (default) or `6A81`.
    pub reload_pin: StatusWord,
}

/// A record of the directory EF.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct DirectoryRecord(#[serde(with = "hex::serde")] pub Vec<u8>);

/// Meaning of a VERIFY whose data has another length than the stored PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrongLength {
    /// A failed compare: 63Cx.
    CostsATry,
    /// A format error: 6700, free.
    Refused,
}

/// PIN right after PIN CHANGE/UNBLOCK.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RightAfterReset {
    /// As before the command.
    Unchanged,
    /// Set.
    Set,
    /// Taken back.
    Dropped,
}

/// Life of a challenge besides use, replacement, reset and selection of another application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChallengeLife {
    /// Kept over other commands until used.
    UntilUsed,
    /// Good for the very next command only.
    NextCommand,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            fci_algorithm: true,
            directory: Vec::new(),
            holder_refusal: StatusWord::SECURITY_NOT_SATISFIED,
            query_when_locked: StatusWord::LOCKED,
            wrong_length_pin: WrongLength::CostsATry,
            data_on_empty_pin_counts: true,
            empty_pin_grants_right: true,
            wrong_pin_drops_right: false,
            change_pin_grants_right: false,
            right_after_reset: RightAfterReset::Unchanged,
            verify_over_contactless: true,
            failed_unblock_counts: true,
            challenge_life: ChallengeLife::UntilUsed,
            reload_pin: StatusWord::UNKNOWN_INS,
        }
    }
}
