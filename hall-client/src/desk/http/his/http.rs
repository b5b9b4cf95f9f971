//! The hospital system over HTTP.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{
        Path, Query, Request, State,
        rejection::{JsonRejection, QueryRejection},
    },
    http::{
        HeaderValue, StatusCode,
        header::{self, CONTENT_TYPE},
    },
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{Site, gate},
    His, Opened, Refused, grpc,
};

/// The description of this interface, OpenAPI 3.1.
pub(super) const DESCRIPTION: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/desk/billing/openapi.json"
));

impl axum::response::IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Unknown | Self::NoReceipt => StatusCode::NOT_FOUND,
            Self::Busy | Self::OtherAmount | Self::TooLate | Self::ReceiptExpired => {
                StatusCode::CONFLICT
            }
            Self::Overloaded | Self::TerminalSilent | Self::TerminalFailed => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        };
        (status, Json(json!({ "error": self.word() }))).into_response()
    }
}

/// Its paths; none on a desk without it.
pub(in super::super) fn router(site: &Arc<Site>) -> Router<Arc<Site>> {
    let Some(his) = &site.his else {
        return Router::new();
    };
    let bills = Router::new()
        .route(
            "/his/v1/bills/{reference}",
            get(standing).put(open).delete(cancel),
        )
        .route(
            "/his/v1/bills/{reference}/receipt",
            get(receipt).delete(cancel_receipt),
        )
        .route_service(grpc::PATHS, grpc::service(his))
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
    let named = gate::names_us(&site, headers) || gate::names_us_in_target(&site, &request);
    let mut response = if !named {
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Amount {
    amount_fen: u64,
}

async fn open(
    State(his): State<Arc<His>>,
    Path(reference): Path<String>,
    amount: Result<Json<Amount>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let Json(Amount { amount_fen }) = amount.map_err(|_| Refused::Malformed)?;
    Ok(match his.open(&reference, amount_fen).await? {
        Opened::Anew(bill) => (StatusCode::CREATED, Json(bill)),
        Opened::Before(bill) => (StatusCode::OK, Json(bill)),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wait {
    #[serde(default)]
    wait_ms: u64,
}

async fn standing(
    State(his): State<Arc<His>>,
    Path(reference): Path<String>,
    wait: Result<Query<Wait>, QueryRejection>,
) -> Result<Json<Value>, Refused> {
    let Query(Wait { wait_ms }) = wait.map_err(|_| Refused::Malformed)?;
    let wait = Duration::from_millis(wait_ms);
    his.standing(&reference, wait).await.map(Json)
}

async fn cancel(
    State(his): State<Arc<His>>,
    Path(reference): Path<String>,
) -> Result<Json<Value>, Refused> {
    his.cancel(&reference).await.map(Json)
}

async fn receipt(
    State(his): State<Arc<His>>,
    Path(reference): Path<String>,
) -> Result<Json<Value>, Refused> {
    his.receipt(&reference).map(Json)
}

async fn cancel_receipt(
    State(his): State<Arc<His>>,
    Path(reference): Path<String>,
) -> Result<Json<Value>, Refused> {
    his.cancel_receipt(&reference).await.map(Json)
}
