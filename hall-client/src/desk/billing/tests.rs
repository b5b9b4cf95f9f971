//! A bill's stages and what leads from one to the next, without a card.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{
    machine::{Action, Billing},
    work::{Begun, BillingDone, BillingWork},
};
use crate::{
    desk::{
        entry::{Entry, For},
        machine::{Input, Line, Machine as _},
        refusal::Refusal,
        settings::Settings,
        testing::{card, insertion, reader, status},
    },
    model::*,
};

/// A billing desk whose clock the test turns.
struct Bench {
    desk: Billing,
    now: Instant,
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
        lifetime: Duration::from_secs(120),
    }
}

fn begun(purpose: For, last_attempt: bool) -> BillingDone {
    BillingDone::Begun(Ok(Begun {
        entry: entry(1, purpose),
        last_attempt,
    }))
}

fn looked(state: PinState) -> BillingDone {
    BillingDone::Looked(Ok(PinStatus {
        state,
        attempts_remaining: Some(3),
        doubt: None,
    }))
}

fn verified() -> Verified {
    Verified {
        attempts_remaining: Some(6),
        ledger_sequence: 41,
    }
}

fn act(text: &str) -> Action {
    serde_json::from_str(text).unwrap()
}

fn sealed() -> Action {
    act(&format!(
        r#"{{"act":"submit","encapsulated_key":"{}","ciphertext":"{}"}}"#,
        "00".repeat(32),
        "00".repeat(cardd_proto::entry::CIPHERTEXT_BYTES)
    ))
}

impl Bench {
    /// With a reader and no card.
    fn ready() -> Self {
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
    fn opened() -> Self {
        let mut bench = Self::ready();
        bench.by(
            "cashier",
            r#"{"act":"open","reference":"B-1","amount_fen":1250}"#,
        );
        bench.stands("WAITING_FOR_CARD");
        bench
    }

    /// The holder may type.
    fn entering() -> Self {
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
    fn working() -> Self {
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

    fn refused(reason: Reason) -> Self {
        let mut bench = Self::working();
        bench.done(BillingDone::Verified(Err(Refusal::of(reason))));
        bench
    }

    fn must_change() -> Self {
        let mut bench = Self::opened();
        bench.insert(1);
        bench.done(looked(PinState::Issued));
        bench.stands("ISSUED_PIN");
        bench
    }

    fn line(&mut self, line: Line) -> Vec<BillingWork> {
        self.desk.on(Input::Line(line), self.now)
    }

    fn insert(&mut self, number: u64) -> Vec<BillingWork> {
        self.line(Line::Event(Happening::CardIdentified {
            reader: "a".to_owned(),
            insertion: insertion(number),
            card: card(),
        }))
    }

    fn pull(&mut self) -> Vec<BillingWork> {
        self.line(Line::Event(Happening::CardRemoved {
            reader: "a".to_owned(),
            insertion: insertion(1),
        }))
    }

    fn done(&mut self, done: BillingDone) -> Vec<BillingWork> {
        let turn = self.desk.turn();
        self.desk.on(Input::Done { turn, done }, self.now)
    }

    fn on(&mut self, page: &'static str, action: Action) -> Vec<BillingWork> {
        self.desk.on(Input::Action { page, action }, self.now)
    }

    fn by(&mut self, page: &'static str, text: &str) -> Vec<BillingWork> {
        self.on(page, act(text))
    }

    fn field(&self, page: &str, name: &str) -> Value {
        let screen = self.desk.view(page).screen;
        screen.get(name).cloned().unwrap_or_default()
    }

    /// What the cashier and the hospital system are told.
    fn stands(&self, state: &str) {
        assert_eq!(self.field("cashier", "state"), state);
        let his = self.desk.view("his").screen;
        assert_eq!(his.as_array().unwrap().last().unwrap()["state"], state);
    }

    fn holder_sees(&self, name: &str) {
        assert_eq!(self.field("holder", "name"), name);
    }

    /// Every stage of a bill that a card leads to, but the one that waits for cardd.
    fn everywhere() -> Vec<Self> {
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

#[test]
fn a_right_pin_makes_a_receipt_for_this_bill() {
    let mut bench = Bench::working();
    bench.done(BillingDone::Verified(Ok(verified())));
    bench.stands("PAID");
    bench.holder_sees("paid");
    assert_eq!(bench.field("cashier", "receipt")["ledger_sequence"], 41);
    let his = bench.desk.view("his").screen;
    assert_eq!(his[0]["reference"], "B-1");
    assert_eq!(his[0]["concluded"], true);
    bench.now += Duration::from_secs(600);
    bench.desk.on(Input::Time, bench.now);
    bench.holder_sees("take_card");
    bench.stands("PAID");
    bench.pull();
    bench.holder_sees("welcome");
}

#[test]
fn what_the_cashier_sees_does_not_tell_what_the_holder_types() {
    let mut bench = Bench::must_change();
    bench.by("holder", r#"{"act":"change"}"#);
    bench.done(begun(For::Change, false));
    let (cashier, his) = (bench.desk.view("cashier"), bench.desk.view("his"));
    for step in ["old", "new", "again"] {
        assert_eq!(bench.field("holder", "step"), step);
        assert_eq!(bench.desk.view("cashier"), cashier);
        assert_eq!(bench.desk.view("his"), his);
        bench.by("holder", r#"{"act":"typed"}"#);
    }
    for secret in ["entry_id", "public_key", "step"] {
        assert_eq!(cashier.screen.get(secret), None);
    }
}

#[test]
fn the_issued_pin_is_changed_there_and_then_and_the_bill_goes_on() {
    let mut bench = Bench::must_change();
    bench.holder_sees("must_change");
    let work = bench.by("holder", r#"{"act":"change"}"#);
    assert!(matches!(work.as_slice(), [BillingWork::BeginChange(_)]));
    bench.done(begun(For::Change, false));
    assert!(
        bench.on("holder", sealed()).is_empty(),
        "sealed before the last"
    );
    bench.by("holder", r#"{"act":"typed"}"#);
    bench.by("holder", r#"{"act":"typed"}"#);
    let work = bench.on("holder", sealed());
    assert!(matches!(work.as_slice(), [BillingWork::Change { .. }]));
    bench.done(BillingDone::Changed(Ok(verified())));
    bench.stands("PIN_CHANGED");
    let work = bench.by("holder", r#"{"act":"go_on"}"#);
    assert!(matches!(work.as_slice(), [BillingWork::BeginVerify(_)]));
}

#[test]
fn the_last_try_is_spent_only_after_the_holder_said_so() {
    let mut bench = Bench::opened();
    bench.insert(1);
    bench.done(looked(PinState::Own));
    bench.done(begun(For::Verify, true));
    bench.stands("LAST_TRY");
    assert!(bench.on("holder", sealed()).is_empty());
    bench.by("holder", r#"{"act":"use_last"}"#);
    bench.stands("ENTERING");
    let work = bench.on("holder", sealed());
    assert!(matches!(
        work.as_slice(),
        [BillingWork::Verify {
            last_accepted: true,
            ..
        }]
    ));
}

#[test]
fn to_settle_later_asks_nothing_of_the_card() {
    for mut bench in Bench::everywhere() {
        let work = bench.by("cashier", r#"{"act":"settle_later"}"#);
        let only_voids = work
            .iter()
            .all(|work| matches!(work, BillingWork::Cancel(_)));
        assert!(only_voids, "{work:?}");
        bench.stands("SETTLE_LATER");
        bench.holder_sees("settle_later");
        assert!(bench.pull().is_empty());
        assert!(
            bench.insert(2).is_empty(),
            "a card after the bill is looked at"
        );
    }
}

#[test]
fn a_card_that_is_pulled_leaves_the_bill_and_voids_the_entry() {
    for mut bench in Bench::everywhere() {
        let state = bench.field("cashier", "state");
        let open = ["ENTERING", "CHANGING_PIN", "LAST_TRY"];
        let work = bench.pull();
        let voided = matches!(work.as_slice(), [BillingWork::Cancel(_)]);
        assert_eq!(voided, open.iter().any(|open| state == *open), "{work:?}");
        bench.stands("WAITING_FOR_CARD");
        bench.holder_sees("insert");
        assert_eq!(bench.field("holder", "entry_id"), Value::Null);
    }
}

#[test]
fn whoever_pulls_the_card_while_the_pin_is_with_it_is_told_the_result() {
    let mut bench = Bench::working();
    bench.pull();
    bench.stands("WORKING");
    bench.done(BillingDone::Verified(Ok(verified())));
    bench.stands("PAID");
}

#[test]
fn a_pin_that_is_with_the_card_cannot_be_called_back() {
    let mut bench = Bench::working();
    for text in [
        r#"{"act":"cancel_bill"}"#,
        r#"{"act":"settle_later"}"#,
        r#"{"act":"open","reference":"B-2","amount_fen":1}"#,
    ] {
        bench.by("cashier", text);
        bench.by("his", text);
        bench.stands("WORKING");
    }
}

#[test]
fn a_page_can_ask_for_its_own_things_only() {
    for (page, text) in [
        ("his", r#"{"act":"settle_later"}"#),
        ("his", r#"{"act":"use_last"}"#),
        ("holder", r#"{"act":"settle_later"}"#),
        ("holder", r#"{"act":"cancel_bill"}"#),
        ("cashier", r#"{"act":"typed"}"#),
        ("cashier", r#"{"act":"back"}"#),
    ] {
        for mut bench in Bench::everywhere() {
            let before = (bench.desk.view("cashier"), bench.desk.view("holder"));
            let _nothing = bench.by(page, text);
            let after = (bench.desk.view("cashier"), bench.desk.view("holder"));
            assert_eq!(after, before, "{page} {text}");
        }
    }
    let mut bench = Bench::entering();
    assert!(bench.on("cashier", sealed()).is_empty());
}

#[test]
fn wrong_locked_and_issued_are_told_apart() {
    Bench::refused(Reason::PinWrong).stands("WRONG_PIN");
    Bench::refused(Reason::PinNowBlocked).stands("LOCKED");
    Bench::refused(Reason::PinWasBlocked).stands("LOCKED");
    Bench::refused(Reason::IssuedPin).stands("ISSUED_PIN");
    let mut bench = Bench::refused(Reason::PinWrong);
    let work = bench.by("holder", r#"{"act":"again"}"#);
    assert!(matches!(work.as_slice(), [BillingWork::BeginVerify(_)]));
}

#[test]
fn every_reason_has_its_screen_on_both_pages() {
    for reason in Reason::ALL {
        let bench = Bench::refused(*reason);
        let state = bench.field("cashier", "state");
        let named = ["LOCKED", "ISSUED_PIN"].iter().any(|named| state == *named);
        if !named {
            for page in ["cashier", "holder"] {
                assert_eq!(bench.field(page, "refusal")["code"], reason.code());
            }
        }
    }
}

#[test]
fn an_entry_that_times_out_spends_nothing_and_can_be_asked_for_again() {
    let mut bench = Bench::entering();
    bench.now += Duration::from_secs(120);
    let work = bench.desk.on(Input::Time, bench.now);
    assert!(matches!(work.as_slice(), [BillingWork::Cancel(_)]));
    bench.stands("REFUSED");
    assert_eq!(bench.field("cashier", "refusal")["spent"], "NO");
    let work = bench.by("cashier", r#"{"act":"again"}"#);
    assert!(matches!(work.as_slice(), [BillingWork::BeginVerify(_)]));
}

#[test]
fn an_outcome_of_an_earlier_bill_counts_for_nothing() {
    let mut bench = Bench::opened();
    bench.insert(1);
    let turn = bench.desk.turn();
    bench.by("cashier", r#"{"act":"cancel_bill"}"#);
    bench.by(
        "cashier",
        r#"{"act":"open","reference":"B-2","amount_fen":9}"#,
    );
    let done = begun(For::Verify, false);
    let work = bench.desk.on(Input::Done { turn, done }, bench.now);
    assert!(matches!(work.as_slice(), [BillingWork::Cancel(_)]));
    bench.stands("READING");
}

#[test]
fn a_desk_whose_cardd_is_away_can_still_settle_later() {
    let mut bench = Bench::entering();
    bench.line(Line::Down);
    bench.stands("OUT_OF_ORDER");
    bench.holder_sees("out_of_order");
    bench.by("cashier", r#"{"act":"settle_later"}"#);
    bench.stands("SETTLE_LATER");
}

#[test]
fn bills_that_are_done_with_are_kept_within_a_bound() {
    let mut bench = Bench::ready();
    for number in 0..80 {
        let text = format!(r#"{{"act":"open","reference":"B-{number}","amount_fen":1}}"#);
        bench.by("his", &text);
        bench.by("his", r#"{"act":"cancel_bill"}"#);
    }
    let his = bench.desk.view("his").screen;
    assert_eq!(his.as_array().unwrap().len(), 64);
    assert_eq!(his[63]["reference"], "B-79");
}
