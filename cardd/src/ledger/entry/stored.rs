//! A body as it is stored and hashed.

use serde::{Deserialize, Serialize};

use super::Body;

/// Version of the body's form that this build writes.
pub(in crate::ledger) const BODY_VERSION: u16 = 1;

/// A body as stored: its form, its time and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::ledger) struct Stored {
    /// Version of the form, [`BODY_VERSION`].
    pub(in crate::ledger) v: u16,
    /// Wall clock, milliseconds since 1970.
    pub(in crate::ledger) time_unix_ms: u64,
    /// What the record says.
    #[serde(flatten)]
    pub(in crate::ledger) body: Body,
}

impl Stored {
    /// Reads a body. What this version does not know in it reads as [`Body::Unknown`]; `None` if
    /// it is no body at all.
    pub(in crate::ledger) fn parse(json: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Envelope {
            v: u16,
            time_unix_ms: u64,
        }
        serde_json::from_str(json).ok().or_else(|| {
            let Envelope { v, time_unix_ms } = serde_json::from_str(json).ok()?;
            Some(Self {
                v,
                time_unix_ms,
                body: Body::Unknown,
            })
        })
    }
}
