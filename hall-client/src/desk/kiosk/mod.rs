//! The self-service machine: a holder alone with a card. It verifies nothing for business and never
//! spends the last try; cardd holds it to both.
//!
//! ```text
//!  attract ─card─▶ reading ─▶ home ─change─▶ enter old ─▶ enter new ─judged─▶ enter again ─▶ working
//!     ▲               │         │                        ▲    weak │                        │
//!     │               ▼         ▼                        └─────────┘                        ▼
//!     └──card out── refused / locked / take card ◀──────────────────────────── changed / refused
//! ```
//!
//! A card that is pulled leads to `attract` from everywhere but `working`, which waits for cardd's
//! word first: the holder is owed the result.

mod acts;
mod change;
mod machine;
mod outcome;
mod samples;
mod screen;
mod work;

#[cfg(test)]
mod tests;

pub(crate) use machine::Kiosk;
pub(super) use samples::samples;
