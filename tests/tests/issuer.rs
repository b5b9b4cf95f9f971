//! Unlocking and resetting, end to end: documents, grant, challenges, the holder's own PIN. The
//! counters of PIN and unblock key are read from the card before and after each step.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::os::unix::fs::PermissionsExt as _;

use cardd_proto::{
    entry::{Binding, Typed, seal},
    v1::{self, Purpose, Reason, counter_service_client::CounterServiceClient},
};
use cardd_tests::{
    desk::{Desk, refusal, typed},
    hall::{Hall, Manner, Stands},
    plan::Plan,
    raw::{channel, detail},
    stand::Stand,
};
use hall_client::{
    Insertion, PinState, Step,
    issuer::{IssuedValue, Profile, SoftwareKeys},
};
use rand::{SeedableRng as _, rngs::StdRng};
use tonic::transport::Channel;

const HOLDER_W1: &str = "420101195505050007";
const AGENT: &str = "420101198506150003";

/// A stand with one card, and everybody who has to do with it.
struct Scene {
    stand: Stand,
    card: &'static str,
    counter: CounterServiceClient<Channel>,
    desk: Desk,
    hall: Hall,
    reader: String,
    insertion: Insertion,
}

impl Scene {
    async fn set(card: &'static str, config: &str) -> Self {
        let stand = Stand::start(&Plan::with_cards(&[card]).config(config)).unwrap();
        let desk = Desk::at(&stand, "counter").await.unwrap();
        let counter = CounterServiceClient::new(channel(&stand.socket("counter")).await.unwrap());
        let hall = Hall::at(&stand).await.unwrap();
        stand.rack().unwrap().insert("a", card).unwrap();
        let reader = stand.reader("a");
        let insertion = desk.card(&reader).await.unwrap();
        Self {
            stand,
            card,
            counter,
            desk,
            hall,
            reader,
            insertion,
        }
    }

    /// Tries left of the PIN and of the unblock key, as the card counts them.
    fn tries(&self) -> (u8, u8) {
        let inside = self.stand.inside(self.card).unwrap();
        let left = |name: &str| {
            let found = inside.counters.iter().find(|counter| counter.name == name);
            found
                .unwrap_or_else(|| panic!("no counter {name}: {:?}", inside.counters))
                .left
        };
        (left("pin"), left("SSSE/06"))
    }

    fn application(&self, operation: v1::IssuerOperation, holder: &str) -> v1::OpenCaseRequest {
        v1::OpenCaseRequest {
            reader: self.reader.clone(),
            insertion: self.insertion.get(),
            operation: operation.into(),
            applicant: v1::Applicant::Holder.into(),
            holder_id_number: holder.to_owned(),
            holder_original_seen: true,
            reason: v1::CaseReason::Blocked.into(),
            ..v1::OpenCaseRequest::default()
        }
    }

    async fn case(&mut self, operation: v1::IssuerOperation, holder: &str) -> v1::OpenCaseResponse {
        let application = self.application(operation, holder);
        self.counter
            .open_case(application)
            .await
            .unwrap()
            .into_inner()
    }

    async fn refused(&mut self, application: v1::OpenCaseRequest) -> Reason {
        detail(&self.counter.open_case(application).await.unwrap_err()).reason()
    }

    async fn state(&self) -> PinState {
        self.desk
            .status((&self.reader, self.insertion))
            .await
            .unwrap()
            .state
    }

    /// The holder chooses a PIN while the card is held.
    async fn choose(&mut self, case: u64, new: &str, again: &str) -> Result<u64, Reason> {
        let begin = v1::BeginHolderPinRequest {
            case_sequence: case,
        };
        let prompt = self.counter.begin_holder_pin(begin).await;
        let prompt = prompt
            .map_err(|status| detail(&status).reason())?
            .into_inner();
        let binding = Binding {
            entry_id: prompt.entry_id.try_into().unwrap(),
            insertion: prompt.insertion,
            purpose: Purpose::OwnPin,
        };
        let choice = Typed::OwnPin {
            new: typed(new),
            again: typed(again),
        };
        let mut rng = StdRng::seed_from_u64(6);
        let entry = seal(&choice, &binding, &prompt.public_key, &mut rng).unwrap();
        let set = v1::SetHolderPinRequest {
            case_sequence: case,
            entry: Some(entry),
        };
        let set = self.counter.set_holder_pin(set).await;
        set.map(|set| set.into_inner().ledger_sequence)
            .map_err(|status| detail(&status).reason())
    }
}

async fn done(transaction: &mut cardd_tests::hall::Transaction) -> v1::OperationDone {
    match transaction.go_on().await.unwrap() {
        Stands::Done(done) => done,
        Stands::HolderPinWanted(wanted) => panic!("the holder is asked: {wanted:?}"),
    }
}

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

#[tokio::test]
async fn wrong_answers_of_the_hall_change_nothing_and_have_their_own_counter() {
    let mut scene = Scene::set("w1", "").await;
    let before = scene.tries();
    for (manner, reason, unblock_tries) in [
        (Manner::WrongMac, Reason::MessageRejected, 2),
        (Manner::OldChallenge, Reason::MessageRejected, 2),
        (Manner::OtherCommand, Reason::RequestMalformed, 3),
        (Manner::WrongKey, Reason::UnblockKeyRejected, 2),
    ] {
        let case = scene.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
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
            let case = scene.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
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

/// Test roots of the simulated cards, as the hall keeps them in a file.
fn roots(stand: &Stand) -> SoftwareKeys {
    let mut text = "profile = \"simulation\"\n".to_owned();
    for suite in ["des", "sm4"] {
        for (kind, first) in [("puk", 0x10_u8), ("stk", 0x20), ("rkssse", 0x30)] {
            let length = if (suite, kind) == ("des", "stk") {
                8
            } else {
                16
            };
            let key: Vec<u8> = (first..first + length).collect();
            text += &format!(
                "[[root]]\nkind = {kind:?}\nsuite = {suite:?}\nlevel = \"national\"\nkey = {:?}\n",
                hex::encode(key)
            );
        }
    }
    let path = stand.directory().join("roots.toml");
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    SoftwareKeys::open(&path, Profile::Simulation).unwrap()
}

#[tokio::test]
async fn the_halls_own_client_unlocks_and_resets() {
    for (card, holder) in [("w2", "420101198506150003"), ("w3", "420101201202290001")] {
        let mut scene = Scene::set(card, "[issuer]\nholder_wait_ms = 100").await;
        let keys = roots(&scene.stand);
        let hall = hall_client::Terminal::connect(scene.stand.socket("hall"))
            .await
            .unwrap();
        let mut rng = StdRng::seed_from_u64(8);

        let case = scene.case(v1::IssuerOperation::Unblock, holder).await;
        let mut steps = Vec::new();
        let unlocked = hall
            .operate(&case.grant, &keys, None, &mut rng, |step| steps.push(step))
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
            .operate(&case.grant, &keys, Some(issued), &mut rng, |_| {})
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
