//! The holder's PIN: its digits, the rules for a new one, and what is known about its state.
//!
//! Pure: no card, no clock, no storage. Digits live in [`Pin`] alone, which is wiped on drop, has
//! no `Clone`, `Eq`, `Display` or `Serialize`, and gives its digits to [`encoding`] and the rules
//! only. The rules themselves are the crate `cardd-rules`, which the hall measures by as well.

mod digits;
pub mod encoding;
mod floor;
mod new_pin;
mod status;

pub use cardd_rules::{
    BirthDate, DerivedPin, DigitSequence, DigitSequenceError, HolderFacts, PersonalText, PinLength,
    PinLengthError, Refuse, Rules, WeakRule,
};
pub use digits::{Pin, PinFormat};
pub use floor::{AtFloor, RetryFloor, TryToSpend};
pub use new_pin::{NewPin, NewPinRefused};
pub use status::{PinCounter, PinOrigin, PinStatus};
