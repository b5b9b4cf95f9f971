//! One operation on one card: queued, run on the reader's thread, awaited by a desk.

use std::{sync::Arc, time::Duration};

use tokio::sync::oneshot;

use crate::{
    card::CardChannel,
    reader::{AccessError, CardDisposition, CardWork, Insertion},
    terminal::{
        Clock, Terminal, TerminalError,
        clock::within,
        ticket::{GiveUpOnDrop, Ticket},
    },
};

/// What a job leaves behind: its answer, and what becomes of the card.
pub(super) struct Done<T> {
    pub(super) result: Result<T, TerminalError>,
    pub(super) card: CardDisposition,
}

impl<T> Done<T> {
    /// Nothing on the card is worth hiding: no PIN was presented.
    pub(super) fn leave(result: Result<T, TerminalError>) -> Self {
        Self {
            result,
            card: CardDisposition::Leave,
        }
    }

    /// A PIN may have been presented: the next program must not find its rights.
    pub(super) fn reset(result: Result<T, TerminalError>) -> Self {
        Self {
            result,
            card: CardDisposition::Reset,
        }
    }
}

struct Job<T, F> {
    work: F,
    ticket: Ticket,
    reply: oneshot::Sender<Result<T, TerminalError>>,
}

impl<T, F> CardWork for Job<T, F>
where
    T: Send,
    F: FnOnce(&mut dyn CardChannel, &Ticket) -> Done<T> + Send,
{
    fn run(self: Box<Self>, card: Result<&mut dyn CardChannel, AccessError>) -> CardDisposition {
        let done = match card {
            Err(error) => Done::leave(Err(error.into())),
            Ok(_) if self.ticket.is_given_up() => Done::leave(Err(TerminalError::Busy)),
            Ok(channel) => (self.work)(channel, &self.ticket),
        };
        // The desk may have left; the record of what was done is in the ledger already.
        drop(self.reply.send(done.result));
        done.card
    }
}

impl Terminal {
    /// Runs `work` on the card of `insertion` and waits for its answer, within the bound.
    pub(super) async fn on_card<T, F>(
        self: &Arc<Self>,
        reader: &str,
        insertion: Insertion,
        work: F,
    ) -> Result<T, TerminalError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn CardChannel, &Ticket) -> Done<T> + Send + 'static,
    {
        self.on_card_within(reader, insertion, self.settings.card_work, work)
            .await
    }

    /// As [`Terminal::on_card`], with a bound of its own.
    pub(super) async fn on_card_within<T, F>(
        self: &Arc<Self>,
        reader: &str,
        insertion: Insertion,
        bound: Duration,
        work: F,
    ) -> Result<T, TerminalError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn CardChannel, &Ticket) -> Done<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let ticket = Ticket::default();
        let _leaving = GiveUpOnDrop(ticket.clone());
        let job = Job {
            work,
            ticket: ticket.clone(),
            reply,
        };
        self.readers
            .submit(reader, Some(insertion), Box::new(job))?;
        wait(&*self.clock, answer, &ticket, bound).await
    }
}

async fn wait<T>(
    clock: &dyn Clock,
    answer: oneshot::Receiver<Result<T, TerminalError>>,
    ticket: &Ticket,
    bound: Duration,
) -> Result<T, TerminalError> {
    match within(clock, bound, answer).await {
        Some(Ok(result)) => result,
        Some(Err(_closed)) => Err(TerminalError::JobLost),
        None if ticket.give_up() => Err(TerminalError::Busy),
        None => Err(TerminalError::NoAnswerYet),
    }
}
