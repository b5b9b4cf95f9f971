//! Readers and what is done to them: cards that come and go, plugs, other programs, the service.

use std::{ffi::CStr, time::Duration};

use pcsc::Error;

use super::{Inner, READERS, World};
use crate::storm::{command::bcd, step::Touch};

/// SELECT of the master file (ISO 7816-4, 11.1.1).
const SELECT_MASTER_FILE: [u8; 7] = [0x00, 0xA4, 0x00, 0x00, 0x02, 0x3F, 0x00];

/// SELECT of the application by its name, `sx1.sh.社会保障` (LD/T 32.5).
const SELECT_APPLICATION: [u8; 20] = [
    0x00, 0xA4, 0x04, 0x00, 0x0F, 0x73, 0x78, 0x31, 0x2E, 0x73, 0x68, 0x2E, 0xC9, 0xE7, 0xBB, 0xE1,
    0xB1, 0xA3, 0xD5, 0xCF,
];

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

    /// Another program comes between two transactions of cardd. Answers the card whose try it spent.
    pub fn touch(&self, reader: usize, how: Touch) -> Option<usize> {
        let mut inner = self.lock();
        let inner = &mut *inner;
        let place = inner.places.get_mut(reader).filter(|place| place.plugged)?;
        let index = place.card?;
        let card = inner.cards.get_mut(index)?;
        if !std::mem::replace(&mut place.powered, true) {
            card.power_on();
        }
        match how {
            Touch::Reset => card.reset(),
            Touch::Select => drop(card.execute(&SELECT_MASTER_FILE, None)),
            Touch::Guess => {
                let pin = bcd(card.wrong(0));
                let header = [0x00, 0x20, 0x00, 0x00, pin.len() as u8];
                card.execute(&SELECT_APPLICATION, None);
                card.execute(&[header.as_slice(), &pin].concat(), None);
                return Some(index);
            }
        }
        None
    }

    /// Warm reset of the card in a reader.
    pub(super) fn reset_card(&self, reader: usize) -> Result<(), Error> {
        let mut inner = self.lock();
        let inner = &mut *inner;
        let place = inner.places.get(reader).filter(|place| place.plugged);
        let place = place.ok_or(Error::ReaderUnavailable)?;
        let card = place.card.and_then(|card| inner.cards.get_mut(card));
        card.ok_or(Error::NoSmartcard)?.reset();
        Ok(())
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
