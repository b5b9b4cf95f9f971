//! What is known of every reader, shared by the monitor, the lines and the callers.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    AccessError, Insertion, Notice, ReaderEvent, ReaderName, ReaderSnapshot, Slot, SlotEvent,
    SubmitError,
    queue::{Job, Queue},
    watch::{CardChange, Look},
    work::CardWork,
};

struct Station {
    slot: Slot,
    /// PC/SC's count at the beginning of the stay.
    event_count: u16,
    /// No transaction of ours has seen this stay yet.
    untouched: bool,
    queue: Arc<Queue>,
}

struct State {
    service_up: bool,
    stopping: bool,
    next_insertion: Insertion,
    stations: BTreeMap<ReaderName, Station>,
}

pub(super) struct Roster(Mutex<State>);

impl Roster {
    pub(super) fn new(first_insertion: Insertion) -> Self {
        Self(Mutex::new(State {
            service_up: false,
            stopping: false,
            next_insertion: first_insertion,
            stations: BTreeMap::new(),
        }))
    }

    pub(super) fn service_up(&self) -> bool {
        self.lock().service_up
    }

    pub(super) fn set_service(&self, up: bool) {
        self.lock().service_up = up;
    }

    pub(super) fn list(&self) -> Vec<ReaderSnapshot> {
        let state = self.lock();
        let snapshot = |(reader, station): (&ReaderName, &Station)| ReaderSnapshot {
            reader: reader.clone(),
            slot: station.slot,
        };
        state.stations.iter().map(snapshot).collect()
    }

    /// Puts a job into the queue of a reader.
    pub(super) fn submit(
        &self,
        reader: &ReaderName,
        meant: Option<Insertion>,
        work: Box<dyn CardWork>,
    ) -> Result<Insertion, SubmitError> {
        let state = self.lock();
        if state.stopping {
            return Err(SubmitError::ShuttingDown);
        }
        if !state.service_up {
            return Err(SubmitError::ServiceDown);
        }
        let station = state.stations.get(reader).ok_or(SubmitError::Unknown)?;
        let insertion = station.slot.insertion().ok_or(SubmitError::NoCard)?;
        if meant.is_some_and(|meant| meant != insertion) {
            return Err(SubmitError::CardChanged);
        }
        if station.slot.is_mute() {
            return Err(SubmitError::Unreadable);
        }
        station.queue.push(Job { insertion, work })?;
        Ok(insertion)
    }

    /// Whether a job for that stay still has its card, without asking PC/SC.
    pub(super) fn expect(&self, reader: &ReaderName, meant: Insertion) -> Result<(), AccessError> {
        self.lock().station(reader, meant).map(drop)
    }

    /// Whether no transaction of ours has had the card of that stay yet.
    pub(super) fn untouched(
        &self,
        reader: &ReaderName,
        meant: Insertion,
    ) -> Result<bool, AccessError> {
        self.lock()
            .station(reader, meant)
            .map(|station| station.untouched)
    }

    /// Admits a job inside its transaction: the stay is still the one meant, and the card that
    /// PC/SC shows right now is of that stay, even if the monitor has not been told yet of
    /// another one. The slot is busy from here on, and the state of the card is our doing.
    pub(super) fn admit(
        &self,
        reader: &ReaderName,
        meant: Insertion,
        look: Look,
    ) -> Result<(), AccessError> {
        let mut state = self.lock();
        let station = state.station(reader, meant)?;
        if station.event_count != look.event_count {
            return Err(AccessError::CardChanged);
        }
        station.untouched = false;
        station.slot = station.slot.on(SlotEvent::JobStarted(meant)).0;
        Ok(())
    }

    /// An event about one stay that nobody else is told of.
    pub(super) fn note(&self, reader: &ReaderName, event: SlotEvent) {
        if let Some(station) = self.lock().stations.get_mut(reader) {
            station.slot = station.slot.on(event).0;
        }
    }

    /// Adds a reader; its queue is served by whoever the caller starts.
    pub(super) fn arrive(&self, reader: ReaderName, queue: Arc<Queue>) -> ReaderEvent {
        let station = Station {
            slot: Slot::Empty,
            event_count: 0,
            untouched: true,
            queue,
        };
        self.lock().stations.insert(reader.clone(), station);
        ReaderEvent::ReaderArrived { reader }
    }

    /// Takes a reader away; jobs that wait are answered with `reason`.
    pub(super) fn leave(&self, reader: &ReaderName, reason: AccessError) -> Option<ReaderEvent> {
        let station = self.lock().stations.remove(reader)?;
        station.queue.close(reason);
        Some(ReaderEvent::ReaderGone {
            reader: reader.clone(),
        })
    }

    /// Brings a change of a card into its slot.
    pub(super) fn card(&self, reader: &ReaderName, change: CardChange) -> Option<ReaderEvent> {
        let mut state = self.lock();
        let next = state.next_insertion;
        let station = state.stations.get_mut(reader)?;
        let event = match change {
            CardChange::Came { mute: false, .. } => SlotEvent::Inserted(next),
            CardChange::Came { mute: true, .. } => SlotEvent::FellMute(next),
            CardChange::FellMute => SlotEvent::FellMute(station.slot.insertion()?),
            CardChange::Left => SlotEvent::Removed,
        };
        let (slot, notice) = station.slot.on(event);
        station.slot = slot;
        if let CardChange::Came { event_count, .. } = change {
            station.event_count = event_count;
            station.untouched = true;
            state.next_insertion = Insertion::new(next.number().saturating_add(1));
        }
        notice.map(|notice| announce(reader.clone(), notice))
    }

    /// Has the reader's line wake a silent card. `false` if the reader has none.
    pub(super) fn wake_card(&self, reader: &ReaderName) -> bool {
        let state = self.lock();
        let station = state.stations.get(reader);
        station.map(|station| station.queue.wake_card()).is_some()
    }

    /// Whether the reader's line is done with a silent card, or gone.
    pub(super) fn is_woken(&self, reader: &ReaderName) -> bool {
        let state = self.lock();
        let station = state.stations.get(reader);
        station.is_none_or(|station| station.queue.is_woken())
    }

    /// Refuses whatever comes from now on and answers whatever waits.
    pub(super) fn stop(&self) {
        let mut state = self.lock();
        state.stopping = true;
        for station in state.stations.values() {
            station.queue.close(AccessError::ShuttingDown);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn station(
        &mut self,
        reader: &ReaderName,
        meant: Insertion,
    ) -> Result<&mut Station, AccessError> {
        if self.stopping {
            return Err(AccessError::ShuttingDown);
        }
        let Some(station) = self.stations.get_mut(reader) else {
            return Err(if self.service_up {
                AccessError::ReaderGone
            } else {
                AccessError::ServiceDown
            });
        };
        match station.slot.insertion() {
            None => Err(AccessError::CardRemoved),
            Some(there) if there != meant => Err(AccessError::CardChanged),
            Some(_) if station.slot.is_mute() => Err(AccessError::Unreadable),
            Some(_) => Ok(station),
        }
    }
}

fn announce(reader: ReaderName, notice: Notice) -> ReaderEvent {
    match notice {
        Notice::Inserted(insertion) => ReaderEvent::CardInserted { reader, insertion },
        Notice::Unreadable(insertion) => ReaderEvent::CardUnreadable { reader, insertion },
        Notice::Removed(insertion) => ReaderEvent::CardRemoved { reader, insertion },
    }
}
