//! What cannot be brought about from outside: a desk that is too busy to take a touch, and a terminal that
//! answers late, not at all, or with a refusal.

mod receipts;

use std::{path::Path, sync::Arc};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};
use tokio::sync::watch;
use tower::ServiceExt as _;
use zeroize::Zeroizing;

use super::His;
use crate::{
    Limits, Terminal,
    desk::{
        Kind,
        engine::{Page, TouchError},
        http::{Site, router::router},
        machine::View,
    },
};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A desk that shows these bills and takes no touch.
fn busy(bills: &Value) -> (Arc<Site>, watch::Sender<View>) {
    let (shows, view) = watch::channel(View::new(1, bills, None));
    let page = Page::made_up("his", view, |_| Err(TouchError::Busy));
    (site(page, Path::new("/nowhere")), shows)
}

/// A desk whose cardd is at that socket.
fn site(page: Page, socket: &Path) -> Arc<Site> {
    let terminal = Terminal::connect_lazily(socket, Limits::default());
    let his = His::new(page, Zeroizing::new(TOKEN.to_owned()), terminal);
    let address = "127.0.0.1:7420".parse().unwrap();
    Arc::new(Site::new(address, Kind::Billing, Vec::new(), Some(his)))
}

async fn answer(site: Arc<Site>, method: &str, body: &str) -> (StatusCode, Value) {
    answer_at(site, (method, "/his/v1/bills/B-1"), body).await
}

async fn answer_at(
    site: Arc<Site>,
    (method, path): (&str, &str),
    body: &str,
) -> (StatusCode, Value) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "127.0.0.1:7420")
        .header(header::AUTHORIZATION, format!("Bearer {TOKEN}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    let response = router(site).oneshot(request).await.unwrap();
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 1024)
        .await
        .unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn a_desk_that_takes_no_more_touches_says_so_and_opens_and_cancels_nothing() {
    let refused = (
        StatusCode::SERVICE_UNAVAILABLE,
        json!({ "error": "OVERLOADED" }),
    );
    let (site, _shows) = busy(&json!([]));
    assert_eq!(answer(site, "PUT", r#"{"amount_fen":1}"#).await, refused);
    let open = json!([{
        "reference": "B-1", "amount_fen": 1, "number": 1, "state": "WAITING_FOR_CARD",
        "concluded": false, "attempts_remaining": null, "receipt": null,
    }]);
    let (site, _shows) = busy(&open);
    assert_eq!(answer(Arc::clone(&site), "DELETE", "").await, refused);
    let (status, bill) = answer(site, "GET", "").await;
    assert_eq!(
        (status, &bill["state"]),
        (StatusCode::OK, &json!("WAITING_FOR_CARD"))
    );
}

#[test]
fn the_description_names_what_a_busy_desk_answers() {
    let described: Value = serde_json::from_str(super::http::DESCRIPTION).unwrap();
    let bills = &described["paths"]["/bills/{reference}"];
    for method in ["put", "delete", "get"] {
        let refusal = &bills[method]["responses"]["503"]["content"]["application/json"]["schema"];
        assert_eq!(refusal["$ref"], "#/components/schemas/Refusal", "{method}");
    }
    let words = &described["components"]["schemas"]["Refusal"]["properties"]["error"]["enum"];
    assert!(words.as_array().unwrap().contains(&json!("OVERLOADED")));
}
