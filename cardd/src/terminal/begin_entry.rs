//! Opens an entry: the counter is read from the card before the holder is prompted.

use std::sync::Arc;

use cardd_proto::{
    entry::{EntryError, EntryKey, KEY_BYTES, Typed},
    v1::{Purpose, SealedEntry},
};
use rand::Rng as _;

use crate::{
    card::CardChannel,
    ledger,
    pin::{PinLength, PinStatus, RetryFloor, TryToSpend},
    policy::{Desk, Operation, RulesInForce, decide},
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
    pub public_key: [u8; KEY_BYTES],
    /// The PIN as the card states it now.
    pub status: PinStatus,
    /// An earlier operation on this card whose result is still not known.
    pub doubt: Option<ledger::Operation>,
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
        let rules = self.rules();
        self.pin_work_is_open()?;
        self.budget_allows(desk.kind)?;
        let floor = rules.floor(&grant);
        let terminal = Arc::clone(self);
        let name = ReaderName::from(reader);
        let (status, doubt, last_attempt) = self
            .on_card(reader, insertion, move |channel, _ticket| {
                Done::leave(terminal.look_before_prompt(&name, insertion, floor, purpose, channel))
            })
            .await?;
        let length = rules.pin_length();
        let at = (reader, insertion);
        let (entry_id, public_key) = self.open_entry(&desk.name, at, purpose, rules)?;
        Ok(Prompt {
            entry_id,
            public_key,
            status,
            doubt,
            last_attempt,
            length,
            expires_in_ms: self.entries().lifetime().as_millis() as u64,
        })
    }
}

impl Terminal {
    /// What the card says before the prompt, and whether this desk may go on.
    fn look_before_prompt(
        self: &Arc<Self>,
        reader: &ReaderName,
        insertion: Insertion,
        floor: RetryFloor,
        purpose: Purpose,
        channel: &mut dyn CardChannel,
    ) -> Result<(PinStatus, Option<ledger::Operation>, bool), TerminalError> {
        let known = self.known_on(channel, reader, insertion)?;
        let counter = open(&known, channel)?.pin_counter()?;
        let (status, doubt) = self.status_of((reader, insertion), &known, counter)?;
        let last = floor.check(tries_left(counter)?)? == TryToSpend::Last;
        if purpose == Purpose::Verify && matches!(status, PinStatus::Issued { .. }) {
            return Err(TerminalError::IssuedPin);
        }
        Ok((status, doubt, last))
    }

    /// Enters a new entry into the table. It ends under the rules that it is opened with.
    pub(super) fn open_entry(
        &self,
        desk: &str,
        (reader, insertion): (&str, Insertion),
        purpose: Purpose,
        rules: Arc<RulesInForce>,
    ) -> Result<(EntryId, [u8; KEY_BYTES]), TerminalError> {
        let mut id = EntryId::default();
        let key = {
            let mut rng = self.rng();
            rng.fill_bytes(&mut id);
            EntryKey::generate(&mut *rng)
        };
        let public_key = key.public_key();
        let now = self.clock.now();
        let mut entries = self.entries();
        let entry = Entry {
            desk: desk.to_owned(),
            reader: reader.into(),
            insertion,
            purpose,
            rules,
            key,
            expires: now + entries.lifetime(),
        };
        let opened = entries.open(id, entry, now);
        opened
            .then_some((id, public_key))
            .ok_or(TerminalError::TooManyEntries)
    }

    /// Takes the entry that a seal names and opens the seal. Whatever comes of it, the entry is
    /// gone: one entry, one command.
    pub(super) fn unseal(
        &self,
        desk: &str,
        purpose: Purpose,
        sealed: &SealedEntry,
    ) -> Result<Opened, TerminalError> {
        let taken = self
            .entries()
            .take(desk, &sealed.entry_id, self.clock.now());
        let (id, entry) = taken.map_err(|missing| match missing {
            NoEntry::Unknown => TerminalError::EntryUnknown,
            NoEntry::TimedOut => TerminalError::EntryTimedOut,
        })?;
        if entry.purpose != purpose {
            return Err(EntryError::NotForThis.into());
        }
        let binding = entry.binding(id);
        let typed = entry.key.open(sealed, &binding)?;
        Ok(Opened {
            reader: entry.reader,
            insertion: entry.insertion,
            rules: entry.rules,
            typed,
        })
    }

    /// The holder gave up.
    ///
    /// # Errors
    /// [`TerminalError::EntryUnknown`] if there is nothing to give up, [`TerminalError::Denied`].
    pub fn cancel_entry(&self, desk: &Desk, entry_id: &[u8]) -> Result<(), TerminalError> {
        decide(desk, Operation::CancelEntry)?;
        match self.entries().take(&desk.name, entry_id, self.clock.now()) {
            Ok(_) | Err(NoEntry::TimedOut) => Ok(()),
            Err(NoEntry::Unknown) => Err(TerminalError::EntryUnknown),
        }
    }
}

/// An entry whose seal is open.
pub(super) struct Opened {
    pub(super) reader: ReaderName,
    pub(super) insertion: Insertion,
    pub(super) rules: Arc<RulesInForce>,
    pub(super) typed: Typed,
}

fn operation(purpose: Purpose) -> Result<Operation, TerminalError> {
    match purpose {
        Purpose::Verify => Ok(Operation::VerifyPin),
        Purpose::Change | Purpose::NewPin => Ok(Operation::ChangePin),
        Purpose::Unspecified | Purpose::IssuedPin | Purpose::OwnPin => Err(
            TerminalError::Malformed("a prompt is for verify, change or a new PIN"),
        ),
    }
}
