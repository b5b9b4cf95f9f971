//! The line, end to end: one card, one PIN, from reader to desk, through the real pcscd.

use cardd_tests::{
    desk::{Desk, refusal},
    stand::{Plan, Stand},
};
use hall_client::{AttemptSpent, PinState, Reason};

#[tokio::test]
async fn issued_changed_verified_locked() {
    let stand = Stand::start(&Plan::with_cards(&["w1"])).unwrap();
    let reader = stand.reader("a");
    let mut billing = Desk::at(&stand, "billing").await.unwrap();
    let mut kiosk = Desk::at(&stand, "kiosk").await.unwrap();
    stand.rack().unwrap().insert("a", "w1").unwrap();
    let at = (reader.as_str(), billing.card(&reader).await.unwrap());

    let status = billing.status(at).await.unwrap();
    assert_eq!(
        (status.state, status.attempts_remaining),
        (PinState::Unknown, Some(6))
    );
    assert_eq!(stand.tries("w1").unwrap(), 6);

    let refused = refusal(billing.verify(at, "1234", false).await);
    assert_eq!(
        (refused.reason, refused.attempt_spent),
        (Reason::IssuedPin, AttemptSpent::No)
    );
    assert_eq!(stand.tries("w1").unwrap(), 6);

    let counter_desk = Desk::at(&stand, "counter").await.unwrap();
    let records = counter_desk.records().await.unwrap();
    let denied: Vec<_> = records
        .iter()
        .filter(|record| record["kind"] == "denied")
        .collect();
    assert_eq!(denied.len(), 1);
    assert_eq!(denied[0]["reason"], "issued_pin");

    kiosk.change(at, ["1234", "8305", "8305"]).await.unwrap();
    assert_eq!(stand.tries("w1").unwrap(), 6);
    let verified = billing.verify(at, "8305", false).await.unwrap();
    assert_eq!(verified.attempts_remaining, Some(6));
    assert_eq!(billing.status(at).await.unwrap().state, PinState::Own);

    for left in (1..6).rev() {
        let wrong = refusal(billing.verify(at, "7602", false).await);
        assert_eq!(
            (wrong.reason, wrong.attempts_remaining),
            (Reason::PinWrong, Some(left))
        );
        assert_eq!(wrong.attempt_spent, AttemptSpent::Yes);
        assert_eq!(stand.tries("w1").unwrap(), left);
    }
    let floor = refusal(kiosk.change(at, ["7602", "9416", "9416"]).await);
    assert_eq!(
        (floor.reason, floor.attempt_spent),
        (Reason::AttemptsAtFloor, AttemptSpent::No)
    );
    let unconfirmed = refusal(billing.verify(at, "7602", false).await);
    assert_eq!(unconfirmed.reason, Reason::LastAttemptUnconfirmed);
    assert_eq!(stand.tries("w1").unwrap(), 1);
    let now = refusal(billing.verify(at, "7602", true).await);
    assert_eq!(
        (now.reason, now.attempts_remaining),
        (Reason::PinNowBlocked, Some(0))
    );
    let was = refusal(billing.verify(at, "8305", true).await);
    assert_eq!(
        (was.reason, was.attempt_spent),
        (Reason::PinWasBlocked, AttemptSpent::No)
    );
    assert_eq!(billing.status(at).await.unwrap().state, PinState::Blocked);
}
