//! Screens and what leads from one to the next, without a card.

mod bench;

use std::time::Duration;

use self::bench::{Bench, entry, looked, sealed};
use super::{
    acts::Action,
    work::{KioskDone, KioskWork},
};
use crate::{
    desk::{
        machine::{Input, Line, Machine as _},
        refusal::Refusal,
        testing::{card, insertion, reader},
    },
    model::*,
};

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

/// Nothing was wrong with the card, and its holder need not take it out for that.
#[test]
fn a_card_that_had_to_wait_is_read_again_where_it_lies() {
    for (reason, again) in [
        (Reason::CardHeld, true),
        (Reason::ReaderBusy, true),
        (Reason::CardUnreadable, false),
    ] {
        let mut bench = Bench::ready();
        bench.insert(1);
        bench.done(KioskDone::Looked(Err(Refusal::of(reason))));
        assert_eq!(bench.field("look_again"), again, "{reason:?}");
        let work = bench.act(Action::Restart);
        if again {
            assert!(matches!(work.as_slice(), [KioskWork::Look(_)]), "{work:?}");
            bench.done(looked(PinState::Own, Some(6)));
            bench.shows("home");
        } else {
            assert!(work.is_empty(), "{work:?}");
            bench.shows("refused");
        }
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
