//! EXTERNAL AUTHENTICATION: `00 82 00 KID 10 <authentication data 8><original 8>` (LD/T 32.5). The
//! live challenge enters through the session key; where the original comes from is not checked. With
//! the last try of a key a right it gave before falls.

use subtle::ConstantTimeEq;

use super::Card;
use super::answer::{Answer, Reply};
use crate::apdu::{Command, StatusWord};
use crate::files::KeyId;

pub(super) fn check(card: &mut Card, command: &Command) -> Reply {
    if command.p1 != 0 {
        return Err(StatusWord::WRONG_PARAMETERS);
    }
    let halves = command.data().split_first_chunk::<8>();
    let pair = halves.and_then(|(presented, rest)| Some((presented, *rest.as_array::<8>()?)));
    let (presented, original) = pair.ok_or(StatusWord::WRONG_LENGTH)?;
    if !card.session.application.is_social() {
        return Err(StatusWord::KEY_NOT_FOUND);
    }
    let key = KeyId::resolve(card.session.application, command.p2);
    if card.key_attempts(key)?.is_locked() {
        return Err(StatusWord::LOCKED);
    }
    let session_key = card.take_session_key(key)?;
    let left = card.count_key_try(key)?;
    let expected = session_key.authenticate(original);
    if !bool::from(expected.ct_eq(presented)) {
        if left.is_locked() {
            card.session.revoke(key);
        }
        return Err(StatusWord::tries_left(left.left()));
    }
    card.restore_key_tries(key)?;
    card.session.grant(key);
    Ok(Answer::Done)
}
