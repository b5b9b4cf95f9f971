//! Desks and hall over the network: where to listen, and the files that say who is who.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    net::SocketAddr,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use zeroize::Zeroizing;

use super::{
    ConfigError,
    range::{Range, range},
    value,
};

/// Largest of the files; a revocation list of some ten thousand certificates.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// Desks and hall over the network.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RemoteConfig {
    /// Address and port; empty: nobody calls over the network.
    pub listen: String,
    /// Certificate chain of this terminal, PEM.
    pub certificate: PathBuf,
    /// Its private key, PEM (PKCS #8).
    pub key: PathBuf,
    /// Authorities that certify desks and hall, PEM.
    pub client_ca: PathBuf,
    /// Their revocation lists, PEM; empty: none is asked.
    pub revoked: PathBuf,
    /// Longest handshake.
    pub handshake_ms: u64,
    /// Longest life of a connection, after which the peer shows its certificate again.
    pub connection_ms: u64,
}

impl Default for RemoteConfig {
    fn default() -> Self {
        Self {
            listen: String::new(),
            certificate: PathBuf::new(),
            key: PathBuf::new(),
            client_ca: PathBuf::new(),
            revoked: PathBuf::new(),
            handshake_ms: 5000,
            connection_ms: 3_600_000,
        }
    }
}

/// What the files hold.
#[derive(Debug)]
pub struct RemoteFiles {
    /// Certificate chain of this terminal, PEM.
    pub certificate: Vec<u8>,
    /// Its private key, PEM; wiped.
    pub key: Zeroizing<Vec<u8>>,
    /// Authorities, PEM.
    pub client_ca: Vec<u8>,
    /// Revocation lists, PEM, where one is configured.
    pub revoked: Option<Vec<u8>>,
}

impl RemoteConfig {
    /// Every number with its permitted range.
    pub(super) fn ranges(&self) -> [Range; 2] {
        [
            range("remote.handshake_ms", self.handshake_ms, 100..=60_000),
            range(
                "remote.connection_ms",
                self.connection_ms,
                1000..=86_400_000,
            ),
        ]
    }

    /// Where to listen, if anywhere.
    ///
    /// # Errors
    /// [`ConfigError::Value`] if it is no address with a port.
    pub fn address(&self) -> Result<Option<SocketAddr>, ConfigError> {
        if self.listen.is_empty() {
            return Ok(None);
        }
        self.listen.parse().map(Some).map_err(|_| {
            let problem = format!("{:?} is not an address with a port", self.listen);
            value("remote.listen", problem)
        })
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.address()?.is_none() {
            return Ok(());
        }
        let needed = [
            ("remote.certificate", &self.certificate),
            ("remote.key", &self.key),
            ("remote.client_ca", &self.client_ca),
        ];
        match needed.iter().find(|(_, path)| !path.is_absolute()) {
            None => Ok(()),
            Some((key, path)) => Err(value(*key, format!("{path:?} is not absolute"))),
        }
    }

    /// Reads the files.
    ///
    /// # Errors
    /// [`ConfigError`]; a key that others than its owner can read is refused.
    pub fn read(&self) -> Result<RemoteFiles, ConfigError> {
        let revoked = (!self.revoked.as_os_str().is_empty()).then(|| read(&self.revoked));
        Ok(RemoteFiles {
            certificate: read(&self.certificate)?,
            key: read_key(&self.key)?,
            client_ca: read(&self.client_ca)?,
            revoked: revoked.transpose()?,
        })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, ConfigError> {
    let read = || {
        let mut bytes = Vec::new();
        File::open(path)?
            .take(MAX_FILE_BYTES)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|source| unreadable(path, source))
}

/// Room is taken at once, so that no copy is left behind by a buffer that grew.
fn read_key(path: &Path) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let metadata = fs::metadata(path).map_err(|source| unreadable(path, source))?;
    if metadata.permissions().mode() & 0o077 != 0 {
        let problem = format!("{} is open to others than its owner", path.display());
        return Err(value("remote.key", problem));
    }
    let room = metadata.len().min(MAX_FILE_BYTES) as usize + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    File::open(path)
        .and_then(|file| file.take(room as u64).read_to_end(&mut bytes))
        .map_err(|source| unreadable(path, source))?;
    Ok(bytes)
}

fn unreadable(path: &Path, source: io::Error) -> ConfigError {
    ConfigError::Read {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_directory(directory: &Path) -> RemoteConfig {
        for name in ["certificate", "key", "ca"] {
            fs::write(directory.join(name), name).unwrap();
        }
        RemoteConfig {
            listen: "127.0.0.1:0".to_owned(),
            certificate: directory.join("certificate"),
            key: directory.join("key"),
            client_ca: directory.join("ca"),
            ..RemoteConfig::default()
        }
    }

    #[test]
    fn an_empty_address_is_off_and_needs_no_files() {
        let off = RemoteConfig::default();
        assert_eq!(off.address().unwrap(), None);
        off.check().unwrap();
    }

    #[test]
    fn an_address_needs_its_files() {
        let mut remote = RemoteConfig {
            listen: "localhost".to_owned(),
            ..RemoteConfig::default()
        };
        let refused = remote.check().unwrap_err().to_string();
        assert!(refused.starts_with("remote.listen: "), "{refused}");
        remote.listen = "[::1]:7443".to_owned();
        let refused = remote.check().unwrap_err().to_string();
        assert!(refused.starts_with("remote.certificate: "), "{refused}");
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let remote = in_directory(directory.path());
        for (mode, good) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
            fs::set_permissions(&remote.key, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(remote.read().is_ok(), good, "{mode:o}");
        }
    }

    #[test]
    fn the_files_are_read_as_they_are_now() {
        let directory = tempfile::tempdir().unwrap();
        let mut remote = in_directory(directory.path());
        fs::set_permissions(&remote.key, fs::Permissions::from_mode(0o600)).unwrap();
        let files = remote.read().unwrap();
        assert_eq!((&files.key[..], files.revoked), (&b"key"[..], None));
        remote.revoked = directory.path().join("revoked");
        assert!(remote.read().is_err(), "a list that is missing is no list");
        fs::write(&remote.revoked, "list").unwrap();
        assert_eq!(remote.read().unwrap().revoked.unwrap(), b"list");
    }
}
