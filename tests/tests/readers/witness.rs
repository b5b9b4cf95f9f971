//! The terminal's side of a test: readers, their events in order, and jobs that answer.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use cardd::apdu::{Command, Response};
use cardd::card::{CardChannel, ChannelError};
use cardd::reader::{
    AccessError, CardDisposition, CardWork, Insertion, ReaderEvent, ReaderName, ReaderSettings,
    Readers, Slot, SubmitError,
};

use crate::stage::client::SOON;

/// Short, so that a held card is told of soon.
pub(crate) const HELD_DEADLINE: Duration = Duration::from_millis(400);
/// Jobs that may wait.
pub(crate) const QUEUE_JOBS: usize = 2;
/// Number of the first stay.
pub(crate) const FIRST: Insertion = Insertion::new(41);

pub(crate) struct Witness {
    pub(crate) readers: Readers,
    events: Receiver<ReaderEvent>,
}

type Body = Box<dyn FnOnce(Result<&mut dyn CardChannel, AccessError>) -> CardDisposition + Send>;

struct Work(Body);

impl CardWork for Work {
    fn run(self: Box<Self>, card: Result<&mut dyn CardChannel, AccessError>) -> CardDisposition {
        (self.0)(card)
    }
}

pub(crate) fn work(
    body: impl FnOnce(Result<&mut dyn CardChannel, AccessError>) -> CardDisposition + Send + 'static,
) -> Box<dyn CardWork> {
    Box::new(Work(Box::new(body)))
}

/// What a job got: no card, or the answer to its one command.
pub(crate) type Got = Result<Result<Response, ChannelError>, AccessError>;

impl Witness {
    pub(crate) fn start() -> Self {
        let (seen, events) = channel();
        let settings = ReaderSettings {
            card_held_deadline: HELD_DEADLINE,
            queue_jobs: QUEUE_JOBS,
            ..ReaderSettings::default()
        };
        // A test that is over listens no more.
        let readers = Readers::start(settings, FIRST, move |event| drop(seen.send(event))).unwrap();
        Self { readers, events }
    }

    pub(crate) fn next(&self) -> ReaderEvent {
        self.events.recv_timeout(SOON).unwrap()
    }

    /// The next event of the service or of that reader.
    pub(crate) fn next_of(&self, reader: &ReaderName) -> ReaderEvent {
        loop {
            let event = self.next();
            match &event {
                ReaderEvent::ServiceUp | ReaderEvent::ServiceDown => return event,
                ReaderEvent::ReaderArrived { reader: at }
                | ReaderEvent::ReaderGone { reader: at }
                | ReaderEvent::CardInserted { reader: at, .. }
                | ReaderEvent::CardUnreadable { reader: at, .. }
                | ReaderEvent::CardRemoved { reader: at, .. } => {
                    if at == reader {
                        return event;
                    }
                }
            }
        }
    }

    /// Waits until a card is inserted, past all other events.
    pub(crate) fn inserted(&self) -> (String, Insertion) {
        loop {
            if let ReaderEvent::CardInserted { reader, insertion } = self.next() {
                return (reader.as_str().to_owned(), insertion);
            }
        }
    }

    pub(crate) fn slot(&self, reader: &str) -> Slot {
        let name = ReaderName::from(reader);
        let listed = self.readers.list();
        listed
            .iter()
            .find(|listed| listed.reader == name)
            .unwrap()
            .slot
    }

    /// Submits a job that sends one command and leaves the card with `disposition`.
    pub(crate) fn submit(
        &self,
        reader: &str,
        insertion: Insertion,
        command: Command,
        disposition: CardDisposition,
    ) -> Result<Receiver<Got>, SubmitError> {
        let (answer, got) = channel();
        let work = work(move |card| {
            answer
                .send(card.map(|card| card.transmit(&command)))
                .unwrap();
            disposition
        });
        self.readers.submit(reader, Some(insertion), work)?;
        Ok(got)
    }

    /// A job that sends one command, and what it got.
    pub(crate) fn ask(&self, reader: &str, insertion: Insertion, command: Command) -> Got {
        let got = self.submit(reader, insertion, command, CardDisposition::Leave);
        got.unwrap().recv_timeout(SOON).unwrap()
    }

    /// Asserts that the card answers.
    pub(crate) fn assert_served(&self, reader: &str, insertion: Insertion) {
        let response = self.ask(reader, insertion, echo()).unwrap().unwrap();
        assert_eq!(response.data(), [1, 2, 3]);
    }

    pub(crate) fn stop(&self) {
        assert_eq!(self.readers.shutdown(SOON).abandoned, Vec::<String>::new());
    }
}

/// Its data come back.
pub(crate) fn echo() -> Command {
    Command::new(0x80, 0xEE, 0, 0).with_data(vec![1, 2, 3])
}

/// A wrong PIN.
pub(crate) fn verify() -> Command {
    Command::new(0x00, 0x20, 0, 0).with_data(vec![0x99, 0x99, 0x99])
}
