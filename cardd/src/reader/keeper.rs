//! The thread that answers jobs which the line cannot reach.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use super::{
    AccessError,
    queue::{Job, Queue},
};

/// Serves until the queue is closed and empty.
pub(super) fn run(queue: &Queue, card_held_deadline: Duration) {
    while let Some((job, reason)) = queue.wait_for_refusal(card_held_deadline) {
        refuse(job, reason);
    }
}

/// Tells a job why it gets no card. What it says of the card's future has no card to apply to.
pub(super) fn refuse(job: Job, reason: AccessError) {
    tracing::debug!(insertion = %job.insertion, %reason, "a job got no card");
    let refused = catch_unwind(AssertUnwindSafe(|| job.work.run(Err(reason))));
    if refused.is_err() {
        tracing::error!(insertion = %job.insertion, "a job panicked when it was refused");
    }
}
