use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn to_rack_bytes(frame: &ToRack) -> Vec<u8> {
    let mut bytes = Vec::new();
    frame.write(&mut bytes).unwrap();
    bytes
}

fn to_reader_bytes(frame: &ToReader) -> Vec<u8> {
    let mut bytes = Vec::new();
    frame.write(&mut bytes).unwrap();
    bytes
}

fn any_to_rack() -> impl Strategy<Value = ToRack> {
    let verb = prop_oneof![
        Just(Verb::PowerUp),
        Just(Verb::PowerDown),
        Just(Verb::Reset),
        vec(any::<u8>(), 0..300).prop_map(|bytes| Verb::Transmit(Wiped::new(bytes))),
    ];
    prop_oneof![
        "[a-z0-9_-]{1,32}".prop_map(|slot| ToRack::Hello { slot }),
        (1..=u32::MAX, verb).prop_map(|(id, verb)| ToRack::Request { id, verb }),
    ]
}

fn any_to_reader() -> impl Strategy<Value = ToReader> {
    let refusal = prop_oneof![
        Just(Refusal::Version),
        Just(Refusal::UnknownSlot),
        Just(Refusal::Taken)
    ];
    let failure = prop_oneof![
        Just(Failure::NoCard),
        Just(Failure::NotPowered),
        Just(Failure::Mute),
        Just(Failure::Interrupted),
    ];
    let reply = prop_oneof![
        vec(any::<u8>(), 1..=MAX_ATR).prop_map(Reply::Atr),
        Just(Reply::PoweredDown),
        vec(any::<u8>(), 0..300).prop_map(|bytes| Reply::Response(Wiped::new(bytes))),
        failure.prop_map(Reply::Failed),
    ];
    prop_oneof![
        Just(ToReader::Welcome),
        refusal.prop_map(ToReader::Refused),
        Just(ToReader::Inserted),
        Just(ToReader::Removed),
        (1..=u32::MAX, reply).prop_map(|(id, reply)| ToReader::Reply { id, reply }),
    ]
}

proptest! {
    #[test]
    fn a_stream_to_the_rack_reads_back(frames in vec(any_to_rack(), 0..8)) {
        let bytes = frames.iter().flat_map(to_rack_bytes).collect::<Vec<_>>();
        let mut stream = bytes.as_slice();
        for frame in frames {
            prop_assert_eq!(read_to_rack(&mut stream).unwrap(), Received::Frame(frame));
        }
        prop_assert_eq!(read_to_rack(&mut stream).unwrap(), Received::Closed);
    }

    #[test]
    fn a_stream_to_a_reader_reads_back(frames in vec(any_to_reader(), 0..8)) {
        let bytes = frames.iter().flat_map(to_reader_bytes).collect::<Vec<_>>();
        let mut stream = bytes.as_slice();
        for frame in frames {
            prop_assert_eq!(read_to_reader(&mut stream).unwrap(), Received::Frame(frame));
        }
        prop_assert_eq!(read_to_reader(&mut stream).unwrap(), Received::Closed);
    }

    /// Whatever is accepted is exactly what would have been written.
    #[test]
    fn nothing_but_a_frame_is_taken_for_one(
        length in prop_oneof![0u32..64, any::<u32>()],
        kind in any::<u8>(),
        id in prop_oneof![Just(0u32), any::<u32>()],
        body in vec(any::<u8>(), 0..60),
    ) {
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.push(kind);
        bytes.extend(id.to_be_bytes());
        bytes.extend(body);
        if let Ok(Received::Frame(frame)) = read_to_rack(&mut bytes.as_slice()) {
            prop_assert!(bytes.starts_with(&to_rack_bytes(&frame)));
        }
        if let Ok(Received::Frame(frame)) = read_to_reader(&mut bytes.as_slice()) {
            prop_assert!(bytes.starts_with(&to_reader_bytes(&frame)));
        }
    }

    #[test]
    fn a_frame_cut_short_is_an_error(frame in any_to_reader(), cut in any::<prop::sample::Index>()) {
        let bytes = to_reader_bytes(&frame);
        let end = 1 + cut.index(bytes.len() - 1);
        let read = read_to_reader(&mut &bytes[..end]);
        prop_assert!(matches!(read, Err(FrameError::Io(_))), "{read:?}");
    }
}

#[test]
fn the_bytes_are_as_documented() {
    let hello = ToRack::Hello {
        slot: "ab".to_owned(),
    };
    assert_eq!(
        to_rack_bytes(&hello),
        [0, 0, 0, 8, 0x01, 0, 0, 0, 0, 1, b'a', b'b']
    );
    let verb = Verb::Transmit(Wiped::new(vec![0, 0x84]));
    let transmit = ToRack::Request {
        id: 0x0102_0304,
        verb,
    };
    assert_eq!(
        to_rack_bytes(&transmit),
        [0, 0, 0, 7, 0x05, 1, 2, 3, 4, 0, 0x84]
    );
    let failed = ToReader::Reply {
        id: 7,
        reply: Reply::Failed(Failure::Mute),
    };
    assert_eq!(to_reader_bytes(&failed), [0, 0, 0, 6, 0x88, 0, 0, 0, 7, 3]);
    assert_eq!(
        to_reader_bytes(&ToReader::Removed),
        [0, 0, 0, 5, 0x84, 0, 0, 0, 0]
    );
}

fn raw(kind: u8, id: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(5 + body.len()).unwrap();
    [&length.to_be_bytes()[..], &[kind], &id.to_be_bytes(), body].concat()
}

#[test]
fn malformed_frames_to_a_reader_are_named() {
    let long_atr = [0x3B; MAX_ATR + 1];
    let bodies = [
        raw(0x81, 1, &[]),
        raw(0x81, 0, &[0]),
        raw(0x82, 0, &[]),
        raw(0x82, 0, &[9]),
        raw(0x84, 0, &[1]),
        raw(0x85, 1, &[]),
        raw(0x85, 1, &long_atr),
        raw(0x85, 0, &[0x3B]),
        raw(0x86, 1, &[0]),
        raw(0x88, 1, &[0]),
        raw(0x88, 1, &[1, 1]),
    ];
    for bytes in bodies {
        let read = read_to_reader(&mut bytes.as_slice());
        assert!(
            matches!(read, Err(FrameError::Body(_))),
            "{bytes:02x?}: {read:?}"
        );
    }
    for kind in [0x00, 0x05, 0x80, 0x89, 0xFF] {
        let read = read_to_reader(&mut raw(kind, u32::from(kind > 0x84), &[]).as_slice());
        assert!(
            matches!(read, Err(FrameError::Kind(k)) if k == kind),
            "{kind:02x}: {read:?}"
        );
    }
}

#[test]
fn malformed_frames_to_the_rack_are_named() {
    let long_name = [&[VERSION][..], &[b'a'; MAX_SLOT_NAME + 1]].concat();
    let bodies = [
        raw(0x01, 0, &[]),
        raw(0x01, 0, &[VERSION]),
        raw(0x01, 1, &[VERSION, b'a']),
        raw(0x01, 0, &long_name),
        raw(0x01, 0, &[VERSION, 0xFF]),
        raw(0x02, 0, &[]),
        raw(0x02, 1, &[0]),
        raw(0x03, 1, &[0]),
        raw(0x04, 1, &[0]),
        raw(0x05, 0, &[0]),
    ];
    for bytes in bodies {
        let read = read_to_rack(&mut bytes.as_slice());
        assert!(
            matches!(read, Err(FrameError::Body(_))),
            "{bytes:02x?}: {read:?}"
        );
    }
    for kind in [0x00, 0x06, 0x81, 0xFF] {
        let read = read_to_rack(&mut raw(kind, 1, &[]).as_slice());
        assert!(
            matches!(read, Err(FrameError::Kind(k)) if k == kind),
            "{kind:02x}: {read:?}"
        );
    }
}

#[test]
fn another_version_is_told_apart_from_nonsense() {
    let hello = raw(0x01, 0, &[VERSION + 1, b'?']);
    let read = read_to_rack(&mut hello.as_slice()).unwrap();
    assert_eq!(read, Received::OtherVersion(VERSION + 1));
}

#[test]
fn lengths_have_bounds_and_nothing_is_allocated_for_more() {
    let longest = u32::try_from(5 + MAX_BODY).unwrap();
    for length in [0, 4, longest + 1, u32::MAX] {
        let read = read_to_rack(&mut length.to_be_bytes().as_slice());
        assert!(
            matches!(read, Err(FrameError::Length(n)) if n == length),
            "{length}: {read:?}"
        );
    }
    let verb = Verb::Transmit(Wiped::new(vec![0; MAX_BODY]));
    let largest = ToRack::Request { id: 1, verb };
    let read = read_to_rack(&mut to_rack_bytes(&largest).as_slice()).unwrap();
    assert_eq!(read, Received::Frame(largest));
    let verb = Verb::Transmit(Wiped::new(vec![0; MAX_BODY + 1]));
    let too_long = ToRack::Request { id: 1, verb };
    assert!(too_long.write(&mut Vec::new()).is_err());
}

#[test]
fn debug_shows_no_command_and_no_response() {
    let verb = Verb::Transmit(Wiped::new(vec![0x12, 0x34]));
    let text = format!("{:?}", ToRack::Request { id: 1, verb });
    assert!(
        text.contains("(2 bytes)") && !text.contains("18") && !text.contains("52"),
        "{text}"
    );
}
