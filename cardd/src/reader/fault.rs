//! What each PC/SC error means here: one total table.

use pcsc::Error;

use super::AccessError;
use crate::card::{ChannelError, Reached};

/// What an error says about who is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The card left.
    Removed,
    /// Another program reset the card under our handle.
    Reset,
    /// The card is there and does not answer.
    Mute,
    /// The exchange broke off. pcsc-lite says the same of a card that was pulled, which it
    /// notices only afterwards, and of one that fell silent.
    BrokenOff,
    /// Another program holds the card.
    Held,
    /// The handle's protocol is no longer that of the card; a new handle cures it.
    StaleHandle,
    /// The reader is gone.
    Reader,
    /// The service is gone, or the context is of no more use; a new context cures it.
    Service,
}

impl Fault {
    /// Total: an error that PC/SC does not document for our calls counts against the context.
    pub(super) fn of(error: Error) -> Self {
        match error {
            Error::RemovedCard | Error::NoSmartcard => Self::Removed,
            Error::ResetCard => Self::Reset,
            Error::UnresponsiveCard
            | Error::UnpoweredCard
            | Error::UnsupportedCard
            | Error::CardUnsupported
            | Error::UnknownCard
            | Error::InvalidAtr
            | Error::UnsupportedFeature => Self::Mute,
            Error::NotTransacted
            | Error::CommDataLost
            | Error::NotReady
            | Error::InsufficientBuffer
            | Error::PciTooSmall
            | Error::Timeout
            | Error::WaitedTooLong => Self::BrokenOff,
            Error::SharingViolation | Error::ServerTooBusy => Self::Held,
            Error::ProtoMismatch => Self::StaleHandle,
            Error::ReaderUnavailable
            | Error::UnknownReader
            | Error::NoReadersAvailable
            | Error::ReaderUnsupported
            | Error::DuplicateReader
            | Error::InvalidTarget => Self::Reader,
            Error::CommError
            | Error::NoService
            | Error::ServiceStopped
            | Error::SecurityViolation
            | Error::InvalidHandle
            | Error::Shutdown
            | Error::InternalError
            | Error::UnknownError
            | Error::NoMemory
            | Error::Cancelled
            | Error::SystemCancelled
            | Error::InvalidParameter
            | Error::InvalidValue
            | Error::CantDispose
            | Error::IccInstallation
            | Error::IccCreateorder
            | Error::DirNotFound
            | Error::FileNotFound
            | Error::NoDir
            | Error::NoFile
            | Error::NoAccess
            | Error::WriteTooMany
            | Error::BadSeek
            | Error::InvalidChv
            | Error::UnknownResMng
            | Error::NoSuchCertificate
            | Error::CertificateUnavailable
            | Error::NoKeyContainer
            | Error::WrongChv
            | Error::ChvBlocked
            | Error::Eof
            | Error::CancelledByUser
            | Error::CardNotAuthenticated
            | Error::CacheItemNotFound
            | Error::CacheItemStale
            | Error::CacheItemTooBig => Self::Service,
        }
    }

    /// The fault of a transmission. [`Fault::BrokenOff`] is a card that does not answer unless
    /// the slot says otherwise.
    pub(super) fn channel_error(self, reached: Reached) -> ChannelError {
        match self {
            Self::Removed => ChannelError::CardRemoved(reached),
            Self::Reset | Self::StaleHandle | Self::Held => ChannelError::CardReset(reached),
            Self::Mute | Self::BrokenOff => ChannelError::CardMute(reached),
            Self::Reader => ChannelError::ReaderGone(reached),
            Self::Service => ChannelError::ServiceDown(reached),
        }
    }

    /// The fault of a transaction that could not be opened. `None` for what may pass: another
    /// program's claim on the card.
    pub(super) fn access_error(self) -> Option<AccessError> {
        match self {
            Self::Removed => Some(AccessError::CardRemoved),
            Self::Held | Self::Reset | Self::StaleHandle => None,
            Self::Mute | Self::BrokenOff => Some(AccessError::Unreadable),
            Self::Reader => Some(AccessError::ReaderGone),
            Self::Service => Some(AccessError::ServiceDown),
        }
    }
}

#[cfg(test)]
mod tests;
