//! The thread that waits for events of all readers.

use std::{
    collections::BTreeMap,
    ffi::CString,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use pcsc::{Context, Error, PNP_NOTIFICATION, ReaderState, Scope, State};

use super::{
    AccessError, ReaderEvent, ReaderName, ReaderSettings,
    crew::Crew,
    keeper,
    line::Line,
    queue::Queue,
    roster::Roster,
    watch::{Change, Look, changes},
};

/// Asks the monitor to end, and wakes it.
#[derive(Default)]
pub(super) struct StopSignal {
    state: Mutex<Stop>,
    changed: Condvar,
}

#[derive(Default)]
struct Stop {
    wanted: bool,
    waiting_on: Option<Context>,
}

impl StopSignal {
    pub(super) fn set(&self) {
        self.lock().wanted = true;
        self.changed.notify_all();
        self.wake();
    }

    /// Interrupts the wait for events, if there is one just now: PC/SC forgets a cancel that
    /// nobody waits for, so whoever needs the end calls again.
    pub(super) fn wake(&self) {
        if let Some(context) = &self.lock().waiting_on {
            // A service that is down has ended the wait already.
            let _gone = context.cancel();
        }
    }

    fn wanted(&self) -> bool {
        self.lock().wanted
    }

    fn wait_on(&self, context: Option<Context>) {
        self.lock().waiting_on = context;
    }

    /// Lets `pause` pass, or less if the end is wanted.
    fn pause(&self, pause: Duration) {
        let state = self.lock();
        drop(
            self.changed
                .wait_timeout_while(state, pause, |stop| !stop.wanted),
        );
    }

    fn lock(&self) -> MutexGuard<'_, Stop> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last look at every reader that can be used.
type Looks = BTreeMap<ReaderName, Look>;

pub(super) struct Monitor {
    settings: ReaderSettings,
    roster: Arc<Roster>,
    stop: Arc<StopSignal>,
    crew: Crew,
    events: Box<dyn FnMut(ReaderEvent) + Send>,
    looks: Looks,
}

impl Monitor {
    /// pcsc-lite takes at most 16 states in one wait, and has at most 16 readers.
    const MAX_READERS: usize = 16;
    const FIRST_RETRY: Duration = Duration::from_millis(10);

    pub(super) fn new(
        settings: ReaderSettings,
        roster: Arc<Roster>,
        stop: Arc<StopSignal>,
        crew: Crew,
        events: Box<dyn FnMut(ReaderEvent) + Send>,
    ) -> Self {
        Self {
            settings,
            roster,
            stop,
            crew,
            events,
            looks: Looks::new(),
        }
    }

    /// Serves until the end is wanted. A context never recovers from a restart of the service, so
    /// each round has its own.
    pub(super) fn run(mut self) {
        let mut announced_down = false;
        while let Some(context) = self.establish(&mut announced_down) {
            self.stop.wait_on(Some(context.clone()));
            self.roster.set_service(true);
            (self.events)(ReaderEvent::ServiceUp);
            let end = self.watch(&context);
            self.stop.wait_on(None);
            if let Err(error) = end {
                tracing::warn!(%error, "the PC/SC service is gone");
                self.service_down();
                announced_down = true;
            }
        }
        self.roster.stop();
    }

    /// A new context, however long it takes; `None` when the end is wanted. PC/SC has no event
    /// for the return of its service, so attempts are paced.
    fn establish(&mut self, announced_down: &mut bool) -> Option<Context> {
        let mut retry = Self::FIRST_RETRY;
        while !self.stop.wanted() {
            match Context::establish(Scope::System) {
                Ok(context) => return Some(context),
                Err(error) if !*announced_down => {
                    tracing::warn!(%error, "the PC/SC service does not answer");
                    (self.events)(ReaderEvent::ServiceDown);
                    *announced_down = true;
                }
                Err(_still_down) => {}
            }
            self.stop.pause(retry);
            retry = retry.saturating_mul(2).min(self.settings.service_retry);
        }
        None
    }

    /// Follows the readers until the end is wanted or the context fails. The first state is the
    /// pseudo reader that stands for the list of readers.
    fn watch(&mut self, context: &Context) -> Result<(), Error> {
        let mut states = vec![ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE)];
        while !self.stop.wanted() {
            self.keep_listed(&mut states, context.list_readers_owned()?);
            // With as many readers as there can be, none can arrive and there is no room to ask.
            let first = usize::from(states.len() > Self::MAX_READERS);
            let waited = states.get_mut(first..).unwrap_or_default();
            match context.get_status_change(self.settings.status_timeout, waited) {
                Ok(()) | Err(Error::Timeout) => self.look(&mut states),
                // Cancelled, or a reader left between the list and the wait.
                Err(Error::Cancelled | Error::UnknownReader) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Brings the watched readers in step with the list.
    fn keep_listed(&mut self, states: &mut Vec<ReaderState>, listed: Vec<CString>) {
        let pseudo = PNP_NOTIFICATION();
        states.retain(|state| {
            state.name() == pseudo || listed.iter().any(|name| **name == *state.name())
        });
        for name in listed {
            let watched = states.iter().any(|state| state.name() == name.as_c_str());
            if !watched && states.len() <= Self::MAX_READERS {
                states.push(ReaderState::new(name, State::UNAWARE));
            }
        }
        let watched = |reader: &ReaderName| {
            states
                .iter()
                .any(|state| named(state).as_ref() == Some(reader))
        };
        let gone: Vec<ReaderName> = self
            .looks
            .keys()
            .filter(|reader| !watched(reader))
            .cloned()
            .collect();
        for reader in gone {
            self.turn_to(&reader, None, AccessError::ReaderGone);
        }
    }

    /// Takes in what a wait has brought.
    fn look(&mut self, states: &mut [ReaderState]) {
        for state in states {
            if let Some(reader) = named(state) {
                let look = Look::read(state.event_state(), state.event_count());
                self.turn_to(&reader, look, AccessError::ReaderGone);
            }
            state.sync_current_state();
        }
    }

    /// One reader has a new look; `None` if it cannot be used, and why.
    fn turn_to(&mut self, reader: &ReaderName, look: Option<Look>, why_gone: AccessError) {
        let before = self.looks.get(reader).copied();
        for change in changes(before, look) {
            let event = match change {
                Change::ReaderArrived => self.arrive(reader),
                Change::ReaderGone => self.roster.leave(reader, why_gone),
                Change::Card(card) => self.roster.card(reader, card),
            };
            event.into_iter().for_each(&mut self.events);
        }
        match look {
            Some(look) => self.looks.insert(reader.clone(), look),
            None => self.looks.remove(reader),
        };
    }

    /// Gives a reader its two threads and its place in the roster.
    fn arrive(&self, reader: &ReaderName) -> Option<ReaderEvent> {
        let queue = Arc::new(Queue::new(self.settings.queue_jobs));
        let line = Line::new(reader.clone(), Arc::clone(&queue), Arc::clone(&self.roster));
        let (kept, deadline) = (Arc::clone(&queue), self.settings.card_held_deadline);
        let started = line.and_then(|line| {
            self.crew.spawn(format!("line {reader}"), || line.run())?;
            self.crew.spawn(format!("keeper {reader}"), move || {
                keeper::run(&kept, deadline)
            })
        });
        match started {
            Ok(()) => Some(self.roster.arrive(reader.clone(), queue)),
            Err(error) => {
                tracing::error!(%reader, %error, "a reader cannot be served");
                queue.close(AccessError::ReaderGone);
                None
            }
        }
    }

    /// Everything that the service served is void.
    fn service_down(&mut self) {
        self.roster.set_service(false);
        (self.events)(ReaderEvent::ServiceDown);
        let readers: Vec<ReaderName> = self.looks.keys().cloned().collect();
        for reader in readers {
            self.turn_to(&reader, None, AccessError::ServiceDown);
        }
    }
}

/// The reader a state is about; `None` for the pseudo reader and for a name that is not text.
fn named(state: &ReaderState) -> Option<ReaderName> {
    let name = state.name();
    (name != PNP_NOTIFICATION())
        .then(|| name.to_str().ok().map(ReaderName::from))
        .flatten()
}
