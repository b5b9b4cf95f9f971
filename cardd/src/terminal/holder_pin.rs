//! After a reset the holder chooses a PIN while the card is still held: it never leaves the
//! terminal, and the hall never sees it.

use std::sync::{Arc, mpsc as std_mpsc};

use cardd_proto::{
    entry::{EntryError, Typed},
    secret::Secret,
    v1::{Purpose, SealedEntry},
};
use tokio::sync::oneshot;

use crate::{
    card::Card,
    ledger::{IntentEntry, Operation as Recorded},
    pin::{HolderFacts, NewPin, Pin},
    policy::{Desk, Operation, decide},
    reader::{Insertion, ReaderName},
    terminal::{
        KnownCard, Terminal, TerminalError,
        attempt::remaining_after,
        conversation::{HolderPrompt, Operated, SealTo, ToHall},
        operate::Run,
    },
};

/// What the holder typed, and who waits for the answer.
pub(super) struct Choice {
    new: Secret,
    again: Secret,
    reply: oneshot::Sender<Result<u64, TerminalError>>,
}

/// A card that waits for its holder's choice.
pub(super) struct Door {
    reader: ReaderName,
    insertion: Insertion,
    choices: std_mpsc::SyncSender<Choice>,
}

/// A reset that is done, and what the change after it needs.
pub(super) struct Reset {
    pub(super) done: Operated,
    pub(super) issued: Pin,
    pub(super) facts: HolderFacts,
}

impl Terminal {
    /// Opens an entry for the holder's own PIN.
    ///
    /// # Errors
    /// [`TerminalError::NoHolderPinWanted`] if no reset of that case waits.
    pub fn begin_holder_pin(&self, desk: &Desk, case: u64) -> Result<HolderPrompt, TerminalError> {
        decide(desk, Operation::SetHolderPin)?;
        let (reader, insertion) = {
            let doors = self.doors();
            let door = doors.get(&case).ok_or(TerminalError::NoHolderPinWanted)?;
            (door.reader.clone(), door.insertion)
        };
        let (entry_id, public_key) =
            self.open_entry(&desk.name, reader.as_str(), insertion, Purpose::OwnPin)?;
        Ok(HolderPrompt {
            seal: SealTo {
                entry_id,
                public_key,
                insertion,
            },
            length: self.settings.pin_length,
            expires_in_ms: u64::try_from(self.entries().lifetime().as_millis()).unwrap_or(u64::MAX),
        })
    }

    /// Hands the holder's choice to the waiting card.
    ///
    /// # Errors
    /// As a change is refused; the card goes on waiting after a refused choice.
    pub async fn set_holder_pin(
        self: &Arc<Self>,
        desk: &Desk,
        case: u64,
        sealed: &SealedEntry,
    ) -> Result<u64, TerminalError> {
        decide(desk, Operation::SetHolderPin)?;
        let opened = self.unseal(&desk.name, Purpose::OwnPin, sealed)?;
        let Typed::OwnPin { new, again } = opened.typed else {
            return Err(EntryError::Malformed.into());
        };
        let (reply, answer) = oneshot::channel();
        {
            let doors = self.doors();
            let door = doors.get(&case).ok_or(TerminalError::NoHolderPinWanted)?;
            let choice = Choice { new, again, reply };
            door.choices
                .try_send(choice)
                .map_err(|_| TerminalError::NoHolderPinWanted)?;
        }
        let waited = tokio::time::timeout(self.settings.card_work, answer).await;
        waited
            .map_err(|_| TerminalError::NoAnswerYet)?
            .map_err(|_| TerminalError::NoHolderPinWanted)?
    }
}

impl Run<'_> {
    /// Waits for a choice that passes the rules, and changes the issued PIN into it. A holder who
    /// walks away leaves a card that does no business.
    pub(super) fn own_pin(
        &self,
        card: &mut Card<'_>,
        known: &KnownCard,
        reset: Reset,
    ) -> Result<Operated, TerminalError> {
        let case = self.case.sequence;
        let (choices, chosen) = std_mpsc::sync_channel(1);
        let (reader, insertion) = (self.case.reader.clone(), self.case.insertion);
        self.terminal.doors().insert(
            case,
            Door {
                reader,
                insertion,
                choices,
            },
        );
        let wait = self.terminal.settings.issuer.holder_wait;
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        // The hall may have left: the reset is done, and the holder is here.
        drop(
            self.conversation
                .tell(ToHall::HolderPinWanted { case, wait_ms }),
        );
        let outcome = self.choices(card, known, &reset, &chosen);
        self.terminal.doors().remove(&case);
        outcome
    }

    fn choices(
        &self,
        card: &mut Card<'_>,
        known: &KnownCard,
        reset: &Reset,
        chosen: &std_mpsc::Receiver<Choice>,
    ) -> Result<Operated, TerminalError> {
        let end = self.terminal.clock.now() + self.terminal.settings.issuer.holder_wait;
        loop {
            let left = end.saturating_duration_since(self.terminal.clock.now());
            let Ok(Choice { new, again, reply }) = chosen.recv_timeout(left) else {
                return Ok(reset.done);
            };
            match self.permitted(reset, &new, &again) {
                Err(refused) => drop(reply.send(Err(refused))),
                Ok(new) => return self.change(card, known, reset, &new, reply),
            }
        }
    }

    fn permitted(
        &self,
        reset: &Reset,
        new: &Secret,
        again: &Secret,
    ) -> Result<NewPin, TerminalError> {
        let settings = &self.terminal.settings;
        let new = Pin::parse(new.expose(), &settings.pin_length)?;
        let again = Pin::parse(again.expose(), &settings.pin_length)?;
        Ok(NewPin::check(
            new,
            &again,
            &reset.issued,
            &reset.facts,
            &settings.rules,
        )?)
    }

    fn change(
        &self,
        card: &mut Card<'_>,
        known: &KnownCard,
        reset: &Reset,
        new: &NewPin,
        reply: oneshot::Sender<Result<u64, TerminalError>>,
    ) -> Result<Operated, TerminalError> {
        let entry = IntentEntry {
            operation: Recorded::Change {
                old_is_issued: true,
            },
            ..self.entry(known, reset.done.attempts_remaining)
        };
        let changed = self
            .terminal
            .ledger
            .begin(entry)
            .map_err(TerminalError::from)
            .and_then(|intent| {
                let sent = card.change_pin(&intent, &reset.issued, new);
                let before = reset.done.attempts_remaining.unwrap_or(0);
                let after = remaining_after(card, &sent);
                self.terminal.conclude(intent, sent, before, after)
            });
        match changed {
            Ok(success) => {
                drop(reply.send(Ok(success.ledger_sequence)));
                Ok(Operated {
                    ledger_sequence: success.ledger_sequence,
                    attempts_remaining: success.attempts_remaining,
                    holder_pin_set: true,
                })
            }
            Err(error) => {
                drop(reply.send(Err(error)));
                Ok(reset.done)
            }
        }
    }
}
