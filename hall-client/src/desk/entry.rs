//! The entry that a holder types for, as far as a page needs it to seal digits to it.

use std::time::Duration;

use cardd_proto::entry::{ENTRY_ID_BYTES, KEY_BYTES};
use serde::Serialize;

use super::settings::Local;
use crate::{Change, HolderPinEntry, NewPin, OpenEntry, Terminal, Verify, purpose::Purpose};

/// An open entry. It holds no secret: the key's private half is with cardd.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Entry {
    /// What it is for.
    pub(super) purpose: For,
    /// Its name.
    #[serde(with = "hex::serde")]
    pub(super) entry_id: [u8; ENTRY_ID_BYTES],
    /// The one-time key that digits are sealed to.
    #[serde(with = "hex::serde")]
    pub(super) public_key: [u8; KEY_BYTES],
    /// The card's stay, in decimal: a number of 64 bits is none in a page.
    pub(super) insertion: String,
    /// Fewest digits.
    pub(super) min_digits: u32,
    /// Most digits.
    pub(super) max_digits: u32,
    /// Tries left, as the card stated them when the entry was opened; `None` where none can be spent.
    pub(super) tries: Option<u32>,
    /// What a new PIN may not be, as the region says it; empty where none is chosen.
    pub(super) rules: Vec<Local>,
    /// How long cardd waits.
    #[serde(skip)]
    pub(super) lifetime: Duration,
}

/// What an entry is for, by the names of `hall-client/desk/seal.js`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum For {
    /// The PIN, once.
    Verify,
    /// The PIN in force, the new one, the new one again.
    Change,
    /// After a reset: the new one, the new one again.
    OwnPin,
}

/// The PINs that a holder types, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// The PIN, to prove that the card is the holder's.
    Pin,
    /// The PIN in force.
    Old,
    /// The PIN to be.
    New,
    /// The PIN to be, once more.
    Again,
}

impl Step {
    /// The first of an entry.
    pub(crate) const fn first(purpose: For) -> Self {
        match purpose {
            For::Verify => Self::Pin,
            For::Change => Self::Old,
            For::OwnPin => Self::New,
        }
    }

    /// The next of the same entry; `None` after the last, which is sent with all others.
    pub(crate) const fn next(self) -> Option<Self> {
        match self {
            Self::Old => Some(Self::New),
            Self::New => Some(Self::Again),
            Self::Pin | Self::Again => None,
        }
    }
}

/// What a page needs to let the holder type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Enter {
    /// Which PIN.
    pub(super) step: Step,
    /// The entry that the digits are sealed to.
    #[serde(flatten)]
    pub(super) entry: Entry,
}

impl Enter {
    /// The first PIN of an entry.
    pub(crate) fn begin(entry: Entry) -> Self {
        Self {
            step: Step::first(entry.purpose),
            entry,
        }
    }

    /// The next PIN of it; the last stays.
    pub(crate) fn typed(self) -> Self {
        let step = self.step.next().unwrap_or(self.step);
        Self { step, ..self }
    }

    /// Its first PIN again: what the page held is gone.
    pub(crate) fn again(self) -> Self {
        Self::begin(self.entry)
    }
}

impl Entry {
    /// Of an entry for the PIN alone.
    pub(crate) fn verify(open: &OpenEntry<Verify>) -> Self {
        Self::of(open, For::Verify)
    }

    /// Of an entry for a change.
    pub(crate) fn change(open: &OpenEntry<Change>) -> Self {
        Self::of(open, For::Change)
    }

    /// Of an entry in which the new PIN of a change is judged before it is typed again.
    pub(crate) fn judging(open: &OpenEntry<NewPin>) -> Self {
        Self::of(open, For::Change)
    }

    /// Of an entry for the holder's own PIN after a reset. No try can be spent by it.
    pub(crate) fn own_pin(open: &HolderPinEntry) -> Self {
        let (min_digits, max_digits) = open.digits();
        Self {
            purpose: For::OwnPin,
            entry_id: open.id(),
            public_key: open.public_key(),
            insertion: open.insertion().to_string(),
            min_digits,
            max_digits,
            tries: None,
            rules: Vec::new(),
            lifetime: open.expires_in(),
        }
    }

    /// With the rules for a new PIN, which its page says before the holder types. A terminal that does
    /// not tell them holds the PIN to them all the same, and says which it broke.
    pub(crate) async fn with_rules(self, terminal: &Terminal) -> Self {
        let told = terminal.rules().await;
        let rules = told.map_or_else(
            |_| Vec::new(),
            |rules| {
                rules
                    .weak
                    .into_iter()
                    .map(|rule| rule.text.into())
                    .collect()
            },
        );
        Self { rules, ..self }
    }

    fn of<P: Purpose>(open: &OpenEntry<P>, purpose: For) -> Self {
        let (min_digits, max_digits) = open.digits();
        Self {
            purpose,
            entry_id: open.id(),
            public_key: open.public_key(),
            insertion: open.insertion().to_string(),
            min_digits,
            max_digits,
            tries: open.status().attempts_remaining,
            rules: Vec::new(),
            lifetime: open.expires_in(),
        }
    }
}
