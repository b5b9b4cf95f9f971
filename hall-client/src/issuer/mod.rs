//! The issuer's side of unblock (解锁) and reset (重置): what only the keys of the issuer can make.
//!
//! ```text
//! root ── LD/T 33, province, city, card ──▶ card key ── LD/T 32.4, challenge ──▶ session key
//!                                                        session key ──▶ authentication data | MAC, PIN block
//! ```
//!
//! | module | what it holds |
//! |---|---|
//! | [`keys`] | [`IssuerKeys`], the one trait; a backend supplies session keys, all else follows |
//! | [`service`] | a backend for asynchronous callers: on threads of its own, within bounds |
//! | [`suite`], [`kind`] | cipher suites and key identifiers |
//! | [`factors`], [`level`] | diversification factors and where a root stands among them |
//! | [`challenge`], [`authentication`], [`message`], [`issued_value`] | what goes in and out |
//! | [`roots`] | the table of configured roots, the same for every backend |
//! | [`software`] | roots from a file, for simulated cards only |
//! | [`token`] | roots in an HSM, through PKCS#11 |
//!
//! Invariants: no key leaves its backend; software keys do not start under a production profile;
//! nothing here answers in the place of a card; keys and issued values are wiped and never shown.

pub mod authentication;
pub mod challenge;
pub mod error;
pub mod factors;
pub mod issued_value;
pub mod keys;
pub mod kind;
pub mod level;
pub mod message;
mod pin_block;
pub(crate) mod private_file;
pub mod profile;
pub mod roots;
mod secure_messaging;
pub mod service;
pub mod software;
pub mod suite;
pub mod token;

pub use authentication::{AuthenticationData, CardAnswer};
pub use challenge::Challenge;
pub use error::KeyError;
pub use factors::{CardFactors, CityCode, FactorError};
pub use issued_value::{IssuedValue, IssuedValueError};
pub use keys::{IssuerKeys, SessionKey};
pub use kind::KeyKind;
pub use level::RootLevel;
pub use message::SecureMessage;
pub use profile::Profile;
pub use service::KeyService;
pub use software::SoftwareKeys;
pub use suite::CipherSuite;
pub use token::{TokenKeys, UserPin};
