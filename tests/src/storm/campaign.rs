//! Many storms: a range of seeds on all cores, told as they go, and their sum.

use std::{
    ops::RangeInclusive,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use serde::Serialize;

use super::{
    LENGTH,
    dialogue::dialogue,
    run::{StormError, run},
    sabotage::Wrapper,
    shrink::shrink,
    step::Step,
    world::Violation,
};

/// A seed that broke a promise.
#[derive(Debug, Clone, Serialize)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// The promise.
    pub promise: &'static str,
    /// What was seen.
    pub what: String,
    /// The step that broke it, from 0.
    pub step: usize,
    /// The dialogue up to there.
    #[serde(skip)]
    pub steps: Vec<Step>,
}

/// The sum of a campaign.
#[derive(Debug, Default, Serialize)]
pub struct Summary {
    /// Storms that were held.
    pub storms: u64,
    /// Steps that were taken.
    pub steps: u64,
    /// PINs that were typed.
    pub pin_operations: u64,
    /// Seeds that broke a promise.
    pub failures: Vec<Failure>,
}

/// How many storms are held, and of what.
#[derive(Debug, Clone, Copy)]
pub struct Campaign {
    /// What is broken around cardd.
    pub wrapper: Wrapper,
    /// It ends early after so many broken seeds.
    pub most_failures: usize,
    /// Storms at once. With one, the first broken seed is the lowest.
    pub workers: usize,
}

impl Campaign {
    /// Holds the storm of each seed. `progress` is told the number of storms that were held.
    ///
    /// # Errors
    /// [`StormError`].
    pub fn hold(
        self,
        seeds: RangeInclusive<u64>,
        progress: impl Fn(u64) + Sync,
    ) -> Result<Summary, StormError> {
        let Self {
            wrapper,
            most_failures,
            workers,
        } = self;
        let (next, enough) = (AtomicU64::new(*seeds.start()), AtomicBool::new(false));
        let sum = Mutex::new(Summary::default());
        let worker = || -> Result<(), StormError> {
            while !enough.load(Ordering::Relaxed) {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if !seeds.contains(&seed) {
                    return Ok(());
                }
                let steps = dialogue(seed, LENGTH);
                let outcome = run(seed, &steps, wrapper)?;
                let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
                sum.storms += 1;
                sum.steps += outcome.steps as u64;
                sum.pin_operations += outcome.pin_operations;
                if let Some((step, Violation { promise, what })) = outcome.broken {
                    let steps = steps.into_iter().take(step + 1).collect();
                    sum.failures.push(Failure {
                        seed,
                        promise,
                        what,
                        step,
                        steps,
                    });
                    enough.store(sum.failures.len() >= most_failures, Ordering::Relaxed);
                }
                progress(sum.storms);
            }
            Ok(())
        };
        thread::scope(|scope| {
            let workers: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
            workers
                .into_iter()
                .try_for_each(|worker| match worker.join() {
                    Ok(done) => done,
                    Err(panic) => std::panic::resume_unwind(panic),
                })
        })?;
        let mut sum = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
        sum.failures.sort_by_key(|failure| failure.seed);
        Ok(sum)
    }
}

/// The shortest dialogue found that still breaks the same promise.
#[must_use]
pub fn shortest(failure: &Failure, wrapper: Wrapper) -> Vec<Step> {
    shrink(&failure.steps, |steps| {
        run(failure.seed, steps, wrapper).is_ok_and(|outcome| {
            let promise = outcome.broken.map(|(_, violation)| violation.promise);
            promise == Some(failure.promise)
        })
    })
}
