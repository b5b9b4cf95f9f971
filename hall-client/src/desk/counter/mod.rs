//! The agency counter: an operator who is known by certificate, and a holder who chooses the PIN alone.
//!
//! ```text
//!  sign in ─▶ desk ─card─▶ form (documents) ─▶ [second operator] ─▶ ready ─▶ operating ─▶ done (record)
//!               │                                                        │
//!               └─▶ records                          holder's page: new PIN, again
//! ```
//!
//! The line to cardd's socket tells which card lies there; whatever puts something on record goes over
//! TLS as the operator, whom cardd knows by the certificate. The issuer's keys are this program's own:
//! a small site's hall.

mod agency;
mod application;
mod archive;
mod holder;
mod machine;
mod operator;
mod outcome;
mod samples;
mod screen;
mod show;
mod slips;
mod work;

#[cfg(test)]
mod tests;

pub(crate) use agency::{Agency, AgencyError};
pub(crate) use machine::Counter;
pub(super) use samples::samples;
