//! After a reset the holder chooses a PIN while the card is still held: it never leaves the
//! terminal, and the hall never sees it.

use std::{sync::Arc, time::Duration};

use cardd_proto::{
    entry::{EntryError, Typed},
    v1::{Purpose, SealedEntry},
};
use tokio::sync::{mpsc, oneshot};

use crate::{
    card::Card,
    ledger::{IntentEntry, Operation as Recorded},
    pin::{HolderFacts, NewPin, Pin},
    policy::{Desk, Operation, decide},
    terminal::{
        KnownCard, Terminal, TerminalError,
        attempt::remaining_after,
        clock::within,
        conversation::{HolderPrompt, Operated, SealTo, ToHall},
        doors::{Choice, Counter, Door, Place, Seen},
        error::AttemptSpent,
        operate::Run,
        rule_book::check_new_pin,
    },
};

/// A reset that is done, and what the change after it needs.
pub(super) struct Reset {
    pub(super) done: Operated,
    pub(super) issued: Pin,
    pub(super) facts: HolderFacts,
}

impl Terminal {
    /// Opens an entry for the holder's own PIN, as soon as the reset is done; waits so long for it,
    /// and no longer than a transaction takes.
    ///
    /// # Errors
    /// [`TerminalError::NoHolderPinWanted`] if no reset of that case waits or is still to come;
    /// [`TerminalError::GrantOtherOperator`] for anybody but the one who opened it.
    pub async fn begin_holder_pin(
        &self,
        desk: &Desk,
        operator: &str,
        case: u64,
        wait: Duration,
    ) -> Result<HolderPrompt, TerminalError> {
        decide(desk, Operation::SetHolderPin)?;
        let wait = wait.min(self.settings.issuer.longest());
        let place = within(&*self.clock, wait, self.door_opens(case, operator))
            .await
            .ok_or(TerminalError::NoHolderPinWanted)??;
        let rules = self.rules();
        let length = rules.pin_length();
        let at = (place.reader.as_str(), place.insertion);
        let (entry_id, public_key) = self.open_entry(&desk.name, at, Purpose::OwnPin, rules)?;
        Ok(HolderPrompt {
            seal: SealTo {
                entry_id,
                public_key,
                insertion: place.insertion,
            },
            length,
            expires_in_ms: u64::try_from(self.entries().lifetime().as_millis()).unwrap_or(u64::MAX),
        })
    }

    /// Waits until the reset of a case is done. The bound is the caller's.
    async fn door_opens(&self, case: u64, operator: &str) -> Result<Place, TerminalError> {
        let mut changes = self.doors.changes();
        let mut closing = self.closing.subscribe();
        loop {
            changes.mark_unchanged();
            // First whether it still waits: what is taken meanwhile is found under way.
            let waits = self.cases().waits(case, self.clock.now());
            let longest = match (self.doors.look(case, operator)?, waits) {
                (Seen::Open(place), _) => return Ok(place),
                (Seen::Underway, _) => self.settings.issuer.longest(),
                (Seen::Nothing, Some(left)) => left,
                (Seen::Nothing, None) => return Err(TerminalError::NoHolderPinWanted),
            };
            tokio::select! {
                changed = changes.changed() => changed.map_err(|_| TerminalError::ShuttingDown)?,
                _ = closing.wait_for(|closing| *closing) => return Err(TerminalError::ShuttingDown),
                // Nobody says that a grant has run out: look again.
                () = self.clock.sleep(longest) => {}
            }
        }
    }

    /// Hands the holder's choice to the waiting card.
    ///
    /// # Errors
    /// As a change is refused; the card goes on waiting after a refused choice.
    pub async fn set_holder_pin(
        self: &Arc<Self>,
        desk: &Desk,
        operator: &str,
        case: u64,
        sealed: &SealedEntry,
    ) -> Result<u64, TerminalError> {
        decide(desk, Operation::SetHolderPin)?;
        let opened = self.unseal(&desk.name, Purpose::OwnPin, sealed)?;
        let Typed::OwnPin { new, again } = opened.typed else {
            return Err(EntryError::Malformed.into());
        };
        let (reply, answer) = oneshot::channel();
        let counter = Counter {
            desk: desk.name.clone(),
            reply,
        };
        let choice = Choice {
            new,
            again,
            rules: opened.rules,
            counter,
        };
        self.doors.hand_in(case, operator, choice)?;
        within(&*self.clock, self.settings.card_work, answer)
            .await
            .ok_or(TerminalError::NoAnswerYet)?
            .map_err(|_| TerminalError::NoHolderPinWanted)?
    }
}

impl Run<'_> {
    /// Waits for a choice that passes the rules, and changes the issued PIN into it. A holder who
    /// walks away leaves a card that does no business.
    pub(super) fn own_pin(
        &mut self,
        card: &mut Card<'_>,
        known: &KnownCard,
        reset: Reset,
    ) -> Result<Operated, TerminalError> {
        let case = self.case.sequence;
        let (choices, mut chosen) = mpsc::channel(1);
        let _open = self.terminal.doors.open(case, self.door(choices));
        let wait = self.terminal.settings.issuer.holder_wait;
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        // A hall that has left is found out by the wait.
        drop(
            self.conversation
                .tell(ToHall::HolderPinWanted { case, wait_ms }),
        );
        self.choices(card, known, &reset, &mut chosen)
    }

    fn door(&self, choices: mpsc::Sender<Choice>) -> Door {
        let place = Place {
            reader: self.case.reader.clone(),
            insertion: self.case.insertion,
        };
        Door {
            place,
            operator: self.case.operator.clone(),
            choices,
        }
    }

    fn choices(
        &mut self,
        card: &mut Card<'_>,
        known: &KnownCard,
        reset: &Reset,
        chosen: &mut mpsc::Receiver<Choice>,
    ) -> Result<Operated, TerminalError> {
        let end = self.terminal.clock.now() + self.terminal.settings.issuer.holder_wait;
        loop {
            let choice = match self.conversation.hear_choice(chosen, end) {
                Ok(choice) => choice,
                Err(ended) => {
                    tracing::info!(case = self.case.sequence, %ended, "the holder chose no PIN");
                    return Ok(reset.done);
                }
            };
            match permitted(reset, &choice) {
                Err(refused) => drop(choice.counter.reply.send(Err(refused))),
                Ok(new) => return self.change(card, known, reset, &new, choice.counter),
            }
        }
    }

    fn change(
        &self,
        card: &mut Card<'_>,
        known: &KnownCard,
        reset: &Reset,
        new: &NewPin,
        Counter { desk, reply }: Counter,
    ) -> Result<Operated, TerminalError> {
        let entry = IntentEntry {
            operation: Recorded::Change {
                old_is_issued: true,
            },
            desk,
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
                let attempts_remaining = left_after(&error, reset.done.attempts_remaining);
                drop(reply.send(Err(error)));
                Ok(Operated {
                    attempts_remaining,
                    ..reset.done
                })
            }
        }
    }
}

/// Tries left after a change that did not succeed; absent where it may have cost one and the card did
/// not tell.
fn left_after(error: &TerminalError, before: Option<u8>) -> Option<u8> {
    match error.attempt_spent() {
        AttemptSpent::No => error.attempts_remaining().or(before),
        AttemptSpent::Yes | AttemptSpent::Unknown => error.attempts_remaining(),
    }
}

/// The holder's choice, once it passed the rules.
fn permitted(reset: &Reset, choice: &Choice) -> Result<NewPin, TerminalError> {
    let length = choice.rules.pin_length();
    let new = Pin::parse(choice.new.expose(), &length)?;
    let again = Pin::parse(choice.again.expose(), &length)?;
    check_new_pin(&choice.rules, (new, &again, &reset.issued), &reset.facts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::PinFailure;

    fn failed(failure: PinFailure, spent: AttemptSpent, remaining: Option<u8>) -> TerminalError {
        TerminalError::Pin {
            failure,
            remaining,
            spent,
        }
    }

    #[test]
    fn the_hall_hears_of_no_try_that_a_torn_change_may_have_cost() {
        let torn = |spent| failed(PinFailure::NowBlocked, spent, None);
        assert_eq!(left_after(&torn(AttemptSpent::Unknown), Some(6)), None);
        assert_eq!(left_after(&torn(AttemptSpent::No), Some(6)), Some(6));
        let told = failed(PinFailure::WasBlocked, AttemptSpent::No, Some(0));
        assert_eq!(left_after(&told, Some(6)), Some(0));
        assert_eq!(left_after(&TerminalError::Busy, Some(6)), Some(6));
    }
}
