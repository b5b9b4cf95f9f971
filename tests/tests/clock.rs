//! The wall clock steps, back and forward, under a running cardd and between two. What waits is
//! measured by a clock that nobody sets: an entry neither lives longer nor dies sooner. The guess
//! budget and grants are held against the same steps in `budget.rs` and `issuer/clock.rs`.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use cardd_tests::{
    desk::typed,
    scene::{CARD, OWN, Scene, TRIES},
    set_clock::SetClock,
    stand::Plan,
};
use hall_client::{AttemptSpent, LedgerState, Reason, Verify};
use rustix::process::Signal;

/// Far more than anything that is timed.
const STEPS: [&str; 2] = ["-400d", "+400d"];

async fn scene(clock: &SetClock, config: &str) -> Scene {
    let plan = Plan::with_cards(&[CARD]).config(config);
    Scene::set(&clock.plan(plan)).await.unwrap()
}

/// The prompt is open while the clock steps: what is typed is taken.
#[tokio::test]
async fn an_entry_outlives_every_step_of_the_clock() {
    let clock = SetClock::new().unwrap();
    let mut scene = scene(&clock, "").await;
    for step in STEPS {
        let terminal = scene.desk.terminal.clone();
        let entry = terminal.begin_entry(&scene.reader, scene.insertion, Verify);
        let entry = entry.await.unwrap();
        clock.set(step).unwrap();
        let verified = entry.verify(typed(OWN), &mut rand::rng()).await.unwrap();
        assert_eq!(verified.attempts_remaining, Some(TRIES), "{step}");
        scene.restore().await.unwrap();
    }
    let records = scene.desk.records().await.unwrap();
    let times = records.iter().map(|record| record["time_unix_ms"].as_i64());
    let (first, last) = (times.clone().min().flatten(), times.max().flatten());
    let days = (last.unwrap() - first.unwrap()) / 86_400_000;
    assert!(days > 700, "cardd did not see the steps: {days} days");
}

/// The clock is set back for as long as the entry lives, and more: it is over all the same.
#[tokio::test]
async fn an_entry_that_is_over_is_not_revived_by_a_clock_set_back() {
    let clock = SetClock::new().unwrap();
    let scene = scene(&clock, "[limits]\nentry_lifetime_ms = 1000").await;
    let terminal = scene.desk.terminal.clone();
    let entry = terminal.begin_entry(&scene.reader, scene.insertion, Verify);
    let entry = entry.await.unwrap();
    clock.set("-400d").unwrap();
    // Its life, by the clock that nobody sets.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let late = entry
        .verify(typed(OWN), &mut rand::rng())
        .await
        .unwrap_err();
    assert_eq!(late.reason(), Some(Reason::EntryTimedOut), "{late:?}");
    assert_eq!(late.attempt_spent(), AttemptSpent::No);
    assert_eq!(scene.tries().unwrap(), TRIES - 1);
}

/// The clock steps while cardd is down: the ledger opens, a stay of a card has no number that was
/// given before, and what was meant for an earlier stay is refused.
#[tokio::test]
async fn no_stay_has_the_number_of_another_although_the_clock_went_back() {
    let clock = SetClock::new().unwrap();
    let mut scene = scene(&clock, "").await;
    for step in STEPS {
        let before = scene.insertion;
        scene.stand.cardd.end(Signal::KILL).unwrap();
        clock.set(step).unwrap();
        scene.again().await.unwrap();
        assert!(scene.insertion > before, "{step}: {before:?}");
        let status = scene.desk.terminal.status().await.unwrap();
        assert_eq!(status.ledger, LedgerState::Ready, "{step}");
        let stale = scene
            .desk
            .status((&scene.reader, before))
            .await
            .unwrap_err();
        assert_eq!(stale.reason(), Some(Reason::CardChanged), "{step}");
        scene.restore().await.unwrap();
    }
}
