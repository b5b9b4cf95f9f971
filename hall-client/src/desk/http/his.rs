//! The hospital system (HIS) at a billing desk: bills in, outcomes and receipts out. A program of this
//! machine with a token of its own; nothing that a browser can reach. Described by
//! `hall-client/desk/billing/openapi.json`, which is served beside it.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{Path, Query, Request, State, rejection::JsonRejection},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{self, AUTHORIZATION, CONTENT_TYPE},
    },
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;
use tokio::sync::{Semaphore, watch};
use zeroize::Zeroizing;

use super::{Site, gate};
use crate::desk::{
    billing::Bill,
    engine::{Page, TouchError},
    machine::View,
};

/// The description of this interface, OpenAPI 3.1.
const DESCRIPTION: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/desk/billing/openapi.json"
));
/// Longest wait for the outcome of a bill.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Waits at once.
const WAITS: usize = 8;
/// How long what was asked for may take to show.
const SHOWS: Duration = Duration::from_secs(5);
/// How often it is asked again because somebody else was faster.
const ROUNDS: usize = 16;

/// The hospital system's way in.
pub(crate) struct His {
    page: Page,
    token: Zeroizing<String>,
    waits: Semaphore,
}

impl His {
    /// For who holds the token.
    pub(crate) fn new(page: Page, token: Zeroizing<String>) -> Self {
        Self {
            page,
            token,
            waits: Semaphore::new(WAITS),
        }
    }

    fn admits(&self, headers: &HeaderMap) -> bool {
        let value = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
        let token = value.and_then(|value| value.strip_prefix(b"Bearer "));
        token.is_some_and(|token| bool::from(token.ct_eq(self.token.as_bytes())))
    }

    /// A touch on what is shown in `view`.
    fn touch(&self, view: &View, mut action: Value) -> Result<(), Refused> {
        if let Some(fields) = action.as_object_mut() {
            fields.insert("turn".to_owned(), view.turn.into());
        }
        let sent = self.page.touch(action.to_string().as_bytes());
        sent.map_err(|error| match error {
            TouchError::Malformed => Refused::Malformed,
            TouchError::Busy => Refused::Overloaded,
        })
    }
}

/// Why something is not done: a code for the program at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    Malformed,
    Unknown,
    Busy,
    OtherAmount,
    TooLate,
    NoReceipt,
    Overloaded,
}

impl Refused {
    const fn answer(self) -> (StatusCode, &'static str) {
        match self {
            Self::Malformed => (StatusCode::BAD_REQUEST, "MALFORMED"),
            Self::Unknown => (StatusCode::NOT_FOUND, "UNKNOWN_BILL"),
            Self::Busy => (StatusCode::CONFLICT, "BUSY"),
            Self::OtherAmount => (StatusCode::CONFLICT, "OTHER_AMOUNT"),
            Self::TooLate => (StatusCode::CONFLICT, "TOO_LATE"),
            Self::NoReceipt => (StatusCode::NOT_FOUND, "NO_RECEIPT"),
            Self::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "OVERLOADED"),
        }
    }
}

impl axum::response::IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, code) = self.answer();
        (status, Json(json!({ "error": code }))).into_response()
    }
}

/// Its paths; none on a desk without it.
pub(super) fn router(site: &Arc<Site>) -> Router<Arc<Site>> {
    let Some(his) = &site.his else {
        return Router::new();
    };
    let bills = Router::new()
        .route(
            "/his/v1/bills/{reference}",
            get(standing).put(open).delete(cancel),
        )
        .route("/his/v1/bills/{reference}/receipt", get(receipt))
        .layer(from_fn_with_state(Arc::clone(his), admit))
        .with_state(Arc::clone(his));
    Router::new()
        .route("/his/v1/openapi.json", get(description))
        .merge(bills)
        .layer(from_fn_with_state(Arc::clone(site), guard))
}

async fn description() -> Response {
    ([(CONTENT_TYPE, "application/json")], DESCRIPTION).into_response()
}

/// A page that somebody opened in a browser of this machine could send requests here; browsers say so.
async fn guard(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let mut response = if !gate::names_us(&site, headers) {
        StatusCode::MISDIRECTED_REQUEST.into_response()
    } else if gate::is_from_a_page(headers) {
        StatusCode::FORBIDDEN.into_response()
    } else {
        next.run(request).await
    };
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

async fn admit(State(his): State<Arc<His>>, request: Request, next: Next) -> Response {
    if his.admits(request.headers()) {
        return next.run(request).await;
    }
    let asked = [(header::WWW_AUTHENTICATE, "Bearer")];
    (StatusCode::UNAUTHORIZED, asked).into_response()
}

/// The bill of that reference, the newest.
fn find(view: &View, reference: &str) -> Option<Value> {
    let bills = view.screen.as_array()?;
    let named = |bill: &&Value| bill.get("reference").and_then(Value::as_str) == Some(reference);
    bills.iter().rev().find(named).cloned()
}

fn under_way(view: &View) -> Option<&Value> {
    let bills = view.screen.as_array()?;
    bills.iter().find(|bill| !is(bill, "concluded"))
}

fn is(bill: &Value, field: &str) -> bool {
    bill.get(field).and_then(Value::as_bool) == Some(true)
}

fn text<'v>(bill: &'v Value, field: &str) -> &'v str {
    bill.get(field).and_then(Value::as_str).unwrap_or_default()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Amount {
    amount_fen: u64,
}

/// Opens a bill. Asked again with the same amount, it answers how that bill stands, so that a request
/// whose answer was lost can be sent again.
async fn open(
    State(his): State<Arc<His>>,
    Path(reference): Path<String>,
    amount: Result<Json<Amount>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let Json(Amount { amount_fen }) = amount.map_err(|_| Refused::Malformed)?;
    Bill::new(reference.clone(), amount_fen).map_err(|_| Refused::Malformed)?;
    let before = find(&his.page.view.borrow(), &reference);
    let mut shown = his.page.view.clone();
    for _ in 0..ROUNDS {
        let view = shown.borrow_and_update().clone();
        match find(&view, &reference) {
            Some(bill)
                if bill.get("number") != before.as_ref().and_then(|old| old.get("number")) =>
            {
                return Ok((StatusCode::CREATED, Json(bill)));
            }
            Some(bill) if !is(&bill, "concluded") || text(&bill, "state") == "PAID" => {
                let same = bill.get("amount_fen") == Some(&amount_fen.into());
                let answer = (StatusCode::OK, Json(bill));
                return if same {
                    Ok(answer)
                } else {
                    Err(Refused::OtherAmount)
                };
            }
            Some(_) | None => {}
        }
        if under_way(&view).is_some() {
            return Err(Refused::Busy);
        }
        let action = json!({ "act": "open", "reference": reference, "amount_fen": amount_fen });
        his.touch(&view, action)?;
        change(&mut shown).await?;
    }
    Err(Refused::Overloaded)
}

async fn change(shown: &mut watch::Receiver<View>) -> Result<(), Refused> {
    match tokio::time::timeout(SHOWS, shown.changed()).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Refused::Overloaded),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wait {
    #[serde(default)]
    wait_ms: u64,
}

/// How a bill stands; with `wait_ms`, once it is concluded or that time is over.
async fn standing(
    State(his): State<Arc<His>>,
    Path(reference): Path<String>,
    wait: Result<Query<Wait>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Value>, Refused> {
    let Query(Wait { wait_ms }) = wait.map_err(|_| Refused::Malformed)?;
    let wait = Duration::from_millis(wait_ms);
    if wait > LONGEST_WAIT {
        return Err(Refused::Malformed);
    }
    let _place = his.waits.try_acquire().map_err(|_| Refused::Overloaded)?;
    let mut shown = his.page.view.clone();
    let over = |view: &View| find(view, &reference).is_none_or(|bill| is(&bill, "concluded"));
    let waited = tokio::time::timeout(wait, shown.wait_for(over)).await;
    drop(waited);
    let bill = find(&his.page.view.borrow(), &reference);
    bill.map(Json).ok_or(Refused::Unknown)
}

/// Takes a bill back, unless a PIN is with the card or it is done with.
async fn cancel(
    State(his): State<Arc<His>>,
    Path(reference): Path<String>,
) -> Result<Json<Value>, Refused> {
    let mut shown = his.page.view.clone();
    let mut asked = false;
    for _ in 0..ROUNDS {
        let view = shown.borrow_and_update().clone();
        let bill = find(&view, &reference).ok_or(Refused::Unknown)?;
        match (text(&bill, "state"), is(&bill, "concluded")) {
            ("CANCELLED", true) if asked => return Ok(Json(bill)),
            ("WORKING", _) | (_, true) => return Err(Refused::TooLate),
            _ => {}
        }
        his.touch(&view, json!({ "act": "cancel_bill" }))?;
        asked = true;
        change(&mut shown).await?;
    }
    Err(Refused::Overloaded)
}

/// The receipt of a bill that is paid.
async fn receipt(
    State(his): State<Arc<His>>,
    Path(reference): Path<String>,
) -> Result<Json<Value>, Refused> {
    let bill = find(&his.page.view.borrow(), &reference).ok_or(Refused::Unknown)?;
    match bill.get("receipt") {
        None | Some(Value::Null) => Err(Refused::NoReceipt),
        Some(receipt) => Ok(Json(receipt.clone())),
    }
}
