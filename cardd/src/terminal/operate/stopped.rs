//! Where an issuer transaction ended early, what of it goes on record, and what the hall is told.

use crate::{
    card::{CardError, IssuerFailure, IssuerKey},
    ledger::Outcome,
    terminal::TerminalError,
};

/// Where and why a transaction ended early.
pub(super) enum Stopped {
    /// Before a command of the issuer was refused: the PIN is as before.
    Before(TerminalError),
    /// At a key.
    Key(IssuerKey, IssuerFailure),
    /// At the secure message.
    Message(IssuerFailure),
}

impl From<TerminalError> for Stopped {
    fn from(error: TerminalError) -> Self {
        Self::Before(error)
    }
}

impl From<CardError> for Stopped {
    fn from(error: CardError) -> Self {
        Self::Before(error.into())
    }
}

impl Stopped {
    /// The counter of the unblock key is its own; that of the read key is not recorded as such.
    pub(super) fn outcome(&self) -> Outcome {
        let (key, failure) = match self {
            Self::Before(error) => {
                return Outcome::NotSent {
                    why: error.to_string(),
                };
            }
            Self::Key(key, failure) => (Some(*key), *failure),
            Self::Message(failure) => (None, *failure),
        };
        match failure {
            IssuerFailure::KeyRejected { remaining } if key == Some(IssuerKey::Unblock) => {
                Outcome::KeyRejected {
                    attempts_remaining: remaining,
                }
            }
            IssuerFailure::KeyBlocked if key != Some(IssuerKey::Read) => Outcome::KeyBlocked,
            IssuerFailure::MessageRejected(word) | IssuerFailure::Refused(word) => {
                Outcome::Refused {
                    status_word: word.value(),
                }
            }
            // An authentication changes no PIN, whatever became of it.
            IssuerFailure::InDoubt(error) if key.is_none() => Outcome::InDoubt {
                why: error.to_string(),
            },
            IssuerFailure::KeyRejected { .. }
            | IssuerFailure::KeyBlocked
            | IssuerFailure::InDoubt(_)
            | IssuerFailure::NotSent(_) => Outcome::NotSent {
                why: failure.to_string(),
            },
        }
    }
}

impl From<Stopped> for TerminalError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Before(error) => error,
            Stopped::Key(IssuerKey::Read, IssuerFailure::KeyRejected { .. }) => {
                Self::ReadKeyRejected
            }
            Stopped::Key(_, failure) | Stopped::Message(failure) => Self::Issuer(failure),
        }
    }
}
