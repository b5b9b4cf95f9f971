//! The place up to which a chain was checked, with the key to go on from there.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::{ChainKey, verify::Place};

/// Where a check ended, and where the next one begins. It holds a key: who reads it can forge what
/// comes after. Only its own file, for the owner, may hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The last record that was checked.
    pub place: Place,
    /// The key of the record after it; `None` while the chain has no MACs.
    pub key: Option<ChainKey>,
}

/// As in a file.
#[derive(Serialize, Deserialize)]
struct Written {
    sequence: u64,
    #[serde(with = "hex::serde")]
    hash: [u8; 32],
    key_of: Option<u64>,
    key: Option<String>,
}

impl Drop for Written {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl Checkpoint {
    /// One JSON object.
    ///
    /// # Errors
    /// Never in practice: there is nothing in it that JSON cannot say.
    pub fn to_json(&self) -> Result<Zeroizing<String>, serde_json::Error> {
        let written = Written {
            sequence: self.place.sequence,
            hash: self.place.hash,
            key_of: self.key.as_ref().map(ChainKey::sequence),
            key: self.key.as_ref().map(|key| hex::encode(key.expose())),
        };
        serde_json::to_string(&written).map(Zeroizing::new)
    }

    /// Reads what [`Checkpoint::to_json`] wrote; `None` if it is something else.
    #[must_use]
    pub fn from_json(json: &str) -> Option<Self> {
        let written: Written = serde_json::from_str(json).ok()?;
        let key = match (written.key_of, &written.key) {
            (Some(sequence), Some(key)) => {
                let mut bytes = Zeroizing::new([0; 32]);
                hex::decode_to_slice(key, bytes.as_mut_slice()).ok()?;
                Some(ChainKey::new(sequence, bytes))
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return None,
        };
        let place = Place {
            sequence: written.sequence,
            hash: written.hash,
        };
        Some(Self { place, key })
    }
}
