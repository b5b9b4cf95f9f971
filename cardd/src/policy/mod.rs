//! Who may do what at which desk, under which rules, and how many wrong PINs a terminal stands.
//! Pure.
//!
//! A [`Grant`] is made by [`decide`] alone, so whatever demands one cannot be reached by a desk
//! that may not.

pub mod budget;
mod citizen_number;
mod decide;
mod desk;
mod evidence;
mod operation;
pub mod region;
mod suspects;

pub use citizen_number::{CitizenNumber, NotACitizenNumber};
pub use decide::{Denied, Grant, decide};
pub use desk::{Desk, DeskKind};
pub use evidence::{Applicant, Evidence, EvidenceRefused, Statement};
pub use operation::Operation;
pub use region::{RulesInForce, RulesSource};
pub use suspects::{Suspect, Suspects};
