//! The first key of a chain, from its beginning until the hall has it.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{StoreError, files};
use crate::ledger::seal::Genesis;

/// Name of the file in a store's directory.
const NAME: &str = "enrolment.key";

/// Sequence number and key.
const LENGTH: usize = 8 + 32;

fn path(store_dir: &Path) -> PathBuf {
    store_dir.join(NAME)
}

/// What waits for the hall; `None` once it was collected, or if the file is none of ours.
pub(in crate::ledger) fn read(store_dir: &Path) -> Result<Option<Genesis>, StoreError> {
    match fs::read(path(store_dir)).map(Zeroizing::new) {
        Ok(content) => Ok(decode(&content)),
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StoreError::machine("cannot read the enrolment key")(source)),
    }
}

/// Writes the file, of mode 0600.
pub(in crate::ledger) fn write(store_dir: &Path, genesis: &Genesis) -> Result<(), StoreError> {
    let mut content = Zeroizing::new([0; LENGTH]);
    let said = genesis.sequence.to_be_bytes().into_iter();
    for (to, from) in content
        .iter_mut()
        .zip(said.chain(genesis.key.iter().copied()))
    {
        *to = from;
    }
    files::replace(&path(store_dir), content.as_slice())
        .map_err(StoreError::machine("cannot write the enrolment key"))
}

/// Overwrites the file and removes it.
pub(in crate::ledger) fn wipe(store_dir: &Path) -> Result<(), StoreError> {
    let path = path(store_dir);
    let overwrite = || -> io::Result<()> {
        let mut file = File::options().write(true).open(&path)?;
        file.write_all(&[0; LENGTH])?;
        file.sync_all()?;
        fs::remove_file(&path)?;
        files::sync_dir(store_dir)
    };
    match overwrite() {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::machine("cannot wipe the enrolment key")(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn decode(content: &[u8]) -> Option<Genesis> {
    let (sequence, key) = content.split_first_chunk::<8>()?;
    Some(Genesis {
        sequence: u64::from_be_bytes(*sequence),
        key: Zeroizing::new(key.try_into().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn kept_for_the_owner_until_it_is_wiped() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path()).unwrap(), None);
        let genesis = Genesis {
            sequence: 14,
            key: [9; 32].into(),
        };
        write(dir.path(), &genesis).unwrap();
        assert_eq!(read(dir.path()).unwrap(), Some(genesis));
        let mode = fs::metadata(path(dir.path())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        // A second name shows what is left in the file's own blocks.
        let witness = dir.path().join("witness");
        fs::hard_link(path(dir.path()), &witness).unwrap();
        wipe(dir.path()).unwrap();
        wipe(dir.path()).unwrap();
        assert_eq!(read(dir.path()).unwrap(), None);
        assert_eq!(fs::read(witness).unwrap(), [0; LENGTH]);
    }

    #[test]
    fn what_is_no_key_is_none() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(path(dir.path()), [1; LENGTH - 1]).unwrap();
        assert_eq!(read(dir.path()).unwrap(), None);
    }
}
