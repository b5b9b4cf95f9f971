//! Keys that exist inside the token only, from the root down to one command.

use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::misc::KeyDerivationStringData;
use cryptoki::object::{Attribute, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;

use zeroize::Zeroizing;

use super::mechanism::{encrypt_data, failed};
use crate::issuer::error::KeyError;
use crate::issuer::factors::{Factor, diversification_input};
use crate::issuer::keys::SessionKey;

/// A session key of the DES suite: an object of one PKCS#11 session, which ends with this value and
/// takes with it every key that led here.
pub(super) struct TokenSessionKey {
    session: Session,
    key: ObjectHandle,
}

impl TokenSessionKey {
    /// Root, then a key for each factor (LD/T 33), then the session key for the challenge, which is
    /// of single length whatever the card key's (LD/T 32.4). `key_bytes` is the length of the root
    /// in the key table.
    pub(super) fn derive(
        session: Session,
        root: ObjectHandle,
        key_bytes: usize,
        path: &[Factor],
        challenge: &[u8],
    ) -> Result<Self, KeyError> {
        let mut key = root;
        for factor in path {
            let input = diversification_input(*factor, key_bytes);
            key = derived(&session, key, &doubled(&input), Use::Derive)?;
        }
        let key = derived(&session, key, &doubled(challenge), Use::Encrypt)?;
        Ok(Self { session, key })
    }

    /// Does once, and for nothing, all that a command needs.
    pub(super) fn try_out(session: Session, root: ObjectHandle) -> Result<(), KeyError> {
        let key = Self::derive(session, root, 8, &[], &[0; 8])?;
        key.encipher(&[0; 8])?;
        key.last_chained_block(&[0; 16]).map(|_| ())
    }
}

impl SessionKey for TokenSessionKey {
    fn encipher(&self, block: &[u8]) -> Result<Vec<u8>, KeyError> {
        let enciphered = self.session.encrypt(&Mechanism::Des3Ecb, self.key, block);
        enciphered.map_err(failed("CKM_DES3_ECB (encrypt)", "encrypt"))
    }

    fn last_chained_block(&self, blocks: &[u8]) -> Result<Vec<u8>, KeyError> {
        let cbc = Mechanism::Des3Cbc([0; 8]);
        let chain = self.session.encrypt(&cbc, self.key, blocks);
        let chain = chain.map_err(failed("CKM_DES3_CBC (encrypt)", "encrypt"))?;
        let last = chain.last_chunk::<8>().ok_or(KeyError::BackendAnswer)?;
        Ok(last.to_vec())
    }
}

/// The one thing that a derived key is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Derive,
    Encrypt,
}

/// A key, or what makes one, in the form that every key has in the token: 16 bytes. One of single
/// length stands there twice, for 3DES with equal halves is DES (NIST SP 800-67). Single DES itself
/// is gone from the libraries below many tokens: SoftHSM over OpenSSL 3 lists it and refuses it.
pub(super) fn doubled(key: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(if key.len() == 8 {
        key.repeat(2)
    } else {
        key.to_vec()
    })
}

/// A key whose value is `input` encrypted under `base`; it is never outside.
fn derived(
    session: &Session,
    base: ObjectHandle,
    input: &[u8],
    purpose: Use,
) -> Result<ObjectHandle, KeyError> {
    let template = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::DES2),
        Attribute::Token(false),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Derive(purpose == Use::Derive),
        Attribute::Encrypt(purpose == Use::Encrypt),
        Attribute::Decrypt(false),
        Attribute::Wrap(false),
        Attribute::Unwrap(false),
    ];
    let data = KeyDerivationStringData::new(input);
    let key = session.derive_key(&encrypt_data(&data), base, &template);
    key.map_err(failed("CKM_DES3_ECB_ENCRYPT_DATA (derive)", "derive a key"))
}
