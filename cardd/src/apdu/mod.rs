//! Command and response APDUs of ISO 7816-4, as bytes that are wiped and never printed.

mod command;
mod response;
mod status_word;
pub mod tlv;

pub use command::Command;
pub use response::{MalformedResponse, Response};
pub use status_word::StatusWord;
