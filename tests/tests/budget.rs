//! The guess budget, end to end: a bag of cards does not help.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops at the first surprise"
)]

use std::fs;

use card_sim::rack::control::CardView;
use cardd_tests::{
    desk::{Desk, refusal},
    set_clock::SetClock,
    stand::{Plan, Stand},
};
use hall_client::{AttemptSpent, GuessBudget, Happening, Insertion, Reason};
use rustix::process::Signal;

const LIMIT: u32 = 3;

fn plan() -> Plan {
    Plan::with_cards(&["w1", "w2"]).config("[limits]\nguess_budget_per_hour = 3")
}

/// Tries left of the PIN, as the card itself counts them.
fn counter(stand: &Stand, card: &str) -> u8 {
    let view: CardView = stand.rack().unwrap().inspect(card).unwrap();
    let counters = view.inside.counters.iter();
    counters
        .filter(|c| c.name == "pin")
        .map(|c| c.left)
        .next()
        .unwrap()
}

/// Lays a card into slot `a` and waits until it is identified.
async fn lay(stand: &Stand, desk: &Desk, card: &str) -> Insertion {
    let position = desk.terminal.readers().await.unwrap().position;
    stand.rack().unwrap().insert("a", card).unwrap();
    identified(desk, position).await
}

async fn identified(desk: &Desk, position: u64) -> Insertion {
    let identified = desk.event_after(position, |event| match &event.happening {
        Happening::CardIdentified { insertion, .. } => Some(*insertion),
        _other => None,
    });
    identified.await.unwrap()
}

async fn budget(desk: &Desk) -> GuessBudget {
    desk.terminal.status().await.unwrap().guess_budget
}

fn stands(spent: u32, kiosks_closed: bool) -> GuessBudget {
    GuessBudget {
        limit_per_hour: LIMIT,
        spent,
        kiosks_closed,
    }
}

#[tokio::test]
async fn a_bag_of_cards_closes_the_kiosk_and_nothing_but_staff_opens_it() {
    let mut stand = Stand::start(&plan()).unwrap();
    let reader = stand.reader("a");
    let mut kiosk = Desk::at(&stand, "kiosk").await.unwrap();
    let wrong = ["7602", "9416", "9416"];

    let first = lay(&stand, &kiosk, "w1").await;
    for (left, spent) in [(5, 1), (4, 2)] {
        let refused = refusal(kiosk.change((&reader, first), wrong).await);
        assert_eq!(refused.reason, Reason::PinWrong);
        assert_eq!(counter(&stand, "w1"), left);
        assert_eq!(budget(&kiosk).await, stands(spent, false));
    }
    // A prompt that is open when another try spends the budget does not get to the card.
    stand.rack().unwrap().pull("a").unwrap();
    let second = lay(&stand, &kiosk, "w2").await;
    let mut billing = Desk::at(&stand, "billing").await.unwrap();
    let before = counter(&stand, "w2");
    let prompt = kiosk
        .terminal
        .begin_entry(&reader, second, hall_client::Change)
        .await
        .unwrap();
    let third = refusal(billing.verify((&reader, second), "7602", false).await);
    assert_eq!(third.reason, Reason::PinWrong);
    assert_eq!(counter(&stand, "w2"), before - 1);
    assert_eq!(budget(&kiosk).await, stands(3, true));
    let told = kiosk.event(|event| match &event.happening {
        Happening::GuessBudgetSpent {
            spent,
            limit_per_hour,
        } => Some((*spent, *limit_per_hour)),
        _other => None,
    });
    assert_eq!(told.await.unwrap(), (3, 3));
    others_see_it(&stand).await;
    let late = refusal(kiosk.finish_change(prompt, wrong).await);
    assert_eq!(
        (late.reason, late.attempt_spent),
        (Reason::GuessBudgetSpent, AttemptSpent::No)
    );
    assert_eq!(counter(&stand, "w2"), before - 1);

    let closed = refusal(kiosk.change((&reader, second), wrong).await);
    assert_eq!(
        (closed.reason, closed.attempt_spent),
        (Reason::GuessBudgetSpent, AttemptSpent::No)
    );
    // Staffed desks go on.
    let staffed = refusal(billing.verify((&reader, second), "7602", false).await);
    assert_eq!(staffed.reason, Reason::PinWrong);
    assert_eq!(counter(&stand, "w2"), before - 2);

    still_closed_after_a_restart(&mut stand, Signal::TERM, 4).await;
    still_closed_after_a_restart(&mut stand, Signal::KILL, 4).await;
    still_closed_under_a_larger_budget(&mut stand).await;
    staff_reopen(&mut stand, &reader).await;
}

/// Staffed desks see that the kiosks are closed, and the hall gets the event.
async fn others_see_it(stand: &Stand) {
    for name in ["billing", "counter", "hall"] {
        let desk = Desk::at(stand, name).await.unwrap();
        assert_eq!(budget(&desk).await, stands(3, true), "{name}");
        let told = desk.event(|event| {
            matches!(event.happening, Happening::GuessBudgetSpent { .. }).then_some(())
        });
        told.await.unwrap();
    }
}

/// They stay closed until staff reopen them, whatever the tries come to by then.
async fn still_closed_under_a_larger_budget(stand: &mut Stand) {
    let config = stand.directory().join("cardd.toml");
    let text = fs::read_to_string(&config).unwrap();
    let larger = text.replace("guess_budget_per_hour = 3", "guess_budget_per_hour = 30");
    assert_ne!(larger, text);
    for (text, limit_per_hour) in [(&larger, 30), (&text, LIMIT)] {
        stand.cardd.end(Signal::TERM).unwrap();
        fs::write(&config, text).unwrap();
        stand.cardd.spawn().unwrap();
        let kiosk = Desk::at(stand, "kiosk").await.unwrap();
        let expected = GuessBudget {
            limit_per_hour,
            ..stands(4, true)
        };
        assert_eq!(budget(&kiosk).await, expected);
    }
}

async fn still_closed_after_a_restart(stand: &mut Stand, signal: Signal, spent: u32) {
    stand.cardd.end(signal).unwrap();
    stand.cardd.spawn().unwrap();
    let kiosk = Desk::at(stand, "kiosk").await.unwrap();
    assert_eq!(budget(&kiosk).await, stands(spent, true), "{signal:?}");
    let insertion = kiosk.card(&stand.reader("a")).await.unwrap();
    let begun = kiosk
        .terminal
        .begin_entry(&stand.reader("a"), insertion, hall_client::Change)
        .await;
    assert_eq!(refusal(begun).reason, Reason::GuessBudgetSpent);
}

async fn staff_reopen(stand: &mut Stand, reader: &str) {
    let mut kiosk = Desk::at(stand, "kiosk").await.unwrap();
    let counter_desk = Desk::at(stand, "counter").await.unwrap();
    let denied = refusal(kiosk.terminal.reopen_kiosks().await);
    assert_eq!(denied.reason, Reason::NotForThisDesk);
    let sequence = counter_desk.terminal.reopen_kiosks().await.unwrap();
    let record = counter_desk
        .terminal
        .ledger_records(sequence.unwrap() - 1, 1)
        .await
        .unwrap();
    let body = &record[0].body_json;
    assert!(
        body.contains(r#""kind":"kiosks_reopened","desk":"counter""#),
        "{body}"
    );
    assert_eq!(budget(&kiosk).await, stands(0, false));
    assert_eq!(counter_desk.terminal.reopen_kiosks().await.unwrap(), None);

    let insertion = kiosk.card(reader).await.unwrap();
    let left = counter(stand, "w2");
    let wrong = refusal(
        kiosk
            .change((reader, insertion), ["7602", "9416", "9416"])
            .await,
    );
    assert_eq!(wrong.reason, Reason::PinWrong);
    assert_eq!(counter(stand, "w2"), left - 1);
    assert_eq!(budget(&kiosk).await, stands(1, false));
}

/// An hour is an hour in which cardd ran, whatever the wall clock says meanwhile, or says at the next
/// start.
#[tokio::test]
async fn no_step_of_the_clock_frees_a_try() {
    let clock = SetClock::new().unwrap();
    let mut stand = Stand::start(&clock.plan(plan())).unwrap();
    let reader = stand.reader("a");
    let mut kiosk = Desk::at(&stand, "kiosk").await.unwrap();
    let mut here = lay(&stand, &kiosk, "w1").await;
    let pins = ["7602", "9416", "9416"];
    for (spent, offset, signal) in [(1, "+2h", Signal::TERM), (2, "-3d", Signal::KILL)] {
        let refused = refusal(kiosk.change((&reader, here), pins).await);
        assert_eq!(refused.reason, Reason::PinWrong);
        clock.set(offset).unwrap();
        assert_eq!(budget(&kiosk).await, stands(spent, false), "{offset}");
        stand.cardd.end(signal).unwrap();
        stand.cardd.spawn().unwrap();
        kiosk = Desk::at(&stand, "kiosk").await.unwrap();
        assert_eq!(budget(&kiosk).await, stands(spent, false), "{offset}");
        here = kiosk.card(&reader).await.unwrap();
    }
    let refused = refusal(kiosk.change((&reader, here), pins).await);
    assert_eq!(refused.reason, Reason::PinWrong);
    clock.set("+400d").unwrap();
    still_closed_after_a_restart(&mut stand, Signal::KILL, 3).await;
    // The test means nothing if cardd did not see the steps.
    let counter_desk = Desk::at(&stand, "counter").await.unwrap();
    let records = counter_desk.records().await.unwrap();
    let times = records.iter().map(|record| record["time_unix_ms"].as_i64());
    let (first, last) = (times.clone().min().flatten(), times.max().flatten());
    let days = (last.unwrap() - first.unwrap()) / 86_400_000;
    assert!(days > 400, "{days}");
}

async fn wrong(desk: &mut Desk, at: (&str, Insertion)) {
    let refused = refusal(desk.verify(at, "7602", false).await);
    assert_eq!(refused.reason, Reason::PinWrong);
}

#[tokio::test]
async fn the_slow_thief_is_listed_until_the_holder_is_right() {
    let stand = Stand::start(&Plan::with_cards(&["w1", "w2"])).unwrap();
    let reader = stand.reader("a");
    let mut billing = Desk::at(&stand, "billing").await.unwrap();
    let counter_desk = Desk::at(&stand, "counter").await.unwrap();
    let suspects = async || counter_desk.terminal.suspect_cards(10).await.unwrap();
    assert_eq!(suspects().await.list, []);

    let first = lay(&stand, &billing, "w1").await;
    for _ in 0..2 {
        wrong(&mut billing, (&reader, first)).await;
    }
    stand.rack().unwrap().pull("a").unwrap();
    let second = lay(&stand, &billing, "w2").await;
    wrong(&mut billing, (&reader, second)).await;
    let listed = suspects().await;
    let lost: Vec<_> = listed.list.iter().map(|card| card.tries_lost).collect();
    assert_eq!((lost, listed.more), (vec![2, 1], false));
    assert_ne!(listed.list[0].card_ref, listed.list[1].card_ref);
    let one = counter_desk.terminal.suspect_cards(1).await.unwrap();
    assert_eq!((one.list.len(), one.more), (1, true));

    // The issued PIN is right for a change: whoever holds the card knows it.
    billing
        .change((&reader, second), ["123456", "8305", "8305"])
        .await
        .unwrap();
    assert_eq!(suspects().await.list, listed.list[..1]);
    let denied = refusal(billing.terminal.suspect_cards(10).await);
    assert_eq!(denied.reason, Reason::NotForThisDesk);
}
