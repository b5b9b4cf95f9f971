//! A hall that is gone for ten minutes, with the bounds as they are delivered and a clock that is an
//! argument: ten minutes pass, and no test waits for them.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "test code: stops at a surprise"
)]

mod clock;

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc,
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use cardd_proto::{
    entry::{Binding, Typed, seal},
    secret::Secret,
    v1::Purpose,
};
use rand::{SeedableRng as _, rngs::StdRng};

use super::protocol::world::{READER, World};
use crate::{
    card::{Authentication, IssuerEffect, IssuerMessage},
    config::Config,
    ledger::{Body, Ledger, LedgerSettings, Moment, Note, Outcome, StartEntry},
    policy::{Desk, DeskKind, RulesInForce, Statement},
    reader::{Insertion, ReaderEvent, ReaderSettings, Readers, Steps},
    sandbox::Protection,
    terminal::{
        Application, CaseOpened, IssuerSettings, RuleBook, Settings, SlotView, Terminal,
        TerminalError,
        conversation::{FromHall, HallLine, Operated, SealTo, ToHall},
    },
};
use clock::Time;

const TEN_MINUTES: Duration = Duration::from_secs(600);
const HOLDER: &str = "420101198506150003";
pub(super) const OPERATOR: &str = "li";
/// Tries left before anything.
const LEFT: u8 = 4;

/// Where the hall falls silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Silent {
    BeforeTheKey,
    BeforeTheMessage,
    /// It said everything; the holder is not there.
    AfterTheMessage,
}

pub(super) struct Scene {
    pub(super) world: World,
    time: Time,
    pub(super) terminal: Arc<Terminal>,
    pub(super) steps: Steps,
    pub(super) insertion: Insertion,
    /// The ledger's thread ends at its next record.
    pub(super) ledger_ends: Arc<AtomicBool>,
    _dir: tempfile::TempDir,
}

/// As the configuration is delivered.
fn bounds() -> IssuerSettings {
    let issuer = Config::default().issuer;
    IssuerSettings {
        grant_lifetime: Duration::from_millis(issuer.grant_lifetime_ms),
        hall_patience: Duration::from_millis(issuer.hall_patience_ms),
        holder_wait: Duration::from_millis(issuer.holder_wait_ms),
    }
}

fn settings() -> Settings {
    Settings {
        terminal_id: "silence".to_owned(),
        receipt_lifetime: Duration::from_secs(300),
        card_work: Duration::from_secs(20),
        entry_lifetime: Duration::from_secs(120),
        open_entries: 8,
        events_start: 0,
        event_buffer: 64,
        watchers: 4,
        issuer: bounds(),
        protection: Protection::none(),
    }
}

fn desk(name: &str, kind: DeskKind) -> Desk {
    Desk {
        name: name.to_owned(),
        kind,
    }
}

pub(super) fn hall() -> Desk {
    desk("hall", DeskKind::Hall)
}

pub(super) fn counter() -> Desk {
    desk("counter", DeskKind::Counter)
}

impl Scene {
    pub(super) fn set() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let ledger_ends = Arc::<AtomicBool>::default();
        let ends = Arc::clone(&ledger_ends);
        let (world, time) = (World::with_own_pin(LEFT), Time::new());
        let ledger = Ledger::open(LedgerSettings {
            dir: dir.path().to_owned(),
            retention_records: 1000,
            unacknowledged_limit: None,
            random: Arc::new(|| [7; 32].into()),
            now: Arc::new(move || {
                assert!(!ends.swap(false, Relaxed), "the ledger's thread ends");
                Moment::steady(1_700_000_000_000)
            }),
        });
        let ledger = ledger.unwrap();
        let started = Note::Started(StartEntry {
            version: "silence".to_owned(),
            terminal_id: "silence".to_owned(),
        });
        ledger.note(started).unwrap();
        let (events, inbox) = mpsc::channel::<ReaderEvent>();
        let (readers, steps) = Readers::by_hand(
            ReaderSettings::default(),
            Insertion::new(1),
            Arc::new(world.clone()),
            move |event| drop(events.send(event)),
        );
        let rules = RuleBook::fixed(RulesInForce::for_test(1000));
        let (clock, rng) = (Box::new(time.clone()), StdRng::seed_from_u64(1));
        let terminal = Terminal::new(settings(), rules, readers, ledger, clock, rng).unwrap();
        steps.look();
        for event in inbox.try_iter() {
            terminal.on_reader_event(event);
        }
        while steps.serve(READER) {}
        let (listed, _) = terminal.list_readers(&hall()).unwrap();
        let SlotView::Identified { insertion, .. } = listed[0].slot else {
            panic!("{listed:?}");
        };
        Self {
            world,
            time,
            terminal,
            steps,
            insertion,
            ledger_ends,
            _dir: dir,
        }
    }

    /// What a desk asks, with the card's work done meanwhile.
    pub(super) fn answered<T>(&self, asked: impl Future<Output = T>) -> T {
        let mut asked = pin!(asked);
        loop {
            if let Some(answer) = poll(asked.as_mut()) {
                return answer;
            }
            assert!(self.steps.serve(READER), "nothing brings the answer");
        }
    }

    pub(super) fn case(&self) -> CaseOpened {
        let application = Application {
            reader: READER,
            insertion: self.insertion,
            effect: IssuerEffect::Reload,
            statement: Statement {
                holder_number: HOLDER,
                agent_number: None,
                holder_original_seen: true,
                agent_original_seen: false,
            },
            reason: "forgotten",
        };
        let counter = counter();
        let opened = self.terminal.open_case(&counter, OPERATOR, &application);
        self.answered(opened).unwrap()
    }

    /// A transaction whose hall answers each question at the last moment, up to where it is gone
    /// for ten minutes.
    fn silent(&self, case: &CaseOpened, silent: Silent) -> Result<Operated, TerminalError> {
        let begun = self.terminal.operate(&hall(), &case.grant, OPERATOR);
        let (line, work) = begun.unwrap();
        let mut work = pin!(work);
        assert!(poll(work.as_mut()).is_none(), "it waits for the card");
        std::thread::scope(|scope| {
            let card = scope.spawn(|| self.steps.serve(READER));
            self.answer(line, silent);
            card.join().unwrap();
        });
        poll(work).unwrap()
    }

    fn answer(&self, mut line: HallLine, silent: Silent) {
        let patience = bounds().hall_patience;
        while let Some(said) = line.to_hall.blocking_recv() {
            let answer = match said {
                ToHall::Opened { .. } => continue,
                ToHall::ReadKeyChallenge(_) => panic!("the card shows its holder"),
                ToHall::UnblockKeyChallenge(_) if silent == Silent::BeforeTheKey => break,
                ToHall::MessageChallenge { .. } if silent == Silent::BeforeTheMessage => break,
                ToHall::HolderPinWanted { .. } => {
                    self.time.until_somebody_waits(bounds().holder_wait);
                    self.time.pass(TEN_MINUTES);
                    continue;
                }
                ToHall::UnblockKeyChallenge(_) => FromHall::UnblockKey(Authentication {
                    data: [1; 8],
                    original: [2; 8],
                }),
                ToHall::MessageChallenge { seal, .. } => FromHall::Message {
                    message: reload(),
                    issued_pin: Some(sealed(seal.unwrap())),
                },
            };
            self.time.until_somebody_waits(patience);
            self.time.pass(patience - Duration::from_millis(1));
            line.from_hall.send(answer).unwrap();
        }
        if silent != Silent::AfterTheMessage {
            self.time.until_somebody_waits(patience);
            self.time.pass(TEN_MINUTES);
        }
        // The stream stays open all the time: it is silence that ends it.
        while line.to_hall.blocking_recv().is_some() {}
    }

    /// The outcome of the only transaction, if there is one.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        let records = self.terminal.ledger.records(0, 1000).unwrap();
        let mut outcomes = records.into_iter().filter_map(|record| match record.body {
            Body::Outcome { outcome, .. } => Some(outcome),
            _ => None,
        });
        let (first, more) = (outcomes.next(), outcomes.next());
        assert_eq!(more, None);
        first
    }
}

pub(super) fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    }
}

fn reload() -> IssuerMessage {
    let block_and_mac = [[3; 8].as_slice(), &[4; 4]].concat();
    let command = [[0x84, 0x24, 0x00, 0x01, 0x0C].as_slice(), &block_and_mac].concat();
    IssuerMessage::parse(&command).unwrap()
}

fn sealed(to: SealTo) -> cardd_proto::v1::SealedEntry {
    let binding = Binding {
        entry_id: to.entry_id,
        insertion: to.insertion.number(),
        purpose: Purpose::IssuedPin,
    };
    let pin = Secret::take_from(&mut b"739158".to_vec()).unwrap();
    let mut rng = StdRng::seed_from_u64(5);
    seal(
        &Typed::IssuedPin { pin },
        &binding,
        &to.public_key,
        &mut rng,
    )
    .unwrap()
}

#[test]
fn a_hall_that_is_gone_for_ten_minutes_finds_everything_closed_and_the_counters_as_before() {
    for silent in [
        Silent::BeforeTheKey,
        Silent::BeforeTheMessage,
        Silent::AfterTheMessage,
    ] {
        let scene = Scene::set();
        let (used, unused) = (scene.case(), scene.case());
        assert_eq!(scene.world.counted(), (LEFT, 0), "{silent:?}");
        let ended = scene.silent(&used, silent);
        match (silent, ended) {
            (Silent::AfterTheMessage, Ok(operated)) => assert!(!operated.holder_pin_set),
            (_, Err(TerminalError::HallSilent)) => {}
            (_, other) => panic!("{silent:?}: {other:?}"),
        }
        assert_eq!(scene.world.counted(), (LEFT, 0), "{silent:?}");
        let done = scene.outcome().unwrap();
        let reset = silent == Silent::AfterTheMessage;
        assert_eq!(done == Outcome::Succeeded, reset, "{silent:?}: {done:?}");
        // Grants are good for five minutes; one that was not used is void as well.
        for grant in [used.grant, unused.grant] {
            let late = scene.terminal.operate(&hall(), &grant, OPERATOR).err();
            assert!(
                matches!(late, Some(TerminalError::GrantUnknown)),
                "{silent:?}"
            );
        }
        let wait = Duration::from_secs(60);
        for case in [used.sequence, unused.sequence] {
            let counter = counter();
            let waits = scene
                .terminal
                .begin_holder_pin(&counter, OPERATOR, case, wait);
            let nothing = poll(pin!(waits)).unwrap().err();
            let wanted = matches!(nothing, Some(TerminalError::NoHolderPinWanted));
            assert!(wanted, "{silent:?}: {nothing:?}");
        }
        // The reader is free: the next application is served.
        let _next = scene.case();
        assert_eq!(scene.world.counted(), (LEFT, 0), "{silent:?}");
    }
}
