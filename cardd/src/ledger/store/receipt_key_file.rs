//! The terminal's receipt key, and the public keys that it used before.
//!
//! A new key takes the place of the old file whole; the old file's blocks are overwritten before
//! they are let go. What a file system that copies on write or the wear levelling of flash keeps of
//! them is out of reach from here.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::Path,
};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{StoreError, files};
use crate::ledger::receipt_keys::{KEY_BYTES, ReceiptKeys, RetiredKey};

/// Bytes of the key in use: seed, and since when.
const IN_USE: usize = KEY_BYTES + 8;

/// Bytes of a retired key: public half, from when to when.
const RETIRED: usize = KEY_BYTES + 16;

/// Largest file: as many retired keys as are kept, and the check.
const LIMIT: usize = IN_USE + ReceiptKeys::RETIRED_LIMIT * RETIRED + 32;

/// What the file says; `None` if there is none, or if nothing in it is whole.
pub(in crate::ledger) fn read(path: &Path) -> Result<Option<ReceiptKeys>, StoreError> {
    let failed = || StoreError::machine("cannot read the receipt key");
    let file = match File::open(path) {
        Ok(file) => file,
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed()(error)),
    };
    let mut content = Zeroizing::new(Vec::with_capacity(LIMIT + 1));
    let limit = LIMIT as u64 + 1;
    file.take(limit)
        .read_to_end(&mut content)
        .map_err(failed())?;
    Ok(decode(&content))
}

/// Puts these keys in the place of those before; on disk at return, the old seed is gone.
pub(in crate::ledger) fn write(path: &Path, keys: &ReceiptKeys) -> Result<(), StoreError> {
    let failed = || StoreError::machine("cannot write the receipt key");
    let old = match File::options().write(true).open(path) {
        Ok(file) => Some(file),
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed()(error)),
    };
    files::replace(path, &encode(keys)).map_err(failed())?;
    if let Some(mut old) = old {
        old.write_all(&[0; IN_USE])
            .and_then(|()| old.sync_all())
            .map_err(failed())?;
    }
    Ok(())
}

fn encode(keys: &ReceiptKeys) -> Zeroizing<Vec<u8>> {
    let mut content = Zeroizing::new(Vec::with_capacity(LIMIT));
    content.extend_from_slice(keys.seed.as_slice());
    content.extend_from_slice(&keys.made_unix_ms.to_be_bytes());
    for key in &keys.retired {
        content.extend_from_slice(&key.public);
        content.extend_from_slice(&key.made_unix_ms.to_be_bytes());
        content.extend_from_slice(&key.retired_unix_ms.to_be_bytes());
    }
    let check = Sha256::digest(content.as_slice());
    content.extend_from_slice(&check);
    content
}

fn decode(content: &[u8]) -> Option<ReceiptKeys> {
    let (said, check) = content.split_last_chunk::<32>()?;
    if content.len() > LIMIT || Sha256::digest(said).as_slice() != check {
        return None;
    }
    let (seed, rest) = said.split_first_chunk::<KEY_BYTES>()?;
    let (made, rest) = rest.split_first_chunk::<8>()?;
    let (retired, []) = rest.as_chunks::<RETIRED>() else {
        return None;
    };
    Some(ReceiptKeys {
        seed: Zeroizing::new(*seed),
        made_unix_ms: u64::from_be_bytes(*made),
        retired: retired.iter().map(retired_key).collect::<Option<_>>()?,
    })
}

fn retired_key(said: &[u8; RETIRED]) -> Option<RetiredKey> {
    let (public, rest) = said.split_first_chunk::<KEY_BYTES>()?;
    let (made, rest) = rest.split_first_chunk::<8>()?;
    Some(RetiredKey {
        public: *public,
        made_unix_ms: u64::from_be_bytes(*made),
        retired_unix_ms: u64::from_be_bytes(rest.try_into().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;

    fn keys(seed: u8, retired: usize) -> ReceiptKeys {
        let old = RetiredKey {
            public: [3; KEY_BYTES],
            made_unix_ms: 1,
            retired_unix_ms: 2,
        };
        ReceiptKeys {
            seed: Zeroizing::new([seed; KEY_BYTES]),
            made_unix_ms: 4,
            retired: vec![old; retired],
        }
    }

    #[test]
    fn kept_for_the_owner_and_the_old_seed_is_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("receipt-keys");
        assert_eq!(read(&path).unwrap(), None);
        write(&path, &keys(7, 0)).unwrap();
        assert_eq!(read(&path).unwrap(), Some(keys(7, 0)));
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        // A second name shows what is left in the old file's own blocks.
        let witness = dir.path().join("witness");
        fs::hard_link(&path, &witness).unwrap();
        write(&path, &keys(8, ReceiptKeys::RETIRED_LIMIT)).unwrap();
        assert_eq!(
            read(&path).unwrap(),
            Some(keys(8, ReceiptKeys::RETIRED_LIMIT))
        );
        assert_eq!(fs::read(witness).unwrap()[..KEY_BYTES], [0; KEY_BYTES]);
    }

    #[test]
    fn what_is_not_whole_is_no_key() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("receipt-keys");
        let whole = encode(&keys(7, 2)).to_vec();
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            assert_eq!(read(&path).unwrap(), None, "{length}");
        }
        let mut turned = whole.clone();
        turned[0] ^= 1;
        fs::write(&path, &turned).unwrap();
        assert_eq!(read(&path).unwrap(), None);
        fs::write(&path, vec![0; 1 << 20]).unwrap();
        assert_eq!(read(&path).unwrap(), None);
    }
}
