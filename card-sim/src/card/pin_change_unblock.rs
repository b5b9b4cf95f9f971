//! PIN CHANGE/UNBLOCK: `84 24 00 P2 Lc [enciphered PIN block] MAC` (LD/T 32.5). The issuer's way back:
//! PUK gives the right, STK and a fresh challenge the secure messaging.

use zeroize::Zeroizing;

use super::Card;
use super::answer::{Answer, Reply};
use super::secure_messaging::{MAC_LENGTH, authenticated};
use crate::apdu::{Command, StatusWord};
use crate::crypto::{SessionKey, open_pin_block};
use crate::files::key::{PUK, STK};
use crate::persona::RightAfterReset;
use crate::pin::Pin;

/// What the command does to the stored PIN; in each case the try counter returns to its maximum.
enum Change {
    /// P2 00: the PIN is kept.
    Keep,
    /// P2 01 without PIN part: the PIN becomes empty.
    Remove,
    /// P2 01 with a PIN block of one cipher block.
    Replace,
}

pub(super) fn run(card: &mut Card, command: &Command) -> Reply {
    let change = change_of(card, command)?;
    if !card.session.application.is_social() {
        return Err(StatusWord::KEY_NOT_FOUND);
    }
    if !card.session.holds(PUK) {
        return Err(StatusWord::SECURITY_NOT_SATISFIED);
    }
    let session_key = card.take_session_key(STK)?;
    let block = counted_mac_check(card, command, &session_key)?;
    let pin = new_pin(card, &change, &session_key, block)?;
    card.commit(|state| {
        if let Some(pin) = pin {
            state.pin = pin;
        }
        state.pin_attempts = state.pin_attempts.restored();
    })?;
    match card.persona.behaviour.right_after_reset {
        RightAfterReset::Unchanged => {}
        RightAfterReset::Set => card.session.pin_right = true,
        RightAfterReset::Dropped => card.session.pin_right = false,
    }
    Ok(Answer::Done)
}

fn change_of(card: &Card, command: &Command) -> Result<Change, StatusWord> {
    let with_pin = card.persona.suite().block_size() + MAC_LENGTH;
    match (command.p1, command.p2, command.data().len()) {
        (0x00, 0x00, MAC_LENGTH) => Ok(Change::Keep),
        (0x00, 0x01, MAC_LENGTH) => Ok(Change::Remove),
        (0x00, 0x01, length) if length == with_pin => Ok(Change::Replace),
        (0x00, 0x00 | 0x01, _) => Err(StatusWord::WRONG_LENGTH),
        _ => Err(StatusWord::WRONG_PARAMETERS),
    }
}

/// Checks the MAC. Repeated failures lock the unblock key (LD/T 32.7): the try is counted before the
/// compare and given back after it. With the last try the right falls as well.
fn counted_mac_check<'a>(
    card: &mut Card,
    command: &'a Command,
    session_key: &SessionKey,
) -> Result<&'a [u8], StatusWord> {
    if !card.persona.behaviour.failed_unblock_counts {
        return authenticated(command, session_key);
    }
    let left = card.count_key_try(PUK)?;
    let checked = authenticated(command, session_key);
    if checked.is_ok() {
        card.restore_key_tries(PUK)?;
    } else if left.is_locked() {
        card.session.revoke(PUK);
    }
    checked
}

/// The outer option: whether the PIN changes. The inner one: the new PIN, if any.
fn new_pin(
    card: &Card,
    change: &Change,
    session_key: &SessionKey,
    block: &[u8],
) -> Result<Option<Option<Pin>>, StatusWord> {
    match change {
        Change::Keep => Ok(None),
        Change::Remove => Ok(Some(None)),
        Change::Replace => {
            let plain = session_key.decipher(block).map(Zeroizing::new);
            let plain = plain.ok_or(StatusWord::WRONG_DATA)?;
            let pin = open_pin_block(card.persona.suite(), &plain);
            pin.map(|pin| Some(Some(pin)))
                .map_err(|_| StatusWord::WRONG_DATA)
        }
    }
}
