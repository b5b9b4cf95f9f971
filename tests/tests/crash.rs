//! cardd ends in the middle: what it began is found and settled, once, without a try.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{os::unix::net::UnixListener, time::Duration};

use card_sim::rack::plan::HoldPhase;
use cardd_tests::{
    daemon::{Daemon, cardd},
    desk::Desk,
    scene::{OWN, SLOT, Scene, Typed},
    stand::{Plan, Stand},
};
use hall_client::{AttemptSpent, Event, PinState, Verdict};
use rustix::process::Signal;
use serde_json::Value;

const SOON: Duration = Duration::from_secs(10);

async fn scene(plan: &Plan) -> Scene {
    Scene::set(plan).await.unwrap()
}

fn of_kind(records: &[Value], kind: &str) -> Vec<Value> {
    records
        .iter()
        .filter(|record| record["kind"] == kind)
        .cloned()
        .collect()
}

/// Kills cardd while the card works on the PIN command; the next cardd finds the intent and
/// settles it by the counter, and the one after that has nothing left to settle.
async fn killed(what: Typed, phase: HoldPhase, verdict: Verdict, tries: u32) {
    let mut scene = scene(&Plan::with_cards(&["w2"])).await;
    let typing = scene.held_with_pin(what, phase).await.unwrap();
    scene.stand.cardd.end(Signal::KILL).unwrap();
    scene.stand.rack().unwrap().release(SLOT).unwrap();
    let broken = typing.await.unwrap().unwrap_err();
    assert_eq!(
        broken.attempt_spent(),
        AttemptSpent::Unknown,
        "a broken connection is no answer: {broken}"
    );
    for round in 0..2 {
        scene.stand.cardd.spawn().unwrap();
        let desk = Desk::at(&scene.stand, "counter").await.unwrap();
        let insertion = desk.card(&scene.reader).await.unwrap();
        let found = desk.verdicts(insertion).await.unwrap();
        let expected: &[Verdict] = if round == 0 { &[verdict] } else { &[] };
        assert_eq!(found, expected, "{what:?} {phase:?}");
        let records = desk.records().await.unwrap();
        let resolved = of_kind(&records, "resolved");
        assert_eq!(resolved.len(), 1, "exactly once");
        let intents = of_kind(&records, "intent");
        assert_eq!(
            intents.len(),
            4,
            "change, right and wrong verify, and the one in doubt"
        );
        assert_eq!(scene.stand.tries("w2").unwrap(), tries);
        let status = desk.status((&scene.reader, insertion)).await.unwrap();
        assert_eq!(
            (status.doubt, status.attempts_remaining),
            (None, Some(tries))
        );
        scene.stand.cardd.end(Signal::KILL).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_verify_that_reached_the_card_is_a_try_spent() {
    killed(Typed::VerifyWrong, HoldPhase::Answer, Verdict::TrySpent, 4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_verify_that_reached_the_card_is_a_success() {
    killed(Typed::VerifyRight, HoldPhase::Answer, Verdict::Succeeded, 6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_reached_the_card_is_a_success() {
    killed(Typed::ChangeRight, HoldPhase::Answer, Verdict::Succeeded, 6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daemon_stops_in_good_order() {
    let mut scene = scene(&Plan::with_cards(&["w2"])).await;
    let status = scene.stand.cardd.end(Signal::TERM).unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(
        !scene.stand.socket("kiosk").exists(),
        "no socket is left behind"
    );
    scene.stand.cardd.spawn().unwrap();
    let mut desk = Desk::at(&scene.stand, "counter").await.unwrap();
    let records = desk.records().await.unwrap();
    let kinds: Vec<_> = records
        .iter()
        .filter_map(|record| record["kind"].as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "chain_opened",
            "started",
            "intent",
            "outcome",
            "intent",
            "outcome",
            "intent",
            "outcome",
            "stopped",
            "started"
        ]
    );
    let insertion = desk.card(&scene.reader).await.unwrap();
    assert!(
        insertion > scene.insertion,
        "an insertion is never given twice"
    );
    desk.verify((&scene.reader, insertion), OWN, false)
        .await
        .unwrap();
}

/// The card does not answer while cardd is told to end: the wait has a bound, the record stands as
/// in doubt, and the exit code says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_does_not_answer_holds_nobody_up_at_the_end() {
    let plan = Plan::with_cards(&["w2"]).config("[limits]\nshutdown_ms = 2000");
    let mut scene = scene(&plan).await;
    let typing = scene
        .held_with_pin(Typed::VerifyWrong, HoldPhase::Answer)
        .await
        .unwrap();
    // The command is still held when cardd has ended, so that it was not waited for.
    let status = scene.stand.cardd.end(Signal::TERM).unwrap();
    assert_eq!(status.code(), Some(6), "work was left behind");
    typing.await.unwrap().unwrap_err();
    scene.stand.rack().unwrap().release(SLOT).unwrap();

    scene.stand.cardd.spawn().unwrap();
    let desk = Desk::at(&scene.stand, "counter").await.unwrap();
    let insertion = desk.card(&scene.reader).await.unwrap();
    assert_eq!(desk.verdicts(insertion).await.unwrap(), [Verdict::TrySpent]);
    let records = desk.records().await.unwrap();
    assert_eq!(of_kind(&records, "stopped").len(), 1);
    assert_eq!(scene.stand.tries("w2").unwrap(), 4);
}

/// A desk that waits at the end is answered when the card is quick enough.
#[tokio::test(flavor = "multi_thread")]
async fn work_under_way_at_the_end_is_finished() {
    let mut scene = scene(&Plan::with_cards(&["w2"])).await;
    let watching = Desk::at(&scene.stand, "kiosk").await.unwrap();
    let mut watch = watching.terminal.watch(None).await.unwrap();
    let typing = scene
        .held_with_pin(Typed::VerifyRight, HoldPhase::Answer)
        .await
        .unwrap();
    scene.stand.cardd.signal(Signal::TERM).unwrap();
    // Event streams end when the end begins.
    let ended = async { while watch.next().await.is_ok() {} };
    tokio::time::timeout(SOON, ended).await.unwrap();
    scene.stand.rack().unwrap().release(SLOT).unwrap();
    let verified = typing.await.unwrap().unwrap();
    assert_eq!(verified.attempts_remaining, Some(6));
    assert_eq!(scene.stand.cardd.end(Signal::TERM).unwrap().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_left_behind_is_taken_over_and_a_living_one_is_not() {
    let mut stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    stand.cardd.end(Signal::KILL).unwrap();
    assert!(stand.socket("counter").exists(), "a kill leaves it behind");
    stand.cardd.spawn().unwrap();
    let desk = Desk::at(&stand, "counter").await.unwrap();
    desk.terminal.status().await.unwrap();
    stand.cardd.end(Signal::TERM).unwrap();

    let living = UnixListener::bind(stand.socket("counter")).unwrap();
    let config = stand.directory().join("cardd.toml");
    let output = cardd(&["serve", "--config", config.to_str().unwrap()]).unwrap();
    assert_eq!(output.status.code(), Some(4));
    let said = String::from_utf8(output.stderr).unwrap();
    let path = stand.socket("counter");
    let sentence = format!("{} is taken: another process listens there", path.display());
    assert!(said.contains(&sentence), "{said}");
    assert!(
        !stand.socket("kiosk").exists(),
        "what was opened is closed again"
    );
    drop(living);
}

/// Two daemons on one ledger would each count for itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_daemon_does_not_get_the_ledger() {
    let stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let text = std::fs::read_to_string(stand.directory().join("cardd.toml")).unwrap();
    let second = stand.directory().join("second.toml");
    std::fs::write(&second, text.replace(".sock", "-2.sock")).unwrap();
    let log = stand.directory().join("second.log");
    let said = Daemon::start(&second, &log, Vec::new()).unwrap_err();
    let said = said.to_string();
    assert!(
        said.contains("exit status: 5"),
        "it said that it serves: {said}"
    );
    assert!(said.contains("in use by another process"), "{said}");
}

/// Whoever started it learns of its end from itself; its start is told the same way, or no test
/// would go on.
#[tokio::test(flavor = "multi_thread")]
async fn the_supervisor_is_told_of_the_end() {
    let mut stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    assert_eq!(stand.cardd.told().unwrap(), None);
    stand.cardd.end(Signal::TERM).unwrap();
    assert_eq!(stand.cardd.told().unwrap().as_deref(), Some("STOPPING=1\n"));
}

/// The state that the ledger knows outlives the daemon: the card itself cannot tell it.
#[tokio::test(flavor = "multi_thread")]
async fn who_chose_the_pin_is_known_after_a_restart() {
    let mut scene = scene(&Plan::with_cards(&["w2"])).await;
    scene.stand.cardd.end(Signal::KILL).unwrap();
    scene.stand.cardd.spawn().unwrap();
    let desk = Desk::at(&scene.stand, "kiosk").await.unwrap();
    let identified = |event: &Event| (event.happening.code() == "CARD_IDENTIFIED").then_some(());
    desk.event(identified).await.unwrap();
    let insertion = desk.card(&scene.reader).await.unwrap();
    let status = desk.status((&scene.reader, insertion)).await.unwrap();
    assert_eq!(
        (status.state, status.attempts_remaining),
        (PinState::Own, Some(5))
    );
}
