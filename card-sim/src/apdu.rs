//! Command APDUs and status words (ISO 7816-4), short lengths only.

mod command;
mod status_word;

pub use command::Command;
pub use status_word::StatusWord;
