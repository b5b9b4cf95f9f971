//! Events for programs.

use hall_client::Event;
use serde_json::{Value, json};

use super::{reader, summary};
use crate::cli::event_parts::{Part, parts};

/// One event: its place and its data in one flat object.
pub(crate) fn event(event: &Event) -> Value {
    let mut value = json!({
        "position": event.position,
        "time_unix_ms": event.time_unix_ms,
        "event": event.happening.code(),
    });
    if let Value::Object(all) = &mut value {
        let named = parts(&event.happening).into_iter().map(named);
        all.extend(named.map(|(name, part)| (name.to_owned(), part)));
    }
    value
}

fn named(part: Part<'_>) -> (&'static str, Value) {
    match part {
        Part::Readers(readers) => ("readers", readers.iter().map(reader).collect()),
        Part::Up(up) => ("up", up.into()),
        Part::Reader(name) => ("reader", name.into()),
        Part::Insertion(insertion) => ("insertion", insertion.get().into()),
        Part::Card(card) => ("card", summary(card)),
        Part::Fault(fault) => ("fault", fault.code().into()),
        Part::Doubt(doubt) => ("doubt", doubt.code().into()),
        Part::Verdict(verdict) => ("verdict", verdict.code().into()),
        Part::Spent(spent) => ("spent", spent.into()),
        Part::LimitPerHour(limit) => ("limit_per_hour", limit.into()),
        Part::Desk(desk) => ("desk", desk.into()),
    }
}
