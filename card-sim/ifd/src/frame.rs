//! The language between the IFD handler and the rack: one Unix stream socket per reader.
//!
//! ```text
//! frame  := length(u32, big endian) kind(u8) id(u32, big endian) body
//! length := bytes of kind, id and body: 5 ..= 5 + MAX_BODY
//! ```
//!
//! | kind | direction | name | id | body |
//! |---|---|---|---|---|
//! | 01 | to rack | hello | 0 | version (1 byte), slot name (UTF-8) |
//! | 02 | to rack | power up | of the request | none |
//! | 03 | to rack | power down | of the request | none |
//! | 04 | to rack | reset | of the request | none |
//! | 05 | to rack | transmit | of the request | command APDU |
//! | 81 | to reader | welcome | 0 | none |
//! | 82 | to reader | refused | 0 | reason (1 byte) |
//! | 83 | to reader | inserted | 0 | none |
//! | 84 | to reader | removed | 0 | none |
//! | 85 | to reader | ATR | of the request | answer to reset, 1 to 33 bytes |
//! | 86 | to reader | powered down | of the request | none |
//! | 87 | to reader | response | of the request | response APDU; none for an answer of no bytes |
//! | 88 | to reader | failed | of the request | failure (1 byte) |
//!
//! The reader opens with hello, the rack answers welcome or refused, and after a welcome says at
//! once how the slot stands: inserted or removed. One request is under way at a time. *Removed* voids
//! it: no answer need follow, and one that does is void too. Silence from a card is silence here; a
//! response of no bytes is an answer that a driver passes on as a success, as some do for a card that
//! left. Anything that does not fit the table is malformed, and its receiver closes the channel.

mod codec;
#[cfg(test)]
mod tests;

pub use codec::{FrameError, Received, read_to_rack, read_to_reader};

use crate::wiped::Wiped;

/// Version of this language, sent in hello.
pub const VERSION: u8 = 1;

/// Longest body in bytes: the largest extended APDU that pcsc-lite passes on.
pub const MAX_BODY: usize = 4 + 3 + 65_536 + 3 + 2;

/// Longest answer to reset in bytes (ISO 7816-3 8.1).
pub const MAX_ATR: usize = 33;

/// Longest slot name in bytes.
pub const MAX_SLOT_NAME: usize = 32;

/// What a reader says to the rack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToRack {
    /// The first frame: which slot this reader shows.
    Hello {
        /// Name of the slot.
        slot: String,
    },
    /// Something is asked of the card.
    Request {
        /// Chosen by the reader, never 0, answered with the same number.
        id: u32,
        /// What is asked.
        verb: Verb,
    },
}

/// What a reader can ask of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verb {
    /// Cold reset: contacts activated, ATR expected.
    PowerUp,
    /// Contacts deactivated.
    PowerDown,
    /// Warm reset, or a cold one if the card has no power; ATR expected.
    Reset,
    /// One command APDU.
    Transmit(Wiped),
}

/// What the rack says to a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToReader {
    /// The slot is yours.
    Welcome,
    /// The slot is not yours; the channel closes.
    Refused(Refusal),
    /// A card arrived.
    Inserted,
    /// The card left; a request under way is void.
    Removed,
    /// Answer to the request of that number.
    Reply {
        /// Number of the request.
        id: u32,
        /// The answer.
        reply: Reply,
    },
}

/// Answer to a [`Verb`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Answer to reset, 1 to [`MAX_ATR`] bytes.
    Atr(Vec<u8>),
    /// The contacts are off.
    PoweredDown,
    /// Response APDU, or no bytes at all that pass for one.
    Response(Wiped),
    /// There is no answer, for this reason.
    Failed(Failure),
}

/// Why the rack does not give the slot to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The reader speaks another [`VERSION`].
    Version,
    /// No slot has that name.
    UnknownSlot,
    /// Another reader shows that slot.
    Taken,
}

/// Why a request has no answer from the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No card in the slot.
    NoCard,
    /// The card has no power.
    NotPowered,
    /// The card was asked and gave nothing.
    Mute,
    /// The card lost its power or was reset while it worked.
    Interrupted,
}
