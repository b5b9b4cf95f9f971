//! Who does a reader's work: two threads, or whoever takes the steps by hand.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{ReaderName, crew::Crew, handover::Handover, keeper, line::Line, queue::Queue};

/// Who does the work.
#[derive(Clone)]
pub(super) enum Staff {
    /// A thread for each line and each keeper.
    Threads(Crew, Arc<Handover>),
    /// Nobody, until a step is asked for.
    Bench(Arc<Bench>),
}

impl Staff {
    /// Gives a reader its line and its keeper.
    pub(super) fn post(
        &self,
        reader: &ReaderName,
        line: Line,
        (queue, deadline): (&Arc<Queue>, Duration),
    ) -> io::Result<()> {
        match self {
            Self::Threads(crew, handover) => {
                let turn = handover.next(reader, queue);
                // No job that comes meanwhile is given up for it.
                let longest = deadline / 2;
                crew.spawn(format!("line {reader}"), move || {
                    if !turn.wait(longest) {
                        tracing::warn!("a line of this reader has not let go of it yet");
                    }
                    line.run();
                })?;
                let kept = Arc::clone(queue);
                crew.spawn(format!("keeper {reader}"), move || {
                    keeper::run(&kept, deadline);
                })
            }
            Self::Bench(bench) => {
                let queue = Arc::clone(queue);
                let seat = Seat {
                    queue,
                    deadline,
                    line: Arc::new(Mutex::new(line)),
                };
                // A reader that comes back under its name: the seat before it is closed.
                if let Some(before) = bench.lock().insert(reader.clone(), seat) {
                    before.keep();
                }
                Ok(())
            }
        }
    }
}

/// Lines and keepers that wait to be told to take a step.
#[derive(Default)]
pub(super) struct Bench(Mutex<BTreeMap<ReaderName, Seat>>);

#[derive(Clone)]
pub(super) struct Seat {
    queue: Arc<Queue>,
    deadline: Duration,
    line: Arc<Mutex<Line>>,
}

impl Bench {
    /// The seats, in the order of the readers' names.
    pub(super) fn seats(&self) -> Vec<Seat> {
        self.lock().values().cloned().collect()
    }

    /// The seat of one reader.
    pub(super) fn seat(&self, reader: &ReaderName) -> Option<Seat> {
        self.lock().get(reader).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<ReaderName, Seat>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// One step of the line; `false` if there is nothing to do, or the line is at it.
    pub(super) fn serve(&self) -> bool {
        let Some(duty) = self.queue.duty() else {
            return false;
        };
        let Ok(mut line) = self.line.try_lock() else {
            return false;
        };
        line.turn(duty);
        true
    }

    /// Refuses every job whose time has come.
    pub(super) fn keep(&self) {
        while let Some((job, reason)) = self.queue.refusal(self.deadline) {
            keeper::refuse(job, reason);
        }
    }
}

#[cfg(test)]
mod tests;
