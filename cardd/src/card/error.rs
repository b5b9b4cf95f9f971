//! What can go wrong with a card.

use std::num::NonZeroU8;

use super::ChannelError;
use crate::apdu::StatusWord;

/// Why a card could not be identified, read or asked. Nothing here ever costs a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// Not a social security card: it has no SSSE application.
    #[error("not a social security card")]
    NotSupported,
    /// CARD BLOCK or APPLICATION BLOCK was carried out: the card is to be replaced.
    #[error("the card or its application is blocked for good")]
    Blocked,
    /// A file of the card is malformed.
    #[error("record {tag:02X} of {file:?}: {damage}")]
    Damaged {
        /// The file.
        file: CardFile,
        /// Tag of the record.
        tag: u8,
        /// What is wrong with it.
        damage: Damage,
    },
    /// A status word that the standard does not list for the command, or lists without a way
    /// forward.
    #[error("the card refused with {0}")]
    Refused(StatusWord),
    /// No answer.
    #[error(transparent)]
    Channel(#[from] ChannelError),
}

/// A file of the SSSE application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardFile {
    /// 发卡机构数据文件, issuer data.
    Ef05,
    /// 持卡人基本信息, holder data.
    Ef06,
}

/// What is wrong with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The file it belongs to does not exist.
    #[error("the file is missing")]
    FileMissing,
    /// It does not exist, and the card cannot be used without it.
    #[error("missing")]
    RecordMissing,
    /// It is not tag, length, value.
    #[error("tag or length does not agree with the bytes")]
    Malformed,
    /// Its value has another length than the standard states.
    #[error("wrong length")]
    WrongLength,
}

/// Why a PIN was not accepted. Each variant is told apart at the lowest place that can.
///
/// There is no `NotSet`: a card without a PIN answers a try like a wrong PIN (LD/T 32.5 VERIFY),
/// so [`Card::pin_counter`](super::Card::pin_counter) is asked before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinFailure {
    /// Wrong PIN, one try is spent.
    #[error("wrong PIN, {remaining} tries left")]
    Rejected {
        /// Tries left.
        remaining: NonZeroU8,
    },
    /// Wrong PIN, and that was the last try.
    #[error("wrong PIN, and the card is now blocked")]
    NowBlocked,
    /// Blocked before; the card compared nothing.
    #[error("the PIN was blocked before")]
    WasBlocked,
    /// Any other status word. The standard does not say whether such an answer costs a try, and
    /// cards differ (`6700` for a PIN of another length than the stored one): only the counter,
    /// read again, can tell.
    #[error("the card refused with {0}")]
    Refused(StatusWord),
    /// No answer, and the command may have had its effect: only the counter, read again, can
    /// tell, and not even it whether a change was made.
    #[error("in doubt: {0}")]
    InDoubt(ChannelError),
    /// The command did not reach the card; no try is spent.
    #[error("not sent: {0}")]
    NotSent(ChannelError),
}
