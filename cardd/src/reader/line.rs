//! The thread that runs the jobs of one reader.

use std::{
    ffi::CString,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use super::{
    AccessError, CardDisposition, Insertion, ReaderName, SlotEvent,
    channel::PcscChannel,
    fault::Fault,
    gate::Gate,
    keeper::refuse,
    queue::{Duty, Job, Queue},
    roster::Roster,
    service::{CardService, Client, Exchange},
    watch::Look,
};

/// One reader's line.
pub(super) struct Line {
    reader: ReaderName,
    pcsc_name: CString,
    queue: Arc<Queue>,
    roster: Arc<Roster>,
    service: Arc<dyn CardService>,
    client: Option<Box<dyn Client>>,
    /// Has the monitor look at once.
    look: Arc<dyn Fn() + Send + Sync>,
    /// The stay whose card was found silent and woken last.
    woken: Option<Insertion>,
}

impl Line {
    /// Times that a card without an answer to reset gets its power anew before it is called mute: a
    /// card that is still being pushed in, or a service that wrote down an old failure.
    const AWAKENINGS: usize = 3;
    /// Between two of them, unless the card leaves before.
    const DROWSY: Duration = Duration::from_millis(100);
    /// Between two tries for a card that another program holds: pcsc-lite reports that a card
    /// left, but not that a program let it go.
    const HELD_RECHECK: Duration = Duration::from_millis(50);

    /// A line for the reader of that name.
    pub(super) fn new(
        reader: ReaderName,
        queue: Arc<Queue>,
        roster: Arc<Roster>,
        service: Arc<dyn CardService>,
        look: Arc<dyn Fn() + Send + Sync>,
    ) -> io::Result<Self> {
        let pcsc_name = CString::new(reader.as_str())?;
        Ok(Self {
            reader,
            pcsc_name,
            queue,
            roster,
            service,
            client: None,
            look,
            woken: None,
        })
    }

    /// Serves until the queue is closed.
    pub(super) fn run(mut self) {
        while let Some(duty) = self.queue.wait_for_duty() {
            self.turn(duty);
        }
    }

    /// One attempt to come to the card of the first job, or all that can be done for a silent card.
    pub(super) fn turn(&mut self, duty: Duty) {
        match duty {
            Duty::Wake => {
                self.queue.waking();
                self.wake();
                self.queue.woken();
                (self.look)();
            }
            Duty::Serve(insertion) => {
                if let Err(reason) = self.serve(insertion) {
                    self.refuse(insertion, reason);
                }
            }
        }
    }

    /// Gives a silent card its power anew, a few times.
    fn wake(&self) {
        let Ok(client) = self.service.establish() else {
            return;
        };
        let gate = Gate {
            client: &*client,
            reader: &self.pcsc_name,
        };
        for attempt in 1..=Self::AWAKENINGS {
            let answer = client.power_cycle(&self.pcsc_name);
            tracing::info!(reader = %self.reader, attempt, ?answer, "a silent card got its power anew");
            let silent = answer.is_err_and(|error| Fault::of(error) == Fault::Mute);
            if !silent || gate.wait_for_change(Self::DROWSY).is_err() {
                return;
            }
        }
    }

    /// One attempt to come to the card. `Ok` says nothing about jobs: one may have been run, or
    /// the card may still be held and the next attempt is due.
    fn serve(&mut self, insertion: Insertion) -> Result<(), AccessError> {
        self.roster.expect(&self.reader, insertion)?;
        let client = match self.client.take() {
            Some(client) => client,
            None => self
                .service
                .establish()
                .map_err(|_| AccessError::ServiceDown)?,
        };
        let gate = Gate {
            client: &*client,
            reader: &self.pcsc_name,
        };
        self.queue.opening();
        match self.attempt(&gate) {
            // The client goes with the job that presented a PIN: pcscd keeps the last command of
            // a client until a longer one comes, or the client leaves.
            Ok(CardDisposition::Reset) => Ok(()),
            Ok(CardDisposition::Leave) => {
                self.client = Some(client);
                Ok(())
            }
            Err(Fault::Mute) if self.woken != Some(insertion) => {
                self.woken = Some(insertion);
                self.wake();
                self.client = Some(client);
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
                    self.client = Some(client);
                    Ok(())
                }
            },
        }
    }

    fn attempt(&self, gate: &Gate<'_>) -> Result<CardDisposition, Fault> {
        let shared = gate.look()?.in_use;
        let mut inside = |card: &mut dyn Exchange| {
            self.queue.settled();
            // The job that this transaction was opened for may have given up waiting.
            let Some(job) = self.queue.take() else {
                return CardDisposition::Leave;
            };
            let disposition = self.give_card(gate, card, job, shared);
            self.queue.done();
            disposition
        };
        gate.client
            .transaction(gate.reader, &mut inside)
            .map_err(Fault::of)
    }

    fn give_card(
        &self,
        gate: &Gate<'_>,
        card: &mut dyn Exchange,
        job: Job,
        shared: bool,
    ) -> CardDisposition {
        let insertion = job.insertion;
        let stay = match self.prepare(gate, card, insertion, shared) {
            Ok(stay) => stay,
            Err(reason) => {
                refuse(job, reason);
                return CardDisposition::Leave;
            }
        };
        let disposition = match PcscChannel::open(card, gate, stay) {
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
        card: &mut dyn Exchange,
        insertion: Insertion,
        shared: bool,
    ) -> Result<Look, AccessError> {
        let refused = |fault: Fault| fault.access_error().unwrap_or(AccessError::Unreadable);
        if self.roster.untouched(&self.reader, insertion)? || shared {
            card.reset().map_err(Fault::of).map_err(refused)?;
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
fn run(job: Job, channel: &mut PcscChannel<'_>) -> CardDisposition {
    let insertion = job.insertion;
    catch_unwind(AssertUnwindSafe(|| job.work.run(Ok(channel)))).unwrap_or_else(|_| {
        tracing::error!(%insertion, "a job panicked; its card is reset");
        CardDisposition::Reset
    })
}
