//! The way to a card, as everything above the readers sees it.

use crate::apdu::{Command, MalformedResponse, Response};

/// One exclusive line to one card, for the length of one transaction.
///
/// Implemented over PC/SC by `reader`, and by scripts in tests.
pub trait CardChannel {
    /// Historical bytes of the answer to reset (ISO 7816-3), at most 15.
    fn historical_bytes(&self) -> &[u8];

    /// Sends one command and waits for its answer. GET RESPONSE and the repetition after `6Cxx`
    /// are the caller's.
    ///
    /// # Errors
    /// [`ChannelError`], which knows whether the command may have reached the card.
    fn transmit(&mut self, command: &Command) -> Result<Response, ChannelError>;
}

/// Whether a failed command may have had its effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// The card did not see it.
    No,
    /// It may have been executed.
    Unknown,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// The card left the reader.
    #[error("the card was removed")]
    CardRemoved(Reached),
    /// Another program reset the card; every right and selection is gone.
    #[error("another program reset the card")]
    CardReset(Reached),
    /// The card is powered but does not answer.
    #[error("the card does not answer")]
    CardMute(Reached),
    /// The reader was unplugged or its driver gave up.
    #[error("the reader is gone")]
    ReaderGone(Reached),
    /// The PC/SC service stopped.
    #[error("the PC/SC service is down")]
    ServiceDown(Reached),
    /// The bytes received are not a response.
    #[error(transparent)]
    Malformed(#[from] MalformedResponse),
    /// More data than a short command carries; nothing was sent.
    #[error("the command does not fit a short APDU")]
    CommandTooLong,
}

impl ChannelError {
    /// Whether the command may have had its effect on the card.
    #[must_use]
    pub fn reached(self) -> Reached {
        match self {
            Self::CardRemoved(reached)
            | Self::CardReset(reached)
            | Self::CardMute(reached)
            | Self::ReaderGone(reached)
            | Self::ServiceDown(reached) => reached,
            Self::Malformed(_) => Reached::Unknown,
            Self::CommandTooLong => Reached::No,
        }
    }
}
