//! The directory with a rack's sockets: one rack at a time, for one user.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

/// Why a rack cannot have the directory.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeDirError {
    /// Another rack is at work there.
    #[error("another rack serves {0}; stop it first or choose another directory")]
    InUse(PathBuf),
    /// The file system refuses.
    #[error("cannot {0} {1}")]
    Io(&'static str, PathBuf, #[source] io::Error),
}

/// A rack's claim on its directory. Sockets of a rack that died are replaced; on drop the
/// sockets are removed and the claim ends.
#[derive(Debug)]
pub struct RuntimeDir {
    path: PathBuf,
    _claim: File,
}

/// Socket of the IFD handler in the rack's directory.
#[must_use]
pub fn ifd_socket(dir: &Path) -> PathBuf {
    dir.join("ifd.sock")
}

/// Control socket in the rack's directory.
#[must_use]
pub fn control_socket(dir: &Path) -> PathBuf {
    dir.join("control.sock")
}

impl RuntimeDir {
    /// Claims `path`, making it with mode 0700 if it is not there.
    ///
    /// # Errors
    /// [`RuntimeDirError`].
    pub fn claim(path: &Path) -> Result<Self, RuntimeDirError> {
        let io = |what| move |cause| RuntimeDirError::Io(what, path.to_path_buf(), cause);
        let made = fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path);
        made.map_err(io("make the directory"))?;
        let mut options = fs::OpenOptions::new();
        let options = options.write(true).create(true).truncate(false).mode(0o600);
        let claim = options
            .open(path.join("rack.lock"))
            .map_err(io("open rack.lock in"))?;
        // The lock of a process ends with it, so a rack that died leaves no claim.
        match flock(&claim, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self {
                path: path.to_path_buf(),
                _claim: claim,
            }),
            Err(Errno::WOULDBLOCK) => Err(RuntimeDirError::InUse(path.to_path_buf())),
            Err(cause) => Err(io("lock rack.lock in")(cause.into())),
        }
    }

    /// The directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Listens at `socket` in this directory with mode 0600. The socket appears under its name
    /// only when it is ready, and takes the place of one that a dead rack left.
    ///
    /// # Errors
    /// [`RuntimeDirError::Io`].
    pub fn listen(&self, socket: &Path) -> Result<UnixListener, RuntimeDirError> {
        let io = |cause| RuntimeDirError::Io("listen at", socket.to_path_buf(), cause);
        let unready = socket.with_extension("new");
        match fs::remove_file(&unready) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(io(e)),
            Ok(()) | Err(_) => {}
        }
        let listener = UnixListener::bind(&unready).map_err(io)?;
        fs::set_permissions(&unready, fs::Permissions::from_mode(0o600)).map_err(io)?;
        fs::rename(&unready, socket).map_err(io)?;
        Ok(listener)
    }
}

impl Drop for RuntimeDir {
    fn drop(&mut self) {
        for socket in [ifd_socket(&self.path), control_socket(&self.path)] {
            // It may not have come to be.
            let _not_there = fs::remove_file(socket);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixStream;

    #[test]
    fn the_second_rack_is_refused_until_the_first_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let first = RuntimeDir::claim(dir.path()).unwrap();
        let second = RuntimeDir::claim(dir.path());
        assert!(matches!(second, Err(RuntimeDirError::InUse(_))));
        drop(first);
        assert!(RuntimeDir::claim(dir.path()).is_ok());
    }

    #[test]
    fn sockets_are_private_replace_stale_ones_and_go_with_the_claim() {
        let dir = tempfile::tempdir().unwrap();
        let socket = ifd_socket(dir.path());
        drop(UnixListener::bind(&socket).unwrap());
        assert!(
            UnixStream::connect(&socket).is_err(),
            "the stale socket is dead"
        );
        let claim = RuntimeDir::claim(dir.path()).unwrap();
        let _listener = claim.listen(&socket).unwrap();
        assert!(UnixStream::connect(&socket).is_ok());
        assert_eq!(
            fs::metadata(&socket).unwrap().permissions().mode() & 0o777,
            0o600
        );
        drop(claim);
        assert!(!socket.exists());
    }

    #[test]
    fn a_new_directory_is_private() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b");
        let _claim = RuntimeDir::claim(&path).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o700
        );
    }
}
