//! What the hall asks of the issuer's keys.

use super::authentication::{AuthenticationData, CardAnswer};
use super::challenge::Challenge;
use super::error::KeyError;
use super::factors::CardFactors;
use super::issued_value::IssuedValue;
use super::kind::KeyKind;
use super::message::SecureMessage;
use super::secure_messaging;
use super::suite::CipherSuite;

/// A session key: for one command to one card, made from a card key and a challenge (LD/T 32.4).
/// The key itself stays in its backend.
pub trait SessionKey {
    /// Enciphers one block of the suite.
    ///
    /// # Errors
    /// When the backend fails.
    fn encipher(&self, block: &[u8]) -> Result<Vec<u8>, KeyError>;

    /// Enciphers whole blocks in CBC mode with a zero initial value; the result is the last block.
    ///
    /// # Errors
    /// When the backend fails.
    fn last_chained_block(&self, blocks: &[u8]) -> Result<Vec<u8>, KeyError>;
}

/// The issuer's keys. A backend says how a session key comes about; the rest follows from it.
///
/// The calls block, as PKCS#11 does: asynchronous callers go through a
/// [`KeyService`](super::KeyService).
pub trait IssuerKeys: Send + Sync {
    /// The session key of one card key for one challenge.
    ///
    /// # Errors
    /// When the root is not configured, the challenge does not fit the suite, or the backend fails
    /// or lacks a mechanism.
    fn session_key(
        &self,
        kind: KeyKind,
        suite: CipherSuite,
        factors: &CardFactors,
        challenge: &Challenge,
    ) -> Result<Box<dyn SessionKey + '_>, KeyError>;

    /// Authentication data for EXTERNAL AUTHENTICATION (`00 82 00 KID 10 <data><original>`) with
    /// PUK or RKSSSE. `challenge` is the card's live one, `original` any 8 bytes sent along.
    ///
    /// # Errors
    /// [`KeyError::NotForExternalAuthentication`] for any other kind: with the IRK it would be the
    /// answer of a card, with the STK it would serve no command. Else as [`Self::session_key`].
    fn external_authentication(
        &self,
        kind: KeyKind,
        suite: CipherSuite,
        factors: &CardFactors,
        challenge: &Challenge,
        original: [u8; 8],
    ) -> Result<AuthenticationData, KeyError> {
        match kind {
            KeyKind::PinUnblock | KeyKind::ReadSsse => {}
            KeyKind::InternalAuthentication | KeyKind::Maintenance => {
                return Err(KeyError::NotForExternalAuthentication { kind });
            }
        }
        let key = self.session_key(kind, suite, factors, challenge)?;
        secure_messaging::authentication_data(suite, key.as_ref(), original)
    }

    /// Holds a card's answer to INTERNAL AUTHENTICATION (`00 88 00 00 10 <factor><original>`)
    /// against the IRK. `factor` and `original` are what the terminal sent.
    ///
    /// # Errors
    /// As [`Self::session_key`].
    fn internal_authentication(
        &self,
        suite: CipherSuite,
        factors: &CardFactors,
        factor: &Challenge,
        original: [u8; 8],
        answer: &AuthenticationData,
    ) -> Result<CardAnswer, KeyError> {
        let key = self.session_key(KeyKind::InternalAuthentication, suite, factors, factor)?;
        let expected = secure_messaging::authentication_data(suite, key.as_ref(), original)?;
        Ok(expected.judge(answer))
    }

    /// PIN CHANGE/UNBLOCK that restores the counter and keeps the PIN: `84 24 00 00 04 MAC`.
    ///
    /// # Errors
    /// As [`Self::session_key`].
    fn unblock_message(
        &self,
        suite: CipherSuite,
        factors: &CardFactors,
        challenge: &Challenge,
    ) -> Result<SecureMessage, KeyError> {
        let key = self.session_key(KeyKind::Maintenance, suite, factors, challenge)?;
        secure_messaging::unblock(suite, key.as_ref())
    }

    /// PIN CHANGE/UNBLOCK that restores the counter and sets `value`:
    /// `84 24 00 01 Lc <enciphered PIN block> MAC`.
    ///
    /// # Errors
    /// [`KeyError::IssuedValueTooLong`] for more than 14 digits in the DES suite; else as
    /// [`Self::session_key`].
    fn reload_message(
        &self,
        suite: CipherSuite,
        factors: &CardFactors,
        challenge: &Challenge,
        value: &IssuedValue,
    ) -> Result<SecureMessage, KeyError> {
        let key = self.session_key(KeyKind::Maintenance, suite, factors, challenge)?;
        secure_messaging::reload(suite, key.as_ref(), value)
    }
}
