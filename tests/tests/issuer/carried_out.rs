//! Grants that are carried out.

use cardd_proto::v1::{self, Reason};
use cardd_tests::{
    desk::{Desk, refusal, typed},
    hall::{Manner, Stands, roots_file},
};
use hall_client::{
    Grant, PinState, Step,
    issuer::{IssuedValue, KeyService, Profile, SoftwareKeys},
};
use rand::{SeedableRng as _, rngs::StdRng};

use super::{HOLDER_W1, Scene, done};

#[tokio::test]
async fn a_blocked_card_is_unlocked_and_keeps_its_pin() {
    for (card, holder, limit) in [("w1", HOLDER_W1, 6), ("w3", "420101201202290001", 6)] {
        let mut scene = Scene::set(card, "").await;
        let at = (scene.reader.clone(), scene.insertion);
        let issued = if card == "w1" { "1234" } else { "123456" };
        let mut desk = Desk::at(&scene.stand, "counter").await.unwrap();
        desk.change((&at.0, at.1), [issued, "8305", "8305"])
            .await
            .unwrap();
        for _ in 0..limit {
            let _wrong = refusal(desk.verify((&at.0, at.1), "7602", true).await);
        }
        assert_eq!(scene.tries(), (0, 3), "{card}");

        let case = scene.case(v1::IssuerOperation::Unblock, holder).await;
        let mut transaction = scene
            .hall
            .begin(&case.grant, Manner::Right, "")
            .await
            .unwrap();
        let done = done(&mut transaction).await;
        assert_eq!(done.attempts_remaining, Some(limit), "{card}");
        assert_eq!(scene.tries(), (6, 3), "{card}");
        desk.verify((&at.0, at.1), "8305", false).await.unwrap();
        assert_eq!(scene.state().await, PinState::Own);
    }
}

#[tokio::test]
async fn a_reset_ends_with_a_pin_that_only_the_holder_knows() {
    for (card, holder) in [("w2", "420101198506150003"), ("w3", "420101201202290001")] {
        let mut scene = Scene::set(card, "").await;
        let case = scene.case(v1::IssuerOperation::Reload, holder).await;
        let mut transaction = scene
            .hall
            .begin(&case.grant, Manner::Right, "739158")
            .await
            .unwrap();
        let Stands::HolderPinWanted(wanted) = transaction.go_on().await.unwrap() else {
            panic!("the holder is not asked");
        };
        assert_eq!(wanted.case_sequence, case.case_sequence);
        let asked = case.case_sequence;
        assert_eq!(
            scene.choose(asked, "123456", "123456").await,
            Err(Reason::PinTooWeak)
        );
        assert_eq!(
            scene.choose(asked, "839405", "839406").await,
            Err(Reason::NewPinsDiffer)
        );
        assert_eq!(
            scene.choose(asked, "739158", "739158").await,
            Err(Reason::NewEqualsOld)
        );
        scene.choose(asked, "839405", "839405").await.unwrap();
        assert!(done(&mut transaction).await.holder_pin_set);
        assert_eq!(scene.tries(), (6, 3), "{card}");
        let at = (scene.reader.clone(), scene.insertion);
        scene
            .desk
            .verify((&at.0, at.1), "839405", false)
            .await
            .unwrap();
        let late = scene.choose(asked, "839405", "839405").await;
        assert_eq!(late, Err(Reason::NoHolderPinWanted));
        let records = scene.desk.records().await.unwrap();
        let desk_of = |operation: &str| {
            let mut intents = records.iter().filter(|record| record["kind"] == "intent");
            let found = intents.find(|record| record["operation"] == operation);
            found.unwrap()["desk"].clone()
        };
        assert_eq!(
            (desk_of("reload"), desk_of("change")),
            ("hall".into(), "counter".into())
        );
    }
}

#[tokio::test]
async fn a_holder_who_walks_away_leaves_a_card_that_does_no_business() {
    let mut scene = Scene::set("w1", "[issuer]\nholder_wait_ms = 100").await;
    let case = scene.case(v1::IssuerOperation::Reload, HOLDER_W1).await;
    let mut transaction = scene
        .hall
        .begin(&case.grant, Manner::Right, "7391")
        .await
        .unwrap();
    assert!(matches!(
        transaction.go_on().await.unwrap(),
        Stands::HolderPinWanted(_)
    ));
    assert!(!done(&mut transaction).await.holder_pin_set);
    assert_eq!(scene.state().await, PinState::Issued);
    let mut billing = Desk::at(&scene.stand, "billing").await.unwrap();
    let at = (scene.reader.as_str(), scene.insertion);
    let refused = refusal(billing.verify(at, "7391", false).await);
    assert_eq!(refused.reason, hall_client::Reason::IssuedPin);
    assert_eq!(scene.tries(), (6, 3));
    billing.change(at, ["7391", "8305", "8305"]).await.unwrap();
    assert_eq!(scene.state().await, PinState::Own);
}

/// As the counter hands it on.
pub(super) fn grant(case: &v1::OpenCaseResponse) -> Grant {
    Grant::new(case.grant.as_slice().try_into().unwrap(), &case.operator)
}

#[tokio::test]
async fn the_halls_own_client_unlocks_and_resets() {
    for (card, holder) in [("w2", "420101198506150003"), ("w3", "420101201202290001")] {
        let mut scene = Scene::set(card, "[issuer]\nholder_wait_ms = 100").await;
        let roots = roots_file(scene.stand.directory()).unwrap();
        let keys = KeyService::new(SoftwareKeys::open(&roots, Profile::Simulation).unwrap());
        let hall = hall_client::Terminal::connect(scene.stand.socket("hall"))
            .await
            .unwrap();
        let mut rng = StdRng::seed_from_u64(8);

        let case = scene.case(v1::IssuerOperation::Unblock, holder).await;
        let mut steps = Vec::new();
        let unlocked = hall
            .operate(&grant(&case), &keys, None, &mut rng, |step| {
                steps.push(step)
            })
            .await
            .unwrap();
        assert_eq!(unlocked.attempts_remaining, Some(6), "{card}");
        assert_eq!(steps.first(), Some(&Step::Opened), "{card}");
        assert_eq!(steps.last(), Some(&Step::MessageGiven), "{card}");
        assert_eq!(
            steps.contains(&Step::ReadKeyAnswered),
            card == "w3",
            "{card}"
        );

        let case = scene.case(v1::IssuerOperation::Reload, holder).await;
        let issued = IssuedValue::new(typed("739158")).unwrap();
        let reset = hall
            .operate(&grant(&case), &keys, Some(issued), &mut rng, |_| {})
            .await
            .unwrap();
        assert!(!reset.holder_pin_set, "{card}: nobody chose");
        assert_eq!(scene.state().await, PinState::Issued, "{card}");
        let at = (scene.reader.clone(), scene.insertion);
        scene
            .desk
            .change((&at.0, at.1), ["739158", "839405", "839405"])
            .await
            .unwrap();
        assert_eq!(scene.tries(), (6, 3), "{card}");
    }
}
