//! A rack: named slots that hold simulated cards, each slot a reader of the real pcscd.
//!
//! ```text
//! control socket (JSON lines) ──► Rack ──► Slot ──► VirtualCard
//!                                           ▲
//!        pcscd + libifdcardsim.so ──► ifd_link   or   vpcd_link ──► pcscd + libifdvpcd.so
//! ```
//!
//! | module | what it is |
//! |---|---|
//! | [`contacts`] | empty, unpowered, powered: the states of a slot and what each event does; pure |
//! | [`plan`] | what will go wrong, and when: [`crate::faults`] |
//! | [`slot`] | one slot: contacts, plan and card under one lock |
//! | [`shelf`] | all cards by name, in a slot or not |
//! | [`sim_cards`] | simulated social security cards for the shelf |
//! | [`wire`] | the trace of exchanged APDUs, without data that could be a PIN |
//! | [`config`] | text to [`config::Config`] |
//! | [`control`] | the JSON lines of the control socket |
//! | [`client`] | typed client of that socket |
//! | [`server`] | [`server::Rack`]: sockets, connections, start and stop |
//! | [`reader_conf`] | stanzas for pcscd |
//!
//! Invariants:
//! - A card is in one slot at most.
//! - A command reaches a card only through the power cycle it was sent in.
//! - After a pull the reader is told before anything else happens in that slot.
//! - Connections, queues, waits and lines are bounded.

pub mod client;
pub mod config;
pub mod contacts;
pub mod control;
mod control_server;
mod ifd_link;
mod orders;
pub mod reader_conf;
pub mod runtime_dir;
pub mod server;
pub mod shelf;
pub mod sim_cards;
pub mod slot;
mod vpcd_link;
pub mod wire;

pub use crate::faults as plan;

/// Slots in one rack: the readers that one pcscd holds.
pub const MAX_SLOTS: usize = 16;
