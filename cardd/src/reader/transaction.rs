//! One exclusive transaction: opened, used, and closed by our own hand.
//!
//! The destructors of the `pcsc` crate leave the card as it is at the end of a transaction and
//! reset it at the end of a connection; neither is ever what we want, so both are always ended
//! explicitly.

use pcsc::{Card, Disposition, MAX_ATR_SIZE, Protocol, Protocols, ShareMode, Transaction};

use super::{
    CardDisposition, atr::historical_bytes, channel::PcscChannel, fault::Fault, gate::Gate,
    watch::Look,
};

const PROTOCOLS: Protocols = Protocols::T0.union(Protocols::T1);
/// Longest name of a reader in pcsc-lite, with its end.
const MAX_READER_NAME: usize = 128;

impl From<CardDisposition> for Disposition {
    fn from(disposition: CardDisposition) -> Self {
        match disposition {
            CardDisposition::Leave => Self::LeaveCard,
            CardDisposition::Reset => Self::ResetCard,
        }
    }
}

/// Connects and runs `inside` in a transaction. Waits without bound while another program holds
/// a transaction; answers [`Fault::Held`] at once while one has the card for itself alone.
pub(super) fn with_transaction(
    gate: &Gate<'_>,
    inside: impl FnOnce(&mut Transaction<'_>) -> CardDisposition,
) -> Result<CardDisposition, Fault> {
    let connected = gate
        .context
        .connect(gate.reader, ShareMode::Shared, PROTOCOLS);
    let mut card = connected.map_err(Fault::of)?;
    let (used, on_leaving) = match card.transaction2() {
        Ok(mut transaction) => {
            let disposition = inside(&mut transaction);
            (Ok(disposition), end(transaction, disposition))
        }
        Err((_, error)) => (Err(Fault::of(error)), CardDisposition::Leave),
    };
    disconnect(card, on_leaving);
    used
}

/// Resets the card inside the transaction; the transaction goes on.
pub(super) fn reset(transaction: &mut Transaction<'_>) -> Result<(), Fault> {
    let outcome = transaction.reconnect(ShareMode::Shared, PROTOCOLS, Disposition::ResetCard);
    outcome.map_err(Fault::of)
}

/// The channel of the transaction to the card that was seen in `stay`.
pub(super) fn channel<'a>(
    card: &'a Card,
    gate: &'a Gate<'a>,
    stay: Look,
) -> Result<PcscChannel<'a>, Fault> {
    let (mut names, mut atr) = ([0; MAX_READER_NAME], [0; MAX_ATR_SIZE]);
    let status = card.status2(&mut names, &mut atr).map_err(Fault::of)?;
    let protocol = match status.protocol2() {
        Some(protocol @ (Protocol::T0 | Protocol::T1)) => protocol,
        Some(Protocol::RAW) | None => return Err(Fault::Mute),
    };
    let historical = historical_bytes(status.atr()).to_vec();
    Ok(PcscChannel::new(card, gate, stay, protocol, historical))
}

/// Ends the transaction and answers what is left to do with the card when the connection ends.
fn end(transaction: Transaction<'_>, disposition: CardDisposition) -> CardDisposition {
    match transaction.end(disposition.into()) {
        Ok(()) => CardDisposition::Leave,
        Err((transaction, error)) => {
            // A card or service that is gone has ended it; otherwise the connection ends it.
            tracing::debug!(%error, ?disposition, "the transaction could not be ended");
            std::mem::forget(transaction);
            disposition
        }
    }
}

fn disconnect(card: Card, disposition: CardDisposition) {
    if let Err((_card, error)) = card.disconnect(disposition.into()) {
        // Its destructor, a reset, tries once more; a context of no use shows at the next job.
        tracing::debug!(%error, ?disposition, "the connection could not be ended");
    }
}
