//! Runs of the model against the product: terminal, entries, tickets, queue, slot and ledger are
//! the real ones; only PC/SC is made up. After each answer and at the end both must agree.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "test code: stops at a surprise"
)]

mod daemon;
mod job;
mod records;
mod walk;

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};

use cardd_proto::{
    entry::{Binding, Typed, seal},
    secret::Secret,
    v1::{Purpose, SealedEntry},
};
use rand::{SeedableRng as _, rngs::StdRng};

use super::{
    model::{Action, Business, Digits, Protocol},
    state::{State, Told},
    world::{READER, World, digits},
};
use crate::{
    policy::{Desk, DeskKind},
    reader::Insertion,
    terminal::{Prompt, Success, TerminalError},
};
use daemon::Daemon;
use records::standings;

pub(super) use walk::walk;

type Answer = Result<Success, TerminalError>;
type Waiting = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// A desk of the product.
#[derive(Default)]
struct Seat {
    prompt: Option<(Prompt, Business, Insertion)>,
    typed: Option<(Business, SealedEntry)>,
    /// Shared with what happens while the card works: a desk may leave then.
    waiting: Arc<Mutex<Option<Waiting>>>,
    told: Option<Told>,
}

struct Replay {
    world: World,
    dir: tempfile::TempDir,
    daemon: Option<Daemon>,
    seats: [Seat; 2],
    runs: u64,
}

/// Replays one run. Answers how many answers of desks and how many records were compared.
pub(super) fn replay(run: &[(Action, State)]) -> usize {
    let (_, start) = &run[0];
    let mut real = Replay::new(World::new(start.card.pin, start.card.left));
    let mut compared = 0;
    let mut at = 1;
    while at < run.len() {
        let (action, after) = &run[at];
        let job = match action {
            // A job ends where the model's thread is at rest again, or with the run.
            Action::Start(desk) if after.working() => {
                let rest = &run[at + 1..];
                let end = rest.iter().position(|(_, state)| !state.working());
                let Some(end) = end else { return compared };
                Some((*desk, &rest[..=end]))
            }
            _ => None,
        };
        match job {
            Some((desk, steps)) => {
                real.job(desk, Some((after, steps)));
                at += steps.len();
            }
            None => real.act(*action),
        }
        let (_, now) = &run[at];
        compared += real.compare(action, now);
        at += 1;
    }
    compared + real.compare_records(&run[run.len() - 1].1)
}

impl Replay {
    fn new(world: World) -> Self {
        let mut real = Self {
            world,
            // In memory where there is such a place: durability has tests of its own.
            dir: tempfile::tempdir_in("/dev/shm")
                .or_else(|_| tempfile::tempdir())
                .unwrap(),
            daemon: None,
            seats: Default::default(),
            runs: 0,
        };
        real.restart();
        real.sight();
        real
    }

    fn daemon(&self) -> &Daemon {
        self.daemon.as_ref().unwrap()
    }

    /// Everything that waits at the reader is served.
    fn sight(&self) {
        while self.daemon().steps.serve(READER) {}
    }

    /// Nothing of the daemon is left: neither desks that wait nor jobs.
    fn crash(&mut self) {
        self.seats = Default::default();
        if let Some(daemon) = self.daemon.take() {
            let report = daemon.terminal.readers.shutdown(Duration::ZERO);
            assert_eq!(report.abandoned, Vec::<String>::new());
            daemon.steps.keep();
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Open(desk, business) => self.open(desk, business),
            Action::Type(desk, typed) => self.type_in(desk, typed),
            Action::GiveUp(desk) => self.seats[desk].typed = None,
            // Refused before a transaction: the card of that entry is gone.
            Action::Start(desk) => self.job(desk, None),
            Action::Pull => {
                self.world.pull();
                self.look_if_up();
            }
            Action::Insert => {
                self.world.insert();
                self.look_if_up();
            }
            Action::Sight => self.sight(),
            Action::Crash => self.crash(),
            Action::Restart => self.restart(),
            Action::Step | Action::Tear(_) | Action::Repeat(_) => panic!("{action:?} alone"),
        }
    }

    fn look_if_up(&self) {
        if let Some(daemon) = &self.daemon {
            daemon.look();
        }
    }

    fn open(&mut self, desk: usize, business: Business) {
        let daemon = self.daemon();
        let insertion = daemon.insertion();
        let purpose = purpose(business);
        let terminal = Arc::clone(&daemon.terminal);
        let begun = async move {
            terminal
                .begin_entry(&named(desk), READER, insertion, purpose)
                .await
        };
        let mut begun = Box::pin(begun);
        assert!(poll(&mut begun).is_none(), "it waits for the card");
        self.sight();
        let prompt = poll(&mut begun).unwrap().unwrap();
        self.seats[desk].prompt = Some((prompt, business, insertion));
    }

    fn type_in(&mut self, desk: usize, typed: Digits) {
        let (prompt, business, insertion) = self.seats[desk].prompt.take().unwrap();
        let binding = Binding {
            entry_id: prompt.entry_id,
            insertion: insertion.number(),
            purpose: purpose(business),
        };
        let typed = match business {
            Business::Change => {
                let next = typed != Digits::Next;
                let new = if next { Digits::Next } else { Digits::Own };
                Typed::Change {
                    old: secret(typed),
                    new: secret(new),
                    again: secret(new),
                }
            }
            Business::Verify | Business::Reset => Typed::Verify { pin: secret(typed) },
        };
        let mut rng = StdRng::seed_from_u64(3);
        let sealed = seal(&typed, &binding, &prompt.public_key, &mut rng).unwrap();
        self.seats[desk].typed = Some((business, sealed));
    }

    /// Both worlds after an action: the card, its PINs so far, and the answers given.
    fn compare(&mut self, action: &Action, model: &State) -> usize {
        let (pin, left, sent, present) = self.world.card();
        let card = &model.card;
        assert_eq!(
            (pin, left, present),
            (card.pin, card.left, card.present),
            "after {action:?}"
        );
        assert_eq!(sent, model.sent(), "commands with a PIN, after {action:?}");
        assert!(
            !self.world.verified(),
            "a right for others, after {action:?}"
        );
        let mut compared = 0;
        for (desk, seat) in self.seats.iter_mut().enumerate() {
            if let Some(told) = seat.told.take() {
                assert_eq!(model.last_told(desk), Some(told), "desk {desk}, {action:?}");
                compared += 1;
            }
        }
        compared
    }

    /// At the end: the card is put in, looked at, and every record says what the model's does.
    fn compare_records(mut self, model: &State) -> usize {
        if self.daemon.is_none() {
            self.restart();
        }
        if !model.card.present {
            self.world.insert();
            self.daemon().look();
        }
        self.sight();
        let mut model = model.clone();
        Protocol::STRONG.settle(&mut model);
        let real = standings(&self.daemon().terminal.ledger);
        let expected: Vec<_> = model.records.iter().map(|record| record.standing).collect();
        assert_eq!(real, expected);
        real.len()
    }
}

fn poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    let mut context = Context::from_waker(Waker::noop());
    match Pin::new(future).poll(&mut context) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    }
}

fn named(desk: usize) -> Desk {
    let (name, kind) = match desk {
        0 => ("counter", DeskKind::Counter),
        _ => ("kiosk", DeskKind::Kiosk),
    };
    Desk {
        name: name.to_owned(),
        kind,
    }
}

fn purpose(business: Business) -> Purpose {
    match business {
        Business::Verify => Purpose::Verify,
        Business::Change => Purpose::Change,
        Business::Reset => Purpose::IssuedPin,
    }
}

fn secret(value: Digits) -> Secret {
    let mut typed = digits(value).as_bytes().to_vec();
    Secret::take_from(&mut typed).unwrap()
}
