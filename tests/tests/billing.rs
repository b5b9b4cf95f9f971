//! Journeys at the billing desk, and the hospital system's interface: real Chromium, real cardd, real
//! pcscd, software cards.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{fs, os::unix::fs::PermissionsExt as _};

use cardd_proto::desk_v1::{
    BillState, CancelBillRequest, CancelReceiptRequest, GetBillRequest, OpenBillRequest,
    bill_service_client::BillServiceClient,
};
use cardd_tests::{
    browser,
    hospital::{judge, take_cancellation},
    journey::play,
    pages::Pages,
    stand::{Plan, Stand},
};
use hall_client::desk::{Kind, every_screen};
use serde_json::{Value, json};
use tonic::{
    Code, Request, Status,
    transport::{Channel, Endpoint},
};

const SETTINGS: &str = include_str!("../../hall-client/desk/desk.toml");
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A billing desk with these cards on the shelf; plays the script there.
fn billing(cards: &[&str], script: &str) {
    billing_and(cards, script, &json!({}), |_, _| {});
}

/// The same, with more for the script, and what is done afterwards while the pages are still served.
fn billing_and(cards: &[&str], script: &str, more: &Value, then: impl FnOnce(&Stand, &Pages)) {
    if !browser::is_there() {
        return;
    }
    let stand = Stand::start(&Plan::with_cards(cards)).unwrap();
    let token = stand.directory().join("his.token");
    fs::write(&token, TOKEN).unwrap();
    fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).unwrap();
    let settings = format!("{SETTINGS}\n[his]\ntoken_file = {token:?}\n");
    let pages = Pages::start(&stand, "billing", &settings).unwrap();
    let mut handed = json!({ "token": TOKEN });
    if let (Some(all), Some(more)) = (handed.as_object_mut(), more.as_object()) {
        all.extend(more.clone());
    }
    play(script, &stand, &pages, &handed).unwrap();
    then(&stand, &pages);
    assert_eq!(pages.said(), "");
    let log = stand.cardd.log_without_times().unwrap();
    for digits in ["\"123456\"", "830571", "602847"] {
        let line = log.iter().find(|line| line.contains(digits));
        assert_eq!(line, None, "{digits} is in cardd's log");
    }
}

#[test]
fn a_holder_pays_after_changing_the_issued_pin_there_and_then() {
    billing(&["w2"], "billing-pay.mjs");
}

#[test]
fn wrong_pins_lock_the_card_and_the_bill_is_settled_later() {
    billing(&["w2", "one-try-left"], "billing-lockout.mjs");
}

#[test]
fn the_hospital_system_gets_what_its_description_says() {
    billing_and(&["w2"], "billing-his.mjs", &json!({}), |stand, pages| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (signed, back) = runtime.block_on(over_grpc(pages.origin().to_owned()));
        // The journey used it up over HTTP: the same receipt is good once, however it was fetched, and
        // cannot be taken back any more.
        assert_eq!(judge(stand, &signed, ("B-1", 1250)).unwrap(), "REPLAYED");
        assert_eq!(take_cancellation(stand, &back).unwrap(), "REPLAYED");
    });
}

#[test]
fn every_screen_is_within_the_rules_of_accessibility() {
    let kind = json!({
        "name": "billing",
        "pages": ["cashier", "holder"],
        "modules": { "cashier": "/billing/cashier.js", "holder": "/billing/holder.js" },
    });
    let more = json!({ "kind": kind, "samples": every_screen(Kind::Billing) });
    billing_and(&[], "gallery.mjs", &more, |_, _| {});
}

fn with_token<T>(message: T, token: &str) -> Request<T> {
    let mut request = Request::new(message);
    let value = format!("Bearer {token}").parse().unwrap();
    request.metadata_mut().insert("authorization", value);
    request
}

/// The bill that was paid in the journey, by gRPC; a bill of its own, opened and taken back; and what is
/// refused. Answers the receipt of the first, and the terminal's word that it is void.
async fn over_grpc(origin: String) -> (String, String) {
    strangers(&origin).await;
    let desk = Endpoint::from_shared(origin).unwrap().connect().await;
    let mut bills = BillServiceClient::new(desk.unwrap());
    let get = |reference: &str| GetBillRequest {
        reference: reference.to_owned(),
        wait_ms: 60_000,
    };
    let open = |reference: &str, amount_fen| OpenBillRequest {
        reference: reference.to_owned(),
        amount_fen,
    };
    let cancel = |reference: &str| CancelBillRequest {
        reference: reference.to_owned(),
    };

    let stranger = bills.get_bill(get("B-1")).await.unwrap_err();
    assert_eq!(stranger.code(), Code::Unauthenticated);
    let wrong = with_token(get("B-1"), &"f".repeat(32));
    let wrong = bills.get_bill(wrong).await.unwrap_err();
    assert_eq!(wrong.code(), Code::Unauthenticated);

    let paid = bills.get_bill(with_token(get("B-1"), TOKEN)).await;
    let paid = paid.unwrap().into_inner();
    assert_eq!(paid.state(), BillState::Paid);
    assert!(paid.concluded);
    assert_eq!((paid.amount_fen, paid.attempts_remaining), (1250, Some(6)));
    let receipt = paid.receipt.unwrap();
    assert!(receipt.ledger_sequence > 0);

    let opened = bills.open_bill(with_token(open("G-1", 7), TOKEN)).await;
    let opened = opened.unwrap().into_inner();
    assert_eq!(opened.state(), BillState::WaitingForCard);
    assert_eq!(opened.receipt, None);
    let busy = bills.open_bill(with_token(open("G-2", 7), TOKEN)).await;
    let busy = told(busy.unwrap_err());
    assert_eq!(busy, (Code::FailedPrecondition, "BUSY".to_owned()));
    let other = bills.open_bill(with_token(open("G-1", 8), TOKEN)).await;
    let other = told(other.unwrap_err());
    assert_eq!(other, (Code::FailedPrecondition, "OTHER_AMOUNT".to_owned()));
    let cancelled = bills.cancel_bill(with_token(cancel("G-1"), TOKEN)).await;
    assert_eq!(
        cancelled.unwrap().into_inner().state(),
        BillState::Cancelled
    );

    let late = bills.cancel_bill(with_token(cancel("B-1"), TOKEN)).await;
    let late = told(late.unwrap_err());
    assert_eq!(late, (Code::FailedPrecondition, "TOO_LATE".to_owned()));
    let unknown = bills.get_bill(with_token(get("X"), TOKEN)).await;
    let unknown = told(unknown.unwrap_err());
    assert_eq!(unknown, (Code::NotFound, "UNKNOWN_BILL".to_owned()));
    let malformed = bills.open_bill(with_token(open("a b", 1), TOKEN)).await;
    let malformed = told(malformed.unwrap_err());
    assert_eq!(malformed, (Code::InvalidArgument, "MALFORMED".to_owned()));
    (receipt.signed, taken_back(&mut bills).await)
}

/// Who means another host, or is a page, has no use of the token.
async fn strangers(origin: &str) {
    let get = || GetBillRequest {
        reference: "B-1".to_owned(),
        wait_ms: 0,
    };
    let here = Endpoint::from_shared(origin.to_owned()).unwrap();
    let elsewhere = here.clone().origin("http://evil.example".parse().unwrap());
    let mut bills = BillServiceClient::new(elsewhere.connect().await.unwrap());
    let misled = bills.get_bill(with_token(get(), TOKEN)).await.unwrap_err();
    assert!(misled.message().contains("421"), "{misled}");
    let mut bills = BillServiceClient::new(here.connect().await.unwrap());
    let mut page = with_token(get(), TOKEN);
    let named = origin.parse().unwrap();
    page.metadata_mut().insert("origin", named);
    let page = bills.get_bill(page).await.unwrap_err();
    assert_eq!(page.code(), Code::PermissionDenied);
}

/// The receipt of the paid bill is taken back, twice; the answer is the same.
async fn taken_back(bills: &mut BillServiceClient<Channel>) -> String {
    let back = |reference: &str| {
        let reference = reference.to_owned();
        with_token(CancelReceiptRequest { reference }, TOKEN)
    };
    let none = told(bills.cancel_receipt(back("G-1")).await.unwrap_err());
    assert_eq!(none, (Code::NotFound, "NO_RECEIPT".to_owned()));
    let taken = bills
        .cancel_receipt(back("B-1"))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(taken.state(), BillState::ReceiptCancelled);
    assert_eq!(taken.receipt, None);
    let again = bills.cancel_receipt(back("B-1")).await.unwrap();
    assert_eq!(again.into_inner(), taken);
    let cancellation = taken.cancellation.unwrap();
    assert!(cancellation.ledger_sequence > 0);
    cancellation.signed
}

fn told(status: Status) -> (Code, String) {
    (status.code(), status.message().to_owned())
}
