//! A bill's stages and what leads from one to the next, without a card.

mod bench;

use std::time::Duration;

use serde_json::Value;

use self::bench::{Bench, begun, looked, receipt, sealed, verified};
use super::work::{BillingDone, BillingWork};
use crate::{
    desk::{
        entry::For,
        machine::{Input, Line, Machine as _},
    },
    model::*,
};

#[test]
fn a_right_pin_makes_a_receipt_for_this_bill() {
    let mut bench = Bench::working();
    bench.done(BillingDone::Verified(Ok(receipt())));
    bench.stands("PAID");
    bench.holder_sees("paid");
    assert_eq!(bench.field("cashier", "record"), 41);
    let his = bench.desk.view("his").screen;
    assert_eq!(his[0]["reference"], "B-1");
    assert_eq!(his[0]["concluded"], true);
    assert_eq!(his[0]["receipt"]["signed"], "R1");
    for page in ["cashier", "holder"] {
        let shown = bench.desk.view(page).screen.to_string();
        assert!(!shown.contains("R1"), "{page} has the receipt: {shown}");
    }
    bench.now += Duration::from_secs(600);
    bench.desk.on(Input::Time, bench.now);
    bench.holder_sees("take_card");
    bench.stands("PAID");
    bench.pull();
    bench.holder_sees("welcome");
}

const TAKEN_BACK: &str =
    r#"{"act":"receipt_cancelled","number":1,"cancellation":{"signed":"C1","ledger_sequence":44}}"#;

#[test]
fn a_receipt_that_the_terminal_took_back_is_no_more_and_every_page_says_so() {
    let mut bench = Bench::working();
    bench.by("his", TAKEN_BACK);
    bench.stands("WORKING");
    bench.done(BillingDone::Verified(Ok(receipt())));
    for page in ["cashier", "holder"] {
        bench.by(page, TAKEN_BACK);
        bench.stands("PAID");
    }
    bench.by("his", TAKEN_BACK);
    bench.stands("RECEIPT_CANCELLED");
    bench.holder_sees("cancelled");
    assert_eq!(bench.field("cashier", "record"), 44);
    let his = bench.desk.view("his").screen;
    assert_eq!(his[0]["receipt"], Value::Null);
    assert_eq!(his[0]["cancellation"]["signed"], "C1");
    assert_eq!(his[0]["concluded"], true);
    for page in ["cashier", "holder"] {
        let shown = bench.desk.view(page).screen.to_string();
        assert!(!shown.contains("C1"), "{page} has the word for it: {shown}");
    }
    bench.by(
        "his",
        r#"{"act":"open","reference":"B-1","amount_fen":1250}"#,
    );
    bench.stands("READING");
}

#[test]
fn a_receipt_is_taken_back_while_the_next_bill_is_under_way() {
    let mut bench = Bench::working();
    bench.done(BillingDone::Verified(Ok(receipt())));
    bench.by("cashier", r#"{"act":"finish"}"#);
    bench.by(
        "cashier",
        r#"{"act":"open","reference":"B-2","amount_fen":5}"#,
    );
    let turn = bench.desk.view("cashier").turn;
    bench.by("his", TAKEN_BACK);
    assert_eq!(bench.desk.view("cashier").turn, turn);
    let his = bench.desk.view("his").screen;
    assert_eq!(his[0]["state"], "RECEIPT_CANCELLED");
    assert_ne!(his[1]["concluded"], true);
}

#[test]
fn the_pin_is_presented_for_the_bill_that_the_holder_sees() {
    let mut bench = Bench::entering();
    let work = bench.on("holder", sealed());
    let [BillingWork::Verify { bill, .. }] = work.as_slice() else {
        panic!("{work:?}");
    };
    let shown = bench.desk.view("holder").screen;
    assert_eq!(shown["reference"], bill.reference);
    assert_eq!(shown["amount_fen"], bill.amount_fen);
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
    bench.done(BillingDone::Verified(Ok(receipt())));
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
