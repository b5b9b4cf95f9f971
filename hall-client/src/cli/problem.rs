//! What a command can fail with: how it ends, and whether a try was spent. How it is told is in `told` (code and
//! sentences) and `report` (for a person, for a program).

mod report;
mod told;

use std::{error::Error, io};

use hall_client::{
    AttemptSpent, ClientError, OperateError,
    collect::CollectError,
    desk::{ServeError, settings::SettingsError},
    evidence::{Bad, store::StoreError},
    measure::FrequencyError,
    policy::PolicyError,
    receipt::{ReceiptRefused, keys::KeysError},
};

use super::exit::Exit;

/// Why a command did not succeed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// cardd said no, or nothing.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// No reader holds a card, or not the named one.
    #[error("no card")]
    NoCard,
    /// No reader of that name.
    #[error("no such reader")]
    ReaderUnknown,
    /// More than one reader holds a card and none was named.
    #[error("several cards: {}", .0.join(", "))]
    SeveralCards(Vec<String>),
    /// It is the last try and nobody can be asked.
    #[error("last attempt not accepted")]
    LastAttemptUnconfirmed,
    /// The person does not want to spend the last try.
    #[error("declined")]
    Declined,
    /// There is no terminal to prompt at.
    #[error("no terminal")]
    NoTerminal(#[source] io::Error),
    /// `--pin-fd` names nothing that can be read.
    #[error("descriptor")]
    BadDescriptor(#[source] io::Error),
    /// `--pin-fd` names a terminal, which echoes.
    #[error("descriptor is a terminal")]
    DescriptorIsTerminal,
    /// Too few lines, or the end of input at the prompt.
    #[error("missing line")]
    MissingLine,
    /// More than any PIN can have.
    #[error("too many digits")]
    TooLong,
    /// Nothing was typed in time.
    #[error("expired")]
    Expired,
    /// Ctrl-C, SIGTERM or SIGHUP.
    #[error("interrupted")]
    Interrupted,
    /// Whoever read standard output left.
    #[error("standard output closed")]
    OutputClosed,
    /// What was given for a grant is none.
    #[error("no grant")]
    NoGrant,
    /// Unlock was asked for with a grant for a reset, or the other way round.
    #[error("the grant is for another operation")]
    OtherOperation,
    /// The issuer's keys cannot answer the card.
    #[error("the issuer's keys")]
    Issuer(#[source] OperateError),
    /// The receipt is not good.
    #[error("the receipt is refused")]
    Receipt(#[from] ReceiptRefused),
    /// Keys of receipts cannot be read, kept or believed.
    #[error("the keys of receipts cannot be used")]
    ReceiptKeys(#[from] KeysError),
    /// A rule file or a signing key is of no use.
    #[error("rule file")]
    Policy(#[from] PolicyError),
    /// A text is no list of frequencies.
    #[error("frequencies")]
    Frequencies(#[source] FrequencyError),
    /// Records are not what the terminal wrote.
    #[error("the chain does not hold")]
    ChainBad(#[from] Bad),
    /// Records could not be collected, or not to the end.
    #[error("the collection did not end well")]
    Collection(#[source] CollectError),
    /// The pages of a desk are not served.
    #[error(transparent)]
    Desk(#[from] ServeError),
    /// The configuration file of a desk's pages is of no use.
    #[error(transparent)]
    DeskSettings(SettingsError),
    /// The system refused something that a healthy one grants.
    #[error("{step}")]
    System {
        /// What was tried.
        step: &'static str,
        /// What the system said.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl From<CollectError> for Problem {
    fn from(error: CollectError) -> Self {
        match error {
            CollectError::Client(error) => Self::Client(error),
            CollectError::Store(StoreError::Bad(bad)) => Self::ChainBad(bad),
            CollectError::Store(_) | CollectError::Gap { .. } => Self::Collection(error),
        }
    }
}

impl Problem {
    /// A failure to write; the far end of a pipe may leave at any time.
    pub(crate) fn output(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::OutputClosed;
        }
        Self::System {
            step: "write the result",
            source: error.into(),
        }
    }

    /// A failure of the system.
    pub(crate) fn system<E: Error + Send + Sync + 'static>(
        step: &'static str,
    ) -> impl FnOnce(E) -> Self {
        move |source| Self::System {
            step,
            source: source.into(),
        }
    }

    /// How the command ends.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Client(error) => Exit::of_failure(error),
            Self::NoCard | Self::ReaderUnknown => Exit::NotReady,
            Self::SeveralCards(_)
            | Self::NoTerminal(_)
            | Self::BadDescriptor(_)
            | Self::DescriptorIsTerminal
            | Self::MissingLine => Exit::Usage,
            Self::LastAttemptUnconfirmed | Self::TooLong | Self::NoGrant | Self::OtherOperation => {
                Exit::Refused
            }
            Self::Issuer(_) => Exit::Keys,
            Self::Receipt(refused) => Exit::of_receipt(refused),
            Self::ReceiptKeys(_) => Exit::ReceiptStore,
            Self::Policy(_) | Self::Frequencies(_) => Exit::Rules,
            Self::Declined | Self::Expired => Exit::EntryEnded,
            Self::Interrupted => Exit::Interrupted,
            Self::OutputClosed => Exit::Ok,
            Self::ChainBad(_) | Self::Collection(_) => Exit::Ledger,
            Self::Desk(
                ServeError::NotLoopback(_)
                | ServeError::HisToken(_)
                | ServeError::SlipKey(_)
                | ServeError::Agency(_),
            )
            | Self::DeskSettings(_) => Exit::Usage,
            Self::Desk(ServeError::OtherDesk { .. }) => Exit::Denied,
            Self::Desk(ServeError::Listen { .. } | ServeError::Ended(_)) | Self::System { .. } => {
                Exit::Defect
            }
        }
    }

    /// Whether a try was spent; what fails before the digits leave costs none.
    fn attempt_spent(&self) -> AttemptSpent {
        match self {
            Self::Client(error) => error.attempt_spent(),
            Self::NoCard
            | Self::ReaderUnknown
            | Self::SeveralCards(_)
            | Self::LastAttemptUnconfirmed
            | Self::Declined
            | Self::NoTerminal(_)
            | Self::BadDescriptor(_)
            | Self::DescriptorIsTerminal
            | Self::MissingLine
            | Self::TooLong
            | Self::Expired
            | Self::Interrupted
            | Self::OutputClosed
            | Self::NoGrant
            | Self::OtherOperation
            | Self::Issuer(_)
            | Self::Receipt(_)
            | Self::ReceiptKeys(_)
            | Self::Policy(_)
            | Self::Frequencies(_)
            | Self::ChainBad(_)
            | Self::Collection(_)
            | Self::Desk(_)
            | Self::DeskSettings(_)
            | Self::System { .. } => AttemptSpent::No,
        }
    }
}

#[cfg(test)]
mod tests;
