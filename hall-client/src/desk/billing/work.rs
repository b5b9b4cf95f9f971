//! What the billing desk asks of cardd.

use cardd_proto::entry::ENTRY_ID_BYTES;

use crate::{
    Change, Sealed, Terminal, Verify,
    desk::{entry::Entry, machine::Work, refusal::Refusal, tray::Stay},
    model::{PinStatus, Verified},
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
    /// Present the PIN.
    Verify {
        /// The PIN.
        sealed: Sealed<Verify>,
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
    Verified(Result<Verified, Refusal>),
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
                BillingDone::Begun(open.map_err(Refusal::from).map(|open| Begun {
                    entry: Entry::change(&open),
                    last_attempt: open.last_attempt(),
                }))
            }
            Self::Cancel(entry_id) => {
                let _expires_by_itself = terminal.cancel_entry(entry_id).await;
                BillingDone::Cancelled
            }
            Self::Verify {
                sealed,
                last_accepted,
            } => {
                let verified = terminal.verify_sealed(sealed, last_accepted).await;
                BillingDone::Verified(verified.map_err(Refusal::from))
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
