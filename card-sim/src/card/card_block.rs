//! CARD BLOCK: `84 16 00 00 04 MAC` (LD/T 32.5), for good: every later command answers 6A81. A wrong
//! MAC locks no key.

use super::Card;
use super::answer::{Answer, Reply};
use super::secure_messaging::{MAC_LENGTH, authenticated};
use crate::apdu::{Command, StatusWord};
use crate::files::key::{BK, STK};

pub(super) fn block(card: &mut Card, command: &Command) -> Reply {
    if (command.p1, command.p2) != (0x00, 0x00) {
        return Err(StatusWord::WRONG_PARAMETERS);
    }
    if command.data().len() != MAC_LENGTH {
        return Err(StatusWord::WRONG_LENGTH);
    }
    if !card.session.holds(BK) {
        return Err(StatusWord::SECURITY_NOT_SATISFIED);
    }
    let session_key = card.take_session_key(STK)?;
    authenticated(command, &session_key)?;
    card.commit(|state| state.card_blocked = true)?;
    Ok(Answer::Done)
}
