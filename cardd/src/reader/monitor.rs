//! The thread that waits for events of all readers.

use std::{
    collections::BTreeMap,
    ffi::CString,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use pcsc::{Error, PNP_NOTIFICATION};

use super::{
    AccessError, ReaderEvent, ReaderName, ReaderSettings,
    line::Line,
    queue::Queue,
    roster::Roster,
    service::{Cancel, CardService, Client, Sight},
    silence::Silence,
    staff::Staff,
    watch::{Change, Look, Presence, changes},
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
    waiting_on: Option<Cancel>,
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
        if let Some(cancel) = &self.lock().waiting_on {
            cancel();
        }
    }

    fn wanted(&self) -> bool {
        self.lock().wanted
    }

    fn wait_on(&self, cancel: Option<Cancel>) {
        self.lock().waiting_on = cancel;
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

/// A client and what it watches. The first sight is the pseudo reader that stands for the list of
/// readers.
struct Post {
    client: Box<dyn Client>,
    sights: Vec<Sight>,
}

pub(super) struct Monitor {
    settings: ReaderSettings,
    service: Arc<dyn CardService>,
    roster: Arc<Roster>,
    stop: Arc<StopSignal>,
    staff: Staff,
    events: Box<dyn FnMut(ReaderEvent) + Send>,
    looks: Looks,
    silence: Silence,
    post: Option<Post>,
    announced_down: bool,
}

impl Monitor {
    /// pcsc-lite takes at most 16 states in one wait, and has at most 16 readers.
    const MAX_READERS: usize = 16;
    const FIRST_RETRY: Duration = Duration::from_millis(10);

    pub(super) fn new(
        (settings, service): (ReaderSettings, Arc<dyn CardService>),
        roster: Arc<Roster>,
        stop: Arc<StopSignal>,
        staff: Staff,
        events: Box<dyn FnMut(ReaderEvent) + Send>,
    ) -> Self {
        Self {
            settings,
            service,
            roster,
            stop,
            staff,
            events,
            looks: Looks::new(),
            silence: Silence::default(),
            post: None,
            announced_down: false,
        }
    }

    /// Serves until the end is wanted. PC/SC has no event for the return of its service, so
    /// attempts are paced.
    pub(super) fn run(mut self) {
        let mut retry = Self::FIRST_RETRY;
        while !self.stop.wanted() {
            if self.turn() {
                retry = Self::FIRST_RETRY;
            } else {
                self.stop.pause(retry);
                retry = retry.saturating_mul(2).min(self.settings.service_retry);
            }
        }
        self.stop.wait_on(None);
        self.roster.stop();
    }

    /// One wait for what happens, and what it brought. `false` if the service does not answer.
    /// A client never recovers from a restart of the service, so each round has its own.
    pub(super) fn turn(&mut self) -> bool {
        let Some(mut post) = self.post.take().or_else(|| self.establish()) else {
            return false;
        };
        match self.watch(&mut post) {
            Ok(()) => self.post = Some(post),
            Err(error) => {
                self.stop.wait_on(None);
                tracing::warn!(%error, "the PC/SC service is gone");
                self.service_down();
                self.announced_down = true;
            }
        }
        true
    }

    fn establish(&mut self) -> Option<Post> {
        match self.service.establish() {
            Ok(client) => {
                self.stop.wait_on(Some(client.cancel()));
                self.announced_down = false;
                self.roster.set_service(true);
                (self.events)(ReaderEvent::ServiceUp);
                let sights = vec![Sight::unaware(PNP_NOTIFICATION())];
                Some(Post { client, sights })
            }
            Err(error) => {
                if !self.announced_down {
                    tracing::warn!(%error, "the PC/SC service does not answer, or speaks another version than our library");
                    (self.events)(ReaderEvent::ServiceDown);
                    self.announced_down = true;
                }
                None
            }
        }
    }

    /// Fails when the client does.
    fn watch(&mut self, Post { client, sights }: &mut Post) -> Result<(), Error> {
        self.keep_listed(sights, client.list_readers()?);
        // With as many readers as there can be, none can arrive and there is no room to ask.
        let first = usize::from(sights.len() > Self::MAX_READERS);
        let waited = sights.get_mut(first..).unwrap_or_default();
        match client.status_change(self.settings.status_timeout, waited) {
            Ok(()) | Err(Error::Timeout) => self.look(sights),
            // Cancelled, or a reader left between the list and the wait.
            Err(Error::Cancelled | Error::UnknownReader) => {}
            Err(error) => return Err(error),
        }
        self.look_at_woken(&**client)
    }

    /// Brings the watched readers in step with the list.
    fn keep_listed(&mut self, sights: &mut Vec<Sight>, listed: Vec<CString>) {
        let pseudo = PNP_NOTIFICATION();
        sights.retain(|sight| *sight.reader == *pseudo || listed.contains(&sight.reader));
        for name in listed {
            let watched = sights.iter().any(|sight| sight.reader == name);
            if !watched && sights.len() <= Self::MAX_READERS {
                sights.push(Sight::unaware(name));
            }
        }
        let watched = |reader: &ReaderName| {
            sights
                .iter()
                .any(|sight| named(sight).as_ref() == Some(reader))
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
    fn look(&mut self, sights: &mut [Sight]) {
        for sight in sights {
            if let Some(reader) = named(sight) {
                self.see(&reader, Look::read(sight.seen, sight.event_count));
            }
            sight.take_in();
        }
    }

    /// One reader has a new look. A card that fell silent is woken before anybody is told.
    fn see(&mut self, reader: &ReaderName, look: Option<Look>) {
        if let Some(look) = look.filter(|_| !self.looks.contains_key(reader)) {
            let presence = Presence::Empty;
            let arrived = Look { presence, ..look };
            self.turn_to(reader, Some(arrived), AccessError::ReaderGone);
        }
        let before = self.looks.get(reader).copied();
        let held = self
            .silence
            .holds_back(reader, (before, look), &self.roster);
        if !held {
            self.turn_to(reader, look, AccessError::ReaderGone);
        }
    }

    /// Takes in what became of cards that were silent.
    fn look_at_woken(&mut self, client: &dyn Client) -> Result<(), Error> {
        for reader in self.silence.over(&self.roster) {
            let Ok(name) = CString::new(reader.as_str()) else {
                continue;
            };
            let mut sight = Sight::unaware(name);
            match client.status_change(Duration::ZERO, std::slice::from_mut(&mut sight)) {
                Ok(()) | Err(Error::Timeout) => {
                    let look = Look::read(sight.seen, sight.event_count);
                    self.turn_to(&reader, look, AccessError::ReaderGone);
                }
                Err(Error::UnknownReader) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
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
        let clock = Arc::clone(&self.service);
        let queue = Arc::new(Queue::new(self.settings.queue_jobs, clock));
        let line = Line::new(
            reader.clone(),
            Arc::clone(&queue),
            Arc::clone(&self.roster),
            Arc::clone(&self.service),
            {
                let stop = Arc::clone(&self.stop);
                Arc::new(move || stop.wake())
            },
        );
        let deadline = self.settings.card_held_deadline;
        let started = line.and_then(|line| self.staff.post(reader, line, (&queue, deadline)));
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

/// The reader a sight is of; `None` for the pseudo reader and for a name that is not text.
fn named(sight: &Sight) -> Option<ReaderName> {
    let name = sight.reader.as_c_str();
    (name != PNP_NOTIFICATION())
        .then(|| name.to_str().ok().map(ReaderName::from))
        .flatten()
}
