//! VERIFY: `00 20 00 00 Lc PIN` (LD/T 32.5). Lc 00 asks for the tries left and costs none.

use super::Card;
use super::answer::{Answer, Reply};
use crate::apdu::{Command, StatusWord};
use crate::persona::{Interface, WrongLength};
use crate::pin::{MAX_BYTES, MIN_BYTES};

pub(super) fn verify(card: &mut Card, command: &Command) -> Reply {
    if (command.p1, command.p2) != (0, 0) {
        return Err(StatusWord::WRONG_PARAMETERS);
    }
    if !card.session.application.is_social() {
        return Err(StatusWord::KEY_NOT_FOUND);
    }
    if !is_allowed_here(card) {
        return Err(StatusWord::SECURITY_NOT_SATISFIED);
    }
    match command.data() {
        [] => query(card),
        data if (MIN_BYTES..=MAX_BYTES).contains(&data.len()) => compare(card, data),
        _ => Err(StatusWord::WRONG_LENGTH),
    }
}

fn is_allowed_here(card: &Card) -> bool {
    match card.persona.reset.interface {
        Interface::Contact => true,
        Interface::Contactless => card.persona.behaviour.verify_over_contactless,
    }
}

/// Free query: 63Cx with a PIN, 9000 without one.
fn query(card: &mut Card) -> Reply {
    if card.state.pin_attempts.is_locked() {
        return Err(card.persona.behaviour.query_when_locked);
    }
    if card.state.pin.is_some() {
        let shown = card.persona.faults.query_shows.map(StatusWord::tries_left);
        return Err(shown.unwrap_or_else(|| card.pin_tries_left()));
    }
    card.session.pin_right |= card.persona.behaviour.empty_pin_grants_right;
    Ok(Answer::Done)
}

fn compare(card: &mut Card, data: &[u8]) -> Reply {
    if card.state.pin_attempts.is_locked() {
        return Err(StatusWord::LOCKED);
    }
    refuse_for_free(card, data)?;
    let before = card.state.pin_attempts;
    card.count_pin_try()?;
    let is_right = card.state.pin.as_ref().is_some_and(|pin| pin.matches(data));
    if !is_right {
        card.session.pin_right &= !card.persona.behaviour.wrong_pin_drops_right;
        return Err(card.refuse_pin(before)?);
    }
    card.commit(|state| state.pin_attempts = state.pin_attempts.restored())?;
    card.session.pin_right = true;
    Ok(Answer::Done)
}

/// Refusals that cost no try where the persona says so.
fn refuse_for_free(card: &Card, data: &[u8]) -> Result<(), StatusWord> {
    let behaviour = &card.persona.behaviour;
    match &card.state.pin {
        None if !behaviour.data_on_empty_pin_counts => Err(card.pin_tries_left()),
        Some(pin)
            if behaviour.wrong_length_pin == WrongLength::Refused
                && pin.byte_length() != data.len() =>
        {
            Err(StatusWord::WRONG_LENGTH)
        }
        None | Some(_) => Ok(()),
    }
}
