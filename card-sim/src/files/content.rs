//! What a file holds: records or plain bytes.

use serde::{Deserialize, Serialize};

/// One record as READ RECORD returns it. In EF05/EF06 it is tag(1) ‖ length(1) ‖ value; a damaged
/// record may be anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Record(#[serde(with = "hex::serde")] Vec<u8>);

impl Record {
    /// A record of raw bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// All bytes of the record.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Record identifier: the tag, which is the first byte.
    #[must_use]
    pub fn identifier(&self) -> Option<u8> {
        self.0.first().copied()
    }
}

/// Content of an EF.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Records by number and by identifier, number = position from 1.
    Linear(Vec<Record>),
    /// Records of one size; record 1 is the newest and a new one takes the place of the oldest.
    Cyclic(Vec<Record>),
    /// Plain bytes by offset.
    Transparent(#[serde(with = "hex::serde")] Vec<u8>),
}
