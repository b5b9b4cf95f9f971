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
    /// Rises by one with each event, from above every position of every run before.
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
    /// The position has left the buffer, is of an earlier run, or was never given out: start over
    /// from the state at `position`.
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
    start: u64,
    position: watch::Sender<u64>,
}

impl EventLog {
    /// An empty log that keeps `capacity` events, the first of them at `start` + 1. No run before gave
    /// out a position from `start` on.
    #[must_use]
    pub fn new(capacity: usize, start: u64) -> Self {
        Self {
            ring: VecDeque::with_capacity(capacity),
            capacity,
            start,
            position: watch::Sender::new(start),
        }
    }

    /// Position of the newest event; the start before the first.
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

    /// What came after `position`; after 0, which is no event's, what came in this run.
    #[must_use]
    pub fn since(&self, position: u64) -> Since {
        let position = if position == 0 { self.start } else { position };
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

    const START: u64 = 100;

    fn filled(events: u64, capacity: usize) -> EventLog {
        let mut log = EventLog::new(capacity, START);
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
        assert_eq!(positions(log.since(103)), [104, 105]);
        assert_eq!(positions(log.since(105)), [0_u64; 0]);
        assert_eq!(positions(log.since(START)), [101, 102, 103, 104, 105]);
        assert_eq!(log.since(0), log.since(START));
    }

    #[test]
    fn a_position_that_left_the_ring_is_lost() {
        let log = filled(20, 16);
        assert_eq!(positions(log.since(104)).len(), 16);
        assert_eq!(log.since(103), Since::Lost { position: 120 });
        assert_eq!(log.since(0), Since::Lost { position: 120 });
    }

    /// However few events that run had, and however many this one has.
    #[test]
    fn a_position_from_another_life_is_lost() {
        for position in [1, START - 1, START + 3] {
            assert_eq!(filled(2, 16).since(position), Since::Lost { position: 102 });
        }
    }

    #[test]
    fn each_event_wakes_a_subscriber() {
        let mut log = filled(1, 16);
        let mut receiver = log.subscribe();
        assert!(!receiver.has_changed().unwrap());
        log.push(9, Happening::ServiceChanged { up: false });
        assert!(receiver.has_changed().unwrap());
        assert_eq!(*receiver.borrow_and_update(), START + 2);
        log.stir();
        assert!(receiver.has_changed().unwrap());
        assert_eq!(log.position(), START + 2);
    }
}
