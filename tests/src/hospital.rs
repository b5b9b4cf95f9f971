//! A hospital system: the store in which it keeps the terminal's keys and the receipts that were used.

use std::{io, time::SystemTime};

use hall_client::{
    Terminal,
    receipt::{Claim, ReceiptKeys, ReceiptRefused, UsedReceipts, cancel, check},
};

use crate::stand::Stand;

/// What it finds about a receipt of the stand's terminal for this
/// bill; a good one is used up.
///
/// # Errors
/// The terminal's keys cannot be had, or the store cannot be used.
pub fn judge(
    stand: &Stand,
    receipt: &str,
    (reference, amount_fen): (&str, u64),
) -> io::Result<&'static str> {
    let (keys, mut used) = receipts(stand)?;
    let claim = Claim {
        terminal_id: "stand",
        reference,
        amount_fen,
        insertion: None,
    };
    let checked = check(&keys, &mut used, receipt, &claim, unix_ms()?);
    word(checked.map(|_| "GOOD"))
}

/// The same of the terminal's word that a receipt is void.
///
/// # Errors
/// As [`judge`].
pub fn take_cancellation(stand: &Stand, signed: &str) -> io::Result<&'static str> {
    let (keys, mut used) = receipts(stand)?;
    let taken = cancel(&keys, &mut used, signed, unix_ms()?);
    word(taken.map(|()| "TAKEN"))
}

fn word(found: Result<&'static str, ReceiptRefused>) -> io::Result<&'static str> {
    match found {
        Ok(word) => Ok(word),
        Err(ReceiptRefused::Altered(_)) => Ok("ALTERED"),
        Err(ReceiptRefused::OtherBill) => Ok("OTHER_BILL"),
        Err(ReceiptRefused::Cancelled) => Ok("CANCELLED"),
        Err(ReceiptRefused::Replayed) => Ok("REPLAYED"),
        Err(other) => Err(io::Error::other(other)),
    }
}

/// The hospital system's store: keys of the terminal, and what was used.
fn receipts(stand: &Stand) -> io::Result<(ReceiptKeys, UsedReceipts)> {
    let keys = tokio::runtime::Runtime::new()?.block_on(async {
        let mut keys = ReceiptKeys::default();
        let hall = Terminal::connect(stand.socket("hall")).await;
        let hall = hall.map_err(io::Error::other)?;
        let collected = hall.collect_receipt_keys(&mut keys).await;
        collected.map(|_| keys).map_err(io::Error::other)
    })?;
    let store = stand.directory().join("receipts");
    let used = UsedReceipts::open(&store).map_err(io::Error::other)?;
    Ok((keys, used))
}

fn unix_ms() -> io::Result<u64> {
    let now = SystemTime::UNIX_EPOCH.elapsed().map_err(io::Error::other)?;
    u64::try_from(now.as_millis()).map_err(io::Error::other)
}
