//! What the kiosk asks of cardd.

use cardd_proto::entry::ENTRY_ID_BYTES;

use super::screen::MaskedHolder;
use crate::{
    Change, NewPin, Sealed, Terminal,
    desk::{entry::Entry, machine::Work, mask, refusal::Refusal, tray::Stay},
    model::{CardContents, HolderData, PinStatus, Verified},
};

/// Something to ask.
#[derive(Debug)]
pub(crate) enum KioskWork {
    /// Tries left, and what the card says of itself.
    Look(Stay),
    /// Open an entry for a new PIN that is judged before it is typed again.
    BeginCheck(Stay),
    /// Judge it.
    Check(Sealed<NewPin>),
    /// Open an entry for a change.
    Begin(Stay),
    /// The holder gave up, or an entry came too late.
    Cancel([u8; ENTRY_ID_BYTES]),
    /// Change the PIN.
    Change(Sealed<Change>),
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum KioskDone {
    /// Of [`KioskWork::Look`].
    Looked(Result<Looked, Refusal>),
    /// Of [`KioskWork::Check`].
    Checked(Result<(), Refusal>),
    /// Of [`KioskWork::BeginCheck`] and [`KioskWork::Begin`].
    Begun(Result<Entry, Refusal>),
    /// Of [`KioskWork::Cancel`]; an entry that cannot be cancelled expires.
    Cancelled,
    /// Of [`KioskWork::Change`].
    Changed(Result<Verified, Refusal>),
}

/// A card as the kiosk knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Looked {
    /// State and tries.
    pub(super) status: PinStatus,
    /// What it says of itself, masked; `None` if that cannot be read, which is no reason to keep a
    /// holder from changing the PIN.
    pub(super) card: Option<MaskedCard>,
    /// 卡识别码, for the slip alone; no page gets it.
    pub(super) card_identifier_hex: Option<String>,
}

/// A card's data as far as a screen shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MaskedCard {
    /// Whose; `None` where that takes the issuer's key.
    pub(super) holder: Option<MaskedHolder>,
    /// 卡号.
    pub(super) number: String,
    /// `YYYY-MM-DD`, may be empty.
    pub(super) expires_on: String,
}

impl Work for KioskWork {
    type Done = KioskDone;

    async fn perform(self, terminal: Terminal) -> KioskDone {
        match self {
            Self::Look(stay) => KioskDone::Looked(look(&terminal, &stay).await),
            Self::BeginCheck(stay) => {
                let begun = terminal.begin_entry(&stay.reader, stay.insertion, NewPin);
                KioskDone::Begun(match begun.await {
                    Ok(open) => Ok(Entry::judging(&open).with_rules(&terminal).await),
                    Err(error) => Err(error.into()),
                })
            }
            Self::Check(sealed) => {
                let checked = terminal.check_sealed(sealed).await;
                KioskDone::Checked(checked.map_err(Refusal::from))
            }
            Self::Begin(stay) => {
                let begun = terminal.begin_entry(&stay.reader, stay.insertion, Change);
                let entry = begun.await.map(|open| Entry::change(&open));
                KioskDone::Begun(entry.map_err(Refusal::from))
            }
            Self::Cancel(entry_id) => {
                let _expires_by_itself = terminal.cancel_entry(entry_id).await;
                KioskDone::Cancelled
            }
            Self::Change(sealed) => {
                // An unattended desk never accepts the last try.
                let changed = terminal.change_sealed(sealed, false).await;
                KioskDone::Changed(changed.map_err(Refusal::from))
            }
        }
    }
}

async fn look(terminal: &Terminal, stay: &Stay) -> Result<Looked, Refusal> {
    let status = terminal.pin_status(&stay.reader, stay.insertion).await?;
    let contents = terminal.read_card(&stay.reader, stay.insertion).await.ok();
    Ok(Looked {
        status,
        card: contents.as_ref().map(masked),
        card_identifier_hex: contents.map(|contents| contents.issuer.card_identifier_hex),
    })
}

fn masked(contents: &CardContents) -> MaskedCard {
    let holder = match &contents.holder {
        HolderData::Open(holder) => Some(MaskedHolder {
            name: mask::name(&holder.name),
            citizen_number: mask::number(&holder.citizen_number),
        }),
        HolderData::Protected => None,
    };
    MaskedCard {
        holder,
        number: mask::number(&contents.card.card_number),
        expires_on: contents.issuer.expires_on.clone(),
    }
}
