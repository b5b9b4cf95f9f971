//! The signed rule file of a region: what a new PIN may not be there, and how its desks work.
//!
//! ```text
//! cardd-rules/1
//! key wuhan-2026
//! ed25519 <signature, 128 hexadecimal characters in lower case>
//!
//! region = "420100"
//! ...                                  the body, TOML; see `regions/wuhan.toml`
//! ```
//!
//! The signature (Ed25519, RFC 8032) covers the first line, the key's name and every byte of the
//! body. There is one way to write each file, so that any byte that is changed is noticed.

mod envelope;
mod keys;
mod policy;
mod refused;

pub use envelope::{MAX_FILE_BYTES, RuleFile, Trust, body_of};
pub use keys::{SigningKey, SigningKeyError, TrustedKey};
pub use policy::{
    DeskFloors, GuessLimit, IssuerPolicy, MOST_GUESSES_PER_HOUR, PinPolicy, RegionPolicy,
    RegionText,
};
pub use refused::RuleFileRefused;

/// The rule file of Wuhan, unsigned: the example to start from.
pub const WUHAN: &str = include_str!("../../regions/wuhan.toml");

#[cfg(test)]
mod tests;
