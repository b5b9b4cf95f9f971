//! What a PIN may not be, and the signed rule file of a region.
//!
//! The only implementation of the rules: cardd refuses by it, the hall signs and measures by it.
//!
//! | module | what it holds |
//! |---|---|
//! | [`Digits`] | the digits of a PIN, as the rules look at them |
//! | [`Rules`] | what a region refuses and what it issued |
//! | `shape`, `common`, `writings`, `derived` | the rules themselves, a file for each kind |
//! | [`WeakRule`], [`RuleSet`] | the rules by name |
//! | [`region`] | the signed rule file of a region |
//! | [`HolderFacts`] | what is known about the holder, wiped and never printed |
//!
//! Invariants: what looks at digits runs the same instructions for all PINs of a length; no holder
//! data and no digits are printed.

mod common;
mod derived;
mod digits;
mod facts;
mod length;
pub mod region;
mod rule;
mod rules;
mod shape;
mod writings;

pub use derived::DerivedPin;
pub use digits::Digits;
pub use facts::{BirthDate, HolderFacts, PersonalText};
pub use length::{PinLength, PinLengthError};
pub use rule::{RuleSet, WeakRule};
pub use rules::{DigitSequence, DigitSequenceError, Refuse, Rules};
pub use writings::writings_of_length;
