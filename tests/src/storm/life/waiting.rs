//! Desks that wait for an answer, polled by hand.

use std::{
    pin::{Pin as Pinned, pin},
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use super::lock;

/// An answer that a desk waits for. The desk may leave.
pub struct Waiting<T>(Mutex<State<T>>);

enum State<T> {
    Asked(Pinned<Box<dyn Future<Output = T> + Send>>),
    Answered(Option<T>),
    Left,
}

/// What somebody in the middle of a command can do with a desk that waits.
pub trait Desklike: Send + Sync {
    /// Looks whether there is an answer.
    fn look(&self);
    /// Leaves.
    fn leave(&self);
}

impl<T: Send> Waiting<T> {
    /// A desk that has just asked.
    pub fn new(future: impl Future<Output = T> + Send + 'static) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State::Asked(Box::pin(future)))))
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(*lock(&self.0), State::Asked(_))
    }

    /// The answer; `None` if the desk left, or there is none.
    pub fn answer(&self) -> Option<T> {
        match &mut *lock(&self.0) {
            State::Answered(answer) => answer.take(),
            State::Asked(_) | State::Left => None,
        }
    }
}

impl<T: Send> Desklike for Waiting<T> {
    fn look(&self) {
        let mut state = lock(&self.0);
        if let State::Asked(future) = &mut *state
            && let Poll::Ready(answer) = future
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
        {
            *state = State::Answered(Some(answer));
        }
    }

    fn leave(&self) {
        let mut state = lock(&self.0);
        if matches!(*state, State::Asked(_)) {
            *state = State::Left;
        }
    }
}

/// Runs what needs nobody else: it is there at once, or never.
pub fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
