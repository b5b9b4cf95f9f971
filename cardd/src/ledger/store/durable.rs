//! The remedy that makes a flush of `sled` durable, in one place.
//!
//! `sled` 0.34 ends a flush with `sync_file_range`, which neither commits a file's new size and
//! extents nor empties the disk's cache: after a power cut, flushed records are gone and the store
//! opens empty. Our own `fdatasync` on its data file does both. Values longer than a segment go to
//! files of their own under `blobs`; ours never are, but their directory is synced with the rest.

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use super::{StoreError, files::sync_dir};

/// Waits until an earlier opening in this process has let go of the data file, which `sled` locks:
/// its threads may outlive it by the write that they are at. No other process can hold it, as the
/// ledger's own lock keeps it out.
pub(super) fn wait_released(dir: &Path) -> Result<(), StoreError> {
    match File::open(data_file(dir)) {
        Ok(file) => file
            .lock()
            .map_err(StoreError::machine("the data file cannot be locked")),
        Err(missing) if missing.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(StoreError::machine("the data file cannot be opened")(error)),
    }
}

/// The file that `sled` 0.34 keeps its log in.
fn data_file(dir: &Path) -> PathBuf {
    dir.join("db")
}

/// Our own handle on the data file, and the directory it lies in.
#[derive(Debug)]
pub(super) struct Durable {
    dir: PathBuf,
    data: File,
}

impl Durable {
    /// For the store that was opened in `dir`.
    pub(super) fn of(dir: &Path) -> Result<Self, StoreError> {
        let data = File::options()
            .write(true)
            .open(data_file(dir))
            .map_err(StoreError::machine("cannot open the data file"))?;
        Ok(Self {
            dir: dir.to_owned(),
            data,
        })
    }

    /// Makes durable what was flushed.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        self.data
            .sync_data()
            .map_err(StoreError::machine("cannot sync the data file"))
    }

    /// Makes the files and their names durable; once after each opening, which may create them.
    pub(super) fn sync_everything(&self) -> Result<(), StoreError> {
        let failed = StoreError::machine("cannot sync the store's directory");
        sync_tree(&self.dir).map_err(failed)
    }
}

/// A store is two levels deep: files, and `blobs`.
fn sync_tree(dir: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_dir(&entry.path())?;
        } else {
            File::open(entry.path())?.sync_all()?;
        }
    }
    sync_dir(dir)
}
