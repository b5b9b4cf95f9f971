//! Exit codes: what a script does next.

use hall_client::{AttemptSpent, ClientError, Reason, receipt::ReceiptRefused};

macro_rules! exits {
    ($( $(#[$doc:meta])* $name:ident = $code:literal, $text:literal; )+) => {
        /// How the command ended.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Exit { $( $(#[$doc])* $name, )+ }

        impl Exit {
            /// Every way to end.
            pub(crate) const ALL: &[Self] = &[ $( Self::$name ),+ ];

            /// The number for the shell.
            pub(crate) const fn code(self) -> u8 {
                match self { $( Self::$name => $code, )+ }
            }

            /// What it means.
            pub(crate) const fn meaning(self) -> &'static str {
                match self { $( Self::$name => $text, )+ }
            }
        }
    };
}

exits! {
    Ok = 0, "done; also if the reader of standard output left";
    Defect = 1, "a defect, or versions that do not fit together";
    Usage = 2, "the command line is wrong";
    WrongPin = 3, "wrong PIN, tries are left";
    Locked = 4, "the PIN, the card or its application is locked";
    Refused = 5, "refused by a rule: issued PIN, weak new PIN, last try, too many wrong PINs; no try was spent";
    NotReady = 6, "no card, wrong card, or the reader cannot work now";
    Unreachable = 7, "cardd does not answer; nothing reached the card";
    Denied = 8, "this desk may not do that";
    InDoubt = 9, "in doubt: read the tries left before anything else";
    Ledger = 10, "the ledger is damaged or cannot be written";
    EntryEnded = 11, "the entry was given up, timed out or used; start again";
    Keys = 12, "the issuer's keys cannot be used, or not for this card; the PIN is as before";
    Rules = 13, "the rule file or the frequency file is not taken; nothing was changed";
    ReceiptAltered = 20, "receipt refused: altered, or none";
    ReceiptUnknownKey = 21, "receipt refused: its key is not known, or was retired before";
    ReceiptOtherTerminal = 22, "receipt refused: of another terminal";
    ReceiptOtherBill = 23, "receipt refused: for another bill or insertion";
    ReceiptExpired = 24, "receipt refused: expired, or not valid yet";
    ReceiptCancelled = 25, "receipt refused: cancelled";
    ReceiptReplayed = 26, "receipt refused: used before";
    ReceiptStore = 27, "the store of receipts cannot be used; nothing was decided";
    Interrupted = 130, "Ctrl-C; the way to end `hall watch` without --count";
}

impl Exit {
    /// The exit for a reason whose try is accounted for. Total: a new reason is placed here before
    /// it compiles.
    pub(crate) const fn of_reason(reason: Reason) -> Self {
        match reason {
            Reason::RequestMalformed => Self::Usage,
            Reason::RulesMalformed
            | Reason::RulesTooLarge
            | Reason::RulesKeyUnknown
            | Reason::RulesSignature
            | Reason::RulesRegion
            | Reason::RulesVersion
            | Reason::RulesNotTaken
            | Reason::RulesNotKept => Self::Rules,
            Reason::PinWrong => Self::WrongPin,
            Reason::PinNowBlocked | Reason::PinWasBlocked | Reason::CardBlocked => Self::Locked,
            Reason::PinFormat
            | Reason::PinTooWeak
            | Reason::NewEqualsOld
            | Reason::NewPinsDiffer
            | Reason::PinNotSet
            | Reason::IssuedPin
            | Reason::AttemptsAtFloor
            | Reason::GuessBudgetSpent
            | Reason::LastAttemptUnconfirmed
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
            | Reason::ReceiptExpired => Self::Refused,
            Reason::ReaderUnknown
            | Reason::NoCard
            | Reason::CardChanged
            | Reason::CardUnreadable
            | Reason::CardUnsupported
            | Reason::CardDamaged
            | Reason::CardRefused
            | Reason::CardHeld
            | Reason::CardRemoved
            | Reason::ServiceDown
            | Reason::ReaderGone
            | Reason::ReaderBusy
            | Reason::TooManyEntries
            | Reason::TooManyWatchers => Self::NotReady,
            Reason::ShuttingDown => Self::Unreachable,
            Reason::DeskUnknown | Reason::NotForThisDesk => Self::Denied,
            Reason::CardRemovedDuringChange
            | Reason::HallSilent
            | Reason::CardMute
            | Reason::CardResetByOther => Self::InDoubt,
            Reason::LedgerDamaged | Reason::LedgerUnavailable | Reason::ReceiptUnrecorded => {
                Self::Ledger
            }
            Reason::EntryUnknown
            | Reason::EntryMismatch
            | Reason::EntryCancelled
            | Reason::EntryTimedOut => Self::EntryEnded,
            Reason::Internal => Self::Defect,
        }
    }

    /// The exit for a receipt that is not good.
    pub(crate) const fn of_receipt(refused: &ReceiptRefused) -> Self {
        match refused {
            ReceiptRefused::Altered(_) => Self::ReceiptAltered,
            ReceiptRefused::UnknownKey => Self::ReceiptUnknownKey,
            ReceiptRefused::OtherTerminal(_) => Self::ReceiptOtherTerminal,
            ReceiptRefused::OtherBill => Self::ReceiptOtherBill,
            ReceiptRefused::Expired | ReceiptRefused::NotYetValid => Self::ReceiptExpired,
            ReceiptRefused::Cancelled => Self::ReceiptCancelled,
            ReceiptRefused::Replayed => Self::ReceiptReplayed,
            ReceiptRefused::Store(_) => Self::ReceiptStore,
        }
    }

    /// The exit for a failed call. A try of unknown fate outweighs every reason.
    pub(crate) fn of_failure(error: &ClientError) -> Self {
        if error.attempt_spent() == AttemptSpent::Unknown {
            return Self::InDoubt;
        }
        match error {
            ClientError::Unreachable { .. } | ClientError::Timeout { .. } => Self::Unreachable,
            ClientError::Card(failure) => Self::of_reason(failure.reason),
            ClientError::EntryTooLong => Self::Refused,
            ClientError::Contract { .. } => Self::Defect,
        }
    }
}

/// The table at the end of `--help`.
pub(crate) fn help() -> String {
    let rows = Exit::ALL
        .iter()
        .map(|exit| format!("{:>5}  {}", exit.code(), exit.meaning()));
    std::iter::once("Exit codes:".to_owned())
        .chain(rows)
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use hall_client::{CardFailure, error::Message};

    use super::*;

    fn failure(reason: Reason, attempt_spent: AttemptSpent) -> ClientError {
        ClientError::Card(CardFailure {
            reason,
            attempts_remaining: None,
            attempt_spent,
            status_word: None,
            incident_id: String::new(),
            weak_pin: None,
            text: Message::from(reason.text()),
        })
    }

    #[test]
    fn no_failure_looks_like_success() {
        for reason in Reason::ALL {
            for spent in AttemptSpent::ALL {
                assert_ne!(
                    Exit::of_failure(&failure(*reason, *spent)),
                    Exit::Ok,
                    "{reason:?}"
                );
            }
        }
    }

    #[test]
    fn an_unknown_try_is_in_doubt_whatever_the_reason() {
        for reason in Reason::ALL {
            let error = failure(*reason, AttemptSpent::Unknown);
            assert_eq!(Exit::of_failure(&error), Exit::InDoubt, "{reason:?}");
        }
    }

    #[test]
    fn the_promised_codes() {
        let table = [
            (Reason::PinWrong, 3),
            (Reason::PinNowBlocked, 4),
            (Reason::PinWasBlocked, 4),
            (Reason::IssuedPin, 5),
            (Reason::AttemptsAtFloor, 5),
            (Reason::NoCard, 6),
            (Reason::ReaderGone, 6),
            (Reason::ShuttingDown, 7),
            (Reason::NotForThisDesk, 8),
            (Reason::CardMute, 9),
            (Reason::LedgerDamaged, 10),
            (Reason::EntryTimedOut, 11),
            (Reason::Internal, 1),
        ];
        for (reason, code) in table {
            assert_eq!(Exit::of_reason(reason).code(), code, "{reason:?}");
        }
    }

    #[test]
    fn codes_differ_and_stand_in_help_and_readme() {
        let (help, readme) = (help(), include_str!("../../README.md"));
        for (index, exit) in Exit::ALL.iter().enumerate() {
            let twin = Exit::ALL
                .iter()
                .skip(index + 1)
                .find(|other| other.code() == exit.code());
            assert_eq!(twin, None);
            assert!(
                help.contains(&format!("{:>5}  {}\n", exit.code(), exit.meaning()))
                    || help.ends_with(exit.meaning())
            );
            let row = format!("| {} | {} |", exit.code(), exit.meaning());
            assert!(readme.contains(&row), "README lacks: {row}");
        }
    }
}
