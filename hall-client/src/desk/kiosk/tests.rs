//! Screens and what leads from one to the next, without a card.

use std::time::{Duration, Instant};

use super::{
    machine::{Action, Kiosk},
    work::{KioskDone, KioskWork, Looked},
};
use crate::{
    desk::{
        entry::{Entry, For},
        machine::{Input, Line, Machine as _},
        refusal::Refusal,
        settings::Settings,
        slip::SlipKey,
        testing::configured_rules,
    },
    model::*,
};

/// A kiosk whose clock the test turns.
struct Bench {
    kiosk: Kiosk,
    now: Instant,
}

fn reader(slot: Slot) -> Reader {
    Reader {
        name: "a".to_owned(),
        slot,
    }
}

fn insertion(number: u64) -> Insertion {
    Insertion::new(number).unwrap()
}

fn card() -> CardSummary {
    CardSummary {
        generation: Generation::Second,
        specification_version: "2.00".to_owned(),
        card_number: "ZZ0000125".to_owned(),
    }
}

fn status(pcsc: ServiceState, kiosks_closed: bool) -> TerminalStatus {
    TerminalStatus {
        version: String::new(),
        terminal_id: String::new(),
        started_unix_ms: 0,
        desk: Desk {
            name: "kiosk".to_owned(),
            kind: DeskKind::Kiosk,
        },
        pcsc,
        ledger: LedgerState::Ready,
        old_ledger_head_hex: None,
        ledger_head_sequence: 0,
        ledger_unacknowledged: 0,
        ledger_unacknowledged_limit: 0,
        ledger_enrolled: false,
        readers: 1,
        open_entries: 0,
        guess_budget: GuessBudget {
            limit_per_hour: 10,
            spent: 0,
            kiosks_closed,
        },
        protection: Vec::new(),
        rules: configured_rules(),
    }
}

fn looked(state: PinState, tries: Option<u32>) -> KioskDone {
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

fn entry(id: u8) -> Entry {
    Entry {
        purpose: For::Change,
        entry_id: [id; 16],
        public_key: [7; 32],
        insertion: "1".to_owned(),
        min_digits: 4,
        max_digits: 6,
        tries: Some(6),
        lifetime: Duration::from_secs(120),
    }
}

fn sealed() -> Action {
    let text = format!(
        r#"{{"act":"submit","encapsulated_key":"{}","ciphertext":"{}"}}"#,
        "00".repeat(32),
        "00".repeat(cardd_proto::entry::CIPHERTEXT_BYTES)
    );
    serde_json::from_str(&text).unwrap()
}

impl Bench {
    /// With a reader and no card.
    fn ready() -> Self {
        let mut bench = Self {
            kiosk: Kiosk::new(Settings::default(), SlipKey::parse(&"11".repeat(32))),
            now: Instant::now(),
        };
        bench.up(vec![reader(Slot::Empty)], ServiceState::Up);
        bench
    }

    fn up(&mut self, readers: Vec<Reader>, pcsc: ServiceState) -> Vec<KioskWork> {
        let status = Box::new(status(pcsc, false));
        self.line(Line::Up { status, readers })
    }

    fn line(&mut self, line: Line) -> Vec<KioskWork> {
        self.kiosk.on(Input::Line(line), self.now)
    }

    fn insert(&mut self, number: u64) -> Vec<KioskWork> {
        self.line(Line::Event(Happening::CardIdentified {
            reader: "a".to_owned(),
            insertion: insertion(number),
            card: card(),
        }))
    }

    fn pull(&mut self) -> Vec<KioskWork> {
        self.line(Line::Event(Happening::CardRemoved {
            reader: "a".to_owned(),
            insertion: insertion(1),
        }))
    }

    fn done(&mut self, done: KioskDone) -> Vec<KioskWork> {
        let turn = self.turn();
        self.kiosk.on(Input::Done { turn, done }, self.now)
    }

    fn act(&mut self, action: Action) -> Vec<KioskWork> {
        let page = "kiosk";
        self.kiosk.on(Input::Action { page, action }, self.now)
    }

    fn turn(&self) -> u64 {
        self.kiosk.view("kiosk").turn
    }

    fn field(&self, name: &str) -> serde_json::Value {
        let screen = self.kiosk.view("kiosk").screen;
        screen.get(name).cloned().unwrap_or_default()
    }

    fn shows(&self, name: &str) {
        assert_eq!(self.field("name"), name);
    }

    /// At home with a card whose PIN state is not known.
    fn home() -> Self {
        let mut bench = Self::ready();
        bench.insert(1);
        bench.done(looked(PinState::Unknown, Some(6)));
        bench.shows("home");
        bench
    }

    /// The holder types the first PIN.
    fn entering() -> Self {
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
    fn checked(judgement: Result<(), Refusal>) -> Self {
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
    fn working() -> Self {
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
    fn everywhere() -> Vec<Self> {
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

#[test]
fn a_change_takes_three_pins_in_order_and_judges_the_new_one_between() {
    let mut bench = Bench::entering();
    let flow = bench.field("flow");
    assert_eq!(bench.field("step"), "old");
    assert_eq!(bench.field("tries"), 6);
    assert!(bench.act(sealed()).is_empty(), "sealed before it is typed");
    bench.act(Action::Typed);
    assert_eq!(bench.field("step"), "new");
    assert!(bench.act(Action::Typed).is_empty());
    assert_eq!(bench.field("step"), "new", "not judged yet");
    bench.act(sealed());
    let work = bench.done(KioskDone::Checked(Ok(())));
    assert!(matches!(work.as_slice(), [KioskWork::Begin(_)]), "{work:?}");
    assert_eq!(bench.field("flow"), flow, "the page would forget");
    bench.done(KioskDone::Begun(Ok(entry(2))));
    assert_eq!(bench.field("step"), "again");
    assert_eq!(bench.field("flow"), flow);
    bench.act(sealed());
    bench.shows("working");
}

#[test]
fn a_weak_pin_is_typed_anew_with_the_reason_and_without_the_old_one() {
    let weak = Refusal::of(Reason::PinTooWeak);
    let mut bench = Bench::checked(Err(weak));
    bench.done(KioskDone::Begun(Ok(entry(2))));
    assert_eq!(bench.field("step"), "new");
    assert_eq!(bench.field("notice")["code"], "PIN_TOO_WEAK");
    bench.act(sealed());
    bench.done(KioskDone::Checked(Ok(())));
    bench.done(KioskDone::Begun(Ok(entry(3))));
    assert_eq!(bench.field("step"), "again");
    assert_eq!(bench.field("notice"), serde_json::Value::Null);
}

#[test]
fn without_judgements_left_the_change_judges() {
    let spent = Refusal::of(Reason::TooManyEntries);
    let mut bench = Bench::checked(Err(spent));
    bench.done(KioskDone::Begun(Ok(entry(2))));
    assert_eq!(bench.field("step"), "again");
}

#[test]
fn a_page_that_lost_what_was_typed_starts_over() {
    let mut bench = Bench::entering();
    let flow = bench.field("flow");
    bench.act(Action::Typed);
    let work = bench.act(Action::StartOver);
    assert!(
        matches!(
            work.as_slice(),
            [KioskWork::Cancel(_), KioskWork::BeginCheck(_)]
        ),
        "{work:?}"
    );
    bench.done(KioskDone::Begun(Ok(entry(2))));
    assert_eq!(bench.field("step"), "old");
    assert_ne!(bench.field("flow"), flow);
}

#[test]
fn a_locked_card_gets_a_slip_that_does_not_name_it() {
    let mut bench = Bench::ready();
    bench.insert(1);
    bench.done(looked(PinState::Blocked, Some(0)));
    bench.shows("locked");
    assert_eq!(bench.field("slip")["reference"].as_str().unwrap().len(), 19);
    assert!(
        !bench
            .kiosk
            .view("kiosk")
            .screen
            .to_string()
            .contains("420100D156")
    );
}

#[test]
fn a_card_that_is_pulled_leads_to_a_clean_start_from_everywhere() {
    for mut bench in Bench::everywhere() {
        let before = bench.turn();
        bench.pull();
        bench.shows("attract");
        assert!(bench.turn() > before, "an old touch still counts");
        let view = bench.kiosk.view("kiosk");
        assert_eq!(view.screen, serde_json::json!({ "name": "attract" }));
        assert_eq!(view.until, None);
    }
}

#[test]
fn an_entry_whose_card_is_pulled_is_voided() {
    let work = Bench::entering().pull();
    assert!(matches!(work.as_slice(), [KioskWork::Cancel(id)] if *id == [1; 16]));
}

#[test]
fn a_holder_who_pulls_the_card_while_it_is_changed_is_told_the_result() {
    let mut bench = Bench::working();
    bench.pull();
    bench.shows("working");
    bench.done(KioskDone::Changed(Err(Refusal::of(
        Reason::CardRemovedDuringChange,
    ))));
    bench.shows("refused");
    bench.now += Duration::from_secs(600);
    bench.kiosk.on(Input::Time, bench.now);
    bench.shows("attract");
}

#[test]
fn every_screen_of_a_holder_ends_by_its_time_and_says_nothing_after() {
    for mut bench in Bench::everywhere() {
        if let Some(until) = bench.kiosk.view("kiosk").until {
            bench.now = until;
            bench.kiosk.on(Input::Time, until);
            let screen = bench.kiosk.view("kiosk").screen;
            assert_eq!(screen, serde_json::json!({ "name": "take_card" }));
        } else {
            bench.shows("take_card");
        }
    }
}

#[test]
fn the_last_try_and_a_spent_budget_close_the_change_before_anybody_types() {
    for (tries, closed, by) in [
        (Some(1), false, "ATTEMPTS_AT_FLOOR"),
        (None, false, "PIN_STATUS_UNKNOWN"),
        (Some(6), true, "GUESS_BUDGET_SPENT"),
    ] {
        let mut bench = Bench::ready();
        if closed {
            bench.line(Line::Event(Happening::GuessBudgetSpent {
                spent: 10,
                limit_per_hour: 10,
            }));
        }
        bench.insert(1);
        bench.done(looked(PinState::Own, tries));
        assert_eq!(bench.field("closed_by"), by);
        assert!(bench.act(Action::Change).is_empty());
        bench.shows("home");
    }
}

#[test]
fn an_outcome_of_an_earlier_card_is_not_shown_and_its_entry_is_voided() {
    let mut bench = Bench::home();
    bench.act(Action::Change);
    let turn = bench.turn();
    bench.pull();
    let done = KioskDone::Begun(Ok(entry(9)));
    let work = bench.kiosk.on(Input::Done { turn, done }, bench.now);
    assert!(matches!(work.as_slice(), [KioskWork::Cancel(id)] if *id == [9; 16]));
    bench.shows("attract");
}

#[test]
fn what_is_down_is_said_and_comes_back_by_itself() {
    let mut bench = Bench::home();
    bench.line(Line::Down);
    assert_eq!(bench.field("why"), "OUT_LINE");
    bench.up(vec![reader(Slot::Empty)], ServiceState::Down);
    assert_eq!(bench.field("why"), "OUT_SERVICE");
    bench.line(Line::Event(Happening::ServiceChanged { up: true }));
    bench.shows("attract");
    bench.line(Line::Event(Happening::ReaderGone {
        reader: "a".to_owned(),
    }));
    assert_eq!(bench.field("why"), "OUT_READER");
    let slot = Slot::Identified {
        insertion: insertion(2),
        card: card(),
    };
    let work = bench.up(vec![reader(slot)], ServiceState::Up);
    bench.shows("reading");
    assert!(matches!(work.as_slice(), [KioskWork::Look(_)]));
}

#[test]
fn every_reason_has_its_screen() {
    for reason in Reason::ALL {
        let mut bench = Bench::working();
        bench.done(KioskDone::Changed(Err(Refusal::of(*reason))));
        if [Reason::PinWasBlocked, Reason::PinNowBlocked].contains(reason) {
            bench.shows("locked");
            continue;
        }
        bench.shows("refused");
        let refusal = bench.field("refusal");
        assert_eq!(refusal["code"], reason.code());
        assert_eq!(refusal["spent"], "NO");
        let key = format!("NEXT_{}", refusal["next"].as_str().unwrap());
        let texts = cardd_proto::text::page::TEXTS;
        assert!(texts.iter().any(|(known, _)| *known == key), "{key}");
    }
}

#[test]
fn time_is_prolonged_ten_times_and_no_more() {
    let mut bench = Bench::home();
    for _ in 0..10 {
        let before = bench.kiosk.view("kiosk").until;
        bench.now += Duration::from_secs(30);
        bench.act(Action::MoreTime);
        assert!(bench.kiosk.view("kiosk").until > before);
    }
    let last = bench.kiosk.view("kiosk").until;
    bench.now += Duration::from_secs(30);
    bench.act(Action::MoreTime);
    assert_eq!(bench.kiosk.view("kiosk").until, last);
}
