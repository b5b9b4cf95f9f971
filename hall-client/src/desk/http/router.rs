//! Paths and what answers them.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{
        StatusCode,
        header::{CONTENT_TYPE, SET_COOKIE},
    },
    middleware::from_fn_with_state,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};

use super::{BODY_BYTES, Site, assets, events, gate, his};
use crate::desk::engine::TouchError;

/// The whole site.
pub(super) fn router(site: Arc<Site>) -> Router {
    let desk = Router::new()
        .route("/events/{page}", get(events::stream))
        .route("/act/{page}", post(act))
        .layer(from_fn_with_state(Arc::clone(&site), gate::session));
    let his = his::router(&site);
    Router::new()
        .route("/session", post(open_session))
        .route("/catalogue.json", get(catalogue))
        .merge(desk)
        .fallback(get(asset))
        .layer(from_fn_with_state(Arc::clone(&site), gate::guard))
        .merge(his)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .with_state(site)
}

async fn open_session(State(site): State<Arc<Site>>, token: Bytes) -> Response {
    match site
        .seats
        .iter()
        .find_map(|seat| seat.session.trade(&token))
    {
        Some(cookie) => (StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn catalogue(State(site): State<Arc<Site>>) -> Response {
    let json = [(CONTENT_TYPE, "application/json")];
    (json, site.catalogue.clone()).into_response()
}

async fn asset(State(site): State<Arc<Site>>, request: axum::extract::Request) -> Response {
    match assets::find(site.kind, request.uri().path()) {
        Some(asset) => ([(CONTENT_TYPE, asset.content_type)], asset.bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A touch is taken or not; what comes of it is pushed.
async fn act(State(site): State<Arc<Site>>, Path(page): Path<String>, body: Bytes) -> StatusCode {
    let Some(seat) = site.seat(&page) else {
        return StatusCode::NOT_FOUND;
    };
    match seat.page.touch(&body) {
        Ok(()) => StatusCode::ACCEPTED,
        Err(TouchError::Malformed) => StatusCode::BAD_REQUEST,
        Err(TouchError::Busy) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
