use std::io::Write;
use std::os::unix::net::{UnixListener, UnixStream};

use super::*;
use crate::frame::{Received, Reply, ToRack, ToReader, Verb, read_to_rack};

/// Plays the rack by hand, frame by frame. Readers are kept per Lun, so each test has its own.
struct HandRack {
    listener: UnixListener,
    _dir: tempfile::TempDir,
    device_name: String,
}

impl HandRack {
    fn new(option: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("ifd.sock");
        let device_name = format!("unix:{}:desk{option}", socket.display());
        Self {
            listener: UnixListener::bind(socket).unwrap(),
            _dir: dir,
            device_name,
        }
    }

    /// Takes the next connection, with a card in the slot or not.
    fn welcome(&self, card: bool) -> UnixStream {
        let (mut stream, _) = self.listener.accept().unwrap();
        let hello = ToRack::Hello {
            slot: "desk".to_owned(),
        };
        assert_eq!(read_to_rack(&mut stream).unwrap(), Received::Frame(hello));
        ToReader::Welcome.write(&mut stream).unwrap();
        let state = if card {
            ToReader::Inserted
        } else {
            ToReader::Removed
        };
        state.write(&mut stream).unwrap();
        stream
    }

    /// Opens a channel to this rack.
    fn open(&self, lun: Lun, card: bool) -> UnixStream {
        std::thread::scope(|scope| {
            let opening = scope.spawn(|| create_channel(lun, &self.device_name));
            let stream = self.welcome(card);
            assert_eq!(opening.join().unwrap(), Ok(()));
            stream
        })
    }
}

fn request(stream: &mut UnixStream) -> (u32, Verb) {
    let received = read_to_rack(stream).unwrap();
    let Received::Frame(ToRack::Request { id, verb }) = received else {
        panic!("no request: {received:?}");
    };
    (id, verb)
}

fn reply(stream: &mut UnixStream, id: u32, reply: Reply) {
    ToReader::Reply { id, reply }.write(stream).unwrap();
}

#[test]
fn a_channel_knows_its_card_and_powers_it() {
    let rack = HandRack::new("");
    let mut stream = rack.open(100, true);
    assert_eq!(presence(100), Code::IccPresent);
    std::thread::scope(|scope| {
        let power = scope.spawn(|| power(100, 500));
        let (id, verb) = request(&mut stream);
        assert_eq!(verb, Verb::PowerUp);
        reply(&mut stream, id, Reply::Atr(vec![0x3B, 0]));
        assert_eq!(power.join().unwrap(), Ok(vec![0x3B, 0]));
    });
    assert_eq!(atr(100), Ok(vec![0x3B, 0]));
    assert_eq!(close_channel(100), Ok(()));
    assert_eq!(presence(100), Code::NoSuchDevice);
}

#[test]
fn an_empty_slot_takes_no_command_and_has_no_power_to_lose() {
    let rack = HandRack::new("");
    let _stream = rack.open(101, false);
    assert_eq!(presence(101), Code::IccNotPresent);
    assert_eq!(transmit(101, &[0]).err(), Some(Code::IccNotPresent));
    assert_eq!(power(101, 500), Err(Code::ErrorPowerAction));
    assert_eq!(power(101, 501), Ok(Vec::new()));
    assert_eq!(power(101, 7), Err(Code::NotSupported));
    close_channel(101).unwrap();
}

#[test]
fn a_silent_card_is_given_up_and_the_channel_opened_anew() {
    let rack = HandRack::new(",answer_timeout_ms=30");
    let mut stream = rack.open(102, true);
    assert_eq!(transmit(102, &[0, 0x84]).err(), Some(Code::ResponseTimeout));
    let (_, verb) = request(&mut stream);
    assert!(matches!(verb, Verb::Transmit(command) if *command == [0, 0x84]));
    assert_eq!(read_to_rack(&mut stream).unwrap(), Received::Closed);
    let _again = rack.welcome(true);
    close_channel(102).unwrap();
}

#[test]
fn a_malformed_frame_closes_the_channel_and_a_new_one_is_tried() {
    let rack = HandRack::new("");
    for bytes in [
        &[0, 0, 0, 1, 0x83][..],
        &[0, 0, 0, 5, 0x60, 0, 0, 0, 0],
        &[0xFF; 9],
    ] {
        let mut stream = rack.open(103, true);
        stream.write_all(bytes).unwrap();
        let end = read_to_rack(&mut stream);
        assert!(matches!(end, Ok(Received::Closed) | Err(_)), "{end:?}");
        let _again = rack.welcome(true);
        close_channel(103).unwrap();
    }
}

#[test]
fn a_number_never_given_out_is_malformed() {
    let rack = HandRack::new("");
    let mut stream = rack.open(104, true);
    reply(&mut stream, 9, Reply::PoweredDown);
    assert_eq!(read_to_rack(&mut stream).unwrap(), Received::Closed);
    let _again = rack.welcome(true);
    close_channel(104).unwrap();
}

#[test]
fn a_removal_voids_the_command_under_way_and_its_late_answer_is_no_ones() {
    let rack = HandRack::new("");
    let mut stream = rack.open(105, true);
    std::thread::scope(|scope| {
        let torn = scope.spawn(|| transmit(105, &[1]).err());
        let (id, _) = request(&mut stream);
        ToReader::Removed.write(&mut stream).unwrap();
        assert_eq!(torn.join().unwrap(), Some(Code::CommunicationError));
        ToReader::Inserted.write(&mut stream).unwrap();
        reply(&mut stream, id, Reply::Response(Wiped::new(vec![0x90, 0])));
        // pcscd hears of the removal before it may use the next card.
        assert_eq!(transmit(105, &[2]).err(), Some(Code::IccNotPresent));
        poll(105, 60_000).unwrap();
        assert_eq!(presence(105), Code::IccNotPresent);
        // The news of the next card may come in two parts: told, and inserted.
        let seen = (0..3).map(|_| {
            poll(105, 60_000).unwrap();
            presence(105)
        });
        assert!(seen.take_while(|code| *code != Code::IccPresent).count() < 3);
        let next = scope.spawn(|| transmit(105, &[2]).map(|r| r.to_vec()));
        let (id, _) = request(&mut stream);
        reply(&mut stream, id, Reply::Response(Wiped::new(vec![0x6D, 0])));
        assert_eq!(next.join().unwrap(), Ok(vec![0x6D, 0]));
    });
    close_channel(105).unwrap();
}

#[test]
fn an_answer_of_no_bytes_is_a_success_and_the_reader_stays() {
    let rack = HandRack::new("");
    let mut stream = rack.open(112, true);
    std::thread::scope(|scope| {
        for answer in [vec![], vec![0x90, 0]] {
            let sent = scope.spawn(|| transmit(112, &[1]).map(|r| r.to_vec()));
            let (id, _) = request(&mut stream);
            reply(&mut stream, id, Reply::Response(Wiped::new(answer.clone())));
            assert_eq!(sent.join().unwrap(), Ok(answer));
        }
    });
    assert_eq!(presence(112), Code::IccPresent);
    close_channel(112).unwrap();
}

#[test]
fn an_answer_of_another_kind_closes_the_channel() {
    let rack = HandRack::new("");
    let mut stream = rack.open(106, true);
    std::thread::scope(|scope| {
        let confused = scope.spawn(|| transmit(106, &[1]).err());
        let (id, _) = request(&mut stream);
        reply(&mut stream, id, Reply::Atr(vec![0x3B]));
        assert_eq!(confused.join().unwrap(), Some(Code::CommunicationError));
    });
    assert_eq!(read_to_rack(&mut stream).unwrap(), Received::Closed);
    close_channel(106).unwrap();
}

#[test]
fn a_rack_that_leaves_ends_the_command_under_way() {
    let rack = HandRack::new("");
    let mut stream = rack.open(107, true);
    std::thread::scope(|scope| {
        let torn = scope.spawn(|| transmit(107, &[1]).err());
        request(&mut stream);
        drop(stream);
        assert_eq!(torn.join().unwrap(), Some(Code::NoSuchDevice));
    });
    close_channel(107).unwrap();
}

#[test]
fn a_poll_comes_back_when_woken_and_when_the_channel_closes() {
    let rack = HandRack::new("");
    let _stream = rack.open(108, false);
    poll(108, 60_000).unwrap();
    stop_poll(108).unwrap();
    poll(108, 60_000).unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| poll(108, 60_000));
        close_channel(108).unwrap();
        assert!(matches!(
            waiting.join().unwrap(),
            Ok(()) | Err(Code::NoSuchDevice)
        ));
    });
}

#[test]
fn a_reader_without_a_rack_opens_as_an_empty_slot() {
    let dir = tempfile::tempdir().unwrap();
    let device_name = format!("unix:{}:desk", dir.path().join("none").display());
    assert_eq!(create_channel(109, &device_name), Ok(()));
    assert_eq!(presence(109), Code::IccNotPresent);
    assert_eq!(
        create_channel(109, &device_name),
        Err(Code::CommunicationError),
        "Lun taken"
    );
    close_channel(109).unwrap();
    assert_eq!(close_channel(109), Err(Code::NoSuchDevice));
    assert_eq!(
        create_channel(109, "/dev/ttyS0"),
        Err(Code::CommunicationError)
    );
}

#[test]
fn capabilities_and_protocols_are_those_of_ifdhandler_h() {
    let byte = |tag| match capability(tag) {
        Ok(Capability::Byte(byte)) => byte,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        [0x0FAC, 0x0FAD, 0x0FAE, 0x0FAF, 0x0FB1].map(byte),
        [1, 1, 1, 16, 0]
    );
    assert_eq!(capability(0x0303), Ok(Capability::Atr));
    assert_eq!(capability(0x0FB2), Ok(Capability::StopPollingThread));
    assert_eq!(capability(0x0FB3), Ok(Capability::PollingThread));
    assert_eq!(capability(0x0FB0), Err(Code::ErrorTag));
    let rack = HandRack::new("");
    let _stream = rack.open(110, false);
    assert_eq!([1, 2].map(|p| set_protocol(110, p)), [Ok(()), Ok(())]);
    assert_eq!(set_protocol(110, 4), Err(Code::ProtocolNotSupported));
    assert_eq!(control(110, 0x4200_0D48, &[]), Err(Code::ErrorNotSupported));
    assert_eq!(control(111, 0x4200_0D48, &[]), Err(Code::NoSuchDevice));
    close_channel(110).unwrap();
}
