//! APPLICATION BLOCK: `84 1E 00 01 04 MAC` (LD/T 32.5), for good: nothing unblocks an application. A
//! wrong MAC locks no key.

use super::Card;
use super::answer::{Answer, Reply};
use super::keys::{block_key, maintenance_key};
use super::secure_messaging::{MAC_LENGTH, authenticated};
use crate::apdu::{Command, StatusWord};

/// Blocks the current application; the environment takes all its DFs with it.
pub(super) fn block(card: &mut Card, command: &Command) -> Reply {
    if (command.p1, command.p2) != (0x00, 0x01) {
        return Err(StatusWord::WRONG_PARAMETERS);
    }
    if command.data().len() != MAC_LENGTH {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let application = card.session.application;
    let right = block_key(application).ok_or(StatusWord::KEY_NOT_FOUND)?;
    if !card.session.holds(right) {
        return Err(StatusWord::SECURITY_NOT_SATISFIED);
    }
    let session_key = card.take_session_key(maintenance_key(application))?;
    authenticated(command, &session_key)?;
    card.commit(|state| {
        state.blocked_applications.insert(application);
    })?;
    Ok(Answer::Done)
}
