//! The PIN of the token's user.

use std::path::Path;

use cardd_proto::secret::Secret;
use cryptoki::types::AuthPin;

use crate::issuer::error::KeyError;
use crate::issuer::private_file;

/// The PIN that opens the token (CKU_USER). Wiped on drop, not shown by `Debug`.
#[derive(Debug)]
pub struct UserPin(AuthPin);

impl UserPin {
    /// The PIN as it was typed or sent.
    ///
    /// # Errors
    /// [`KeyError::UserPin`] when it is empty or not UTF-8.
    pub fn new(pin: &Secret) -> Result<Self, KeyError> {
        match str::from_utf8(pin.expose()) {
            Ok(text) if !text.is_empty() => Ok(Self(AuthPin::from(text))),
            Ok(_) | Err(_) => Err(KeyError::UserPin),
        }
    }

    /// The one line of a file of mode 0600.
    ///
    /// # Errors
    /// As for every secret file; [`KeyError::UserPin`] when it is not one line.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        let text = private_file::read(path, Secret::CAPACITY)?;
        let line = text.strip_suffix('\n').unwrap_or(&text);
        if line.is_empty() || line.contains(['\n', '\r']) {
            return Err(KeyError::UserPin);
        }
        Ok(Self(AuthPin::from(line)))
    }

    /// For the login.
    pub(super) fn expose(&self) -> &AuthPin {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn file(content: &[u8], mode: u32) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        std::fs::set_permissions(file.path(), PermissionsExt::from_mode(mode)).unwrap();
        file
    }

    #[test]
    fn one_line_of_a_private_file() {
        for good in [&b"74218"[..], b"74218\n", "口令 7".as_bytes()] {
            let pin = UserPin::from_file(file(good, 0o600).path()).unwrap();
            assert!(!format!("{pin:?}").contains("74218"));
        }
        for bad in [&b"\n"[..], b"1\n2\n", b"1\r\n"] {
            let refused = UserPin::from_file(file(bad, 0o600).path());
            assert!(matches!(refused, Err(KeyError::UserPin)), "{bad:?}");
        }
        let open = UserPin::from_file(file(b"74218", 0o640).path());
        assert!(matches!(open, Err(KeyError::NotPrivate { .. })));
    }
}
