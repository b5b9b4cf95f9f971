//! What tests and `inspect` may know about a card without a command: counters and conditions, never
//! digits.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Card;
use crate::counter::Counter;
use crate::files::{Application, KeyId};
use crate::pin::Pin;

/// Condition of the PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PinCondition {
    /// A PIN is stored and has tries left.
    Set,
    /// No PIN is stored.
    Empty,
    /// No try is left.
    Blocked,
}

/// A look into the card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// Condition of the PIN.
    pub pin: PinCondition,
    /// Tries of the PIN.
    pub pin_attempts: Counter,
    /// VERIFY succeeded since the last power-on or reset.
    pub pin_right: bool,
    /// Keys authenticated since the application was selected.
    pub key_rights: BTreeSet<KeyId>,
    /// Tries of each key that EXTERNAL AUTHENTICATION knows.
    pub key_attempts: BTreeMap<KeyId, Counter>,
    /// Applications locked by APPLICATION BLOCK.
    pub blocked_applications: BTreeSet<Application>,
    /// CARD BLOCK was executed.
    pub card_blocked: bool,
    /// Selected application.
    pub selected: Application,
    /// Times the card got power since it was made.
    pub power_ons: u64,
    /// Warm resets since it was made.
    pub resets: u64,
}

impl Card {
    /// Counters and conditions as they are now.
    #[must_use]
    pub fn inspect(&self) -> Inspection {
        Inspection {
            pin: self.pin_condition(),
            pin_attempts: self.state.pin_attempts,
            pin_right: self.session.pin_right,
            key_rights: self.session.rights().clone(),
            key_attempts: self.state.key_attempts.clone(),
            blocked_applications: self.state.blocked_applications.clone(),
            card_blocked: self.state.card_blocked,
            selected: self.session.application,
            power_ons: self.power_ons,
            resets: self.resets,
        }
    }

    /// Whether `digits` is the stored PIN; the empty string stands for an empty PIN. For tests only:
    /// costs no try and asks for no right.
    #[must_use]
    pub fn pin_is(&self, digits: &str) -> bool {
        match (&self.state.pin, Pin::from_digits(digits)) {
            (None, _) => digits.is_empty(),
            (Some(stored), Ok(pin)) => stored.matches(pin.bcd()),
            (Some(_), Err(_)) => false,
        }
    }

    fn pin_condition(&self) -> PinCondition {
        if self.state.pin_attempts.is_locked() {
            PinCondition::Blocked
        } else if self.state.pin.is_some() {
            PinCondition::Set
        } else {
            PinCondition::Empty
        }
    }
}
