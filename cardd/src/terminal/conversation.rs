//! What a card and the hall say to one another during one issuer transaction.

use std::{sync::mpsc as std_mpsc, time::Duration};

use cardd_proto::{entry::KEY_BYTES, v1::SealedEntry};
use tokio::sync::mpsc;

use crate::{
    card::{Authentication, CardIdentity, Challenge, IssuerEffect, IssuerMessage},
    pin::PinLength,
    reader::Insertion,
    terminal::{EntryId, TerminalError},
};

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

/// The card's end of the line to the hall, for its own thread.
pub(super) struct Conversation {
    to_hall: mpsc::Sender<ToHall>,
    from_hall: std_mpsc::Receiver<FromHall>,
    patience: Duration,
}

/// The hall's end.
pub struct HallLine {
    /// What the card says.
    pub to_hall: mpsc::Receiver<ToHall>,
    /// What the hall answers; dropping it ends the transaction.
    pub from_hall: std_mpsc::SyncSender<FromHall>,
}

/// Messages under way in either direction: the two take turns.
const IN_FLIGHT: usize = 2;

/// Both ends of a line whose answers must come within `patience`.
pub(super) fn line(patience: Duration) -> (Conversation, HallLine) {
    let (to_hall, told) = mpsc::channel(IN_FLIGHT);
    let (answer, from_hall) = std_mpsc::sync_channel(IN_FLIGHT);
    (
        Conversation {
            to_hall,
            from_hall,
            patience,
        },
        HallLine {
            to_hall: told,
            from_hall: answer,
        },
    )
}

impl Conversation {
    /// Says something.
    pub(super) fn tell(&self, message: ToHall) -> Result<(), TerminalError> {
        self.to_hall
            .blocking_send(message)
            .map_err(|_| TerminalError::HallSilent)
    }

    /// Waits for the answer. A stream that ended is silent at once.
    fn hear(&self) -> Result<FromHall, TerminalError> {
        self.from_hall
            .recv_timeout(self.patience)
            .map_err(|_| TerminalError::HallSilent)
    }

    pub(super) fn hear_read_key(&self) -> Result<Authentication, TerminalError> {
        match self.hear()? {
            FromHall::ReadKey(authentication) => Ok(authentication),
            FromHall::UnblockKey(_) | FromHall::Message { .. } => Err(OUT_OF_TURN),
        }
    }

    pub(super) fn hear_unblock_key(&self) -> Result<Authentication, TerminalError> {
        match self.hear()? {
            FromHall::UnblockKey(authentication) => Ok(authentication),
            FromHall::ReadKey(_) | FromHall::Message { .. } => Err(OUT_OF_TURN),
        }
    }

    pub(super) fn hear_message(
        &self,
    ) -> Result<(IssuerMessage, Option<SealedEntry>), TerminalError> {
        match self.hear()? {
            FromHall::Message {
                message,
                issued_pin,
            } => Ok((message, issued_pin)),
            FromHall::ReadKey(_) | FromHall::UnblockKey(_) => Err(OUT_OF_TURN),
        }
    }
}

const OUT_OF_TURN: TerminalError = TerminalError::Malformed("an answer to another question");
