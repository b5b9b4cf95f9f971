//! States as they change: one server-sent event each, the newest first for who comes late.

use std::{convert::Infallible, sync::Arc, time::Instant};

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::sse::{Event, KeepAlive, Sse},
};
use serde_json::{Value, json};
use tokio_stream::{Stream, StreamExt as _, wrappers::WatchStream};

use super::Site;
use crate::desk::machine::View;

/// The states of a page, from the present one on.
pub(super) async fn stream(
    State(site): State<Arc<Site>>,
    Path(page): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, StatusCode> {
    let seat = site.seat(&page).ok_or(StatusCode::NOT_FOUND)?;
    let place = Arc::clone(&site.streams)
        .try_acquire_owned()
        .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let states = WatchStream::new(seat.page.view.clone()).map(move |view| {
        // The place is given back when the stream is dropped.
        let _held = &place;
        Ok(Event::default().data(state(&view, Instant::now()).to_string()))
    });
    Ok(Sse::new(states).keep_alive(KeepAlive::default()))
}

/// A state as the page reads it. Time goes as what is left of it: the page has another clock.
fn state(view: &View, now: Instant) -> Value {
    let left = view.until.map(|until| until.saturating_duration_since(now));
    json!({
        "turn": view.turn,
        "screen": view.screen,
        "remaining_ms": left.map(|left| u64::try_from(left.as_millis()).unwrap_or(u64::MAX)),
    })
}
