//! The hall's copy of one terminal's chain: records in an append-only file, the first key and the
//! checkpoint beside it.
//!
//! | in the chain's directory | what it is |
//! |---|---|
//! | `records.jsonl` | every record, once, in order; only ever appended to |
//! | `genesis.json` | the first key, as a checkpoint before the first record; for the owner only |
//! | `checkpoint.json` | the place up to which records are here and checked; for the owner only |
//! | `lock` | held while a process collects |
//!
//! A record counts as here once its line is on disk. A crash can leave half a line at the end; it
//! is cut off at the next opening, and the record pulled again.

use std::{
    fs::{self, DirBuilder, File, TryLockError},
    io::{self, Write as _},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use super::{
    Bad, ChainKey, Checkpoint, EndSeal, EvidenceRecord, Start, Verified,
    export::{self, ExportError},
    verify::{Place, verify},
};

/// Why the store cannot be used, or refuses records.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system does not let it.
    #[error("{what}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Another process collects this chain now.
    #[error("another process collects this chain")]
    InUse,
    /// The first key is not here: this store was not there when the terminal was enrolled.
    #[error("the first key of this chain is not in this store")]
    NoGenesis,
    /// The store's own records do not read.
    #[error("the store's records do not read")]
    Unreadable(#[source] ExportError),
    /// A record is not what it should be; nothing from it on was taken.
    #[error("the chain does not hold")]
    Bad(#[from] Bad),
    /// The store's records end before its checkpoint.
    #[error("the store's records end before its checkpoint, record {0}")]
    Behind(u64),
}

fn system(what: &'static str) -> impl FnOnce(io::Error) -> StoreError {
    move |source| StoreError::System { what, source }
}

/// The opened store of one chain.
#[derive(Debug)]
pub struct ChainStore {
    dir: PathBuf,
    records: File,
    checkpoint: Checkpoint,
    _lock: File,
}

impl ChainStore {
    /// Directory of a chain in a store.
    #[must_use]
    pub fn dir(store: &Path, terminal_id: &str, chain_id: [u8; 16]) -> PathBuf {
        // The name is the terminal's own word: it may not lead out of the store.
        let permitted = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        let name: String = terminal_id
            .chars()
            .map(|c| if permitted(c) { c } else { '_' })
            .collect();
        let name = name.trim_start_matches('.');
        store
            .join(format!("terminal-{name}"))
            .join(hex::encode(chain_id))
    }

    /// Keeps a chain's first key; one that is there stays.
    ///
    /// # Errors
    /// [`StoreError::System`].
    pub fn keep_genesis(dir: &Path, key: ChainKey) -> Result<(), StoreError> {
        let mut builder = DirBuilder::new();
        let made = builder.recursive(true).mode(0o700).create(dir);
        made.map_err(system("cannot make the chain's directory"))?;
        let path = dir.join("genesis.json");
        if path.exists() {
            return Ok(());
        }
        let genesis = Checkpoint {
            place: Place::START,
            key: Some(key),
        };
        write_checkpoint(&path, &genesis)
    }

    /// Opens a chain's store and checks all of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let genesis = read_checkpoint(&dir.join("genesis.json"))?.ok_or(StoreError::NoGenesis)?;
        let lock = lock(&dir.join("lock"))?;
        let path = dir.join("records.jsonl");
        let records = File::options()
            .create(true)
            .append(true)
            .read(true)
            .open(&path)
            .map_err(system("cannot open the records"))?;
        let whole = fs::read(&path).map_err(system("cannot read the records"))?;
        let lines = whole
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        if lines < whole.len() {
            let cut = records.set_len(lines as u64);
            cut.and_then(|()| records.sync_all())
                .map_err(system("cannot cut off half a line"))?;
        }
        let read = export::read_jsonl(whole.get(..lines).unwrap_or_default())
            .map_err(StoreError::Unreadable)?;
        let verified = verify(&Start::after(&genesis), &read.records, None)?;
        let store = Self {
            dir: dir.to_owned(),
            records,
            checkpoint: verified.checkpoint,
            _lock: lock,
        };
        store.reaches_its_checkpoint()?;
        Ok(store)
    }

    /// The last record that is here.
    #[must_use]
    pub fn place(&self) -> Place {
        self.checkpoint.place
    }

    /// Takes records that follow; they and the checkpoint are on disk at return.
    ///
    /// # Errors
    /// [`StoreError::Bad`] with nothing taken; [`StoreError::System`].
    pub fn append(
        &mut self,
        records: &[EvidenceRecord],
        end: Option<&EndSeal>,
    ) -> Result<Verified, StoreError> {
        let verified = verify(&Start::after(&self.checkpoint), records, end)?;
        if !records.is_empty() {
            let mut lines = Vec::new();
            records
                .iter()
                .try_for_each(|record| export::write_jsonl(&mut lines, record))
                .and_then(|()| self.records.write_all(&lines))
                .and_then(|()| self.records.sync_all())
                .and_then(|()| sync_dir(&self.dir))
                .map_err(system("cannot write the records"))?;
        }
        write_checkpoint(&self.dir.join("checkpoint.json"), &verified.checkpoint)?;
        self.checkpoint = verified.checkpoint.clone();
        Ok(verified)
    }

    fn reaches_its_checkpoint(&self) -> Result<(), StoreError> {
        match read_checkpoint(&self.dir.join("checkpoint.json"))? {
            Some(known) if known.place.sequence > self.place().sequence => {
                Err(StoreError::Behind(known.place.sequence))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Reads a checkpoint or a genesis file; `None` if there is none.
///
/// # Errors
/// [`StoreError::System`], also if it is no checkpoint.
pub fn read_checkpoint(path: &Path) -> Result<Option<Checkpoint>, StoreError> {
    let text = match fs::read_to_string(path).map(zeroize::Zeroizing::new) {
        Ok(text) => text,
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(system("cannot read a checkpoint")(source)),
    };
    let none =
        || system("a checkpoint's file holds something else")(io::ErrorKind::InvalidData.into());
    Checkpoint::from_json(&text).map(Some).ok_or_else(none)
}

/// Replaced whole, for the owner only.
fn write_checkpoint(path: &Path, checkpoint: &Checkpoint) -> Result<(), StoreError> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let write = || -> io::Result<()> {
        let json = checkpoint.to_json()?;
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        file.write_all(json.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        sync_dir(dir)
    };
    write().map_err(system("cannot write a checkpoint"))
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(system("cannot open the lock file"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(source)) => Err(system("cannot lock the store")(source)),
    }
}

#[cfg(test)]
mod tests;
