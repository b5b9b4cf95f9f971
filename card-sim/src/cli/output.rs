//! Answers: lines for people, JSON for programs.

use std::io::{ErrorKind, Write};

use serde::Serialize;

use super::error::CliError;
use crate::persona::Persona;
use crate::rack::control::CardView;
use crate::rack::shelf::CounterView;
use crate::rack::slot::SlotView;
use crate::rack::wire::Exchange;

/// Where answers go.
pub(super) struct Output<'a, W> {
    out: &'a mut W,
    json: bool,
}

impl<'a, W: Write> Output<'a, W> {
    pub(super) fn new(out: &'a mut W, json: bool) -> Self {
        Self { out, json }
    }

    /// Text that is the same for everyone.
    pub(super) fn text(&mut self, text: &str) -> Result<(), CliError> {
        self.out.write_all(text.as_bytes()).map_err(CliError::Io)
    }

    /// `value` for programs, `line` for people.
    pub(super) fn answer(&mut self, value: &impl Serialize, line: &str) -> Result<(), CliError> {
        let line = if self.json {
            serde_json::to_string(value)?
        } else {
            line.to_owned()
        };
        writeln!(self.out, "{line}")
            .and_then(|()| self.out.flush())
            .map_err(CliError::Io)
    }

    /// Nothing for people, who hear of failures only.
    pub(super) fn done(&mut self, value: &impl Serialize) -> Result<(), CliError> {
        if self.json {
            return self.answer(value, "");
        }
        Ok(())
    }

    pub(super) fn slots(&mut self, slots: &[SlotView]) -> Result<(), CliError> {
        let lines: Vec<_> = slots.iter().map(slot_line).collect();
        self.answer(&slots, &lines.join("\n"))
    }

    pub(super) fn slot(&mut self, slot: &SlotView) -> Result<(), CliError> {
        self.answer(slot, &slot_line(slot))
    }

    pub(super) fn card(&mut self, card: &CardView) -> Result<(), CliError> {
        self.answer(card, &card_lines(card))
    }

    pub(super) fn personas(&mut self, personas: &[Persona]) -> Result<(), CliError> {
        #[derive(Serialize)]
        struct Entry<'a> {
            name: &'a str,
            description: &'a str,
        }
        let entry = |p: &'_ Persona| (p.name.clone(), p.description.clone());
        let entries: Vec<_> = personas.iter().map(entry).collect();
        let values: Vec<_> = entries
            .iter()
            .map(|(name, description)| Entry { name, description })
            .collect();
        let lines: Vec<_> = entries
            .iter()
            .map(|(n, d)| format!("{n:<12} {d}"))
            .collect();
        self.answer(&values, &lines.join("\n"))
    }

    /// Exchanges, one a line; says whether someone still reads.
    pub(super) fn exchanges(&mut self, all: &[Exchange], data: bool) -> Result<bool, CliError> {
        for exchange in all {
            let shown = if data {
                exchange.clone()
            } else {
                without_data(exchange)
            };
            match self.answer(&shown, &exchange_line(&shown)) {
                Err(CliError::Io(e)) if e.kind() == ErrorKind::BrokenPipe => return Ok(false),
                result => result?,
            }
        }
        Ok(true)
    }
}

fn without_data(exchange: &Exchange) -> Exchange {
    Exchange {
        data: None,
        response: None,
        ..exchange.clone()
    }
}

fn slot_line(slot: &SlotView) -> String {
    let card = match (&slot.card, slot.powered) {
        (None, _) => "empty".to_owned(),
        (Some(card), true) => format!("{card} (powered)"),
        (Some(card), false) => format!("{card} (no power)"),
    };
    let reader = if slot.linked {
        "reader on"
    } else {
        "no reader"
    };
    let held = slot
        .held
        .map(|held| format!(", holds INS {:02x}", held.ins))
        .unwrap_or_default();
    format!("{:<16} {card:<32} {reader}{held}", slot.name)
}

fn card_lines(card: &CardView) -> String {
    let place = card.slot.as_deref().unwrap_or("no slot");
    let mut lines = vec![
        format!("card {} of persona {}, in {place}", card.name, card.persona),
        format!(
            "power-ups {}, resets {}, commands {}",
            card.traffic.power_ups, card.traffic.resets, card.traffic.commands
        ),
    ];
    lines.extend(counter_lines(card));
    for application in &card.inside.blocked_applications {
        lines.push(format!("application {application} is blocked"));
    }
    if card.inside.card_blocked {
        lines.push("the card is blocked for good".to_owned());
    }
    lines.join("\n")
}

/// The PIN, and each key that is not as good as new: a card has dozens of keys.
fn counter_lines(card: &CardView) -> Vec<String> {
    let told = |c: &&CounterView| c.name == "pin" || c.left < c.limit;
    let mut lines: Vec<_> = card
        .inside
        .counters
        .iter()
        .filter(told)
        .map(counter_line)
        .collect();
    let untold = card.inside.counters.len() - lines.len();
    if untold > 0 {
        lines.push(format!("{untold} keys with all attempts left"));
    }
    lines
}

fn counter_line(counter: &CounterView) -> String {
    let blocked = if counter.is_blocked() {
        ", blocked"
    } else {
        ""
    };
    format!(
        "{}: {} of {} attempts left{blocked}",
        counter.name, counter.left, counter.limit
    )
}

fn exchange_line(e: &Exchange) -> String {
    let p3 = e.p3.as_deref().unwrap_or("--");
    let status_word = e.status_word.as_deref().unwrap_or("no answer");
    let mut line = format!(
        "{:>6} {:<12} {} {p3} -> {status_word} ({} bytes, {} us)",
        e.number, e.slot, e.header, e.response_length, e.duration_us
    );
    for (arrow, data) in [(">", &e.data), ("<", &e.response)] {
        if let Some(data) = data {
            line.push_str(&format!("\n       {arrow} {data}"));
        }
    }
    line
}
