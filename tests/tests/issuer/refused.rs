//! What is refused, or goes wrong on the way: the PIN is as before, and the unblock key has its own
//! counter.

use cardd_proto::v1::{
    self, IssuerOperation, Reason, counter_service_client::CounterServiceClient,
};
use cardd_tests::{
    hall::{Hall, Manner},
    raw::{channel, detail},
};
use hall_client::PinState;
use rustix::process::Signal;

use super::{FULL, HOLDER_W1, HOLDER_W2, HOLDER_W3, Scene, all_closed, count, refused_grant};

const AGENT: &str = HOLDER_W2;

#[tokio::test]
async fn wrong_answers_of_the_hall_change_nothing_and_have_their_own_counter() {
    for (card, holder) in [("w1", HOLDER_W1), ("w3", HOLDER_W3)] {
        wrong_answers(card, holder).await;
    }
}

async fn wrong_answers(card: &'static str, holder: &str) {
    let mut scene = Scene::set(card, "").await;
    for (manner, reason, unblock_tries) in [
        (Manner::WrongMac, Reason::MessageRejected, 2),
        (Manner::OldChallenge, Reason::MessageRejected, 2),
        (Manner::OtherCommand, Reason::RequestMalformed, 3),
        (Manner::WrongKey, Reason::UnblockKeyRejected, 2),
    ] {
        assert_eq!(scene.tries(), FULL, "{manner:?}");
        let case = scene.case(IssuerOperation::Unblock, holder).await;
        let mut transaction = scene.begin(&case, manner, "7391").await;
        let refused = scene.refused_at(&mut transaction, (6, unblock_tries)).await;
        assert_eq!(refused.reason(), reason, "{manner:?}");
        assert_eq!(refused.attempt_spent(), v1::AttemptSpent::No, "{manner:?}");
        let again = scene.not_good(&case.grant).await;
        assert_eq!(again, Reason::GrantUnknown, "{manner:?}");
        if manner != Manner::WrongKey {
            let case = scene.case(IssuerOperation::Unblock, holder).await;
            scene.carry_out(&case, FULL).await;
        }
    }
}

#[tokio::test]
async fn the_last_try_of_the_unblock_key_is_never_spent() {
    let mut scene = Scene::set("w1", "").await;
    for (reason, left) in [
        (Reason::UnblockKeyRejected, 2),
        (Reason::UnblockKeyRejected, 1),
        (Reason::UnblockKeyAtFloor, 1),
    ] {
        let case = scene.case(IssuerOperation::Unblock, HOLDER_W1).await;
        let mut wrong = scene.begin(&case, Manner::WrongKey, "").await;
        let refused = scene.refused_at(&mut wrong, (6, left)).await;
        assert_eq!(refused.reason(), reason);
    }
}

#[tokio::test]
async fn a_stream_that_breaks_or_falls_silent_ends_with_the_pin_as_before() {
    let mut scene = Scene::set("w1", "[issuer]\nhall_patience_ms = 300").await;
    for manner in [
        Manner::CutBefore(0),
        Manner::CutBefore(1),
        Manner::SilentBefore(0),
        Manner::SilentBefore(1),
    ] {
        let case = scene.case(IssuerOperation::Unblock, HOLDER_W1).await;
        let mut broken = scene.begin(&case, manner, "").await;
        let refused = scene.refused_at(&mut broken, FULL).await;
        assert_eq!(refused.reason(), Reason::HallSilent, "{manner:?}");
        // The reader is free again, and no right is left on the card.
        assert_eq!(scene.state().await, PinState::Unknown, "{manner:?}");
        scene.no_right_is_left().await;
    }
    assert_eq!(count(&scene, "case_opened").await, 4);
    all_closed(&scene, 4).await;
}

#[tokio::test]
async fn documents_are_held_against_the_card() {
    let mut scene = Scene::set("w1", "").await;
    let right = scene.application(IssuerOperation::Unblock, HOLDER_W1);
    let with = |change: fn(&mut v1::OpenCaseRequest)| {
        let mut application = right.clone();
        change(&mut application);
        application
    };
    let agent = with(|agent| {
        agent.applicant = v1::Applicant::Agent.into();
        agent.agent_id_number = AGENT.to_owned();
    });
    for (wrong, reason) in [
        (
            with(|unseen| unseen.holder_original_seen = false),
            Reason::EvidenceIncomplete,
        ),
        (
            with(|invalid| invalid.holder_id_number = "420101195505050008".to_owned()),
            Reason::IdNumberInvalid,
        ),
        (
            with(|other| other.holder_id_number = AGENT.to_owned()),
            Reason::IdNumberDiffers,
        ),
        (agent.clone(), Reason::EvidenceIncomplete),
    ] {
        assert_eq!(scene.refused(wrong).await, reason);
    }
    let with_both = v1::OpenCaseRequest {
        agent_original_seen: true,
        ..agent
    };
    let opened = scene.opened(with_both).await.unwrap();
    assert!(!opened.needs_second_operator);
    assert_eq!(scene.tries(), FULL);

    let records = serde_json::to_string(&scene.desk.records().await.unwrap()).unwrap();
    for number in [HOLDER_W1, AGENT] {
        assert!(!records.contains(number), "a person's number in the ledger");
        assert!(
            !scene.stand.cardd.log().unwrap().contains(number),
            "a person's number in the log"
        );
    }
}

#[tokio::test]
async fn a_protected_card_is_matched_after_its_read_key() {
    let mut scene = Scene::set("w3", "").await;
    let case = scene.case(IssuerOperation::Unblock, HOLDER_W1).await;
    let mut transaction = scene.begin(&case, Manner::Right, "").await;
    let refused = scene.refused_at(&mut transaction, FULL).await;
    assert_eq!(refused.reason(), Reason::IdNumberDiffers);
}

#[tokio::test]
async fn one_person_alone_does_not_unlock_where_two_are_required() {
    let mut scene = Scene::set("w1", "[issuer]\nsecond_operator = true").await;
    let case = scene.case(IssuerOperation::Unblock, HOLDER_W1).await;
    assert!(case.needs_second_operator);
    let alone = scene.not_good(&case.grant).await;
    assert_eq!(alone, Reason::SecondOperatorMissing);
    let approve = scene.counter.approve_case(v1::ApproveCaseRequest {
        case_sequence: case.case_sequence,
    });
    let same = scene.counted.free(&scene.stand, approve).await;
    assert_eq!(detail(&same.unwrap_err()).reason(), Reason::SameOperator);
    assert_eq!(scene.tries(), FULL);
}

#[tokio::test]
async fn only_the_counter_opens_cases_and_only_the_hall_operates() {
    let mut scene = Scene::set("w1", "").await;
    let application = scene.application(IssuerOperation::Unblock, HOLDER_W1);
    for desk in ["kiosk", "billing", "hall"] {
        let socket = scene.stand.socket(desk);
        let mut other = CounterServiceClient::new(channel(&socket).await.unwrap());
        let refused = other.open_case(application.clone());
        let refused = scene.counted.free(&scene.stand, refused).await;
        let reason = detail(&refused.unwrap_err()).reason();
        assert_eq!(reason, Reason::NotForThisDesk, "{desk}");
    }
    let case = scene.case(IssuerOperation::Unblock, HOLDER_W1).await;
    let mut stranger = Hall::at_desk(&scene.stand, "counter").await.unwrap();
    let refused = refused_grant(&mut stranger, &case.grant);
    let refused = scene.counted.free(&scene.stand, refused).await;
    assert_eq!(refused, Reason::NotForThisDesk);
    scene.carry_out(&case, FULL).await;
}

#[tokio::test]
async fn a_grant_does_not_outlive_a_killed_daemon_or_its_insertion() {
    let mut scene = Scene::set("w1", "").await;
    let swapped = scene.case(IssuerOperation::Unblock, HOLDER_W1).await;
    scene.stand.rack().unwrap().pull("a").unwrap();
    scene.stand.rack().unwrap().insert("a", "w1").unwrap();
    scene.next().await;
    assert_eq!(scene.not_good(&swapped.grant).await, Reason::CardChanged);

    let killed = scene.case(IssuerOperation::Unblock, HOLDER_W1).await;
    scene.restart(Signal::KILL).await;
    assert_eq!(scene.not_good(&killed.grant).await, Reason::GrantUnknown);
    assert_eq!(scene.tries(), FULL);
}
