//! What the readers ask of PC/SC, and the clock that their waits are held against.
//!
//! Everything above these traits is the same whoever answers: `super::pcsc_lite` over the real
//! service, or a world that a test makes up.

use std::{
    ffi::{CStr, CString},
    sync::Arc,
    time::{Duration, Instant},
};

use pcsc::{Error, Protocol, State};

use super::CardDisposition;

/// The PC/SC service.
pub trait CardService: Send + Sync {
    /// Makes a client. One runs one call at a time, so that each thread has its own.
    ///
    /// # Errors
    /// PC/SC's.
    fn establish(&self) -> Result<Box<dyn Client>, Error>;

    /// Monotonic clock.
    fn now(&self) -> Instant;
}

/// Ends a client's wait from another thread; forgotten if there is none just now.
pub type Cancel = Arc<dyn Fn() + Send + Sync>;

/// A client of the service (`SCARDCONTEXT`). One that failed once is of no more use.
pub trait Client: Send {
    /// Names of the readers.
    ///
    /// # Errors
    /// PC/SC's.
    fn list_readers(&self) -> Result<Vec<CString>, Error>;

    /// Waits until one of `sights` is no longer as it is known to be, and looks at all of them.
    ///
    /// # Errors
    /// PC/SC's; `Timeout` if nothing changed within `longest`.
    fn status_change(&self, longest: Duration, sights: &mut [Sight]) -> Result<(), Error>;

    /// What ends a wait of this client.
    fn cancel(&self) -> Cancel;

    /// Takes the power of the card in `reader` and gives it back, whatever the service holds of that
    /// card. No command is sent to it. Waits without bound while another program has a transaction.
    ///
    /// # Errors
    /// PC/SC's; a service that does not know how leaves the card as silent as it is.
    fn power_cycle(&self, reader: &CStr) -> Result<(), Error> {
        let _ = reader;
        Err(Error::UnresponsiveCard)
    }

    /// Connects, and runs `inside` in one exclusive transaction that ends as `inside` says.
    /// Waits without bound while another program has one.
    ///
    /// # Errors
    /// PC/SC's, if `inside` was not run.
    fn transaction(
        &self,
        reader: &CStr,
        inside: &mut dyn FnMut(&mut dyn Exchange) -> CardDisposition,
    ) -> Result<CardDisposition, Error>;
}

/// A card inside a transaction.
pub trait Exchange {
    /// Resets the card; one that does not answer gets its power anew, once. The transaction goes on.
    ///
    /// # Errors
    /// PC/SC's.
    fn reset(&mut self) -> Result<(), Error>;

    /// The protocol, if there is one, and the answer to reset.
    ///
    /// # Errors
    /// PC/SC's.
    fn status(&self) -> Result<(Option<Protocol>, Vec<u8>), Error>;

    /// Sends one command; the answer is written to `receive`.
    ///
    /// # Errors
    /// PC/SC's. The card may have carried the command out all the same.
    fn transmit<'r>(&mut self, command: &[u8], receive: &'r mut [u8]) -> Result<&'r [u8], Error>;
}

/// One reader in a wait (`SCARD_READERSTATE`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Its name.
    pub reader: CString,
    /// As the caller knows it, with PC/SC's count of events in the upper half.
    pub known: State,
    /// As it is.
    pub seen: State,
    /// PC/SC's count of insertions and removals in it, 16 bits that wrap.
    pub event_count: u16,
}

impl Sight {
    /// A reader of which nothing is known yet.
    #[must_use]
    pub fn unaware(reader: impl Into<CString>) -> Self {
        Self {
            reader: reader.into(),
            known: State::UNAWARE,
            seen: State::UNAWARE,
            event_count: 0,
        }
    }

    /// From now on it is known as it was seen.
    pub fn take_in(&mut self) {
        let count = State::from_bits_retain(pcsc::ffi::DWORD::from(self.event_count) << 16);
        self.known = self.seen.union(count);
    }
}
