//! What a grant is bound to: terminal, card and stay, operation, operator.

use std::time::Duration;

use cardd_proto::v1::{self, Reason};
use cardd_tests::{
    counted::Counted,
    desk::{Desk, typed},
    hall::{Hall, Manner, Stands, own_user, roots_file},
    raw::detail,
    site::{Site, desk_of},
    stand::Plan,
};
use hall_client::{
    Application, CaseReason, ClientError, DeskKind, Documents, Insertion, IssuerOperation,
    OperateError, Terminal,
    issuer::{IssuedValue, KeyService, Profile, SoftwareKeys},
};
use rand::{SeedableRng as _, rngs::StdRng};

use super::{FULL, HOLDER_W1, Scene};

#[tokio::test]
async fn another_terminal_does_not_know_it() {
    let (mut here, mut there) = (Scene::set("w1", "").await, Scene::set("w1", "").await);
    let case = here.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
    // The same card and the same operator are there as well, with a case of the same number.
    let other = there.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
    assert_eq!(other.case_sequence, case.case_sequence);
    let refused_there = there.not_good(&case.grant).await;
    assert_eq!(refused_there, Reason::GrantUnknown);
    assert_eq!((here.tries(), there.tries()), (FULL, FULL));
}

#[tokio::test]
async fn another_card_in_the_slot_is_left_alone() {
    let mut scene = Scene::set_with("w1", &["w2"], "").await;
    let case = scene.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
    scene.stand.rack().unwrap().swap("a", "w2").unwrap();
    scene.next().await;
    assert_eq!(scene.not_good(&case.grant).await, Reason::CardChanged);
    assert_eq!(scene.tries(), FULL);
    let sent = scene.desk.records().await.unwrap();
    assert!(sent.iter().all(|record| record["kind"] != "intent"));
}

#[tokio::test]
async fn another_operation_is_not_sent() {
    let mut scene = Scene::set("w1", "").await;
    for operation in [v1::IssuerOperation::Unblock, v1::IssuerOperation::Reload] {
        let case = scene.case(operation, HOLDER_W1).await;
        let mut begun = scene.begin(&case, Manner::OtherCommand, "7391").await;
        let ended = scene.refused_at(&mut begun, FULL).await;
        assert_eq!(ended.reason(), Reason::RequestMalformed, "{operation:?}");
    }
}

#[tokio::test]
async fn another_operators_name_uses_it_up_and_is_on_record() {
    let mut scene = Scene::set("w1", "").await;
    let case = scene.case(v1::IssuerOperation::Unblock, HOLDER_W1).await;
    assert_eq!(case.operator, own_user());
    let grant = case.grant.as_slice();
    let stolen = scene.hall.begin_for(grant, "uid:424242", Manner::Right, "");
    let stolen = scene.counted.free(&scene.stand, stolen).await;
    let reason = detail(&stolen.unwrap_err()).reason();
    assert_eq!(reason, Reason::GrantOtherOperator);
    let late = scene.not_good(grant).await;
    assert_eq!(late, Reason::GrantUnknown, "it is used up");
    let records = scene.desk.records().await.unwrap();
    let denied = records.iter().filter(|record| record["kind"] == "denied");
    let reasons: Vec<_> = denied.map(|record| record["reason"].clone()).collect();
    assert_eq!(reasons, ["other_operator"]);
    assert_eq!(scene.tries(), FULL);
}

/// Puts a reset of the card in `reader` on record, as a counter over the network.
async fn open(
    counter: &Terminal,
    (reader, insertion): (&str, Insertion),
    holder: &str,
) -> Result<hall_client::Case, ClientError> {
    let application = Application {
        reader,
        insertion,
        operation: IssuerOperation::Reload,
        reason: CaseReason::Forgotten,
        documents: &Documents {
            holder_number: typed(holder),
            holder_original_seen: true,
            agent_number: None,
            agent_original_seen: false,
        },
    };
    counter.open_case(&application).await
}

/// Two counters over the network: the colleague neither approves twice nor chooses the PIN of a
/// holder who stands before somebody else.
#[tokio::test]
async fn the_holders_pin_is_taken_at_the_counter_of_the_case_only() {
    let second = "[issuer]\nsecond_operator = true";
    let site = Site::open(Plan::with_cards(&["w1"]).config(second)).unwrap();
    let counted = Counted::begin(&site.stand).unwrap();
    assert_eq!(counted.of("w1"), FULL);
    let at = async |name: &str, operator: &str| {
        let issued = site.issue(&desk_of(DeskKind::Counter, name, operator));
        site.connect(&issued.unwrap()).await.unwrap()
    };
    let (li, wang) = (at("c-1", "李明").await, at("c-2", "王芳").await);
    let li_elsewhere = at("c-3", "李明").await;
    site.stand.rack().unwrap().insert("a", "w1").unwrap();
    let local = Desk::at(&site.stand, "counter").await.unwrap();
    let insertion = local.card(&site.stand.reader("a")).await.unwrap();

    let place = (&*site.stand.reader("a"), insertion);
    let case = counted.free(&site.stand, open(&li, place, HOLDER_W1));
    let case = case.await.unwrap();
    assert!(case.needs_second_operator);
    assert_eq!(case.grant.operator(), "李明");
    for same in [&li, &li_elsewhere] {
        let refused = counted.free(&site.stand, same.approve_case(case.sequence));
        let refused = refused.await.unwrap_err();
        assert_eq!(refused.reason(), Some(hall_client::Reason::SameOperator));
    }
    let approved = counted.free(&site.stand, wang.approve_case(case.sequence));
    approved.await.unwrap();

    let mut hall = Hall::at(&site.stand).await.unwrap();
    let begun = hall.begin_for(case.grant.bytes(), "李明", Manner::Right, "7391");
    let mut transaction = begun.await.unwrap();
    let reset = counted.free(&site.stand, transaction.go_on()).await;
    assert!(matches!(reset, Ok(Stands::HolderPinWanted(_))), "{reset:?}");
    let no_wait = Duration::ZERO;
    let other = wang.begin_holder_pin(case.sequence, no_wait);
    let other = counted.free(&site.stand, other).await.unwrap_err();
    assert_eq!(
        other.reason(),
        Some(hall_client::Reason::GrantOtherOperator)
    );
    let entry = li.begin_holder_pin(case.sequence, no_wait).await.unwrap();
    let mut rng = StdRng::seed_from_u64(4);
    let set = entry.set(typed("8305"), typed("8305"), &mut rng);
    counted.free(&site.stand, set).await.unwrap();
    let ended = counted.free(&site.stand, transaction.go_on()).await;
    assert!(matches!(ended, Ok(Stands::Done(done)) if done.holder_pin_set));
}

/// The counter asks before the hall has begun, and is answered when the reset is done; or, if that
/// ends otherwise, at once.
#[tokio::test]
async fn a_counter_that_waits_is_told_when_the_holder_may_choose() {
    let mut scene = Scene::set("w1", "").await;
    let counter = scene.desk.terminal.clone();
    let long = Duration::from_secs(60);
    // A wrong MAC counts at the unblock key.
    for (manner, opens, after) in [
        (Manner::Right, true, FULL),
        (Manner::WrongMac, false, (6, 2)),
    ] {
        let case = scene.case(v1::IssuerOperation::Reload, HOLDER_W1).await;
        let waiting = {
            let (counter, case) = (counter.clone(), case.case_sequence);
            tokio::spawn(async move { counter.begin_holder_pin(case, long).await })
        };
        let mut transaction = scene.begin(&case, manner, "7391").await;
        let step = (scene.card, after);
        let ended = scene.counted.step(&scene.stand, step, transaction.go_on());
        let ended = ended.await;
        let told = waiting.await.unwrap();
        assert_eq!(ended.is_ok(), opens, "{manner:?}");
        let Ok(entry) = told else {
            assert!(!opens);
            let reason = told.unwrap_err().reason();
            assert_eq!(reason, Some(hall_client::Reason::NoHolderPinWanted));
            continue;
        };
        let mut rng = StdRng::seed_from_u64(4);
        let set = entry.set(typed("8305"), typed("8305"), &mut rng);
        scene.counted.free(&scene.stand, set).await.unwrap();
        let ended = scene.done(&mut transaction, FULL).await;
        assert!(ended.holder_pin_set);
    }
    let nothing = counter.begin_holder_pin(999, long);
    let nothing = scene.counted.free(&scene.stand, nothing).await.unwrap_err();
    assert_eq!(
        nothing.reason(),
        Some(hall_client::Reason::NoHolderPinWanted)
    );
}

/// The role in a certificate decides, and a refusal leaves grant and card as they were.
#[tokio::test]
async fn a_certificate_of_another_role_neither_opens_a_case_nor_operates() {
    let site = Site::open(Plan::with_cards(&["w1"])).unwrap();
    let counted = Counted::begin(&site.stand).unwrap();
    assert_eq!(counted.of("w1"), FULL);
    let local = Desk::at(&site.stand, "counter").await.unwrap();
    let reader = site.stand.reader("a");
    site.stand.rack().unwrap().insert("a", "w1").unwrap();
    let place = (reader.as_str(), local.card(&reader).await.unwrap());
    let keys = roots_file(site.stand.directory()).unwrap();
    let keys = KeyService::new(SoftwareKeys::open(&keys, Profile::Simulation).unwrap());
    let mut rng = StdRng::seed_from_u64(4);
    let at = async |kind| {
        let issued = site.issue(&desk_of(kind, "d-1", "李明")).unwrap();
        site.connect(&issued).await.unwrap()
    };
    let counter = at(DeskKind::Counter).await;
    let case = counted.free(&site.stand, open(&counter, place, HOLDER_W1));
    let case = case.await.unwrap();
    for kind in [
        DeskKind::Billing,
        DeskKind::Kiosk,
        DeskKind::Auditor,
        DeskKind::Hall,
        DeskKind::Counter,
    ] {
        let terminal = at(kind).await;
        if kind != DeskKind::Counter {
            let refused = counted.free(&site.stand, open(&terminal, place, HOLDER_W1));
            let refused = refused.await.unwrap_err();
            let reason = Some(hall_client::Reason::NotForThisDesk);
            assert_eq!(refused.reason(), reason, "{kind:?}");
        }
        if kind != DeskKind::Hall {
            let issued = IssuedValue::new(typed("7391")).unwrap();
            let operated = terminal.operate(&case.grant, &keys, Some(issued), &mut rng, |_| {});
            let operated = counted.free(&site.stand, operated).await;
            let OperateError::Client(refused) = operated.unwrap_err() else {
                panic!("{kind:?}: refused by our own side");
            };
            let reason = Some(hall_client::Reason::NotForThisDesk);
            assert_eq!(refused.reason(), reason, "{kind:?}");
        }
    }
    let hall = at(DeskKind::Hall).await;
    let issued = IssuedValue::new(typed("7391")).unwrap();
    let chosen = async {
        let wait = Duration::from_secs(20);
        let entry = counter.begin_holder_pin(case.sequence, wait).await?;
        let mut rng = StdRng::seed_from_u64(5);
        entry.set(typed("8305"), typed("8305"), &mut rng).await
    };
    let done = hall.operate(&case.grant, &keys, Some(issued), &mut rng, |_| {});
    let both = counted.free(&site.stand, async { tokio::join!(done, chosen) });
    let (done, chosen) = both.await;
    chosen.unwrap();
    assert!(done.unwrap().holder_pin_set);
}
