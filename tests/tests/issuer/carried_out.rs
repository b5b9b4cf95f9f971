//! Grants that are carried out.

use cardd_proto::v1::{self, Reason};
use cardd_tests::{
    desk::{Desk, typed},
    hall::{Manner, roots_file},
};
use hall_client::{
    Grant, PinState, Step,
    issuer::{IssuedValue, KeyService, Profile, SoftwareKeys},
};
use rand::{SeedableRng as _, rngs::StdRng};

use super::{FULL, HOLDER_W1, HOLDER_W2, HOLDER_W3, Scene};

#[tokio::test]
async fn a_blocked_card_is_unlocked_and_keeps_its_pin() {
    for (card, holder, issued) in [("w1", HOLDER_W1, "1234"), ("w3", HOLDER_W3, "123456")] {
        let mut scene = Scene::set(card, "").await;
        scene.block(issued).await;
        assert_eq!(scene.tries(), (0, 3), "{card}");
        let case = scene.case(v1::IssuerOperation::Unblock, holder).await;
        let done = scene.carry_out(&case, FULL).await;
        assert_eq!(done.attempts_remaining, Some(6), "{card}");
        let mut desk = Desk::at(&scene.stand, "counter").await.unwrap();
        scene.right(&mut desk, "8305").await;
        assert_eq!(scene.state().await, PinState::Own);
    }
}

#[tokio::test]
async fn a_reset_ends_with_a_pin_that_only_the_holder_knows() {
    for (card, holder) in [("w2", HOLDER_W2), ("w3", HOLDER_W3)] {
        let mut scene = Scene::set(card, "").await;
        let case = scene.case(v1::IssuerOperation::Reload, holder).await;
        let mut transaction = scene.begin(&case, Manner::Right, "739158").await;
        let wanted = scene.holder_wanted(&mut transaction).await;
        assert_eq!(wanted.case_sequence, case.case_sequence);
        let asked = case.case_sequence;
        for (new, again, reason) in [
            ("123456", "123456", Reason::PinTooWeak),
            ("839405", "839406", Reason::NewPinsDiffer),
            ("739158", "739158", Reason::NewEqualsOld),
        ] {
            assert_eq!(scene.choose(asked, new, again).await, Err(reason));
        }
        scene.choose(asked, "839405", "839405").await.unwrap();
        let done = scene.done(&mut transaction, FULL).await;
        assert!(done.holder_pin_set, "{card}");
        let mut desk = Desk::at(&scene.stand, "counter").await.unwrap();
        scene.right(&mut desk, "839405").await;
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
    let mut transaction = scene.begin(&case, Manner::Right, "7391").await;
    scene.holder_wanted(&mut transaction).await;
    let done = scene.done(&mut transaction, FULL).await;
    assert!(!done.holder_pin_set);
    assert_eq!(scene.state().await, PinState::Issued);
    let mut billing = Desk::at(&scene.stand, "billing").await.unwrap();
    scene.no_business(&mut billing, "7391").await;
    scene.change(&mut billing, ["7391", "8305", "8305"]).await;
    assert_eq!(scene.state().await, PinState::Own);
}

/// As the counter hands it on.
pub(super) fn grant(case: &v1::OpenCaseResponse) -> Grant {
    Grant::new(case.grant.as_slice().try_into().unwrap(), &case.operator)
}

#[tokio::test]
async fn the_halls_own_client_unlocks_and_resets() {
    for (card, holder) in [("w2", HOLDER_W2), ("w3", HOLDER_W3)] {
        let mut scene = Scene::set(card, "[issuer]\nholder_wait_ms = 100").await;
        let roots = roots_file(scene.stand.directory()).unwrap();
        let keys = KeyService::new(SoftwareKeys::open(&roots, Profile::Simulation).unwrap());
        let hall = hall_client::Terminal::connect(scene.stand.socket("hall"))
            .await
            .unwrap();
        let mut rng = StdRng::seed_from_u64(8);

        let case = scene.case(v1::IssuerOperation::Unblock, holder).await;
        let mut steps = Vec::new();
        let good = grant(&case);
        let unlocked = hall.operate(&good, &keys, None, &mut rng, |step| steps.push(step));
        let unlocked = scene.counted.free(&scene.stand, unlocked).await.unwrap();
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
        let good = grant(&case);
        let reset = hall.operate(&good, &keys, Some(issued), &mut rng, |_| {});
        let reset = scene.counted.free(&scene.stand, reset).await.unwrap();
        assert!(!reset.holder_pin_set, "{card}: nobody chose");
        assert_eq!(scene.state().await, PinState::Issued, "{card}");
        let mut desk = Desk::at(&scene.stand, "counter").await.unwrap();
        scene
            .change(&mut desk, ["739158", "839405", "839405"])
            .await;
        assert_eq!(scene.tries(), FULL, "{card}");
    }
}
