//! Desks and hall over the network: TLS 1.3 with certificates on both sides (RFC 8446).
//!
//! Who calls is what its certificate says, never what the listener is. A peer that is refused is
//! told one thing only, whatever the reason; the reason is in the log. Validity is judged by the
//! time of rustls' own provider, the system clock.

mod identity;
mod material;
mod remote;
mod uniform;

pub use material::TlsFiles;
pub(super) use remote::{Guest, serve};
pub use remote::{Remote, RemoteError};
