//! The one way a PIN goes to a card: status, floor, intent, one command, outcome.

use std::sync::Arc;

use crate::{
    card::{Card, CardChannel, PinFailure, Reached},
    ledger::{Intent, IntentEntry, Outcome},
    pin::{PinCounter, RetryFloor},
    reader::{Insertion, ReaderName},
    terminal::{
        Terminal, TerminalError, cards::KnownCard, error::AttemptSpent, job::Done, ticket::Ticket,
    },
};

/// What stays the same from the grant to the record.
pub(super) struct Attempt {
    pub(super) reader: ReaderName,
    pub(super) insertion: Insertion,
    pub(super) known: Arc<KnownCard>,
    pub(super) floor: RetryFloor,
    pub(super) accept_last_attempt: bool,
}

/// A success and its place in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Success {
    /// Tries left now; absent if the card left right after its answer.
    pub attempts_remaining: Option<u8>,
    /// Record of the outcome.
    pub ledger_sequence: u64,
}

impl Terminal {
    /// Runs one attempt inside a transaction. `entry` makes the record of the intent from the
    /// tries before; `send` sends the one command.
    pub(super) fn attempt(
        self: &Arc<Self>,
        attempt: &Attempt,
        (channel, ticket): (&mut dyn CardChannel, &Ticket),
        entry: impl FnOnce(u8) -> IntentEntry,
        send: impl FnOnce(&mut Card<'_>, &Intent) -> Result<(), PinFailure>,
    ) -> Done<Success> {
        let (mut card, before) = match self.ready(attempt, channel) {
            Ok(ready) => ready,
            Err(error) => return Done::leave(Err(error)),
        };
        if !ticket.claim_send() {
            return Done::leave(Err(TerminalError::Busy));
        }
        let intent = match self.ledger.begin(entry(before)) {
            Ok(intent) => intent,
            Err(error) => return Done::leave(Err(error.into())),
        };
        let sent = send(&mut card, &intent);
        let after = remaining_after(&mut card, &sent);
        let result = self.conclude(intent, sent, before, after);
        self.look_again_if_in_doubt(attempt, &result);
        Done::reset(result)
    }

    /// The identified card, its PIN ready to be tried, and the tries left.
    fn ready<'c>(
        &self,
        attempt: &Attempt,
        channel: &'c mut dyn CardChannel,
    ) -> Result<(Card<'c>, u8), TerminalError> {
        let mut card = open(&attempt.known, channel)?;
        let remaining = tries_left(card.pin_counter()?)?;
        let last = attempt.floor.check(remaining)?;
        if last.is_last() && !attempt.accept_last_attempt {
            return Err(TerminalError::LastAttemptUnconfirmed);
        }
        Ok((card, remaining))
    }

    /// Records the outcome and puts it into the desk's words.
    fn conclude(
        &self,
        intent: Intent,
        sent: Result<(), PinFailure>,
        before: u8,
        after: Option<u8>,
    ) -> Result<Success, TerminalError> {
        let spent = spent(&sent, before, after);
        let sequence = self
            .ledger
            .close(intent, outcome(&sent))
            .map_err(|source| TerminalError::OutcomeUnrecorded { spent, source })?;
        match sent {
            Ok(()) => Ok(Success { attempts_remaining: after, ledger_sequence: sequence }),
            Err(failure) => Err(TerminalError::Pin { failure, remaining: after, spent }),
        }
    }
}

/// The card of this transaction, if it is the one that was identified in this insertion.
pub(super) fn open<'c>(
    known: &KnownCard,
    channel: &'c mut dyn CardChannel,
) -> Result<Card<'c>, TerminalError> {
    let card = Card::identify(channel)?;
    if card.identity() == &known.identity { Ok(card) } else { Err(TerminalError::AnotherCard) }
}

/// Tries left of a PIN that can be tried.
pub(super) fn tries_left(counter: PinCounter) -> Result<u8, TerminalError> {
    match counter {
        PinCounter::Attempts(remaining) => Ok(remaining),
        PinCounter::NotSet => Err(TerminalError::PinNotSet),
        PinCounter::Blocked => Err(TerminalError::WasBlocked),
        PinCounter::Unknown => Err(TerminalError::PinStatusUnknown),
    }
}
