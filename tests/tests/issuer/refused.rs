//! What is refused, or goes wrong on the way: the PIN is as before, and the unblock key has its own
//! counter.

use cardd_proto::v1::{self, Reason, counter_service_client::CounterServiceClient};
use cardd_tests::{
    hall::{Hall, Manner},
    raw::{channel, detail},
};
use hall_client::PinState;

use super::{HOLDER_W1, HOLDER_W3, Scene, done};

const AGENT: &str = "420101198506150003";

#[tokio::test]
async fn wrong_answers_of_the_hall_change_nothing_and_have_their_own_counter() {
    for (card, holder) in [("w1", HOLDER_W1), ("w3", HOLDER_W3)] {
        wrong_answers(card, holder).await;
    }
}

async fn wrong_answers(card: &'static str, holder: &str) {
    let mut scene = Scene::set(card, "").await;
    let before = scene.tries();
    for (manner, reason, unblock_tries) in [
        (Manner::WrongMac, Reason::MessageRejected, 2),
        (Manner::OldChallenge, Reason::MessageRejected, 2),
        (Manner::OtherCommand, Reason::RequestMalformed, 3),
        (Manner::WrongKey, Reason::UnblockKeyRejected, 2),
    ] {
        let case = scene.case(v1::IssuerOperation::Unblock, holder).await;
        let mut transaction = scene.hall.begin(&case.grant, manner, "7391").await.unwrap();
        let refused = detail(&transaction.go_on().await.unwrap_err());
        assert_eq!(refused.reason(), reason, "{manner:?}");
        assert_eq!(refused.attempt_spent(), v1::AttemptSpent::No, "{manner:?}");
        assert_eq!(scene.tries(), (before.0, unblock_tries), "{manner:?}");
        let again = scene
            .hall
            .begin(&case.grant, Manner::Right, "")
            .await
            .unwrap_err();
        assert_eq!(detail(&again).reason(), Reason::GrantUnknown, "{manner:?}");
        if manner != Manner::WrongKey {
            let case = scene.case(v1::IssuerOperation::Unblock, holder).await;
            let mut right = scene
                .hall
                .begin(&case.grant, Manner::Right, "")
                .await
                .unwrap();
            let _done = done(&mut right).await;
            assert_eq!(scene.tries(), (6, 3), "{manner:?}");
        }
    }
}

#[tokio::test]
async fn the_last_try_of_the_unblock_key_is_never_spent() {
    let mut scene = Scene::set("w1", "").await;
    for left in [2, 1] {
        let case = scene.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
        let mut wrong = scene
            .hall
            .begin(&case.grant, Manner::WrongKey, "")
            .await
            .unwrap();
        let refused = detail(&wrong.go_on().await.unwrap_err());
        assert_eq!(refused.reason(), Reason::UnblockKeyRejected);
        assert_eq!(scene.tries(), (6, left));
    }
    let case = scene.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
    let mut floor = scene
        .hall
        .begin(&case.grant, Manner::WrongKey, "")
        .await
        .unwrap();
    let refused = detail(&floor.go_on().await.unwrap_err());
    assert_eq!(refused.reason(), Reason::UnblockKeyAtFloor);
    assert_eq!(scene.tries(), (6, 1));
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
        let case = scene.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
        let mut broken = scene.hall.begin(&case.grant, manner, "").await.unwrap();
        let refused = detail(&broken.go_on().await.unwrap_err());
        assert_eq!(refused.reason(), Reason::HallSilent, "{manner:?}");
        assert_eq!(scene.tries(), (6, 3), "{manner:?}");
        // The reader is free again, and no right is left on the card.
        assert_eq!(scene.state().await, PinState::Unknown, "{manner:?}");
        let inside = scene.stand.inside("w1").unwrap();
        assert!(!inside.pin_right, "{manner:?}");
    }
    let records = scene.desk.records().await.unwrap();
    let count = |kind: &str| {
        records
            .iter()
            .filter(|record| record["kind"] == kind)
            .count()
    };
    assert_eq!(
        (count("case_opened"), count("intent"), count("outcome")),
        (4, 4, 4)
    );
}

#[tokio::test]
async fn documents_are_held_against_the_card() {
    let mut scene = Scene::set("w1", "").await;
    let right = scene.application(v1::IssuerOperation::Unblock, HOLDER_W1);
    let unseen = v1::OpenCaseRequest {
        holder_original_seen: false,
        ..right.clone()
    };
    assert_eq!(scene.refused(unseen).await, Reason::EvidenceIncomplete);
    let invalid = v1::OpenCaseRequest {
        holder_id_number: "420101195505050008".to_owned(),
        ..right.clone()
    };
    assert_eq!(scene.refused(invalid).await, Reason::IdNumberInvalid);
    let other = v1::OpenCaseRequest {
        holder_id_number: AGENT.to_owned(),
        ..right.clone()
    };
    assert_eq!(scene.refused(other).await, Reason::IdNumberDiffers);
    let agent = v1::OpenCaseRequest {
        applicant: v1::Applicant::Agent.into(),
        agent_id_number: AGENT.to_owned(),
        ..right.clone()
    };
    assert_eq!(
        scene.refused(agent.clone()).await,
        Reason::EvidenceIncomplete
    );
    let with_both = v1::OpenCaseRequest {
        agent_original_seen: true,
        ..agent
    };
    let opened = scene
        .counter
        .open_case(with_both)
        .await
        .unwrap()
        .into_inner();
    assert!(!opened.needs_second_operator);

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
    let case = scene.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
    let mut transaction = scene
        .hall
        .begin(&case.grant, Manner::Right, "")
        .await
        .unwrap();
    let refused = detail(&transaction.go_on().await.unwrap_err());
    assert_eq!(refused.reason(), Reason::IdNumberDiffers);
    assert_eq!(scene.tries(), (6, 3));
}

#[tokio::test]
async fn one_person_alone_does_not_unlock_where_two_are_required() {
    let mut scene = Scene::set("w1", "[issuer]\nsecond_operator = true").await;
    let case = scene.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
    assert!(case.needs_second_operator);
    let alone = scene
        .hall
        .begin(&case.grant, Manner::Right, "")
        .await
        .unwrap_err();
    assert_eq!(detail(&alone).reason(), Reason::SecondOperatorMissing);
    let approve = v1::ApproveCaseRequest {
        case_sequence: case.case_sequence,
    };
    let same = scene.counter.approve_case(approve).await.unwrap_err();
    assert_eq!(detail(&same).reason(), Reason::SameOperator);
    assert_eq!(scene.tries(), (6, 3));
}

#[tokio::test]
async fn only_the_counter_opens_cases_and_only_the_hall_operates() {
    let mut scene = Scene::set("w1", "").await;
    let application = scene.application(v1::IssuerOperation::Unblock, HOLDER_W1);
    for desk in ["kiosk", "billing", "hall"] {
        let socket = scene.stand.socket(desk);
        let mut other = CounterServiceClient::new(channel(&socket).await.unwrap());
        let refused = other.open_case(application.clone()).await.unwrap_err();
        assert_eq!(detail(&refused).reason(), Reason::NotForThisDesk, "{desk}");
    }
    let case = scene.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
    let mut stranger = Hall::at_desk(&scene.stand, "counter").await.unwrap();
    let refused = stranger
        .begin(&case.grant, Manner::Right, "")
        .await
        .unwrap_err();
    assert_eq!(detail(&refused).reason(), Reason::NotForThisDesk);
    let mut transaction = scene
        .hall
        .begin(&case.grant, Manner::Right, "")
        .await
        .unwrap();
    let _done = done(&mut transaction).await;
}

#[tokio::test]
async fn a_grant_does_not_outlive_a_killed_daemon_or_its_insertion() {
    let mut scene = Scene::set("w1", "").await;
    let swapped = scene.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
    scene.stand.rack().unwrap().pull("a").unwrap();
    scene.stand.rack().unwrap().insert("a", "w1").unwrap();
    scene.insertion = scene
        .desk
        .next_card(&scene.reader, scene.insertion)
        .await
        .unwrap();
    let mut other = scene
        .hall
        .begin(&swapped.grant, Manner::Right, "")
        .await
        .unwrap();
    let refused = detail(&other.go_on().await.unwrap_err());
    assert_eq!(refused.reason(), Reason::CardChanged);

    let killed = scene.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
    scene
        .stand
        .cardd
        .end(rustix::process::Signal::KILL)
        .unwrap();
    scene.stand.cardd.spawn().unwrap();
    let mut hall = Hall::at(&scene.stand).await.unwrap();
    let replayed = hall
        .begin(&killed.grant, Manner::Right, "")
        .await
        .unwrap_err();
    assert_eq!(detail(&replayed).reason(), Reason::GrantUnknown);
    assert_eq!(scene.tries(), (6, 3));
}
