//! The file that names module, token and roots. It holds no secret, but names a library that is
//! loaded: so it is read only if nobody else could write it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::login::Login;
use super::user_pin::UserPin;
use crate::issuer::error::KeyError;
use crate::issuer::private_file;
use crate::issuer::roots::Root;

/// Largest file, bytes: eight roots with comments.
const LIMIT_BYTES: usize = 16 << 10;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenFile {
    /// The PKCS#11 library of the HSM.
    pub(super) module: PathBuf,
    /// Label of the token (CK_TOKEN_INFO).
    pub(super) token: String,
    /// File with the user's PIN, where no other source is named.
    pub(super) pin_file: Option<PathBuf>,
    /// Roots by their label in the token (CKA_LABEL).
    pub(super) root: Vec<Root<String>>,
}

pub(super) fn read(path: &Path) -> Result<TokenFile, KeyError> {
    let text = private_file::read(path, LIMIT_BYTES)?;
    private_file::parsed(path, &text)
}

impl TokenFile {
    /// Opens the token with the PIN that is given, or else with that of the file it names.
    pub(super) fn login(&self, pin: Option<UserPin>) -> Result<Login, KeyError> {
        let pin = match (pin, &self.pin_file) {
            (Some(pin), _) => pin,
            (None, Some(path)) => UserPin::from_file(path)?,
            (None, None) => return Err(KeyError::UserPinMissing),
        };
        Login::new(&self.module, &self.token, &pin)
    }
}
