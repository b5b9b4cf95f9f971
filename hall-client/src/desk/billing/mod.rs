//! The billing desk: a cashier who sees no digit, and a holder who types the PIN alone. Two pages of one
//! session; a third view is the hospital system's (`http::his`).
//!
//! ```text
//!  idle ─bill─▶ insert ─card─▶ reading ─▶ enter PIN ─▶ working ─▶ paid
//!                 ▲               │  ▲        ▲           │
//!                 │               ▼  │        │           ▼
//!                 └──card out── must change ─ last try  wrong / refused / locked ─▶ settle later
//! ```
//!
//! The bill stays whatever happens to the card; only the cashier or the hospital system ends it. To
//! settle later asks nothing of cardd, and so nothing of the card.

mod acts;
mod bill;
mod machine;
mod outcome;
mod samples;
mod screen;
mod show;
mod work;

#[cfg(test)]
mod tests;

pub(crate) use bill::{Bill, Cancellation};
pub(crate) use machine::Billing;
pub(super) use samples::samples;
