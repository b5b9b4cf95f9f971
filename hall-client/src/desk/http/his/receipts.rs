//! The receipt of a paid bill: handed out, and taken back before it is used.
//!
//! To take it back concerns no card and no stage of a bill: it is asked of cardd here, and the desk's machine
//! is told what came of it. Should this program end in between, cardd has it on record, and the receipt is
//! gone with the bill.

use std::collections::{BTreeMap, btree_map::Entry};

use serde_json::{Value, json};

use super::{His, ROUNDS, Refused, View, change, find, text};
use crate::{ClientError, desk::billing::Cancellation, model::Reason, receipt::CancelledReceipt};

/// What cardd took back and the desk's machine does not know of yet, by the signed receipt.
pub(super) type TakenBack = BTreeMap<String, Cancellation>;

impl His {
    /// The receipt of a bill that is paid.
    pub(super) fn receipt(&self, reference: &str) -> Result<Value, Refused> {
        let bill = find(&self.page.view.borrow(), reference).ok_or(Refused::Unknown)?;
        part(&bill, "receipt").cloned().ok_or(Refused::NoReceipt)
    }

    /// Takes the receipt of a paid bill back. Asked again, it answers the same, and cardd is not asked
    /// again even if the machine could not be told.
    pub(super) async fn cancel_receipt(&self, reference: &str) -> Result<Value, Refused> {
        let _place = self.waits.try_acquire().map_err(|_| Refused::Overloaded)?;
        let mut taken_back = self.taken_back.lock().await;
        let bill = find(&self.page.view.borrow(), reference).ok_or(Refused::Unknown)?;
        if part(&bill, "cancellation").is_some() {
            return Ok(bill);
        }
        let receipt = part(&bill, "receipt").ok_or(Refused::NoReceipt)?;
        // No more of them than bills that the desk shows.
        taken_back.retain(|signed, _| shows(&self.page.view.borrow(), signed));
        let back = match taken_back.entry(text(receipt, "signed").to_owned()) {
            Entry::Occupied(taken) => taken.into_mut(),
            Entry::Vacant(place) => {
                let taken = self.terminal.cancel_receipt(place.key()).await?;
                place.insert(taken.into())
            }
        };
        self.note_cancelled(&bill, back).await
    }

    /// Tells the machine, and answers the bill as it stands then.
    async fn note_cancelled(&self, paid: &Value, back: &Cancellation) -> Result<Value, Refused> {
        let number = paid.get("number");
        let act = json!({ "act": "receipt_cancelled", "number": number, "cancellation": back });
        let mut shown = self.page.view.clone();
        for _ in 0..ROUNDS {
            let view = shown.borrow_and_update().clone();
            let bill = find(&view, text(paid, "reference")).ok_or(Refused::Unknown)?;
            if part(&bill, "cancellation").is_some() {
                return Ok(bill);
            }
            self.touch(&view, act.clone())?;
            change(&mut shown).await?;
        }
        Err(Refused::Overloaded)
    }
}

/// A part of a bill that it has.
fn part<'b>(bill: &'b Value, name: &str) -> Option<&'b Value> {
    bill.get(name).filter(|part| !part.is_null())
}

/// Whether the desk still shows a bill with that receipt.
fn shows(view: &View, signed: &str) -> bool {
    let bills = view.screen.as_array();
    let mut receipts = bills
        .into_iter()
        .flatten()
        .filter_map(|bill| part(bill, "receipt"));
    receipts.any(|receipt| text(receipt, "signed") == signed)
}

impl From<CancelledReceipt> for Cancellation {
    fn from(taken: CancelledReceipt) -> Self {
        Self {
            signed: taken.cancellation,
            ledger_sequence: taken.ledger_sequence,
        }
    }
}

impl From<ClientError> for Refused {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Unreachable { .. } | ClientError::Timeout { .. } => Self::TerminalSilent,
            ClientError::Card(failure) if failure.reason == Reason::ReceiptExpired => {
                Self::ReceiptExpired
            }
            ClientError::Card(_) | ClientError::EntryTooLong | ClientError::Contract { .. } => {
                Self::TerminalFailed
            }
        }
    }
}
