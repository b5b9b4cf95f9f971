use super::*;

/// Every error that pcsc-lite's functions document for our calls, and what was measured.
const TABLE: [(Error, Fault); 34] = [
    (Error::RemovedCard, Fault::Removed),
    (Error::NoSmartcard, Fault::Removed),
    (Error::ResetCard, Fault::Reset),
    (Error::UnresponsiveCard, Fault::Mute),
    (Error::UnpoweredCard, Fault::Mute),
    (Error::UnsupportedCard, Fault::Mute),
    (Error::CardUnsupported, Fault::Mute),
    (Error::UnknownCard, Fault::Mute),
    (Error::InvalidAtr, Fault::Mute),
    (Error::UnsupportedFeature, Fault::Mute),
    (Error::NotTransacted, Fault::BrokenOff),
    (Error::CommDataLost, Fault::BrokenOff),
    (Error::NotReady, Fault::BrokenOff),
    (Error::InsufficientBuffer, Fault::BrokenOff),
    (Error::PciTooSmall, Fault::BrokenOff),
    (Error::Timeout, Fault::BrokenOff),
    (Error::WaitedTooLong, Fault::BrokenOff),
    (Error::SharingViolation, Fault::Held),
    (Error::ServerTooBusy, Fault::Held),
    (Error::ProtoMismatch, Fault::StaleHandle),
    (Error::ReaderUnavailable, Fault::Reader),
    (Error::UnknownReader, Fault::Reader),
    (Error::NoReadersAvailable, Fault::Reader),
    (Error::ReaderUnsupported, Fault::Reader),
    (Error::DuplicateReader, Fault::Reader),
    (Error::InvalidTarget, Fault::Reader),
    (Error::CommError, Fault::Service),
    (Error::NoService, Fault::Service),
    (Error::ServiceStopped, Fault::Service),
    (Error::SecurityViolation, Fault::Service),
    (Error::InvalidHandle, Fault::Service),
    (Error::Shutdown, Fault::Service),
    (Error::InternalError, Fault::Service),
    (Error::Cancelled, Fault::Service),
];

#[test]
fn each_error_has_its_fault() {
    for (error, fault) in TABLE {
        assert_eq!(Fault::of(error), fault, "{error:?}");
    }
}

type Expected = fn(Reached) -> ChannelError;

#[test]
fn a_transmission_keeps_faults_apart_and_says_whether_it_may_have_arrived() {
    let table: [(Fault, Expected); 8] = [
        (Fault::Removed, ChannelError::CardRemoved),
        (Fault::Reset, ChannelError::CardReset),
        (Fault::StaleHandle, ChannelError::CardReset),
        (Fault::Held, ChannelError::CardReset),
        (Fault::Mute, ChannelError::CardMute),
        (Fault::BrokenOff, ChannelError::CardMute),
        (Fault::Reader, ChannelError::ReaderGone),
        (Fault::Service, ChannelError::ServiceDown),
    ];
    for (fault, expected) in table {
        for reached in [Reached::No, Reached::Unknown] {
            assert_eq!(fault.channel_error(reached), expected(reached));
        }
    }
}

#[test]
fn what_may_pass_is_tried_again_and_the_rest_is_told() {
    let table = [
        (Fault::Removed, Some(AccessError::CardRemoved)),
        (Fault::Reset, None),
        (Fault::StaleHandle, None),
        (Fault::Held, None),
        (Fault::Mute, Some(AccessError::Unreadable)),
        (Fault::BrokenOff, Some(AccessError::Unreadable)),
        (Fault::Reader, Some(AccessError::ReaderGone)),
        (Fault::Service, Some(AccessError::ServiceDown)),
    ];
    for (fault, expected) in table {
        assert_eq!(fault.access_error(), expected, "{fault:?}");
    }
}
