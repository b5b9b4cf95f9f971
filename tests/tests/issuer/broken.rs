//! Transactions that are broken off in the middle: the card is swapped, the stream is cut, the daemon
//! is killed. What the card counts is as before, or as the message made it, and the records say so.

use std::time::Duration;

use card_sim::rack::{
    control::Until,
    plan::{HoldPhase, When},
};
use cardd_proto::v1::{self, IssuerOperation, Reason, issuer_service_client::IssuerServiceClient};
use cardd_tests::{
    counted::Tries,
    hall::{Manner, Transaction},
    raw::{channel, detail},
};
use hall_client::PinState;
use rustix::process::Signal;

use super::{
    FULL, HOLDER_W3, ONE_LEFT, Scene, all_closed, chosen,
    waiting::{LONG, soon},
};

/// INS of PIN CHANGE/UNBLOCK (LD/T 32.5).
const PIN_CHANGE_UNBLOCK: u8 = 0x24;
/// What a reset sets, and what the holder makes of it.
const ISSUED: &str = "739158";
const OWN: &str = "839405";

/// What is broken off, and with which card.
#[derive(Clone, Copy)]
struct Kind {
    card: &'static str,
    holder: &'static str,
    operation: IssuerOperation,
    before: Tries,
    /// Answers of the hall: on the third generation one more, for the read key.
    answers: usize,
}

const KINDS: [Kind; 2] = [
    Kind {
        card: "one-try-left",
        holder: ONE_LEFT,
        operation: IssuerOperation::Unblock,
        before: (1, 3),
        answers: 2,
    },
    Kind {
        card: "w3",
        holder: HOLDER_W3,
        operation: IssuerOperation::Reload,
        before: FULL,
        answers: 3,
    },
];

impl Kind {
    async fn scene(self, config: &str) -> Scene {
        let scene = Scene::set_with(self.card, &["w2"], config).await;
        assert_eq!(scene.tries(), self.before);
        scene
    }

    /// A case, and the hall that begins to carry it out.
    async fn begun(self, scene: &mut Scene, manner: Manner) -> (v1::OpenCaseResponse, Transaction) {
        let case = scene.case(self.operation, self.holder).await;
        let transaction = scene.begin(&case, manner, ISSUED).await;
        (case, transaction)
    }

    /// The same, up to that question.
    async fn paused(self, scene: &mut Scene, step: usize) -> (v1::OpenCaseResponse, Transaction) {
        let (case, mut transaction) = self.begun(scene, Manner::Right).await;
        scene.pause_before(&mut transaction, step).await;
        (case, transaction)
    }

    /// The hall breaks off before each of its answers; the card counts as before.
    async fn broken_off(self, scene: &mut Scene, manner: fn(usize) -> Manner) {
        for step in 0..self.answers {
            let (_case, mut transaction) = self.begun(scene, manner(step)).await;
            let refused = soon(scene.refused_at(&mut transaction, self.before)).await;
            let label = (self.card, step);
            assert_eq!(refused.reason(), Reason::HallSilent, "{label:?}");
            scene.no_right_is_left().await;
        }
    }
}

#[tokio::test]
async fn a_card_swapped_between_the_steps_ends_it_and_neither_card_changes() {
    for kind in KINDS {
        let mut scene = kind.scene("").await;
        for step in 0..kind.answers {
            let label = (kind.card, step);
            let (_case, mut transaction) = kind.paused(&mut scene, step).await;
            let sent = scene.stand.last_exchange().unwrap();
            scene.stand.rack().unwrap().swap("a", "w2").unwrap();
            let refused = scene.refused_at(&mut transaction, kind.before).await;
            // With the stay, the entry for the one-time PIN ended as well.
            let gone = [
                Reason::CardRemoved,
                Reason::CardRemovedDuringChange,
                Reason::EntryUnknown,
            ];
            assert!(gone.contains(&refused.reason()), "{label:?}: {refused:?}");
            let after = scene.stand.exchanges(sent).unwrap();
            let mut issuers = after.iter().filter(|exchange| {
                let header = exchange.header.as_str();
                header.starts_with("0082") || header.starts_with("8424")
            });
            assert_eq!(issuers.next(), None, "{label:?}: the next card heard it");
            scene.next().await;
            scene.stand.rack().unwrap().swap("a", kind.card).unwrap();
            scene.next().await;
        }
        all_closed(&scene, kind.answers).await;
    }
}

/// The bounds are so long that it is the end of the stream that ends it.
#[tokio::test]
async fn a_stream_cut_before_each_answer_leaves_the_card_as_it_was() {
    for kind in KINDS {
        let mut scene = kind.scene(LONG).await;
        let mut silent =
            IssuerServiceClient::new(channel(&scene.stand.socket("hall")).await.unwrap());
        let nothing = silent.operate(tokio_stream::empty());
        let nothing = scene.counted.free(&scene.stand, nothing).await;
        let reason = detail(&nothing.unwrap_err()).reason();
        assert_eq!(reason, Reason::RequestMalformed);
        kind.broken_off(&mut scene, Manner::CutBefore).await;
        all_closed(&scene, kind.answers).await;
    }
}

/// The message is at the card: it is done, and recorded, whoever listens. A reset then stands by
/// itself, and the card does no business until somebody resets it again.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_cut_after_the_message_changes_nothing_about_what_is_done() {
    for kind in KINDS {
        let mut scene = kind.scene("").await;
        let (case, mut transaction) = kind.paused(&mut scene, kind.answers - 1).await;
        let mut rack = scene.stand.rack().unwrap();
        let when = When::Ins(PIN_CHANGE_UNBLOCK);
        rack.hold("a", when, HoldPhase::Command).unwrap();
        let at = (scene.reader.clone(), scene.insertion);
        let cut = async {
            transaction.answer_last().await;
            rack.wait("a", Until::Held, Duration::from_secs(10))
                .unwrap();
            drop(transaction);
            rack.release("a").unwrap();
            let choice = chosen(&mut scene.counter, case.case_sequence, (OWN, OWN)).await;
            // Waits its turn behind the transaction.
            let status = scene.desk.status((&at.0, at.1)).await;
            (choice, status.unwrap().state)
        };
        let done = (kind.card, FULL);
        let (choice, state) = scene.counted.step(&scene.stand, done, cut).await;
        assert_eq!(choice, Err(Reason::NoHolderPinWanted), "{}", kind.card);
        all_closed(&scene, 1).await;
        let reset = kind.operation == IssuerOperation::Reload;
        assert_eq!(state == PinState::Issued, reset, "{}: {state:?}", kind.card);
    }
}

/// End to end with short bounds: 300 ms for an answer and one second for a grant. The ten minutes
/// themselves, with the bounds as delivered, pass in `cardd/src/terminal/tests/silence.rs`.
#[tokio::test]
async fn a_hall_that_is_gone_for_longer_than_the_bounds_finds_them_closed() {
    let short = "[issuer]\nhall_patience_ms = 300\ngrant_lifetime_ms = 1000";
    for kind in KINDS {
        let mut scene = kind.scene(short).await;
        kind.broken_off(&mut scene, Manner::SilentBefore).await;
        let case = scene.case(kind.operation, kind.holder).await;
        // The time itself is what is tested here.
        tokio::time::sleep(Duration::from_millis(1001)).await;
        let late = scene.not_good(&case.grant).await;
        assert_eq!(late, Reason::GrantUnknown, "{}", kind.card);
        assert_eq!(scene.tries(), kind.before);
        // A desk that was shut out is served again at once.
        assert_eq!(scene.state().await, PinState::Unknown, "{}", kind.card);
    }
}

#[tokio::test]
async fn an_answer_to_an_earlier_challenge_is_worthless() {
    for kind in KINDS {
        let mut scene = kind.scene("").await;
        let (_case, first) = kind.paused(&mut scene, kind.answers - 1).await;
        let overheard = first.unblock_answer().unwrap();
        drop(first);
        let (_case, mut second) = kind.begun(&mut scene, Manner::Right).await;
        second.replay(overheard);
        let its_own_counter = (kind.before.0, 2);
        let refused = scene.refused_at(&mut second, its_own_counter).await;
        assert_eq!(
            refused.reason(),
            Reason::UnblockKeyRejected,
            "{}",
            kind.card
        );
    }
}

#[tokio::test]
async fn an_exhausted_unblock_key_is_told_and_never_tried_again() {
    let mut scene = Scene::set("puk-blocked", "").await;
    let holder = "420101197001020006";
    for attempt in [1, 2] {
        assert_eq!(scene.tries(), (0, 0));
        let case = scene.case(IssuerOperation::Unblock, holder).await;
        let mut begun = scene.begin(&case, Manner::Right, "").await;
        let refused = scene.refused_at(&mut begun, (0, 0)).await;
        assert_eq!(refused.reason(), Reason::UnblockKeyBlocked, "{attempt}");
        let wire = scene.stand.exchanges(0).unwrap();
        let tried = wire
            .iter()
            .filter(|exchange| exchange.header.starts_with("0082"));
        assert_eq!(tried.count(), 1, "{attempt}: the card was asked once");
    }
}

#[tokio::test]
async fn a_grant_is_not_good_again_after_a_kill_in_the_middle_of_its_use() {
    for kind in KINDS {
        let mut scene = kind.scene("").await;
        let (case, _transaction) = kind.paused(&mut scene, kind.answers - 1).await;
        scene.restart(Signal::KILL).await;
        let replayed = scene.not_good(&case.grant).await;
        assert_eq!(replayed, Reason::GrantUnknown, "{}", kind.card);
        assert_eq!(scene.tries(), kind.before);
        let (case, mut transaction) = kind.begun(&mut scene, Manner::Right).await;
        let reset = kind.operation == IssuerOperation::Reload;
        if reset {
            scene.holder_wanted(&mut transaction).await;
            let asked = case.case_sequence;
            scene.choose(asked, OWN, OWN).await.unwrap();
        }
        let done = scene.done(&mut transaction, FULL).await;
        assert_eq!(done.holder_pin_set, reset, "{}", kind.card);
    }
}
