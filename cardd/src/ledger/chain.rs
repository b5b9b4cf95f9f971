//! The chain: each record's hash covers the one before it.

use std::fmt;

use sha2::{Digest, Sha256};

use super::{
    Body, Mac,
    entry::{BODY_VERSION, Stored},
    seal::RecordKey,
};

/// A SHA-256 value.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What the first record of a chain names as its predecessor.
    pub const ZERO: Self = Self([0; 32]);

    /// SHA-256 over the previous hash, the sequence number (8 bytes, big endian) and the body as
    /// stored. The first two have fixed lengths: no other triple gives the same input.
    fn of(previous: Self, sequence: u64, body_json: &str) -> Self {
        let mut sha = Sha256::new();
        sha.update(previous.0);
        sha.update(sequence.to_be_bytes());
        sha.update(body_json.as_bytes());
        Self(sha.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The last record of a chain, or the one before its first kept record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its sequence number; 0 before the first record.
    pub sequence: u64,
    /// Its hash.
    pub hash: Hash,
}

impl Head {
    /// Before the first record of a chain.
    pub const START: Self = Self {
        sequence: 0,
        hash: Hash::ZERO,
    };
}

/// A record of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Place in the chain, from 1, without gaps.
    pub sequence: u64,
    /// Wall clock when it was written, milliseconds since 1970.
    pub time_unix_ms: u64,
    /// What it says.
    pub body: Body,
    /// The body as stored and hashed: one JSON object, time included.
    pub body_json: String,
    /// Hash of the record before it.
    pub previous_hash: Hash,
    /// Its own hash.
    pub hash: Hash,
    /// MAC under the key that existed until it was written; none in records of version 0.1.
    pub mac: Option<Mac>,
}

impl Record {
    /// Where it stands.
    #[must_use]
    pub fn head(&self) -> Head {
        Head {
            sequence: self.sequence,
            hash: self.hash,
        }
    }

    /// A record as the store holds it; `None` if its body is no body.
    pub(super) fn stored(
        sequence: u64,
        previous_hash: Hash,
        hash: Hash,
        mac: Option<Mac>,
        body_json: &str,
    ) -> Option<Self> {
        let Stored {
            time_unix_ms, body, ..
        } = Stored::parse(body_json)?;
        let body_json = body_json.to_owned();
        Some(Self {
            sequence,
            time_unix_ms,
            body,
            body_json,
            previous_hash,
            hash,
            mac,
        })
    }

    /// The record with its MAC, and the key of the next one.
    pub(super) fn sealed(mut self, key: &RecordKey) -> (Self, RecordKey) {
        self.mac = Some(key.mac(self.hash));
        (self, key.next())
    }

    /// The record that follows `previous`, without a MAC.
    pub(super) fn after(
        previous: Head,
        time_unix_ms: u64,
        body: Body,
    ) -> Result<Self, serde_json::Error> {
        let stored = Stored {
            v: BODY_VERSION,
            time_unix_ms,
            body,
        };
        let body_json = serde_json::to_string(&stored)?;
        let sequence = previous.sequence + 1;
        let hash = Hash::of(previous.hash, sequence, &body_json);
        let Stored { body, .. } = stored;
        Ok(Self {
            sequence,
            time_unix_ms,
            body,
            body_json,
            previous_hash: previous.hash,
            hash,
            mac: None,
        })
    }
}

/// What is wrong with a chain, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainBroken {
    /// A number is missing or out of order.
    #[error("record {found} stands where {expected} belongs")]
    Sequence {
        /// The number that belongs there.
        expected: u64,
        /// The number that stands there.
        found: u64,
    },
    /// A record does not follow from the one before it.
    #[error("record {0} does not follow from the one before it")]
    Link(u64),
    /// A record is not what its hash says.
    #[error("record {0} was changed")]
    Content(u64),
    /// A record's MAC is not of its key, or missing after records that have one.
    #[error("record {0} does not carry the MAC of its key")]
    Mac(u64),
    /// The keys have gone on further than the records, or not far enough.
    #[error("the chain ends before record {ends}, its keys go on with record {key}")]
    Key {
        /// The number after the last record.
        ends: u64,
        /// The record that the stored key is for.
        key: u64,
    },
    /// Records carry MACs, and the key to go on with is gone.
    #[error("the key of the next record is gone")]
    KeyGone,
}

/// Walks records that follow `base`; returns the last one's place.
///
/// # Errors
/// The first place where a record is changed, missing, added or out of order. A cut at the end shows
/// in the place that is returned.
pub fn verify<'r>(
    base: Head,
    records: impl IntoIterator<Item = &'r Record>,
) -> Result<Head, ChainBroken> {
    records.into_iter().try_fold(base, |previous, record| {
        follows(previous, record)?;
        Ok(record.head())
    })
}

/// Whether `record` is what belongs after `previous`.
pub(super) fn follows(previous: Head, record: &Record) -> Result<(), ChainBroken> {
    let expected = previous.sequence + 1;
    if record.sequence != expected {
        return Err(ChainBroken::Sequence {
            expected,
            found: record.sequence,
        });
    }
    if record.previous_hash != previous.hash {
        return Err(ChainBroken::Link(record.sequence));
    }
    if Hash::of(previous.hash, record.sequence, &record.body_json) != record.hash {
        return Err(ChainBroken::Content(record.sequence));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
