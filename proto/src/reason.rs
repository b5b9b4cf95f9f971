//! Which gRPC code belongs to each reason. The code tells a desk what to do next.

use tonic::Code;

use crate::v1::Reason;

/// The gRPC code of a reason. Total: a new reason must be placed here before it compiles.
#[must_use]
pub fn code(reason: Reason) -> Code {
    match reason {
        Reason::RequestMalformed
        | Reason::PinFormat
        | Reason::PinTooWeak
        | Reason::NewEqualsOld
        | Reason::RulesMalformed
        | Reason::RulesTooLarge
        | Reason::RulesKeyUnknown
        | Reason::RulesSignature => Code::InvalidArgument,
        Reason::DeskUnknown => Code::Unauthenticated,
        Reason::NotForThisDesk => Code::PermissionDenied,
        Reason::ReaderUnknown => Code::NotFound,
        Reason::NoCard
        | Reason::CardChanged
        | Reason::CardUnreadable
        | Reason::CardUnsupported
        | Reason::CardDamaged
        | Reason::CardBlocked
        | Reason::PinNotSet
        | Reason::IssuedPin
        | Reason::PinWrong
        | Reason::PinNowBlocked
        | Reason::PinWasBlocked
        | Reason::AttemptsAtFloor
        | Reason::LastAttemptUnconfirmed
        | Reason::EntryUnknown
        | Reason::EntryMismatch
        | Reason::CardRefused
        | Reason::PinStatusUnknown
        | Reason::EvidenceIncomplete
        | Reason::IdNumberInvalid
        | Reason::IdNumberDiffers
        | Reason::GrantUnknown
        | Reason::GrantOtherCard
        | Reason::GrantOtherOperator
        | Reason::SecondOperatorMissing
        | Reason::SameOperator
        | Reason::ReadKeyRejected
        | Reason::UnblockKeyRejected
        | Reason::UnblockKeyBlocked
        | Reason::UnblockKeyAtFloor
        | Reason::MessageRejected
        | Reason::NoHolderPinWanted
        | Reason::ReceiptUnknown
        | Reason::ReceiptExpired
        | Reason::RulesRegion
        | Reason::RulesVersion
        | Reason::RulesNotTaken
        | Reason::RulesNotKept => Code::FailedPrecondition,
        Reason::EntryCancelled | Reason::NewPinsDiffer => Code::Cancelled,
        Reason::EntryTimedOut => Code::DeadlineExceeded,
        Reason::ServiceDown
        | Reason::ReaderGone
        | Reason::CardHeld
        | Reason::ShuttingDown
        | Reason::CardRemoved => Code::Unavailable,
        Reason::ReaderBusy
        | Reason::TooManyEntries
        | Reason::TooManyWatchers
        | Reason::GuessBudgetSpent => Code::ResourceExhausted,
        Reason::CardRemovedDuringChange
        | Reason::CardMute
        | Reason::CardResetByOther
        | Reason::HallSilent => Code::Aborted,
        Reason::LedgerDamaged | Reason::LedgerUnavailable | Reason::ReceiptUnrecorded => {
            Code::DataLoss
        }
        Reason::Unspecified | Reason::Internal => Code::Internal,
    }
}
