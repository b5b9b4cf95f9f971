//! Root keys and key counters. All roots are made up; real ones are the issuers' own.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::PersonaError;
use crate::counter::Counter;
use crate::crypto::{Key, Suite};
use crate::files::KeyId;
use crate::files::key::{PUK, RKSSSE};

/// `[keys]` of a persona.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeySettings {
    /// Test roots.
    pub roots: Roots,
    /// Maximum of the PUK's try counter, 1 to 15. Default 3.
    pub puk_attempt_limit: u8,
    /// Tries left of the PUK at the start. Default: the limit. 0 is a locked PUK.
    pub puk_attempts_left: Option<u8>,
    /// Maximum of the try counters of all other keys, 1 to 15. Default 3.
    pub attempt_limit: u8,
}

/// `[keys.roots]`: 16 bytes hexadecimal each; card keys come from them through L1, L2 and L3
/// (LD/T 33).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Roots {
    /// IRK. Default `000102…0F`.
    pub irk: RootKey,
    /// PUK. Default `101112…1F`.
    pub puk: RootKey,
    /// STK; the DES suite uses its first 8 bytes. Default `202122…2F`.
    pub stk: RootKey,
    /// RKSSSE. Default `303132…3F`.
    pub rkssse: RootKey,
    /// UKSSSE, UKMF on 1.0 cards. Default `404142…4F`.
    pub ukssse: RootKey,
    /// BK. Default `505152…5F`.
    pub bk: RootKey,
    /// Keys of the DFs by name, such as `"DF04/84"`. Default of each: `DF ‖ DF number ‖ key
    /// identifier ‖ 03 04 … 0F`.
    pub df: BTreeMap<KeyId, RootKey>,
}

/// A root key; wiped on drop, not shown.
#[derive(Clone, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct RootKey(#[serde(with = "hex::serde")] [u8; 16]);

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootKey(..)")
    }
}

impl RootKey {
    /// Sixteen bytes counting up from `first`.
    fn counting_from(first: u8) -> Self {
        let mut bytes = [first; 16];
        for (byte, step) in bytes.iter_mut().zip(0..) {
            *byte = first.wrapping_add(step);
        }
        Self(bytes)
    }

    fn of_df(key: KeyId) -> Self {
        let [_, df] = key.application.file_id().unwrap_or([0xDF, 0x00]);
        let mut root = Self::counting_from(0);
        for (byte, mark) in root.0.iter_mut().zip([0xDF, df, key.kid]) {
            *byte = mark;
        }
        root
    }
}

impl Default for KeySettings {
    fn default() -> Self {
        let roots = Roots::default();
        Self {
            roots,
            puk_attempt_limit: 3,
            puk_attempts_left: None,
            attempt_limit: 3,
        }
    }
}

impl Default for Roots {
    fn default() -> Self {
        Self {
            irk: RootKey::counting_from(0x00),
            puk: RootKey::counting_from(0x10),
            stk: RootKey::counting_from(0x20),
            rkssse: RootKey::counting_from(0x30),
            ukssse: RootKey::counting_from(0x40),
            bk: RootKey::counting_from(0x50),
            df: BTreeMap::new(),
        }
    }
}

impl Roots {
    /// The root of a key, in the length the suite wants. `None` when no such key exists.
    #[must_use]
    pub fn get(&self, suite: Suite, key: KeyId) -> Option<Key> {
        let root = match key.kid {
            0x82.. if key.application.file_id().is_some() => self
                .df
                .get(&key)
                .cloned()
                .unwrap_or_else(|| RootKey::of_df(key)),
            0x00 => self.irk.clone(),
            0x02 => self.stk.clone(),
            0x04 => self.ukssse.clone(),
            0x05 => self.bk.clone(),
            0x06 => self.puk.clone(),
            0x0A => self.rkssse.clone(),
            _ => return None,
        };
        let is_stk = key.kid & 0x7F == 0x02;
        Some(Key::from_root(&root.0, is_stk && suite == Suite::Des))
    }
}

impl KeySettings {
    /// The counter of a key at the start.
    ///
    /// # Errors
    /// When the limit is not 1 to 15 or fewer than the tries left.
    pub fn counter(&self, key: KeyId) -> Result<Counter, PersonaError> {
        let (setting, left, limit) = if key == PUK {
            (
                "keys.puk_attempt_limit",
                self.puk_attempts_left,
                self.puk_attempt_limit,
            )
        } else {
            ("keys.attempt_limit", None, self.attempt_limit)
        };
        let reason = "limit is 1 to 15 and bounds the tries left";
        let error = PersonaError::Value { setting, reason };
        Counter::new(left.unwrap_or(limit), limit).map_err(|_| error)
    }

    pub(super) fn check(&self) -> Result<(), PersonaError> {
        self.counter(PUK)?;
        self.counter(RKSSSE).map(|_| ())
    }
}
