//! Receipts, as a hospital checks them: by the terminal's public keys, and held against the records.

use cardd::{
    ledger::{Body, Ledger, ReceiptNote},
    terminal::Success,
};
use cardd_proto::{
    receipt,
    v1::{Receipt, ReceiptKey},
};

use super::Books;

impl Books {
    /// A receipt is signed by the terminal, for that verification, and on record before anybody
    /// has it.
    pub fn receipt(
        &mut self,
        ledger: &Ledger,
        keys: &[ReceiptKey],
        (success, receipt): (&Success, &Receipt),
    ) {
        let keys = keys.iter().filter_map(receipt::checked_key);
        let said = keys.map(|(_, public)| receipt::open(receipt, &public));
        let Some(said) = said.into_iter().find_map(Result::ok) else {
            return self.breaks("a receipt is of a success", "not signed".to_owned());
        };
        let verified = said.verified_sequence == success.ledger_sequence;
        let id = hex::encode(said.receipt_id);
        let after = ledger.records(success.ledger_sequence, 16);
        let on_record = after.unwrap_or_default().into_iter().any(|record| {
            let Body::Receipt(ReceiptNote::Issued {
                receipt, verified, ..
            }) = record.body
            else {
                return false;
            };
            receipt == id && verified == success.ledger_sequence
        });
        self.holds("a receipt is of a success", verified && on_record, || {
            format!("of {verified}, on record: {on_record}")
        });
    }
}
