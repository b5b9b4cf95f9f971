//! The hall's side of cardd: a typed client of one terminal.
//!
//! ```no_run
//! use hall_client::{Terminal, Verify};
//! # async fn desk(typed: cardd_proto::secret::Secret, rng: &mut (impl rand::CryptoRng + Send))
//! # -> Result<(), Box<dyn std::error::Error>> {
//! let terminal = Terminal::connect("/run/cardd/billing.sock").await?;
//! let readers = terminal.readers().await?;
//! let insertion = readers.list[0].insertion().ok_or("no card")?;
//! let entry = terminal.begin_entry(&readers.list[0].name, insertion, Verify).await?;
//! // Say how many tries are left before the holder types.
//! let verified = entry.verify(typed, rng).await?;
//! # Ok(()) }
//! ```
//!
//! | module | what it holds |
//! |---|---|
//! | [`model`] | what the contract talks about, as types of our own: readers, cards, PIN, ledger, terminal |
//! | `convert` | generated messages into those types, a file for each noun; total |
//! | [`terminal`] | the connection and the calls that need no PIN |
//! | [`purpose`] | what digits are typed for |
//! | [`entry`] | one entry: opened, then used up by `verify`, `change` or `cancel` |
//! | [`sealed_entry`] | the same for digits that were sealed elsewhere, such as in a page |
//! | [`desk`] | the pages that kiosk, billing desk and counter show |
//! | [`tls`] | who this program is over the network |
//! | [`counter`] | the agency counter: documents on record, the second operator, the holder's own PIN |
//! | [`enrol`] | certificates for terminals and desks |
//! | [`operate`] | unlock and reset: the card's challenges answered with the issuer's keys |
//! | [`watch`] | the stream of events, which says where to go on after it breaks |
//! | [`collect`] | a terminal's ledger into the hall's store |
//! | [`evidence`] | a terminal's ledger checked offline |
//! | [`policy`] | rule files and the keys that sign them |
//! | [`measure`] | what the rules are worth against a thief |
//! | [`receipt`] | verification receipts: asked for, cancelled, checked once |
//! | [`error`] | what can go wrong, and whether a try was spent |
//! | [`issuer`] | the issuer's keys: authentication data and secure messages for unblock and reset |
//!
//! Invariants: no generated type is public; digits are only ever in a
//! [`Secret`](cardd_proto::secret::Secret) and leave it sealed; an entry is consumed by its use,
//! whatever comes of it; a call that may have spent a try never fails with "not spent".

mod call;
pub mod collect;
mod connection;
mod convert;
pub mod counter;
pub mod desk;
pub mod enrol;
pub mod entry;
pub mod error;
pub mod evidence;
pub mod issuer;
pub mod limits;
pub mod measure;
pub mod model;
pub mod operate;
pub mod policy;
pub mod purpose;
pub mod receipt;
pub mod sealed_entry;
pub mod terminal;
pub mod tls;
pub mod watch;

pub use counter::{Application, Case, Documents, Grant, HolderPinEntry};
pub use entry::OpenEntry;
pub use error::{CardFailure, ClientError};
pub use limits::Limits;
pub use model::*;
pub use operate::{OperateError, Operated, Step};
pub use purpose::{Change, NewPin, OwnPin, Verify};
pub use sealed_entry::Sealed;
pub use terminal::Terminal;
pub use tls::TlsIdentity;
pub use watch::{Watch, WatchEnded};
