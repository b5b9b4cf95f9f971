//! Threads that are waited for within a bound: a call into PC/SC cannot always be interrupted.

use std::{
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// The threads of one [`super::Readers`].
#[derive(Clone, Default)]
pub(super) struct Crew(Arc<Shared>);

#[derive(Default)]
struct Shared {
    members: Mutex<Vec<JoinHandle<()>>>,
    /// Counts ends of threads, for the condition variable.
    ended: Mutex<u64>,
    end: Condvar,
}

/// Tells of the end of its thread, also when the thread panicked.
struct EndOfThread(Arc<Shared>);

impl Drop for EndOfThread {
    fn drop(&mut self) {
        *lock(&self.0.ended) += 1;
        self.0.end.notify_all();
    }
}

impl Crew {
    /// Most threads at once; threads that are stuck in PC/SC count.
    const MAX_THREADS: usize = 128;

    /// Starts a thread.
    pub(super) fn spawn(
        &self,
        name: String,
        body: impl FnOnce() + Send + 'static,
    ) -> io::Result<()> {
        let mut members = lock(&self.0.members);
        members.retain(|member| !member.is_finished());
        if members.len() >= Self::MAX_THREADS {
            return Err(io::Error::other("too many threads are stuck in PC/SC"));
        }
        let end = EndOfThread(Arc::clone(&self.0));
        let thread = thread::Builder::new().name(name).spawn(move || {
            let _end = end;
            body();
        })?;
        members.push(thread);
        Ok(())
    }

    /// Waits until all have ended or the bound has passed, prodding them at each end of one and
    /// every `pace` in between. Answers how many ended and the names of those that did not.
    pub(super) fn join(
        &self,
        bound: Duration,
        pace: Duration,
        prod: impl Fn(),
    ) -> (usize, Vec<String>) {
        let members = std::mem::take(&mut *lock(&self.0.members));
        let start = Instant::now();
        loop {
            prod();
            let ended = lock(&self.0.ended);
            let left = bound.saturating_sub(start.elapsed());
            if left.is_zero() || members.iter().all(JoinHandle::is_finished) {
                break;
            }
            drop(self.0.end.wait_timeout(ended, left.min(pace)));
        }
        let (ended, stuck): (Vec<_>, Vec<_>) =
            members.into_iter().partition(JoinHandle::is_finished);
        let stuck = stuck
            .iter()
            .map(|thread| thread.thread().name().unwrap_or_default().to_owned());
        let stuck = stuck.collect();
        let count = ended.len();
        for thread in ended {
            if thread.join().is_err() {
                tracing::error!("a reader thread had panicked");
            }
        }
        (count, stuck)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
