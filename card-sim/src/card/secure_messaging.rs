//! Challenge, session key and MAC of commands with secure messaging (LD/T 32.4).

use subtle::ConstantTimeEq;

use super::Card;
use crate::apdu::{Command, StatusWord};
use crate::crypto::SessionKey;
use crate::files::KeyId;

/// Bytes of a MAC.
pub(super) const MAC_LENGTH: usize = 4;

impl Card {
    /// The session key of `key` and the live challenge, which is used up. 6984 without a challenge,
    /// or with one longer than a block of the suite.
    pub(super) fn take_session_key(&mut self, key: KeyId) -> Result<SessionKey, StatusWord> {
        let challenge = self
            .session
            .challenge
            .take()
            .ok_or(StatusWord::REFERENCE_INVALID)?;
        let key = self.keys.get(key).ok_or(StatusWord::KEY_NOT_FOUND)?;
        let session_key = SessionKey::derive(self.persona.suite(), key, &challenge);
        session_key.ok_or(StatusWord::REFERENCE_INVALID)
    }
}

/// The data before the MAC, once the MAC over header and data holds; else 6988.
pub(super) fn authenticated<'a>(
    command: &'a Command,
    session_key: &SessionKey,
) -> Result<&'a [u8], StatusWord> {
    let (data, mac) = command
        .data()
        .split_last_chunk::<MAC_LENGTH>()
        .ok_or(StatusWord::WRONG_LENGTH)?;
    let expected = session_key.mac(&[&command.header(), data].concat());
    if expected.ct_eq(mac).into() {
        Ok(data)
    } else {
        Err(StatusWord::MAC_INCORRECT)
    }
}
