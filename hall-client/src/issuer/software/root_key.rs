//! A root key out of a file.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use zeroize::Zeroizing;

/// Bytes of a root, written in hexadecimal; wiped on drop, not shown.
pub(super) struct RootKey(Zeroizing<Vec<u8>>);

impl RootKey {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new(vec![0; text.len() / 2]);
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootKey(..)")
    }
}

impl<'de> Deserialize<'de> for RootKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Hex)
    }
}

struct Hex;

impl Visitor<'_> for Hex {
    type Value = RootKey;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key in hexadecimal")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<RootKey, E> {
        RootKey::from_hex(text).ok_or_else(|| E::custom("no key"))
    }
}
