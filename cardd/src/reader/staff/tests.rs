//! A reader comes back under its name while the line that it had is still inside PC/SC.

use std::{
    ffi::{CStr, CString},
    sync::mpsc::{self, Receiver, Sender},
    time::Instant,
};

use pcsc::{Error, State};

use super::*;
use crate::{
    card::CardChannel,
    reader::{
        AccessError, CardDisposition, CardWork, Insertion,
        roster::Roster,
        service::{Cancel, CardService, Client, Exchange, Sight},
        watch::CardChange,
    },
};

const SOON: Duration = Duration::from_secs(60);
/// Enough for a line that waits for nothing to be there.
const A_WHILE: Duration = Duration::from_millis(200);

/// Tells of each transaction that begins, and ends it with an error when the test says so.
#[derive(Clone)]
struct Stuck {
    begun: Sender<()>,
    go: Arc<Mutex<Receiver<()>>>,
}

impl CardService for Stuck {
    fn establish(&self) -> Result<Box<dyn Client>, Error> {
        Ok(Box::new(self.clone()))
    }

    fn now(&self) -> Instant {
        Instant::now()
    }
}

impl Client for Stuck {
    fn list_readers(&self) -> Result<Vec<CString>, Error> {
        Ok(Vec::new())
    }

    fn status_change(&self, _longest: Duration, sights: &mut [Sight]) -> Result<(), Error> {
        for sight in sights {
            sight.seen = State::PRESENT;
        }
        Ok(())
    }

    fn cancel(&self) -> Cancel {
        Arc::new(|| {})
    }

    fn transaction(
        &self,
        _reader: &CStr,
        _inside: &mut dyn FnMut(&mut dyn Exchange) -> CardDisposition,
    ) -> Result<CardDisposition, Error> {
        self.begun.send(()).unwrap();
        let go = self.go.lock().unwrap_or_else(PoisonError::into_inner);
        go.recv_timeout(SOON).unwrap();
        Err(Error::ReaderUnavailable)
    }
}

struct Refused;

impl CardWork for Refused {
    fn run(self: Box<Self>, card: Result<&mut dyn CardChannel, AccessError>) -> CardDisposition {
        assert!(card.is_err(), "there is no card");
        CardDisposition::Leave
    }
}

/// A reader whose card a job waits for.
fn comes(staff: &Staff, roster: &Arc<Roster>, service: &Stuck, deadline: Duration) {
    let reader = ReaderName::from("reader");
    let service: Arc<dyn CardService> = Arc::new(service.clone());
    let queue = Arc::new(Queue::new(2, Arc::clone(&service)));
    let line = Line::new(
        reader.clone(),
        Arc::clone(&queue),
        Arc::clone(roster),
        service,
        Arc::new(|| {}),
    );
    roster.arrive(reader.clone(), Arc::clone(&queue));
    let came = CardChange::Came {
        mute: false,
        event_count: 0,
    };
    roster.card(&reader, came);
    staff
        .post(&reader, line.unwrap(), (&queue, deadline))
        .unwrap();
    roster.submit(&reader, None, Box::new(Refused)).unwrap();
}

/// Whether the second line comes to the card, within `patience`, while the first one still has it.
fn overlaps(deadline: Duration, patience: Duration) -> bool {
    let (begun, begins) = mpsc::channel();
    let (go, goes) = mpsc::channel();
    let service = Stuck {
        begun,
        go: Arc::new(Mutex::new(goes)),
    };
    let roster = Arc::new(Roster::new(Insertion::new(1)));
    roster.set_service(true);
    let staff = Staff::Threads(Crew::default(), Arc::default());
    comes(&staff, &roster, &service, deadline);
    begins.recv_timeout(SOON).unwrap();
    roster.leave(&ReaderName::from("reader"), AccessError::ReaderGone);
    comes(&staff, &roster, &service, deadline);
    let overlaps = begins.recv_timeout(patience).is_ok();
    go.send(()).unwrap();
    if !overlaps {
        begins.recv_timeout(SOON).unwrap();
    }
    roster.stop();
    go.send(()).unwrap();
    overlaps
}

#[test]
fn the_line_of_a_reader_that_comes_back_waits_for_the_one_before() {
    assert!(!overlaps(SOON, A_WHILE));
}

#[test]
fn a_line_that_never_lets_go_does_not_take_the_reader_with_it() {
    let deadline = Duration::from_secs(4);
    assert!(overlaps(deadline, SOON), "no job waited longer than it may");
}
