//! What whoever started cardd is told, by the protocol of sd_notify(3).
//!
//! Sockets take connections before the ledger is open, so that no desk is turned away while a long
//! chain is checked; that its calls are answered is told here. Nobody is told where `NOTIFY_SOCKET`
//! is not set.

use sd_notify::NotifyState;

/// From here on every call is answered.
pub(super) fn ready() {
    tell(&NotifyState::Ready);
}

/// No new work is taken on; what is under way ends.
pub(super) fn stopping() {
    tell(&NotifyState::Stopping);
}

/// A supervisor that has gone keeps no desk from being served.
fn tell(state: &NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(std::slice::from_ref(state)) {
        tracing::warn!(%error, "the supervisor cannot be told: {state}");
    }
}
