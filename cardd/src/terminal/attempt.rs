//! The one way a PIN goes to a card: status, floor, intent, one command, outcome.

use std::{num::NonZeroU8, sync::Arc};

use crate::{
    card::{Card, CardChannel, PinFailure, Reached},
    ledger::{Intent, IntentEntry, Operation, Outcome},
    pin::{PinCounter, RetryFloor, TryToSpend},
    policy::Desk,
    reader::{Insertion, ReaderName},
    terminal::{
        Terminal, TerminalError, cards::KnownCard, error::AttemptSpent, guesses::cost_a_try,
        job::Done, ticket::Ticket,
    },
};

/// What stays the same from the grant to the record.
pub(super) struct Attempt {
    pub(super) operation: Operation,
    pub(super) desk: Desk,
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
    /// Runs one attempt inside a transaction; `send` sends the one command.
    pub(super) fn attempt(
        self: &Arc<Self>,
        attempt: &Attempt,
        (channel, ticket): (&mut dyn CardChannel, &Ticket),
        send: impl FnOnce(&mut Card<'_>, &Intent) -> Result<(), PinFailure>,
    ) -> Done<Success> {
        let Ready {
            mut card,
            before,
            doubt,
        } = match self.ready(attempt, channel) {
            Ok(ready) => ready,
            Err(error) => return Done::leave(Err(error)),
        };
        if !ticket.claim_send() {
            return Done::leave(Err(TerminalError::Busy));
        }
        let begun = self.ledger.begin(attempt.entry(before));
        // A write tells whether the ledger is ready, and so whether this terminal can work.
        self.events().stir();
        let intent = match begun {
            Ok(intent) => intent,
            Err(error) => return Done::leave(Err(error.into())),
        };
        let sent = send(&mut card, &intent);
        let after = remaining_after(&mut card, &sent);
        let result = self.conclude(intent, sent, before, after);
        self.tell_of_doubt(attempt, &result, doubt);
        Done::reset(result)
    }

    /// Watchers are told of a doubt that arose, and of one that ended.
    fn tell_of_doubt(
        self: &Arc<Self>,
        attempt: &Attempt,
        result: &Result<Success, TerminalError>,
        doubt: Option<Operation>,
    ) {
        let stay = (&attempt.reader, attempt.insertion);
        let arose = matches!(
            result,
            Err(TerminalError::Pin {
                failure: PinFailure::InDoubt(_),
                ..
            })
        );
        if arose {
            self.doubt_arose(stay, attempt.operation);
            // Where the card is still there, its counter tells at once; if not, at its next sight.
            self.look(&attempt.reader, attempt.insertion);
        } else if let (Ok(_), Some(operation)) = (result, doubt) {
            self.doubt_settled(stay, operation);
        }
    }

    /// The identified card, its PIN ready to be tried, and the tries left. What was in doubt is
    /// settled first: after this attempt the counter would no longer tell.
    fn ready<'c>(
        &self,
        attempt: &Attempt,
        channel: &'c mut dyn CardChannel,
    ) -> Result<Ready<'c>, TerminalError> {
        let mut card = open(&attempt.known, channel)?;
        let counter = card.pin_counter()?;
        let stay = (&attempt.reader, attempt.insertion);
        self.settle(stay, &attempt.known, counter)?;
        let remaining = tries_left(counter)?;
        let spend = attempt.floor.check(remaining)?;
        if spend == TryToSpend::Last && !attempt.accept_last_attempt {
            return Err(TerminalError::LastAttemptUnconfirmed);
        }
        // Others may have spent it since the prompt, and the issuer may have set another PIN.
        self.budget_allows(attempt.desk.kind)?;
        if attempt.operation == Operation::Verify && self.is_issued(&attempt.known)? {
            return Err(TerminalError::IssuedPin);
        }
        Ok(Ready {
            card,
            before: remaining.get(),
            doubt: self.ledger.doubt(&attempt.known.card_ref)?,
        })
    }

    /// Records the outcome and puts it into the desk's words.
    pub(super) fn conclude(
        &self,
        intent: Intent,
        sent: Result<(), PinFailure>,
        before: u8,
        after: Option<u8>,
    ) -> Result<Success, TerminalError> {
        let spent = spent(&sent, before, after);
        let outcome = outcome(&sent);
        let lost = cost_a_try(&outcome);
        let closed = self.ledger.close(intent, outcome);
        if lost {
            self.try_lost();
        }
        let sequence =
            closed.map_err(|source| TerminalError::OutcomeUnrecorded { spent, source })?;
        match sent {
            Ok(()) => Ok(Success {
                attempts_remaining: after,
                ledger_sequence: sequence,
            }),
            Err(failure) => Err(TerminalError::Pin {
                failure,
                remaining: after,
                spent,
            }),
        }
    }
}

/// A card whose PIN may be tried.
struct Ready<'c> {
    card: Card<'c>,
    /// Tries left.
    before: u8,
    /// An earlier operation that the counter did not settle.
    doubt: Option<Operation>,
}

impl Attempt {
    fn entry(&self, attempts_before: u8) -> IntentEntry {
        IntentEntry {
            operation: self.operation,
            desk: self.desk.name.clone(),
            reader: self.reader.as_str().to_owned(),
            insertion: self.insertion.number(),
            card: self.known.card_ref.clone(),
            attempts_before: Some(attempts_before),
        }
    }
}

/// The card of this transaction, if it is the one that was identified in this insertion.
pub(super) fn open<'c>(
    known: &KnownCard,
    channel: &'c mut dyn CardChannel,
) -> Result<Card<'c>, TerminalError> {
    let card = Card::identify(channel)?;
    if card.identity() == &known.identity {
        Ok(card)
    } else {
        Err(TerminalError::AnotherCard)
    }
}

/// Tries left of a PIN that can be tried.
pub(super) fn tries_left(counter: PinCounter) -> Result<NonZeroU8, TerminalError> {
    match counter {
        PinCounter::Attempts(remaining) => Ok(remaining),
        PinCounter::NotSet => Err(TerminalError::PinNotSet),
        PinCounter::Blocked => Err(TerminalError::WasBlocked),
        PinCounter::Unknown => Err(TerminalError::PinStatusUnknown),
    }
}

/// The counter after the command, where the card still tells it.
pub(super) fn remaining_after(card: &mut Card<'_>, sent: &Result<(), PinFailure>) -> Option<u8> {
    match sent {
        Err(PinFailure::Rejected { remaining }) => Some(remaining.get()),
        Err(PinFailure::NowBlocked | PinFailure::WasBlocked) => Some(0),
        // The line to the card is broken; asking would only fail again.
        Err(PinFailure::InDoubt(_) | PinFailure::NotSent(_)) => None,
        Ok(()) | Err(PinFailure::Refused(_)) => match card.pin_counter() {
            Ok(PinCounter::Attempts(remaining)) => Some(remaining.get()),
            Ok(PinCounter::Blocked) => Some(0),
            Ok(PinCounter::NotSet | PinCounter::Unknown) | Err(_) => None,
        },
    }
}

/// Whether the command cost a try. A status word outside the tables says nothing of the counter;
/// the counter itself does.
fn spent(sent: &Result<(), PinFailure>, before: u8, after: Option<u8>) -> AttemptSpent {
    match sent {
        Ok(()) | Err(PinFailure::WasBlocked | PinFailure::NotSent(_)) => AttemptSpent::No,
        Err(PinFailure::Rejected { .. } | PinFailure::NowBlocked) => AttemptSpent::Yes,
        Err(PinFailure::InDoubt(error)) => match error.reached() {
            Reached::No => AttemptSpent::No,
            Reached::Unknown => AttemptSpent::Unknown,
        },
        Err(PinFailure::Refused(_)) => match after {
            Some(after) if after < before => AttemptSpent::Yes,
            Some(_) => AttemptSpent::No,
            None => AttemptSpent::Unknown,
        },
    }
}

/// The ledger's words for what came of it.
fn outcome(sent: &Result<(), PinFailure>) -> Outcome {
    match sent {
        Ok(()) => Outcome::Succeeded,
        Err(PinFailure::Rejected { remaining }) => Outcome::Rejected {
            attempts_remaining: remaining.get(),
        },
        Err(PinFailure::NowBlocked) => Outcome::NowBlocked,
        Err(PinFailure::WasBlocked) => Outcome::WasBlocked,
        Err(PinFailure::Refused(status_word)) => Outcome::Refused {
            status_word: status_word.value(),
        },
        Err(PinFailure::NotSent(error)) => Outcome::NotSent {
            why: error.to_string(),
        },
        Err(PinFailure::InDoubt(error)) => Outcome::InDoubt {
            why: error.to_string(),
        },
    }
}
