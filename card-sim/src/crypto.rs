//! Cryptography of the social security card (LD/T 32.4, LD/T 33): DES on 1.0 and 2.0 cards, SM4 on
//! 3.0 cards. SSF33 is not published and not offered.

mod blocks;
mod diversification;
mod key;
mod pin_block;
mod session_key;
mod suite;

pub use diversification::{Factors, card_key};
pub use key::Key;
pub use pin_block::{PinBlockError, open_pin_block, pin_block};
pub use session_key::SessionKey;
pub use suite::Suite;

#[cfg(test)]
mod vector_tests;
