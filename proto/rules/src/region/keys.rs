//! Who signs rule files, and whose signatures are trusted.

use std::fmt;

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::Deserialize;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::{RegionPolicy, RuleFileRefused, envelope};

const SEED_BYTES: usize = 32;
const PUBLIC_KEY_BYTES: usize = 32;
const MAX_ID: usize = 64;

/// A key whose signatures are taken.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "WrittenTrusted")]
pub struct TrustedKey {
    id: String,
    public_key: [u8; PUBLIC_KEY_BYTES],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTrusted {
    id: String,
    public_key: String,
}

impl TryFrom<WrittenTrusted> for TrustedKey {
    type Error = SigningKeyError;

    fn try_from(written: WrittenTrusted) -> Result<Self, Self::Error> {
        Self::new(&written.id, &written.public_key)
    }
}

impl TrustedKey {
    /// From its name and 64 hexadecimal characters.
    ///
    /// # Errors
    /// [`SigningKeyError`].
    pub fn new(id: &str, public_key_hex: &str) -> Result<Self, SigningKeyError> {
        let mut public_key = [0; PUBLIC_KEY_BYTES];
        hex::decode_to_slice(public_key_hex, &mut public_key)
            .map_err(|_| SigningKeyError::Bytes)?;
        Ok(Self {
            id: checked_id(id)?,
            public_key,
        })
    }

    /// Its name in rule files.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, self.public_key);
        key.verify(message, signature).is_ok()
    }
}

/// A key that signs rule files. It belongs to the hall, never to a terminal.
pub struct SigningKey {
    id: String,
    pair: Ed25519KeyPair,
}

/// How a signing key is kept: its name and 64 hexadecimal characters.
#[derive(Deserialize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct WrittenSigning {
    id: String,
    seed: String,
}

impl SigningKey {
    /// From the text of a key file.
    ///
    /// # Errors
    /// [`SigningKeyError`]; never repeats the key.
    pub fn parse(text: &str) -> Result<Self, SigningKeyError> {
        let written: WrittenSigning =
            toml::from_str(text).map_err(|_| SigningKeyError::NotAKeyFile)?;
        let mut seed = Zeroizing::new([0; SEED_BYTES]);
        hex::decode_to_slice(&written.seed, seed.as_mut_slice())
            .map_err(|_| SigningKeyError::Bytes)?;
        Self::from_seed(&written.id, &seed)
    }

    /// From 32 random bytes.
    ///
    /// # Errors
    /// [`SigningKeyError::Id`].
    pub fn from_seed(id: &str, seed: &[u8; SEED_BYTES]) -> Result<Self, SigningKeyError> {
        Ok(Self {
            id: checked_id(id)?,
            pair: Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| SigningKeyError::Bytes)?,
        })
    }

    /// The text of a key file for that seed.
    #[must_use]
    pub fn file(id: &str, seed: &[u8; SEED_BYTES]) -> Zeroizing<String> {
        let seed = Zeroizing::new(hex::encode(seed));
        Zeroizing::new(format!("id = {id:?}\nseed = \"{}\"\n", seed.as_str()))
    }

    /// Its name in rule files.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What terminals are to trust: 64 hexadecimal characters.
    #[must_use]
    pub fn public_key_hex(&self) -> String {
        hex::encode(self.pair.public_key())
    }

    /// The signed file of a body.
    ///
    /// # Errors
    /// [`RuleFileRefused::Malformed`]: what no terminal would take is not signed.
    pub fn sign(&self, body: &str) -> Result<Vec<u8>, RuleFileRefused> {
        RegionPolicy::parse(body)?;
        let signature = self
            .pair
            .sign(&envelope::message(&self.id, body.as_bytes()));
        let signature: &[u8] = signature.as_ref();
        let file = envelope::render(&self.id, &hex::encode(signature), body);
        envelope::bounded(&file)?;
        Ok(file)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({:?}, ..)", self.id)
    }
}

/// Why something is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningKeyError {
    /// Its name is none.
    #[error("a key's name is 1 to 64 lower-case letters, digits, dots and hyphens")]
    Id,
    /// It is not 32 bytes.
    #[error("a key is 64 hexadecimal characters")]
    Bytes,
    /// The file has not the keys `id` and `seed`, or others.
    #[error("a key file is TOML with `id` and `seed`")]
    NotAKeyFile,
}

pub(super) fn is_id(id: &str) -> bool {
    let permitted =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    (1..=MAX_ID).contains(&id.len()) && id.bytes().all(permitted)
}

fn checked_id(id: &str) -> Result<String, SigningKeyError> {
    is_id(id).then(|| id.to_owned()).ok_or(SigningKeyError::Id)
}
