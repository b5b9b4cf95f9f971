//! The self-service machine: a holder alone with a card. It verifies nothing for business and never
//! spends the last try; cardd holds it to both.
//!
//! ```text
//!  attract ─card─▶ reading ─▶ home ─change─▶ enter old ─▶ enter new ─▶ enter again ─▶ working
//!     ▲               │         │                                                   │
//!     │               ▼         ▼                                                   ▼
//!     └──card out── refused / locked / take card ◀──────────────────────── changed / refused
//! ```
//!
//! A card that is pulled leads to `attract` from everywhere but `working`, which waits for cardd's
//! word first: the holder is owed the result.

mod machine;
mod screen;
mod work;

#[cfg(test)]
mod tests;

pub(crate) use machine::Kiosk;
