//! Rule files and signing keys on the hall's disk. What a rule file says and how it is signed is
//! `cardd-rules`; how it gets to a terminal is [`Terminal::push_rules`](crate::Terminal::push_rules).

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use cardd_rules::region::{
    MAX_FILE_BYTES, RegionPolicy, RuleFileRefused, SigningKey, SigningKeyError, body_of,
};
use rand::CryptoRng;
use zeroize::Zeroizing;

use crate::issuer::{KeyError, private_file::read as read_private};

/// Largest file of a signing key, bytes.
const MAX_KEY_BYTES: usize = 1024;
/// Largest file of frequencies, bytes.
pub const MAX_FREQUENCY_BYTES: usize = 64 << 20;

/// Why a file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// It cannot be read or written.
    #[error("cannot {step} {}", path.display())]
    File {
        /// What was tried.
        step: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is larger than any such file.
    #[error("{} has more than {most} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Largest size, bytes.
        most: usize,
    },
    /// The file of a signing key is open to others, or no text.
    #[error(transparent)]
    Private(#[from] KeyError),
    /// It is no signing key.
    #[error(transparent)]
    Key(#[from] SigningKeyError),
    /// It is no rule file that a terminal would take.
    #[error(transparent)]
    Refused(#[from] RuleFileRefused),
}

/// Reads a signing key from a file that its owner alone can open.
///
/// # Errors
/// [`PolicyError`]; never repeats the key.
pub fn signing_key(path: &Path) -> Result<SigningKey, PolicyError> {
    Ok(SigningKey::parse(&read_private(path, MAX_KEY_BYTES)?)?)
}

/// Makes a signing key and its file, mode 0600; a file that is there is not touched.
///
/// # Errors
/// [`PolicyError`].
pub fn new_signing_key(
    id: &str,
    path: &Path,
    rng: &mut impl CryptoRng,
) -> Result<SigningKey, PolicyError> {
    let mut seed = Zeroizing::new([0; 32]);
    rng.fill_bytes(seed.as_mut_slice());
    let key = SigningKey::from_seed(id, &seed)?;
    let write = || {
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(SigningKey::file(id, &seed).as_bytes())?;
        file.sync_all()
    };
    write().map_err(failed("write", path))?;
    Ok(key)
}

/// Reads a file of at most that many bytes.
///
/// # Errors
/// [`PolicyError::File`], [`PolicyError::TooLarge`].
pub fn read(path: &Path, most: usize) -> Result<Vec<u8>, PolicyError> {
    let mut content = Vec::new();
    let bound = most as u64 + 1;
    File::open(path)
        .and_then(|file| file.take(bound).read_to_end(&mut content))
        .map_err(failed("read", path))?;
    if content.len() > most {
        return Err(PolicyError::TooLarge {
            path: path.to_owned(),
            most,
        });
    }
    Ok(content)
}

/// Reads a file as text.
///
/// # Errors
/// As [`read`]; text that is not UTF-8 cannot be read.
pub fn read_text(path: &Path, most: usize) -> Result<String, PolicyError> {
    let odd = |_| failed("read", path)(io::ErrorKind::InvalidData.into());
    String::from_utf8(read(path, most)?).map_err(odd)
}

/// What a rule file says, signed or not yet; a signature is not looked at.
///
/// # Errors
/// [`PolicyError`].
pub fn policy(path: &Path) -> Result<RegionPolicy, PolicyError> {
    let text = read_text(path, MAX_FILE_BYTES)?;
    let body = body_of(text.as_bytes()).unwrap_or(&text);
    Ok(RegionPolicy::parse(body)?)
}

fn failed(step: &'static str, path: &Path) -> impl FnOnce(io::Error) -> PolicyError + use<> {
    let path = path.to_owned();
    move |source| PolicyError::File { step, path, source }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use cardd_rules::region::WUHAN;
    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    #[test]
    fn a_new_key_is_for_its_owner_and_signs() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key.toml");
        let mut rng = StdRng::seed_from_u64(1);
        let made = new_signing_key("wuhan-2026", &path, &mut rng).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let again = signing_key(&path).unwrap();
        assert_eq!(again.public_key_hex(), made.public_key_hex());
        let signed = directory.path().join("wuhan.rules");
        std::fs::write(&signed, again.sign(WUHAN).unwrap()).unwrap();
        assert_eq!(policy(&signed).unwrap().region, "420100");
        let twice = new_signing_key("other", &path, &mut rng).unwrap_err();
        assert!(matches!(twice, PolicyError::File { .. }), "{twice}");
        assert_eq!(signing_key(&path).unwrap().id(), "wuhan-2026");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(signing_key(&path), Err(PolicyError::Private(_))));
    }

    #[test]
    fn files_are_bounded() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "12345").unwrap();
        assert_eq!(read(file.path(), 5).unwrap(), b"12345");
        assert!(matches!(
            read(file.path(), 4),
            Err(PolicyError::TooLarge { most: 4, .. })
        ));
        std::fs::write(file.path(), b"\xFF").unwrap();
        assert!(matches!(
            read_text(file.path(), 4),
            Err(PolicyError::File { .. })
        ));
    }
}
