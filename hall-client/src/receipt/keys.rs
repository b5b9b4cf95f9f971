//! Public keys by terminal, as the hall collected them over its own connection.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use cardd_proto::{
    receipt::{KEY_BYTES, KEY_ID_BYTES, checked_key},
    v1,
};
use serde::{Deserialize, Serialize};

/// Name of the file in a store's directory.
const NAME: &str = "receipt-keys.json";

/// Largest file, bytes: ten thousand terminals with their old keys.
const LIMIT_BYTES: u64 = 64 << 20;

/// A key and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownKey {
    /// First 8 bytes of the SHA-256 of the public key.
    #[serde(with = "hex::serde")]
    pub id: [u8; KEY_ID_BYTES],
    /// The key (Ed25519).
    #[serde(with = "hex::serde")]
    pub public: [u8; KEY_BYTES],
    /// The terminal.
    pub terminal_id: String,
    /// Since when it is in use, milliseconds since 1970 by the terminal's clock.
    pub made_unix_ms: u64,
    /// Since when it is not.
    pub retired_unix_ms: Option<u64>,
}

impl KnownKey {
    /// Whether it was in use then.
    #[must_use]
    pub fn signs_at(&self, unix_ms: u64) -> bool {
        self.retired_unix_ms.is_none_or(|end| unix_ms <= end)
    }
}

/// The keys of a store.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ReceiptKeys(Vec<KnownKey>);

/// Why keys cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The system does not let it.
    #[error("the receipt keys cannot be read or written")]
    System(#[from] io::Error),
    /// The file is none of ours.
    #[error("the file of receipt keys does not read")]
    Unreadable(#[from] serde_json::Error),
    /// A key whose name is not its own or that another terminal has, or a terminal without a name.
    #[error("the terminal names a key that is not its own")]
    NotItsOwn,
}

impl ReceiptKeys {
    /// The keys that are kept in this directory; none if there is no file.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn read(store: &Path) -> Result<Self, KeysError> {
        let path = store.join(NAME);
        let length = match fs::metadata(&path) {
            Ok(metadata) => metadata.len(),
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error.into()),
        };
        if length > LIMIT_BYTES {
            return Err(io::Error::other("longer than any file of receipt keys").into());
        }
        Ok(Self(serde_json::from_slice(&fs::read(path)?)?))
    }

    /// Keeps them in this directory; on disk at return.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn write(&self, store: &Path) -> Result<(), KeysError> {
        fs::create_dir_all(store)?;
        let mut file = tempfile::NamedTempFile::new_in(store)?;
        file.write_all(&serde_json::to_vec_pretty(&self.0)?)?;
        file.as_file().sync_all()?;
        file.persist(store.join(NAME))
            .map_err(|error| error.error)?;
        Ok(fs::File::open(store)?.sync_all()?)
    }

    /// Takes what a terminal says of its keys. A key that is known keeps its terminal, and once
    /// retired stays retired. Answers how many are new.
    ///
    /// # Errors
    /// [`KeysError::NotItsOwn`]; nothing is taken then.
    pub fn learn(&mut self, told: &v1::ListReceiptKeysResponse) -> Result<usize, KeysError> {
        let permitted = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        if told.terminal_id.is_empty() || !told.terminal_id.chars().all(permitted) {
            return Err(KeysError::NotItsOwn);
        }
        let mut learnt = self.0.clone();
        for key in &told.keys {
            let (id, public) = checked_key(key).ok_or(KeysError::NotItsOwn)?;
            match learnt.iter_mut().find(|known| known.id == id) {
                Some(known) if known.terminal_id != told.terminal_id => {
                    return Err(KeysError::NotItsOwn);
                }
                Some(known) => {
                    known.retired_unix_ms = known.retired_unix_ms.or(key.retired_unix_ms);
                }
                None => learnt.push(KnownKey {
                    id,
                    public,
                    terminal_id: told.terminal_id.clone(),
                    made_unix_ms: key.made_unix_ms,
                    retired_unix_ms: key.retired_unix_ms,
                }),
            }
        }
        let new = learnt.len() - self.0.len();
        self.0 = learnt;
        Ok(new)
    }

    /// A key by its name.
    #[must_use]
    pub fn get(&self, id: [u8; KEY_ID_BYTES]) -> Option<&KnownKey> {
        self.0.iter().find(|key| key.id == id)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &KnownKey> {
        self.0.iter()
    }
}
