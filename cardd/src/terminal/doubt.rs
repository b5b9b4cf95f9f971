//! Operations whose result is not known: held against the card's counter whenever it is read, so
//! that no command is sent to a card before what came before it is settled as far as can be.

use crate::{
    ledger::{Counter, LedgerError, OpenIntent, Operation, Verdict},
    pin::PinCounter,
    reader::{Insertion, ReaderName},
    terminal::{KnownCard, Terminal, events::Happening},
};

/// Where a card is, and since when.
pub(super) type Stay<'a> = (&'a ReaderName, Insertion);

impl Terminal {
    /// Holds every open doubt about the card against its counter of now. Costs no try.
    ///
    /// # Errors
    /// What the counter tells cannot be recorded: nothing may be sent to the card.
    pub(super) fn settle(
        &self,
        stay: Stay<'_>,
        known: &KnownCard,
        counter: PinCounter,
    ) -> Result<(), LedgerError> {
        let (now, attempts_now) = told(counter);
        for doubt in self.ledger.open_intents_for(&known.card_ref)? {
            if self.is_about_a_twin(&doubt, stay) {
                continue;
            }
            let verdict = doubt.verdict(now);
            self.ledger.resolve(doubt.sequence, verdict, attempts_now)?;
            if verdict == Verdict::TrySpent {
                self.try_lost();
            }
            let (reader, insertion) = stay;
            self.announce(Happening::DoubtResolved {
                reader: reader.clone(),
                insertion,
                operation: doubt.entry.operation,
                verdict,
            });
        }
        Ok(())
    }

    /// Whether the card that was meant still lies in its own reader: this one only bears the same
    /// name, and its counter is another.
    fn is_about_a_twin(&self, doubt: &OpenIntent, (reader, insertion): Stay<'_>) -> bool {
        let meant = Insertion::new(doubt.entry.insertion);
        let elsewhere = doubt.entry.reader != reader.as_str() || meant != insertion;
        elsewhere && self.cards.get(&doubt.entry.reader, meant).is_some()
    }

    /// Tells the watchers that the result of an operation is not known.
    pub(super) fn doubt_arose(&self, (reader, insertion): Stay<'_>, operation: Operation) {
        self.announce(Happening::DoubtArose {
            reader: reader.clone(),
            insertion,
            operation,
        });
    }

    /// Tells the watchers that a PIN was accepted, which ends what the counter could not.
    pub(super) fn doubt_settled(&self, (reader, insertion): Stay<'_>, operation: Operation) {
        self.announce(Happening::DoubtSettled {
            reader: reader.clone(),
            insertion,
            operation,
        });
    }
}

/// The counter in the ledger's words, and as a number for the record.
fn told(counter: PinCounter) -> (Counter, Option<u8>) {
    match counter {
        PinCounter::Attempts(left) => (Counter::Attempts(left.get()), Some(left.get())),
        PinCounter::Blocked => (Counter::Blocked, Some(0)),
        PinCounter::NotSet => (Counter::NotSet, None),
        PinCounter::Unknown => (Counter::Unknown, None),
    }
}
