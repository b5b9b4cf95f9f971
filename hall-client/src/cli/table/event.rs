//! Events for people.

use hall_client::Event;

use super::instant;
use crate::cli::event_parts::{Part, parts};

/// One line, since events come one by one.
pub(crate) fn event(event: &Event) -> String {
    let words: Vec<_> = parts(&event.happening).into_iter().map(word).collect();
    format!(
        "{:>6}  {}  {:<15}  {}",
        event.position,
        instant(event.time_unix_ms),
        event.happening.code(),
        words.join(" ")
    )
}

fn word(part: Part<'_>) -> String {
    match part {
        Part::Readers(readers) => {
            let states = readers
                .iter()
                .map(|reader| format!("{}={}", reader.name, reader.slot.code()));
            states.collect::<Vec<_>>().join(", ")
        }
        Part::Up(up) => if up { "UP" } else { "DOWN" }.to_owned(),
        Part::Reader(name) | Part::Desk(name) => name.to_owned(),
        Part::Insertion(insertion) => format!("#{insertion}"),
        Part::Card(card) => format!("{} {}", card.generation.code(), card.card_number),
        Part::Fault(fault) => fault.code().to_owned(),
        Part::Doubt(doubt) => doubt.code().to_owned(),
        Part::Verdict(verdict) => verdict.code().to_owned(),
        Part::Spent(spent) => spent.to_string(),
        Part::LimitPerHour(limit) => format!("/ {limit}"),
    }
}
