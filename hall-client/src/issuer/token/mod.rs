//! Roots in an HSM, through PKCS#11 v2.40.
//!
//! ```toml
//! module = "/usr/lib/softhsm/libsofthsm2.so"
//! token = "issuer"              # label of the token
//! pin_file = "/etc/hall/hsm-pin" # mode 0600; may be left out where the PIN is given otherwise
//!
//! [[root]]
//! kind = "puk"                  # irk, puk, stk, rkssse
//! suite = "des"
//! level = "national"            # national, provincial, city
//! key = "puk-des"               # label of the secret key in the token
//! ```
//!
//! | what | where |
//! |---|---|
//! | root, province, city, card and session key | inside the token; all but the root live as long as one command takes |
//! | authentication data, enciphered PIN block, last block of the MAC | leave the token: they are what the card gets, but for 4 of the 8 bytes of that block |
//! | the other blocks of a MAC's chain | leave the token as well: tokens offer no DES-MAC with zero padding; they are ciphertext under a key of one use |
//!
//! All keys are double-length DES keys (CKK_DES2); one of single length, as the STK, has its 8 bytes
//! twice. A token that refuses such a key cannot serve.
//!
//! A token without a mechanism of the DES suite is refused when it is opened, by the mechanism's
//! name; SM4 is refused in any token, for PKCS#11 has no standard mechanism for it.

mod file;
mod import;
mod login;
mod mechanism;
mod root_object;
mod session_key;
mod user_pin;

use std::path::Path;

pub use import::import;
pub use user_pin::UserPin;

use self::login::Login;
use self::session_key::TokenSessionKey;
use super::challenge::Challenge;
use super::error::KeyError;
use super::factors::CardFactors;
use super::keys::{IssuerKeys, SessionKey};
use super::kind::KeyKind;
use super::roots::{Root, RootTable};
use super::suite::CipherSuite;

/// Issuer keys in a token. A login is kept as long as this value lives; no PIN is.
#[derive(Debug)]
pub struct TokenKeys {
    login: Login,
    roots: RootTable<String>,
}

impl TokenKeys {
    /// Opens the token that a file of mode 0600 names. `pin` goes before the file's `pin_file`.
    /// Every root is looked at: it must be there once, sensitive, not extractable, and for
    /// derivation only; and each mechanism is tried out.
    ///
    /// # Errors
    /// [`KeyError::UserPinWrong`] and [`KeyError::UserPinLocked`]; [`KeyError::MechanismMissing`];
    /// [`KeyError::TokenKeyUnfit`]; else when file, module, token or root is not there or fails.
    pub fn open(path: &Path, pin: Option<UserPin>) -> Result<Self, KeyError> {
        let file = file::read(path)?;
        let login = file.login(pin)?;
        let session = login.session()?;
        for Root { suite, key, .. } in &file.root {
            if *suite == CipherSuite::Sm4 {
                return Err(mechanism::sm4_missing());
            }
            let root = root_object::checked(&session, key)?;
            TokenSessionKey::try_out(login.session()?, root)?;
        }
        let roots = RootTable::new(file.root)?;
        Ok(Self { login, roots })
    }

    /// The roots that it serves.
    pub fn roots(&self) -> impl Iterator<Item = (KeyKind, CipherSuite)> {
        self.roots.iter().map(|root| (root.kind, root.suite))
    }
}

impl IssuerKeys for TokenKeys {
    fn session_key(
        &self,
        kind: KeyKind,
        suite: CipherSuite,
        factors: &CardFactors,
        challenge: &Challenge,
    ) -> Result<Box<dyn SessionKey + '_>, KeyError> {
        if suite == CipherSuite::Sm4 {
            return Err(mechanism::sm4_missing());
        }
        let root = self.roots.get(kind, suite)?;
        let block = challenge.block(suite)?;
        let session = self.login.session()?;
        let object = root_object::find(&session, &root.key)?;
        let path = root.level.path(factors);
        let key_bytes = kind.key_bytes(suite);
        let key = TokenSessionKey::derive(session, object, key_bytes, &path, &block)?;
        Ok(Box::new(key))
    }
}
