//! A terminal's ledger as evidence: checked offline, with nothing but records and keys.
//!
//! | file | what it holds |
//! |---|---|
//! | `keys` | keys that move forward with each record |
//! | `record` | a record as collected, and its line in a file |
//! | `verify` | the check of a chain: the first bad record, named |
//! | `checkpoint` | the place up to which a chain was checked, with the key to go on |
//! | `body` | what a record says, in types of its own |
//! | `export` | JSON Lines and CSV |
//! | `store` | the hall's copy of one chain, on disk |
//!
//! All but `store` is pure. It shares no code with cardd's ledger: it is the second witness. Both are
//! held to the vectors in `tests/fixtures/ledger/chain-vectors.json`.

pub mod body;
pub mod checkpoint;
pub mod export;
pub mod keys;
pub mod record;
pub mod store;
pub mod verify;

pub use checkpoint::Checkpoint;
pub use keys::ChainKey;
pub use record::EvidenceRecord;
pub use verify::{Bad, EndSeal, Fault, Start, Verified, verify};
