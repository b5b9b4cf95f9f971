//! Each outcome of a PIN, told apart, and what it cost the holder.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use cardd_tests::{
    desk::{Desk, refusal},
    stand::{Plan, Stand},
};
use hall_client::{
    AttemptSpent, CardFailure, Change, Insertion, PinState, Reason, Verify, WeakPin,
};

const OWN: &str = "830571";
const WRONG: &str = "760241";

/// A stand with one card in its reader, and where that is.
async fn with_card(card: &str) -> (Stand, Desk, Desk, String, Insertion) {
    let stand = Stand::start(&Plan::with_cards(&[card])).unwrap();
    let billing = Desk::at(&stand, "billing").await.unwrap();
    let kiosk = Desk::at(&stand, "kiosk").await.unwrap();
    let reader = stand.reader("a");
    stand.rack().unwrap().insert("a", card).unwrap();
    let insertion = billing.card(&reader).await.unwrap();
    (stand, billing, kiosk, reader, insertion)
}

fn told(failure: &CardFailure) -> (Reason, Option<u32>, AttemptSpent) {
    (
        failure.reason,
        failure.attempts_remaining,
        failure.attempt_spent,
    )
}

#[tokio::test]
async fn a_wrong_pin_says_how_many_tries_are_left() {
    let (stand, mut billing, mut kiosk, reader, insertion) = with_card("w2").await;
    let at = (reader.as_str(), insertion);
    let wrong = refusal(billing.verify(at, WRONG, false).await);
    assert_eq!(told(&wrong), (Reason::PinWrong, Some(5), AttemptSpent::Yes));
    assert_eq!(wrong.status_word, Some(0x63C5));
    assert_eq!(stand.tries("w2").unwrap(), 5);

    let wrong_old = refusal(kiosk.change(at, [WRONG, OWN, OWN]).await);
    assert_eq!(
        told(&wrong_old),
        (Reason::PinWrong, Some(4), AttemptSpent::Yes)
    );
    assert_eq!(stand.tries("w2").unwrap(), 4);

    let changed = kiosk.change(at, ["123456", OWN, OWN]).await.unwrap();
    assert_eq!(changed.attempts_remaining, Some(6));
    assert_eq!(stand.tries("w2").unwrap(), 6);
    assert_eq!(stand.pins_sent().unwrap(), 3);
}

#[tokio::test]
async fn the_issued_pin_is_refused_before_anything_is_sent() {
    let (stand, mut billing, _, reader, insertion) = with_card("w2").await;
    let at = (reader.as_str(), insertion);
    for issued in ["123456", "1234"] {
        let refused = refusal(billing.verify(at, issued, false).await);
        assert_eq!(told(&refused), (Reason::IssuedPin, None, AttemptSpent::No));
    }
    assert_eq!(stand.pins_sent().unwrap(), 0);
    assert_eq!(stand.tries("w2").unwrap(), 6);
}

#[tokio::test]
async fn blocked_now_and_blocked_before_are_two_things() {
    let (stand, mut billing, mut kiosk, reader, insertion) = with_card("one-try-left").await;
    let at = (reader.as_str(), insertion);
    let floor = refusal(kiosk.change(at, ["123456", OWN, OWN]).await);
    assert_eq!(
        told(&floor),
        (Reason::AttemptsAtFloor, Some(1), AttemptSpent::No)
    );
    let unconfirmed = refusal(billing.verify(at, WRONG, false).await);
    assert_eq!(
        told(&unconfirmed),
        (Reason::LastAttemptUnconfirmed, Some(1), AttemptSpent::No)
    );
    assert_eq!(stand.pins_sent().unwrap(), 0);

    let entry = billing
        .terminal
        .begin_entry(at.0, at.1, Verify)
        .await
        .unwrap();
    assert!(entry.last_attempt(), "the desk is told before the prompt");
    let now = refusal(billing.verify(at, WRONG, true).await);
    assert_eq!(
        told(&now),
        (Reason::PinNowBlocked, Some(0), AttemptSpent::Yes)
    );
    assert_eq!(stand.tries("one-try-left").unwrap(), 0);

    let was = refusal(billing.verify(at, OWN, true).await);
    assert_eq!(
        told(&was),
        (Reason::PinWasBlocked, Some(0), AttemptSpent::No)
    );
    assert_eq!(stand.pins_sent().unwrap(), 1);
}

#[tokio::test]
async fn the_last_try_can_be_the_right_one() {
    let (stand, _, _, reader, insertion) = with_card("one-try-left").await;
    let counter = Desk::at(&stand, "counter").await.unwrap();
    let entry = counter
        .terminal
        .begin_entry(&reader, insertion, Change)
        .await
        .unwrap()
        .accept_last_attempt();
    let typed = cardd_tests::desk::typed;
    let mut rng: rand::rngs::StdRng = rand::SeedableRng::seed_from_u64(2);
    let changed = entry
        .change(typed("123456"), typed(OWN), typed(OWN), &mut rng)
        .await
        .unwrap();
    assert_eq!(changed.attempts_remaining, Some(6));
    assert_eq!(stand.tries("one-try-left").unwrap(), 6);
}

#[tokio::test]
async fn a_card_without_a_pin_is_not_asked_for_one() {
    let (stand, mut billing, _, reader, insertion) = with_card("pin-empty").await;
    let at = (reader.as_str(), insertion);
    assert_eq!(billing.status(at).await.unwrap().state, PinState::NotSet);
    let refused = refusal(billing.verify(at, OWN, false).await);
    assert_eq!(told(&refused), (Reason::PinNotSet, None, AttemptSpent::No));
    assert_eq!(stand.pins_sent().unwrap(), 0);
}

#[tokio::test]
async fn what_is_no_pin_costs_nothing() {
    let (stand, mut billing, mut kiosk, reader, insertion) = with_card("w2").await;
    let at = (reader.as_str(), insertion);
    for typed in ["12a456", "83\u{ff10}5", "830", "8305716", "", " 8305"] {
        let refused = refusal(billing.verify(at, typed, false).await);
        assert_eq!(
            told(&refused),
            (Reason::PinFormat, None, AttemptSpent::No),
            "{typed:?}"
        );
        let refused = refusal(kiosk.change(at, ["123456", typed, typed]).await);
        assert_eq!(refused.reason, Reason::PinFormat, "{typed:?}");
    }
    assert_eq!(stand.pins_sent().unwrap(), 0);
    assert_eq!(stand.tries("w2").unwrap(), 6);
}

#[tokio::test]
async fn a_new_pin_that_may_not_be_costs_nothing() {
    let (stand, _, mut kiosk, reader, insertion) = with_card("w2").await;
    let at = (reader.as_str(), insertion);
    let differ = refusal(kiosk.change(at, ["123456", OWN, WRONG]).await);
    assert_eq!(
        told(&differ),
        (Reason::NewPinsDiffer, None, AttemptSpent::No)
    );
    let same = refusal(kiosk.change(at, ["123456", "123456", "123456"]).await);
    assert_eq!(told(&same), (Reason::NewEqualsOld, None, AttemptSpent::No));
    // The holder of w2: born 1985-06-15, 420101198506150003, card ZZ0000125.
    for (new, rule) in [
        ("1234", WeakPin::Issued),
        ("850615", WeakPin::BirthDate),
        ("0615", WeakPin::BirthDate),
        ("150003", WeakPin::IdNumber),
        ("0125", WeakPin::CardNumber),
        ("1111", WeakPin::Repeat),
        ("7654", WeakPin::Run),
        ("2580", WeakPin::Keypad),
        ("1986", WeakPin::Year),
        ("1314", WeakPin::Common),
    ] {
        let weak = refusal(kiosk.change(at, ["123456", new, new]).await);
        assert_eq!(
            told(&weak),
            (Reason::PinTooWeak, None, AttemptSpent::No),
            "{new}"
        );
        assert_eq!(weak.weak_pin, Some(rule), "{new}");
    }
    assert_eq!(stand.pins_sent().unwrap(), 0);
    assert_eq!(stand.tries("w2").unwrap(), 6);
}

#[tokio::test]
async fn a_kiosk_verifies_nothing_and_stops_one_try_early() {
    let (stand, mut billing, mut kiosk, reader, insertion) = with_card("w2").await;
    let at = (reader.as_str(), insertion);
    let denied = refusal(kiosk.verify(at, OWN, false).await);
    assert_eq!(
        told(&denied),
        (Reason::NotForThisDesk, None, AttemptSpent::No)
    );
    for left in [5, 4, 3, 2] {
        let wrong = refusal(billing.verify(at, WRONG, false).await);
        assert_eq!(wrong.attempts_remaining, Some(left));
    }
    let last_at_kiosk = refusal(kiosk.change(at, [WRONG, OWN, OWN]).await);
    assert_eq!(
        told(&last_at_kiosk),
        (Reason::PinWrong, Some(1), AttemptSpent::Yes)
    );
    let floor = refusal(kiosk.change(at, ["123456", OWN, OWN]).await);
    assert_eq!(floor.reason, Reason::AttemptsAtFloor);
    assert_eq!(stand.tries("w2").unwrap(), 1);
}

#[tokio::test]
async fn only_the_card_that_is_meant_is_worked_on() {
    let (stand, mut billing, _, reader, insertion) = with_card("w2").await;
    let other = Insertion::new(insertion.get() + 1).unwrap();
    let refused = refusal(billing.verify((&reader, other), OWN, false).await);
    assert_eq!(
        told(&refused),
        (Reason::CardChanged, None, AttemptSpent::No)
    );
    let unknown = refusal(
        billing
            .verify(("No reader 00 00", insertion), OWN, false)
            .await,
    );
    assert_eq!(unknown.reason, Reason::ReaderUnknown);
    stand.rack().unwrap().pull("a").unwrap();
    let removed = |event: &hall_client::Event| event.happening.code() == "CARD_REMOVED";
    billing
        .event(|event| removed(event).then_some(()))
        .await
        .unwrap();
    let empty = refusal(billing.verify((&reader, insertion), OWN, false).await);
    assert_eq!(empty.reason, Reason::NoCard);
    assert_eq!(stand.pins_sent().unwrap(), 0);
}

#[tokio::test]
async fn cards_whose_counters_lie_are_told_as_they_answer() {
    let (stand, mut billing, _, reader, insertion) = with_card("double-cost").await;
    let at = (reader.as_str(), insertion);
    for left in [4, 2] {
        let wrong = refusal(billing.verify(at, WRONG, false).await);
        assert_eq!(
            told(&wrong),
            (Reason::PinWrong, Some(left), AttemptSpent::Yes)
        );
        assert_eq!(stand.tries("double-cost").unwrap(), left);
    }
    let blocked = refusal(billing.verify(at, WRONG, false).await);
    assert_eq!(
        told(&blocked),
        (Reason::PinNowBlocked, Some(0), AttemptSpent::Yes)
    );
}
