//! A card that is pulled at every step of an operation: nothing is invented, no try is lost, and
//! what was left in doubt is settled by the counter at the next sight.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::time::Duration;

use card_sim::rack::{
    control::{PullAt, Until},
    plan::{PullPhase, When},
};
use cardd_tests::{
    desk::{Desk, typed},
    stand::{Plan, Stand},
    wire::carries_pin,
};
use hall_client::{
    AttemptSpent, Change, ClientError, Insertion, Reason, Verdict, Verified, Verify,
};
use rand::{SeedableRng as _, rngs::StdRng};

const OWN: &str = "830571";
const NEXT: &str = "941638";
const WRONG: &str = "760241";
const SOON: Duration = Duration::from_secs(10);

/// What is typed while the card is pulled.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Typed {
    VerifyWrong,
    VerifyRight,
    ChangeWrong,
    ChangeRight,
}

/// The stages of one operation on the wire, counted in commands from its beginning.
#[derive(Debug, Clone, Copy)]
struct Course {
    /// The one command with a PIN in it.
    pin: u32,
    /// All commands.
    all: u32,
}

struct Scene {
    stand: Stand,
    desk: Desk,
    reader: String,
    insertion: Insertion,
}

/// A card with its holder's own PIN and five tries left: one less than it can have, so that the
/// counter tells a success from nothing at all.
async fn scene() -> Scene {
    let stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
    let desk = Desk::at(&stand, "counter").await.unwrap();
    stand.rack().unwrap().insert("a", "w2").unwrap();
    let reader = stand.reader("a");
    let insertion = desk.card(&reader).await.unwrap();
    let mut scene = Scene {
        stand,
        desk,
        reader,
        insertion,
    };
    let at = (scene.reader.as_str(), insertion);
    scene.desk.change(at, ["123456", OWN, OWN]).await.unwrap();
    scene.desk.verify(at, WRONG, false).await.unwrap_err();
    scene
}

impl Scene {
    /// Opens an entry, orders the pull, and types. What was typed before is not in the orders: the
    /// look before the prompt is over when they are given.
    async fn type_in(&self, what: Typed, pull: Option<PullAt>) -> Result<Verified, ClientError> {
        let mut rng = StdRng::seed_from_u64(5);
        let (terminal, at) = (&self.desk.terminal, &self.reader);
        match what {
            Typed::VerifyWrong | Typed::VerifyRight => {
                let pin = if what == Typed::VerifyRight {
                    OWN
                } else {
                    WRONG
                };
                let entry = terminal.begin_entry(at, self.insertion, Verify).await?;
                self.order(pull);
                entry.verify(typed(pin), &mut rng).await
            }
            Typed::ChangeWrong | Typed::ChangeRight => {
                let old = if what == Typed::ChangeRight {
                    OWN
                } else {
                    WRONG
                };
                let entry = terminal.begin_entry(at, self.insertion, Change).await?;
                self.order(pull);
                let new = || typed(NEXT);
                entry.change(typed(old), new(), new(), &mut rng).await
            }
        }
    }

    fn order(&self, pull: Option<PullAt>) {
        if let Some(pull) = pull {
            self.stand.rack().unwrap().pull_at("a", pull).unwrap();
        }
    }

    /// How the operation goes when nothing is pulled.
    async fn course(&self, what: Typed) -> Course {
        let terminal = &self.desk.terminal;
        let begun = self.stand.last_exchange().unwrap();
        let entry = terminal.begin_entry(&self.reader, self.insertion, Verify);
        entry.await.unwrap().cancel().await.unwrap();
        let look = self.stand.exchanges(begun).unwrap().len();
        let begun = self.stand.last_exchange().unwrap();
        self.type_in(what, None).await.ok();
        let sent = self.stand.exchanges(begun).unwrap();
        let operation = sent.get(look..).unwrap();
        let pin = operation.iter().position(carries_pin).unwrap();
        Course {
            pin: u32::try_from(pin + 1).unwrap(),
            all: u32::try_from(operation.len()).unwrap(),
        }
    }

    /// Puts the card back and answers what was found about doubts.
    async fn put_back(&mut self) -> Vec<Verdict> {
        let mut rack = self.stand.rack().unwrap();
        rack.wait("a", Until::Empty, SOON).unwrap();
        rack.insert("a", "w2").unwrap();
        let next = self.desk.next_card(&self.reader, self.insertion);
        self.insertion = next.await.unwrap();
        self.desk.verdicts(self.insertion).await.unwrap()
    }

    /// Back to the card of [`scene`], whatever became of it.
    async fn restore(&mut self) {
        let at = (self.reader.as_str(), self.insertion);
        if self.desk.verify(at, OWN, false).await.is_err() {
            self.desk.change(at, [NEXT, OWN, OWN]).await.unwrap();
        }
        self.desk.verify(at, WRONG, false).await.unwrap_err();
        assert_eq!(self.stand.tries("w2").unwrap(), 5);
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
    let course = scene.course(what).await;
    scene.restore().await;
    let mut doubts = 0;
    for at in 1..=course.all {
        for phase in [PullPhase::Before, PullPhase::During, PullPhase::After] {
            let label = format!("{what:?}: {phase:?} command {at} of {course:?}");
            let when = When::Apdu(at);
            let before = scene.stand.tries("w2").unwrap();
            let result = scene.type_in(what, Some(PullAt { when, phase })).await;
            scene
                .stand
                .rack()
                .unwrap()
                .wait("a", Until::Empty, SOON)
                .unwrap();
            let after = scene.stand.tries("w2").unwrap();
            check_answer(
                &result,
                (before, after),
                answered(course, at, phase),
                &label,
            );
            let verdicts = scene.put_back().await;
            check_verdicts(&result, (before, after), &verdicts, &label);
            doubts += verdicts.len();
            assert_eq!(
                scene.stand.tries("w2").unwrap(),
                after,
                "{label}: resolving costs nothing"
            );
            scene.restore().await;
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
            scene.order(Some(PullAt { when, phase }));
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
            assert_eq!(scene.put_back().await, [], "{ins:02X} {phase:?}");
            assert_eq!(scene.stand.tries("w2").unwrap(), 5);
        }
    }
}
