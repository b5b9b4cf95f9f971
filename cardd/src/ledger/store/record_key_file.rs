//! The key of the next record's MAC, in a file of its own.
//!
//! It is not kept in the store, whose log keeps old values. Two slots, four kilobytes apart, are
//! written one after the other, in place, and both hold the same key at rest: a torn write leaves
//! one of them, and no older key stays behind in the file. What a file system that copies on write
//! or the wear levelling of flash keeps of overwritten blocks is out of reach from here.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{StoreError, files};
use crate::ledger::seal::{ChainId, RecordKey};

/// Name of the file in a store's directory.
const NAME: &str = "record-key";

/// Bytes of a slot, a page of the disk.
const SLOT: usize = 4096;

/// Bytes of a slot without its check: chain, sequence number, key.
const SAID: usize = 16 + 8 + 32;

/// Bytes of a slot that are used: what it says, and its SHA-256.
const USED: usize = SAID + 32;

type Slot = Zeroizing<[u8; USED]>;

/// The opened file.
#[derive(Debug)]
pub(in crate::ledger) struct RecordKeyFile {
    file: File,
}

impl RecordKeyFile {
    fn path(store_dir: &Path) -> PathBuf {
        store_dir.join(NAME)
    }

    /// The key that the file beside the store in `store_dir` holds; `None` if there is no file, or
    /// nothing in it is whole.
    pub(in crate::ledger) fn read(store_dir: &Path) -> Result<Option<RecordKey>, StoreError> {
        match std::fs::read(Self::path(store_dir)).map(Zeroizing::new) {
            Ok(content) => Ok(newest(&content)),
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StoreError::Machine {
                what: "cannot read the record key",
                source,
            }),
        }
    }

    /// Opens the file and writes the key to it. An older file is overwritten, never replaced: its
    /// blocks would keep the old key.
    pub(in crate::ledger) fn start(store_dir: &Path, key: &RecordKey) -> Result<Self, StoreError> {
        let path = Self::path(store_dir);
        let failed = || StoreError::machine("cannot make the record key's file");
        if !files::exists(&path).map_err(failed())? {
            files::replace(&path, &[0; 2 * SLOT]).map_err(failed())?;
        }
        let file = File::options().write(true).open(path).map_err(failed())?;
        let opened = Self { file };
        opened.write(key)?;
        Ok(opened)
    }

    /// Puts the key in the place of the one before; it is on disk at return, the other is gone.
    pub(in crate::ledger) fn write(&self, key: &RecordKey) -> Result<(), StoreError> {
        let slot = encode(key);
        [0, SLOT as u64]
            .into_iter()
            .try_for_each(|offset| {
                self.file.write_all_at(slot.as_slice(), offset)?;
                self.file.sync_data()
            })
            .map_err(StoreError::machine("cannot write the record key"))
    }
}

/// The slot that was written last: after a crash between the two it is ahead.
fn newest(content: &[u8]) -> Option<RecordKey> {
    content
        .chunks(SLOT)
        .filter_map(decode)
        .max_by_key(|key| key.sequence)
}

fn encode(key: &RecordKey) -> Slot {
    let mut slot = Zeroizing::new([0; USED]);
    let (said, check) = slot.split_at_mut(SAID);
    let parts = key.chain.0.into_iter().chain(key.sequence.to_be_bytes());
    for (to, from) in said.iter_mut().zip(parts.chain(key.key.iter().copied())) {
        *to = from;
    }
    for (to, from) in check.iter_mut().zip(Sha256::digest(said)) {
        *to = from;
    }
    slot
}

fn decode(slot: &[u8]) -> Option<RecordKey> {
    let (said, rest) = slot.split_first_chunk::<SAID>()?;
    let (check, _) = rest.split_first_chunk::<32>()?;
    if Sha256::digest(said).as_slice() != check {
        return None;
    }
    let (chain, rest) = said.split_first_chunk::<16>()?;
    let (sequence, key) = rest.split_first_chunk::<8>()?;
    Some(RecordKey {
        chain: ChainId(*chain),
        sequence: u64::from_be_bytes(*sequence),
        key: Zeroizing::new(key.try_into().ok()?),
    })
}

#[cfg(test)]
mod tests;
