//! Who may do what at which desk. Pure.
//!
//! A [`Grant`] is made by [`decide`] alone, so whatever demands one cannot be reached by a desk
//! that may not.

mod decide;
mod desk;
mod operation;

pub use decide::{Denied, Grant, decide};
pub use desk::{Desk, DeskKind};
pub use operation::Operation;
