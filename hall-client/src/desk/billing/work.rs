//! What the billing desk asks of cardd.

use cardd_proto::entry::ENTRY_ID_BYTES;

use super::bill::{Bill, Receipt};
use crate::{
    Change, Sealed, Terminal, Verify,
    desk::{entry::Entry, machine::Work, refusal::Refusal, tray::Stay},
    model::{PinStatus, Verified},
    receipt::VerifiedBill,
};

/// Something to ask.
#[derive(Debug)]
pub(crate) enum BillingWork {
    /// Tries left and state.
    Look(Stay),
    /// Open an entry for the PIN.
    BeginVerify(Stay),
    /// Open an entry for a change.
    BeginChange(Stay),
    /// The holder gave up, or an entry came too late.
    Cancel([u8; ENTRY_ID_BYTES]),
    /// Present the PIN; a success is to end in a receipt for the bill.
    Verify {
        /// The PIN.
        sealed: Sealed<Verify>,
        /// The bill.
        bill: Bill,
        /// The holder was told that it is the last try, and goes on.
        last_accepted: bool,
    },
    /// Change the PIN.
    Change {
        /// The PINs.
        sealed: Sealed<Change>,
        /// As above.
        last_accepted: bool,
    },
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum BillingDone {
    /// Of [`BillingWork::Look`].
    Looked(Result<PinStatus, Refusal>),
    /// Of [`BillingWork::BeginVerify`] and [`BillingWork::BeginChange`].
    Begun(Result<Begun, Refusal>),
    /// Of [`BillingWork::Cancel`]; an entry that cannot be cancelled expires.
    Cancelled,
    /// Of [`BillingWork::Verify`].
    Verified(Result<Receipt, Refusal>),
    /// Of [`BillingWork::Change`].
    Changed(Result<Verified, Refusal>),
}

/// An entry is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Begun {
    /// The entry.
    pub(super) entry: Entry,
    /// Whether the next wrong try locks the card.
    pub(super) last_attempt: bool,
}

impl Work for BillingWork {
    type Done = BillingDone;

    async fn perform(self, terminal: Terminal) -> BillingDone {
        match self {
            Self::Look(Stay { reader, insertion }) => {
                let looked = terminal.pin_status(&reader, insertion).await;
                BillingDone::Looked(looked.map_err(Refusal::from))
            }
            Self::BeginVerify(Stay { reader, insertion }) => {
                let open = terminal.begin_entry(&reader, insertion, Verify).await;
                BillingDone::Begun(open.map_err(Refusal::from).map(|open| Begun {
                    entry: Entry::verify(&open),
                    last_attempt: open.last_attempt(),
                }))
            }
            Self::BeginChange(Stay { reader, insertion }) => {
                let open = terminal.begin_entry(&reader, insertion, Change).await;
                BillingDone::Begun(match open {
                    Ok(open) => Ok(Begun {
                        entry: Entry::change(&open).with_rules(&terminal).await,
                        last_attempt: open.last_attempt(),
                    }),
                    Err(error) => Err(error.into()),
                })
            }
            Self::Cancel(entry_id) => {
                let _expires_by_itself = terminal.cancel_entry(entry_id).await;
                BillingDone::Cancelled
            }
            Self::Verify {
                sealed,
                bill,
                last_accepted,
            } => {
                let Bill {
                    reference,
                    amount_fen,
                } = bill;
                let verified =
                    terminal.verify_sealed_for(sealed, last_accepted, &reference, amount_fen);
                BillingDone::Verified(verified.await.map(Receipt::from).map_err(Refusal::from))
            }
            Self::Change {
                sealed,
                last_accepted,
            } => {
                let changed = terminal.change_sealed(sealed, last_accepted).await;
                BillingDone::Changed(changed.map_err(Refusal::from))
            }
        }
    }
}

impl From<VerifiedBill> for Receipt {
    fn from(done: VerifiedBill) -> Self {
        Self {
            signed: done.receipt,
            ledger_sequence: done.verified.ledger_sequence,
            attempts_remaining: done.verified.attempts_remaining,
        }
    }
}
