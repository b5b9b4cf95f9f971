//! A card has more than one who wants it: two desks, other programs, a desk that leaves.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{
    ffi::CString,
    path::Path,
    time::{Duration, Instant},
};

use card_sim::rack::{
    control::Until,
    plan::{HoldPhase, When},
};
use cardd_tests::{
    desk::{Desk, refusal, typed},
    pcscd::in_own_process,
    stand::{Plan, Stand},
};
use hall_client::{AttemptSpent, Insertion, Reason, Verify};
use pcsc::{Context, Disposition, Error, Protocols, Scope, ShareMode};
use rand::{SeedableRng as _, rngs::StdRng};
use rustix::process::Signal;

const OWN: &str = "830571";
const WRONG: &str = "760241";
const SOON: Duration = Duration::from_secs(10);

/// SELECT of the social security environment (人社信息函〔2012〕37号), by name.
const SELECT_SSSE: &[u8] = b"\x00\xA4\x04\x00\x0Fsx1.sh.\xC9\xE7\xBB\xE1\xB1\xA3\xD5\xCF";
/// VERIFY without data: how many tries are left, or 9000 where the PIN is right already.
const ASK: &[u8] = &[0x00, 0x20, 0x00, 0x00, 0x00];

struct Scene {
    stand: Stand,
    billing: Desk,
    reader: String,
    insertion: Insertion,
}

impl Scene {
    /// A card with its holder's own PIN in the reader of `stand`.
    async fn of(stand: Stand) -> Self {
        let mut billing = Desk::at(&stand, "billing").await.unwrap();
        stand.rack().unwrap().insert("a", "w2").unwrap();
        let reader = stand.reader("a");
        let insertion = billing.card(&reader).await.unwrap();
        let at = (reader.as_str(), insertion);
        billing.change(at, ["123456", OWN, OWN]).await.unwrap();
        Self {
            stand,
            billing,
            reader,
            insertion,
        }
    }

    fn at(&self) -> (&str, Insertion) {
        (&self.reader, self.insertion)
    }

    /// Holds the next command to the card, and waits until it is held.
    async fn hold<T>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<T>
    where
        T: Send + 'static,
    {
        let mut rack = self.stand.rack().unwrap();
        rack.hold("a", When::Apdu(1), HoldPhase::Command).unwrap();
        let working = tokio::spawn(work);
        let wait = move || drop(rack.wait("a", Until::Held, SOON).unwrap());
        tokio::task::spawn_blocking(wait).await.unwrap();
        working
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_desks_at_one_card_each_see_the_counter_of_now() {
    let stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let mut scene = Scene::of(stand).await;
    let counter = Desk::at(&scene.stand, "counter").await.unwrap();
    let (reader, insertion) = (scene.reader.clone(), scene.insertion);
    let mut rng = StdRng::seed_from_u64(4);

    let first = counter
        .terminal
        .begin_entry(&reader, insertion, Verify)
        .await
        .unwrap();
    assert_eq!(first.status().attempts_remaining, Some(6));
    let wrong = refusal(
        scene
            .billing
            .verify((&reader, insertion), WRONG, false)
            .await,
    );
    assert_eq!(wrong.attempts_remaining, Some(5));
    let after = counter
        .terminal
        .begin_entry(&reader, insertion, Verify)
        .await
        .unwrap();
    assert_eq!(
        after.status().attempts_remaining,
        Some(5),
        "asked of the card, not remembered"
    );
    let wrong = refusal(after.verify(typed(WRONG), &mut rng).await);
    assert_eq!(wrong.attempts_remaining, Some(4));
    assert_eq!(scene.stand.tries("w2").unwrap(), 4);
    drop(first);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_desks_at_once_get_an_honest_answer_each() {
    let stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let mut scene = Scene::of(stand).await;
    let mut counter = Desk::at(&scene.stand, "counter").await.unwrap();
    let (reader, insertion) = (scene.reader.clone(), scene.insertion);
    let at = (reader.as_str(), insertion);
    let (one, two) = tokio::join!(
        scene.billing.verify(at, WRONG, false),
        counter.verify(at, WRONG, false)
    );
    let mut left = [one, two].map(|answer| refusal(answer).attempts_remaining);
    left.sort_unstable();
    assert_eq!(left, [Some(4), Some(5)]);
    assert_eq!(scene.stand.tries("w2").unwrap(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_is_told_and_costs_nothing() {
    let plan = Plan::with_cards(&["w2"]).config("[readers]\nqueue_jobs = 1");
    let scene = Scene::of(Stand::start(&plan).unwrap()).await;
    let (reader, insertion) = (scene.reader.clone(), scene.insertion);
    let asking = |desk: Desk| {
        let reader = reader.clone();
        async move { desk.status((&reader, insertion)).await }
    };
    let desk = async |name: &str| Desk::at(&scene.stand, name).await.unwrap();
    let running = scene.hold(asking(desk("kiosk").await)).await;
    // One of the two that come now waits, the other finds the queue full.
    let mut waiting = tokio::task::JoinSet::new();
    waiting.spawn(asking(desk("counter").await));
    waiting.spawn(asking(desk("counter").await));
    let busy = refusal(waiting.join_next().await.unwrap().unwrap());
    assert_eq!(
        (busy.reason, busy.attempt_spent),
        (Reason::ReaderBusy, AttemptSpent::No)
    );
    scene.stand.rack().unwrap().release("a").unwrap();
    running.await.unwrap().unwrap();
    waiting.join_next().await.unwrap().unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_leaves_before_its_turn_spends_no_try() {
    let stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let scene = Scene::of(stand).await;
    let counter = Desk::at(&scene.stand, "counter").await.unwrap();
    let kiosk = Desk::at(&scene.stand, "kiosk").await.unwrap();
    let (reader, insertion) = (scene.reader.clone(), scene.insertion);
    let sent = scene.stand.pins_sent().unwrap();
    let entry = counter
        .terminal
        .begin_entry(&reader, insertion, Verify)
        .await
        .unwrap();
    let ahead = scene
        .hold(async move { kiosk.status((&reader, insertion)).await })
        .await;
    let typing = tokio::spawn(async move {
        entry
            .verify(typed(WRONG), &mut StdRng::seed_from_u64(4))
            .await
    });
    // The entry is taken out of the table when the job is made.
    while counter.terminal.status().await.unwrap().open_entries > 0 {
        tokio::task::yield_now().await;
    }
    typing.abort();
    assert!(typing.await.unwrap_err().is_cancelled());
    // Frames of one connection are taken in order: cardd has seen the desk leave.
    counter.terminal.status().await.unwrap();
    scene.stand.rack().unwrap().release("a").unwrap();
    ahead.await.unwrap().unwrap();
    // Jobs of one reader are done in order: the one that was left would be over by now.
    let status = scene.billing.status(scene.at()).await.unwrap();
    assert_eq!(status.attempts_remaining, Some(6));
    assert_eq!(scene.stand.pins_sent().unwrap(), sent);
    assert_eq!(scene.stand.tries("w2").unwrap(), 6);
}

/// Another program presents the right PIN.
fn verify_as_a_stranger(context: &Context, scene: &Scene) -> pcsc::Card {
    let stranger = connect(context, scene, ShareMode::Shared).unwrap();
    assert!(
        transmit(&stranger, SELECT_SSSE)
            .unwrap()
            .starts_with(&[0x61])
    );
    let right = [0x00, 0x20, 0x00, 0x00, 0x03, 0x83, 0x05, 0x71];
    assert_eq!(transmit(&stranger, &right).unwrap(), [0x90, 0x00]);
    assert!(scene.stand.inside("w2").unwrap().pin_right);
    stranger
}

/// Runs `body` as a program that shares the PC/SC service with cardd.
fn beside(test: &str, config: &str, body: impl AsyncFnOnce(Scene, Context)) {
    let run = |run: &Path| {
        let plan = Plan::with_cards(&["w2"]).config(config);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let scene = Scene::of(Stand::start_in(run, &plan).unwrap()).await;
            body(scene, Context::establish(Scope::User).unwrap()).await;
        });
    };
    in_own_process(test, run).unwrap();
}

fn connect(context: &Context, scene: &Scene, mode: ShareMode) -> Result<pcsc::Card, Error> {
    let reader = CString::new(scene.reader.as_str()).unwrap();
    context.connect(&reader, mode, Protocols::ANY)
}

/// Has the card alone once cardd has let go of it, which is a moment after a desk has its answer. PC/SC
/// has no event for that.
fn connect_alone(context: &Context, scene: &Scene) -> pcsc::Card {
    let deadline = Instant::now() + SOON;
    loop {
        match connect(context, scene, ShareMode::Exclusive) {
            Err(Error::SharingViolation) if Instant::now() < deadline => std::thread::yield_now(),
            connected => return connected.unwrap(),
        }
    }
}

fn transmit(card: &pcsc::Card, command: &[u8]) -> Result<Vec<u8>, Error> {
    let mut buffer = [0; 300];
    card.transmit(command, &mut buffer).map(<[u8]>::to_vec)
}

/// What the card tells somebody who has not presented a PIN.
fn ask_as_a_stranger(card: &mut pcsc::Card) -> Vec<u8> {
    let at_once = transmit(card, ASK);
    assert_ne!(
        at_once,
        Ok(vec![0x90, 0x00]),
        "a verified card is left behind"
    );
    if at_once == Err(Error::ResetCard) {
        card.reconnect(ShareMode::Shared, Protocols::ANY, Disposition::LeaveCard)
            .unwrap();
    }
    assert!(transmit(card, SELECT_SSSE).unwrap().starts_with(&[0x61]));
    transmit(card, ASK).unwrap()
}

#[test]
fn a_program_that_looks_on_never_finds_a_verified_card() {
    beside(
        "a_program_that_looks_on_never_finds_a_verified_card",
        "",
        async |mut scene, context| {
            let mut stranger = connect(&context, &scene, ShareMode::Shared).unwrap();
            assert_eq!(ask_as_a_stranger(&mut stranger), [0x63, 0xC6]);
            let (reader, insertion) = (scene.reader.clone(), scene.insertion);
            let at = (reader.as_str(), insertion);
            for _ in 0..3 {
                scene.billing.verify(at, OWN, false).await.unwrap();
                assert_eq!(ask_as_a_stranger(&mut stranger), [0x63, 0xC6]);
                assert!(!scene.stand.inside("w2").unwrap().pin_right);
            }
            scene.billing.verify(at, WRONG, false).await.unwrap_err();
            assert_eq!(ask_as_a_stranger(&mut stranger), [0x63, 0xC5]);
            scene
                .billing
                .change(at, [OWN, "941638", "941638"])
                .await
                .unwrap();
            assert_eq!(ask_as_a_stranger(&mut stranger), [0x63, 0xC6]);
        },
    );
}

/// The stranger waits for the card while the PIN is being presented, and gets it right after.
#[test]
fn a_program_that_waits_for_the_card_does_not_get_it_verified() {
    beside(
        "a_program_that_waits_for_the_card_does_not_get_it_verified",
        "",
        async |scene, context| {
            let mut stranger = connect(&context, &scene, ShareMode::Shared).unwrap();
            let mut desk = Desk::at(&scene.stand, "counter").await.unwrap();
            let (reader, insertion) = (scene.reader.clone(), scene.insertion);
            let verifying = scene
                .hold(async move { desk.verify((&reader, insertion), OWN, false).await })
                .await;
            let waiting = tokio::task::spawn_blocking(move || ask_as_a_stranger(&mut stranger));
            scene.stand.rack().unwrap().release("a").unwrap();
            verifying.await.unwrap().unwrap();
            assert_eq!(waiting.await.unwrap(), [0x63, 0xC6]);
        },
    );
}

/// A PIN that another program left verified must not make the card look as if it had none.
#[test]
fn a_card_left_verified_by_another_program_is_asked_anew() {
    beside(
        "a_card_left_verified_by_another_program_is_asked_anew",
        "",
        async |scene, context| {
            let _stranger = verify_as_a_stranger(&context, &scene);
            let status = scene.billing.status(scene.at()).await.unwrap();
            assert_eq!(status.attempts_remaining, Some(6));
            assert!(!scene.stand.inside("w2").unwrap().pin_right);
        },
    );
}

/// Whatever happened to the card while no cardd ran, nobody is served before it is reset.
#[test]
fn a_card_left_verified_while_cardd_was_gone_is_reset_at_its_start() {
    beside(
        "a_card_left_verified_while_cardd_was_gone_is_reset_at_its_start",
        "",
        async |mut scene, context| {
            for ended in [Signal::TERM, Signal::KILL] {
                scene.stand.cardd.end(ended).unwrap();
                let stranger = verify_as_a_stranger(&context, &scene);
                stranger
                    .disconnect(Disposition::LeaveCard)
                    .map_err(|(_, error)| error)
                    .unwrap();
                scene.stand.cardd.spawn().unwrap();
                let desk = Desk::at(&scene.stand, "billing").await.unwrap();
                desk.card(&scene.reader).await.unwrap();
                let inside = scene.stand.inside("w2").unwrap();
                assert!(!inside.pin_right, "{ended:?}");
            }
        },
    );
}

#[test]
fn a_card_that_another_program_holds_is_told_as_held() {
    beside(
        "a_card_that_another_program_holds_is_told_as_held",
        "[readers]\ncard_held_ms = 200",
        async |mut scene, context| {
            let (reader, insertion) = (scene.reader.clone(), scene.insertion);
            let at = (reader.as_str(), insertion);
            let sent = scene.stand.pins_sent().unwrap();
            let mut card = connect(&context, &scene, ShareMode::Shared).unwrap();
            let transaction = card.transaction().unwrap();
            let held = refusal(scene.billing.verify(at, OWN, false).await);
            assert_eq!(
                (held.reason, held.attempt_spent),
                (Reason::CardHeld, AttemptSpent::No)
            );
            transaction
                .end(Disposition::LeaveCard)
                .map_err(|(_, error)| error)
                .unwrap();
            scene.billing.verify(at, OWN, false).await.unwrap();
            card.disconnect(Disposition::LeaveCard)
                .map_err(|(_, error)| error)
                .unwrap();

            let alone = connect_alone(&context, &scene);
            let held = refusal(scene.billing.verify(at, OWN, false).await);
            assert_eq!(
                (held.reason, held.attempt_spent),
                (Reason::CardHeld, AttemptSpent::No)
            );
            alone
                .disconnect(Disposition::LeaveCard)
                .map_err(|(_, error)| error)
                .unwrap();
            scene.billing.verify(at, OWN, false).await.unwrap();
            assert_eq!(scene.stand.pins_sent().unwrap(), sent + 2);
            assert_eq!(scene.stand.tries("w2").unwrap(), 6);
        },
    );
}
