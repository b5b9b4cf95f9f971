//! A new PIN is judged before it is typed again: at no cost, without the card, and not for ever.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use cardd_tests::{
    desk::{Desk, refusal, typed},
    stand::{Plan, Stand},
};
use hall_client::{AttemptSpent, ClientError, Insertion, NewPin, Reason, WeakPin};
use rand::{SeedableRng as _, rngs::StdRng};

struct Scene {
    stand: Stand,
    kiosk: Desk,
    reader: String,
}

impl Scene {
    async fn with_card() -> (Self, Insertion) {
        let stand = Stand::start(&Plan::with_cards(&["w2"])).unwrap();
        let kiosk = Desk::at(&stand, "kiosk").await.unwrap();
        stand.rack().unwrap().insert("a", "w2").unwrap();
        let reader = stand.reader("a");
        let insertion = kiosk.card(&reader).await.unwrap();
        let scene = Self {
            stand,
            kiosk,
            reader,
        };
        (scene, insertion)
    }

    async fn judged(&self, insertion: Insertion, pin: &str) -> Result<(), ClientError> {
        let opened = self
            .kiosk
            .terminal
            .begin_entry(&self.reader, insertion, NewPin);
        let rng = &mut StdRng::seed_from_u64(5);
        opened.await.unwrap().check(typed(pin), rng).await
    }
}

#[tokio::test]
async fn a_new_pin_is_judged_at_no_cost() {
    let (scene, insertion) = Scene::with_card().await;
    scene.judged(insertion, "830571").await.unwrap();
    for (pin, rule) in [
        ("123456", WeakPin::Issued),
        ("850615", WeakPin::BirthDate),
        ("198506", WeakPin::BirthDate),
        ("111111", WeakPin::Repeat),
    ] {
        let refused = refusal(scene.judged(insertion, pin).await);
        assert_eq!(refused.reason, Reason::PinTooWeak);
        assert_eq!(refused.weak_pin, Some(rule));
        assert_eq!(refused.attempt_spent, AttemptSpent::No);
    }
    let short = refusal(scene.judged(insertion, "83").await);
    assert_eq!(short.reason, Reason::PinFormat);
    assert_eq!(scene.stand.pins_sent().unwrap(), 0);
    assert_eq!(scene.stand.tries("w2").unwrap(), 6);
    let log = scene.stand.cardd.log_without_times().unwrap();
    assert_eq!(log.iter().find(|line| line.contains("830571")), None);
}

#[tokio::test]
async fn judgements_of_one_stay_are_bounded_and_the_change_is_not() {
    let (mut scene, insertion) = Scene::with_card().await;
    for _ in 0..10 {
        scene.judged(insertion, "830571").await.unwrap();
    }
    let refused = refusal(scene.judged(insertion, "830571").await);
    assert_eq!(refused.reason, Reason::TooManyEntries);
    assert_eq!(refused.attempt_spent, AttemptSpent::No);
    let at = (scene.reader.as_str(), insertion);
    let pins = ["123456", "830571", "830571"];
    scene.kiosk.change(at, pins).await.unwrap();
    scene.stand.rack().unwrap().swap("a", "w2").unwrap();
    let next = scene
        .kiosk
        .next_card(&scene.reader, insertion)
        .await
        .unwrap();
    scene.judged(next, "941638").await.unwrap();
}

#[tokio::test]
async fn an_entry_for_a_judgement_changes_nothing() {
    let (scene, insertion) = Scene::with_card().await;
    let terminal = &scene.kiosk.terminal;
    let opened = terminal.begin_entry(&scene.reader, insertion, NewPin).await;
    let entry_id = opened.unwrap().id();
    let seal = hall_client::Sealed::new(&entry_id, &[9; 32], &[0; 67]);
    let refused = refusal(terminal.change_sealed(seal, false).await);
    assert_eq!(refused.reason, Reason::EntryMismatch);
    assert_eq!(scene.stand.pins_sent().unwrap(), 0);
}
