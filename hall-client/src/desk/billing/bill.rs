//! What is to be paid, and what came of it.

use serde::{Deserialize, Serialize};

/// Longest reference of a bill, in characters.
const REFERENCE: usize = 64;
/// Largest amount, in fen: ten million yuan less one fen.
const LARGEST_FEN: u64 = 999_999_999;

/// A bill of the hospital.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Untried")]
pub(crate) struct Bill {
    /// The hospital's own name for it: letters of ASCII, digits, `.`, `_`, `-`; no personal data.
    pub(super) reference: String,
    /// What is to be paid, in fen (分), a hundredth of a yuan.
    pub(super) amount_fen: u64,
}

/// Not a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BillError {
    /// No reference, too long a one, or other characters in it.
    #[error("a reference has 1 to 64 of A-Z a-z 0-9 . _ -")]
    Reference,
    /// Nothing, or more than a bill can be.
    #[error("an amount is 1 to 999999999 fen")]
    Amount,
}

/// As it came in.
#[derive(Deserialize)]
struct Untried {
    reference: String,
    amount_fen: u64,
}

impl Bill {
    /// A bill.
    ///
    /// # Errors
    /// [`BillError`].
    pub(crate) fn new(reference: String, amount_fen: u64) -> Result<Self, BillError> {
        let permitted = |letter: u8| letter.is_ascii_alphanumeric() || b"._-".contains(&letter);
        if !(1..=REFERENCE).contains(&reference.len()) || !reference.bytes().all(permitted) {
            return Err(BillError::Reference);
        }
        if !(1..=LARGEST_FEN).contains(&amount_fen) {
            return Err(BillError::Amount);
        }
        Ok(Self {
            reference,
            amount_fen,
        })
    }
}

impl TryFrom<Untried> for Bill {
    type Error = BillError;

    fn try_from(bill: Untried) -> Result<Self, BillError> {
        Self::new(bill.reference, bill.amount_fen)
    }
}

/// What ended a bill at this desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The holder's own PIN was right.
    Paid(Receipt),
    /// The patient is treated; the bill is settled when the card can be used again.
    SettleLater,
    /// The cashier or the hospital system took it back.
    Cancelled,
    /// It was paid, and the hospital system had the receipt taken back.
    ReceiptCancelled(Cancellation),
}

impl Outcome {
    /// The receipt of a paid bill.
    pub(super) const fn receipt(&self) -> Option<&Receipt> {
        match self {
            Self::Paid(receipt) => Some(receipt),
            Self::SettleLater | Self::Cancelled | Self::ReceiptCancelled(_) => None,
        }
    }

    /// What says that its receipt was taken back.
    pub(super) const fn cancellation(&self) -> Option<&Cancellation> {
        match self {
            Self::ReceiptCancelled(cancellation) => Some(cancellation),
            Self::Paid(_) | Self::SettleLater | Self::Cancelled => None,
        }
    }

    /// Its newest record in the terminal's ledger.
    pub(super) fn record(&self) -> Option<u64> {
        let paid = self.receipt().map(|receipt| receipt.ledger_sequence);
        let back = self.cancellation().map(|back| back.ledger_sequence);
        paid.or(back)
    }
}

/// Proof that the holder's PIN was right for this bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Receipt {
    /// Signed by the terminal, on one line, good once: for [`crate::receipt::check`] and `hall receipt
    /// verify`. The hospital system gets it, no page does.
    pub(super) signed: String,
    /// Record of the outcome in the terminal's ledger.
    pub(super) ledger_sequence: u64,
    /// Tries left; `None` if the card left right after its answer.
    pub(super) attempts_remaining: Option<u32>,
}

/// The terminal's word that a receipt is void.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cancellation {
    /// Signed by the terminal, on one line: for [`crate::receipt::cancel`] and `hall receipt
    /// take-cancellation`. Until whoever checks receipts has it, the receipt is good.
    pub(crate) signed: String,
    /// Record of it in the terminal's ledger.
    pub(crate) ledger_sequence: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bill_has_a_plain_reference_and_an_amount() {
        let new = |reference: &str, fen| Bill::new(reference.to_owned(), fen).map(drop);
        assert_eq!(new("MZ-2026.11_7", 1), Ok(()));
        assert_eq!(new(&"a".repeat(64), LARGEST_FEN), Ok(()));
        for wrong in ["", "a b", "张", "a/b", "a\n", &"a".repeat(65)] {
            assert_eq!(new(wrong, 1), Err(BillError::Reference), "{wrong:?}");
        }
        for wrong in [0, LARGEST_FEN + 1, u64::MAX] {
            assert_eq!(new("a", wrong), Err(BillError::Amount));
        }
    }

    #[test]
    fn what_comes_in_is_held_to_the_same() {
        let read = |text: &str| serde_json::from_str::<Bill>(text).is_ok();
        assert!(read(r#"{"reference":"a","amount_fen":1}"#));
        for wrong in [
            r#"{"reference":"","amount_fen":1}"#,
            r#"{"reference":"a","amount_fen":-1}"#,
            r#"{"reference":"a","amount_fen":1.5}"#,
            r#"{"reference":"a"}"#,
        ] {
            assert!(!read(wrong), "{wrong}");
        }
    }
}
