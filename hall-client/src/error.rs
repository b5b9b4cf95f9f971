//! What can go wrong, and whether it cost the holder a try.

use std::{path::PathBuf, time::Duration};

use cardd_proto::text::{self, Text};

use crate::model::{AttemptSpent, Reason, WeakPin};

/// Why a call did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// cardd does not listen there, or the connection broke.
    #[error("cardd does not answer at {}", socket.display())]
    Unreachable {
        /// The socket, or the address of a terminal over the network.
        socket: PathBuf,
        /// `Unknown` if the connection broke while the digits were on their way.
        attempt_spent: AttemptSpent,
        /// What the system or the transport said.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No answer in time.
    #[error("no answer within {} ms", limit.as_millis())]
    Timeout {
        /// How long the client waited.
        limit: Duration,
        /// `Unknown` if the digits were on their way.
        attempt_spent: AttemptSpent,
    },
    /// cardd refused or failed, and says why.
    #[error("{0}")]
    Card(CardFailure),
    /// More was typed than any PIN can have; nothing was sent.
    #[error("more digits than a PIN can have")]
    EntryTooLong,
    /// Client and daemon do not speak the same contract.
    #[error("the daemon does not keep to this client's contract")]
    Contract {
        /// `Unknown` if the digits were on their way.
        attempt_spent: AttemptSpent,
        /// What did not fit.
        #[source]
        cause: ContractError,
    },
}

impl ClientError {
    /// The question a desk always asks.
    #[must_use]
    pub fn attempt_spent(&self) -> AttemptSpent {
        match self {
            Self::Unreachable { attempt_spent, .. }
            | Self::Timeout { attempt_spent, .. }
            | Self::Contract { attempt_spent, .. } => *attempt_spent,
            Self::Card(failure) => failure.attempt_spent,
            Self::EntryTooLong => AttemptSpent::No,
        }
    }

    /// The reason, where cardd gave one.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self::Card(failure) => Some(failure.reason),
            Self::Unreachable { .. }
            | Self::Timeout { .. }
            | Self::EntryTooLong
            | Self::Contract { .. } => None,
        }
    }
}

/// What cardd said about a failure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {} (incident {incident_id})", reason.code(), text.en)]
pub struct CardFailure {
    /// Why.
    pub reason: Reason,
    /// Tries left as last read from the card, where known.
    pub attempts_remaining: Option<u32>,
    /// Whether a try was spent. A value that this client does not know reads as `Unknown`.
    pub attempt_spent: AttemptSpent,
    /// SW1 SW2 of the answer that decided, where there was one (ISO 7816-4, 5.6).
    pub status_word: Option<u16>,
    /// Finds the event in cardd's log.
    pub incident_id: String,
    /// The rule that a new PIN broke, where it is that and this client knows the rule.
    pub weak_pin: Option<WeakPin>,
    /// What a person reads.
    pub text: Message,
}

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<Text> for Message {
    fn from(text: Text) -> Self {
        Self {
            zh: text.zh.to_owned(),
            en: text.en.to_owned(),
        }
    }
}

impl Reason {
    /// What a person reads for this reason.
    #[must_use]
    pub fn text(self) -> Text {
        text::of(self.to_wire())
    }
}

impl WeakPin {
    /// What a person reads for this rule.
    #[must_use]
    pub fn text(self) -> Text {
        text::of_weak_pin(self.to_wire())
    }
}

/// What in an answer did not fit the contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContractError {
    /// A value that this client does not know: the daemon is newer.
    #[error(
        "{field} has the value {value}, which this client does not know; it is older than the daemon"
    )]
    UnknownValue {
        /// Message and field.
        field: &'static str,
        /// The number.
        value: i32,
    },
    /// A field that must be there is not, or it is a kind that this client does not know.
    #[error("{field} is missing or of a kind that this client does not know")]
    Missing {
        /// Message and field.
        field: &'static str,
    },
    /// A byte string of another length than the contract says.
    #[error("{field} has {bytes} bytes")]
    Length {
        /// Message and field.
        field: &'static str,
        /// Its length.
        bytes: usize,
    },
    /// The one-time key of an entry is no key.
    #[error("the entry's key cannot be used: {0}")]
    Key(cardd_proto::entry::EntryError),
    /// A failure without the detail that cardd sends, or with one that this client cannot read.
    #[error("gRPC status {code}, without a reason that this client knows: {message}")]
    ForeignStatus {
        /// The gRPC code's description.
        code: String,
        /// Its message.
        message: String,
    },
}
