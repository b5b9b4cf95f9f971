//! The small files beside the store.

use std::{
    fs::{self, DirBuilder, File},
    io::{self, Read, Write},
    os::unix::fs::DirBuilderExt,
    path::Path,
};

use zeroize::Zeroizing;

/// What an opening and the first commits of a store may take, in bytes.
const PROBE_BYTES: usize = 2 * 1024 * 1024;

/// Makes the directory and its parents, for the owner only.
pub(in crate::ledger) fn make_dir(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// Makes names in `dir` durable.
pub(in crate::ledger) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Writes, syncs and removes a file, to tell a machine that cannot write from a store that is
/// damaged before the store is touched.
pub(in crate::ledger) fn probe_space(dir: &Path) -> io::Result<()> {
    let mut file = tempfile::Builder::new().prefix("probe").tempfile_in(dir)?;
    file.write_all(&vec![0; PROBE_BYTES])?;
    file.as_file().sync_all()
}

/// Replaces `path` by a file of mode 0600 with that content; after a crash the old or the new one
/// is there, whole.
pub(super) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_dir(dir)
}

/// The terminal's key: read, or a new one written if there is none yet.
pub(in crate::ledger) fn read_or_make_key<const N: usize>(
    path: &Path,
    new: impl FnOnce() -> Zeroizing<[u8; N]>,
) -> io::Result<Zeroizing<[u8; N]>> {
    let mut key = Zeroizing::new([0; N]);
    match File::open(path) {
        Ok(mut file) => {
            file.read_exact(key.as_mut())?;
            Ok(key)
        }
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => {
            let new = new();
            replace(path, new.as_ref())?;
            Ok(new)
        }
        Err(error) => Err(error),
    }
}

/// Whether a file, directory or link of that name exists.
pub(in crate::ledger) fn exists(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
