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
    Card, Context, Disposition, Error, MAX_ATR_SIZE, PNP_NOTIFICATION, Protocol, Protocols,
    ReaderState, Scope, ShareMode, State, Transaction,
};

use super::{
    CardDisposition,
    agreed::agreed,
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
        wait(self, longest, sights)?;
        sights.iter_mut().try_for_each(|sight| settle(self, sight))
    }

    fn cancel(&self) -> Cancel {
        let context = self.clone();
        Arc::new(move || {
            // A service that is down has ended the wait already.
            let _gone = Context::cancel(&context);
        })
    }

    fn power_cycle(&self, reader: &CStr) -> Result<(), Error> {
        // Only a direct connection is given where the service holds that there is no card to talk to.
        let mut card = self.connect(reader, ShareMode::Direct, Protocols::UNDEFINED)?;
        let revived = card.reconnect(ShareMode::Shared, PROTOCOLS, Disposition::UnpowerCard);
        disconnect(card, CardDisposition::Leave);
        revived
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
        let mut again = |how| self.reconnect(ShareMode::Shared, PROTOCOLS, how);
        match again(Disposition::ResetCard) {
            Err(Error::UnresponsiveCard) => again(Disposition::UnpowerCard),
            answer => answer,
        }
    }

    fn status(&self) -> Result<(Option<Protocol>, Vec<u8>), Error> {
        // A connection has a protocol: its absence is a sight from before the connection.
        agreed(
            status(self)?,
            |(protocol, _)| protocol.is_some(),
            || status(self),
        )
    }

    fn transmit<'r>(&mut self, command: &[u8], receive: &'r mut [u8]) -> Result<&'r [u8], Error> {
        Card::transmit(self, command, receive)
    }
}

/// One wait, and what it brought.
fn wait(client: &Context, longest: Duration, sights: &mut [Sight]) -> Result<(), Error> {
    let state = |sight: &Sight| ReaderState::new(sight.reader.clone(), sight.known);
    let mut states: Vec<_> = sights.iter().map(state).collect();
    let waited = client.get_status_change(longest, &mut states);
    if matches!(waited, Ok(()) | Err(Error::Timeout)) {
        for (sight, state) in sights.iter_mut().zip(&states) {
            sight.seen = state.event_state();
            // PC/SC counts in 16 bits.
            sight.event_count = state.event_count() as u16;
        }
    }
    waited
}

/// Makes sure of what is news about a reader.
fn settle(client: &Context, sight: &mut Sight) -> Result<(), Error> {
    let news = sight.known == State::UNAWARE || sight.seen.contains(State::CHANGED);
    if !news || *sight.reader == *PNP_NOTIFICATION() {
        return Ok(());
    }
    let at = |sight: &Sight| (sight.seen.difference(State::CHANGED), sight.event_count);
    let ask = || {
        let mut again = Sight::unaware(sight.reader.clone());
        wait(client, Duration::ZERO, std::slice::from_mut(&mut again)).map(|()| at(&again))
    };
    (sight.seen, sight.event_count) = agreed(at(sight), |_| true, ask)?;
    Ok(())
}

fn status(transaction: &Transaction<'_>) -> Result<(Option<Protocol>, Vec<u8>), Error> {
    let (mut names, mut atr) = ([0; MAX_READER_NAME], [0; MAX_ATR_SIZE]);
    let status = transaction.status2(&mut names, &mut atr)?;
    Ok((status.protocol2(), status.atr().to_vec()))
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
