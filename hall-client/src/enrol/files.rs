//! Files of certificates and keys: whole or not at all, keys for their owner alone.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use super::EnrolError;

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Its owner: 0600.
    Private = 0o600,
    /// Everybody: 0644.
    Public = 0o644,
}

pub(super) fn read(path: &Path) -> Result<String, EnrolError> {
    fs::read_to_string(path).map_err(failed("read", path))
}

/// Replaces a file. It never exists with a wider mode than it is to have.
pub(super) fn replace(path: &Path, text: &str, mode: Mode) -> Result<(), EnrolError> {
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let write = || {
        let mut file = NamedTempFile::new_in(directory.unwrap_or(Path::new(".")))?;
        file.write_all(text.as_bytes())?;
        file.as_file()
            .set_permissions(fs::Permissions::from_mode(mode as u32))?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(failed("write", path))
}

pub(super) fn failed(
    step: &'static str,
    path: &Path,
) -> impl FnOnce(std::io::Error) -> EnrolError + use<> {
    let path: PathBuf = path.into();
    move |source| EnrolError::File { step, path, source }
}
