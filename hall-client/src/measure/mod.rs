//! What the rules are worth: the share of holders whose PIN a thief finds within so many guesses.
//!
//! | module | what it holds |
//! |---|---|
//! | [`frequencies`] | how often each PIN is chosen where nothing is refused: a file, or made up |
//! | [`population`] | the made-up one, from a seed |
//! | [`holders`] | made-up holders, with what a wallet tells about each |
//! | [`model`] | what holders choose under rules, and what the best thief finds |
//! | [`picture`] | the result as SVG |
//!
//! # What is assumed
//! - A holder takes the own birth date, or the end of the own ID number, with a given probability
//!   ([`Habits`]); everybody else chooses by the frequencies, whoever they are.
//! - Whose choice is refused draws again by the frequencies, from what is left for this holder.
//! - The thief knows all of this, the rules included, and guesses in the best order: what most
//!   holders have left comes first, and what nobody can have is never tried. The one with the
//!   wallet knows the birth date and the ID number besides, and orders by what that holder chooses.

pub mod frequencies;
pub mod holders;
pub mod model;
pub mod picture;
pub mod population;

pub use frequencies::{Frequencies, FrequencyError};
pub use holders::Habits;
pub use model::{GUESSES, Measurement, Row, measure};

#[cfg(test)]
mod tests;
