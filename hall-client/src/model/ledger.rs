//! Records of what the terminal did.

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRecord {
    /// Its place in the chain.
    pub sequence: u64,
    /// Wall clock, milliseconds since 1970.
    pub time_unix_ms: u64,
    /// The record as stored: one JSON object.
    pub body_json: String,
    /// SHA-256 of the record before.
    pub previous_hash: [u8; 32],
    /// SHA-256 of this one.
    pub hash: [u8; 32],
    /// HMAC-SHA-256 under the record's key; `None` on records of version 0.1.
    pub mac: Option<[u8; 32]>,
}
