//! A reader that comes back under its name waits for the line it had before.
//!
//! pcsc-lite keeps a reader whose driver says that there is no device, and takes the one that comes
//! back for it: with the transaction that the line before has not ended yet, and with the reset
//! that will end it, which would hit the card of somebody else.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{ReaderName, queue::Queue};

/// The lines that may still have a card.
#[derive(Default)]
pub(super) struct Handover(Mutex<Vec<(ReaderName, Arc<Queue>)>>);

/// A line's time at its reader. Its end is the end of the line.
pub(super) struct Turn {
    queue: Arc<Queue>,
    before: Vec<Arc<Queue>>,
}

impl Handover {
    /// The turn of a line at that reader, with the queue that it will serve.
    pub(super) fn next(&self, reader: &ReaderName, queue: &Arc<Queue>) -> Turn {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.retain(|(_, queue)| !queue.has_line_ended());
        let before = lines.iter().filter(|(name, _)| name == reader);
        let before = before.map(|(_, queue)| Arc::clone(queue)).collect();
        lines.push((reader.clone(), Arc::clone(queue)));
        Turn {
            queue: Arc::clone(queue),
            before,
        }
    }
}

impl Turn {
    /// Waits for the lines before this one, all together no longer than `bound`: a line that is
    /// stuck in PC/SC must not take the reader with it. `false` if one has not ended.
    pub(super) fn wait(&self, bound: Duration) -> bool {
        let start = Instant::now();
        let left = || bound.saturating_sub(start.elapsed());
        self.before
            .iter()
            .all(|before| before.wait_for_line(left()))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.queue.line_ended();
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread};

    use super::*;
    use crate::reader::pcsc_lite::PcscLite;

    const SOON: Duration = Duration::from_secs(60);

    fn queue() -> Arc<Queue> {
        Arc::new(Queue::new(1, Arc::new(PcscLite)))
    }

    #[test]
    fn a_line_waits_for_the_one_before_it_at_its_reader_only() {
        let handover = Handover::default();
        let [this, other] = ["this", "other"].map(ReaderName::from);
        let first = handover.next(&this, &queue());
        assert!(first.wait(SOON), "nobody is before it");
        assert!(handover.next(&other, &queue()).wait(SOON));
        let second = handover.next(&this, &queue());
        assert!(!second.wait(Duration::ZERO), "the first one is there");
        let (ended, told) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| ended.send(second.wait(SOON)).unwrap());
            told.try_recv().unwrap_err();
            drop(first);
            assert!(told.recv_timeout(SOON).unwrap());
        });
        drop(second);
        assert!(handover.next(&this, &queue()).wait(Duration::ZERO));
    }

    #[test]
    fn a_line_whose_thread_panics_or_never_starts_has_ended() {
        let handover = Handover::default();
        let reader = ReaderName::from("this");
        drop(handover.next(&reader, &queue()));
        let turn = handover.next(&reader, &queue());
        assert!(turn.wait(Duration::ZERO));
        let ended = thread::spawn(move || {
            let _turn = turn;
            std::panic::resume_unwind(Box::new("a line"));
        });
        ended.join().unwrap_err();
        assert!(handover.next(&reader, &queue()).wait(Duration::ZERO));
    }
}
