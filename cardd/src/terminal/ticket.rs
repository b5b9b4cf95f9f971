//! Who decides whether a command is still sent: the desk that waits, or the card's thread.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

const OPEN: u8 = 0;
const SENT: u8 = 1;
const GIVEN_UP: u8 = 2;

/// Shared by a waiting desk and its job. Exactly one of [`Ticket::claim_send`] and
/// [`Ticket::give_up`] succeeds, so that a desk that was told "nothing reached the card" is right.
#[derive(Debug, Clone, Default)]
pub(super) struct Ticket(Arc<AtomicU8>);

impl Ticket {
    /// The job is about to send: the desk can no longer give up. `false` if it already has.
    #[must_use]
    pub(super) fn claim_send(&self) -> bool {
        self.decide(SENT)
    }

    /// The desk waits no longer. `false` if the command may already be at the card.
    pub(super) fn give_up(&self) -> bool {
        self.decide(GIVEN_UP)
    }

    /// Whether the desk gave up.
    #[must_use]
    pub(super) fn is_given_up(&self) -> bool {
        self.0.load(Ordering::Acquire) == GIVEN_UP
    }

    fn decide(&self, decision: u8) -> bool {
        let decided = self
            .0
            .compare_exchange(OPEN, decision, Ordering::AcqRel, Ordering::Acquire);
        decided.is_ok() || decided == Err(decision)
    }
}

/// Gives up when the waiting handler is dropped, as tonic does when a client leaves.
#[derive(Debug)]
pub(super) struct GiveUpOnDrop(pub(super) Ticket);

impl Drop for GiveUpOnDrop {
    fn drop(&mut self) {
        self.0.give_up();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_decision_stands() {
        let ticket = Ticket::default();
        assert!(ticket.claim_send());
        assert!(!ticket.give_up());
        assert!(!ticket.is_given_up());

        let ticket = Ticket::default();
        assert!(ticket.give_up());
        assert!(!ticket.claim_send());
        assert!(ticket.is_given_up());
    }

    #[test]
    fn a_handler_that_leaves_gives_up() {
        let ticket = Ticket::default();
        drop(GiveUpOnDrop(ticket.clone()));
        assert!(!ticket.claim_send());
    }
}
