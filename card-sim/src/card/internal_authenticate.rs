//! INTERNAL AUTHENTICATION: `00 88 00 KID 10 <factor 8><original 8>`, an optional key version byte
//! may follow (LD/T 32.5). The answer proves that the card holds the issuer's IRK.

use super::Card;
use super::answer::{Answer, Reply};
use crate::apdu::{Command, StatusWord};
use crate::crypto::SessionKey;
use crate::files::KeyId;
use crate::files::key::IRK;

pub(super) fn answer(card: &mut Card, command: &Command) -> Reply {
    if command.p1 != 0 {
        return Err(StatusWord::WRONG_PARAMETERS);
    }
    let (factor, original) = factor_and_original(command.data())?;
    let asked = KeyId::resolve(card.session.application, command.p2);
    let found = card
        .keys
        .get(asked)
        .filter(|_| asked == IRK && card.session.application.is_social());
    let key = found.ok_or(StatusWord::KEY_NOT_FOUND)?;
    let session_key = SessionKey::derive(card.persona.suite(), key, &factor);
    let session_key = session_key.ok_or(StatusWord::WRONG_DATA)?;
    Ok(Answer::Computed(
        session_key.authenticate(original).to_vec(),
    ))
}

/// Factor first, original second; 6700 unless there are 16 bytes, or 17 with the version.
fn factor_and_original(data: &[u8]) -> Result<([u8; 8], [u8; 8]), StatusWord> {
    let split = data.split_first_chunk::<8>().and_then(|(factor, rest)| {
        let (original, version) = rest.split_first_chunk::<8>()?;
        (version.len() <= 1).then_some((*factor, *original))
    });
    split.ok_or(StatusWord::WRONG_LENGTH)
}
