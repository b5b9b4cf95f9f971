//! Looks at one reader by its own line, without touching the card.

use std::{ffi::CStr, time::Duration};

use pcsc::Error;

use super::{
    fault::Fault,
    service::{Client, Sight},
    watch::{Look, Presence},
};

/// One reader as its line sees it.
pub(super) struct Gate<'a> {
    pub(super) client: &'a dyn Client,
    pub(super) reader: &'a CStr,
}

impl Gate<'_> {
    /// pcsc-lite notices a pulled card up to 400 ms after the exchange with it broke off.
    const SETTLING: Duration = Duration::from_millis(600);

    /// What PC/SC shows right now.
    pub(super) fn look(&self) -> Result<Look, Fault> {
        self.state()
            .map_err(Fault::of)
            .and_then(|state| read(&state))
    }

    /// Waits until PC/SC reports a change of this reader, for `longest` at most. The wait for
    /// another program to release the card: not every release is reported.
    pub(super) fn wait_for_change(&self, longest: Duration) -> Result<(), Error> {
        let mut state = self.state()?;
        self.wait(&mut state, longest)
    }

    /// After an exchange broke off with the card that was seen in `stay`: whether that card was
    /// pulled, the reader unplugged, or neither.
    pub(super) fn why_broken_off(&self, stay: Look) -> Fault {
        let Ok(mut state) = self.state() else {
            return Fault::Service;
        };
        match read(&state) {
            Ok(look) if still_in(look, stay) => {}
            Ok(look) => return absence(look, stay),
            Err(fault) => return fault,
        }
        if let Err(error) = self.wait(&mut state, Self::SETTLING) {
            return Fault::of(error);
        }
        read(&state).map_or_else(|fault| fault, |look| absence(look, stay))
    }

    fn state(&self) -> Result<Sight, Error> {
        let mut sight = Sight::unaware(self.reader);
        self.client
            .status_change(Duration::ZERO, std::slice::from_mut(&mut sight))?;
        Ok(sight)
    }

    fn wait(&self, sight: &mut Sight, longest: Duration) -> Result<(), Error> {
        sight.take_in();
        match self
            .client
            .status_change(longest, std::slice::from_mut(sight))
        {
            Ok(()) | Err(Error::Timeout) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn read(sight: &Sight) -> Result<Look, Fault> {
    Look::read(sight.seen, sight.event_count).ok_or(Fault::Reader)
}

fn still_in(look: Look, stay: Look) -> bool {
    look.presence == Presence::Card && look.event_count == stay.event_count
}

fn absence(look: Look, stay: Look) -> Fault {
    match look.presence {
        Presence::Empty => Fault::Removed,
        Presence::Card | Presence::MuteCard if look.event_count != stay.event_count => {
            Fault::Removed
        }
        Presence::MuteCard => Fault::Mute,
        Presence::Card => Fault::BrokenOff,
    }
}
