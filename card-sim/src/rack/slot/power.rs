//! What a reader does with the card's power. The card works outside of the slot's lock.

use std::sync::Arc;

use ifdcardsim::frame::{Failure, MAX_ATR};

use super::{
    super::{
        contacts::{Effect, Event},
        shelf::ShelfCard,
    },
    Slot,
};

impl Slot {
    /// Applies power; returns the ATR.
    ///
    /// # Errors
    /// [`Failure::NoCard`], [`Failure::Mute`], [`Failure::Interrupted`] by a pull.
    pub fn power_up(&self) -> Result<Vec<u8>, Failure> {
        self.activate(Event::PowerUp)
    }

    /// Resets the card; returns the ATR.
    ///
    /// # Errors
    /// As [`Slot::power_up`].
    pub fn reset(&self) -> Result<Vec<u8>, Failure> {
        self.activate(Event::Reset)
    }

    /// Takes the power.
    pub fn power_down(&self) {
        let effect = self.step(&mut self.lock(), Event::PowerDown);
        take_power(effect);
    }

    /// The last answer to reset; empty before the first, and after the card's power went.
    pub fn atr(&self) -> Vec<u8> {
        self.lock().atr.clone()
    }

    fn activate(&self, event: Event<Arc<ShelfCard>>) -> Result<Vec<u8>, Failure> {
        let mut inner = self.lock();
        let effect = self.step(&mut inner, event);
        let cycle = inner.cycle;
        drop(inner);
        let (card, atr) = match effect {
            Effect::PowerOn(card) => {
                let atr = card.power_on();
                (card, atr)
            }
            Effect::Reset(card) => {
                let atr = card.reset();
                (card, atr)
            }
            Effect::Refused(_)
            | Effect::None
            | Effect::Arrived
            | Effect::Left { .. }
            | Effect::PowerOff(_) => return Err(Failure::NoCard),
        };
        let mut inner = self.lock();
        if inner.cycle != cycle {
            drop(inner);
            // The pull may have taken the power before the card had it.
            card.power_off();
            return Err(Failure::Interrupted);
        }
        if !(1..=MAX_ATR).contains(&atr.len()) {
            return Err(Failure::Mute);
        }
        inner.atr.clone_from(&atr);
        Ok(atr)
    }
}

/// Takes the power of a card that left or was switched off, outside of the slot's lock.
pub(super) fn take_power(effect: Effect<Arc<ShelfCard>>) -> Option<Arc<ShelfCard>> {
    match effect {
        Effect::Left { card, powered } => {
            if powered {
                card.power_off();
            }
            Some(card)
        }
        Effect::PowerOff(card) => {
            card.power_off();
            Some(card)
        }
        Effect::None
        | Effect::Arrived
        | Effect::PowerOn(_)
        | Effect::Reset(_)
        | Effect::Refused(_) => None,
    }
}
