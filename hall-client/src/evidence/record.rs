//! A record as collected from a terminal, and its line in a file.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::model::LedgerRecord;

/// A record as collected: what the terminal stored, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceRecord {
    /// Its place in the chain.
    pub sequence: u64,
    /// SHA-256 of the record before.
    #[serde(with = "hex::serde")]
    pub previous_hash: [u8; 32],
    /// SHA-256 of this one.
    #[serde(with = "hex::serde")]
    pub hash: [u8; 32],
    /// HMAC-SHA-256 under its key; `None` before MACs began.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "mac")]
    pub mac: Option<[u8; 32]>,
    /// The body as stored and hashed.
    pub body: String,
}

impl EvidenceRecord {
    /// SHA-256 over the previous hash, the sequence number (8 bytes, big endian) and the body.
    #[must_use]
    pub fn computed_hash(&self) -> [u8; 32] {
        let mut sha = Sha256::new();
        sha.update(self.previous_hash);
        sha.update(self.sequence.to_be_bytes());
        sha.update(self.body.as_bytes());
        sha.finalize().into()
    }
}

impl From<LedgerRecord> for EvidenceRecord {
    fn from(record: LedgerRecord) -> Self {
        Self {
            sequence: record.sequence,
            previous_hash: record.previous_hash,
            hash: record.hash,
            mac: record.mac,
            body: record.body_json,
        }
    }
}

mod mac {
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        mac: &Option<[u8; 32]>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match mac {
            Some(mac) => hex::serde::serialize(mac, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<[u8; 32]>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else {
            return Ok(None);
        };
        let mut mac = [0; 32];
        hex::decode_to_slice(text, &mut mac).map_err(serde::de::Error::custom)?;
        Ok(Some(mac))
    }
}
