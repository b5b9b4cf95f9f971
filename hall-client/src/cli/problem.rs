//! What a command can fail with: what happened, what to do next, and whether a try was spent.

use std::{error::Error, io};

use cardd_proto::text::Text;
use hall_client::{
    AttemptSpent, ClientError, OperateError, Reason,
    collect::CollectError,
    desk::{ServeError, settings::SettingsError},
    evidence::{Bad, store::StoreError},
    issuer::KeyError,
    measure::FrequencyError,
    policy::PolicyError,
    receipt::{ReceiptRefused, keys::KeysError},
};
use serde_json::{Value, json};

use super::exit::Exit;
use crate::text::{Lang, Say};

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

    /// Its stable code: a reason of the contract, or one of this program's own.
    fn code(&self) -> &'static str {
        match self {
            Self::Client(ClientError::Card(failure)) => failure.reason.code(),
            Self::Client(ClientError::Unreachable { .. }) => "UNREACHABLE",
            Self::Client(ClientError::Timeout { .. }) => "NO_ANSWER",
            Self::Client(ClientError::EntryTooLong) | Self::TooLong => "ENTRY_TOO_LONG",
            Self::Client(ClientError::Contract { .. }) => "CONTRACT",
            Self::NoCard => Reason::NoCard.code(),
            Self::ReaderUnknown => Reason::ReaderUnknown.code(),
            Self::SeveralCards(_) => "SEVERAL_CARDS",
            Self::LastAttemptUnconfirmed => Reason::LastAttemptUnconfirmed.code(),
            Self::Declined => Reason::EntryCancelled.code(),
            Self::NoTerminal(_) => "NO_TERMINAL",
            Self::BadDescriptor(_) => "BAD_DESCRIPTOR",
            Self::DescriptorIsTerminal => "DESCRIPTOR_IS_TERMINAL",
            Self::MissingLine => "MISSING_LINE",
            Self::Expired => Reason::EntryTimedOut.code(),
            Self::Interrupted => "INTERRUPTED",
            Self::OutputClosed => "OUTPUT_CLOSED",
            Self::NoGrant => "NO_GRANT",
            Self::OtherOperation => "GRANT_OTHER_OPERATION",
            Self::Issuer(OperateError::Key(error)) => key_trouble(error).0,
            Self::Issuer(_) => "ISSUER_KEYS",
            Self::Receipt(refused) => receipt_trouble(refused).0,
            Self::ReceiptKeys(_) => "RECEIPT_KEYS",
            Self::Policy(_) => "RULE_FILE",
            Self::Frequencies(_) => "FREQUENCIES",
            Self::ChainBad(_) => "CHAIN_BAD",
            Self::Collection(_) => "COLLECTION",
            Self::Desk(ServeError::NotLoopback(_)) => "NOT_LOOPBACK",
            Self::Desk(ServeError::OtherDesk { .. }) => "OTHER_DESK",
            Self::Desk(ServeError::Listen { .. }) => "ADDRESS_TAKEN",
            Self::DeskSettings(_)
            | Self::Desk(
                ServeError::HisToken(_) | ServeError::SlipKey(_) | ServeError::Agency(_),
            ) => "DESK_SETTINGS",
            Self::Desk(ServeError::Ended(_)) | Self::System { .. } => "SYSTEM",
        }
    }

    /// What happened and what to do next: Chinese, English.
    fn message(&self) -> (String, String) {
        let text = match self {
            Self::Client(ClientError::Card(failure)) => {
                return (failure.text.zh.clone(), failure.text.en.clone());
            }
            Self::Client(ClientError::Unreachable { .. }) => Say::Unreachable.text(),
            Self::Client(ClientError::Timeout { .. }) => Say::NoAnswer.text(),
            Self::Client(ClientError::EntryTooLong) | Self::TooLong => Say::EntryTooLong.text(),
            Self::Client(ClientError::Contract { .. }) => Say::Contract.text(),
            Self::NoCard => Reason::NoCard.text(),
            Self::ReaderUnknown => Reason::ReaderUnknown.text(),
            Self::SeveralCards(names) => {
                let (text, names) = (Say::SeveralCards.text(), names.join(", "));
                return (
                    format!("{}{names}", text.zh),
                    format!("{} {names}", text.en),
                );
            }
            Self::LastAttemptUnconfirmed => Reason::LastAttemptUnconfirmed.text(),
            Self::Declined => Say::Declined.text(),
            Self::NoTerminal(_) => Say::NoTerminal.text(),
            Self::BadDescriptor(_) => Say::BadDescriptor.text(),
            Self::DescriptorIsTerminal => Say::DescriptorIsTerminal.text(),
            Self::MissingLine => Say::MissingLine.text(),
            Self::Expired => Say::Expired.text(),
            Self::Interrupted => Say::Interrupted.text(),
            Self::NoGrant => Say::NoGrant.text(),
            Self::OtherOperation => Say::OtherOperation.text(),
            Self::Issuer(OperateError::Key(error)) => key_trouble(error).1,
            Self::Issuer(_) => Say::IssuerKeys.text(),
            Self::Receipt(refused) => receipt_trouble(refused).1.text(),
            Self::ReceiptKeys(_) => Say::ReceiptStore.text(),
            Self::Policy(_) => Say::RuleFileRefused.text(),
            Self::Frequencies(_) => Say::FrequenciesRefused.text(),
            Self::ChainBad(bad) => {
                let text = Say::ChainBad.text();
                return (
                    format!("{}: {}", text.zh, bad.sequence),
                    format!("{} {}.", text.en, bad.sequence),
                );
            }
            Self::Collection(_) => Say::StoreRefuses.text(),
            Self::Desk(ServeError::NotLoopback(_)) => Say::NotLoopback.text(),
            Self::Desk(ServeError::OtherDesk { .. }) => Say::OtherDesk.text(),
            Self::Desk(ServeError::Listen { .. }) => Say::AddressTaken.text(),
            Self::DeskSettings(_)
            | Self::Desk(
                ServeError::HisToken(_) | ServeError::SlipKey(_) | ServeError::Agency(_),
            ) => Say::DeskSettings.text(),
            Self::OutputClosed | Self::Desk(ServeError::Ended(_)) | Self::System { .. } => {
                Say::System.text()
            }
        };
        (text.zh.to_owned(), text.en.to_owned())
    }

    /// For a person: what happened and what next, the try, then what helps the staff.
    pub(crate) fn lines(&self, lang: Lang) -> Vec<String> {
        let (zh, en) = self.message();
        let spent = match self.attempt_spent() {
            AttemptSpent::No => Say::SpentNo,
            AttemptSpent::Yes => Say::SpentYes,
            AttemptSpent::Unknown => Say::SpentUnknown,
        };
        let mut lines = vec![lang.pick(&zh, &en), lang.say(spent)];
        let mut add = |label, value: String| lines.push(format!("{}: {value}", lang.say(label)));
        if let Self::Client(ClientError::Card(failure)) = self {
            if let Some(attempts) = failure.attempts_remaining {
                add(Say::TriesLeft, attempts.to_string());
            }
            if let Some(word) = failure.status_word {
                add(Say::StatusWord, format!("{word:04X}"));
            }
            add(Say::Incident, failure.incident_id.clone());
        } else {
            lines.extend(causes(self));
        }
        lines
    }

    /// For a program.
    pub(crate) fn json(&self) -> Value {
        let (zh, en) = self.message();
        let failure = if let Self::Client(ClientError::Card(failure)) = self {
            Some(failure)
        } else {
            None
        };
        json!({
            "error": self.code(),
            "exit_code": self.exit().code(),
            "attempt_spent": self.attempt_spent().code(),
            "attempts_remaining": failure.and_then(|failure| failure.attempts_remaining),
            "status_word": failure.and_then(|f| f.status_word).map(|word| format!("{word:04X}")),
            "weak_pin": failure.and_then(|failure| failure.weak_pin).map(|rule| rule.code()),
            "incident_id": failure.map(|failure| failure.incident_id.as_str()),
            "message_zh": zh,
            "message_en": en,
            "causes": if failure.is_some() { Vec::new() } else { causes(self) },
        })
    }
}

/// The stable code of a refused receipt, and what a person reads.
fn receipt_trouble(refused: &ReceiptRefused) -> (&'static str, Say) {
    match refused {
        ReceiptRefused::Altered(_) => ("RECEIPT_ALTERED", Say::ReceiptAltered),
        ReceiptRefused::UnknownKey => ("RECEIPT_UNKNOWN_KEY", Say::ReceiptUnknownKey),
        ReceiptRefused::OtherTerminal(_) => ("RECEIPT_OTHER_TERMINAL", Say::ReceiptOtherTerminal),
        ReceiptRefused::OtherBill => ("RECEIPT_OTHER_BILL", Say::ReceiptOtherBill),
        ReceiptRefused::Expired => ("RECEIPT_EXPIRED", Say::ReceiptExpired),
        ReceiptRefused::NotYetValid => ("RECEIPT_NOT_YET_VALID", Say::ReceiptNotYetValid),
        ReceiptRefused::Cancelled => ("RECEIPT_CANCELLED", Say::ReceiptCancelled),
        ReceiptRefused::Replayed => ("RECEIPT_REPLAYED", Say::ReceiptReplayed),
        ReceiptRefused::Store(_) => ("RECEIPT_STORE", Say::ReceiptStore),
    }
}

/// The stable code of a failure of the keys, and what a person does about it; the causes tell more.
fn key_trouble(error: &KeyError) -> (&'static str, Text) {
    if matches!(error, KeyError::Slow) {
        // The card hears of it as it hears of any hall that does not answer.
        return (Reason::HallSilent.code(), Reason::HallSilent.text());
    }
    let (code, say) = unusable_keys(error);
    (code, say.text())
}

fn unusable_keys(error: &KeyError) -> (&'static str, Say) {
    if matches!(error, KeyError::UserPin | KeyError::UserPinMissing) {
        ("HSM_PIN_MISSING", Say::HsmPin)
    } else if matches!(error, KeyError::UserPinWrong) {
        ("HSM_PIN_WRONG", Say::HsmPin)
    } else if matches!(error, KeyError::UserPinLocked) {
        ("HSM_PIN_LOCKED", Say::HsmPinLocked)
    } else if matches!(error, KeyError::MechanismMissing { .. }) {
        ("HSM_MECHANISM_MISSING", Say::HsmMechanism)
    } else if matches!(error, KeyError::TokenKeyUnfit { .. }) {
        ("HSM_KEY_UNFIT", Say::HsmRootUnfit)
    } else {
        ("ISSUER_KEYS", Say::IssuerKeys)
    }
}

/// The chain of causes, outermost first.
fn causes(problem: &Problem) -> Vec<String> {
    let mut lines = vec![problem.to_string()];
    let mut cause = problem.source();
    while let Some(error) = cause {
        lines.push(error.to_string());
        cause = error.source();
    }
    lines.dedup();
    lines
}

#[cfg(test)]
mod tests;
