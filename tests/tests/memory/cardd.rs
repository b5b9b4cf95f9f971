//! cardd: right, wrong, refused, void, too late, torn, abandoned.

use super::*;

#[tokio::test]
async fn nothing_stays_behind_in_cardd() {
    if !can_search() {
        return;
    }
    let mut at = Watched::start("").await;

    let wrong = at.canary();
    assert_eq!(refusal(at.verify(&wrong).await).reason, Reason::PinWrong);
    at.assert_clean("a wrong PIN");

    let own = at.canary();
    at.change(["1234", &own, &own]).await.unwrap();
    at.assert_clean("a change");
    at.verify(&own).await.unwrap();
    at.assert_clean("the right PIN");

    let (old, other) = (at.canary(), at.canary());
    let refused = refusal(at.change([&old, &other, &other]).await);
    assert_eq!(refused.reason, Reason::PinWrong);
    at.assert_clean("a change with a wrong old PIN");

    let (old, new, again) = (at.canary(), at.canary(), at.canary());
    let refused = refusal(at.change([&old, &new, &again]).await);
    assert_eq!(refused.reason, Reason::NewPinsDiffer);
    at.assert_clean("two new PINs that differ");

    let same = at.canary();
    let refused = refusal(at.change([&same, &same, &same]).await);
    assert_eq!(refused.reason, Reason::NewEqualsOld);
    at.assert_clean("a new PIN that is the old one");

    let letter = format!("{}x", &at.canary()[..15]);
    assert_eq!(refusal(at.verify(&letter).await).reason, Reason::PinFormat);
    at.assert_clean("a letter");

    let weak = at.weak_canary();
    let refused = refusal(at.change([&own, &weak, &weak]).await);
    assert_eq!(refused.reason, Reason::PinTooWeak);
    at.assert_clean("a new PIN that a rule refuses");
}

#[tokio::test]
async fn nothing_stays_behind_when_the_entry_is_void() {
    if !can_search() {
        return;
    }
    let mut at = Watched::start("[limits]\nentry_lifetime_ms = 1000\n").await;

    let (pin, here) = (at.canary(), (at.reader.clone(), at.insertion));
    let terminal = at.desk.terminal.clone();
    let begin = || terminal.begin_entry(&here.0, here.1, Verify);
    let replaced = begin().await.unwrap();
    let late = begin().await.unwrap();
    let mut rng = StdRng::seed_from_u64(2);
    let refused = refusal(replaced.verify(typed(&pin), &mut rng).await);
    assert_eq!(refused.reason, Reason::EntryUnknown);
    at.assert_clean("an entry that was replaced");

    let pin = at.canary();
    tokio::time::sleep(late.expires_in()).await;
    let refused = refusal(late.verify(typed(&pin), &mut rng).await);
    assert_eq!(refused.reason, Reason::EntryTimedOut);
    at.assert_clean("an entry that came too late");

    let pin = at.canary();
    let code = at.send_altered(&pin).await;
    assert_eq!(code, tonic::Code::FailedPrecondition);
    at.assert_clean("a seal that was altered");
}

#[tokio::test]
async fn nothing_stays_behind_when_the_line_breaks() {
    if !can_search() {
        return;
    }
    let mut at = Watched::start("").await;
    let mut rack = at.stand.rack().unwrap();

    let new = at.canary();
    rack.hold("a", CHANGE_PIN, HoldPhase::Answer).unwrap();
    let terminal = at.desk.terminal.clone();
    let (reader, insertion, pin) = (at.reader.clone(), at.insertion, new.clone());
    let leaving = tokio::spawn(async move {
        let entry = terminal.begin_entry(&reader, insertion, Change).await?;
        let (old, new, again) = (typed("1234"), typed(&pin), typed(&pin));
        entry
            .change(old, new, again, &mut StdRng::seed_from_u64(2))
            .await
    });
    let rack = tokio::task::spawn_blocking(move || {
        rack.wait("a", Until::Held, PATIENCE).map(|_held| rack)
    });
    let mut rack = rack.await.unwrap().unwrap();
    leaving.abort();
    assert!(leaving.await.unwrap_err().is_cancelled());
    rack.release("a").unwrap();
    // The card's next job ends after the one that nobody waits for.
    let here = (at.reader.as_str(), at.insertion);
    at.desk.status(here).await.unwrap();
    at.assert_clean("a desk that left");
    at.verify(&new).await.unwrap();

    let (old, pin) = (new, at.canary());
    let pull = PullAt {
        when: CHANGE_PIN,
        phase: PullPhase::During,
    };
    rack.pull_at("a", pull).unwrap();
    let doubt = refusal(at.change([&old, &pin, &pin]).await);
    assert_eq!(doubt.attempt_spent, AttemptSpent::Unknown);
    at.assert_clean("a card that was pulled");
}

/// The card is slower than the desk is patient: the answer is lost, the digits are not kept.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_stays_behind_when_the_card_is_too_slow() {
    if !can_search() {
        return;
    }
    let mut at = Watched::start("[limits]\ncard_work_ms = 1000\n").await;
    let (old, new) = (at.canary(), at.canary());
    let mut rack = at.stand.rack().unwrap();
    rack.hold("a", CHANGE_PIN, HoldPhase::Answer).unwrap();
    let late = refusal(at.change([&old, &new, &new]).await);
    assert_eq!(late.attempt_spent, AttemptSpent::Unknown);
    rack.release("a").unwrap();
    let here = (at.reader.as_str(), at.insertion);
    at.desk.status(here).await.unwrap();
    at.assert_clean("a card that was too slow");
}
