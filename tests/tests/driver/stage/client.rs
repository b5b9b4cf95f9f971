//! A PC/SC client, as short as a test wants it.

use std::ffi::CString;
use std::time::Duration;

use pcsc::{Context, Error, Protocols, ReaderState, Scope, ShareMode, State};

/// Longest wait for anything that is to happen soon.
pub(crate) const SOON: Duration = Duration::from_secs(10);

pub(crate) fn context() -> Context {
    Context::establish(Scope::User).unwrap()
}

/// pcscd's name of the reader that shows `slot`: the number in it depends on the other readers.
pub(crate) fn reader_of(context: &Context, slot: &str) -> CString {
    let prefix = format!("card-sim {slot} ");
    let readers = context.list_readers_owned().unwrap();
    let found = readers
        .iter()
        .find(|r| r.to_str().unwrap().starts_with(&prefix));
    found
        .unwrap_or_else(|| panic!("no reader {prefix:?} in {readers:?}"))
        .clone()
}

/// Waits until the slot's reader has all of `wanted` in its state; returns the ATR.
pub(crate) fn wait_for(context: &Context, slot: &str, wanted: State) -> Vec<u8> {
    let mut states = [ReaderState::new(reader_of(context, slot), State::UNAWARE)];
    loop {
        context.get_status_change(SOON, &mut states).unwrap();
        if states[0].event_state().contains(wanted) {
            return states[0].atr().to_vec();
        }
        states[0].sync_current_state();
    }
}

pub(crate) fn connect(context: &Context, slot: &str) -> pcsc::Card {
    wait_for(context, slot, State::PRESENT);
    let reader = reader_of(context, slot);
    context
        .connect(&reader, ShareMode::Shared, Protocols::ANY)
        .unwrap()
}

pub(crate) fn transmit(card: &pcsc::Card, command: &[u8]) -> Result<Vec<u8>, Error> {
    let mut buffer = vec![0; pcsc::MAX_BUFFER_SIZE_EXTENDED];
    card.transmit(command, &mut buffer).map(<[u8]>::to_vec)
}
