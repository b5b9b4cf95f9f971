//! A reader that is unplugged in the middle of an operation: it comes back by itself, under its own
//! name or another, and what was in doubt is settled there.

#![expect(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops at the first surprise"
)]

use std::fs;

use card_sim::rack::plan::HoldPhase;
use cardd_tests::{
    pcscd::Ending,
    scene::{CARD, NEXT, OWN, SLOT, Scene, TRIES, Typed},
    stand::Plan,
};
use hall_client::{AttemptSpent, Doubt, Event, Happening, Reason, Verdict, Verify};

async fn scene() -> Scene {
    Scene::set(&Plan::with_cards(&[CARD])).await.unwrap()
}

/// Waits until the reader is told as gone, after that position.
async fn gone(scene: &Scene, reader: &str, after: u64) {
    let gone = |event: &Event| match &event.happening {
        Happening::ReaderGone { reader: at } if *at == *reader => Some(()),
        _other => None,
    };
    scene.desk.event_after(after, gone).await.unwrap();
}

/// Unplugged at the command with the PIN, before the card has carried it out and after: the answer is
/// open, the entry that was typed into is void, and the counter tells at the next sight.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_comes_back_under_its_own_name_is_served() {
    let mut scene = scene().await;
    for what in [Typed::VerifyWrong, Typed::VerifyRight, Typed::ChangeRight] {
        let waiting = (scene.reader.clone(), scene.insertion);
        let other = scene
            .desk
            .terminal
            .begin_entry(&waiting.0, waiting.1, Verify);
        let other = other.await.unwrap();
        let typing = scene.held_with_pin(what, HoldPhase::Answer).await.unwrap();
        let now = scene.desk.terminal.readers().await.unwrap().position;
        scene.stand.unplug();
        let torn = typing.await.unwrap().unwrap_err();
        assert_eq!(
            torn.attempt_spent(),
            AttemptSpent::Unknown,
            "{what:?}: {torn:?}"
        );
        gone(&scene, &waiting.0, now).await;
        assert!(scene.desk.terminal.readers().await.unwrap().list.is_empty());
        let refused = scene
            .desk
            .status((&waiting.0, waiting.1))
            .await
            .unwrap_err();
        assert_eq!(refused.reason(), Some(Reason::ReaderUnknown), "{what:?}");

        scene.stand.plug().unwrap();
        scene.stand.rack().unwrap().insert(SLOT, CARD).unwrap();
        let told = scene.seen_again().await.unwrap();
        let (left, verdict) = if what.is_right() {
            (TRIES, Verdict::Succeeded)
        } else {
            (TRIES - 2, Verdict::TrySpent)
        };
        assert_eq!(
            (scene.tries().unwrap(), &told[..]),
            (left, &[verdict][..]),
            "{what:?}"
        );
        assert!(!scene.stand.inside(CARD).unwrap().pin_right, "{what:?}");
        let typed = cardd_tests::desk::typed(OWN);
        let void = other.verify(typed, &mut rand::rng()).await.unwrap_err();
        assert_eq!(void.attempt_spent(), AttemptSpent::No, "{what:?}: {void:?}");
        scene.restore().await.unwrap();
    }
}

/// pcscd numbers and names it anew: the card in it is served there, and what was in doubt, which a
/// full counter cannot tell, is settled there.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_comes_back_under_another_name_is_served() {
    let mut scene = scene().await;
    scene.verify(OWN).await.unwrap();
    let typing = scene.held_with_pin(Typed::ChangeRight, HoldPhase::Answer);
    let typing = typing.await.unwrap();
    let conf = scene.stand.directory().join("readers/rack");
    let text = fs::read_to_string(&conf).unwrap();
    fs::write(&conf, text.replace("\"Sim a\"", "\"Another\"")).unwrap();
    scene.stand.pcscd.restart(Ending::Kill).unwrap();
    let _released = scene.stand.rack().unwrap().release(SLOT);
    let torn = typing.await.unwrap().unwrap_err();
    assert_eq!(torn.attempt_spent(), AttemptSpent::Unknown);

    let before = std::mem::replace(&mut scene.reader, "Another 00 00".to_owned());
    assert_eq!(scene.seen_again().await.unwrap(), [Verdict::Undecided]);
    gone(&scene, &before, 0).await;
    let at = (scene.reader.as_str(), scene.insertion);
    let status = scene.desk.status(at).await.unwrap();
    assert_eq!(status.doubt, Some(Doubt::Change));
    scene.desk.verify(at, NEXT, false).await.unwrap();
    assert_eq!(scene.desk.status(at).await.unwrap().doubt, None);
    assert_eq!(scene.tries().unwrap(), TRIES);
}
