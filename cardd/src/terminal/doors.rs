//! Cards that wait for their holder's own PIN after a reset, and transactions that may come to it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cardd_proto::secret::Secret;
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    policy::RulesInForce,
    reader::{Insertion, ReaderName},
    terminal::TerminalError,
};

/// What the holder typed, and where.
pub(super) struct Choice {
    pub(super) new: Secret,
    pub(super) again: Secret,
    /// The rules that the holder was prompted under.
    pub(super) rules: Arc<RulesInForce>,
    pub(super) counter: Counter,
}

/// The desk at which the holder stands, waiting for the answer.
pub(super) struct Counter {
    pub(super) desk: String,
    pub(super) reply: oneshot::Sender<Result<u64, TerminalError>>,
}

/// Where the card is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) reader: ReaderName,
    pub(super) insertion: Insertion,
}

/// A card that waits for its holder's choice, before the operator who opened the case.
pub(super) struct Door {
    pub(super) place: Place,
    pub(super) operator: String,
    pub(super) choices: mpsc::Sender<Choice>,
}

/// What a counter finds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// The hall has not taken the case up, or it is over.
    Nothing,
    /// The hall is at it.
    Underway,
    /// The holder is to choose.
    Open(Place),
}

enum State {
    Underway,
    Open(Door),
}

/// Transactions under way, by case, at most one for each reader.
pub(super) struct Doors {
    by_case: Arc<Mutex<HashMap<u64, State>>>,
    changes: Arc<watch::Sender<()>>,
}

/// One transaction, or one open door of it; its place in the table ends with it.
pub(super) struct Stay {
    case: u64,
    after: Option<State>,
    by_case: Arc<Mutex<HashMap<u64, State>>>,
    changes: Arc<watch::Sender<()>>,
}

impl Default for Doors {
    fn default() -> Self {
        Self {
            by_case: Arc::default(),
            changes: Arc::new(watch::Sender::new(())),
        }
    }
}

impl Doors {
    /// The hall takes a case up.
    pub(super) fn underway(&self, case: u64) -> Stay {
        self.enter(case, State::Underway, None)
    }

    /// The reset of a case is done; until the stay ends, the holder may choose.
    pub(super) fn open(&self, case: u64, door: Door) -> Stay {
        self.enter(case, State::Open(door), Some(State::Underway))
    }

    fn enter(&self, case: u64, state: State, after: Option<State>) -> Stay {
        lock(&self.by_case).insert(case, state);
        self.changes.send_replace(());
        Stay {
            case,
            after,
            by_case: Arc::clone(&self.by_case),
            changes: Arc::clone(&self.changes),
        }
    }

    /// Wakes whenever a place in the table changes.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// Where a case stands, for the operator who opened it.
    pub(super) fn look(&self, case: u64, operator: &str) -> Result<Seen, TerminalError> {
        match lock(&self.by_case).get(&case) {
            None => Ok(Seen::Nothing),
            Some(State::Underway) => Ok(Seen::Underway),
            Some(State::Open(door)) if door.operator == operator => {
                Ok(Seen::Open(door.place.clone()))
            }
            Some(State::Open(_)) => Err(TerminalError::GrantOtherOperator),
        }
    }

    /// Hands a choice to the card that waits for it.
    pub(super) fn hand_in(
        &self,
        case: u64,
        operator: &str,
        choice: Choice,
    ) -> Result<(), TerminalError> {
        match lock(&self.by_case).get(&case) {
            Some(State::Open(door)) if door.operator != operator => {
                Err(TerminalError::GrantOtherOperator)
            }
            Some(State::Open(door)) => door
                .choices
                .try_send(choice)
                .map_err(|_| TerminalError::NoHolderPinWanted),
            Some(State::Underway) | None => Err(TerminalError::NoHolderPinWanted),
        }
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        let mut by_case = lock(&self.by_case);
        match self.after.take() {
            Some(state) => by_case.insert(self.case, state),
            None => by_case.remove(&self.case),
        };
        drop(by_case);
        self.changes.send_replace(());
    }
}

/// A panic elsewhere leaves the table whole: every change to it is one call.
fn lock(by_case: &Mutex<HashMap<u64, State>>) -> MutexGuard<'_, HashMap<u64, State>> {
    by_case.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door() -> (Door, mpsc::Receiver<Choice>) {
        let (choices, chosen) = mpsc::channel(1);
        let door = Door {
            place: place(),
            operator: "li".to_owned(),
            choices,
        };
        (door, chosen)
    }

    fn place() -> Place {
        Place {
            reader: "r".into(),
            insertion: Insertion::new(3),
        }
    }

    fn choice() -> Choice {
        Choice {
            new: Secret::new(),
            again: Secret::new(),
            rules: Arc::new(RulesInForce::for_test(10)),
            counter: Counter {
                desk: "counter".to_owned(),
                reply: oneshot::channel().0,
            },
        }
    }

    #[test]
    fn a_case_is_found_where_it_stands() {
        let doors = Doors::default();
        assert_eq!(doors.look(9, "li").unwrap(), Seen::Nothing);
        let underway = doors.underway(9);
        assert_eq!(doors.look(9, "li").unwrap(), Seen::Underway);
        let (door, _chosen) = door();
        let open = doors.open(9, door);
        assert_eq!(doors.look(9, "li").unwrap(), Seen::Open(place()));
        assert_eq!(doors.look(8, "li").unwrap(), Seen::Nothing);
        drop(open);
        assert_eq!(doors.look(9, "li").unwrap(), Seen::Underway);
        drop(underway);
        assert_eq!(doors.look(9, "li").unwrap(), Seen::Nothing);
    }

    #[test]
    fn each_change_wakes_who_waits() {
        let doors = Doors::default();
        let mut changes = doors.changes();
        let mut woken = || {
            let changed = changes.has_changed().unwrap();
            changes.mark_unchanged();
            changed
        };
        assert!(!woken());
        let underway = doors.underway(9);
        assert!(woken());
        let open = doors.open(9, door().0);
        assert!(woken());
        drop(open);
        assert!(woken());
        drop(underway);
        assert!(woken());
    }

    #[test]
    fn only_the_operator_of_the_case_hands_in_and_one_choice_at_a_time() {
        let doors = Doors::default();
        let (door, mut chosen) = door();
        let _open = doors.open(9, door);
        let other = doors.look(9, "wang").unwrap_err();
        assert!(matches!(other, TerminalError::GrantOtherOperator));
        let other = doors.hand_in(9, "wang", choice()).unwrap_err();
        assert!(matches!(other, TerminalError::GrantOtherOperator));
        assert!(chosen.try_recv().is_err(), "nothing reached the card");
        doors.hand_in(9, "li", choice()).unwrap();
        let full = doors.hand_in(9, "li", choice()).unwrap_err();
        assert!(matches!(full, TerminalError::NoHolderPinWanted));
        assert!(chosen.try_recv().is_ok());
    }
}
