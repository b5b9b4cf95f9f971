//! Calls about receipts, and a verification that is to end in one.

use cardd_proto::{receipt, secret::Secret, v1};
use rand::CryptoRng;
use tonic::Response;

use crate::{
    Terminal,
    call::{Cost, contract},
    connection::Connection,
    convert,
    entry::OpenEntry,
    error::{ClientError, ContractError},
    model::Verified,
    purpose::Verify,
    sealed_entry::Sealed,
};

/// A success with the holder's PIN, and the receipt of one bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedBill {
    /// The success.
    pub verified: Verified,
    /// The receipt, on one line.
    pub receipt: String,
}

/// A receipt that was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelledReceipt {
    /// The word for whoever checks receipts, on one line.
    pub cancellation: String,
    /// The record of it in the terminal's ledger.
    pub ledger_sequence: u64,
}

impl OpenEntry<Verify> {
    /// Presents the PIN for a bill: a success ends in a receipt. One entry, one command: whatever
    /// comes of it, the entry is gone. For billing desks.
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::attempt_spent`] tells whether it cost a try.
    pub async fn verify_for(
        self,
        pin: Secret,
        reference: &str,
        amount_fen: u64,
        rng: &mut impl CryptoRng,
    ) -> Result<VerifiedBill, ClientError> {
        let accepted = self.last_attempt_accepted();
        let sealed = self.sealed(pin, rng)?;
        let bill = bill(reference, amount_fen);
        with_receipt(self.connection(), sealed, accepted, bill).await
    }
}

/// Presents the PIN; success is nothing without the receipt.
async fn with_receipt(
    connection: &Connection,
    sealed: Sealed<Verify>,
    accept_last_attempt: bool,
    bill: v1::Bill,
) -> Result<VerifiedBill, ClientError> {
    let answer = connection.verify_for(sealed, accept_last_attempt, Some(bill));
    let answer = answer.await?;
    let missing = ContractError::Missing {
        field: "VerifyPinResponse.receipt",
    };
    let signed = answer.receipt.as_ref().map(receipt::to_text);
    Ok(VerifiedBill {
        receipt: signed.ok_or_else(|| contract(missing))?,
        verified: convert::pin::verified(&answer),
    })
}

fn bill(reference: &str, amount_fen: u64) -> v1::Bill {
    v1::Bill {
        reference: reference.to_owned(),
        amount_fen,
    }
}

impl Terminal {
    /// Presents a PIN for a bill with digits that were sealed elsewhere; as
    /// [`OpenEntry::verify_for`] otherwise.
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::attempt_spent`] tells whether it cost a try.
    pub async fn verify_sealed_for(
        &self,
        sealed: Sealed<Verify>,
        accept_last_attempt: bool,
        reference: &str,
        amount_fen: u64,
    ) -> Result<VerifiedBill, ClientError> {
        let bill = bill(reference, amount_fen);
        with_receipt(&self.connection, sealed, accept_last_attempt, bill).await
    }

    /// Takes a receipt of this terminal back before it is used. The answer goes to whoever checks
    /// receipts: [`crate::receipt::cancel`]. For billing desks.
    ///
    /// # Errors
    /// [`ClientError`]; no try is ever spent.
    pub async fn cancel_receipt(&self, text: &str) -> Result<CancelledReceipt, ClientError> {
        // A line that is none goes as an empty receipt: what is wrong with it is the terminal's word.
        let receipt = receipt::from_text(text).unwrap_or_default();
        let mut client = self.connection.receipts();
        let call = client.cancel_receipt(v1::CancelReceiptRequest {
            receipt: Some(receipt),
        });
        let convert = |answer: v1::CancelReceiptResponse| {
            let field = "CancelReceiptResponse.cancellation";
            let signed = answer
                .cancellation
                .ok_or(ContractError::Missing { field })?;
            Ok(CancelledReceipt {
                cancellation: receipt::cancellation_to_text(&signed),
                ledger_sequence: answer.ledger_sequence,
            })
        };
        self.connection
            .ask(self.connection.limits.answer, call, convert)
            .await
    }

    /// The terminal's public keys, for [`crate::receipt::ReceiptKeys::learn`].
    ///
    /// # Errors
    /// [`ClientError`]; no try is ever spent.
    pub(crate) async fn list_receipt_keys(
        &self,
    ) -> Result<v1::ListReceiptKeysResponse, ClientError> {
        let mut client = self.connection.receipts();
        let call = client.list_receipt_keys(v1::ListReceiptKeysRequest {});
        let limit = self.connection.limits.answer;
        let answer = self.connection.answer(Cost::Free, limit, call).await;
        answer.map(Response::into_inner)
    }

    /// Has the terminal make a new receipt key and destroy the old one. Answers the record that
    /// says so. For the hall.
    ///
    /// # Errors
    /// [`ClientError`]; no try is ever spent.
    pub async fn rotate_receipt_key(&self) -> Result<u64, ClientError> {
        let mut client = self.connection.receipts();
        let call = client.rotate_receipt_key(v1::RotateReceiptKeyRequest {});
        let convert = |answer: v1::RotateReceiptKeyResponse| Ok(answer.ledger_sequence);
        self.connection
            .ask(self.connection.limits.answer, call, convert)
            .await
    }

    /// Collects the terminal's public keys into a store. Answers how many are new.
    ///
    /// # Errors
    /// [`CollectKeysError`].
    pub async fn collect_receipt_keys(
        &self,
        keys: &mut super::ReceiptKeys,
    ) -> Result<usize, CollectKeysError> {
        let told = self.list_receipt_keys().await?;
        Ok(keys.learn(&told)?)
    }
}

/// Why a terminal's keys were not collected.
#[derive(Debug, thiserror::Error)]
pub enum CollectKeysError {
    /// The terminal refused, or does not answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// What it answered is not to be kept.
    #[error(transparent)]
    Keys(#[from] super::keys::KeysError),
}
