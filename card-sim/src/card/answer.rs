//! What a command hands to the transmission layer.

use crate::apdu::StatusWord;

/// A good answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// 9000 without data.
    Done,
    /// Data that the command asked for with Le (case 2). Le must name its exact length.
    Read(Vec<u8>),
    /// Data that follows a command with a data field (case 4). On T=0 it waits for GET RESPONSE.
    Computed(Vec<u8>),
}

/// Answer or refusal of one command.
pub(super) type Reply = Result<Answer, StatusWord>;
