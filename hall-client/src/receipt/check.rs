//! Good or refused, each refusal with its own reason.

use cardd_proto::{
    receipt::{self, NotSignedSo},
    v1::{Bill, ReceiptStatement},
};

use super::{
    keys::ReceiptKeys,
    used::{Use, UsedError, UsedReceipts},
};

/// By how much the clocks of terminal and checker may differ, milliseconds.
pub const SKEW_MS: u64 = 60_000;

/// What the checker has before it: the receipt must be for this and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim<'a> {
    /// The terminal at which the holder stood.
    pub terminal_id: &'a str,
    /// The bill's reference.
    pub reference: &'a str,
    /// The bill's amount, fen.
    pub amount_fen: u64,
    /// The insertion, where the checker knows it.
    pub insertion: Option<u64>,
}

/// What a good receipt says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodReceipt {
    /// Its name, hexadecimal.
    pub receipt_id: String,
    /// The terminal.
    pub terminal_id: String,
    /// The card's keyed reference in that terminal's ledger.
    pub card_ref: String,
    /// The stay of the card in the reader.
    pub insertion: u64,
    /// The record of the verification in the ledger.
    pub verified_sequence: u64,
    /// When it was signed, milliseconds since 1970.
    pub issued_unix_ms: u64,
}

/// Why a receipt is not good.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptRefused {
    /// Signed by nobody, changed, or no receipt at all.
    #[error("the receipt was altered, or is none")]
    Altered(#[source] NotSignedSo),
    /// The store has no such key, or it was retired before the receipt was signed.
    #[error("the receipt's key is not known, or was retired before")]
    UnknownKey,
    /// Another terminal's.
    #[error("the receipt is of the terminal {0}")]
    OtherTerminal(String),
    /// Another bill's, or another insertion's.
    #[error("the receipt is for another bill or insertion")]
    OtherBill,
    /// Too late.
    #[error("the receipt expired")]
    Expired,
    /// Signed in the future, as this clock has it.
    #[error("the receipt is not valid yet: the clocks differ by more than a minute")]
    NotYetValid,
    /// Taken back before it was used.
    #[error("the receipt was cancelled")]
    Cancelled,
    /// Used before.
    #[error("the receipt was used before")]
    Replayed,
    /// The store cannot be read or written: nothing was decided, nothing was used up.
    #[error(transparent)]
    Store(#[from] UsedError),
}

/// Checks a receipt and uses it up: a second time it is [`ReceiptRefused::Replayed`]. That it was
/// used is on disk at return.
///
/// # Errors
/// [`ReceiptRefused`]; nothing is used up then.
pub fn check(
    keys: &ReceiptKeys,
    used: &mut UsedReceipts,
    text: &str,
    claim: &Claim<'_>,
    now_unix_ms: u64,
) -> Result<GoodReceipt, ReceiptRefused> {
    let said = opened(keys, text)?;
    bound(&said, claim)?;
    timely(&said, now_unix_ms, used.forgotten_until_ms())?;
    let id = (said.terminal_id.as_str(), said.receipt_id.as_slice());
    match used.look(id) {
        Some(Use::Cancelled) => return Err(ReceiptRefused::Cancelled),
        Some(Use::Used) => return Err(ReceiptRefused::Replayed),
        None => used.put(id, Use::Used, said.expires_unix_ms, now_unix_ms)?,
    }
    Ok(GoodReceipt {
        receipt_id: hex::encode(&said.receipt_id),
        terminal_id: said.terminal_id,
        card_ref: said.card_ref,
        insertion: said.insertion,
        verified_sequence: said.verified_sequence,
        issued_unix_ms: said.issued_unix_ms,
    })
}

/// Takes a cancellation: from here on its receipt is [`ReceiptRefused::Cancelled`]. On disk at
/// return.
///
/// # Errors
/// [`ReceiptRefused::Replayed`] where the receipt was used before: the money is to be given back
/// otherwise. Else as [`check`].
pub fn cancel(
    keys: &ReceiptKeys,
    used: &mut UsedReceipts,
    text: &str,
    now_unix_ms: u64,
) -> Result<(), ReceiptRefused> {
    let cancellation = receipt::cancellation_from_text(text).map_err(ReceiptRefused::Altered)?;
    let id = receipt::claimed_cancellation_key(&cancellation).map_err(ReceiptRefused::Altered)?;
    let key = keys.get(id).ok_or(ReceiptRefused::UnknownKey)?;
    let said =
        receipt::open_cancellation(&cancellation, &key.public).map_err(ReceiptRefused::Altered)?;
    if said.terminal_id != key.terminal_id {
        return Err(ReceiptRefused::OtherTerminal(said.terminal_id));
    }
    if !key.signs_at(said.cancelled_unix_ms) {
        return Err(ReceiptRefused::UnknownKey);
    }
    let id = (said.terminal_id.as_str(), said.receipt_id.as_slice());
    match used.look(id) {
        Some(Use::Used) => Err(ReceiptRefused::Replayed),
        Some(Use::Cancelled) => Ok(()),
        None => Ok(used.put(id, Use::Cancelled, said.expires_unix_ms, now_unix_ms)?),
    }
}

/// What it says, signed by a key that was in use then, by the terminal whose key it is.
fn opened(keys: &ReceiptKeys, text: &str) -> Result<ReceiptStatement, ReceiptRefused> {
    let signed = receipt::from_text(text).map_err(ReceiptRefused::Altered)?;
    let id = receipt::claimed_key(&signed).map_err(ReceiptRefused::Altered)?;
    let key = keys.get(id).ok_or(ReceiptRefused::UnknownKey)?;
    let said = receipt::open(&signed, &key.public).map_err(ReceiptRefused::Altered)?;
    if said.terminal_id != key.terminal_id {
        return Err(ReceiptRefused::OtherTerminal(said.terminal_id));
    }
    if key.signs_at(said.issued_unix_ms) {
        Ok(said)
    } else {
        Err(ReceiptRefused::UnknownKey)
    }
}

fn bound(said: &ReceiptStatement, claim: &Claim<'_>) -> Result<(), ReceiptRefused> {
    if said.terminal_id != claim.terminal_id {
        return Err(ReceiptRefused::OtherTerminal(said.terminal_id.clone()));
    }
    let bill = Bill {
        reference: claim.reference.to_owned(),
        amount_fen: claim.amount_fen,
    };
    let same_insertion = claim
        .insertion
        .is_none_or(|insertion| insertion == said.insertion);
    if said.bill.as_ref() == Some(&bill) && same_insertion {
        Ok(())
    } else {
        Err(ReceiptRefused::OtherBill)
    }
}

/// A receipt that the store may have forgotten is over, whatever the clock says.
fn timely(
    said: &ReceiptStatement,
    now_unix_ms: u64,
    forgotten_until_ms: u64,
) -> Result<(), ReceiptRefused> {
    let over = said.expires_unix_ms <= now_unix_ms || said.expires_unix_ms <= forgotten_until_ms;
    if over {
        Err(ReceiptRefused::Expired)
    } else if said.issued_unix_ms > now_unix_ms.saturating_add(SKEW_MS) {
        Err(ReceiptRefused::NotYetValid)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
