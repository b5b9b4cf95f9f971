//! Whoever waits is told at once when nothing more can come: the card for its holder's choice and
//! for the hall, the counter for a reset. The bounds are so long here that none of them ends a wait.

use std::{future::Future, time::Duration};

use card_sim::rack::{
    control::Until,
    plan::{HoldPhase, When},
};
use cardd_proto::v1::{self, Reason};
use cardd_tests::{
    hall::{Manner, Transaction},
    raw::detail,
};
use hall_client::PinState;
use rustix::process::Signal;

use super::{FULL, HOLDER_W1, HOLDER_W2, HOLDER_W3, Scene, all_closed, chosen};

pub(super) const LONG: &str = "[issuer]\nholder_wait_ms = 600000\nhall_patience_ms = 60000\n";
/// INS of CHANGE PIN (LD/T 32.5).
const CHANGE_PIN: u8 = 0x5E;

/// Far below the bounds, far above what it takes.
pub(super) async fn soon<T>(what: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(Duration::from_secs(30), what).await;
    waited.unwrap_or_else(|_| panic!("a wait outlived what it waited for"))
}

/// A reset that is done: the card waits for its holder.
async fn reset(scene: &mut Scene, holder: &str) -> (u64, Transaction) {
    let case = scene.case(v1::IssuerOperation::Reload, holder).await;
    let mut transaction = scene.begin(&case, Manner::Right, "739158").await;
    scene.holder_wanted(&mut transaction).await;
    (case.case_sequence, transaction)
}

#[tokio::test]
async fn a_card_that_leaves_before_its_holder_chose_ends_the_wait_and_does_no_business() {
    for (card, holder) in [("w2", HOLDER_W2), ("w3", HOLDER_W3)] {
        for other in [None, Some("w1")] {
            let mut scene = Scene::set_with(card, &["w1"], LONG).await;
            assert_eq!(scene.tries(), FULL, "{card}");
            let (case, mut transaction) = reset(&mut scene, holder).await;
            let mut rack = scene.stand.rack().unwrap();
            match other {
                None => drop(rack.pull("a").unwrap()),
                Some(other) => drop(rack.swap("a", other).unwrap()),
            }
            let ended = soon(scene.done(&mut transaction, FULL)).await;
            assert!(!ended.holder_pin_set, "{card}");
            let choice = soon(scene.choose(case, "839405", "839405")).await;
            assert_eq!(choice, Err(Reason::NoHolderPinWanted), "{card}");
            if let Some(other) = other {
                soon(scene.next()).await;
                let untouched = scene.state().await;
                assert_eq!(untouched, PinState::Unknown, "{other} after {card}");
                rack.swap("a", card).unwrap();
            } else {
                rack.insert("a", card).unwrap();
            }
            soon(scene.next()).await;
            assert_eq!(scene.state().await, PinState::Issued, "{card}");
            all_closed(&scene, 1).await;
        }
    }
}

#[tokio::test]
async fn a_stream_cut_before_the_holder_chose_ends_the_wait_and_frees_the_reader() {
    let mut scene = Scene::set("w3", LONG).await;
    let (case, transaction) = reset(&mut scene, HOLDER_W3).await;
    drop(transaction);
    // Waits its turn behind the transaction, and no longer than for other card work.
    let state = soon(scene.state()).await;
    assert_eq!(state, PinState::Issued);
    let choice = soon(scene.choose(case, "839405", "839405")).await;
    assert_eq!(choice, Err(Reason::NoHolderPinWanted));
    assert_eq!(scene.tries(), FULL);
    scene.no_right_is_left().await;
    all_closed(&scene, 1).await;
}

/// The choice is at the card: it is done, and recorded, whoever listens.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_cut_after_the_holder_chose_changes_nothing_about_what_is_done() {
    let mut scene = Scene::set("w3", LONG).await;
    let (case, transaction) = reset(&mut scene, HOLDER_W3).await;
    let mut rack = scene.stand.rack().unwrap();
    rack.hold("a", When::Ins(CHANGE_PIN), HoldPhase::Command)
        .unwrap();
    let chosen = chosen(&mut scene.counter, case, ("839405", "839405"));
    let cut = async {
        let held = tokio::task::spawn_blocking(move || {
            rack.wait("a", Until::Held, Duration::from_secs(20))
                .map(|_held| rack)
        });
        let mut rack = held.await.unwrap().unwrap();
        drop(transaction);
        rack.release("a").unwrap();
    };
    let both = soon(async { tokio::join!(chosen, cut) });
    let (chosen, ()) = scene.counted.free(&scene.stand, both).await;
    chosen.unwrap();
    assert_eq!(scene.state().await, PinState::Own);
    assert_eq!(scene.tries(), FULL);
    all_closed(&scene, 2).await;
}

#[tokio::test]
async fn a_card_that_leaves_a_silent_hall_ends_the_wait_at_once() {
    for step in 0..2 {
        let mut scene = Scene::set("w1", LONG).await;
        let case = scene.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
        let mut transaction = scene.begin(&case, Manner::Right, "").await;
        scene.pause_before(&mut transaction, step).await;
        scene.stand.rack().unwrap().pull("a").unwrap();
        let ended = soon(transaction.pause_before(usize::MAX));
        let ended = scene.counted.free(&scene.stand, ended).await;
        let ended = detail(&ended.unwrap_err());
        assert_eq!(ended.reason(), Reason::CardRemoved, "{step}");
        assert_eq!(ended.attempt_spent(), v1::AttemptSpent::No, "{step}");
        assert_eq!(scene.tries(), FULL, "{step}");
        all_closed(&scene, 1).await;
    }
}

/// The grant runs out while the counter waits for the hall to use it.
#[tokio::test]
async fn a_counter_that_waits_for_a_reset_wakes_when_its_case_expires() {
    let short = format!("{LONG}grant_lifetime_ms = 1000");
    let mut scene = Scene::set("w1", &short).await;
    let case = scene.case(v1::IssuerOperation::Reload, HOLDER_W1).await;
    let begin = v1::BeginHolderPinRequest {
        case_sequence: case.case_sequence,
        wait_ms: 600_000,
    };
    let waited = soon(scene.counter.begin_holder_pin(begin));
    let waited = scene.counted.free(&scene.stand, waited).await;
    let reason = detail(&waited.unwrap_err()).reason();
    assert_eq!(reason, Reason::NoHolderPinWanted);
    assert_eq!(scene.tries(), FULL);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_that_stops_does_not_wait_for_the_holder() {
    let mut scene = Scene::set("w3", LONG).await;
    let (_case, mut transaction) = reset(&mut scene, HOLDER_W3).await;
    // No work is left behind, or the exit code would be 6.
    let ended = scene.stand.cardd.end(Signal::TERM).unwrap();
    assert_eq!(ended.code(), Some(0));
    let ended = soon(scene.done(&mut transaction, FULL)).await;
    assert!(!ended.holder_pin_set);
    scene.stand.cardd.spawn().unwrap();
    soon(scene.meet_again()).await;
    assert_eq!(scene.state().await, PinState::Issued);
    all_closed(&scene, 1).await;
}
