//! cardd: the terminal side of the social security card PIN.

pub mod apdu;
pub mod card;
pub mod ledger;
pub mod pin;
pub mod policy;
pub mod reader;
