//! Certificates for terminals and desks, from an authority that lives in one directory.
//!
//! | file | what it holds |
//! |---|---|
//! | `ca.pem`, `ca.key` | the authority's certificate and private key (mode 0600) |
//! | `crl.pem` | its revocation list, for `remote.revoked` of every terminal |
//! | `revoked.json` | what that list is made from |
//!
//! Made for tests and small sites: the authority's key is a file. Keys are P-256, made by ring's
//! system generator; time and serial numbers come in as arguments.

mod authority;
mod error;
mod files;
mod revocation;
mod subject;

pub use authority::{Authority, Issued};
pub use error::EnrolError;
pub use subject::Subject;
