//! Cards that do not do as they should, through the real pcscd: what the desk is told agrees with
//! what the card holds, or says that it is open.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use card_sim::faults::{Act, CardFault, CounterLie, HoldPhase, Plan as Faults, When};
use cardd_tests::{
    desk::{Desk, refusal},
    scene::{NEXT, OWN, SLOT, Scene, Typed, WRONG},
    stand::{Plan, Stand},
};
use hall_client::{AttemptSpent, ClientError, Reason, Verified};

async fn scene() -> Scene {
    Scene::set(&Plan::with_cards(&["w2"])).await.unwrap()
}

/// The command with the PIN in it: CHANGE PIN has an instruction of its own, a VERIFY that carries a
/// PIN is the third from now, two are asked before: for the prompt, and right before it is sent.
fn order(scene: &Scene, ins: u8, fault: CardFault) {
    let mut plan = Faults::default();
    let passed = if ins == 0x20 { 2 } else { 0 };
    for _ in 0..passed {
        // A lie that is none: the tries as they are.
        let harmless = CardFault::Slow { ms: 1 };
        plan.add(When::Ins(ins), Act::Card(harmless)).unwrap();
    }
    plan.add(When::Ins(ins), Act::Card(fault)).unwrap();
    scene.stand.rack().unwrap().fault(SLOT, &plan).unwrap();
}

async fn verify(scene: &mut Scene, pin: &str, fault: CardFault) -> Result<Verified, ClientError> {
    order(scene, 0x20, fault);
    scene.verify(pin).await
}

async fn change(scene: &mut Scene, old: &str, fault: CardFault) -> Result<Verified, ClientError> {
    order(scene, 0x5E, fault);
    scene.change([old, NEXT, NEXT]).await
}

/// Out and in again: the next sight of the card settles what is open.
async fn put_back(scene: &mut Scene) {
    let mut rack = scene.stand.rack().unwrap();
    rack.clear(SLOT).unwrap();
    rack.pull(SLOT).unwrap();
    scene.put_back().await.unwrap();
}

/// An answer that is open, or that agrees with the card.
fn honest(result: &Result<Verified, ClientError>, (before, after): (u32, u32), label: &str) {
    let Err(error) = result else {
        assert_eq!(after, 6, "{label}: a success restores the counter");
        return;
    };
    match error.attempt_spent() {
        AttemptSpent::Unknown => {}
        AttemptSpent::Yes => assert!(after < before, "{label}: {error:?}"),
        AttemptSpent::No => assert!(after >= before, "{label}: {error:?}"),
    }
    if error.reason() == Some(Reason::PinWrong) {
        assert!(after < before, "{label}: {error:?}");
    }
}

/// Faults of the line and the power at a wrong VERIFY, with what the card itself then holds.
#[tokio::test]
async fn a_wrong_verify_with_each_fault_is_told_honestly() {
    let faults = [
        (CardFault::PowerCut { writes: 0 }, 5),
        (CardFault::PowerCut { writes: 1 }, 4),
        (CardFault::Mute { carried_out: true }, 4),
        (CardFault::Mute { carried_out: false }, 5),
        (CardFault::Empty, 4),
        (CardFault::Cut { bytes: 1 }, 4),
        (CardFault::Padded { bytes: 9 }, 4),
        (CardFault::Status { word: 0x6F00 }, 4),
        (CardFault::Reset, 5),
        (CardFault::Select, 5),
    ];
    let mut scene = scene().await;
    for (fault, left) in faults {
        let label = format!("{fault:?}");
        assert_eq!(scene.tries().unwrap(), 5, "{label}");
        let result = verify(&mut scene, WRONG, fault).await;
        assert_eq!(scene.tries().unwrap(), left, "{label}");
        assert!(result.is_err(), "{label}: a wrong PIN is never a success");
        honest(&result, (5, left), &label);
        let stay = scene.insertion.get();
        put_back(&mut scene).await;
        let next = scene.insertion.get();
        assert_eq!(next, stay + 1, "{label}: the card stayed until the pull");
        assert_eq!(
            scene.tries().unwrap(),
            left,
            "{label}: resolving costs nothing"
        );
        let at = (scene.reader.as_str(), scene.insertion);
        let status = scene.desk.status(at).await.unwrap();
        assert_eq!(status.attempts_remaining, Some(left), "{label}");
        scene.desk.verify(at, OWN, false).await.unwrap();
        scene.desk.verify(at, WRONG, false).await.unwrap_err();
    }
}

/// A change that is torn by the power leaves the old PIN or the new one, and the desk is told which
/// or that it is open.
#[tokio::test]
async fn a_change_cut_by_the_power_is_old_or_new_and_never_told_wrong() {
    for (writes, left, now) in [(0, 5, OWN), (1, 4, OWN), (2, 6, NEXT)] {
        let mut scene = scene().await;
        let label = format!("{writes} writes");
        let result = change(&mut scene, OWN, CardFault::PowerCut { writes }).await;
        assert!(result.is_err(), "{label}: no answer is no success");
        assert_eq!(scene.tries().unwrap(), left, "{label}");
        honest(&result, (5, left), &label);
        put_back(&mut scene).await;
        assert_eq!(
            scene.tries().unwrap(),
            left,
            "{label}: resolving costs nothing"
        );
        let at = (scene.reader.as_str(), scene.insertion);
        scene.desk.verify(at, now, false).await.unwrap();
    }
}

/// A card that lies about its counter is told as it answers, and the prompt after it asks anew.
#[tokio::test]
async fn a_counter_that_lies_is_told_as_the_card_tells_it() {
    let lies = [
        (CounterLie::Stays, 5),
        (CounterLie::Jumps(2), 2),
        (CounterLie::Resets, 6),
    ];
    for (lie, left) in lies {
        let mut scene = scene().await;
        let error = verify(&mut scene, WRONG, CardFault::Counter(lie)).await;
        let failure = refusal(error);
        assert_eq!(failure.reason, Reason::PinWrong, "{lie:?}");
        assert_eq!(failure.attempts_remaining, Some(left), "{lie:?}");
        assert_eq!(scene.tries().unwrap(), left, "{lie:?}");
        let at = (scene.reader.as_str(), scene.insertion);
        let status = scene.desk.status(at).await.unwrap();
        assert_eq!(status.attempts_remaining, Some(left), "{lie:?}");
    }
}

/// A card that answers after the desk's patience: the desk is told that it is open, and the record
/// is closed when the answer comes.
#[tokio::test]
async fn an_answer_after_the_time_limit_is_open_and_then_settled() {
    let plan = Plan::with_cards(&["w2"]).config("[limits]\ncard_work_ms = 1000");
    let stand = Stand::start(&plan).unwrap();
    let mut desk = Desk::at(&stand, "counter").await.unwrap();
    stand.rack().unwrap().insert("a", "w2").unwrap();
    let reader = stand.reader("a");
    let insertion = desk.card(&reader).await.unwrap();
    let at = (reader.as_str(), insertion);
    let mut plan = Faults::default();
    plan.add(When::Ins(0x5E), Act::Card(CardFault::Slow { ms: 2500 }))
        .unwrap();
    stand.rack().unwrap().fault("a", &plan).unwrap();
    let error = desk.change(at, ["123456", OWN, OWN]).await.unwrap_err();
    assert_eq!(error.attempt_spent(), AttemptSpent::Unknown, "{error:?}");
    assert_eq!(error.reason(), Some(Reason::CardMute), "{error:?}");
    // The next job waits for the slow one; the record is closed before it runs.
    while let Err(error) = desk.status(at).await {
        assert_eq!(error.reason(), Some(Reason::ReaderBusy), "{error:?}");
    }
    let records = desk.records().await.unwrap();
    let outcome = records
        .iter()
        .find(|record| record["kind"] == "outcome")
        .unwrap();
    assert_eq!(outcome["result"], "succeeded");
    assert_eq!(stand.tries("w2").unwrap(), 6);
}

/// A card that keeps its reader busy keeps no other reader waiting, however long it takes.
#[tokio::test(flavor = "multi_thread")]
async fn a_slot_that_is_busy_holds_up_no_other() {
    let plan = Plan::with_cards(&["w2", "w1"]).slots(&["a", "b"]);
    let mut scene = Scene::set(&plan).await.unwrap();
    let typing = scene.held_with_pin(Typed::VerifyRight, HoldPhase::Answer);
    let typing = typing.await.unwrap();
    let mut rack = scene.stand.rack().unwrap();
    let beside = scene.stand.reader("b");
    let mut desk = Desk::at(&scene.stand, "counter").await.unwrap();
    rack.insert("b", "w1").unwrap();
    let first = desk.card(&beside).await.unwrap();
    desk.change((&beside, first), ["1234", "8305", "8305"])
        .await
        .unwrap();
    // It comes and goes, too.
    rack.pull("b").unwrap();
    rack.insert("b", "w1").unwrap();
    let next = desk.next_card(&beside, first).await.unwrap();
    desk.verify((&beside, next), "8305", false).await.unwrap();
    let held = rack
        .list()
        .unwrap()
        .into_iter()
        .any(|slot| slot.held.is_some());
    assert!(held, "the busy card was not busy all the while");
    rack.release(SLOT).unwrap();
    assert_eq!(typing.await.unwrap().unwrap().attempts_remaining, Some(6));
    scene.restore().await.unwrap();
}
