//! Readers and what is done to them: cards that come and go, plugs, other programs, the service.

use std::{ffi::CStr, time::Duration};

use pcsc::Error;

use super::{Inner, READERS, World};

/// One reader.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) name: String,
    pub(super) plugged: bool,
    pub(super) card: Option<usize>,
    pub(super) powered: bool,
    pub(super) events: u16,
    pub(super) held_until: Duration,
    pub(super) exclusive: bool,
}

impl World {
    /// Name of a reader as it is now.
    pub fn reader(&self, reader: usize) -> String {
        let inner = self.lock();
        let place = inner.places.get(reader);
        place.map(|place| place.name.clone()).unwrap_or_default()
    }

    /// The card in a reader, and its stay.
    pub fn card_in(&self, reader: usize) -> Option<(usize, u16)> {
        let inner = self.lock();
        let place = inner.places.get(reader).filter(|place| place.plugged)?;
        Some((place.card?, place.events))
    }

    /// Puts a card in, in place of the one that is there and from wherever it was.
    pub fn insert(&self, reader: usize, card: usize) {
        let mut inner = self.lock();
        let elsewhere = inner
            .places
            .iter()
            .position(|place| place.card == Some(card));
        for emptied in [elsewhere, Some(reader)].into_iter().flatten() {
            inner.take_out(emptied);
        }
        if let Some(place) = inner.places.get_mut(reader) {
            place.card = Some(card);
            place.events = place.events.wrapping_add(1);
        }
    }

    /// Takes the card out.
    pub fn pull(&self, reader: usize) {
        self.lock().take_out(reader);
    }

    /// Another program has the card of a reader to itself for some time.
    pub fn hold(&self, reader: usize, time: Duration, exclusive: bool) {
        let mut inner = self.lock();
        let until = inner.now + time;
        if let Some(place) = inner.places.get_mut(reader) {
            place.held_until = until;
            place.exclusive = exclusive;
        }
    }

    /// Unplugs a reader, or plugs it in again, perhaps under another name.
    pub fn plug(&self, reader: usize, renamed: bool) {
        let mut inner = self.lock();
        inner.unplug(reader);
        if let Some(place) = inner.places.get_mut(reader) {
            place.plugged = !place.plugged || renamed;
            if renamed {
                place.name.push('\'');
                if place.name.len() > 20 {
                    place.name = format!("Reader {reader}");
                }
            }
        }
    }

    /// The service is another one: no client of before is of any use.
    pub fn restart_service(&self) {
        let mut inner = self.lock();
        inner.epoch += 1;
        for reader in 0..READERS {
            inner.power_down(reader);
        }
    }
}

impl Inner {
    fn take_out(&mut self, reader: usize) {
        self.power_down(reader);
        if let Some(place) = self.places.get_mut(reader)
            && place.card.take().is_some()
        {
            place.events = place.events.wrapping_add(1);
        }
    }

    fn unplug(&mut self, reader: usize) {
        self.power_down(reader);
        if let Some(place) = self.places.get_mut(reader) {
            place.events = 0;
        }
    }

    fn power_down(&mut self, reader: usize) {
        if let Some(place) = self.places.get_mut(reader) {
            place.powered = false;
            if let Some(card) = place.card
                && let Some(card) = self.cards.get_mut(card)
            {
                card.power_off();
            }
        }
    }

    pub(super) fn place(&self, reader: &CStr) -> Result<usize, Error> {
        let name = reader.to_str().map_err(|_| Error::UnknownReader)?;
        let found = |place: &Place| place.plugged && place.name == name;
        self.places
            .iter()
            .position(found)
            .ok_or(Error::UnknownReader)
    }
}
