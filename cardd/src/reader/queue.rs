//! The jobs that wait at one reader: bounded in number and in time.
//!
//! Two threads serve a queue. The *line* talks to PC/SC and takes a job only once it has the
//! transaction to run it in, because `SCardBeginTransaction` waits without bound while another
//! program holds one. The *keeper* takes a job out when its deadline has passed, so that whoever
//! waits gets an answer although the line is still stuck.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{AccessError, CardWork, Insertion, SubmitError, service::CardService};

/// What a line is to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Duty {
    /// To come to the card of that stay, for the first job.
    Serve(Insertion),
    /// To wake a card that gives no answer to reset.
    Wake,
}

/// Whether a silent card is being woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waking {
    /// Nobody asked for it.
    No,
    /// The line is to do it.
    Wanted,
    /// The line is at it.
    UnderWay,
    /// The line has done what it can.
    Over,
}

/// A job and the stay of the card it is meant for.
pub(super) struct Job {
    pub(super) insertion: Insertion,
    pub(super) work: Box<dyn CardWork>,
}

struct Waiting {
    job: Job,
    since: Instant,
}

struct State {
    waiting: VecDeque<Waiting>,
    closed: Option<AccessError>,
    /// The line has let go of the card, and of its connection, for good.
    line_ended: bool,
    running: bool,
    waking: Waking,
    /// When the last job of our own ended: waiting for ourselves is not being held up.
    free_since: Instant,
    /// Since when the line has tried in vain to come to the card.
    held_since: Option<Instant>,
}

/// The queue of one reader.
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    limit: usize,
    clock: Arc<dyn CardService>,
}

impl Queue {
    pub(super) fn new(limit: usize, clock: Arc<dyn CardService>) -> Self {
        let state = State {
            waiting: VecDeque::with_capacity(limit),
            closed: None,
            line_ended: false,
            running: false,
            waking: Waking::No,
            free_since: clock.now(),
            held_since: None,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
            limit,
            clock,
        }
    }

    /// Adds a job at the end.
    pub(super) fn push(&self, job: Job) -> Result<(), SubmitError> {
        let mut state = self.lock();
        if let Some(reason) = state.closed {
            return Err(refusal(reason));
        }
        if state.waiting.len() >= self.limit {
            return Err(SubmitError::Busy);
        }
        let since = self.clock.now();
        state.waiting.push_back(Waiting { job, since });
        self.changed.notify_all();
        Ok(())
    }

    /// No more jobs; those that wait are answered with `reason` by the keeper.
    pub(super) fn close(&self, reason: AccessError) {
        self.lock().closed.get_or_insert(reason);
        self.changed.notify_all();
    }

    /// The line will not touch the card any more.
    pub(super) fn line_ended(&self) {
        self.lock().line_ended = true;
        self.changed.notify_all();
    }

    /// Whether the line has let go of the card for good.
    pub(super) fn has_line_ended(&self) -> bool {
        self.lock().line_ended
    }

    /// Waits until the line has ended, no longer than `bound`. `false` if it has not.
    pub(super) fn wait_for_line(&self, bound: Duration) -> bool {
        let state = self.lock();
        let waited = self
            .changed
            .wait_timeout_while(state, bound, |state| !state.line_ended);
        waited
            .map_or_else(|e| e.into_inner().0, |woken| woken.0)
            .line_ended
    }

    /// Waits for something to do; `None` when the queue is closed.
    pub(super) fn wait_for_duty(&self) -> Option<Duty> {
        let mut state = self.lock();
        loop {
            if state.closed.is_some() {
                return None;
            }
            if let Some(duty) = state.duty() {
                return Some(duty);
            }
            // Nobody looks any more, so nobody can say since when.
            state.held_since = None;
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// What is to be done now.
    pub(super) fn duty(&self) -> Option<Duty> {
        let state = self.lock();
        state.duty().filter(|_| state.closed.is_none())
    }

    /// Has the line wake a silent card, before any job.
    pub(super) fn wake_card(&self) {
        self.lock().waking = Waking::Wanted;
        self.changed.notify_all();
    }

    /// The line begins to wake a silent card.
    pub(super) fn waking(&self) {
        self.lock().waking = Waking::UnderWay;
    }

    /// The line has done what it can. Another card may have fallen silent meanwhile.
    pub(super) fn woken(&self) {
        let mut state = self.lock();
        if state.waking == Waking::UnderWay {
            state.waking = Waking::Over;
        }
    }

    /// Whether the line is done with a silent card.
    pub(super) fn is_woken(&self) -> bool {
        self.lock().waking == Waking::Over
    }

    /// The line begins to try for the card.
    pub(super) fn opening(&self) {
        let now = self.clock.now();
        self.lock().held_since.get_or_insert(now);
    }

    /// The line has the card, or knows why it cannot have it.
    pub(super) fn settled(&self) {
        self.lock().held_since = None;
    }

    /// Takes the first job to run it; no deadline runs until [`Queue::done`].
    pub(super) fn take(&self) -> Option<Job> {
        let mut state = self.lock();
        let taken = state.waiting.pop_front()?;
        state.running = true;
        Some(taken.job)
    }

    /// Takes the first job if it is meant for that stay, to refuse it.
    pub(super) fn take_for(&self, insertion: Insertion) -> Option<Job> {
        let mut state = self.lock();
        let meant = state.waiting.front()?.job.insertion == insertion;
        meant
            .then(|| state.waiting.pop_front())?
            .map(|taken| taken.job)
    }

    /// The job taken last has ended.
    pub(super) fn done(&self) {
        let mut state = self.lock();
        state.running = false;
        state.free_since = self.clock.now();
        self.changed.notify_all();
    }

    /// Waits for a job that must be refused, and says why; `None` when the queue is closed and
    /// nobody waits any more.
    pub(super) fn wait_for_refusal(&self, deadline: Duration) -> Option<(Job, AccessError)> {
        let mut state = self.lock();
        loop {
            let now = self.clock.now();
            let refused = state.refusal(now, deadline);
            if refused.is_some() || state.closed.is_some() {
                return refused;
            }
            state = match state.time_left(now, deadline) {
                Some(left) => self
                    .changed
                    .wait_timeout(state, left)
                    .map_or_else(|e| e.into_inner().0, |woken| woken.0),
                None => self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// The job that must be refused now, and why.
    pub(super) fn refusal(&self, deadline: Duration) -> Option<(Job, AccessError)> {
        let now = self.clock.now();
        self.lock().refusal(now, deadline)
    }

    /// A thread that panicked between two of the steps above leaves a queue that still holds.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn duty(&self) -> Option<Duty> {
        if self.waking == Waking::Wanted {
            return Some(Duty::Wake);
        }
        self.waiting
            .front()
            .map(|head| Duty::Serve(head.job.insertion))
    }

    /// Takes out a job that must be refused: all of them once the queue is closed, else the first
    /// when its deadline has passed.
    fn refusal(&mut self, now: Instant, deadline: Duration) -> Option<(Job, AccessError)> {
        let reason = match self.closed {
            Some(reason) => reason,
            None if self.time_left(now, deadline) == Some(Duration::ZERO) => AccessError::Held {
                held: self.held_since.map_or(deadline, |since| now - since),
            },
            None => return None,
        };
        self.waiting.pop_front().map(|late| (late.job, reason))
    }

    /// Until the first job must be answered; `None` while there is no clock running.
    fn time_left(&self, now: Instant, deadline: Duration) -> Option<Duration> {
        let head = self.waiting.front().filter(|_| !self.running)?;
        let waited = now.saturating_duration_since(head.since.max(self.free_since));
        Some(deadline.saturating_sub(waited))
    }
}

/// The same reason, told to a caller instead of a job.
fn refusal(reason: AccessError) -> SubmitError {
    match reason {
        AccessError::CardChanged => SubmitError::CardChanged,
        AccessError::CardRemoved => SubmitError::NoCard,
        AccessError::Held { .. } => SubmitError::Busy,
        AccessError::Unreadable => SubmitError::Unreadable,
        AccessError::ReaderGone => SubmitError::Unknown,
        AccessError::ServiceDown => SubmitError::ServiceDown,
        AccessError::ShuttingDown => SubmitError::ShuttingDown,
    }
}
