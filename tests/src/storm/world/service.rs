//! PC/SC as one life of cardd sees it.

use std::{
    ffi::{CStr, CString},
    sync::{Arc, MutexGuard},
    time::{Duration, Instant},
};

use cardd::reader::{
    CardDisposition,
    service::{Cancel, CardService, Client, Exchange, Sight},
};
use pcsc::{Error, PNP_NOTIFICATION, State};

use super::{Inner, World, exchange::WorldExchange, place::Place};

/// The world as the service of one life of cardd.
pub struct Service(pub Arc<World>);

impl CardService for Service {
    fn establish(&self) -> Result<Box<dyn Client>, Error> {
        let inner = self.0.lock();
        let epoch = inner.epoch;
        drop(inner);
        Ok(Box::new(WorldClient {
            world: Arc::clone(&self.0),
            epoch,
        }))
    }

    fn now(&self) -> Instant {
        self.0.instant()
    }
}

pub(super) struct WorldClient {
    pub(super) world: Arc<World>,
    epoch: u64,
}

impl WorldClient {
    /// A client of a service that is gone, or of a cardd that is dead, gets nothing.
    pub(super) fn alive(&self) -> Result<MutexGuard<'_, Inner>, Error> {
        let inner = self.world.lock();
        if inner.dead || inner.epoch != self.epoch {
            return Err(Error::NoService);
        }
        Ok(inner)
    }
}

impl Client for WorldClient {
    fn list_readers(&self) -> Result<Vec<CString>, Error> {
        let inner = self.alive()?;
        let plugged = inner.places.iter().filter(|place| place.plugged);
        Ok(plugged
            .filter_map(|place| CString::new(place.name.as_str()).ok())
            .collect())
    }

    fn status_change(&self, _longest: Duration, sights: &mut [Sight]) -> Result<(), Error> {
        let inner = self.alive()?;
        let mut changed = false;
        for sight in sights {
            if *sight.reader == *PNP_NOTIFICATION() {
                continue;
            }
            let (seen, count) = match inner.place(&sight.reader) {
                Ok(at) => inner.places.get(at).map_or((State::UNKNOWN, 0), see),
                Err(_) => (State::UNKNOWN | State::UNAVAILABLE, 0),
            };
            let count = if self.world.wrapper.hides_swaps() {
                1
            } else {
                count
            };
            let mut now = sight.clone();
            (now.seen, now.event_count) = (seen, count);
            now.take_in();
            changed |= now.known != sight.known;
            (sight.seen, sight.event_count) = (seen, count);
        }
        if changed { Ok(()) } else { Err(Error::Timeout) }
    }

    fn cancel(&self) -> Cancel {
        Arc::new(|| {})
    }

    fn transaction(
        &self,
        reader: &CStr,
        inside: &mut dyn FnMut(&mut dyn Exchange) -> CardDisposition,
    ) -> Result<CardDisposition, Error> {
        let (at, due) = {
            let mut inner = self.alive()?;
            (inner.place(reader)?, inner.due_at_opening())
        };
        if let Some(what) = due {
            // Whatever befell, the transaction begins where it still can.
            let _befell = self.world.befall(at, what, &Ok(Vec::new()));
        }
        self.wait_for_others(at)?;
        let (stay, atr) = self.power_up(at)?;
        let mut exchange = WorldExchange {
            client: self,
            at,
            stay,
            atr,
        };
        let disposition = inside(&mut exchange);
        exchange.end(disposition);
        Ok(disposition)
    }
}

fn see(place: &Place) -> (State, u16) {
    let state = match place.card {
        None => State::EMPTY,
        Some(_) => State::PRESENT,
    };
    (state, place.events)
}

impl WorldClient {
    /// A transaction of another program is waited out; an exclusive connection is a refusal.
    fn wait_for_others(&self, at: usize) -> Result<(), Error> {
        const LOOK_AGAIN: Duration = Duration::from_millis(100);
        loop {
            let inner = self.alive()?;
            let place = inner.places.get(at).ok_or(Error::UnknownReader)?;
            if place.held_until <= inner.now {
                return Ok(());
            }
            if place.exclusive {
                return Err(Error::SharingViolation);
            }
            drop(inner);
            self.world.pass(LOOK_AGAIN);
        }
    }

    fn power_up(&self, at: usize) -> Result<(u16, Vec<u8>), Error> {
        let mut inner = self.alive()?;
        let inner = &mut *inner;
        let place = inner.places.get_mut(at).ok_or(Error::UnknownReader)?;
        let card = place.card.ok_or(Error::NoSmartcard)?;
        let card = inner.cards.get_mut(card).ok_or(Error::NoSmartcard)?;
        // The world asks no more than the ATR; a card that has power is asked all the same.
        let atr = if place.powered {
            card.atr()
        } else {
            card.power_on()
        };
        place.powered = true;
        Ok((place.events, atr))
    }
}
