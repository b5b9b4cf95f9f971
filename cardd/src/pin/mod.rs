//! The holder's PIN: its digits, the rules for a new one, and what is known about its state.
//!
//! Pure: no card, no clock, no storage. Digits live in [`Pin`] alone, which is wiped on drop, has
//! no `Clone`, `Eq`, `Display` or `Serialize`, and gives its digits to [`encoding`] and the rules
//! only.

mod common;
mod derived;
mod digits;
pub mod encoding;
mod facts;
mod floor;
mod length;
mod new_pin;
mod rules;
mod shape;
mod status;
mod writings;

pub use derived::DerivedPin;
pub use digits::{Pin, PinFormat};
pub use facts::{BirthDate, HolderFacts, PersonalText};
pub use floor::{AtFloor, RetryFloor, TryToSpend};
pub use length::{PinLength, PinLengthError};
pub use new_pin::{NewPin, NewPinRefused, WeakRule};
pub use rules::{DigitSequence, DigitSequenceError, Refuse, Rules};
pub use status::{PinCounter, PinOrigin, PinStatus};
