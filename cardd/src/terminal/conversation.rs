//! What a card and the hall say to one another during one issuer transaction.

mod card_side;

use std::sync::Arc;

use cardd_proto::{entry::KEY_BYTES, v1::SealedEntry};
use tokio::sync::mpsc;

use crate::{
    card::{Authentication, CardIdentity, Challenge, IssuerEffect, IssuerMessage},
    pin::PinLength,
    reader::{Insertion, ReaderName},
    terminal::{EntryId, Terminal},
};

pub(super) use card_side::Conversation;

/// From the card's side to the hall.
#[derive(Debug)]
pub enum ToHall {
    /// Which card, and for what: enough to find its keys.
    Opened {
        /// The card.
        identity: Box<CardIdentity>,
        /// What was granted.
        effect: IssuerEffect,
        /// Record of the case.
        case: u64,
    },
    /// To be answered with the read key (RKSSSE).
    ReadKeyChallenge(Challenge),
    /// To be answered with the unblock key (PUK).
    UnblockKeyChallenge(Challenge),
    /// To be answered with the secure message.
    MessageChallenge {
        /// The card's random number.
        challenge: Challenge,
        /// For a reset: where to seal the one-time issued PIN to.
        seal: Option<SealTo>,
    },
    /// The reset is done; the counter desk asks the holder.
    HolderPinWanted {
        /// Record of the case.
        case: u64,
        /// How long the card waits.
        wait_ms: u64,
    },
}

/// A one-time key for something that only this terminal may read.
#[derive(Debug, Clone, Copy)]
pub struct SealTo {
    /// Names the entry.
    pub entry_id: EntryId,
    /// X25519.
    pub public_key: [u8; KEY_BYTES],
    /// The card's stay.
    pub insertion: Insertion,
}

/// What the counter desk needs to ask the holder for a PIN.
#[derive(Debug, Clone, Copy)]
pub struct HolderPrompt {
    /// Where to seal the digits to.
    pub seal: SealTo,
    /// Permitted length.
    pub length: PinLength,
    /// How long the entry lives.
    pub expires_in_ms: u64,
}

/// What came of an issuer operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operated {
    /// Record of the outcome.
    pub ledger_sequence: u64,
    /// Tries left of the PIN, where the card told.
    pub attempts_remaining: Option<u8>,
    /// Whether the holder's own PIN is in force after a reset.
    pub holder_pin_set: bool,
}

/// From the hall to the card.
#[derive(Debug)]
pub enum FromHall {
    /// With the read key.
    ReadKey(Authentication),
    /// With the unblock key.
    UnblockKey(Authentication),
    /// The command, and the sealed issued PIN where it is a reset.
    Message {
        /// PIN CHANGE/UNBLOCK.
        message: IssuerMessage,
        /// The value that it sets.
        issued_pin: Option<SealedEntry>,
    },
}

/// The hall's end.
pub struct HallLine {
    /// What the card says.
    pub to_hall: mpsc::Receiver<ToHall>,
    /// What the hall answers; dropping it ends the transaction.
    pub from_hall: Answers,
}

/// The way of the hall's answers to the card.
#[derive(Debug)]
pub struct Answers(mpsc::Sender<FromHall>);

/// The card's end hears no more, or was told more than it asked.
#[derive(Debug, thiserror::Error)]
#[error("the answer was not asked for")]
pub struct NotAsked;

impl Answers {
    /// Gives an answer, at once or not at all: the two sides take turns.
    ///
    /// # Errors
    /// [`NotAsked`].
    pub fn send(&self, answer: FromHall) -> Result<(), NotAsked> {
        self.0.try_send(answer).map_err(|_| NotAsked)
    }
}

/// Messages under way in either direction: the two take turns.
const IN_FLIGHT: usize = 2;

/// Both ends of a line about the card of a stay. Each answer must come within the terminal's
/// patience.
pub(super) fn line(
    terminal: &Arc<Terminal>,
    (reader, insertion): (&ReaderName, Insertion),
) -> (Conversation, HallLine) {
    let (to_hall, told) = mpsc::channel(IN_FLIGHT);
    let (answer, from_hall) = mpsc::channel(IN_FLIGHT);
    let stay = (reader.clone(), insertion);
    let hall = HallLine {
        to_hall: told,
        from_hall: Answers(answer),
    };
    let terminal = Arc::clone(terminal);
    (Conversation::new(terminal, stay, to_hall, from_hall), hall)
}
