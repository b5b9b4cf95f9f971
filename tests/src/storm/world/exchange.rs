//! A transaction with a card: what goes over the line, and who watches it.

use std::sync::MutexGuard;

use cardd::reader::{CardDisposition, service::Exchange};
use pcsc::{Error, Protocol};

use super::{Inner, Sent, Violation, lock, service::WorldClient};
use crate::storm::command::{Effect, effect};

pub(super) struct WorldExchange<'w> {
    pub(super) client: &'w WorldClient,
    pub(super) at: usize,
    pub(super) stay: u16,
    pub(super) atr: Vec<u8>,
}

impl WorldExchange<'_> {
    /// The card of this stay, if it is still there.
    pub(super) fn card(&self) -> Result<(MutexGuard<'_, Inner>, usize), Error> {
        let inner = self.client.alive()?;
        let place = inner.places.get(self.at).filter(|place| place.plugged);
        let place = place.ok_or(Error::ReaderUnavailable)?;
        if place.events != self.stay || !place.powered {
            return Err(Error::RemovedCard);
        }
        let card = place.card.ok_or(Error::RemovedCard)?;
        Ok((inner, card))
    }

    /// Ends the transaction; another program may come from now on. pcscd resets the card of a
    /// program that dies within one (measured).
    pub(super) fn end(&self, disposition: CardDisposition) {
        if self.client.world.is_dead() {
            // A card that left meanwhile lost its power.
            let _reset = self.client.world.reset_card(self.at);
            return;
        }
        let Ok((mut inner, index)) = self.card() else {
            return;
        };
        let Some(card) = inner.cards.get_mut(index) else {
            return;
        };
        if disposition == CardDisposition::Reset && !self.client.world.wrapper.skips_reset() {
            card.reset();
        }
        if card.is_verified() {
            inner.violations.push(Violation {
                promise: "no card is left verified",
                what: format!("card {index} after the end of a transaction"),
            });
        }
    }
}

impl Exchange for WorldExchange<'_> {
    fn reset(&mut self) -> Result<(), Error> {
        drop(self.card()?);
        self.client.world.reset_card(self.at)
    }

    fn status(&self) -> Result<(Option<Protocol>, Vec<u8>), Error> {
        drop(self.card()?);
        Ok((Some(Protocol::T0), self.atr.clone()))
    }

    fn transmit<'r>(&mut self, command: &[u8], receive: &'r mut [u8]) -> Result<&'r [u8], Error> {
        let effect = effect(command);
        self.witness_intent(effect)?;
        let (mut inner, card) = self.card()?;
        let due = inner.due(effect);
        if let Some(effect) = effect {
            inner.sent.push(Sent {
                effect,
                data: command.get(5..).unwrap_or_default().to_vec(),
                card,
                stay: self.stay,
                carried_out: false,
                torn: false,
            });
        }
        drop(inner);
        let answer = self.with_mishap(command, effect, due);
        let answer = self.client.world.wrapper.answer(effect, answer);
        self.trace(command, &answer);
        let answer = answer?;
        let room = receive
            .get_mut(..answer.len())
            .ok_or(Error::InsufficientBuffer)?;
        room.copy_from_slice(&answer);
        Ok(room)
    }
}

impl WorldExchange<'_> {
    /// Header and status word: the data are nobody's business.
    fn trace(&self, command: &[u8], answer: &Result<Vec<u8>, Error>) {
        let header = hex::encode(command.get(..4).unwrap_or(command));
        let end = match answer {
            Ok(answer) => hex::encode(answer.get(answer.len().saturating_sub(2)..).unwrap_or(&[])),
            Err(error) => format!("{error:?}"),
        };
        let line = format!("{}: {header} {end}", self.at);
        self.client.world.lock().trace.push(line);
    }

    /// Every command that can cost a try or change the card finds its intent on record.
    fn witness_intent(&self, effect: Option<Effect>) -> Result<(), Error> {
        if effect.is_none() {
            return Ok(());
        }
        // A cardd that is dead reaches no card.
        drop(self.card()?);
        let world = &self.client.world;
        let ledger = lock(&world.ledger).clone();
        let reader = world.reader(self.at);
        let open = ledger.and_then(|ledger| ledger.open_intents().ok());
        let mine = |open: &cardd::ledger::OpenIntent| open.entry.reader == reader;
        if !open.is_some_and(|open| open.iter().any(mine)) {
            world.lock().violations.push(Violation {
                promise: "intent before every command with an effect",
                what: format!("{effect:?} at {reader}"),
            });
        }
        Ok(())
    }
}
