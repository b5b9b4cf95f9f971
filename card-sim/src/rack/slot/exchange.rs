//! One command through a slot, with the faults that were ordered for it.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ifdcardsim::frame::Failure;
use zeroize::Zeroizing;

use super::{HOLD_LIMIT, Held, Inner, Slot, take_power};
use crate::rack::contacts::{Contacts, Event};
use crate::rack::plan::{Answered, HoldPhase, PullPhase, Steps};
use crate::rack::shelf::ShelfCard;
use crate::rack::wire::Exchange;

/// What came of a command.
#[derive(Debug)]
pub struct Answer {
    /// The response APDU, or why there is none.
    pub response: Result<Zeroizing<Vec<u8>>, Failure>,
    /// The card is to be pulled once the reader has the response: call [`Slot::answered`].
    pub pull_after: bool,
}

impl From<Failure> for Answer {
    fn from(failure: Failure) -> Self {
        Self {
            response: Err(failure),
            pull_after: false,
        }
    }
}

/// A command on its way to the card it was sent to.
struct Passage {
    card: Arc<ShelfCard>,
    cycle: u64,
    ins: u8,
    steps: Steps,
}

impl Slot {
    /// Carries one command to the card and its answer back.
    pub fn transmit(&self, command: &[u8]) -> Answer {
        let passage = match self.enter(command) {
            Ok(passage) => passage,
            Err(failure) => return failure.into(),
        };
        // The trace wants to know how long the card took; no decision hangs on this clock.
        let started = Instant::now();
        let answered = passage.card.execute(command, passage.steps.card);
        let duration = started.elapsed() + answered.late;
        let answer = self.leave(&passage, answered);
        self.trace(&passage, command, &answer, duration);
        answer
    }

    /// The reader has the answer; carries out a pull ordered for this moment.
    pub fn answered(&self, answer: &Answer) {
        if answer.pull_after {
            // A card that was pulled by hand in between is out already.
            let _out_already = self.pull();
        }
    }

    /// Up to the card.
    fn enter(&self, command: &[u8]) -> Result<Passage, Failure> {
        let mut inner = self.lock();
        let card = match &inner.contacts {
            Contacts::Empty => return Err(Failure::NoCard),
            Contacts::Unpowered(_) => return Err(Failure::NotPowered),
            Contacts::Powered(card) => Arc::clone(card),
        };
        let ins = command.get(1).copied();
        let steps = inner.plan.next(ins);
        let passage = Passage {
            card,
            cycle: inner.cycle,
            ins: ins.unwrap_or(0),
            steps,
        };
        if steps.hold == Some(HoldPhase::Command) {
            inner = self.hold(inner, &passage, (HoldPhase::Command, HOLD_LIMIT));
        }
        if steps.pull == Some(PullPhase::Before) && inner.cycle == passage.cycle {
            self.pull_now(inner);
            return Err(Failure::NoCard);
        }
        if inner.cycle == passage.cycle {
            Ok(passage)
        } else {
            Err(Failure::Interrupted)
        }
    }

    /// Back from the card.
    fn leave(&self, passage: &Passage, answered: Answered) -> Answer {
        let mut inner = self.lock();
        if !answered.late.is_zero() {
            inner = self.hold(inner, passage, (HoldPhase::Answer, answered.late));
        }
        if passage.steps.hold == Some(HoldPhase::Answer) {
            inner = self.hold(inner, passage, (HoldPhase::Answer, HOLD_LIMIT));
        }
        if inner.cycle != passage.cycle {
            return Failure::Interrupted.into();
        }
        if passage.steps.pull == Some(PullPhase::During) {
            self.pull_now(inner);
            return Failure::Interrupted.into();
        }
        let pull_after = passage.steps.pull == Some(PullPhase::After);
        Answer {
            response: answered.answer.ok_or(Failure::Mute),
            pull_after,
        }
    }

    /// Waits for the release, the end of the cycle, or so long.
    fn hold<'a>(
        &'a self,
        mut inner: MutexGuard<'a, Inner>,
        passage: &Passage,
        (phase, longest): (HoldPhase, Duration),
    ) -> MutexGuard<'a, Inner> {
        inner.held = Some(Held {
            ins: passage.ins,
            phase,
        });
        self.changed.notify_all();
        let on_hold = |inner: &mut Inner| {
            inner.held.is_some() && inner.cycle == passage.cycle && !inner.closed
        };
        let (mut inner, _) = self
            .changed
            .wait_timeout_while(inner, longest, on_hold)
            .unwrap_or_else(PoisonError::into_inner);
        inner.held = None;
        self.changed.notify_all();
        inner
    }

    fn pull_now(&self, mut inner: MutexGuard<'_, Inner>) {
        let effect = self.step(&mut inner, Event::Pull);
        drop(inner);
        take_power(effect);
    }

    fn trace(&self, passage: &Passage, command: &[u8], answer: &Answer, duration: Duration) {
        let response = answer
            .response
            .as_ref()
            .ok()
            .map(|response| response.as_slice());
        let place = (self.name(), passage.card.name());
        self.wire
            .add(Exchange::new(place, command, response, duration));
    }
}
