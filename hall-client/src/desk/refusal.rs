//! What a page says about a failure: what happened, whether it cost a try, what comes next.

use serde::{Serialize, Serializer};

use super::settings::Local;
use crate::{
    ClientError,
    model::{AttemptSpent, Reason, WeakPin},
};

/// What the person in front of the page does next. Each has its words in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Next {
    /// Type once more, at this desk.
    TypeAgain,
    /// Change the issued PIN first.
    ChangeFirst,
    /// Take the card out, put it in again, and look at the tries left.
    InsertAgain,
    /// Put in a social security card.
    OtherCard,
    /// Go to the agency counter with the original ID card.
    GoToCounter,
    /// Go to a desk with staff.
    GoToStaffedDesk,
    /// Wait a moment; nothing reached the card.
    Wait,
    /// Call staff.
    CallStaff,
    /// Staff of the counter put the record right.
    CorrectRecord,
}

impl Next {
    /// What comes after a reason of cardd. Total: a new reason is placed here before it compiles.
    #[must_use]
    pub(crate) const fn after(reason: Reason) -> Self {
        match reason {
            Reason::PinFormat
            | Reason::PinTooWeak
            | Reason::NewEqualsOld
            | Reason::NewPinsDiffer
            | Reason::PinWrong
            | Reason::LastAttemptUnconfirmed
            | Reason::EntryUnknown
            | Reason::EntryMismatch
            | Reason::EntryCancelled
            | Reason::EntryTimedOut => Self::TypeAgain,
            Reason::IssuedPin => Self::ChangeFirst,
            Reason::NoCard
            | Reason::CardChanged
            | Reason::CardUnreadable
            | Reason::CardRemoved
            | Reason::CardRemovedDuringChange
            | Reason::CardMute
            | Reason::CardResetByOther
            | Reason::HallSilent => Self::InsertAgain,
            Reason::CardUnsupported => Self::OtherCard,
            Reason::PinNotSet
            | Reason::PinNowBlocked
            | Reason::PinWasBlocked
            | Reason::CardDamaged
            | Reason::CardBlocked
            | Reason::UnblockKeyBlocked => Self::GoToCounter,
            Reason::AttemptsAtFloor | Reason::GuessBudgetSpent | Reason::NotForThisDesk => {
                Self::GoToStaffedDesk
            }
            Reason::ServiceDown
            | Reason::ReaderGone
            | Reason::CardHeld
            | Reason::ShuttingDown
            | Reason::ReaderBusy
            | Reason::TooManyEntries
            | Reason::TooManyWatchers => Self::Wait,
            Reason::RequestMalformed
            | Reason::DeskUnknown
            | Reason::ReaderUnknown
            | Reason::CardRefused
            | Reason::PinStatusUnknown
            | Reason::LedgerDamaged
            | Reason::LedgerUnavailable
            | Reason::ReadKeyRejected
            | Reason::UnblockKeyRejected
            | Reason::UnblockKeyAtFloor
            | Reason::MessageRejected
            | Reason::ReceiptUnrecorded
            | Reason::RulesMalformed
            | Reason::RulesTooLarge
            | Reason::RulesKeyUnknown
            | Reason::RulesSignature
            | Reason::RulesRegion
            | Reason::RulesVersion
            | Reason::RulesNotTaken
            | Reason::RulesNotKept
            | Reason::Internal => Self::CallStaff,
            Reason::EvidenceIncomplete
            | Reason::IdNumberInvalid
            | Reason::IdNumberDiffers
            | Reason::GrantUnknown
            | Reason::GrantOtherCard
            | Reason::GrantOtherOperator
            | Reason::SecondOperatorMissing
            | Reason::SameOperator
            | Reason::ReceiptUnknown
            | Reason::ReceiptExpired
            | Reason::NoHolderPinWanted => Self::CorrectRecord,
        }
    }
}

/// A failure as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Refusal {
    /// A reason of the contract, or `UNREACHABLE`, `NO_ANSWER`, `CONTRACT`, `ENTRY_TOO_LONG`: its
    /// text stands in the catalogue.
    pub(crate) code: &'static str,
    /// The reason, where cardd gave one.
    #[serde(skip)]
    pub(crate) reason: Option<Reason>,
    /// The question a desk always asks: `NO`, `YES`, `UNKNOWN`.
    #[serde(serialize_with = "spent_code")]
    pub(crate) spent: AttemptSpent,
    /// Tries left, where known.
    pub(crate) tries: Option<u32>,
    /// The rule that a new PIN broke.
    #[serde(serialize_with = "weak_code")]
    pub(crate) weak: Option<WeakPin>,
    /// How the region says that rule, where cardd told.
    pub(crate) words: Option<Local>,
    /// Finds the event in cardd's log.
    pub(crate) incident: Option<String>,
    /// What to do.
    pub(crate) next: Next,
}

fn spent_code<S: Serializer>(spent: &AttemptSpent, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(spent.code())
}

fn weak_code<S: Serializer>(weak: &Option<WeakPin>, to: S) -> Result<S::Ok, S::Error> {
    weak.map(WeakPin::code).serialize(to)
}

impl Refusal {
    /// Whether another new PIN is all that it takes.
    pub(crate) fn is_about_the_new_pin(&self) -> bool {
        matches!(
            self.reason,
            Some(Reason::PinTooWeak | Reason::PinFormat | Reason::NewEqualsOld)
        )
    }

    /// What this program says by itself; the code stands in the catalogue. No try was spent.
    pub(crate) const fn own(code: &'static str, next: Next) -> Self {
        Self {
            code,
            reason: None,
            spent: AttemptSpent::No,
            tries: None,
            weak: None,
            words: None,
            incident: None,
            next,
        }
    }

    /// A refusal that this desk itself pronounces, before anything is sent.
    pub(crate) const fn of(reason: Reason) -> Self {
        Self {
            code: reason.code(),
            reason: Some(reason),
            spent: AttemptSpent::No,
            tries: None,
            weak: None,
            words: None,
            incident: None,
            next: Next::after(reason),
        }
    }
}

/// Each reason of cardd, and each rule for a new PIN, as a page gets it: what its screens are held to.
#[must_use]
pub fn every_refusal() -> Vec<serde_json::Value> {
    let plain = Reason::ALL.iter().map(|reason| Refusal::of(*reason));
    let weak = WeakPin::ALL.iter().map(|rule| Refusal {
        weak: Some(*rule),
        ..Refusal::of(Reason::PinTooWeak)
    });
    plain
        .chain(weak)
        .filter_map(|refusal| serde_json::to_value(refusal).ok())
        .collect()
}

/// A try of unknown fate outweighs every reason: the counter is read first.
fn next(reason: Option<Reason>, spent: AttemptSpent) -> Next {
    match (spent, reason) {
        (AttemptSpent::Unknown, _) => Next::InsertAgain,
        (AttemptSpent::No | AttemptSpent::Yes, Some(reason)) => Next::after(reason),
        (AttemptSpent::No | AttemptSpent::Yes, None) => Next::Wait,
    }
}

impl From<ClientError> for Refusal {
    fn from(error: ClientError) -> Self {
        let spent = error.attempt_spent();
        let (code, step) = match &error {
            ClientError::Card(failure) => (failure.reason.code(), None),
            ClientError::Unreachable { .. } => ("UNREACHABLE", None),
            ClientError::Timeout { .. } => ("NO_ANSWER", None),
            ClientError::EntryTooLong => ("ENTRY_TOO_LONG", Some(Next::TypeAgain)),
            ClientError::Contract { .. } => ("CONTRACT", Some(Next::CallStaff)),
        };
        let mut refusal = Self {
            code,
            reason: error.reason(),
            spent,
            tries: None,
            weak: None,
            words: None,
            incident: None,
            next: step.unwrap_or_else(|| next(error.reason(), spent)),
        };
        if let ClientError::Card(failure) = error {
            refusal.tries = failure.attempts_remaining;
            refusal.weak = failure.weak_pin;
            refusal.words = failure.weak_pin.map(|_| failure.text.into());
            refusal.incident = Some(failure.incident_id);
        }
        refusal
    }
}
