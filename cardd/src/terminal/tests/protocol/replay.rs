//! Runs of the model against the product: terminal, entries, tickets, queue, slot and ledger are
//! the real ones; only PC/SC is made up. After each answer and at the end both must agree.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "test code: stops at a surprise"
)]

use std::{
    pin::Pin,
    sync::{Arc, Mutex, mpsc},
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use cardd_proto::{
    entry::{Binding, Typed, seal},
    secret::Secret,
    v1::{Purpose, SealedEntry},
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use stateright::Model as _;

use super::{
    model::{Action, Business, Did, Digits, Point, Protocol, Standing, State, Told},
    world::{Hook, READER, Script, World, digits},
};
use crate::{
    ledger::{Body, Ledger, LedgerSettings, Note, Outcome},
    policy::{Desk, DeskKind, RulesInForce},
    reader::{Insertion, ReaderEvent, ReaderSettings, Readers, Steps},
    sandbox::Protection,
    terminal::{
        AttemptSpent, Clock, IssuerSettings, Prompt, RuleBook, Settings, SlotView, Success,
        Terminal, TerminalError, clock::Sleep,
    },
};

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

/// What ends the daemon in the middle of a job.
const KILLED: &str = "killed";

/// A running daemon, as far as the model has one.
struct Daemon {
    terminal: Arc<Terminal>,
    steps: Steps,
    inbox: mpsc::Receiver<ReaderEvent>,
}

struct Replay {
    world: World,
    dir: tempfile::TempDir,
    daemon: Option<Daemon>,
    seats: [Seat; 2],
    runs: u64,
}

struct StoppedClock;

impl Clock for StoppedClock {
    fn unix_ms(&self) -> u64 {
        1_700_000_000_000
    }

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep(&self, _time: Duration) -> Sleep {
        Box::pin(std::future::pending())
    }
}

/// Runs that the model permits, chosen by seed; the issuer's resets have tests of their own.
pub(super) fn walk(protocol: &Protocol, seed: u64, longest: usize) -> Vec<(Action, State)> {
    let mut rng = StdRng::seed_from_u64(seed);
    let starts = protocol.init_states();
    let start = starts[rng.random_range(0..starts.len())].clone();
    let mut run = vec![(Action::Step, start)];
    while run.len() < longest {
        let (_, last) = &run[run.len() - 1];
        let mut actions = Vec::new();
        protocol.actions(last, &mut actions);
        let open = |action: &Action| !matches!(action, Action::Open(_, Business::Reset));
        let next: Vec<_> = actions
            .into_iter()
            .filter(open)
            .filter_map(|action| Some((action, protocol.next_state(last, action)?)))
            .flat_map(|step| {
                let weight = weight(step.0);
                std::iter::repeat_n(step, weight)
            })
            .collect();
        if next.is_empty() {
            break;
        }
        run.push(next[rng.random_range(0..next.len())].clone());
    }
    run
}

/// Work goes on more often than not: a run of mishaps alone compares nothing.
fn weight(action: Action) -> usize {
    match action {
        Action::Step | Action::Start(_) | Action::Sight | Action::Restart => 12,
        Action::Open(..) | Action::Insert => 6,
        Action::Type(_, Digits::Own | Digits::Next) => 4,
        Action::Type(..) | Action::Tear(_) => 2,
        Action::Pull | Action::Crash | Action::GiveUp(_) | Action::Repeat(_) => 1,
    }
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

    fn ledger(&self) -> Ledger {
        let settings = LedgerSettings {
            dir: self.dir.path().to_owned(),
            retention_records: 1000,
            unacknowledged_limit: None,
            random: Arc::new(|| [7; 32].into()),
            now: Arc::new(|| 1_700_000_000_000),
        };
        Ledger::open(settings).unwrap()
    }

    fn restart(&mut self) {
        let ledger = self.ledger();
        let started = Note::Started {
            version: "model".to_owned(),
            terminal_id: "model".to_owned(),
        };
        ledger.note(started).unwrap();
        self.runs += 1;
        let (events, inbox) = mpsc::channel();
        let (readers, steps) = Readers::by_hand(
            ReaderSettings::default(),
            Insertion::new(self.runs * 1000),
            Arc::new(self.world.clone()),
            move |event| drop(events.send(event)),
        );
        let clock = Box::new(StoppedClock);
        let rng = StdRng::seed_from_u64(self.runs);
        let terminal = Terminal::new(settings(), rules(), readers, ledger, clock, rng).unwrap();
        self.daemon = Some(Daemon {
            terminal,
            steps,
            inbox,
        });
        self.daemon().look();
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

    /// One job on the card's thread, with all that happens meanwhile; the desk's answer is compared
    /// with the model's.
    fn job(&mut self, desk: usize, course: Option<(&State, &[(Action, State)])>) {
        self.sight();
        let mut script = Script::default();
        let mut afterwards = Vec::new();
        if let Some((mut before, steps)) = course {
            for (action, after) in steps {
                self.direct((*action, before), &mut script, &mut afterwards);
                before = after;
            }
        }
        self.world.direct(script);
        let (business, sealed) = self.seats[desk].typed.take().unwrap();
        let terminal = Arc::clone(&self.daemon().terminal);
        let waiting: Waiting = Box::pin(async move {
            let desk = named(desk);
            match business {
                Business::Verify => {
                    let verified = terminal.verify_pin(&desk, &sealed, true, None).await;
                    verified.map(|(success, _receipt)| success)
                }
                Business::Change => terminal.change_pin(&desk, &sealed, true).await,
                Business::Reset => panic!("not replayed"),
            }
        });
        let place = Arc::clone(&self.seats[desk].waiting);
        *place.lock().unwrap() = Some(waiting);
        let mut answer = self.poll_seat(desk);
        self.sight();
        self.look_if_up();
        answer = answer.or_else(|| self.poll_seat(desk));
        self.answer(desk, answer, afterwards);
    }
}

impl Replay {
    /// Places one of the model's actions where the product comes by the same point.
    fn direct(
        &mut self,
        (action, before): (Action, &State),
        script: &mut Script,
        afterwards: &mut Vec<Action>,
    ) {
        let place = match before.point() {
            Point::Look => &mut script.before_look,
            Point::Claim => &mut script.after_look,
            Point::Send => &mut script.before_send,
            Point::Close => &mut script.after_send,
            Point::End => return afterwards.push(action),
        };
        let hook: Hook = match action {
            Action::Step => return,
            Action::Tear(torn) => {
                script.torn = Some(torn);
                return;
            }
            Action::Type(desk, typed) => return self.type_in(desk, typed),
            Action::Pull => Box::new(|world| world.pull()),
            Action::Insert => Box::new(|world| world.insert()),
            Action::Crash => {
                afterwards.push(action);
                Box::new(|_| panic!("{KILLED}"))
            }
            Action::GiveUp(desk) => {
                let waiting = Arc::clone(&self.seats[desk].waiting);
                Box::new(move |_| drop(waiting.lock().unwrap().take()))
            }
            other => panic!("{other:?} while the card works"),
        };
        place.push(hook);
    }

    fn poll_seat(&self, desk: usize) -> Option<Answer> {
        let mut waiting = self.seats[desk].waiting.lock().unwrap();
        let answer = poll(waiting.as_mut()?)?;
        *waiting = None;
        Some(answer)
    }

    /// What is left to happen once the card is at rest.
    fn answer(&mut self, desk: usize, answer: Option<Answer>, afterwards: Vec<Action>) {
        self.seats[desk].told = answer.map(|answer| match answer {
            Ok(_) => Told::Success,
            Err(error) => match error.attempt_spent() {
                AttemptSpent::Yes => Told::TrySpent,
                AttemptSpent::No => Told::NothingHappened,
                AttemptSpent::Unknown => Told::InDoubt,
            },
        });
        for action in afterwards {
            match action {
                // The answer was on its way; nobody takes it.
                Action::GiveUp(desk) => self.seats[desk].told = None,
                Action::Step => {}
                other => self.act(other),
            }
        }
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

impl Daemon {
    /// The monitor looks, and the terminal takes in what it saw.
    fn look(&self) {
        self.steps.look();
        for event in self.inbox.try_iter() {
            self.terminal.on_reader_event(event);
        }
    }

    fn insertion(&self) -> Insertion {
        let (readers, _) = self.terminal.list_readers(&named(0)).unwrap();
        match &readers[0].slot {
            SlotView::Identified { insertion, .. } => *insertion,
            other => panic!("{other:?}"),
        }
    }
}

/// The intents of a ledger in order, as the model knows them.
fn standings(ledger: &Ledger) -> Vec<Standing> {
    let mut found: Vec<(u64, Standing)> = Vec::new();
    for record in ledger.records(0, 1000).unwrap() {
        let (intent, standing) = match record.body {
            Body::Intent(_) => {
                found.push((record.sequence, Standing::Open));
                continue;
            }
            Body::Outcome { intent, outcome } => (intent, closed(&outcome)),
            Body::Resolved {
                intent, verdict, ..
            } => (intent, Standing::Resolved(verdict)),
            _ => continue,
        };
        let place = found.iter_mut().find(|(sequence, _)| *sequence == intent);
        place.unwrap().1 = standing;
    }
    found.into_iter().map(|(_, standing)| standing).collect()
}

fn closed(outcome: &Outcome) -> Standing {
    match outcome {
        Outcome::Succeeded => Standing::Closed(Did::CarriedOut),
        Outcome::Rejected { .. } | Outcome::NowBlocked => Standing::Closed(Did::TookATry),
        Outcome::WasBlocked | Outcome::NotSent { .. } => Standing::Closed(Did::Nothing),
        Outcome::InDoubt { .. } => Standing::Open,
        other => panic!("{other:?}"),
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

/// Those of the default configuration, with a budget that no run spends.
fn rules() -> RuleBook {
    RuleBook::fixed(RulesInForce::for_test(1000))
}

fn settings() -> Settings {
    let minute = Duration::from_secs(60);
    Settings {
        terminal_id: "model".to_owned(),
        receipt_lifetime: Duration::from_secs(300),
        card_work: minute,
        entry_lifetime: minute,
        open_entries: 8,
        event_buffer: 64,
        watchers: 4,
        issuer: IssuerSettings {
            grant_lifetime: minute,
            hall_patience: minute,
            holder_wait: minute,
        },
        protection: Protection::none(),
    }
}
