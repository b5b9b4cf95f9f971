//! CHANGE PIN: `80 5E 01 00 Lc <old> FF <new>`, both in packed BCD (LD/T 32.5). RELOAD PIN
//! (`80 5E 00 00`) belongs to PBOC purses; social cards do not have it.

use super::Card;
use super::answer::{Answer, Reply};
use crate::apdu::{Command, StatusWord};
use crate::pin::{MAX_BYTES, MIN_BYTES, Pin};

/// Stands between the old and the new PIN; no byte of packed BCD is FF.
const SEPARATOR: u8 = 0xFF;

pub(super) fn change_pin(card: &mut Card, command: &Command) -> Reply {
    match (command.p1, command.p2) {
        (0x01, 0x00) => {}
        (0x00, 0x00) => return Err(card.persona.behaviour.reload_pin),
        _ => return Err(StatusWord::WRONG_PARAMETERS),
    }
    if !card.session.application.is_social() {
        return Err(StatusWord::NOT_SUPPORTED);
    }
    if !(MIN_BYTES + 1..=2 * MAX_BYTES + 1).contains(&command.data().len()) {
        return Err(StatusWord::WRONG_LENGTH);
    }
    if card.state.pin_attempts.is_locked() {
        return Err(StatusWord::LOCKED);
    }
    let (old, new) = split(command.data())?;
    let before = card.state.pin_attempts;
    card.count_pin_try()?;
    if !is_stored_pin(card, old) {
        return Err(card.refuse_pin(before)?);
    }
    card.commit(|state| {
        state.pin = new;
        state.pin_attempts = state.pin_attempts.restored();
    })?;
    card.session.pin_right |= card.persona.behaviour.change_pin_grants_right;
    Ok(Answer::Done)
}

/// The old PIN as bytes and the new one, split at the first FF. An absent new PIN removes the
/// stored one. 6A80 for anything else, before a try is counted.
fn split(data: &[u8]) -> Result<(&[u8], Option<Pin>), StatusWord> {
    let at = data
        .iter()
        .position(|byte| *byte == SEPARATOR)
        .ok_or(StatusWord::WRONG_DATA)?;
    let (old, rest) = data.split_at_checked(at).ok_or(StatusWord::WRONG_DATA)?;
    let new = match rest {
        [SEPARATOR] => None,
        [SEPARATOR, new @ ..] => Some(Pin::from_bcd(new).map_err(|_| StatusWord::WRONG_DATA)?),
        _ => return Err(StatusWord::WRONG_DATA),
    };
    if old.is_empty() || (MIN_BYTES..=MAX_BYTES).contains(&old.len()) {
        Ok((old, new))
    } else {
        Err(StatusWord::WRONG_DATA)
    }
}

/// An absent old PIN is right exactly when the stored PIN is empty.
fn is_stored_pin(card: &Card, old: &[u8]) -> bool {
    match &card.state.pin {
        None => old.is_empty(),
        Some(pin) => pin.matches(old),
    }
}
