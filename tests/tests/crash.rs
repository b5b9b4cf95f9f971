//! cardd ends in the middle: what it began is found and settled, once, without a try.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{os::unix::net::UnixListener, time::Duration};

use card_sim::rack::{
    control::Until,
    plan::{HoldPhase, When},
};
use cardd_tests::{
    daemon::{Daemon, cardd},
    desk::Desk,
    stand::{Plan, Stand},
};
use hall_client::{AttemptSpent, ClientError, Event, Insertion, PinState, Verdict, Verified};
use rustix::process::Signal;
use serde_json::Value;
use tokio::task::JoinHandle;

const OWN: &str = "830571";
const NEXT: &str = "941638";
const WRONG: &str = "760241";
const SOON: Duration = Duration::from_secs(10);

struct Scene {
    stand: Stand,
    reader: String,
    insertion: Insertion,
}

/// A card with its holder's own PIN and five of six tries left.
async fn scene(plan: &Plan) -> Scene {
    let stand = Stand::start(plan).unwrap();
    let mut desk = Desk::at(&stand, "counter").await.unwrap();
    stand.rack().unwrap().insert("a", "w2").unwrap();
    let reader = stand.reader("a");
    let insertion = desk.card(&reader).await.unwrap();
    let at = (reader.as_str(), insertion);
    desk.change(at, ["123456", OWN, OWN]).await.unwrap();
    desk.verify(at, WRONG, false).await.unwrap_err();
    Scene {
        stand,
        reader,
        insertion,
    }
}

/// What is typed when cardd ends.
#[derive(Debug, Clone, Copy)]
enum Typed {
    Verify(&'static str),
    Change(&'static str),
}

impl Scene {
    /// Types, and returns when the card holds the command with the PIN: carried out or not, as
    /// `phase` says, its answer not given.
    async fn held(
        &self,
        what: Typed,
        phase: HoldPhase,
    ) -> JoinHandle<Result<Verified, ClientError>> {
        let mut rack = self.stand.rack().unwrap();
        let (reader, insertion) = (self.reader.clone(), self.insertion);
        let mut desk = Desk::at(&self.stand, "counter").await.unwrap();
        let ins = match what {
            // The third VERIFY: two ask for the tries, before the prompt and before the send.
            Typed::Verify(_) => 0x20,
            Typed::Change(_) => 0x5E,
        };
        let passed = if ins == 0x20 { 2 } else { 0 };
        for _ in 0..passed {
            rack.hold("a", When::Ins(ins), HoldPhase::Command).unwrap();
        }
        rack.hold("a", When::Ins(ins), phase).unwrap();
        let typing = tokio::spawn(async move {
            let at = (reader.as_str(), insertion);
            match what {
                Typed::Verify(pin) => desk.verify(at, pin, false).await,
                Typed::Change(old) => desk.change(at, [old, NEXT, NEXT]).await,
            }
        });
        tokio::task::spawn_blocking(move || {
            for _ in 0..passed {
                rack.wait("a", Until::Held, SOON).unwrap();
                rack.release("a").unwrap();
            }
            rack.wait("a", Until::Held, SOON).unwrap();
        })
        .await
        .unwrap();
        typing
    }
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
    let typing = scene.held(what, phase).await;
    scene.stand.cardd.end(Signal::KILL).unwrap();
    scene.stand.rack().unwrap().release("a").unwrap();
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
            3,
            "change, wrong verify, and the one in doubt"
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
    killed(
        Typed::Verify(WRONG),
        HoldPhase::Answer,
        Verdict::TrySpent,
        4,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_verify_that_reached_the_card_is_a_success() {
    killed(Typed::Verify(OWN), HoldPhase::Answer, Verdict::Succeeded, 6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_reached_the_card_is_a_success() {
    killed(Typed::Change(OWN), HoldPhase::Answer, Verdict::Succeeded, 6).await;
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
    let typing = scene.held(Typed::Verify(WRONG), HoldPhase::Answer).await;
    // The command is still held when cardd has ended, so that it was not waited for.
    let status = scene.stand.cardd.end(Signal::TERM).unwrap();
    assert_eq!(status.code(), Some(6), "work was left behind");
    typing.await.unwrap().unwrap_err();
    scene.stand.rack().unwrap().release("a").unwrap();

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
    let typing = scene.held(Typed::Verify(OWN), HoldPhase::Answer).await;
    scene.stand.cardd.signal(Signal::TERM).unwrap();
    // Event streams end when the end begins.
    let ended = async { while watch.next().await.is_ok() {} };
    tokio::time::timeout(SOON, ended).await.unwrap();
    scene.stand.rack().unwrap().release("a").unwrap();
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
