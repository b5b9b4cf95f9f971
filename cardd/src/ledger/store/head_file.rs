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

#[cfg(test)]
mod tests {
    use super::*;

    fn head(sequence: u64) -> Head {
        Head {
            sequence,
            hash: Hash([u8::try_from(sequence).unwrap(); 32]),
        }
    }

    fn known(path: &Path) -> Option<(u64, bool)> {
        let known = HeadFile::read(path).unwrap()?;
        assert_eq!(known.head, head(known.head.sequence));
        Some((known.head.sequence, known.sound))
    }

    #[test]
    fn newest_head_is_known() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("head");
        assert_eq!(known(&path), None);
        let mut file = HeadFile::start(&path, head(1)).unwrap();
        assert_eq!(known(&path), Some((1, true)));
        for sequence in 2..7 {
            file.write(head(sequence)).unwrap();
            assert_eq!(known(&path), Some((sequence, true)));
        }
    }

    /// Each byte of each slot: the other slot is still known, and the file is no longer sound.
    #[test]
    fn torn_slot_leaves_the_other_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("head");
        let mut file = HeadFile::start(&path, head(1)).unwrap();
        file.write(head(2)).unwrap();
        file.write(head(3)).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for (slot, left) in [(0, 3), (SLOT, 2)] {
            for byte in 0..USED {
                let mut torn = whole.clone();
                torn[slot + byte] ^= 0x10;
                std::fs::write(&path, torn).unwrap();
                assert_eq!(
                    known(&path),
                    Some((left, false)),
                    "slot at {slot}, byte {byte}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_head_file_tells_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("head");
        for content in [vec![], vec![0; 2 * SLOT], vec![0xFF; USED]] {
            std::fs::write(&path, content).unwrap();
            assert_eq!(known(&path), None);
        }
        let whole = [encode(head(4)).to_vec(), vec![0; SLOT - USED]].concat();
        std::fs::write(&path, whole).unwrap();
        assert_eq!(known(&path), Some((4, false)));
    }
}
