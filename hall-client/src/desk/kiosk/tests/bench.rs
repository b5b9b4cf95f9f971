//! A kiosk whose clock the test turns, and the way to each of its screens.

use std::time::{Duration, Instant};

use crate::{
    desk::{
        entry::{Entry, For},
        kiosk::{
            acts::Action,
            machine::Kiosk,
            work::{KioskDone, KioskWork, Looked},
        },
        machine::{Input, Line, Machine as _},
        refusal::Refusal,
        settings::Settings,
        slip::SlipKey,
        testing::{self, card, insertion, reader},
    },
    model::*,
};

pub(super) struct Bench {
    pub(super) kiosk: Kiosk,
    pub(super) now: Instant,
}

fn status(pcsc: ServiceState) -> TerminalStatus {
    TerminalStatus {
        pcsc,
        ..testing::status(DeskKind::Kiosk)
    }
}

pub(super) fn looked(state: PinState, tries: Option<u32>) -> KioskDone {
    KioskDone::Looked(Ok(Looked {
        status: PinStatus {
            state,
            attempts_remaining: tries,
            doubt: None,
        },
        card: None,
        card_identifier_hex: Some("420100D15600000500000012FFFFFFFF".to_owned()),
    }))
}

pub(super) fn entry(id: u8) -> Entry {
    Entry {
        purpose: For::Change,
        entry_id: [id; 16],
        public_key: [7; 32],
        insertion: "1".to_owned(),
        min_digits: 4,
        max_digits: 6,
        tries: Some(6),
        rules: Vec::new(),
        lifetime: Duration::from_secs(120),
    }
}

pub(super) fn sealed() -> Action {
    let text = format!(
        r#"{{"act":"submit","encapsulated_key":"{}","ciphertext":"{}"}}"#,
        "00".repeat(32),
        "00".repeat(cardd_proto::entry::CIPHERTEXT_BYTES)
    );
    serde_json::from_str(&text).unwrap()
}

impl Bench {
    /// With a reader and no card.
    pub(super) fn ready() -> Self {
        let mut bench = Self {
            kiosk: Kiosk::new(Settings::default(), SlipKey::parse(&"11".repeat(32))),
            now: Instant::now(),
        };
        bench.up(vec![reader(Slot::Empty)], ServiceState::Up);
        bench
    }

    pub(super) fn up(&mut self, readers: Vec<Reader>, pcsc: ServiceState) -> Vec<KioskWork> {
        let status = Box::new(status(pcsc));
        self.line(Line::Up { status, readers })
    }

    pub(super) fn line(&mut self, line: Line) -> Vec<KioskWork> {
        self.kiosk.on(Input::Line(line), self.now)
    }

    pub(super) fn insert(&mut self, number: u64) -> Vec<KioskWork> {
        self.line(Line::Event(Happening::CardIdentified {
            reader: "a".to_owned(),
            insertion: insertion(number),
            card: card(),
        }))
    }

    pub(super) fn pull(&mut self) -> Vec<KioskWork> {
        self.line(Line::Event(Happening::CardRemoved {
            reader: "a".to_owned(),
            insertion: insertion(1),
        }))
    }

    pub(super) fn done(&mut self, done: KioskDone) -> Vec<KioskWork> {
        let turn = self.turn();
        self.kiosk.on(Input::Done { turn, done }, self.now)
    }

    pub(super) fn act(&mut self, action: Action) -> Vec<KioskWork> {
        let page = "kiosk";
        self.kiosk.on(Input::Action { page, action }, self.now)
    }

    pub(super) fn turn(&self) -> u64 {
        self.kiosk.view("kiosk").turn
    }

    pub(super) fn field(&self, name: &str) -> serde_json::Value {
        let screen = self.kiosk.view("kiosk").screen;
        screen.get(name).cloned().unwrap_or_default()
    }

    pub(super) fn shows(&self, name: &str) {
        assert_eq!(self.field("name"), name);
    }

    /// At home with a card whose PIN state is not known.
    pub(super) fn home() -> Self {
        let mut bench = Self::ready();
        bench.insert(1);
        bench.done(looked(PinState::Unknown, Some(6)));
        bench.shows("home");
        bench
    }

    /// The holder types the first PIN.
    pub(super) fn entering() -> Self {
        let mut bench = Self::home();
        let work = bench.act(Action::Change);
        assert!(
            matches!(work.as_slice(), [KioskWork::BeginCheck(_)]),
            "{work:?}"
        );
        bench.done(KioskDone::Begun(Ok(entry(1))));
        bench.shows("enter");
        bench
    }

    /// The new PIN was judged.
    pub(super) fn checked(judgement: Result<(), Refusal>) -> Self {
        let mut bench = Self::entering();
        bench.act(Action::Typed);
        let work = bench.act(sealed());
        assert!(matches!(work.as_slice(), [KioskWork::Check(_)]), "{work:?}");
        bench.shows("checking");
        bench.done(KioskDone::Checked(judgement));
        bench.shows("checking");
        bench
    }

    /// cardd changes the PIN.
    pub(super) fn working() -> Self {
        let mut bench = Self::checked(Ok(()));
        bench.done(KioskDone::Begun(Ok(entry(2))));
        assert_eq!(bench.field("step"), "again");
        let work = bench.act(sealed());
        assert!(
            matches!(work.as_slice(), [KioskWork::Change(_)]),
            "{work:?}"
        );
        bench.shows("working");
        bench
    }

    /// Every screen that a card leads to, but `working`.
    pub(super) fn everywhere() -> Vec<Self> {
        let mut reading = Self::ready();
        reading.insert(1);
        let mut changed = Self::working();
        changed.done(KioskDone::Changed(Ok(Verified {
            attempts_remaining: Some(6),
            ledger_sequence: 1,
        })));
        let mut refused = Self::working();
        refused.done(KioskDone::Changed(Err(Refusal::of(Reason::PinWrong))));
        let mut locked = Self::ready();
        locked.insert(1);
        locked.done(looked(PinState::Blocked, Some(0)));
        let mut take_card = Self::home();
        take_card.act(Action::Finish);
        vec![
            reading,
            Self::home(),
            Self::entering(),
            Self::checked(Ok(())),
            changed,
            refused,
            locked,
            take_card,
        ]
    }
}
