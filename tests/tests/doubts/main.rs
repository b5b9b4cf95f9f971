//! An operation that was torn: told when it arises, held against the counter at the card's next
//! sight in any reader, said to the holder where the counter does not tell, and settled by the next
//! PIN that is accepted. None of it costs a try.

#![expect(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops at the first surprise"
)]

mod scene;

use card_sim::rack::plan::PullPhase;
use cardd_tests::{desk::Desk, raw::Raw, stand::Plan};
use hall_client::{Doubt, Event, Happening, Insertion, Verdict};
use rustix::process::Signal;

use scene::{Scene, Told};

const OWN: &str = "830571";
const NEXT: &str = "941638";
const WRONG: &str = "760241";

#[tokio::test]
async fn a_torn_change_at_a_full_counter_is_said_and_settled_by_the_pin_in_force() {
    for (phase, in_force, other) in [
        (PullPhase::Before, OWN, NEXT),
        (PullPhase::During, NEXT, OWN),
    ] {
        let mut scene = Scene::of("w2").await;
        scene.torn_change(OWN, phase).await;
        scene.insert("b").await;
        assert_eq!(scene.doubt().await, Some(Doubt::Change), "{phase:?}");
        // The other PIN does not settle which one is in force.
        scene.wrong(other).await;
        assert_eq!(scene.doubt().await, Some(Doubt::Change), "{phase:?}");
        assert_eq!(scene.tries(), 5);
        scene.right(in_force).await;
        assert_eq!(scene.doubt().await, None, "{phase:?}");
        let expected = [
            Told::Arose(Doubt::Change),
            Told::Resolved(Doubt::Change, Verdict::Undecided),
            Told::Settled(Doubt::Change),
        ];
        assert_eq!(scene.told().await, expected, "{phase:?}");
        assert_eq!(scene.tries(), 6);
        scene.the_budget_counts(0).await;
    }
}

/// The sentence is in both languages, and in nobody's way where there is no doubt.
#[tokio::test]
async fn the_holder_reads_what_is_not_known_and_what_to_do() {
    let mut scene = Scene::of("w2").await;
    let mut raw = Raw::at(&scene.stand, "kiosk").await.unwrap();
    let mut ask = async |reader: String, insertion: Insertion| {
        let request = cardd_proto::v1::GetPinStatusRequest {
            reader,
            insertion: insertion.get(),
        };
        let answer = raw.pins.get_pin_status(request).await.unwrap();
        let status = answer.into_inner().status.unwrap();
        (status.doubt_zh, status.doubt_en)
    };
    let clear = ask(scene.reader(), scene.insertion).await;
    assert_eq!(clear, (String::new(), String::new()));
    scene.torn_change(OWN, PullPhase::During).await;
    scene.insert("a").await;
    let (zh, en) = ask(scene.reader(), scene.insertion).await;
    let text = Doubt::Change.text();
    assert_eq!((zh.as_str(), en.as_str()), (text.zh, text.en));
}

#[tokio::test]
async fn a_change_torn_at_a_low_counter_is_told_by_it_in_another_reader_after_a_restart() {
    for (old, verdict, tries) in [(OWN, Verdict::Succeeded, 6), (WRONG, Verdict::TrySpent, 4)] {
        let mut scene = Scene::of("w2").await;
        scene.wrong(WRONG).await;
        scene.torn_change(old, PullPhase::During).await;
        scene.stand.cardd.end(Signal::KILL).unwrap();
        scene.stand.cardd.spawn().unwrap();
        scene.desk = Desk::at(&scene.stand, "counter").await.unwrap();
        scene.insert("b").await;
        assert_eq!(scene.doubt().await, None);
        let expected = [Told::Resolved(Doubt::Change, verdict)];
        assert_eq!(scene.told().await, expected, "{old}");
        assert_eq!(scene.tries(), tries);
        let spent = u32::from(verdict == Verdict::TrySpent);
        scene.the_budget_counts(spent).await;
    }
}

#[tokio::test]
async fn a_torn_verify_costs_the_holder_nothing_but_typing_it_again() {
    for (pin, phase, verdict, tries) in [
        (OWN, PullPhase::During, Verdict::Undecided, 6),
        (WRONG, PullPhase::Before, Verdict::Undecided, 6),
        (WRONG, PullPhase::During, Verdict::TrySpent, 5),
    ] {
        let mut scene = Scene::of("w2").await;
        scene.torn_verify(pin, phase).await;
        scene.insert("b").await;
        let label = format!("{pin} {phase:?}");
        let stands = (verdict == Verdict::Undecided).then_some(Doubt::Verify);
        assert_eq!(scene.doubt().await, stands, "{label}");
        assert_eq!(scene.tries(), tries, "{label}");
        scene.the_budget_counts(6 - tries).await;
        scene.right(OWN).await;
        let mut expected = vec![
            Told::Arose(Doubt::Verify),
            Told::Resolved(Doubt::Verify, verdict),
        ];
        expected.extend(stands.map(Told::Settled));
        assert_eq!(scene.told().await, expected, "{label}");
    }
}

/// Nobody asks and nobody puts the card in again.
#[tokio::test]
async fn where_the_card_stays_its_counter_tells_at_once() {
    let mut scene = Scene::of("w2").await;
    scene.cut_short(0).await;
    let resolved = |event: &Event| match event.happening {
        Happening::DoubtResolved { verdict, .. } => Some(verdict),
        _ => None,
    };
    let verdict = scene.desk.event_after(0, resolved).await.unwrap();
    assert_eq!(verdict, Verdict::TrySpent);
    assert_eq!(scene.tries(), 5);
    let expected = [
        Told::Arose(Doubt::Verify),
        Told::Resolved(Doubt::Verify, Verdict::TrySpent),
    ];
    assert_eq!(scene.told().await, expected);
    scene.the_budget_counts(1).await;
}

/// A copy bears the card's name, and its counter tells nothing of the card that lies elsewhere.
#[tokio::test]
async fn a_copy_in_another_reader_tells_nothing_of_the_card_that_stays() {
    const LOOKS: usize = 6;
    let mut plan = Plan::with_cards(&["w2"]);
    plan.cards.push(("copy".to_owned(), "w2".to_owned()));
    let mut scene = Scene::planned("w2", plan).await;
    scene.cut_short(LOOKS).await;
    scene.stand.rack().unwrap().insert("b", "copy").unwrap();
    scene.desk.card(&scene.stand.reader("b")).await.unwrap();
    assert_eq!(scene.told().await, [Told::Arose(Doubt::Verify)]);
    let mut rack = scene.stand.rack().unwrap();
    rack.clear("a").unwrap();
    rack.pull("a").unwrap();
    scene.insert("a").await;
    assert_eq!(scene.doubt().await, None);
    let expected = [
        Told::Arose(Doubt::Verify),
        Told::Resolved(Doubt::Verify, Verdict::TrySpent),
    ];
    assert_eq!(scene.told().await, expected);
    assert_eq!((scene.tries(), scene.stand.tries("copy").unwrap()), (5, 6));
}

/// The second one is told by the counter; the first one still is for the holder to settle.
#[tokio::test]
async fn two_doubts_about_one_card_are_settled_each_by_what_can_tell() {
    let mut scene = Scene::of("w2").await;
    scene.torn_change(OWN, PullPhase::During).await;
    scene.insert("a").await;
    scene.torn_verify(WRONG, PullPhase::During).await;
    scene.stand.cardd.end(Signal::KILL).unwrap();
    scene.stand.cardd.spawn().unwrap();
    scene.desk = Desk::at(&scene.stand, "counter").await.unwrap();
    scene.insert("b").await;
    assert_eq!(scene.doubt().await, Some(Doubt::Change));
    assert_eq!(scene.tries(), 5);
    scene.right(NEXT).await;
    assert_eq!(scene.doubt().await, None);
    let expected = [
        Told::Resolved(Doubt::Verify, Verdict::TrySpent),
        Told::Settled(Doubt::Change),
    ];
    assert_eq!(scene.told().await, expected);
}

/// A counter that never moves tells nothing, and nothing is made of it.
#[tokio::test]
async fn a_card_that_lies_is_not_read_into() {
    let mut scene = Scene::of("lying-counter").await;
    scene.torn_verify(WRONG, PullPhase::During).await;
    scene.insert("b").await;
    assert_eq!(scene.tries(), 5, "whatever it says");
    assert_eq!(scene.doubt().await, Some(Doubt::Verify));
    scene.right(OWN).await;
    assert_eq!(scene.doubt().await, None);
    let expected = [
        Told::Arose(Doubt::Verify),
        Told::Resolved(Doubt::Verify, Verdict::Undecided),
        Told::Settled(Doubt::Verify),
    ];
    assert_eq!(scene.told().await, expected);
}
