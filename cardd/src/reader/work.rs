//! A job for a card, and why it may not come to its card.

use std::time::Duration;

use crate::card::CardChannel;

/// A job that wants a card to itself.
pub trait CardWork: Send {
    /// Does the job, on the reader's own thread, inside one exclusive transaction. Called exactly
    /// once for each job that was accepted, also when there is no card to give: whoever waits
    /// for the answer always gets one.
    ///
    /// Every access error means that nothing was sent to the card.
    fn run(self: Box<Self>, card: Result<&mut dyn CardChannel, AccessError>) -> CardDisposition;
}

/// What becomes of the card when the transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardDisposition {
    /// It keeps its state.
    Leave,
    /// It is reset, and every copy of the job's commands that the PC/SC service keeps is given
    /// up. To be answered whenever a PIN was presented or a right was gained.
    Reset,
}

/// Why an accepted job got no card. Nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// Another card is in the reader than the one meant.
    #[error("the card is not the one the request means")]
    CardChanged,
    /// The card left while the job waited.
    #[error("the card was removed")]
    CardRemoved,
    /// Another program kept the card to itself for the whole of the stated deadline.
    #[error("another program has held the card for {} ms", held.as_millis())]
    Held {
        /// How long this process has seen it held.
        held: Duration,
    },
    /// The card does not answer to reset.
    #[error("the card does not answer")]
    Unreadable,
    /// The reader was unplugged or its driver gave up.
    #[error("the reader is gone")]
    ReaderGone,
    /// The PC/SC service stopped.
    #[error("the PC/SC service is down")]
    ServiceDown,
    /// This process is ending.
    #[error("the terminal is shutting down")]
    ShuttingDown,
}

/// Why a job was not accepted. It was dropped without being run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// No reader of that name.
    #[error("no such reader")]
    Unknown,
    /// The PC/SC service does not answer.
    #[error("the PC/SC service is down")]
    ServiceDown,
    /// The slot is empty.
    #[error("no card in the reader")]
    NoCard,
    /// Another card is in the reader than the one meant.
    #[error("the card is not the one the request means")]
    CardChanged,
    /// The card does not answer to reset: upside down, or defective.
    #[error("the card does not answer")]
    Unreadable,
    /// As many jobs wait as may wait.
    #[error("the reader is busy")]
    Busy,
    /// This process is ending.
    #[error("the terminal is shutting down")]
    ShuttingDown,
}
