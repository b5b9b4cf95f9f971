//! IFD handler 3.0 for pcsc-lite whose readers belong to a card-sim rack.
//!
//! pcscd loads `libifdcardsim.so` once and opens one channel for each `reader.conf` stanza, keyed
//! by the Lun. Each channel talks to one slot of a rack over a Unix socket.
//!
//! | module | what it is |
//! |---|---|
//! | [`frame`] | the language between handler and rack; the rack uses this same codec |
//! | [`device_name`] | what stands in DEVICENAME |
//! | `presence` | what pcscd is told about the slot, and when; pure |
//! | `reader` | one channel: the link to the rack, requests with deadlines |
//! | `handler` | the IFDH functions in safe Rust |
//! | `feature` | PC/SC Part 10 reader features, none so far |
//! | `ffi` | the C border, the only place with `unsafe` |
//!
//! The codec is shared as code, not only in meaning: both ends are parts of one simulator, neither
//! is a witness of the other, and one definition cannot drift from itself.

pub mod device_name;
pub mod frame;

mod feature;
mod ffi;
mod handler;
mod presence;
mod reader;
mod wiped;

pub use wiped::Wiped;

/// Readers that one pcscd holds (PCSCLITE_MAX_READERS_CONTEXTS of pcsc-lite).
pub const MAX_READERS: usize = 16;
