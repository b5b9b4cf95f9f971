//! A billing desk whose clock the test turns, and the way to each stage of a bill.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{
    desk::{
        billing::{
            bill::Receipt,
            machine::{Action, Billing},
            work::{Begun, BillingDone, BillingWork},
        },
        entry::{Entry, For},
        machine::{Input, Line, Machine as _},
        refusal::Refusal,
        settings::Settings,
        testing::{card, insertion, reader, status},
    },
    model::*,
};

pub(super) struct Bench {
    pub(super) desk: Billing,
    pub(super) now: Instant,
}

fn entry(id: u8, purpose: For) -> Entry {
    Entry {
        purpose,
        entry_id: [id; 16],
        public_key: [7; 32],
        insertion: "1".to_owned(),
        min_digits: 4,
        max_digits: 6,
        tries: Some(3),
        rules: Vec::new(),
        lifetime: Duration::from_secs(120),
    }
}

pub(super) fn begun(purpose: For, last_attempt: bool) -> BillingDone {
    BillingDone::Begun(Ok(Begun {
        entry: entry(1, purpose),
        last_attempt,
    }))
}

pub(super) fn looked(state: PinState) -> BillingDone {
    BillingDone::Looked(Ok(PinStatus {
        state,
        attempts_remaining: Some(3),
        doubt: None,
    }))
}

pub(super) fn verified() -> Verified {
    Verified {
        attempts_remaining: Some(6),
        ledger_sequence: 41,
    }
}

/// What the terminal signed for a bill.
pub(super) fn receipt() -> Receipt {
    Receipt {
        signed: "R1".to_owned(),
        ledger_sequence: 41,
        attempts_remaining: Some(6),
    }
}

fn act(text: &str) -> Action {
    serde_json::from_str(text).unwrap()
}

pub(super) fn sealed() -> Action {
    act(&format!(
        r#"{{"act":"submit","encapsulated_key":"{}","ciphertext":"{}"}}"#,
        "00".repeat(32),
        "00".repeat(cardd_proto::entry::CIPHERTEXT_BYTES)
    ))
}

impl Bench {
    /// With a reader and no card.
    pub(super) fn ready() -> Self {
        let mut bench = Self {
            desk: Billing::new(Settings::default()),
            now: Instant::now(),
        };
        bench.line(Line::Up {
            status: Box::new(status(DeskKind::Billing)),
            readers: vec![reader(Slot::Empty)],
        });
        bench
    }

    /// With a bill.
    pub(super) fn opened() -> Self {
        let mut bench = Self::ready();
        bench.by(
            "cashier",
            r#"{"act":"open","reference":"B-1","amount_fen":1250}"#,
        );
        bench.stands("WAITING_FOR_CARD");
        bench
    }

    /// The holder may type.
    pub(super) fn entering() -> Self {
        let mut bench = Self::opened();
        let work = bench.insert(1);
        assert!(
            matches!(work.as_slice(), [BillingWork::Look(_)]),
            "{work:?}"
        );
        let work = bench.done(looked(PinState::Own));
        assert!(matches!(work.as_slice(), [BillingWork::BeginVerify(_)]));
        bench.done(begun(For::Verify, false));
        bench.stands("ENTERING");
        bench
    }

    /// The PIN is with cardd.
    pub(super) fn working() -> Self {
        let mut bench = Self::entering();
        let work = bench.on("holder", sealed());
        let sent = matches!(
            work.as_slice(),
            [BillingWork::Verify {
                last_accepted: false,
                ..
            }]
        );
        assert!(sent, "{work:?}");
        bench.stands("WORKING");
        bench
    }

    pub(super) fn refused(reason: Reason) -> Self {
        let mut bench = Self::working();
        bench.done(BillingDone::Verified(Err(Refusal::of(reason))));
        bench
    }

    pub(super) fn must_change() -> Self {
        let mut bench = Self::opened();
        bench.insert(1);
        bench.done(looked(PinState::Issued));
        bench.stands("ISSUED_PIN");
        bench
    }

    pub(super) fn line(&mut self, line: Line) -> Vec<BillingWork> {
        self.desk.on(Input::Line(line), self.now)
    }

    pub(super) fn insert(&mut self, number: u64) -> Vec<BillingWork> {
        self.line(Line::Event(Happening::CardIdentified {
            reader: "a".to_owned(),
            insertion: insertion(number),
            card: card(),
        }))
    }

    pub(super) fn pull(&mut self) -> Vec<BillingWork> {
        self.line(Line::Event(Happening::CardRemoved {
            reader: "a".to_owned(),
            insertion: insertion(1),
        }))
    }

    pub(super) fn done(&mut self, done: BillingDone) -> Vec<BillingWork> {
        let turn = self.desk.turn();
        self.desk.on(Input::Done { turn, done }, self.now)
    }

    pub(super) fn on(&mut self, page: &'static str, action: Action) -> Vec<BillingWork> {
        self.desk.on(Input::Action { page, action }, self.now)
    }

    pub(super) fn by(&mut self, page: &'static str, text: &str) -> Vec<BillingWork> {
        self.on(page, act(text))
    }

    pub(super) fn field(&self, page: &str, name: &str) -> Value {
        let screen = self.desk.view(page).screen;
        screen.get(name).cloned().unwrap_or_default()
    }

    /// What the cashier and the hospital system are told.
    pub(super) fn stands(&self, state: &str) {
        assert_eq!(self.field("cashier", "state"), state);
        let his = self.desk.view("his").screen;
        assert_eq!(his.as_array().unwrap().last().unwrap()["state"], state);
    }

    pub(super) fn holder_sees(&self, name: &str) {
        assert_eq!(self.field("holder", "name"), name);
    }

    /// Every stage of a bill that a card leads to, but the one that waits for cardd.
    pub(super) fn everywhere() -> Vec<Self> {
        let mut reading = Self::opened();
        reading.insert(1);
        let mut last = Self::opened();
        last.insert(1);
        last.done(looked(PinState::Own));
        last.done(begun(For::Verify, true));
        let mut declined = Self::entering();
        declined.by("holder", r#"{"act":"back"}"#);
        let mut changed = Self::must_change();
        changed.by("holder", r#"{"act":"change"}"#);
        changed.done(begun(For::Change, false));
        vec![
            reading,
            last,
            Self::entering(),
            Self::must_change(),
            changed,
            declined,
            Self::refused(Reason::PinWrong),
            Self::refused(Reason::PinNowBlocked),
            Self::refused(Reason::CardMute),
        ]
    }
}
