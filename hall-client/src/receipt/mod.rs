//! Verification receipts: is this one good, once?
//!
//! ```text
//! billing desk ── VerifyPin(bill) ──▶ terminal ── receipt ──▶ hospital system ── check ──▶ store
//!              ── CancelReceipt ────▶ terminal ── cancellation ─────────────────────────▶ store
//! hall ── keys pull ──▶ terminal ── public keys ──────────────────────────────────────▶ store
//! ```
//!
//! | module | what it holds |
//! |---|---|
//! | [`keys`] | public keys by terminal |
//! | [`used`] | what was used or cancelled, on disk, until it expires |
//! | [`mod@check`] | the check |
//!
//! Everything that the check believes stands in the store: keys that the hall collected over its
//! own connection, and what was used. It needs no line to the terminal. Time is an argument.

pub mod check;
pub mod keys;
pub mod used;

mod call;

pub use call::{CancelledReceipt, CollectKeysError, VerifiedBill};
pub use cardd_proto::receipt::NotSignedSo;
pub use check::{Claim, GoodReceipt, ReceiptRefused, SKEW_MS, cancel, check};
pub use keys::{KnownKey, ReceiptKeys};
pub use used::{Use, UsedReceipts};
