//! What went wrong, in the error table's words: one total match from each layer's enum.

use cardd_proto::{
    detail, text,
    v1::{self, CardError, Reason, WeakPin},
};
use tonic::Status;

use crate::{
    card::{self, ChannelError, IssuerFailure, PinFailure},
    ledger::LedgerError,
    pin::NewPinRefused,
    policy::{EvidenceRefused, region::RuleFileRefused},
    reader::{AccessError, SubmitError},
    rpc::convert,
    terminal::{AttemptSpent, CardFault, RulesRefused, TerminalError},
};

/// Longest place in a rule file that is told, in characters.
const LONGEST_PLACE: usize = 300;

/// The status of a refusal; the log gets the same incident number, with the cause.
pub(super) fn refuse(error: &TerminalError, desk: &str, incident: u64) -> Status {
    let incident_id = format!("{incident:016x}");
    let detail = card_error(error, &incident_id);
    let reason = detail.reason();
    if reason == Reason::Internal {
        tracing::error!(desk, incident_id, ?reason, ?error, "refused");
    } else {
        tracing::info!(desk, incident_id, ?reason, ?error, "refused");
    }
    detail::to_status(&detail)
}

fn card_error(error: &TerminalError, incident_id: &str) -> CardError {
    let (reason, weak_pin) = reason(error);
    let (message_zh, message_en) = words(error, reason, weak_pin);
    CardError {
        reason: reason.into(),
        attempts_remaining: error.attempts_remaining().map(u32::from),
        attempt_spent: attempt_spent(error.attempt_spent()).into(),
        status_word: status_word(error).map(u32::from),
        incident_id: incident_id.to_owned(),
        weak_pin: weak_pin.into(),
        message_zh,
        message_en,
    }
}

/// What a person reads: the region's own words, or the catalogue's, with the place in a rule file.
fn words(error: &TerminalError, reason: Reason, weak_pin: WeakPin) -> (String, String) {
    if let TerminalError::NewPin {
        said: Some(own), ..
    } = error
    {
        return (own.zh.clone(), own.en.clone());
    }
    let text = if weak_pin == WeakPin::Unspecified {
        text::of(reason)
    } else {
        text::of_weak_pin(weak_pin)
    };
    let TerminalError::Rules(RulesRefused::File(refused)) = error else {
        return (text.zh.to_owned(), text.en.to_owned());
    };
    let place: String = refused.to_string().chars().take(LONGEST_PLACE).collect();
    (
        format!("{} ({place})", text.zh),
        format!("{} ({place})", text.en),
    )
}

fn rules(refused: &RulesRefused) -> Reason {
    match refused {
        RulesRefused::NotTaken => Reason::RulesNotTaken,
        RulesRefused::NotKept(_) => Reason::RulesNotKept,
        RulesRefused::File(refused) => match refused {
            RuleFileRefused::TooLarge { .. } => Reason::RulesTooLarge,
            RuleFileRefused::NotARuleFile(_) | RuleFileRefused::Malformed(_) => {
                Reason::RulesMalformed
            }
            RuleFileRefused::KeyUnknown(_) => Reason::RulesKeyUnknown,
            RuleFileRefused::Signature => Reason::RulesSignature,
            RuleFileRefused::Region { .. } => Reason::RulesRegion,
            RuleFileRefused::Version { .. } => Reason::RulesVersion,
        },
    }
}

fn attempt_spent(spent: AttemptSpent) -> v1::AttemptSpent {
    match spent {
        AttemptSpent::No => v1::AttemptSpent::No,
        AttemptSpent::Yes => v1::AttemptSpent::Yes,
        AttemptSpent::Unknown => v1::AttemptSpent::Unknown,
    }
}

/// The reason, and the rule where a new PIN broke one.
fn reason(error: &TerminalError) -> (Reason, WeakPin) {
    let reason = match error {
        TerminalError::NewPin { refused, .. } => return new_pin(refused),
        TerminalError::Rules(refused) => rules(refused),
        TerminalError::Denied(_) => Reason::NotForThisDesk,
        TerminalError::DeskUnknown => Reason::DeskUnknown,
        TerminalError::Submit(error) => submit(*error),
        TerminalError::Access(error) => access(*error),
        TerminalError::Card(error) => card(*error),
        TerminalError::Faulted(fault) => card_fault(*fault),
        TerminalError::AnotherCard => Reason::CardChanged,
        TerminalError::PinFormat(_) => Reason::PinFormat,
        TerminalError::IssuedPin => Reason::IssuedPin,
        TerminalError::PinNotSet => Reason::PinNotSet,
        TerminalError::WasBlocked => Reason::PinWasBlocked,
        TerminalError::AtFloor(_) => Reason::AttemptsAtFloor,
        TerminalError::GuessBudgetSpent(_) => Reason::GuessBudgetSpent,
        TerminalError::LastAttemptUnconfirmed => Reason::LastAttemptUnconfirmed,
        TerminalError::PinStatusUnknown => Reason::PinStatusUnknown,
        TerminalError::Pin { failure, .. } => pin(*failure),
        TerminalError::EntryUnknown => Reason::EntryUnknown,
        TerminalError::EntryMismatch(_) => Reason::EntryMismatch,
        TerminalError::EntryTimedOut => Reason::EntryTimedOut,
        TerminalError::TooManyEntries => Reason::TooManyEntries,
        TerminalError::TooManyWatchers => Reason::TooManyWatchers,
        TerminalError::Ledger(error) => ledger(error),
        TerminalError::OutcomeUnrecorded { .. } => Reason::LedgerUnavailable,
        TerminalError::Evidence(refused) => evidence(*refused),
        TerminalError::GrantUnknown => Reason::GrantUnknown,
        TerminalError::GrantOtherCard => Reason::GrantOtherCard,
        TerminalError::GrantOtherOperator => Reason::GrantOtherOperator,
        TerminalError::SecondOperatorMissing => Reason::SecondOperatorMissing,
        TerminalError::SameOperator => Reason::SameOperator,
        TerminalError::ReadKeyRejected | TerminalError::HolderProtected => Reason::ReadKeyRejected,
        TerminalError::UnblockKeyBlocked => Reason::UnblockKeyBlocked,
        TerminalError::UnblockKeyAtFloor => Reason::UnblockKeyAtFloor,
        TerminalError::Issuer(failure) => issuer(*failure),
        TerminalError::NoHolderPinWanted => Reason::NoHolderPinWanted,
        TerminalError::HallSilent => Reason::HallSilent,
        TerminalError::Busy => Reason::ReaderBusy,
        TerminalError::NoAnswerYet => Reason::CardMute,
        TerminalError::Malformed(_) => Reason::RequestMalformed,
        TerminalError::ShuttingDown => Reason::ShuttingDown,
        TerminalError::ReceiptUnknown => Reason::ReceiptUnknown,
        TerminalError::ReceiptExpired => Reason::ReceiptExpired,
        TerminalError::ReceiptUnrecorded(_) => Reason::ReceiptUnrecorded,
        TerminalError::JobLost | TerminalError::NotSigned(_) => Reason::Internal,
    };
    (reason, WeakPin::Unspecified)
}

fn new_pin(refused: &NewPinRefused) -> (Reason, WeakPin) {
    match refused {
        NewPinRefused::Differ => (Reason::NewPinsDiffer, WeakPin::Unspecified),
        NewPinRefused::EqualsOld => (Reason::NewEqualsOld, WeakPin::Unspecified),
        NewPinRefused::Weak(rule) => (Reason::PinTooWeak, convert::weak_pin(*rule)),
    }
}

fn submit(error: SubmitError) -> Reason {
    match error {
        SubmitError::Unknown => Reason::ReaderUnknown,
        SubmitError::ServiceDown => Reason::ServiceDown,
        SubmitError::NoCard => Reason::NoCard,
        SubmitError::CardChanged => Reason::CardChanged,
        SubmitError::Unreadable => Reason::CardUnreadable,
        SubmitError::Busy => Reason::ReaderBusy,
        SubmitError::ShuttingDown => Reason::ShuttingDown,
    }
}

fn access(error: AccessError) -> Reason {
    match error {
        AccessError::CardChanged => Reason::CardChanged,
        AccessError::CardRemoved => Reason::CardRemoved,
        AccessError::Held { .. } => Reason::CardHeld,
        AccessError::Unreadable => Reason::CardUnreadable,
        AccessError::ReaderGone => Reason::ReaderGone,
        AccessError::ServiceDown => Reason::ServiceDown,
        AccessError::ShuttingDown => Reason::ShuttingDown,
    }
}

/// Before a PIN was sent: whatever broke the line, no try was spent.
fn card(error: card::CardError) -> Reason {
    match error {
        card::CardError::NotSupported => Reason::CardUnsupported,
        card::CardError::Blocked => Reason::CardBlocked,
        card::CardError::Damaged { .. } => Reason::CardDamaged,
        card::CardError::Refused(_) => Reason::CardRefused,
        card::CardError::Channel(error) => unspent(error),
    }
}

fn card_fault(fault: CardFault) -> Reason {
    match fault {
        CardFault::Unreadable => Reason::CardUnreadable,
        CardFault::Unsupported => Reason::CardUnsupported,
        CardFault::Damaged => Reason::CardDamaged,
        CardFault::Blocked => Reason::CardBlocked,
        CardFault::Refused => Reason::CardRefused,
    }
}

fn pin(failure: PinFailure) -> Reason {
    match failure {
        PinFailure::Rejected { .. } => Reason::PinWrong,
        PinFailure::NowBlocked => Reason::PinNowBlocked,
        PinFailure::WasBlocked => Reason::PinWasBlocked,
        PinFailure::Refused(_) => Reason::CardRefused,
        PinFailure::NotSent(error) => unspent(error),
        PinFailure::InDoubt(error) => in_doubt(error),
    }
}

fn evidence(refused: EvidenceRefused) -> Reason {
    match refused {
        EvidenceRefused::HolderOriginal
        | EvidenceRefused::AgentOriginal
        | EvidenceRefused::NoAgents
        | EvidenceRefused::AgentIsHolder => Reason::EvidenceIncomplete,
        EvidenceRefused::Number(_) => Reason::IdNumberInvalid,
        EvidenceRefused::OtherNumber => Reason::IdNumberDiffers,
    }
}

fn issuer(failure: IssuerFailure) -> Reason {
    match failure {
        IssuerFailure::KeyRejected { .. } => Reason::UnblockKeyRejected,
        IssuerFailure::KeyBlocked => Reason::UnblockKeyBlocked,
        IssuerFailure::MessageRejected(_) => Reason::MessageRejected,
        IssuerFailure::Refused(_) => Reason::CardRefused,
        IssuerFailure::NotSent(error) => unspent(error),
        IssuerFailure::InDoubt(error) => in_doubt(error),
    }
}

/// Nothing that counts reached the card: retrying is safe.
fn unspent(error: ChannelError) -> Reason {
    match error {
        ChannelError::CardRemoved(_) => Reason::CardRemoved,
        ChannelError::CardReset(_) => Reason::CardHeld,
        ChannelError::CardMute(_) | ChannelError::Malformed(_) => Reason::CardUnreadable,
        ChannelError::ReaderGone(_) => Reason::ReaderGone,
        ChannelError::ServiceDown(_) => Reason::ServiceDown,
        ChannelError::CommandTooLong => Reason::Internal,
    }
}

/// The card may have counted a try: the counter must be read first.
fn in_doubt(error: ChannelError) -> Reason {
    match error {
        ChannelError::CardRemoved(_)
        | ChannelError::ReaderGone(_)
        | ChannelError::ServiceDown(_) => Reason::CardRemovedDuringChange,
        ChannelError::CardReset(_) => Reason::CardResetByOther,
        ChannelError::CardMute(_) | ChannelError::Malformed(_) => Reason::CardMute,
        ChannelError::CommandTooLong => Reason::Internal,
    }
}

fn ledger(error: &LedgerError) -> Reason {
    match error {
        LedgerError::AwaitingConfirmation { .. } => Reason::LedgerDamaged,
        LedgerError::Unavailable { .. } | LedgerError::InUse { .. } | LedgerError::Full { .. } => {
            Reason::LedgerUnavailable
        }
        LedgerError::OtherHead
        | LedgerError::NothingToConfirm
        | LedgerError::NotThisRecord(_)
        | LedgerError::OtherChain
        | LedgerError::NotProved => Reason::RequestMalformed,
        LedgerError::NotOpen(_) => Reason::Internal,
    }
}

/// SW1 SW2 of the answer that decided.
fn status_word(error: &TerminalError) -> Option<u16> {
    if let TerminalError::Card(card::CardError::Refused(status_word)) = error {
        return Some(status_word.value());
    }
    if let TerminalError::Issuer(
        IssuerFailure::MessageRejected(status_word) | IssuerFailure::Refused(status_word),
    ) = error
    {
        return Some(status_word.value());
    }
    let TerminalError::Pin { failure, .. } = error else {
        return None;
    };
    match failure {
        PinFailure::Rejected { remaining } => Some(0x63C0 | u16::from(remaining.get())),
        PinFailure::NowBlocked => Some(0x63C0),
        PinFailure::WasBlocked => Some(0x6983),
        PinFailure::Refused(status_word) => Some(status_word.value()),
        PinFailure::InDoubt(_) | PinFailure::NotSent(_) => None,
    }
}

#[cfg(test)]
mod tests;
