//! A card that is pulled at every step of an operation: nothing is invented, no try is lost, and
//! what was left in doubt is settled by the counter at the next sight.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use card_sim::rack::{
    control::{PullAt, Until},
    plan::{PullPhase, When},
};
use cardd_tests::{
    scene::{SLOT, Scene, Typed},
    stand::{Plan, Stand},
    wire::carries_pin,
};
use hall_client::{AttemptSpent, ClientError, Reason, Verdict, Verified, Verify};

/// The stages of one operation on the wire, counted in commands from its beginning.
#[derive(Debug, Clone, Copy)]
struct Course {
    /// The one command with a PIN in it.
    pin: u32,
    /// All commands.
    all: u32,
}

async fn scene() -> Scene {
    Scene::set(&Plan::with_cards(&["w2"])).await.unwrap()
}

fn order(stand: &Stand, pull: PullAt) {
    stand.rack().unwrap().pull_at(SLOT, pull).unwrap();
}

/// How the operation goes when nothing is pulled.
async fn course(scene: &mut Scene, what: Typed) -> Course {
    let sent = scene.commands(what).await.unwrap();
    let pin = sent.iter().position(carries_pin).unwrap();
    Course {
        pin: u32::try_from(pin + 1).unwrap(),
        all: u32::try_from(sent.len()).unwrap(),
    }
}

/// Whether the answer of the PIN command came back to the reader before the card left.
fn answered(course: Course, at: u32, phase: PullPhase) -> bool {
    at > course.pin || (at == course.pin && phase == PullPhase::After)
}

/// The honest answer of a refused or broken operation.
fn check_answer(
    result: &Result<Verified, ClientError>,
    (before, after): (u32, u32),
    answered: bool,
    label: &str,
) {
    let Err(error) = result else {
        assert!(answered && after == 6, "{label}: success without an answer");
        return;
    };
    let ClientError::Card(failure) = error else {
        panic!("{label}: {error}")
    };
    match failure.attempt_spent {
        AttemptSpent::No => assert!(after >= before, "{label}: {failure:?}, {after} left"),
        AttemptSpent::Yes => assert_eq!(after, before - 1, "{label}: {failure:?}"),
        AttemptSpent::Unknown => assert_eq!(
            failure.reason,
            Reason::CardRemovedDuringChange,
            "{label}: doubt is ABORTED"
        ),
    }
    if failure.reason == Reason::PinWrong {
        assert!(answered, "{label}: a pulled card is no wrong PIN");
    } else if failure.attempt_spent == AttemptSpent::No {
        assert_eq!(failure.reason, Reason::CardRemoved, "{label}");
        assert_eq!(after, before, "{label}: UNAVAILABLE says nothing happened");
    }
}

/// What the counter must have told at the next sight.
fn check_verdicts(
    result: &Result<Verified, ClientError>,
    (before, after): (u32, u32),
    verdicts: &[Verdict],
    label: &str,
) {
    let in_doubt = result
        .as_ref()
        .is_err_and(|error| error.attempt_spent() == AttemptSpent::Unknown);
    let expected = match after.cmp(&before) {
        std::cmp::Ordering::Less => Verdict::TrySpent,
        std::cmp::Ordering::Equal => Verdict::Undecided,
        std::cmp::Ordering::Greater => Verdict::Succeeded,
    };
    let expected: &[Verdict] = if in_doubt { &[expected] } else { &[] };
    assert_eq!(verdicts, expected, "{label}");
}

/// Pulls the card at each command of the operation, in each phase of it.
async fn pull_everywhere(what: Typed) {
    let mut scene = scene().await;
    let course = course(&mut scene, what).await;
    let mut doubts = 0;
    for at in 1..=course.all {
        for phase in [PullPhase::Before, PullPhase::During, PullPhase::After] {
            let label = format!("{what:?}: {phase:?} command {at} of {course:?}");
            let when = When::Apdu(at);
            let before = scene.tries().unwrap();
            let pull = |stand: &Stand| order(stand, PullAt { when, phase });
            let typing = scene.type_in(what, pull).await.unwrap();
            let result = typing.await.unwrap();
            scene.until(Until::Empty).await.unwrap();
            let after = scene.tries().unwrap();
            check_answer(
                &result,
                (before, after),
                answered(course, at, phase),
                &label,
            );
            let verdicts = scene.put_back().await.unwrap();
            check_verdicts(&result, (before, after), &verdicts, &label);
            doubts += verdicts.len();
            assert_eq!(
                scene.tries().unwrap(),
                after,
                "{label}: resolving costs nothing"
            );
            scene.restore().await.unwrap();
        }
    }
    assert!(doubts >= 2, "{what:?}: only {doubts} doubts were seen");
}

#[tokio::test]
async fn a_wrong_verify_torn_anywhere() {
    pull_everywhere(Typed::VerifyWrong).await;
}

#[tokio::test]
async fn a_right_verify_torn_anywhere() {
    pull_everywhere(Typed::VerifyRight).await;
}

#[tokio::test]
async fn a_wrong_change_torn_anywhere() {
    pull_everywhere(Typed::ChangeWrong).await;
}

#[tokio::test]
async fn a_right_change_torn_anywhere() {
    pull_everywhere(Typed::ChangeRight).await;
}

/// The instructions by name, at the look before the prompt: nothing is in doubt, nothing is told
/// as a wrong PIN, and the next sight of the card is a clean one.
#[tokio::test]
async fn a_card_pulled_before_the_prompt_leaves_nothing_behind() {
    let mut scene = scene().await;
    for ins in [0xA4, 0xB2, 0x20] {
        for phase in [PullPhase::Before, PullPhase::During, PullPhase::After] {
            let when = When::Ins(ins);
            order(&scene.stand, PullAt { when, phase });
            let begun = scene
                .desk
                .terminal
                .begin_entry(&scene.reader, scene.insertion, Verify)
                .await;
            if let Err(error) = begun {
                assert_eq!(
                    error.reason(),
                    Some(Reason::CardRemoved),
                    "{ins:02X} {phase:?}"
                );
                assert_eq!(error.attempt_spent(), AttemptSpent::No);
            }
            assert_eq!(scene.put_back().await.unwrap(), [], "{ins:02X} {phase:?}");
            assert_eq!(scene.tries().unwrap(), 5);
        }
    }
}
