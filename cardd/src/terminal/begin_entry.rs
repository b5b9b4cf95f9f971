//! Opens an entry: the counter is read from the card before the holder is prompted.

use std::sync::Arc;

use cardd_proto::{entry::EntryKey, v1::Purpose};
use rand::Rng as _;

use crate::{
    pin::{PinLength, PinStatus},
    policy::{Desk, Operation, RetryFloor, decide},
    reader::{Insertion, ReaderName},
    terminal::{
        Terminal, TerminalError,
        attempt::{open, tries_left},
        entries::{Entry, EntryId, NoEntry},
        job::Done,
    },
};

/// What a desk needs for its prompt.
#[derive(Debug, Clone, Copy)]
pub struct Prompt {
    /// Names the entry.
    pub entry_id: EntryId,
    /// To seal the digits to.
    pub public_key: [u8; cardd_proto::entry::KEY_BYTES],
    /// The PIN as the card states it now.
    pub status: PinStatus,
    /// An earlier operation on this card is still in doubt.
    pub in_doubt: bool,
    /// The next wrong try blocks the card.
    pub last_attempt: bool,
    /// Permitted length.
    pub length: PinLength,
    /// How long the entry lives.
    pub expires_in_ms: u64,
}

impl Terminal {
    /// Opens an entry for one insertion and purpose.
    ///
    /// # Errors
    /// Whatever would make the entry pointless: no such card, blocked, at the floor, issued PIN
    /// where business is meant, ledger closed.
    pub async fn begin_entry(
        self: &Arc<Self>,
        desk: &Desk,
        reader: &str,
        insertion: Insertion,
        purpose: Purpose,
    ) -> Result<Prompt, TerminalError> {
        let grant = decide(desk, operation(purpose)?)?;
        self.ledger_is_open()?;
        let floor = grant.floor();
        let terminal = Arc::clone(self);
        let name = ReaderName::from(reader);
        let (status, in_doubt, last_attempt) = self
            .on_card(reader, insertion, move |channel, _ticket| {
                Done::leave(terminal.look_before_prompt(&name, insertion, floor, purpose, channel))
            })
            .await?;
        let (entry_id, public_key) = self.open_entry(desk, reader, insertion, purpose)?;
        Ok(Prompt {
            entry_id,
            public_key,
            status,
            in_doubt,
            last_attempt,
            length: self.settings.pin_length,
            expires_in_ms: self.entries().lifetime().as_millis() as u64,
        })
    }
}
