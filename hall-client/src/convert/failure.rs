//! Failures. Reason and spent try matter most, so a side field that this client cannot read never
//! hides them.

use cardd_proto::{text::Text, v1};

use crate::{
    error::{CardFailure, ContractError, Message},
    model::{AttemptSpent, Reason, WeakPin},
};

pub(crate) fn from_wire(error: v1::CardError) -> Result<CardFailure, ContractError> {
    let reason = Reason::from_wire(error.reason)?;
    let weak_pin = WeakPin::from_wire(error.weak_pin).ok();
    Ok(CardFailure {
        reason,
        attempts_remaining: error.attempts_remaining,
        attempt_spent: AttemptSpent::from_wire(error.attempt_spent)
            .unwrap_or(AttemptSpent::Unknown),
        status_word: error.status_word.and_then(|word| u16::try_from(word).ok()),
        incident_id: error.incident_id,
        weak_pin,
        text: message(
            error.message_zh,
            error.message_en,
            weak_pin.map_or_else(|| reason.text(), WeakPin::text),
        ),
    })
}

/// cardd's own words; the catalogue's where it sent none.
fn message(zh: String, en: String, catalogue: Text) -> Message {
    let or = |said: String, text: &str| {
        if said.is_empty() {
            text.to_owned()
        } else {
            said
        }
    };
    Message {
        zh: or(zh, catalogue.zh),
        en: or(en, catalogue.en),
    }
}
