//! The entry that a holder types for, as far as the page needs it to seal digits to it.

use std::time::Duration;

use cardd_proto::entry::{ENTRY_ID_BYTES, KEY_BYTES};
use serde::Serialize;

use crate::{Change, OpenEntry};

/// An open entry. It holds no secret: the key's private half is with cardd.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Entry {
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
    /// Tries left, as the card stated them when the entry was opened.
    pub(super) tries: Option<u32>,
    /// How long cardd waits.
    #[serde(skip)]
    pub(super) lifetime: Duration,
}

impl Entry {
    /// What the page needs of an open entry.
    pub(super) fn of(open: &OpenEntry<Change>) -> Self {
        let (min_digits, max_digits) = open.digits();
        Self {
            entry_id: open.id(),
            public_key: open.public_key(),
            insertion: open.insertion().to_string(),
            min_digits,
            max_digits,
            tries: open.status().attempts_remaining,
            lifetime: open.expires_in(),
        }
    }
}
