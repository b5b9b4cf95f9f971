//! The Unix socket of a desk: taken over from a dead process, never from a living one.

use std::{
    fs, io,
    os::unix::{
        fs::{FileTypeExt as _, PermissionsExt as _, chown},
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
};

/// A listening socket; its file goes when it is dropped.
#[derive(Debug)]
pub struct Socket {
    listener: UnixListener,
    path: PathBuf,
}

/// Why a desk's socket cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// A living process answers there.
    #[error("{} is taken: another process listens there", path.display())]
    Taken {
        /// The socket.
        path: PathBuf,
    },
    /// Something else has that name.
    #[error("{} exists and is not a socket", path.display())]
    NotASocket {
        /// The file.
        path: PathBuf,
    },
    /// The system refused.
    #[error("cannot {step} {}", path.display())]
    System {
        /// What was tried.
        step: &'static str,
        /// The socket.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Socket {
    /// Binds `path`: mode 0660 and owned by `group` if there is one, otherwise 0600.
    ///
    /// # Errors
    /// [`SocketError`], with the path.
    pub fn bind(path: &Path, group: Option<u32>) -> Result<Self, SocketError> {
        clear(path)?;
        let system = |step| {
            move |source| SocketError::System {
                step,
                path: path.into(),
                source,
            }
        };
        let listener = UnixListener::bind(path).map_err(system("bind"))?;
        let socket = Self {
            listener,
            path: path.into(),
        };
        if let Some(group) = group {
            chown(path, None, Some(group)).map_err(system("give to its group"))?;
        }
        let mode = if group.is_some() { 0o660 } else { 0o600 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
            .map_err(system("set the mode of"))?;
        socket
            .listener
            .set_nonblocking(true)
            .map_err(system("prepare"))?;
        Ok(socket)
    }

    /// A listener of the async runtime on the same socket.
    ///
    /// # Errors
    /// What the system said.
    pub(super) fn listen(&self) -> io::Result<tokio::net::UnixListener> {
        tokio::net::UnixListener::from_std(self.listener.try_clone()?)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "socket file stays behind");
        }
    }
}

/// Removes the socket of a process that is gone.
fn clear(path: &Path) -> Result<(), SocketError> {
    let system = |step| {
        move |source| SocketError::System {
            step,
            path: path.into(),
            source,
        }
    };
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(system("look at")(source)),
        Ok(metadata) if !metadata.file_type().is_socket() => {
            Err(SocketError::NotASocket { path: path.into() })
        }
        Ok(_) => match UnixStream::connect(path) {
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                fs::remove_file(path).map_err(system("replace"))
            }
            Ok(_) => Err(SocketError::Taken { path: path.into() }),
            Err(source) => Err(system("look at")(source)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_living_socket_is_not_taken_over() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("desk.sock");
        let _living = Socket::bind(&path, None).unwrap();
        assert!(matches!(
            Socket::bind(&path, None),
            Err(SocketError::Taken { .. })
        ));
        assert!(path.exists());
    }

    #[test]
    fn a_dead_socket_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("desk.sock");
        drop(UnixListener::bind(&path).unwrap());
        let socket = Socket::bind(&path, None).unwrap();
        assert_eq!(mode(&path), 0o600);
        drop(socket);
        assert!(!path.exists());
    }

    #[test]
    fn a_group_gets_in_by_the_mode() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("desk.sock");
        let own_group = rustix::process::getegid().as_raw();
        let _socket = Socket::bind(&path, Some(own_group)).unwrap();
        assert_eq!(mode(&path), 0o660);
    }

    #[test]
    fn a_file_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("desk.sock");
        fs::write(&path, "notes").unwrap();
        assert!(matches!(
            Socket::bind(&path, None),
            Err(SocketError::NotASocket { .. })
        ));
        assert_eq!(fs::read_to_string(&path).unwrap(), "notes");
    }
}
