//! Transactions that are broken off in the middle: the card is swapped, the stream is cut, the daemon
//! is killed. What the card counts is as before, or as the message made it, and the records say so.

use std::time::Duration;

use card_sim::rack::{
    control::Until,
    plan::{HoldPhase, When},
};
use cardd_proto::v1::{self, Reason, issuer_service_client::IssuerServiceClient};
use cardd_tests::{
    hall::{Manner, Stands},
    raw::{channel, detail},
};
use hall_client::PinState;
use rustix::process::Signal;

use super::{HOLDER_W3, ONE_LEFT, Scene, count, done};

/// INS of PIN CHANGE/UNBLOCK (LD/T 32.5).
const PIN_CHANGE_UNBLOCK: u8 = 0x24;

/// A card, its holder, what is done with it, its tries before and after, and how many answers of
/// the hall it takes: on the third generation one more, for the read key.
type Kind = (
    &'static str,
    &'static str,
    v1::IssuerOperation,
    [(u8, u8); 2],
    usize,
);

const KINDS: [Kind; 2] = [
    (
        "one-try-left",
        ONE_LEFT,
        v1::IssuerOperation::Unblock,
        [(1, 3), (6, 3)],
        2,
    ),
    (
        "w3",
        HOLDER_W3,
        v1::IssuerOperation::Reload,
        [(6, 3), (6, 3)],
        3,
    ),
];

#[tokio::test]
async fn a_card_swapped_between_the_steps_ends_it_and_neither_card_changes() {
    for (card, holder, operation, [before, _], answers) in KINDS {
        let mut scene = Scene::set_with(card, &["w2"], "").await;
        for step in 0..answers {
            let case = scene.case(operation, holder).await;
            let begun = scene.hall.begin(&case.grant, Manner::Right, "739158");
            let mut transaction = begun.await.unwrap();
            transaction.pause_before(step).await.unwrap();
            let sent = scene.stand.last_exchange().unwrap();
            scene.stand.rack().unwrap().swap("a", "w2").unwrap();
            let refused = detail(&transaction.go_on().await.unwrap_err());
            // With the stay, the entry for the one-time PIN ended as well.
            let gone = [
                Reason::CardRemoved,
                Reason::CardRemovedDuringChange,
                Reason::EntryUnknown,
            ];
            assert!(
                gone.contains(&refused.reason()),
                "{card} {step}: {refused:?}"
            );
            assert_eq!(scene.tries(), before, "{card} {step}");
            assert_eq!(scene.tries_of("w2"), (6, 3), "{card} {step}");
            let after = scene.stand.exchanges(sent).unwrap();
            let mut issuers = after.iter().filter(|exchange| {
                let header = exchange.header.as_str();
                header.starts_with("0082") || header.starts_with("8424")
            });
            assert_eq!(
                issuers.next(),
                None,
                "{card} {step}: the next card heard it"
            );
            scene.next().await;
            scene.stand.rack().unwrap().swap("a", card).unwrap();
            scene.next().await;
        }
        assert_eq!(count(&scene, "intent").await, answers, "{card}");
        assert_eq!(count(&scene, "outcome").await, answers, "{card}");
    }
}

#[tokio::test]
async fn a_stream_cut_before_each_answer_leaves_the_card_as_it_was() {
    for (card, holder, operation, [before, _], answers) in KINDS {
        let mut scene = Scene::set(card, "").await;
        let mut silent =
            IssuerServiceClient::new(channel(&scene.stand.socket("hall")).await.unwrap());
        let nothing = silent.operate(tokio_stream::empty()).await.unwrap_err();
        assert_eq!(detail(&nothing).reason(), Reason::RequestMalformed);
        for step in 0..answers {
            let case = scene.case(operation, holder).await;
            let begun = scene
                .hall
                .begin(&case.grant, Manner::CutBefore(step), "739158");
            let refused = detail(&begun.await.unwrap().go_on().await.unwrap_err());
            assert_eq!(refused.reason(), Reason::HallSilent, "{card} {step}");
            assert_eq!(scene.tries(), before, "{card} {step}");
            assert!(!scene.stand.inside(card).unwrap().pin_right);
        }
        assert_eq!(count(&scene, "intent").await, answers, "{card}");
        assert_eq!(count(&scene, "outcome").await, answers, "{card}");
    }
}

/// The message is at the card: it is done, and recorded, whoever listens. A reset then stands by
/// itself, and the card does no business until somebody resets it again.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_cut_after_the_message_changes_nothing_about_what_is_done() {
    for (card, holder, operation, [before, after], answers) in KINDS {
        let mut scene = Scene::set(card, "").await;
        let case = scene.case(operation, holder).await;
        let begun = scene.hall.begin(&case.grant, Manner::Right, "739158");
        let mut transaction = begun.await.unwrap();
        transaction.pause_before(answers - 1).await.unwrap();
        assert_eq!(scene.tries(), before, "{card}");
        let mut rack = scene.stand.rack().unwrap();
        rack.hold("a", When::Ins(PIN_CHANGE_UNBLOCK), HoldPhase::Command)
            .unwrap();
        transaction.answer_last().await;
        rack.wait("a", Until::Held, Duration::from_secs(10))
            .unwrap();
        drop(transaction);
        rack.release("a").unwrap();
        let choice = scene.choose(case.case_sequence, "839405", "839405").await;
        assert_eq!(choice, Err(Reason::NoHolderPinWanted), "{card}");
        // Waits its turn behind the transaction.
        let state = scene.state().await;
        assert_eq!(scene.tries(), after, "{card}");
        assert_eq!(
            count(&scene, "outcome").await,
            count(&scene, "intent").await
        );
        let reset = operation == v1::IssuerOperation::Reload;
        assert_eq!(state == PinState::Issued, reset, "{card}: {state:?}");
    }
}

/// End to end with short bounds: 300 ms for an answer and one second for a grant. The ten minutes
/// themselves, with the bounds as delivered, pass in `cardd/src/terminal/tests/silence.rs`.
#[tokio::test]
async fn a_hall_that_is_gone_for_longer_than_the_bounds_finds_them_closed() {
    let short = "[issuer]\nhall_patience_ms = 300\ngrant_lifetime_ms = 1000";
    for (card, holder, operation, [before, _], answers) in KINDS {
        let mut scene = Scene::set(card, short).await;
        for step in 0..answers {
            let case = scene.case(operation, holder).await;
            let begun = scene
                .hall
                .begin(&case.grant, Manner::SilentBefore(step), "739158");
            let refused = detail(&begun.await.unwrap().go_on().await.unwrap_err());
            assert_eq!(refused.reason(), Reason::HallSilent, "{card} {step}");
            assert_eq!(scene.tries(), before, "{card} {step}");
        }
        let case = scene.case(operation, holder).await;
        // The time itself is what is tested here.
        tokio::time::sleep(Duration::from_millis(1001)).await;
        let late = scene.hall.begin(&case.grant, Manner::Right, "739158");
        let late = detail(&late.await.unwrap_err());
        assert_eq!(late.reason(), Reason::GrantUnknown, "{card}");
        assert_eq!(scene.tries(), before, "{card}");
        // A desk that was shut out is served again at once.
        assert_eq!(scene.state().await, PinState::Unknown, "{card}");
    }
}

#[tokio::test]
async fn an_answer_to_an_earlier_challenge_is_worthless() {
    for (card, holder, operation, [before, _], answers) in KINDS {
        let mut scene = Scene::set(card, "").await;
        let case = scene.case(operation, holder).await;
        let begun = scene.hall.begin(&case.grant, Manner::Right, "739158");
        let mut first = begun.await.unwrap();
        first.pause_before(answers - 1).await.unwrap();
        let overheard = first.unblock_answer().unwrap();
        drop(first);
        let case = scene.case(operation, holder).await;
        let begun = scene.hall.begin(&case.grant, Manner::Right, "739158");
        let mut second = begun.await.unwrap();
        second.replay(overheard);
        let refused = detail(&second.go_on().await.unwrap_err());
        assert_eq!(refused.reason(), Reason::UnblockKeyRejected, "{card}");
        assert_eq!(scene.tries(), (before.0, 2), "{card}: its own counter");
    }
}

#[tokio::test]
async fn an_exhausted_unblock_key_is_told_and_never_tried_again() {
    let mut scene = Scene::set("puk-blocked", "").await;
    let holder = "420101197001020006";
    let before = scene.tries();
    assert_eq!(before, (0, 0));
    for (attempt, asked) in [(1, 1), (2, 1)] {
        let case = scene.case(v1::IssuerOperation::Unblock, holder).await;
        let begun = scene.hall.begin(&case.grant, Manner::Right, "");
        let refused = detail(&begun.await.unwrap().go_on().await.unwrap_err());
        assert_eq!(refused.reason(), Reason::UnblockKeyBlocked, "{attempt}");
        assert_eq!(scene.tries(), before, "{attempt}");
        let wire = scene.stand.exchanges(0).unwrap();
        let tried = wire
            .iter()
            .filter(|exchange| exchange.header.starts_with("0082"));
        assert_eq!(tried.count(), asked, "{attempt}: the card was asked once");
    }
}

#[tokio::test]
async fn a_grant_is_not_good_again_after_a_kill_in_the_middle_of_its_use() {
    for (card, holder, operation, [before, after], answers) in KINDS {
        let mut scene = Scene::set(card, "").await;
        let case = scene.case(operation, holder).await;
        let begun = scene.hall.begin(&case.grant, Manner::Right, "739158");
        let mut transaction = begun.await.unwrap();
        transaction.pause_before(answers - 1).await.unwrap();
        scene.stand.cardd.end(Signal::KILL).unwrap();
        scene.stand.cardd.spawn().unwrap();
        assert_eq!(scene.tries(), before, "{card}");
        scene.meet_again().await;
        let replayed = scene.hall.begin(&case.grant, Manner::Right, "739158");
        let replayed = detail(&replayed.await.unwrap_err());
        assert_eq!(replayed.reason(), Reason::GrantUnknown, "{card}");
        assert_eq!(scene.tries(), before, "{card}");
        let case = scene.case(operation, holder).await;
        let begun = scene.hall.begin(&case.grant, Manner::Right, "739158");
        let mut transaction = begun.await.unwrap();
        if let Stands::HolderPinWanted(_) = transaction.go_on().await.unwrap() {
            let asked = case.case_sequence;
            scene.choose(asked, "839405", "839405").await.unwrap();
            assert!(done(&mut transaction).await.holder_pin_set);
        }
        assert_eq!(scene.tries(), after, "{card}");
    }
}
