//! Roots in a file, for simulated cards.
//!
//! ```toml
//! profile = "simulation"        # anything else does not start
//!
//! [[root]]
//! kind = "puk"                  # irk, puk, stk, rkssse
//! suite = "des"                 # des, sm4
//! level = "national"            # national, provincial, city
//! key = "101112131415161718191A1B1C1D1E1F"
//! ```

mod block_cipher;
mod file;
mod root_key;

#[cfg(test)]
mod tests;

use std::path::Path;

use block_cipher::SoftwareKey;
use root_key::RootKey;

use super::challenge::Challenge;
use super::error::KeyError;
use super::factors::{CardFactors, Factor, diversification_input};
use super::keys::{IssuerKeys, SessionKey};
use super::kind::KeyKind;
use super::profile::Profile;
use super::roots::{Root, RootTable};
use super::suite::CipherSuite;

/// Issuer keys in the memory of this process; wiped on drop, not shown by `Debug`.
#[derive(Debug)]
pub struct SoftwareKeys {
    roots: RootTable<RootKey>,
}

impl SoftwareKeys {
    /// Roots from a TOML file of mode 0600. `profile` is the hall's own; the file says it as well.
    ///
    /// # Errors
    /// [`KeyError::SoftwareInProduction`] if either says production; else when the file is open to
    /// others or is no table of roots.
    pub fn open(path: &Path, profile: Profile) -> Result<Self, KeyError> {
        refuse_production(profile)?;
        let file = file::read(path)?;
        refuse_production(file.profile)?;
        for root in &file.root {
            root_length(root)?;
        }
        let roots = RootTable::new(file.root)?;
        Ok(Self { roots })
    }

    /// The roots that it serves.
    pub fn roots(&self) -> impl Iterator<Item = (KeyKind, CipherSuite)> {
        self.roots.iter().map(|root| (root.kind, root.suite))
    }

    fn card_key(
        &self,
        kind: KeyKind,
        suite: CipherSuite,
        factors: &CardFactors,
    ) -> Result<SoftwareKey, KeyError> {
        let root = self.roots.get(kind, suite)?;
        let key = SoftwareKey::new(suite, root.key.bytes()).ok_or(KeyError::BackendAnswer)?;
        let path = root.level.path(factors);
        path.into_iter().try_fold(key, |key, factor| {
            diversified(&key, suite, factor).ok_or(KeyError::BackendAnswer)
        })
    }
}

impl IssuerKeys for SoftwareKeys {
    fn session_key(
        &self,
        kind: KeyKind,
        suite: CipherSuite,
        factors: &CardFactors,
        challenge: &Challenge,
    ) -> Result<Box<dyn SessionKey + '_>, KeyError> {
        let card_key = self.card_key(kind, suite, factors)?;
        let key = session_key(&card_key, suite, &challenge.block(suite)?);
        Ok(Box::new(key.ok_or(KeyError::BackendAnswer)?))
    }
}

/// The value of a root, to put it into a token.
pub(super) fn root_value(
    keys: &SoftwareKeys,
    kind: KeyKind,
    suite: CipherSuite,
) -> Result<&[u8], KeyError> {
    keys.roots.get(kind, suite).map(|root| root.key.bytes())
}

/// The key one level down (LD/T 33). DES parity stays as computed.
fn diversified(key: &SoftwareKey, suite: CipherSuite, factor: Factor) -> Option<SoftwareKey> {
    let input = diversification_input(factor, key.key_bytes());
    SoftwareKey::new(suite, &key.encrypted(&input))
}

/// The card key, applied to the challenge: one block, so a single-length key in the DES suite
/// (LD/T 32.4).
fn session_key(card_key: &SoftwareKey, suite: CipherSuite, block: &[u8]) -> Option<SoftwareKey> {
    SoftwareKey::new(suite, &card_key.encrypted(block))
}

fn refuse_production(profile: Profile) -> Result<(), KeyError> {
    match profile {
        Profile::Simulation => Ok(()),
        Profile::Production => Err(KeyError::SoftwareInProduction),
    }
}

fn root_length(root: &Root<RootKey>) -> Result<(), KeyError> {
    let (kind, suite) = (root.kind, root.suite);
    let (bytes, expected) = (root.key.bytes().len(), kind.key_bytes(suite));
    if bytes == expected {
        return Ok(());
    }
    Err(KeyError::RootLength {
        kind,
        suite,
        bytes,
        expected,
    })
}
