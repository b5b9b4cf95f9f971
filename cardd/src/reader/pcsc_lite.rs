//! The real service.
//!
//! The destructors of the `pcsc` crate leave the card as it is at the end of a transaction and
//! reset it at the end of a connection; neither is ever what we want, so both are always ended
//! explicitly.

use std::{
    ffi::{CStr, CString},
    sync::Arc,
    time::{Duration, Instant},
};

use pcsc::{
    Card, Context, Disposition, Error, MAX_ATR_SIZE, Protocol, Protocols, ReaderState, Scope,
    ShareMode, Transaction,
};

use super::{
    CardDisposition,
    service::{Cancel, CardService, Client, Exchange, Sight},
};

const PROTOCOLS: Protocols = Protocols::T0.union(Protocols::T1);
/// Longest name of a reader in pcsc-lite, with its end.
const MAX_READER_NAME: usize = 128;

/// pcscd, by libpcsclite.
pub(super) struct PcscLite;

/// Loads all of libpcsclite: from 2.0 on, the library that programs link with loads the real one at
/// the first call, which a confined process cannot. Whether pcscd answers does not matter here.
pub fn load_client() {
    drop(Context::establish(Scope::System));
}

impl CardService for PcscLite {
    fn establish(&self) -> Result<Box<dyn Client>, Error> {
        Ok(Box::new(Context::establish(Scope::System)?))
    }

    fn now(&self) -> Instant {
        Instant::now()
    }
}

impl From<CardDisposition> for Disposition {
    fn from(disposition: CardDisposition) -> Self {
        match disposition {
            CardDisposition::Leave => Self::LeaveCard,
            CardDisposition::Reset => Self::ResetCard,
        }
    }
}

impl Client for Context {
    fn list_readers(&self) -> Result<Vec<CString>, Error> {
        self.list_readers_owned()
    }

    fn status_change(&self, longest: Duration, sights: &mut [Sight]) -> Result<(), Error> {
        let state = |sight: &Sight| ReaderState::new(sight.reader.clone(), sight.known);
        let mut states: Vec<_> = sights.iter().map(state).collect();
        let waited = self.get_status_change(longest, &mut states);
        if matches!(waited, Ok(()) | Err(Error::Timeout)) {
            for (sight, state) in sights.iter_mut().zip(&states) {
                sight.seen = state.event_state();
                // PC/SC counts in 16 bits.
                sight.event_count = state.event_count() as u16;
            }
        }
        waited
    }

    fn cancel(&self) -> Cancel {
        let context = self.clone();
        Arc::new(move || {
            // A service that is down has ended the wait already.
            let _gone = Context::cancel(&context);
        })
    }

    fn transaction(
        &self,
        reader: &CStr,
        inside: &mut dyn FnMut(&mut dyn Exchange) -> CardDisposition,
    ) -> Result<CardDisposition, Error> {
        let mut card = self.connect(reader, ShareMode::Shared, PROTOCOLS)?;
        let (used, on_leaving) = match card.transaction2() {
            Ok(mut transaction) => {
                let disposition = inside(&mut transaction);
                (Ok(disposition), end(transaction, disposition))
            }
            Err((_, error)) => (Err(error), CardDisposition::Leave),
        };
        disconnect(card, on_leaving);
        used
    }
}

impl Exchange for Transaction<'_> {
    fn reset(&mut self) -> Result<(), Error> {
        self.reconnect(ShareMode::Shared, PROTOCOLS, Disposition::ResetCard)
    }

    fn status(&self) -> Result<(Option<Protocol>, Vec<u8>), Error> {
        let (mut names, mut atr) = ([0; MAX_READER_NAME], [0; MAX_ATR_SIZE]);
        let status = self.status2(&mut names, &mut atr)?;
        Ok((status.protocol2(), status.atr().to_vec()))
    }

    fn transmit<'r>(&mut self, command: &[u8], receive: &'r mut [u8]) -> Result<&'r [u8], Error> {
        Card::transmit(self, command, receive)
    }
}

/// Ends the transaction and answers what is left to do with the card when the connection ends.
fn end(transaction: Transaction<'_>, disposition: CardDisposition) -> CardDisposition {
    match transaction.end(disposition.into()) {
        Ok(()) => CardDisposition::Leave,
        Err((transaction, error)) => {
            // A card or service that is gone has ended it; otherwise the connection ends it.
            tracing::debug!(%error, ?disposition, "the transaction could not be ended");
            std::mem::forget(transaction);
            disposition
        }
    }
}

fn disconnect(card: Card, disposition: CardDisposition) {
    if let Err((_card, error)) = card.disconnect(disposition.into()) {
        // Its destructor, a reset, tries once more; a context of no use shows at the next job.
        tracing::debug!(%error, ?disposition, "the connection could not be ended");
    }
}
