//! What differs from one kind of card to another in PIN work.

use std::num::NonZeroU8;

use super::CardError;
use crate::apdu::{Command, StatusWord};
use crate::pin::{NewPin, Pin, PinCounter};

/// The PIN commands of a kind of card and the meaning of its answers. Pure: it sends nothing.
///
/// The meaning of a status word belongs to the profile and to the command. `9000` to an empty
/// VERIFY, say, means "no PIN" on one card and "verified already" on another.
pub trait CardProfile: Sync {
    /// Asks for the tries left without spending one.
    fn query_pin(&self) -> Command;

    /// The answer to [`CardProfile::query_pin`].
    ///
    /// # Errors
    /// [`CardError::Blocked`] or [`CardError::Refused`].
    fn pin_counter(&self, answer: StatusWord) -> Result<PinCounter, CardError>;

    /// Presents the PIN.
    fn verify_pin(&self, pin: &Pin) -> Command;

    /// The answer to [`CardProfile::verify_pin`].
    fn verified(&self, answer: StatusWord) -> PinAnswer;

    /// Changes the PIN with the help of the old one.
    fn change_pin(&self, old: &Pin, new: &NewPin) -> Command;

    /// The answer to [`CardProfile::change_pin`].
    fn changed(&self, answer: StatusWord) -> PinAnswer;
}

/// What the card said to a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinAnswer {
    /// Right; the counter is back at its limit.
    Accepted,
    /// Wrong.
    Rejected {
        /// Tries left.
        remaining: NonZeroU8,
    },
    /// Wrong, and that was the last try.
    NowBlocked,
    /// Blocked before; nothing was compared.
    WasBlocked,
    /// Anything else.
    Refused(StatusWord),
}
