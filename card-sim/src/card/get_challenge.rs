//! GET CHALLENGE: `00 84 00 00 Le`, Le 04, 08 or 10 (LD/T 32.5). Answered in the MF too, since
//! terminals ask before any SELECT. Only the newest number counts, once.

use super::Card;
use super::answer::{Answer, Reply};
use crate::apdu::{Command, StatusWord};

pub(super) fn get_challenge(card: &mut Card, command: &Command) -> Reply {
    if (command.p1, command.p2) != (0, 0) {
        return Err(StatusWord::WRONG_PARAMETERS);
    }
    let length = match (command.data(), command.le()) {
        ([], Some(length @ (0x04 | 0x08 | 0x10))) => usize::from(length),
        _ => return Err(StatusWord::WRONG_LENGTH),
    };
    let mut challenge = vec![0; length];
    card.rng.fill_bytes(&mut challenge);
    card.session.challenge = Some(challenge.clone());
    Ok(Answer::Read(challenge))
}
