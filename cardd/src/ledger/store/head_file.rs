//! The head of the chain as last acknowledged, in a file of its own.
//!
//! It outlives a store that does not open, so that the next chain can name the one it replaces,
//! and it tells a chain that was cut off from one that ended there. Two slots, four kilobytes
//! apart, are written in turn and in place: a torn write leaves the other one, and a full disk
//! does not matter.

use std::{fs::File, io, os::unix::fs::FileExt, path::Path};

use sha2::{Digest, Sha256};

use super::{StoreError, files};
use crate::ledger::chain::{Hash, Head};

/// Bytes of a slot, a page of the disk.
const SLOT: usize = 4096;

/// Bytes of a slot that are used: sequence number, hash, SHA-256 of both.
const USED: usize = 8 + 32 + 32;

/// What the file tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ledger) struct KnownHead {
    /// The last head that was written whole.
    pub(in crate::ledger) head: Head,
    /// Whether both slots are whole: then no later head was ever acknowledged.
    pub(in crate::ledger) sound: bool,
}

/// The opened file.
#[derive(Debug)]
pub(in crate::ledger) struct HeadFile {
    file: File,
    next_slot: usize,
}

impl HeadFile {
    /// What the file at `path` tells; `None` if there is none, or nothing in it is whole.
    pub(in crate::ledger) fn read(path: &Path) -> Result<Option<KnownHead>, StoreError> {
        match std::fs::read(path) {
            Ok(content) => Ok(newest(&content)),
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StoreError::Machine {
                what: "cannot read the head file",
                source,
            }),
        }
    }

    /// Starts the file anew with `head` in it.
    pub(in crate::ledger) fn start(path: &Path, head: Head) -> Result<Self, StoreError> {
        let mut content = vec![0; 2 * SLOT];
        for slot in content.chunks_mut(SLOT) {
            for (to, from) in slot.iter_mut().zip(encode(head)) {
                *to = from;
            }
        }
        files::replace(path, &content).map_err(StoreError::machine("cannot make the head file"))?;
        let file = File::options()
            .write(true)
            .open(path)
            .map_err(StoreError::machine("cannot open the head file"))?;
        Ok(Self { file, next_slot: 0 })
    }

    /// Writes the head; it is on disk at return.
    pub(in crate::ledger) fn write(&mut self, head: Head) -> Result<(), StoreError> {
        let offset = (self.next_slot * SLOT) as u64;
        self.file
            .write_all_at(&encode(head), offset)
            .and_then(|()| self.file.sync_data())
            .map_err(StoreError::machine("cannot write the head file"))?;
        self.next_slot = 1 - self.next_slot;
        Ok(())
    }
}

fn newest(content: &[u8]) -> Option<KnownHead> {
    let slots: Vec<_> = content.chunks(SLOT).map(decode).collect();
    let head = slots
        .iter()
        .flatten()
        .copied()
        .max_by_key(|head| head.sequence)?;
    let sound = slots.len() == 2 && slots.iter().all(Option::is_some);
    Some(KnownHead { head, sound })
}

fn encode(head: Head) -> [u8; USED] {
    let mut slot = [0; USED];
    let said = head.sequence.to_be_bytes().into_iter().chain(head.hash.0);
    let check = check(head);
    for (to, from) in slot.iter_mut().zip(said.chain(check)) {
        *to = from;
    }
    slot
}

fn decode(slot: &[u8]) -> Option<Head> {
    let (sequence, rest) = slot.split_first_chunk::<8>()?;
    let (hash, rest) = rest.split_first_chunk::<32>()?;
    let (found, _) = rest.split_first_chunk::<32>()?;
    let head = Head {
        sequence: u64::from_be_bytes(*sequence),
        hash: Hash(*hash),
    };
    (*found == check(head)).then_some(head)
}

fn check(head: Head) -> [u8; 32] {
    let mut sha = Sha256::new();
    sha.update(b"cardd ledger head");
    sha.update(head.sequence.to_be_bytes());
    sha.update(head.hash.0);
    sha.finalize().into()
}
