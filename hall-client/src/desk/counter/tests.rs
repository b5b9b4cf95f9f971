//! The counter without a card: every state and every event, and what may never be left out.

mod bench;
mod table;

use serde_json::json;

use self::bench::{At, Bench};
use super::work::{CounterDone, CounterWork, Told};
use crate::{desk::refusal::Refusal, model::Reason};

#[tokio::test]
async fn nothing_is_begun_before_the_whole_checklist_is_on_record() {
    let mut bench = Bench::at(At::Form);
    for field in ["holder_original_seen", "agent_original_seen"] {
        let mut partial = Bench::application();
        partial["agent"] = json!(true);
        partial["agent_number"] = json!("1");
        partial["agent_original_seen"] = json!(true);
        partial[field] = json!(false);
        assert!(bench.operator(&partial).is_empty(), "{field}");
        assert_eq!(
            bench.field("operator", "refusal")["code"],
            "EVIDENCE_INCOMPLETE"
        );
    }
    assert!(bench.operator(&json!({ "act": "start" })).is_empty());
    let work = bench.operator(&Bench::application());
    assert!(matches!(work.as_slice(), [CounterWork::Open(..)]));
}

#[tokio::test]
async fn where_a_second_operator_is_demanded_the_issuer_waits_for_the_approval() {
    let mut bench = Bench::at(At::Approve);
    assert!(bench.operator(&json!({ "act": "start" })).is_empty());
    let same = Refusal::of(Reason::SameOperator);
    let work = bench.operator(&json!({ "act": "approve", "papers": "x" }));
    assert!(matches!(work.as_slice(), [CounterWork::Approve(..)]));
    bench.done(CounterDone::Approved(Err(same)));
    assert_eq!(bench.field("operator", "refusal")["code"], "SAME_OPERATOR");
    assert!(bench.operator(&json!({ "act": "start" })).is_empty());
    bench.operator(&json!({ "act": "approve", "papers": "x" }));
    bench.done(CounterDone::Approved(Ok("李强".to_owned())));
    let work = bench.operator(&json!({ "act": "start" }));
    assert!(matches!(work.as_slice(), [CounterWork::Operate(..)]));
}

#[tokio::test]
async fn what_the_operator_sees_does_not_tell_what_the_holder_types() {
    let mut bench = Bench::at(At::Choosing);
    let before = bench.view("operator");
    assert_eq!(bench.field("holder", "step"), "new");
    bench.holder(&json!({ "act": "typed" }));
    assert_eq!(bench.field("holder", "step"), "again");
    let work = bench.holder(&bench::submit());
    assert!(matches!(work.as_slice(), [CounterWork::SetHolder(..)]));
    assert_eq!(bench.view("operator"), before);
    for secret in ["entry_id", "public_key", "step"] {
        assert_eq!(before.screen.get(secret), None);
    }
}

#[tokio::test]
async fn a_card_pulled_while_the_issuer_works_ends_the_case_on_both_pages() {
    for at in [At::Operating, At::Choosing] {
        let mut bench = Bench::at(at);
        assert!(bench.pull().is_empty(), "its outcome comes first");
        assert_eq!(bench.field("operator", "name"), "operating");
        assert_eq!(bench.field("holder", "step"), serde_json::Value::Null);
        bench.told(Told::Ended(Err(Refusal::of(Reason::CardRemoved))));
        assert_eq!(bench.field("operator", "refusal")["code"], "CARD_REMOVED");
        assert_eq!(bench.field("holder", "refusal")["code"], "CARD_REMOVED");
        assert_eq!(bench.field("holder", "again"), false);
        bench.operator(&json!({ "act": "finish" }));
        assert_eq!(bench.field("holder", "name"), "welcome");
        assert_eq!(bench.field("operator", "name"), "desk");
    }
}

#[tokio::test]
async fn a_card_pulled_while_its_record_is_read_leaves_the_record() {
    let mut bench = Bench::at(At::Operating);
    bench.told(bench::operated());
    assert!(bench.pull().is_empty());
    bench.done(bench::record());
    assert_eq!(bench.field("operator", "name"), "done");
}

#[tokio::test]
async fn an_operator_who_does_nothing_is_signed_out_but_not_from_a_card_under_work() {
    for at in [
        At::Desk,
        At::Form,
        At::Approve,
        At::Ready,
        At::Done,
        At::Records,
    ] {
        let mut bench = Bench::at(at);
        bench.wait();
        assert_eq!(bench.field("operator", "name"), "sign_in", "{at:?}");
    }
    let mut bench = Bench::at(At::Operating);
    bench.wait();
    assert_eq!(bench.field("operator", "name"), "operating");
}

#[tokio::test]
async fn every_reason_has_its_screen() {
    for reason in Reason::ALL {
        let mut bench = Bench::at(At::Operating);
        bench.told(Told::Ended(Err(Refusal::of(*reason))));
        for page in ["operator", "holder"] {
            assert_eq!(bench.field(page, "refusal")["code"], reason.code());
        }
    }
}
