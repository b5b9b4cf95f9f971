//! The clock of a world, as cardd reads it.

use std::{
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

use cardd::terminal::{Clock, Sleep};

use super::World;

pub(super) struct WorldClock(pub(super) Arc<World>);

impl Clock for WorldClock {
    fn unix_ms(&self) -> u64 {
        self.0.unix_ms()
    }

    fn now(&self) -> Instant {
        self.0.instant()
    }

    fn sleep(&self, time: Duration) -> Sleep {
        let (world, end) = (Arc::clone(&self.0), self.0.elapsed() + time);
        Box::pin(std::future::poll_fn(move |_| {
            if world.elapsed() >= end {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }))
    }
}
