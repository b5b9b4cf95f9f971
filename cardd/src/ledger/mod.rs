//! The record of what this terminal did to cards.
//!
//! - An [`Intent`] is made only by [`Ledger::begin`], after its record is on disk. Every command
//!   that can cost a try or change a card demands one.
//! - [`Ledger::close`] records what came of it. An intent that was never closed, or closed as in
//!   doubt, stands in [`Ledger::open_intents`] until the card's counter resolves it.
//! - Records form a chain of hashes ([`chain`]). A record changed, removed or out of order is
//!   found at every opening; such a ledger is set aside as a whole, and the new one that begins
//!   in its place names the old head and waits for staff to confirm it.
//! - Each record carries a MAC under a key that is destroyed once it is written ([`seal`]): whoever
//!   takes the terminal cannot change what it wrote before.
//! - A step of the wall clock is on record before any record that bears the new time, so that the order
//!   of the records and their times tell their ages.
//! - No record holds digits or names: cards appear as [`CardRef`].
//!
//! | in the ledger's directory | what it is |
//! |---|---|
//! | `chain` | the store |
//! | `chain.new` | a new store until it is whole |
//! | `chain.damaged-<unix ms>` | a store that was set aside, as it was found |
//! | `head` | the last acknowledged head, to tell a chain that was cut off |
//! | `key` | the terminal's key, that card references are made with; 32 bytes, for the owner only |
//! | `receipt-keys` | the key that verification receipts are signed with, and the public halves of those before |
//! | `lock` | held while a process has the ledger open |
//!
//! | in a store's directory, beside the store | what it is |
//! |---|---|
//! | `record-key` | the key of the next record's MAC, overwritten in place with each record |
//! | `enrolment.key` | the first of those keys, until the hall has it; then wiped |
//!
//! A record is acknowledged when the store and then `head` are on disk. So an intent beyond `head`
//! was never handed out, and is closed as not sent at the next opening.
//!
//! `entry`, `chain`, `seal`, `recovery` and `index` are pure. `store` touches the disk and is the only
//! place that names `sled`; `scribe` is the one thread that calls it, `writer` its callers' end.

pub mod chain;
pub mod recovery;
pub mod seal;

mod card_ref;
mod clock;
mod collection;
mod entry;
mod error;
mod handle;
mod index;
mod inspect;
mod intent;
mod live_chain;
mod macs;
mod opening;
mod receipt_keys;
mod retention;
mod scribe;
mod store;
mod writer;

pub use card_ref::CardRef;
pub use chain::{ChainBroken, Hash, Head, Record};
pub(crate) use clock::ClockWatch;
pub use clock::{Clock, Moment};
pub use collection::Standing;
pub use entry::{
    ApprovalEntry, Body, BudgetEntry, CaseEntry, ChainOrigin, DenialEntry, IntentEntry, Note,
    Operation, Outcome, ReceiptNote, RulesInForceEntry, RulesTakenEntry, StartEntry,
};
pub use error::LedgerError;
pub use handle::{Ledger, LedgerSettings, LedgerState};
pub use index::{OpenIntent, PinOrigin};
pub use inspect::{Inspection, inspect};
pub use intent::Intent;
pub use opening::make_home;
pub use receipt_keys::{ReceiptKeys, RetiredKey};
pub use recovery::{Counter, Verdict};
pub use retention::Backlog;
pub use seal::{ChainId, Genesis, Mac, Random};
