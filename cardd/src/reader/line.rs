//! The thread that runs the jobs of one reader.

use std::{
    ffi::CString,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use pcsc::{Context, Scope, Transaction};

use super::{
    AccessError, CardDisposition, Insertion, ReaderName, SlotEvent,
    fault::Fault,
    gate::Gate,
    keeper::refuse,
    queue::{Job, Queue},
    roster::Roster,
    transaction::{channel, reset, with_transaction},
    watch::Look,
};

/// One reader's line.
pub(super) struct Line {
    reader: ReaderName,
    pcsc_name: CString,
    queue: Arc<Queue>,
    roster: Arc<Roster>,
}

impl Line {
    /// Between two tries for a card that another program holds: pcsc-lite reports that a card
    /// left, but not that a program let it go.
    const HELD_RECHECK: Duration = Duration::from_millis(50);

    /// A line for the reader of that name.
    pub(super) fn new(
        reader: ReaderName,
        queue: Arc<Queue>,
        roster: Arc<Roster>,
    ) -> io::Result<Self> {
        let pcsc_name = CString::new(reader.as_str())?;
        Ok(Self {
            reader,
            pcsc_name,
            queue,
            roster,
        })
    }

    /// Serves until the queue is closed.
    pub(super) fn run(self) {
        let mut context = None;
        while let Some(insertion) = self.queue.wait_for_job() {
            match self.serve(&mut context, insertion) {
                Ok(()) => {}
                Err(reason) => self.refuse(insertion, reason),
            }
        }
    }

    /// One attempt to come to the card. `Ok` says nothing about jobs: one may have been run, or
    /// the card may still be held and the next attempt is due.
    fn serve(&self, kept: &mut Option<Context>, insertion: Insertion) -> Result<(), AccessError> {
        self.roster.expect(&self.reader, insertion)?;
        let context = match kept.take() {
            Some(context) => context,
            None => Context::establish(Scope::System).map_err(|_| AccessError::ServiceDown)?,
        };
        let gate = Gate {
            context: &context,
            reader: &self.pcsc_name,
        };
        self.queue.opening();
        match self.attempt(&gate) {
            // The context goes with the job that presented a PIN: pcscd keeps the last command of
            // a client until a longer one comes, or the client leaves.
            Ok(CardDisposition::Reset) => Ok(()),
            Ok(CardDisposition::Leave) => {
                *kept = Some(context);
                Ok(())
            }
            Err(fault) => match fault.access_error() {
                Some(reason) => {
                    self.queue.settled();
                    Err(reason)
                }
                None => {
                    // Should the service be gone, the next attempt says so.
                    let _served = gate.wait_for_change(Self::HELD_RECHECK);
                    *kept = Some(context);
                    Ok(())
                }
            },
        }
    }

    fn attempt(&self, gate: &Gate<'_>) -> Result<CardDisposition, Fault> {
        let shared = gate.look()?.in_use;
        with_transaction(gate, |transaction| {
            self.queue.settled();
            // The job that this transaction was opened for may have given up waiting.
            let Some(job) = self.queue.take() else {
                return CardDisposition::Leave;
            };
            let disposition = self.give_card(gate, transaction, job, shared);
            self.queue.done();
            disposition
        })
    }

    fn give_card(
        &self,
        gate: &Gate<'_>,
        transaction: &mut Transaction<'_>,
        job: Job,
        shared: bool,
    ) -> CardDisposition {
        let insertion = job.insertion;
        let stay = match self.prepare(gate, transaction, insertion, shared) {
            Ok(stay) => stay,
            Err(reason) => {
                refuse(job, reason);
                return CardDisposition::Leave;
            }
        };
        let disposition = match channel(transaction, gate, stay) {
            Ok(mut channel) => {
                let disposition = run(job, &mut channel);
                // A broken service took the context with it.
                match channel.broken() {
                    Some(_) => CardDisposition::Reset,
                    None => disposition,
                }
            }
            Err(fault) => {
                refuse(job, fault.access_error().unwrap_or(AccessError::Unreadable));
                CardDisposition::Leave
            }
        };
        self.roster
            .note(&self.reader, SlotEvent::JobEnded(insertion));
        disposition
    }

    /// The card of the stay that is meant, in a state that is of nobody else's making.
    fn prepare(
        &self,
        gate: &Gate<'_>,
        transaction: &mut Transaction<'_>,
        insertion: Insertion,
        shared: bool,
    ) -> Result<Look, AccessError> {
        let refused = |fault: Fault| fault.access_error().unwrap_or(AccessError::Unreadable);
        if self.roster.untouched(&self.reader, insertion)? || shared {
            reset(transaction).map_err(refused)?;
        }
        // After the reset, which would power up a card that was swapped in just before.
        let look = gate.look().map_err(refused)?;
        self.roster.admit(&self.reader, insertion, look)?;
        Ok(look)
    }

    fn refuse(&self, insertion: Insertion, reason: AccessError) {
        if let Some(job) = self.queue.take_for(insertion) {
            refuse(job, reason);
        }
    }
}

/// Runs a job. One that panics has left the card in a state that nobody knows.
fn run(job: Job, channel: &mut super::channel::PcscChannel<'_>) -> CardDisposition {
    let insertion = job.insertion;
    catch_unwind(AssertUnwindSafe(|| job.work.run(Ok(channel)))).unwrap_or_else(|_| {
        tracing::error!(%insertion, "a job panicked; its card is reset");
        CardDisposition::Reset
    })
}
