//! What happened at this terminal, in order, for watchers that come and go.

use std::{collections::VecDeque, sync::Arc};

use tokio::sync::watch;

use crate::{
    card::CardIdentity,
    ledger::{Operation, Verdict},
    reader::{Insertion, ReaderName},
    terminal::CardFault,
};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// The PC/SC service came up or went down.
    ServiceChanged {
        /// Whether it is up now.
        up: bool,
    },
    /// A reader came.
    ReaderArrived {
        /// Its name.
        reader: ReaderName,
    },
    /// A reader went.
    ReaderGone {
        /// Its name.
        reader: ReaderName,
    },
    /// A card came; it is being identified.
    CardInserted {
        /// Where.
        reader: ReaderName,
        /// Its stay.
        insertion: Insertion,
    },
    /// A card is known.
    CardIdentified {
        /// Where.
        reader: ReaderName,
        /// Its stay.
        insertion: Insertion,
        /// What it is.
        card: CardIdentity,
    },
    /// A card cannot be used.
    CardFaulted {
        /// Where.
        reader: ReaderName,
        /// Its stay.
        insertion: Insertion,
        /// Why.
        fault: CardFault,
    },
    /// A card went.
    CardRemoved {
        /// Where.
        reader: ReaderName,
        /// The stay that ended.
        insertion: Insertion,
    },
    /// The result of an operation is not known: the card or the line to it left in the middle.
    DoubtArose {
        /// Where.
        reader: ReaderName,
        /// The stay in which it was begun.
        insertion: Insertion,
        /// What was being done.
        operation: Operation,
    },
    /// An operation in doubt was held against the card's counter.
    DoubtResolved {
        /// Where.
        reader: ReaderName,
        /// The stay in which it was looked at.
        insertion: Insertion,
        /// What was being done.
        operation: Operation,
        /// What the counter told.
        verdict: Verdict,
    },
    /// A PIN was accepted: what the counter could not tell does not matter any more.
    DoubtSettled {
        /// Where.
        reader: ReaderName,
        /// The stay in which it was settled.
        insertion: Insertion,
        /// What had been in doubt.
        operation: Operation,
    },
    /// Too many wrong PINs in an hour: unattended desks are closed.
    GuessBudgetSpent {
        /// Tries lost within the hour.
        spent: u32,
        /// As many as are permitted.
        limit_per_hour: u32,
    },
    /// Staff opened the unattended desks again.
    KiosksReopened {
        /// Name of their desk.
        desk: String,
    },
}

/// A happening with its place in the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Rises by one with each event, from 1.
    pub position: u64,
    /// Wall clock, milliseconds since 1970.
    pub time_unix_ms: u64,
    /// What happened.
    pub happening: Happening,
}

/// What lies after a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// These events; empty if nothing happened since.
    Events(Vec<Arc<Event>>),
    /// The position has left the buffer, or was never given out: start over from the state at
    /// `position`.
    Lost {
        /// Position to go on from.
        position: u64,
    },
}

/// A ring of the newest events, and a signal for each new one.
#[derive(Debug)]
pub struct EventLog {
    ring: VecDeque<Arc<Event>>,
    capacity: usize,
    position: watch::Sender<u64>,
}

impl EventLog {
    /// An empty log that keeps `capacity` events.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            ring: VecDeque::with_capacity(capacity),
            capacity,
            position: watch::Sender::new(0),
        }
    }

    /// Position of the newest event; 0 before the first.
    #[must_use]
    pub fn position(&self) -> u64 {
        *self.position.borrow()
    }

    /// A receiver that wakes with each new event.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.position.subscribe()
    }

    /// Appends an event and wakes the watchers.
    pub fn push(&mut self, time_unix_ms: u64, happening: Happening) {
        let position = self.position() + 1;
        if self.ring.len() >= self.capacity {
            self.ring.pop_front();
        }
        self.ring.push_back(Arc::new(Event {
            position,
            time_unix_ms,
            happening,
        }));
        self.position.send_replace(position);
    }

    /// Wakes the watchers although nothing happened that is told: something else that they hold
    /// against the events, such as the state of the ledger, may have changed.
    pub fn stir(&self) {
        self.position.send_modify(|_| {});
    }

    /// What came after `position`.
    #[must_use]
    pub fn since(&self, position: u64) -> Since {
        let newest = self.position();
        let oldest = newest - self.ring.len() as u64;
        if position > newest || position < oldest {
            return Since::Lost { position: newest };
        }
        Since::Events(
            self.ring
                .iter()
                .filter(|event| event.position > position)
                .cloned()
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(events: u64, capacity: usize) -> EventLog {
        let mut log = EventLog::new(capacity);
        (0..events).for_each(|n| log.push(n, Happening::ServiceChanged { up: true }));
        log
    }

    fn positions(since: Since) -> Vec<u64> {
        match since {
            Since::Events(events) => events.iter().map(|event| event.position).collect(),
            Since::Lost { position } => panic!("lost, to go on from {position}"),
        }
    }

    #[test]
    fn a_watcher_gets_what_came_after_its_position() {
        let log = filled(5, 16);
        assert_eq!(positions(log.since(3)), [4, 5]);
        assert_eq!(positions(log.since(5)), [0_u64; 0]);
        assert_eq!(positions(log.since(0)), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_position_that_left_the_ring_is_lost() {
        let log = filled(20, 16);
        assert_eq!(positions(log.since(4)).len(), 16);
        assert_eq!(log.since(3), Since::Lost { position: 20 });
    }

    #[test]
    fn a_position_from_another_life_is_lost() {
        assert_eq!(filled(2, 16).since(3), Since::Lost { position: 2 });
    }

    #[test]
    fn each_event_wakes_a_subscriber() {
        let mut log = filled(1, 16);
        let mut receiver = log.subscribe();
        assert!(!receiver.has_changed().unwrap());
        log.push(9, Happening::ServiceChanged { up: false });
        assert!(receiver.has_changed().unwrap());
        assert_eq!(*receiver.borrow_and_update(), 2);
        log.stir();
        assert!(receiver.has_changed().unwrap());
        assert_eq!(log.position(), 2);
    }
}
