//! Time that passes when it is told to.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use crate::terminal::{Clock, Sleep};

#[derive(Default)]
struct Passed {
    time: Duration,
    next: u64,
    /// Who waits, and until when.
    sleepers: BTreeMap<u64, (Duration, Waker)>,
}

/// Clones are the same time.
#[derive(Clone)]
pub(super) struct Time {
    began: Instant,
    passed: Arc<(Mutex<Passed>, Condvar)>,
}

impl Time {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            passed: Arc::default(),
        }
    }

    /// Lets so much pass, and wakes whoever waits.
    pub(super) fn pass(&self, time: Duration) {
        let mut passed = self.lock();
        passed.time += time;
        for (_, waker) in passed.sleepers.values() {
            waker.wake_by_ref();
        }
    }

    /// Returns once somebody waits, from now, for exactly so long.
    pub(super) fn until_somebody_waits(&self, time: Duration) {
        let passed = self.lock();
        let nobody = |passed: &mut Passed| {
            let end = passed.time + time;
            !passed.sleepers.values().any(|(until, _)| *until == end)
        };
        let (_passed, waited) = self
            .passed
            .1
            .wait_timeout_while(passed, Duration::from_secs(30), nobody)
            .unwrap();
        assert!(!waited.timed_out(), "nobody waits for {time:?}");
    }

    fn lock(&self) -> MutexGuard<'_, Passed> {
        self.passed.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for Time {
    fn unix_ms(&self) -> u64 {
        1_700_000_000_000 + u64::try_from(self.lock().time.as_millis()).unwrap()
    }

    fn now(&self) -> Instant {
        self.began + self.lock().time
    }

    fn sleep(&self, time: Duration) -> Sleep {
        let mut passed = self.lock();
        passed.next += 1;
        Box::pin(Sleeper {
            name: passed.next,
            end: passed.time + time,
            time: self.clone(),
        })
    }
}

struct Sleeper {
    name: u64,
    end: Duration,
    time: Time,
}

impl Future for Sleeper {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut passed = self.time.lock();
        if passed.time >= self.end {
            return Poll::Ready(());
        }
        let waits = (self.end, context.waker().clone());
        passed.sleepers.insert(self.name, waits);
        self.time.passed.1.notify_all();
        Poll::Pending
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.time.lock().sleepers.remove(&self.name);
    }
}
