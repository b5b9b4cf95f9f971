//! What a person and a program are told of a problem: a stable code, and what happened and what to do next.

use cardd_proto::text::Text;
use hall_client::{
    ClientError, OperateError, Reason, desk::ServeError, issuer::KeyError, receipt::ReceiptRefused,
};

use super::Problem;
use crate::text::Say;

impl Problem {
    /// Its stable code: a reason of the contract, or one of this program's own.
    pub(super) fn code(&self) -> &'static str {
        self.told().0
    }

    /// What happened and what to do next: Chinese, English.
    pub(super) fn message(&self) -> (String, String) {
        if let Some(failure) = self.card_failure() {
            // cardd may be newer than this program's texts.
            return (failure.text.zh.clone(), failure.text.en.clone());
        }
        let (_, Text { zh, en }) = self.told();
        if let Self::SeveralCards(names) = self {
            let names = names.join(", ");
            (format!("{zh}{names}"), format!("{en} {names}"))
        } else if let Self::ChainBad(bad) = self {
            let number = bad.sequence;
            (format!("{zh}: {number}"), format!("{en} {number}."))
        } else {
            (zh.to_owned(), en.to_owned())
        }
    }

    fn told(&self) -> (&'static str, Text) {
        let (code, say) = match self {
            Self::Client(error) => return client(error),
            Self::NoCard => return reason(Reason::NoCard),
            Self::ReaderUnknown => return reason(Reason::ReaderUnknown),
            Self::LastAttemptUnconfirmed => return reason(Reason::LastAttemptUnconfirmed),
            Self::TooLong => ("ENTRY_TOO_LONG", Say::EntryTooLong),
            Self::SeveralCards(_) => ("SEVERAL_CARDS", Say::SeveralCards),
            Self::Declined => (Reason::EntryCancelled.code(), Say::Declined),
            Self::NoTerminal(_) => ("NO_TERMINAL", Say::NoTerminal),
            Self::BadDescriptor(_) => ("BAD_DESCRIPTOR", Say::BadDescriptor),
            Self::DescriptorIsTerminal => ("DESCRIPTOR_IS_TERMINAL", Say::DescriptorIsTerminal),
            Self::MissingLine => ("MISSING_LINE", Say::MissingLine),
            Self::Expired => (Reason::EntryTimedOut.code(), Say::Expired),
            Self::Interrupted => ("INTERRUPTED", Say::Interrupted),
            Self::OutputClosed => ("OUTPUT_CLOSED", Say::System),
            Self::NoGrant => ("NO_GRANT", Say::NoGrant),
            Self::OtherOperation => ("GRANT_OTHER_OPERATION", Say::OtherOperation),
            Self::Issuer(OperateError::Key(error)) => return key(error),
            Self::Issuer(_) => ("ISSUER_KEYS", Say::IssuerKeys),
            Self::Receipt(refused) => receipt(refused),
            Self::ReceiptKeys(_) => ("RECEIPT_KEYS", Say::ReceiptStore),
            Self::Policy(_) => ("RULE_FILE", Say::RuleFileRefused),
            Self::Frequencies(_) => ("FREQUENCIES", Say::FrequenciesRefused),
            Self::ChainBad(_) => ("CHAIN_BAD", Say::ChainBad),
            Self::Collection(_) => ("COLLECTION", Say::StoreRefuses),
            Self::Desk(error) => desk(error),
            Self::DeskSettings(_) => ("DESK_SETTINGS", Say::DeskSettings),
            Self::System { .. } => ("SYSTEM", Say::System),
        };
        (code, say.text())
    }
}

fn reason(reason: Reason) -> (&'static str, Text) {
    (reason.code(), reason.text())
}

/// Of a call to cardd.
fn client(error: &ClientError) -> (&'static str, Text) {
    let (code, say) = match error {
        ClientError::Card(failure) => return reason(failure.reason),
        ClientError::Unreachable { .. } => ("UNREACHABLE", Say::Unreachable),
        ClientError::Timeout { .. } => ("NO_ANSWER", Say::NoAnswer),
        ClientError::EntryTooLong => ("ENTRY_TOO_LONG", Say::EntryTooLong),
        ClientError::Contract { .. } => ("CONTRACT", Say::Contract),
    };
    (code, say.text())
}

/// Of the pages of a desk.
const fn desk(error: &ServeError) -> (&'static str, Say) {
    match error {
        ServeError::NotLoopback(_) => ("NOT_LOOPBACK", Say::NotLoopback),
        ServeError::OtherDesk { .. } => ("OTHER_DESK", Say::OtherDesk),
        ServeError::Listen { .. } => ("ADDRESS_TAKEN", Say::AddressTaken),
        ServeError::HisToken(_) | ServeError::SlipKey(_) | ServeError::Agency(_) => {
            ("DESK_SETTINGS", Say::DeskSettings)
        }
        ServeError::Ended(_) => ("SYSTEM", Say::System),
    }
}

/// Of a receipt that is refused.
const fn receipt(refused: &ReceiptRefused) -> (&'static str, Say) {
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

/// Of the issuer's keys: what a person does about it; the causes tell more.
fn key(error: &KeyError) -> (&'static str, Text) {
    if matches!(error, KeyError::Slow) {
        // The card hears of it as it hears of any hall that does not answer.
        return reason(Reason::HallSilent);
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
