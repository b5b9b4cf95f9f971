//! The handle that the rest of the terminal holds.

use std::{io, sync::Arc, time::Duration};

use super::{
    CardWork, Insertion, ReaderEvent, ReaderName, ReaderSettings, Slot, SlotEvent, SubmitError,
    crew::Crew,
    monitor::{Monitor, StopSignal},
    pcsc_lite::PcscLite,
    roster::Roster,
    service::CardService,
    staff::{Bench, Staff},
    steps::Steps,
};

/// One reader and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderSnapshot {
    /// Its name.
    pub reader: ReaderName,
    /// Its slot.
    pub slot: Slot,
}

/// Why the readers could not be started. A PC/SC service that is down is no reason: it is waited
/// for.
#[derive(Debug, thiserror::Error)]
#[error("a thread for the readers could not be started")]
pub struct StartError(#[source] io::Error);

/// How the readers came to rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShutdownReport {
    /// Threads that ended within the bound.
    pub ended: usize,
    /// Names of threads that were left behind, each stuck in a call into PC/SC: a command that a
    /// card does not answer, or a wait for a card that another program holds.
    pub abandoned: Vec<String>,
}

/// All readers of this machine: their events, their slots, and the way to the cards in them.
/// Cheap to clone. When the last clone goes, the threads are told to end, without waiting.
#[derive(Clone)]
pub struct Readers(Arc<Owner>);

struct Owner {
    roster: Arc<Roster>,
    stop: Arc<StopSignal>,
    crew: Crew,
}

impl Owner {
    fn new(first_insertion: Insertion) -> Self {
        Self {
            roster: Arc::new(Roster::new(first_insertion)),
            stop: Arc::default(),
            crew: Crew::default(),
        }
    }
}

impl Readers {
    /// Between two tries to wake the monitor: a cancel that meets no waiter is lost.
    const CANCEL_PACE: Duration = Duration::from_millis(20);

    /// Starts to watch. Stays of cards are numbered from `first_insertion`, across all readers.
    /// `events` is called on the monitor's thread and must not block for long; it may call this
    /// handle, except to shut down.
    ///
    /// # Errors
    /// [`StartError`]: the system gave no thread.
    pub fn start(
        settings: ReaderSettings,
        first_insertion: Insertion,
        events: impl FnMut(ReaderEvent) + Send + 'static,
    ) -> Result<Self, StartError> {
        let owner = Owner::new(first_insertion);
        let monitor = Monitor::new(
            (settings, Arc::new(PcscLite)),
            Arc::clone(&owner.roster),
            Arc::clone(&owner.stop),
            Staff::Threads(owner.crew.clone(), Arc::default()),
            Box::new(events),
        );
        owner
            .crew
            .spawn("readers".to_owned(), || monitor.run())
            .map_err(StartError)?;
        Ok(Self(Arc::new(owner)))
    }

    /// The readers of another service than pcscd, without any thread: all that threads would do is
    /// done when [`Steps`] is told to. For tests that must run the same way twice.
    #[must_use]
    pub fn by_hand(
        settings: ReaderSettings,
        first_insertion: Insertion,
        service: Arc<dyn CardService>,
        events: impl FnMut(ReaderEvent) + Send + 'static,
    ) -> (Self, Steps) {
        let owner = Owner::new(first_insertion);
        let bench = Arc::<Bench>::default();
        let monitor = Monitor::new(
            (settings, service),
            Arc::clone(&owner.roster),
            Arc::clone(&owner.stop),
            Staff::Bench(Arc::clone(&bench)),
            Box::new(events),
        );
        (Self(Arc::new(owner)), Steps::new(monitor, bench))
    }

    /// The readers that can be used, by name.
    #[must_use]
    pub fn list(&self) -> Vec<ReaderSnapshot> {
        self.0.roster.list()
    }

    /// Whether the PC/SC service answers.
    #[must_use]
    pub fn service_up(&self) -> bool {
        self.0.roster.service_up()
    }

    /// Puts a job into the queue of a reader. `insertion` is the stay that the job means; without
    /// one, it means the card that is in now. Answers the stay that the job is bound to.
    ///
    /// # Errors
    /// [`SubmitError`]; the job was dropped without being run.
    pub fn submit(
        &self,
        reader: &str,
        insertion: Option<Insertion>,
        work: Box<dyn CardWork>,
    ) -> Result<Insertion, SubmitError> {
        self.0
            .roster
            .submit(&ReaderName::from(reader), insertion, work)
    }

    /// The card of that stay is identified. Says nothing about a later one.
    pub fn identified(&self, reader: &str, insertion: Insertion) {
        self.0
            .roster
            .note(&ReaderName::from(reader), SlotEvent::Identified(insertion));
    }

    /// The card of that stay could not be identified. Jobs for it are accepted all the same.
    pub fn faulted(&self, reader: &str, insertion: Insertion) {
        self.0.roster.note(
            &ReaderName::from(reader),
            SlotEvent::Unidentified(insertion),
        );
    }

    /// Refuses new jobs, answers those that wait with `AccessError::ShuttingDown`, lets running
    /// ones end, and joins the threads. A command on its way to a card cannot be called back: a
    /// thread that is still in one after `bound` is left behind.
    #[must_use = "threads may be left behind"]
    pub fn shutdown(&self, bound: Duration) -> ShutdownReport {
        self.0.roster.stop();
        self.0.stop.set();
        let (ended, abandoned) = self
            .0
            .crew
            .join(bound, Self::CANCEL_PACE, || self.0.stop.wake());
        ShutdownReport { ended, abandoned }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.roster.stop();
        self.stop.set();
    }
}
