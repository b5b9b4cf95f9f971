//! The one thread that writes. Requests that come while it writes share the next flush.

use std::sync::{
    Arc, Mutex, PoisonError,
    mpsc::{Receiver, SyncSender},
};

use super::{
    Body, ClockWatch, LedgerError, LedgerState, Outcome,
    live_chain::LiveChain,
    opening::{self, Home, Terms},
    retention::Backlog,
    store::StoreError,
};

/// Records that share one flush.
const GROUP: usize = 64;

/// Where one answer goes. It has no buffer: sending fails if nobody waits any more.
type Answer = SyncSender<Result<u64, LedgerError>>;

/// The state that callers see.
pub(super) type Published = Arc<Mutex<LedgerState>>;

/// Gives an answer to whoever waits for it.
pub(super) type Reply = Box<dyn FnOnce() + Send>;

/// What the thread is asked.
pub(super) enum Request {
    /// Append a record, answer its sequence number.
    Write {
        /// What it says.
        body: Body,
        /// Who waits.
        answer: Answer,
    },
    /// Look at the chain.
    Read(Box<dyn FnOnce(&LiveChain) + Send>),
    /// Change what is no record; the answer goes out once the new state can be seen.
    Change(Box<dyn FnOnce(&mut LiveChain) -> Reply + Send>),
}

/// Owns the chain.
pub(super) struct Scribe {
    home: Home,
    terms: Terms,
    watch: ClockWatch,
    chain: LiveChain,
    state: Published,
}

impl Scribe {
    /// Opens the chain, or begins one.
    pub(super) fn open(home: Home, terms: Terms) -> Result<Self, LedgerError> {
        let watch = ClockWatch::new((terms.now)());
        let chain = opening::open(&home, &terms)?;
        let state = Arc::new(Mutex::new(state_of(&chain)));
        Ok(Self {
            home,
            terms,
            watch,
            chain,
            state,
        })
    }

    /// The state that callers see.
    pub(super) fn published(&self) -> Published {
        Arc::clone(&self.state)
    }

    /// Serves until the last caller is gone.
    pub(super) fn run(mut self, requests: &Receiver<Request>) {
        let mut held = None;
        while let Some(request) = held.take().or_else(|| requests.recv().ok()) {
            match request {
                Request::Read(look) => look(&self.chain),
                Request::Change(change) => {
                    let reply = change(&mut self.chain);
                    if self.chain.has_disk() {
                        self.publish(state_of(&self.chain));
                    }
                    reply();
                }
                Request::Write { body, answer } => {
                    let mut group = vec![(body, answer)];
                    held = gather(&mut group, requests);
                    self.write(group);
                }
            }
        }
    }

    /// Appends what is admitted, in one flush.
    fn write(&mut self, group: Vec<(Body, Answer)>) {
        if let Err(error) = self.ensure_disk() {
            return self.fail(
                group.into_iter().map(|(_, answer)| answer),
                &error.to_string(),
            );
        }
        let mut bodies = Vec::with_capacity(group.len());
        let mut answers = Vec::with_capacity(group.len());
        for (body, answer) in group {
            match self.chain.admit(&body) {
                Ok(()) => {
                    answers.push((matches!(body, Body::Intent(_)), answer));
                    bodies.push(body);
                }
                // A caller that gave up needs no answer.
                Err(refused) => drop(answer.send(Err(refused))),
            }
        }
        match self.append(bodies) {
            Ok(first) => self.answer(first, answers),
            Err(error) => self.fail(
                answers.into_iter().map(|(_, answer)| answer),
                &error.to_string(),
            ),
        }
    }

    /// One flush. A step of the clock goes before the first record that bears the new time: whoever
    /// reads the times later can take it out of them, whatever happens next.
    fn append(&mut self, bodies: Vec<Body>) -> Result<u64, StoreError> {
        let before = self.chain.backlog();
        let now = (self.terms.now)();
        let mut watch = self.watch;
        let step = if bodies.is_empty() {
            None
        } else {
            watch.step(now).map(|by_ms| Body::ClockStepped { by_ms })
        };
        let steps = u64::from(step.is_some());
        let all = step.into_iter().chain(bodies);
        let first = self.chain.append(all, now.unix_ms)? + steps;
        self.watch = watch;
        warn_of(before, self.chain.backlog());
        self.publish(state_of(&self.chain));
        Ok(first)
    }

    /// Hands out sequence numbers. An intent that nobody takes any more has sent nothing.
    fn answer(&mut self, first: u64, answers: Vec<(bool, Answer)>) {
        let mut abandoned = Vec::new();
        for ((is_intent, answer), sequence) in answers.into_iter().zip(first..) {
            if answer.send(Ok(sequence)).is_err() && is_intent {
                let why = "nobody waited for the intent".to_owned();
                let outcome = Outcome::NotSent { why };
                abandoned.push(Body::Outcome {
                    intent: sequence,
                    outcome,
                });
            }
        }
        if abandoned.is_empty() {
            return;
        }
        if let Err(error) = self.append(abandoned) {
            self.fail([], &error.to_string());
        }
    }

    /// After a failed write the store is opened anew, as if the daemon had started: what it holds
    /// is checked against what was acknowledged.
    fn ensure_disk(&mut self) -> Result<(), LedgerError> {
        if !self.chain.has_disk() {
            self.chain = opening::open(&self.home, &self.terms)?;
        }
        Ok(())
    }

    fn fail(&mut self, answers: impl IntoIterator<Item = Answer>, why: &str) {
        self.chain.release_disk();
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .failed((self.terms.now)().unix_ms, why);
        for answer in answers {
            // A caller that gave up needs no answer.
            let _ = answer.send(Err(LedgerError::Unavailable {
                why: why.to_owned(),
            }));
        }
    }

    fn publish(&self, state: LedgerState) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

/// Adds what waits already; returns a request that must come after the flush.
fn gather(group: &mut Vec<(Body, Answer)>, requests: &Receiver<Request>) -> Option<Request> {
    while group.len() < GROUP && group.last().is_some_and(|(body, _)| shares(body)) {
        match requests.try_recv().ok()? {
            Request::Write { body, answer } if shares(&body) => group.push((body, answer)),
            later @ (Request::Write { .. } | Request::Read(_) | Request::Change(_)) => {
                return Some(later);
            }
        }
    }
    None
}

/// Whether a record may share a flush: nothing else in the group bears on its being admitted.
fn shares(body: &Body) -> bool {
    match body {
        Body::Intent(_)
        | Body::Outcome { .. }
        | Body::Started { .. }
        | Body::Stopped
        | Body::Denied { .. }
        | Body::CaseOpened(_)
        | Body::CaseApproved { .. }
        | Body::GuessBudgetSpent { .. }
        | Body::Receipt(_)
        | Body::KiosksReopened { .. }
        | Body::ClockStepped { .. }
        | Body::RulesTaken { .. }
        | Body::RulesInForce { .. } => true,
        Body::ChainOpened { .. }
        | Body::ChainConfirmed { .. }
        | Body::Resolved { .. }
        | Body::Carried { .. }
        | Body::PinOriginKnown { .. }
        | Body::UnblockKeyLeft { .. }
        | Body::MacsBegin
        | Body::Enrolled { .. }
        | Body::Unknown => false,
    }
}

fn state_of(chain: &LiveChain) -> LedgerState {
    match chain.index().unconfirmed() {
        Some(old_head) => LedgerState::AwaitingConfirmation { old_head },
        None if chain.backlog().is_full() => LedgerState::Full,
        None => LedgerState::Ready,
    }
}

/// Says once that the limit is near, and once that it is reached.
fn warn_of(before: Backlog, now: Backlog) {
    let Backlog { records, limit } = now;
    if now.is_full() && !before.is_full() {
        tracing::warn!(
            records,
            limit,
            "PIN work is closed: the hall collects nothing"
        );
    } else if now.is_near_full() && !before.is_near_full() {
        tracing::warn!(
            records,
            limit,
            "the hall has not collected records for long"
        );
    }
}
